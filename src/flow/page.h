/* SPDX-License-Identifier: Apache-2.0
 * Pieces that several JSON pages of this room print alike. */
#ifndef FLOW_PAGE_H
#define FLOW_PAGE_H

#include "flow/facts.h"
#include "ward/print.h"

/* {"reference","id","name","birthDate","age"}; age "3 y" or null. */
struct json *page_patient(struct arena *arena, const struct facts_person *person, int64_t now_us);
/* A member that is null when the text is empty. */
void page_text(struct arena *arena, struct json *object, struct str name, struct str text);
/* A member that is null when the time is `none`. */
void page_time(struct arena *arena, struct json *object, struct str name, int64_t at_us);
#define PAGE_TIME_NONE INT64_MIN
void page_number(struct arena *arena, struct json *object, struct str name, int64_t value);

#endif
