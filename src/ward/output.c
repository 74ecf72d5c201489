/* SPDX-License-Identifier: Apache-2.0
 * What waits to be written: every changed score, alert and page once, in its newest state. */
#include "ward/disposition.h"

struct collector {
	struct ward_core *core;
	struct arena *arena;
	struct ward_output *outputs;
	size_t count, capacity;
	int64_t calm_feed;
	bool all; /* every stay that waits was looked at */
};

static bool collect(struct collector *collector, const char *type, const char *id, int64_t version,
		    struct json *resource)
{
	if (collector->outputs == NULL || resource == NULL)
		return false;
	ASSERT(collector->count < collector->capacity);
	collector->outputs[collector->count++] = (struct ward_output){
		.type = str_from_c(type),
		.id = str_from_c(id),
		.version = version,
		.resource = resource,
	};
	return true;
}

static bool is_full(const struct collector *collector)
{
	return collector->count == collector->capacity;
}

static bool page_is_written(const struct page *page)
{
	/* A page that was replaced before anybody saw it leaves no trace. */
	return page->dirty && !(page->withdrawn && page->version == 0);
}

static bool collect_pages(struct collector *collector, const struct stay *stay,
			  const struct alert *alert)
{
	for (const struct page *page = alert == NULL ? stay->pages : alert->pages;
	     page != NULL && !is_full(collector); page = page->next) {
		if (page_is_written(page) &&
		    !collect(collector, "Communication", page->id, page->version,
			     print_communication(collector->core, collector->arena, stay, alert,
						 page)))
			return false;
	}
	return true;
}

static bool collect_stay(struct collector *collector, const struct stay *stay)
{
	for (const struct set *set = stay->sets; set != NULL && !is_full(collector);
	     set = set->next) {
		if (set->dirty && (set->scored || set->version > 0) &&
		    !collect(collector, "Observation", set->id, set->version,
			     print_score(collector->core, collector->arena, stay, set)))
			return false;
	}
	for (const struct alert *alert = stay->alerts; alert != NULL && !is_full(collector);
	     alert = alert->next) {
		if (alert->dirty && !collect(collector, "Task", alert->id, alert->version,
					     print_task(collector->core, collector->arena, alert)))
			return false;
		if (!collect_pages(collector, stay, alert))
			return false;
	}
	return collect_pages(collector, stay, NULL);
}

static bool collect_dispositions(struct collector *collector, struct ward_core *core)
{
	disposition_sweep(core);
	for (const struct disposition *disposition = core->dispositions;
	     disposition != NULL && !is_full(collector); disposition = disposition->next) {
		if (!disposition->written &&
		    !collect(collector, "DetectedIssue", disposition->id, disposition->version,
			     print_disposition(collector->arena, disposition)))
			return false;
	}
	return true;
}

/* --- settling ------------------------------------------------------------------------------- */

static bool settle_pages(struct page *page)
{
	bool waiting = false;
	for (; page != NULL; page = page->next) {
		if (!page_is_written(page))
			page->dirty = false;
		waiting = waiting || page->dirty;
	}
	return waiting;
}

static bool is_waiting(struct stay *stay)
{
	bool waiting = settle_pages(stay->pages);
	for (struct set *set = stay->sets; set != NULL; set = set->next) {
		if (!set->scored && set->version == 0)
			set->dirty = false;
		waiting = waiting || set->dirty;
	}
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		bool pages = settle_pages(alert->pages);
		waiting = waiting || pages || alert->dirty;
	}
	return waiting;
}

/* What somebody must act on: alerts and pages go before scores. Stays without anything left to write leave the list. */
static bool collect_pressing(struct collector *collector)
{
	struct ward_core *core = collector->core;
	struct stay **link = &core->pressing_first, *last = NULL;
	bool fine = true;
	while (*link != NULL && fine && !is_full(collector)) {
		struct stay *stay = *link;
		if (is_waiting(stay)) {
			fine = collect_stay(collector, stay);
			last = stay;
			link = &stay->next_pressing;
			continue;
		}
		*link = stay->next_pressing;
		stay->next_pressing = NULL;
		stay->pressing = false;
	}
	if (*link == NULL)
		core->pressing_last = last;
	return fine;
}

/* The others, longest waiting first: one that has not waited long enough ends it. */
static bool collect_calm(struct collector *collector)
{
	struct ward_core *core = collector->core;
	struct stay **link = &core->dirty_first, *last = NULL;
	bool fine = true;
	while (*link != NULL && fine && (*link)->dirty_feed <= collector->calm_feed) {
		struct stay *stay = *link;
		if (stay->pressing || is_waiting(stay)) {
			if (is_full(collector))
				break;
			if (!stay->pressing)
				fine = collect_stay(collector, stay);
			last = stay;
			link = &stay->next_dirty;
			continue;
		}
		*link = stay->next_dirty;
		stay->next_dirty = NULL;
		stay->dirty = false;
	}
	collector->all = *link == NULL;
	if (*link == NULL)
		core->dirty_last = last;
	return fine;
}

