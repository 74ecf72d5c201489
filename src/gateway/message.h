/* SPDX-License-Identifier: Apache-2.0
 * What a hub publishes, PREFIX/DEVICE/KIND with JSON, and the FHIR resource it becomes. DEVICE is the id of a
 * Device of the record. Kinds: `observation`, a FHIR Observation; `stream`, {"sign", "start", "periodMs", "data"},
 * evenly spaced readings as FHIR SampledData has them (E: none, U and L: beyond the device's range); `value`,
 * {"sign", "time", "value"}, one reading of such a series; `battery`, {"time", "percent"}; `heartbeat`, {"time"}.
 * Signs: spo2, heartRate, respiratoryRate, temperature, systolic (docs/decisions/0002). Bytes from outside.
 * Thread: any. */
#ifndef GATEWAY_MESSAGE_H
#define GATEWAY_MESSAGE_H

#include "base/decimal.h"
#include "base/text.h"

#define MESSAGE_SAMPLES_MAX 43200 /* twelve hours of one a second */
#define MESSAGE_PERIOD_MS_MIN 100
#define MESSAGE_PERIOD_MS_MAX 3600000

enum message_kind {
	MESSAGE_OBSERVATION,
	MESSAGE_STREAM,
	MESSAGE_VALUE,
	MESSAGE_BATTERY,
	MESSAGE_HEARTBEAT
};
struct message {
	enum message_kind kind;
	struct str device;
	unsigned sign;
	int64_t at_us; /* start of a stream, time of the others */
	int64_t period_ms;
	struct str data; /* stream: samples; value, battery: the number as written */
	size_t count;    /* samples */
	struct json *observation;
	struct str payload; /* as it came */
};
/* Reads into `arena`. NULL, or why it cannot be read. */
const char *message_read(struct arena *arena, struct str prefix, struct str topic,
			 struct str payload, struct message *ret_message);
/* The Observation of a message; `subject` may be empty. False when the arena failed. */
bool message_print(struct text *text, const struct message *message, struct str subject);
/* DEVICE/spo2/START/CONTENT, the value of an identifier of MESSAGE_KEY_SYSTEM: the same for the same readings sent
 * again, another for another value of the same instant. */
void message_key(const struct message *message, char ret_key[160]);
/* LOINC's code of a reading. */
const char *message_code(const struct message *message);
#define MESSAGE_KEY_SYSTEM "https://fhir.homeward.example/identifier/gateway"

#endif
