/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/stay_chart.h"

#include "flow/act.h"
#include "flow/summary.h"

#include <stdlib.h>

/* --- words ---------------------------------------------------------------------------------- */

/* A copy, cut between characters where it is very long. */
struct str stay_chart_keep(struct stay_chart *chart, struct str text)
{
	text = str_trim(text);
	size_t size = (text.len < STAY_CHART_TEXT_MAX ? text.len : STAY_CHART_TEXT_MAX) + 1;
	char *copy = ARENA_NEW(chart->arena, char, size);
	if (copy == NULL)
		return (struct str){ NULL, 0 };
	model_put(copy, size, text);
	return str_from_c(copy);
}

struct str stay_chart_person(const struct json *reference, struct str words)
{
	struct str display = json_get_text(reference, STR("display"));
	if (display.len == 0)
		display = words;
	return display.len > 0 ? display : json_get_text(reference, STR("reference"));
}

struct stay_chart_entry *stay_chart_add(struct stay_chart *chart, struct stay_chart_list *list,
					int64_t at_us, struct str by, struct str text)
{
	struct stay_chart_entry *entry;
	if (list->count == STAY_CHART_ENTRIES_MAX) {
		chart->is_cut = true;
		return NULL;
	}
	entry = ARENA_NEW(chart->arena, struct stay_chart_entry, 1);
	if (entry == NULL)
		return NULL;
	*entry = (struct stay_chart_entry){ .at_us = at_us,
					    .by = stay_chart_keep(chart, by),
					    .text = stay_chart_keep(chart, text) };
	*list->tail = entry;
	list->tail = &entry->next;
	list->count++;
	return entry;
}

void stay_chart_list_init(struct stay_chart_list *list)
{
	*list = (struct stay_chart_list){ .tail = &list->first };
}

/* --- readings ------------------------------------------------------------------------------- */

static struct str value_text(struct stay_chart *chart, const struct reading *reading,
			     struct str status)
{
	char words[MODEL_TEXT_BYTES];
	const char *wrong = reading->impossible     ? ", invalid: not scored"
			    : reading->poor_signal  ? ", poor signal: not scored"
			    : reading->time_suspect ? ", time not trusted"
			    : reading->soft         ? ", very far out"
						    : "";
	bool changed = str_equal(status, STR("corrected")) || str_equal(status, STR("amended"));
	model_format(words, sizeof(words), "%s%s%s%s%s%s%s", reading->declined ? "not done: " : "",
		     reading->text, reading->site[0] == '\0' ? "" : ", ", reading->site, wrong,
		     changed ? ", corrected" : "",
		     reading->source == SOURCE_TELEPHONE ? ", by telephone" : "");
	return stay_chart_keep(chart, str_from_c(words));
}

static void add_value(struct stay_chart *chart, const struct reading *reading, struct str status)
{
	int64_t at_us = reading->measured_us;
	if (at_us < chart->start_us - DATE_US_PER_HOUR || at_us > chart->end_us)
		return;
	if (chart->value_count == STAY_CHART_VALUES_MAX) {
		chart->is_cut = true;
		return;
	}
	struct stay_chart_value *value = ARENA_NEW(chart->arena, struct stay_chart_value, 1);
	if (value == NULL)
		return;
	*value = (struct stay_chart_value){
		.at_us = at_us,
		.input = reading->input,
		.is_drawn = reading->has_value && !reading->impossible,
		.value = decimal_to_double(reading->value),
		.text = value_text(chart, reading, status),
	};
	*chart->values_tail = value;
	chart->values_tail = &value->next;
	chart->value_count++;
}

static void add_readings(struct stay_chart *chart, const struct json *observation,
			 struct str status, int64_t received_us)
{
	bool cut = false, exact = false;
	struct reading *first = reading_parse(observation, chart->policy, NULL, &cut);
	int64_t stated_us = reading_stated_us(observation, received_us, &exact);
	chart->is_cut = chart->is_cut || cut;
	for (struct reading *reading = first; reading != NULL; reading = reading->next) {
		reading->stated_us = stated_us;
		reading->time_suspect = !exact;
		reading_judge(reading, chart->policy, received_us);
		add_value(chart, reading, status);
	}
	reading_free(first);
}

static bool visit_observation(void *context, const struct store_version *version,
			      const struct json *observation)
{
	struct stay_chart *chart = context;
	struct str status = json_get_text(observation, STR("status"));
	bool score = model_extension(observation, STR("score-complete")) != NULL;
	bool withdrawn =
		str_equal(status, STR("entered-in-error")) || str_equal(status, STR("cancelled"));
	if (withdrawn)
		chart->withdrawn_count += score ? 0 : 1;
	else if (score)
		stay_chart_add_score(chart, observation);
	else if (json_get(observation, STR("valueSampledData")) != NULL)
		chart->sampled_count++;
	else
		add_readings(chart, observation, status, record_ms(version->at_us));
	return !chart->arena->failed;
}

/* By time; of one instant as they came. */
static int by_time(const void *a, const void *b)
{
	const struct stay_chart_value *const *left = a, *const *right = b;
	if ((*left)->at_us != (*right)->at_us)
		return (*left)->at_us < (*right)->at_us ? -1 : 1;
	return (*left)->input < (*right)->input ? -1 : (*left)->input > (*right)->input;
}

