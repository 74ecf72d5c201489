/* SPDX-License-Identifier: Apache-2.0
 * The pages of a chart on paper: each says whose it is, when it was printed, and which of how many it is. What is put
 * stands below what was put before, on a new page when it does not fit. */
#ifndef FLOW_PAPER_H
#define FLOW_PAPER_H

#include "flow/stay_chart.h"

#define PAPER_MARGIN 36.0
#define PAPER_INNER (PDF_WIDTH - 2 * PAPER_MARGIN)

struct paper {
	struct pdf *pdf;
	const struct stay_chart *chart;
	size_t page, pages; /* pages 0: they are being counted */
	double y;
	/* The table that goes on: its columns. */
	unsigned inputs[READING_INPUT_COUNT];
	size_t input_count;
	double column_width;
};

/* Ends the page, if there is one, and begins the next. */
void paper_begin(struct paper *paper);
/* True: a new page was begun, because so much does not fit on this one. */
bool paper_need(struct paper *paper, double height);
void paper_put(struct paper *paper, enum pdf_style style, double indent, struct str text);
void paper_heading(struct paper *paper, const char *words);
/* In the arena of the call; empty when that has failed. */
struct str paper_line(struct paper *paper, const char *format, ...) PRINTF_LIKE(2, 3);
/* "10 Jun 2026, 09:41" in Europe/London. */
struct str paper_time(struct paper *paper, int64_t at_us);
/* chart_table.c: values and scores, a line for each minute of which anything is known */
void paper_table(struct paper *paper);

#endif
