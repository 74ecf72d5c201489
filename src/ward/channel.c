/* SPDX-License-Identifier: Apache-2.0
 * Which ways lead to whom. A person's order of channels is packed into one number, four bits a channel, the first in
 * the lowest: it stands in roles, contacts and patients, and is a function of their telecom alone. */
#include "ward/channel.h"

#include "ward/model.h"

#define REACH_BITS 4
#define REACH_MASK UINT32_C(15)

static const struct str codes[CHANNEL_COUNT] = {
	[CHANNEL_NONE] = STR_INIT("none"),       [CHANNEL_BOARD] = STR_INIT("board"),
	[CHANNEL_WEBHOOK] = STR_INIT("webhook"), [CHANNEL_WEB_PUSH] = STR_INIT("web-push"),
	[CHANNEL_SMS] = STR_INIT("sms"),         [CHANNEL_VOICE] = STR_INIT("voice"),
	[CHANNEL_EMAIL] = STR_INIT("email"),
};

struct str channel_code(enum channel channel)
{
	ASSERT(channel < CHANNEL_COUNT);
	return codes[channel];
}

bool channel_find(struct str code, enum channel *ret_channel)
{
	for (unsigned channel = CHANNEL_BOARD; channel < CHANNEL_COUNT; channel++) {
		if (str_equal(codes[channel], code)) {
			*ret_channel = (enum channel)channel;
			return true;
		}
	}
	return false;
}

bool channel_telecom_holds(const struct json *telecom, int64_t at_us)
{
	struct term term = term_read(telecom);
	return json_get_text(telecom, STR("value")).len > 0 &&
	       !str_equal(json_get_text(telecom, STR("use")), STR("old")) &&
	       term_holds(&term, at_us);
}

bool channel_is_phone(const struct json *telecom, int64_t at_us)
{
	return str_equal(json_get_text(telecom, STR("system")), STR("phone")) &&
	       channel_telecom_holds(telecom, at_us);
}

enum channel channel_of_telecom(const struct json *telecom, int64_t at_us)
{
	struct str system = json_get_text(telecom, STR("system"));
	struct str use = json_get_text(telecom, STR("use"));
	if (!channel_telecom_holds(telecom, at_us))
		return CHANNEL_NONE;
	if (str_equal(system, STR("sms")))
		return CHANNEL_SMS;
	if (str_equal(system, STR("phone")))
		return str_equal(use, STR("mobile")) ? CHANNEL_SMS : CHANNEL_VOICE;
	return str_equal(system, STR("email")) ? CHANNEL_EMAIL : CHANNEL_NONE;
}

uint32_t channel_telecom_rank(const struct json *telecom)
{
	uint64_t rank = 999;
	(void)str_to_u64(json_get_text(telecom, STR("rank")), &rank);
	return rank < 999 ? (uint32_t)rank : 999;
}

/* --- the order of one person ---------------------------------------------------------------- */

static bool reach_has(uint32_t reach, enum channel channel)
{
	for (; reach != 0; reach >>= REACH_BITS) {
		if ((reach & REACH_MASK) == (uint32_t)channel)
			return true;
	}
	return false;
}

static uint32_t reach_add(uint32_t reach, enum channel channel)
{
	unsigned shift = 0;
	if (channel == CHANNEL_NONE || reach_has(reach, channel))
		return reach;
	while ((reach >> shift & REACH_MASK) != 0)
		shift += REACH_BITS;
	return reach | (uint32_t)channel << shift;
}

uint32_t channel_reach(const struct json *resource, int64_t at_us)
{
	const struct json *telecoms = json_get(resource, STR("telecom"));
	uint32_t reach = 0;
	/* Ranks in their order, among equals as they stand. */
	for (int64_t last = -1, next = 0; next < INT64_MAX; last = next) {
		next = INT64_MAX;
		for (const struct json *one = telecoms == NULL ? NULL : telecoms->child;
		     one != NULL; one = one->next) {
			int64_t rank = channel_telecom_rank(one);
			if (rank > last && rank < next)
				next = rank;
		}
		for (const struct json *one = telecoms == NULL ? NULL : telecoms->child;
		     one != NULL; one = one->next) {
			if (channel_telecom_rank(one) == next)
				reach = reach_add(reach, channel_of_telecom(one, at_us));
		}
	}
	return reach;
}

