/* SPDX-License-Identifier: Apache-2.0
 * GET /ward/list, /ward/board, /ward/events: docs/decisions/0002, "Pages and live data". */
#include "ward/runner.h"

#include "ward/model.h"
#include "ward/operation.h"
#include "ward/stock.h"

#define ROUTE_TEXT_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define ROUTE_BEAT_US (4 * INT64_C(1000000)) /* a beat at least every 5 s, real time */

static struct board_now now_of(const struct ward *ward)
{
	return (struct board_now){ clock_now_us(ward->options.clock),
				   clock_rate(ward->options.clock), ward->options.dev };
}

static struct ward *ward_of(struct call *call)
{
	struct ward *ward = server_room(call->server, "ward");
	if (ward == NULL)
		call_fail(call,
			  issue_add(&call->issues, ERROR_BUSY, STR(""), "The ward is starting."));
	return ward;
}

/* An empty board before the record has been read would look like a quiet ward. */
static bool is_shown(struct call *call, const struct ward *ward)
{
	if (atomic_load(&ward->shown))
		return true;
	call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""),
				  "The ward is reading the record; ask again in a moment."));
	return false;
}

static void list(struct call *call)
{
	struct ward *ward = ward_of(call);
	struct text text;
	if (ward == NULL || !is_shown(call, ward))
		return;
	text_init(&text, &call->arena, ROUTE_TEXT_BYTES_MAX);
	board_list_print(ward->board, &text);
	call_answer_live(call, &text);
}

static void board(struct call *call)
{
	struct ward *ward = ward_of(call);
	struct str id;
	struct text text;
	if (ward == NULL || !operation_ward_id(call, &id) || !is_shown(call, ward))
		return;
	struct board_now now = now_of(ward);
	text_init(&text, &call->arena, ROUTE_TEXT_BYTES_MAX);
	if (!board_print(ward->board, id, &now, &call->arena, &text)) {
		operation_no_board(call, id);
		return;
	}
	call_answer_live(call, &text);
}

static void equipment(struct call *call)
{
	struct ward *ward = ward_of(call);
	struct str id;
	struct text text;
	char name[MODEL_NAME_BYTES];
	if (ward == NULL || !operation_ward_id(call, &id) || !is_shown(call, ward))
		return;
	if (!board_ward_name(ward->board, id, name, sizeof(name))) {
		operation_no_board(call, id);
		return;
	}
	text_init(&text, &call->arena, ROUTE_TEXT_BYTES_MAX);
	text_put_c(&text, "{\"serverTime\":");
	json_print_string(&text,
			  date_print_instant(&call->arena, clock_now_us(ward->options.clock)));
	text_put_c(&text, ",\"ward\":{\"id\":");
	json_print_string(&text, id);
	text_put_c(&text, ",\"name\":");
	json_print_string(&text, str_from_c(name));
	text_put_c(&text, "},\"equipment\":[");
	stock_print(ward->stock, id, &call->arena, &text);
	text_put_c(&text, "]}");
	call_answer_live(call, &text);
}

struct stream_state {
	struct ward *ward;
	char id[MODEL_ID_BYTES];
	int64_t version;
	int64_t beat_us; /* monotonic: when the last beat went */
};

static bool next(void *context, struct text *text)
{
	struct stream_state *state = context;
	struct board_now now = now_of(state->ward);
	int64_t monotonic_us = clock_monotonic_us();
	bool beat = state->beat_us == 0 || monotonic_us - state->beat_us >= ROUTE_BEAT_US;
	board_events(state->ward->board, str_from_c(state->id), &now, &state->version, beat, text);
	if (text->len > 0)
		state->beat_us = monotonic_us;
	return true;
}

static void closed(void *context)
{
	model_give(context);
}

static void events(struct call *call)
{
	struct ward *ward = ward_of(call);
	struct str id;
	uint64_t after = 0;
	if (ward == NULL || !operation_ward_id(call, &id))
		return;
	struct str version = call_header(call, "Last-Event-ID");
	if (version.len == 0)
		version = call_argument(call, STR("after"));
	if (version.len > 0 && (!str_to_u64(version, &after) || after > INT64_MAX)) {
		call_fail(call, issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
					  "`after` is the number of a version."));
		return;
	}
	struct stream_state *state = MODEL_NEW(struct stream_state);
	state->ward = ward;
	state->version = (int64_t)after;
	MODEL_PUT(state->id, id);
	const struct stream_source source = { next, closed, state };
	call_stream(call, &source);
}

static const struct route routes[] = {
	{ HTTP_GET, "/health/beat", beat_handle, 0, false,
	  "The signed heartbeat that an independent watcher asks for." },
	{ HTTP_GET, "/ward/home", home_handle, 0, false,
	  "What a family's page shows: when readings are due, what has been received, who "
	  "answered." },
	{ HTTP_GET, "/ward/print", downtime_handle, 0, false,
	  "The board of one ward on paper, for a downtime." },
	{ HTTP_GET, "/ward/list", list, 0, false,
	  "Wards with their patients and open alerts counted." },
	{ HTTP_GET, "/ward/board", board, 0, false, "The board of one ward, most urgent first." },
	{ HTTP_GET, "/ward/equipment", equipment, 0, false,
	  "The equipment of one ward: who has it, where it is, battery, last sign of life." },
	{ HTTP_GET, "/ward/people", people_handle, 0, false,
	  "Who works on a ward: shifts, channels, gaps of the rota." },
	{ HTTP_GET, "/ward/events", events, 0, false,
	  "Changes of the board as server-sent events." },
};
const struct route_table ward_routes = { routes, sizeof(routes) / sizeof(routes[0]) };
