/* SPDX-License-Identifier: Apache-2.0 */
#include "client/import_state.h"
#include "base/text.h"
#include "client/source.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

#define STATE_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct import_state {
	struct arena arena;
	struct str base_url;
	struct json *first; /* lines of earlier runs, newest first */
	FILE *file;
};

/* A line cut off by a crash is not JSON and is passed over: that file is then simply sent again. */
static void read_lines(struct import_state *state, const char *path)
{
	struct source *source = NULL;
	struct str line;
	if (source_open(path, NULL, &source) != ERROR_OK)
		return;
	while (source_read_line(source, &state->arena, STATE_BYTES_MAX, NULL, &line) == ERROR_OK &&
	       line.ptr != NULL) {
		struct json *row = NULL;
		if (json_parse(&state->arena, line, NULL, NULL, &row) != ERROR_OK ||
		    row->type != JSON_OBJECT)
			continue;
		row->next = state->first;
		state->first = row;
	}
	source_close(source);
}

struct import_state *import_state_open(const char *path, struct str base_url)
{
	struct import_state *state = calloc(1, sizeof(*state));
	if (state == NULL)
		return NULL;
	state->file = fopen(path, "abe");
	if (state->file == NULL) {
		free(state);
		return NULL;
	}
	arena_init(&state->arena, STATE_BYTES_MAX * 2);
	state->base_url = base_url;
	read_lines(state, path);
	return state;
}

void import_state_close(struct import_state *state)
{
	if (state == NULL)
		return;
	fclose(state->file);
	arena_done(&state->arena);
	free(state);
}

static bool number_is(const struct json *row, struct str name, int64_t value)
{
	int64_t number = 0;
	return str_to_i64(json_get_text(row, name), &number) && number == value;
}

bool import_state_find(const struct import_state *state, const struct import_key *key,
		       struct tally *ret_tally)
{
	for (const struct json *row = state == NULL ? NULL : state->first; row != NULL;
	     row = row->next) {
		if (!str_equal(json_get_text(row, STR("file")), key->name) ||
		    !str_equal(json_get_text(row, STR("url")), state->base_url) ||
		    !number_is(row, STR("bytes"), key->bytes) ||
		    !number_is(row, STR("changed"), key->changed_us))
			continue;
		const struct json *types = json_get(row, STR("types"));
		for (const struct json *type = types != NULL ? types->child : NULL; type != NULL;
		     type = type->next) {
			for (int column = 0; column < TALLY_COLUMN_COUNT; column++) {
				int64_t count = 0;
				if (str_to_i64(json_text(json_at(type, (size_t)column)), &count))
					tally_add(ret_tally, json_name(type),
						  (enum tally_column)column, count);
			}
		}
		return true;
	}
	return false;
}

void import_state_add(struct import_state *state, const struct import_key *key,
		      const struct tally *tally)
{
	struct text text;
	if (state == NULL)
		return;
	text_init(&text, &state->arena, STATE_BYTES_MAX);
	text_put(&text, STR("{\"file\":"));
	json_print_string(&text, key->name);
	text_put(&text, STR(",\"url\":"));
	json_print_string(&text, state->base_url);
	text_put_format(&text, ",\"bytes\":%lld,\"changed\":%lld,\"types\":{",
			(long long)key->bytes, (long long)key->changed_us);
	for (size_t i = 0; i < tally->row_count; i++) {
		const int64_t *counts = tally->rows[i].counts;
		text_put(&text, i > 0 ? STR(",") : STR(""));
		json_print_string(&text, tally->rows[i].type);
		text_put_format(&text, ":[%lld,%lld,%lld,%lld]", (long long)counts[0],
				(long long)counts[1], (long long)counts[2], (long long)counts[3]);
	}
	text_put(&text, STR("}}\n"));
	struct str line = text_view(&text);
	/* A line that is lost costs one file sent again, which is found out and harmless. */
	if (line.len == 0 || fwrite(line.ptr, 1, line.len, state->file) != line.len ||
	    fflush(state->file) != 0)
		fputs("homeward import: the state file cannot be written\n", stderr);
}
