/* SPDX-License-Identifier: Apache-2.0
 * What is wrong with a request, as a list that becomes an OperationOutcome. Texts say what to do
 * and never repeat a person's data: element names, codes, limits and positions only. */
#ifndef BASE_ISSUE_H
#define BASE_ISSUE_H

#include "base/arena.h"
#include "base/error.h"

enum issue_severity { ISSUE_FATAL, ISSUE_ERROR, ISSUE_WARNING, ISSUE_INFORMATION };

struct issue {
	struct issue *next;
	enum issue_severity severity;
	enum error error;
	struct str code;        /* FHIR issue type; the error's own unless set otherwise */
	struct str expression;  /* FHIRPath such as "Patient.name[0].family", or empty */
	struct str diagnostics; /* one sentence */
};

struct issues {
	struct arena *arena;
	struct issue *first;
	struct issue *last;
	size_t count; /* all that were reported; at most ISSUES_MAX are kept */
};

void issues_init(struct issues *issues, struct arena *arena);
/* Adds an issue of severity error and returns `error`, so that a caller can
 * `return issue_add(issues, ERROR_INVALID, expression, "...")`. `issues` may be NULL. */
enum error issue_add(struct issues *issues, enum error error, struct str expression,
		     const char *format, ...) PRINTF_LIKE(4, 5);
/* The same with a severity and a FHIR issue type of its own (empty: the error's). */
void issue_add_as(struct issues *issues, enum issue_severity severity, enum error error,
		  struct str code, struct str expression, const char *format, ...)
	PRINTF_LIKE(6, 7);

#endif
