/* SPDX-License-Identifier: Apache-2.0
 * Home equipment as the core knows it: who has what, since when, and whether it still speaks (docs/decisions/0002 and
 * 0006, "Home equipment"). Every Device of the record is kept by id; what only a part or a reading has named so far
 * stands there too, not known. Owner: struct ward_core. Only the files of this room's core include this header. */
#ifndef WARD_DEVICE_H
#define WARD_DEVICE_H

#include "ward/model.h"

#define DEVICE_NAME_BYTES 80
#define DEVICE_HOLDINGS_MAX 6 /* changes of hands that are remembered */
#define DEVICE_DEPTH_MAX 4    /* kit, hub, part: more is no chain of parts */

enum device_type {
	DEVICE_OTHER,
	DEVICE_KIT,
	DEVICE_HUB,
	DEVICE_THERMOMETER,
	DEVICE_OXIMETER,
	DEVICE_BLOOD_PRESSURE,
	DEVICE_SCALE,
	DEVICE_PATCH,
	DEVICE_TYPE_COUNT,
};
struct str device_type_code(enum device_type type); /* "blood-pressure", "" for other */

/* Who had it from an instant on; an empty patient: nobody. */
struct holding {
	char patient[MODEL_ID_BYTES];
	int64_t from_us;
};
enum device_battery { DEVICE_BATTERY_FINE, DEVICE_BATTERY_LOW, DEVICE_BATTERY_AMBER };
/* More of one Device are not looked for. */
#define DEVICE_IDENTIFIERS_MAX 8
struct device {
	struct device *next;      /* of the holder, by id */
	struct device *parent;    /* its kit, or NULL */
	struct device *parts;     /* by id */
	struct device *next_part; /* of the parent */
	struct device *next_changed;
	char id[MODEL_ID_BYTES];
	char name[DEVICE_NAME_BYTES];
	uint64_t identifiers[DEVICE_IDENTIFIERS_MAX]; /* system and value; 0: none */
	char patient[MODEL_ID_BYTES];                 /* as written on this very Device */
	char ward[MODEL_ID_BYTES];                    /* owner */
	char place[MODEL_ID_BYTES];                   /* Location */
	char place_name[DEVICE_NAME_BYTES];
	struct patient *holder; /* its own or its kit's patient; NULL: nobody */
	uint8_t type;           /* enum device_type */
	bool known;             /* there is, or was, such a Device in the record */
	bool active;            /* in use: neither deleted, inactive nor entered in error */
	bool continuous;        /* speaks all the time, not measurement by measurement */
	uint8_t holding_count;
	struct holding holdings
		[DEVICE_HOLDINGS_MAX]; /* newest first; the oldest holds for all time before */
	int battery;                   /* %, -1: never said */
	int64_t battery_us, heard_us;  /* 0: never */
	uint8_t battery_said;          /* enum device_battery: what its patient's alert says */
	bool silent_said;
	struct stay
		*told; /* whose alerts say it; follows from holder and stays, and is not saved */
	bool changed;  /* its line of the equipment list */
};

/* A Device of the record: made, changed or deleted. */
void device_event(struct ward_core *core, const struct ward_event *event);
/* The Device of a reference, by its address, by that of one of its channels (metric.h), or else by an identifier of the
 * Device; NULL when nothing has ever named it. */
struct device *device_find(const struct ward_core *core, const struct json *reference);
/* Readings of a Device that is named by its identifier are those of the Device. */
void device_name_readings(const struct ward_core *core, const struct json *observation,
			  struct reading *first);
struct device *device_named(const struct ward_core *core, struct str reference);
struct device *device_named_at(const struct ward_core *core, struct str reference, int64_t at_us);
struct device *device_take(struct ward_core *core, struct str id); /* found or made */
/* Who had it at that time: a patient's id, or empty. */
struct str device_holder_at(const struct device *device, int64_t at_us);
/* "Oximeter O-17", for people. */
void device_label(const struct device *device, char ret_label[DEVICE_NAME_BYTES]);

/* The device after `at` among a kit (first) and all its parts; NULL at the end. */
struct device *device_next_in(const struct device *root, struct device *at);

/* A sign of life at that time; what its patient's alert says of it follows. */
void device_heard(struct ward_core *core, struct device *device, int64_t at_us);
void device_battery_set(struct ward_core *core, struct device *device, int percent, int64_t at_us);
/* The stays of the patient are others, or open or over, or its ids are linked otherwise (merge.h): what its equipment
 * says is said to the stay that is told now, and to no other. */
void device_follow(struct ward_core *core, struct patient *patient);
/* The device after `at` (NULL: the first) among those of which a stay is told, by id, under whichever id of its child
 * they stand; NULL at the end. */
struct device *device_next_of(const struct ward_core *core, const struct stay *stay,
			      const struct device *at);
/* What is due of the equipment of a stay: silence and low batteries are said, what is over is closed. */
bool device_update(struct ward_core *core, struct stay *stay); /* true: something changed */
int64_t device_next_us(const struct ward_core *core, const struct stay *stay);
/* Its line of the equipment list changed. */
void device_mark(struct ward_core *core, struct device *device);
/* Checkpoint: one that was saved, and after the last of them. */
bool device_load(struct ward_core *core, const struct device *read, struct str parent);
void device_loaded(struct ward_core *core);
/* "current", "silent", "amber" (battery under 10 %), "low" (under 20 %). */
struct str device_state(const struct device *device);

#endif
