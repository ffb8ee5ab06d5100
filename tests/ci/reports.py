#!/usr/bin/env python3
"""reports.py WRIT SOURCE [PACKAGE]: the reports of `writ lint` and `writ test` as their readers want them. Every wrong example of docs/lints, a
policy of each kind of mistake and one with more findings than fit are written in each form and held against what SARIF 2.1.0, GitHub and
GitLab ask for, as it is written down here. PACKAGE is the npm package which holds the schema of SARIF that its authors publish (./dev fetches it;
its hash stands below); with it and Python's jsonschema each SARIF report is validated by that, too. Exit code 1 when anything is wrong.

    SARIF     https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    GitHub    https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    GitLab    https://docs.gitlab.com/ci/testing/code_quality/
"""
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import xml.etree.ElementTree

WRIT, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
PACKAGE = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
PACKAGE_SHA512 = ("0357ce84f77a21ce620e4e05f583f0d6a341e1717eefe22f891ef197caf617a4"
                  "33424c7972963d2ec1a4dab1318852047016e3a559d29b058606e9004a4890f4")
SCHEMA = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
GITHUB = {"compressed": 10_000_000, "runs": 20, "results": 25_000, "rules": 25_000, "locations": 1_000, "tags": 20, "description": 1_024,
          "annotations": 10, "summary": 1024 * 1024}
wrong = []
counts = {"policies": 0, "results": 0, "fixes": 0}


def check(holds, what, *seen):
    if not holds:
        wrong.append(what + "".join(f"\n    {str(one)[:1500]}" for one in seen))


def validator():
    """Of the published schema; None, and why, where there is none."""
    if PACKAGE is None or not PACKAGE.is_file():
        return None, "the schema of SARIF is not here (./dev fetches it by npm)"
    try:
        import jsonschema
    except ImportError:
        return None, "Python's jsonschema is not here (Debian's python3-jsonschema)"
    if hashlib.sha512(PACKAGE.read_bytes()).hexdigest() != PACKAGE_SHA512:
        sys.exit(f"{PACKAGE} is not the package it should be; delete it")
    with tarfile.open(PACKAGE) as package:
        schema = json.load(package.extractfile(SCHEMA))
    return jsonschema.Draft4Validator(schema), ""


def run(folder, *words, **environment):
    return subprocess.run([str(WRIT), *words], cwd=folder, env={"PATH": "/usr/bin:/bin", "NO_COLOR": "1", **environment},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)


# ---------------------------------------------------------------------------------------------------------------- SARIF

def sarif(name, folder, text, schema):
    log = json.loads(text)
    if schema is not None:
        for problem in schema.iter_errors(log):
            check(False, f"{name}: the schema of SARIF", list(problem.absolute_path), problem.message)
    check(log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json"), f"{name}: version")
    check(len(gzip.compress(text.encode())) <= GITHUB["compressed"], f"{name}: bytes")
    check(1 <= len(log["runs"]) <= GITHUB["runs"], f"{name}: runs")
    for one in log["runs"]:
        driver = one["tool"]["driver"]
        check(driver["name"] != "" and driver["version"] != "", f"{name}: the tool says what it is")
        check(one["columnKind"] == "unicodeCodePoints", f"{name}: columns are those of the places in other forms")
        rules = driver["rules"]
        check(len(rules) <= GITHUB["rules"] and len({rule["id"] for rule in rules}) == len(rules), f"{name}: rules")
        for rule in rules:
            for key in ("shortDescription", "fullDescription"):
                check(0 < len(rule[key]["text"]) <= GITHUB["description"], f"{name}: {key} of {rule['id']}", rule)
            check(rule["help"]["text"] != "", f"{name}: help of {rule['id']}", rule)
            check(rule["defaultConfiguration"]["level"] in ("note", "warning", "error"), f"{name}: level of {rule['id']}")
            check(len(rule.get("properties", {}).get("tags", [])) <= GITHUB["tags"], f"{name}: tags of {rule['id']}")
        check(len(one["results"]) <= GITHUB["results"], f"{name}: results")
        prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in one["results"]]
        check(len(set(prints)) == len(prints), f"{name}: no two results are the same alert")
        lines = {}
        for result in one["results"]:
            counts["results"] += 1
            rule = rules[result["ruleIndex"]]
            check(rule["id"] == result["ruleId"], f"{name}: a result and its rule", result)
            check(result["level"] in ("note", "warning", "error"), f"{name}: level", result)
            check(result["message"]["text"] != "", f"{name}: message", result)
            # Code scanning takes no result without a place.
            check(1 <= len(result["locations"]) <= GITHUB["locations"], f"{name}: a place", result)
            places = [*result["locations"], *result.get("relatedLocations", [])]
            for place in places:
                physical = place["physicalLocation"]
                region(f"{name}: {result['ruleId']}", folder, physical["artifactLocation"]["uri"], physical["region"], lines)
            for fix in result.get("fixes", []):
                counts["fixes"] += 1
                for change in fix["artifactChanges"]:
                    check(len(change["replacements"]) > 0, f"{name}: a fix replaces something", fix)
                    for replacement in change["replacements"]:
                        region(f"{name}: fix", folder, change["artifactLocation"]["uri"], replacement["deletedRegion"], lines)


