/* SPDX-License-Identifier: Apache-2.0
 * Dates, numbers and quantities as ranges (source: hl7.org/fhir/R4/search.html#date, #number,
 * #quantity). */
#include "fhir/value.h"

#include "base/date.h"
#include "base/decimal.h"

#include <math.h>
#include <stdlib.h>

/* The first element of an array; NULL for anything else. */
static const struct json *first_item(const struct json *array)
{
	return array != NULL && array->type == JSON_ARRAY ? array->child : NULL;
}

/* --- date ------------------------------------------------------------------------------------ */

static bool read_date(struct str text, struct date *ret_date)
{
	return text.len > 0 && date_parse(text, DATE_KIND_DATETIME, ret_date) == ERROR_OK;
}

static void add_dates(struct value_list *list, const struct fhir_search_parameter *parameter,
		      int64_t low_us, int64_t high_us)
{
	struct fhir_index_value *value = value_add(list, parameter);

	if (value == NULL)
		return;
	value->low_us = low_us;
	value->high_us = high_us;
}

/* An end that is absent is open; false when both are. */
static bool read_period(const struct json *period, int64_t *ret_low_us, int64_t *ret_high_us)
{
	struct date start;
	struct date end;
	bool has_start = read_date(json_get_text(period, STR("start")), &start);
	bool has_end = read_date(json_get_text(period, STR("end")), &end);

	if (!has_start && !has_end)
		return false;
	*ret_low_us = has_start ? start.low_us : INT64_MIN;
	*ret_high_us = has_end ? end.high_us : INT64_MAX;
	return true;
}

/* The outer bounds of a Timing: its events and its bounding period. */
static void add_timing(struct value_list *list, const struct fhir_search_parameter *parameter,
		       const struct json *timing)
{
	const struct json *repeat = json_get(timing, STR("repeat"));
	int64_t low_us = INT64_MAX;
	int64_t high_us = INT64_MIN;
	bool found = false;
	int64_t from_us;
	int64_t to_us;

	for (const struct json *event = first_item(json_get(timing, STR("event"))); event != NULL;
	     event = event->next) {
		struct date date;

		if (!read_date(json_text(event), &date))
			continue;
		low_us = date.low_us < low_us ? date.low_us : low_us;
		high_us = date.high_us > high_us ? date.high_us : high_us;
		found = true;
	}
	if (read_period(json_get(repeat, STR("boundsPeriod")), &from_us, &to_us)) {
		low_us = from_us < low_us ? from_us : low_us;
		high_us = to_us > high_us ? to_us : high_us;
		found = true;
	}
	if (found)
		add_dates(list, parameter, low_us, high_us);
}

/* --- number and quantity --------------------------------------------------------------------- */

/* A decimal's value and implicit range. */
static bool read_number(struct str text, double *ret_number, double *ret_low, double *ret_high)
{
	struct decimal decimal;

	if (!decimal_read(text, &decimal))
		return false;
	*ret_number = decimal_to_double(decimal);
	decimal_search_range(decimal, ret_low, ret_high);
	return true;
}

void value_read_number(struct value_list *list, const struct fhir_search_parameter *parameter,
		       const struct json *node)
{
	double number;
	double low;
	double high;
	struct fhir_index_value *value;

	if (!read_number(json_text(node), &number, &low, &high) ||
	    (value = value_add(list, parameter)) == NULL)
		return;
	value->number = number;
	value->low = low;
	value->high = high;
}

/* Fills in the unit of `quantity` and, from it, the canonical range. */
static void set_unit(struct fhir_index_value *value, const struct json *quantity)
{
	double factor;
	double offset;

	value->system = json_get_text(quantity, STR("system"));
	value->code = json_get_text(quantity, STR("code"));
	value->text = json_get_text(quantity, STR("unit"));
	if (!fhir_unit_canonical(value->system, value->code, &factor, &offset,
				 &value->canonical_code))
		return;
	value->canonical_low = value->low * factor + offset;
	value->canonical_high = value->high * factor + offset;
}

/* What "<5" says is every value below 5. */
static void apply_comparator(struct fhir_index_value *value, struct str comparator)
{
	if (comparator.len == 0)
		return;
	if (comparator.ptr[0] == '<') {
		value->high = comparator.len == 1 ? value->number : value->high;
		value->low = -(double)INFINITY;
	} else if (comparator.ptr[0] == '>') {
		value->low = comparator.len == 1 ? value->number : value->low;
		value->high = (double)INFINITY;
	}
}

static void add_quantity(struct value_list *list, const struct fhir_search_parameter *parameter,
			 const struct json *quantity)
{
	size_t before = list->count;
	const struct json *number = json_get(quantity, STR("value"));

	if (number == NULL)
		return;
	value_read_number(list, parameter, number);
	if (list->count == before)
		return;
	apply_comparator(&list->values[before], json_get_text(quantity, STR("comparator")));
	set_unit(&list->values[before], quantity);
}

