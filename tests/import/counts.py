#!/usr/bin/env python3
"""counts.py WRIT CORPUS DOCUMENT [--update]: imports every real export below CORPUS, and Okta's of tests/import/okta, with the command WRIT, adds up
their reports, and holds the table of DOCUMENT (docs/import.md) against that; with --update writes it there. Exit code 1 when they differ.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WRIT, CORPUS, DOCUMENT = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
if not (CORPUS / "auth0").is_dir():
    print(f"skipped: the corpus of real exports is not here ({CORPUS})")
    sys.exit(77)
HEAD = "| | fields taken | in | approximated | not expressible | wrong in the source |\n|---|---|---|---|---|---|\n"


def paths(source):
    if source == "auth0":
        return sorted(p.parent if p.name == "tenant.json" else p
                      for name in ("tenant.yaml", "tenant.json") for p in (CORPUS / source).rglob(name))
    if source == "keycloak":
        return sorted((CORPUS / source).rglob("*.json"))
    if source == "entra":
        return sorted((CORPUS / source).glob("*/Config"))
    return [pathlib.Path(__file__).parent / "okta"]


def row(source, what):
    taken, things, notes, files = 0, collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths(source)):
            done = subprocess.run([WRIT, "import", source, str(path), "--tenant", "t", "-o", f"{folder}/{number}", "--format", "json"],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{path}: {done.stderr}")
            report = json.loads(done.stdout)
            files += 1
            taken += sum(report["taken"].values())
            for thing in ("clients", "connections", "organizations"):
                things[thing] += report[thing]
            for note in report["notes"]:
                notes[note["outcome"], re.sub(r"\[\d+\]", "[]", note["field"])] += 1
    if source == "entra":  # the export is a folder of policies
        files = len([1 for path in paths(source) for p in path.rglob("*.json")
                     if "conditions" in p.read_bytes().decode("utf-16" if p.read_bytes()[:1] in b"\xff\xfe" else "utf-8-sig")])

    def named(outcome):
        list_of = sorted(((-count, field) for (told, field), count in notes.items() if told == outcome))
        return ", ".join(f"{-count} `{field}`" for count, field in list_of) or "–"
    held = ", ".join(f"{things[name]} {name}" for name in ("clients", "connections", "organizations") if things[name])
    return f"| {what.format(files)} | {taken} | {held} | {named('approximated')} | {named('not expressible')} | {named('wrong')} |\n"


table = HEAD + "".join(row(source, what) for source, what in (
    ("auth0", "Auth0, {} exports"), ("keycloak", "Keycloak, {} realms"), ("entra", "Entra, {} policies"), ("okta", "Okta, the one of the tests")))
document = DOCUMENT.read_text()
begin = document.index(HEAD.split("\n")[0]) if HEAD.split("\n")[0] in document else document.index("| | taken | in | approximated")
end = document.index("\n\n", begin) + 1 if "\n\n" in document[begin:] else len(document)
if document[begin:end] == table:
    print("the table of counts is true")
elif "--update" in sys.argv:
    DOCUMENT.write_text(document[:begin] + table + document[end:])
    print("the table of counts is written")
else:
    sys.exit(f"the table of counts in {DOCUMENT} is not true; with --update it is:\n{table}")
