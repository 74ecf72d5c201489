/* SPDX-License-Identifier: Apache-2.0 */
#include "main/config.h"

#include "base/text.h"
#include "main/command.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

static enum error fail(struct config *config, const char *format, ...) PRINTF_LIKE(2, 3);
static enum error fail(struct config *config, const char *format, ...)
{
	va_list list;
	char *line = arena_take(config->arena, 512, 1);
	if (line == NULL)
		return ERROR_LIMIT;
	va_start(list, format);
	int length = vsnprintf(line, 512, format, list);
	va_end(list);
	config->problem = (struct str){ line, length < 0     ? 0
					      : length > 511 ? 511
							     : (size_t)length };
	return ERROR_BAD_REQUEST;
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
	(void)fail(config, "%s: unknown key %s; `homeward config check` lists them", reading->path,
		   key);
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
	return fail(config, "unknown option %.*s; --help lists them", STR_ARG(argument));
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

/* `homeward config check [OPTIONS of serve]`: each value, and where it came from. */
int command_config(int argument_count, char **arguments)
{
	struct arena arena;
	struct config config;
	if (argument_count < 2 || strcmp(arguments[1], "check") != 0) {
		bool help = argument_count >= 2 && strcmp(arguments[1], "--help") == 0;
		fputs("usage: homeward config check [--config FILE] [OPTIONS of serve]\n",
		      help ? stdout : stderr);
		return help ? 0 : 2;
	}
	arena_init(&arena, (size_t)1024 * 1024);
	enum error error = config_load(&config, &arena, argument_count - 1, arguments + 1);
	if (error != ERROR_OK)
		fprintf(stderr, "homeward config: %.*s\n", STR_ARG(config.problem));
	for (size_t i = 0; i < SETTING_COUNT && error == ERROR_OK; i++) {
		const struct setting_value *value = &config.values[i];
		printf("%s = %.*s\n    from: %s", rows[i].key, STR_ARG(value->text),
		       sources[value->source]);
		if (value->source == SOURCE_FILE)
			printf(" %.*s", STR_ARG(config.file));
		printf("\n    %s\n    also %.*s and %.*s\n", rows[i].meaning,
		       STR_ARG(name_for(&arena, rows[i].key, true)),
		       STR_ARG(name_for(&arena, rows[i].key, false)));
	}
	arena_done(&arena);
	return error == ERROR_OK ? 0 : 2;
}
