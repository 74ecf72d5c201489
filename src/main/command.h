/* SPDX-License-Identifier: Apache-2.0
 * Subcommands of the program. arguments[0] is the subcommand's name. Result: the exit code,
 * 0 done, 1 failed, 2 wrong usage, with a one-line reason on stderr. */
#ifndef MAIN_COMMAND_H
#define MAIN_COMMAND_H

typedef int command_run(int argument_count, char **arguments);

struct command {
	const char *name;
	command_run *run;
	const char *summary;
};

command_run command_backup;
command_run command_config;
command_run command_notify;
command_run command_restore;
command_run command_serve;
command_run command_verify;
command_run command_version;
command_run command_ward;

#endif
