/* SPDX-License-Identifier: Apache-2.0
 * Continuous readings (FHIR SampledData, up to one a second: docs/decisions/0007) as the ward judges them. A stream is
 * looked at through windows of the policy's length (30 s), each half over the one before, the last one at the stream's
 * end; a stream that is shorter is one window. A window counts with the median of its usable samples, as one finger
 * that moves is no event and what lasts three quarters of a window is one wherever it begins; with too few usable
 * samples (half) it counts as tried with a poor signal, never as normal. Of two middle samples the worse way: the lower
 * of oxygen and pressure, else the higher. U and L are beyond the device's range: they count as its limit, or not at
 * all. Values are in the sign's own unit, as those of single readings are. Window and share are proposals. */
#include "ward/sampled.h"

#include "ward/bridge.h"
#include "ward/timeline.h"

#include <stdlib.h>

#define SAMPLED_DIGITS 6 /* after the point, of any sample */
#define SAMPLED_WINDOWS_MAX 6000
#define SAMPLED_SAMPLES_MAX 43200
#define SAMPLED_PERIOD_MS_MAX 3600000

struct stream {
	struct str data;
	int64_t origin, factor; /* scaled by SAMPLED_DIGITS */
	int64_t part;           /* so many of its unit are one of the sign's: 1000 for grams */
	bool has_lower, has_upper;
	int64_t lower, upper;
	int64_t start_us, period_us;
	size_t window; /* samples a window */
	const struct policy *policy;
	unsigned input;
};
struct samples {
	int64_t *values;
	bool *usable;
	size_t count;
	bool cut;        /* there are more than are read */
	int64_t *sorted; /* the usable ones of one window */
};

static bool read_scaled(const struct json *object, struct str name, int64_t *ret_value)
{
	struct decimal value;
	struct str text = json_get_text(object, name);
	return text.len > 0 && decimal_read(text, &value) &&
	       decimal_to_scaled(value, SAMPLED_DIGITS, ret_value);
}

/* In the sign's own unit; a half and more is a whole one, as where a decimal is read. */
static int64_t in_own_unit(const struct stream *stream, int64_t value)
{
	int64_t whole = value / stream->part, rest = value % stream->part;
	if (stream->part == 1)
		return value;
	return whole + (rest * 2 >= stream->part) - (rest * 2 <= -stream->part);
}

/* value = origin + sample * factor */
static bool physical(const struct stream *stream, int64_t sample, int64_t *ret_value)
{
	const int64_t one = 1000000;
	int64_t product = sample, value;
	if (stream->factor != one) {
		if (__builtin_mul_overflow(sample, stream->factor, &product))
			return false;
		product /= one;
	}
	if (__builtin_add_overflow(stream->origin, product, &value))
		return false;
	*ret_value = in_own_unit(stream, value);
	return true;
}

/* False: no value (E, or a limit that nobody gave). */
static bool read_sample(const struct stream *stream, struct str word, int64_t *ret_value)
{
	struct decimal value;
	int64_t scaled;
	if (str_equal(word, STR("E")))
		return false;
	if (str_equal(word, STR("L")))
		return stream->has_lower && physical(stream, stream->lower, ret_value);
	if (str_equal(word, STR("U")))
		return stream->has_upper && physical(stream, stream->upper, ret_value);
	return decimal_read(word, &value) && decimal_to_scaled(value, SAMPLED_DIGITS, &scaled) &&
	       physical(stream, scaled, ret_value);
}

static bool stream_start(const struct json *observation, int64_t *ret_us)
{
	struct str text =
		json_get_text(json_get(observation, STR("effectivePeriod")), STR("start"));
	struct date date;
	if (text.len == 0)
		text = json_get_text(observation, STR("effectiveDateTime"));
	if (text.len == 0)
		text = json_get_text(observation, STR("effectiveInstant"));
	if (date_parse(text, DATE_KIND_DATETIME, &date) != ERROR_OK || date.precision < DATE_SECOND)
		return false;
	*ret_us = date.low_us;
	return true;
}

