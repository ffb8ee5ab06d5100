#!/usr/bin/env python3
"""settings.py WRIT SOURCE: what CI systems are told about Writ, run as far as it runs on one machine: the hooks of
.pre-commit-hooks.yaml, the steps of action.yml, and the settings that docs/ci.md shows. The runners' own part is played here:
`if`, `${{ }}`, GITHUB_OUTPUT, GITHUB_PATH; actions of others (`uses`) are not run. Exit code 1 when anything is not as it should be.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

try:
    import yaml
except ImportError:
    print("skipped: PyYAML is not here (Debian's python3-yaml)")
    sys.exit(77)

WRIT, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HOOKS = yaml.safe_load((SOURCE / ".pre-commit-hooks.yaml").read_text())
ACTION = yaml.safe_load((SOURCE / "action.yml").read_text())
HOME = tempfile.TemporaryDirectory()
# Nothing of the user who runs the test, and no writ but ours.
ENVIRONMENT = {"PATH": f"{WRIT.parent}:/usr/local/bin:/usr/bin:/bin", "HOME": HOME.name, "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
               "GIT_AUTHOR_NAME": "ann", "GIT_AUTHOR_EMAIL": "ann@acme.com", "GIT_COMMITTER_NAME": "ann",
               "GIT_COMMITTER_EMAIL": "ann@acme.com", "GIT_CONFIG_NOSYSTEM": "1"}
wrong = []
checks = 0

POLICY = """writ 1

tenant acme "Acme Corporation" {
  lockout { 10 attempts per identifier and ip; block 15m }

  connection staff : saml { domains "acme.com" }

  client admin : web {
    connections staff
    callbacks "https://admin.acme.com/callback"
  }

  deny login, refresh "office only" when request.ip not in 10.0.0.0/8
    message "Please come from the office."
  allow login, refresh on staff
}

