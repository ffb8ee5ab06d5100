#!/bin/sh
# run.sh BENCH_DOORS [TENANTS...]: one workload for each number of tenants, decided by Writ, by hand and by every engine of this folder that can be
# built here, one after the other on one core. The raw lines of JSON go to build/peers/results.jsonl, and results.py makes a table of them. A run
# over all numbers with all engines also writes docs/performance.md and its picture. What cannot be built is said and left out; an engine that
# decides differently ends the run.
set -eu
cd "$(dirname "$0")/../../.."
doors=$1
shift
whole=
[ $# -gt 0 ] || { whole=yes && set -- 10 1000 10000 100000; }
here=tests/bench/peers
built=$PWD/build/peers
results=$built/results.jsonl
rm -rf build/peers/bin
mkdir -p "$built/bin"

say() { printf '%s\n' "bench-peers: $*" >&2; }
skip() {
  say "skipping $*"
  whole=
}

# One core: the last, where the others of the machine have the fewest reasons to be.
export GOMAXPROCS=1
one_core=
if command -v taskset >/dev/null; then one_core="taskset -c $(($(nproc) - 1))"; fi

# Nothing is fetched where nothing may be installed.
if [ -n "${WRIT_NO_INSTALL:-}" ]; then export GOPROXY=off CARGO_NET_OFFLINE=true; fi
# Versions are pinned by go.mod and held against the hashes of go.sum.
engines=
if ! command -v go >/dev/null; then
  skip "cedar-go, OPA, Casbin and cel-go: no go"
elif (cd $here/go && GOTOOLCHAIN=local go build -mod=readonly -trimpath -o "$built/bin/" ./cedar ./opa ./casbin ./cel ./wasm) \
  >"$built/go.log" 2>&1; then
  engines="$engines $built/bin/cedar $built/bin/opa $built/bin/casbin $built/bin/cel"
else
  skip "cedar-go, OPA, Casbin and cel-go: go could not build them, see $built/go.log"
fi
# The same by Cargo.toml and Cargo.lock.
if ! command -v cargo >/dev/null; then
  skip "Cedar and regorus: no cargo"
elif cargo build --release --locked --manifest-path $here/rust/Cargo.toml --target-dir "$built/rust" >"$built/cargo.log" 2>&1; then
  engines="$engines $built/rust/release/cedar $built/rust/release/regorus"
else
  skip "Cedar and regorus: cargo could not build them, see $built/cargo.log"
fi
# OPA compiles its policy to WebAssembly, which Node runs; package-lock.json has the hashes of what it is run by.
if [ ! -x "$built/bin/wasm" ] || ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  skip "OPA as WebAssembly: OPA's compiler, node or npm is not there"
elif mkdir -p "$built/opa_wasm" && cp $here/opa_wasm/* "$built/opa_wasm/" &&
  "$built/bin/wasm" $here/go/opa/sign_in.rego sign_in/allow "$built/opa_wasm/policy.wasm" 2>"$built/npm.log" &&
  { [ -d "$built/opa_wasm/node_modules" ] || [ -z "${WRIT_NO_INSTALL:-}" ]; } &&
  (cd "$built/opa_wasm" && { [ -d node_modules ] || npm ci --silent --ignore-scripts --no-audit --no-fund; }) \
    </dev/null >>"$built/npm.log" 2>&1; then
  # shellcheck disable=SC2016 # "$1" is for the script that is written
  printf '#!/bin/sh\nexec node "%s/run.mjs" "%s/policy.wasm" "$1"\n' "$built/opa_wasm" "$built/opa_wasm" >"$built/bin/opa_wasm"
  chmod +x "$built/bin/opa_wasm"
  engines="$engines $built/bin/opa_wasm"
else
  skip "OPA as WebAssembly: npm could not fetch what runs it, see $built/npm.log"
fi
# SAPL's version is in pom.xml. Maven keeps no hashes, so those of all that it fetches are in sha256sums.
sapl_is_whole() { (cd "$built/sapl/lib" && sha256sum -c --quiet --strict) <$here/sapl/sha256sums; }
if ! command -v mvn >/dev/null || ! command -v java >/dev/null || ! command -v javac >/dev/null; then
  skip "SAPL: no mvn, java or javac"
elif mkdir -p "$built/sapl/lib" "$built/sapl/classes" &&
  { sapl_is_whole ||
    { mvn -B -q ${WRIT_NO_INSTALL:+-o} -f $here/sapl/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$built/sapl/lib" && sapl_is_whole; }; } >"$built/mvn.log" 2>&1 </dev/null &&
  javac -proc:none -d "$built/sapl/classes" -cp "$built/sapl/lib/*" $here/sapl/Sapl.java >>"$built/mvn.log" 2>&1; then
  # shellcheck disable=SC2016 # "$1" is for the script that is written
  printf '#!/bin/sh\nexec java -Dslf4j.internal.verbosity=ERROR -cp "%s/classes:%s/lib/*" Sapl "$1"\n' "$built/sapl" "$built/sapl" >"$built/bin/sapl"
  chmod +x "$built/bin/sapl"
  engines="$engines $built/bin/sapl"
else
  skip "SAPL: it could not be fetched or built, see $built/mvn.log"
fi

# That decisions are compared is worth something where a difference is noticed: of these sign-ins one expects the contrary.
wrong=$built/workload/wrong
mkdir -p "$wrong"
"$doors" --tenants 10 --sign-ins 50 --rounds 1 --write "$wrong" >/dev/null
awk 'BEGIN { FS = OFS = "\t" } NR == 37 { $11 = 1 - $11 } { print }' "$wrong/requests.tsv" >"$wrong/new"
mv "$wrong/new" "$wrong/requests.tsv"
for engine in $engines; do
  if "$engine" "$wrong" >"$built/wrong.log" 2>&1 || ! grep -q 'sign-in 37 is decided differently' "$built/wrong.log"; then
    say "$engine does not notice a decision that is not the expected one, see $built/wrong.log"
    exit 1
  fi
done

rm -f "$results.new"
for tenants in "$@"; do
  case $tenants in '' | *[!0-9]*) say "expected numbers of tenants, not \`$tenants\`" && exit 2 ;; esac
  workload=$built/workload/$tenants
  mkdir -p "$workload"
  say "$tenants tenants"
  # shellcheck disable=SC2086 # one_core and engines are meant to be split
  $one_core "$doors" --tenants "$tenants" --sign-ins 100000 --rounds 7 --write "$workload" --json "$results.new" >&2
  for engine in $engines; do
    say "$tenants tenants: $(basename "$engine")"
    # shellcheck disable=SC2086
    $one_core "$engine" "$workload" >>"$results.new"
  done
done
mv "$results.new" "$results"
if ! command -v python3 >/dev/null; then
  say "no python3 to make a table of $results"
elif [ -n "$whole" ]; then
  python3 $here/results.py "$results" docs/performance.md docs/pictures/peers.svg
  say "docs/performance.md and docs/pictures/peers.svg are of this run"
else
  python3 $here/results.py "$results"
  say "docs/performance.md is left as it was: it shows runs over all numbers of tenants with all engines"
fi
