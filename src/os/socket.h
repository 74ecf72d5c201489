/* SPDX-License-Identifier: Apache-2.0
 * TCP sockets: opening a port with a reason when that fails, and cutting off a connection that another
 * library serves. Thread: any. */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include "base/arena.h"
#include "base/issue.h"

/* Whether the text is such as socket_listen takes: HOST:PORT. */
bool socket_is_address(struct str address);
/* A listening, non-blocking socket on "127.0.0.1:8080", "[::1]:0" or "*:8080" (port 0 takes a free one);
 * *ret_name is the address it got, in the arena. ERROR_BAD_REQUEST: not an address of this machine;
 * ERROR_FORBIDDEN: not allowed, or not a loopback address though `loopback_only`; ERROR_BUSY: taken by another
 * program. Issues say what to do. */
MUST_CHECK enum error socket_listen(struct arena *arena, struct str address, bool loopback_only,
				    struct issues *issues, int *ret_socket, struct str *ret_name);
void socket_close(int handle);
/* A connection to HOST:PORT, made within `timeout_ms`. ERROR_BAD_REQUEST: no address; ERROR_BUSY: nobody answers. */
MUST_CHECK enum error socket_connect(struct str address, int timeout_ms, struct issues *issues,
				     int *ret_socket);
/* False when the other side did not take everything within `timeout_ms` or is gone. */
bool socket_send_all(int handle, struct str bytes, int timeout_ms);
/* How many bytes came, at most `size`; 0: none within `timeout_ms`; -1: the other side is gone. */
int socket_receive(int handle, char *bytes, size_t size, int timeout_ms);
/* Bytes of TCP payload received since it was opened; 0 when the kernel does not say. */
uint64_t socket_bytes_received(int handle);
/* Sends what the other side takes at once, without waiting. */
void socket_send_now(int handle, struct str bytes);
/* Ends both directions; the owner of the descriptor sees it as closed by the peer. */
void socket_cut(int handle);
/* As many descriptors as this process may have; how many that is. */
uint64_t descriptors_raise(void);

#endif
