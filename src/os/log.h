/* SPDX-License-Identifier: Apache-2.0
 * The log: one JSON object a line on stderr. A line is an event from events.def and typed fields;
 * there is no way to log text that came from outside, so no person's data can get in. Example:
 *	LOG_WITH(EVENT_REQUEST, LOG_COUNT("status", 200), LOG_DURATION("took", us));
 * Thread: any; a line is one write. */
#ifndef OS_LOG_H
#define OS_LOG_H

#include "base/error.h"

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_NONE
};

enum log_event {
#define EVENT(name, level, id, meaning) EVENT_##name,
#include "os/events.def"
#undef EVENT
	EVENT_COUNT
};

enum log_kind {
	LOG_KIND_COUNT,
	LOG_KIND_DURATION,
	LOG_KIND_WORD,
	LOG_KIND_ERROR,
	LOG_KIND_ERRNO,
	LOG_KIND_ID
};

struct log_field {
	enum log_kind kind;
	const char *name;
	int64_t number;
	struct str text;
};

#define LOG_FIELDS_MAX 16

/* Field names and words are literals of the program: anything else does not compile. */
#define LOG_COUNT(name, value) \
	{ \
		LOG_KIND_COUNT, "" name, (int64_t)(value), \
		{ \
			NULL, 0 \
		} \
	}
#define LOG_DURATION(name, us) \
	{ \
		LOG_KIND_DURATION, "" name "_us", (int64_t)(us), \
		{ \
			NULL, 0 \
		} \
	}
#define LOG_WORD(name, literal) \
	{ \
		LOG_KIND_WORD, "" name, 0, STR_INIT(literal) \
	}
#define LOG_ERROR(name, error) \
	{ \
		LOG_KIND_ERROR, "" name, (int64_t)(error), \
		{ \
			NULL, 0 \
		} \
	}
#define LOG_ERRNO(name, number) \
	{ \
		LOG_KIND_ERRNO, "" name, (int64_t)(number), \
		{ \
			NULL, 0 \
		} \
	}
/* An id, as sixteen digits of its hash under a key that only this process knows: the same id gives
 * the same digits until the next start, and the digits do not give the id. */
#define LOG_ID(name, view) \
	{ \
		LOG_KIND_ID, "" name, 0, (view) \
	}

#define LOG(event) log_write((event), NULL, 0)
#define LOG_WITH(event, ...) \
	log_write((event), (const struct log_field[]){ __VA_ARGS__ }, \
		  sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

/* Events below the level are dropped; INFO until set. */
void log_set_level(enum log_level level);
/* "debug", "info", "warning", "error" or "none"; false for anything else. */
bool log_level_from_name(struct str name, enum log_level *ret_level);
/* Where lines go instead of stderr (tests). */
void log_set_output(int file);
void log_write(enum log_event event, const struct log_field *fields, size_t count);

#endif
