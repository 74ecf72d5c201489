/* SPDX-License-Identifier: Apache-2.0
 * Settings, from one table (settings.def): built-in default < config file (INI) < environment
 * HOMEWARD_* < flag. Unknown keys, flags and values out of range are errors with a reason. */
#ifndef MAIN_CONFIG_H
#define MAIN_CONFIG_H

#include "base/arena.h"
#include "base/error.h"

enum setting {
#define SETTING(name, key, kind, initial, least, most, meaning) SETTING_##name,
#include "main/settings.def"
#undef SETTING
	SETTING_COUNT
};

#define CONFIG_UNKNOWN_MAX 16

enum setting_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_FLAG };

struct setting_value {
	struct str text;
	int64_t number; /* SWITCH: 0 or 1 */
	enum setting_source source;
};

struct config {
	struct arena *arena;
	struct str file; /* the config file that was read, or empty */
	struct setting_value values[SETTING_COUNT];
	struct str problem; /* one line for people, after an error */
	bool help;          /* --help was among the flags */
	/* Variables HOMEWARD_… of the environment that are no settings: each as a line for people with the nearest
	 * setting. They are no error of config_load. */
	struct str unknown[CONFIG_UNKNOWN_MAX];
	size_t unknown_count; /* may be more than are listed */
};

/* arguments[0] is the subcommand's name. ERROR_BAD_REQUEST with `problem` set. */
MUST_CHECK enum error config_load(struct config *config, struct arena *arena, int argument_count,
				  char **arguments);
struct str config_text(const struct config *config, enum setting setting);
int64_t config_number(const struct config *config, enum setting setting);
bool config_switch(const struct config *config, enum setting setting);
/* "ward.webhook_url", as the config file has it. */
const char *config_key(enum setting setting);
const char *config_meaning(enum setting setting);
/* "--ward-webhook-url" and "HOMEWARD_WARD_WEBHOOK_URL"; empty when the arena failed. */
struct str config_flag(struct arena *arena, enum setting setting);
struct str config_variable(struct arena *arena, enum setting setting);
/* "default", "config file", "environment" or "flag". */
const char *config_source(const struct config *config, enum setting setting);
/* The flags, on stdout. */
void config_print_flags(void);

#endif
