/* SPDX-License-Identifier: Apache-2.0
 * Makes a PlanDefinition from a policy's data file: gen_policy NAME.json OUT.json. Runs at build time. The data file is
 * one page that a clinician can read; `use` names a file of actions beside it that several policies share, `like` the
 * version before whose actions hold on. A member of an action is a setting unless its name stands in `plain` below:
 * "60 min" is a duration, 38.0 a decimal, 3 an integer, "08:00" a time of day, "2026-12-25" a date, "high" a code. What
 * is odd stops the build. */
#include "base/decimal.h"
#include "json/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1024 * 1024, PATH_BYTES_MAX = 4096 };
#define HW "https://fhir.homeward.example/"

static struct arena arena;

_Noreturn PRINTF_LIKE(1, 2) static void stop(const char *format, ...)
{
	va_list values;
	va_start(values, format);
	fputs("gen_policy: ", stderr);
	vfprintf(stderr, format, values);
	fputc('\n', stderr);
	va_end(values);
	exit(1);
}

static struct json *read_file(const char *path)
{
	char *bytes = arena_take(&arena, FILE_BYTES_MAX, 1);
	FILE *in = fopen(path, "rb");
	struct json *root = NULL;
	struct issues issues;
	if (in == NULL || bytes == NULL)
		stop("cannot read %s", path);
	size_t length = fread(bytes, 1, FILE_BYTES_MAX, in);
	if (fclose(in) != 0 || length == FILE_BYTES_MAX)
		stop("%s is too long", path);
	issues_init(&issues, &arena);
	if (json_parse(&arena, (struct str){ bytes, length }, NULL, &issues, &root) != ERROR_OK)
		stop("%s: %.*s", path,
		     STR_ARG(issues.first != NULL ? issues.first->diagnostics : STR("not JSON")));
	return root;
}

/* --- building ------------------------------------------------------------------------------- */

static struct json *object(void)
{
	return json_new(&arena, JSON_OBJECT);
}

static struct json *string(struct str text)
{
	return json_new_string(&arena, text);
}

static struct str joined(const char *start, struct str rest)
{
	struct text text;
	text_init(&text, &arena, 1000);
	text_put_c(&text, start);
	text_put(&text, rest);
	return arena_copy(&arena, text_view(&text));
}

/* The list of this name, made when it is not there. */
static struct json *list_of(struct json *parent, struct str name)
{
	struct json *list = json_get(parent, name);
	return list != NULL ? list : json_add(parent, name, json_new(&arena, JSON_ARRAY));
}

static struct json *extension(struct json *parent, const char *name)
{
	struct json *one = json_append(list_of(parent, STR("extension")), object());
	json_add(one, STR("url"), string(joined(HW "StructureDefinition/", str_from_c(name))));
	return one;
}

static struct json *part(struct json *parent, const char *name)
{
	struct json *one = json_append(list_of(parent, STR("extension")), object());
	json_add(one, STR("url"), string(str_from_c(name)));
	return one;
}

static struct json *concept(const char *system, struct str code)
{
	struct json *made = object();
	struct json *coding = json_append(list_of(made, STR("coding")), object());
	json_add(coding, STR("system"), string(str_from_c(system)));
	json_add(coding, STR("code"), string(code));
	return made;
}

/* "60 min": the number and its unit. */
static bool is_amount(struct str text, struct str *ret_number, struct str *ret_unit)
{
	static const char *const units[] = { "s", "min", "h", "d" };
	struct str rest = text;
	struct str number = str_cut(&rest, ' ');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_equal(rest, str_from_c(units[i])) && decimal_is_valid(number)) {
			*ret_number = number;
			*ret_unit = rest;
			return true;
		}
	}
	return false;
}

/* Whether the text has a digit wherever the pattern has a 0, and else what the pattern has. */
static bool is_written(struct str text, const char *pattern)
{
	bool same = text.len == strlen(pattern);
	for (size_t i = 0; same && i < text.len; i++)
		same = pattern[i] == '0' ? text.ptr[i] >= '0' && text.ptr[i] <= '9'
					 : text.ptr[i] == pattern[i];
	return same;
}

