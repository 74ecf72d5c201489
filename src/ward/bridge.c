/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/bridge.h"

#include "ward/sampled.h"
#include "ward/timeline.h"

#define BRIDGE_SIDES_MAX 2 /* strands that end where this one begins, and are tried */

/* --- strands --------------------------------------------------------------------------------- */

bool bridge_room(struct strand *strand)
{
	if (strand->count == 0 || strand->count > BRIDGE_SAMPLES_MAX)
		return false;
	strand->head = model_take(2 * (size_t)strand->count * sizeof(*strand->head));
	strand->tail = strand->head + strand->count;
	return true;
}

struct strand *bridge_strand(const struct bridge_samples *samples)
{
	size_t every = (samples->window + BRIDGE_SAMPLES_MAX - 1) / BRIDGE_SAMPLES_MAX;
	if (samples->window < 2 || samples->count < every)
		return NULL;
	size_t kept = samples->count / every, window = samples->window / every;
	struct strand *strand = MODEL_NEW(struct strand);
	strand->input = (uint8_t)samples->input;
	strand->start_us = samples->start_us;
	strand->period_us = samples->period_us;
	strand->step_us = samples->period_us * (int64_t)every;
	strand->end_us = samples->start_us + samples->period_us * (int64_t)samples->count;
	strand->whole = kept <= window;
	strand->count = (uint32_t)(strand->whole ? kept : window);
	bool room = bridge_room(strand);
	ASSERT(room);
	for (size_t i = 0; i < strand->count; i++) {
		size_t first = i * every;
		size_t last = samples->count - 1 - (strand->count - 1 - i) * every;
		strand->head[i] = samples->usable[first] ? samples->values[first] : BRIDGE_NONE;
		strand->tail[i] = samples->usable[last] ? samples->values[last] : BRIDGE_NONE;
	}
	return strand;
}

void bridge_free(struct strand *strand)
{
	if (strand == NULL)
		return;
	model_give(strand->head);
	model_give(strand);
}

static void unlink_strand(struct ward_core *core, struct strand *strand)
{
	struct stay *stay = strand->stay;
	*(strand->newer == NULL ? &stay->strands : &strand->newer->older) = strand->older;
	*(strand->older == NULL ? &stay->strands_last : &strand->older->newer) = strand->newer;
	stay->strand_count--;
	map_remove(&core->strand_by_observation, str_from_c(strand->observation));
	strand->stay = NULL;
}

struct strand *bridge_take(struct ward_core *core, struct str observation, struct stay **ret_stay)
{
	struct strand *strand = map_get(&core->strand_by_observation, observation);
	if (strand == NULL)
		return NULL;
	*ret_stay = strand->stay;
	unlink_strand(core, strand);
	return strand;
}

static void drop_oldest(struct ward_core *core, struct stay *stay)
{
	struct strand *strand = stay->strands_last;
	unlink_strand(core, strand);
	bridge_free(strand);
}

void bridge_link(struct ward_core *core, struct stay *stay, struct strand *strand)
{
	strand->stay = stay;
	strand->newer = NULL;
	strand->older = stay->strands;
	*(stay->strands == NULL ? &stay->strands_last : &stay->strands->newer) = strand;
	stay->strands = strand;
	stay->strand_count++;
	map_put(&core->strand_by_observation, str_from_c(strand->observation), strand);
	if (stay->strand_count > BRIDGE_STRANDS_MAX)
		drop_oldest(core, stay);
}

void bridge_join(struct ward_core *core, struct stay *stay, struct strand *strand,
		 const struct reading *first)
{
	ASSERT(first->sampled);
	struct stay *other = NULL; /* there is none; were there one, the newer stands */
	bridge_free(bridge_take(core, str_from_c(first->observation), &other));
	MODEL_PUT(strand->observation, str_from_c(first->observation));
	MODEL_PUT(strand->device, str_from_c(first->device));
	MODEL_PUT(strand->site, str_from_c(first->site));
	strand->source = first->source;
	strand->quality = first->quality;
	strand->stamped = first->stamped;
	strand->device_clock = first->device_clock;
	strand->time_suspect = first->time_suspect;
	strand->skew_us = first->skew_us;
	strand->shift_us = first->stated_us - strand->first_us;
	strand->received_us = core->now_us;
	bridge_link(core, stay, strand);
}

