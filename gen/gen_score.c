/* SPDX-License-Identifier: Apache-2.0
 * Makes C tables from a score's data file: gen_score NAME.json OUT.c. Runs at build time. Whatever
 * is odd in the data stops the build: rows out of order, an unknown word, a table twice or missing. */
#include "base/decimal.h"
#include "base/limits.h"
#include "json/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 1024 * 1024, BANDS_MAX = 4, KIND_COUNT = 11 };

static const char *const kinds[KIND_COUNT] = {
	"respiratoryRate", "heartRate",        "systolic",    "spo2",
	"spo2Scale2Air",   "spo2Scale2Oxygen", "temperature", "capillaryRefill",
	"oxygenLitres",    "oxygenFio2",       "diastolic",
};
struct code_list {
	const char *name;   /* in the data file */
	const char *member; /* of struct score_tables */
	const char *codes[9];
};
static const struct code_list code_lists[] = {
	{ "consciousness", "consciousness", { "A", "C", "V", "P", "U", "asleep" } },
	{ "respiratoryDistress", "distress", { "none", "mild", "moderate", "severe" } },
	{ "oxygen", "oxygen", { "air", "NP", "FM", "HB", "NRB", "HF", "BiPAP", "CPAP" } },
	{ "bpNotDone", "bp_not_done", { "NCO", "U0", "U4" } },
};
static const struct {
	const char *name, *constant;
} levels[] = {
	{ "none", "SCORE_LEVEL_NONE" },
	{ "low", "SCORE_LEVEL_LOW" },
	{ "low-medium", "SCORE_LEVEL_LOW_MEDIUM" },
	{ "medium", "SCORE_LEVEL_MEDIUM" },
	{ "high", "SCORE_LEVEL_HIGH" },
	{ "emergency", "SCORE_LEVEL_EMERGENCY" },
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

_Noreturn PRINTF_LIKE(1, 2) static void stop(const char *format, ...)
{
	va_list values;
	va_start(values, format);
	fputs("gen_score: ", stderr);
	vfprintf(stderr, format, values);
	fputc('\n', stderr);
	va_end(values);
	exit(1);
}

static struct decimal number_of(const struct json *node)
{
	struct decimal value = { 0, 0 };
	if (node == NULL || node->type != JSON_NUMBER ||
	    decimal_parse(json_text(node), &value) != ERROR_OK)
		stop("a number is missing");
	return value;
}

static int points_of(const struct json *node)
{
	struct decimal value = number_of(node);
	if (value.exponent != 0 || value.coefficient < 0 || value.coefficient > 20)
		stop("points must be 0 to 20");
	return (int)value.coefficient;
}

static int years_of(const struct json *node)
{
	struct decimal value = number_of(node);
	if (value.exponent != 0 || value.coefficient < 0 || value.coefficient > 200)
		stop("years must be 0 to 200");
	return (int)value.coefficient;
}

static const char *level_of(const struct json *node)
{
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (str_equal(json_text(node), str_from_c(levels[i].name)))
			return levels[i].constant;
	}
	stop("unknown level");
}

static size_t kind_of(struct str name)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (str_equal(name, str_from_c(kinds[i])))
			return i;
	}
	stop("unknown table %.*s", STR_ARG(name));
}

static void print_decimal(FILE *out, const char *member, struct decimal value)
{
	fprintf(out, ".%s = { %lld, %d }, ", member, (long long)value.coefficient,
		(int)value.exponent);
}

