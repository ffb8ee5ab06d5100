#!/usr/bin/env python3
"""results.py RESULTS [DOCUMENT PICTURE]: what run.sh measured, as a table on the output, or between the marks of DOCUMENT, with PICTURE as
an SVG of time against tenants, both axes logarithmic.

RESULTS has a line of JSON for each measurement: those of bench_doors have a `door` and who decided (`by`), those of the engines a `peer` with its
`version` and `variant`. The same lines give the same bytes.
"""
import json
import math
import pathlib
import sys
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

BEGIN, END = "<!-- peers: begin, written by tests/bench/peers/results.py -->", "<!-- peers: end -->"
# What is shown of bench_doors, in this order.
DOORS = {("text", "Writ"): ("**Writ**", "text, as a login service has it"),
         ("json", "Writ"): ("**Writ**", "a line of JSON"),
         ("ids", "Writ"): ("**Writ**", "request ready"),
         ("text", "hand"): ("by hand, C++", "text"),
         ("ids", "hand"): ("by hand, C++", "request ready")}


@dataclass
class Row:
    engine: str
    variant: str
    at: dict = field(default_factory=dict)  # number of tenants -> line

    @property
    def largest(self):
        return self.at[max(self.at)]


def read(text):
    """The rows in the order of their first line, doors first and as DOORS has them. Two lines for one cell are an error."""
    doors, peers = {name: Row(*name) for name in DOORS.values()}, {}
    for line in filter(None, text.splitlines()):
        line = json.loads(line)
        if "door" in line:
            name = DOORS.get((line["door"], line["by"]))
            if name is None:
                continue
            row = doors[name]
        else:
            name = (f"{line['peer']} {line['version'].removeprefix('v')}", line["variant"])
            row = peers.setdefault(name, Row(*name))
        if line["tenants"] in row.at:
            raise ValueError(f"{name}: measured twice with {line['tenants']} tenants")
        row.at[line["tenants"]] = line
    return [row for row in [*doors.values(), *peers.values()] if row.at]


def time(nanoseconds):
    for unit, size in (("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)):
        value = nanoseconds / size
        if value < 999.5 or unit == "s":
            return f"{value:.1f} {unit}" if value < 9.95 and unit != "ns" else f"{value:.0f} {unit}"


def size(count):
    return f"{count:.0f} B" if count < 1000 else f"{count / 1000:.1f} KB" if count < 1e5 else f"{count / 1000:.0f} KB"


def table(rows):
    numbers = sorted({number for row in rows for number in row.at})
    widest = max(number for number in numbers if all(number in row.at for row in rows))
    lines = ["| engine | set-up | " + " | ".join(f"{number:,}" for number in numbers) +
             f" | p99, {widest:,} | load a tenant | memory a tenant |",
             "|---|---|" + "---:|" * (len(numbers) + 3)]
    for row in rows:
        cells = [time(row.at[number]["processor_ns"]) if number in row.at else "–" for number in numbers]
        line = row.at[widest]
        cells += [time(line["p99"])]
        cells += [time(line["load_s"] * 1e9 / widest), size(line["bytes"] / widest)] if "bytes" in line else ["", ""]
        lines.append(f"| {row.engine} | {row.variant} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def fastest(rows):
    """Of each engine the row that is fastest over the numbers of tenants at which all its rows were measured, by the geometric mean. Of bench_doors
    those that read what a service has: ready requests go past the bottom of the picture, where no other engine is."""
    chosen = []
    for engine in dict.fromkeys(row.engine for row in rows):
        own = [row for row in rows if row.engine == engine]
        if (engine, own[0].variant) in DOORS.values():
            chosen += [row for row in own if row.variant != "request ready"]
            continue
        common = [number for number in own[0].at if all(number in row.at for row in own)]
        chosen.append(min(own, key=lambda row: math.prod(row.at[number]["processor_ns"] for number in common)))
    return chosen


COLOURS = ["#1b7837", "#5aae61", "#555555", "#b2182b", "#2166ac", "#e08214", "#8073ac", "#01665e", "#8c510a", "#c51b7d", "#000000"]
LEFT, RIGHT, TOP, BOTTOM, WIDTH, HEIGHT = 70, 480, 40, 50, 1100, 560


def picture(rows):
    rows = fastest(rows)
    numbers = sorted({number for row in rows for number in row.at})
    values = [line["processor_ns"] for row in rows for line in row.at.values()]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(numbers[0]), math.log10(numbers[-1])

    def x(number):
        return LEFT + (math.log10(number) - first) / ((last - first) or 1) * (WIDTH - LEFT - RIGHT)

    def y(nanoseconds):
        return HEIGHT - BOTTOM - (math.log10(nanoseconds) - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
           '<title>Processor time of one decision against the number of tenants</title>',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="15">processor time of one decision, on one core</text>']
    for exponent in range(low, high + 1):
        at = y(10 ** exponent)
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{time(10 ** exponent).replace(".0", "")}</text>')
    for number in numbers:
        out.append(f'<path d="M{x(number):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eeeeee"/>'
                   f'<text x="{x(number):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{number:,}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">tenants</text>')
    # Names stand beside the ends of their lines, from the top down, and make room for one another.
    lowest = -math.inf
    for place, row in sorted(enumerate(rows), key=lambda one: -one[1].largest["processor_ns"]):
        colour = COLOURS[place % len(COLOURS)]
        points = [(x(number), y(row.at[number]["processor_ns"])) for number in sorted(row.at)]
        thick = 3 if "Writ" in row.engine else 1.6
        out.append(f'<path d="M{" ".join(f"{a:.1f} {b:.1f}" for a, b in points)}" fill="none" stroke="{colour}" stroke-width="{thick}"/>')
        out += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        lowest = max(points[-1][1], lowest + 17)
        name = escape(f"{row.engine.strip('*')}: {row.variant}")
        out.append(f'<text x="{WIDTH - RIGHT + 12}" y="{lowest + 4:.1f}" fill="{colour}">{name}</text>')
        if points[-1][0] < WIDTH - RIGHT:
            out.append(f'<path d="M{points[-1][0] + 4:.1f} {points[-1][1]:.1f}L{WIDTH - RIGHT + 8} {lowest:.1f}" stroke="{colour}" '
                       'stroke-dasharray="2 3"/>')
    return "\n".join(out + ["</svg>", ""])


def between_marks(document, text):
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document has no marks for the table")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def main(results, *written):
    rows = read(pathlib.Path(results).read_text())
    if not rows:
        raise SystemExit(f"{results} has no measurements")
    if not written:
        print(table(rows))
        return
    document, drawn = map(pathlib.Path, written)
    document.write_text(between_marks(document.read_text(), table(rows)))
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(picture(rows))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
