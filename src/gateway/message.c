/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/message.h"

#include "base/date.h"
#include "os/hash.h"
#include "json/json.h"

#include <stdio.h>

#define LOINC "http://loinc.org"
#define MDC "urn:iso:std:iso:11073:10101"
#define HW "https://fhir.homeward.example/"
#define DEVICE_BYTES_MAX 64
#define NUMBER_BYTES_MAX 16

static const struct {
	struct str name;
	const char *code, *unit;
} signs[] = {
	{ STR_INIT("spo2"), "2708-6", "%" },
	{ STR_INIT("heartRate"), "8867-4", "/min" },
	{ STR_INIT("respiratoryRate"), "9279-1", "/min" },
	{ STR_INIT("temperature"), "8310-5", "Cel" },
	{ STR_INIT("systolic"), "8480-6", "mm[Hg]" },
};
#define SIGNS (sizeof(signs) / sizeof(signs[0]))

static const struct {
	struct str name;
	enum message_kind kind;
} kinds[] = {
	{ STR_INIT("observation"), MESSAGE_OBSERVATION },
	{ STR_INIT("stream"), MESSAGE_STREAM },
	{ STR_INIT("value"), MESSAGE_VALUE },
	{ STR_INIT("battery"), MESSAGE_BATTERY },
	{ STR_INIT("heartbeat"), MESSAGE_HEARTBEAT },
};

/* --- reading -------------------------------------------------------------------------------- */

static bool is_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++) {
		char byte = id.ptr[i];
		bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
		if (!letter && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '.')
			return false;
	}
	return id.len > 0 && id.len <= DEVICE_BYTES_MAX;
}

static bool read_topic(struct str prefix, struct str topic, struct message *message)
{
	if (!str_starts_with(topic, prefix) || topic.len <= prefix.len ||
	    topic.ptr[prefix.len] != '/')
		return false;
	struct str rest = str_slice(topic, prefix.len + 1, topic.len);
	message->device = str_cut(&rest, '/');
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_equal(kinds[i].name, rest)) {
			message->kind = kinds[i].kind;
			return is_id(message->device);
		}
	}
	return false;
}

static bool is_number(struct str text)
{
	struct decimal value;
	return text.len > 0 && text.len <= NUMBER_BYTES_MAX && decimal_read(text, &value);
}

static bool is_sample(struct str text)
{
	return is_number(text) || (text.len == 1 && str_find_byte(STR("EUL"), text.ptr[0], 0) < 3);
}

static bool read_samples(struct message *message)
{
	struct str rest = message->data;
	while (rest.len > 0) {
		struct str sample = str_cut(&rest, ' ');
		if (!is_sample(sample) || ++message->count > MESSAGE_SAMPLES_MAX)
			return false;
	}
	return message->count > 0;
}