size_t ward_core_dirty_count(const struct ward_core *core)
{
	size_t count = 0;
	for (const struct stay *stay = core->dirty_first; stay != NULL; stay = stay->next_dirty)
		count++;
	return count;
}

int64_t ward_core_written(const struct ward_core *core)
{
	const struct disposition *disposition = core->dispositions;
	int64_t written = core->dirty_first == NULL ? INT64_MAX : core->dirty_first->dirty_feed - 1;
	while (disposition != NULL && disposition->written)
		disposition = disposition->next;
	return disposition != NULL && disposition->feed - 1 < written ? disposition->feed - 1
								      : written;
}

bool ward_core_outputs_some(struct ward_core *core, struct arena *arena,
			    const struct ward_output_limits *limits, struct ward_outputs *ret)
{
	struct collector collector = { .core = core,
				       .arena = arena,
				       .capacity = limits->count_max,
				       .calm_feed = limits->calm_feed };
	size_t room = limits->count_max;
	collector.outputs = ARENA_NEW(arena, struct ward_output, limits->count_max);
	if (!collect_pressing(&collector) || !collect_dispositions(&collector, core))
		return false;
	ret->pressing_all = !is_full(&collector);
	size_t pressing = collector.count;
	if (room - pressing > limits->calm_max)
		room = pressing + limits->calm_max;
	collector.capacity = room;
	if (!collect_calm(&collector))
		return false;
	ret->outputs = collector.outputs;
	ret->count = collector.count;
	ret->calm = collector.count - pressing;
	ret->all = collector.all && !is_full(&collector);
	return !arena->failed;
}

bool ward_core_outputs(struct ward_core *core, struct arena *arena, size_t count_max,
		       struct ward_output **ret_outputs, size_t *ret_count)
{
	const struct ward_output_limits limits = { count_max, count_max, INT64_MAX };
	struct ward_outputs outputs;
	if (!ward_core_outputs_some(core, arena, &limits, &outputs))
		return false;
	*ret_outputs = outputs.outputs;
	*ret_count = outputs.count;
	return true;
}

static void output_at(struct ward_core *core, const struct ward_output *output, int64_t version,
		      bool done)
{
	struct set *set = map_get(&core->set_by_id, output->id);
	struct alert *alert = map_get(&core->alert_by_id, output->id);
	struct page *page = map_get(&core->page_by_id, output->id);
	struct disposition *disposition = map_get(&core->disposition_by_id, output->id);
	if (disposition != NULL) {
		disposition->version = version;
		disposition->written = done;
	}
	if (set != NULL) {
		set->version = version;
		set->dirty = set->dirty && !done;
	}
	if (alert != NULL) {
		alert->version = version;
		alert->dirty = alert->dirty && !done;
	}
	if (page != NULL) {
		page->version = version;
		page->dirty = page->dirty && !done;
	}
}

void ward_output_done(struct ward_core *core, const struct ward_output *output, int64_t version)
{
	output_at(core, output, version, true);
}

void ward_output_found(struct ward_core *core, const struct ward_output *output, int64_t version)
{
	output_at(core, output, version, false);
}

/* Whatever waits belongs to a stay of the list. */
void ward_core_settle(struct ward_core *core)
{
	for (struct stay *stay = core->dirty_first; stay != NULL; stay = stay->next_dirty) {
		for (struct set *set = stay->sets; set != NULL; set = set->next)
			set->dirty = false;
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			alert->dirty = false;
			for (struct page *page = alert->pages; page != NULL; page = page->next)
				page->dirty = false;
		}
		for (struct page *page = stay->pages; page != NULL; page = page->next)
			page->dirty = false;
		stay->dirty = stay->pressing = false;
	}
	disposition_settle(core);
	core->dirty_first = core->dirty_last = core->pressing_first = core->pressing_last = NULL;
}

bool ward_core_alerts(struct ward_core *core, struct arena *arena, struct ward_output **ret_outputs,
		      size_t *ret_count)
{
	struct collector collector = { .core = core,
				       .arena = arena,
				       .capacity = core->alert_by_id.count + 1 };
	collector.outputs = ARENA_NEW(arena, struct ward_output, collector.capacity);
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (!collect(&collector, "Task", alert->id, alert->version,
				     print_task(core, arena, alert)))
				return false;
		}
	}
	*ret_outputs = collector.outputs;
	*ret_count = collector.count;
	return true;
}
