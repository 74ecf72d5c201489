/* SPDX-License-Identifier: Apache-2.0
 * The heartbeat between a server and its independent watcher, GET /health/beat?nonce=HEX&signature=HEX. Both know one
 * secret. The watcher signs its nonce, so that the server knows that a watcher looks; the server signs the nonce, its
 * time and what fails, so that no cache, proxy or other host can pass for a server that lives. The answer:
 * {"time": instant, "nonce": as sent, "ok": bool, "failing": [word...], "signature": hex,
 * "log": {"number": digits, "hash": hex, "signature": hex}}. `log` is where the chain of the access log ends
 * (docs/decisions/0014); absent while that is not known.
 * Words: starting, engine, behind, store, writing, pages. HMAC-SHA-256 (RFC 2104). Thread: any. */
#ifndef CLIENT_BEAT_H
#define CLIENT_BEAT_H

#include "base/text.h"
#include "client/client.h"

#define BEAT_NONCE_BYTES 33     /* 32 hexadecimal digits and NUL */
#define BEAT_SIGNATURE_BYTES 65 /* 64 hexadecimal digits and NUL */
#define BEAT_WORDS_BYTES 96

void beat_sign_question(struct str secret, struct str nonce,
			char ret_signature[BEAT_SIGNATURE_BYTES]);
/* `failing`: the words with one space between them, empty when all is well. */
void beat_sign_answer(struct str secret, struct str nonce, struct str time, struct str failing,
		      char ret_signature[BEAT_SIGNATURE_BYTES]);
void beat_sign_log(struct str secret, struct str nonce, struct str number, struct str hash,
		   char ret_signature[BEAT_SIGNATURE_BYTES]);
/* Compares in constant time. */
bool beat_signature_equal(const char expected[BEAT_SIGNATURE_BYTES], struct str given);

enum beat_result {
	BEAT_GOOD,
	BEAT_FAILING, /* it answers and says that something fails */
	BEAT_SILENT,  /* no answer, or none in time */
	BEAT_FALSE    /* an answer that this server, now, did not make */
};
struct beat {
	enum beat_result result;
	char failing[BEAT_WORDS_BYTES];
	int64_t time_us; /* the server's clock; 0 when not known */
	int64_t log_number; /* the last event of its access log; -1: not said, or not signed as it should be */
	char log_hash[BEAT_SIGNATURE_BYTES];
};
/* One question and its answer. An empty secret: neither is signed. */
void beat_ask(struct client *client, struct arena *arena, struct str secret, struct beat *ret_beat);

#endif
