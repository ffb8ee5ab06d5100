#!/usr/bin/env python3
"""How many instructions a decision of a prepared request takes, by number of rules, held against counts.txt.

    check.py PROGRAM COUNTS BUILD [--update]

PROGRAM is count.cpp, built; BUILD says how ("GNU 12 Debug"), and counts of another build are not compared with. valgrind counts what `counted` and
all it calls execute, on a processor that it makes up: the same wherever it runs and whatever else does. More than a twentieth over what is on
record fails; so does as much under it, since then the record is old. `--update` writes down what was counted.
"""
import pathlib
import re
import shutil
import subprocess
import sys

TIMES = 2000
RULES = (0, 8, 16)
MARGIN = 0.05
SKIPPED = 77


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def counted(program, engine, rules):
    """Instructions of one decision; nothing where there is no such engine."""
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=counted", "--callgrind-out-file=/dev/null",
         program, engine, str(rules), str(TIMES)], capture_output=True, text=True, check=False)
    if run.returncode == SKIPPED:
        return None
    found = re.search(r"Collected\s*:\s*(\d+)", run.stderr)
    if run.returncode != 0 or not found or int(found[1]) < TIMES:
        sys.exit(f"{engine}, {rules} rules: {run.stderr}")
    return round(int(found[1]) / TIMES)


def read(path, build):
    """(engine, rules) -> instructions of that build; comments begin with #."""
    known = {}
    for line in path.read_text().splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) == 4 and fields[0] == build:
            known[fields[1], int(fields[2])] = int(fields[3])
    return known


def write(path, build, now):
    kept = [line for line in path.read_text().splitlines() if line.startswith("#") or not line.startswith(build + "\t")]
    kept += [f"{build}\t{engine}\t{rules}\t{count}" for (engine, rules), count in now.items()]
    path.write_text("\n".join(kept) + "\n")


def main():
    program, counts, build = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    if not shutil.which("valgrind"):
        skip("there is no valgrind")
    known = read(counts, build)
    if not known and "--update" not in sys.argv:
        skip(f"nothing is on record for a build by {build}")
    now = {}
    for engine in ("machine", "interpreter"):
        for rules in RULES:
            count = counted(program, engine, rules)
            if count is not None:
                now[engine, rules] = count
    if "--update" in sys.argv:
        write(counts, build, now)
    wrong = []
    for (engine, rules), count in now.items():
        before = known.get((engine, rules))
        print(f"{engine}, {rules} rules: {count} instructions, {before} on record")
        if before is None or abs(count - before) > before * MARGIN:
            wrong.append(f"{engine} with {rules} rules takes {count} instructions, {before} are on record")
    for engine in sorted({engine for engine, rules in now if rules != 0}):
        print(f"{engine}: {(now[engine, RULES[-1]] - now[engine, RULES[0]]) / RULES[-1]:.1f} instructions a rule")
    if wrong and "--update" not in sys.argv:
        sys.exit("\n".join(wrong) + "\nwhen that is meant: " + " ".join(["python3", *sys.argv, "--update"]))


if __name__ == "__main__":
    main()
