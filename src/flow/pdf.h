/* SPDX-License-Identifier: Apache-2.0
 * A PDF of A4 pages: text of any script (shaped and ordered by Pango, set in an embedded DejaVu Sans, found again by a
 * search), lines and areas. Lengths are points (1/72 inch) from the top left corner. One thread at a time uses one PDF;
 * several may be made at once. */
#ifndef FLOW_PDF_H
#define FLOW_PDF_H

#include "base/text.h"

#define PDF_WIDTH 595.0
#define PDF_HEIGHT 842.0

enum pdf_style { PDF_TITLE, PDF_HEADING, PDF_BODY, PDF_BOLD, PDF_SMALL, PDF_STYLE_COUNT };
struct pdf_colour {
	double red, green, blue;
};
struct pdf_point {
	double x, y;
};
struct pdf_area {
	double x, y, width, height;
};

/* `sink` takes the finished file; NULL: nothing is drawn and lengths are told all the same, so that pages can be
 * counted before they are made. NULL when the library refuses. */
struct pdf *pdf_open(struct text *sink);
/* Ends the page and begins the next. */
void pdf_page(struct pdf *pdf);
/* Everything is in the sink. False: it is not whole. Frees it in any case. */
MUST_CHECK bool pdf_close(struct pdf *pdf);

/* How high the text stands when its lines are broken at this width. */
double pdf_text_height(struct pdf *pdf, enum pdf_style style, double width, struct str text);
/* Draws it with its upper left corner there; the same height. Lines of a right-to-left script end at the left. */
double pdf_text(struct pdf *pdf, enum pdf_style style, struct pdf_point at, double width,
		struct str text);
void pdf_fill(struct pdf *pdf, struct pdf_colour colour, struct pdf_area area);
void pdf_line(struct pdf *pdf, struct pdf_colour colour, bool dashed, struct pdf_point from,
	      struct pdf_point to);
void pdf_dot(struct pdf *pdf, struct pdf_colour colour, struct pdf_point at);

#endif