static void put_value(struct json *target, const struct json *value, struct str name)
{
	struct str number, unit;
	if (value->type == JSON_TRUE || value->type == JSON_FALSE) {
		json_add(target, STR("valueBoolean"),
			 json_new_bool(&arena, value->type == JSON_TRUE));
	} else if (value->type == JSON_NUMBER) {
		bool whole = str_find_byte(json_text(value), '.', 0) == json_text(value).len;
		json_add(target, whole ? STR("valueInteger") : STR("valueDecimal"),
			 json_new_number(&arena, json_text(value)));
	} else if (value->type != JSON_STRING) {
		stop("setting %.*s is neither number, word nor true or false", STR_ARG(name));
	} else if (is_amount(json_text(value), &number, &unit)) {
		struct json *duration = json_add(target, STR("valueDuration"), object());
		json_add(duration, STR("value"), json_new_number(&arena, number));
		json_add(duration, STR("unit"), string(unit));
		json_add(duration, STR("system"), string(STR("http://unitsofmeasure.org")));
		json_add(duration, STR("code"), string(unit));
	} else if (is_written(json_text(value), "00:00")) {
		struct text time;
		text_init(&time, &arena, 16);
		text_put(&time, json_text(value));
		text_put_c(&time, ":00");
		json_add(target, STR("valueTime"), string(arena_copy(&arena, text_view(&time))));
	} else if (is_written(json_text(value), "0000-00-00")) {
		json_add(target, STR("valueDate"), string(json_text(value)));
	} else {
		json_add(target, STR("valueCode"), string(json_text(value)));
	}
}

static void put_setting(struct json *action, struct str name, const struct json *value)
{
	struct json *setting = extension(action, "setting");
	json_add(part(setting, "name"), STR("valueCode"), string(name));
	put_value(part(setting, "value"), value, name);
}

/* --- members that are no settings ------------------------------------------------------------ */

static void put_text(struct json *action, const struct json *member)
{
	json_add(action, json_name(member), string(json_text(member)));
}

static struct json *repeat_of(struct json *action)
{
	struct json *timing = json_get(action, STR("timingTiming"));
	if (timing == NULL)
		timing = json_add(action, STR("timingTiming"), object());
	struct json *repeat = json_get(timing, STR("repeat"));
	if (repeat != NULL)
		stop("an action is every so often or at times of day, not both");
	repeat = json_add(timing, STR("repeat"), object());
	json_add(repeat, STR("frequency"), json_new_i64(&arena, 1));
	return repeat;
}

static void put_every(struct json *action, const struct json *member)
{
	struct str number, unit;
	struct json *repeat = repeat_of(action);
	if (!is_amount(json_text(member), &number, &unit))
		stop("every: such as \"4 h\"");
	json_add(repeat, STR("period"), json_new_number(&arena, number));
	json_add(repeat, STR("periodUnit"), string(unit));
}

static void put_at(struct json *action, const struct json *member)
{
	struct json *repeat = repeat_of(action);
	json_add(repeat, STR("period"), json_new_i64(&arena, 1));
	json_add(repeat, STR("periodUnit"), string(STR("d")));
	json_put(repeat, STR("frequency"), json_new_i64(&arena, member->count));
	for (const struct json *time = member->child; time != NULL; time = time->next) {
		struct text text;
		text_init(&text, &arena, 16);
		text_put(&text, json_text(time));
		text_put_c(&text, ":00");
		json_append(list_of(repeat, STR("timeOfDay")),
			    string(arena_copy(&arena, text_view(&text))));
	}
}

static void put_source(struct json *action, const struct json *member)
{
	struct json *one = json_append(list_of(action, STR("documentation")), object());
	json_add(one, STR("type"), string(STR("documentation")));
	json_add(one, STR("display"), string(json_text(member)));
}

static void put_proposal(struct json *action, const struct json *member)
{
	json_add(extension(action, "proposal"), STR("valueString"), string(json_text(member)));
}

static void put_rungs(struct json *action, const struct json *member)
{
	for (const struct json *rung = member->child; rung != NULL; rung = rung->next) {
		struct json *made = json_append(list_of(action, STR("action")), object());
		if (rung->child == NULL || rung->child->next == NULL)
			stop("a rung is a name and at least one role");
		json_add(made, STR("title"), string(json_text(rung->child)));
		for (const struct json *role = rung->child->next; role != NULL; role = role->next) {
			struct json *person =
				json_append(list_of(made, STR("participant")), object());
			json_add(person, STR("type"), string(STR("practitioner")));
			json_add(person, STR("role"),
				 concept(HW "CodeSystem/ward-role", json_text(role)));
		}
	}
}

