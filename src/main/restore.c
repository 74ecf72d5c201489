/* SPDX-License-Identifier: Apache-2.0
 * `homeward restore`: a data folder made of a backup (docs/decisions/0018). All of it is copied into a folder beside it
 * and checked against the manifest on the way; only then that folder gets its name. */
#include "main/command.h"
#include "main/config.h"
#include "main/manifest.h"
#include "main/option.h"
#include "os/file.h"
#include "os/path.h"
#include "store/store.h"

#include <stdio.h>

#define RESTORE_ARENA_BYTES ((size_t)4 * 1024 * 1024)
#define SUFFIX ".restoring"

struct restore {
	struct arena arena;
	struct config config;
	struct str from, to;
	const char *name, *work; /* of `to`, and of the folder beside it, in `above` */
	int above, source, target;
	bool made;
	bool terminal;
	int64_t done, total; /* bytes */
	struct manifest manifest;
};

static int refuse(const char *what, struct str path, const char *why)
{
	fprintf(stderr, "homeward restore: %s%.*s%s%s\n", what, STR_ARG(path),
		why[0] == '\0' ? "" : ": ", why);
	return 1;
}

static void on_copied(void *context, int64_t bytes)
{
	struct restore *restore = context;
	int64_t before = restore->total == 0 ? 0 : restore->done * 100 / restore->total;
	restore->done += bytes;
	int64_t share = restore->total == 0 ? 100 : restore->done * 100 / restore->total;
	if (restore->terminal && share != before)
		fprintf(stderr, "\r%3lld %% copied", (long long)(share > 100 ? 100 : share));
}

static int read_manifest(struct restore *restore)
{
	const char *why = "";
	if (file_open_folder(restore->from.ptr, &restore->source) != ERROR_OK)
		return refuse("cannot open ", restore->from, "");
	enum error error =
		manifest_read(&restore->arena, restore->source, &restore->manifest, &why);
	if (error == ERROR_NOT_FOUND)
		return refuse("", restore->from,
			      "has no " MANIFEST_NAME ": no backup, or one that was broken off");
	if (error != ERROR_OK)
		return refuse("", restore->from, why);
	if (restore->manifest.schema > store_schema())
		return refuse("", restore->from,
			      "was made by a newer version of homeward: restore it with that");
	bool has_record = false;
	for (size_t i = 0; i < restore->manifest.file_count; i++) {
		restore->total += restore->manifest.files[i].seal.bytes;
		has_record |= str_equal(restore->manifest.files[i].name, STR("store.sqlite"));
	}
	return has_record ? 0 : refuse("", restore->from, "holds no record");
}

/* Whether `to` may be made: it is not there, or an empty folder. */
static int check_target(struct restore *restore)
{
	int there;
	struct str *names;
	size_t count = 1;
	if (file_open_folder_of(&restore->arena, restore->to, &restore->name, &restore->above) !=
	    ERROR_OK)
		return refuse("cannot open the folder above ", restore->to, "");
	enum error error = file_open_below(restore->above, restore->name, 0, &there);
	if (error == ERROR_NOT_FOUND)
		return 0;
	if (error == ERROR_OK)
		file_close(there);
	if (error == ERROR_OK)
		error = path_list(&restore->arena, restore->to.ptr, 64, &names, &count);
	if (error != ERROR_OK || count > 0)
		return refuse("", restore->to,
			      "is there and not empty; a restore overwrites nothing");
	return 0;
}

static int make_work_folder(struct restore *restore)
{
	struct text text;
	text_init(&text, &restore->arena, 512);
	text_put_c(&text, restore->name);
	text_put(&text, STR(SUFFIX));
	text_put_byte(&text, '\0');
	if (text.failed)
		return refuse("the path is too long: ", restore->to, "");
	restore->work = text_view(&text).ptr;
	enum error error = file_make_folder(restore->above, restore->work);
	if (error == ERROR_CONFLICT)
		return refuse("", restore->to,
			      "has a folder " SUFFIX " beside it, of a restore that was broken "
			      "off or still runs: remove it when none does");
	restore->made = error == ERROR_OK;
	if (!restore->made || file_open_folder_below(restore->above, restore->work, false,
						     &restore->target) != ERROR_OK)
		return refuse("cannot make a folder beside ", restore->to, "");
	return 0;
}

