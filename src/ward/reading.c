/* SPDX-License-Identifier: Apache-2.0
 * From an Observation to readings: codes and units of docs/decisions/0002 ("Readings"). A panel's
 * components count one by one. A sign in a unit or code that is not listed is an unreadable reading. */
#include "ward/quality.h"
#include "ward/sampled.h"
#include "ward/site.h"

#define LOINC "http://loinc.org"
#define SNOMED "http://snomed.info/sct"
/* ISO/IEEE 11073-10101, as personal health devices send it. The pairs with LOINC stand in the examples of the HL7
 * Personal Health Device guide (github.com/HL7/phd); heart rate of an ECG and respiratory rate in HL7 v2 exports of
 * bedside monitors (147842^MDC_ECG_HEART_RATE, 151562^MDC_RESP_RATE). */
#define MDC "urn:iso:std:iso:11073:10101"
#define HW_OBSERVATION HOMEWARD_URL "CodeSystem/observation"

/* A vital-signs panel has a dozen. What stands beyond is not read, and the ward is told. */
#define READING_COMPONENTS_MAX 400

/* More that are looked for but are no inputs of their own. */
#define CODE_OXYGEN_FIO2 (READING_INPUT_COUNT + 1)
#define CODE_ROOM_AIR (READING_INPUT_COUNT + 2)
#define CODE_ON_OXYGEN (READING_INPUT_COUNT + 3)
#define CODE_PANEL (READING_INPUT_COUNT + 4)
#define CODE_NONE (READING_INPUT_COUNT + 5)

