/* SPDX-License-Identifier: Apache-2.0
 * `homeward watch`: asks for the server's beat, decides by the sentry, calls people by its own pager. The
 * self-test runs beside it in a thread of its own, so that a slow server never delays the watch. */
#include "watch/watch.h"

#include "client/beat.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/stop.h"
#include "os/thread.h"
#include "watch/pager.h"
#include "watch/self_test.h"
#include "watch/sentry.h"
#include "watch/witness.h"

#include <stdio.h>
#include <time.h>

#define ARENA_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define S_US INT64_C(1000000)
#define BEAT_TIMEOUT_MS 10000
#define SELF_TEST_LIMIT_MS 60000

struct watch {
	/* options */
	struct str url;
	const char *secret_file, *page_url, *page_secret_file, *page_program, *self_test_wards;
	const char *anchors;
	int64_t every_s, after_s, again_s, self_test_every_s;
	bool once;
	/* while it runs */
	struct arena arena; /* secrets and options */
	struct arena beat_arena;
	struct str secret, page_secret;
	struct client *client;
	struct clock *clock;
	struct sentry sentry;
	struct pager pager; /* about the server */
	/* about the self-test, and the log: a page of one never replaces one of another */
	struct pager test_pager, log_pager;
	struct witness witness;
	/* the self-test's thread */
	struct thread tester;
	struct client *test_client;
	struct arena test_arena;
	atomic_bool stopping;
	_Atomic(const char *) test_failure; /* static text; taken by the watch's own thread */
};

static void usage(FILE *out)
{
	fputs("usage: homeward watch URL --page-url URL or --page-program PATH [OPTIONS]\n"
	      "Runs on another host than the server at URL, with another way to people. Calls them "
	      "when the server gives\n"
	      "no good beat for --after seconds, again every --again seconds, and once more when "
	      "it "
	      "is back.\n"
	      "  --secret-file F        first line: the server's watch.secret_file; without it a "
	      "beat proves little\n"
	      "  --every S              between two looks, default 30\n"
	      "  --after S              without a good beat, default 120\n"
	      "  --again S              default 300\n"
	      "  --page-url URL         a JSON page {event, time, text} is posted there until it "
	      "answers 2xx\n"
	      "  --page-secret-file F   signs the POST (HMAC-SHA-256, X-Homeward-Signature)\n"
	      "  --page-program PATH    is run with event and text until it ends with 0\n"
	      "  --self-test WARD,...   sends a test reading of a synthetic patient of these wards "
	      "and expects its page\n"
	      "  --self-test-every S    default 3600\n"
	      "  --anchors F            keeps what the server's access log was, one line an hour, "
	      "for "
	      "homeward verify\n"
	      "  --once                 one look, exit code 0 when all is well, else 1 with the "
	      "reason\n",
	      out);
}

/* --- options -------------------------------------------------------------------------------- */

static bool read_seconds(const char *text, int64_t *ret_seconds)
{
	return str_to_i64(str_from_c(text), ret_seconds) && *ret_seconds >= 1 &&
	       *ret_seconds <= 7 * 24 * 3600;
}

static bool read_options(struct watch *watch, int argument_count, char **arguments)
{
	const struct {
		const char *flag;
		const char **text;
		int64_t *seconds;
	} flags[] = {
		{ "--secret-file", &watch->secret_file, NULL },
		{ "--page-url", &watch->page_url, NULL },
		{ "--page-secret-file", &watch->page_secret_file, NULL },
		{ "--page-program", &watch->page_program, NULL },
		{ "--self-test", &watch->self_test_wards, NULL },
		{ "--anchors", &watch->anchors, NULL },
		{ "--every", NULL, &watch->every_s },
		{ "--after", NULL, &watch->after_s },
		{ "--again", NULL, &watch->again_s },
		{ "--self-test-every", NULL, &watch->self_test_every_s },
	};
	for (int i = 1; i < argument_count; i++) {
		struct str flag = str_from_c(arguments[i]);
		bool known = false;
		if (str_equal(flag, STR("--once"))) {
			watch->once = true;
			continue;
		}
		if (!str_starts_with(flag, STR("--")) && watch->url.len == 0) {
			watch->url = flag;
			continue;
		}
		for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]) && !known; f++) {
			if (!str_equal(flag, str_from_c(flags[f].flag)) || i + 1 >= argument_count)
				continue;
			known = true;
			i++;
			if (flags[f].text != NULL)
				*flags[f].text = arguments[i];
			else if (!read_seconds(arguments[i], flags[f].seconds))
				return false;
		}
		if (!known)
			return false;
	}
	return watch->url.len > 0;
}

static bool read_secret(struct watch *watch, const char *path, struct str *ret_secret)
{
	if (path == NULL)
		return true;
	if (file_read_line(&watch->arena, str_from_c(path), ret_secret) == ERROR_OK &&
	    ret_secret->len > 0)
		return true;
	fprintf(stderr, "homeward watch: %s cannot be read or is empty\n", path);
	return false;
}

