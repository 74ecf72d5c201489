/* SPDX-License-Identifier: Apache-2.0
 * What a backup holds (docs/decisions/0018): manifest.json, written last, so that a folder without one is a backup that
 * was broken off. JSON: format, formatVersion, program, schema, taken, feed, verified, files (name, bytes, sha256),
 * and at its end manifestSha256 over every byte before that member. */
#ifndef MAIN_MANIFEST_H
#define MAIN_MANIFEST_H

#include "base/arena.h"
#include "base/error.h"
#include "os/copy.h"

#define MANIFEST_NAME "manifest.json"
#define MANIFEST_FILES_MAX 64

struct manifest_file {
	struct str name; /* with a NUL that is not counted */
	struct copy_seal seal;
};
struct manifest {
	struct str program; /* version that wrote it */
	int64_t schema;     /* of its store */
	struct str taken;   /* instant */
	int64_t feed;       /* the last number of the feed that is in it */
	bool verified;
	size_t file_count;
	struct manifest_file files[MANIFEST_FILES_MAX];
};
/* On the disk when it returns. */
MUST_CHECK enum error manifest_write(struct arena *arena, int folder,
				     const struct manifest *manifest);
/* ERROR_NOT_FOUND: there is none. ERROR_INVALID: it is damaged, or none of ours: *ret_why says so. Texts are in the
 * arena. Each name is one that a file of a folder may have. */
MUST_CHECK enum error manifest_read(struct arena *arena, int folder, struct manifest *ret_manifest,
				    const char **ret_why);

#endif
