/* SPDX-License-Identifier: Apache-2.0 */
#include "power_disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t chance_next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int chance_below(struct chance *chance, int sides)
{
	return (int)(chance_next(chance) % (uint64_t)sides);
}

bool chance_is(struct chance *chance, double share)
{
	return (double)(chance_next(chance) >> 11) < share * 9007199254740992.0;
}

/* --- what is certain ------------------------------------------------------------------------ */

void disk_init(struct disk *disk, const struct record *record)
{
	*disk = (struct disk){ .record = record };
}

void disk_free(struct disk *disk)
{
	for (int i = 0; i < RECORD_FILES_MAX; i++) {
		free(disk->files[i].bytes);
		free(disk->files[i].writes);
	}
	*disk = (struct disk){ .record = NULL };
}

void *disk_grown(void *memory, size_t bytes)
{
	memory = realloc(memory, bytes);
	if (memory == NULL)
		abort();
	return memory;
}

/* Makes room and zeros what lies between the old end and the new one. */
void disk_file_resize(struct disk_file *file, size_t size)
{
	if (size > file->capacity) {
		file->capacity = size + size / 2;
		file->bytes = disk_grown(file->bytes, file->capacity);
	}
	if (size > file->size)
		memset(file->bytes + file->size, 0, size - file->size);
	file->size = size;
}

void disk_file_apply(struct disk_file *file, const struct record_event *event)
{
	size_t end = (size_t)event->offset + event->length;

	if (event->kind == RECORD_TRUNCATE) {
		disk_file_resize(file, (size_t)event->offset);
		return;
	}
	if (end > file->size)
		disk_file_resize(file, end);
	memcpy(file->bytes + event->offset, event->bytes, event->length);
}

static void sync_failed(struct disk_file *file, size_t covers)
{
	for (size_t i = 0; i < file->write_count; i++)
		file->writes[i].forgotten |= file->writes[i].ended <= covers;
}

static void write_opened(struct disk_file *file, const struct record_event *event)
{
	if (file->write_count == file->write_capacity) {
		file->write_capacity = file->write_capacity == 0 ? 64 : 2 * file->write_capacity;
		file->writes =
			disk_grown(file->writes, file->write_capacity * sizeof(*file->writes));
	}
	file->writes[file->write_count++] = (struct disk_write){ event, event->ended, false };
}

static void synced(struct disk_file *file, size_t covers)
{
	size_t kept = 0;

	for (size_t i = 0; i < file->write_count; i++) {
		if (file->writes[i].ended <= covers && !file->writes[i].forgotten)
			disk_file_apply(file, file->writes[i].event);
		else
			file->writes[kept++] = file->writes[i];
	}
	file->write_count = kept;
}

/* A list of names after one change of it. */
void disk_names_change(const struct record *record, struct disk_name *names, size_t *count,
		       const struct disk_name *change)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (strcmp(record->names[names[i].file], record->names[change->file]) != 0)
			names[kept++] = names[i];
	}
	if (change->there)
		names[kept++] = *change;
	*count = kept;
	if (kept == DISK_NAMES_MAX)
		abort();
}

static void names_synced(struct disk *disk, size_t covers)
{
	size_t kept = 0;

	for (size_t i = 0; i < disk->change_count; i++) {
		if (disk->changes[i].at < covers)
			disk_names_change(disk->record, disk->names, &disk->name_count,
					  &disk->changes[i]);
		else
			disk->changes[kept++] = disk->changes[i];
	}
	disk->change_count = kept;
}

static bool is_log(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash != NULL && strcmp(dash, "-wal") == 0;
}

static void happen(struct disk *disk, const struct record_event *event, size_t at)
{
	struct disk_file *file = event->file < 0 ? NULL : &disk->files[event->file];
	const char *name = event->file < 0 ? "" : disk->record->names[event->file];

	if (event->file >= disk->file_count)
		disk->file_count = event->file + 1;
	switch (event->kind) {
	case RECORD_CREATE:
	case RECORD_DELETE:
		if (file != NULL && disk->change_count < DISK_NAMES_MAX)
			disk->changes[disk->change_count++] =
				(struct disk_name){ event->file, event->kind == RECORD_CREATE, at };
		break;
	case RECORD_WRITE:
	case RECORD_TRUNCATE:
		write_opened(file, event);
		break;
	case RECORD_SYNC:
		if (is_log(name) ? !disk->lies_about_log : !disk->lies_about_file)
			synced(file, event->covers);
		break;
	case RECORD_SYNC_FAILED:
		sync_failed(file, event->covers);
		break;
	case RECORD_SYNC_FOLDER:
		if (!disk->lies_about_folder)
			names_synced(disk, event->covers);
		break;
	case RECORD_INDEX:
		disk->index = event;
		break;
	case RECORD_NOTE:
		break;
	}
}

void disk_advance(struct disk *disk, size_t until)
{
	for (; disk->at < until; disk->at++)
		happen(disk, &disk->record->events[disk->at], disk->at);
}

bool disk_has_open_writes(const struct disk *disk, const char *name)
{
	for (int i = 0; i < disk->record->file_count; i++) {
		if (disk->files[i].write_count > 0 && strcmp(disk->record->names[i], name) == 0)
			return true;
	}
	return false;
}

/* --- going on from there -------------------------------------------------------------------- */

void disk_file_copy(struct disk_file *to, const struct disk_file *from)
{
	*to = (struct disk_file){ .size = 0 };
	disk_file_resize(to, from->size);
	if (from->size > 0)
		memcpy(to->bytes, from->bytes, from->size);
}

static void read_file(struct disk_file *file, const char *folder, const char *name)
{
	char path[512];
	FILE *in;
	long size;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	in = fopen(path, "rbe");
	if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0)
		abort();
	rewind(in);
	disk_file_resize(file, (size_t)size);
	if (fread(file->bytes, 1, (size_t)size, in) != (size_t)size)
		abort();
	fclose(in);
}

static void continue_killed(struct disk *disk, const struct disk *from, struct record *record)
{
	for (int i = 0; i < from->file_count; i++) {
		(void)record_add_file(record, from->record->names[i]);
		disk_file_copy(&disk->files[i], &from->files[i]);
		for (size_t j = 0; j < from->files[i].write_count; j++) {
			write_opened(&disk->files[i], from->files[i].writes[j].event);
			disk->files[i].writes[j].ended = 0;
			disk->files[i].writes[j].forgotten = from->files[i].writes[j].forgotten;
		}
	}
	memcpy(disk->names, from->names, sizeof(from->names));
	disk->name_count = from->name_count;
	for (size_t i = 0; i < from->change_count; i++) {
		disk->changes[i] = from->changes[i];
		disk->changes[i].at = 0;
	}
	disk->change_count = from->change_count;
}

void disk_continue(struct disk *disk, const struct disk *from, struct record *record,
		   bool open_writes)
{
	DIR *directory;
	const struct dirent *entry;

	disk_init(disk, record);
	disk->file_count = from->file_count;
	if (open_writes) {
		continue_killed(disk, from, record);
		return;
	}
	directory = opendir(record->folder);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		int file;

		if (strncmp(entry->d_name, "store.sqlite", 12) != 0 ||
		    strcmp(entry->d_name, "store.sqlite-shm") == 0)
			continue;
		file = record_add_file(record, entry->d_name);
		read_file(&disk->files[file], record->folder, entry->d_name);
		disk->names[disk->name_count++] = (struct disk_name){ file, true, 0 };
		disk->file_count = file + 1;
	}
	if (directory != NULL)
		closedir(directory);
}
