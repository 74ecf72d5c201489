/* SPDX-License-Identifier: Apache-2.0
 * gen_assets FOLDER OUT.c: makes the table of src/api/assets.h from the files of a folder. A folder that is
 * absent gives an empty table. OUT.c is left alone when nothing has changed, so nothing is built again. */
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILES_MAX 512
#define PATH_BYTES_MAX 1024
#define FILE_BYTES_MAX ((long)64 * 1024 * 1024)

struct file {
	char path[PATH_BYTES_MAX]; /* below the folder, with a slash at its start */
	char *bytes;
	size_t size;
};

static struct file files[FILES_MAX];
static size_t file_count;

_Noreturn static void stop(const char *what, const char *path)
{
	fprintf(stderr, "gen_assets: %s: %s\n", what, path);
	exit(1);
}

static char *read_whole(const char *path, size_t *ret_size)
{
	FILE *in = fopen(path, "rb");
	if (in == NULL)
		return NULL;
	if (fseek(in, 0, SEEK_END) != 0)
		stop("cannot read", path);
	long size = ftell(in);
	if (size < 0 || size > FILE_BYTES_MAX || fseek(in, 0, SEEK_SET) != 0)
		stop("cannot read, or too large", path);
	char *bytes = calloc((size_t)size + 1, 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, in) != (size_t)size)
		stop("cannot read", path);
	fclose(in);
	*ret_size = (size_t)size;
	return bytes;
}

static void join(char ret_path[PATH_BYTES_MAX], const char *a, const char *b)
{
	int length = snprintf(ret_path, PATH_BYTES_MAX, "%s/%s", a, b);
	if (length < 0 || length >= PATH_BYTES_MAX)
		stop("path too long", b);
}

struct folders {
	char below[FILES_MAX][PATH_BYTES_MAX];
	size_t count;
};

static void take_entry(const char *root, const char *below, const char *name, struct folders *folders)
{
	char inner[PATH_BYTES_MAX];
	char whole[2 * PATH_BYTES_MAX];
	struct stat info;
	join(inner, below, name);
	(void)snprintf(whole, sizeof(whole), "%s%s", root, inner);
	if (stat(whole, &info) != 0)
		stop("cannot read", whole);
	if (S_ISDIR(info.st_mode)) {
		if (folders->count == FILES_MAX)
			stop("too many folders", whole);
		memcpy(folders->below[folders->count++], inner, PATH_BYTES_MAX);
		return;
	}
	if (file_count == FILES_MAX)
		stop("too many files", whole);
	struct file *file = &files[file_count++];
	memcpy(file->path, inner, PATH_BYTES_MAX);
	file->bytes = read_whole(whole, &file->size);
	if (file->bytes == NULL)
		stop("cannot read", whole);
}

static void read_folder(const char *root)
{
	static struct folders folders;
	folders.count = 1;
	folders.below[0][0] = '\0';
	for (size_t at = 0; at < folders.count; at++) {
		char whole[2 * PATH_BYTES_MAX];
		(void)snprintf(whole, sizeof(whole), "%s%s", root, folders.below[at]);
		DIR *folder = opendir(whole);
		if (folder == NULL && errno == ENOENT && at == 0)
			return;
		if (folder == NULL)
			stop("cannot read folder", whole);
		const struct dirent *entry;
		while ((entry = readdir(folder)) != NULL) {
			if (entry->d_name[0] != '.')
				take_entry(root, folders.below[at], entry->d_name, &folders);
		}
		closedir(folder);
	}
}

static const char *type_of(const char *path)
{
	static const char *const types[][2] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".json", "application/json; charset=utf-8" },
		{ ".map", "application/json; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
		{ ".woff", "font/woff" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".txt", "text/plain; charset=utf-8" },
		{ ".mp3", "audio/mpeg" },
		{ ".wav", "audio/wav" },
	};
	struct str whole = str_from_c(path);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct str end = str_from_c(types[i][0]);
		if (whole.len >= end.len &&
		    memcmp(whole.ptr + whole.len - end.len, end.ptr, end.len) == 0)
			return types[i][1];
	}
	return "application/octet-stream";
}

struct row {
	char path[PATH_BYTES_MAX];
	size_t file;
};

static int compare(const void *left, const void *right)
{
	const struct row *a = left;
	const struct row *b = right;
	return strcmp(a->path, b->path);
}

/* A page can be asked for by its name, without ".html", and index.html by its folder. */
static size_t fill_rows(struct row *rows)
{
	size_t count = 0;
	for (size_t i = 0; i < file_count; i++) {
		rows[count].file = i;
		memcpy(rows[count++].path, files[i].path, PATH_BYTES_MAX);
		size_t length = strlen(files[i].path);
		if (length < 5 || strcmp(files[i].path + length - 5, ".html") != 0)
			continue;
		char *path = rows[count].path;
		rows[count++].file = i;
		memcpy(path, files[i].path, PATH_BYTES_MAX);
		path[length - 5] = '\0';
		if (length >= 11 && strcmp(path + length - 11, "/index") == 0)
			path[length - 11 == 0 ? 1 : length - 11] = '\0';
	}
	qsort(rows, count, sizeof(*rows), compare);
	return count;
}

static void write_table(FILE *out)
{
	static struct row rows[2 * FILES_MAX];
	size_t count = fill_rows(rows);
	fputs("/* Made by gen/gen_assets.c. */\n#include \"api/assets.h\"\n\n", out);
	for (size_t i = 0; i < file_count; i++) {
		fprintf(out, "static const unsigned char bytes_%zu[] = {", i);
		for (size_t b = 0; b < files[i].size; b++)
			fprintf(out, "%s%u,", b % 24 == 0 ? "\n" : "", (unsigned char)files[i].bytes[b]);
		fputs("0};\n", out);
	}
	fputs("\nconst struct asset assets[] = {\n", out);
	for (size_t i = 0; i < count; i++) {
		const struct file *file = &files[rows[i].file];
		uint64_t hash = hash_bytes(file->bytes, file->size, 0);
		const char *type = type_of(file->path);
		fprintf(out,
			"\t{ STR_INIT(\"%s\"), STR_INIT(\"%s\"), STR_INIT(\"\\\"%016llx\\\"\"),\n"
			"\t  { (const char *)bytes_%zu, %zu } },\n",
			rows[i].path, type, (unsigned long long)hash, rows[i].file, file->size);
	}
	fprintf(out, "\t{ { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },\n};\n"
		     "const size_t asset_count = %zu;\n",
		count);
}

int main(int argument_count, char **arguments)
{
	char *made = NULL;
	size_t made_size = 0;
	size_t old_size = 0;
	if (argument_count != 3) {
		fputs("usage: gen_assets FOLDER OUT.c\n", stderr);
		return 2;
	}
	read_folder(arguments[1]);
	FILE *out = open_memstream(&made, &made_size);
	if (out == NULL)
		stop("no memory for", arguments[2]);
	write_table(out);
	if (fclose(out) != 0)
		stop("no memory for", arguments[2]);
	char *old = read_whole(arguments[2], &old_size);
	if (old != NULL && old_size == made_size && memcmp(old, made, made_size) == 0)
		return 0;
	out = fopen(arguments[2], "wb");
	if (out == NULL || fwrite(made, 1, made_size, out) != made_size || fclose(out) != 0)
		stop("cannot write", arguments[2]);
	free(made);
	free(old);
	return 0;
}