static void add_money(struct value_list *list, const struct fhir_search_parameter *parameter,
		      const struct json *money)
{
	size_t before = list->count;
	const struct json *number = json_get(money, STR("value"));
	struct str currency = json_get_text(money, STR("currency"));

	if (number == NULL)
		return;
	value_read_number(list, parameter, number);
	if (list->count == before || currency.len == 0)
		return;
	list->values[before].system = STR("urn:iso:std:iso:4217");
	list->values[before].code = currency;
}

static void add_range(struct value_list *list, const struct fhir_search_parameter *parameter,
		      const struct json *range)
{
	const struct json *low = json_get(range, STR("low"));
	const struct json *high = json_get(range, STR("high"));
	double low_number = -(double)INFINITY;
	double high_number = (double)INFINITY;
	double ignored;
	double lowest = low_number;
	double highest = high_number;
	struct fhir_index_value *value;

	bool has_low =
		read_number(json_get_text(low, STR("value")), &low_number, &lowest, &ignored);
	bool has_high =
		read_number(json_get_text(high, STR("value")), &high_number, &ignored, &highest);
	if ((!has_low && !has_high) || (value = value_add(list, parameter)) == NULL)
		return;
	value->low = lowest;
	value->high = highest;
	value->number = has_low ? low_number : high_number;
	set_unit(value, has_low ? low : high);
}

/* The span of the samples: origin + sample * factor; L and U stand for the device's limits. */
static void add_samples(struct value_list *list, const struct fhir_search_parameter *parameter,
			const struct json *sampled)
{
	const struct json *origin = json_get(sampled, STR("origin"));
	struct str data = json_get_text(sampled, STR("data"));
	double factor = 1;
	double base = 0;
	double low;
	double high;
	double lowest = (double)INFINITY;
	double highest = -(double)INFINITY;
	struct fhir_index_value *value;

	if (!read_number(json_get_text(origin, STR("value")), &base, &low, &high))
		return;
	(void)read_number(json_get_text(sampled, STR("factor")), &factor, &low, &high); /* or 1 */
	while (data.len > 0) {
		struct str word = str_cut(&data, ' ');
		double number;

		if (str_equal(word, STR("L")))
			word = json_get_text(sampled, STR("lowerLimit"));
		else if (str_equal(word, STR("U")))
			word = json_get_text(sampled, STR("upperLimit"));
		if (!read_number(word, &number, &low, &high))
			continue; /* E: no sample */
		lowest = number < lowest ? number : lowest;
		highest = number > highest ? number : highest;
	}
	if (lowest > highest || (value = value_add(list, parameter)) == NULL)
		return;
	value->low = base + (factor < 0 ? highest : lowest) * factor;
	value->high = base + (factor < 0 ? lowest : highest) * factor;
	value->number = value->low;
	set_unit(value, origin);
}

void value_read_dates(struct value_list *list, const struct fhir_search_parameter *parameter,
		      const struct json *node, uint16_t shape)
{
	struct date date;
	int64_t low_us;
	int64_t high_us;

	if (shape == FHIR_SHAPE_Timing)
		add_timing(list, parameter, node);
	else if (shape == FHIR_SHAPE_Period && read_period(node, &low_us, &high_us))
		add_dates(list, parameter, low_us, high_us);
	else if (shape != FHIR_SHAPE_Period && read_date(json_text(node), &date))
		add_dates(list, parameter, date.low_us, date.high_us);
}

void value_read_quantity(struct value_list *list, const struct fhir_search_parameter *parameter,
			 const struct json *node, uint16_t shape)
{
	switch (shape) {
	case FHIR_SHAPE_Range:
		add_range(list, parameter, node);
		break;
	case FHIR_SHAPE_SampledData:
		add_samples(list, parameter, node);
		break;
	case FHIR_SHAPE_Money:
		add_money(list, parameter, node);
		break;
	case FHIR_SHAPE_decimal:
	case FHIR_SHAPE_integer:
		value_read_number(list, parameter, node);
		break;
	default:
		add_quantity(list, parameter, node);
		break;
	}
}

/* Location.position; the only special parameter with an expression is Location.near. */
void value_read_position(struct value_list *list, const struct fhir_search_parameter *parameter,
			 const struct json *node)
{
	double latitude;
	double longitude;
	double low;
	double high;
	struct fhir_index_value *value;

	if (!read_number(json_get_text(node, STR("latitude")), &latitude, &low, &high) ||
	    !read_number(json_get_text(node, STR("longitude")), &longitude, &low, &high) ||
	    (value = value_add(list, parameter)) == NULL)
		return;
	value->low = latitude;
	value->high = longitude;
}
