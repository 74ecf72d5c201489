/* SPDX-License-Identifier: Apache-2.0
 * The wards in numbers, for GET /metrics: what the ward's thread put down at its last turn. Nothing here waits for that
 * thread, so that the figures come, and their ages grow, when it is the one that has stopped. */
#include "store/search.h"
#include "ward/gauge.h"
#include "ward/runner.h"

#define LABELS_BYTES 64

static const char *const states[GAUGE_STATES] = { "requested", "received", "accepted" };
static const char *const stays[] = { "unknown", "active", "onhold", "finished" };

static void put_level(char labels[LABELS_BYTES], unsigned level)
{
	model_format(labels, LABELS_BYTES, "level=\"%.*s\"",
		     STR_ARG(alert_level_name((enum alert_level)level)));
}

static int64_t age_us(int64_t now_us, int64_t since_us)
{
	return since_us == MODEL_NEVER || since_us > now_us ? 0 : now_us - since_us;
}

static void put_alerts(struct text *text, const struct gauge *gauge, int64_t now_us)
{
	char labels[LABELS_BYTES], both[2 * LABELS_BYTES];
	metrics_head(text, "alerts_open", "gauge",
		     "Open alerts by level and state: requested (nobody is known to have been "
		     "reached), received, accepted (acknowledged).");
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		put_level(labels, level);
		for (unsigned state = 0; state < GAUGE_STATES; state++) {
			model_format(both, sizeof(both), "%s,state=\"%s\"", labels, states[state]);
			metrics_sample(text, "alerts_open", both, gauge->open[level][state]);
		}
	}
	metrics_head(text, "alerts_unanswered_age_seconds", "gauge",
		     "Age at its level of the oldest open alert that nobody has acknowledged or "
		     "snoozed; 0: there is none.");
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		put_level(labels, level);
		metrics_sample_time(text, "alerts_unanswered_age_seconds", labels,
				    age_us(now_us, gauge->unanswered_us[level]));
	}
	metrics_head(text, "alerts_overdue", "gauge",
		     "Unanswered alerts past the time in which the first rung of their level must "
		     "answer, or past their review.");
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		put_level(labels, level);
		metrics_sample(text, "alerts_overdue", labels, gauge->overdue[level]);
	}
}

static void put_pages(struct text *text, const struct gauge *gauge, int64_t now_us)
{
	char labels[LABELS_BYTES];
	metrics_head(text, "pages_owed", "gauge",
		     "Pages to people that no sender has taken yet, by channel.");
	for (unsigned channel = CHANNEL_WEBHOOK; channel < CHANNEL_COUNT; channel++) {
		model_format(labels, sizeof(labels), "channel=\"%.*s\"",
			     STR_ARG(channel_code((enum channel)channel)));
		metrics_sample(text, "pages_owed", labels, gauge->pages[channel]);
	}
	metrics_head(text, "pages_owed_age_seconds", "gauge",
		     "Age of the oldest page that no sender has taken yet, by channel; 0: there "
		     "is none.");
	for (unsigned channel = CHANNEL_WEBHOOK; channel < CHANNEL_COUNT; channel++) {
		model_format(labels, sizeof(labels), "channel=\"%.*s\"",
			     STR_ARG(channel_code((enum channel)channel)));
		metrics_sample_time(text, "pages_owed_age_seconds", labels,
				    age_us(now_us, gauge->page_us[channel]));
	}
}

