/* SPDX-License-Identifier: Apache-2.0
 * history of a resource, a type, the system (hl7.org/fhir/R4/http.html#history). Newest first; a page's next link pins
 * the feed number of page one, so that writes in between neither shift nor double rows. */
#include "api/bundle.h"

#include "base/date.h"
#include "base/limits.h"

struct wanted {
	struct store_history rows;
	struct str path;
	bool has_at;
	int64_t at_low_us; /* versions that were current at some time in [at_low, rows.before) */
	bool has_cursor;
	struct search_argument used[3];
	size_t used_count;
};

static enum error read_date(struct inquiry *inquiry, struct str value, struct date *ret_date)
{
	if (date_parse_search(value, ret_date) == ERROR_OK)
		return ERROR_OK;
	return issue_add(inquiry->issues, ERROR_BAD_REQUEST, STR(""),
			 "_since and _at take a date or an instant, such as 2026-11-22T05:00:00Z");
}

/* "PIN.BELOW": feed numbers. */
static enum error read_cursor(struct inquiry *inquiry, struct str value, struct wanted *wanted)
{
	uint64_t pin = 0;
	uint64_t below = 0;
	struct str rest = value;
	struct str first = str_cut(&rest, '.');
	if (!str_to_u64(first, &pin) || !str_to_u64(rest, &below) || pin > INT64_MAX ||
	    below > INT64_MAX)
		return issue_add(inquiry->issues, ERROR_BAD_REQUEST, STR(""),
				 "_cursor is not one this server gave");
	wanted->has_cursor = true;
	wanted->rows.feed_max = (int64_t)pin;
	wanted->rows.feed_below = (int64_t)below;
	return ERROR_OK;
}

static enum error read_count(struct inquiry *inquiry, struct str value, struct wanted *wanted)
{
	uint64_t count = 0;
	if (!str_to_u64(value, &count))
		return issue_add(inquiry->issues, ERROR_BAD_REQUEST, STR(""),
				 "_count must be a whole number");
	if (count > LIMIT_PAGE_COUNT_MAX)
		count = LIMIT_PAGE_COUNT_MAX;
	wanted->rows.count = (size_t)count;
	return ERROR_OK;
}

static enum error read_argument(struct inquiry *inquiry, const struct search_argument *argument,
				struct wanted *wanted)
{
	struct date date;
	enum error error = ERROR_OK;
	if (str_equal(argument->name, STR("_format")) || str_equal(argument->name, STR("_pretty")))
		return ERROR_OK;
	if (str_equal(argument->name, STR("_cursor")))
		return read_cursor(inquiry, argument->value, wanted);
	if (wanted->used_count == 3)
		return issue_add(inquiry->issues, ERROR_BAD_REQUEST, STR(""),
				 "each parameter may be given once");
	if (str_equal(argument->name, STR("_count"))) {
		error = read_count(inquiry, argument->value, wanted);
	} else if (str_equal(argument->name, STR("_since"))) {
		error = read_date(inquiry, argument->value, &date);
		if (error == ERROR_OK)
			wanted->rows.since_us = date.low_us;
	} else if (str_equal(argument->name, STR("_at")) && inquiry->segment_count == 3) {
		error = read_date(inquiry, argument->value, &date);
		if (error == ERROR_OK) {
			wanted->has_at = true;
			wanted->at_low_us = date.low_us;
			wanted->rows.before_us = date.high_us;
		}
	} else if (inquiry->lenient) {
		return ERROR_OK;
	} else {
		return issue_add(
			inquiry->issues, ERROR_NOT_SUPPORTED, STR(""),
			"a history takes _count and _since, the history of one resource _at too");
	}
	if (error == ERROR_OK)
		wanted->used[wanted->used_count++] = *argument;
	return error;
}

static enum error read_wanted(struct inquiry *inquiry, struct wanted *ret_wanted)
{
	struct wanted wanted = { .rows = { .since_us = INT64_MIN,
					   .before_us = INT64_MAX,
					   .feed_max = INT64_MAX,
					   .feed_below = INT64_MAX,
					   .count = LIMIT_PAGE_COUNT_DEFAULT } };
	enum error error = ERROR_OK;
	if (inquiry->segment_count > 1)
		error = exchange_type(inquiry->segments[0], inquiry->issues, &wanted.rows.type);
	if (error == ERROR_OK && inquiry->segment_count == 3) {
		wanted.rows.id = inquiry->segments[1];
		if (!fhir_id_is_valid(wanted.rows.id))
			error = ERROR_NOT_FOUND;
	}
	for (size_t i = 0; i < inquiry->argument_count && error == ERROR_OK; i++)
		error = read_argument(inquiry, &inquiry->arguments[i], &wanted);
	if (error != ERROR_OK)
		return error;
	wanted.path = bundle_path(&inquiry->call->arena, inquiry->segments, inquiry->segment_count);
	*ret_wanted = wanted;
	return ERROR_OK;
}

