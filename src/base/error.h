/* SPDX-License-Identifier: Apache-2.0
 * Errors are values from one table, error.def. A function returns enum error and writes its
 * ret_ outputs only on ERROR_OK; details for people go to a list of issues (base/issue.h). */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/assert.h"
#include "base/str.h"

enum error {
#define ERROR(name, status, issue, retry, meaning) ERROR_##name,
#include "base/error.def"
#undef ERROR
	ERROR_COUNT
};

enum error_retry { ERROR_RETRY_NO, ERROR_RETRY_YES, ERROR_RETRY_LATER };

struct error_row {
	struct str name;
	unsigned http_status;
	struct str issue_type;
	enum error_retry retry;
	struct str meaning;
};

const struct error_row *error_row(enum error error);

#endif
