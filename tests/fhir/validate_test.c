/* SPDX-License-Identifier: Apache-2.0
 * Each rule of validation: a resource that breaks it, and often the nearest one that does not. */
#include "unit.h"

#include "base/limits.h"
#include "fhir/fhir.h"

struct row {
	const char *json;
	enum error error;
	const char *expression; /* of the first issue; NULL when the resource is valid */
	const char *sentence;   /* a part of its diagnostics */
};
#define VALID(json) \
	{ \
		json, ERROR_OK, NULL, NULL \
	}
#define MALFORMED(json, expression, sentence) \
	{ \
		json, ERROR_MALFORMED, expression, sentence \
	}
#define INVALID(json, expression, sentence) \
	{ \
		json, ERROR_INVALID, expression, sentence \
	}

static enum error check(struct arena *arena, struct str source, struct issues *issues)
{
	struct json *root;
	issues_init(issues, arena);
	assert_int_equal(json_parse(arena, source, NULL, issues, &root), ERROR_OK);
	return fhir_validate(arena, root, issues);
}

static void check_rows(const struct row *rows, size_t count)
{
	struct arena arena;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct issues issues;
		arena_reset(&arena);
		enum error error = check(&arena, str_from_c(rows[i].json), &issues);
		const struct issue *first = issues.first;
		if (error != rows[i].error || (first == NULL) != (rows[i].expression == NULL))
			fail_msg("%s: error %d: %.*s", rows[i].json, (int)error,
				 first == NULL ? 0 : (int)first->diagnostics.len,
				 first == NULL ? "" : first->diagnostics.ptr);
		if (first == NULL)
			continue;
		if (!str_equal(first->expression, str_from_c(rows[i].expression)))
			fail_msg("%s: expression %.*s", rows[i].json, STR_ARG(first->expression));
		if (str_find(first->diagnostics, str_from_c(rows[i].sentence)) ==
		    first->diagnostics.len)
			fail_msg("%s: says %.*s", rows[i].json, STR_ARG(first->diagnostics));
	}
	arena_done(&arena);
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void the_root_must_be_a_known_resource(void **state)
{
	static const struct row rows[] = {
		VALID("{\"resourceType\":\"Patient\"}"),
		VALID("{\"id\":\"1\",\"resourceType\":\"Patient\"}"),
		MALFORMED("{}", "", "resourceType"),
		MALFORMED("[]", "", "resourceType"),
		MALFORMED("\"Patient\"", "", "resourceType"),
		MALFORMED("{\"resourceType\":\"Resource\"}", "", "resourceType"),
		MALFORMED("{\"resourceType\":\"HumanName\"}", "", "resourceType"),
		MALFORMED("{\"resourceType\":1}", "", "resourceType"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

#define PATIENT(rest) "{\"resourceType\":\"Patient\"," rest "}"
#define OBSERVATION(rest) \
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"}," rest "}"

static void unknown_elements_are_refused_at_every_depth(void **state)
{
	static const struct row rows[] = {
		MALFORMED(PATIENT("\"nmae\":[]"), "Patient.nmae", "is not known here"),
		MALFORMED(PATIENT("\"Active\":true"), "Patient.Active", "is not known here"),
		MALFORMED(PATIENT("\"name\":[{\"x\":\"y\"}]"), "Patient.name[0].x", "not known"),
		MALFORMED(PATIENT("\"name\":[{\"family\":\"a\"},{\"resourceType\":\"HumanName\"}]"),
			  "Patient.name[1].resourceType", "not known"),
		MALFORMED(PATIENT("\"contact\":[{\"period\":{\"begin\":\"2020\"}}]"),
			  "Patient.contact[0].period.begin", "not known"),
		MALFORMED(OBSERVATION("\"value\":\"1\""), "Observation.value", "not known"),
		MALFORMED(OBSERVATION("\"valueAddress\":{\"text\":\"a\"}"),
			  "Observation.valueAddress", "not known"),
		MALFORMED(OBSERVATION("\"valuequantity\":{\"value\":1}"),
			  "Observation.valuequantity", "not known"),
		MALFORMED(PATIENT("\"_name\":[{\"id\":\"a\"}]"), "Patient.name", "not known"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void json_shapes_are_checked(void **state)
{
	static const struct row rows[] = {
		MALFORMED(PATIENT("\"name\":{\"family\":\"a\"}"), "Patient.name",
			  "must be an array"),
		MALFORMED(PATIENT("\"active\":[true]"), "Patient.active", "must not be an array"),
		MALFORMED(PATIENT("\"name\":[]"), "Patient.name", "empty array"),
		MALFORMED(PATIENT("\"name\":[{}]"), "Patient.name[0]", "empty object"),
		MALFORMED(PATIENT("\"maritalStatus\":{}"), "Patient.maritalStatus", "empty object"),
		MALFORMED(PATIENT("\"name\":[null]"), "Patient.name[0]", "must be an object"),
		MALFORMED(PATIENT("\"name\":[\"a\"]"), "Patient.name[0]", "must be an object"),
		MALFORMED(PATIENT("\"active\":null"), "Patient.active", "true or false"),
		MALFORMED(PATIENT("\"active\":\"true\""), "Patient.active", "without quotes"),
		MALFORMED(PATIENT("\"active\":{}"), "Patient.active", "true or false"),
		MALFORMED(PATIENT("\"birthDate\":\"\""), "Patient.birthDate", "is empty"),
		MALFORMED(PATIENT("\"birthDate\":2020"), "Patient.birthDate", "JSON string"),
		MALFORMED(PATIENT("\"multipleBirthInteger\":\"1\""), "Patient.multipleBirth",
			  "JSON number"),
		MALFORMED(OBSERVATION("\"valueQuantity\":{\"value\":\"1\"}"),
			  "Observation.value.value", "JSON number"),
		MALFORMED(OBSERVATION("\"valueQuantity\":[{\"value\":1}]"), "Observation.value",
			  "must not be an array"),
		MALFORMED(PATIENT("\"contained\":[{\"id\":\"a\"}]"), "Patient.contained[0]",
			  "known resourceType"),
		MALFORMED(PATIENT("\"contained\":[{\"resourceType\":\"Nothing\",\"id\":\"a\"}]"),
			  "Patient.contained[0]", "known resourceType"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void cardinality_is_checked(void **state)
{
	static const struct row rows[] = {
		INVALID("{\"resourceType\":\"Observation\",\"status\":\"final\"}",
			"Observation.code", "must be present"),
		INVALID("{\"resourceType\":\"Observation\",\"code\":{\"text\":\"x\"}}",
			"Observation.status", "must be present"),
		INVALID(OBSERVATION("\"component\":[{\"valueString\":\"a\"}]"),
			"Observation.component[0].code", "must be present"),
		INVALID(PATIENT("\"extension\":[{\"valueString\":\"a\"}]"),
			"Patient.extension[0].url", "must be present"),
		INVALID("{\"resourceType\":\"MedicationRequest\",\"status\":\"active\","
			"\"intent\":\"order\",\"subject\":{\"display\":\"a\"}}",
			"MedicationRequest.medication", "must be present"),
		VALID("{\"resourceType\":\"Observation\",\"code\":{\"text\":\"x\"},\"_status\":"
		      "{\"extension\":[{\"url\":\"http://a\",\"valueCode\":\"unknown\"}]}}"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void a_choice_has_one_type(void **state)
{
	static const struct row rows[] = {
		VALID(OBSERVATION(
			"\"valueString\":\"a\",\"_valueString\":{\"id\":\"b\",\"extension\":"
			"[{\"url\":\"http://a\",\"valueCode\":\"b\"}]}")),
		MALFORMED(OBSERVATION("\"valueString\":\"a\",\"valueInteger\":1"),
			  "Observation.value", "second type"),
		MALFORMED(OBSERVATION("\"valueString\":\"a\",\"_valueBoolean\":{\"extension\":"
				      "[{\"url\":\"http://a\",\"valueCode\":\"b\"}]}"),
			  "Observation.value", "second type"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

#define EXTENDED "{\"extension\":[{\"url\":\"http://a\",\"valueCode\":\"b\"}]}"

static void siblings_of_primitives_line_up(void **state)
{
	static const struct row rows[] = {
		VALID(PATIENT("\"name\":[{\"given\":[\"a\",null],\"_given\":[null," EXTENDED
			      "]}]")),
		VALID(PATIENT("\"name\":[{\"_given\":[" EXTENDED "]}]")),
		VALID(PATIENT("\"_birthDate\":" EXTENDED)),
		MALFORMED(PATIENT("\"name\":[{\"given\":[null],\"_given\":[null]}]"),
			  "Patient.name[0].given[0]", "is null"),
		MALFORMED(PATIENT("\"name\":[{\"given\":[\"a\",null]}]"),
			  "Patient.name[0].given[1]", "is null"),
		MALFORMED(PATIENT("\"name\":[{\"_given\":[null," EXTENDED "]}]"),
			  "Patient.name[0].given[0]", "is null"),
		MALFORMED(PATIENT("\"name\":[{\"given\":[\"a\",\"b\"],\"_given\":[" EXTENDED "]}]"),
			  "Patient.name[0].given", "as long as"),
		MALFORMED(PATIENT("\"name\":[{\"given\":[\"a\"],\"_given\":" EXTENDED "}]"),
			  "Patient.name[0].given", "must be an array"),
		MALFORMED(PATIENT("\"_birthDate\":[" EXTENDED "]"), "Patient.birthDate",
			  "must not be an array"),
		MALFORMED(PATIENT("\"_birthDate\":null"), "Patient.birthDate", "must be an object"),
		MALFORMED(PATIENT("\"_birthDate\":{}"), "Patient.birthDate", "must be an object"),
		MALFORMED(PATIENT("\"_birthDate\":{\"value\":\"2020\"}"), "Patient.birthDate.value",
			  "not known"),
		INVALID(PATIENT("\"_birthDate\":{\"id\":\"a\"}"), "Patient.birthDate", "ele-1"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

#define EXTENSION(value) PATIENT("\"extension\":[{\"url\":\"http://a\"," value "}]")
#define BAD(value, sentence) MALFORMED(EXTENSION(value), "Patient.extension[0].value", sentence)

static void primitive_grammars_hold(void **state)
{
	static const struct row rows[] = {
		VALID(EXTENSION("\"valueDecimal\":1.00")),
		VALID(EXTENSION("\"valueDecimal\":-1e3")),
		VALID(EXTENSION("\"valueInteger\":-2147483648")),
		BAD("\"valueInteger\":2147483648", "32-bit"),
		BAD("\"valueInteger\":1.0", "32-bit"),
		BAD("\"valueInteger\":-0", "32-bit"),
		BAD("\"valueInteger\":1e2", "32-bit"),
		VALID(EXTENSION("\"valueUnsignedInt\":0")),
		BAD("\"valueUnsignedInt\":-1", "0 or more"),
		VALID(EXTENSION("\"valuePositiveInt\":1")),
		BAD("\"valuePositiveInt\":0", "positive"),
		VALID(EXTENSION("\"valueCode\":\"a b\"")),
		BAD("\"valueCode\":\" a\"", "white space"),
		BAD("\"valueCode\":\"a \"", "white space"),
		BAD("\"valueCode\":\"a  b\"", "white space"),
		VALID(EXTENSION("\"valueId\":\"a-1.B\"")),
		BAD("\"valueId\":\"a_1\"", "not an id"),
		VALID(EXTENSION("\"valueUri\":\"urn:x:y\"")),
		BAD("\"valueUri\":\"http://a b\"", "white space"),
		BAD("\"valueUrl\":\"http://a\\n\"", "white space"),
		BAD("\"valueCanonical\":\"http://a |1\"", "white space"),
		VALID(EXTENSION("\"valueOid\":\"urn:oid:2.16.840.0\"")),
		BAD("\"valueOid\":\"2.16.840\"", "OID"),
		BAD("\"valueOid\":\"urn:oid:2.01\"", "OID"),
		BAD("\"valueOid\":\"urn:oid:3.1\"", "OID"),
		BAD("\"valueOid\":\"urn:oid:2.1.\"", "OID"),
		VALID(EXTENSION("\"valueUuid\":\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\"")),
		BAD("\"valueUuid\":\"urn:uuid:C757873D-ec9a-4326-a141-556f43239520\"", "UUID"),
		BAD("\"valueUuid\":\"c757873d-ec9a-4326-a141-556f43239520\"", "UUID"),
		VALID(EXTENSION("\"valueBase64Binary\":\"AQ ID\\n\"")),
		VALID(EXTENSION("\"valueBase64Binary\":\"AQ==\"")),
		BAD("\"valueBase64Binary\":\"AQ=\"", "base64"),
		BAD("\"valueBase64Binary\":\"A===\"", "base64"),
		BAD("\"valueBase64Binary\":\"AQ=A\"", "base64"),
		BAD("\"valueBase64Binary\":\"A_ID\"", "base64"),
		VALID(EXTENSION("\"valueDate\":\"2024-02-29\"")),
		VALID(EXTENSION("\"valueDate\":\"2024-02\"")),
		BAD("\"valueDate\":\"2023-02-29\"", "not a date"),
		BAD("\"valueDate\":\"2024-2-9\"", "not a date"),
		BAD("\"valueDate\":\"0000\"", "not a date"),
		BAD("\"valueDate\":\"2024-02-29T10:00:00Z\"", "not a date"),
		VALID(EXTENSION("\"valueDateTime\":\"2016-12-31T23:59:60+14:00\"")),
		BAD("\"valueDateTime\":\"2024-02-29T10:00Z\"", "not a dateTime"),
		BAD("\"valueDateTime\":\"2024-02-29T10:00:00\"", "not a dateTime"),
		BAD("\"valueDateTime\":\"2024-02-29T24:00:00Z\"", "not a dateTime"),
		BAD("\"valueDateTime\":\"2024-02-29T10:00:00+14:01\"", "not a dateTime"),
		VALID(EXTENSION("\"valueInstant\":\"2024-02-29T10:00:00.123Z\"")),
		BAD("\"valueInstant\":\"2024-02-29\"", "not an instant"),
		VALID(EXTENSION("\"valueTime\":\"23:59:59.5\"")),
		BAD("\"valueTime\":\"23:59\"", "not a time"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void required_bindings_hold(void **state)
{
	static const struct row rows[] = {
		VALID(PATIENT("\"gender\":\"female\"")),
		INVALID(PATIENT("\"gender\":\"Female\""), "Patient.gender", "not a code"),
		INVALID("{\"resourceType\":\"Observation\",\"status\":\"done\",\"code\":{\"text\":"
			"\"x\"}}",
			"Observation.status", "not a code"),
		VALID(PATIENT("\"telecom\":[{\"system\":\"sms\",\"use\":\"mobile\"}]")),
		INVALID(PATIENT("\"telecom\":[{\"system\":\"telephone\"}]"),
			"Patient.telecom[0].system", "not a code"),
		/* a value set of two code systems, one with listed codes */
		VALID(OBSERVATION(
			"\"effectiveTiming\":{\"repeat\":{\"when\":[\"MORN\",\"ACM\"]}}")),
		INVALID(OBSERVATION("\"effectiveTiming\":{\"repeat\":{\"when\":[\"MORN\",\"X\"]}}"),
			"Observation.effective.repeat.when[1]", "not a code"),
		/* UCUM units listed one by one */
		VALID(OBSERVATION("\"effectiveTiming\":{\"repeat\":{\"periodUnit\":\"wk\"}}")),
		INVALID(OBSERVATION("\"effectiveTiming\":{\"repeat\":{\"periodUnit\":\"week\"}}"),
			"Observation.effective.repeat.periodUnit", "not a code"),
		/* a subset of a code system */
		INVALID("{\"resourceType\":\"Immunization\",\"status\":\"preparation\","
			"\"vaccineCode\":{\"text\":\"a\"},\"patient\":{\"display\":\"a\"},"
			"\"occurrenceString\":\"b\"}",
			"Immunization.status", "not a code"),
		/* a CodeableConcept needs one coding of the set; text alone may stand */
		VALID("{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"display\":\"a\"},"
		      "\"clinicalStatus\":{\"coding\":[{\"system\":\"http://"
		      "own\",\"code\":\"x\"},{\"system\":"
		      "\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\","
		      "\"code\":\"active\"}]}}"),
		INVALID("{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"display\":\"a\"},"
			"\"clinicalStatus\":{\"coding\":[{\"system\":\"http://"
			"own\",\"code\":\"active\"}]}}",
			"AllergyIntolerance.clinicalStatus.coding", "no code"),
		/* media types and currencies are checked by their grammar */
		VALID(PATIENT("\"photo\":[{\"contentType\":\"image/png; a=b\"}]")),
		INVALID(PATIENT("\"photo\":[{\"contentType\":\"png\"}]"),
			"Patient.photo[0].contentType", "not a code"),
		VALID(EXTENSION("\"valueMoney\":{\"value\":1,\"currency\":\"GBP\"}")),
		INVALID(EXTENSION("\"valueMoney\":{\"value\":1,\"currency\":\"pounds\"}"),
			"Patient.extension[0].value.currency", "not a code"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void references_lead_to_allowed_types(void **state)
{
	static const struct row rows[] = {
		VALID(OBSERVATION("\"subject\":{\"reference\":\"Device/1\"}")),
		VALID(OBSERVATION("\"subject\":{\"reference\":\"http://h/Patient/1/_history/2\"}")),
		VALID(OBSERVATION("\"subject\":{\"reference\":\"Patient?identifier=a|b\"}")),
		VALID(OBSERVATION("\"subject\":{\"reference\":"
				  "\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\"}")),
		VALID(OBSERVATION("\"focus\":[{\"reference\":\"Slot/1\"}]")),
		INVALID(OBSERVATION("\"subject\":{\"reference\":\"Observation/1\"}"),
			"Observation.subject.reference", "not allowed here"),
		INVALID(OBSERVATION("\"subject\":{\"reference\":\"Observation?code=a\"}"),
			"Observation.subject.reference", "not allowed here"),
		INVALID(OBSERVATION("\"performer\":[{\"reference\":\"Organization/1\"},"
				    "{\"reference\":\"Medication/1\"}]"),
			"Observation.performer[1].reference", "not allowed here"),
		INVALID(OBSERVATION("\"subject\":{\"type\":\"Slot\",\"display\":\"a\"}"),
			"Observation.subject.type", "not allowed here"),
		INVALID(OBSERVATION("\"subject\":{\"reference\":\"Patient/1\",\"type\":\"Group\"}"),
			"Observation.subject.type", "not the type"),
		INVALID(OBSERVATION("\"subject\":{\"reference\":\"#p\"}"),
			"Observation.subject.reference", "ref-1"),
		INVALID(OBSERVATION("\"contained\":[{\"resourceType\":\"Slot\",\"id\":\"p\","
				    "\"schedule\":{\"display\":\"a\"},\"status\":\"free\","
				    "\"start\":\"2020-01-01T00:00:00Z\",\"end\":\"2020-01-01T00:00:"
				    "00Z\"}],"
				    "\"subject\":{\"reference\":\"#p\"}"),
			"Observation.subject.reference", "not allowed here"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

#define CONTAINED(inner, rest) \
	OBSERVATION("\"contained\":[{\"resourceType\":\"Patient\"," inner "}]" rest)
#define USED ",\"subject\":{\"reference\":\"#p\"}"

static void contained_resources_follow_their_rules(void **state)
{
	static const struct row rows[] = {
		VALID(CONTAINED("\"id\":\"p\"", USED)),
		VALID(CONTAINED("\"id\":\"p\",\"link\":[{\"other\":{\"reference\":\"#\"},"
				"\"type\":\"seealso\"}]",
				"")),
		INVALID(CONTAINED("\"id\":\"p\"", ""), "Observation.contained[0]", "dom-3"),
		INVALID(CONTAINED("\"active\":true", ""), "Observation.contained[0]",
			"without an id"),
		INVALID(CONTAINED("\"id\":\"p\",\"meta\":{\"versionId\":\"1\"}", USED),
			"Observation.contained[0].meta", "dom-4"),
		INVALID(CONTAINED(
				"\"id\":\"p\",\"meta\":{\"lastUpdated\":\"2020-01-01T00:00:00Z\"}",
				USED),
			"Observation.contained[0].meta", "dom-4"),
		INVALID(CONTAINED("\"id\":\"p\",\"meta\":{\"security\":[{\"code\":\"a\"}]}", USED),
			"Observation.contained[0].meta", "dom-5"),
		INVALID(CONTAINED("\"id\":\"p\",\"contained\":[{\"resourceType\":\"Group\","
				  "\"id\":\"g\",\"type\":\"person\",\"actual\":true}]",
				  USED),
			"Observation.contained[0].contained", "dom-2"),
		INVALID(OBSERVATION("\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\"},"
				    "{\"resourceType\":\"Patient\",\"id\":\"p\"}]" USED),
			"Observation.contained[1]", "twice"),
		INVALID(CONTAINED("\"id\":\"p\",\"gender\":\"x\"", USED),
			"Observation.contained[0].gender", "not a code"),
		/* what is contained in one entry of a Bundle is not there for the next */
		INVALID("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
			"{\"resource\":" CONTAINED(
				"\"id\":\"p\"",
				USED) "},"
				      "{\"resource\":" OBSERVATION(
					      "\"subject\":{\"reference\":\"#p\"}") "}]}",
			"Bundle.entry[1].resource.subject.reference", "ref-1"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void extensions_have_a_value_or_extensions(void **state)
{
	static const struct row rows[] = {
		VALID(PATIENT("\"extension\":[{\"url\":\"http://a\",\"extension\":"
			      "[{\"url\":\"b\",\"valueString\":\"c\"}]}]")),
		INVALID(PATIENT("\"extension\":[{\"url\":\"http://a\"}]"), "Patient.extension[0]",
			"ext-1"),
		INVALID(PATIENT("\"extension\":[{\"url\":\"http://"
				"a\",\"valueString\":\"d\",\"extension\":"
				"[{\"url\":\"b\",\"valueString\":\"c\"}]}]"),
			"Patient.extension[0]", "ext-1"),
		INVALID(PATIENT("\"name\":[{\"id\":\"a\"}]"), "Patient.name[0]", "ele-1"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void bundles_are_checked_within(void **state)
{
	static const struct row rows[] = {
		VALID("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":"
		      "{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\",\"url\":"
		      "\"Patient\"}}]}"),
		INVALID("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":"
			"{\"resourceType\":\"Patient\",\"gender\":\"x\"}}]}",
			"Bundle.entry[0].resource.gender", "not a code"),
		INVALID("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"a\",\"part\":"
			"[{\"name\":\"b\",\"resource\":{\"resourceType\":\"Patient\",\"gender\":"
			"\"x\"}}]}]}",
			"Parameters.parameter[0].part[0].resource.gender", "not a code"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void narratives_are_checked(void **state)
{
#define TEXT(div) PATIENT("\"text\":{\"status\":\"generated\",\"div\":\"" div "\"}")
	static const struct row rows[] = {
		VALID(TEXT("<div xmlns='http://www.w3.org/1999/xhtml'>a</div>")),
		INVALID(TEXT("<div xmlns='http://www.w3.org/1999/xhtml'><script>a</script></div>"),
			"Patient.text.div", "element that narrative does not allow"),
		INVALID(PATIENT("\"text\":{\"status\":\"generated\"}"), "Patient.text.div",
			"must be present"),
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void every_finding_is_reported_up_to_the_limit(void **state)
{
	struct arena arena;
	struct issues issues;
	struct text text;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	assert_int_equal(check(&arena, STR(PATIENT("\"gender\":\"x\",\"birthDate\":\"y\",\"z\":1")),
			       &issues),
			 ERROR_MALFORMED);
	assert_int_equal(issues.count, 3);
	text_init(&text, &arena, 1 << 20);
	text_put(&text, STR("{\"resourceType\":\"Patient\""));
	for (unsigned i = 0; i < 1000; i++)
		text_put_format(&text, ",\"unknown%u\":1", i);
	text_put(&text, STR("}"));
	assert_int_equal(check(&arena, text_view(&text), &issues), ERROR_MALFORMED);
	assert_int_equal(issues.count, LIMIT_ISSUES_MAX);
	arena_done(&arena);
}

static void many_nulls_are_fine_where_extensions_stand(void **state)
{
	struct arena arena;
	struct issues issues;
	struct text text;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	for (int good = 0; good <= 1; good++) {
		text_init(&text, &arena, 1 << 20);
		text_put(&text, STR("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"a\""));
		for (unsigned i = 0; i < 200; i++)
			text_put(&text, STR(",null"));
		text_put(&text, STR("],\"_given\":[null"));
		for (unsigned i = 0; i < 200; i++)
			text_put(&text, i == 150 && good == 0 ? STR(",null") : STR("," EXTENDED));
		text_put(&text, STR("]}]}"));
		assert_int_equal(check(&arena, text_view(&text), &issues),
				 good == 1 ? ERROR_OK : ERROR_MALFORMED);
		if (good == 0) {
			assert_int_equal(issues.count, 2);
			assert_str_equal(issues.first->expression, "Patient.name[0].given[151]");
		}
	}
	arena_done(&arena);
}

static void deep_nesting_is_walked_without_recursion(void **state)
{
	struct arena arena;
	struct issues issues;
	struct text text;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	text_init(&text, &arena, 1 << 20);
	text_put(&text, STR("{\"resourceType\":\"Patient\""));
	for (unsigned i = 0; i < 40; i++)
		text_put(&text, STR(",\"extension\":[{\"url\":\"http://a\""));
	text_put(&text, STR(",\"valueString\":\"b\""));
	for (unsigned i = 0; i < 40; i++)
		text_put(&text, STR("}]"));
	text_put(&text, STR("}"));
	assert_int_equal(check(&arena, text_view(&text), &issues), ERROR_OK);
	arena_done(&arena);
}

static void issues_may_be_left_out_and_memory_may_end(void **state)
{
	struct arena arena;
	struct arena small;
	struct json *root;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	assert_int_equal(json_parse(&arena, STR(PATIENT("\"gender\":\"x\"")), NULL, NULL, &root),
			 ERROR_OK);
	assert_int_equal(fhir_validate(&arena, root, NULL), ERROR_INVALID);
	assert_int_equal(
		json_parse(&arena, STR(CONTAINED("\"id\":\"p\"", USED)), NULL, NULL, &root),
		ERROR_OK);
	arena_init(&small, 16);
	assert_int_equal(fhir_validate(&small, root, NULL), ERROR_LIMIT);
	arena_done(&small);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_must_be_a_known_resource),
		cmocka_unit_test(unknown_elements_are_refused_at_every_depth),
		cmocka_unit_test(json_shapes_are_checked),
		cmocka_unit_test(cardinality_is_checked),
		cmocka_unit_test(a_choice_has_one_type),
		cmocka_unit_test(siblings_of_primitives_line_up),
		cmocka_unit_test(primitive_grammars_hold),
		cmocka_unit_test(required_bindings_hold),
		cmocka_unit_test(references_lead_to_allowed_types),
		cmocka_unit_test(contained_resources_follow_their_rules),
		cmocka_unit_test(extensions_have_a_value_or_extensions),
		cmocka_unit_test(bundles_are_checked_within),
		cmocka_unit_test(narratives_are_checked),
		cmocka_unit_test(every_finding_is_reported_up_to_the_limit),
		cmocka_unit_test(many_nulls_are_fine_where_extensions_stand),
		cmocka_unit_test(deep_nesting_is_walked_without_recursion),
		cmocka_unit_test(issues_may_be_left_out_and_memory_may_end),
	};
	return cmocka_run_group_tests_name("fhir/validate", tests, NULL, NULL);
}
