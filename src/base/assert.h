/* SPDX-License-Identifier: Apache-2.0
 * Assertions state what the programmer promises, never what the outside sends. They stay on in
 * production: the process stops, the supervisor restarts it, nothing acknowledged is lost.
 * The text names file, line and condition only, so that no person's data reaches a log. */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

_Noreturn void assert_failed(const char *file, int line, const char *condition);
/* There is no memory for what cannot be left out: the process stops, with words and an exit code of its own. */
#define MEMORY_GONE_EXIT 71 /* EX_OSERR of sysexits.h */
_Noreturn void memory_gone(void);

#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(__FILE__, __LINE__, #condition))
#define UNREACHABLE() assert_failed(__FILE__, __LINE__, "unreachable")
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

#endif