def region(name, folder, uri, place, lines):
    check(re.fullmatch(r"[\w./~%-]+", uri) is not None and not uri.startswith("./"), f"{name}: a relative reference", uri)
    check(1 <= place["startLine"] <= place["endLine"] and place["startColumn"] >= 1 and place["endColumn"] >= 1, f"{name}: region", place)
    if uri not in lines:
        lines[uri] = (folder / urllib.parse.unquote(uri)).read_text(errors="replace").splitlines()
    text = lines[uri]
    start, end = (place["startLine"], place["startColumn"]), (place["endLine"], place["endColumn"])
    check(start <= end, f"{name}: a region does not end before it begins", place)
    for line, column in (start, end):
        length = len(text[line - 1]) if line <= len(text) else 0
        check(line <= len(text) + 1 and column <= length + 1, f"{name}: a region is in the file", place, uri)


# ---------------------------------------------------------------------------------------------------------- other forms

def gitlab(name, text):
    check(not text.startswith("\ufeff"), f"{name}: no byte order mark")
    found = json.loads(text)
    check(len({one["fingerprint"] for one in found}) == len(found), f"{name}: GitLab's fingerprints are unique")
    for one in found:
        check(set(one) == {"description", "check_name", "fingerprint", "severity", "location"}, f"{name}: GitLab's keys", one)
        check(all(one[key] for key in one), f"{name}: GitLab: nothing is empty", one)
        check(one["severity"] in ("info", "minor", "major", "critical", "blocker"), f"{name}: GitLab's severity", one)
        path = one["location"]["path"]
        check(path and not path.startswith(("./", "/")), f"{name}: GitLab's path is relative", one)
        check(one["location"]["lines"]["begin"] >= 1, f"{name}: GitLab's line", one)


ANNOTATION = re.compile(r"::(error|warning|notice) (?:file=([^,]+),line=(\d+),col=(\d+),endLine=(\d+),endColumn=(\d+),)?title=([^,:]+)::(.+)")


def github(name, text, summary):
    kinds = {}
    for line in text.split("\n"):
        check("\r" not in line, f"{name}: one line each", line)
        if line.startswith("::"):
            found = ANNOTATION.fullmatch(line)
            check(found is not None, f"{name}: an annotation", line)
            kinds[found[1] if found else ""] = kinds.get(found[1] if found else "", 0) + 1
    check(all(count <= GITHUB["annotations"] for count in kinds.values()), f"{name}: annotations of a step", kinds)
    check(len(summary.encode()) <= GITHUB["summary"], f"{name}: the job summary")
    for line in summary.splitlines():
        if line.startswith("|"):
            check(len(re.findall(r"(?<!\\)\|", line)) == 5, f"{name}: cells of the summary", line)


def junit(name, text, results):
    suites = xml.etree.ElementTree.fromstring(text)
    check(suites.tag == "testsuites", f"{name}: JUnit")
    for suite in suites.iter("testsuite"):
        cases = list(suite.iter("testcase"))
        failed = [case for case in cases if case.find("failure") is not None]
        check(int(suite.get("tests")) == len(cases) and int(suite.get("failures")) == len(failed), f"{name}: JUnit counts", suite.attrib)
        check(all(case.get("name") and case.get("classname") for case in cases), f"{name}: JUnit names")
        if results is not None:
            check(bool(failed) == results, f"{name}: JUnit fails where there is an error or a warning")


# ------------------------------------------------------------------------------------------------------------- policies

