/* SPDX-License-Identifier: Apache-2.0
 * `homeward ward simulate-policy`: what a policy would have done on stored history. Nothing is changed.
 * `homeward ward trial` is the same for a running server, which alone starts it (ward/trial_process.h). */
#include "base/limits.h"
#include "main/command.h"
#include "os/clock.h"
#include "ward/trial.h"
#include "ward/trial_process.h"

#include <stdio.h>

#define POLICY_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct words {
	const char *data, *policy;
	bool as_json;
	struct str ward;
	struct trial_options trial;
};

static void usage(FILE *out)
{
	fputs("usage: homeward ward simulate-policy --data DIR --policy FILE [--ward ID]\n"
	      "       [--from INSTANT] [--to INSTANT] [--within MINUTES] [--json]\n\n"
	      "Plays the stored history once as it was and once under the PlanDefinition in\n"
	      "FILE, and says what would have alerted more, less, or not at all. Stop the server "
	      "first.\n",
	      out);
}

static bool instant(const char *text, int64_t *ret_us)
{
	struct date date;
	if (date_parse(str_from_c(text), DATE_KIND_DATETIME, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

static bool take(struct words *words, struct str name, const char *value)
{
	int64_t minutes;
	if (str_equal(name, STR("--data")))
		words->data = value;
	else if (str_equal(name, STR("--policy")))
		words->policy = value;
	else if (str_equal(name, STR("--ward")))
		words->ward = str_from_c(value);
	else if (str_equal(name, STR("--from")))
		return instant(value, &words->trial.from_us);
	else if (str_equal(name, STR("--to")))
		return instant(value, &words->trial.to_us);
	else if (str_equal(name, STR("--within")) && str_to_i64(str_from_c(value), &minutes) &&
		 minutes >= 0 && minutes <= 1440)
		words->trial.within_us = minutes * DATE_US_PER_MIN;
	else
		return false;
	return true;
}

static bool read_words(int argument_count, char **arguments, struct words *words)
{
	for (int i = 2; i < argument_count; i++) {
		struct str name = str_from_c(arguments[i]);
		if (str_equal(name, STR("--json"))) {
			words->as_json = true;
			continue;
		}
		if (i + 1 >= argument_count || !take(words, name, arguments[i + 1]))
			return false;
		i++;
	}
	return words->data != NULL && words->policy != NULL;
}

static bool read_file(struct arena *arena, const char *path, struct str *ret_text)
{
	char *bytes = arena_take(arena, POLICY_BYTES_MAX, 1);
	FILE *in = fopen(path, "rb");
	if (in == NULL || bytes == NULL)
		return false;
	size_t length = fread(bytes, 1, POLICY_BYTES_MAX, in);
	*ret_text = (struct str){ bytes, length };
	return fclose(in) == 0 && length < POLICY_BYTES_MAX;
}

static int run(struct words *words, struct arena *arena, struct issues *issues)
{
	struct clock *clock = clock_create_real();
	const struct store_options options = { .path = str_from_c(words->data),
					       .clock = clock,
					       .read_only = true };
	struct store *store = NULL;
	struct trial_result result;
	struct text text;
	words->trial.wards = &words->ward;
	words->trial.ward_count = words->ward.len > 0;
	text_init(&text, arena, (size_t)64 * 1024 * 1024);
	enum error error = clock == NULL ? ERROR_INTERNAL : store_open(&options, issues, &store);
	if (error == ERROR_OK) {
		error = ward_trial(store, &words->trial, issues, arena, &result);
		store_close(store);
	}
	if (error == ERROR_OK)
		trial_words(&result, words->as_json, &text);
	clock_destroy(clock);
	for (const struct issue *issue = issues->first; error != ERROR_OK && issue != NULL;
	     issue = issue->next)
		fprintf(stderr, "homeward ward: %.*s\n", STR_ARG(issue->diagnostics));
	struct str view = text_view(&text);
	if (error != ERROR_OK || text.failed || fwrite(view.ptr, 1, view.len, stdout) != view.len) {
		if (issues->first == NULL)
			fputs("homeward ward: the history could not be played\n", stderr);
		return 1;
	}
	return 0;
}

static int trial(int argument_count, char **arguments)
{
	int64_t memory_mib = 0;
	if (argument_count != 6 || !str_equal(str_from_c(arguments[2]), STR("--data")) ||
	    !str_equal(str_from_c(arguments[4]), STR("--memory")) ||
	    !str_to_i64(str_from_c(arguments[5]), &memory_mib) || memory_mib <= 0 ||
	    memory_mib > INT64_C(1) << 30) {
		fputs("homeward ward trial: a server starts this by itself, and nobody else\n",
		      stderr);
		return 2;
	}
	return trial_process(arguments[3], (uint64_t)memory_mib * 1024 * 1024);
}

int command_ward(int argument_count, char **arguments)
{
	struct words words = { .trial = { .from_us = INT64_MIN,
					  .to_us = INT64_MAX,
					  .within_us = 15 * DATE_US_PER_MIN,
					  .lacking_max = SIZE_MAX } };
	struct str what = argument_count > 1 ? str_from_c(arguments[1]) : STR("");
	struct arena arena;
	struct issues issues;
	int code = 2;
	if (str_equal(what, STR("trial")))
		return trial(argument_count, arguments);
	if (str_equal(what, STR("--help")) ||
	    (argument_count == 3 && str_equal(str_from_c(arguments[2]), STR("--help")))) {
		usage(stdout);
		return 0;
	}
	arena_init(&arena, (size_t)512 * 1024 * 1024);
	issues_init(&issues, &arena);
	if (!str_equal(what, STR("simulate-policy")) ||
	    !read_words(argument_count, arguments, &words)) {
		usage(stderr);
	} else if (!read_file(&arena, words.policy, &words.trial.policy)) {
		fputs("homeward ward: the policy file cannot be read\n", stderr);
		code = 1;
	} else {
		code = run(&words, &arena, &issues);
	}
	arena_done(&arena);
	return code;
}