static void put_entry(struct bundle *bundle, const struct store_version *version)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE" };
	static const char *const statuses[] = { "201", "200", "204" };
	struct text *text = &bundle->text;
	bundle_entry_begin(bundle);
	bundle_full_url(bundle, version->type, version->id);
	if (version->method != STORE_DELETE) {
		text_put(text, STR(",\"resource\":"));
		text_put(text, version->body);
	}
	text_put_format(text, ",\"request\":{\"method\":\"%s\",\"url\":\"",
			methods[version->method]);
	text_put(text, fhir_resource_name(version->type));
	if (version->method != STORE_CREATE) {
		text_put_byte(text, '/');
		text_put(text, version->id);
	}
	const char *status = version->method == STORE_UPDATE && version->version == 1
				     ? "201"
				     : statuses[version->method];
	text_put_format(text, "\"},\"response\":{\"status\":\"%s\",\"etag\":\"W/\\\"%lld\\\"\",",
			status, (long long)version->version);
	bundle_instant(text, "lastModified", version->at_us);
	text_put(text, STR("}}"));
}

static void put_links(struct bundle *bundle, const struct wanted *wanted, int64_t next_below)
{
	struct call *call = bundle->call;
	struct search_argument arguments[4];
	size_t count = wanted->used_count;
	memcpy(arguments, wanted->used, sizeof(wanted->used));
	struct str first = bundle_url(call, wanted->path, arguments, count);
	struct text cursor;
	text_init(&cursor, &call->arena, 64);
	if (wanted->has_cursor) {
		text_put_format(&cursor, "%lld.%lld", (long long)wanted->rows.feed_max,
				(long long)wanted->rows.feed_below);
		arguments[count] = (struct search_argument){ STR("_cursor"), text_view(&cursor) };
		bundle_link(bundle, "self", bundle_url(call, wanted->path, arguments, count + 1));
	} else {
		bundle_link(bundle, "self", first);
	}
	bundle_link(bundle, "first", first);
	if (next_below <= 0)
		return;
	text_init(&cursor, &call->arena, 64);
	text_put_format(&cursor, "%lld.%lld", (long long)wanted->rows.feed_max,
			(long long)next_below);
	arguments[count] = (struct search_argument){ STR("_cursor"), text_view(&cursor) };
	bundle_link(bundle, "next", bundle_url(call, wanted->path, arguments, count + 1));
}

struct page {
	struct store_version *versions;
	size_t count;
	int64_t total;
	int64_t next_below; /* 0: last page */
};

/* One row more than wanted tells whether there is a next page. */
static enum error read_page(struct inquiry *inquiry, struct wanted *wanted, struct page *ret_page)
{
	struct page page = { 0 };
	struct store_history rows = wanted->rows;
	rows.count = wanted->rows.count + 1;
	store_snapshot_begin(inquiry->reader);
	if (!wanted->has_cursor)
		wanted->rows.feed_max = rows.feed_max = store_feed_last(inquiry->reader);
	enum error error = store_history(inquiry->reader, &inquiry->call->arena, &rows,
					 &page.versions, &page.count, &page.total);
	store_snapshot_end(inquiry->reader);
	if (error != ERROR_OK)
		return error;
	/* Of one resource: the version that was current when the period began is the last that counts. */
	for (size_t i = 0; wanted->has_at && i < page.count; i++) {
		if (page.versions[i].at_us <= wanted->at_low_us)
			page.count = i + 1;
	}
	if (page.count > wanted->rows.count) {
		page.count = wanted->rows.count;
		page.next_below = page.count == 0 ? 0 : page.versions[page.count - 1].feed;
	}
	if (wanted->has_at)
		page.total = -1;
	*ret_page = page;
	return ERROR_OK;
}

enum error history_inquire(struct inquiry *inquiry)
{
	struct wanted wanted;
	struct page page;
	enum error error = read_wanted(inquiry, &wanted);
	if (error == ERROR_OK)
		error = read_page(inquiry, &wanted, &page);
	if (error != ERROR_OK)
		return error;
	bool plain = !wanted.has_cursor && wanted.used_count == 0;
	if (wanted.rows.id.len > 0 && page.count == 0 && plain)
		return ERROR_NOT_FOUND;
	struct bundle bundle;
	bundle_begin(&bundle, inquiry->call, "history", page.total);
	put_links(&bundle, &wanted, page.next_below);
	for (size_t i = 0; i < page.count; i++)
		put_entry(&bundle, &page.versions[i]);
	inquiry->body = bundle_end(&bundle);
	inquiry->status = 200;
	return inquiry->body.ptr == NULL ? ERROR_LIMIT : ERROR_OK;
}
