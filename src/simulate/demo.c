/* SPDX-License-Identifier: Apache-2.0
 * Twelve children, each with a story of two days that ends where a visitor begins to look. */
#include "simulate/demo.h"

#include <stdio.h>

enum { PURPOSE_DEMO = 9, STEP_MINUTES = 240 };

enum ending {
	WELL,      /* readings in time, normal */
	FEBRILE,   /* 38.4 a few minutes ago, nobody has answered yet */
	MIDDLING,  /* PEWS medium, acknowledged with a plan */
	SILENT,    /* overdue by more than an hour */
	WORRIED,   /* a parent called for help */
	RECOVERED, /* was ill yesterday, well again */
	BURST,     /* the line was down in the night */
};
struct story {
	int age_years;
	enum ending ending;
	int litres_tenths;
	int last_minutes; /* before the present: the last readings */
	const char *given, *family;
};
static const struct story stories[DEMO_CHILDREN] = {
	{ 3, FEBRILE, 0, 6, "Willow", "Example-Birch" },
	{ 2, MIDDLING, 0, 24, "Rowan", "Example-Maple" },
	{ 6, SILENT, 0, 318, "Hazel", "Example-Cedar" },
	{ 4, WORRIED, 0, 95, "Ash", "Example-Larch" },
	{ 0, WELL, 0, 130, "Ivy", "Example-Aspen" },
	{ 9, RECOVERED, 0, 60, "Linden", "Example-Hawthorn" },
	{ 14, WELL, 0, 200, "Juniper", "Example-Spruce" },
	{ 11, BURST, 0, 150, "Reed", "Example-Sycamore" },
	{ 1, WELL, 5, 40, "Olive", "Example-Poplar" },
	{ 16, RECOVERED, 0, 175, "Heath", "Example-Alder" },
	{ 7, WELL, 0, 234, "Fern", "Example-Elm" },
	{ 5, WELL, 0, 85, "Basil", "Example-Juniper" },
};
enum { MIDDLING_CHILD = 1, ACKNOWLEDGED_MINUTES = 19, HANDS_OFF_MINUTES = 30 };

int64_t demo_acknowledge_us(int64_t present_us)
{
	return present_us - ACKNOWLEDGED_MINUTES * DATE_US_PER_MIN;
}

int64_t demo_hands_off_us(int64_t present_us)
{
	return present_us - HANDS_OFF_MINUTES * DATE_US_PER_MIN;
}

/* How ill a child is `minutes` before the present (negative: after it). */
static struct home_course course_at(const struct story *story, int64_t minutes)
{
	struct home_course well = { 0, 0 };
	if (story->ending == FEBRILE && minutes < 30)
		return (struct home_course){ 0, minutes < -600 ? 0 : 15 };
	if (story->ending == MIDDLING && minutes < 300)
		return (struct home_course){ minutes > 100    ? 250
					     : minutes < -600 ? 0
					     : minutes < -200 ? 200
							      : 480,
					     0 };
	if (story->ending == RECOVERED && minutes > 1200 && minutes < 2100)
		return (struct home_course){ minutes > 1500 ? 600 : 350, minutes > 1400 ? 16 : 4 };
	return well;
}

static void make_child(struct home_child *child, const struct story *story, size_t number,
		       const struct plan *plan)
{
	struct dice dice = dice_for(number, PURPOSE_DEMO, 0);
	home_child_make(child, &dice, story->age_years, plan->start_us);
	snprintf(child->given, sizeof(child->given), "%s", story->given);
	snprintf(child->family, sizeof(child->family), "%s", story->family);
	child->female = number % 2 == 0;
	child->litres_tenths = story->litres_tenths;
	child->states_oxygen = true;
}

/* The readings that a visitor sees first are written, not rolled. */
static void write_last(struct home_set *set, const struct story *story)
{
	set->singly = false;
	set->send_us = set->measured_us + 90 * DATE_US_PER_S;
	if (story->ending == FEBRILE)
		set->vitals.temperature_tenths = 384;
	if (story->ending == MIDDLING) {
		set->vitals = (struct home_vitals){ 46, 154, 94, 374, 92, SCORE_DISTRESS_MILD };
		set->has[SCORE_RESPIRATORY_DISTRESS] = true;
	}
}

