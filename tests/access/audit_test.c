/* SPDX-License-Identifier: Apache-2.0
 * The chain of the access log over a real store: whole, it is sound; touched anywhere, it is not. */
#include "unit.h"

#include "access/audit.h"
#include "os/log.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define START_US INT64_C(1795334400000000)

static char folder[64];
static struct store *store;
static struct clock *test_clock;
static struct arena arena;

static int begin(void **state)
{
	struct issues issues;
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	arena_init(&arena, (size_t)64 << 20);
	issues_init(&issues, &arena);
	snprintf(folder, sizeof(folder), "/tmp/homeward-audit-XXXXXX");
	assert_non_null(mkdtemp(folder));
	test_clock = clock_create_simulated(START_US);
	const struct store_options options = { .path = str_from_c(folder), .clock = test_clock };
	assert_int_equal(store_open(&options, &issues, &store), ERROR_OK);
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = { "store.lock", "store.sqlite", "store.sqlite-wal",
					     "store.sqlite-shm" };
	char path[128];
	(void)state;
	store_close(store);
	clock_destroy(test_clock);
	arena_done(&arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

static void look(struct audit *audit, const char *patient, bool wait)
{
	struct patient_list patients = { 0 };
	const struct person person = { .reference = STR("PractitionerRole/r"),
				       .name = STR("Rita \"Example\"") };
	assert_true(patient_list_add(&patients, &arena, str_from_c(patient)));
	const struct audit_event event = { .person = &person,
					   .interaction = STR("read"),
					   .action = 'R',
					   .about = STR("GET /fhir/Patient"),
					   .reason = wait ? STR("asked to") : STR(""),
					   .patients = &patients };
	assert_true(audit_record(audit, &event, wait));
}

static enum error verified(int64_t expected)
{
	struct issues issues;
	struct audit_figures figures = { 0 };
	issues_init(&issues, &arena);
	enum error error = audit_verify(store, (struct audit_anchors){ 0 }, &issues, &figures);
	assert_int_equal(figures.events, expected);
	assert_int_equal(error == ERROR_OK, issues.count == 0);
	return error;
}

static struct json *event_of(int64_t number)
{
	char id[CHAIN_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	chain_id(number, id);
	struct store_reader *reader = store_reader_borrow(store);
	assert_non_null(reader);
	if (store_read(reader, &arena, fhir_resource_find(STR("AuditEvent")), str_from_c(id),
		       &version) == ERROR_OK)
		assert_int_equal(json_parse(&arena, version.body, NULL, NULL, &event), ERROR_OK);
	store_reader_return(reader);
	return event;
}

/* As somebody with the database in their hands would. */
static void forge(int64_t number, bool remove)
{
	struct fhir_index index = { 0 };
	struct text text;
	char id[CHAIN_ID_BYTES];
	chain_id(number, id);
	struct json *event = event_of(number);
	json_put(event, STR("outcome"), json_new_string(&arena, STR("8")));
	text_init(&text, &arena, 1 << 20);
	assert_int_equal(fhir_index_extract(&arena, event, &index), ERROR_OK);
	store_body_print(&text, &arena, event, str_from_c(id));
	struct store_write write = { .method = remove ? STORE_DELETE : STORE_UPDATE,
				     .type = fhir_resource_find(STR("AuditEvent")),
				     .id = str_from_c(id),
				     .version_expected = STORE_VERSION_ANY };
	if (!remove) {
		write.body = text_view(&text);
		write.index = &index;
	}
	struct store_commit commit = {
		.writes = &write, .write_count = 1, .origin = STR("forger"), .feed_expected = -1
	};
	assert_int_equal(store_commit_wait(store, &commit), ERROR_OK);
}

static void what_waits_is_written_at_the_end_and_the_chain_is_whole(void **state)
{
	(void)state;
	struct audit *audit = audit_start(store, test_clock);
	for (unsigned i = 0; i < 500; i++)
		look(audit, "a", false);
	audit_stop(audit);
	assert_int_equal(verified(500), ERROR_OK);
	/* it goes on where it ended */
	audit = audit_start(store, test_clock);
	look(audit, "b", false);
	audit_stop(audit);
	assert_int_equal(verified(501), ERROR_OK);
}

static void what_is_waited_for_is_there(void **state)
{
	(void)state;
	struct audit *audit = audit_start(store, test_clock);
	look(audit, "a", true);
	const struct json *event = event_of(1);
	assert_non_null(event);
	const struct json *purpose = json_at(json_get(event, STR("purposeOfEvent")), 0);
	assert_true(str_equal(json_get_text(purpose, STR("text")), STR("asked to")));
	audit_stop(audit);
}

static void a_changed_event_is_found(void **state)
{
	(void)state;
	struct audit *audit = audit_start(store, test_clock);
	for (unsigned i = 0; i < 5; i++)
		look(audit, "a", false);
	audit_stop(audit);
	forge(3, false);
	assert_int_equal(verified(5), ERROR_CONFLICT);
}

static void a_removed_event_is_found(void **state)
{
	(void)state;
	struct audit *audit = audit_start(store, test_clock);
	for (unsigned i = 0; i < 3; i++)
		look(audit, "a", false);
	audit_stop(audit);
	forge(3, true); /* the last: nothing follows that could miss it */
	assert_int_equal(verified(3), ERROR_CONFLICT);
}

/* --- seals ---------------------------------------------------------------------------------- */

static void put_patient(const char *id, const char *family)
{
	struct fhir_index index = { 0 };
	struct json *patient = NULL;
	struct text text, body;
	text_init(&text, &arena, 4096);
	text_init(&body, &arena, 4096);
	text_put_format(
		&text,
		"{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}", id,
		family);
	assert_int_equal(json_parse(&arena, text_view(&text), NULL, NULL, &patient), ERROR_OK);
	assert_int_equal(fhir_index_extract(&arena, patient, &index), ERROR_OK);
	store_body_print(&body, &arena, patient, str_from_c(id));
	struct store_write write = { .method = STORE_UPDATE,
				     .type = fhir_resource_find(STR("Patient")),
				     .id = str_from_c(id),
				     .version_expected = STORE_VERSION_ANY,
				     .body = text_view(&body),
				     .index = &index };
	struct store_commit commit = {
		.writes = &write, .write_count = 1, .origin = STR("api"), .feed_expected = -1
	};
	assert_int_equal(store_commit_wait(store, &commit), ERROR_OK);
}

static void run_log(void)
{
	struct audit *audit = audit_start(store, test_clock);
	assert_non_null(audit);
	audit_stop(audit);
}

static int64_t sealed(size_t faults)
{
	struct issues issues;
	struct audit_figures figures = { 0 };
	issues_init(&issues, &arena);
	enum error error = audit_verify(store, (struct audit_anchors){ 0 }, &issues, &figures);
	assert_int_equal(issues.count, faults);
	assert_int_equal(error, faults == 0 ? ERROR_OK : ERROR_CONFLICT);
	return figures.sealed;
}

/* As somebody with the file in their hands would, who leaves every other table as it should be. */
static void change_file(const char *statement)
{
	char path[128];
	sqlite3 *file = NULL;
	struct issues issues;
	const struct store_options options = { .path = str_from_c(folder), .clock = test_clock };
	store_close(store);
	snprintf(path, sizeof(path), "%s/store.sqlite", folder);
	assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
	assert_int_equal(sqlite3_exec(file, statement, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(file), 1);
	assert_int_equal(sqlite3_close(file), SQLITE_OK);
	issues_init(&issues, &arena);
	assert_int_equal(store_open(&options, &issues, &store), ERROR_OK);
}

static void what_is_written_is_sealed_once(void **state)
{
	(void)state;
	put_patient("a", "One");
	put_patient("a", "Two");
	run_log();
	assert_int_equal(verified(1), ERROR_OK);
	assert_int_equal(sealed(0), 2);
	run_log(); /* the seal itself needs none */
	assert_int_equal(verified(1), ERROR_OK);
	put_patient("b", "Three");
	run_log();
	assert_int_equal(verified(2), ERROR_OK);
	assert_int_equal(sealed(0), 4); /* the first seal among them */
}

static void more_than_one_seal_holds_is_sealed_without_a_gap(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1300; i++)
		put_patient(i % 2 == 0 ? "a" : "b", i % 3 == 0   ? "One"
						    : i % 3 == 1 ? "Two"
								 : "Six");
	run_log();
	assert_int_equal(sealed(0), 1300);
}

static void a_version_that_was_changed_in_the_file_is_found(void **state)
{
	(void)state;
	put_patient("a", "One");
	put_patient("a", "Two");
	put_patient("a", "Three");
	run_log();
	change_file("UPDATE version SET at_us = at_us + 1000 WHERE feed = 2");
	(void)sealed(1);
}

static void an_old_body_in_the_place_of_a_new_one_is_found(void **state)
{
	(void)state;
	put_patient("a", "One");
	put_patient("a", "Two");
	run_log();
	change_file("UPDATE version SET body = (SELECT body FROM version WHERE feed = 1) WHERE "
		    "feed = 2");
	(void)sealed(1);
}

static void a_version_that_was_removed_is_found(void **state)
{
	(void)state;
	put_patient("a", "One");
	put_patient("a", "Two");
	put_patient("b", "Two");
	run_log();
	change_file("DELETE FROM version WHERE feed = 2");
	(void)sealed(1);
}

/* The packed body is none: what it was cannot be told, and so not that it was changed. */
static void what_cannot_be_read_is_not_called_changed(void **state)
{
	(void)state;
	struct issues issues;
	struct audit_figures figures = { 0 };
	put_patient("a", "One");
	put_patient("a", "Two");
	run_log();
	change_file("UPDATE version SET body = zeroblob(20) WHERE feed = 2");
	issues_init(&issues, &arena);
	assert_int_equal(audit_verify(store, (struct audit_anchors){ 0 }, &issues, &figures),
			 ERROR_STORAGE);
	assert_int_equal(issues.count, 1);
	assert_str_equal(issues.first->diagnostics,
			 "The versions 1 to 2 of the record could not be read: whether they are "
			 "those that were sealed is not known.");
}

static void an_event_that_cannot_be_read_is_not_called_missing(void **state)
{
	(void)state;
	struct issues issues;
	struct audit_figures figures = { 0 };
	put_patient("a", "One");
	run_log();
	change_file("UPDATE version SET body = zeroblob(20) WHERE feed = 2");
	issues_init(&issues, &arena);
	assert_int_equal(audit_verify(store, (struct audit_anchors){ 0 }, &issues, &figures),
			 ERROR_STORAGE);
	assert_str_equal(issues.first->diagnostics,
			 "The access log cannot be checked: event 1 could not be read.");
}

/* The process died between a seal and the number that says so. */
static void versions_that_are_sealed_twice_harm_nothing(void **state)
{
	(void)state;
	put_patient("a", "One");
	run_log();
	change_file("DELETE FROM cursor WHERE name = 'audit-seal'");
	put_patient("a", "Two");
	run_log();
	assert_int_equal(verified(2), ERROR_OK);
	assert_int_equal(sealed(0), 3);
}

static void a_seal_that_was_left_out_is_found(void **state)
{
	(void)state;
	put_patient("a", "One");
	change_file("INSERT INTO cursor VALUES ('audit-seal', 1)");
	put_patient("a", "Two");
	run_log();
	(void)sealed(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_waits_is_written_at_the_end_and_the_chain_is_whole),
		TEST(what_is_waited_for_is_there),
		TEST(a_changed_event_is_found),
		TEST(a_removed_event_is_found),
		TEST(what_is_written_is_sealed_once),
		TEST(more_than_one_seal_holds_is_sealed_without_a_gap),
		TEST(a_version_that_was_changed_in_the_file_is_found),
		TEST(an_old_body_in_the_place_of_a_new_one_is_found),
		TEST(a_version_that_was_removed_is_found),
		TEST(what_cannot_be_read_is_not_called_changed),
		TEST(an_event_that_cannot_be_read_is_not_called_missing),
		TEST(versions_that_are_sealed_twice_harm_nothing),
		TEST(a_seal_that_was_left_out_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