static const struct {
	struct str system;
	struct str code;
	unsigned input;
} codes[] = {
	{ STR_INIT(LOINC), STR_INIT("9279-1"), SCORE_RESPIRATORY_RATE },
	{ STR_INIT(SNOMED), STR_INIT("86290005"), SCORE_RESPIRATORY_RATE },
	{ STR_INIT(LOINC), STR_INIT("8867-4"), SCORE_HEART_RATE },
	{ STR_INIT(SNOMED), STR_INIT("364075005"), SCORE_HEART_RATE },
	{ STR_INIT(SNOMED), STR_INIT("444981005"), SCORE_HEART_RATE },
	{ STR_INIT(SNOMED), STR_INIT("78564009"), SCORE_HEART_RATE },
	{ STR_INIT(LOINC), STR_INIT("2708-6"), SCORE_SPO2 },
	{ STR_INIT(LOINC), STR_INIT("59408-5"), SCORE_SPO2 },
	{ STR_INIT(SNOMED), STR_INIT("431314004"), SCORE_SPO2 },
	{ STR_INIT(SNOMED), STR_INIT("103228002"), SCORE_SPO2 },
	{ STR_INIT(LOINC), STR_INIT("8310-5"), SCORE_TEMPERATURE },
	{ STR_INIT(SNOMED), STR_INIT("276885007"), SCORE_TEMPERATURE },
	/* The same sign by its site: a thermometer in the mouth measures a fever no less. */
	{ STR_INIT(LOINC), STR_INIT("8328-7"), SCORE_TEMPERATURE },     /* axillary */
	{ STR_INIT(LOINC), STR_INIT("8329-5"), SCORE_TEMPERATURE },     /* core */
	{ STR_INIT(LOINC), STR_INIT("8331-1"), SCORE_TEMPERATURE },     /* oral */
	{ STR_INIT(LOINC), STR_INIT("8332-9"), SCORE_TEMPERATURE },     /* rectal */
	{ STR_INIT(LOINC), STR_INIT("8333-7"), SCORE_TEMPERATURE },     /* tympanic membrane */
	{ STR_INIT(LOINC), STR_INIT("8334-5"), SCORE_TEMPERATURE },     /* urinary bladder */
	{ STR_INIT(LOINC), STR_INIT("75539-7"), SCORE_TEMPERATURE },    /* temporal artery */
	{ STR_INIT(SNOMED), STR_INIT("386725007"), SCORE_TEMPERATURE }, /* body */
	{ STR_INIT(SNOMED), STR_INIT("415882003"), SCORE_TEMPERATURE }, /* axillary */
	{ STR_INIT(SNOMED), STR_INIT("415945006"), SCORE_TEMPERATURE }, /* oral */
	{ STR_INIT(SNOMED), STR_INIT("307047009"), SCORE_TEMPERATURE }, /* rectal */
	{ STR_INIT(SNOMED), STR_INIT("415974002"), SCORE_TEMPERATURE }, /* tympanic */
	{ STR_INIT(SNOMED), STR_INIT("415922000"), SCORE_TEMPERATURE }, /* temporal artery */
	{ STR_INIT(SNOMED), STR_INIT("415929009"), SCORE_TEMPERATURE }, /* inguinal */
	{ STR_INIT(LOINC), STR_INIT("8889-8"), SCORE_HEART_RATE },      /* by pulse oximetry */
	{ STR_INIT(LOINC), STR_INIT("8893-0"), SCORE_HEART_RATE },      /* by palpation */
	{ STR_INIT(LOINC), STR_INIT("8459-0"), SCORE_SYSTOLIC },        /* sitting */
	{ STR_INIT(LOINC), STR_INIT("8460-8"), SCORE_SYSTOLIC },        /* standing */
	{ STR_INIT(LOINC), STR_INIT("8461-6"), SCORE_SYSTOLIC },        /* supine */
	{ STR_INIT(LOINC), STR_INIT("76534-7"), SCORE_SYSTOLIC },       /* non-invasive */
	{ STR_INIT(LOINC), STR_INIT("8453-3"), SCORE_DIASTOLIC },       /* sitting */
	{ STR_INIT(LOINC), STR_INIT("8454-1"), SCORE_DIASTOLIC },       /* standing */
	{ STR_INIT(LOINC), STR_INIT("8455-8"), SCORE_DIASTOLIC },       /* supine */
	{ STR_INIT(LOINC), STR_INIT("76535-4"), SCORE_DIASTOLIC },      /* non-invasive */
	{ STR_INIT(LOINC), STR_INIT("3141-9"), READING_WEIGHT },        /* measured */
	{ STR_INIT(LOINC), STR_INIT("8480-6"), SCORE_SYSTOLIC },
	{ STR_INIT(SNOMED), STR_INIT("72313002"), SCORE_SYSTOLIC },
	{ STR_INIT(LOINC), STR_INIT("8462-4"), SCORE_DIASTOLIC },
	{ STR_INIT(SNOMED), STR_INIT("1091811000000102"), SCORE_DIASTOLIC },
	{ STR_INIT(LOINC), STR_INIT("29463-7"), READING_WEIGHT },
	{ STR_INIT(SNOMED), STR_INIT("27113001"), READING_WEIGHT },
	{ STR_INIT(MDC), STR_INIT("151562"), SCORE_RESPIRATORY_RATE }, /* MDC_RESP_RATE */
	{ STR_INIT(MDC), STR_INIT("149530"), SCORE_HEART_RATE },       /* MDC_PULS_OXIM_PULS_RATE */
	{ STR_INIT(MDC), STR_INIT("149546"), SCORE_HEART_RATE },       /* MDC_PULS_RATE_NON_INV */
	{ STR_INIT(MDC), STR_INIT("147842"), SCORE_HEART_RATE },       /* MDC_ECG_HEART_RATE */
	{ STR_INIT(MDC), STR_INIT("150456"), SCORE_SPO2 },             /* MDC_PULS_OXIM_SAT_O2 */
	{ STR_INIT(MDC), STR_INIT("150364"), SCORE_TEMPERATURE },      /* MDC_TEMP_BODY */
	{ STR_INIT(MDC), STR_INIT("150368"), SCORE_TEMPERATURE },      /* MDC_TEMP_CORE */
	{ STR_INIT(MDC), STR_INIT("150392"), SCORE_TEMPERATURE },      /* MDC_TEMP_TYMP */
	{ STR_INIT(MDC), STR_INIT("188420"), SCORE_TEMPERATURE },      /* MDC_TEMP_RECT */
	{ STR_INIT(MDC), STR_INIT("188424"), SCORE_TEMPERATURE },      /* MDC_TEMP_ORAL */
	{ STR_INIT(MDC), STR_INIT("188428"), SCORE_TEMPERATURE },      /* MDC_TEMP_EAR */
	{ STR_INIT(MDC), STR_INIT("188452"), SCORE_TEMPERATURE },      /* MDC_TEMP_AXILLA */
	{ STR_INIT(MDC), STR_INIT("150021"), SCORE_SYSTOLIC },  /* MDC_PRESS_BLD_NONINV_SYS */
	{ STR_INIT(MDC), STR_INIT("150022"), SCORE_DIASTOLIC }, /* MDC_PRESS_BLD_NONINV_DIA */
	{ STR_INIT(LOINC), STR_INIT("44963-7"), SCORE_CAPILLARY_REFILL },
	{ STR_INIT(LOINC), STR_INIT("3151-8"), SCORE_OXYGEN },
	{ STR_INIT(LOINC), STR_INIT("3150-6"), CODE_OXYGEN_FIO2 },
	{ STR_INIT(SNOMED), STR_INIT("722742002"), CODE_ROOM_AIR },
	{ STR_INIT(SNOMED), STR_INIT("371825009"), CODE_ON_OXYGEN },
	{ STR_INIT(SNOMED), STR_INIT("1364081000000103"), SCORE_RESPIRATORY_DISTRESS },
	{ STR_INIT(SNOMED), STR_INIT("1104441000000107"), SCORE_CONSCIOUSNESS },
	{ STR_INIT(SNOMED), STR_INIT("1364121000000100"), READING_CONCERN },
	{ STR_INIT(HW_OBSERVATION), STR_INIT("worried"), READING_CONCERN },
	{ STR_INIT(HW_OBSERVATION), STR_INIT("pupils"), READING_PUPILS },
	{ STR_INIT(HW_OBSERVATION), STR_INIT("sepsis"), READING_SEPSIS },
	{ STR_INIT(SNOMED), STR_INIT("1364131000000103"), READING_INTUITION },
	{ STR_INIT(SNOMED), STR_INIT("1104051000000101"), READING_TOTAL },
	{ STR_INIT(SNOMED), STR_INIT("1363261000000104"), READING_TOTAL },
};