static int copy_all(struct restore *restore)
{
	const struct copy_progress progress = { on_copied, restore };
	for (size_t i = 0; i < restore->manifest.file_count; i++) {
		const struct manifest_file *file = &restore->manifest.files[i];
		struct copy_seal seal;
		enum error error = copy_file(restore->source, restore->target, file->name.ptr,
					     &progress, &seal);
		if (restore->terminal)
			fputs("\r              \r", stderr);
		if (error == ERROR_NOT_FOUND)
			return refuse("the backup is damaged: it lacks ", file->name, "");
		if (error == ERROR_STORAGE_FULL)
			return refuse("the disk is full: ", restore->to, "");
		if (error != ERROR_OK)
			return refuse("cannot copy ", file->name, "");
		if (seal.bytes != file->seal.bytes ||
		    !str_equal(str_from_c(seal.sha256), str_from_c(file->seal.sha256)))
			return refuse("the backup is damaged: ", file->name,
				      "is not what its manifest says (length or SHA-256)");
	}
	return 0;
}

static void take_back(struct restore *restore)
{
	if (!restore->made)
		return;
	for (size_t i = 0; i < restore->manifest.file_count && restore->target >= 0; i++)
		(void)!file_remove(restore->target, restore->manifest.files[i].name.ptr);
	if (file_remove_folder(restore->above, restore->work) != ERROR_OK)
		fprintf(stderr, "homeward restore: %s is left beside the target: remove it\n",
			restore->work);
}

static int run(struct restore *restore)
{
	restore->above = restore->source = restore->target = -1;
	int code = read_manifest(restore);
	if (code == 0)
		code = check_target(restore);
	if (code == 0)
		code = make_work_folder(restore);
	if (code == 0)
		code = copy_all(restore);
	if (code == 0 && file_rename(restore->above, restore->work, restore->name) != ERROR_OK)
		code = refuse("cannot give the restored folder its name: ", restore->to, "");
	if (code != 0)
		take_back(restore);
	else
		printf("%.*s is the record as it was at %.*s, up to version %lld of the feed%s\n"
		       "what was written later is not in it; `homeward verify --anchors FILE` "
		       "and the watcher will say so\n",
		       STR_ARG(restore->to), STR_ARG(restore->manifest.taken),
		       (long long)restore->manifest.feed,
		       restore->manifest.verified
			       ? ""
			       : "; the backup was not verified: run `homeward verify`");
	file_close(restore->target);
	file_close(restore->source);
	file_close(restore->above);
	return code;
}

int command_restore(int argument_count, char **arguments)
{
	struct restore restore = { .terminal = path_stderr_is_terminal() };
	int code = 2;
	arena_init(&restore.arena, RESTORE_ARENA_BYTES);
	const char *from = option_take(&argument_count, arguments, "--from");
	enum error error = config_load(&restore.config, &restore.arena, argument_count, arguments);
	if (error == ERROR_OK && restore.config.help) {
		puts("usage: homeward restore --from FOLDER [--data DIR]\n\n"
		     "Makes a data folder of a backup. DIR must not be there, or be empty. Every "
		     "file is checked against the\n"
		     "manifest while it is copied; DIR appears when all of it is right, or not at "
		     "all. Stop the server whose\n"
		     "record it replaces first: two servers of one ward call people twice.");
		code = 0;
	} else if (error != ERROR_OK) {
		fprintf(stderr, "homeward restore: %.*s\n", STR_ARG(restore.config.problem));
	} else if (from == NULL || from[0] == '\0') {
		fputs("homeward restore: --from FOLDER says which backup\n", stderr);
	} else {
		restore.from = path_plain(&restore.arena, str_from_c(from));
		restore.to = path_plain(&restore.arena, config_text(&restore.config, SETTING_DATA));
		code = run(&restore);
	}
	arena_done(&restore.arena);
	return code;
}
