/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "access/patient_list.h"

#include <stdio.h>

static struct patient_list list;
static struct arena arena;

static void scan(const char *text)
{
	list = (struct patient_list){ 0 };
	assert_true(patient_list_scan(&list, &arena, str_from_c(text)));
}

static bool has(const char *id)
{
	for (size_t i = 0; i < list.count; i++) {
		if (str_equal(list.ids[i], str_from_c(id)))
			return true;
	}
	return false;
}

static void every_way_to_name_a_patient_is_found(void **state)
{
	(void)state;
	scan("{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/a\"},"
	     "\"performer\":[{\"reference\":\"http://x/fhir/Patient/b/_history/2\"}],"
	     "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"c\"}]}");
	assert_int_equal(list.count, 3);
	assert_true(has("a") && has("b") && has("c"));
}

static void each_once_and_nothing_else(void **state)
{
	(void)state;
	scan("[\"Patient/a\",\"Patient/a\",\"Practitioner/b\",\"Patient/\",\"OutPatient/d\"]");
	assert_int_equal(list.count, 1);
	scan("");
	assert_int_equal(list.count, 0);
}

static void more_than_the_limit_is_said(void **state)
{
	(void)state;
	list = (struct patient_list){ 0 };
	for (unsigned i = 0; i <= PATIENT_LIST_MAX; i++) {
		char id[16];
		snprintf(id, sizeof(id), "p%u", i);
		assert_true(patient_list_add(&list, &arena, str_from_c(id)));
	}
	assert_int_equal(list.count, PATIENT_LIST_MAX);
	assert_true(list.cut);
}

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)16 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_name_a_patient_is_found),
		cmocka_unit_test(each_once_and_nothing_else),
		cmocka_unit_test(more_than_the_limit_is_said),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
