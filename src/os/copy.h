/* SPDX-License-Identifier: Apache-2.0
 * Copies of whole files of any size, with their SHA-256 on the way. Names, rights and errors are those of file.h; what
 * is no regular file is ERROR_STORAGE. Thread: any. */
#ifndef OS_COPY_H
#define OS_COPY_H

#include "base/error.h"
#include "os/hash.h"

struct copy_seal {
	int64_t bytes;
	char sha256[2 * HASH_SHA256_BYTES + 1]; /* lower-case hexadecimal */
};
/* Told how many bytes have been read since the last time. */
struct copy_progress {
	void (*tell)(void *context, int64_t bytes); /* NULL: nobody is told */
	void *context;
};
/* The file `name` of the folder `from` as a new one of the same name in `to`, on the disk when it returns.
 * ERROR_CONFLICT: it is there already. What was begun stays when it fails. */
MUST_CHECK enum error copy_file(int from, int to, const char *name,
				const struct copy_progress *progress, struct copy_seal *ret_seal);
/* The seal alone. */
MUST_CHECK enum error copy_seal_file(int folder, const char *name,
				     const struct copy_progress *progress,
				     struct copy_seal *ret_seal);

#endif
