/* SPDX-License-Identifier: Apache-2.0
 * The ward before the first reading: who works there, who lies there, what they measure with.
 * All names are of plants and all telephone numbers of the range that Ofcom keeps for drama. */
#include "simulate/remote.h"

#include <stdio.h>

#define LOINC_CLASS "http://terminology.hl7.org/CodeSystem/"
enum { CHILDREN_PER_BUNDLE = 25 };

struct post {
	const char *role, *title, *name;
};
/* A role without Schedule is always on shift (decision 0002): the switchboard. */
static const struct post posts[] = {
	{ "nurse", "Nurse", "Sister Poppy Example" },
	{ "shift-lead", "Shift lead", "Charge Nurse Basil Example" },
	{ "nurse-in-charge", "Nurse in charge", "Matron Violet Example" },
	{ "registrar", "Registrar", "Dr Daisy Example" },
	{ "consultant", "Consultant", "Dr Oleander Example" },
	{ "switchboard", "Switchboard", "Switchboard Example" },
};
enum { POST_COUNT = sizeof(posts) / sizeof(posts[0]) };

static void bundle_begin(struct text *text)
{
	text_put(text, STR("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["));
}

/* Opens an entry: the caller puts the members of the resource after its id, then entry_end. */
static void entry_begin(struct text *text, const char *type, const char *id)
{
	bool first = text->len > 0 && text->ptr[text->len - 1] == '[';
	text_put_format(text,
			"%s{\"fullUrl\":\"" REMOTE_HOMEWARD
			"%s/%s\",\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"},"
			"\"resource\":{\"resourceType\":\"%s\",\"id\":\"%s\",",
			first ? "" : ",", type, id, type, id, type, id);
}

static bool bundle_send(struct remote *remote, struct text *text)
{
	text_put(text, STR("]}"));
	struct client_request request = { .method = CLIENT_POST,
					  .body = text_view(text),
					  .repeatable = true,
					  .prefer = STR("return=minimal") };
	if (text->failed) {
		fputs("homeward simulate: no memory\n", stderr);
		return false;
	}
	return remote_send(remote, &request, 0, NULL) != NULL;
}

static void put_staff(struct remote *remote, struct text *text, const struct post *post,
		      const struct plan *plan)
{
	char id[64], start[25], end[25];
	bool always = strcmp(post->role, "switchboard") == 0;
	date_write_instant(plan->start_us - DATE_US_PER_DAY, start);
	date_write_instant(plan->end_us + 7 * DATE_US_PER_DAY, end);
	snprintf(id, sizeof(id), "%s-%s", remote->prefix, post->role);
	entry_begin(text, "Practitioner", id);
	text_put_format(text, "\"active\":true,\"name\":[{\"text\":\"%s\"}]}}", post->name);
	entry_begin(text, "PractitionerRole", id);
	text_put_format(
		text,
		"\"active\":true,\"practitioner\":{\"reference\":\"Practitioner/"
		"%s\",\"display\":\"%s\"},"
		"\"organization\":{\"reference\":\"Organization/"
		"%s-ward\"},\"code\":[{\"coding\":[{\"system\":\"" REMOTE_HOMEWARD "CodeSystem/"
		"ward-role\",\"code\":\"%s\",\"display\":\"%s\"}]}],\"telecom\":[{\"system\":"
		"\"phone\",\"value\":\"020 7946 0%03d\"}]}}",
		id, post->name, remote->prefix, post->role, post->title, (int)(post - posts) + 100);
	if (always)
		return;
	entry_begin(text, "Schedule", id);
	text_put_format(
		text, "\"active\":true,\"actor\":[{\"reference\":\"PractitionerRole/%s\"}]}}", id);
	entry_begin(text, "Slot", id);
	text_put_format(text,
			"\"schedule\":{\"reference\":\"Schedule/"
			"%s\"},\"status\":\"busy\",\"start\":\"%s\",\"end\":\"%s\"}}",
			id, start, end);
}

static bool put_ward(struct remote *remote, const struct plan *plan, const char *ward_name)
{
	char id[64];
	remote_begin(remote);
	struct text text = remote_text(remote);
	bundle_begin(&text);
	snprintf(id, sizeof(id), "%s-ward", remote->prefix);
	entry_begin(&text, "Organization", id);
	text_put_format(
		&text,
		"\"extension\":[{\"url\":\"" REMOTE_HOMEWARD
		"StructureDefinition/ward-policy\",\"valueCanonical\":\"" REMOTE_HOMEWARD
		"PlanDefinition/"
		"childrens-cancer|1\"}],\"active\":true,\"type\":[{\"coding\":[{\"system\":"
		"\"" REMOTE_HOMEWARD
		"CodeSystem/organization-type\",\"code\":\"virtual-ward\"}]}],\"name\":\"%s\"}}",
		ward_name);
	for (size_t i = 0; i < POST_COUNT; i++)
		put_staff(remote, &text, &posts[i], plan);
	return bundle_send(remote, &text);
}

