/* SPDX-License-Identifier: Apache-2.0
 * What a disk holds for certain after the events of a record up to a moment, and one of the many things that it may
 * hold when the power fails then.
 *
 * For certain: what had been written when a sync of the file began that has ended. All else is open. Each sector of a
 * later write is there, is not, or is there in part; in any order. A file has any of the sizes that it had since its
 * last sync, and what no write has reached of it is zeros or any bytes. A name that was made or taken away since the
 * folder was synced stands or not, each for itself. Not in the model, as SQLite's own promise excludes it
 * (SQLITE_IOCAP_POWERSAFE_OVERWRITE): that a write spoils bytes beside it, which a sync had covered. */
#ifndef TESTS_STORE_POWER_DISK_H
#define TESTS_STORE_POWER_DISK_H

#include "power_record.h"

/* Numbers from a seed. */
struct chance {
	uint64_t state;
};
uint64_t chance_next(struct chance *chance);
int chance_below(struct chance *chance, int sides);
bool chance_is(struct chance *chance, double share);

struct disk_write {
	const struct record_event *event; /* the record outlives the disk */
	size_t ended;
	bool forgotten; /* by the system, which could not write it: reads have it, syncs do not bring it */
};

struct disk_file {
	char *bytes; /* for certain */
	size_t size, capacity;
	struct disk_write *writes; /* since */
	size_t write_count, write_capacity;
};

struct disk_name {
	int file;
	bool there;
	size_t at; /* of a change that is not certain: its event */
};

#define DISK_NAMES_MAX 128
struct disk {
	const struct record *record;
	size_t at; /* events that have happened */
	struct disk_file files[RECORD_FILES_MAX];
	int file_count;                         /* that there were so far */
	struct disk_name names[DISK_NAMES_MAX]; /* that stand for certain */
	size_t name_count;
	struct disk_name changes[DISK_NAMES_MAX]; /* of names, since */
	size_t change_count;
	const struct record_event *index;
	/* Syncs that this disk pretends to have done. */
	bool lies_about_log, lies_about_file, lies_about_folder;
};

void disk_init(struct disk *disk, const struct record *record);
void disk_free(struct disk *disk);
/* Lets the events up to `until` happen. */
void disk_advance(struct disk *disk, size_t until);
/* Whether writes of this file wait for a sync. */
bool disk_has_open_writes(const struct disk *disk, const char *name);

/* What the power's failure leaves behind, as files of `folder`. */
void disk_write_image(const struct disk *disk, struct chance *chance, const char *folder);
/* What a killed process leaves behind: everything, synced or not. */
void disk_write_all(const struct disk *disk, const char *folder);
/* The disk that `folder` is for a record that starts there. `from`: the disk whose image it is. With `open_writes` it
 * still holds what is not certain (the process was killed), else the image itself is what is certain. */
void disk_continue(struct disk *disk, const struct disk *from, struct record *record,
		   bool open_writes);

/* For power_image.c. `bytes` of memory, or the test ends. */
void *disk_grown(void *memory, size_t bytes);
/* What is new of the file is zeros. */
void disk_file_resize(struct disk_file *file, size_t size);
/* A write or truncate takes place. */
void disk_file_apply(struct disk_file *file, const struct record_event *event);
/* What is certain of it. */
void disk_file_copy(struct disk_file *to, const struct disk_file *from);
/* A list of names after one change of it. */
void disk_names_change(const struct record *record, struct disk_name *names, size_t *count,
		       const struct disk_name *change);

#endif
