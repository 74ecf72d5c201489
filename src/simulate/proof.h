/* SPDX-License-Identifier: Apache-2.0
 * `homeward simulate wards`: many trials on a few threads, their figures together, and a result file. */
#ifndef SIMULATE_PROOF_H
#define SIMULATE_PROOF_H

/* Exit code: 0 no violation, 1 violations, 2 wrong usage. */
int proof_command(int argument_count, char **arguments);

#endif
