/* SPDX-License-Identifier: Apache-2.0
 * Looking up elements and codes in the generated hash tables. */
#include "fhir/tables.h"

uint16_t fhir_element_find(uint16_t shape, struct str name)
{
	size_t slot = hash_bytes(name.ptr, name.len, shape) & (FHIR_ELEMENT_SLOTS - 1);

	while (fhir_element_slots[slot] != 0) {
		const struct fhir_element *element = &fhir_elements[fhir_element_slots[slot]];

		if (element->owner == shape && str_equal(fhir_element_name(element), name))
			return fhir_element_slots[slot];
		slot = (slot + 1) & (FHIR_ELEMENT_SLOTS - 1);
	}
	return 0;
}

uint16_t fhir_element_of(uint16_t shape, const struct json *member)
{
	uint16_t tag = member->tag;

	if (tag != 0 && tag <= FHIR_ELEMENT_COUNT && fhir_elements[tag].owner == shape &&
	    str_equal(fhir_element_name(&fhir_elements[tag]), json_name(member)))
		return tag;
	return fhir_element_find(shape, json_name(member));
}

const struct fhir_code *fhir_code_find(uint16_t binding, struct str code)
{
	size_t slot = hash_bytes(code.ptr, code.len, binding) & (FHIR_CODE_SLOTS - 1);

	while (fhir_code_slots[slot] != 0) {
		const struct fhir_code *row = &fhir_codes[fhir_code_slots[slot] - 1];

		if (row->binding == binding && str_equal(fhir_text(row->code), code))
			return row;
		slot = (slot + 1) & (FHIR_CODE_SLOTS - 1);
	}
	return NULL;
}
