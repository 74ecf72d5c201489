/* SPDX-License-Identifier: Apache-2.0
 * The two shapes every FHIR interaction has, whether it came as an HTTP request of its own or as an entry of a
 * Bundle: a `change` writes, an `inquiry` reads. Each interaction is a file that fills one of them in.
 *
 * A change goes through: change_resolve (who is meant, on a snapshot: conditions, current version),
 * change_prepare (validate, index, print), the commit, change_settle. After ERROR_CONFLICT of a condition it begins
 * anew, a bounded number of times. */
#ifndef API_EXCHANGE_H
#define API_EXCHANGE_H

#include "api/header.h"
#include "api/http.h"
#include "api/url.h"

/* Conditions are looked up before the commit and checked again inside it; this often they may be found changed. */
#define CHANGE_TRIES_MAX 8
#define EXCHANGE_BYTES_MAX ((size_t)512 * 1024 * 1024)

struct upload;
struct change {
	struct call *call;
	struct issues *issues;
	enum http_method method; /* POST, PUT, DELETE */
	uint16_t type;
	struct str id;                           /* of the URL; then of the resource meant */
	bool conditional;                        /* the URL names by criteria, not by id */
	const struct search_argument *arguments; /* the criteria */
	size_t argument_count;
	struct json *resource; /* NULL for DELETE */
	struct str body_id; /* as the client sent it; resolving writes the id meant into the tree */
	bool body_id_known;
	struct str if_match;
	struct str if_none_match;
	struct str if_none_exist; /* query text */
	bool has_if_none_exist;
	const struct upload *upload; /* of a POST; NULL or without a key: each is a new resource */
	size_t upload_index;         /* the entry's number */
	bool has_odd_links; /* own_links_stand, or criteria_links_stand outside a transaction */
	struct prefer prefer;
	/* set by resolve and prepare */
	struct store_write write;
	bool writes; /* false: answered without a commit */
	struct store_condition condition;
	bool has_condition;
	struct guard_demand demand;           /* of the type's guard */
	struct store_condition conditions[2]; /* of change_commit */
	struct json
		*created_before; /* upload.c: what the same upload made of this entry; else NULL */
	bool expects_read; /* version_expected is what we read, not what the client demanded */
	/* the outcome */
	enum error error;
	unsigned status;
	bool has_version;
	struct store_version version; /* body: complete, or empty after a delete */
};

MUST_CHECK enum error change_resolve(struct change *change, struct store_reader *reader);
MUST_CHECK enum error change_prepare(struct change *change);
/* After the commit (or without one when !writes): status, version. ERROR_CONFLICT that can be tried
 * again is returned with change->error left OK; any other error stands there as well. */
enum error change_settle(struct change *change, const struct store_commit *commit);
/* One HTTP request that is one change: all of the above, and the answer. */
void change_run(struct call *call, struct change *change);
/* change_run of /{type}/{id}, and of /{type}?criteria. */
void change_named(struct call *call, enum http_method method);
void change_matching(struct call *call, enum http_method method);
/* The commit of one prepared change, without conditions of other changes. */
struct store_commit change_commit(struct change *change);
/* One file each. */
enum error create_resolve(struct change *change, struct store_reader *reader);
enum error update_resolve(struct change *change, struct store_reader *reader);
enum error delete_resolve(struct change *change, struct store_reader *reader);
/* guard.c: what a room that watches over this type says. */
enum error guard_ask(struct change *change, struct store_reader *reader);
/* own_links.c: whether the body may name this server's own address, or refer by criteria; references without the
 * address, and ERROR_INVALID for one by criteria. */
bool own_links_stand(struct call *call);
bool criteria_links_stand(struct call *call);
MUST_CHECK enum error own_links_shorten(struct call *call, struct json *resource,
					struct issues *issues);
/* Resolves criteria: *ret_count 0, 1 (match set) or 2 for many; fills change->condition. */
enum error criteria_resolve(struct change *change, struct store_reader *reader,
			    const struct search_argument *arguments, size_t count,
			    size_t *ret_count);

struct inquiry {
	struct call *call;
	struct issues *issues;
	struct store_reader *reader;
	const struct str *segments; /* below the base: {"Patient", "1"} */
	size_t segment_count;
	const struct search_argument *arguments;
	size_t argument_count;
	struct str if_none_match;
	struct str if_modified_since;
	bool lenient;
	/* the outcome */
	unsigned status;
	struct str body;
	bool has_version;
	int64_t version;
	int64_t at_us;
};
/* The interaction that the segments name. */
enum error inquiry_run(struct inquiry *inquiry);
enum error read_inquire(struct inquiry *inquiry);
enum error vread_inquire(struct inquiry *inquiry);
enum error search_inquire(struct inquiry *inquiry);
enum error history_inquire(struct inquiry *inquiry);
enum error capabilities_inquire(struct inquiry *inquiry);
/* One HTTP request that is one inquiry; adds the POST _search body's pairs when `form` is set. */
void inquiry_answer(struct call *call, const struct str *segments, size_t segment_count, bool form);

/* --- shared --------------------------------------------------------------------------------- */
/* Accept and _format (406). */
enum error exchange_negotiate(struct call *call);
/* A type by its name in the URL; ERROR_NOT_FOUND with an issue. */
enum error exchange_type(struct str name, struct issues *issues, uint16_t *ret_type);
/* Arguments but for _format and _pretty, which concern the answer only. */
enum error exchange_arguments(struct arena *arena, const struct search_argument *arguments,
			      size_t count, struct search_argument **ret_arguments,
			      size_t *ret_count);
/* "W/\"3\"" and the other headers of a version. */
void exchange_version_headers(struct call *call, int64_t version, int64_t at_us);
/* "Patient/1/_history/3" under the base URL. */
struct str exchange_location(struct call *call, const struct store_version *version);
/* Sets status and a JSON body given as text; _pretty prints it anew. */
void exchange_answer(struct call *call, unsigned status, struct str body);
/* Prints a tree; empty when the arena failed. */
struct str exchange_print(struct arena *arena, const struct json *tree);
/* The stored form with versionId and lastUpdated spliced in. */
struct str exchange_complete_body(struct arena *arena, const struct store_write *write);
struct store_reader *exchange_reader(struct call *call); /* NULL: busy, an issue is added */

#endif
