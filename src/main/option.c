/* SPDX-License-Identifier: Apache-2.0 */
#include "main/option.h"

#include <string.h>

const char *option_take(int *argument_count, char **arguments, const char *name)
{
	const char *value = NULL;
	size_t length = strlen(name);
	int kept = 1;
	for (int i = 1; i < *argument_count; i++) {
		if (strcmp(arguments[i], name) == 0 && i + 1 < *argument_count)
			value = arguments[++i];
		else if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=')
			value = arguments[i] + length + 1;
		else
			arguments[kept++] = arguments[i];
	}
	*argument_count = kept;
	return value;
}

bool option_take_switch(int *argument_count, char **arguments, const char *name)
{
	bool found = false;
	int kept = 1;
	for (int i = 1; i < *argument_count; i++) {
		if (strcmp(arguments[i], name) == 0)
			found = true;
		else
			arguments[kept++] = arguments[i];
	}
	*argument_count = kept;
	return found;
}
