/* SPDX-License-Identifier: Apache-2.0
 * Index values of each kind of parameter against expectations written by hand. */
#include "unit.h"

#include "base/date.h"
#include "base/limits.h"
#include "fhir/tables.h"
#include "fhir/value.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static void put_instant(struct text *text, int64_t at_us)
{
	char words[25];
	if (at_us == INT64_MIN || at_us == INT64_MAX) {
		text_put(text, STR("*"));
		return;
	}
	date_write_instant(at_us, words);
	text_put(text, str_slice((struct str){ words, 24 }, 0, 19));
}

static void put_token(struct text *text, const struct fhir_index_value *value)
{
	text_put(text, value->system);
	text_put(text, STR("|"));
	text_put(text, value->code);
	if (value->text.len > 0)
		text_put_format(text, "~%.*s", STR_ARG(value->text));
}

static void put_simple(struct text *text, const struct fhir_index_value *value)
{
	switch (value->kind) {
	case FHIR_SEARCH_TOKEN:
		put_token(text, value);
		for (size_t i = 0; i < value->component_count; i++) {
			text_put(text, STR("<"));
			put_token(text, &value->components[i]);
			text_put(text, STR(">"));
		}
		break;
	case FHIR_SEARCH_STRING:
	case FHIR_SEARCH_URI:
		text_put(text, value->text);
		break;
	case FHIR_SEARCH_REFERENCE:
		text_put(text, value->text);
		if (value->reference.type != FHIR_TYPE_NONE)
			text_put_format(text, "=%.*s:%.*s/%.*s", STR_ARG(value->reference.base),
					STR_ARG(fhir_resource_name(value->reference.type)),
					STR_ARG(value->reference.id));
		if (value->code.len > 0)
			put_token(text, &(struct fhir_index_value){ .system = value->system,
								    .code = value->code });
		break;
	case FHIR_SEARCH_DATE:
		put_instant(text, value->low_us);
		text_put(text, STR(".."));
		put_instant(text, value->high_us);
		break;
	case FHIR_SEARCH_NUMBER:
	case FHIR_SEARCH_QUANTITY:
		text_put_format(text, "%.12g[%.12g,%.12g)", value->number, value->low, value->high);
		if (value->code.len > 0 || value->text.len > 0)
			put_token(text, value);
		if (value->canonical_code.len > 0)
			text_put_format(text, "=[%.10g,%.10g)%.*s", value->canonical_low,
					value->canonical_high, STR_ARG(value->canonical_code));
		break;
	case FHIR_SEARCH_SPECIAL:
		text_put_format(text, "%g,%g", value->low, value->high);
		break;
	case FHIR_SEARCH_COMPOSITE:
	default:
		break;
	}
}

/* All values of one parameter, in order, with "; " between them and " $ " between components. */
static struct str show(struct arena *arena, struct str source, struct str code)
{
	struct json *root;
	struct issues issues;
	struct fhir_index index;
	struct text text;
	const struct fhir_search_parameter *parameter;
	issues_init(&issues, arena);
	assert_int_equal(json_parse(arena, source, NULL, &issues, &root), ERROR_OK);
	if (fhir_validate(arena, root, &issues) != ERROR_OK)
		fail_msg("%.*s: %.*s", STR_ARG(issues.first->expression),
			 STR_ARG(issues.first->diagnostics));
	assert_int_equal(fhir_index_extract(arena, root, &index), ERROR_OK);
	parameter = fhir_search_parameter_find(fhir_resource_type_of(root), code);
	assert_non_null(parameter);
	text_init(&text, arena, 1 << 20);
	for (size_t i = 0; i < index.count; i++) {
		const struct fhir_index_value *value = &index.values[i];
		if (value->parameter != parameter)
			continue;
		assert_int_equal(value->kind, parameter->kind);
		if (text.len > 0)
			text_put(&text, STR("; "));
		put_simple(&text, value);
		for (size_t c = 0;
		     value->kind == FHIR_SEARCH_COMPOSITE && c < value->component_count; c++) {
			text_put(&text, c > 0 ? STR(" $ ") : STR(""));
			assert_int_equal(value->components[c].parameter->number,
					 parameter->components[c]);
			put_simple(&text, &value->components[c]);
		}
	}
	return text_view(&text);
}

