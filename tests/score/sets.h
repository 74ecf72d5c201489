/* SPDX-License-Identifier: Apache-2.0
 * Sets of observations for tests, in the words of `homeward score`. */
#ifndef TESTS_SCORE_SETS_H
#define TESTS_SCORE_SETS_H

#include "score/line.h"
#include "unit.h"

static struct arena arena;

static inline int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)64 * 1024 * 1024);
	return 0;
}
static inline int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static inline enum error compute(enum score_scale scale, const char *line,
				 struct score_result *ret_result)
{
	struct score_set set;
	struct issues issues;
	issues_init(&issues, &arena);
	enum error error = score_line_read(&arena, str_from_c(line), &issues, &set);
	if (error == ERROR_OK)
		error = score_compute(scale, &set, &issues, ret_result);
	if (error != ERROR_OK) {
		assert_non_null(issues.first);
		assert_true(issues.first->diagnostics.len > 0);
	}
	return error;
}

static inline struct score_result result_of(enum score_scale scale, const char *line)
{
	struct score_result result = { .total = -1 };
	enum error error = compute(scale, line, &result);
	if (error != ERROR_OK)
		fail_msg("%s was refused", line);
	return result;
}

static inline void expect(enum score_scale scale, const char *line, int total,
			  enum score_level level)
{
	struct score_result result = result_of(scale, line);
	if (result.total != total || result.level != level)
		fail_msg("%s: total %d level %d, expected %d level %d", line, result.total,
			 (int)result.level, total, (int)level);
}

#define THREE "\"birthDate\":\"2023-03-01\",\"at\":\"2026-06-01T08:00:00Z\""
#define CALM \
	"\"oxygen\":{\"device\":\"air\"},\"respiratoryDistress\":\"none\",\"capillaryRefill\":2," \
	"\"consciousness\":\"A\""

#endif
