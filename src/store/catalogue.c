/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalogue.h"

#include <stdlib.h>

/* The parameter that says what a resource is about, and the one that says when: the first that a type
 * has. The choice is part of the store's format: changing it needs a migration that indexes anew. */
static const struct str role_codes[] = { STR_INIT("code"), STR_INIT("type"), STR_INIT("class") };
static const struct str role_dates[] = {
	STR_INIT("date"),        STR_INIT("onset-date"),   STR_INIT("authoredon"),
	STR_INIT("authored-on"), STR_INIT("authored"),     STR_INIT("effective-time"),
	STR_INIT("effective"),   STR_INIT("period"),       STR_INIT("sent"),
	STR_INIT("created"),     STR_INIT("started"),      STR_INIT("recorded"),
	STR_INIT("birthdate"),   STR_INIT("start"),        STR_INIT("issued"),
	STR_INIT("datewritten"), STR_INIT("whenprepared"),
};

struct loading {
	struct database *database;
	sqlite3_stmt *insert;
	int64_t last; /* highest number of the kind */
	bool may_write;
	bool missing;
	size_t added;
	int code; /* SQLite's */
};

/* The number of a name; 0 when there is none and none may be given. */
static int64_t number_of(struct loading *loading, enum symbol_kind kind, struct str name)
{
	sqlite3_stmt *find = database_statement(loading->database, STATEMENT_SYMBOL_FIND);
	sqlite3_stmt *insert;
	int64_t number;

	if (find == NULL || loading->code != SQLITE_OK)
		return 0;
	sqlite3_bind_int(find, 1, (int)kind);
	database_bind_blob(find, 2, name);
	number = database_integer(find, 0);
	if (number != 0)
		return number;
	if (!loading->may_write) {
		loading->missing = true;
		return 0;
	}
	insert = database_statement(loading->database, STATEMENT_SYMBOL_INSERT);
	if (insert == NULL) {
		loading->code = SQLITE_ERROR;
		return 0;
	}
	sqlite3_bind_int(insert, 1, (int)kind);
	sqlite3_bind_int64(insert, 2, ++loading->last);
	database_bind_blob(insert, 3, name);
	loading->code = database_step_done(insert);
	loading->added++;
	return loading->last;
}

/* Counted up when the same body gives other index values than before: then everything is indexed anew once.
 * 2: decimals of more than 16 digits. */
#define INDEX_RULES "index rules 2"

static int64_t last_number(struct database *database, enum symbol_kind kind)
{
	sqlite3_stmt *statement = database_statement(database, STATEMENT_SYMBOL_LAST);

	if (statement == NULL)
		return 0;
	sqlite3_bind_int(statement, 1, (int)kind);
	return database_integer(statement, 0);
}

/* "Observation.code:token": a parameter whose kind changes becomes another parameter. */
static struct str parameter_name(const struct fhir_search_parameter *parameter, char bytes[256])
{
	static const struct str kinds[] = {
		STR_INIT("number"),   STR_INIT("date"),      STR_INIT("string"),
		STR_INIT("token"),    STR_INIT("reference"), STR_INIT("composite"),
		STR_INIT("quantity"), STR_INIT("uri"),       STR_INIT("special"),
	};
	struct str parts[5] = { fhir_resource_name(parameter->type), STR("."), parameter->code,
				STR(":"), kinds[parameter->kind] };
	size_t length = 0;

	for (size_t i = 0; i < 5; i++) {
		ASSERT(length + parts[i].len <= 256);
		memcpy(bytes + length, parts[i].ptr, parts[i].len);
		length += parts[i].len;
	}
	return (struct str){ bytes, length };
}

static const struct fhir_search_parameter *first_of(uint16_t type, enum fhir_search_kind kind,
						    const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct fhir_search_parameter *parameter =
			fhir_search_parameter_find(type, names[i]);

		if (parameter != NULL && parameter->kind == kind)
			return parameter;
	}
	return NULL;
}

const struct fhir_search_parameter *catalogue_date_parameter(uint16_t type)
{
	return first_of(type, FHIR_SEARCH_DATE, role_dates,
			sizeof(role_dates) / sizeof(role_dates[0]));
}

