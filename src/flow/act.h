/* SPDX-License-Identifier: Apache-2.0
 * What all operations of ward work share: who acts, what was said, the stay that is meant, and a commit that
 * is tried
 * again when the engine or another person wrote in between. An operation is a function of the record as it
 * stands: tried
 * again it reads anew, and refuses with 409 and what to do when its step makes no sense any more. */
#ifndef FLOW_ACT_H
#define FLOW_ACT_H

#include "flow/record.h"
#include "ward/operation.h"

/* The same words by the same person within this time are one act, pressed twice. */
#define ACT_TWICE_US (60 * DATE_US_PER_S)
#define ACT_TEXT_BYTES_MAX ((size_t)8000)

/* Answers with an OperationOutcome that says `why`. */
void act_refuse(struct call *call, enum error error, const char *why);
/* 409: what stands in the way, and what to do. */
void act_conflict(struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);

struct act_person {
	struct str reference, name; /* one of them is not empty */
};
/* Parameter `by`. False: answered. */
bool act_by(struct call *call, const struct json *parameters, struct act_person *ret_person);
struct json *act_person_json(struct arena *arena, const struct act_person *person);
struct str act_person_text(const struct act_person *person);
/* An Annotation by that person, now. */
/* What stands as the author of an annotation by this person. */
struct str act_signature(const struct act_person *person);
struct json *act_annotation(struct call *call, const struct act_person *person, struct str text);
/* A valueString that must be there (`why` asks for it) or may be missing (`why` NULL: empty then). False:
 * answered. */
bool act_text(struct call *call, const struct json *parameters, struct str name, const char *why,
	      struct str *ret_text);
/* A valueCode out of a NULL-terminated list. False: answered, naming the codes. */
bool act_code(struct call *call, const struct json *parameters, struct str name,
	      const char *const *codes, struct str *ret_code);

/* Sets the extension HOMEWARD_URL StructureDefinition/name (replacing it) and returns it, to put a value into. */
struct json *act_extension(struct arena *arena, struct json *resource, const char *name);
/* Adds a part {url, value_name: value} to a complex extension. */
void act_part(struct arena *arena, struct json *extension, const char *url, struct str value_name,
	      struct json *value);
/* The member as an array, made when absent. */
struct json *act_array(struct arena *arena, struct json *object, struct str name);
/* "now" as the record prints it, and as a number. */
int64_t act_now_us(struct call *call);
struct json *act_now(struct call *call);

struct act_stay {
	struct json *episode;
	int64_t version;
	struct str id, status, patient; /* patient: its id */
};
/* The stay of the path, open (active or onhold) when asked so: else 409. False: answered. */
bool act_stay(struct call *call, bool open, struct act_stay *ret_stay);
/* A Task of ward work: code ward-task `kind`, about the stay or the referral, by a person, now. */
struct act_task {
	const char *kind;
	const char *status;
	struct str id, patient, episode, focus,
		description; /* focus: a reference; episode: an id */
	const struct act_person *by;
};
struct json *act_task_json(struct call *call, const struct act_task *task);
void act_output(struct arena *arena, struct json *task, const char *type, struct str value_name,
		struct json *value);
/* Tasks of that kind of one stay, oldest first; their number makes the id of the next. */
struct act_found {
	struct str id;
	struct json *task;
	int64_t version;
	struct act_found *newer;
};
bool act_tasks(struct call *call, const struct act_stay *stay, const char *kind,
	       struct act_found **ret_first, size_t *ret_count);
struct str act_task_id(struct call *call, struct str about, const char *kind, size_t number);

/* Commits `count` writes and answers with the first. When one of them was overtaken `again` runs anew, a few
 * times. */
void act_commit(struct call *call, struct store_write *writes, size_t count, route_handler *again);
/* Answers 200 with a resource as it stands: nothing was to be done. */
void act_answer(struct call *call, const struct json *resource);

/* Answers 200 with JSON for pages, never kept by a cache. */
void act_answer_page(struct call *call, const struct json *tree);

#endif
