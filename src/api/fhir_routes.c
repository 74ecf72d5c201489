/* SPDX-License-Identifier: Apache-2.0
 * The FHIR surface, on one screen. */
#include "api/fhir_routes.h"

#include "api/exchange.h"
#include "base/limits.h"

#define BODY LIMIT_BODY_BYTES_MAX
#define FORM_BYTES ((size_t)1024 * 1024)

/* Reading interactions are told apart by the parts of their path. */
static void read_handle(struct call *call)
{
	inquiry_answer(call, call->path_parts, 2, false);
}

static void vread_handle(struct call *call)
{
	const struct str segments[] = { call->path_parts[0], call->path_parts[1], STR("_history"),
					call->path_parts[2] };
	inquiry_answer(call, segments, 4, false);
}

static void search_type_work(struct call *call)
{
	inquiry_answer(call, call->path_parts, 1, false);
}

static void search_type_form_work(struct call *call)
{
	inquiry_answer(call, call->path_parts, 1, true);
}

static void search_system_work(struct call *call)
{
	inquiry_answer(call, NULL, 0, false);
}

static void search_system_form_work(struct call *call)
{
	inquiry_answer(call, NULL, 0, true);
}

static void search_compartment_work(struct call *call)
{
	inquiry_answer(call, call->path_parts, 3, false);
}

static void search_compartment_form_work(struct call *call)
{
	inquiry_answer(call, call->path_parts, 3, true);
}

static void history_system_work(struct call *call)
{
	const struct str segments[] = { STR("_history") };
	inquiry_answer(call, segments, 1, false);
}

static void history_type_work(struct call *call)
{
	const struct str segments[] = { call->path_parts[0], STR("_history") };
	inquiry_answer(call, segments, 2, false);
}

static void history_instance_work(struct call *call)
{
	const struct str segments[] = { call->path_parts[0], call->path_parts[1], STR("_history") };
	inquiry_answer(call, segments, 3, false);
}

/* A search of a large record may take seconds: a loop's other connections do not wait for it. */
static void search_type_handle(struct call *call)
{
	call_apart(call, search_type_work);
}

static void search_type_form_handle(struct call *call)
{
	call_apart(call, search_type_form_work);
}

static void search_system_handle(struct call *call)
{
	call_apart(call, search_system_work);
}

static void search_system_form_handle(struct call *call)
{
	call_apart(call, search_system_form_work);
}

static void search_compartment_handle(struct call *call)
{
	call_apart(call, search_compartment_work);
}

static void search_compartment_form_handle(struct call *call)
{
	call_apart(call, search_compartment_form_work);
}

static void history_system_handle(struct call *call)
{
	call_apart(call, history_system_work);
}

static void history_type_handle(struct call *call)
{
	call_apart(call, history_type_work);
}

static void history_instance_handle(struct call *call)
{
	call_apart(call, history_instance_work);
}

static const struct route routes[] = {
	{ HTTP_GET, "/fhir/metadata", capabilities_handle, 0, false, "The CapabilityStatement." },
	{ HTTP_POST, "/fhir", bundle_handle, BODY, false,
	  "A batch or a transaction; with an Idempotency-Key it may be sent again." },
	{ HTTP_GET, "/fhir", search_system_handle, 0, false, "Search over all types." },
	{ HTTP_POST, "/fhir/_search", search_system_form_handle, FORM_BYTES, false,
	  "Search over all types, parameters in a form." },
	{ HTTP_GET, "/fhir/_history", history_system_handle, 0, false, "History of everything." },
	{ HTTP_GET, "/fhir/{type}", search_type_handle, 0, false, "Search one type." },
	{ HTTP_POST, "/fhir/{type}/_search", search_type_form_handle, FORM_BYTES, false,
	  "Search one type, parameters in a form." },
	{ HTTP_POST, "/fhir/{type}", create_handle, BODY, false,
	  "Create, If-None-Exist and Idempotency-Key too." },
	{ HTTP_PUT, "/fhir/{type}", update_conditional_handle, BODY, false, "Conditional update." },
	{ HTTP_DELETE, "/fhir/{type}", delete_conditional_handle, 0, false,
	  "Conditional delete of one." },
	{ HTTP_GET, "/fhir/{type}/_history", history_type_handle, 0, false,
	  "History of one type." },
	{ HTTP_GET, "/fhir/{type}/{id}", read_handle, 0, false, "Read the current version." },
	{ HTTP_PUT, "/fhir/{type}/{id}", update_handle, BODY, false,
	  "Update, or create under that id." },
	{ HTTP_DELETE, "/fhir/{type}/{id}", delete_handle, 0, false, "Delete." },
	{ HTTP_GET, "/fhir/{type}/{id}/_history", history_instance_handle, 0, false,
	  "History of one resource." },
	{ HTTP_GET, "/fhir/{type}/{id}/_history/{version}", vread_handle, 0, false,
	  "Read one version." },
	{ HTTP_GET, "/fhir/{compartment}/{id}/{type}", search_compartment_handle, 0, false,
	  "Search one type within a compartment." },
	{ HTTP_POST, "/fhir/{compartment}/{id}/{type}/_search", search_compartment_form_handle,
	  FORM_BYTES, false, "Search within a compartment, parameters in a form." },
};

const struct route_table fhir_routes = { routes, sizeof(routes) / sizeof(routes[0]) };