static void expect(const char *source, const char *code, const char *expected)
{
	struct arena arena;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	struct str found = show(&arena, str_from_c(source), str_from_c(code));
	if (!str_equal(found, str_from_c(expected)))
		fail_msg("%s is\n  %.*s\n, not\n  %s", code, STR_ARG(found), expected);
	arena_done(&arena);
}

static const char heart_rate[] =
	"{\"resourceType\":\"Observation\",\"id\":\"hr\",\"meta\":{\"profile\":[\"http://p|1\"],"
	"\"tag\":[{\"system\":\"http://"
	"t\",\"code\":\"a\"}],\"source\":\"urn:x\"},\"status\":\"final\","
	"\"category\":[{\"coding\":[{\"system\":\"http://c\",\"code\":\"vital-signs\","
	"\"display\":\"Vital Signs\"}],\"text\":\"Vital Signs\"}],\"code\":{\"coding\":"
	"[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\",\"display\":\"Heart rate\"}],"
	"\"text\":\"Pulse\"},\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"effectiveDateTime\":\"2024-05-06T07:08:09+01:00\",\"valueQuantity\":{\"value\":60,"
	"\"unit\":\"beats/minute\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"/min\"}}";

static void a_vital_sign_gives_its_values(void **state)
{
	(void)state;
	expect(heart_rate, "_tag", "http://t|a");
	expect(heart_rate, "_profile", "http://p|1");
	expect(heart_rate, "_source", "urn:x");
	expect(heart_rate, "_id", "");
	expect(heart_rate, "status", "http://hl7.org/fhir/observation-status|final");
	expect(heart_rate, "category", "http://c|vital-signs~Vital Signs");
	expect(heart_rate, "code", "http://loinc.org|8867-4~Heart rate; |~Pulse");
	expect(heart_rate, "patient", "Patient/p1=:Patient/p1");
	expect(heart_rate, "subject", "Patient/p1=:Patient/p1");
	expect(heart_rate, "date", "2024-05-06T06:08:09..2024-05-06T06:08:10");
	expect(heart_rate, "value-quantity",
	       "60[59.5,60.5)http://unitsofmeasure.org|/min~beats/"
	       "minute=[0.9916666667,1.008333333)Hz");
	expect(heart_rate, "code-value-quantity",
	       "http://loinc.org|8867-4~Heart rate $ 60[59.5,60.5)http://unitsofmeasure.org|/min"
	       "~beats/minute=[0.9916666667,1.008333333)Hz; |~Pulse $ 60[59.5,60.5)"
	       "http://unitsofmeasure.org|/min~beats/minute=[0.9916666667,1.008333333)Hz");
	expect(heart_rate, "combo-code", "http://loinc.org|8867-4~Heart rate; |~Pulse");
	expect(heart_rate, "component-code", "");
	expect(heart_rate, "value-string", "");
}

static const char pressure[] =
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":"
	"\"bp\"}]},"
	"\"effectivePeriod\":{\"start\":\"2024-05\"},\"component\":["
	"{\"code\":{\"coding\":[{\"code\":\"sys\"}]},\"valueQuantity\":{\"value\":120.0,\"code\":"
	"\"x\"}},"
	"{\"code\":{\"coding\":[{\"code\":\"dia\"},{\"code\":\"low\"}]},"
	"\"valueQuantity\":{\"value\":8e1,\"code\":\"x\"}},"
	"{\"code\":{\"coding\":[{\"code\":\"arm\"}]},\"valueCodeableConcept\":{\"text\":\"left\"}},"
	"{\"code\":{\"coding\":[{\"code\":\"none\"}]}}]}";

