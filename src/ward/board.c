/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/board.h"

#include "base/date.h"
#include "os/thread.h"
#include "ward/map.h"
#include "ward/model.h"

#include <stdlib.h>

struct board_row {
	struct board_row *next, *before; /* of the ward, the one that changed last comes first */
	char episode[MODEL_ID_BYTES];
	struct board_ward *ward;
	int64_t version;
	int64_t urgency;
	char *text; /* NULL: was removed at `version` */
	size_t length;
};
struct board_ward {
	struct board_ward *next;
	char id[MODEL_ID_BYTES];
	char name[MODEL_NAME_BYTES];
	size_t patients, open_alerts;
	char *staff;
	struct board_row *rows;
	size_t row_count; /* with a text */
};
struct board {
	struct mutex mutex;
	struct board_ward *wards; /* by id */
	struct map ward_by_id;
	struct map row_by_episode; /* where it stands now, or stood last */
	int64_t version;
	char *system;
	int64_t system_version;
	bool changed;
};

static char *copy_of(struct str text)
{
	char *copy = model_take(text.len + 1);
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

struct board *board_create(int64_t first_version)
{
	struct board *board = MODEL_NEW(struct board);
	mutex_init(&board->mutex);
	board->version = first_version;
	board->system = copy_of(STR("[]"));
	return board;
}

void board_destroy(struct board *board)
{
	if (board == NULL)
		return;
	while (board->wards != NULL) {
		struct board_ward *ward = board->wards;
		board->wards = ward->next;
		while (ward->rows != NULL) {
			struct board_row *row = ward->rows;
			ward->rows = row->next;
			model_give(row->text);
			model_give(row);
		}
		model_give(ward->staff);
		model_give(ward);
	}
	map_done(&board->ward_by_id);
	map_done(&board->row_by_episode);
	mutex_destroy(&board->mutex);
	model_give(board->system);
	model_give(board);
}

static struct board_ward *make_ward(struct board *board, struct str id)
{
	struct board_ward *ward = map_get(&board->ward_by_id, id);
	if (ward != NULL)
		return ward;
	ward = MODEL_NEW(struct board_ward);
	MODEL_PUT(ward->id, id);
	ward->staff = copy_of(STR("[]"));
	struct board_ward **link = &board->wards;
	while (*link != NULL && strcmp((*link)->id, ward->id) < 0)
		link = &(*link)->next;
	ward->next = *link;
	*link = ward;
	map_put(&board->ward_by_id, str_from_c(ward->id), ward);
	return ward;
}

void board_ward_put(struct board *board, const struct ward_summary *summary, struct str staff)
{
	mutex_lock(&board->mutex);
	struct board_ward *ward = make_ward(board, summary->id);
	MODEL_PUT(ward->name, summary->name);
	ward->patients = summary->patients;
	ward->open_alerts = summary->open_alerts;
	if (staff.ptr != NULL && !str_equal(str_from_c(ward->staff), staff)) {
		model_give(ward->staff);
		ward->staff = copy_of(staff);
	}
	mutex_unlock(&board->mutex);
}

static void row_unlink(struct board_row *row)
{
	if (row->before != NULL)
		row->before->next = row->next;
	else
		row->ward->rows = row->next;
	if (row->next != NULL)
		row->next->before = row->before;
	row->next = row->before = NULL;
}

static void row_link(struct board_row *row)
{
	row->next = row->ward->rows;
	if (row->next != NULL)
		row->next->before = row;
	row->ward->rows = row;
}

static void row_changed(struct board *board, struct board_row *row)
{
	row->version = ++board->version;
	board->changed = true;
	row_unlink(row);
	row_link(row);
}

static void row_clear(struct board *board, struct board_row *row)
{
	if (row->text == NULL)
		return;
	model_give(row->text);
	row->text = NULL;
	row->ward->row_count--;
	row_changed(board, row);
}

void board_row_remove(struct board *board, struct str episode)
{
	mutex_lock(&board->mutex);
	struct board_row *row = map_get(&board->row_by_episode, episode);
	if (row != NULL)
		row_clear(board, row);
	mutex_unlock(&board->mutex);
}

/* The row of an episode on a ward's board. One that stood on another's board leaves it, and says so there. */
static struct board_row *make_row(struct board *board, struct board_ward *ward, struct str episode)
{
	struct board_row *row = map_get(&board->row_by_episode, episode);
	if (row != NULL && row->ward == ward)
		return row;
	if (row != NULL)
		row_clear(board, row);
	struct board_row *older = NULL;
	for (older = ward->rows; row != NULL && older != NULL; older = older->next) {
		if (str_equal(str_from_c(older->episode), episode))
			break;
	}
	if (row == NULL || older == NULL) {
		older = MODEL_NEW(struct board_row);
		MODEL_PUT(older->episode, episode);
		older->ward = ward;
		row_link(older);
	}
	map_put(&board->row_by_episode, str_from_c(older->episode), older);
	return older;
}

void board_row_put(struct board *board, struct str ward_id, struct str episode, int64_t urgency,
		   struct str text)
{
	mutex_lock(&board->mutex);
	struct board_ward *ward = make_ward(board, ward_id);
	struct board_row *row = make_row(board, ward, episode);
	if (row->text == NULL || !str_equal((struct str){ row->text, row->length }, text)) {
		ward->row_count += row->text == NULL;
		model_give(row->text);
		row->text = copy_of(text);
		row->length = text.len;
		row->urgency = urgency;
		row_changed(board, row);
	}
	mutex_unlock(&board->mutex);
}

void board_system_put(struct board *board, struct str text)
{
	mutex_lock(&board->mutex);
	if (!str_equal(str_from_c(board->system), text)) {
		model_give(board->system);
		board->system = copy_of(text);
		board->system_version = ++board->version;
		board->changed = true;
	}
	mutex_unlock(&board->mutex);
}

bool board_take_changed(struct board *board)
{
	mutex_lock(&board->mutex);
	bool changed = board->changed;
	board->changed = false;
	mutex_unlock(&board->mutex);
	return changed;
}

bool board_has_changed(struct board *board)
{
	mutex_lock(&board->mutex);
	bool changed = board->changed;
	mutex_unlock(&board->mutex);
	return changed;
}

/* --- reading -------------------------------------------------------------------------------- */

void board_list_print(struct board *board, struct text *text)
{
	mutex_lock(&board->mutex);
	text_put_byte(text, '[');
	for (const struct board_ward *ward = board->wards; ward != NULL; ward = ward->next) {
		text_put_c(text, ward == board->wards ? "{\"id\":" : ",{\"id\":");
		json_print_string(text, str_from_c(ward->id));
		text_put_c(text, ",\"name\":");
		json_print_string(text, str_from_c(ward->name));
		text_put_format(text, ",\"patients\":%zu,\"openAlerts\":%zu}", ward->patients,
				ward->open_alerts);
	}
	text_put_byte(text, ']');
	mutex_unlock(&board->mutex);
}

static void put_time(struct text *text, const struct board_now *now, int64_t version)
{
	char instant[25];
	date_write_instant(now->now_us, instant);
	text_put_format(text, "\"serverTime\":\"%s\",\"clockRate\":%g,\"version\":%lld", instant,
			now->rate, (long long)version);
}

static int by_urgency(const void *a, const void *b)
{
	const struct board_row *first = *(const struct board_row *const *)a;
	const struct board_row *second = *(const struct board_row *const *)b;
	if (first->urgency != second->urgency)
		return first->urgency > second->urgency ? -1 : 1;
	return strcmp(first->episode, second->episode);
}

static void put_rows(const struct board_ward *ward, struct arena *arena, struct text *text)
{
	size_t count = ward->row_count;
	const struct board_row **sorted = ARENA_NEW(arena, const struct board_row *, count + 1);
	if (sorted == NULL) {
		text->failed = true;
		return;
	}
	count = 0;
	for (const struct board_row *row = ward->rows; row != NULL; row = row->next) {
		if (row->text != NULL)
			sorted[count++] = row;
	}
	qsort(sorted, count, sizeof(const struct board_row *), by_urgency);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_put_byte(text, ',');
		text_put(text, (struct str){ sorted[i]->text, sorted[i]->length });
	}
}

