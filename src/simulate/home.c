/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/home.h"

#include <stdio.h>

/* Middle of what the National PEWS charts call normal, and how ill a child at home gets, by age band. */
struct physiology {
	int age_from_years;
	struct home_vitals usual, ill;
};
static const struct physiology physiologies[] = {
	{ 0,
	  { 38, 131, 98, 367, 80, SCORE_DISTRESS_NONE },
	  { 76, 192, 88, 367, 58, SCORE_DISTRESS_MODERATE } },
	{ 1,
	  { 29, 113, 98, 367, 90, SCORE_DISTRESS_NONE },
	  { 64, 178, 88, 367, 66, SCORE_DISTRESS_MODERATE } },
	{ 5,
	  { 22, 99, 98, 367, 100, SCORE_DISTRESS_NONE },
	  { 54, 168, 88, 367, 74, SCORE_DISTRESS_MODERATE } },
	{ 13,
	  { 19, 84, 98, 367, 110, SCORE_DISTRESS_NONE },
	  { 44, 140, 88, 367, 82, SCORE_DISTRESS_MODERATE } },
};
static const char *const girls[] = { "Willow", "Hazel",    "Ivy",  "Juniper",
				     "Olive",  "Marigold", "Fern", "Clover" };
static const char *const boys[] = { "Rowan", "Ash",   "Linden", "Alder",
				    "Reed",  "Heath", "Basil",  "Sorrel" };
static const char *const mothers[] = { "Iris", "Rosemary", "Flora", "Laurel", "Heather", "Viola" };
static const char *const fathers[] = { "Oakley", "Jarrah", "Bramble", "Cedar", "Elder", "Moss" };
#define PICK(dice, names) \
	(names)[dice_between((dice), 0, (int64_t)(sizeof(names) / sizeof((names)[0])) - 1)]

static const struct physiology *physiology_of(int age_years)
{
	size_t at = sizeof(physiologies) / sizeof(physiologies[0]) - 1;
	while (at > 0 && age_years < physiologies[at].age_from_years)
		at--;
	return &physiologies[at];
}

static void make_birth(struct home_child *child, struct dice *dice, int age_years, int64_t at_us)
{
	/* Well inside the year of age, so that nobody has a birthday during a short play. */
	int64_t days = (int64_t)age_years * 365 + age_years / 4 + dice_between(dice, 40, 320);
	struct date_civil civil = date_to_civil(at_us - days * DATE_US_PER_DAY);
	snprintf(child->birth_date, sizeof(child->birth_date), "%04u-%02u-%02u",
		 (unsigned)civil.year % 10000, (unsigned)civil.month % 100,
		 (unsigned)civil.day % 100);
	enum error error = date_parse(str_from_c(child->birth_date), DATE_KIND_DATE, &child->birth);
	ASSERT(error == ERROR_OK);
}

void home_child_make(struct home_child *child, struct dice *dice, int age_years, int64_t at_us)
{
	const struct home_vitals *usual = &physiology_of(age_years)->usual;
	child->female = dice_percent(dice, 50);
	child->mother = dice_percent(dice, 60);
	snprintf(child->given, sizeof(child->given), "%s",
		 child->female ? PICK(dice, girls) : PICK(dice, boys));
	snprintf(child->contact_given, sizeof(child->contact_given), "%s",
		 child->mother ? PICK(dice, mothers) : PICK(dice, fathers));
	make_birth(child, dice, age_years, at_us);
	child->usual = *usual;
	child->usual.heart_rate += (int)dice_between(dice, -4, 4);
	child->usual.temperature_tenths += (int)dice_between(dice, -1, 2);
	child->usual.systolic += (int)dice_between(dice, -3, 3);
	child->measures_pressure = dice_percent(dice, 30);
	child->states_oxygen = dice_percent(dice, 80);
}

/* Per mille of the way from the usual to the ill value. */
static int toward(int usual, int ill, int severity)
{
	return usual + (ill - usual) * severity / 1000;
}

void home_measure(const struct home_child *child, struct dice *dice,
		  const struct home_course *course, struct home_set *set)
{
	int age = date_age_years(child->birth, set->measured_us);
	const struct home_vitals *ill = &physiology_of(age < 0 ? 0 : age)->ill;
	int64_t minute_of_day = set->measured_us / DATE_US_PER_MIN % (24 * 60) +
				date_london_offset_min(set->measured_us);
	bool night = minute_of_day < 6 * 60 || minute_of_day > 21 * 60;
	struct home_vitals vitals = child->usual;
	vitals.heart_rate -= night ? vitals.heart_rate * 6 / 100 : 0;
	vitals.temperature_tenths -= night ? 2 : 0;
	vitals.respiratory_rate =
		toward(vitals.respiratory_rate, ill->respiratory_rate, course->severity);
	vitals.heart_rate = toward(vitals.heart_rate, ill->heart_rate, course->severity) +
			    course->fever_tenths / 2;
	vitals.spo2 = toward(vitals.spo2, ill->spo2, course->severity);
	vitals.systolic = toward(vitals.systolic, ill->systolic, course->severity);
	vitals.respiratory_rate += (int)dice_between(dice, -1, 2);
	vitals.heart_rate += (int)dice_between(dice, -6, 6);
	vitals.spo2 += (int)dice_between(dice, -1, 1);
	vitals.spo2 = vitals.spo2 > 100 ? 100 : vitals.spo2;
	vitals.temperature_tenths += course->fever_tenths + (int)dice_between(dice, -2, 2);
	vitals.systolic += (int)dice_between(dice, -3, 3);
	vitals.distress = course->severity > 800   ? ill->distress
			  : course->severity > 450 ? SCORE_DISTRESS_MILD
						   : SCORE_DISTRESS_NONE;
	set->vitals = vitals;
	set->litres_tenths = child->litres_tenths;
	set->has[SCORE_RESPIRATORY_RATE] = set->has[SCORE_HEART_RATE] = true;
	set->has[SCORE_SPO2] = set->has[SCORE_TEMPERATURE] = true;
	set->has[SCORE_OXYGEN] = child->states_oxygen || child->litres_tenths > 0;
	set->has[SCORE_SYSTOLIC] = child->measures_pressure;
	/* A family is asked about breathing only when somebody looks for it. */
	set->has[SCORE_RESPIRATORY_DISTRESS] = course->severity > 450;
}

void home_score_set(const struct home_child *child, const struct home_set *set,
		    struct score_set *ret_set)
{
	*ret_set = (struct score_set){
		.respiratory_rate = { set->vitals.respiratory_rate, 0 },
		.heart_rate = { set->vitals.heart_rate, 0 },
		.spo2 = { set->vitals.spo2, 0 },
		.temperature = { set->vitals.temperature_tenths, -1 },
		.systolic = { set->vitals.systolic, 0 },
		.distress = set->vitals.distress,
		.oxygen_device = set->litres_tenths > 0 ? SCORE_NP : SCORE_AIR,
		.has_oxygen_litres = set->litres_tenths > 0,
		.oxygen_litres = { set->litres_tenths, -1 },
		.spo2_scale = 1,
		.has_birth_date = true,
		.birth_date = child->birth,
		.has_at = true,
		.at_us = set->measured_us,
	};
	memcpy(ret_set->has, set->has, sizeof(ret_set->has));
}

int64_t home_reading_us(const struct home_set *set, enum score_input input)
{
	int64_t at_us = set->measured_us;
	for (unsigned i = 0; i < (unsigned)input; i++)
		at_us += set->has[i] ? HOME_READING_STEP_US : 0;
	return at_us;
}
