/* SPDX-License-Identifier: Apache-2.0
 * `homeward notify test --ward ID [--to PractitionerRole/ID]… [--wait SECONDS] [--url URL]`: sends a test page to every
 * telephone, address and browser of those on shift (or of those named), waits, and prints what was proved. To be run
 * every week. Exit code 1 when anything was not proved. */
#ifndef NOTIFY_COMMAND_H
#define NOTIFY_COMMAND_H

int notify_command(int argument_count, char **arguments);

#endif