static const struct str distress_codes[] = { STR_INIT("none"), STR_INIT("mild"),
					     STR_INIT("moderate"), STR_INIT("severe") };
static const struct str consciousness_codes[] = {
	STR_INIT("A"), STR_INIT("C"), STR_INIT("V"),
	STR_INIT("P"), STR_INIT("U"), STR_INIT("asleep")
};
/* UK Core's ACVPU value set, in the same order; it has no "asleep". */
static const struct str consciousness_snomed[] = { STR_INIT("248234008"), STR_INIT("130987000"),
						   STR_INIT("300202002"), STR_INIT("450847001"),
						   STR_INIT("422768004") };
#define DEVICE_BYTES_MAX 6 /* of these, and a space */
static const struct str device_codes[] = { STR_INIT("air"),   STR_INIT("NP"),  STR_INIT("FM"),
					   STR_INIT("HB"),    STR_INIT("NRB"), STR_INIT("HF"),
					   STR_INIT("BiPAP"), STR_INIT("CPAP") };
static const struct str bp_codes[] = { STR_INIT("NCO"), STR_INIT("U0"), STR_INIT("U4") };

struct str reading_input_name(unsigned input)
{
	static const struct str names[] = { STR_INIT("worried"),   STR_INIT("weight"),
					    STR_INIT("pupils"),    STR_INIT("sepsis"),
					    STR_INIT("intuition"), STR_INIT("statedScore") };
	ASSERT(input < READING_INPUT_COUNT);
	if (input >= READING_CONCERN)
		return names[input - READING_CONCERN];
	return score_input_name((enum score_input)input);
}

struct str reading_input_label(unsigned input)
{
	static const struct str labels[READING_INPUT_COUNT] = {
		[SCORE_RESPIRATORY_RATE] = STR_INIT("Resp rate"),
		[SCORE_HEART_RATE] = STR_INIT("Heart rate"),
		[SCORE_SYSTOLIC] = STR_INIT("Systolic BP"),
		[SCORE_SPO2] = STR_INIT("SpO2"),
		[SCORE_TEMPERATURE] = STR_INIT("Temperature"),
		[SCORE_CONSCIOUSNESS] = STR_INIT("Consciousness"),
		[SCORE_OXYGEN] = STR_INIT("Oxygen"),
		[SCORE_RESPIRATORY_DISTRESS] = STR_INIT("Resp distress"),
		[SCORE_CAPILLARY_REFILL] = STR_INIT("Cap refill"),
		[SCORE_DIASTOLIC] = STR_INIT("Diastolic BP"),
		[READING_CONCERN] = STR_INIT("Parental concern"),
		[READING_WEIGHT] = STR_INIT("Weight"),
		[READING_PUPILS] = STR_INIT("Pupils"),
		[READING_SEPSIS] = STR_INIT("Sepsis"),
		[READING_INTUITION] = STR_INIT("Clinical intuition"),
		[READING_TOTAL] = STR_INIT("Score of another system"),
	};
	ASSERT(input < READING_INPUT_COUNT);
	return labels[input];
}

struct str reading_input_unit(unsigned input)
{
	switch (input) {
	case SCORE_RESPIRATORY_RATE:
	case SCORE_HEART_RATE:
		return STR("/min");
	case SCORE_SPO2:
		return STR("%");
	case SCORE_SYSTOLIC:
	case SCORE_DIASTOLIC:
		return STR("mmHg");
	case READING_WEIGHT:
		return STR("kg");
	case SCORE_TEMPERATURE:
		return STR("\xC2\xB0"
			   "C");
	case SCORE_CAPILLARY_REFILL:
		return STR("s");
	default:
		return STR("");
	}
}

static unsigned input_of(const struct json *concept)
{
	const struct json *list = json_get(concept, STR("coding"));
	for (const struct json *coding = list == NULL ? NULL : list->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		struct str code = json_get_text(coding, STR("code"));
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			if (str_equal(codes[i].code, code) && str_equal(codes[i].system, system))
				return codes[i].input;
		}
	}
	return CODE_NONE;
}