static void components_stay_with_their_own_values(void **state)
{
	(void)state;
	expect(pressure, "component-code-value-quantity",
	       "|sys $ 120[119.95,120.05)|x; |dia $ 80[79.5,80.5)|x; |low $ 80[79.5,80.5)|x");
	expect(pressure, "component-code-value-concept", "|arm $ |~left");
	expect(pressure, "combo-code-value-quantity",
	       "|sys $ 120[119.95,120.05)|x; |dia $ 80[79.5,80.5)|x; |low $ 80[79.5,80.5)|x");
	expect(pressure, "combo-code", "|bp; |sys; |dia; |low; |arm; |none");
	expect(pressure, "code-value-quantity", "");
	expect(pressure, "combo-value-quantity", "120[119.95,120.05)|x; 80[79.5,80.5)|x");
	expect(pressure, "date", "2024-05-01T00:00:00..*");
}

static const char patient[] =
	"{\"resourceType\":\"Patient\",\"active\":true,\"identifier\":[{\"type\":{\"coding\":[{"
	"\"system\":"
	"\"http://"
	"v\",\"code\":\"MR\"}],\"text\":\"Record\"},\"system\":\"urn:nhs\",\"value\":\"943\"},"
	"{\"value\":\"bare\"}],\"name\":[{\"use\":\"official\",\"text\":\"Dr \xc3\x89va "
	"N\",\"family\":"
	"\"N\xc3\xa9meth\",\"given\":[\"\xc3\x89va\",\"M\"],\"prefix\":[\"Dr\"]},{\"given\":["
	"\"Evi\"]}],"
	"\"telecom\":[{\"system\":\"phone\",\"value\":\"0117\",\"use\":\"home\"},"
	"{\"system\":\"email\",\"value\":\"a@b\"}],\"gender\":\"female\",\"birthDate\":\"1980\","
	"\"deceasedDateTime\":\"2024-01-02\",\"address\":[{\"use\":\"home\",\"line\":[\"1 A "
	"St\",\"Flat\"],"
	"\"city\":\"Bath\",\"postalCode\":\"BA1\",\"country\":\"GB\"}],"
	"\"generalPractitioner\":[{\"reference\":\"http://h/fhir/Practitioner/g/_history/3\"},"
	"{\"identifier\":{\"system\":\"urn:g\",\"value\":\"7\"}}],"
	"\"communication\":[{\"language\":{\"coding\":[{\"code\":\"en\"}]}}]}";

static void a_patient_gives_names_addresses_and_telecom(void **state)
{
	(void)state;
	expect(patient, "name", "Dr \xc3\x89va N; N\xc3\xa9meth; \xc3\x89va; M; Dr; Evi");
	expect(patient, "family", "N\xc3\xa9meth");
	expect(patient, "given", "\xc3\x89va; M; Evi");
	expect(patient, "phonetic", "Dr \xc3\x89va N; N\xc3\xa9meth; \xc3\x89va; M; Dr; Evi");
	expect(patient, "address", "1 A St; Flat; Bath; BA1; GB");
	expect(patient, "address-city", "Bath");
	expect(patient, "address-use", "http://hl7.org/fhir/address-use|home");
	expect(patient, "identifier", "urn:nhs|943~Record<http://v|MR>; |bare");
	expect(patient, "telecom", "home|0117; |a@b");
	expect(patient, "phone", "home|0117");
	expect(patient, "email", "|a@b");
	expect(patient, "active", "|true");
	expect(patient, "gender", "http://hl7.org/fhir/administrative-gender|female");
	expect(patient, "birthdate", "1980-01-01T00:00:00..1981-01-01T00:00:00");
	expect(patient, "death-date", "2024-01-02T00:00:00..2024-01-03T00:00:00");
	expect(patient, "deceased", "|true");
	expect(patient, "language", "|en");
	expect(patient, "general-practitioner",
	       "http://h/fhir/Practitioner/g/_history/3=http://h/fhir:Practitioner/g; urn:g|7");
	expect(patient, "link", "");
}

static void deceased_is_a_boolean_of_every_form(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Patient\"}", "deceased", "|false");
	expect("{\"resourceType\":\"Patient\",\"deceasedBoolean\":false}", "deceased", "|false");
	expect("{\"resourceType\":\"Patient\",\"deceasedBoolean\":true}", "deceased", "|true");
}

