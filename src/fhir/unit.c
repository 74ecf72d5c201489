/* SPDX-License-Identifier: Apache-2.0
 * Common clinical UCUM units and the unit that each kind of quantity is compared in. Factors are
 * UCUM's own definitions (ucum.org/ucum, tables 3 to 6): m[Hg] 133.322 kPa, m[H2O] 9.80665 kPa,
 * [lb_av] 0.45359237 kg, [in_i] 2.54 cm, a 365.25 d, mo a/12, [degF] 5/9 K, cal 4.184 J. */
#include "fhir/fhir.h"

struct unit {
	struct str code;
	struct str canonical;
	double factor;
	double offset;
};
#define UNIT(code, canonical, factor) \
	{ \
		STR_INIT(code), STR_INIT(canonical), (factor), 0 \
	}

static const struct unit units[] = {
	UNIT("mm[Hg]", "Pa", 133.322),
	UNIT("/min", "Hz", 1.0 / 60),
	UNIT("%", "1", 0.01),
	{ STR_INIT("Cel"), STR_INIT("K"), 1, 273.15 },
	{ STR_INIT("[degF]"), STR_INIT("K"), 5.0 / 9, 459.67 * 5 / 9 },
	UNIT("K", "K", 1),
	UNIT("1", "1", 1),
	UNIT("[ppth]", "1", 1e-3),
	UNIT("[ppm]", "1", 1e-6),
	/* mass */
	UNIT("kg", "g", 1e3),
	UNIT("g", "g", 1),
	UNIT("mg", "g", 1e-3),
	UNIT("ug", "g", 1e-6),
	UNIT("ng", "g", 1e-9),
	UNIT("pg", "g", 1e-12),
	UNIT("[lb_av]", "g", 453.59237),
	UNIT("[oz_av]", "g", 28.349523125),
	UNIT("[stone_av]", "g", 6350.29318),
	/* length, area */
	UNIT("km", "m", 1e3),
	UNIT("m", "m", 1),
	UNIT("dm", "m", 0.1),
	UNIT("cm", "m", 0.01),
	UNIT("mm", "m", 1e-3),
	UNIT("um", "m", 1e-6),
	UNIT("nm", "m", 1e-9),
	UNIT("[in_i]", "m", 0.0254),
	UNIT("[ft_i]", "m", 0.3048),
	UNIT("[mi_i]", "m", 1609.344),
	UNIT("m2", "m2", 1),
	UNIT("cm2", "m2", 1e-4),
	UNIT("mm2", "m2", 1e-6),
	UNIT("kg/m2", "g/m2", 1e3),
	UNIT("g/m2", "g/m2", 1),
	/* volume */
	UNIT("L", "L", 1),
	UNIT("l", "L", 1),
	UNIT("dL", "L", 0.1),
	UNIT("dl", "L", 0.1),
	UNIT("cL", "L", 0.01),
	UNIT("mL", "L", 1e-3),
	UNIT("ml", "L", 1e-3),
	UNIT("uL", "L", 1e-6),
	UNIT("ul", "L", 1e-6),
	UNIT("nL", "L", 1e-9),
	UNIT("pL", "L", 1e-12),
	UNIT("fL", "L", 1e-15),
	UNIT("m3", "L", 1e3),
	UNIT("dm3", "L", 1),
	UNIT("cm3", "L", 1e-3),
	UNIT("mm3", "L", 1e-6),
	/* time, rate */
	UNIT("s", "s", 1),
	UNIT("ms", "s", 1e-3),
	UNIT("us", "s", 1e-6),
	UNIT("min", "s", 60),
	UNIT("h", "s", 3600),
	UNIT("d", "s", 86400),
	UNIT("wk", "s", 604800),
	UNIT("mo", "s", 2629800),
	UNIT("a", "s", 31557600),
	UNIT("1/min", "Hz", 1.0 / 60),
	UNIT("min-1", "Hz", 1.0 / 60),
	UNIT("Hz", "Hz", 1),
	UNIT("/s", "Hz", 1),
	UNIT("1/s", "Hz", 1),
	UNIT("s-1", "Hz", 1),
	UNIT("/h", "Hz", 1.0 / 3600),
	UNIT("/d", "Hz", 1.0 / 86400),
	UNIT("L/s", "L/s", 1),
	UNIT("L/min", "L/s", 1.0 / 60),
	UNIT("l/min", "L/s", 1.0 / 60),
	UNIT("L/h", "L/s", 1.0 / 3600),
	UNIT("mL/s", "L/s", 1e-3),
	UNIT("mL/min", "L/s", 1e-3 / 60),
	UNIT("ml/min", "L/s", 1e-3 / 60),
	UNIT("mL/h", "L/s", 1e-3 / 3600),
	UNIT("mL/d", "L/s", 1e-3 / 86400),
	UNIT("L/d", "L/s", 1.0 / 86400),
	/* pressure, energy, electricity */
	UNIT("Pa", "Pa", 1),
	UNIT("hPa", "Pa", 100),
	UNIT("kPa", "Pa", 1000),
	UNIT("bar", "Pa", 1e5),
	UNIT("mbar", "Pa", 100),
	UNIT("atm", "Pa", 101325),
	UNIT("cm[H2O]", "Pa", 98.0665),
	UNIT("J", "J", 1),
	UNIT("kJ", "J", 1000),
	UNIT("cal", "J", 4.184),
	UNIT("kcal", "J", 4184),
	UNIT("V", "V", 1),
	UNIT("mV", "V", 1e-3),
	UNIT("uV", "V", 1e-6),
	/* mass concentration */
	UNIT("g/L", "g/L", 1),
	UNIT("g/l", "g/L", 1),
	UNIT("g/dL", "g/L", 10),
	UNIT("g/dl", "g/L", 10),
	UNIT("g/mL", "g/L", 1000),
	UNIT("kg/L", "g/L", 1000),
	UNIT("mg/L", "g/L", 1e-3),
	UNIT("mg/dL", "g/L", 0.01),
	UNIT("mg/dl", "g/L", 0.01),
	UNIT("mg/mL", "g/L", 1),
	UNIT("ug/L", "g/L", 1e-6),
	UNIT("ug/dL", "g/L", 1e-5),
	UNIT("ug/mL", "g/L", 1e-3),
	UNIT("ng/L", "g/L", 1e-9),
	UNIT("ng/dL", "g/L", 1e-8),
	UNIT("ng/mL", "g/L", 1e-6),
	UNIT("pg/mL", "g/L", 1e-9),
	UNIT("pg/dL", "g/L", 1e-11),
	UNIT("pg/L", "g/L", 1e-12),
	/* amount of substance */
	UNIT("mol", "mol", 1),
	UNIT("mmol", "mol", 1e-3),
	UNIT("umol", "mol", 1e-6),
	UNIT("nmol", "mol", 1e-9),
	UNIT("mol/L", "mol/L", 1),
	UNIT("mmol/L", "mol/L", 1e-3),
	UNIT("mmol/l", "mol/L", 1e-3),
	UNIT("umol/L", "mol/L", 1e-6),
	UNIT("umol/l", "mol/L", 1e-6),
	UNIT("nmol/L", "mol/L", 1e-9),
	UNIT("pmol/L", "mol/L", 1e-12),
	UNIT("eq/L", "eq/L", 1),
	UNIT("meq/L", "eq/L", 1e-3),
	UNIT("mmol/mol", "mol/mol", 1e-3),
	/* activity, arbitrary units, counts */
	UNIT("U/L", "U/L", 1),
	UNIT("mU/L", "U/L", 1e-3),
	UNIT("U/mL", "U/L", 1000),
	UNIT("kU/L", "U/L", 1000),
	UNIT("[IU]", "[IU]", 1),
	UNIT("k[IU]", "[IU]", 1000),
	UNIT("m[IU]", "[IU]", 1e-3),
	UNIT("[IU]/L", "[IU]/L", 1),
	UNIT("m[IU]/L", "[IU]/L", 1e-3),
	UNIT("m[IU]/mL", "[IU]/L", 1),
	UNIT("[IU]/mL", "[IU]/L", 1000),
	UNIT("u[IU]/mL", "[IU]/L", 1e-3),
	UNIT("/L", "/L", 1),
	UNIT("10*9/L", "/L", 1e9),
	UNIT("10*12/L", "/L", 1e12),
	UNIT("10*6/L", "/L", 1e6),
	UNIT("10*3/uL", "/L", 1e9),
	UNIT("10*6/uL", "/L", 1e12),
	UNIT("/uL", "/L", 1e6),
	UNIT("/mL", "/L", 1e3),
	UNIT("/mm3", "/L", 1e6),
	/* doses */
	UNIT("g/kg", "g/kg", 1),
	UNIT("mg/kg", "g/kg", 1e-3),
	UNIT("ug/kg", "g/kg", 1e-6),
	UNIT("ug/kg/min", "g/kg/s", 1e-6 / 60),
	UNIT("mg/kg/h", "g/kg/s", 1e-3 / 3600),
	UNIT("mg/h", "g/s", 1e-3 / 3600),
	UNIT("ug/h", "g/s", 1e-6 / 3600),
	UNIT("mg/d", "g/s", 1e-3 / 86400),
};

/* Annotations in braces mean nothing in UCUM: "{beats}/min" is "/min", "{score}" is "1". */
static struct str without_annotations(struct str code, char buffer[32])
{
	size_t len = 0;
	bool inside = false;

	if (str_find_byte(code, '{', 0) == code.len)
		return code;
	for (size_t i = 0; i < code.len; i++) {
		if (code.ptr[i] == '{')
			inside = true;
		else if (code.ptr[i] == '}')
			inside = false;
		else if (!inside && len < 32)
			buffer[len++] = code.ptr[i];
	}
	if (len > 0 && buffer[len - 1] == '/')
		len--; /* mL/min/{1.73_m2} */
	return len == 0 ? STR("1") : (struct str){ buffer, len };
}

bool fhir_unit_canonical(struct str system, struct str code, double *ret_factor, double *ret_offset,
			 struct str *ret_code)
{
	char buffer[32];

	if (!str_equal(system, STR("http://unitsofmeasure.org")) || code.len == 0)
		return false;
	code = without_annotations(code, buffer);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (!str_equal(units[i].code, code))
			continue;
		*ret_factor = units[i].factor;
		*ret_offset = units[i].offset;
		*ret_code = units[i].canonical;
		return true;
	}
	return false;
}
