#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one after the other: tools/fuzz.sh [time for each, default 30s]
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-30s}

targets=$(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's|^(.*)/[^/]+:[0-9]+:func (.*)$|\1 \2|' | sort)
[ -n "$targets" ] || { echo "no fuzz target found" >&2; exit 1; }

failed=0
while read -r folder target; do
	echo "== $folder $target, $time"
	# Without a bound on minimizing, Go may spend the whole time on one input.
	go test "$folder" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 100x </dev/null || failed=1
done <<<"$targets"
exit "$failed"
