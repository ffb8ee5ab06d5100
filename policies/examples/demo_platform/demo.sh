#!/bin/sh
# The demo: check a tenant of real shape, decide, explain, ask what its login page may offer, and count decisions a second.
# WRIT is the command, WRIT_THROUGHPUT the benchmark beside it (left out when it is not there).
set -eu
here=$(dirname "$0")
writ=${WRIT:-writ}

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

step "1. Check: six applications, thirteen connections, two organizations"
"$writ" check "$here"

step "2. Test: the policy's own examples"
"$writ" test "$here"

step "3. Decide: a request from outside for the CRM"
sed -n 3p "$here/requests.jsonl" | "$writ" eval "$here" -

step "4. Decide: an administrator without a second factor"
sed -n 4p "$here/requests.jsonl" | "$writ" eval "$here" -

step "5. Explain the first: every rule, fired or not, and the values seen"
sed -n 3p "$here/requests.jsonl" | "$writ" explain "$here" -

step "6. What the login page may offer ann@acme.example"
"$writ" connections "$here" --tenant acme --client shop --email ann@acme.example

if [ -x "${WRIT_THROUGHPUT:-}" ]; then
  step "7. Decisions a second on one core, generated stream"
  "$WRIT_THROUGHPUT" "$here" "$here/requests.jsonl"
fi
