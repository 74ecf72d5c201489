/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/paper.h"

#include "flow/summary.h"

#include <stdarg.h>
#include <stdio.h>

#define BODY_TOP 66.0
#define BODY_BOTTOM (PDF_HEIGHT - 44.0)

static const struct pdf_colour rule_colour = { 0.6, 0.65, 0.7 };

static struct str printed_text(struct paper *paper)
{
	struct text text;
	text_init(&text, paper->chart->arena, 400);
	text_put_c(&text, "Printed ");
	summary_time(&text, paper->chart->now_us);
	text_put_format(&text, " (Europe/London) by Homeward. Page %zu of %zu", paper->page,
			paper->pages);
	return text_view(&text);
}

static struct str whose_text(struct paper *paper)
{
	const struct json *patient = paper->chart->patient;
	const struct json *identifier = json_at(json_get(patient, STR("identifier")), 0);
	struct str number = json_get_text(identifier, STR("value"));
	struct str system = json_get_text(identifier, STR("system"));
	struct text text;
	text_init(&text, paper->chart->arena, STAY_CHART_TEXT_MAX);
	text_put_c(&text, "Patient: ");
	text_put(&text, record_patient_name(paper->chart->arena, patient));
	text_put_format(&text, ", born %.*s", STR_ARG(json_get_text(patient, STR("birthDate"))));
	if (number.len > 0)
		text_put_format(&text, ", %s %.*s",
				str_ends_with(system, STR("/nhs-number")) ? "NHS number" : "number",
				STR_ARG(number));
	return text_view(&text);
}

void paper_begin(struct paper *paper)
{
	if (paper->page > 0)
		pdf_page(paper->pdf);
	paper->page++;
	(void)pdf_text(paper->pdf, PDF_HEADING, (struct pdf_point){ PAPER_MARGIN, 30 }, PAPER_INNER,
		       whose_text(paper));
	pdf_line(paper->pdf, rule_colour, false, (struct pdf_point){ PAPER_MARGIN, BODY_TOP - 8 },
		 (struct pdf_point){ PAPER_MARGIN + PAPER_INNER, BODY_TOP - 8 });
	(void)pdf_text(paper->pdf, PDF_BODY, (struct pdf_point){ PAPER_MARGIN, BODY_BOTTOM + 14 },
		       PAPER_INNER, printed_text(paper));
	paper->y = BODY_TOP;
}

/* True: a new page was begun, because so much does not fit on this one. */
bool paper_need(struct paper *paper, double height)
{
	if (paper->y + height <= BODY_BOTTOM)
		return false;
	paper_begin(paper);
	return true;
}

void paper_put(struct paper *paper, enum pdf_style style, double indent, struct str text)
{
	double width = PAPER_INNER - indent;
	double height = pdf_text_height(paper->pdf, style, width, text);
	(void)paper_need(paper, height);
	(void)pdf_text(paper->pdf, style, (struct pdf_point){ PAPER_MARGIN + indent, paper->y },
		       width, text);
	paper->y += height + 2;
}

void paper_heading(struct paper *paper, const char *words)
{
	(void)paper_need(paper, 60); /* never alone at the foot */
	paper->y += 8;
	paper_put(paper, PDF_HEADING, 0, str_from_c(words));
}

struct str paper_line(struct paper *paper, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	size_t size = length < 0 ? 1 : (size_t)length + 1;
	char *words = ARENA_NEW(paper->chart->arena, char, size);
	if (words != NULL)
		length = vsnprintf(words, size, format, again);
	va_end(again);
	va_end(arguments);
	return words == NULL || length < 0 ? STR("") : (struct str){ words, (size_t)length };
}

struct str paper_time(struct paper *paper, int64_t at_us)
{
	struct text text;
	text_init(&text, paper->chart->arena, 80);
	summary_time(&text, at_us);
	return text_view(&text);
}
