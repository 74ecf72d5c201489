/* SPDX-License-Identifier: Apache-2.0
 * The words of `homeward score`: one JSON object in, one out. Pure. */
#ifndef SCORE_LINE_H
#define SCORE_LINE_H

#include "base/text.h"
#include "score/score.h"

/* Reads an object of the fields `at birthDate respiratoryRate heartRate systolic spo2 temperature
 * consciousness oxygen spo2Scale respiratoryDistress capillaryRefill bpNotDone diastolic`, each optional, null the same
 * as absent. Unknown fields and wrong types are ERROR_MALFORMED with an issue. */
MUST_CHECK enum error score_line_read(struct arena *arena, struct str line, struct issues *issues,
				      struct score_set *ret_set);
/* {"total":…,"complete":…,"low":…,"high":…,"parts":{…},"missing":[…],"level":"…"} */
/* On the colour scale MEOWS: {"trigger":…,"red":…,"yellow":…,"complete":…,"parts":{"heartRate":"yellow"},…}; it has no
 * total. */
void score_line_print(struct text *text, enum score_scale scale, const struct score_result *result);
/* Reads, computes and prints; any error becomes {"error":"…"}. */
void score_line_answer(struct arena *arena, enum score_scale scale, struct str line,
		       struct text *text);

#endif
