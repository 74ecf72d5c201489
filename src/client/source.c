/* SPDX-License-Identifier: Apache-2.0 */
#include "client/source.h"
#include "base/text.h"

#include <bzlib.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 64 * 1024 };

struct source {
	FILE *file;
	bool packed;
	bool unpacking; /* inside a bzip2 stream; a file may hold several */
	bool any;       /* some stream was complete */
	bz_stream stream;
	char packed_bytes[CHUNK_BYTES];
	char bytes[CHUNK_BYTES];
	size_t at, end; /* what of `bytes` has not been taken yet */
};

enum error source_open(const char *path, struct issues *issues, struct source **ret_source)
{
	struct source *source = calloc(1, sizeof(*source));
	if (source == NULL)
		return issue_add(issues, ERROR_INTERNAL, STR(""), "no memory");
	source->file = fopen(path, "rbe");
	if (source->file == NULL) {
		free(source);
		return issue_add(issues, ERROR_NOT_FOUND, STR(""), "the file cannot be opened");
	}
	source->packed = str_ends_with(str_from_c(path), STR(".bz2"));
	*ret_source = source;
	return ERROR_OK;
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->unpacking)
		BZ2_bzDecompressEnd(&source->stream);
	fclose(source->file);
	free(source);
}

static enum error damaged(struct issues *issues)
{
	return issue_add(issues, ERROR_MALFORMED, STR(""), "the bzip2 file is damaged or cut off");
}

/* Makes more packed bytes available; *ret_end when the file is over. */
static enum error fill_packed(struct source *source, struct issues *issues, bool *ret_end)
{
	*ret_end = false;
	if (source->stream.avail_in > 0)
		return ERROR_OK;
	size_t got = fread(source->packed_bytes, 1, sizeof(source->packed_bytes), source->file);
	if (got == 0 && ferror(source->file))
		return issue_add(issues, ERROR_NOT_FOUND, STR(""), "the file cannot be read");
	source->stream.next_in = source->packed_bytes;
	source->stream.avail_in = (unsigned)got;
	*ret_end = got == 0;
	return ERROR_OK;
}

static enum error fill_unpacked(struct source *source, struct issues *issues)
{
	while (source->end == 0) {
		bool end = false;
		enum error error = fill_packed(source, issues, &end);
		if (error != ERROR_OK)
			return error;
		if (end)
			return source->unpacking || !source->any ? damaged(issues) : ERROR_OK;
		if (!source->unpacking) {
			char *next_in = source->stream.next_in;
			unsigned avail_in = source->stream.avail_in;
			source->stream = (bz_stream){ .next_in = next_in, .avail_in = avail_in };
			if (BZ2_bzDecompressInit(&source->stream, 0, 0) != BZ_OK)
				return issue_add(issues, ERROR_INTERNAL, STR(""),
						 "no memory to unpack");
			source->unpacking = true;
		}
		source->stream.next_out = source->bytes;
		source->stream.avail_out = sizeof(source->bytes);
		int result = BZ2_bzDecompress(&source->stream);
		if (result != BZ_OK && result != BZ_STREAM_END)
			return damaged(issues);
		source->end = sizeof(source->bytes) - source->stream.avail_out;
		if (result == BZ_STREAM_END) {
			BZ2_bzDecompressEnd(&source->stream);
			source->unpacking = false;
			source->any = true;
		}
	}
	return ERROR_OK;
}

/* After it, at == end says that the file is over. */
static enum error fill(struct source *source, struct issues *issues)
{
	if (source->at < source->end)
		return ERROR_OK;
	source->at = source->end = 0;
	if (source->packed)
		return fill_unpacked(source, issues);
	source->end = fread(source->bytes, 1, sizeof(source->bytes), source->file);
	if (source->end == 0 && ferror(source->file))
		return issue_add(issues, ERROR_NOT_FOUND, STR(""), "the file cannot be read");
	return ERROR_OK;
}

static enum error finish(struct text *text, size_t bytes_max, struct issues *issues,
			 struct str *ret_text)
{
	if (text->failed)
		return issue_add(issues, ERROR_TOO_LARGE, STR(""),
				 "larger than the limit of %zu bytes", bytes_max);
	*ret_text = text_view(text);
	return ERROR_OK;
}

enum error source_read_all(struct source *source, struct arena *arena, size_t bytes_max,
			   struct issues *issues, struct str *ret_text)
{
	struct text text;
	text_init(&text, arena, bytes_max);
	for (;;) {
		enum error error = fill(source, issues);
		if (error != ERROR_OK)
			return error;
		if (source->at == source->end || text.failed)
			return finish(&text, bytes_max, issues, ret_text);
		text_put(&text,
			 (struct str){ source->bytes + source->at, source->end - source->at });
		source->at = source->end;
	}
}

enum error source_read_line(struct source *source, struct arena *arena, size_t bytes_max,
			    struct issues *issues, struct str *ret_line)
{
	struct text text;
	bool any = false, whole = false;
	text_init(&text, arena, bytes_max);
	while (!whole) {
		enum error error = fill(source, issues);
		if (error != ERROR_OK)
			return error;
		if (source->at == source->end)
			break;
		struct str rest = { source->bytes + source->at, source->end - source->at };
		size_t length = str_find_byte(rest, '\n', 0);
		any = true;
		whole = length < rest.len;
		text_put(&text, str_slice(rest, 0, length));
		source->at += whole ? length + 1 : length;
	}
	if (!any) {
		*ret_line = (struct str){ NULL, 0 };
		return ERROR_OK;
	}
	enum error error = finish(&text, bytes_max, issues, ret_line);
	if (error == ERROR_OK && ret_line->ptr == NULL)
		*ret_line = STR("");
	return error;
}
