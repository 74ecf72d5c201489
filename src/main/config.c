/* SPDX-License-Identifier: Apache-2.0 */
#include "main/config.h"

#include "base/text.h"
#include "main/nearest.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SWITCH };

struct row {
	const char *key;
	enum kind kind;
	const char *initial;
	int64_t least;
	int64_t most;
	const char *meaning;
};

static const struct row rows[SETTING_COUNT] = {
#define SETTING(name, key, kind, initial, least, most, meaning) \
	{ key, KIND_##kind, initial, INT64_C(least), INT64_C(most), meaning },
#include "main/settings.def"
#undef SETTING
};

static const char *const sources[] = { "default", "config file", "environment", "flag" };

/* "http.threads" as "--http-threads" or "HOMEWARD_HTTP_THREADS". */
static struct str name_for(struct arena *arena, const char *key, bool flag)
{
	struct text text;
	text_init(&text, arena, 256);
	text_put(&text, flag ? STR("--") : STR("HOMEWARD_"));
	for (const char *c = key; *c != '\0'; c++) {
		bool separator = *c == '.' || *c == '_';
		bool lower = *c >= 'a' && *c <= 'z';
		if (flag)
			text_put_byte(&text, separator ? '-' : *c);
		else
			text_put_byte(&text, separator ? '_' : lower ? (char)(*c - 32) : *c);
	}
	return text_view(&text);
}

#define LINE_BYTES 512

static struct str line_of(struct arena *arena, const char *format, va_list list) PRINTF_LIKE(2, 0);
static struct str line_of(struct arena *arena, const char *format, va_list list)
{
	char *line = arena_take(arena, LINE_BYTES, 1);
	if (line == NULL)
		return (struct str){ NULL, 0 };
	int length = vsnprintf(line, LINE_BYTES, format, list);
	return (struct str){ line, length < 0             ? 0
				   : length >= LINE_BYTES ? LINE_BYTES - 1
							  : (size_t)length };
}

static enum error fail(struct config *config, const char *format, ...) PRINTF_LIKE(2, 3);
static enum error fail(struct config *config, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	config->problem = line_of(config->arena, format, list);
	va_end(list);
	return config->problem.ptr == NULL ? ERROR_LIMIT : ERROR_BAD_REQUEST;
}

/* How the settings are written: as keys, as flags, as variables. */
enum spelling { SPELLING_KEY, SPELLING_FLAG, SPELLING_VARIABLE };

static struct str spelt(struct arena *arena, size_t at, enum spelling spelling)
{
	return spelling == SPELLING_KEY ? str_from_c(rows[at].key)
					: name_for(arena, rows[at].key, spelling == SPELLING_FLAG);
}

/* "; perhaps log.level is meant", or where no setting is near what to do. */
static const char *suggestion(struct arena *arena, struct str word, enum spelling spelling)
{
	struct str best = { NULL, 0 };
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct str name = spelt(arena, i, spelling);
		size_t distance = nearest_distance(word, name);
		if (distance < least) {
			least = distance;
			best = name;
		}
	}
	if (!nearest_is_likely(least, word.len))
		return "; `homeward config check` lists all settings";
	struct text text;
	text_init(&text, arena, 128);
	text_put_format(&text, "; perhaps %.*s is meant", STR_ARG(best));
	text_put_byte(&text, '\0');
	return text.failed ? "" : text_view(&text).ptr;
}

static bool read_switch(struct str text, int64_t *ret_on)
{
	bool on = str_equal(text, STR("true")) || str_equal(text, STR("1")) ||
		  str_equal(text, STR("yes")) || str_equal(text, STR("on"));
	bool off = str_equal(text, STR("false")) || str_equal(text, STR("0")) ||
		   str_equal(text, STR("no")) || str_equal(text, STR("off"));
	*ret_on = on ? 1 : 0;
	return on || off;
}

