#!/usr/bin/env python3
"""Whether deciding costs as much of the decision by hand as it did: `./dev bench-check [--update]`.

    ratios.py BENCH_DOORS RATIOS [--update]

Both decide the same stream in turns in one process (tests/bench/doors.cpp); of nine rounds the median counts. A ratio that is more than 15 % over what
is on record fails; one as far under it is told, because then the record is old. `--update` writes down what was measured: do that on a quiet machine.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

TENANTS, SIGN_INS, ROUNDS = "10,1000,10000", "200000", "9"
MARGIN = 1.15


def measure(program):
    """(door, tenants) -> times the decision by hand."""
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder, "lines.json")
        subprocess.run([program, "--tenants", TENANTS, "--sign-ins", SIGN_INS, "--rounds", ROUNDS, "--json", str(lines)],
                       check=True)
        rows = [json.loads(line) for line in lines.read_text().splitlines()]
    cost = {(row["door"], row["by"], row["tenants"]): row["processor_ns"] for row in rows}
    return {(door, tenants): ns / cost[door, "hand", tenants]
            for (door, by, tenants), ns in cost.items() if by == "Writ" and (door, "hand", tenants) in cost}


def read(path):
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {(door, int(tenants)): float(ratio) for door, tenants, ratio in rows}


def main():
    program, path = sys.argv[1], pathlib.Path(sys.argv[2])
    now = measure(program)
    if "--update" in sys.argv:
        head = [line for line in path.read_text().splitlines() if line.startswith("#")]
        rows = [f"{door}\t{tenants}\t{ratio:.2f}" for (door, tenants), ratio in now.items()]
        path.write_text("\n".join(head + rows) + "\n")
        return
    known = read(path)
    slower = []
    for (door, tenants), ratio in now.items():
        before = known.get((door, tenants))
        verdict = ("is not on record" if before is None else "slower" if ratio > before * MARGIN
                   else "quicker: is the record old?" if ratio * MARGIN < before else "as before")
        print(f"{door}, {tenants} tenants: {ratio:.2f} times by hand, {before} on record: {verdict}")
        if verdict in ("slower", "is not on record"):
            slower.append(f"{door} with {tenants} tenants")
    if slower:
        sys.exit("slower than on record, or not there: " + ", ".join(slower))


if __name__ == "__main__":
    main()