test "only from the office" {
  login to acme.admin via staff { request.ip = 10.1.2.3 }
  expect allow
  login to acme.admin via staff { request.ip = 198.51.100.7 }
  expect deny by "office only"
}
"""


def check(holds, what, *seen):
    global checks
    checks += 1
    if not holds:
        wrong.append(what + "".join(f"\n    {str(one).strip()}" for one in seen))


def run(command, folder, **environment):
    return subprocess.run(command, cwd=folder, env={**ENVIRONMENT, **environment}, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=300)


def git(folder, *words):
    done = run(["git", *words], folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def repository(folder, text=POLICY, policy="policies"):
    (folder / policy).mkdir(parents=True)
    (folder / policy / "acme.writ").write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "as it is")
    return git(folder, "rev-parse", "HEAD")


# ---------------------------------------------------------------------------------------------------------- pre-commit

# What each hook is there to stop, made of the policy above.
STOPPED = {
    "writ-fmt": ("  allow login", "    allow    login"),
    "writ-check": ("on staff", "on stuff"),
    "writ-lint": ("https://admin.acme.com/", "http://localhost/"),
    "writ-test": ("10.0.0.0/8", "0.0.0.0/0"),
}


def hooks():
    known = {"id", "name", "description", "entry", "args", "language", "files", "pass_filenames"}
    check(sorted(one["id"] for one in HOOKS) == sorted(STOPPED), "the hooks are the ones that are tested")
    for hook in HOOKS:
        name = hook["id"]
        check(set(hook) <= known and {"id", "name", "entry", "language"} <= set(hook), f"{name}: keys", sorted(hook))
        check(hook["language"] == "system", f"{name}: runs the command that is there")
        check(re.search(hook["files"], "policies/acme.writ") is not None, f"{name}: looks at policies")
        check(re.search(hook["files"], "policies/acme.write") is None, f"{name}: looks at nothing else")
        for wanted in ("passes", "stops"):
            text = POLICY.replace(*STOPPED[name]) if wanted == "stops" else POLICY
            with tempfile.TemporaryDirectory() as made:
                folder = pathlib.Path(made)
                repository(folder, text)
                command = hook["entry"].split() + hook.get("args", [])
                if hook.get("pass_filenames", True):
                    command.append("policies/acme.writ")
                done = run(command, folder)
                # A hook that changes a file has failed, too: pre-commit sees to that.
                stopped = done.returncode != 0 or git(folder, "status", "--porcelain") != ""
                check(stopped == (wanted == "stops"), f"{name}: {wanted}", done.stdout, done.stderr)
    pre_commit = shutil.which("pre-commit", path=ENVIRONMENT["PATH"])
    if pre_commit is None:
        print("pre-commit is not here; its hooks were run without it")
        return
    done = run([pre_commit, "validate-manifest", str(SOURCE / ".pre-commit-hooks.yaml")], SOURCE)
    check(done.returncode == 0, "pre-commit takes the manifest", done.stdout, done.stderr)
    with tempfile.TemporaryDirectory() as made:
        ours, folder = pathlib.Path(made) / "writ", pathlib.Path(made) / "policy"
        ours.mkdir()
        folder.mkdir()
        shutil.copy(SOURCE / ".pre-commit-hooks.yaml", ours)
        git(ours, "init", "-q")
        git(ours, "add", ".")
        git(ours, "commit", "-qm", "hooks")
        repository(folder)
        done = run([pre_commit, "try-repo", str(ours), "--all-files"], folder, PRE_COMMIT_HOME=made + "/home")
        check(done.returncode == 0 and done.stdout.count("Passed") == len(HOOKS), "pre-commit runs the hooks", done.stdout, done.stderr)


# ------------------------------------------------------------------------------------------------------ GitHub's action

class Job:
    """Runs the steps of the action as a runner would, in `folder`."""

    def __init__(self, folder, inputs, since="", path=ENVIRONMENT["PATH"]):
        self.folder, self.inputs, self.path = folder, inputs, path
        self.temporary = tempfile.TemporaryDirectory()
        self.since, self.steps, self.ran, self.log = since, {}, [], ""
        self.summary = pathlib.Path(self.temporary.name) / "summary"
        self.summary.write_text("")

    def value(self, name):
        area, _, rest = name.partition(".")
        if area == "inputs":
            given = self.inputs.get(rest)
            return self.filled(ACTION["inputs"][rest]["default"]) if given is None else given
        if area == "steps":
            step, kind, *key = rest.split(".")
            seen = self.steps.get(step, {"outcome": "skipped", "outputs": {}})
            return seen["outputs"].get(key[0], "") if kind == "outputs" else seen["outcome"]
        return {"github.action_path": str(SOURCE), "github.event.pull_request.base.sha": self.since, "runner.os": "Linux",
                "runner.arch": "X64", "runner.temp": self.temporary.name}[name]

    def filled(self, text):
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: self.value(found[1]), text)

    def wanted(self, condition, failed):
        if condition is None:
            return not failed
        condition = re.fullmatch(r"\$\{\{ *(.*?) *\}\}", condition)[1]
        terms = condition.split(" && ")
        if "!cancelled()" in terms:
            terms.remove("!cancelled()")
        elif failed:
            return False
        for term in terms:
            name, operator, word = re.fullmatch(r"([\w.-]+) (==|!=) '(\w*)'", term).groups()
            if (self.value(name) == word) != (operator == "=="):
                return False
        return True

    def run(self, steps=None):
        failed = False
        for number, step in enumerate(ACTION["runs"]["steps"][:steps]):
            name = step["name"]
            if not self.wanted(step.get("if"), failed):
                continue
            if "uses" in step:
                continue
            files = {word: pathlib.Path(self.temporary.name) / f"{word}{number}" for word in ("OUTPUT", "PATH")}
            for file in files.values():
                file.write_text("")
            script = pathlib.Path(self.temporary.name) / f"step{number}.sh"
            script.write_text(step["run"])
            environment = {key: self.filled(str(text)) for key, text in step.get("env", {}).items()}
            done = run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], self.folder, PATH=self.path,
                       RUNNER_TEMP=self.temporary.name, GITHUB_OUTPUT=str(files["OUTPUT"]), GITHUB_PATH=str(files["PATH"]),
                       GITHUB_STEP_SUMMARY=str(self.summary), RUNNER_OS="Linux", RUNNER_ARCH="X64", **environment)
            self.log += f"--- {name}\n{done.stdout}{done.stderr}"
            self.ran.append((name, done.returncode))
            failed = failed or done.returncode != 0
            outputs = dict(line.split("=", 1) for line in files["OUTPUT"].read_text().splitlines())
            if "id" in step:
                self.steps[step["id"]] = {"outcome": "success" if done.returncode == 0 else "failure", "outputs": outputs}
            for line in files["PATH"].read_text().splitlines():
                self.path = f"{line}:{self.path}"
        return self

    def failed(self):
        return [name for name, code in self.ran if code != 0]

    def output(self, name):
        return self.filled(ACTION["outputs"][name]["value"])

    def report(self, name):
        return (pathlib.Path(self.output("reports")) / name).read_text()


def in_repository(do, text=POLICY, policy="policies"):
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        return do(folder, repository(folder, text, policy))


def action_as_written():
    used = set()
    for step in ACTION["runs"]["steps"]:
        name = step["name"]
        if "uses" in step:
            check(re.search(r"@v\d+$", step["uses"]) is not None, f"action: `{name}` names a version")
            continue
        check(step.get("shell") == "bash", f"action: `{name}` names its shell")
        # What stands in ${{ }} becomes text of the script before it is read, quotes and all.
        check("${{" not in step["run"], f"action: `{name}` takes its words from the environment")
        shellcheck = shutil.which("shellcheck")
        if shellcheck is not None:
            done = subprocess.run([shellcheck, "-s", "bash", "-"], input=step["run"], capture_output=True, text=True)
            check(done.returncode == 0, f"action: shellcheck of `{name}`", done.stdout)
    for found in re.finditer(r"inputs\.([\w-]+)", (SOURCE / "action.yml").read_text()):
        used.add(found[1])
    check(used == set(ACTION["inputs"]), "action: every input is used, and is one", used ^ set(ACTION["inputs"]))
    for kind in ("inputs", "outputs"):
        for name, one in ACTION[kind].items():
            check(one.get("description"), f"action: {name} says what it is")
            check(kind == "outputs" or isinstance(one["default"], str), f"action: {name} has a default, a string")


def action_passes():
    def quiet(folder, _):
        job = Job(folder, {"policy": "policies"}).run()
        check(job.failed() == [], "action: a good policy passes", job.log)
        check([name for name, _ in job.ran][-1] == "Test", "action: nothing is compared with no revision", job.log)
        check(job.output("decisions") == "", "action: and nothing is said of it")
        check(json.loads(job.report("lint.sarif"))["runs"][0]["results"] == [], "action: lint.sarif")
        suite = xml.etree.ElementTree.fromstring(job.report("tests.xml"))
        check(len(list(suite.iter("testcase"))) == 1, "action: tests.xml", job.report("tests.xml"))

    def changed(folder, revision):
        file = folder / "policies/acme.writ"
        file.write_text(POLICY.replace("in 10.0.0.0/8", "in [10.0.0.0/8, 192.0.2.0/24]"))
        job = Job(folder, {"policy": "policies"}, revision).run()
        check(job.failed() == [], "action: changed decisions are shown", job.log)
        check(job.output("decisions") == "changed", "action: and are an output", job.log)
        check("deny → allow" in job.summary.read_text(), "action: and in the summary", job.summary.read_text())
        job = Job(folder, {"policy": "policies", "fail-on-changes": "true"}, revision).run()
        check(job.failed() == ["Changed decisions"], "action: or fail the job", job.log)
        file.write_text(POLICY + "// a remark\n")
        job = Job(folder, {"policy": "policies", "fail-on-changes": "true"}, revision).run()
        check(job.failed() == [] and job.output("decisions") == "same", "action: nothing changed", job.log)

    in_repository(quiet)
    in_repository(changed)


def action_stops():
    worse = POLICY
    for name in ("writ-fmt", "writ-lint", "writ-test"):
        worse = worse.replace(*STOPPED[name])

    def all_at_once(folder, _):
        job = Job(folder, {"policy": "policies"}).run()
        check(job.failed() == ["Lint", "Format", "Test"], "action: one step that fails does not hide the next", job.log)
        check("::warning file=policies/acme.writ,line=" in job.log, "action: findings are annotations", job.log)
        check("localhost-callback" in job.summary.read_text(), "action: and stand in the summary", job.summary.read_text())
        check("localhost-callback" in job.report("lint.sarif"), "action: and in lint.sarif")
        check("<failure" in job.report("tests.xml"), "action: failed tests are in tests.xml")
        job = Job(folder, {"policy": "policies", "fail-level": "error"}).run()
        check(job.failed() == ["Format", "Test"], "action: fail-level", job.log)
        run(["writ", "lint", "--write-baseline", "known.json", "policies"], folder)
        job = Job(folder, {"policy": "policies", "baseline": "known.json"}).run()
        check(job.failed() == ["Format", "Test"], "action: baseline", job.log)

    def broken(folder, _):
        job = Job(folder, {"policy": "policies"}).run()
        check("Lint" in job.failed() and "::error file=policies/acme.writ,line=" in job.log, "action: errors are annotations", job.log)

    def thresholds(folder, _):
        options = {"policy": "policies", "test-options": "--coverage --threshold declarations=100"}
        job = Job(folder, options).run()
        check(job.failed() == [] and "declarations" in job.log, "action: options of writ test", job.log)
        job = Job(folder, {**options, "test-options": "--filter *nothing* --coverage --threshold 100"}).run()
        check(job.failed() == ["Test"], "action: thresholds", job.log)

    def revision(folder, _):
        job = Job(folder, {"policy": "policies"}, "0123456789012345678901234567890123456789").run()
        check(job.failed() == ["Changed decisions"], "action: a revision that is not there", job.log)

    def words(folder, _):
        job = Job(folder, {"policy": "a b; touch $(touch made)", "test-options": "--filter=* -j $(touch${IFS}made)"}).run()
        check(not (folder / "made").exists(), "action: inputs are not run", job.log)
        check(job.failed() == ["Test"], "action: the policy is one word, and a bad option is told", job.log)

    in_repository(all_at_once, worse)
    in_repository(broken, POLICY.replace(*STOPPED["writ-check"]))
    in_repository(thresholds)
    in_repository(revision)
    in_repository(words, POLICY, "a b; touch $(touch made)")


def action_finds_writ():
    def elsewhere(folder, _):
        plain = "/usr/local/bin:/usr/bin:/bin"
        if shutil.which("writ", path=plain) is None:
            job = Job(folder, {}, path=plain).run(1)
            check(re.fullmatch("[0-9a-f]{16}", job.steps["find"]["outputs"].get("sources", "")), "action: without writ its sources are named", job.log)
        job = Job(folder, {"policy": "policies", "writ": str(WRIT)}, path=plain).run()
        check(job.failed() == [], "action: a command that is named", job.log)
        job = Job(folder, {"policy": "policies", "writ": "/nonexistent/writ"}, path=plain).run()
        check(job.failed() == ["Find writ"] and "::error::" in job.log, "action: a command that is not there", job.log)

    in_repository(elsewhere)


# ---------------------------------------------------------------------------------------------------- what docs/ci.md shows

def shown(name):
    text = (SOURCE / "docs/ci.md").read_text()
    found = re.search(r"^```yaml " + re.escape(name) + r"\n(.*?)^```", text, re.M | re.S)
    check(found is not None, f"docs/ci.md shows {name}")
    return yaml.safe_load(found[1]) if found else {}


def documented():
    for repo in shown(".pre-commit-config.yaml").get("repos", []):
        for hook in repo["hooks"]:
            check(hook["id"] in STOPPED, f"docs/ci.md: {hook['id']} is a hook")
    workflow = shown(".github/workflows/policy.yml")
    steps = [step for job in workflow.get("jobs", {}).values() for step in job["steps"]]
    ours = [step for step in steps if "/writ@" in step.get("uses", "")]
    check(len(ours) == 1, "docs/ci.md: the workflow uses the action")
    for step in ours:
        check(set(step["with"]) <= set(ACTION["inputs"]), "docs/ci.md: inputs of the action", step["with"])
    for step in steps:
        for name in re.findall(r"steps\.writ\.outputs\.([\w-]+)", json.dumps(step)):
            check(name in ACTION["outputs"], f"docs/ci.md: {name} is an output of the action")

    def gitlab(folder, revision):
        (folder / "policies/acme.writ").write_text(POLICY.replace("in 10.0.0.0/8", "in [10.0.0.0/8, 192.0.2.0/24]"))
        for name, job in shown(".gitlab-ci.yml").items():
            if "script" not in job:
                continue
            # GitLab runs the lines as one script that ends at the first failure.
            done = run(["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])], folder, CI_MERGE_REQUEST_DIFF_BASE_SHA=revision)
            allowed = job.get("allow_failure", {}).get("exit_codes", [])
            check(done.returncode in ([0] if not allowed else [allowed]), f"docs/ci.md: GitLab's job {name}", done.stdout, done.stderr, done.returncode)
            kept = job.get("artifacts", {})
            for file in [*kept.get("reports", {}).values(), *kept.get("paths", [])]:
                check((folder / file).is_file(), f"docs/ci.md: GitLab's job {name} makes {file}")
            if "codequality" in kept.get("reports", {}):
                check(isinstance(json.loads((folder / kept["reports"]["codequality"]).read_text()), list), "docs/ci.md: code quality is a list")

    in_repository(gitlab)


hooks()
action_as_written()
action_passes()
action_stops()
action_finds_writ()
documented()
print(f"{checks} checks of {len(HOOKS)} hooks, {len(ACTION['runs']['steps'])} steps and docs/ci.md, {len(wrong)} wrong")
for one in wrong:
    print(f"- {one}")
sys.exit(1 if wrong else 0)
