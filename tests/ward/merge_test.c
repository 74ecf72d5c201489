/* SPDX-License-Identifier: Apache-2.0
 * One child under two ids: what is sent under either comes to the stay that is open. */
#include "ward/model.h"

#include "linked.h"

/* Keyed in, without a device. */
static void fever_of(const char *id, const char *whose)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"" TEMPERATURE "\"}]},\"subject\":{\"reference\":\"Patient/%s\"},"
		  "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":39.2,\"system\":"
		  "\"http://unitsofmeasure.org\",\"code\":\"Cel\"}",
		  whose, at);
}

static const char *said(const char *episode)
{
	const struct json *told = world_task(&world, episode, "merged");
	return told == NULL ? "" : world_text(told, "description");
}

static void a_fever_under_the_id_that_goes_on_reaches_the_open_stay(void **state)
{
	(void)state;
	unlinked("survivor", 1);
	linked("girl", 2, "replaced-by", "survivor");
	assert_non_null(strstr(said("e1"), "Patient/survivor"));
	assert_string_equal(world_level(task("merged")), "technical");
	world_reload(&world);
	fever_of("f", "survivor");
	expect_level("e1", "fever", "high");
}

static void the_survivors_own_word_is_enough(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	assert_non_null(strstr(said("e1"), "Patient/survivor"));
	fever_of("f", "survivor");
	expect_level("e1", "fever", "high");
}

static void what_still_comes_under_the_old_id_reaches_the_stay_of_the_new_one(void **state)
{
	(void)state;
	linked("old", 1, "replaced-by", "middle");
	linked("middle", 1, "replaced-by", "girl");
	world_resolve(&world, task("merged"), "Same child");
	fever_of("f", "old");
	expect_level("e1", "fever", "high");
}

static void a_stay_that_began_after_the_merge_says_it_with_the_first_reading(void **state)
{
	(void)state;
	unlinked("new", 1);
	linked("old", 1, "replaced-by", "new");
	world_admit(&world, "e9", "new", CHILD);
	assert_string_equal(said("e9"), "");
	fever_of("f", "old");
	expect_level("e9", "fever", "high");
	assert_non_null(strstr(said("e9"), "Patient/old"));
}

static void no_other_link_makes_one_child_of_two(void **state)
{
	(void)state;
	linked("stranger", 1, "seealso", "girl");
	linked("other", 1, "refer", "girl");
	fever_of("f", "stranger");
	fever_of("g", "other");
	expect_none("e1", "fever");
	expect_none("e1", "merged");
}

static void two_open_stays_keep_their_own_and_both_wards_are_told(void **state)
{
	(void)state;
	world_patient(&world, "twin", "2023-05-10");
	world_admit(&world, "e9", "twin", CHILD);
	linked("twin", 2, "replaced-by", "girl");
	assert_non_null(strstr(said("e1"), "second stay"));
	assert_non_null(strstr(said("e9"), "second stay"));
	expect_level("e1", "merged", "medium");
	fever_of("f", "twin");
	expect_level("e9", "fever", "high");
	expect_none("e1", "fever");
}

static void a_second_stay_that_opens_under_the_other_id_is_said_to_both(void **state)
{
	(void)state;
	world_patient(&world, "twin", "2023-05-10");
	linked("twin", 2, "replaced-by", "girl");
	world_resolve(&world, task("merged"), "Same child");
	world_wait(&world, MIN);
	world_admit(&world, "e9", "twin", CHILD);
	assert_non_null(strstr(said("e1"), "second stay"));
	assert_non_null(strstr(said("e9"), "second stay"));
	world_reload(&world);
}

static void a_merge_that_is_taken_back_is_said_and_charts_no_more(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_wait(&world, MIN);
	unlinked("survivor", 2);
	assert_non_null(strstr(said("e1"), "No longer merged"));
	fever_of("f", "survivor");
	expect_none("e1", "fever");
	world_reload(&world);
}

static void equipment_of_either_id_is_the_childs(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_device(&world, "d-girl", 1, "thermometer", "survivor", NULL);
	world_number(&world, "girl", TEMPERATURE, "39.3", world.now_us);
	expect_level("e1", "fever", "high");
	expect_none("e1", "equipment");
}

static void worry_under_the_other_id_is_heard_and_its_family_is_told(void **state)
{
	(void)state;
	world_patient(&world, "survivor", "2023-05-10");
	world_delete(&world, "RelatedPerson", "mother-girl", 2);
	linked("survivor", 2, "replaces", "girl");
	world_code(&world, "survivor", "worried", "true", world.now_us);
	expect_level("e1", "concern", "medium");
	const struct stay *stay = map_get(&world.core->stay_by_id, STR("e1"));
	bool told = false;
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		for (const struct page *page = alert->pages; page != NULL; page = page->next)
			told = told ||
			       strcmp(page->recipient, "RelatedPerson/mother-survivor") == 0;
	}
	assert_true(told);
}

static void a_ring_of_merges_ends(void **state)
{
	(void)state;
	linked("a", 1, "replaced-by", "b");
	linked("b", 1, "replaced-by", "c");
	linked("c", 1, "replaced-by", "a");
	linked("c", 2, "replaced-by", "girl");
	fever_of("f", "a");
	expect_level("e1", "fever", "high");
	unlinked("b", 2);
	unlinked("a", 2);
	world_reload(&world);
	fever_of("g", "a");
	assert_int_equal(world_task_count(&world, "e1", "fever"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fever_under_the_id_that_goes_on_reaches_the_open_stay),
		TEST(the_survivors_own_word_is_enough),
		TEST(what_still_comes_under_the_old_id_reaches_the_stay_of_the_new_one),
		TEST(a_stay_that_began_after_the_merge_says_it_with_the_first_reading),
		TEST(no_other_link_makes_one_child_of_two),
		TEST(two_open_stays_keep_their_own_and_both_wards_are_told),
		TEST(a_second_stay_that_opens_under_the_other_id_is_said_to_both),
		TEST(a_merge_that_is_taken_back_is_said_and_charts_no_more),
		TEST(equipment_of_either_id_is_the_childs),
		TEST(worry_under_the_other_id_is_heard_and_its_family_is_told),
		TEST(a_ring_of_merges_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