def reports(name, files, schema, config=""):
    counts["policies"] += 1
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        for file, text in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if config:
            (folder / "writ.toml").write_text(config)
        text = run(folder, "lint", "--format", "sarif", ".").stdout
        sarif(name, folder, text, schema)
        results = json.loads(text)["runs"][0]["results"]
        gitlab(name, run(folder, "lint", "--format", "gitlab", ".").stdout)
        summary = folder / "summary"
        summary.write_text("")
        shown = run(folder, "lint", "--format", "github", ".", GITHUB_STEP_SUMMARY=str(summary)).stdout
        github(name, shown, summary.read_text())
        junit(name, run(folder, "lint", "--format", "junit", ".").stdout, any(one["level"] != "note" for one in results))
        return results


def examples(schema):
    """Each rule of lint by its page's wrong examples, with every rule on."""
    for page in sorted((SOURCE / "docs/lints").glob("[a-z]*.md")):
        for number, block in enumerate(re.findall(r"^```writ wrong\n(.*?)^```", page.read_text(), re.M | re.S)):
            results = reports(f"{page.stem} {number}", {"policy.writ": block}, schema, f'[lint.rules]\n{page.stem} = "warning"\n')
            check(page.stem in {one["ruleId"] for one in results}, f"{page.stem}: is in its report")


def mistakes(schema):
    """Errors of each page, among them those of no place, and names that a path or an annotation would stumble over."""
    for page in sorted((SOURCE / "docs/diagnostics").glob("E*.md")):
        block = re.search(r"^```writ wrong\n(.*?)^```", page.read_text(), re.M | re.S)
        if block is None:
            continue
        files, name = {}, "policy.writ"
        for line in block[1].splitlines(keepends=True):
            if line.startswith("//// file "):
                name = line[len("//// file "):].strip()
            else:
                files[name] = files.get(name, "") + line
        results = reports(page.stem, files, schema)
        check(page.stem in {one["ruleId"] for one in results}, f"{page.stem}: is in its report", results)
    reports("names", {"a b/ü,%:é|x.writ": 'writ 1\ntenant "a|b" "100 %, ⏎" {\n  client "x::y|,\\n" : web { callbacks "http://a.example" }\n}\n'}, schema)


def many(schema):
    """More than fits: 26,000 tenants without a client."""
    tenants = "".join(f"tenant t{i} {{ }}\n" for i in range(26_000))
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        (folder / "policy.writ").write_text("writ 1\n" + tenants)
        done = run(folder, "lint", "--format", "sarif", ".")
        sarif("many", folder, done.stdout, schema)
        check("25000" in done.stderr, "many: what does not fit is said", done.stderr)
        summary = folder / "summary"
        summary.write_text("")
        shown = run(folder, "lint", "--format", "github", ".", GITHUB_STEP_SUMMARY=str(summary)).stdout
        github("many", shown, summary.read_text())
        check(summary.stat().st_size > GITHUB["summary"] // 2, "many: the summary is filled")
        counts["policies"] += 1


def stable():
    """What stands above, another folder and another order change no fingerprint; another text of the line does."""
    policy = "tenant acme {\n  connection staff : saml\n  client app : web {\n    connections staff\n    callbacks \"http://app.acme.com/\"\n  }\n  allow login\n}\n"

    def prints(text):
        with tempfile.TemporaryDirectory() as made:
            (pathlib.Path(made) / "policy.writ").write_text(text)
            log = json.loads(run(made, "lint", "--only", "http-callback", "--format", "sarif", ".").stdout)
            return [one["partialFingerprints"]["primaryLocationLineHash"] for one in log["runs"][0]["results"]]

    first = prints("writ 1\n" + policy)
    check(len(first) == 1, "fingerprints: one finding", first)
    check(prints("writ 1\n\n// a remark\nlet x = 1\n\n" + policy.replace("    callbacks", "      callbacks")) == first, "fingerprints: they stay")
    check(prints("writ 1\n" + policy.replace("app.acme", "web.acme")) != first, "fingerprints: another line is another finding")


schema, why_not = validator()
examples(schema)
mistakes(schema)
many(schema)
stable()
print(f"{counts['policies']} policies, {counts['results']} results and {counts['fixes']} fixes of SARIF, {len(wrong)} wrong")
if schema is None:
    print(f"skipped: validation by the published schema: {why_not}")
for one in wrong[:20]:
    print(f"- {one}")
sys.exit(1 if wrong else 0 if schema is not None else 77)
