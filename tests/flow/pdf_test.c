/* SPDX-License-Identifier: Apache-2.0
 * A PDF by itself: what is measured is what is drawn, and a file that is not whole is not called one. */
#include "../base/unit.h"

#include "flow/pdf.h"

static const struct str names =
	STR_INIT("Łucja Żółć ليلى حسن 0123456789 and words that need lines");

static void what_is_measured_is_what_is_drawn(void **state)
{
	(void)state;
	struct arena arena;
	struct text sink;
	arena_init(&arena, 16 * 1024 * 1024);
	text_init(&sink, &arena, 8 * 1024 * 1024);
	struct pdf *measured = pdf_open(NULL), *drawn = pdf_open(&sink);
	assert_non_null(measured);
	assert_non_null(drawn);
	for (enum pdf_style style = PDF_TITLE; style < PDF_STYLE_COUNT; style++) {
		for (double width = 20; width < 500; width *= 2) {
			double height = pdf_text_height(measured, style, width, names);
			assert_true(height > 0);
			assert_true(height == pdf_text(measured, style, (struct pdf_point){ 0, 0 },
						       width, names));
			assert_true(height == pdf_text(drawn, style, (struct pdf_point){ 0, 0 },
						       width, names));
		}
	}
	assert_true(pdf_text_height(measured, PDF_BODY, 40, names) >
		    pdf_text_height(measured, PDF_BODY, 400, names));
	assert_true(pdf_text_height(measured, PDF_BODY, 40, STR("")) > 0);
	pdf_page(measured);
	pdf_page(drawn);
	assert_true(pdf_close(measured));
	assert_true(pdf_close(drawn));
	assert_true(str_starts_with(text_view(&sink), STR("%PDF-")));
	assert_true(str_ends_with(text_view(&sink), STR("%%EOF\n")));
	arena_done(&arena);
}

static void a_file_that_does_not_fit_is_not_whole(void **state)
{
	(void)state;
	for (size_t room = 1; room < 8000; room *= 3) {
		struct arena arena;
		struct text sink;
		arena_init(&arena, 1024 * 1024);
		text_init(&sink, &arena, room);
		struct pdf *pdf = pdf_open(&sink);
		if (pdf != NULL) {
			(void)pdf_text(pdf, PDF_BODY, (struct pdf_point){ 40, 40 }, 300, names);
			pdf_page(pdf);
			assert_false(pdf_close(pdf));
		}
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_measured_is_what_is_drawn),
		cmocka_unit_test(a_file_that_does_not_fit_is_not_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