/* --- looking -------------------------------------------------------------------------------- */

static const char *reason_of(const struct sentry *sentry)
{
	if (sentry->last == BEAT_FAILING)
		return sentry->failing;
	if (sentry->last == BEAT_FALSE)
		return "an answer that is not its own";
	return sentry->last == BEAT_GOOD ? "good" : "no answer";
}

/* Looked at by a beat that the server signed, whatever else fails. */
static void witness(struct watch *watch, const struct beat *beat)
{
	char text[PAGER_TEXT_BYTES];
	switch (witness_beat(&watch->witness, &watch->beat_arena, beat, clock_monotonic_us(),
			     clock_now_us(watch->clock))) {
	case WITNESS_CUT:
		LOG(EVENT_WATCH_LOG_CUT);
		snprintf(text, sizeof(text),
			 "%.*s: the access log is not the one seen before (event %lld at %s): the "
			 "record was changed, or restored from a backup.",
			 STR_ARG(watch->url), (long long)watch->witness.seen.number,
			 watch->witness.seen.time);
		pager_page(&watch->log_pager, "log-cut", text, clock_now_us(watch->clock));
		break;
	case WITNESS_NOT_KEPT:
		LOG(EVENT_WATCH_ANCHOR_FAILED);
		break;
	case WITNESS_NOTHING:
		break;
	}
}

static void look(struct watch *watch)
{
	struct beat beat;
	arena_reset(&watch->beat_arena);
	beat_ask(watch->client, &watch->beat_arena, watch->secret, &beat);
	sentry_beat(&watch->sentry, &beat, clock_monotonic_us());
	if (beat.result != BEAT_GOOD)
		LOG_WITH(EVENT_WATCH_MISSED, LOG_COUNT("result", beat.result));
	witness(watch, &beat);
}

/* How long there has been no good beat, in words: the watcher's own clock may be wrong, a duration is not. */
static void page_about(struct watch *watch, const char *event, const char *sentence)
{
	char text[PAGER_TEXT_BYTES];
	int64_t quiet_s = (clock_monotonic_us() - watch->sentry.good_us) / S_US;
	if (sentence == NULL)
		snprintf(text, sizeof(text), "%.*s: the ward server is back.", STR_ARG(watch->url));
	else
		snprintf(text, sizeof(text), "%.*s: %s (%lld s without a good beat; last: %s).",
			 STR_ARG(watch->url), sentence, (long long)quiet_s,
			 reason_of(&watch->sentry));
	pager_page(&watch->pager, event, text, clock_now_us(watch->clock));
}

static void act(struct watch *watch)
{
	switch (sentry_act(&watch->sentry, clock_monotonic_us())) {
	case SENTRY_PAGE:
		LOG(EVENT_WATCH_LOST);
		page_about(watch, "lost",
			   "the ward server is not well. Alerts may reach nobody: phone the ward, "
			   "use the downtime board");
		break;
	case SENTRY_AGAIN:
		page_about(watch, "still-lost",
			   "the ward server is still not well. Alerts may reach nobody");
		break;
	case SENTRY_RECOVERED:
		LOG(EVENT_WATCH_RECOVERED);
		page_about(watch, "recovered", NULL);
		break;
	case SENTRY_NOTHING:
		break;
	}
}

static void note_self_test(struct watch *watch)
{
	const char *failure = atomic_exchange(&watch->test_failure, NULL);
	char text[PAGER_TEXT_BYTES];
	if (failure == NULL)
		return;
	LOG(EVENT_WATCH_SELF_TEST_FAILED);
	snprintf(text, sizeof(text), "%.*s: self-test of the ward failed: %s.", STR_ARG(watch->url),
		 failure);
	pager_page(&watch->test_pager, "self-test-failed", text, clock_now_us(watch->clock));
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* True when a signal ended the wait. */
static bool wait_until(int64_t until_us)
{
	int64_t left_us = until_us - clock_monotonic_us();
	return stop_wait(left_us > 0 ? left_us : 0);
}

static void watch_on(struct watch *watch)
{
	int64_t next_us = clock_monotonic_us();
	const struct sentry_times times = { watch->after_s * S_US, watch->again_s * S_US };
	sentry_start(&watch->sentry, times, next_us);
	for (;;) {
		int64_t now_us = clock_monotonic_us();
		if (now_us >= next_us) {
			/* By the clock, not after the last answer: a server that takes long is not looked at less. */
			next_us += watch->every_s * S_US;
			if (next_us < now_us)
				next_us = now_us + watch->every_s * S_US;
			look(watch);
		}
		act(watch);
		note_self_test(watch);
		pager_run(&watch->pager, clock_monotonic_us());
		pager_run(&watch->test_pager, clock_monotonic_us());
		pager_run(&watch->log_pager, clock_monotonic_us());
		int64_t until_us = earlier(next_us, sentry_due_us(&watch->sentry));
		until_us = earlier(until_us, pager_due_us(&watch->pager));
		until_us = earlier(until_us, pager_due_us(&watch->test_pager));
		until_us = earlier(until_us, pager_due_us(&watch->log_pager));
		if (watch->self_test_wards != NULL)
			until_us = earlier(until_us, clock_monotonic_us() + S_US);
		if (wait_until(until_us))
			return;
	}
}

/* --- self-test ------------------------------------------------------------------------------ */

static bool test_all(struct watch *watch)
{
	struct str rest = str_from_c(watch->self_test_wards);
	while (rest.len > 0 && !atomic_load(&watch->stopping)) {
		char ward[65];
		struct str id = str_cut(&rest, ',');
		snprintf(ward, sizeof(ward), "%.*s", STR_ARG(id));
		const struct self_test test = { watch->test_client, &watch->test_arena,
						watch->secret,      ward,
						SELF_TEST_LIMIT_MS, &watch->stopping };
		const char *failure = self_test_run(&test);
		if (failure != NULL) {
			atomic_store(&watch->test_failure, failure);
			return false;
		}
	}
	return true;
}

static void test_on(void *argument)
{
	struct watch *watch = argument;
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000L };
	int64_t next_us = 0;
	while (!atomic_load(&watch->stopping)) {
		if (clock_monotonic_us() >= next_us) {
			next_us = clock_monotonic_us() + watch->self_test_every_s * S_US;
			if (test_all(watch))
				LOG(EVENT_WATCH_SELF_TEST);
		}
		nanosleep(&pause, NULL);
	}
}