static bool read_time(const struct json *tree, struct str name, int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(tree, name), DATE_KIND_INSTANT, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

static bool read_sign(const struct json *tree, unsigned *ret_sign)
{
	struct str name = json_get_text(tree, STR("sign"));
	for (unsigned i = 0; i < SIGNS; i++) {
		if (str_equal(signs[i].name, name)) {
			*ret_sign = i;
			return true;
		}
	}
	return false;
}

static const char *read_stream(const struct json *tree, struct message *message)
{
	const struct json *data = json_get(tree, STR("data"));
	if (!read_sign(tree, &message->sign))
		return "sign must be spo2, heartRate, respiratoryRate, temperature or systolic";
	if (!read_time(tree, STR("start"), &message->at_us))
		return "start must be an instant";
	if (!str_to_i64(json_get_text(tree, STR("periodMs")), &message->period_ms) ||
	    message->period_ms < MESSAGE_PERIOD_MS_MIN ||
	    message->period_ms > MESSAGE_PERIOD_MS_MAX)
		return "periodMs must lie between 100 and 3600000";
	message->data = json_text(data);
	if (data == NULL || data->type != JSON_STRING || !read_samples(message))
		return "data must be numbers, E, U or L with one space between, at most 43200";
	return NULL;
}

static const char *read_number(const struct json *tree, struct str name, struct message *message)
{
	const struct json *number = json_get(tree, name);
	if (!read_time(tree, STR("time"), &message->at_us))
		return "time must be an instant";
	message->data = json_text(number);
	message->count = 1;
	if (number == NULL || number->type != JSON_NUMBER || !is_number(message->data))
		return "the value must be a number";
	return NULL;
}

static const char *read_tree(struct json *tree, struct message *message)
{
	const struct json *list;
	switch (message->kind) {
	case MESSAGE_OBSERVATION:
		message->observation = tree;
		if (!str_equal(json_get_text(tree, STR("resourceType")), STR("Observation")))
			return "the payload must be a FHIR Observation";
		list = json_get(tree, STR("identifier"));
		return list == NULL || list->type == JSON_ARRAY ? NULL
								: "identifier must be a list";
	case MESSAGE_STREAM:
		return read_stream(tree, message);
	case MESSAGE_VALUE:
		if (!read_sign(tree, &message->sign))
			return "sign must be spo2, heartRate, respiratoryRate, temperature or "
			       "systolic";
		return read_number(tree, STR("value"), message);
	case MESSAGE_BATTERY:
		return read_number(tree, STR("percent"), message);
	case MESSAGE_HEARTBEAT:
	default:
		return read_time(tree, STR("time"), &message->at_us) ? NULL
								     : "time must be an instant";
	}
}

const char *message_read(struct arena *arena, struct str prefix, struct str topic,
			 struct str payload, struct message *ret_message)
{
	struct message message = { .payload = payload };
	struct json *tree = NULL;
	if (!read_topic(prefix, topic, &message))
		return "the topic must be PREFIX/DEVICE/ and observation, stream, value, battery "
		       "or heartbeat";
	if (json_parse(arena, payload, NULL, NULL, &tree) != ERROR_OK || tree->type != JSON_OBJECT)
		return "the payload must be one JSON object";
	const char *problem = read_tree(tree, &message);
	if (problem == NULL)
		*ret_message = message;
	return problem;
}

/* --- printing ------------------------------------------------------------------------------- */

static void put_instant(struct text *text, int64_t at_us)
{
	char instant[25];
	date_write_instant(at_us, instant);
	text_put_format(text, "\"%s\"", instant);
}

static void put_head(struct text *text, const struct message *message, struct str subject,
		     const char *system, const char *code)
{
	char key[160];
	message_key(message, key);
	text_put_format(text,
			"{\"resourceType\":\"Observation\",\"identifier\":[{\"system\":"
			"\"" MESSAGE_KEY_SYSTEM
			"\",\"value\":\"%s\"}],\"status\":\"final\",\"code\":"
			"{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},",
			key, system, code);
	if (subject.len > 0) {
		text_put_c(text, "\"subject\":{\"reference\":");
		json_print_string(text, subject);
		text_put_c(text, "},");
	}
	text_put_format(text, "\"device\":{\"reference\":\"Device/%.*s\"}",
			STR_ARG(message->device));
}

static void put_quantity(struct text *text, const struct message *message, const char *unit)
{
	text_put_c(text, ",\"effectiveDateTime\":");
	put_instant(text, message->at_us);
	text_put_format(text,
			",\"valueQuantity\":{\"value\":%.*s,\"unit\":\"%s\",\"system\":"
			"\"http://unitsofmeasure.org\",\"code\":\"%s\"}}",
			STR_ARG(message->data), unit, unit);
}

static void put_stream(struct text *text, const struct message *message)
{
	const char *unit = signs[message->sign].unit;
	int64_t span_us = message->period_ms * 1000 * ((int64_t)message->count - 1);
	text_put_c(text, ",\"effectivePeriod\":{\"start\":");
	put_instant(text, message->at_us);
	text_put_c(text, ",\"end\":");
	put_instant(text, message->at_us + span_us);
	text_put_format(text,
			"},\"valueSampledData\":{\"origin\":{\"value\":0,\"unit\":\"%s\","
			"\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"},\"period\":%lld,"
			"\"dimensions\":1,\"data\":",
			unit, unit, (long long)message->period_ms);
	json_print_string(text, message->data);
	text_put_c(text, "}}");
}

