/* SPDX-License-Identifier: Apache-2.0 */
#include "main/secret.h"

#include "os/file.h"

#define SECRET_BYTES_MAX ((size_t)4096)

enum error secret_read(const struct config *config, struct arena *arena, struct issues *issues,
		       enum setting setting, struct str *ret_secret)
{
	struct str path = config_text(config, setting);
	struct str bytes = { NULL, 0 };
	size_t slash = path.len;
	int folder = -1;
	*ret_secret = bytes;
	if (path.len == 0)
		return ERROR_OK;
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	struct str above = slash == 0 ? STR("./") : str_slice(path, 0, slash);
	struct str name = arena_copy(arena, str_slice(path, slash, path.len));
	enum error error = file_open_folder(arena_copy(arena, above).ptr, &folder);
	if (error == ERROR_OK) {
		error = file_read_whole(arena, folder, name.ptr, SECRET_BYTES_MAX, &bytes);
		file_close(folder);
	}
	if (error != ERROR_OK)
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s cannot be read",
				 config_key(setting));
	*ret_secret = str_trim(str_cut(&bytes, '\n'));
	return ret_secret->len > 0 ? ERROR_OK
				   : issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s is empty",
					       config_key(setting));
}