static bool code_index(const struct str *list, size_t count, struct str code, uint8_t *ret_index)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(list[i], code)) {
			*ret_index = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* As it was written, as far as there is room; of a longer one it can be seen that it goes on. */
static void short_number(char *ret_text, size_t size, struct str number)
{
	size_t power = str_find_byte(number, 'e', 0);
	power = power < number.len ? power : str_find_byte(number, 'E', 0);
	struct str tail = str_slice(number, power, number.len);
	if (number.len < size)
		model_format(ret_text, size, "%.*s", STR_ARG(number));
	else if (tail.len + sizeof("\u2026") > size)
		model_format(ret_text, size, "\u2026");
	else
		model_format(ret_text, size, "%.*s\u2026%.*s",
			     STR_ARG(str_slice(number, 0, size - sizeof("\u2026") - tail.len)),
			     STR_ARG(tail));
}

/* As it was written, but for a short number with an exponent: nobody reads "3.86e1" as a temperature. */
static void shown_number(char *ret_text, size_t size, struct decimal value, struct str number)
{
	char plain[40] = "";
	int digits = value.exponent >= 0 ? 0 : value.exponent < -6 ? 6 : -value.exponent;
	if (str_find_byte(number, 'e', 0) < number.len ||
	    str_find_byte(number, 'E', 0) < number.len)
		model_format(plain, sizeof(plain), "%.*f", digits, decimal_to_double(value));
	if (plain[0] != '\0' && number.len < size && strlen(plain) < size)
		model_put(ret_text, size, str_from_c(plain));
	else
		short_number(ret_text, size, number);
}

static bool unit_is(struct str code, const struct str *allowed, size_t count)
{
	uint8_t index;
	return code_index(allowed, count, code, &index);
}

/* (f - 32) * 5 / 9. What is no whole number of 10^-9 degrees stands half a one beside it, on its own side: it is above
 * or below every limit of a chart or a policy, just as the exact value. */
static bool celsius_from_fahrenheit(struct decimal value, struct decimal *ret_celsius)
{
	int64_t scaled;
	if (!decimal_to_scaled(value, 9, &scaled) || scaled > INT64_C(1000000000000) ||
	    scaled < -INT64_C(1000000000000))
		return false;
	int side = decimal_compare(value, (struct decimal){ scaled, -9 });
	int64_t ninths = (scaled - INT64_C(32000000000)) * 5;
	int64_t rest = (ninths % 9 + 9) % 9;
	int64_t whole = (ninths - rest) / 9;
	if (rest == 0 && side == 0)
		*ret_celsius = (struct decimal){ whole, -9 };
	else
		*ret_celsius =
			(struct decimal){ whole * 10 + (rest > 0 || side > 0 ? 5 : -5), -10 };
	return true;
}

unsigned reading_unit_places(unsigned input, struct str unit)
{
	return input == READING_WEIGHT && str_equal(unit, STR("g")) ? 3 : 0;
}

static bool quantity_read(unsigned input, const struct json *quantity, struct reading *reading)
{
	static const struct str per_minute[] = {
		STR_INIT("/min"),        STR_INIT("{Breaths}/min"), STR_INIT("{breaths}/min"),
		STR_INIT("{beats}/min"), STR_INIT("{Beats}/min"),   STR_INIT("{beat}/min"),
		STR_INIT("{breath}/min")
	};
	static const struct str pressure[] = { STR_INIT("mm[Hg]") };
	static const struct str percent[] = { STR_INIT("%") };
	static const struct str seconds[] = { STR_INIT("s") };
	static const struct str celsius[] = { STR_INIT("Cel") };
	static const struct str weights[] = { STR_INIT("kg"), STR_INIT("g") };
	struct str unit = json_get_text(quantity, STR("code"));
	struct str number = json_get_text(quantity, STR("value"));
	/* A bound ("< 70") is told by its text: bound.c. */
	struct str bound = json_get_text(quantity, STR("comparator"));
	char shown[sizeof(reading->text)];
	if (!decimal_read(number, &reading->value) || bound.len > 2 ||
	    (bound.len > 0 && bound.ptr[0] != '<' && bound.ptr[0] != '>'))
		return false;
	reading->has_value = true;
	shown_number(shown, sizeof(shown) - bound.len, reading->value, number);
	model_format(reading->text, sizeof(reading->text), "%.*s%s", STR_ARG(bound), shown);
	switch (input) {
	case SCORE_RESPIRATORY_RATE:
	case SCORE_HEART_RATE:
		return unit_is(unit, per_minute, sizeof(per_minute) / sizeof(per_minute[0]));
	case SCORE_SYSTOLIC:
	case SCORE_DIASTOLIC:
		return unit_is(unit, pressure, 1);
	case SCORE_SPO2:
		return unit_is(unit, percent, 1);
	case SCORE_CAPILLARY_REFILL:
		return unit_is(unit, seconds, 1);
	case SCORE_TEMPERATURE:
		if (str_equal(unit, STR("[degF]"))) {
			if (!celsius_from_fahrenheit(reading->value, &reading->value))
				return false;
			model_format(reading->text, sizeof(reading->text), "%.*s%.1f",
				     STR_ARG(bound), decimal_to_double(reading->value));
			return true;
		}
		return unit_is(unit, celsius, 1);
	case READING_WEIGHT:
		if (reading_unit_places(input, unit) > 0) {
			reading->value.exponent -= (int)reading_unit_places(input, unit);
			model_format(reading->text, sizeof(reading->text), "%.*s%.3f",
				     STR_ARG(bound), decimal_to_double(reading->value));
		}
		return unit_is(unit, weights, 2);
	default:
		return false;
	}
}

bool reading_temperature(const struct json *quantity, struct reading *reading)
{
	reading->input = SCORE_TEMPERATURE;
	return quantity_read(SCORE_TEMPERATURE, quantity, reading);
}

static bool oxygen_read(unsigned code, const struct json *element, struct reading *reading)
{
	const struct json *quantity = json_get(element, STR("valueQuantity"));
	struct str device = model_code(json_get(element, STR("method")),
				       STR(HOMEWARD_URL "CodeSystem/oxygen-device"));
	struct str number = json_get_text(quantity, STR("value"));
	struct str unit = json_get_text(quantity, STR("code"));
	if (code == CODE_ROOM_AIR) {
		reading->code = SCORE_AIR;
		MODEL_PUT(reading->text, STR("air"));
		return true;
	}
	if (device.len == 0)
		device =
			STR("NP"); /* an amount without its device: by its level, as nasal prongs */
	else if (!code_index(device_codes, sizeof(device_codes) / sizeof(device_codes[0]), device,
			     &reading->code))
		return false;
	if (reading->code == SCORE_AIR && (str_equal(device, STR("NP")) || code == CODE_ON_OXYGEN))
		reading->code = SCORE_NP;
	if (quantity != NULL) {
		/* UCUM knows the litre as L and as l. */
		bool litres = code != CODE_OXYGEN_FIO2 &&
			      (str_equal(unit, STR("L/min")) || str_equal(unit, STR("l/min")));
		bool percent = code != SCORE_OXYGEN && str_equal(unit, STR("%"));
		if (!decimal_read(number, &reading->value) || !(litres || percent))
			return false;
		reading->has_litres = !percent;
		reading->has_fio2 = percent;
		char shown[sizeof(reading->text) - sizeof(" l/min") - DEVICE_BYTES_MAX];
		shown_number(shown, sizeof(shown), reading->value, number);
		model_format(reading->text, sizeof(reading->text), "%.*s %s %s", STR_ARG(device),
			     shown, percent ? "%" : "l/min");
		return true;
	}
	MODEL_PUT(reading->text, device);
	return reading->code == SCORE_AIR || code == CODE_ON_OXYGEN ||
	       json_get(element, STR("method")) != NULL;
}

static bool carer_read(const struct json *element, struct reading *reading)
{
	const struct json *worried = json_get(element, STR("valueBoolean"));
	const struct json *concept = json_get(element, STR("valueCodeableConcept"));
	struct str answer = model_code(concept, STR(HOMEWARD_URL "CodeSystem/carer-question"));
	enum alert_level picked;
	struct str level =
		json_get_text(model_extension(element, STR("alert-level")), STR("valueCode"));
	if (level.len == 0)
		level = model_code(concept, STR(HOMEWARD_URL "CodeSystem/alert-level"));
	if (alert_level_find(level, &picked))
		reading->level = (uint8_t)picked;
	if (worried != NULL) {
		reading->code = worried->type == JSON_TRUE;
		MODEL_PUT(reading->text, reading->code ? STR("worried") : STR("not worried"));
		return true;
	}
	if (answer.len != 1 || str_find_byte(STR("WSBAU"), answer.ptr[0], 0) == 5)
		return false;
	reading->code = answer.ptr[0] == 'W';
	static const struct {
		char letter;
		struct str word;
	} words[] = { { 'W', STR_INIT("worse") },
		      { 'S', STR_INIT("same") },
		      { 'B', STR_INIT("better") },
		      { 'A', STR_INIT("asleep") },
		      { 'U', STR_INIT("unavailable") } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].letter == answer.ptr[0])
			MODEL_PUT(reading->text, words[i].word);
	}
	return true;
}