/* What the hub left out is filled in; what it said stands. */
static void put_observation(struct text *text, const struct message *message, struct str subject)
{
	struct arena *arena = text->arena;
	struct json *tree = message->observation;
	char device[80], key[160];
	struct json *list = json_get(tree, STR("identifier"));
	if (list == NULL)
		list = json_put(tree, STR("identifier"), json_new(arena, JSON_ARRAY));
	message_key(message, key);
	struct json *identifier = json_append(list, json_new(arena, JSON_OBJECT));
	json_add(identifier, STR("system"), json_new_string(arena, STR(MESSAGE_KEY_SYSTEM)));
	json_add(identifier, STR("value"), json_new_string(arena, str_from_c(key)));
	if (json_get(tree, STR("device")) == NULL) {
		struct json *reference =
			json_put(tree, STR("device"), json_new(arena, JSON_OBJECT));
		snprintf(device, sizeof(device), "Device/%.*s", STR_ARG(message->device));
		json_add(reference, STR("reference"), json_new_string(arena, str_from_c(device)));
	}
	if (json_get(tree, STR("subject")) == NULL && subject.len > 0) {
		struct json *reference =
			json_put(tree, STR("subject"), json_new(arena, JSON_OBJECT));
		json_add(reference, STR("reference"), json_new_string(arena, subject));
	}
	json_print(text, tree);
}

bool message_print(struct text *text, const struct message *message, struct str subject)
{
	switch (message->kind) {
	case MESSAGE_OBSERVATION:
		put_observation(text, message, subject);
		break;
	case MESSAGE_STREAM:
		put_head(text, message, subject, LOINC, signs[message->sign].code);
		put_stream(text, message);
		break;
	case MESSAGE_VALUE:
		put_head(text, message, subject, LOINC, signs[message->sign].code);
		put_quantity(text, message, signs[message->sign].unit);
		break;
	case MESSAGE_BATTERY:
		put_head(text, message, subject, MDC, "67996");
		put_quantity(text, message, "%");
		break;
	case MESSAGE_HEARTBEAT:
	default:
		put_head(text, message, subject, HW "CodeSystem/observation", "heartbeat");
		text_put_c(text, ",\"effectiveDateTime\":");
		put_instant(text, message->at_us);
		text_put_c(text, ",\"valueBoolean\":true}");
		break;
	}
	return !text->failed && !text->arena->failed;
}

const char *message_code(const struct message *message)
{
	ASSERT(message->kind == MESSAGE_STREAM || message->kind == MESSAGE_VALUE);
	return signs[message->sign].code;
}

void message_key(const struct message *message, char ret_key[160])
{
	static const char *const words[] = {
		[MESSAGE_BATTERY] = "battery", [MESSAGE_HEARTBEAT] = "heartbeat"
	};
	bool whole = message->kind == MESSAGE_OBSERVATION, stream = message->kind == MESSAGE_STREAM;
	bool reading = stream || message->kind == MESSAGE_VALUE;
	struct str word = reading ? signs[message->sign].name : str_from_c(words[message->kind]);
	struct str content = whole ? message->payload : message->data;
	char instant[25], hex[2 * HASH_SHA256_BYTES + 1];
	if (whole || stream) {
		uint8_t hash[HASH_SHA256_BYTES];
		hash_sha256(content.ptr, content.len, hash);
		hash_write_hex(hash, hex);
		content = (struct str){ hex, 32 };
	}
	if (whole) {
		snprintf(ret_key, 160, "%.*s/%.*s", STR_ARG(message->device), STR_ARG(content));
		return;
	}
	date_write_instant(message->at_us, instant);
	int length = snprintf(ret_key, 160, "%.*s/%.*s/%s", STR_ARG(message->device), STR_ARG(word),
			      instant);
	ASSERT(length > 0 && length < 160);
	if (stream)
		length += snprintf(ret_key + length, 160 - (size_t)length, "/%lld",
				   (long long)message->period_ms);
	if (content.len > 0)
		snprintf(ret_key + length, 160 - (size_t)length, "/%.*s", STR_ARG(content));
}
