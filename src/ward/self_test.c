/* SPDX-License-Identifier: Apache-2.0
 * The ward's synthetic patient. `homeward watch` sends its readings every hour and follows what comes of them to the
 * page (docs/reference/ward.md section 4, "Dead-man"). Its alerts climb the ward's own ladder by the ward's own policy,
 * but every rung resolves to the role self-test, so that no nurse is called by a test; only when the
 * tests stay away are people told. A patient is synthetic when its id is one of the watcher's and its meta.tag says so
 * in HL7's own code: the tag alone comes from test systems on the records of real children, and would silence them. */
#include "ward/model.h"

#define TEST_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-ActReason"

bool self_test_patient(const struct json *patient)
{
	const struct json *tags = json_get(json_get(patient, STR("meta")), STR("tag"));
	if (!str_starts_with(json_get_text(patient, STR("id")), STR("self-test-")))
		return false;
	for (const struct json *tag = tags == NULL ? NULL : tags->child; tag != NULL;
	     tag = tag->next) {
		if (str_equal(json_get_text(tag, STR("system")), STR(TEST_SYSTEM)) &&
		    str_equal(json_get_text(tag, STR("code")), STR("HTEST")))
			return true;
	}
	return false;
}

bool self_test_is(const struct stay *stay)
{
	return stay->patient != NULL && stay->patient->test;
}

uint32_t self_test_roles(const struct alert *alert, uint32_t roles)
{
	bool failed = alert->cause == ALERT_CAUSE_SELF_TEST;
	return self_test_is(alert->stay) && !failed ? 1u << ROLE_SELF_TEST : roles;
}
