/* SPDX-License-Identifier: Apache-2.0
 * From a reading sent to its alert on the screen: posts readings of homes and listens to the live board as
 * the nurses' browsers do, one stream of server-sent events a ward. One thread, epoll.
 *
 * usage: ward_load PORT RATE STORED TRIGGERS SECONDS HOMES WARDS
 *   RATE     ordinary readings a second on a fixed timetable; late ones are sent as soon as a connection is free.
 *            They come as a home's equipment sends them: the signs of one set together, of one instant, each in a
 *            request of its own; the homes in turn, those next to each other in the record far apart
 *   STORED   readings of the past that are posted as fast as the server takes them, beside the others
 *   TRIGGERS fevers, evenly over SECONDS, each of another home; the time is from the timetable's
 *            instant of the reading to the row event that shows the alert
 * Homes p-0 … lie on ward w-(number % WARDS); the last TRIGGERS of them have no other readings.
 * Prints one JSON object. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define POSTS 256       /* connections of the homes; each has one of its own */
#define STORED_POSTS 32 /* connections of the replay */
#define WARDS_MAX 256
#define HOMES_MAX 20000
#define LINE_BYTES_MAX 65536
#define ANSWER_BYTES_MAX 16384
#define GRACE_US 20000000 /* for alerts that have not come when the sending ends */
#define PAST_S 43200      /* 12 hours: homes were admitted before */

enum kind { PEER_POST, PEER_STORED, PEER_STREAM, PEER_CLOSED };

struct peer {
	enum kind kind;
	int handle;
	bool busy;
	size_t got;
	char *bytes; /* the answer, or the line of a stream */
	enum { FRAME_HEAD, FRAME_SIZE, FRAME_DATA, FRAME_END } frame; /* of a stream: chunks */
	size_t chunk;                                                 /* what is left of it */
};

static struct peer peers[POSTS + STORED_POSTS + WARDS_MAX];
static size_t peer_count;
static int64_t sent_us[HOMES_MAX]; /* of a trigger; 0: none */
static uint32_t alert_us[HOMES_MAX];
static size_t alert_count, answers, stored_answers, errors;
static int64_t homes, triggers;
static uint64_t chance = 1;

static int64_t now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void stop(const char *why)
{
	fprintf(stderr, "ward_load: %s\n", why);
	exit(1);
}

static int64_t pick(int64_t below)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((chance >> 33) % (uint64_t)below);
}

struct vital {
	const char *code, *unit, *ucum;
	double low, width; /* quiet values of a child of three */
	int decimals;      /* as devices show them */
};

static const struct vital vitals[] = {
	{ "9279-1", "breaths/min", "/min", 22, 4, 0 },
	{ "8867-4", "beats/min", "/min", 100, 12, 0 },
	{ "59408-5", "%", "%", 97, 3, 0 },
	{ "8310-5", "C", "Cel", 36.6, 0.6, 1 },
};
#define VITALS 4
#define HOME_STEP 7919 /* prime: sets that follow each other are of homes far apart */
#define TEMPERATURE 3
#define FEVER 39.5

