/* SPDX-License-Identifier: Apache-2.0
 * Build-time: turns files of data/ into one C source, so that the program carries them.
 * usage: embed OUTPUT NAME FILE… (NAME "policy" makes policy_files of ward/policy_files.h, "flow/measure"
 * measure_files of flow/measure_files.h) */
#include <stdio.h>
#include <string.h>

static int embed_file(FILE *out, const char *path, int number)
{
	FILE *in = fopen(path, "rb");
	int byte, column = 0;
	if (in == NULL) {
		fprintf(stderr, "embed: cannot read %s\n", path);
		return 1;
	}
	fprintf(out, "static const char file_%d[] = {", number);
	while ((byte = fgetc(in)) != EOF)
		fprintf(out, "%s%d,", column++ % 20 == 0 ? "\n\t" : " ", (int)(signed char)byte);
	fprintf(out, " 0\n};\n");
	int failed = ferror(in);
	return fclose(in) != 0 || failed;
}

int main(int argument_count, char **arguments)
{
	if (argument_count < 4) {
		fprintf(stderr, "usage: embed OUTPUT NAME FILE...\n");
		return 2;
	}
	FILE *out = fopen(arguments[1], "w");
	if (out == NULL) {
		fprintf(stderr, "embed: cannot write %s\n", arguments[1]);
		return 1;
	}
	const char *slash = strchr(arguments[2], '/');
	const char *name = slash == NULL ? arguments[2] : slash + 1;
	fprintf(out,
		"/* SPDX-License-Identifier: Apache-2.0\n * Made by the build from data/%s. */\n"
		"#include \"%s%s_files.h\"\n\n",
		name, slash == NULL ? "ward/" : "", arguments[2]);
	for (int i = 3; i < argument_count; i++) {
		if (embed_file(out, arguments[i], i) != 0)
			return 1;
	}
	fprintf(out, "\nconst struct str %s_files[] = {\n", name);
	for (int i = 3; i < argument_count; i++)
		fprintf(out, "\t{ file_%d, sizeof(file_%d) - 1 },\n", i, i);
	fprintf(out, "};\nconst size_t %s_file_count = %d;\n", name, argument_count - 3);
	return fclose(out) != 0;
}
