/* SPDX-License-Identifier: Apache-2.0
 * A page to a person as a Communication: docs/decisions/0002 and 0006. The text for a nurse is the alert's; where it
 * leaves the house it says no more than to look, with a reference; the text for a family names no value and no
 * diagnosis, and is in its language. */
#include "ward/print.h"

static const struct str status_codes[] = {
	[PAGE_PREPARATION] = STR_INIT("preparation"), [PAGE_IN_PROGRESS] = STR_INIT("in-progress"),
	[PAGE_COMPLETED] = STR_INIT("completed"),     [PAGE_STOPPED] = STR_INIT("stopped"),
	[PAGE_NOT_DONE] = STR_INIT("not-done"),
};

static void put_status(struct arena *arena, struct json *communication, const struct page *page)
{
	json_add(communication, STR("status"), json_new_string(arena, status_codes[page->status]));
	if (page->status != PAGE_NOT_DONE && !(page->status == PAGE_STOPPED && page->unproved))
		return;
	struct json *reason = json_new(arena, JSON_OBJECT);
	if (reason != NULL)
		print_string(arena, reason, STR("text"),
			     page->unproved
				     ? STR("No proof of delivery by the deadline: counts as not "
					   "delivered.")
				     : STR("No channel to the family is set up: nobody was told."));
	json_add(communication, STR("statusReason"), reason);
}

static void put_time(struct arena *arena, struct json *list, const char *which, int64_t at_us)
{
	struct json *part = at_us == 0 ? NULL : json_new(arena, JSON_OBJECT);
	if (part == NULL)
		return;
	print_string(arena, part, STR("url"), str_from_c(which));
	print_instant(arena, part, STR("valueInstant"), at_us);
	json_append(list, part);
}

/* The extension channel-time holds a part for each time that is known. */
static void put_times(struct arena *arena, struct json *communication, const struct page *page)
{
	struct json *times = json_new(arena, JSON_ARRAY);
	struct json *extension = json_new(arena, JSON_OBJECT);
	struct json *list = json_get(communication, STR("extension"));
	if (times == NULL || extension == NULL || list == NULL)
		return;
	put_time(arena, times, "sent",
		 page->channel == CHANNEL_BOARD ? page->at_us : page->sent_us);
	put_time(arena, times, "delivered", page->received_us);
	put_time(arena, times, "seen", page->seen_us);
	put_time(arena, times, "acknowledged", page->acknowledged_us);
	if (times->count == 0)
		return;
	print_string(arena, extension, STR("url"),
		     STR(HOMEWARD_URL "StructureDefinition/channel-time"));
	json_add(extension, STR("extension"), times);
	json_append(list, extension);
}

static void put_proof(struct arena *arena, struct json *communication, const struct page *page)
{
	struct str proof = str_from_c(page->proof);
	if (proof.len == 0 && page->received_us != 0)
		proof = page->channel == CHANNEL_BOARD ? STR("answered on the board")
						       : STR("delivered");
	if (proof.len > 0)
		print_extension(arena, communication, "delivery-proof", STR("valueString"),
				print_copy(arena, proof));
	if (page->provider[0] != '\0')
		print_extension(arena, communication, "provider-reference", STR("valueString"),
				print_copy(arena, str_from_c(page->provider)));
}

/* "alert-0f3a…" is known by "0F3A92C1" on the telephone. */
static struct str short_reference(struct arena *arena, const struct alert *alert)
{
	struct str id = str_from_c(alert->id);
	struct str digits = str_slice(id, strlen("alert-"), strlen("alert-") + 8);
	char upper[9] = "";
	for (size_t i = 0; i < digits.len && i < 8; i++)
		upper[i] = (char)(digits.ptr[i] >= 'a' && digits.ptr[i] <= 'f'
					  ? digits.ptr[i] - 'a' + 'A'
					  : digits.ptr[i]);
	return arena_copy(arena, str_from_c(upper));
}

static struct str staff_text(struct arena *arena, const struct alert *alert,
			     const struct page *page)
{
	struct text text;
	if (page->channel < CHANNEL_WEB_PUSH)
		return str_from_c(alert->title);
	text_init(&text, arena, MODEL_TEXT_BYTES);
	text_put_format(&text, "Homeward: phone the ward. Reference %.*s.",
			STR_ARG(short_reference(arena, alert)));
	return text_view(&text);
}

static void put_text(const struct ward_core *core, struct arena *arena, struct json *communication,
		     const struct alert *alert, const struct page *page)
{
	struct json *payload = json_new(arena, JSON_OBJECT);
	bool staff = !page->family && alert != NULL;
	struct str english = staff ? staff_text(arena, alert, page) : str_from_c(page->text);
	struct str text =
		staff ? english
		      : message_text(core->messages, arena, english, str_from_c(page->language));
	if (payload == NULL)
		return;
	if (!str_equal(text, english)) {
		print_string(arena, communication, STR("language"), str_from_c(page->language));
		print_extension(arena, payload, "original", STR("valueString"),
				print_copy(arena, english));
	}
	print_string(arena, payload, STR("contentString"), text);
	print_one(arena, communication, STR("payload"), payload);
}

struct json *print_communication(const struct ward_core *core, struct arena *arena,
				 const struct stay *stay, const struct alert *alert,
				 const struct page *page)
{
	struct json *communication = print_resource(arena, STR("Communication"), page->id);
	bool urgent = page->level >= ALERT_LEVEL_MEDIUM;
	if (communication == NULL)
		return NULL;
	print_whose(arena, communication, stay);
	put_proof(arena, communication, page);
	put_times(arena, communication, page);
	put_status(arena, communication, page);
	json_add(communication, STR("priority"),
		 json_new_string(arena, page->level == ALERT_LEVEL_EMERGENCY ? STR("stat")
					: urgent                             ? STR("urgent")
									     : STR("routine")));
	if (alert == NULL && !page->family)
		print_one(arena, communication, STR("category"),
			  print_concept(arena, STR(HOMEWARD_URL "CodeSystem/ward-task"),
					STR("channel-test"), STR("")));
	print_one(arena, communication, STR("medium"),
		  print_concept(arena, STR(CHANNEL_SYSTEM),
				channel_code((enum channel)page->channel), STR("")));
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
	put_text(core, arena, communication, alert, page);
	return arena->failed ? NULL : communication;
}
