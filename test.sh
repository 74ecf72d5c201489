#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs what a commit must pass. ./test.sh ROOM runs one room.
set -euo pipefail
cd "$(dirname "$0")"
. tools/setup.sh

say "Homeward $(cat VERSION): preparing (long output goes to $logs)"
install_packages all
install_node_modules
configure_build true
build_program
exec python3 tools/run_tests.py "$@"
