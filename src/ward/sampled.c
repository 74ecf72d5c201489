/* SPDX-License-Identifier: Apache-2.0
 * Continuous readings (FHIR SampledData, up to one a second: docs/decisions/0007) as the ward judges them. A stream is
 * looked at through windows of the policy's length (30 s), each half over the one before, the last one at the stream's
 * end; a stream that is shorter is one window. A window counts with the median of its usable samples, as one finger
 * that moves is no event and what lasts three quarters of a window is one wherever it begins; with too few usable
 * samples (half) it counts as tried with a poor signal, never as normal. Of two middle samples the worse way: the lower
 * of oxygen and pressure, else the higher. U and L are beyond the device's range: they count as its limit, or not at
 * all. Window and share are proposals. */
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
	return text.len > 0 && decimal_parse(text, &value) == ERROR_OK &&
	       decimal_to_scaled(value, SAMPLED_DIGITS, ret_value);
}

/* value = origin + sample * factor */
static bool physical(const struct stream *stream, int64_t sample, int64_t *ret_value)
{
	const int64_t one = 1000000;
	if (stream->factor == one)
		return !__builtin_add_overflow(stream->origin, sample, ret_value);
	int64_t product;
	return !__builtin_mul_overflow(sample, stream->factor, &product) &&
	       !__builtin_add_overflow(stream->origin, product / one, ret_value);
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
	return decimal_parse(word, &value) == ERROR_OK &&
	       decimal_to_scaled(value, SAMPLED_DIGITS, &scaled) &&
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

/* Whether `set` scores the same without this reading: it neither begins the set nor is the newest or the worst of
 * its input. */
static bool is_spare(const struct stay *stay, const struct policy *policy,
		     const struct reading *first, const struct reading *end,
		     const struct reading *reading)
{
	int part = set_part(stay, policy, reading);
	bool later = false, worse = false;
	if (reading == first || !reading->sampled || reading->conflict || reading->soft ||
	    reading->impossible)
		return false;
	for (const struct reading *other = first; other != end; other = other->next) {
		if (other->input != reading->input || other == reading || !other->sampled)
			continue;
		bool after = other->measured_us > reading->measured_us;
		later = later || after;
		int others = set_part(stay, policy, other);
		/* Of equals the later one stays, as it does in the choice of the set. */
		worse = worse ||
			(reading_counts(other) && (others > part || (others == part && after)));
	}
	return later && (worse || !reading_counts(reading));
}

static void thin_set(struct ward_core *core, struct stay *stay, const struct policy *policy,
		     const struct set *set)
{
	struct reading *first = timeline_from(stay, set->start_us);
	struct reading *end = timeline_from(stay, set->start_us + set->span_us + 1);
	for (struct reading *reading = first; reading != end;) {
		struct reading *next = reading->next;
		if (is_spare(stay, policy, first, end, reading))
			timeline_drop(core, reading);
		reading = next;
	}
}

void sampled_thin(struct ward_core *core, struct stay *stay, struct set_changes changes)
{
	const struct policy *policy = stay_policy(core, stay);
	if (policy == NULL || changes.from_us > changes.to_us)
		return;
	for (const struct set *set = set_holding(stay, changes.from_us);
	     set != NULL && set->start_us <= changes.to_us; set = set->next)
		thin_set(core, stay, policy, set);
}
