#!/bin/sh
# run.sh [WORD]: makes the faults of mutants.txt (those whose name holds WORD), one at a time, in a copy of the tree under build/mutants. Each is
# built as ./dev test builds and tests are run until one fails. Prints who found it, and ends with 1 when nobody did.
set -eu
cd "$(dirname "$0")/../.."
word=${1:-}
tree=$PWD/build/mutants/tree
preset=dev

# The copy is what git would commit, and keeps the times of files that are the same, so that only mutants are compiled.
mkdir -p "$tree"
git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
  [ -f "$file" ] || continue
  cmp -s "$file" "$tree/$file" && continue
  mkdir -p "$tree/$(dirname "$file")"
  cp -p "$file" "$tree/$file"
done
cd "$tree"
cmake --preset $preset --log-level=ERROR >/dev/null
build() { cmake --build --preset $preset "$@" >build/mutant.log 2>&1; }

# The first of these tests that fails; nothing when all pass. The house's own test of this list would find every mutant, so
# it is not asked.
asked() {
  ctest --preset $preset -j "$(nproc)" --stop-on-failure "$@" 2>&1 |
    sed -n 's/.*Test *#[0-9]*: \([a-z_]*\) .*\(Failed\|Exception\|Timeout\|Abort\|SegFault\|Subprocess aborted\).*/\1/p' | head -n 1
}
# First the unit tests of the room that the fault is in, by name; then the goldens and a little of agreement; then all the others; and at last
# all of agreement. Each step builds what it runs. A fault that does not compile is found by the compiler.
found_by() { # FILE
  room=$(basename "$(dirname "$1")")
  set --
  for folder in tests/unit/*"$room"*/; do
    [ ! -d "$folder" ] || set -- "$@" "unit_$(basename "$folder")"
  done
  found=
  if [ $# -gt 0 ]; then
    build --target "$@" || { echo "the compiler"; return; }
    found=$(asked -R "^($(echo "$@" | tr ' ' '|'))\$")
  fi
  if [ -z "$found" ]; then
    build --target golden agree || { echo "the compiler"; return; }
    found=$(WRIT_AGREE_POLICIES=40 asked -R '^(golden|agree)$')
  fi
  if [ -z "$found" ]; then
    build || { echo "the compiler"; return; }
    found=$(asked -E '^(house|golden|agree)$')
  fi
  [ -n "$found" ] || found=$(asked -R '^agree$')
  echo "$found"
}

echo "building the tree without a fault"
build || { tail -n 20 build/mutant.log; exit 1; }
[ -z "$(found_by none)" ] || { echo "a test fails without a fault; nothing can be said"; exit 1; }

killed=0 survived=0
grep '^== ' tests/mutants/mutants.txt | cut -c4- >build/mutant.names
while IFS= read -r name <&3; do
  case $name in *"$word"*) ;; *) continue ;; esac
  file=$(NAME=$name perl -ne 'if (/^== (.*)/) { $here = $1 eq $ENV{NAME} } elsif ($here && /^file (.*)/) { print $1 }' tests/mutants/mutants.txt)
  cp -p "$file" build/mutant.saved
  NAME=$name perl -e '
    open my $list, "<", "tests/mutants/mutants.txt" or die; my ($here, @from, @to);
    while (<$list>) { chomp; if (/^== (.*)/) { $here = $1 eq $ENV{NAME} } elsif ($here && /^- (.*)/) { push @from, $1 } elsif ($here && /^\+ (.*)/) { push @to, $1 } }
    local $/; open my $in, "<", $ARGV[0] or die; my $text = <$in>; my ($from, $to) = (join("\n", @from), join("\n", @to));
    my $at = index($text, $from); die "not in $ARGV[0]\n" if $at < 0; substr($text, $at, length $from) = $to;
    open my $out, ">", $ARGV[0] or die; print $out $text' "$file"
  began=$(date +%s)
  by=$(found_by "$file")
  took=$(($(date +%s) - began))
  cp build/mutant.saved "$file"
  if [ -n "$by" ]; then killed=$((killed + 1)); else survived=$((survived + 1)); fi
  printf '%-72s %-18s %3d s\n' "$name" "${by:-NOBODY}" "$took"
done 3<build/mutant.names
build || { echo "the tree without a fault no longer builds"; exit 1; }
echo "$killed mutants found, $survived not"
[ "$survived" -eq 0 ]