static bool read_stream(const struct json *data, const struct json *observation,
			const struct policy *policy, struct stream *stream)
{
	int64_t period;
	const struct json *dimensions = json_get(data, STR("dimensions"));
	if (!read_scaled(json_get(data, STR("origin")), STR("value"), &stream->origin) ||
	    !read_scaled(data, STR("period"), &period) || period < 1000 ||
	    period > SAMPLED_PERIOD_MS_MAX * INT64_C(1000000) ||
	    (dimensions != NULL && !str_equal(json_text(dimensions), STR("1"))) ||
	    !stream_start(observation, &stream->start_us))
		return false;
	struct str unit = json_get_text(json_get(data, STR("origin")), STR("code"));
	stream->part = 1;
	for (unsigned place = reading_unit_places(stream->input, unit); place > 0; place--)
		stream->part *= 10;
	if (!read_scaled(data, STR("factor"), &stream->factor))
		stream->factor = 1000000;
	stream->has_lower = read_scaled(data, STR("lowerLimit"), &stream->lower);
	stream->has_upper = read_scaled(data, STR("upperLimit"), &stream->upper);
	stream->data = json_get_text(data, STR("data"));
	/* milliseconds, scaled by a million: a thousandth of that is microseconds */
	stream->period_us = period / 1000;
	stream->policy = policy;
	stream->window = (size_t)(sampled_window_us(policy) / stream->period_us);
	if (stream->window == 0)
		stream->window = 1;
	return stream->data.len > 0;
}

static int compare(const void *a, const void *b)
{
	int64_t left, right;
	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return (left > right) - (left < right);
}

/* --- windows -------------------------------------------------------------------------------- */

int64_t sampled_window_us(const struct policy *policy)
{
	return policy == NULL || policy->sample_window_us == 0 ? 30 * DATE_US_PER_S
							       : policy->sample_window_us;
}

bool sampled_is_poor(const struct sampled_window *window, const struct policy *policy)
{
	const struct decimal half = { 5, -1 };
	struct decimal usable = { (int64_t)window->count * 1000 / (int64_t)window->samples, -3 };
	struct decimal share = policy == NULL || policy->sample_share.coefficient == 0
				       ? half
				       : policy->sample_share;
	return window->count == 0 || decimal_compare(usable, share) < 0;
}

struct decimal sampled_value(struct sampled_window *window)
{
	bool lower = window->input == SCORE_SPO2 || window->input == SCORE_SYSTOLIC;
	ASSERT(window->count > 0);
	qsort(window->values, window->count, sizeof(window->values[0]), compare);
	size_t middle = lower ? (window->count - 1) / 2 : window->count / 2;
	struct decimal value = { window->values[middle], -SAMPLED_DIGITS };
	while (value.exponent < 0 && value.coefficient % 10 == 0) {
		value.coefficient /= 10;
		value.exponent++;
	}
	return value;
}

void sampled_put(struct reading *reading, struct decimal value)
{
	int digits = -value.exponent;
	reading->value = value;
	reading->has_value = true;
	model_format(reading->text, sizeof(reading->text), "%.*f", digits > 3 ? 3 : digits,
		     decimal_to_double(value));
}

static struct reading *window_reading(const struct stream *stream, struct sampled_window *window,
				      size_t last)
{
	struct reading *reading = MODEL_NEW(struct reading);
	reading->input = (uint8_t)stream->input;
	reading->sampled = true;
	reading->stated_us = stream->start_us + stream->period_us * (int64_t)last;
	if (sampled_is_poor(window, stream->policy)) {
		reading->poor_signal = true;
		MODEL_PUT(reading->text, STR("no signal"));
	} else {
		sampled_put(reading, sampled_value(window));
	}
	return reading;
}

static size_t count_words(struct str text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == ' ' ? 1 : 0;
	return count;
}

/* All that there are, up to SAMPLED_SAMPLES_MAX. */
static struct samples read_samples(const struct stream *stream)
{
	struct str rest = stream->data;
	struct samples samples = { .count = 0 };
	size_t most = count_words(rest);
	most = most > SAMPLED_SAMPLES_MAX ? SAMPLED_SAMPLES_MAX : most;
	samples.values = model_take(most * sizeof(*samples.values));
	samples.sorted = model_take(most * sizeof(*samples.sorted));
	samples.usable = model_take(most * sizeof(*samples.usable));
	while (rest.len > 0 && samples.count < most) {
		size_t at = samples.count++;
		samples.usable[at] = read_sample(stream, str_cut(&rest, ' '), &samples.values[at]);
	}
	samples.cut = rest.len > 0;
	return samples;
}

