/* SPDX-License-Identifier: Apache-2.0
 * `homeward verify`: reads the whole record and says whether it is sound: every body, every index, the feed, and
 * every alert against a fresh run of the ward's rules over the feed. Nothing is changed. */
#include "main/verify.h"
#include "access/audit.h"
#include "base/limits.h"
#include "client/anchor.h"
#include "main/command.h"
#include "main/config.h"
#include "main/option.h"
#include "os/path.h"
#include "ward/ward.h"

#include <stdio.h>

#define VERIFY_ARENA_BYTES ((size_t)64 * 1024 * 1024)

struct verify {
	const char *command; /* that speaks */
	struct str folder;
	struct arena arena;
	struct issues issues;
	struct config config;
	struct audit_anchors anchors;
	bool terminal;
};

static void print_issues(const struct verify *verify)
{
	for (const struct issue *issue = verify->issues.first; issue != NULL; issue = issue->next)
		fprintf(stderr, "homeward %s: %.*s\n", verify->command,
			STR_ARG(issue->diagnostics));
	if (verify->issues.count > LIMIT_ISSUES_MAX)
		fprintf(stderr, "homeward %s: and %zu more\n", verify->command,
			verify->issues.count - LIMIT_ISSUES_MAX);
}

static void progress(void *context, double share)
{
	const struct verify *verify = context;
	if (verify->terminal)
		fprintf(stderr, "\r%3d %%", (int)(share * 100));
}

static int check(struct verify *verify, struct store *store)
{
	struct ward_replayed alerts = { 0 };
	struct audit_figures log = { 0 };
	enum error record = store_verify(store, &verify->issues, progress, verify);
	if (verify->terminal)
		fputs("\r     \r", stderr);
	enum error ward = ward_replay(store, &verify->issues, &alerts);
	enum error audit = audit_verify(store, verify->anchors, &verify->issues, &log);
	struct store_reader *reader = store_reader_borrow(store);
	int64_t versions = reader == NULL ? 0 : store_feed_last(reader);
	if (reader != NULL)
		store_reader_return(reader);
	if (ward != ERROR_OK && ward != ERROR_CONFLICT)
		(void)issue_add(&verify->issues, ward, STR(""),
				"The record could not be read for the alerts to be judged.");
	print_issues(verify);
	if (record == ERROR_CONFLICT || ward == ERROR_CONFLICT || audit == ERROR_CONFLICT) {
		fprintf(stderr, "homeward %s: %zu faults found\n", verify->command,
			verify->issues.count > 0 ? verify->issues.count : (size_t)1);
		return VERIFY_FAULTS;
	}
	if (record != ERROR_OK || ward != ERROR_OK || audit != ERROR_OK) {
		fprintf(stderr,
			"homeward %s: no fault was found, but not everything could be read\n",
			verify->command);
		return VERIFY_UNREAD;
	}
	printf("%lld versions and %lld alerts are sound\n", (long long)versions,
	       (long long)alerts.alerts);
	if (alerts.carried > 0 || alerts.earlier > 0)
		printf("%lld of the alerts were carried over from an earlier version of the "
		       "program; %lld that ended under one are not judged again\n",
		       (long long)alerts.carried, (long long)alerts.earlier);
	printf("%lld entries of the access log are sound; it seals the versions up to %lld\n",
	       (long long)log.events, (long long)log.sealed);
	if (verify->anchors.count > 0)
		printf("%zu of its ends that the watcher kept are in it\n", verify->anchors.count);
	return 0;
}

static int verify_record(struct verify *verify)
{
	struct clock *clock = clock_create_real();
	const struct store_options options = { .path = verify->folder,
					       .clock = clock,
					       .read_only = true };
	struct store *store = NULL;
	int code = 1;
	if (clock == NULL)
		return 1;
	if (store_open(&options, &verify->issues, &store) != ERROR_OK) {
		print_issues(verify);
	} else {
		code = check(verify, store);
		store_close(store);
	}
	clock_destroy(clock);
	return code;
}

static bool read_anchors(struct verify *verify, const char *path)
{
	struct anchor *anchors = NULL;
	size_t count = 0;
	enum error error = anchor_read(&verify->arena, path, &anchors, &count);
	struct audit_anchor *list = ARENA_NEW(&verify->arena, struct audit_anchor, count + 1);
	if (error == ERROR_INVALID)
		fprintf(stderr, "homeward verify: line %zu of %s is no anchor\n", count, path);
	else if (error != ERROR_OK || list == NULL)
		fprintf(stderr, "homeward verify: %s cannot be read\n", path);
	if (error != ERROR_OK || list == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		list[i].number = anchors[i].number;
		memcpy(list[i].hash, anchors[i].hash, sizeof(list[i].hash));
	}
	verify->anchors = (struct audit_anchors){ list, count };
	return true;
}

int verify_folder(const char *command, struct str folder)
{
	struct verify verify = { .command = command,
				 .folder = folder,
				 .terminal = path_stderr_is_terminal() };
	arena_init(&verify.arena, VERIFY_ARENA_BYTES);
	issues_init(&verify.issues, &verify.arena);
	int code = verify_record(&verify);
	arena_done(&verify.arena);
	return code;
}

int command_verify(int argument_count, char **arguments)
{
	struct verify verify = { .command = "verify", .terminal = path_stderr_is_terminal() };
	int code = 2;
	arena_init(&verify.arena, VERIFY_ARENA_BYTES);
	issues_init(&verify.issues, &verify.arena);
	const char *anchors = option_take(&argument_count, arguments, "--anchors");
	enum error error = config_load(&verify.config, &verify.arena, argument_count, arguments);
	if (error == ERROR_OK && verify.config.help) {
		puts("usage: homeward verify [--data DIR] [--anchors FILE]\n\n"
		     "Reads the whole record, its seals and every alert again and says whether "
		     "they are sound; with --anchors\n"
		     "also whether its access log is the one that `homeward watch --anchors` saw. "
		     "Changes nothing.\n\n"
		     "0: sound; 1: faults were found, or there is no record to open; 3: none was "
		     "found, but not everything could be read.");
		code = 0;
	} else if (error != ERROR_OK) {
		fprintf(stderr, "homeward verify: %.*s\n", STR_ARG(verify.config.problem));
	} else if (anchors != NULL && !read_anchors(&verify, anchors)) {
		code = 1;
	} else {
		verify.folder = config_text(&verify.config, SETTING_DATA);
		code = verify_record(&verify);
	}
	arena_done(&verify.arena);
	return code;
}
