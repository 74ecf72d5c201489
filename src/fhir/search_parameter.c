/* SPDX-License-Identifier: Apache-2.0
 * The tables of search parameters and compartments, as the other rooms see them. */
#include "fhir/tables.h"

const struct fhir_search_parameter *fhir_search_parameters(uint16_t type, size_t *ret_count)
{
	if (type == FHIR_TYPE_NONE || type > FHIR_RESOURCE_COUNT) {
		*ret_count = 0;
		return NULL;
	}
	*ret_count = fhir_type_parameters[type].count;
	return &fhir_parameters[fhir_type_parameters[type].first];
}

const struct fhir_search_parameter *fhir_search_parameter_find(uint16_t type, struct str code)
{
	size_t count = 0;
	const struct fhir_search_parameter *rows = fhir_search_parameters(type, &count);
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;
		int order = str_compare(code, rows[middle].code);

		if (order == 0)
			return &rows[middle];
		if (order < 0)
			count = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct fhir_search_parameter *fhir_search_parameter_at(uint16_t number)
{
	return number < FHIR_PARAMETER_COUNT ? &fhir_parameters[number] : NULL;
}

uint16_t fhir_search_parameter_count(void)
{
	return FHIR_PARAMETER_COUNT;
}

const uint16_t *fhir_compartment_parameters(uint16_t compartment, uint16_t type, size_t *ret_count)
{
	*ret_count = 0;
	if (type == FHIR_TYPE_NONE || type > FHIR_RESOURCE_COUNT)
		return NULL;
	for (size_t i = 0; i < FHIR_COMPARTMENT_COUNT; i++) {
		if (fhir_compartment_types[i] != compartment)
			continue;
		const uint16_t *list = &fhir_lists[fhir_compartments[i][type]];
		*ret_count = list[0];
		return list + 1;
	}
	return NULL;
}
