/* SPDX-License-Identifier: Apache-2.0 */
#include "score/line.h"
#include "json/json.h"

enum { LINE_DEPTH_MAX = 4 };

static const char *const consciousness_words[] = { "A", "C", "V", "P", "U", "asleep", NULL };
static const char *const device_words[] = { "air", "NP",    "FM",   "HB", "NRB",
					    "HF",  "BiPAP", "CPAP", NULL };
static const char *const distress_words[] = { "none", "mild", "moderate", "severe", NULL };
static const char *const bp_words[] = { "NCO", "U0", "U4", NULL };

static enum error read_number(const struct json *node, struct issues *issues,
			      struct decimal *ret_value)
{
	if (node->type != JSON_NUMBER)
		return issue_add(issues, ERROR_MALFORMED, json_name(node), "%.*s must be a number",
				 STR_ARG(json_name(node)));
	if (!decimal_read(json_text(node), ret_value))
		return issue_add(issues, ERROR_MALFORMED, json_name(node), "%.*s cannot be read",
				 STR_ARG(json_name(node)));
	return ERROR_OK;
}

static enum error read_word(const struct json *node, const char *const *words,
			    struct issues *issues, unsigned *ret_at)
{
	for (unsigned i = 0; node->type == JSON_STRING && words[i] != NULL; i++) {
		if (str_equal(json_text(node), str_from_c(words[i]))) {
			*ret_at = i;
			return ERROR_OK;
		}
	}
	return issue_add(issues, ERROR_MALFORMED, json_name(node), "%.*s is not one of its words",
			 STR_ARG(json_name(node)));
}

static enum error read_date(const struct json *node, enum date_kind kind, struct issues *issues,
			    struct date *ret_date)
{
	if (node->type == JSON_STRING && date_parse(json_text(node), kind, ret_date) == ERROR_OK)
		return ERROR_OK;
	return issue_add(issues, ERROR_MALFORMED, json_name(node), "%.*s must be %s",
			 STR_ARG(json_name(node)),
			 kind == DATE_KIND_DATE
				 ? "a date, YYYY-MM-DD"
				 : "an instant with seconds and offset, 2026-01-31T08:00:00Z");
}

static enum error read_oxygen(const struct json *node, struct issues *issues, struct score_set *set)
{
	if (node->type != JSON_OBJECT)
		return issue_add(issues, ERROR_MALFORMED, json_name(node),
				 "oxygen must be an object");
	enum error error = ERROR_OK;
	for (const struct json *field = node->child; field != NULL && error == ERROR_OK;
	     field = field->next) {
		struct str name = json_name(field);
		unsigned word = 0;
		if (field->type == JSON_NULL)
			continue;
		if (str_equal(name, STR("device"))) {
			error = read_word(field, device_words, issues, &word);
			set->oxygen_device = (enum score_oxygen_device)word;
			set->has[SCORE_OXYGEN] = true;
		} else if (str_equal(name, STR("litresPerMinute"))) {
			error = read_number(field, issues, &set->oxygen_litres);
			set->has_oxygen_litres = true;
		} else if (str_equal(name, STR("fio2"))) {
			error = read_number(field, issues, &set->oxygen_fio2);
			set->has_oxygen_fio2 = true;
		} else {
			error = issue_add(issues, ERROR_MALFORMED, name,
					  "oxygen has an unknown field");
		}
	}
	if (error == ERROR_OK && !set->has[SCORE_OXYGEN])
		return issue_add(
			issues, ERROR_MALFORMED, json_name(node),
			"oxygen needs a device: the same flow scores differently by device");
	return error;
}

static enum error read_scale(const struct json *node, struct issues *issues, struct score_set *set)
{
	struct decimal value = { 0, 0 };
	enum error error = read_number(node, issues, &value);
	if (error != ERROR_OK)
		return error;
	bool one = decimal_compare(value, (struct decimal){ 1, 0 }) == 0;
	if (!one && decimal_compare(value, (struct decimal){ 2, 0 }) != 0)
		return issue_add(issues, ERROR_MALFORMED, json_name(node), "spo2Scale is 1 or 2");
	set->spo2_scale = one ? 1 : 2;
	return ERROR_OK;
}

static bool is_field(struct str name)
{
	static const char *const names[] = {
		"at",        "birthDate", "respiratoryRate",     "heartRate",
		"systolic",  "spo2",      "temperature",         "consciousness",
		"oxygen",    "spo2Scale", "respiratoryDistress", "capillaryRefill",
		"bpNotDone", "diastolic",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(name, str_from_c(names[i])))
			return true;
	}
	return false;
}

/* The inputs that are plain numbers; false when the name is none of them. */
static bool number_field(struct score_set *set, struct str name, enum score_input *ret_input,
			 struct decimal **ret_number)
{
	struct {
		enum score_input input;
		struct decimal *number;
	} fields[] = {
		{ SCORE_RESPIRATORY_RATE, &set->respiratory_rate },
		{ SCORE_HEART_RATE, &set->heart_rate },
		{ SCORE_SYSTOLIC, &set->systolic },
		{ SCORE_SPO2, &set->spo2 },
		{ SCORE_TEMPERATURE, &set->temperature },
		{ SCORE_CAPILLARY_REFILL, &set->capillary_refill },
		{ SCORE_DIASTOLIC, &set->diastolic },
	};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_equal(name, score_input_name(fields[i].input))) {
			*ret_input = fields[i].input;
			*ret_number = fields[i].number;
			return true;
		}
	}
	return false;
}