static void post(struct peer *peer, int64_t home, const struct vital *vital, double value,
		 time_t at)
{
	char body[1024], request[2048], instant[32];
	struct tm parts;
	(void)gmtime_r(&at, &parts);
	(void)strftime(instant, sizeof(instant), "%Y-%m-%dT%H:%M:%SZ", &parts);
	int length = snprintf(
		body, sizeof(body),
		"{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":["
		"{"
		"\"system\":\"http://terminology.hl7.org/CodeSystem/"
		"observation-category\",\"code\":"
		"\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://"
		"loinc.org\",\"code\":\"%s\""
		"}]},\"subject\":{\"reference\":\"Patient/p-%lld\"},\"effectiveDateTime\":\"%s\","
		"\"device\":{\"reference\":\"Device/"
		"d-%lld\"},\"valueQuantity\":{\"value\":%.*f,\"unit\":"
		"\"%s\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}}",
		vital->code, (long long)home, instant, (long long)home, vital->decimals, value,
		vital->unit, vital->ucum);
	int size = snprintf(request, sizeof(request),
			    "POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\n"
			    "Content-Type: application/fhir+json\r\nPrefer: return=minimal\r\n"
			    "Content-Length: %d\r\n\r\n%s",
			    length, body);
	if (length >= (int)sizeof(body) || size >= (int)sizeof(request) ||
	    send(peer->handle, request, (size_t)size, MSG_NOSIGNAL) != size)
		stop("cannot send");
	peer->busy = true;
	peer->got = 0;
}

/* `at`: of the set that the reading is one of. */
static void post_quiet(struct peer *peer, time_t at, int64_t number)
{
	const struct vital *vital = &vitals[number % VITALS];
	double value = vital->low + vital->width * (double)pick(1000) / 1000.0;
	post(peer, number / VITALS * HOME_STEP % (homes - triggers), vital, value, at);
}

/* --- answers -------------------------------------------------------------------------------- */

static void take_answer(struct peer *peer)
{
	ssize_t more =
		recv(peer->handle, peer->bytes + peer->got, ANSWER_BYTES_MAX - peer->got - 1, 0);
	if (more <= 0 && !peer->busy) {
		/* Not needed for longer than the server keeps a connection. */
		close(peer->handle);
		peer->handle = -1;
		peer->kind = PEER_CLOSED;
		return;
	}
	if (more <= 0)
		stop("the server closed a connection");
	peer->got += (size_t)more;
	peer->bytes[peer->got] = '\0';
	const char *end = strstr(peer->bytes, "\r\n\r\n");
	if (end == NULL)
		return;
	const char *length = strstr(peer->bytes, "Content-Length: ");
	size_t body = length == NULL || length > end ? 0 : strtoul(length + 16, NULL, 10);
	if (peer->got < (size_t)(end - peer->bytes) + 4 + body)
		return;
	errors += strncmp(peer->bytes, "HTTP/1.1 201", 12) != 0;
	peer->busy = false;
	if (peer->kind == PEER_POST)
		answers++;
	else
		stored_answers++;
}

static void take_line(struct peer *peer)
{
	const char *patient = strstr(peer->bytes, "\"patient\":{\"id\":\"p-");
	if (strncmp(peer->bytes, "data: ", 6) != 0 || patient == NULL)
		return;
	int64_t home = strtol(patient + 19, NULL, 10);
	if (home < 0 || home >= homes || sent_us[home] == 0 || alert_us[home] != 0 ||
	    strstr(peer->bytes, "\"rule\":\"fever\"") == NULL)
		return;
	int64_t passed_us = now_us() - sent_us[home];
	alert_us[home] = passed_us < 1 ? 1 : (uint32_t)passed_us;
	alert_count++;
}

static void take_byte(struct peer *peer, char byte)
{
	if (byte != '\n') {
		if (peer->got < LINE_BYTES_MAX - 1)
			peer->bytes[peer->got++] = byte;
		return;
	}
	peer->bytes[peer->got] = '\0';
	if (peer->frame == FRAME_DATA)
		take_line(peer);
	peer->got = 0;
}

/* A line of events may be cut by the end of a chunk. The head of the answer ends with an empty line. */
static void take_framed(struct peer *peer, char byte)
{
	static char digits[] = "0123456789abcdef";
	switch (peer->frame) {
	case FRAME_HEAD:
		if (byte == '\n' && peer->got <= 1)
			peer->frame = FRAME_SIZE;
		take_byte(peer, byte);
		return;
	case FRAME_SIZE:
		if (byte == '\n') {
			peer->frame = FRAME_DATA;
			return;
		}
		if (byte != '\r')
			peer->chunk =
				peer->chunk * 16 +
				(size_t)(strchr(digits, byte | ('A' <= byte ? 32 : 0)) - digits);
		return;
	case FRAME_DATA:
		take_byte(peer, byte);
		if (--peer->chunk == 0)
			peer->frame = FRAME_END;
		return;
	case FRAME_END:
	default:
		if (byte == '\n')
			peer->frame = FRAME_SIZE;
		return;
	}
}

static void take_events(struct peer *peer)
{
	static char bytes[1 << 18];
	ssize_t more = recv(peer->handle, bytes, sizeof(bytes), 0);
	if (more <= 0)
		stop("the server closed a stream");
	for (ssize_t i = 0; i < more; i++)
		take_framed(peer, bytes[i]);
}

/* --- connections ---------------------------------------------------------------------------- */

static struct peer *open_peer(int set, int port, enum kind kind)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct peer *peer = &peers[peer_count++];
	int on = 1;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer->kind = kind;
	peer->bytes = calloc(1, kind == PEER_STREAM ? LINE_BYTES_MAX : ANSWER_BYTES_MAX);
	peer->handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (peer->bytes == NULL ||
	    connect(peer->handle, (struct sockaddr *)&address, sizeof(address)) != 0)
		stop("cannot connect");
	(void)setsockopt(peer->handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };
	(void)epoll_ctl(set, EPOLL_CTL_ADD, peer->handle, &event);
	return peer;
}