/* *ret_last: the last usable sample, else the last. */
static struct sampled_window window_at(const struct stream *stream, const struct samples *samples,
				       size_t first, size_t *ret_last)
{
	size_t left = samples->count - first;
	struct sampled_window window = { .input = stream->input,
					 .values = samples->sorted,
					 .samples = left < stream->window ? left : stream->window };
	*ret_last = first + window.samples - 1;
	for (size_t i = first; i < first + window.samples; i++) {
		if (!samples->usable[i])
			continue;
		window.values[window.count++] = samples->values[i];
		*ret_last = i;
	}
	return window;
}

/* Where the window after the one at `first` begins; false when that was the last. */
static bool next_window(const struct stream *stream, const struct samples *samples, size_t *first)
{
	size_t end = *first + stream->window;
	size_t hop = stream->window / 2 == 0 ? 1 : stream->window / 2;
	if (end >= samples->count)
		return false;
	*first = end + hop > samples->count ? samples->count - stream->window : *first + hop;
	return true;
}

static struct reading *cut_windows(const struct stream *stream, const struct samples *samples,
				   bool *ret_cut)
{
	struct reading *first = NULL, **tail = &first;
	size_t at = 0, windows = 0, seen = SIZE_MAX;
	bool more = samples->count > 0;
	while (more && windows++ < SAMPLED_WINDOWS_MAX) {
		size_t last;
		struct sampled_window window = window_at(stream, samples, at, &last);
		/* One that has no sample beyond the last one says nothing new, unless that there is no signal. */
		if (sampled_is_poor(&window, stream->policy) || last != seen) {
			*tail = window_reading(stream, &window, last);
			seen = (*tail)->poor_signal ? seen : last;
			tail = &(*tail)->next;
		}
		more = next_window(stream, samples, &at);
	}
	*ret_cut = *ret_cut || more || samples->cut;
	return first;
}

struct reading *sampled_read(const struct json *data, unsigned input,
			     const struct json *observation, const struct policy *policy,
			     struct strand **ret_strand, bool *ret_cut)
{
	struct stream stream = { .input = input };
	if (!read_stream(data, observation, policy, &stream))
		return NULL;
	struct samples samples = read_samples(&stream);
	struct reading *first = cut_windows(&stream, &samples, ret_cut);
	if (ret_strand != NULL && first != NULL) {
		const struct bridge_samples whole = {
			input,          stream.start_us, stream.period_us, samples.values,
			samples.usable, samples.count,   stream.window
		};
		*ret_strand = bridge_strand(&whole);
		if (*ret_strand != NULL)
			(*ret_strand)->first_us = first->stated_us;
	}
	model_give(samples.values);
	model_give(samples.sorted);
	model_give(samples.usable);
	return first;
}

/* --- thinning ------------------------------------------------------------------------------- */

/* Of the continuous readings of a set, by input, those that repeat an earlier one by themselves, and those beyond a
 * limit of plausibility too: which come last in its order, and which of the worst. Places count from 1. */
#define KEPT_KINDS 4
struct kept {
	uint32_t newest, worst;
	int part;
};
static unsigned kind_of(const struct reading *reading)
{
	return (reading->duplicate ? 1u : 0) + (reading->soft || reading->impossible ? 2u : 0);
}

static struct kept *kept_of(struct kept kept[SCORE_INPUT_COUNT][KEPT_KINDS],
			    const struct reading *reading)
{
	return &kept[reading->input][kind_of(reading)];
}

static bool is_thinned(const struct reading *reading)
{
	return reading->sampled && reading->input < SCORE_INPUT_COUNT;
}

