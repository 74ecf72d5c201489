/* SPDX-License-Identifier: Apache-2.0
 * `homeward backup`: a copy of the data folder while a server writes it (docs/decisions/0018). The manifest is written
 * last, after the copy was read again: a folder without one is a backup that was broken off. */
#include "base/date.h"
#include "base/issue.h"
#include "main/command.h"
#include "main/config.h"
#include "main/manifest.h"
#include "main/option.h"
#include "main/verify.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/path.h"
#include "store/store.h"

#include <stdio.h>

#define BACKUP_ARENA_BYTES ((size_t)4 * 1024 * 1024)
#define STORE_FILE "store.sqlite"

struct backup {
	struct arena arena;
	struct issues issues;
	struct config config;
	struct str from, to; /* each with a NUL that is not counted */
	const char *name;    /* of `to` in `above` */
	int above, source, target;
	bool made; /* `to` is ours */
	bool terminal;
	int64_t started_us, sealed;
	struct manifest manifest;
};

static int refuse(const struct backup *backup, const char *what, struct str path, const char *why)
{
	for (const struct issue *i = backup->issues.first; i != NULL; i = i->next)
		fprintf(stderr, "homeward backup: %.*s\n", STR_ARG(i->diagnostics));
	fprintf(stderr, "homeward backup: %s%.*s%s%s\n", what, STR_ARG(path),
		why[0] == '\0' ? "" : ": ", why);
	return 1;
}

/* What of the data folder is a copy of the record, belongs to a running server, or is half written. */
static bool is_left_out(struct str name)
{
	return str_starts_with(name, STR(STORE_FILE)) || str_equal(name, STR("store.lock")) ||
	       str_equal(name, STR("ward.checkpoint.next")) ||
	       str_equal(name, STR(MANIFEST_NAME)) ||
	       (name.len > 4 && str_equal(str_slice(name, name.len - 4, name.len), STR(".new")));
}

static void on_copied(void *context, double share)
{
	const struct backup *backup = context;
	if (backup->terminal)
		fprintf(stderr, "\r%3d %% copied", (int)(share * 100));
}

static void on_sealed(void *context, int64_t bytes)
{
	struct backup *backup = context;
	backup->sealed += bytes;
	if (backup->terminal &&
	    backup->sealed / (64 << 20) != (backup->sealed - bytes) / (64 << 20))
		fprintf(stderr, "\r%lld MiB sealed", (long long)(backup->sealed >> 20));
}

static void end_line(const struct backup *backup)
{
	if (backup->terminal)
		fputs("\r                          \r", stderr);
}

static struct manifest_file *add_file(struct backup *backup, struct str name)
{
	struct manifest *manifest = &backup->manifest;
	if (manifest->file_count == MANIFEST_FILES_MAX)
		return NULL;
	manifest->files[manifest->file_count].name = name;
	return &manifest->files[manifest->file_count++];
}

/* Keys, and the engine's checkpoint: before the record, so that the checkpoint is never ahead of it. */
static int copy_beside(struct backup *backup)
{
	const struct copy_progress silent = { NULL, NULL };
	struct str *names;
	size_t count;
	if (path_list(&backup->arena, backup->from.ptr, MANIFEST_FILES_MAX * 4, &names, &count) !=
	    ERROR_OK)
		return refuse(backup, "cannot read the folder ", backup->from, "");
	for (size_t i = 0; i < count; i++) {
		int below;
		if (is_left_out(names[i]))
			continue;
		if (file_open_folder_below(backup->source, names[i].ptr, false, &below) ==
		    ERROR_OK) {
			file_close(below); /* boards on paper, made anew */
			continue;
		}
		struct manifest_file *file = add_file(backup, names[i]);
		if (file == NULL)
			return refuse(backup, "too many files in ", backup->from, "");
		enum error error = copy_file(backup->source, backup->target, names[i].ptr, &silent,
					     &file->seal);
		if (error == ERROR_NOT_FOUND) /* taken away meanwhile */
			backup->manifest.file_count--;
		else if (error != ERROR_OK)
			return refuse(backup, "cannot copy ", names[i],
				      error == ERROR_STORAGE_FULL
					      ? "the disk of the backup is full"
					      : "no plain file, or not to be read or written");
	}
	return 0;
}

static int copy_record(struct backup *backup)
{
	const struct copy_progress progress = { on_sealed, backup };
	if (store_copy(backup->from, backup->to, &backup->issues, on_copied, backup,
		       &backup->manifest.feed) != ERROR_OK) {
		end_line(backup);
		return refuse(backup, "nothing was backed up of ", backup->from, "");
	}
	end_line(backup);
	struct manifest_file *file = add_file(backup, STR(STORE_FILE));
	enum error error =
		file == NULL ? ERROR_LIMIT
			     : copy_seal_file(backup->target, STORE_FILE, &progress, &file->seal);
	end_line(backup);
	return error == ERROR_OK
		       ? 0
		       : refuse(backup, "cannot read again what was copied to ", backup->to, "");
}

