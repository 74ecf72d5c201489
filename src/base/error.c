/* SPDX-License-Identifier: Apache-2.0
 * The error table, made from error.def. */
#include "base/error.h"

static const struct error_row rows[ERROR_COUNT] = {
#define ERROR(name_, status_, issue_, retry_, meaning_) \
	[ERROR_##name_] = { .name = STR_INIT(#name_), \
			    .http_status = (status_), \
			    .issue_type = STR_INIT(issue_), \
			    .retry = ERROR_RETRY_##retry_, \
			    .meaning = STR_INIT(meaning_) },
#include "base/error.def"
#undef ERROR
};

const struct error_row *error_row(enum error error)
{
	ASSERT((unsigned)error < ERROR_COUNT);
	return &rows[error];
}
