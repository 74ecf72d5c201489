/* SPDX-License-Identifier: Apache-2.0
 * A line is built in a buffer of fixed size; fields that do not fit are left out as a whole. */
#include "os/log.h"

#include "base/date.h"
#include "os/hash.h"
#include "os/random.h"
#include "os/thread.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES_MAX 2048

struct event_row {
	const char *id;
	enum log_level level;
};

static const struct event_row rows[EVENT_COUNT] = {
#define EVENT(name_, level_, id_, meaning_) [EVENT_##name_] = { (id_), LOG_LEVEL_##level_ },
#include "os/events.def"
#undef EVENT
};

static const char *const level_names[] = { "debug", "info", "warning", "error", "none" };

static atomic_int level_least = LOG_LEVEL_INFO;
static atomic_int output = STDERR_FILENO;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static char key[32];

struct line {
	char bytes[LINE_BYTES_MAX];
	size_t length;
};

void log_set_level(enum log_level level)
{
	atomic_store(&level_least, (int)level);
}

void log_set_output(int file)
{
	atomic_store(&output, file);
}

bool log_level_from_name(struct str name, enum log_level *ret_level)
{
	for (unsigned i = 0; i <= LOG_LEVEL_NONE; i++) {
		if (str_equal(name, str_from_c(level_names[i]))) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static void make_key(void)
{
	random_bytes(key, sizeof(key));
}

static int write_id(struct str id, char *ret_text, size_t size)
{
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	ASSERT(pthread_once(&key_once, make_key) == 0);
	hash_hmac_sha256((struct str){ key, sizeof(key) }, id.ptr, id.len, hash);
	hash_write_hex(hash, hex);
	return snprintf(ret_text, size, "\"%.16s\"", hex);
}

/* The value as JSON; its length as snprintf tells it. */
static int write_value(const struct log_field *field, char *ret_text, size_t size)
{
	const char *name;
	switch (field->kind) {
	case LOG_KIND_COUNT:
	case LOG_KIND_DURATION:
		return snprintf(ret_text, size, "%lld", (long long)field->number);
	case LOG_KIND_WORD:
		return snprintf(ret_text, size, "\"%.*s\"", STR_ARG(field->text));
	case LOG_KIND_ERROR:
		name = error_row((enum error)field->number)->name.ptr;
		return snprintf(ret_text, size, "\"%s\"", name);
	case LOG_KIND_ERRNO:
		name = strerrorname_np((int)field->number);
		return snprintf(ret_text, size, "\"%s\"", name == NULL ? "unknown" : name);
	case LOG_KIND_ID:
		return write_id(field->text, ret_text, size);
	}
	UNREACHABLE();
}

static void append_field(struct line *line, const struct log_field *field)
{
	char value[256];
	int value_length = write_value(field, value, sizeof(value));
	if (value_length < 0 || (size_t)value_length >= sizeof(value))
		return;
	/* Two bytes stay free for the end of the line. */
	size_t room = sizeof(line->bytes) - line->length - 2;
	int length = snprintf(line->bytes + line->length, room, ",\"%s\":%s", field->name, value);
	if (length > 0 && (size_t)length < room)
		line->length += (size_t)length;
}

void log_write(enum log_event event, const struct log_field *fields, size_t count)
{
	struct line line;
	struct timespec now = { 0 };
	char time_text[25];
	ASSERT((unsigned)event < EVENT_COUNT && count <= LOG_FIELDS_MAX);
	const struct event_row *row = &rows[event];
	if ((int)row->level < atomic_load(&level_least))
		return;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	date_write_instant((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, time_text);
	int length = snprintf(line.bytes, sizeof(line.bytes),
			      "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", time_text,
			      level_names[row->level], row->id);
	ASSERT(length > 0 && (size_t)length < sizeof(line.bytes) / 2);
	line.length = (size_t)length;
	for (size_t i = 0; i < count; i++)
		append_field(&line, &fields[i]);
	line.bytes[line.length++] = '}';
	line.bytes[line.length++] = '\n';
	/* A log that cannot be written must not stop care: the answer is let go. */
	ssize_t written = write(atomic_load(&output), line.bytes, line.length);
	(void)written;
}
