/* SPDX-License-Identifier: Apache-2.0
 * Pictures of the chart on paper. What a value would score is asked of the score itself, so that a picture cannot
 * disagree with it; a birthday or a choice of a chart changes the bands from the set on which it counted. */
#include "flow/stay_chart.h"

#define GUTTER 26.0
#define TOP 13.0
#define BOTTOM 9.0
#define STEPS_MAX 200
/* As on the board: readings further apart than this are not joined. */
#define GAP_US (5 * DATE_US_PER_HOUR)

static const struct pdf_colour line_colour = { 0, 0.37, 0.72 };
static const struct pdf_colour grid_colour = { 0.8, 0.84, 0.86 };
static const struct pdf_colour edge_colour = { 0.35, 0.4, 0.45 };
static const struct pdf_colour shades[] = {
	{ 1, 1, 1 },
	{ 1, 0.953, 0.812 },
	{ 1, 0.878, 0.71 },
	{ 0.976, 0.812, 0.792 },
	{ 0.976, 0.812, 0.792 },
};

struct frame {
	struct pdf *pdf;
	const struct stay_chart *chart;
	unsigned sign;
	struct pdf_area area; /* of the values */
	double low, high;
};

static double x_of(const struct frame *frame, int64_t at_us)
{
	const struct stay_chart *chart = frame->chart;
	double share =
		(double)(at_us - chart->start_us) / (double)(chart->end_us - chart->start_us + 1);
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	return frame->area.x + share * frame->area.width;
}

static double y_of(const struct frame *frame, double value)
{
	double share = (value - frame->low) / (frame->high - frame->low);
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	return frame->area.y + frame->area.height * (1 - share);
}

/* --- what a value there scores -------------------------------------------------------------- */

static int points_of(const struct frame *frame, int band, double value)
{
	const struct policy *policy = frame->chart->policy;
	struct score_result result;
	struct score_set set = { .spo2_scale = 1,
				 .has_at = true,
				 .has_birth_date = true,
				 .has_chart = band >= 0,
				 .chart = band };
	struct decimal scaled = { (int64_t)(value * 10 + 0.5), -1 };
	if (date_parse(json_get_text(frame->chart->patient, STR("birthDate")), DATE_KIND_DATE,
		       &set.birth_date) != ERROR_OK)
		return 0;
	set.at_us = frame->chart->start_us;
	set.has[frame->sign] = true;
	set.respiratory_rate = set.heart_rate = set.systolic = set.spo2 = set.temperature = scaled;
	if (score_compute(policy->scale, &set, NULL, &result) != ERROR_OK ||
	    result.parts[frame->sign] < 0)
		return 0;
	return result.parts[frame->sign] > 4 ? 4 : result.parts[frame->sign];
}

static void shade_column(const struct frame *frame, int band, double left, double right)
{
	double step = (frame->high - frame->low) / STEPS_MAX;
	int shown = 0;
	double from = frame->low;
	for (int i = 0; i <= STEPS_MAX; i++) {
		double value = frame->low + step * i;
		int points = i == STEPS_MAX ? -1 : points_of(frame, band, value + step / 2);
		if (points == shown)
			continue;
		if (shown > 0)
			pdf_fill(frame->pdf, shades[shown],
				 (struct pdf_area){ left, y_of(frame, value), right - left,
						    y_of(frame, from) - y_of(frame, value) });
		shown = points;
		from = value;
	}
}

/* NEWS2 has two tables of oxygen saturation, and which one counts may change within a stay: no bands there. */
static void shade(const struct frame *frame)
{
	const struct stay_chart *chart = frame->chart;
	if (chart->policy == NULL || frame->sign == SCORE_INPUT_COUNT || chart->scores == NULL ||
	    (chart->policy->scale == SCORE_NEWS2 && frame->sign == SCORE_SPO2))
		return;
	double left = frame->area.x;
	int band = chart->scores->band;
	for (const struct stay_chart_score *at = chart->scores->next; at != NULL; at = at->next) {
		if (at->band == band)
			continue;
		double right = x_of(frame, at->at_us);
		shade_column(frame, band, left, right);
		left = right;
		band = at->band;
	}
	shade_column(frame, band, left, frame->area.x + frame->area.width);
}

/* --- grid and line -------------------------------------------------------------------------- */

static void label(const struct frame *frame, struct pdf_point at, double width, double value)
{
	char words[32];
	model_format(words, sizeof(words), "%.*f", frame->high - frame->low < 8 ? 1 : 0, value);
	(void)pdf_text(frame->pdf, PDF_SMALL, at, width, str_from_c(words));
}

static int64_t next_midnight_us(int64_t at_us)
{
	int64_t local_us = at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN;
	int64_t next_us = (local_us / DATE_US_PER_DAY + 1) * DATE_US_PER_DAY;
	next_us -= date_london_offset_min(at_us) * DATE_US_PER_MIN;
	/* Midnight of a day on which the clocks changed. */
	return next_us +
	       (date_london_offset_min(at_us) - date_london_offset_min(next_us)) * DATE_US_PER_MIN;
}

