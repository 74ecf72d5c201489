/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/paper.h"

#define TIME_WIDTH 44.0
#define SCORE_WIDTH 128.0
#define CELL_BYTES_MAX 240

static const struct pdf_colour head_colour = { 0.92, 0.94, 0.96 };

struct table_row {
	int64_t minute;
	struct text cells[READING_INPUT_COUNT];
	struct text score;
	bool has_cell[READING_INPUT_COUNT];
};

static int64_t minute_of(int64_t at_us)
{
	return at_us / DATE_US_PER_MIN;
}

static void choose_columns(struct paper *paper)
{
	bool present[READING_INPUT_COUNT] = { false };
	for (const struct stay_chart_value *at = paper->chart->values; at != NULL; at = at->next)
		present[at->input] = true;
	for (unsigned input = 0; input < READING_INPUT_COUNT; input++) {
		if (present[input])
			paper->inputs[paper->input_count++] = input;
	}
	double rest = PAPER_INNER - TIME_WIDTH - SCORE_WIDTH;
	paper->column_width = paper->input_count == 0 ? rest : rest / (double)paper->input_count;
}

/* Short: a dozen columns stand beside each other. */
static struct str head_of(unsigned input)
{
	switch (input) {
	case SCORE_TEMPERATURE:
		return STR("Temp");
	case SCORE_CONSCIOUSNESS:
		return STR("AVPU");
	case READING_CONCERN:
		return STR("Parent");
	case READING_INTUITION:
		return STR("Clinical unease");
	default:
		return reading_input_label(input);
	}
}

static void put_heads(struct paper *paper)
{
	double height = 26;
	pdf_fill(paper->pdf, head_colour,
		 (struct pdf_area){ PAPER_MARGIN, paper->y, PAPER_INNER, height });
	(void)pdf_text(paper->pdf, PDF_SMALL, (struct pdf_point){ PAPER_MARGIN + 2, paper->y + 1 },
		       TIME_WIDTH, STR("Time"));
	for (size_t i = 0; i < paper->input_count; i++) {
		unsigned input = paper->inputs[i];
		struct str label = head_of(input), unit = reading_input_unit(input);
		(void)pdf_text(paper->pdf, PDF_SMALL,
			       (struct pdf_point){ PAPER_MARGIN + TIME_WIDTH +
							   paper->column_width * (double)i,
						   paper->y + 1 },
			       paper->column_width - 2,
			       paper_line(paper, "%.*s\n%.*s", STR_ARG(label), STR_ARG(unit)));
	}
	(void)pdf_text(
		paper->pdf, PDF_SMALL,
		(struct pdf_point){ PAPER_MARGIN + PAPER_INNER - SCORE_WIDTH + 2, paper->y + 1 },
		SCORE_WIDTH - 4, STR("Score of the set, its points and its chart"));
	paper->y += height + 1;
}

static double row_height(struct paper *paper, struct table_row *row)
{
	double height =
		pdf_text_height(paper->pdf, PDF_SMALL, SCORE_WIDTH - 4, text_view(&row->score));
	for (size_t i = 0; i < paper->input_count; i++) {
		if (!row->has_cell[paper->inputs[i]])
			continue;
		double cell = pdf_text_height(paper->pdf, PDF_SMALL, paper->column_width - 2,
					      text_view(&row->cells[paper->inputs[i]]));
		height = cell > height ? cell : height;
	}
	return height < 9 ? 9 : height;
}