static void listen_to(int set, int port, int ward)
{
	char request[256];
	struct peer *peer = open_peer(set, port, PEER_STREAM);
	int size = snprintf(request, sizeof(request),
			    "GET /ward/events?ward=w-%d HTTP/1.1\r\nHost: localhost\r\n\r\n", ward);
	if (send(peer->handle, request, (size_t)size, MSG_NOSIGNAL) != size)
		stop("cannot send");
}

/* In turns: a connection that is never needed would be closed by the server after its idle time. */
static struct peer *free_peer(enum kind kind)
{
	static size_t last;
	for (size_t i = 1; i <= peer_count; i++) {
		struct peer *peer = &peers[(last + i) % peer_count];
		if (peer->kind == kind && !peer->busy) {
			last = (last + i) % peer_count;
			return peer;
		}
	}
	return NULL;
}

/* --- timetable ------------------------------------------------------------------------------ */

struct table {
	int64_t start_us, end_us;
	int64_t rate, stored;
	int64_t quiet_sent, triggers_sent, stored_sent;
	time_t quiet_at; /* of the set at hand */
	time_t past;     /* the first of the stored readings */
	int64_t seconds;
};

/* A trigger goes before ordinary readings: it is not the generator's queue that is measured. */
static void send_due(struct table *table)
{
	int64_t passed_us = now_us() - table->start_us;
	int64_t until_us = table->seconds * 1000000;
	struct peer *peer;
	if (passed_us > until_us)
		passed_us = until_us;
	int64_t due = triggers * passed_us / until_us;
	while (table->triggers_sent < due && (peer = free_peer(PEER_POST)) != NULL) {
		int64_t home = homes - 1 - table->triggers_sent++;
		sent_us[home] = table->start_us + table->triggers_sent * until_us / triggers;
		post(peer, home, &vitals[TEMPERATURE], FEVER, time(NULL));
	}
	due = table->rate * passed_us / 1000000;
	while (table->quiet_sent < due && (peer = free_peer(PEER_POST)) != NULL) {
		if (table->quiet_sent % VITALS == 0)
			table->quiet_at = time(NULL);
		post_quiet(peer, table->quiet_at, table->quiet_sent++);
	}
	while (table->stored_sent < table->stored && (peer = free_peer(PEER_STORED)) != NULL) {
		int64_t first = table->stored_sent / VITALS * VITALS;
		post_quiet(peer, table->past + first * PAST_S / (table->stored + 1),
			   table->stored_sent++);
	}
}

