/* SPDX-License-Identifier: Apache-2.0
 * What the server and the process of a trial say to each other on the line between them: a letter, the length of what
 * follows in eight digits of sixteen, and that many bytes. The server sends the request; the trial how far it is, and
 * waits each time to be told to go on; in the end the report, or why there is none. Either side takes the other's end
 * for the end of the trial. */
#ifndef WARD_TRIAL_LINE_H
#define WARD_TRIAL_LINE_H

#include "base/arena.h"
#include "base/str.h"

#define TRIAL_REQUEST 'q'  /* trial_request.h */
#define TRIAL_GO_ON 'g'    /* empty */
#define TRIAL_PROGRESS 'p' /* hundredths that are done */
#define TRIAL_REPORT 'r'   /* the MeasureReport */
#define TRIAL_FAULT 'f'    /* number of the error, and words if there are any, which name nobody */
#define TRIAL_REQUEST_BYTES_MAX ((size_t)128 * 1024 * 1024)
#define TRIAL_REPORT_BYTES_MAX ((size_t)16 * 1024 * 1024)

struct trial_message {
	char letter;
	struct str text; /* in the arena of the call */
};
/* False when the other side is gone. */
bool trial_line_send(int line, char letter, struct str text);
/* Waits for a message of at most `bytes_max`, and asks `waits` (may be NULL) ten times a second whether to. False when
 * the other side is gone or says what is no message, when it is too long, or `waits` says no. */
bool trial_line_receive(int line, struct arena *arena, size_t bytes_max,
			bool (*waits)(void *context), void *context,
			struct trial_message *ret_message);

#endif
