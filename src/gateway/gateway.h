/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

/* `homeward gateway --broker HOST:PORT [OPTIONS]`. Exit code: 0 stopped by a signal, 1 failed, 2 usage. */
int gateway_command(int argument_count, char **arguments);

#endif
