/* SPDX-License-Identifier: Apache-2.0
 * What this room puts into the record by itself, without a caller: the shipped Measures and the weekly reports. */
#ifndef FLOW_KEEP_H
#define FLOW_KEEP_H

#include "store/store.h"
#include "json/json.h"

/* Validates and creates the resource, which has its id; ERROR_OK too when that id is there already: it is made once. */
MUST_CHECK enum error keep_once(struct store *store, struct arena *arena, struct json *resource);

#endif
