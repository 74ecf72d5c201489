/* SPDX-License-Identifier: Apache-2.0
 * Who has which equipment. A part is where its kit is, unless it has a patient of its own. Changes of hands are
 * remembered by time, so that a reading that comes late is judged by who had the device when it was taken. */
#include "ward/device.h"

#include "base/hash.h"
#include "ward/awaited.h"
#include "ward/merge.h"
#include "ward/metric.h"

static const struct str type_codes[DEVICE_TYPE_COUNT] = {
	[DEVICE_OTHER] = STR_INIT(""),
	[DEVICE_KIT] = STR_INIT("kit"),
	[DEVICE_HUB] = STR_INIT("hub"),
	[DEVICE_THERMOMETER] = STR_INIT("thermometer"),
	[DEVICE_OXIMETER] = STR_INIT("oximeter"),
	[DEVICE_BLOOD_PRESSURE] = STR_INIT("blood-pressure"),
	[DEVICE_SCALE] = STR_INIT("scale"),
	[DEVICE_PATCH] = STR_INIT("patch"),
};
static const char *const type_names[DEVICE_TYPE_COUNT] = {
	[DEVICE_OTHER] = "Device",      [DEVICE_KIT] = "Kit",
	[DEVICE_HUB] = "Hub",           [DEVICE_THERMOMETER] = "Thermometer",
	[DEVICE_OXIMETER] = "Oximeter", [DEVICE_BLOOD_PRESSURE] = "Blood pressure cuff",
	[DEVICE_SCALE] = "Scale",       [DEVICE_PATCH] = "Patch",
};

struct str device_type_code(enum device_type type)
{
	ASSERT(type < DEVICE_TYPE_COUNT);
	return type_codes[type];
}

void device_label(const struct device *device, char ret_label[DEVICE_NAME_BYTES])
{
	model_format(ret_label, DEVICE_NAME_BYTES, "%s %s", type_names[device->type],
		     device->name[0] != '\0' ? device->name : device->id);
}

static uint64_t identifier_of(const struct json *identifier)
{
	struct str system = json_get_text(identifier, STR("system"));
	struct str value = str_trim(json_get_text(identifier, STR("value")));
	if (value.len == 0)
		return 0;
	return hash_bytes(value.ptr, value.len, hash_bytes(system.ptr, system.len, 1)) | 1;
}

static bool has_identifier(const struct device *device, uint64_t identifier)
{
	for (unsigned i = 0; i < DEVICE_IDENTIFIERS_MAX; i++) {
		if (device->identifiers[i] == identifier)
			return true;
	}
	return false;
}

/* Of several with one identifier the one in use, so that a swap is seen. */
static struct device *identified(const struct ward_core *core, uint64_t identifier)
{
	struct device *found = NULL;
	size_t at = 0;
	void *thing;
	while (identifier != 0 && map_next(&core->device_by_id, &at, &thing)) {
		struct device *device = thing;
		if (!has_identifier(device, identifier))
			continue;
		bool better =
			found == NULL || (device->active && !found->active) ||
			(device->active == found->active && strcmp(device->id, found->id) < 0);
		found = better ? device : found;
	}
	return found;
}

struct device *device_find(const struct ward_core *core, const struct json *reference)
{
	struct str address = json_get_text(reference, STR("reference"));
	if (address.len > 0)
		return device_named(core, address);
	return identified(core, identifier_of(json_get(reference, STR("identifier"))));
}

void device_name_readings(const struct ward_core *core, const struct json *observation,
			  struct reading *first)
{
	const struct json *reference = json_get(observation, STR("device"));
	bool by_address = json_get_text(reference, STR("reference")).len > 0;
	const struct device *device = by_address ? NULL : device_find(core, reference);
	for (; first != NULL && device != NULL; first = first->next)
		model_format(first->device, sizeof(first->device), "Device/%s", device->id);
}

struct device *device_named(const struct ward_core *core, struct str reference)
{
	return device_named_at(core, reference, core->now_us);
}

struct device *device_named_at(const struct ward_core *core, struct str reference, int64_t at_us)
{
	struct str id = model_reference_text_id(reference, STR("Device"));
	if (id.len == 0)
		id = metric_device_at(core, model_reference_text_id(reference, STR("DeviceMetric")),
				      at_us);
	return id.len == 0 ? NULL : map_get(&core->device_by_id, id);
}

struct device *device_take(struct ward_core *core, struct str id)
{
	struct device *device = map_get(&core->device_by_id, id);
	if (device != NULL)
		return device;
	device = MODEL_NEW(struct device);
	MODEL_PUT(device->id, id);
	device->battery = -1;
	map_put(&core->device_by_id, str_from_c(device->id), device);
	return device;
}