bool board_ward_name(struct board *board, struct str id, char *ret_name, size_t size)
{
	mutex_lock(&board->mutex);
	const struct board_ward *ward = map_get(&board->ward_by_id, id);
	if (ward != NULL)
		model_put(ret_name, size, str_from_c(ward->name));
	mutex_unlock(&board->mutex);
	return ward != NULL;
}

bool board_print(struct board *board, struct str id, const struct board_now *now,
		 struct arena *arena, struct text *text)
{
	mutex_lock(&board->mutex);
	const struct board_ward *ward = map_get(&board->ward_by_id, id);
	if (ward == NULL) {
		mutex_unlock(&board->mutex);
		return false;
	}
	text_put_byte(text, '{');
	put_time(text, now, board->version);
	text_put_c(text, now->dev ? ",\"dev\":true" : ",\"dev\":false");
	text_put_c(text, ",\"ward\":{\"id\":");
	json_print_string(text, str_from_c(ward->id));
	text_put_c(text, ",\"name\":");
	json_print_string(text, str_from_c(ward->name));
	text_put_c(text, "},\"system\":");
	text_put_c(text, board->system);
	text_put_c(text, ",\"staff\":");
	text_put_c(text, ward->staff);
	text_put_c(text, ",\"rows\":[");
	put_rows(ward, arena, text);
	text_put_c(text, "]}");
	mutex_unlock(&board->mutex);
	return true;
}

bool board_row_copy(struct board *board, struct str episode, struct arena *arena,
		    struct str *ret_text)
{
	mutex_lock(&board->mutex);
	const struct board_row *row = map_get(&board->row_by_episode, episode);
	bool found = row != NULL && row->text != NULL;
	if (found)
		*ret_text = arena_copy(arena, (struct str){ row->text, row->length });
	mutex_unlock(&board->mutex);
	return found;
}

void board_events(struct board *board, struct str id, const struct board_now *now, int64_t *version,
		  bool beat, struct text *text)
{
	mutex_lock(&board->mutex);
	const struct board_ward *ward = map_get(&board->ward_by_id, id);
	int64_t after = *version > board->version ? -1 : *version;
	for (const struct board_row *row = ward == NULL ? NULL : ward->rows;
	     row != NULL && row->version > after; row = row->next) {
		if (row->text != NULL) {
			text_put_c(text, "event: row\ndata: ");
			text_put(text, (struct str){ row->text, row->length });
		} else {
			text_put_c(text, "event: remove\ndata: {\"episode\":");
			json_print_string(text, str_from_c(row->episode));
			text_put_byte(text, '}');
		}
		text_put_c(text, "\n\n");
		beat = true;
	}
	if (board->system_version > after) {
		text_put_format(text, "event: system\ndata: {\"system\":%s}\n\n", board->system);
		beat = true;
	}
	/* Only the last event carries the version: who loses the line before it gets all of it again. */
	if (beat) {
		text_put_format(text, "event: beat\nid: %lld\ndata: {", (long long)board->version);
		put_time(text, now, board->version);
		text_put_c(text, "}\n\n");
	}
	*version = board->version;
	mutex_unlock(&board->mutex);
}