static void sort_values(struct stay_chart *chart)
{
	struct stay_chart_value **list =
		ARENA_NEW(chart->arena, struct stay_chart_value *, chart->value_count + 1);
	size_t count = 0;
	if (list == NULL)
		return;
	for (struct stay_chart_value *at = chart->values; at != NULL; at = at->next)
		list[count++] = at;
	qsort(list, count, sizeof(list[0]), by_time);
	chart->values = count == 0 ? NULL : list[0];
	for (size_t i = 0; i < count; i++)
		list[i]->next = i + 1 < count ? list[i + 1] : NULL;
}

static void add_holds(struct stay_chart *chart)
{
	const struct json *list = json_get(chart->episode, STR("statusHistory"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		const struct json *period = json_get(at, STR("period"));
		struct text text;
		if (!str_equal(json_get_text(at, STR("status")), STR("onhold")))
			continue;
		text_init(&text, chart->arena, STAY_CHART_TEXT_MAX);
		text_put_c(&text, "In a hospital bed until ");
		summary_time(&text, record_instant(period, STR("end"), chart->end_us));
		(void)stay_chart_add(chart, &chart->plans,
				     record_instant(period, STR("start"), chart->start_us),
				     (struct str){ NULL, 0 }, text_view(&text));
	}
}

static int entry_by_time(const void *a, const void *b)
{
	const struct stay_chart_entry *const *left = a, *const *right = b;
	return (*left)->at_us < (*right)->at_us ? -1 : (*left)->at_us > (*right)->at_us;
}

static void sort_entries(struct stay_chart *chart, struct stay_chart_list *list)
{
	struct stay_chart_entry **array =
		ARENA_NEW(chart->arena, struct stay_chart_entry *, list->count + 1);
	size_t count = 0;
	if (array == NULL)
		return;
	for (struct stay_chart_entry *at = list->first; at != NULL; at = at->next)
		array[count++] = at;
	qsort(array, count, sizeof(array[0]), entry_by_time);
	list->first = count == 0 ? NULL : array[0];
	for (size_t i = 0; i < count; i++)
		array[i]->next = i + 1 < count ? array[i + 1] : NULL;
}

/* --- all of it ------------------------------------------------------------------------------ */

static enum error optional(struct record *record, const char *type, const struct json *reference,
			   struct json **ret_resource)
{
	int64_t version;
	struct str id = model_reference_id(reference, str_from_c(type));
	enum error error = record_read(record, type, id, ret_resource, &version);
	return error == ERROR_NOT_FOUND ? ERROR_OK : error;
}

static enum error read_all(struct stay_chart *chart, struct record *record)
{
	const struct json *patient = json_get(chart->episode, STR("patient"));
	struct str subject = json_get_text(patient, STR("reference"));
	const struct search_argument readings[] = {
		{ STR("subject"), subject },
		{ STR("date"),
		  record_bound(chart->arena, "ge", chart->start_us - DATE_US_PER_HOUR) },
		{ STR("_sort"), STR("date") },
	};
	const struct search_argument tasks[] = {
		{ STR("patient"), subject },
		{ STR("authored-on"),
		  record_bound(chart->arena, "ge", chart->start_us - DATE_US_PER_DAY) },
		{ STR("_sort"), STR("authored-on") },
	};
	const struct record_search of_readings = { "Observation", readings, 3, visit_observation,
						   chart };
	const struct record_search of_tasks = { "Task", tasks, 3, stay_chart_visit_task, chart };
	enum error error = optional(record, "Patient", patient, &chart->patient);
	if (error == ERROR_OK)
		error = optional(record, "Organization",
				 json_get(chart->episode, STR("managingOrganization")),
				 &chart->ward);
	if (error == ERROR_OK && chart->plan != NULL)
		error = stay_chart_read_plans(chart, record);
	if (error == ERROR_OK)
		error = record_each(record, &of_readings);
	if (error == ERROR_OK)
		error = record_each(record, &of_tasks);
	return error;
}

bool stay_chart_read(struct call *call, struct stay_chart *chart)
{
	struct record record;
	int64_t version;
	*chart = (struct stay_chart){ .arena = &call->arena, .id = call->path_parts[0] };
	chart->values_tail = &chart->values;
	chart->scores_tail = &chart->scores;
	stay_chart_list_init(&chart->alerts);
	stay_chart_list_init(&chart->plans);
	if (!operation_read(call, STR("EpisodeOfCare"), chart->id, &chart->episode, &version) ||
	    !operation_plan(call, chart->episode, STR("active,on-hold,completed"), &chart->plan,
			    &version))
		return false;
	const struct json *canonical =
		json_at(json_get(chart->plan, STR("instantiatesCanonical")), 0);
	if (chart->plan != NULL && !operation_policy(call, json_text(canonical), &chart->policy))
		return false;
	const struct json *period = json_get(chart->episode, STR("period"));
	chart->now_us = clock_now_us(server_clock(call->server));
	chart->start_us = record_instant(period, STR("start"), 0);
	chart->has_ended = json_get(period, STR("end")) != NULL;
	chart->end_us = record_instant(period, STR("end"), chart->now_us);
	if (!record_open(&record, call))
		return false;
	enum error error = read_all(chart, &record);
	record_close(&record);
	add_holds(chart);
	sort_values(chart);
	sort_entries(chart, &chart->plans);
	if (error == ERROR_OK && chart->arena->failed)
		error = ERROR_LIMIT;
	if (error != ERROR_OK)
		call_fail(call, error);
	return error == ERROR_OK;
}
