/* SPDX-License-Identifier: Apache-2.0
 * The questions that come with the program: the Questionnaires of data/questionnaire as JSON text. */
#ifndef WARD_QUESTIONNAIRE_FILES_H
#define WARD_QUESTIONNAIRE_FILES_H

#include "base/str.h"

extern const struct str questionnaire_files[];
extern const size_t questionnaire_file_count;

#endif
