/* SPDX-License-Identifier: Apache-2.0
 * One walk for both directions of the checkpoint: a field is written to the text, or read from the next element of a
 * line. WALK names a field of a struct once. */
#ifndef WARD_WALKER_H
#define WARD_WALKER_H

#include "ward/model.h"

struct walker {
	struct text *text;     /* saving */
	const struct json *at; /* loading: the next element */
	bool failed;
};

void walk_i64(struct walker *walker, int64_t *value);
void walk_u64(struct walker *walker, uint64_t *value);
void walk_u32(struct walker *walker, uint32_t *value);
void walk_u16(struct walker *walker, uint16_t *value);
void walk_i16(struct walker *walker, int16_t *value);
void walk_u8(struct walker *walker, uint8_t *value);
void walk_i8(struct walker *walker, int8_t *value);
void walk_int(struct walker *walker, int *value);
void walk_bool(struct walker *walker, bool *value);
void walk_text(struct walker *walker, char *field, size_t size);
void walk_decimal(struct walker *walker, struct decimal *value);
void walk_level(struct walker *walker, enum alert_level *level);
void walk_times(struct walker *walker, struct policy_times *times);
/* walker_stay.c; `policy` is "url|version" of the alert's. */
void walker_reading(struct walker *walker, struct reading *reading);
struct strand;
struct limit;
void walker_limit(struct walker *walker, struct limit *limit);
void walker_strand(struct walker *walker, struct strand *strand);
void walker_set(struct walker *walker, struct set *set);
void walker_alert(struct walker *walker, struct alert *alert, char policy[200]);
void walker_note(struct walker *walker, struct note *note);
void walker_page(struct walker *walker, struct page *page);
/* walker_policy.c */
void walker_policy(struct walker *walker, struct policy *policy);
struct questionnaire;
void walker_questionnaire(struct walker *walker, struct questionnaire *questionnaire);
/* walker_people.c; a part names its schedule and its role */
struct team;
void walker_ward(struct walker *walker, struct ward_place *ward);
void walker_practitioner(struct walker *walker, struct practitioner *practitioner);
void walker_role(struct walker *walker, struct role *role);
void walker_schedule(struct walker *walker, struct schedule *schedule);
void walker_schedule_part(struct walker *walker, struct schedule_part *part);
void walker_slot(struct walker *walker, struct slot *slot);
void walker_patient(struct walker *walker, struct patient *patient);
void walker_subscription(struct walker *walker, struct subscription *subscription);
void walker_contact(struct walker *walker, struct contact *contact);
void walker_team(struct walker *walker, struct team *team);
void walker_dose(struct walker *walker, struct dose *dose);
/* walker_device.c; `parent` is the id of its kit, or empty. */
struct device;
struct held;
void walker_device(struct walker *walker, struct device *device, char parent[MODEL_ID_BYTES]);
void walker_held(struct walker *walker, struct held *held);
struct metric;
struct awaited;
void walker_metric(struct walker *walker, struct metric *metric);
void walker_awaited(struct walker *walker, struct awaited *awaited);
struct stamp;
struct stamp_wait;
void walker_stamp(struct walker *walker, struct stamp *stamp);
void walker_stamp_wait(struct walker *walker, struct stamp_wait *wait);

#define WALK(field) \
	_Generic(&(field), int64_t *: walk_i64, uint64_t *: walk_u64, uint32_t *: walk_u32, \
		 uint16_t *: walk_u16, int16_t *: walk_i16, uint8_t *: walk_u8, \
		 int8_t *: walk_i8, int *: walk_int, bool *: walk_bool)(walker, &(field))
#define WALK_TEXT(field) walk_text(walker, (field), sizeof(field))

#endif
