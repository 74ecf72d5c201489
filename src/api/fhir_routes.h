/* SPDX-License-Identifier: Apache-2.0
 * Handlers of the FHIR surface that live in the files of their interactions. */
#ifndef API_FHIR_ROUTES_H
#define API_FHIR_ROUTES_H

#include "api/route.h"

route_handler capabilities_handle;
route_handler create_handle;
route_handler update_handle;
route_handler update_conditional_handle;
route_handler delete_handle;
route_handler delete_conditional_handle;
route_handler bundle_handle;

#endif
