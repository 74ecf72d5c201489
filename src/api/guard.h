/* SPDX-License-Identifier: Apache-2.0
 * How a room has a say in what clients may do to resources of one type. */
#ifndef API_GUARD_H
#define API_GUARD_H

#include "api/route.h"
#include "store/store.h"

/* What a guard found and what must still be so when the change is written. */
struct guard_demand {
	const struct search_request *none; /* finds nothing; NULL: no such demand */
	struct str claim;  /* no two changes of one transaction make the same; empty: none */
	const char *words; /* what is said when two do */
};
/* A change that is about to be made. Everything is borrowed for the call. */
struct guarded {
	struct call *call;
	struct issues *issues;
	struct store_reader *reader; /* the snapshot on which the change was resolved */
	struct str id;
	const struct json *current;  /* NULL: there is none */
	const struct json *next;     /* NULL: it is to be deleted; not yet validated */
	struct guard_demand *demand; /* to fill in; broken, the guard is asked again */
};
/* ERROR_OK, or an error with an issue that says what to do. Asked again when the change is tried again. */
typedef enum error change_guard_check(const struct guarded *guarded);
struct change_guard {
	struct str type;
	change_guard_check *check;
};

#endif