static void put_child(struct text *text, const struct home_child *child, size_t number)
{
	entry_begin(text, "Patient", child->id);
	text_put_format(text,
			"\"identifier\":[{\"system\":\"" REMOTE_HOMEWARD
			"identifier/simulated\",\"value\":\"%s\"}],\"active\":true,"
			"\"name\":[{\"family\":\"%s\",\"given\":[\"%s\"]}],\"gender\":\"%s\","
			"\"birthDate\":\"%s\"}}",
			child->id, child->family, child->given, child->female ? "female" : "male",
			child->birth_date);
	entry_begin(text, "RelatedPerson", child->id);
	text_put_format(text,
			"\"active\":true,\"patient\":{\"reference\":\"Patient/"
			"%s\"},\"relationship\":[{\"coding\":[{\"system\":\"" LOINC_CLASS
			"v3-RoleCode\",\"code\":\"%s\",\"display\":\"%s\"}]}],\"name\":[{"
			"\"family\":\"%s\",\"given\":"
			"[\"%s\"]}],\"telecom\":[{\"system\":\"phone\",\"value\":\"07700 "
			"900%03zu\",\"use\":\"mobile\",\"rank\":1}]}}",
			child->id, child->mother ? "MTH" : "FTH",
			child->mother ? "mother" : "father", child->family, child->contact_given,
			number % 1000);
	entry_begin(text, "Device", child->id);
	text_put_format(text,
			"\"identifier\":[{\"system\":\"" REMOTE_HOMEWARD
			"identifier/device\",\"value\":\"kit-%s\"}],\"status\":"
			"\"active\",\"type\":{\"text\":\"Home monitoring kit: oximeter, "
			"thermometer\"},\"patient\":{\"reference\":"
			"\"Patient/%s\"}}}",
			child->id, child->id);
}

static bool put_children(struct remote *remote, const struct plan *plan)
{
	for (size_t from = 0; from < plan->child_count; from += CHILDREN_PER_BUNDLE) {
		remote_begin(remote);
		struct text text = remote_text(remote);
		bundle_begin(&text);
		for (size_t i = from; i < plan->child_count && i < from + CHILDREN_PER_BUNDLE; i++)
			put_child(&text, &plan->children[i], i);
		if (!bundle_send(remote, &text))
			return false;
	}
	return true;
}

/* The stay's start, as the server says, is the start of its schedule. */
static bool admit(struct remote *remote, struct home_child *child)
{
	remote_begin(remote);
	struct text body = remote_text(remote);
	text_put_format(&body,
			"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patient\","
			"\"valueReference\":{\"reference\":"
			"\"Patient/"
			"%s\"}},{\"name\":\"ward\",\"valueReference\":{\"reference\":"
			"\"Organization/%s-ward\"}}]}",
			child->id, remote->prefix);
	struct client_request request = { .method = CLIENT_POST,
					  .path = STR("/EpisodeOfCare/$admit"),
					  .body = text_view(&body) };
	unsigned status = 0;
	const struct json *answer = remote_send(remote, &request, 409, &status);
	if (status == 409)
		fputs("homeward simulate: these children lie on a ward of this server already: "
		      "choose another --seed\n",
		      stderr);
	if (answer == NULL || status == 409)
		return false;
	const struct json *entries = json_get(answer, STR("entry"));
	for (const struct json *entry = entries != NULL ? entries->child : NULL; entry != NULL;
	     entry = entry->next) {
		const struct json *resource = json_get(entry, STR("resource"));
		struct str start = json_get_text(json_get(resource, STR("period")), STR("start"));
		struct date date;
		if (str_equal(json_get_text(resource, STR("resourceType")), STR("EpisodeOfCare")) &&
		    date_parse(start, DATE_KIND_DATETIME, &date) == ERROR_OK) {
			child->admitted_us = date.low_us;
			return true;
		}
	}
	fputs("homeward simulate: $admit gave no EpisodeOfCare with a start\n", stderr);
	return false;
}

bool remote_set_up(struct remote *remote, struct plan *plan, const char *ward_name)
{
	if (!put_ward(remote, plan, ward_name) || !put_children(remote, plan))
		return false;
	for (size_t i = 0; i < plan->child_count; i++) {
		if (!admit(remote, &plan->children[i]))
			return false;
	}
	return true;
}
