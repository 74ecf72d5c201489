/* SPDX-License-Identifier: Apache-2.0
 * delete and conditional delete of one (hl7.org/fhir/R4/http.html#delete). Idempotent: what is not there is
 * gone already. History keeps the tombstone. */
#include "api/exchange.h"
#include "api/fhir_routes.h"

enum error delete_resolve(struct change *change, struct store_reader *reader)
{
	struct store_write *write = &change->write;
	write->method = STORE_DELETE;
	if (change->conditional) {
		size_t found = 0;
		enum error error = criteria_resolve(change, reader, change->arguments,
						    change->argument_count, &found);
		if (error != ERROR_OK)
			return error;
		if (found == 0) {
			change->writes = false;
			change->status = 204;
			return ERROR_OK;
		}
		change->id = change->condition.id;
	}
	if (change->if_match.len > 0 && !str_equal(str_trim(change->if_match), STR("*")) &&
	    !header_etag_version(change->if_match, &write->version_expected))
		return issue_add(change->issues, ERROR_BAD_REQUEST, STR(""),
				 "If-Match must be an entity tag of this server, such as W/\"3\"");
	if (!fhir_id_is_valid(change->id))
		return ERROR_NOT_FOUND;
	return ERROR_OK;
}

void delete_handle(struct call *call)
{
	change_named(call, HTTP_DELETE);
}

void delete_conditional_handle(struct call *call)
{
	change_matching(call, HTTP_DELETE);
}