static void periods_and_timings_give_outer_bounds(void **state)
{
	static const char encounter[] =
		"{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"system\":"
		"\"http://c\","
		"\"code\":\"AMB\"},\"period\":{\"start\":\"2024-01-31\",\"end\":\"2024-02\"},"
		"\"length\":{\"value\":90,\"system\":\"http://"
		"unitsofmeasure.org\",\"code\":\"min\"},"
		"\"location\":[{\"location\":{\"reference\":\"Location/l\"},\"period\":"
		"{\"end\":\"2024-02-01T10:00:00Z\"}}]}";
	static const char order[] =
		"{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\","
		"\"subject\":"
		"{\"reference\":\"Patient/"
		"1\"},\"occurrenceTiming\":{\"event\":[\"2024-03-02\",\"2024-03-01\"],"
		"\"repeat\":{\"boundsPeriod\":{\"start\":\"2024-03-01T12:00:00Z\",\"end\":\"2024-"
		"04\"}}}}";
	static const char endless[] = "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\","
				      "\"intent\":\"order\",\"subject\":"
				      "{\"reference\":\"Patient/"
				      "1\"},\"occurrenceTiming\":{\"repeat\":{\"frequency\":1}}}";
	(void)state;
	expect(encounter, "date", "2024-01-31T00:00:00..2024-03-01T00:00:00");
	expect(encounter, "location-period", "*..2024-02-01T10:00:01");
	expect(encounter, "class", "http://c|AMB");
	expect(encounter, "length", "90[89.5,90.5)http://unitsofmeasure.org|min=[5370,5430)s");
	expect(order, "occurrence", "2024-03-01T00:00:00..2024-05-01T00:00:00");
	expect(endless, "occurrence", "");
}

static void definitions_give_canonicals_and_contexts(void **state)
{
	static const char plan[] =
		"{\"resourceType\":\"PlanDefinition\",\"status\":\"active\",\"url\":\"http://p/x\","
		"\"library\":[\"http://l/a|1\",\"Library/rel\"],\"relatedArtifact\":["
		"{\"type\":\"depends-on\",\"resource\":\"http://l/b\"},{\"type\":\"composed-of\","
		"\"resource\":\"http://l/c\"}],\"useContext\":[{\"code\":{\"system\":\"http://"
		"u\",\"code\":"
		"\"age\"},\"valueRange\":{\"low\":{\"value\":5},\"high\":{\"value\":10.5}}},"
		"{\"code\":{\"code\":\"focus\"},\"valueCodeableConcept\":{\"text\":\"asthma\"}}],"
		"\"action\":[{\"definitionCanonical\":\"http://a/d\"}]}";
	(void)state;
	expect(plan, "url", "http://p/x");
	expect(plan, "depends-on", "http://l/b; http://l/a|1; Library/rel=:Library/rel");
	expect(plan, "composed-of", "http://l/c");
	expect(plan, "successor", "");
	expect(plan, "definition", "http://a/d");
	expect(plan, "context", "|~asthma");
	expect(plan, "context-quantity", "5[4.5,10.55)");
	expect(plan, "context-type", "http://u|age; |focus");
	expect(plan, "context-type-quantity", "http://u|age $ 5[4.5,10.55)");
	expect(plan, "context-type-value", "|focus $ |~asthma");
}

#define RESULT(value) \
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"}," value \
	"}"

