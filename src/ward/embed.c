/* SPDX-License-Identifier: Apache-2.0
 * Build-time: turns the policy files into one C source, so that the program carries them.
 * usage: embed OUTPUT FILE… */
#include <stdio.h>

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
		fprintf(out, "%s%d,", column++ % 20 == 0 ? "\n\t" : " ", byte);
	fprintf(out, " 0\n};\n");
	int failed = ferror(in);
	return fclose(in) != 0 || failed;
}

int main(int argument_count, char **arguments)
{
	if (argument_count < 3) {
		fprintf(stderr, "usage: embed OUTPUT FILE...\n");
		return 2;
	}
	FILE *out = fopen(arguments[1], "w");
	if (out == NULL) {
		fprintf(stderr, "embed: cannot write %s\n", arguments[1]);
		return 1;
	}
	fputs("/* SPDX-License-Identifier: Apache-2.0\n * Made by the build from data/policy. */\n"
	      "#include \"ward/policy_files.h\"\n\n",
	      out);
	for (int i = 2; i < argument_count; i++) {
		if (embed_file(out, arguments[i], i) != 0)
			return 1;
	}
	fputs("\nconst struct str policy_files[] = {\n", out);
	for (int i = 2; i < argument_count; i++)
		fprintf(out, "\t{ file_%d, sizeof(file_%d) - 1 },\n", i, i);
	fprintf(out, "};\nconst size_t policy_file_count = %d;\n", argument_count - 2);
	return fclose(out) != 0;
}
