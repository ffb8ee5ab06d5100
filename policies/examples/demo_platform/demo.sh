#!/bin/sh
# The demo: check a tenant of real shape, run its tests, decide, explain, ask what a login page may offer, count decisions a second.
# WRIT is the command, WRIT_THROUGHPUT the benchmark beside it (the last step is left out when it is not there).
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
writ=${WRIT:-writ}

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi
step() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
# Shows the command as one would type it, then runs it.
run() {
  printf '%s\n' "$bold\$ writ $*$plain"
  "$writ" "$@"
}

step "A tenant with the shape of a real one (demo_platform/acme.writ): six applications, thirteen connections, two organizations,
under a platform that denies and requires for every tenant (demo_platform/platform.writ)."

step "1. Check: every mistake would be named here, with its place and what to do"
run check demo_platform

step "2. Test: the requests that the policy itself says must be decided so"
run test demo_platform

step "3. Decide: Sam works in sales and sits in the office"
run eval demo_platform demo_platform/sam_in_the_office.json

step "4. Eve is in no department, and somewhere else: both reasons are told, with the values they rest on"
cat demo_platform/eve_outside.json
run eval demo_platform demo_platform/eve_outside.json

step "5. Ada, an administrator, wants to see invoices; her second factor is 20 minutes old: not a no, a request for more"
run eval demo_platform demo_platform/ada_the_administrator.json

step "6. Explain Eve's: every rule in the order it was written, fired or not, and why"
run explain demo_platform demo_platform/eve_outside.json

step "7. What the login page of the shop may offer ann@acme.example, whose company signs in by its own directory"
run connections demo_platform --tenant acme --client shop --email ann@acme.example

if [ -x "${WRIT_THROUGHPUT:-}" ]; then
  step "8. Decisions a second on one core: a stream generated from requests.jsonl, by both engines"
  "$WRIT_THROUGHPUT" demo_platform demo_platform/requests.jsonl
fi

step "Next"
cat <<END
  The command is $writ
  writ init my-policy                  a small commented policy with tests, to change and try
  policies/examples/                   eleven policies: passwords, organizations, step-up, business hours, a thousand tenants, …
  docs/tour.md                         one policy followed from text to machine code
  docs/language.md                     the whole language
  ./dev test                           everything that must hold, held against three implementations
END