static void quantities_of_each_form(void **state)
{
	(void)state;
	expect(RESULT("\"valueQuantity\":{\"value\":5,\"comparator\":\"<\",\"unit\":\"mg\"}"),
	       "value-quantity", "5[-inf,5)|~mg");
	expect(RESULT("\"valueQuantity\":{\"value\":5,\"comparator\":\">=\",\"unit\":\"mg\"}"),
	       "value-quantity", "5[4.5,inf)|~mg");
	expect(RESULT("\"valueQuantity\":{\"unit\":\"mg\"}"), "value-quantity", "");
	expect(RESULT("\"valueQuantity\":{\"value\":98.6,\"system\":\"http://unitsofmeasure.org\","
		      "\"code\":\"[degF]\"}"),
	       "value-quantity",
	       "98.6[98.55,98.65)http://unitsofmeasure.org|[degF]=[310.1222222,310.1777778)K");
	expect(RESULT("\"valueQuantity\":{\"value\":1,\"system\":\"http://unitsofmeasure.org\","
		      "\"code\":\"furlong\"}"),
	       "value-quantity", "1[0.5,1.5)http://unitsofmeasure.org|furlong");
	expect(RESULT("\"valueSampledData\":{\"origin\":{\"value\":10,\"unit\":\"mV\"},\"period\":"
		      "1,"
		      "\"factor\":2,\"lowerLimit\":-5,\"dimensions\":1,\"data\":\"1 E 3 L 2\"}"),
	       "value-quantity", "0[0,16)|~mV");
	expect(RESULT("\"valueQuantity\":{\"value\":3.14159265358979323846}"), "value-quantity",
	       "3.14159265359[3.14159265359,3.14159265359)");
	expect("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/1\"},"
	       "\"onsetAge\":{\"value\":3,\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"},"
	       "\"abatementRange\":{\"high\":{\"value\":9,\"unit\":\"y\"}}}",
	       "onset-age", "3[2.5,3.5)http://unitsofmeasure.org|a=[78894000,110451600)s");
	expect("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/1\"},"
	       "\"abatementRange\":{\"high\":{\"value\":9,\"unit\":\"y\"}}}",
	       "abatement-age", "9[-inf,9.5)|~y");
	expect("{\"resourceType\":\"Invoice\",\"status\":\"issued\",\"totalNet\":{\"value\":48.50,"
	       "\"currency\":\"GBP\"}}",
	       "totalnet", "48.5[48.495,48.505)urn:iso:std:iso:4217|GBP");
}

static void numbers_have_their_implicit_range(void **state)
{
	static const char risk[] =
		"{\"resourceType\":\"RiskAssessment\",\"status\":\"final\",\"subject\":{"
		"\"reference\":"
		"\"Patient/"
		"1\"},\"prediction\":[{\"probabilityDecimal\":0.10},{\"probabilityDecimal\":1e2}]}";
	(void)state;
	expect(risk, "probability", "0.1[0.095,0.105); 100[95,105)");
}

static void dates_strings_and_concepts_of_a_choice_are_told_apart(void **state)
{
	(void)state;
	expect(RESULT("\"valueString\":\"abc\""), "value-string", "abc");
	expect(RESULT("\"valueCodeableConcept\":{\"text\":\"t\",\"coding\":[{\"code\":\"c\"}]}"),
	       "value-string", "t");
	expect(RESULT("\"valueCodeableConcept\":{\"text\":\"t\",\"coding\":[{\"code\":\"c\"}]}"),
	       "value-concept", "|c; |~t");
	expect(RESULT("\"valueDateTime\":\"2024\""), "value-date",
	       "2024-01-01T00:00:00..2025-01-01T00:00:00");
	expect(RESULT("\"valuePeriod\":{\"end\":\"2024\"}"), "value-date",
	       "*..2025-01-01T00:00:00");
	expect(RESULT("\"valuePeriod\":{\"end\":\"2024\"}"), "value-quantity", "");
}

