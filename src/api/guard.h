/* SPDX-License-Identifier: Apache-2.0
 * How a room has a say in what clients may do to resources of one type. */
#ifndef API_GUARD_H
#define API_GUARD_H

#include "api/route.h"
#include "store/store.h"

/* A change that is about to be made. Everything is borrowed for the call. */
struct guarded {
	struct call *call;
	struct issues *issues;
	struct store_reader *reader; /* the snapshot on which the change was resolved */
	struct str id;
	const struct json *current; /* NULL: there is none */
	const struct json *next;    /* NULL: it is to be deleted; not yet validated */
};
/* ERROR_OK, or an error with an issue that says what to do. Asked again when the change is tried again. */
typedef enum error change_guard_check(const struct guarded *guarded);
struct change_guard {
	struct str type;
	change_guard_check *check;
};

#endif
