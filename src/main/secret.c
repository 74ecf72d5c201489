/* SPDX-License-Identifier: Apache-2.0 */
#include "main/secret.h"

#include "os/file.h"

enum error secret_read(const struct config *config, struct arena *arena, struct issues *issues,
		       enum setting setting, struct str *ret_secret)
{
	struct str path = config_text(config, setting);
	*ret_secret = (struct str){ NULL, 0 };
	if (path.len == 0)
		return ERROR_OK;
	if (file_read_line(arena, path, ret_secret) != ERROR_OK)
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s cannot be read",
				 config_key(setting));
	return ret_secret->len > 0 ? ERROR_OK
				   : issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s is empty",
					       config_key(setting));
}