static void print_rows(FILE *out, const struct json *table, size_t at)
{
	const struct json *rows = json_get(table, STR("rows"));
	if (rows == NULL || rows->type != JSON_ARRAY || rows->count < 2)
		stop("a table needs two rows at least");
	fprintf(out, "static const struct score_row rows_%zu[] = {\n", at);
	struct decimal end = { 0, 0 };
	bool end_excluded = false;
	for (const struct json *row = rows->child; row != NULL; row = row->next) {
		const struct json *from = json_get(row, STR("from")),
				  *to = json_get(row, STR("to"));
		const struct json *under = json_get(row, STR("under"));
		bool first = row == rows->child, last = row->next == NULL;
		if ((from == NULL) != first || (to == NULL && under == NULL) != last ||
		    (to && under))
			stop("table %zu: only the first row is open below and only the last above",
			     at);
		fprintf(out, "\t{ ");
		if (from != NULL) {
			int order = decimal_compare(number_of(from), end);
			if (order < 0 || (order == 0 && !end_excluded))
				stop("table %zu: rows overlap or do not ascend", at);
			print_decimal(out, "from", number_of(from));
		}
		if (!last) {
			end = number_of(to != NULL ? to : under);
			end_excluded = under != NULL;
			if (from != NULL && decimal_compare(end, number_of(from)) < 0)
				stop("table %zu: a row ends before it starts", at);
			print_decimal(out, "to", end);
			fprintf(out, ".to_excluded = %s, ", end_excluded ? "true" : "false");
		}
		fprintf(out, ".score = %d },\n", points_of(json_get(row, STR("score"))));
	}
	fprintf(out, "};\n");
}

/* Which table of the file serves this band: its own, or the one for all bands; -1 when none does. */
static int table_for(const struct json *tables, size_t band, size_t kind)
{
	int found = -1, at = 0;
	for (const struct json *table = tables->child; table != NULL; table = table->next, at++) {
		const struct json *of_band = json_get(table, STR("band"));
		if (kind_of(json_get_text(table, STR("input"))) != kind)
			continue;
		if (of_band != NULL && (size_t)years_of(of_band) != band)
			continue;
		if (found >= 0)
			stop("table %s stands twice for band %zu", kinds[kind], band);
		found = at;
	}
	return found;
}

static void print_numbers(FILE *out, const struct json *tables, size_t band_count)
{
	fprintf(out, "\t.numbers = {\n");
	for (size_t band = 0; band < (band_count == 0 ? 1 : band_count); band++) {
		fprintf(out, "\t\t{\n");
		for (size_t kind = 0; kind < KIND_COUNT; kind++) {
			int at = table_for(tables, band, kind);
			if (at >= 0)
				fprintf(out,
					"\t\t\t[%zu] = { rows_%d, sizeof(rows_%d) / "
					"sizeof(rows_%d[0]) },\n",
					kind, at, at, at);
		}
		fprintf(out, "\t\t},\n");
	}
	fprintf(out, "\t},\n");
}

static void print_codes(FILE *out, const struct json *codes)
{
	size_t known = 0;
	for (size_t i = 0; i < COUNT(code_lists); i++) {
		const struct json *list = json_get(codes, str_from_c(code_lists[i].name));
		known += list != NULL;
		size_t used = 0;
		fprintf(out, "\t.%s = { ", code_lists[i].member);
		for (size_t c = 0; code_lists[i].codes[c] != NULL; c++) {
			const struct json *points =
				json_get(list, str_from_c(code_lists[i].codes[c]));
			used += points != NULL;
			if (points == NULL)
				fprintf(out, "SCORE_CODE_UNKNOWN, ");
			else if (str_equal(json_text(points), STR("byLevel")))
				fprintf(out, "SCORE_CODE_BY_LEVEL, ");
			else
				fprintf(out, "%d, ", points_of(points));
		}
		fprintf(out, "},\n");
		if (list != NULL && used != list->count)
			stop("codes of %s: an unknown one", code_lists[i].name);
	}
	if (codes == NULL || known != codes->count)
		stop("an unknown list of codes");
}