static enum error set(struct config *config, size_t at, struct str value,
		      enum setting_source source)
{
	const struct row *row = &rows[at];
	struct setting_value read = { .text = arena_copy(config->arena, value), .source = source };
	if (row->kind == KIND_SWITCH && !read_switch(value, &read.number))
		return fail(config, "%s (%s): must be true or false", row->key, sources[source]);
	if (row->kind == KIND_NUMBER && (!str_to_i64(value, &read.number) ||
					 read.number < row->least || read.number > row->most))
		return fail(config, "%s (%s): must be a whole number from %lld to %lld", row->key,
			    sources[source], (long long)row->least, (long long)row->most);
	config->values[at] = read;
	return ERROR_OK;
}

/* --- config file ---------------------------------------------------------------------------- */

struct reading {
	struct config *config;
	const char *path;
	bool failed;
};

static int on_pair(void *context, const char *section, const char *name, const char *value)
{
	struct reading *reading = context;
	struct config *config = reading->config;
	char key[128];
	int length =
		snprintf(key, sizeof(key), "%s%s%s", section, section[0] == '\0' ? "" : ".", name);
	for (size_t i = 0; i < SETTING_COUNT && length > 0; i++) {
		if (strcmp(rows[i].key, key) != 0)
			continue;
		if (set(config, i, str_from_c(value), SOURCE_FILE) == ERROR_OK)
			return 1;
		reading->failed = true;
		return 0;
	}
	if (!reading->failed)
		(void)fail(config, "%s: unknown key %s%s", reading->path, key,
			   suggestion(config->arena, str_from_c(key), SPELLING_KEY));
	reading->failed = true;
	return 0;
}

static enum error read_file(struct config *config, const char *path)
{
	struct reading reading = { config, path, false };
	config->file = str_from_c(path);
	int line = ini_parse(path, on_pair, &reading);
	if (reading.failed)
		return ERROR_BAD_REQUEST;
	if (line < 0)
		return fail(config, "cannot read the config file %s", path);
	if (line > 0)
		return fail(config,
			    "%s: line %d cannot be read; lines are key = value, [section] or ; "
			    "comment",
			    path, line);
	return ERROR_OK;
}

/* --- environment and flags ------------------------------------------------------------------ */

static enum error read_environment(struct config *config)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct str name = name_for(config->arena, rows[i].key, false);
		const char *value = name.ptr == NULL ? NULL : getenv(name.ptr);
		if (value == NULL)
			continue;
		enum error error = set(config, i, str_from_c(value), SOURCE_ENVIRONMENT);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

static void add_unknown(struct config *config, struct str name)
{
	struct text text;
	if (config->unknown_count++ >= CONFIG_UNKNOWN_MAX)
		return;
	text_init(&text, config->arena, LINE_BYTES);
	text_put_format(&text, "%.*s is no setting%s",
			STR_ARG(str_slice(name, 0, name.len < 80 ? name.len : (size_t)80)),
			suggestion(config->arena, name, SPELLING_VARIABLE));
	config->unknown[config->unknown_count - 1] = text_view(&text);
}

/* Every variable that begins as ours do must be one of ours: a slip of the hand would leave a default in force. */
static void find_unknown(struct config *config)
{
	struct str names[SETTING_COUNT];
	for (size_t i = 0; i < SETTING_COUNT; i++)
		names[i] = name_for(config->arena, rows[i].key, false);
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		struct str rest = str_from_c(*at);
		struct str name = str_cut(&rest, '=');
		bool known = str_equal(name, STR("HOMEWARD_CONFIG"));
		for (size_t i = 0; i < SETTING_COUNT && !known; i++)
			known = str_equal(name, names[i]);
		if (!known && str_starts_with(name, STR("HOMEWARD_")))
			add_unknown(config, name);
	}
}

struct flags {
	char **arguments;
	int count;
	int at;
};

/* The value of the flag at `at`: after '=', or the next argument. */
static enum error flag_value(struct config *config, struct flags *flags, struct str name,
			     struct str *ret_value)
{
	struct str argument = str_from_c(flags->arguments[flags->at]);
	if (argument.len > name.len) {
		*ret_value = str_slice(argument, name.len + 1, argument.len);
		return ERROR_OK;
	}
	if (flags->at + 1 >= flags->count)
		return fail(config, "%.*s needs a value", STR_ARG(name));
	*ret_value = str_from_c(flags->arguments[++flags->at]);
	return ERROR_OK;
}

