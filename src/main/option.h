/* SPDX-License-Identifier: Apache-2.0
 * Options of one subcommand that are no settings: they are taken out of the arguments before config_load reads them. */
#ifndef MAIN_OPTION_H
#define MAIN_OPTION_H

#include <stdbool.h>

/* Takes `name VALUE` and `name=VALUE` out; the last one counts. NULL: there is none, or its value is missing, which
 * config_load then refuses by its name. */
const char *option_take(int *argument_count, char **arguments, const char *name);
/* Takes `name` out; true when it was there. */
bool option_take_switch(int *argument_count, char **arguments, const char *name);

#endif
