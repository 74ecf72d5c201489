/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/equipment.h"

#include "ward/merge.h"

static void put_text(struct text *text, const char *key, struct str value)
{
	text_put_format(text, ",\"%s\":", key);
	if (value.len > 0)
		json_print_string(text, value);
	else
		text_put_c(text, "null");
}

static void put_instant(struct text *text, const char *key, int64_t at_us)
{
	char instant[25] = "";
	if (at_us != 0)
		date_write_instant(at_us, instant);
	put_text(text, key, str_from_c(instant));
}

/* Everything but the closing brace. */
static void put_device(const struct device *device, struct text *text)
{
	text_put_c(text, "{\"device\":");
	json_print_string(text, str_from_c(device->id));
	put_text(text, "type", device_type_code((enum device_type)device->type));
	put_text(text, "name", str_from_c(device->name));
	text_put_c(text, ",\"battery\":");
	if (device->battery >= 0)
		text_put_i64(text, device->battery);
	else
		text_put_c(text, "null");
	put_instant(text, "lastSeen", device->heard_us);
	put_text(text, "state", device_state(device));
}

void equipment_print(const struct ward_core *core, const struct stay *stay, struct text *text)
{
	bool first = true;
	text_put_c(text, ",\"equipment\":[");
	for (const struct device *device = device_next_of(core, stay, NULL); device != NULL;
	     device = device_next_of(core, stay, device)) {
		if (device->type == DEVICE_KIT)
			continue; /* what is in it speaks for it */
		if (!first)
			text_put_byte(text, ',');
		put_device(device, text);
		text_put_byte(text, '}');
		first = false;
	}
	text_put_byte(text, ']');
}

/* --- the stock of a ward --------------------------------------------------------------------- */

static struct device *root_of(struct device *device)
{
	while (device->parent != NULL)
		device = device->parent;
	return device;
}

/* Whose it is: the ward that owns it, else the ward of whoever has it. */
static struct str ward_of(const struct ward_core *core, const struct device *device)
{
	const struct stay *stay = merge_stay(core, device->holder);
	if (device->ward[0] != '\0')
		return str_from_c(device->ward);
	return stay == NULL || stay->ward == NULL ? STR("") : str_from_c(stay->ward->id);
}

void ward_core_lines(struct ward_core *core, size_t count_max,
		     void (*visit)(void *context, const struct ward_line *line), void *context)
{
	for (size_t count = 0; core->devices_changed != NULL && count < count_max; count++) {
		struct device *device = core->devices_changed;
		struct device *root = root_of(device);
		core->devices_changed = device->next_changed;
		device->next_changed = NULL;
		device->changed = false;
		if (root != device) { /* it stands in its kit's line, no longer in one of its own */
			const struct ward_line gone = { str_from_c(device->id), STR(""), false };
			visit(context, &gone);
		}
		struct ward_line line = { str_from_c(root->id), ward_of(core, root), false };
		line.present = root->known && root->active && line.ward.len > 0;
		visit(context, &line);
	}
}

static void put_holder(const struct ward_core *core, const struct device *device, struct text *text)
{
	const struct stay *stay = merge_stay(core, device->holder);
	if (device->holder == NULL) {
		text_put_c(text, ",\"patient\":null");
		return;
	}
	text_put_c(text, ",\"patient\":{\"id\":");
	json_print_string(text, str_from_c(device->holder->id));
	put_text(text, "name", str_from_c(device->holder->name));
	put_text(text, "episode",
		 stay == NULL || stay->status == STAY_FINISHED ? STR("") : str_from_c(stay->id));
	text_put_byte(text, '}');
}

bool ward_core_line_print(const struct ward_core *core, struct str id, struct text *text)
{
	struct device *root = map_get(&core->device_by_id, id);
	bool first = true;
	if (root == NULL)
		return false;
	put_device(root, text);
	put_holder(core, root, text);
	text_put_c(text, ",\"location\":");
	if (root->place[0] == '\0') {
		text_put_c(text, "null");
	} else {
		text_put_c(text, "{\"id\":");
		json_print_string(text, str_from_c(root->place));
		put_text(text, "name", str_from_c(root->place_name));
		text_put_byte(text, '}');
	}
	text_put_c(text, ",\"parts\":[");
	for (struct device *part = device_next_in(root, root); part != NULL;
	     part = device_next_in(root, part)) {
		if (!part->active)
			continue;
		if (!first)
			text_put_byte(text, ',');
		put_device(part, text);
		text_put_byte(text, '}');
		first = false;
	}
	text_put_c(text, "]}");
	return true;
}