static void put_row(struct paper *paper, struct table_row *row)
{
	char clock[MODEL_CLOCK_BYTES];
	double height = row_height(paper, row);
	if (paper_need(paper, height + 2))
		put_heads(paper);
	model_clock_time(row->minute * DATE_US_PER_MIN, clock);
	(void)pdf_text(paper->pdf, PDF_SMALL, (struct pdf_point){ PAPER_MARGIN + 2, paper->y },
		       TIME_WIDTH - 2, str_from_c(clock));
	for (size_t i = 0; i < paper->input_count; i++) {
		if (row->has_cell[paper->inputs[i]])
			(void)pdf_text(paper->pdf, PDF_SMALL,
				       (struct pdf_point){ PAPER_MARGIN + TIME_WIDTH +
								   paper->column_width * (double)i,
							   paper->y },
				       paper->column_width - 2,
				       text_view(&row->cells[paper->inputs[i]]));
	}
	(void)pdf_text(paper->pdf, PDF_SMALL,
		       (struct pdf_point){ PAPER_MARGIN + PAPER_INNER - SCORE_WIDTH + 2, paper->y },
		       SCORE_WIDTH - 4, text_view(&row->score));
	paper->y += height + 1;
	pdf_line(paper->pdf, head_colour, false, (struct pdf_point){ PAPER_MARGIN, paper->y },
		 (struct pdf_point){ PAPER_MARGIN + PAPER_INNER, paper->y });
	paper->y += 1;
}

static void put_day(struct paper *paper, int64_t at_us)
{
	static const char *const days[] = { "Thursday", "Friday",  "Saturday", "Sunday",
					    "Monday",   "Tuesday", "Wednesday" };
	int64_t local_us = at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN;
	struct date_civil day = date_to_civil(local_us);
	if (paper_need(paper, 40))
		put_heads(paper);
	paper_put(paper, PDF_BOLD, 2,
		  paper_line(paper, "%s %d/%d/%d", days[(local_us / DATE_US_PER_DAY) % 7],
			     (int)day.day, (int)day.month, (int)day.year));
}

static int64_t day_of(int64_t at_us)
{
	return (at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN) / DATE_US_PER_DAY;
}

/* Of very many values of one minute the first ones stand, and that there are more. */
static void append(struct text *cell, struct str words)
{
	const struct str more = STR("; more in the record");
	if (cell->len + words.len + more.len + 2 > CELL_BYTES_MAX) {
		if (!str_ends_with(text_view(cell), more))
			text_put(cell, more);
		return;
	}
	if (str_ends_with(text_view(cell), more))
		return;
	if (cell->len > 0)
		text_put_c(cell, "; ");
	text_put(cell, words);
}

/* The next minute of which anything is known; what belongs to it is taken off the lists. */
static bool next_row(struct paper *paper, const struct stay_chart_value **value,
		     const struct stay_chart_score **score, struct table_row *row)
{
	if (*value == NULL && *score == NULL)
		return false;
	int64_t minute = *value == NULL ? INT64_MAX : minute_of((*value)->at_us);
	if (*score != NULL && minute_of((*score)->at_us) < minute)
		minute = minute_of((*score)->at_us);
	*row = (struct table_row){ .minute = minute };
	text_init(&row->score, paper->chart->arena, STAY_CHART_TEXT_MAX);
	for (; *value != NULL && minute_of((*value)->at_us) == minute; *value = (*value)->next) {
		unsigned input = (*value)->input;
		if (!row->has_cell[input])
			text_init(&row->cells[input], paper->chart->arena, CELL_BYTES_MAX + 1);
		row->has_cell[input] = true;
		append(&row->cells[input], (*value)->text);
	}
	for (; *score != NULL && minute_of((*score)->at_us) == minute; *score = (*score)->next) {
		if (row->score.len > 0)
			text_put_c(&row->score, "\n");
		text_put(&row->score, (*score)->text);
	}
	return true;
}

void paper_table(struct paper *paper)
{
	const struct stay_chart_value *value = paper->chart->values;
	const struct stay_chart_score *score = paper->chart->scores;
	struct table_row row;
	int64_t day = INT64_MIN;
	paper->input_count = 0;
	choose_columns(paper);
	if (value == NULL && score == NULL)
		return;
	paper_heading(paper, "Values and scores");
	put_heads(paper);
	while (next_row(paper, &value, &score, &row)) {
		int64_t at_us = row.minute * DATE_US_PER_MIN;
		if (day_of(at_us) != day)
			put_day(paper, at_us);
		day = day_of(at_us);
		put_row(paper, &row);
	}
}
