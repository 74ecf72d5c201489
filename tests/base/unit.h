/* SPDX-License-Identifier: Apache-2.0
 * What every cmocka program needs, in the order cmocka wants it. */
#ifndef TESTS_BASE_UNIT_H
#define TESTS_BASE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str_equal(view, literal) \
	do { \
		struct str unit_view = (view); \
		assert_int_equal(unit_view.len, sizeof(literal) - 1); \
		assert_memory_equal(unit_view.ptr, literal, sizeof(literal) - 1); \
	} while (0)

/* Ends a test that cannot run here and says so. cmocka's skip() prints "not ok # SKIP" under TAP, which
 * Meson counts as a failure. */
#define SKIP_BECAUSE(reason) \
	do { \
		print_message("# skipped: " reason "\n"); \
		return; \
	} while (0)

#endif
