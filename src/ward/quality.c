/* SPDX-License-Identifier: Apache-2.0
 * How much a device trusts its own value. Two ways to say it: our extension signal-quality (0 to 1), and the
 * measurement status of the HL7 Personal Health Device guide 2.0 (PhdBaseObservation: questionable, calibrating and
 * early estimates are interpretations, demonstration and test data a security label, a failed measurement a
 * dataAbsentReason). A value under the policy's limit is not scored; that it was tried is shown, and a repeat is asked
 * for. A temperature with a value is never set aside: no fever is lost for want of quality. */
#include "ward/quality.h"

#define STATUS_SYSTEM STR("http://hl7.org/fhir/uv/pocd/CodeSystem/measurement-status")
#define ABSENT_SYSTEM STR("http://terminology.hl7.org/CodeSystem/data-absent-reason")
#define REASON_SYSTEM STR("http://terminology.hl7.org/CodeSystem/v3-ActReason")
#define QUALITY_DEFAULT 500 /* thousandths */

static bool is_one_of(struct str code, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(code, list[i]))
			return true;
	}
	return false;
}

static bool is_doubted(const struct json *element)
{
	static const struct str codes[] = {
		STR_INIT("questionable"),     STR_INIT("invalid"),
		STR_INIT("not-available"),    STR_INIT("calibration-ongoing"),
		STR_INIT("early-indication"), STR_INIT("msmt-ongoing"),
		STR_INIT("test-data"),        STR_INIT("demo-data")
	};
	const struct json *list = json_get(element, STR("interpretation"));
	const struct json *labels = json_get(json_get(element, STR("meta")), STR("security"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (is_one_of(model_code(one, STATUS_SYSTEM), codes,
			      sizeof(codes) / sizeof(codes[0])))
			return true;
	}
	for (const struct json *label = labels == NULL ? NULL : labels->child; label != NULL;
	     label = label->next) {
		if (str_equal(json_get_text(label, STR("system")), REASON_SYSTEM) &&
		    str_equal(json_get_text(label, STR("code")), STR("HTEST")))
			return true;
	}
	return false;
}

void quality_read(const struct json *element, struct reading *reading)
{
	struct str text =
		json_get_text(model_extension(element, STR("signal-quality")), STR("valueDecimal"));
	struct decimal quality;
	int64_t thousandths;
	if (is_doubted(element))
		reading->quality = QUALITY_DOUBTED;
	else if (text.len > 0 && decimal_read(text, &quality) &&
		 decimal_to_scaled(quality, 3, &thousandths) && thousandths >= 0 &&
		 thousandths <= 1000)
		reading->quality = (int16_t)(thousandths + 1);
}

bool quality_tried(const struct json *element)
{
	static const struct str codes[] = { STR_INIT("error"), STR_INIT("not-a-number"),
					    STR_INIT("positive-infinity"),
					    STR_INIT("negative-infinity") };
	return is_one_of(model_code(json_get(element, STR("dataAbsentReason")), ABSENT_SYSTEM),
			 codes, sizeof(codes) / sizeof(codes[0]));
}

bool quality_is_poor(const struct reading *reading, const struct policy *policy)
{
	int least = policy == NULL ? QUALITY_DEFAULT : policy->signal_quality;
	bool measured = reading->input == SCORE_SPO2 || reading->input == SCORE_HEART_RATE ||
			reading->input == SCORE_RESPIRATORY_RATE ||
			reading->input == SCORE_SYSTOLIC;
	if (reading->quality == QUALITY_UNSAID || reading->not_done)
		return false;
	if (!reading->has_value)
		return reading->quality == QUALITY_DOUBTED && !reading->impossible;
	return measured && (reading->quality == QUALITY_DOUBTED || reading->quality - 1 < least);
}