void device_mark(struct ward_core *core, struct device *device)
{
	if (device->changed)
		return;
	device->changed = true;
	device->next_changed = core->devices_changed;
	core->devices_changed = device;
}

/* --- lists ---------------------------------------------------------------------------------- */

static void list_add(struct device **list, struct device *device)
{
	while (*list != NULL && strcmp((*list)->id, device->id) < 0)
		list = &(*list)->next;
	device->next = *list;
	*list = device;
}

static void list_remove(struct device **list, const struct device *device)
{
	while (*list != device)
		list = &(*list)->next;
	*list = device->next;
}

static void part_add(struct device *parent, struct device *part)
{
	struct device **link = &parent->parts;
	while (*link != NULL && strcmp((*link)->id, part->id) < 0)
		link = &(*link)->next_part;
	part->next_part = *link;
	*link = part;
	part->parent = parent;
}

static void part_remove(struct device *part)
{
	struct device **link = &part->parent->parts;
	while (*link != part)
		link = &(*link)->next_part;
	*link = part->next_part;
	part->parent = NULL;
	part->next_part = NULL;
}

static unsigned depth_of(const struct device *device)
{
	unsigned depth = 0;
	for (; device->parent != NULL; device = device->parent)
		depth++;
	return depth;
}

/* The device after this one in the tree under `root`, itself first; NULL at the end. */
struct device *device_next_in(const struct device *root, struct device *at)
{
	if (at->parts != NULL)
		return at->parts;
	while (at != root && at->next_part == NULL)
		at = at->parent;
	return at == root ? NULL : at->next_part;
}

static unsigned height_of(struct device *root)
{
	unsigned height = 0, own = depth_of(root);
	for (struct device *at = root; at != NULL; at = device_next_in(root, at)) {
		if (depth_of(at) - own > height)
			height = depth_of(at) - own;
	}
	return height;
}

/* A ring of parts, or a chain longer than any kit, is no kit: such a parent is not believed. */
static bool may_be_part(struct device *part, const struct device *parent)
{
	for (const struct device *at = parent; at != NULL; at = at->parent) {
		if (at == part)
			return false;
	}
	return depth_of(parent) + 1 + height_of(part) < DEVICE_DEPTH_MAX;
}

/* --- who has it ----------------------------------------------------------------------------- */

static const char *patient_of(const struct device *device)
{
	for (const struct device *at = device; at != NULL; at = at->parent) {
		if (!at->active)
			return ""; /* out of use: nobody's */
		if (at->patient[0] != '\0')
			return at->patient;
	}
	return "";
}

static void hold(struct device *device, const char *patient, int64_t from_us)
{
	struct holding *holdings = device->holdings;
	if (device->holding_count > 0 && strcmp(holdings[0].patient, patient) == 0)
		return;
	/* Changed again in the same instant: what stood for no time is forgotten. */
	if (device->holding_count > 1 && holdings[0].from_us == from_us) {
		memmove(&holdings[0], &holdings[1],
			(DEVICE_HOLDINGS_MAX - 1) * sizeof(holdings[0]));
		device->holding_count--;
		hold(device, patient, from_us);
		return;
	}
	memmove(&holdings[1], &holdings[0], (DEVICE_HOLDINGS_MAX - 1) * sizeof(holdings[0]));
	memset(&holdings[0], 0, sizeof(holdings[0]));
	MODEL_PUT(holdings[0].patient, str_from_c(patient));
	holdings[0].from_us = from_us;
	if (device->holding_count < DEVICE_HOLDINGS_MAX)
		device->holding_count++;
}

struct str device_holder_at(const struct device *device, int64_t at_us)
{
	for (unsigned i = 0; i + 1 < device->holding_count; i++) {
		if (device->holdings[i].from_us <= at_us)
			return str_from_c(device->holdings[i].patient);
	}
	return device->holding_count == 0
		       ? STR("")
		       : str_from_c(device->holdings[device->holding_count - 1].patient);
}

/* After the tree or a patient in it changed: each device under it is where it now belongs. */
static void settle(struct ward_core *core, struct device *root)
{
	for (struct device *device = root; device != NULL; device = device_next_in(root, device)) {
		const char *id = patient_of(device);
		struct patient *old = device->holder;
		struct patient *holder = id[0] == '\0' ? NULL : core_patient(core, str_from_c(id));
		device_mark(core, device);
		if (device->known)
			hold(device, id, core->now_us);
		if (holder == old)
			continue;
		if (old != NULL)
			list_remove(&old->devices, device);
		device->holder = holder;
		device->next = NULL;
		device->battery_said = DEVICE_BATTERY_FINE;
		device->silent_said = false;
		device->told = merge_stay(core, holder);
		if (holder != NULL)
			list_add(&holder->devices, device);
		if (old != NULL)
			device_follow(core, old);
		if (holder != NULL)
			device_follow(core, holder);
	}
}