static bool not_done_read(const struct json *element, struct reading *reading)
{
	const struct json *reason = json_get(element, STR("dataAbsentReason"));
	struct str text = model_code(reason, STR(HOMEWARD_URL "CodeSystem/not-done"));
	if (text.len == 0)
		text = json_get_text(reason, STR("text"));
	if (!code_index(bp_codes, sizeof(bp_codes) / sizeof(bp_codes[0]), text, &reading->code))
		return false;
	reading->not_done = true;
	model_format(reading->text, sizeof(reading->text), "not done: %.*s", STR_ARG(text));
	return true;
}

/* Of our code and UK Core's, should both be there, the worse counts. */
static bool consciousness_read(const struct json *concept, struct reading *reading)
{
	const size_t own_count = sizeof(consciousness_codes) / sizeof(consciousness_codes[0]);
	const struct json *codings = json_get(concept, STR("coding"));
	bool found = false;
	for (const struct json *coding = codings == NULL ? NULL : codings->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		struct str code = json_get_text(coding, STR("code"));
		uint8_t index;
		bool own = str_equal(system, STR(HOMEWARD_URL "CodeSystem/consciousness"));
		if (!own && !str_equal(system, STR(SNOMED)))
			continue;
		if (!(own ? code_index(consciousness_codes, own_count, code, &index)
			  : code_index(consciousness_snomed, own_count - 1, code, &index)))
			continue;
		bool worse = reading->code == SCORE_ASLEEP ||
			     (index != SCORE_ASLEEP && index > reading->code);
		if (!found || worse)
			reading->code = index;
		found = true;
	}
	if (found)
		MODEL_PUT(reading->text, consciousness_codes[reading->code]);
	return found;
}

