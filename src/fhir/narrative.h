/* SPDX-License-Identifier: Apache-2.0
 * XHTML of a narrative: the subset that invariant txt-1 of Narrative lists, well formed, and with
 * nothing that could run or load from elsewhere when a page shows it.
 * Sources: hl7.org/fhir/R4/narrative.html; StructureDefinition Narrative, txt-1 and txt-2. */
#ifndef FHIR_NARRATIVE_H
#define FHIR_NARRATIVE_H

#include "fhir/fhir.h"

/* NULL when the div may be stored and shown, else the end of a sentence that says why not. The arena is
 * for scratch. */
const char *narrative_check(struct arena *arena, struct str div);
/* Calls `visit` for each href and src; *ret_div is the div with what it replaced (`div` itself when it
 * replaced nothing). The div is valid. */
MUST_CHECK enum error narrative_visit(struct arena *arena, struct str div, fhir_link_visit *visit,
				      void *context, struct str *ret_div);

#endif
