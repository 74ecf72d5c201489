#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Admits a synthetic child of three to a ward of a running Homeward and sends one set of readings as FHIR: PEWS 16,
# Emergency. README.md shows the same requests one by one.
#   docs/examples/first_request.sh [URL] [WARD]
set -euo pipefail
cd "$(dirname "$0")"
url=${1:-http://127.0.0.1:8080}
ward=${2:-$(curl -fsS "$url/ward/list" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d'"' -f4)}
[ -n "$ward" ] || { echo "first_request.sh: there is no ward at $url; start ./run.sh first" >&2; exit 1; }
# The server's own clock: a demonstration may run at another time than ours.
now=$(curl -fsS "$url/ward/board?ward=$ward" | grep -o '"serverTime":"[^"]*"' | cut -d'"' -f4)
born=$(date -u -d "${now%%T*} - 3 years - 2 months" +%Y-%m-%d)

post() {
	curl -fsS -o /dev/null -w "$1: %{http_code}\n" -H 'Content-Type: application/fhir+json' --data-binary @- "$url/fhir$1"
}
sed "s/BIRTHDATE/$born/" patient.json | post ""
sed "s/WARD/$ward/" admit.json | post '/EpisodeOfCare/$admit'
sed "s/NOW/$now/" observations.json | post ""
echo "Look at $url/?ward=$ward: Robin Example, PEWS 16, Emergency"