/* [text], or [text, kind, value]: what a program can check by itself. */
static void put_criteria(struct json *action, const struct json *member)
{
	for (const struct json *criterion = member->child; criterion != NULL;
	     criterion = criterion->next) {
		struct json *made = json_append(list_of(action, STR("action")), object());
		const struct json *kind = json_at(criterion, 1), *value = json_at(criterion, 2);
		json_add(made, STR("title"), string(json_text(json_at(criterion, 0))));
		if (kind == NULL)
			continue;
		if (value == NULL)
			stop("a criterion is [text] or [text, kind, value]");
		struct json *checked = extension(made, "criterion");
		json_add(part(checked, "kind"), STR("valueCode"), string(json_text(kind)));
		put_value(part(checked, "value"), value, json_text(kind));
	}
}

static void put_questionnaire(struct json *action, const struct json *member)
{
	json_add(action, STR("definitionCanonical"),
		 string(joined(HW "Questionnaire/", json_text(member))));
}

static const struct {
	struct str name;
	void (*put)(struct json *action, const struct json *member);
} plain[] = {
	{ STR_INIT("title"), put_text },
	{ STR_INIT("description"), put_text },
	{ STR_INIT("every"), put_every },
	{ STR_INIT("at"), put_at },
	{ STR_INIT("source"), put_source },
	{ STR_INIT("proposal"), put_proposal },
	{ STR_INIT("rungs"), put_rungs },
	{ STR_INIT("criteria"), put_criteria },
	{ STR_INIT("questionnaire"), put_questionnaire },
};

static bool put_plain(struct json *action, const struct json *member)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (str_equal(json_name(member), plain[i].name)) {
			plain[i].put(action, member);
			return true;
		}
	}
	return false;
}

/* --- actions --------------------------------------------------------------------------------- */

static void put_code(struct json *action, struct str id, const struct json *source)
{
	static const struct {
		struct str start, code;
	} rules[] = { { STR_INIT("score"), STR_INIT("score") },
		      { STR_INIT("parameter"), STR_INIT("parameter") },
		      { STR_INIT("fever"), STR_INIT("fever") },
		      { STR_INIT("hypothermia"), STR_INIT("hypothermia") },
		      { STR_INIT("concern"), STR_INIT("concern") },
		      { STR_INIT("overdue"), STR_INIT("overdue") },
		      { STR_INIT("implausible"), STR_INIT("implausible") },
		      { STR_INIT("threshold-"), STR_INIT("parameter") },
		      { STR_INIT("baseline-"), STR_INIT("baseline") },
		      { STR_INIT("questions-"), STR_INIT("question") } };
	struct json *made = NULL;
	if (str_starts_with(id, STR("ladder-")))
	made = concept(HW "CodeSystem/alert-level", json_get_text(source, STR("level")));
	for (size_t i = 0; made == NULL && i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (str_starts_with(id, rules[i].start))
		made = concept(HW "CodeSystem/ward-rule", rules[i].code);
	}
	if (made != NULL)
		json_append(list_of(action, STR("code")), made);
}

/* Whoever writes a figure says where it comes from, or that it is a proposal. */
static void put_action(struct json *plan, const struct json *source)
{
	const struct json *made = json_get(plan, STR("action"));
	struct str id = json_name(source);
	for (const struct json *other = made == NULL ? NULL : made->child; other != NULL;
	     other = other->next) {
		if (str_equal(json_get_text(other, STR("id")), id))
			stop("action %.*s stands twice", STR_ARG(id));
	}
	struct json *action = json_append(list_of(plan, STR("action")), object());
	json_add(action, STR("id"), string(id));
	for (const struct json *member = source->child; member != NULL; member = member->next) {
		if (put_plain(action, member))
			continue;
		if (member->type != JSON_ARRAY) {
			put_setting(action, json_name(member), member);
			continue;
		}
		for (const struct json *one = member->child; one != NULL; one = one->next)
			put_setting(action, json_name(member), one);
	}
	put_code(action, id, source);
	if (json_get(source, STR("source")) == NULL && json_get(source, STR("proposal")) == NULL)
		stop("action %.*s names neither a source nor that it is a proposal", STR_ARG(id));
}

