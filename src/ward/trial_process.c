/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial_process.h"

#include "os/clock.h"
#include "os/process.h"
#include "ward/trial_line.h"
#include "ward/trial_request.h"

#include <stdio.h>

#define LINE 0          /* standard input */
#define TRIAL_LOOKS 500 /* events between two messages */
#define TRIAL_TELL_US (200 * INT64_C(1000))
#define TRIAL_RESULT_BYTES ((size_t)256 * 1024 * 1024)

struct teller {
	struct arena arena; /* of one answer */
	size_t looks;
	int64_t told_us; /* monotonic */
};

/* Says how far it is, and waits to be told to go on. */
static bool go_on(void *context, double share)
{
	struct teller *teller = context;
	struct trial_message answer;
	char percent[16];
	int64_t now_us = clock_monotonic_us();
	if (teller->looks++ % TRIAL_LOOKS != 0 && now_us < teller->told_us + TRIAL_TELL_US)
		return true;
	teller->told_us = now_us;
	snprintf(percent, sizeof(percent), "%d", (int)(share * 100));
	arena_reset(&teller->arena);
	return trial_line_send(LINE, TRIAL_PROGRESS, str_from_c(percent)) &&
	       trial_line_receive(LINE, &teller->arena, 0, NULL, NULL, &answer) &&
	       answer.letter == TRIAL_GO_ON;
}

static enum error play(const char *folder, struct arena *arena, const struct trial_request *request,
		       struct issues *issues, struct trial_result *ret_result)
{
	struct clock *clock = clock_create_real();
	struct teller teller = { .looks = 0 };
	const struct store_options wanted = {
		.path = str_from_c(folder), .clock = clock, .reader_count = 1, .read_only = true
	};
	struct store *store = NULL;
	struct trial_options options = trial_request_options(request);
	arena_init(&teller.arena, 4096);
	options.go_on = go_on;
	options.context = &teller;
	enum error error = clock == NULL ? ERROR_INTERNAL : store_open(&wanted, issues, &store);
	if (error == ERROR_OK) {
		error = ward_trial(store, &options, issues, arena, ret_result);
		store_close(store);
	}
	clock_destroy(clock);
	arena_done(&teller.arena);
	return error;
}

static bool tell_fault(struct arena *arena, enum error error, const struct issues *issues)
{
	struct text text;
	struct str words = issues->first == NULL ? STR("") : issues->first->diagnostics;
	text_init(&text, arena, words.len + 20);
	text_put_format(&text, "%d %.*s", (int)error, STR_ARG(words));
	return !text.failed && trial_line_send(LINE, TRIAL_FAULT, text_view(&text));
}

static bool run(const char *folder, struct arena *arena)
{
	struct trial_message message;
	struct trial_request request;
	struct trial_result result;
	struct issues issues;
	struct text text;
	char id[MODEL_ID_BYTES];
	issues_init(&issues, arena);
	if (!trial_line_receive(LINE, arena, TRIAL_REQUEST_BYTES_MAX, NULL, NULL, &message) ||
	    message.letter != TRIAL_REQUEST ||
	    !trial_request_read(arena, message.text, &request, id))
		return false;
	enum error error = play(folder, arena, &request, &issues, &result);
	if (error != ERROR_OK)
		return tell_fault(arena, error, &issues);
	struct json *report = trial_report(arena, id, &request.subject, &result);
	text_init(&text, arena, TRIAL_REPORT_BYTES_MAX);
	if (report != NULL)
		json_print(&text, report);
	if (report == NULL || text.failed)
		return tell_fault(arena, ERROR_LIMIT, &issues);
	return trial_line_send(LINE, TRIAL_REPORT, text_view(&text));
}

int trial_process(const char *folder, uint64_t memory_bytes_max)
{
	struct arena arena;
	if (!process_confine(memory_bytes_max)) {
		fputs("homeward ward trial: the system does not let its memory be bounded\n",
		      stderr);
		return 1;
	}
	arena_init(&arena, TRIAL_RESULT_BYTES);
	bool done = run(folder, &arena);
	arena_done(&arena);
	return done ? 0 : 1;
}