static enum error read_field(const struct json *field, struct issues *issues, struct score_set *set)
{
	struct str name = json_name(field);
	struct date at;
	struct decimal *number = NULL;
	enum score_input input = SCORE_INPUT_COUNT;
	enum error error;
	unsigned word = 0;
	if (number_field(set, name, &input, &number)) {
		set->has[input] = true;
		return read_number(field, issues, number);
	}
	if (str_equal(name, STR("oxygen")))
		return read_oxygen(field, issues, set);
	if (str_equal(name, STR("spo2Scale")))
		return read_scale(field, issues, set);
	if (str_equal(name, STR("birthDate"))) {
		set->has_birth_date = true;
		return read_date(field, DATE_KIND_DATE, issues, &set->birth_date);
	}
	if (str_equal(name, STR("at"))) {
		error = read_date(field, DATE_KIND_INSTANT, issues, &at);
		if (error == ERROR_OK) {
			set->has_at = true;
			set->at_us = at.low_us;
		}
		return error;
	}
	if (str_equal(name, STR("consciousness"))) {
		error = read_word(field, consciousness_words, issues, &word);
		set->has[SCORE_CONSCIOUSNESS] = true;
		set->consciousness = (enum score_consciousness)word;
		return error;
	}
	if (str_equal(name, STR("respiratoryDistress"))) {
		error = read_word(field, distress_words, issues, &word);
		set->has[SCORE_RESPIRATORY_DISTRESS] = true;
		set->distress = (enum score_distress)word;
		return error;
	}
	ASSERT(str_equal(name, STR("bpNotDone")));
	error = read_word(field, bp_words, issues, &word);
	set->has_bp_not_done = true;
	set->bp_not_done = (enum score_bp_not_done)word;
	return error;
}

enum error score_line_read(struct arena *arena, struct str line, struct issues *issues,
			   struct score_set *ret_set)
{
	struct json *root = NULL;
	struct json_options options = { .depth_max = LINE_DEPTH_MAX, .bytes_max = line.len + 1 };
	struct score_set set = { .spo2_scale = 1 };
	enum error error = json_parse(arena, line, &options, issues, &root);
	if (error != ERROR_OK)
		return error;
	if (root->type != JSON_OBJECT)
		return issue_add(issues, ERROR_MALFORMED, STR(""), "a line holds one JSON object");
	for (const struct json *field = root->child; field != NULL; field = field->next) {
		if (!is_field(json_name(field)))
			return issue_add(issues, ERROR_MALFORMED, json_name(field),
					 "a field of this line is unknown; homeward score --help "
					 "lists them");
		if (field->type == JSON_NULL)
			continue;
		error = read_field(field, issues, &set);
		if (error != ERROR_OK)
			return error;
	}
	*ret_set = set;
	return ERROR_OK;
}

/* A trigger that what is missing could still bring is not excluded: `trigger` is null then. */
static void print_head(struct text *text, enum score_scale scale, const struct score_result *result)
{
	const char *complete = result->complete ? "true" : "false";
	unsigned red, yellow;
	if (scale != SCORE_MEOWS) {
		text_put_format(text, "{\"total\":%d,\"complete\":%s,\"low\":%d,\"high\":%d",
				result->total, complete, result->low, result->high);
		return;
	}
	score_colours(result, &red, &yellow);
	text_put_format(text, "{\"trigger\":%s,\"red\":%u,\"yellow\":%u,\"complete\":%s",
			result->total >= SCORE_RED  ? "true"
			: result->high >= SCORE_RED ? "null"
						    : "false",
			red, yellow, complete);
}

static void print_part(struct text *text, enum score_scale scale, int part)
{
	static const char *const colours[] = { "\"white\"", "\"yellow\"", "\"red\"" };
	if (scale == SCORE_MEOWS)
		text_put_c(text, colours[part]);
	else
		text_put_i64(text, part);
}

void score_line_print(struct text *text, enum score_scale scale, const struct score_result *result)
{
	print_head(text, scale, result);
	text_put_c(text, ",\"parts\":{");
	const char *comma = "";
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
		if (result->parts[i] == SCORE_PART_UNKNOWN)
			continue;
		text_put_format(text, "%s\"%.*s\":", comma,
				STR_ARG(score_input_name((enum score_input)i)));
		print_part(text, scale, result->parts[i]);
		comma = ",";
	}
	text_put(text, STR("},\"missing\":["));
	comma = "";
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
		if (!result->missing[i])
			continue;
		text_put_format(text, "%s\"%.*s\"", comma,
				STR_ARG(score_input_name((enum score_input)i)));
		comma = ",";
	}
	text_put_format(text, "],\"level\":\"%.*s\"}", STR_ARG(score_level_name(result->level)));
}

void score_line_answer(struct arena *arena, enum score_scale scale, struct str line,
		       struct text *text)
{
	struct issues issues;
	struct score_set set;
	struct score_result result;
	issues_init(&issues, arena);
	enum error error = score_line_read(arena, line, &issues, &set);
	if (error == ERROR_OK)
		error = score_compute(scale, &set, &issues, &result);
	if (error == ERROR_OK) {
		score_line_print(text, scale, &result);
		return;
	}
	struct str reason =
		issues.first != NULL ? issues.first->diagnostics : error_row(error)->meaning;
	text_put(text, STR("{\"error\":"));
	json_print_string(text, reason);
	text_put_byte(text, '}');
}
