/* SPDX-License-Identifier: Apache-2.0
 * `homeward config check`: each value, where it came from, and every fault of them that can be known before a start. */
#include "main/command.h"
#include "main/config.h"
#include "main/settings.h"

#include <stdio.h>

#define CHECK_ARENA_BYTES ((size_t)4 * 1024 * 1024)

static void print_values(const struct config *config, struct arena *arena)
{
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		enum setting setting = (enum setting)i;
		printf("%s = %.*s\n    from: %s", config_key(setting),
		       STR_ARG(config_text(config, setting)), config_source(config, setting));
		if (config->values[i].source == SOURCE_FILE)
			printf(" %.*s", STR_ARG(config->file));
		printf("\n    %s\n    also %.*s and %.*s\n", config_meaning(setting),
		       STR_ARG(config_flag(arena, setting)),
		       STR_ARG(config_variable(arena, setting)));
	}
}

static int check(const struct config *config, struct arena *arena)
{
	struct issues issues;
	issues_init(&issues, arena);
	bool fine = settings_check(config, arena, &issues) == ERROR_OK;
	for (const struct issue *i = issues.first; i != NULL; i = i->next)
		fprintf(stderr, "homeward config: %.*s\n", STR_ARG(i->diagnostics));
	for (size_t i = 0; i < config->unknown_count && i < CONFIG_UNKNOWN_MAX; i++)
		fprintf(stderr, "homeward config: %.*s\n", STR_ARG(config->unknown[i]));
	if (config->unknown_count > CONFIG_UNKNOWN_MAX)
		fprintf(stderr, "homeward config: and %zu more variables\n",
			config->unknown_count - CONFIG_UNKNOWN_MAX);
	return fine && config->unknown_count == 0 ? 0 : 2;
}

int command_config(int argument_count, char **arguments)
{
	struct arena arena;
	struct config config;
	int code = 2;
	if (argument_count < 2 || !str_equal(str_from_c(arguments[1]), STR("check"))) {
		bool help =
			argument_count >= 2 && str_equal(str_from_c(arguments[1]), STR("--help"));
		fputs("usage: homeward config check [--config FILE] [OPTIONS of serve]\n\n"
		      "Shows each setting and where it came from. 2: a value cannot be, or a key, "
		      "a "
		      "flag or a variable HOMEWARD_... is unknown.\n",
		      help ? stdout : stderr);
		return help ? 0 : 2;
	}
	arena_init(&arena, CHECK_ARENA_BYTES);
	if (config_load(&config, &arena, argument_count - 1, arguments + 1) != ERROR_OK) {
		fprintf(stderr, "homeward config: %.*s\n", STR_ARG(config.problem));
	} else {
		print_values(&config, &arena);
		(void)fflush(stdout);
		code = check(&config, &arena);
	}
	arena_done(&arena);
	return code;
}
