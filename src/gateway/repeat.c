/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/repeat.h"

#include "base/date.h"
#include "json/json.h"

/* Streams of one device and sign that lie over one instant. */
#define REPEAT_COUNT_MAX "100"
/* A stream that begins or ends at an instant lies neither before nor after it, as a search has it. */
#define REPEAT_MARGIN_US (10 * INT64_C(1000))

static bool is_of_gateway(const struct json *observation)
{
	const struct json *list = json_get(observation, STR("identifier"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_equal(json_get_text(one, STR("system")), STR(MESSAGE_KEY_SYSTEM)))
			return true;
	}
	return false;
}

static bool time_of(const struct json *object, struct str name, int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

static bool is_in_stream(const struct json *observation, const struct message *message)
{
	const struct json *stream = json_get(observation, STR("valueSampledData"));
	const struct json *period = json_get(observation, STR("effectivePeriod"));
	struct str rest = json_get_text(stream, STR("data")), sample = { NULL, 0 };
	int64_t start_us, period_ms;
	if (!time_of(period, STR("start"), &start_us) ||
	    !str_to_i64(json_get_text(stream, STR("period")), &period_ms) ||
	    period_ms < MESSAGE_PERIOD_MS_MIN || period_ms > MESSAGE_PERIOD_MS_MAX ||
	    message->at_us < start_us || (message->at_us - start_us) % (period_ms * 1000) != 0)
		return false;
	int64_t place = (message->at_us - start_us) / (period_ms * 1000);
	for (int64_t at = 0; at <= place; at++) {
		if (rest.len == 0)
			return false;
		sample = str_cut(&rest, ' ');
	}
	return str_equal(sample, message->data);
}

static bool is_in(const struct json *observation, const struct message *message)
{
	const struct json *quantity = json_get(observation, STR("valueQuantity"));
	int64_t at_us;
	if (!is_of_gateway(observation))
		return false;
	if (quantity == NULL)
		return is_in_stream(observation, message);
	return time_of(observation, STR("effectiveDateTime"), &at_us) && at_us == message->at_us &&
	       str_equal(json_get_text(quantity, STR("value")), message->data);
}

static void put_path(struct text *path, const struct message *message)
{
	char from[25], until[25];
	date_write_instant(message->at_us - REPEAT_MARGIN_US, from);
	date_write_instant(message->at_us + REPEAT_MARGIN_US, until);
	text_put_format(
		path, "/Observation?_count=" REPEAT_COUNT_MAX "&device=Device/%.*s&code=%s&date=ge",
		STR_ARG(message->device), message_code(message));
	client_encode(path, str_from_c(from));
	text_put_c(path, "&date=le");
	client_encode(path, str_from_c(until));
}

bool repeat_find(struct client *client, struct arena *arena, const struct message *message,
		 bool *ret_found)
{
	struct text path;
	struct client_answer answer = { 0 };
	struct json *bundle = NULL;
	text_init(&path, arena, 1024);
	put_path(&path, message);
	const struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	if (path.failed || client_send(client, arena, &request, &answer) != CLIENT_ANSWERED ||
	    answer.status != 200 || json_parse(arena, answer.body, NULL, NULL, &bundle) != ERROR_OK)
		return false;
	const struct json *entries = json_get(bundle, STR("entry"));
	*ret_found = false;
	for (const struct json *entry = entries == NULL ? NULL : entries->child; entry != NULL;
	     entry = entry->next)
		*ret_found = *ret_found || is_in(json_get(entry, STR("resource")), message);
	return true;
}