/* One code and its value, of the Observation itself or of a component. */
static bool element_read(const struct json *element, unsigned code, struct reading *reading)
{
	const struct json *concept = json_get(element, STR("valueCodeableConcept"));
	const struct json *quantity = json_get(element, STR("valueQuantity"));
	struct str word;
	bool oxygen = code == CODE_OXYGEN_FIO2 || code == CODE_ROOM_AIR || code == CODE_ON_OXYGEN;
	reading->input = (uint8_t)(oxygen ? SCORE_OXYGEN : code);
	switch (code) {
	case SCORE_OXYGEN:
	case CODE_OXYGEN_FIO2:
	case CODE_ROOM_AIR:
	case CODE_ON_OXYGEN:
		return oxygen_read(code, element, reading);
	case SCORE_RESPIRATORY_DISTRESS:
		word = model_code(concept, STR(HOMEWARD_URL "CodeSystem/respiratory-distress"));
		MODEL_PUT(reading->text, word);
		return code_index(distress_codes,
				  sizeof(distress_codes) / sizeof(distress_codes[0]), word,
				  &reading->code);
	case SCORE_CONSCIOUSNESS:
		return consciousness_read(concept, reading);
	case READING_CONCERN:
		return carer_read(element, reading);
	case READING_PUPILS:
	case READING_SEPSIS:
	case READING_INTUITION:
		return concern_read(element, reading);
	case READING_TOTAL:
		return stated_read(element, reading);
	case SCORE_SYSTOLIC:
		if (quantity == NULL)
			return not_done_read(element, reading);
		return quantity_read(code, quantity, reading);
	default:
		return quantity != NULL && quantity_read(code, quantity, reading);
	}
}

static bool is_pressure_panel(const struct json *concept)
{
	struct str code = model_code(concept, STR(LOINC));
	struct str mdc = model_code(concept, STR(MDC));
	return str_equal(code, STR("85354-9")) || str_equal(code, STR("55284-4")) ||
	       str_equal(mdc, STR("150020")); /* MDC_PRESS_BLD_NONINV */
}

bool reading_sign(const struct json *concept, unsigned *ret_sign)
{
	unsigned sign = input_of(concept);
	if (sign == CODE_NONE && is_pressure_panel(concept))
		sign = CODE_PANEL;
	if (sign != CODE_NONE)
		*ret_sign = sign;
	return sign != CODE_NONE;
}

/* A systolic at or under the diastolic of the same panel is impossible, and so is that diastolic. */
static void compare_pressures(struct reading *first)
{
	struct reading *systolic = NULL, *diastolic = NULL;
	for (struct reading *reading = first; reading != NULL; reading = reading->next) {
		if (reading->input == SCORE_SYSTOLIC && reading->has_value)
			systolic = reading;
		if (reading->input == SCORE_DIASTOLIC && reading->has_value)
			diastolic = reading;
	}
	if (systolic != NULL && diastolic != NULL &&
	    decimal_compare(diastolic->value, systolic->value) >= 0)
		systolic->impossible = diastolic->impossible = true;
}

/* A sign that nobody measured, with the code of the reason if there is one: shown, never counted. */
static bool declined_read(const struct json *element, unsigned code, struct reading *reading)
{
	const struct json *reason = json_get(element, STR("dataAbsentReason"));
	const struct json *coding = json_at(json_get(reason, STR("coding")), 0);
	struct str why = json_get_text(coding, STR("code"));
	uint8_t input = reading->input;
	if (reason == NULL || code >= READING_INPUT_COUNT)
		return false;
	*reading = (struct reading){ .input = input, .declined = true };
	MODEL_PUT(reading->text, why.len > 0 ? why : READING_NO_REASON);
	return true;
}

/* Whether somebody meant to send a value here: nothing at all, a reason why there is none, and the head of a
 * panel are no values. */
static bool has_value(const struct json *element)
{
	return json_get(element, STR("dataAbsentReason")) == NULL &&
	       json_get(element, STR("component")) == NULL;
}

/* A sign that the ward knows, in a unit, number or code that it does not: it must not pass for "nothing sent".
 * A carer's answer counts as concern, anything else as an impossible value: a repeat is asked for. */
static void unreadable(unsigned code, struct reading *reading)
{
	uint8_t input = reading->input;
	*reading = (struct reading){ .input = input };
	MODEL_PUT(reading->text, STR("unreadable"));
	if (code == READING_CONCERN)
		reading->code = 1;
	else if (code == READING_TOTAL)
		MODEL_PUT(reading->text, STR("an unreadable score"));
	else if (code > READING_CONCERN && code < READING_INPUT_COUNT)
		reading->code = CONCERN_UNREADABLE;
	else
		reading->impossible = true;
}

