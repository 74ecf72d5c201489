/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assigned.h"

#include "base/hash.h"
#include "json/json.h"

#include <stdio.h>

#define KEPT_US (30 * INT64_C(1000000))
#define PLACES_TRIED 8

static bool read_device(struct client *client, struct arena *arena, struct str id,
			struct json **ret_device)
{
	struct text path;
	struct client_answer answer = { 0 };
	text_init(&path, arena, 512);
	text_put_c(&path, "/Device/");
	client_encode(&path, id);
	const struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	*ret_device = NULL;
	if (client_send(client, arena, &request, &answer) != CLIENT_ANSWERED)
		return false;
	if (answer.status == 404 || answer.status == 410)
		return true;
	return answer.status == 200 &&
	       json_parse(arena, answer.body, NULL, NULL, ret_device) == ERROR_OK;
}

static struct str reference_of(const struct json *device, struct str name, struct str type)
{
	struct str reference = json_get_text(json_get(device, name), STR("reference"));
	return str_starts_with(reference, type) ? reference : (struct str){ NULL, 0 };
}

/* The device's own patient, else that of the kit it is part of. */
static bool ask(struct client *client, struct arena *arena, struct str device,
		struct str *ret_subject)
{
	struct json *tree = NULL;
	if (!read_device(client, arena, device, &tree))
		return false;
	*ret_subject = reference_of(tree, STR("patient"), STR("Patient/"));
	struct str kit = reference_of(tree, STR("parent"), STR("Device/"));
	if (ret_subject->len > 0 || kit.len == 0)
		return true;
	if (!read_device(client, arena, str_slice(kit, strlen("Device/"), kit.len), &tree))
		return false;
	*ret_subject = reference_of(tree, STR("patient"), STR("Patient/"));
	return true;
}

bool assigned_find(struct assigned_table *table, struct client *client, struct arena *arena,
		   struct str device, int64_t now_us, struct str *ret_subject)
{
	size_t first = hash_str(device) % ASSIGNED_MAX;
	struct assigned *place = &table->places[first];
	for (size_t i = 0; i < PLACES_TRIED; i++) {
		struct assigned *one = &table->places[(first + i) % ASSIGNED_MAX];
		if (str_equal(str_from_c(one->device), device) && one->asked_us != 0) {
			place = one;
			break;
		}
		if (one->asked_us < place->asked_us)
			place = one; /* the one asked longest ago makes room */
	}
	bool known = place->asked_us != 0 && str_equal(str_from_c(place->device), device);
	if (!known || now_us - place->asked_us > KEPT_US) {
		struct str subject = { NULL, 0 };
		if (!ask(client, arena, device, &subject))
			return false;
		snprintf(place->device, sizeof(place->device), "%.*s", STR_ARG(device));
		snprintf(place->subject, sizeof(place->subject), "%.*s", STR_ARG(subject));
		place->asked_us = now_us;
	}
	*ret_subject = str_from_c(place->subject);
	return true;
}