uint32_t channel_reach_staff(const struct json *resource, int64_t at_us)
{
	uint32_t reach = channel_reach(resource, at_us);
	return reach_has(reach, CHANNEL_SMS) ? reach_add(reach, CHANNEL_VOICE) : reach;
}

bool channel_is_set_up(const struct ward_core *core, enum channel channel)
{
	return (core->channels & UINT32_C(1) << channel) != 0;
}

uint32_t ward_core_channels(const struct ward_core *core)
{
	return core->channels;
}

void channel_reach_print(uint32_t reach, struct text *text)
{
	bool first = true;
	text_put_byte(text, '[');
	for (; reach != 0; reach >>= REACH_BITS) {
		text_put_format(text, "%s\"%.*s\"", first ? "" : ",",
				STR_ARG(channel_code((enum channel)(reach & REACH_MASK))));
		first = false;
	}
	text_put_byte(text, ']');
}

enum channel channel_first(const struct ward_core *core, uint32_t reach)
{
	for (; reach != 0; reach >>= REACH_BITS) {
		enum channel channel = (enum channel)(reach & REACH_MASK);
		if (channel < CHANNEL_COUNT && channel_is_set_up(core, channel))
			return channel;
	}
	return CHANNEL_NONE;
}

enum channel channel_after(const struct ward_core *core, uint32_t reach, enum channel channel)
{
	while (reach != 0 && (reach & REACH_MASK) != (uint32_t)channel)
		reach >>= REACH_BITS;
	return reach == 0 ? CHANNEL_NONE : channel_first(core, reach >> REACH_BITS);
}

enum channel channel_at(uint32_t reach, uint32_t place)
{
	if (place >= 32 / REACH_BITS)
		return CHANNEL_NONE;
	uint32_t channel = reach >> (place * REACH_BITS) & REACH_MASK;
	return channel < CHANNEL_COUNT ? (enum channel)channel : CHANNEL_NONE;
}

/* --- what the feed says --------------------------------------------------------------------- */

static void set_up(struct ward_core *core, enum channel channel, bool active)
{
	uint32_t bit = UINT32_C(1) << channel;
	core->channels = active ? core->channels | bit : core->channels & ~bit;
	for (struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		if (ward->stay != NULL)
			stay_timers(core, ward->stay); /* telephones that can be tested now */
	}
}

static void subscription_event(struct ward_core *core, const struct ward_event *event,
			       struct str recipient)
{
	struct subscription *subscription = map_get(&core->subscription_by_id, event->id);
	if (recipient.len == 0) {
		if (subscription != NULL) {
			map_remove(&core->subscription_by_id, event->id);
			model_give(subscription);
		}
		return;
	}
	if (subscription == NULL) {
		subscription = MODEL_NEW(struct subscription);
		MODEL_PUT(subscription->id, event->id);
		map_put(&core->subscription_by_id, str_from_c(subscription->id), subscription);
	}
	MODEL_PUT(subscription->recipient, recipient);
}

void channel_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *resource = event->resource;
	const struct json *type = json_get(resource, STR("connectionType"));
	const struct json *recipient =
		json_get(model_extension(resource, STR("recipient")), STR("valueReference"));
	bool active = str_equal(json_get_text(resource, STR("status")), STR("active"));
	struct str prefix = STR(CHANNEL_ENDPOINT_PREFIX);
	enum channel channel;
	if (str_starts_with(event->id, prefix) &&
	    channel_find(str_slice(event->id, prefix.len, event->id.len), &channel)) {
		set_up(core, channel, active);
		return;
	}
	bool push = active && str_equal(json_get_text(type, STR("system")), STR(CHANNEL_SYSTEM)) &&
		    str_equal(json_get_text(type, STR("code")), codes[CHANNEL_WEB_PUSH]);
	subscription_event(core, event,
			   push ? json_get_text(recipient, STR("reference")) : STR(""));
}

bool channel_pushes(const struct ward_core *core, const char *recipient)
{
	size_t at = 0;
	void *thing;
	if (!channel_is_set_up(core, CHANNEL_WEB_PUSH))
		return false;
	while (map_next(&core->subscription_by_id, &at, &thing)) {
		if (strcmp(((const struct subscription *)thing)->recipient, recipient) == 0)
			return true;
	}
	return false;
}