static bool is_measured(unsigned code)
{
	return code == SCORE_SPO2 || code == SCORE_HEART_RATE || code == SCORE_RESPIRATORY_RATE ||
	       code == SCORE_SYSTOLIC || code == SCORE_TEMPERATURE;
}

static void add_element(const struct json *observation, const struct json *element, unsigned code,
			struct reading ***tail)
{
	struct reading found = { 0 };
	if (code == CODE_NONE)
		return;
	bool read = element_read(element, code, &found);
	bool tried = !read && is_measured(code) && quality_tried(element);
	bool declined = !read && !tried && declined_read(element, code, &found);
	if (tried) {
		found = (struct reading){ .input = (uint8_t)code, .quality = QUALITY_DOUBTED };
		MODEL_PUT(found.text, STR("no value"));
	} else if (!read && !declined && !has_value(element)) {
		return;
	} else if (!read && !declined) {
		unreadable(code, &found);
	}
	quality_read(element, &found);
	if (found.input == SCORE_TEMPERATURE)
		site_words(observation, element, found.site, sizeof(found.site));
	struct reading *reading = MODEL_NEW(struct reading);
	*reading = found;
	**tail = reading;
	*tail = &reading->next;
}

struct str reading_source_name(unsigned source)
{
	static const struct str names[SOURCE_COUNT] = { STR_INIT("carer"), STR_INIT("device"),
							STR_INIT("telephone") };
	ASSERT(source < SOURCE_COUNT);
	return names[source];
}

/* Its address; else what else is said of it, so that nobody takes its readings for keyed in. */
static struct str device_words(const struct json *device)
{
	struct str words = json_get_text(device, STR("reference"));
	if (words.len == 0)
		words = json_get_text(json_get(device, STR("identifier")), STR("value"));
	return words.len > 0 ? words : json_get_text(device, STR("display"));
}

/* Keyed in by a nurse from a phone call, sent by equipment, or keyed in at home. */
static uint8_t source_of(const struct json *observation, struct str device)
{
	struct str source =
		json_get_text(model_extension(observation, STR("source")), STR("valueCode"));
	if (str_equal(source, STR("telephone")))
		return SOURCE_TELEPHONE;
	return device.len > 0 ? SOURCE_DEVICE : SOURCE_CARER;
}

/* A continuous stream of a sign. False: it is none, or cannot be read as one. */
static bool add_stream(const struct json *observation, const struct policy *policy,
		       struct reading ***tail, struct strand **ret_strand, bool *ret_cut)
{
	const struct json *data = json_get(observation, STR("valueSampledData"));
	const struct json *origin = json_get(data, STR("origin"));
	unsigned input = input_of(json_get(observation, STR("code")));
	struct reading unit = { 0 };
	/* A scale with another zero than its samples' (degrees Fahrenheit) is not read. */
	if (data == NULL || input == CODE_NONE || !quantity_read(input, origin, &unit) ||
	    bound_is(&unit) || str_equal(json_get_text(origin, STR("code")), STR("[degF]")))
		return false;
	**tail = sampled_read(data, input, observation, policy, ret_strand, ret_cut);
	if (**tail == NULL)
		return false;
	for (; **tail != NULL; *tail = &(**tail)->next) {
		if (input == SCORE_TEMPERATURE)
			site_words(observation, observation, (**tail)->site,
				   sizeof((**tail)->site));
	}
	return true;
}

struct reading *reading_parse(const struct json *observation, const struct policy *policy,
			      struct strand **ret_strand, bool *ret_cut)
{
	struct reading *first = NULL;
	struct reading **tail = &first;
	const struct json *components = json_get(observation, STR("component"));
	*ret_cut = false;
	if (ret_strand != NULL)
		*ret_strand = NULL;
	if (!add_stream(observation, policy, &tail, ret_strand, ret_cut))
		add_element(observation, observation, input_of(json_get(observation, STR("code"))),
			    &tail);
	if (is_pressure_panel(json_get(observation, STR("code"))) && components == NULL)
		add_element(observation, observation, SCORE_SYSTOLIC, &tail); /* not done */
	size_t count = 0;
	for (const struct json *component = components == NULL ? NULL : components->child;
	     component != NULL; component = component->next) {
		if (++count > READING_COMPONENTS_MAX) {
			*ret_cut = true;
			break;
		}
		add_element(observation, component, input_of(json_get(component, STR("code"))),
			    &tail);
	}
	compare_pressures(first);
	struct str device = device_words(json_get(observation, STR("device")));
	uint8_t source = source_of(observation, device);
	for (struct reading *reading = first; reading != NULL; reading = reading->next) {
		MODEL_PUT(reading->observation, json_get_text(observation, STR("id")));
		MODEL_PUT(reading->device, device);
		reading->source = source;
		quality_read(observation, reading); /* of the whole, for every part */
	}
	return first;
}

void reading_free(struct reading *first)
{
	while (first != NULL) {
		struct reading *next = first->next;
		model_give(first);
		first = next;
	}
}