void bridge_stamp(struct ward_core *core, const struct reading *reading, int64_t before_us)
{
	struct strand *strand =
		map_get(&core->strand_by_observation, str_from_c(reading->observation));
	if (strand == NULL || strand->stamped)
		return;
	strand->stamped = reading->stamped;
	strand->time_suspect = reading->time_suspect;
	strand->skew_us = reading->skew_us;
	strand->shift_us += reading->stated_us - before_us;
}

void bridge_forget(struct ward_core *core, struct stay *stay, int64_t before_us)
{
	while (stay->strands_last != NULL && stay->strands_last->received_us < before_us)
		drop_oldest(core, stay);
}

void bridge_destroy(struct stay *stay)
{
	while (stay->strands != NULL) {
		struct strand *strand = stay->strands;
		stay->strands = strand->older;
		bridge_free(strand);
	}
}

/* --- what goes before ------------------------------------------------------------------------ */

/* How a strand stands to one that begins later. */
struct joint {
	bool holds;
	uint32_t overlap; /* kept samples at its end that the later one has as well */
	bool missing;     /* one sample stands in neither */
};

static struct joint joint_of(const struct strand *earlier, const struct strand *later)
{
	struct joint joint = { .holds = false };
	int64_t gap_us = later->start_us - earlier->end_us;
	if (earlier->input != later->input || earlier->period_us != later->period_us ||
	    earlier->step_us != later->step_us || earlier->start_us >= later->start_us ||
	    gap_us > later->period_us || strcmp(earlier->device, later->device) != 0)
		return joint;
	int64_t overlap = gap_us >= 0 ? 0 : (-gap_us + later->step_us / 2) / later->step_us;
	joint.holds = overlap < (int64_t)earlier->count;
	joint.overlap = joint.holds ? (uint32_t)overlap : 0;
	joint.missing = gap_us > later->period_us / 2;
	return joint;
}

/* The one of those before it that ends last; of equals the newest. */
static const struct strand *before(const struct stay *stay, const struct strand *later)
{
	const struct strand *found = NULL;
	for (const struct strand *strand = stay->strands; strand != NULL; strand = strand->older) {
		if (joint_of(strand, later).holds &&
		    (found == NULL || strand->end_us > found->end_us))
			found = strand;
	}
	return found;
}

/* The samples before a strand, the nearest one first. */
struct past {
	int64_t values[BRIDGE_SAMPLES_MAX];
	uint32_t count;
};

static void put_past(struct past *past, int64_t value)
{
	if (past->count < BRIDGE_SAMPLES_MAX)
		past->values[past->count++] = value;
}

static void read_past(const struct stay *stay, const struct strand *later,
		      const struct strand *earlier, struct past *past)
{
	past->count = 0;
	/* Each round takes a sample at least. */
	while (earlier != NULL && past->count < BRIDGE_SAMPLES_MAX) {
		struct joint joint = joint_of(earlier, later);
		if (joint.missing)
			put_past(past, BRIDGE_NONE);
		for (uint32_t i = earlier->count - joint.overlap; i > 0; i--)
			put_past(past, earlier->tail[i - 1]);
		later = earlier;
		earlier = earlier->whole ? before(stay, later) : NULL;
	}
}

/* --- windows --------------------------------------------------------------------------------- */

struct span {
	const struct strand *strand;
	const struct past *past;
	const struct policy *policy;
};

/* The window of samples [first, end) of the strand, those below 0 from the past. */
static void add_window(const struct span *span, int64_t first, int64_t end,
		       struct bridge_made *made, uint32_t *count)
{
	const struct strand *strand = span->strand;
	int64_t values[BRIDGE_SAMPLES_MAX], last = first;
	struct sampled_window window = { .input = strand->input, .values = values };
	for (int64_t i = first; i < end; i++) {
		int64_t value = i < 0 ? span->past->values[-i - 1] : strand->head[i];
		window.samples++;
		if (value == BRIDGE_NONE)
			continue;
		values[window.count++] = value;
		last = i;
	}
	/* That there was no signal each stream says for itself. */
	if (*count == BRIDGE_MADE_MAX || sampled_is_poor(&window, span->policy))
		return;
	struct bridge_made found = { strand->start_us + strand->step_us * last,
				     sampled_value(&window) };
	for (uint32_t i = 0; i < *count; i++) {
		if (made[i].stated_us == found.stated_us &&
		    decimal_compare(made[i].value, found.value) == 0)
			return;
	}
	made[(*count)++] = found;
}

/* Window upon window each half over the one before: one across the beginning, and in a strand that is shorter than a
 * window the one that ends with it. */