static void plan_child(struct plan *plan, size_t child, uint64_t seed, int64_t present_us)
{
	const struct story *story = &stories[child];
	struct dice dice = dice_for(seed, PURPOSE_DEMO, child + 1);
	int64_t last_us = present_us - story->last_minutes * DATE_US_PER_MIN;
	int64_t span = (last_us - plan->start_us) / DATE_US_PER_MIN;
	/* The first readings are taken with the nurse who brings the kit. */
	if (span % STEP_MINUTES > 60) {
		struct home_course well = { 0, 0 };
		(void)plan_measure(plan, &dice, child,
				   plan->start_us + dice_between(&dice, 4, 25) * DATE_US_PER_MIN,
				   &well);
	}
	/* Back from the last readings in steps of the schedule. */
	for (int64_t back = span / STEP_MINUTES * STEP_MINUTES; !plan->failed;
	     back -= STEP_MINUTES) {
		int64_t chance = back > 0 ? dice_between(&dice, -12, 6) : 0;
		int64_t at_us = last_us + (chance - back) * DATE_US_PER_MIN;
		if (at_us >= plan->end_us)
			break;
		if (at_us < plan->start_us + 2 * DATE_US_PER_MIN)
			continue;
		/* They come back after the visitor has seen silence. */
		if (story->ending == SILENT && back < 0 && at_us < present_us)
			at_us = present_us + 35 * DATE_US_PER_MIN;
		int64_t before = (present_us - at_us) / DATE_US_PER_MIN;
		struct home_course course = course_at(story, before);
		struct home_set *set = plan_measure(plan, &dice, child, at_us, &course);
		if (set == NULL)
			return;
		if (back == 0)
			write_last(set, story);
		if (story->ending == BURST && before > 300 && before < 900)
			set->send_us = present_us - 290 * DATE_US_PER_MIN;
	}
	if (story->ending == WORRIED)
		plan_worry(plan, child, present_us - 3 * DATE_US_PER_MIN);
}

void demo_plan(struct plan *plan, uint64_t seed, int64_t present_us, const char *prefix)
{
	plan->child_count = DEMO_CHILDREN;
	plan->children = ARENA_NEW(plan->arena, struct home_child, DEMO_CHILDREN);
	plan->failed = plan->children == NULL;
	for (size_t child = 0; child < DEMO_CHILDREN && !plan->failed; child++) {
		make_child(&plan->children[child], &stories[child], child, plan);
		snprintf(plan->children[child].id, HOME_ID_BYTES, "%s-c%zu", prefix, child);
		plan_child(plan, child, seed, present_us);
	}
	plan_sort(plan);
}

bool demo_acknowledge(struct play *play)
{
	struct remote *remote = play->remote;
	char task[65] = "";
	remote_begin(remote);
	struct text path = remote_text(remote);
	text_put_format(&path, "/Task?patient=Patient/%s&status=requested,received&_count=50",
			play->plan->children[MIDDLING_CHILD].id);
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	const struct json *entries = json_get(answer, STR("entry"));
	for (const struct json *entry = entries != NULL ? entries->child : NULL; entry != NULL;
	     entry = entry->next) {
		struct alarm alarm;
		bool open = false;
		if (alarm_read(remote, play->plan, json_get(entry, STR("resource")), &alarm,
			       &open) &&
		    alarm.rule == ALARM_SCORE)
			snprintf(task, sizeof(task), "%s", alarm.id);
	}
	if (answer == NULL)
		return false;
	if (task[0] == '\0')
		return true; /* somebody at the board was quicker */
	return nurse_acknowledge(play->nurse, remote, task,
				 "Mother phoned 10 minutes ago: drinking, less wheeze after "
				 "inhaler. Repeat set in 30 minutes, "
				 "registrar knows.");
}
