/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define FAMILY "DejaVu Sans"
#define LINE_WIDTH 0.6
#define DOT_RADIUS 1.6

static const struct {
	double size;
	bool bold;
} styles[PDF_STYLE_COUNT] = {
	[PDF_TITLE] = { 15, true }, [PDF_HEADING] = { 10.5, true }, [PDF_BODY] = { 8, false },
	[PDF_BOLD] = { 8, true },   [PDF_SMALL] = { 6.5, false },
};

struct pdf {
	struct text *sink;
	cairo_surface_t *surface; /* NULL: measuring only */
	cairo_t *cairo;
	PangoFontMap *fonts;
	PangoLayout *layout;
	PangoFontDescription *descriptions[PDF_STYLE_COUNT];
};

#ifdef __SANITIZE_ADDRESS__
/* fontconfig keeps 288 bytes for the life of the process, and Pango's look-up thread may still run when it ends: the
 * same after one PDF as after forty. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}
#endif

static cairo_status_t take(void *context, const unsigned char *bytes, unsigned length)
{
	struct text *sink = context;
	text_put(sink, (struct str){ (const char *)bytes, length });
	return sink->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Distances as on paper, not fitted to the dots of a screen. */
static PangoContext *context_of(struct pdf *pdf)
{
	PangoContext *context = pango_font_map_create_context(pdf->fonts);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	pango_context_set_round_glyph_positions(context, FALSE);
	cairo_font_options_destroy(options);
	return context;
}

static void free_all(struct pdf *pdf)
{
	for (size_t i = 0; i < PDF_STYLE_COUNT; i++)
		pango_font_description_free(pdf->descriptions[i]);
	g_object_unref(pdf->layout);
	g_object_unref(pdf->fonts);
	if (pdf->surface != NULL) {
		cairo_destroy(pdf->cairo);
		cairo_surface_destroy(pdf->surface);
	}
	g_free(pdf);
}

struct pdf *pdf_open(struct text *sink)
{
	struct pdf *pdf = g_new0(struct pdf, 1);
	pdf->sink = sink;
	pdf->fonts = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution((PangoCairoFontMap *)pdf->fonts, 72.0);
	PangoContext *context = context_of(pdf);
	pdf->layout = pango_layout_new(context);
	PangoAttrList *attributes = pango_attr_list_new();
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(pdf->layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_wrap(pdf->layout, PANGO_WRAP_WORD_CHAR);
	g_object_unref(context);
	for (size_t i = 0; i < PDF_STYLE_COUNT; i++) {
		pdf->descriptions[i] = pango_font_description_new();
		pango_font_description_set_family_static(pdf->descriptions[i], FAMILY);
		pango_font_description_set_absolute_size(pdf->descriptions[i],
							 styles[i].size * PANGO_SCALE);
		if (styles[i].bold)
			pango_font_description_set_weight(pdf->descriptions[i], PANGO_WEIGHT_BOLD);
	}
	if (sink != NULL) {
		pdf->surface =
			cairo_pdf_surface_create_for_stream(take, sink, PDF_WIDTH, PDF_HEIGHT);
		cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR,
					       "Homeward");
		pdf->cairo = cairo_create(pdf->surface);
		cairo_set_line_width(pdf->cairo, LINE_WIDTH);
		if (cairo_status(pdf->cairo) != CAIRO_STATUS_SUCCESS) {
			free_all(pdf);
			return NULL;
		}
	}
	return pdf;
}

void pdf_page(struct pdf *pdf)
{
	if (pdf->surface != NULL)
		cairo_show_page(pdf->cairo);
}

bool pdf_close(struct pdf *pdf)
{
	bool whole = true;
	if (pdf->surface != NULL) {
		whole = cairo_status(pdf->cairo) == CAIRO_STATUS_SUCCESS;
		cairo_surface_finish(pdf->surface);
		whole = whole && cairo_surface_status(pdf->surface) == CAIRO_STATUS_SUCCESS &&
			!pdf->sink->failed;
	}
	free_all(pdf);
	return whole;
}

/* --- text ----------------------------------------------------------------------------------- */

static double lay_out(struct pdf *pdf, enum pdf_style style, double width, struct str text)
{
	int height = 0;
	ASSERT(text.len <= INT_MAX);
	pango_layout_set_font_description(pdf->layout, pdf->descriptions[style]);
	pango_layout_set_width(pdf->layout, (int)(width * PANGO_SCALE));
	pango_layout_set_text(pdf->layout, text.len == 0 ? "" : text.ptr, (int)text.len);
	pango_layout_get_size(pdf->layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

double pdf_text_height(struct pdf *pdf, enum pdf_style style, double width, struct str text)
{
	return lay_out(pdf, style, width, text);
}

double pdf_text(struct pdf *pdf, enum pdf_style style, struct pdf_point at, double width,
		struct str text)
{
	double height = lay_out(pdf, style, width, text);
	if (pdf->surface == NULL)
		return height;
	cairo_set_source_rgb(pdf->cairo, 0, 0, 0);
	cairo_move_to(pdf->cairo, at.x, at.y);
	pango_cairo_show_layout(pdf->cairo, pdf->layout);
	return height;
}

/* --- shapes --------------------------------------------------------------------------------- */

static void take_colour(struct pdf *pdf, struct pdf_colour colour)
{
	cairo_set_source_rgb(pdf->cairo, colour.red, colour.green, colour.blue);
}

void pdf_fill(struct pdf *pdf, struct pdf_colour colour, struct pdf_area area)
{
	if (pdf->surface == NULL)
		return;
	take_colour(pdf, colour);
	cairo_rectangle(pdf->cairo, area.x, area.y, area.width, area.height);
	cairo_fill(pdf->cairo);
}

void pdf_line(struct pdf *pdf, struct pdf_colour colour, bool dashed, struct pdf_point from,
	      struct pdf_point to)
{
	static const double dashes[] = { 3, 2 };
	if (pdf->surface == NULL)
		return;
	take_colour(pdf, colour);
	cairo_set_dash(pdf->cairo, dashes, dashed ? 2 : 0, 0);
	cairo_move_to(pdf->cairo, from.x, from.y);
	cairo_line_to(pdf->cairo, to.x, to.y);
	cairo_stroke(pdf->cairo);
}

void pdf_dot(struct pdf *pdf, struct pdf_colour colour, struct pdf_point at)
{
	if (pdf->surface == NULL)
		return;
	take_colour(pdf, colour);
	cairo_new_sub_path(pdf->cairo);
	cairo_arc(pdf->cairo, at.x, at.y, DOT_RADIUS, 0, 2 * G_PI);
	cairo_fill(pdf->cairo);
}