static bool is_over(const struct table *table)
{
	int64_t now = now_us();
	bool sent = table->triggers_sent == triggers &&
		    now >= table->start_us + table->seconds * 1000000 &&
		    stored_answers == (size_t)table->stored;
	if (sent && alert_count == (size_t)triggers)
		return true;
	return sent && now > table->end_us;
}

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static void report(const struct table *table, int64_t stored_us)
{
	static uint32_t sorted[HOMES_MAX];
	size_t count = 0;
	for (int64_t i = 0; i < homes; i++) {
		if (alert_us[i] != 0)
			sorted[count++] = alert_us[i];
	}
	for (int64_t i = 0; i < homes; i++) {
		if (sent_us[i] != 0 && alert_us[i] == 0)
			fprintf(stderr, "ward_load: no alert of p-%lld was seen\n", (long long)i);
	}
	if (count == 0)
		stop("no alert was seen");
	/* The last tenth of the triggers stand in front: slower than the rest, they tell of a queue that grows. */
	size_t tenth = count < 10 ? 1 : count / 10;
	qsort(sorted, tenth, sizeof(*sorted), compare);
	uint32_t end_us = sorted[tenth / 2];
	qsort(sorted, count, sizeof(*sorted), compare);
	printf("{\"triggers\":%lld,\"alerts\":%zu,\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"end_"
	       "p50_us\":%u,"
	       "\"readings\":%zu,\"readings_per_s\":%.0f,\"stored\":%zu,\"stored_per_s\":%.0f,"
	       "\"errors\":%zu}\n",
	       (long long)triggers, count, sorted[count / 2], sorted[count * 99 / 100],
	       sorted[count - 1], end_us, answers, (double)answers / (double)table->seconds,
	       stored_answers,
	       stored_us == 0 ? 0.0 : (double)stored_answers * 1e6 / (double)stored_us, errors);
}

int main(int argument_count, char **arguments)
{
	int64_t numbers[8] = { 0 };
	if (argument_count != 8)
		stop("usage: ward_load PORT RATE STORED TRIGGERS SECONDS HOMES WARDS");
	for (int i = 1; i < 8; i++)
		numbers[i] = strtol(arguments[i], NULL, 10);
	struct table table = { .rate = numbers[2], .stored = numbers[3], .seconds = numbers[5] };
	triggers = numbers[4];
	homes = numbers[6];
	if (homes > HOMES_MAX || triggers < 1 || triggers >= homes || numbers[7] < 1 ||
	    numbers[7] > WARDS_MAX || table.seconds < 1)
		stop("too many homes or wards, or too few seconds or triggers");
	int set = epoll_create1(0);
	for (int i = 0; i < POSTS; i++)
		open_peer(set, (int)numbers[1], PEER_POST);
	for (int i = 0; i < STORED_POSTS && table.stored > 0; i++)
		open_peer(set, (int)numbers[1], PEER_STORED);
	for (int i = 0; i < numbers[7]; i++)
		listen_to(set, (int)numbers[1], i);
	table.start_us = now_us();
	table.past = time(NULL) - PAST_S;
	int64_t stored_us = 0;
	while (!is_over(&table)) {
		struct epoll_event events[64];
		send_due(&table);
		int ready = epoll_wait(set, events, 64, 1);
		for (int i = 0; i < ready; i++) {
			struct peer *peer = events[i].data.ptr;
			if (peer->kind == PEER_STREAM)
				take_events(peer);
			else
				take_answer(peer);
		}
		if (stored_us == 0 && table.stored > 0 && stored_answers == (size_t)table.stored)
			stored_us = now_us() - table.start_us;
		if (table.end_us == 0 && table.triggers_sent == triggers &&
		    stored_answers == (size_t)table.stored)
			table.end_us = now_us() + GRACE_US;
	}
	report(&table, stored_us);
	return 0;
}