static void find_kept(const struct stay *stay, const struct policy *policy,
		      const struct reading *first, const struct reading *end,
		      struct kept kept[SCORE_INPUT_COUNT][KEPT_KINDS])
{
	uint32_t place = 0;
	for (const struct reading *reading = first; reading != end; reading = reading->next) {
		place++;
		if (!is_thinned(reading))
			continue;
		struct kept *one = kept_of(kept, reading);
		int part = set_part(stay, policy, reading);
		one->newest = place;
		/* Of equals the later one stays, as it does in the choice of the set. */
		if (reading_counts(reading) && (one->worst == 0 || part >= one->part)) {
			one->worst = place;
			one->part = part;
		}
	}
}

/* What is neither the newest nor the worst changes no score. */
static void thin_set(struct ward_core *core, struct stay *stay, const struct policy *policy,
		     const struct set *set)
{
	struct kept kept[SCORE_INPUT_COUNT][KEPT_KINDS] = { 0 };
	struct reading *first = timeline_from(stay, set->start_us);
	struct reading *end = timeline_from(stay, set->start_us + set->span_us + 1);
	uint32_t place = 0;
	find_kept(stay, policy, first, end, kept);
	for (struct reading *reading = first; reading != end;) {
		struct reading *next = reading->next;
		place++;
		if (is_thinned(reading) && place > 1 && !reading->conflict &&
		    place != kept_of(kept, reading)->newest &&
		    place != kept_of(kept, reading)->worst)
			timeline_drop(core, reading);
		reading = next;
	}
}

/* Windows that say no value make no set, and a sensor may lie beside the bed for days: of each sign, as long as a set
 * lasts, the newest stays. */
static void thin_lost(struct ward_core *core, const struct stay *stay, const struct policy *policy,
		      struct set_changes changes)
{
	struct reading *last[SCORE_INPUT_COUNT][KEPT_KINDS] = { 0 };
	int64_t slot_us = policy->set_us > 0 ? policy->set_us : DATE_US_PER_MIN;
	int64_t until_us = (changes.to_us / slot_us + 1) * slot_us, slot = INT64_MIN;
	struct reading *reading = timeline_from(stay, changes.from_us / slot_us * slot_us), *next;
	for (; reading != NULL && reading->measured_us < until_us; reading = next) {
		next = reading->next;
		if (reading->measured_us / slot_us != slot)
			memset(last, 0, sizeof(last));
		slot = reading->measured_us / slot_us;
		if (!is_thinned(reading) || reading_counts(reading) || reading->conflict)
			continue;
		struct reading **before = &last[reading->input][kind_of(reading)];
		if (*before != NULL)
			timeline_drop(core, *before);
		*before = reading;
	}
}

void sampled_thin(struct ward_core *core, struct stay *stay, struct set_changes changes)
{
	const struct policy *policy = stay_policy(core, stay);
	if (policy == NULL || changes.from_us > changes.to_us)
		return;
	thin_lost(core, stay, policy, changes);
	for (const struct set *set = set_holding(stay, changes.from_us);
	     set != NULL && set->start_us <= changes.to_us; set = set->next)
		thin_set(core, stay, policy, set);
}

/* --- ahead of the clock ---------------------------------------------------------------------- */

static bool is_ahead(const struct reading *reading, int64_t until_us)
{
	return reading->sampled && reading->has_value &&
	       (reading->time_suspect || reading->stated_us > until_us);
}

void sampled_ahead(struct reading *first, const struct policy *policy, int64_t now_us)
{
	int64_t until_us = now_us + reading_skew_us(policy);
	const struct reading *low = NULL, *high = NULL, *last = NULL;
	for (const struct reading *at = first; at != NULL; at = at->next) {
		if (!is_ahead(at, until_us))
			continue;
		low = low == NULL || decimal_compare(at->value, low->value) <= 0 ? at : low;
		high = high == NULL || decimal_compare(at->value, high->value) >= 0 ? at : high;
		last = at;
	}
	/* The first reading of all is never one that goes. */
	for (struct reading *at = first; at != NULL && at->next != NULL;) {
		struct reading *next = at->next;
		if (!is_ahead(next, until_us) || next == low || next == high || next == last) {
			at = next;
			continue;
		}
		at->next = next->next;
		model_give(next);
	}
}
