/* SPDX-License-Identifier: Apache-2.0
 * Types, ids, reference texts, the tables of search parameters and compartments. */
#include "unit.h"

#include "fhir/fhir.h"

static void there_are_146_concrete_types_in_order(void **state)
{
	(void)state;
	assert_int_equal(fhir_resource_count(), 146);
	assert_str_equal(fhir_resource_name(1), "Account");
	assert_str_equal(fhir_resource_name(146), "VisionPrescription");
	for (uint16_t type = 1; type <= fhir_resource_count(); type++) {
		assert_int_equal(fhir_resource_find(fhir_resource_name(type)), type);
		if (type > 1)
			assert_true(str_compare(fhir_resource_name((uint16_t)(type - 1)),
						fhir_resource_name(type)) < 0);
	}
	assert_int_equal(fhir_resource_name(0).len, 0);
	assert_int_equal(fhir_resource_name(147).len, 0);
}

static void names_that_are_no_concrete_type_are_not_found(void **state)
{
	static const struct str names[] = {
		STR_INIT(""),          STR_INIT("patient"),
		STR_INIT("Resource"),  STR_INIT("DomainResource"),
		STR_INIT("HumanName"), STR_INIT("Observation.component"),
		STR_INIT("Definition")
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(fhir_resource_find(names[i]), FHIR_TYPE_NONE);
}

static void ids_follow_the_grammar(void **state)
{
	(void)state;
	assert_true(fhir_id_is_valid(STR("a")));
	assert_true(fhir_id_is_valid(STR("A-1.z")));
	assert_true(fhir_id_is_valid(
		STR("0123456789012345678901234567890123456789012345678901234567890123")));
	assert_false(fhir_id_is_valid(
		STR("01234567890123456789012345678901234567890123456789012345678901234")));
	assert_false(fhir_id_is_valid(STR("")));
	assert_false(fhir_id_is_valid(STR("a_b")));
	assert_false(fhir_id_is_valid(STR("a b")));
	assert_false(fhir_id_is_valid(STR("a/b")));
	assert_false(fhir_id_is_valid(STR("\xc3\xa9")));
}

static void references_are_read_in_each_form(void **state)
{
	struct fhir_reference reference;

	(void)state;
	assert_true(fhir_reference_parse(STR("Patient/1"), &reference));
	assert_int_equal(reference.type, fhir_resource_find(STR("Patient")));
	assert_str_equal(reference.id, "1");
	assert_int_equal(reference.base.len, 0);
	assert_int_equal(reference.version.len, 0);
	assert_true(fhir_reference_parse(STR("Observation/a-b/_history/7"), &reference));
	assert_str_equal(reference.id, "a-b");
	assert_str_equal(reference.version, "7");
	assert_true(fhir_reference_parse(STR("https://host:8080/a/fhir/Patient/x"), &reference));
	assert_str_equal(reference.base, "https://host:8080/a/fhir");
	assert_str_equal(reference.id, "x");
	assert_true(fhir_reference_parse(STR("http://h/Patient/x/_history/2"), &reference));
	assert_str_equal(reference.base, "http://h");
	assert_str_equal(reference.version, "2");
}

static void other_texts_are_no_references(void **state)
{
	static const struct str texts[] = {
		STR_INIT(""),
		STR_INIT("/"),
		STR_INIT("Patient"),
		STR_INIT("Patient/"),
		STR_INIT("/1"),
		STR_INIT("#a"),
		STR_INIT("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
		STR_INIT("Patient?identifier=1"),
		STR_INIT("Nothing/1"),
		STR_INIT("Patient/a b"),
		STR_INIT("Patient/1/_history/"),
		STR_INIT("Patient/_history/1"),
		STR_INIT("_history/1"),
		STR_INIT("http://h/fhir/Nothing/1"),
		STR_INIT("ftp://h/Patient/1"),
		STR_INIT("http://Patient/1"),
		STR_INIT("x/Patient/1"),
		STR_INIT("/Patient/1"),
		STR_INIT("http:///Patient/1"),
		STR_INIT("http://h?/Patient/1"),
		STR_INIT("Patient/1#x"),
		STR_INIT("urn:oid:1.2/Patient/1"),
		STR_INIT("a/_history/1"),
	};
	struct fhir_reference reference;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(fhir_reference_parse(texts[i], &reference));
}

static const struct fhir_search_parameter *parameter(struct str type, struct str code)
{
	return fhir_search_parameter_find(fhir_resource_find(type), code);
}

static bool has_target(const struct fhir_search_parameter *row, struct str type)
{
	for (uint16_t i = 0; i < row->target_count; i++)
		if (row->targets[i] == fhir_resource_find(type))
			return true;
	return false;
}

static void parameters_are_found_by_type_and_code(void **state)
{
	const struct fhir_search_parameter *row;

	(void)state;
	row = parameter(STR("Observation"), STR("patient"));
	assert_non_null(row);
	assert_str_equal(row->code, "patient");
	assert_str_equal(row->definition, "http://hl7.org/fhir/SearchParameter/clinical-patient");
	assert_int_equal(row->kind, FHIR_SEARCH_REFERENCE);
	assert_int_equal(row->target_count, 1);
	assert_true(has_target(row, STR("Patient")));
	assert_ptr_equal(fhir_search_parameter_at(row->number), row);
	row = parameter(STR("Observation"), STR("subject"));
	assert_int_equal(row->target_count, 4);
	assert_true(has_target(row, STR("Location")));
	assert_null(parameter(STR("Observation"), STR("Patient")));
	assert_null(parameter(STR("Observation"), STR("family")));
	assert_null(fhir_search_parameter_find(0, STR("_id")));
	assert_null(fhir_search_parameter_at(fhir_search_parameter_count()));
}

static void every_type_has_the_parameters_of_resource_and_sorted_codes(void **state)
{
	static const struct str common[] = { STR_INIT("_id"),      STR_INIT("_lastUpdated"),
					     STR_INIT("_profile"), STR_INIT("_security"),
					     STR_INIT("_source"),  STR_INIT("_tag") };
	size_t total = 0;

	(void)state;
	for (uint16_t type = 1; type <= fhir_resource_count(); type++) {
		size_t count;
		const struct fhir_search_parameter *rows = fhir_search_parameters(type, &count);

		for (size_t i = 0; i < count; i++) {
			assert_int_equal(rows[i].type, type);
			assert_int_equal(rows[i].number, total++);
			if (i > 0)
				assert_true(str_compare(rows[i - 1].code, rows[i].code) < 0);
			assert_ptr_equal(fhir_search_parameter_find(type, rows[i].code), &rows[i]);
		}
		for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
			assert_non_null(fhir_search_parameter_find(type, common[i]));
	}
	assert_int_equal(total, fhir_search_parameter_count());
}

static void composites_name_their_components(void **state)
{
	const struct fhir_search_parameter *row =
		parameter(STR("Observation"), STR("component-code-value-quantity"));

	(void)state;
	assert_int_equal(row->kind, FHIR_SEARCH_COMPOSITE);
	assert_int_equal(row->component_count, 2);
	assert_str_equal(fhir_search_parameter_at(row->components[0])->code, "component-code");
	assert_str_equal(fhir_search_parameter_at(row->components[1])->code,
			 "component-value-quantity");
	row = parameter(STR("MolecularSequence"), STR("chromosome-variant-coordinate"));
	assert_int_equal(row->component_count, 3);
	assert_str_equal(fhir_search_parameter_at(row->components[2])->code, "variant-end");
}

static void compartments_list_linking_parameters(void **state)
{
	size_t count;
	uint16_t patient = fhir_resource_find(STR("Patient"));
	const uint16_t *numbers = fhir_compartment_parameters(
		patient, fhir_resource_find(STR("Observation")), &count);

	(void)state;
	assert_int_equal(count, 2);
	assert_str_equal(fhir_search_parameter_at(numbers[0])->code, "subject");
	assert_str_equal(fhir_search_parameter_at(numbers[1])->code, "performer");
	fhir_compartment_parameters(patient, fhir_resource_find(STR("Medication")), &count);
	assert_int_equal(count, 0);
	fhir_compartment_parameters(fhir_resource_find(STR("Group")), patient, &count);
	assert_int_equal(count, 0);
	numbers = fhir_compartment_parameters(fhir_resource_find(STR("Device")),
					      fhir_resource_find(STR("Communication")), &count);
	assert_int_equal(count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_146_concrete_types_in_order),
		cmocka_unit_test(names_that_are_no_concrete_type_are_not_found),
		cmocka_unit_test(ids_follow_the_grammar),
		cmocka_unit_test(references_are_read_in_each_form),
		cmocka_unit_test(other_texts_are_no_references),
		cmocka_unit_test(parameters_are_found_by_type_and_code),
		cmocka_unit_test(every_type_has_the_parameters_of_resource_and_sorted_codes),
		cmocka_unit_test(composites_name_their_components),
		cmocka_unit_test(compartments_list_linking_parameters),
	};
	return cmocka_run_group_tests_name("fhir/resource", tests, NULL, NULL);
}