static void put_places(struct text *text, const struct gauge *gauge)
{
	char labels[LABELS_BYTES];
	metrics_head(text, "stays", "gauge",
		     "Stays by status; of those that are finished, the ones of the last days that "
		     "the ward still holds in memory.");
	for (size_t status = 0; status < sizeof(stays) / sizeof(stays[0]); status++) {
		model_format(labels, sizeof(labels), "status=\"%s\"", stays[status]);
		metrics_sample(text, "stays", labels, gauge->stays[status]);
	}
	metrics_figure(text, "wards", "gauge", "Virtual wards.", gauge->wards);
	metrics_figure(text, "wards_unstaffed", "gauge",
		       "Wards with patients and no clinician on shift; switchboard, technical desk "
		       "and care "
		       "home are none.",
		       gauge->wards_unstaffed);
	metrics_figure(text, "self_tests_failed", "gauge",
		       "Open alerts that the self-test of a watcher stays away.",
		       gauge->self_tests_failed);
	metrics_time(text, "self_test_last_timestamp_seconds", "gauge",
		     "When the newest readings of the synthetic patient of `homeward watch` were "
		     "taken; 0: none are known.",
		     gauge->self_test_us);
}

/* When the first version that the engine has not read was committed, by the server's clock; MODEL_NEVER: all are read,
 * or the record cannot be asked. */
static int64_t unread_since_us(struct store *store, struct arena *arena, int64_t seen)
{
	struct store_version *versions = NULL;
	size_t count = 0;
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return MODEL_NEVER;
	enum error error = store_feed(reader, arena, seen, 1, &versions, &count);
	int64_t at_us = error == ERROR_OK && count > 0 ? versions[0].at_us : MODEL_NEVER;
	store_reader_return(reader);
	return at_us;
}

static void put_engine(const struct ward *ward, struct arena *arena, struct text *text,
		       int64_t written, int64_t now_us)
{
	struct store *store = ward->options.store;
	struct store_figures figures = { 0 };
	int64_t seen = atomic_load(&ward->seen_feed); /* before the end of the feed is read */
	int64_t stepped_us = atomic_load(&ward->stepped_us);
	store_figures(store, &figures);
	int64_t behind = figures.feed_last > seen ? figures.feed_last - seen : 0;
	metrics_figure(text, "ward_ready", "gauge",
		       "1: the ward has read the record and its board is shown.",
		       atomic_load(&ward->shown));
	metrics_figure(text, "ward_feed_number", "counter",
		       "The last number of the feed that the ward has read.", seen);
	metrics_figure(
		text, "ward_written_feed_number", "counter",
		"All that follows from the feed up to this number stands in the record: under "
		"load alerts and pages go first, and scores wait for seconds.",
		written);
	metrics_figure(text, "ward_unread_versions", "gauge",
		       "Versions of the record that the ward has not read yet.", behind);
	metrics_time(text, "ward_unread_age_seconds", "gauge",
		     "Age of the oldest version that the ward has not read yet; 0: all are read.",
		     behind == 0 ? 0 : age_us(now_us, unread_since_us(store, arena, seen)));
	metrics_time(text, "ward_turn_age_seconds", "gauge",
		     "Real time since the ward's thread ended its last turn; it takes at least "
		     "one a second.",
		     stepped_us == 0 ? 0 : clock_monotonic_us() - stepped_us);
	metrics_figure(
		text, "ward_write_failed", "gauge",
		"1: what the ward decided could not be written at its last turn, or policies, "
		"questions or channels not at its start.",
		atomic_load(&ward->troubled));
	metrics_figure(text, "watcher_missing", "gauge",
		       "1: a watcher is expected and has not asked for three minutes.",
		       beat_is_unwatched(ward));
}

void runner_metrics(struct ward *ward, struct arena *arena, struct text *text)
{
	int64_t now_us = clock_now_us(ward->options.clock);
	mutex_lock(&ward->mutex);
	struct gauge gauge = ward->gauge;
	int64_t written = ward->done_feed;
	mutex_unlock(&ward->mutex);
	put_engine(ward, arena, text, written, now_us);
	put_alerts(text, &gauge, now_us);
	put_pages(text, &gauge, now_us);
	put_places(text, &gauge);
}

void ward_metrics(struct call *call, struct text *text)
{
	struct ward *ward = server_room(call->server, "ward");
	if (ward != NULL)
		runner_metrics(ward, &call->arena, text);
}