int64_t reading_stated_us(const struct json *observation, int64_t received_us, bool *ret_exact)
{
	struct str text = json_get_text(observation, STR("effectiveDateTime"));
	struct date date;
	enum date_kind kind = DATE_KIND_DATETIME;
	if (text.len == 0) {
		text = json_get_text(observation, STR("effectiveInstant"));
		kind = DATE_KIND_INSTANT;
	}
	if (text.len == 0) {
		text = json_get_text(json_get(observation, STR("effectivePeriod")), STR("end"));
		kind = DATE_KIND_DATETIME;
	}
	bool known = text.len > 0 && date_parse(text, kind, &date) == ERROR_OK;
	/* A date without a time of day satisfies no schedule: evaluated when it came, if it came that day. */
	*ret_exact = known && date.precision >= DATE_MINUTE;
	if (*ret_exact)
		return date.low_us;
	return known && date.high_us <= received_us ? date.high_us - 1 : received_us;
}

void reading_times(struct reading *first, const struct json *observation,
		   const struct ward_event *event)
{
	bool exact;
	int64_t stated_us = reading_stated_us(observation, event->at_us, &exact);
	for (struct reading *reading = first; reading != NULL; reading = reading->next) {
		reading->feed = event->feed;
		if (reading->sampled)
			continue; /* each window has its own */
		reading->time_suspect = !exact;
		reading->stated_us = stated_us;
	}
}

/* What no score takes (score.c): a flow under 0, FiO2 of 1 % and less (a fraction sent as per cent) or over 100, and
 * "room air" with an amount beyond it. Let into a set it would leave the whole set without a score. */
static bool is_no_amount(const struct reading *reading)
{
	struct decimal zero = { 0, 0 }, one = { 1, 0 }, hundred = { 100, 0 }, air = { 21, 0 };
	bool is_air = reading->code == SCORE_AIR;
	if (reading->input != SCORE_OXYGEN || !(reading->has_litres || reading->has_fio2))
		return false;
	if (reading->has_fio2)
		return decimal_compare(reading->value, one) <= 0 ||
		       decimal_compare(reading->value, is_air ? air : hundred) > 0;
	return decimal_compare(reading->value, zero) < 0 ||
	       (is_air && decimal_compare(reading->value, zero) > 0);
}

int64_t reading_skew_us(const struct policy *policy)
{
	return policy == NULL ? 2 * DATE_US_PER_MIN : policy->clock_skew_us;
}

void reading_judge(struct reading *reading, const struct policy *policy, int64_t received_us)
{
	int64_t skew_us = reading_skew_us(policy);
	int64_t late_us = policy == NULL ? 30 * DATE_US_PER_MIN : policy->late_us;
	reading->received_us = received_us;
	if (reading->stated_us > received_us + skew_us)
		reading->time_suspect = true;
	reading->measured_us = reading->time_suspect || reading->stated_us > received_us
				       ? received_us
				       : reading->stated_us;
	reading->late = received_us - reading->measured_us > late_us;
	if (reading->has_value && reading->input < SCORE_INPUT_COUNT) {
		enum score_plausibility judged =
			score_plausibility((enum score_input)reading->input, reading->value);
		reading->impossible = reading->impossible || judged == SCORE_IMPOSSIBLE;
		reading->soft = judged == SCORE_SUSPECT;
	}
	reading->impossible = reading->impossible || is_no_amount(reading);
	if (reading->has_value && bound_is(reading)) {
		reading->soft = bound_is_bad(policy, reading);
		reading->impossible = reading->impossible || !reading->soft;
	}
	reading->poor_signal = reading->poor_signal || quality_is_poor(reading, policy);
	/* No living person weighs less than 0.2 kg or more than 500 (a proposal: no chart has a bound). */
	if (reading->has_value && reading->input == READING_WEIGHT)
		reading->impossible =
			reading->impossible ||
			decimal_compare(reading->value, (struct decimal){ 2, -1 }) < 0 ||
			decimal_compare(reading->value, (struct decimal){ 500, 0 }) > 0;
}

bool reading_is_unreadable(const struct reading *reading)
{
	return reading->impossible && !reading->has_value && !reading->has_litres &&
	       !reading->has_fio2;
}

bool reading_same_value(const struct reading *a, const struct reading *b)
{
	return a->input == b->input && a->code == b->code && a->has_value == b->has_value &&
	       a->not_done == b->not_done && a->has_litres == b->has_litres &&
	       a->has_fio2 == b->has_fio2 && a->declined == b->declined && a->level == b->level &&
	       decimal_compare(a->value, b->value) == 0;
}

bool reading_same(const struct reading *a, const struct reading *b)
{
	return a->stated_us == b->stated_us &&
	       str_equal(str_from_c(a->device), str_from_c(b->device)) && reading_same_value(a, b);
}

bool reading_counts(const struct reading *reading)
{
	return !reading->impossible && !reading->declined && !reading->poor_signal &&
	       reading->input < SCORE_INPUT_COUNT;
}
