#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.sh and the steps of set-up: wrong usage and failing steps say what to do."""
import os
import pathlib
import socket
import subprocess
import tempfile

import tap


def shell(script, folder=tap.ROOT, environment=None):
    done = subprocess.run(["bash", "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment)
    return done.returncode, done.stdout.decode()


def step(command):
    with tempfile.TemporaryDirectory() as folder:
        return shell(". %s/tools/setup.sh; step_hint='do this'; step 'a step' x %s" % (tap.ROOT, command), folder)


def must_refuse_unknown_options_with_exit_code_2():
    tap.equal(shell("./run.sh --nonsense")[0], 2)
    tap.equal(shell("./run.sh --port")[0], 2)


def must_refuse_a_port_that_is_no_number():
    code, text = shell("./run.sh --port http")
    tap.equal(code, 1)
    tap.holds(text, "--port wants a number")


def must_stop_with_the_output_and_a_hint_when_a_step_fails():
    code, text = step("bash -c 'echo the reason; exit 3'")
    tap.equal(code, 1)
    tap.holds(text, "the reason")
    tap.holds(text, "do this")


def must_name_the_network_and_the_disk_as_the_cause():
    tap.holds(step("bash -c 'echo Temporary failure resolving x; exit 1'")[1], "No network")
    tap.holds(step("bash -c 'echo No space left on device; exit 1'")[1], "disk is full")


def must_say_nothing_of_failure_when_a_step_works():
    code, text = step("true")
    tap.equal(code, 0)
    tap.holds(text, "a step: done")


def must_not_install_npm_packages_again_for_the_same_lock():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "package-lock.json").write_text("{}\n")
        (path / "bin").mkdir()
        (path / "bin/npm").write_text("#!/bin/sh\necho ran >> ran\nmkdir -p node_modules\n")
        (path / "bin/npm").chmod(0o755)
        environment = dict(os.environ, PATH="%s/bin:%s" % (folder, os.environ["PATH"]))
        script = ". %s/tools/setup.sh; install_node_modules; install_node_modules" % tap.ROOT
        tap.equal(shell(script, folder, environment)[0], 0)
        tap.equal((path / "ran").read_text(), "ran\n")
        (path / "package-lock.json").write_text("{ }\n")
        tap.equal(shell(script, folder, environment)[0], 0)
        tap.equal((path / "ran").read_text(), "ran\nran\n")


def must_name_a_busy_port_before_touching_any_data():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        script = ". tools/setup.sh; port_in_use %d" % port
        tap.equal(shell(script)[0], 0)
    tap.equal(shell(script)[0], 1)


tap.run(dict(globals()))