static void put_actions(struct json *plan, const struct json *file)
{
	const struct json *actions = json_get(file, STR("actions"));
	if (actions == NULL || actions->type != JSON_OBJECT)
		stop("actions are missing");
	for (const struct json *action = actions->child; action != NULL; action = action->next)
		put_action(plan, action);
}

/* The file of this name beside `path`; NULL: there is no name. */
static const struct json *beside(const char *path, struct str name)
{
	char other[PATH_BYTES_MAX];
	const char *slash = strrchr(path, '/');
	if (name.len == 0)
		return NULL;
	int length = snprintf(other, sizeof(other), "%.*s%.*s",
			      slash == NULL ? 0 : (int)(slash + 1 - path), path, STR_ARG(name));
	if (length < 0 || (size_t)length >= sizeof(other))
		stop("the path of %.*s is too long", STR_ARG(name));
	return read_file(other);
}

/* Own actions, those of the version before, then what each of the two shares with others. */
static void put_all(struct json *plan, const struct json *file, const char *path)
{
	const struct json *like = beside(path, json_get_text(file, STR("like")));
	const struct json *parts[] = { file, like, beside(path, json_get_text(file, STR("use"))),
				       beside(path, json_get_text(like, STR("use"))) };
	if (like != NULL && json_get(like, STR("like")) != NULL)
		stop("a policy is like one that is written out");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		/* A version may differ by what it uses alone. */
		bool none = i == 0 && like != NULL && json_get(file, STR("actions")) == NULL;
		if (parts[i] != NULL && !none)
			put_actions(plan, parts[i]);
	}
}

static void put_head(struct json *plan, const struct json *file)
{
	struct str policy = json_get_text(file, STR("policy"));
	struct str version = json_get_text(file, STR("version"));
	struct str date = json_get_text(file, STR("date"));
	if (date.len == 0)
		date = STR("2026-11-22");
	if (policy.len == 0 || version.len == 0)
		stop("policy and version are missing");
	json_add(plan, STR("resourceType"), string(STR("PlanDefinition")));
	struct text id;
	text_init(&id, &arena, 100);
	text_put_format(&id, "%.*s-%.*s", STR_ARG(policy), STR_ARG(version));
	json_add(plan, STR("id"), string(arena_copy(&arena, text_view(&id))));
	struct json *signature = extension(plan, "signature");
	json_add(part(signature, "by"), STR("valueString"), string(STR("Homeward (manufacturer)")));
	json_add(part(signature, "at"), STR("valueDateTime"), string(date));
	json_add(part(signature, "kind"), STR("valueCode"), string(STR("manufacturer")));
	json_add(plan, STR("url"), string(joined(HW "PlanDefinition/", policy)));
	json_add(plan, STR("version"), string(version));
	json_add(plan, STR("name"), string(json_get_text(file, STR("name"))));
	json_add(plan, STR("title"), string(json_get_text(file, STR("title"))));
	json_add(plan, STR("type"),
		 concept("http://terminology.hl7.org/CodeSystem/plan-definition-type",
			 STR("clinical-protocol")));
	json_add(plan, STR("status"), string(STR("active")));
	json_add(plan, STR("experimental"), json_new_bool(&arena, true));
	json_add(plan, STR("date"), string(date));
	json_add(plan, STR("publisher"), string(STR("Homeward")));
	json_add(plan, STR("description"), string(json_get_text(file, STR("description"))));
}

int main(int argument_count, char **arguments)
{
	struct text text;
	if (argument_count != 3)
		stop("usage: gen_policy DATA.json OUT.json");
	arena_init(&arena, (size_t)64 * 1024 * 1024);
	const struct json *file = read_file(arguments[1]);
	struct json *plan = object();
	put_head(plan, file);
	put_all(plan, file, arguments[1]);
	text_init(&text, &arena, (size_t)4 * 1024 * 1024);
	json_print_pretty(&text, plan);
	struct str view = text_view(&text);
	FILE *out = fopen(arguments[2], "wb");
	if (arena.failed || text.failed || out == NULL ||
	    fwrite(view.ptr, 1, view.len, out) != view.len || fputc('\n', out) == EOF ||
	    fclose(out) != 0)
		stop("cannot write %s", arguments[2]);
	arena_done(&arena);
	return 0;
}