/* --- the command ---------------------------------------------------------------------------- */

static bool open_client(struct watch *watch, struct client **ret_client)
{
	struct issues issues;
	const struct client_options options = { .url = watch->url,
						.timeout_ms = BEAT_TIMEOUT_MS,
						.retry_ms_max = 1 };
	issues_init(&issues, &watch->arena);
	if (client_open(&options, &issues, ret_client) == ERROR_OK)
		return true;
	for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
		fprintf(stderr, "homeward watch: %.*s\n", STR_ARG(issue->diagnostics));
	return false;
}

static int look_once(struct watch *watch)
{
	const struct sentry_times times = { S_US, S_US };
	sentry_start(&watch->sentry, times, clock_monotonic_us());
	look(watch);
	if (watch->sentry.last == BEAT_GOOD) {
		puts("all is well");
		return 0;
	}
	fprintf(stderr, "homeward watch: %s\n", reason_of(&watch->sentry));
	return 1;
}

static int run(struct watch *watch)
{
	if (watch->once)
		return look_once(watch);
	const struct pager_options options = { watch->page_url, watch->page_secret,
					       watch->page_program, 10 * S_US };
	pager_init(&watch->pager, &options);
	pager_init(&watch->test_pager, &options);
	pager_init(&watch->log_pager, &options);
	if (watch->self_test_wards != NULL &&
	    !thread_start(&watch->tester, "self-test", test_on, watch)) {
		fputs("homeward watch: no thread to be had for the self-test\n", stderr);
		return 1;
	}
	LOG(EVENT_WATCH_STARTED);
	watch_on(watch);
	atomic_store(&watch->stopping, true);
	thread_join(&watch->tester);
	LOG(EVENT_WATCH_STOPPED);
	return 0;
}

static int start(struct watch *watch)
{
	int code = 2;
	if (read_secret(watch, watch->secret_file, &watch->secret) &&
	    read_secret(watch, watch->page_secret_file, &watch->page_secret) &&
	    witness_start(&watch->witness, &watch->arena, watch->anchors) &&
	    open_client(watch, &watch->client) && open_client(watch, &watch->test_client))
		code = run(watch);
	client_close(watch->client);
	client_close(watch->test_client);
	return code;
}

int watch_command(int argument_count, char **arguments)
{
	static struct watch watch = {
		.every_s = 30, .after_s = 120, .again_s = 300, .self_test_every_s = 3600
	};
	if (argument_count > 1 && str_equal(str_from_c(arguments[1]), STR("--help"))) {
		usage(stdout);
		return 0;
	}
	if (!read_options(&watch, argument_count, arguments)) {
		usage(stderr);
		return 2;
	}
	if (!watch.once && watch.page_url == NULL && watch.page_program == NULL) {
		fputs("homeward watch: give --page-url or --page-program: a watcher that can tell "
		      "nobody is none\n",
		      stderr);
		return 2;
	}
	stop_hold();
	arena_init(&watch.arena, ARENA_BYTES_MAX);
	arena_init(&watch.beat_arena, ARENA_BYTES_MAX);
	arena_init(&watch.test_arena, ARENA_BYTES_MAX);
	watch.clock = clock_create_real();
	int code = watch.clock == NULL ? 1 : start(&watch);
	clock_destroy(watch.clock);
	arena_done(&watch.test_arena);
	arena_done(&watch.beat_arena);
	arena_done(&watch.arena);
	return code;
}
