/* SPDX-License-Identifier: Apache-2.0
 * One of the many things that a disk may hold when the power fails, by the rules of power_disk.h. */
#include "power_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR_MIN 512

struct style {
	size_t sector;
	bool coherent; /* a sector is what it was at some moment; else any writes to it are there, others not */
	double kept; /* share of the sectors of a write that are there; coherent: that go on changing */
	double torn; /* of those that are not, the share that is there in part */
	bool filth;  /* what no write has reached is any bytes, not zeros */
};

static struct style style_of(struct chance *chance)
{
	static const double shares[] = { 0, 0.02, 0.3, 0.7, 0.95, 1 };

	return (struct style){ .sector = chance_below(chance, 3) == 0 ? 4096 : SECTOR_MIN,
			       .coherent = chance_below(chance, 2) == 0,
			       .kept = shares[chance_below(chance, 6)],
			       .torn = chance_below(chance, 2) == 0 ? 0.3 : 0,
			       .filth = chance_below(chance, 3) == 0 };
}

static void fill(char *bytes, size_t length, struct chance *chance)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)chance_next(chance);
}

struct painting {
	struct disk_file file;
	const struct style *style;
	struct chance *chance;
	char *frozen; /* by sector */
	size_t sectors;
};

static bool is_frozen(struct painting *painting, size_t sector)
{
	size_t before = painting->sectors;

	if (sector >= before) {
		painting->sectors = sector + 1024;
		painting->frozen = disk_grown(painting->frozen, painting->sectors);
		memset(painting->frozen + before, 0, painting->sectors - before);
	}
	return painting->frozen[sector] != 0;
}

static void grow(struct painting *painting, size_t size)
{
	size_t before = painting->file.size;

	if (size <= before)
		return;
	disk_file_resize(&painting->file, size);
	if (painting->style->filth)
		fill(painting->file.bytes + before, size - before, painting->chance);
}

/* The piece [from, to) of a write, which lies in one sector. */
static void paint_piece(struct painting *painting, const struct record_event *event, size_t from,
			size_t to)
{
	const struct style *style = painting->style;
	size_t sector = from / style->sector;

	if (style->coherent && is_frozen(painting, sector))
		return;
	if (!chance_is(painting->chance, style->kept)) {
		if (style->coherent)
			painting->frozen[sector] = 1;
		if (!chance_is(painting->chance, style->torn))
			return;
		if (chance_below(painting->chance, 2) == 0)
			to = from + chance_next(painting->chance) % (to - from);
		else
			from += chance_next(painting->chance) % (to - from);
	}
	if (to == from)
		return;
	grow(painting, to);
	memcpy(painting->file.bytes + from, event->bytes + (from - (size_t)event->offset),
	       to - from);
}

static void paint(struct painting *painting, const struct record_event *event)
{
	size_t from = (size_t)event->offset, end = from + event->length;

	if (event->kind == RECORD_TRUNCATE) {
		if (!chance_is(painting->chance, painting->style->kept))
			return;
		if (from > painting->file.size)
			grow(painting, from);
		painting->file.size = from;
		return;
	}
	while (from < end) {
		size_t next = from - from % painting->style->sector + painting->style->sector;

		paint_piece(painting, event, from, next < end ? next : end);
		from = next;
	}
}

/* One of the sizes that the file had since its last sync. */
static size_t any_size(const struct disk_file *file, struct chance *chance)
{
	size_t size = file->size, until = (size_t)chance_below(chance, (int)file->write_count + 1);

	for (size_t i = 0; i < until; i++) {
		const struct record_event *event = file->writes[i].event;
		size_t end = (size_t)event->offset + event->length;

		if (event->kind == RECORD_TRUNCATE || end > size)
			size = end;
	}
	return size;
}

static void put_file(const char *folder, const char *name, const char *bytes, size_t size)
{
	char path[128];
	size_t done = 0;
	int out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (out >= 0 && done < size) {
		ssize_t written = write(out, bytes + done, size - done);

		if (written <= 0)
			abort();
		done += (size_t)written;
	}
	if (out < 0)
		abort();
	close(out);
}

static void empty_folder(const char *folder)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		(void)unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory != NULL)
		closedir(directory);
}

static void image_of_file(const struct disk_file *file, struct chance *chance, const char *folder,
			  const char *name)
{
	struct style style = style_of(chance);
	struct painting painting = { .style = &style, .chance = chance };

	disk_file_copy(&painting.file, file);
	for (size_t i = 0; i < file->write_count; i++)
		if (!file->writes[i].forgotten)
			paint(&painting, file->writes[i].event);
	if (file->write_count > 0 && chance_below(chance, 2) == 0) {
		size_t size = any_size(file, chance);

		grow(&painting, size);
		painting.file.size = size;
	}
	put_file(folder, name, painting.file.bytes, painting.file.size);
	free(painting.file.bytes);
	free(painting.frozen);
}

/* The names that stand; each change since the folder's sync is there with this share. */
static size_t names_of(const struct disk *disk, struct chance *chance, double share,
		       struct disk_name names[DISK_NAMES_MAX])
{
	size_t count = disk->name_count;

	memcpy(names, disk->names, sizeof(disk->names));
	for (size_t i = 0; i < disk->change_count; i++) {
		if (share >= 1 || chance_is(chance, share))
			disk_names_change(disk->record, names, &count, &disk->changes[i]);
	}
	return count;
}

void disk_write_image(const struct disk *disk, struct chance *chance, const char *folder)
{
	static const double shares[] = { 0, 0.5, 1 };
	struct disk_name names[DISK_NAMES_MAX];
	size_t count = names_of(disk, chance, shares[chance_below(chance, 3)], names);

	empty_folder(folder);
	for (size_t i = 0; i < count; i++)
		image_of_file(&disk->files[names[i].file], chance, folder,
			      disk->record->names[names[i].file]);
	/* The log's index, which nobody syncs: absent, an old state of it, or anything. */
	if (chance_below(chance, 3) == 0) {
		char filth[3000];

		fill(filth, sizeof(filth), chance);
		put_file(folder, "store.sqlite-shm", filth, sizeof(filth));
	} else if (disk->index != NULL && chance_below(chance, 2) == 0) {
		put_file(folder, "store.sqlite-shm", disk->index->bytes, disk->index->length);
	}
}

void disk_write_all(const struct disk *disk, const char *folder)
{
	struct disk_name names[DISK_NAMES_MAX];
	size_t count = names_of(disk, NULL, 1, names);

	empty_folder(folder);
	for (size_t i = 0; i < count; i++) {
		const struct disk_file *from = &disk->files[names[i].file];
		struct disk_file file;

		disk_file_copy(&file, from);
		for (size_t j = 0; j < from->write_count; j++)
			disk_file_apply(&file, from->writes[j].event);
		put_file(folder, disk->record->names[names[i].file], file.bytes, file.size);
		free(file.bytes);
	}
	if (disk->index != NULL)
		put_file(folder, "store.sqlite-shm", disk->index->bytes, disk->index->length);
}