static void draw_grid(const struct frame *frame)
{
	const struct pdf_area *area = &frame->area;
	double right = area->x + area->width, bottom = area->y + area->height;
	for (int i = 0; i <= 4; i++) {
		double value = frame->low + (frame->high - frame->low) * i / 4;
		double y = y_of(frame, value);
		pdf_line(frame->pdf, grid_colour, false, (struct pdf_point){ area->x, y },
			 (struct pdf_point){ right, y });
		label(frame, (struct pdf_point){ area->x - GUTTER, y - 4 }, GUTTER - 2, value);
	}
	int64_t days = (frame->chart->end_us - frame->chart->start_us) / DATE_US_PER_DAY + 1;
	int64_t every = days / 15 + 1, number = 0;
	for (int64_t at_us = next_midnight_us(frame->chart->start_us);
	     at_us < frame->chart->end_us && number < 400; at_us = next_midnight_us(at_us)) {
		double x = x_of(frame, at_us);
		pdf_line(frame->pdf, grid_colour, false, (struct pdf_point){ x, area->y },
			 (struct pdf_point){ x, bottom });
		if (number++ % every != 0)
			continue;
		struct date_civil day =
			date_to_civil(at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN);
		char words[16];
		model_format(words, sizeof(words), "%d/%d", (int)day.day, (int)day.month);
		(void)pdf_text(frame->pdf, PDF_SMALL, (struct pdf_point){ x + 1, bottom + 1 }, 40,
			       str_from_c(words));
	}
	pdf_line(frame->pdf, edge_colour, false, (struct pdf_point){ area->x, bottom },
		 (struct pdf_point){ right, bottom });
}

struct trace {
	bool began;
	int64_t at_us;
	struct pdf_point at;
};

static void draw_point(const struct frame *frame, struct trace *trace, int64_t at_us, double value)
{
	struct pdf_point here = { x_of(frame, at_us), y_of(frame, value) };
	if (trace->began && at_us - trace->at_us <= GAP_US)
		pdf_line(frame->pdf, line_colour, false, trace->at, here);
	pdf_dot(frame->pdf, line_colour, here);
	*trace = (struct trace){ true, at_us, here };
}

static void draw_values(const struct frame *frame)
{
	struct trace trace = { 0 };
	for (const struct stay_chart_value *at = frame->chart->values; at != NULL; at = at->next) {
		if (at->input == frame->sign && at->is_drawn)
			draw_point(frame, &trace, at->at_us, at->value);
	}
	for (const struct stay_chart_score *at = frame->chart->scores;
	     frame->sign == SCORE_INPUT_COUNT && at != NULL; at = at->next) {
		if (at->has_total)
			draw_point(frame, &trace, at->at_us, at->total);
	}
}

static void draw_alerts(const struct frame *frame)
{
	static const struct {
		struct str level;
		struct pdf_colour colour;
	} marks[] = {
		{ STR_INIT("emergency"), { 0.84, 0.16, 0.11 } },
		{ STR_INIT("high"), { 0.7, 0.25, 0 } },
		{ STR_INIT("medium"), { 0.54, 0.38, 0 } },
	};
	for (const struct stay_chart_entry *at = frame->chart->alerts.first; at != NULL;
	     at = at->next) {
		double x = x_of(frame, at->at_us);
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (str_equal(marks[i].level, at->level))
				pdf_line(frame->pdf, marks[i].colour, true,
					 (struct pdf_point){ x, frame->area.y },
					 (struct pdf_point){ x,
							     frame->area.y + frame->area.height });
		}
	}
}

/* --- one picture ---------------------------------------------------------------------------- */

/* The axis holds every value, and at least what is usual for the sign. */
static bool range_of(struct frame *frame)
{
	static const struct {
		unsigned sign;
		double low, high;
	} usual[] = {
		{ SCORE_RESPIRATORY_RATE, 5, 60 }, { SCORE_HEART_RATE, 50, 180 },
		{ SCORE_SYSTOLIC, 60, 140 },       { SCORE_SPO2, 84, 100 },
		{ SCORE_TEMPERATURE, 35, 41 },     { SCORE_INPUT_COUNT, 0, 16 },
	};
	bool any = false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (usual[i].sign == frame->sign) {
			frame->low = usual[i].low;
			frame->high = usual[i].high;
		}
	}
	for (const struct stay_chart_value *at = frame->chart->values; at != NULL; at = at->next) {
		if (at->input != frame->sign || !at->is_drawn)
			continue;
		any = true;
		frame->low = at->value < frame->low ? at->value : frame->low;
		frame->high = at->value > frame->high ? at->value : frame->high;
	}
	for (const struct stay_chart_score *at = frame->chart->scores;
	     frame->sign == SCORE_INPUT_COUNT && at != NULL; at = at->next) {
		any = any || at->has_total;
		frame->high = at->total > frame->high ? at->total : frame->high;
	}
	return any;
}

bool chart_picture(struct pdf *pdf, const struct stay_chart *chart, unsigned sign,
		   struct pdf_area area)
{
	char title[80];
	struct frame frame = {
		.pdf = pdf,
		.chart = chart,
		.sign = sign,
		.area = { area.x + GUTTER, area.y + TOP, area.width - GUTTER,
			  area.height - TOP - BOTTOM },
	};
	if (!range_of(&frame))
		return false;
	struct str name = sign == SCORE_INPUT_COUNT ? STR("Score") : reading_input_label(sign);
	struct str unit = sign == SCORE_INPUT_COUNT ? STR("") : reading_input_unit(sign);
	model_format(title, sizeof(title), "%.*s %.*s", STR_ARG(name), STR_ARG(unit));
	shade(&frame);
	draw_grid(&frame);
	draw_alerts(&frame);
	draw_values(&frame);
	(void)pdf_text(pdf, PDF_BOLD, (struct pdf_point){ area.x, area.y - 1 }, area.width,
		       str_from_c(title));
	return true;
}
