/* SPDX-License-Identifier: Apache-2.0
 * A page to a person as a Communication: docs/decisions/0002. The text for a nurse is the alert's; the text
 * for a family names no value and no diagnosis. */
#include "ward/print.h"

static const struct str status_codes[] = {
	[PAGE_PREPARATION] = STR_INIT("preparation"), [PAGE_IN_PROGRESS] = STR_INIT("in-progress"),
	[PAGE_COMPLETED] = STR_INIT("completed"),     [PAGE_STOPPED] = STR_INIT("stopped"),
	[PAGE_NOT_DONE] = STR_INIT("not-done"),
};

static void put_status(struct arena *arena, struct json *communication, const struct page *page)
{
	json_add(communication, STR("status"), json_new_string(arena, status_codes[page->status]));
	if (page->status != PAGE_NOT_DONE)
		return;
	struct json *reason = json_new(arena, JSON_OBJECT);
	if (reason != NULL)
		print_string(arena, reason, STR("text"),
			     STR("No channel to the family is set up: nobody was told."));
	json_add(communication, STR("statusReason"), reason);
}

static struct str channel_of(const struct page *page)
{
	if (page->webhook)
		return STR("webhook");
	return page->family ? STR("none") : STR("board");
}

struct json *print_communication(const struct ward_core *core, struct arena *arena,
				 const struct stay *stay, const struct alert *alert,
				 const struct page *page)
{
	struct json *communication = print_resource(arena, STR("Communication"), page->id);
	struct json *payload = json_new(arena, JSON_OBJECT);
	bool urgent = page->level >= ALERT_LEVEL_MEDIUM;
	(void)core;
	if (communication == NULL || payload == NULL)
		return NULL;
	print_whose(arena, communication, stay);
	if (page->received_us != 0)
		print_extension(arena, communication, "delivery-proof", STR("valueString"),
				json_new_string(arena, page->webhook
							       ? STR("webhook answered")
							       : STR("answered on the board")));
	put_status(arena, communication, page);
	json_add(communication, STR("priority"),
		 json_new_string(arena, page->level == ALERT_LEVEL_EMERGENCY ? STR("stat")
					: urgent                             ? STR("urgent")
									     : STR("routine")));
	print_one(arena, communication, STR("medium"),
		  print_concept(arena, STR(HOMEWARD_URL "CodeSystem/channel"), channel_of(page),
				STR("")));
	if (stay->patient != NULL)
		json_add(communication, STR("subject"),
			 print_reference(arena, "Patient", stay->patient->id, ""));
	if (alert != NULL)
		print_one(arena, communication, STR("about"),
			  print_reference(arena, "Task", alert->id, ""));
	print_instant(arena, communication, STR("sent"), page->at_us);
	if (page->received_us != 0)
		print_instant(arena, communication, STR("received"), page->received_us);
	print_one(arena, communication, STR("recipient"),
		  print_reference(arena, NULL, page->recipient, page->recipient_name));
	print_string(arena, payload, STR("contentString"),
		     str_from_c(page->family || alert == NULL ? page->text : alert->title));
	print_one(arena, communication, STR("payload"), payload);
	return arena->failed ? NULL : communication;
}
