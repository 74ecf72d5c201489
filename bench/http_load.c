/* SPDX-License-Identifier: Apache-2.0
 * A small load generator: one thread, epoll, keep-alive; each connection sends the next request when the answer to
 * the last has come. usage: http_load PORT CONNECTIONS SECONDS REQUEST_FILE
 * REQUEST_FILE holds whole HTTP requests with a NUL byte between two; each sending takes one by chance.
 * "@N@" in one becomes a running number of seven digits.
 * Prints one JSON object: requests, errors (status not 2xx), seconds, p50_us, p99_us, max_us. */
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

#define FILE_BYTES_MAX 33554432
#define REQUESTS_MAX 100000
#define ANSWER_BYTES_MAX 262144
#define CONNECTIONS_MAX 1024
#define SAMPLES_MAX 8000000

struct peer {
	int handle;
	int64_t sent_us;
	size_t got;
	char answer[ANSWER_BYTES_MAX];
};

static struct peer peers[CONNECTIONS_MAX];
struct request {
	char *bytes;
	size_t size;
	char *number_at; /* NULL: it has none */
};

static struct request requests[REQUESTS_MAX];
static size_t request_count;
static uint64_t chance = 1;
static uint32_t samples[SAMPLES_MAX];
static size_t sample_count;
static uint64_t number;
static uint64_t errors;

static int64_t now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void stop(const char *why)
{
	fprintf(stderr, "http_load: %s\n", why);
	exit(1);
}

static void ask(struct peer *peer)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	struct request *request = &requests[(chance >> 33) % request_count];
	if (request->number_at != NULL) {
		uint64_t rest = number++;
		for (int i = 6; i >= 0; i--) {
			request->number_at[i] = (char)('0' + rest % 10);
			rest /= 10;
		}
	}
	peer->got = 0;
	peer->sent_us = now_us();
	if (send(peer->handle, request->bytes, request->size, MSG_NOSIGNAL) !=
	    (ssize_t)request->size)
		stop("cannot send");
}

/* Whether the whole answer is there: head and Content-Length. */
static bool is_complete(struct peer *peer)
{
	if (peer->got < ANSWER_BYTES_MAX)
		peer->answer[peer->got] = '\0';
	const char *end = strstr(peer->answer, "\r\n\r\n");
	const char *length = strstr(peer->answer, "Content-Length: ");
	if (end == NULL)
		return false;
	size_t head = (size_t)(end - peer->answer) + 4;
	size_t body = length == NULL || length > end ? 0 : strtoul(length + 16, NULL, 10);
	return peer->got >= head + body;
}

static void take(struct peer *peer)
{
	static char rest[ANSWER_BYTES_MAX]; /* of a long answer only the beginning is kept */
	bool kept = peer->got < ANSWER_BYTES_MAX / 2;
	ssize_t more =
		kept ? recv(peer->handle, peer->answer + peer->got, ANSWER_BYTES_MAX / 2 - 1, 0)
		     : recv(peer->handle, rest, sizeof(rest), 0);
	if (more <= 0)
		stop("the server closed a connection");
	peer->got += (size_t)more;
	if (!is_complete(peer))
		return;
	if (strncmp(peer->answer, "HTTP/1.1 2", 10) != 0)
		errors++;
	if (sample_count < SAMPLES_MAX)
		samples[sample_count++] = (uint32_t)(now_us() - peer->sent_us);
	ask(peer);
}

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

static void add_request(const char *bytes)
{
	size_t size = strlen(bytes);
	char *copy = calloc(size + 8, 1);
	if (copy == NULL || size == 0 || request_count == REQUESTS_MAX)
		stop("1 to 100000 requests, none empty");
	memcpy(copy, bytes, size);
	char *mark = strstr(copy, "@N@");
	/* Three bytes become seven: the file's Content-Length counts seven. */
	if (mark != NULL) {
		memmove(mark + 7, mark + 3, size - (size_t)(mark + 3 - copy));
		size += 4;
	}
	requests[request_count++] = (struct request){ copy, size, mark };
}

static void read_requests(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *all = calloc(FILE_BYTES_MAX, 1);
	if (file == NULL || all == NULL)
		stop("cannot read the request file");
	size_t size = fread(all, 1, FILE_BYTES_MAX - 1, file);
	fclose(file);
	for (size_t at = 0; at < size; at += strlen(all + at) + 1)
		add_request(all + at);
	free(all);
	if (request_count == 0)
		stop("the request file is empty");
}

static void open_all(int port, size_t count, int set)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < count; i++) {
		int on = 1;
		peers[i].handle = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(peers[i].handle, (struct sockaddr *)&address, sizeof(address)) != 0)
			stop("cannot connect");
		(void)setsockopt(peers[i].handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &peers[i] };
		(void)epoll_ctl(set, EPOLL_CTL_ADD, peers[i].handle, &event);
		ask(&peers[i]);
	}
}

int main(int argument_count, char **arguments)
{
	if (argument_count != 5)
		stop("usage: http_load PORT CONNECTIONS SECONDS REQUEST_FILE");
	size_t count = strtoul(arguments[2], NULL, 10);
	if (count < 1 || count > CONNECTIONS_MAX)
		stop("1 to 1024 connections");
	read_requests(arguments[4]);
	int set = epoll_create1(0);
	int64_t start_us = now_us();
	int64_t end_us = start_us + (int64_t)strtoul(arguments[3], NULL, 10) * 1000000;
	open_all((int)strtoul(arguments[1], NULL, 10), count, set);
	while (now_us() < end_us) {
		struct epoll_event events[64];
		int ready = epoll_wait(set, events, 64, 100);
		for (int i = 0; i < ready; i++)
			take(events[i].data.ptr);
	}
	double seconds = (double)(now_us() - start_us) / 1e6;
	qsort(samples, sample_count, sizeof(*samples), compare);
	if (sample_count == 0)
		stop("no answer came");
	printf("{\"requests\":%zu,\"errors\":%llu,\"seconds\":%.3f,\"p50_us\":%u,\"p99_us\":%u,"
	       "\"max_us\":%u}\n",
	       sample_count, (unsigned long long)errors, seconds, samples[sample_count / 2],
	       samples[sample_count * 99 / 100], samples[sample_count - 1]);
	return 0;
}