static void references_are_filtered_by_what_they_lead_to(void **state)
{
	static const char appointment[] =
		"{\"resourceType\":\"Appointment\",\"status\":\"booked\",\"contained\":[{"
		"\"resourceType\":"
		"\"Patient\",\"id\":\"c\"}],\"participant\":[{\"actor\":{\"reference\":\"Patient/"
		"1\"},\"status\":"
		"\"accepted\"},{\"actor\":{\"reference\":\"Location/"
		"2\"},\"status\":\"accepted\"},{\"actor\":"
		"{\"reference\":\"#c\"},\"status\":\"accepted\"},{\"actor\":{\"reference\":\"urn:"
		"uuid:"
		"c757873d-ec9a-4326-a141-556f43239520\",\"type\":\"Patient\"},\"status\":"
		"\"accepted\"},"
		"{\"actor\":{\"type\":\"Practitioner\",\"identifier\":{\"value\":\"9\"}},"
		"\"status\":\"accepted\"}]}";
	(void)state;
	expect(appointment, "patient",
	       "Patient/1=:Patient/1; #c; urn:uuid:c757873d-ec9a-4326-a141-556f43239520");
	expect(appointment, "location", "Location/2=:Location/2");
	expect(appointment, "practitioner", "|9");
	expect(appointment, "part-status",
	       "http://hl7.org/fhir/participationstatus|accepted; "
	       "http://hl7.org/fhir/participationstatus|accepted; "
	       "http://hl7.org/fhir/participationstatus|accepted; "
	       "http://hl7.org/fhir/participationstatus|accepted; "
	       "http://hl7.org/fhir/participationstatus|accepted");
}

static void special_paths_work(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":[{\"resource\":{"
	       "\"resourceType\":"
	       "\"Composition\",\"id\":\"c\",\"status\":\"final\",\"type\":{\"text\":\"t\"},"
	       "\"date\":\"2024\","
	       "\"author\":[{\"display\":\"a\"}],\"title\":\"x\"}},{\"resource\":{\"resourceType\":"
	       "\"Composition\",\"id\":\"d\",\"status\":\"final\",\"type\":{\"text\":\"t\"},"
	       "\"date\":\"2024\","
	       "\"author\":[{\"display\":\"a\"}],\"title\":\"x\"}}]}",
	       "composition", "Composition/c=:Composition/c");
	expect("{\"resourceType\":\"Location\",\"position\":{\"latitude\":51.4545,\"longitude\":-2."
	       "5879}}",
	       "near", "51.4545,-2.5879");
	expect("{\"resourceType\":\"InsurancePlan\",\"name\":\"n\",\"alias\":[\"a\",\"b\"]}",
	       "name", "n; a; b");
	expect("{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"item\":["
	       "{\"linkId\":\"1\",\"extension\":[{\"url\":\"http://hl7.org/fhir/"
	       "StructureDefinition/"
	       "questionnaireresponse-isSubject\",\"valueBoolean\":true}],\"answer\":[{"
	       "\"valueReference\":"
	       "{\"reference\":\"Patient/s\"}}]},{\"linkId\":\"2\",\"answer\":[{\"valueReference\":"
	       "{\"reference\":\"Patient/t\"}}]}]}",
	       "item-subject", "Patient/s=:Patient/s");
	expect("{\"resourceType\":\"MolecularSequence\",\"coordinateSystem\":0,\"referenceSeq\":"
	       "{\"chromosome\":{\"coding\":[{\"code\":\"1\"}]}},\"variant\":[{\"start\":5,\"end\":"
	       "7},"
	       "{\"start\":9,\"end\":11}]}",
	       "chromosome-variant-coordinate",
	       "|1 $ 5[4.5,5.5) $ 7[6.5,7.5); |1 $ 9[8.5,9.5) $ 11[10.5,11.5)");
	expect("{\"resourceType\":\"Device\",\"extension\":[{\"url\":\"http://hl7.org/fhir/"
	       "SearchParameter/"
	       "device-extensions-Device-din\",\"valueIdentifier\":{\"system\":\"urn:d\",\"value\":"
	       "\"1\"}}]}",
	       "din", "urn:d|1");
	expect("{\"resourceType\":\"Group\",\"type\":\"person\",\"actual\":false,"
	       "\"characteristic\":["
	       "{\"code\":{\"coding\":[{\"code\":\"a\"}]},\"valueBoolean\":true,\"exclude\":false},"
	       "{\"code\":{\"coding\":[{\"code\":\"b\"}]},\"valueCodeableConcept\":{\"coding\":[{"
	       "\"code\":"
	       "\"c\"}]},\"exclude\":true}]}",
	       "characteristic-value", "|a $ |true; |b $ |c");
}

