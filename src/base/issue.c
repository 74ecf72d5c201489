/* SPDX-License-Identifier: Apache-2.0
 * The list of what is wrong with a request. Texts are copied into the arena. */
#include "base/issue.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define DIAGNOSTICS_BYTES_MAX 1024

void issues_init(struct issues *issues, struct arena *arena)
{
	*issues = (struct issues){ .arena = arena };
}

static struct str PRINTF_LIKE(2, 0)
	format_diagnostics(struct arena *arena, const char *format, va_list arguments)
{
	char words[DIAGNOSTICS_BYTES_MAX];
	words[0] = '\0';
	int length = vsnprintf(words, sizeof(words), format, arguments);
	if (length < 0)
		return STR("");
	size_t size = (size_t)length < sizeof(words) ? (size_t)length : sizeof(words) - 1;
	/* A cut must not leave half a character behind. */
	while ((size_t)length > size && size > 0 && !utf8_is_valid((struct str){ words, size }))
		size--;
	return arena_copy(arena, (struct str){ words, size });
}

static void issue_append(struct issues *issues, const struct issue *issue)
{
	struct issue *kept = ARENA_NEW(issues->arena, struct issue, 1);
	if (kept == NULL)
		return;
	*kept = *issue;
	if (issues->last == NULL)
		issues->first = kept;
	else
		issues->last->next = kept;
	issues->last = kept;
}

enum error issue_add(struct issues *issues, enum error error, struct str expression,
		     const char *format, ...)
{
	if (issues == NULL || issues->count++ >= LIMIT_ISSUES_MAX)
		return error;
	va_list arguments;
	va_start(arguments, format);
	struct issue issue = { .severity = ISSUE_ERROR,
			       .error = error,
			       .code = error_row(error)->issue_type,
			       .expression = arena_copy(issues->arena, expression),
			       .diagnostics =
				       format_diagnostics(issues->arena, format, arguments) };
	va_end(arguments);
	issue_append(issues, &issue);
	return error;
}

void issue_add_as(struct issues *issues, enum issue_severity severity, enum error error,
		  struct str code, struct str expression, const char *format, ...)
{
	if (issues == NULL || issues->count++ >= LIMIT_ISSUES_MAX)
		return;
	va_list arguments;
	va_start(arguments, format);
	struct issue issue = { .severity = severity,
			       .error = error,
			       .code = code.len > 0 ? arena_copy(issues->arena, code)
						    : error_row(error)->issue_type,
			       .expression = arena_copy(issues->arena, expression),
			       .diagnostics =
				       format_diagnostics(issues->arena, format, arguments) };
	va_end(arguments);
	issue_append(issues, &issue);
}
