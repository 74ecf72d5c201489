/* SPDX-License-Identifier: Apache-2.0
 * Questions, their answers, and photographs: docs/decisions/0006. What is held of a Questionnaire is part of the
 * checkpoint. */
#ifndef WARD_QUESTION_H
#define WARD_QUESTION_H

#include "ward/model.h"

#define QUESTIONS_MAX 60
#define QUESTION_OPTIONS_MAX 12
struct question_option {
	char code[40], display[80];
	uint8_t level;
};
struct question {
	char link[64], text[120];
	bool worried;
	uint8_t level; /* that "yes" raises */
	uint32_t option_count;
	struct question_option options[QUESTION_OPTIONS_MAX];
};
struct questionnaire {
	struct questionnaire *next; /* of the core, by id */
	char id[MODEL_ID_BYTES];
	char url[160], version[32], title[80];
	uint32_t count;
	struct question questions[QUESTIONS_MAX];
};

void question_definition_event(struct ward_core *core, const struct ward_event *event);
void question_response_event(struct ward_core *core, const struct ward_event *event);
void question_media_event(struct ward_core *core, const struct ward_event *event);
struct questionnaire *question_find(const struct ward_core *core, struct str canonical);
void question_insert(struct ward_core *core, struct questionnaire *questionnaire);
/* The newest time of day that these questions were due at. */
int64_t question_due_us(const struct policy_questions *questions, int64_t now_us);

#endif
