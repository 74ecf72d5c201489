/* SPDX-License-Identifier: Apache-2.0
 * The limits that durable creates are compared with, on the disk that holds FOLDER:
 *   fsync   4 KiB appended to a file and fdatasync, one after another: what a create without company costs;
 *   raw     bodies of BODY_BYTES into one SQLite table with a text key, no other index, WAL and
 *           synchronous=FULL as the store has it, committed in groups of GROUP.
 * usage: disk_bench FOLDER SECONDS GROUP BODY_FILE      prints one JSON object */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096
#define BODY_BYTES_MAX 65536
#define PAGE_BYTES 4096
#define SAMPLES_MAX 1000000

static char body[BODY_BYTES_MAX];
static size_t body_size;
static uint32_t samples_us[SAMPLES_MAX];

static int64_t now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void stop(const char *why)
{
	fprintf(stderr, "disk_bench: %s\n", why);
	exit(1);
}

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static void path_of(char path[PATH_BYTES_MAX], const char *folder, const char *name)
{
	int length = snprintf(path, PATH_BYTES_MAX, "%s/%s", folder, name);
	if (length < 0 || length >= PATH_BYTES_MAX)
		stop("the folder's name is too long");
}

static void measure_fsync(const char *folder, int64_t seconds)
{
	static const char page[PAGE_BYTES];
	char path[PATH_BYTES_MAX];
	path_of(path, folder, "fsync");
	int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (file < 0)
		stop("cannot write in the folder");
	int64_t start_us = now_us(), before_us = start_us;
	size_t count = 0;
	while (before_us - start_us < seconds * 1000000 && count < SAMPLES_MAX) {
		if (write(file, page, sizeof(page)) != (ssize_t)sizeof(page) ||
		    fdatasync(file) != 0)
			stop("cannot write and sync");
		int64_t after_us = now_us();
		samples_us[count++] = (uint32_t)(after_us - before_us);
		before_us = after_us;
	}
	(void)close(file);
	(void)unlink(path);
	qsort(samples_us, count, sizeof(*samples_us), compare);
	printf("{\"fsyncs_per_s\":%.1f,\"fsync_p50_us\":%u,\"fsync_p99_us\":%u",
	       (double)count * 1e6 / (double)(before_us - start_us), samples_us[count / 2],
	       samples_us[count * 99 / 100]);
}

static void run(sqlite3 *handle, const char *text)
{
	if (sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK)
		stop(sqlite3_errmsg(handle));
}

static int64_t fill(sqlite3 *handle, int64_t seconds, int64_t group)
{
	sqlite3_stmt *insert = NULL;
	int64_t start_us = now_us(), count = 0;
	if (sqlite3_prepare_v2(handle, "INSERT INTO t VALUES (?1, ?2)", -1, &insert, NULL) !=
	    SQLITE_OK)
		stop("cannot prepare");
	while (now_us() - start_us < seconds * 1000000) {
		run(handle, "BEGIN");
		for (int64_t i = 0; i < group; i++) {
			char id[40];
			int length = snprintf(id, sizeof(id), "019a0000-0000-7000-8000-%012llx",
					      (unsigned long long)count++);
			sqlite3_bind_text(insert, 1, id, length, SQLITE_STATIC);
			sqlite3_bind_blob(insert, 2, body, (int)body_size, SQLITE_STATIC);
			if (sqlite3_step(insert) != SQLITE_DONE)
				stop("cannot insert");
			sqlite3_reset(insert);
		}
		run(handle, "COMMIT");
	}
	sqlite3_finalize(insert);
	return (int64_t)((double)count * 1e6 / (double)(now_us() - start_us));
}

static void measure_raw(const char *folder, int64_t seconds, int64_t group)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[PATH_BYTES_MAX];
	sqlite3 *handle = NULL;
	path_of(path, folder, "raw.sqlite");
	if (sqlite3_open(path, &handle) != SQLITE_OK)
		stop("cannot open SQLite");
	run(handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		    "CREATE TABLE t (id TEXT PRIMARY KEY, body BLOB)");
	int64_t rate = fill(handle, seconds, group);
	sqlite3_close(handle);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "raw.sqlite%s", ends[i]);
		path_of(path, folder, name);
		(void)unlink(path);
	}
	printf(",\"raw_per_s\":%lld,\"group\":%lld,\"body_bytes\":%zu}\n", (long long)rate,
	       (long long)group, body_size);
}

int main(int argument_count, char **arguments)
{
	if (argument_count != 5)
		stop("usage: disk_bench FOLDER SECONDS GROUP BODY_FILE");
	int64_t seconds = strtol(arguments[2], NULL, 10);
	int64_t group = strtol(arguments[3], NULL, 10);
	FILE *file = fopen(arguments[4], "rb");
	if (file == NULL || seconds < 1 || group < 1)
		stop("needs a body file, seconds and a group of at least 1");
	body_size = fread(body, 1, sizeof(body), file);
	(void)fclose(file);
	measure_fsync(arguments[1], seconds);
	measure_raw(arguments[1], seconds, group);
	return 0;
}
