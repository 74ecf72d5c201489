/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

/* `homeward watch URL [OPTIONS]`. Exit code: 0 stopped by a signal or, with --once, all is well; 1 not; 2 usage. */
int watch_command(int argument_count, char **arguments);

#endif
