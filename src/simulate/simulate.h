/* SPDX-License-Identifier: Apache-2.0
 * `homeward simulate ward`: homes, a nurse and a judge, all through the public API of a running server.
 * `homeward simulate demo`: two believable days of a children's cancer ward, then real time. */
#ifndef SIMULATE_SIMULATE_H
#define SIMULATE_SIMULATE_H

int simulate_command(int argument_count, char **arguments);

#endif
