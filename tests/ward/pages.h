/* SPDX-License-Identifier: Apache-2.0
 * Channels that are set up, people with telephones, and what the senders say of their pages: for tests of the core. */
#ifndef TESTS_WARD_PAGES_H
#define TESTS_WARD_PAGES_H

#include "girl.h"

#include <stdio.h>

#define HW "https://fhir.homeward.example/"
#define MAX_PAGES 64

static inline void set_up(const char *channel)
{
	char id[40];
	snprintf(id, sizeof(id), "channel-%s", channel);
	world_put(&world, "Endpoint", id, 1, "\"status\":\"active\"");
}

static inline void put_role(const char *id, const char *role, const char *telecom)
{
	world_put(&world, "PractitionerRole", id, 2,
		  "\"practitioner\":{\"reference\":\"Practitioner/%s\"},\"organization\":{"
		  "\"reference\":\"Organization/ward-1\"},\"telecom\":[%s],\"code\":[{\"coding\":[{"
		  "\"system\":\"" HW "CodeSystem/ward-role\",\"code\":"
		  "\"%s\"}]}]",
		  id, telecom, role);
}

#define MOBILE "{\"system\":\"phone\",\"use\":\"mobile\",\"value\":\"07700 900001\",\"rank\":1}"
#define MAIL "{\"system\":\"email\",\"value\":\"nora@ward.example\",\"rank\":2}"

/* Channels for everybody; a nurse with a telephone and a mailbox, a nurse in charge with `charge`. */
static inline void open_channels_of(void **state, const char *charge)
{
	open_world(state);
	set_up("sms");
	set_up("voice");
	set_up("email");
	put_role("nurse-1", "nurse", MOBILE "," MAIL);
	put_role("charge-1", "nurse-in-charge", charge);
}

/* All pages as they would be written now. */
static inline size_t pages(const struct json *ret_pages[MAX_PAGES], const char *channel,
			   const char *to)
{
	struct ward_output *outputs;
	size_t count, found = 0;
	assert_true(ward_core_outputs(world.core, &world.arena, 1000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		const struct json *page = outputs[i].resource;
		const struct json *medium = json_at(json_get(page, STR("medium")), 0);
		struct str code =
			json_get_text(json_at(json_get(medium, STR("coding")), 0), STR("code"));
		struct str whom = json_get_text(json_at(json_get(page, STR("recipient")), 0),
						STR("reference"));
		if (!str_equal(outputs[i].type, STR("Communication")) ||
		    !str_equal(code, str_from_c(channel)) || !str_ends_with(whom, str_from_c(to)))
			continue;
		assert_true(found < MAX_PAGES);
		ret_pages[found++] = page;
	}
	return found;
}

static inline size_t count_of(const char *channel, const char *to)
{
	const struct json *found[MAX_PAGES];
	return pages(found, channel, to);
}

static inline const char *status_of(const char *channel, const char *to)
{
	const struct json *found[MAX_PAGES];
	size_t count = pages(found, channel, to);
	return count == 0 ? "" : world_text(found[count - 1], "status");
}

/* What the sender writes about the newest page of the channel to that person. */
static inline void sender(const char *channel, const char *to, const char *status, bool received)
{
	const struct json *found[MAX_PAGES];
	size_t count = pages(found, channel, to);
	char at[25], received_text[60] = "";
	assert_true(count > 0);
	const struct json *page = found[count - 1];
	date_write_instant(world.now_us, at);
	if (received)
		snprintf(received_text, sizeof(received_text), "\"received\":\"%s\",", at);
	/* As a sender does: about the alert, or about the ward. */
	const struct json *about = json_at(json_get(page, STR("about")), 0);
	struct str alert = json_get_text(about, STR("reference"));
	char whose[100] = "";
	if (about != NULL)
		snprintf(whose, sizeof(whose), "\"about\":[{\"reference\":\"%.*s\"}],",
			 STR_ARG(alert));
	world_put(&world, "Communication", world_text(page, "id"), 2,
		  "\"status\":\"%s\",%s%s\"extension\":[{\"url\":\"" HW
		  "StructureDefinition/channel-time\",\"extension\":[{\"url\":\"sent\","
		  "\"valueInstant\":\"%s\"}]},{\"url\":\"" HW
		  "StructureDefinition/delivery-proof\",\"valueString\":\"gateway says so\"},"
		  "{\"url\":\"" HW
		  "StructureDefinition/ward\",\"valueReference\":{\"reference\":\"Organization/"
		  "ward-1\"}}]",
		  status, received_text, whose, at);
}

#endif
