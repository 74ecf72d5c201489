#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./run.sh as a person uses it: the demonstration starts, says where, and Ctrl-C stops all of it."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
import tap

READY_SECONDS_MAX = 180
STOP_SECONDS_MAX = 30


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


PORT = free_port()
URL = "http://127.0.0.1:%d" % PORT
DATA = tap.ROOT / "build" / ("demonstration-%d" % PORT)


class Demonstration:
    def __init__(self, *options):
        self.log = tap.folder() / "log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(["./run.sh", "--port", str(PORT)] + list(options), cwd=tap.ROOT,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                            start_new_session=True)

    def said(self, text):
        end = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < end:
            if text in self.log.read_text(errors="replace"):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError("run.sh did not say %r:\n%s" % (text, self.log.read_text(errors="replace")[-3000:]))

    def interrupt(self):
        """Ctrl-C: the signal goes to everything in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def get(path):
    with urllib.request.urlopen(URL + path, timeout=30) as answer:
        return json.load(answer)


def patients():
    return get("/fhir/Patient?_summary=count")["total"]


def must_start_a_ward_say_where_and_stop_all_of_it_with_control_c():
    try:
        first = Demonstration()
        first.said("Homeward is running: %s/" % URL)
        end = time.monotonic() + READY_SECONDS_MAX
        while not any(ward["patients"] > 0 for ward in get("/ward/list")):
            if time.monotonic() > end:
                raise AssertionError("no child came to the ward: %s" % get("/ward/list"))
            time.sleep(0.5)
        refused = subprocess.run(["./run.sh", "--port", str(PORT)], cwd=tap.ROOT, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        tap.equal(refused.returncode, 1)
        tap.holds(refused.stdout.decode(), "port %d is in use" % PORT)
        count = patients()
        tap.equal(first.interrupt(), 0)
        with socket.socket() as probe:
            tap.equal(probe.connect_ex(("127.0.0.1", PORT)) != 0, True)
        again = Demonstration("--keep")
        again.said("Homeward is running: %s/" % URL)
        kept = patients()
        tap.equal(again.interrupt(), 0)
        tap.equal(kept >= count > 0, True)
    finally:
        shutil.rmtree(DATA, ignore_errors=True)


tap.run(dict(globals()))