static void primitives_without_a_value_give_nothing(void **state)
{
	(void)state;
	expect("{\"resourceType\":\"Patient\",\"_birthDate\":{\"extension\":[{\"url\":\"http://a\","
	       "\"valueCode\":\"unknown\"}]},\"name\":[{\"given\":[null,\"b\"],\"_given\":[{\"id\":"
	       "\"x\","
	       "\"extension\":[{\"url\":\"http://a\",\"valueCode\":\"c\"}]},null]}]}",
	       "birthdate", "");
	expect("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[null,\"b\"],\"_given\":[{"
	       "\"id\":\"x\","
	       "\"extension\":[{\"url\":\"http://a\",\"valueCode\":\"c\"}]},null]}]}",
	       "given", "b");
}

static void too_many_composites_are_a_limit(void **state)
{
	struct arena arena;
	struct text text;
	struct json *root;
	struct fhir_index index;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	text_init(&text, &arena, 1 << 20);
	text_put(&text, STR("{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{"
			    "\"coding\":["));
	for (unsigned i = 0; i < 200; i++)
		text_put_format(&text, "%s{\"code\":\"%u\"}", i > 0 ? "," : "", i);
	text_put(&text, STR("]},\"valueCodeableConcept\":{\"coding\":["));
	for (unsigned i = 0; i < 200; i++)
		text_put_format(&text, "%s{\"code\":\"%u\"}", i > 0 ? "," : "", i);
	text_put(&text, STR("]}}"));
	assert_int_equal(json_parse(&arena, text_view(&text), NULL, NULL, &root), ERROR_OK);
	assert_int_equal(fhir_index_extract(&arena, root, &index), ERROR_LIMIT);
	arena_done(&arena);
}

static void units_are_compared_in_one_unit(void **state)
{
	const struct str ucum = STR("http://unitsofmeasure.org");
	double factor;
	double offset;
	struct str code;
	(void)state;
	assert_true(fhir_unit_canonical(ucum, STR("mg"), &factor, &offset, &code));
	assert_str_equal(code, "g");
	assert_true(1000 * factor + offset == 1.0);
	assert_true(fhir_unit_canonical(ucum, STR("{beats}/min"), &factor, &offset, &code));
	assert_str_equal(code, "Hz");
	assert_true(fhir_unit_canonical(ucum, STR("{score}"), &factor, &offset, &code));
	assert_str_equal(code, "1");
	assert_false(fhir_unit_canonical(ucum, STR("nonsense"), &factor, &offset, &code));
	assert_false(fhir_unit_canonical(STR("http://other"), STR("mg"), &factor, &offset, &code));
}

/* Each path ends at types that its parameter's kind can read; a choice (0) at one such type. */
static void every_path_ends_where_its_kind_can_read(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < fhir_search_parameter_count(); i++) {
		const struct fhir_search_parameter *row = fhir_search_parameter_at(i);
		for (size_t p = 0; p < fhir_parameter_paths[i].program_count; p++) {
			uint16_t shape = fhir_programs[fhir_parameter_paths[i].program + p].shape;
			if (row->kind == FHIR_SEARCH_COMPOSITE || shape == 0 ||
			    shape == FHIR_SHAPE_Extension || value_is_readable(row->kind, shape))
				continue;
			fail_msg("%.*s ends at %.*s", STR_ARG(row->definition),
				 STR_ARG(fhir_text(fhir_shapes[shape].name)));
		}
	}
}

static const struct {
	struct str file_start;
	const char *reason;
} left_out[] = {
	{ STR_INIT("SearchParameter-example"),
	  "an example of SearchParameter, not a standard one" },
	{ STR_INIT("SearchParameter-DomainResource-text.json"), "_text has no expression" },
	{ STR_INIT("SearchParameter-Resource-content.json"), "_content has no expression" },
	{ STR_INIT("SearchParameter-Resource-query.json"), "_query has no expression" },
	{ STR_INIT("SearchParameter-filter.json"), "_filter has no expression" },
	{ STR_INIT("SearchParameter-codesystem-extensions-"), "no base type and no expression" },
	{ STR_INIT("SearchParameter-valueset-extensions-"), "no base type and no expression" },
	{ STR_INIT("SearchParameter-patient-extensions-Patient-age.json"), "no expression" },
	{ STR_INIT("SearchParameter-patient-extensions-Patient-birthOrderBoolean.json"),
	  "no expression" },
};

