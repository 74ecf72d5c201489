/* SPDX-License-Identifier: Apache-2.0 */
#include "client/anchor.h"

#include "base/date.h"
#include "base/text.h"
#include "os/file.h"

#define FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define LINE_BYTES_MAX 128

bool anchor_parse(struct str line, struct anchor *ret_anchor)
{
	struct anchor anchor = { .number = -1 };
	struct date date;
	struct str time = str_cut(&line, ' ');
	struct str number = str_cut(&line, ' ');
	if (time.len >= sizeof(anchor.time) || line.len != sizeof(anchor.hash) - 1 ||
	    date_parse(time, DATE_KIND_INSTANT, &date) != ERROR_OK ||
	    !str_to_i64(number, &anchor.number) || anchor.number < 0)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		char digit = line.ptr[i];
		if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f'))
			return false;
	}
	memcpy(anchor.time, time.ptr, time.len);
	memcpy(anchor.hash, line.ptr, line.len);
	*ret_anchor = anchor;
	return true;
}

static enum error read_text(struct arena *arena, const char *path, struct str *ret_text)
{
	const char *name;
	int folder;
	enum error error = file_open_folder_of(arena, str_from_c(path), &name, &folder);
	if (error != ERROR_OK)
		return error;
	error = file_read_whole(arena, folder, name, FILE_BYTES_MAX, ret_text);
	file_close(folder);
	return error;
}

enum error anchor_read(struct arena *arena, const char *path, struct anchor **ret_anchors,
		       size_t *ret_count)
{
	struct str text = { NULL, 0 };
	enum error error = read_text(arena, path, &text);
	if (error != ERROR_OK)
		return error;
	struct anchor *anchors = ARENA_NEW(arena, struct anchor, text.len / 67 + 1);
	size_t count = 0;
	if (anchors == NULL)
		return ERROR_LIMIT;
	while (text.len > 0) {
		struct anchor anchor;
		bool read = anchor_parse(str_cut(&text, '\n'), &anchor);
		if (!read || (count > 0 && anchor.number < anchors[count - 1].number)) {
			*ret_count = count + 1;
			return ERROR_INVALID;
		}
		anchors[count++] = anchor;
	}
	*ret_anchors = anchors;
	*ret_count = count;
	return ERROR_OK;
}

enum error anchor_add(struct arena *arena, const char *path, const struct anchor *anchor)
{
	struct str before = { NULL, 0 };
	struct text text;
	const char *name;
	int folder;
	enum error error = read_text(arena, path, &before);
	if (error != ERROR_OK && error != ERROR_NOT_FOUND)
		return error;
	text_init(&text, arena, before.len + LINE_BYTES_MAX);
	text_put(&text, before);
	text_put_format(&text, "%s %lld %s\n", anchor->time, (long long)anchor->number,
			anchor->hash);
	if (text.failed)
		return ERROR_LIMIT;
	error = file_open_folder_of(arena, str_from_c(path), &name, &folder);
	if (error != ERROR_OK)
		return error;
	error = file_write_whole(folder, name, text_view(&text));
	file_close(folder);
	return error;
}