static bool is_flag(struct str argument, struct str name)
{
	return str_equal(argument, name) ||
	       (str_starts_with(argument, name) && argument.ptr[name.len] == '=');
}

static enum error read_flag(struct config *config, struct flags *flags)
{
	struct str argument = str_from_c(flags->arguments[flags->at]);
	struct str value = STR("true");
	if (str_equal(argument, STR("--help"))) {
		config->help = true;
		return ERROR_OK;
	}
	if (is_flag(argument, STR("--config")))
		return flag_value(config, flags, STR("--config"), &value);
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct str name = name_for(config->arena, rows[i].key, true);
		if (!is_flag(argument, name))
			continue;
		enum error error = ERROR_OK;
		if (rows[i].kind != KIND_SWITCH || argument.len > name.len)
			error = flag_value(config, flags, name, &value);
		return error == ERROR_OK ? set(config, i, value, SOURCE_FLAG) : error;
	}
	struct str rest = argument;
	return fail(config, "unknown option %.*s; --help lists them%s", STR_ARG(argument),
		    suggestion(config->arena, str_cut(&rest, '='), SPELLING_FLAG));
}

static enum error find_file(struct config *config, struct flags flags, const char **ret_path)
{
	struct str value = { NULL, 0 };
	*ret_path = getenv("HOMEWARD_CONFIG");
	for (flags.at = 1; flags.at < flags.count; flags.at++) {
		if (!is_flag(str_from_c(flags.arguments[flags.at]), STR("--config")))
			continue;
		enum error error = flag_value(config, &flags, STR("--config"), &value);
		if (error != ERROR_OK)
			return error;
		*ret_path = value.ptr;
	}
	return ERROR_OK;
}

enum error config_load(struct config *config, struct arena *arena, int argument_count,
		       char **arguments)
{
	struct flags flags = { arguments, argument_count, 1 };
	const char *path = NULL;
	*config = (struct config){ .arena = arena };
	for (size_t i = 0; i < SETTING_COUNT; i++)
		ASSERT(set(config, i, str_from_c(rows[i].initial), SOURCE_DEFAULT) == ERROR_OK);
	enum error error = find_file(config, flags, &path);
	if (error == ERROR_OK && path != NULL)
		error = read_file(config, path);
	if (error == ERROR_OK)
		error = read_environment(config);
	find_unknown(config);
	for (; error == ERROR_OK && flags.at < flags.count; flags.at++)
		error = read_flag(config, &flags);
	if (error == ERROR_OK && config_text(config, SETTING_CLOCK_START).len > 0 &&
	    !config_switch(config, SETTING_DEV))
		error = fail(config,
			     "clock_start is for --dev only: a ward's clock is the real one");
	return error;
}

struct str config_text(const struct config *config, enum setting setting)
{
	return config->values[setting].text;
}

int64_t config_number(const struct config *config, enum setting setting)
{
	ASSERT(rows[setting].kind == KIND_NUMBER);
	return config->values[setting].number;
}

const char *config_key(enum setting setting)
{
	return rows[setting].key;
}

bool config_switch(const struct config *config, enum setting setting)
{
	ASSERT(rows[setting].kind == KIND_SWITCH);
	return config->values[setting].number != 0;
}

void config_print_flags(void)
{
	struct arena arena;
	arena_init(&arena, 65536);
	printf("  --config FILE\n      Config file (INI); also HOMEWARD_CONFIG.\n");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct str name = name_for(&arena, rows[i].key, true);
		printf("  %.*s%s\n      %s", STR_ARG(name),
		       rows[i].kind == KIND_SWITCH ? "" : " VALUE", rows[i].meaning);
		if (rows[i].initial[0] != '\0')
			printf(" Default: %s.", rows[i].initial);
		putchar('\n');
	}
	arena_done(&arena);
}

const char *config_meaning(enum setting setting)
{
	return rows[setting].meaning;
}

struct str config_flag(struct arena *arena, enum setting setting)
{
	return name_for(arena, rows[setting].key, true);
}

struct str config_variable(struct arena *arena, enum setting setting)
{
	return name_for(arena, rows[setting].key, false);
}

const char *config_source(const struct config *config, enum setting setting)
{
	return sources[config->values[setting].source];
}
