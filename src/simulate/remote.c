/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/remote.h"
#include "os/clock.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define EXCHANGE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define TEXT_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define PATIENCE_US (60 * DATE_US_PER_S)
#define PAUSE_US (DATE_US_PER_S / 20)
#define HEAR_AGAIN_US (2 * DATE_US_PER_S)

void remote_begin(struct remote *remote)
{
	arena_reset(&remote->arena);
}

struct text remote_text(struct remote *remote)
{
	struct text text;
	text_init(&text, &remote->arena, TEXT_BYTES_MAX);
	return text;
}

static struct str reason_of(const struct json *outcome)
{
	const struct json *issue = json_at(json_get(outcome, STR("issue")), 0);
	struct str reason = json_get_text(issue, STR("diagnostics"));
	return reason.len > 0 ? reason
			      : json_get_text(json_get(issue, STR("details")), STR("text"));
}

bool remote_instant(struct str text, int64_t *ret_us)
{
	struct date date;
	if (date_parse(text, DATE_KIND_INSTANT, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

/* --- clock --------------------------------------------------------------------------------------- */

static bool hear(struct remote *remote, const struct json *answer, int64_t asked_us)
{
	struct decimal rate;
	int64_t now_us = 0;
	if (!remote_instant(json_get_text(answer, STR("now")), &now_us) ||
	    decimal_parse(json_get_text(answer, STR("rate")), &rate) != ERROR_OK) {
		fputs("homeward simulate: /dev/clock gave no time\n", stderr);
		return false;
	}
	remote->dev = true;
	remote->heard_us = now_us;
	/* Halfway between asking and hearing. */
	remote->heard_at_us = asked_us + (clock_monotonic_us() - asked_us) / 2;
	remote->rate = decimal_to_double(rate);
	return true;
}

static void pause_us(int64_t duration_us)
{
	struct timespec left = { .tv_sec = (time_t)(duration_us / DATE_US_PER_S),
				 .tv_nsec = (long)(duration_us % DATE_US_PER_S) * 1000L };
	nanosleep(&left, NULL);
}

static bool ask_clock(struct remote *remote, struct arena *arena, struct str body)
{
	struct client_request request = {
		.method = body.len > 0 ? CLIENT_POST : CLIENT_GET,
		.path = STR("/dev/clock"),
		.from_origin = true,
		.body = body,
	};
	struct client_answer answer = { 0 };
	struct json *root = NULL;
	int64_t asked_us = clock_monotonic_us();
	return client_send(remote->client, arena, &request, &answer) == CLIENT_ANSWERED &&
	       answer.status == 200 &&
	       json_parse(arena, answer.body, NULL, NULL, &root) == ERROR_OK &&
	       hear(remote, root, asked_us);
}

static void put_clock(struct text *body, double rate, int64_t advance_us)
{
	text_put_byte(body, '{');
	if (advance_us > 0)
		text_put_format(body, "\"advanceSeconds\":%lld.%06lld,",
				(long long)(advance_us / DATE_US_PER_S),
				(long long)(advance_us % DATE_US_PER_S));
	text_put_format(body, "\"rate\":%.3f}", rate);
}

/* A server that was killed and started again stands at its last commit, in real time: it is put where it was when
 * it was lost. False while it does not answer. */
static bool mend(struct remote *remote, int64_t lost_us)
{
	struct arena arena;
	if (!remote->dev)
		return true;
	arena_init(&arena, (size_t)1024 * 1024);
	bool mended = ask_clock(remote, &arena, STR(""));
	if (mended) {
		struct text body;
		int64_t behind_us = lost_us - remote->heard_us;
		text_init(&body, &arena, 200);
		put_clock(&body, remote->rate_wished > 0.0 ? remote->rate_wished : 1.0, behind_us);
		mended = ask_clock(remote, &arena, text_view(&body));
	}
	arena_done(&arena);
	return mended;
}

/* Sends until there is an answer that is no "later", for a minute of real time. */
static enum client_result deliver(struct remote *remote, const struct client_request *request,
				  struct client_answer *ret_answer)
{
	int64_t until_us = clock_monotonic_us() + PATIENCE_US;
	bool repeatable = request->repeatable || request->method != CLIENT_POST;
	for (;;) {
		int64_t lost_us = remote_now_us(remote);
		enum client_result result =
			client_send(remote->client, &remote->arena, request, ret_answer);
		bool later = result == CLIENT_ANSWERED &&
			     (ret_answer->status == 429 || ret_answer->status == 503);
		bool again = later || result == CLIENT_UNREACHABLE ||
			     (result == CLIENT_BROKEN && repeatable);
		if (!again || clock_monotonic_us() > until_us)
			return result;
		pause_us(PAUSE_US);
		while (!later && !mend(remote, lost_us)) {
			if (clock_monotonic_us() > until_us)
				return result;
			pause_us(PAUSE_US);
		}
	}
}

struct json *remote_send(struct remote *remote, const struct client_request *request,
			 unsigned also_status, unsigned *ret_status)
{
	struct client_answer answer = { 0 };
	struct json *root = NULL;
	struct str path = str_slice(request->path, 0, str_find_byte(request->path, '?', 0));
	enum client_result result = deliver(remote, request, &answer);
	if (ret_status != NULL)
		*ret_status = answer.status;
	if (result != CLIENT_ANSWERED) {
		fprintf(stderr, "homeward simulate: no answer for %.*s: %.*s\n", STR_ARG(path),
			STR_ARG(answer.diagnostics));
		return NULL;
	}
	struct json_options options = { .bytes_max = answer.body.len + 1 };
	bool good = (answer.status >= 200 && answer.status < 300) || answer.status == also_status;
	if (json_parse(&remote->arena, answer.body, &options, NULL, &root) != ERROR_OK)
		root = good ? json_new(&remote->arena, JSON_OBJECT) : NULL;
	if (good)
		return root;
	fprintf(stderr, "homeward simulate: %.*s answered %u: %.*s\n", STR_ARG(path), answer.status,
		STR_ARG(reason_of(root)));
	return NULL;
}

bool remote_clock_read(struct remote *remote)
{
	struct client_request request = { .method = CLIENT_GET,
					  .path = STR("/dev/clock"),
					  .from_origin = true };
	unsigned status = 0;
	int64_t asked_us = clock_monotonic_us();
	remote_begin(remote);
	const struct json *answer = remote_send(remote, &request, 404, &status);
	if (answer != NULL && status == 200)
		return hear(remote, answer, asked_us);
	if (status != 404 && status != 403)
		return false;
	struct clock *real =
		clock_create_real(); /* a server that is not --dev lives in real time */
	if (real == NULL)
		return false;
	remote->dev = false;
	remote->heard_us = clock_now_us(real);
	clock_destroy(real);
	remote->heard_at_us = clock_monotonic_us();
	remote->rate = 1.0;
	return true;
}

int64_t remote_now_us(const struct remote *remote)
{
	double passed_us = (double)(clock_monotonic_us() - remote->heard_at_us);
	return remote->heard_us + (int64_t)(passed_us * remote->rate);
}

bool remote_clock_set(struct remote *remote, double rate, int64_t advance_us)
{
	remote->rate_wished = rate;
	remote_begin(remote);
	struct text body = remote_text(remote);
	put_clock(&body, rate, advance_us);
	struct client_request request = { .method = CLIENT_POST,
					  .path = STR("/dev/clock"),
					  .from_origin = true,
					  .body = text_view(&body) };
	int64_t asked_us = clock_monotonic_us();
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	return answer != NULL && hear(remote, answer, asked_us);
}

/* A server that was stopped and started again lives in real time until it is told otherwise. */
static bool hear_again(struct remote *remote)
{
	if (!remote_clock_read(remote))
		return false;
	bool forgotten = remote->dev && remote->rate_wished > 0.0 &&
			 fabs(remote->rate - remote->rate_wished) > 0.01;
	return !forgotten || remote_clock_set(remote, remote->rate_wished, 0);
}

bool remote_wait_until(struct remote *remote, int64_t at_us)
{
	while (remote_now_us(remote) < at_us) {
		double left_us = (double)(at_us - remote_now_us(remote)) /
				 (remote->rate > 0.0 ? remote->rate : 1.0);
		if (clock_monotonic_us() - remote->heard_at_us > HEAR_AGAIN_US &&
		    !hear_again(remote))
			return false;
		left_us = fmin(fmax(left_us, 200.0), (double)HEAR_AGAIN_US);
		pause_us((int64_t)left_us);
	}
	return true;
}