/* --- Device --------------------------------------------------------------------------------- */

static enum device_type type_of(const struct json *resource)
{
	struct str code = model_code(json_get(resource, STR("type")),
				     STR(HOMEWARD_URL "CodeSystem/device-type"));
	for (unsigned type = DEVICE_KIT; type < DEVICE_TYPE_COUNT; type++) {
		if (str_equal(type_codes[type], code))
			return (enum device_type)type;
	}
	return DEVICE_OTHER;
}

static void read_name(struct device *device, const struct json *resource)
{
	const struct json *name = json_at(json_get(resource, STR("deviceName")), 0);
	const struct json *identifier = json_at(json_get(resource, STR("identifier")), 0);
	struct str text = json_get_text(name, STR("name"));
	if (text.len == 0)
		text = json_get_text(identifier, STR("value"));
	if (text.len == 0)
		text = json_get_text(resource, STR("serialNumber"));
	MODEL_PUT(device->name, text);
}

static void read_identifiers(struct device *device, const struct json *resource)
{
	const struct json *list = json_get(resource, STR("identifier"));
	unsigned count = 0;
	memset(device->identifiers, 0, sizeof(device->identifiers));
	for (const struct json *one = list == NULL ? NULL : list->child;
	     one != NULL && count < DEVICE_IDENTIFIERS_MAX; one = one->next)
		device->identifiers[count++] = identifier_of(one);
}

static void read_device(struct device *device, const struct json *resource)
{
	const struct json *place = json_get(resource, STR("location"));
	const struct json *mode = model_extension(resource, STR("monitoring-mode"));
	struct str status = json_get_text(resource, STR("status"));
	device->type = (uint8_t)type_of(resource);
	device->active = status.len == 0 || str_equal(status, STR("active")) ||
			 str_equal(status, STR("unknown"));
	device->continuous =
		mode == NULL ? device->type == DEVICE_PATCH
			     : str_equal(json_get_text(mode, STR("valueCode")), STR("continuous"));
	read_name(device, resource);
	read_identifiers(device, resource);
	MODEL_PUT(device->patient,
		  model_reference_id(json_get(resource, STR("patient")), STR("Patient")));
	MODEL_PUT(device->ward,
		  model_reference_id(json_get(resource, STR("owner")), STR("Organization")));
	MODEL_PUT(device->place, model_reference_id(place, STR("Location")));
	MODEL_PUT(device->place_name, json_get_text(place, STR("display")));
}

void device_event(struct ward_core *core, const struct ward_event *event)
{
	struct device *device = device_take(core, event->id);
	struct device *parent = NULL;
	bool came = !device->known;
	device->known = true;
	if (event->resource == NULL) {
		device->active = false; /* what it sends from now on is nobody's */
		device->patient[0] = '\0';
	} else {
		read_device(device, event->resource);
		struct str kit =
			model_reference_id(json_get(event->resource, STR("parent")), STR("Device"));
		if (kit.len > 0)
			parent = device_take(core, kit);
	}
	if (parent != device->parent) {
		if (device->parent != NULL)
			part_remove(device);
		if (parent != NULL && may_be_part(device, parent))
			part_add(parent, device);
	}
	settle(core, device);
	if (came)
		awaited_came(core);
}

bool device_load(struct ward_core *core, const struct device *read, struct str parent)
{
	struct device *device = device_take(core, str_from_c(read->id));
	const struct device stood = *device;
	if (stood.known || stood.parent != NULL)
		return false; /* loaded already */
	*device = *read;
	/* Its parts may have been loaded before it. The map's key stands in the device itself. */
	device->parts = stood.parts;
	if (parent.len > 0) {
		struct device *kit = device_take(core, parent);
		if (!may_be_part(device, kit))
			return false;
		part_add(kit, device);
	}
	return true;
}

void device_loaded(struct ward_core *core)
{
	size_t at = 0;
	void *thing;
	while (map_next(&core->device_by_id, &at, &thing)) {
		struct device *device = thing;
		const char *id = patient_of(device);
		device->holder = id[0] == '\0' ? NULL : core_patient(core, str_from_c(id));
		if (device->holder != NULL)
			list_add(&device->holder->devices, device);
		device->told = merge_stay(core, device->holder);
		device_mark(core, device);
	}
}