/* Takes back what an orderly failure left behind. */
static void take_back(struct backup *backup)
{
	struct str *names;
	size_t count = 0;
	if (!backup->made)
		return;
	if (path_list(&backup->arena, backup->to.ptr, MANIFEST_FILES_MAX * 8, &names, &count) !=
	    ERROR_OK)
		count = 0;
	for (size_t i = 0; i < count && backup->target >= 0; i++)
		(void)!file_remove(backup->target, names[i].ptr);
	if (file_remove_folder(backup->above, backup->name) != ERROR_OK)
		fprintf(stderr, "homeward backup: %.*s is left, without a manifest: remove it\n",
			STR_ARG(backup->to));
}

static int open_folders(struct backup *backup)
{
	if (file_open_folder(backup->from.ptr, &backup->source) != ERROR_OK)
		return refuse(backup, "cannot open the data folder ", backup->from, "");
	if (file_open_folder_of(&backup->arena, backup->to, &backup->name, &backup->above) !=
	    ERROR_OK)
		return refuse(backup, "cannot open the folder above ", backup->to, "");
	enum error error = file_make_folder(backup->above, backup->name);
	if (error == ERROR_CONFLICT)
		return refuse(backup, "", backup->to,
			      "is there already; a backup overwrites nothing, take another name");
	backup->made = error == ERROR_OK;
	if (!backup->made ||
	    file_open_folder_below(backup->above, backup->name, false, &backup->target) != ERROR_OK)
		return refuse(backup, "cannot make the folder ", backup->to, "");
	return 0;
}

static int write_manifest(struct backup *backup, bool verified)
{
	char taken[25];
	date_write_instant(backup->started_us, taken);
	backup->manifest.program = STR(HOMEWARD_VERSION);
	backup->manifest.schema = store_schema();
	backup->manifest.taken = str_from_c(taken);
	backup->manifest.verified = verified;
	if (manifest_write(&backup->arena, backup->target, &backup->manifest) != ERROR_OK)
		return refuse(backup, "cannot write the manifest in ", backup->to, "");
	printf("the record up to version %lld of the feed is in %.*s%s\n",
	       (long long)backup->manifest.feed, STR_ARG(backup->to),
	       verified ? ", verified" : ", not verified");
	puts("not in it: the config file, and the files of secrets that the settings name");
	return 0;
}

static int run(struct backup *backup, bool verifies)
{
	struct clock *clock = clock_create_real();
	backup->started_us = clock == NULL ? 0 : clock_now_us(clock);
	clock_destroy(clock);
	backup->above = backup->source = backup->target = -1;
	int code = open_folders(backup);
	if (code == 0)
		code = copy_beside(backup);
	if (code == 0)
		code = copy_record(backup);
	int found = code == 0 && verifies ? verify_folder("backup", backup->to) : 0;
	if (found != 0)
		code = refuse(backup,
			      found == VERIFY_UNREAD
				      ? "not everything of the copy could be read: "
				      : "the copy is not sound, and neither is the record in ",
			      found == VERIFY_UNREAD ? backup->to : backup->from,
			      "look at `homeward verify`; --no-verify copies it all the same");
	if (code == 0)
		code = write_manifest(backup, verifies);
	if (code != 0)
		take_back(backup);
	file_close(backup->target);
	file_close(backup->source);
	file_close(backup->above);
	return code;
}

int command_backup(int argument_count, char **arguments)
{
	struct backup backup = { .terminal = path_stderr_is_terminal() };
	int code = 2;
	arena_init(&backup.arena, BACKUP_ARENA_BYTES);
	issues_init(&backup.issues, &backup.arena);
	bool verifies = !option_take_switch(&argument_count, arguments, "--no-verify");
	const char *to = option_take(&argument_count, arguments, "--to");
	enum error error = config_load(&backup.config, &backup.arena, argument_count, arguments);
	if (error == ERROR_OK && backup.config.help) {
		puts("usage: homeward backup [--data DIR] --to FOLDER [--no-verify]\n\n"
		     "Copies the record as it is at one instant, with the keys beside it, into a "
		     "new folder, while a server\n"
		     "writes it; reads the copy again (`homeward verify`; not with --no-verify); "
		     "and writes the manifest\n"
		     "last. Nothing is overwritten. `homeward restore` refuses a folder without "
		     "a manifest.");
		code = 0;
	} else if (error != ERROR_OK) {
		fprintf(stderr, "homeward backup: %.*s\n", STR_ARG(backup.config.problem));
	} else if (to == NULL || to[0] == '\0') {
		fputs("homeward backup: --to FOLDER says where the backup goes\n", stderr);
	} else {
		backup.from = path_plain(&backup.arena, config_text(&backup.config, SETTING_DATA));
		backup.to = path_plain(&backup.arena, str_from_c(to));
		code = run(&backup, verifies);
	}
	arena_done(&backup.arena);
	return code;
}
