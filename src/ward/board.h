/* SPDX-License-Identifier: Apache-2.0
 * What the pages see: finished texts, replaced as a whole, each with the version at which it changed.
 * The ward's thread writes, handlers read; one lock, held for copying only. */
#ifndef WARD_BOARD_H
#define WARD_BOARD_H

#include "base/text.h"
#include "ward/core.h"

struct board;

/* Versions go on from `first_version`, so that they grow over restarts. */
struct board *board_create(int64_t first_version);
void board_destroy(struct board *board);

/* --- the ward's thread --- */
/* Staff NULL: as it was. */
void board_ward_put(struct board *board, const struct ward_summary *summary, struct str staff);
void board_row_put(struct board *board, struct str ward, struct str episode, int64_t urgency,
		   struct str text);
void board_row_remove(struct board *board, struct str episode);
/* The lines above the rows, as a JSON array. */
void board_system_put(struct board *board, struct str text);
/* True once after something changed. */
bool board_take_changed(struct board *board);
bool board_has_changed(struct board *board);

/* --- handlers --- */
struct board_now { /* what every answer says about time */
	int64_t now_us;
	double rate;
	bool dev;
};
/* The name of a ward, up to `size` bytes with the NUL; false when there is no such ward. */
bool board_ward_name(struct board *board, struct str ward, char *ret_name, size_t size);
void board_list_print(struct board *board, struct text *text);
/* The row as it is shown, copied; false when there is none. */
bool board_row_copy(struct board *board, struct str episode, struct arena *arena,
		    struct str *ret_text);
/* False when there is no such ward. */
bool board_print(struct board *board, struct str ward, const struct board_now *now,
		 struct arena *arena, struct text *text);
/* Events since *version, which moves on; ends with a beat when anything was put or `beat` is set. */
void board_events(struct board *board, struct str ward, const struct board_now *now,
		  int64_t *version, bool beat, struct text *text);

#endif