static void load_all(struct catalogue *catalogue, struct loading *loading)
{
	uint16_t type_count = fhir_resource_count();
	uint16_t parameter_count = fhir_search_parameter_count();
	bool grows;
	char bytes[256];

	loading->last = last_number(loading->database, SYMBOL_TYPE);
	for (uint16_t type = 1; type <= type_count; type++) {
		int64_t number = number_of(loading, SYMBOL_TYPE, fhir_resource_name(type));

		ASSERT(number <= CATALOGUE_TYPES_MAX);
		catalogue->type_codes[type] = (uint8_t)number;
		catalogue->types[number] = number == 0 ? FHIR_TYPE_NONE : type;
	}
	catalogue->patient = catalogue->type_codes[fhir_resource_find(STR("Patient"))];
	loading->last = last_number(loading->database, SYMBOL_PARAMETER);
	grows = loading->last > 0;
	loading->added = 0;
	(void)number_of(loading, SYMBOL_PARAMETER, STR(INDEX_RULES));
	for (uint16_t i = 0; i < parameter_count; i++) {
		const struct fhir_search_parameter *parameter = fhir_search_parameter_at(i);
		int64_t number =
			number_of(loading, SYMBOL_PARAMETER, parameter_name(parameter, bytes));

		ASSERT(number <= CATALOGUE_PARAMETERS_MAX);
		catalogue->parameter_codes[i] = (uint16_t)number;
	}
	if (grows && loading->added > 0 && loading->code == SQLITE_OK) {
		sqlite3_stmt *row = database_statement(loading->database, STATEMENT_CURSOR_SET);

		database_bind_text(row, 1, CATALOGUE_REINDEX_CURSOR);
		sqlite3_bind_int64(row, 2, 0);
		loading->code = database_step_done(row);
	}
	for (uint16_t type = 1; type <= type_count; type++) {
		struct catalogue_role *role = &catalogue->roles[catalogue->type_codes[type]];
		const struct fhir_search_parameter *code, *date;

		code = first_of(type, FHIR_SEARCH_TOKEN, role_codes,
				sizeof(role_codes) / sizeof(role_codes[0]));
		date = catalogue_date_parameter(type);
		role->code = code == NULL ? 0 : catalogue->parameter_codes[code->number];
		role->date = date == NULL ? 0 : catalogue->parameter_codes[date->number];
	}
}

enum error catalogue_open(struct catalogue *catalogue, struct database *database, bool may_write,
			  struct issues *issues)
{
	struct loading loading = { .database = database, .may_write = may_write };

	*catalogue = (struct catalogue){ .patient = 0 };
	catalogue->type_codes = calloc((size_t)fhir_resource_count() + 1, sizeof(uint8_t));
	catalogue->parameter_codes =
		calloc((size_t)fhir_search_parameter_count() + 1, sizeof(uint16_t));
	if (catalogue->type_codes == NULL || catalogue->parameter_codes == NULL) {
		catalogue_done(catalogue);
		return issue_add(issues, ERROR_LIMIT, STR(""), "There is not enough memory.");
	}
	loading.code = database_run(database, may_write ? "BEGIN IMMEDIATE" : "BEGIN");
	if (loading.code == SQLITE_OK) {
		load_all(catalogue, &loading);
		if (loading.code == SQLITE_OK)
			loading.code = database_run(database, "COMMIT");
		else if (database_run(database, "ROLLBACK") != SQLITE_OK)
			loading.missing = true;
	}
	if (loading.code != SQLITE_OK || loading.missing) {
		enum error error = database_error(database, loading.code);

		catalogue_done(catalogue);
		if (error == ERROR_STORAGE_FULL)
			return issue_add(issues, error, STR(""), DATABASE_FULL_TEXT);
		if ((loading.code & 0xff) == SQLITE_CORRUPT)
			return issue_add(issues, ERROR_STORAGE, STR(""),
					 "The store is damaged: %s. Restore it from a backup.",
					 sqlite3_errstr(loading.code));
		return issue_add(
			issues, error == ERROR_OK ? ERROR_STORAGE : error, STR(""),
			"The store's list of search parameters is not that of this program "
			"(%s): start the server once, it will bring the store up to date.",
			sqlite3_errstr(loading.code));
	}
	return ERROR_OK;
}

void catalogue_done(struct catalogue *catalogue)
{
	free(catalogue->type_codes);
	free(catalogue->parameter_codes);
	*catalogue = (struct catalogue){ .patient = 0 };
}
