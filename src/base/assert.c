/* SPDX-License-Identifier: Apache-2.0
 * The last words of a process whose programmer's promise was broken. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void assert_failed(const char *file, int line, const char *condition)
{
	char words[512];
	/* No stdio stream: its lock may be held by the thread that failed. */
	int length = snprintf(words, sizeof(words), "assertion failed: %s:%d: %s\n", file, line,
			      condition);
	if (length > 0) {
		size_t size = (size_t)length < sizeof(words) ? (size_t)length : sizeof(words) - 1;
		ssize_t written = write(STDERR_FILENO, words, size);
		(void)written;
	}
	abort();
}

_Noreturn void memory_gone(void)
{
	static const char words[] = "homeward: the memory is used up; the process stops\n";
	ssize_t written = write(STDERR_FILENO, words, sizeof(words) - 1);
	(void)written;
	_exit(MEMORY_GONE_EXIT);
}
