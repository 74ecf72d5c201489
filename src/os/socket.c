/* SPDX-License-Identifier: Apache-2.0 */
#include "os/socket.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

struct target {
	char host[256];
	char port[8];
};

static bool split(struct str wanted, struct target *ret_target)
{
	struct target target = { 0 };
	size_t colon = wanted.len;
	for (size_t i = 0; i < wanted.len; i++) {
		if (wanted.ptr[i] == ':')
			colon = i;
	}
	struct str host = str_slice(wanted, 0, colon);
	struct str port = str_slice(wanted, colon + 1, wanted.len);
	uint64_t number = 0;
	if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = str_slice(host, 1, host.len - 1);
	if (colon == wanted.len || host.len == 0 || host.len >= sizeof(target.host) ||
	    port.len == 0 || port.len >= sizeof(target.port) || !str_to_u64(port, &number) ||
	    number > 65535)
		return false;
	memcpy(target.host, host.ptr, host.len);
	memcpy(target.port, port.ptr, port.len);
	if (str_equal(host, STR("*")))
		target.host[0] = '\0';
	*ret_target = target;
	return true;
}

bool socket_is_address(struct str address)
{
	struct target target;
	return split(address, &target);
}

static enum error read_target(struct str wanted, struct issues *issues, struct target *ret_target)
{
	if (split(wanted, ret_target))
		return ERROR_OK;
	return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
			 "an address must be HOST:PORT, such as 127.0.0.1:8080");
}

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, address, sizeof(v4));
		return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
	}
	struct sockaddr_in6 v6;
	memcpy(&v6, address, sizeof(v6));
	return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static enum error open_one(const struct addrinfo *info, struct str wanted, struct issues *issues,
			   int *ret_socket)
{
	int handle = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (handle < 0)
		return issue_add(issues, ERROR_INTERNAL, STR(""), "cannot open a socket (errno %d)",
				 errno);
	int on = 1;
	(void)setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (info->ai_family == AF_INET6)
		(void)setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(handle, info->ai_addr, info->ai_addrlen) == 0 && listen(handle, BACKLOG) == 0) {
		*ret_socket = handle;
		return ERROR_OK;
	}
	int reason = errno;
	close(handle);
	if (reason == EADDRINUSE)
		return issue_add(issues, ERROR_BUSY, STR(""),
				 "%.*s is taken by another program: stop it, or choose another "
				 "address with --listen HOST:PORT",
				 STR_ARG(wanted));
	if (reason == EACCES)
		return issue_add(
			issues, ERROR_FORBIDDEN, STR(""),
			"no permission to listen on %.*s: ports under 1024 need a privilege; "
			"choose another with --listen HOST:PORT",
			STR_ARG(wanted));
	return issue_add(issues, ERROR_INTERNAL, STR(""), "cannot listen on %.*s (errno %d)",
			 STR_ARG(wanted), reason);
}

/* "127.0.0.1:8080" or "[::1]:8080" with the port that was really taken. */
static struct str name_of(int handle, struct arena *arena)
{
	struct sockaddr_storage storage;
	socklen_t size = sizeof(storage);
	char host[INET6_ADDRSTRLEN] = "";
	memset(&storage, 0, sizeof(storage));
	struct text text;
	text_init(&text, arena, 128);
	if (getsockname(handle, (struct sockaddr *)&storage, &size) != 0)
		return STR("");
	if (storage.ss_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, &storage, sizeof(v4));
		inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
		text_put_format(&text, "%s:%u", host, (unsigned)ntohs(v4.sin_port));
	} else {
		struct sockaddr_in6 v6;
		memcpy(&v6, &storage, sizeof(v6));
		inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
		text_put_format(&text, "[%s]:%u", host, (unsigned)ntohs(v6.sin6_port));
	}
	return text_view(&text);
}

enum error socket_listen(struct arena *arena, struct str address, bool loopback_only,
			 struct issues *issues, int *ret_socket, struct str *ret_name)
{
	struct target target;
	enum error error = read_target(address, issues, &target);
	if (error != ERROR_OK)
		return error;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *found = NULL;
	const char *host = target.host[0] == '\0' ? NULL : target.host;
	if (getaddrinfo(host, target.port, &hints, &found) != 0)
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				 "%.*s is not an address of this machine", STR_ARG(address));
	int handle = -1;
	if (loopback_only && !is_loopback(found->ai_addr))
		error = issue_add(issues, ERROR_FORBIDDEN, STR(""),
				  "--dev opens everything without login and so listens on a "
				  "loopback address only (127.0.0.1 or [::1]), not on %.*s",
				  STR_ARG(address));
	else
		error = open_one(found, address, issues, &handle);
	freeaddrinfo(found);
	if (error != ERROR_OK)
		return error;
	*ret_name = name_of(handle, arena);
	*ret_socket = handle;
	return ERROR_OK;
}

void socket_close(int handle)
{
	(void)close(handle);
}

uint64_t socket_bytes_received(int handle)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);
	memset(&info, 0, sizeof(info));
	if (getsockopt(handle, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return 0;
	return info.tcpi_bytes_received;
}

void socket_send_now(int handle, struct str bytes)
{
	(void)!send(handle, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void socket_cut(int handle)
{
	(void)shutdown(handle, SHUT_RDWR);
}

uint64_t descriptors_raise(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

/* --- to others ------------------------------------------------------------------------------ */

static bool wait_for(int handle, short events, int timeout_ms)
{
	struct pollfd wanted = { .fd = handle, .events = events };
	int ready;
	do
		ready = poll(&wanted, 1, timeout_ms);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

static int connect_one(const struct addrinfo *info, int timeout_ms)
{
	int handle = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int problem = 0, on = 1;
	socklen_t size = sizeof(problem);
	if (handle < 0)
		return -1;
	(void)setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(handle, info->ai_addr, info->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && wait_for(handle, POLLOUT, timeout_ms) &&
	     getsockopt(handle, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0))
		return handle;
	close(handle);
	return -1;
}

enum error socket_connect(struct str address, int timeout_ms, struct issues *issues,
			  int *ret_socket)
{
	struct target target;
	struct addrinfo *found = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	enum error error = read_target(address, issues, &target);
	if (error != ERROR_OK)
		return error;
	if (getaddrinfo(target.host, target.port, &hints, &found) != 0)
		return issue_add(issues, ERROR_BUSY, STR(""),
				 "no host of the name of %.*s is known", STR_ARG(address));
	int handle = -1;
	for (const struct addrinfo *info = found; info != NULL && handle < 0; info = info->ai_next)
		handle = connect_one(info, timeout_ms);
	freeaddrinfo(found);
	if (handle < 0)
		return issue_add(issues, ERROR_BUSY, STR(""), "nobody answers at %.*s",
				 STR_ARG(address));
	*ret_socket = handle;
	return ERROR_OK;
}

bool socket_send_all(int handle, struct str bytes, int timeout_ms)
{
	while (bytes.len > 0) {
		ssize_t sent = send(handle, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent > 0) {
			bytes = str_slice(bytes, (size_t)sent, bytes.len);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || !wait_for(handle, POLLOUT, timeout_ms))
			return false;
	}
	return true;
}

int socket_receive(int handle, char *bytes, size_t size, int timeout_ms)
{
	for (;;) {
		ssize_t got = recv(handle, bytes, size, MSG_DONTWAIT);
		if (got > 0)
			return (int)got;
		if (got == 0)
			return -1;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -1;
		if (!wait_for(handle, POLLIN, timeout_ms))
			return 0;
	}
}
