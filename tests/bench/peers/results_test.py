#!/usr/bin/env python3
"""The table and the picture that results.py makes, of a few figures made up."""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True  # the tree stays as it is
import results


def door(by, tenants, processor_ns, door="text", **more):
    return {"door": door, "by": by, "tenants": tenants, "processor_ns": processor_ns, "p50": 1, "p99": 900, "p999": 2, **more}


def peer(variant, tenants, processor_ns, name="Slow"):
    return {"peer": name, "version": "v1.2.3", "variant": variant, "tenants": tenants, "decided": 9, "mean_ns": 1.0,
            "processor_ns": processor_ns, "p50": 1, "p99": 20_000, "load_s": 0.5, "bytes": 2_000_000}


LINES = [peer("first", 10, 3_000), peer("first", 1_000, 7_940.4), peer("first", 10_000, 12_345_678),
         peer("second", 10, 2_900), peer("second", 1_000, 9_000),
         door("Writ", 10, 244.4, load_s=0.1, bytes=40_000), door("hand", 10, 57), door("hand, until one denies", 10, 50),
         door("Writ", 1_000, 258, load_s=0.1, bytes=900_000), door("hand", 1_000, 68), door("Writ", 10, 9, door="resolved")]
TEXT = "\n".join(map(json.dumps, LINES)) + "\n"


class Table(unittest.TestCase):
    def test_rows_doors_first_and_what_was_not_measured_is_a_dash(self):
        self.assertEqual(results.table(results.read(TEXT)), """\
| engine | set-up | 10 | 1,000 | 10,000 | p99, 1,000 | load a tenant | memory a tenant |
|---|---|---:|---:|---:|---:|---:|---:|
| **Writ** | text, as a login service has it | 244 ns | 258 ns | – | 900 ns | 100 µs | 900 B |
| by hand, C++ | text | 57 ns | 68 ns | – | 900 ns |  |  |
| Slow 1.2.3 | first | 3.0 µs | 7.9 µs | 12 ms | 20 µs | 500 µs | 2.0 KB |
| Slow 1.2.3 | second | 2.9 µs | 9.0 µs | – | 20 µs | 500 µs | 2.0 KB |""")

    def test_a_cell_measured_twice_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "measured twice with 10 tenants"):
            results.read(TEXT + json.dumps(LINES[0]))

    def test_times_are_in_the_unit_that_fits(self):
        self.assertEqual([results.time(value) for value in (9.6, 999.4, 999.6, 9_949, 99_600, 2.5e6, 3e9, 1e13)],
                         ["10 ns", "999 ns", "1.0 µs", "9.9 µs", "100 µs", "2.5 ms", "3.0 s", "10000 s"])


class Picture(unittest.TestCase):
    def test_of_an_engine_the_row_that_is_fastest_over_where_all_were_measured(self):
        chosen = [(row.engine, row.variant) for row in results.fastest(results.read(TEXT))]
        self.assertEqual(chosen, [results.DOORS["text", "Writ"], results.DOORS["text", "hand"], ("Slow 1.2.3", "first")])

    def test_both_axes_are_logarithmic(self):
        drawn = results.picture(results.read(TEXT))
        xml.fromstring(drawn)
        path = next(line for line in drawn.splitlines() if 'stroke-width="3"' in line)
        (left, upper), (right, lower) = (map(float, point) for point in re.findall(r"([\d.]+) ([\d.]+)", path)[:2])
        ends = [float(at) for at in re.findall(r'<circle cx="([\d.]+)" cy', drawn)]
        self.assertEqual(left, min(ends))
        self.assertAlmostEqual((right - left) / (max(ends) - min(ends)), 2 / 3, places=2)  # 1,000 of 10 to 10,000
        height = results.HEIGHT - results.TOP - results.BOTTOM  # from 10 ns to 100 ms
        self.assertAlmostEqual(upper - lower, (math.log10(258) - math.log10(244.4)) / 7 * height, delta=0.2)

    def test_names_make_room_for_one_another(self):
        close = "\n".join(json.dumps(peer("same", 10, 5_000 + i, name=f"peer{i}")) for i in range(5))
        drawn = results.picture(results.read(close))
        heights = sorted(float(at) for at in re.findall(r'y="([\d.]+)" fill="#\w+">peer', drawn))
        self.assertEqual(len(heights), 5)
        self.assertTrue(all(below - above >= 16.9 for above, below in zip(heights, heights[1:])))


    def test_every_line_of_a_whole_run_has_a_colour_of_its_own(self):
        engines = [door("Writ", 10, 244), door("Writ", 10, 842, door="json"), door("hand", 10, 57)]
        engines += [peer("best", 10, 5_000 + i, name=name) for i, name in enumerate(
            ("cedar-go", "OPA", "Casbin", "cel-go", "Cedar", "regorus", "OPA as wasm", "SAPL"))]
        drawn = results.picture(results.read("\n".join(map(json.dumps, engines))))
        colours = re.findall(r'fill="none" stroke="(#\w+)"', drawn)
        self.assertEqual((len(colours), len(set(colours))), (11, 11))


class Document(unittest.TestCase):
    def test_only_what_stands_between_the_marks_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            measured, document = pathlib.Path(folder, "results.jsonl"), pathlib.Path(folder, "document.md")
            drawn = pathlib.Path(folder, "pictures", "peers.svg")
            measured.write_text(TEXT)
            document.write_text(f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n")
            for _ in range(2):  # the second time nothing changes
                results.main(measured, document, drawn)
                table = results.table(results.read(TEXT))
                self.assertEqual(document.read_text(), f"before\n{results.BEGIN}\n{table}\n{results.END}\nafter\n")
            xml.parse(drawn)

    def test_without_marks_nothing_is_written(self):
        with self.assertRaises(ValueError):
            results.between_marks("no marks", "table")

    def test_the_committed_page_has_them(self):
        page = pathlib.Path(__file__).parents[3] / "docs" / "performance.md"
        results.between_marks(page.read_text(), "table")

    def test_without_measurements_it_ends_with_an_error(self):
        with tempfile.NamedTemporaryFile() as empty:
            ran = subprocess.run([sys.executable, results.__file__, empty.name], capture_output=True, text=True)
            self.assertEqual((ran.returncode, ran.stdout), (1, ""))
            self.assertIn("has no measurements", ran.stderr)


if __name__ == "__main__":
    unittest.main()