static bool is_left_out(struct str file)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (str_starts_with(file, left_out[i].file_start))
			return true;
	return false;
}

static struct json *read_definition(struct arena *arena, const char *folder, const char *name)
{
	struct text path;
	struct json *root;
	char *bytes = arena_take(arena, 1 << 20, 1);
	text_init(&path, arena, 4096);
	text_put_format(&path, "%s/%s", folder, name);
	FILE *file = fopen(text_view(&path).ptr, "rb");
	assert_non_null(file);
	assert_non_null(bytes);
	size_t size = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	assert_int_equal(json_parse(arena, (struct str){ bytes, size }, NULL, NULL, &root),
			 ERROR_OK);
	return root;
}

/* Returns how many resource types the definition was found in; each base type must have it. */
static size_t check_definition(const struct json *root)
{
	size_t found = 0;
	for (uint16_t i = 0; i < fhir_search_parameter_count(); i++) {
		const struct fhir_search_parameter *row = fhir_search_parameter_at(i);
		if (!str_equal(row->definition, json_get_text(root, STR("url"))))
			continue;
		assert_true(str_equal(row->code, json_get_text(root, STR("code"))));
		assert_true(fhir_parameter_paths[i].program_count > 0);
		found++;
	}
	const struct json *base = json_get(root, STR("base"));
	assert_non_null(base);
	if (str_equal(json_text(base->child), STR("Resource")))
		assert_int_equal(found, fhir_resource_count());
	else
		assert_int_equal(found, base->count);
	return found;
}

static void every_standard_parameter_is_compiled_or_left_out_by_name(void **state)
{
	const char *folder = getenv("HOMEWARD_FHIR_PACKAGE");
	struct arena arena;
	struct dirent *entry;
	size_t compiled = 0;
	size_t omitted = 0;
	size_t rows = 0;
	(void)state;
	assert_non_null(folder);
	DIR *directory = opendir(folder);
	assert_non_null(directory);
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	while ((entry = readdir(directory)) != NULL) {
		struct str name = str_from_c(entry->d_name);
		if (!str_starts_with(name, STR("SearchParameter-")))
			continue;
		arena_reset(&arena);
		if (is_left_out(name)) {
			omitted++;
			continue;
		}
		rows += check_definition(read_definition(&arena, folder, entry->d_name));
		compiled++;
	}
	closedir(directory);
	arena_done(&arena);
	print_message("# %zu search parameters compiled into %zu rows, %zu left out by name\n",
		      compiled, rows, omitted);
	assert_int_equal(compiled + omitted, 1400);
	assert_int_equal(rows, fhir_search_parameter_count());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vital_sign_gives_its_values),
		cmocka_unit_test(components_stay_with_their_own_values),
		cmocka_unit_test(a_patient_gives_names_addresses_and_telecom),
		cmocka_unit_test(deceased_is_a_boolean_of_every_form),
		cmocka_unit_test(periods_and_timings_give_outer_bounds),
		cmocka_unit_test(definitions_give_canonicals_and_contexts),
		cmocka_unit_test(quantities_of_each_form),
		cmocka_unit_test(numbers_have_their_implicit_range),
		cmocka_unit_test(dates_strings_and_concepts_of_a_choice_are_told_apart),
		cmocka_unit_test(references_are_filtered_by_what_they_lead_to),
		cmocka_unit_test(special_paths_work),
		cmocka_unit_test(primitives_without_a_value_give_nothing),
		cmocka_unit_test(too_many_composites_are_a_limit),
		cmocka_unit_test(units_are_compared_in_one_unit),
		cmocka_unit_test(every_path_ends_where_its_kind_can_read),
		cmocka_unit_test(every_standard_parameter_is_compiled_or_left_out_by_name),
	};
	return cmocka_run_group_tests_name("fhir/index", tests, NULL, NULL);
}
