/* SPDX-License-Identifier: Apache-2.0
 * What those who run the server ask: is it alive, is it ready, how is it doing; and, in --dev mode,
 * the clock (docs/decisions/0002). */
#include "api/metrics.h"
#include "api/server.h"

#include "base/date.h"
#include "base/decimal.h"
#include "os/log.h"

#define CLOCK_RATE_MAX 100000
/* Ten years: more is a slip of the hand. */
#define CLOCK_ADVANCE_S_MAX (INT64_C(10) * 366 * 86400)

static void answer_text(struct call *call, unsigned status, struct str body)
{
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
	call->status = status;
	call->content_type = STR("text/plain; charset=utf-8");
	call->answer = body;
}

static void live_handle(struct call *call)
{
	answer_text(call, 200, STR("live\n"));
}

static void ready_handle(struct call *call)
{
	enum store_state state = store_state(call->server->options.store);
	if (state == STORE_FULL)
		answer_text(call, 503, STR("the disk is full: reads work, writes are refused\n"));
	else if (state == STORE_FAILED)
		answer_text(call, 503,
			    STR("the store cannot write: reads work, writes are refused\n"));
	else
		answer_text(call, 200, STR("ready\n"));
}

/* --- the clock of --dev --------------------------------------------------------------------- */

static void answer_clock(struct call *call)
{
	struct clock *clock = call->server->options.clock;
	char now[25];
	date_write_instant(clock_now_us(clock), now);
	struct text text;
	text_init(&text, &call->arena, 256);
	text_put_format(&text, "{\"now\":\"%s\",\"rate\":%.9g}", now, clock_rate(clock));
	call_answer_live(call, &text);
}

/* A JSON number not below 0 and not above `max`; false when the member is absent. */
static enum error read_number(struct call *call, const struct json *tree, struct str name,
			      int64_t max, struct decimal *ret_value)
{
	const struct json *member = json_get(tree, name);
	struct decimal value = { 0, 0 };
	if (member == NULL)
		return ERROR_NOT_FOUND;
	if (member->type != JSON_NUMBER || decimal_parse(json_text(member), &value) != ERROR_OK ||
	    value.coefficient < 0 || decimal_compare(value, (struct decimal){ max, 0 }) > 0)
		return issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
				 "%.*s must be a number from 0 to %lld", STR_ARG(name),
				 (long long)max);
	*ret_value = value;
	return ERROR_OK;
}

static void clock_get_handle(struct call *call)
{
	answer_clock(call);
}

static enum error clock_set(struct call *call, const struct json *tree)
{
	struct clock *clock = call->server->options.clock;
	struct decimal rate = { 0, 0 };
	struct decimal seconds = { 0, 0 };
	int64_t advance_us = 0;
	enum error has_rate = read_number(call, tree, STR("rate"), CLOCK_RATE_MAX, &rate);
	enum error has_seconds =
		read_number(call, tree, STR("advanceSeconds"), CLOCK_ADVANCE_S_MAX, &seconds);
	if (has_rate == ERROR_BAD_REQUEST || has_seconds == ERROR_BAD_REQUEST)
		return ERROR_BAD_REQUEST;
	for (const struct json *m = tree->child; m != NULL; m = m->next) {
		if (!str_equal(json_name(m), STR("rate")) &&
		    !str_equal(json_name(m), STR("advanceSeconds")))
			return issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
					 "the clock takes advanceSeconds and rate only");
	}
	if (has_seconds == ERROR_OK && decimal_to_scaled(seconds, 6, &advance_us))
		clock_advance(clock, advance_us);
	if (has_rate == ERROR_OK)
		clock_set_rate(clock, decimal_to_double(rate));
	LOG(EVENT_CLOCK_CHANGED);
	server_stream_wake(call->server);
	return ERROR_OK;
}

static void clock_post_handle(struct call *call)
{
	struct json *tree = NULL;
	enum error error = call_body_json(call, &tree);
	if (error == ERROR_OK && tree->type != JSON_OBJECT)
		error = issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
				  "send {\"advanceSeconds\":n} or {\"rate\":x}");
	if (error == ERROR_OK)
		error = clock_set(call, tree);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		answer_clock(call);
}

static const struct route routes[] = {
	{ HTTP_GET, "/health/live", live_handle, 0, false, "The process answers." },
	{ HTTP_GET, "/health/ready", ready_handle, 0, false, "The store takes writes." },
	{ HTTP_GET, "/metrics", metrics_handle, 0, false, "Figures in Prometheus text." },
	{ HTTP_GET, "/dev/clock", clock_get_handle, 0, true, "The development clock." },
	{ HTTP_POST, "/dev/clock", clock_post_handle, 4096, true, "Moves the development clock." },
};

const struct route_table service_routes = { routes, sizeof(routes) / sizeof(routes[0]) };