static void look_across(const struct span *span, struct bridge_made *made, uint32_t *count)
{
	const struct strand *strand = span->strand;
	int64_t window = sampled_window_us(span->policy) / strand->step_us;
	int64_t past = span->past->count, length = strand->count;
	window = window > BRIDGE_SAMPLES_MAX ? BRIDGE_SAMPLES_MAX : window;
	int64_t half = window / 2 < past ? window / 2 : past;
	int64_t rest = window - length < past ? window - length : past;
	bool fits = window - half <= length;
	if (past == 0 || window < 2)
		return;
	if (fits && half > 0)
		add_window(span, -half, window - half, made, count);
	if (rest > 0 && !(fits && rest == half))
		add_window(span, -rest, length, made, count);
}

static uint32_t find_made(const struct stay *stay, const struct policy *policy,
			  const struct strand *strand, struct bridge_made *made)
{
	struct past past;
	uint32_t sides = 0, count = 0;
	const struct span span = { strand, &past, policy };
	for (const struct strand *earlier = stay->strands;
	     earlier != NULL && sides < BRIDGE_SIDES_MAX; earlier = earlier->older) {
		if (!joint_of(earlier, strand).holds)
			continue;
		sides++;
		read_past(stay, strand, earlier, &past);
		look_across(&span, made, &count);
	}
	return count;
}

/* --- readings -------------------------------------------------------------------------------- */

static bool is_among(const struct bridge_made *made, uint32_t count, int64_t stated_us,
		     struct decimal value)
{
	for (uint32_t i = 0; i < count; i++) {
		if (made[i].stated_us == stated_us && decimal_compare(made[i].value, value) == 0)
			return true;
	}
	return false;
}

static struct reading *bridge_reading(const struct ward_core *core, const struct strand *strand,
				      const struct bridge_made *made)
{
	struct reading *reading = MODEL_NEW(struct reading);
	MODEL_PUT(reading->observation, str_from_c(strand->observation));
	MODEL_PUT(reading->device, str_from_c(strand->device));
	MODEL_PUT(reading->site, str_from_c(strand->site));
	reading->input = strand->input;
	reading->source = strand->source;
	reading->quality = strand->quality;
	reading->stamped = strand->stamped;
	reading->device_clock = strand->device_clock;
	reading->time_suspect = strand->time_suspect;
	reading->skew_us = strand->skew_us;
	reading->stated_us = made->stated_us + strand->shift_us;
	reading->feed = core->feed;
	reading->sampled = reading->bridges = true;
	sampled_put(reading, made->value);
	return reading;
}

/* Takes out the bridges of the strand's Observation that are not among these. */
static void take_gone(struct ward_core *core, struct stay *stay, const struct strand *strand,
		      const struct bridge_made *made, uint32_t count, struct reading **ret_gone)
{
	struct stay *where = stay;
	struct reading *reading, *next;
	if (strand->made_count == 0)
		return;
	for (reading = timeline_take(core, str_from_c(strand->observation), &where);
	     reading != NULL; reading = next) {
		next = reading->next;
		if (reading->bridges &&
		    !is_among(made, count, reading->stated_us - strand->shift_us, reading->value)) {
			reading->next = *ret_gone;
			*ret_gone = reading;
		} else {
			timeline_add(core, where, reading);
		}
	}
}

static void renew(struct ward_core *core, struct stay *stay, struct strand *strand,
		  struct reading **come, struct reading **ret_gone)
{
	struct bridge_made made[BRIDGE_MADE_MAX];
	uint32_t count = find_made(stay, stay_policy(core, stay), strand, made), same = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (is_among(strand->made, strand->made_count, made[i].stated_us, made[i].value)) {
			same++;
			continue;
		}
		struct reading *reading = bridge_reading(core, strand, &made[i]);
		reading->next = *come;
		*come = reading;
	}
	if (same != strand->made_count)
		take_gone(core, stay, strand, made, count, ret_gone);
	memcpy(strand->made, made, count * sizeof(made[0]));
	strand->made_count = count;
}

struct reading *bridge_renew(struct ward_core *core, struct stay *stay, const struct strand *strand,
			     struct reading **ret_gone)
{
	struct reading *come = NULL;
	int64_t reach_us = sampled_window_us(stay_policy(core, stay)) + strand->period_us;
	for (struct strand *other = stay->strands; other != NULL; other = other->older) {
		if (other->input == strand->input && other->start_us >= strand->start_us &&
		    other->start_us <= strand->end_us + reach_us &&
		    strcmp(other->device, strand->device) == 0)
			renew(core, stay, other, &come, ret_gone);
	}
	return come;
}