static size_t print_bands(FILE *out, const struct json *bands)
{
	if (bands == NULL || bands->type != JSON_ARRAY || bands->count > BANDS_MAX)
		stop("bands: an array of at most %d", BANDS_MAX);
	if (bands->count == 0)
		return 0;
	fprintf(out, "\t.bands = {\n");
	int before = -1;
	for (const struct json *band = bands->child; band != NULL; band = band->next) {
		int from = years_of(json_get(band, STR("fromYears")));
		if (from <= before)
			stop("bands must ascend");
		before = from;
		fprintf(out, "\t\t{ STR_INIT(\"%.*s\"), %d },\n",
			STR_ARG(json_get_text(band, STR("name"))), from);
	}
	fprintf(out, "\t},\n\t.band_count = %u,\n", bands->count);
	return bands->count;
}

static void print_levels(FILE *out, const struct json *root)
{
	const struct json *list = json_get(root, STR("levels"));
	int before = -1;
	if (list == NULL || list->type != JSON_ARRAY || list->count == 0 ||
	    list->count > COUNT(levels))
		stop("levels are missing or too many");
	fprintf(out, "\t.levels = {");
	for (const struct json *level = list->child; level != NULL; level = level->next) {
		int from = points_of(json_get(level, STR("from")));
		if (from <= before || (before < 0 && from != 0))
			stop("levels must ascend from 0");
		before = from;
		fprintf(out, " { %d, %s },", from, level_of(json_get(level, STR("level"))));
	}
	fprintf(out, " },\n\t.level_count = %u,\n", list->count);
	const struct json *single = json_get(root, STR("singleParameter"));
	if (single != NULL)
		fprintf(out, "\t.single_score = %d,\n\t.single_level = %s,\n",
			points_of(json_get(single, STR("score"))),
			level_of(json_get(single, STR("level"))));
}

static void print_file(FILE *out, const struct json *root)
{
	const struct json *tables = json_get(root, STR("tables"));
	const struct json *age = json_get(root, STR("ageYears"));
	if (tables == NULL || tables->type != JSON_ARRAY)
		stop("tables are missing");
	fprintf(out, "/* Generated by gen/gen_score.c; edit data/score instead. */\n#include "
		     "\"score/table.h\"\n\n");
	size_t at = 0;
	for (const struct json *table = tables->child; table != NULL; table = table->next)
		print_rows(out, table, at++);
	fprintf(out, "const struct score_tables score_tables_%.*s = {\n",
		STR_ARG(json_get_text(root, STR("scale"))));
	fprintf(out, "\t.age_from_years = %d,\n\t.age_to_years = %d,\n",
		years_of(json_get(age, STR("from"))), years_of(json_get(age, STR("to"))));
	size_t band_count = print_bands(out, json_get(root, STR("bands")));
	print_numbers(out, tables, band_count);
	print_codes(out, json_get(root, STR("codes")));
	print_levels(out, root);
	fprintf(out, "};\n");
}

int main(int argument_count, char **arguments)
{
	static char bytes[FILE_BYTES_MAX];
	if (argument_count != 3)
		stop("usage: gen_score DATA.json OUT.c");
	FILE *in = fopen(arguments[1], "rb");
	if (in == NULL)
		stop("cannot read %s", arguments[1]);
	size_t length = fread(bytes, 1, sizeof(bytes), in);
	if (fclose(in) != 0 || length == sizeof(bytes))
		stop("%s is too long", arguments[1]);
	struct arena arena;
	struct issues issues;
	struct json *root = NULL;
	arena_init(&arena, (size_t)16 * 1024 * 1024);
	issues_init(&issues, &arena);
	if (json_parse(&arena, (struct str){ bytes, length }, NULL, &issues, &root) != ERROR_OK)
		stop("%s: %.*s", arguments[1],
		     STR_ARG(issues.first != NULL ? issues.first->diagnostics : STR("not JSON")));
	FILE *out = fopen(arguments[2], "wb");
	if (out == NULL)
		stop("cannot write %s", arguments[2]);
	print_file(out, root);
	if (fclose(out) != 0)
		stop("cannot write %s", arguments[2]);
	arena_done(&arena);
	return 0;
}
