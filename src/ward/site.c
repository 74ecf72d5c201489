/* SPDX-License-Identifier: Apache-2.0
 * Codes of sites: SNOMED CT as in the value set of sites of the HL7 guide "Vital Signs with Qualifying Elements" 1.0.0
 * (bodyTempMeasBodyLocationPrecoordVS) and in the Norwegian value set (HL7Norway/no-domain, body temperature); codes of
 * a temperature by its site from LOINC, SNOMED CT and ISO/IEEE 11073-10101. */
#include "ward/site.h"

#include "ward/model.h"

#define LOINC "http://loinc.org"
#define SNOMED "http://snomed.info/sct"
#define MDC "urn:iso:std:iso:11073:10101"

struct site {
	struct str system, code, word;
};

static const struct site body_sites[] = {
	{ STR_INIT(SNOMED), STR_INIT("91470000"), STR_INIT("axilla") },
	{ STR_INIT(SNOMED), STR_INIT("422543003"), STR_INIT("axilla") }, /* axillary fossa */
	{ STR_INIT(SNOMED), STR_INIT("42859004"), STR_INIT("tympanic") },
	{ STR_INIT(SNOMED), STR_INIT("117590005"), STR_INIT("ear") },
	{ STR_INIT(SNOMED), STR_INIT("74262004"), STR_INIT("oral") },
	{ STR_INIT(SNOMED), STR_INIT("123851003"), STR_INIT("oral") }, /* mouth region */
	{ STR_INIT(SNOMED), STR_INIT("34402009"), STR_INIT("rectal") },
	{ STR_INIT(SNOMED), STR_INIT("52795006"), STR_INIT("forehead") },
	{ STR_INIT(SNOMED), STR_INIT("450721000"), STR_INIT("temple") },
	{ STR_INIT(SNOMED), STR_INIT("39937001"), STR_INIT("skin") },
	{ STR_INIT(SNOMED), STR_INIT("26893007"), STR_INIT("groin") },
	{ STR_INIT(SNOMED), STR_INIT("89837001"), STR_INIT("bladder") },
	{ STR_INIT(SNOMED), STR_INIT("71836000"), STR_INIT("nasopharynx") },
	{ STR_INIT(SNOMED), STR_INIT("32849002"), STR_INIT("oesophagus") },
};

/* A code of the sign that says where. "Core" is a place too, though not which; SNOMED CT 276885007 (core) is what UK
 * Core writes for any temperature, so it says nothing. */
static const struct site signs[] = {
	{ STR_INIT(LOINC), STR_INIT("8328-7"), STR_INIT("axilla") },
	{ STR_INIT(LOINC), STR_INIT("8329-5"), STR_INIT("core") },
	{ STR_INIT(LOINC), STR_INIT("8331-1"), STR_INIT("oral") },
	{ STR_INIT(LOINC), STR_INIT("8332-9"), STR_INIT("rectal") },
	{ STR_INIT(LOINC), STR_INIT("8333-7"), STR_INIT("tympanic") },
	{ STR_INIT(LOINC), STR_INIT("8334-5"), STR_INIT("bladder") },
	{ STR_INIT(LOINC), STR_INIT("75539-7"), STR_INIT("temporal artery") },
	{ STR_INIT(SNOMED), STR_INIT("415882003"), STR_INIT("axilla") },
	{ STR_INIT(SNOMED), STR_INIT("415945006"), STR_INIT("oral") },
	{ STR_INIT(SNOMED), STR_INIT("307047009"), STR_INIT("rectal") },
	{ STR_INIT(SNOMED), STR_INIT("415974002"), STR_INIT("tympanic") },
	{ STR_INIT(SNOMED), STR_INIT("415922000"), STR_INIT("temporal artery") },
	{ STR_INIT(SNOMED), STR_INIT("415929009"), STR_INIT("groin") },
	{ STR_INIT(MDC), STR_INIT("150368"), STR_INIT("core") },     /* MDC_TEMP_CORE */
	{ STR_INIT(MDC), STR_INIT("150392"), STR_INIT("tympanic") }, /* MDC_TEMP_TYMP */
	{ STR_INIT(MDC), STR_INIT("188420"), STR_INIT("rectal") },   /* MDC_TEMP_RECT */
	{ STR_INIT(MDC), STR_INIT("188424"), STR_INIT("oral") },     /* MDC_TEMP_ORAL */
	{ STR_INIT(MDC), STR_INIT("188428"), STR_INIT("ear") },      /* MDC_TEMP_EAR */
	{ STR_INIT(MDC), STR_INIT("188452"), STR_INIT("axilla") },   /* MDC_TEMP_AXILLA */
};

static struct str word_of(const struct json *concept, const struct site *list, size_t count)
{
	const struct json *codings = json_get(concept, STR("coding"));
	for (const struct json *coding = codings == NULL ? NULL : codings->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		struct str code = json_get_text(coding, STR("code"));
		for (size_t i = 0; i < count; i++) {
			if (str_equal(list[i].code, code) && str_equal(list[i].system, system))
				return list[i].word;
		}
	}
	return (struct str){ NULL, 0 };
}

/* A site without a word of ours, in the sender's words. */
static struct str as_sent(const struct json *concept)
{
	const struct json *coding = json_at(json_get(concept, STR("coding")), 0);
	struct str words = str_trim(json_get_text(concept, STR("text")));
	if (words.len == 0)
		words = str_trim(json_get_text(coding, STR("display")));
	return words.len > 0 ? words : json_get_text(coding, STR("code"));
}

void site_words(const struct json *observation, const struct json *element, char *ret_words,
		size_t size)
{
	/* A component has no site of its own in R4, and that of a whole panel may be its cuff's. */
	const struct json *stated =
		element == observation ? json_get(observation, STR("bodySite")) : NULL;
	struct str place = word_of(stated, body_sites, sizeof(body_sites) / sizeof(body_sites[0]));
	struct str sign =
		word_of(json_get(element, STR("code")), signs, sizeof(signs) / sizeof(signs[0]));
	if (place.len == 0)
		place = as_sent(stated);
	if (place.len > 0 && sign.len > 0 && !str_equal(place, sign))
		model_format(ret_words, size, "%.*s, coded as %.*s", STR_ARG(place), STR_ARG(sign));
	else
		model_put(ret_words, size, place.len > 0 ? place : sign);
}
