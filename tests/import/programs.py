#!/usr/bin/env python3
"""programs.py WRIT: rules and actions of Auth0, as Node runs them and as `writ import auth0` with the command WRIT understands them: both
are asked of the same logins made up at random. Prints the counts; exit code 1 when anything differs.
"""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

if not shutil.which("node"):
    print("skipped: Node is not here")
    sys.exit(77)

WRIT = sys.argv[1]
PASS = "callback(null, user, context);"
DENY = "return callback(new UnauthorizedError('No.'));"
MFA = "context.multifactor = { provider: 'any', allowRememberBrowser: false };"
RULES = [
    f"if (!user.email_verified) {{ {DENY} }} else {{ return {PASS} }}",
    f"if (context.clientName === 'Shop') {{ const d = new Date().getDay(); if (d === 0 || d === 6) {{ {DENY} }} }} {PASS}",
    f"const seen = ['203.0.113.9', '10.0.0.1'].some(function (ip) {{ return context.request.ip === ip; }}); if (seen) {{ {DENY} }} {PASS}",
    f"if (['203.0.113.9'].indexOf(context.request.ip) === -1) {{ {DENY} }} {PASS}",
    f"if (!user.email || !user.email_verified) {{ {DENY} }} const ok = ['a.example', 'b.example'].some((d) => {{ const p = user.email.split('@');"
    f" return p[p.length - 1].toLowerCase() === d; }}); if (!ok) {{ {DENY} }} return {PASS}",
    f"const p = user.email.split('@'); if (p.pop() === 'a.example') {{ {MFA} }} {PASS}",
    f"if (user.email && user.email.endsWith('@a.example')) {{ {MFA} }} {PASS}",
    f"if (user.email.endsWith('@a.example')) {{ {MFA} }} {PASS}",
    f"if (context.clientName !== 'Shop') {{ return {PASS} }} if (user.email !== 'ann@a.example') {{ {DENY} }} {PASS}",
    f"if (context.connection === 'fitbit') {{ const list = ['ann@a.example']; if (list.indexOf(user.email) < 0) {{ {DENY} }} }} {PASS}",
    f"if (!user.groups.some((g) => g === 'staff')) {{ {DENY} }} {PASS}",
    f"function days(a, b) {{ return (b - a) / (1000 * 60 * 60 * 24); }} const at = user.last_password_reset || user.created_at;"
    f" if (days(new Date(at), new Date()) > 30) {{ {DENY} }} {PASS}",
    f"{MFA} {PASS}",
    f"context.multifactor = {{ provider: 'any' }}; {PASS}",
    f"const done = !!context.authentication.methods.find((m) => m.name === 'mfa'); if (done) {{ return {PASS} }} {MFA} {PASS}",
    f"const wanted = {{ 'admins': true, 'ops': true }}; const needs = !!user.groups.find(function (g) {{ return wanted[g]; }}); if (needs) {{ {MFA} }} {PASS}",
    f"if (!user.multifactor || user.multifactor.length === 0) {{ {MFA} }} {PASS}",
    f"if (context.stats.loginsCount > 3 && !(context.clientName === 'Shop' || user.email_verified)) {{ {DENY} }} else {{ {MFA} }} {PASS}",
    # check-domains-against-connection-aliases
    f"const o = context.connectionOptions; const aliases = o.domain_aliases || []; const own = o.tenant_domain;"
    f" if (!own && !aliases.length) {{ return {PASS} }} if (aliases.length && !own) return callback('Access denied');"
    f" const allowed = new Set([own]); aliases.forEach(function (a) {{ if (a) allowed.add(a.toLowerCase()); }});"
    f" const cut = user.email.split('@'); const domain = cut[cut.length - 1].toLowerCase(); if (allowed.has(domain)) return {PASS}"
    f" return callback('Access denied');",
    f"if (user.email_verified) {{ if (context.clientName === 'Shop') {{ return {PASS} }} }} else {{ {DENY} }} {MFA} {PASS}",
]
ACTIONS = [
    "if (!event.user.email_verified) { api.access.deny('x'); }",
    "if (event.user.email?.endsWith('@a.example')) api.multifactor.enable('any', { allowRememberBrowser: false });",
    "if (event.authorization?.roles?.includes('admin')) { api.multifactor.enable('any'); }",
    "if (event.client.name === 'Other' && event.connection.strategy === 'auth0') { api.access.deny('x'); return; } "
    "if (event.stats.logins_count <= 1) api.multifactor.enable('any', { allowRememberBrowser: false });",
    "const methods = event.authentication.methods || []; if (!methods.some((m) => m.name === 'mfa') && event.transaction.acr_values.includes('urn:mfa')) "
    "api.multifactor.enable('any', { allowRememberBrowser: false });",
]
# A domain and aliases; a domain that is not in lower case, which is compared as it is; aliases without a domain let nobody in.
OPTIONS = {"staff": {"tenant_domain": "a.example", "domain_aliases": ["B.example", ""]}, "upper": {"tenant_domain": "A.example"},
           "aliased": {"domain_aliases": ["b.example"]}}
HARNESS = r"""
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const RealDate = Date;
let now = 0;
class FakeDate extends RealDate { constructor(...a) { if (a.length) super(...a); else super(now); } static now() { return now; } }
class UnauthorizedError extends Error {}
const exports_ = {};
const make = new Function('Date', 'UnauthorizedError', 'exports', 'require', given.action ? given.program : 'return (' + given.program + ');');
const rule = make(FakeDate, UnauthorizedError, exports_, require);
(async () => {
  const said = [];
  for (const one of given.cases) {
    now = new RealDate(one.now).getTime();
    let denied = false, asked = null;
    try {
      if (given.action) {
        await exports_.onExecutePostLogin(one.event, { access: { deny() { denied = true; } }, multifactor: { enable(p, o) { asked = o || {}; } } });
      } else {
        rule(one.user, one.context, (error) => { if (error) denied = true; });
        asked = one.context.multifactor || null;
      }
    } catch (error) { denied = true; }
    said.push({ denied, asked: asked !== null && !(asked.allowRememberBrowser !== false && one.known) });
  }
  console.log(JSON.stringify(said));
})();
"""


def ask(*arguments, stdin=""):
    return subprocess.run(arguments, input=stdin, capture_output=True, text=True, check=False, env={"TZ": "UTC", "PATH": "/usr/bin:/bin:/usr/local/bin"})


def login(pick):
    email = pick.choice(["ann@a.example", "bob@b.example", "eve@evil.example", "Bob@B.example", None])
    return {"email": email, "verified": email is not None and pick.random() < 0.6, "client": pick.choice(["Shop", "Other"]),
            "connection": pick.choice(["users", "fitbit", "staff", "upper", "aliased"]), "ip": pick.choice(["203.0.113.9", "10.0.0.1", "8.8.8.8"]),
            "groups": pick.sample(["staff", "admins", "ops"], pick.randrange(0, 3)), "roles": pick.choice([[], ["admin"], ["user"]]),
            "now": pick.choice(["2026-01-15T12:00:00Z", "2026-01-17T12:00:00Z", "2026-01-18T23:59:59Z", "2026-01-19T00:00:00Z"]),
            "changed": pick.choice(["2025-12-01T00:00:00Z", "2026-01-10T00:00:00Z", None]), "created": pick.choice(["2025-01-01T00:00:00Z", "2026-01-12T00:00:00Z"]),
            "mfa": pick.random() < 0.5, "known": pick.random() < 0.5, "enrolled": pick.random() < 0.5, "logins": pick.choice([1, 2, 3, 4, 9]),
            "acr": pick.choice([[], ["urn:mfa"]])}


def for_node(s):
    methods = [{"name": "pwd"}] + [{"name": "mfa"}] * s["mfa"]
    user = {"email_verified": s["verified"], "groups": s["groups"], "created_at": s["created"], "multifactor": ["guardian"] if s["enrolled"] else []}
    if s["email"]:
        user["email"] = s["email"]
    if s["changed"]:
        user["last_password_reset"] = s["changed"]
    strategy = {"users": "auth0", "fitbit": "fitbit"}.get(s["connection"], "samlp")
    return {"now": s["now"], "known": s["known"], "user": user,
            "context": {"clientName": s["client"], "connection": s["connection"], "connectionStrategy": strategy, "connectionOptions": OPTIONS.get(s["connection"], {}), "request": {"ip": s["ip"]},
                        "stats": {"loginsCount": s["logins"]}, "authentication": {"methods": methods}},
            "event": {"user": user, "client": {"name": s["client"]}, "connection": {"name": s["connection"], "strategy": strategy},
                      "authorization": {"roles": s["roles"]}, "stats": {"logins_count": s["logins"]}, "authentication": {"methods": methods},
                      "transaction": {"acr_values": s["acr"]}}}


def for_writ(base, s):
    request = json.loads(json.dumps(base))
    request.update(action="login", tenant="t", client=s["client"], connection=s["connection"])
    user, session = request["user"], request["session"]
    user.update(email_verified=s["verified"], groups=s["groups"], roles=s["roles"], created=s["created"], mfa_enrolled=s["enrolled"], logins=s["logins"])
    for name, value in (("email", s["email"]), ("password_changed", s["changed"])):
        user.pop(name, None)
        if value:
            user[name] = value
    request["request"].update(ip=s["ip"], time=s["now"], device_known=s["known"], acr_values=s["acr"])
    session.update(mfa=s["mfa"])
    session.pop("mfa_age", None)
    if s["mfa"]:
        session["mfa_age"] = "1m"
    return json.dumps(request)


def main():
    wrong, asked, effects = [], 0, {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number, (action, body) in enumerate([(False, b) for b in RULES] + [(True, b) for b in ACTIONS]):
            program = f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};" if action else f"function (user, context, callback) {{ {body} }}"
            export = {"clients": [{"name": n, "app_type": "spa"} for n in ("Shop", "Other")],
                      "databases": [{"name": "users", "strategy": "auth0", "enabled_clients": ["Shop", "Other"]}],
                      "connections": [{"name": "fitbit", "strategy": "fitbit", "enabled_clients": ["Shop", "Other"]}] +
                      [{"name": n, "strategy": "samlp", "enabled_clients": ["Shop", "Other"], "options": o} for n, o in OPTIONS.items()],
                      ("actions" if action else "rules"): [{"name": "P", ("code" if action else "script"): program, "supported_triggers": [{"id": "post-login"}]}]}
            (folder / "export.json").write_text(json.dumps(export))
            done = ask(WRIT, "import", "auth0", str(folder / "export.json"), "--tenant", "t", "-o", str(folder), "--force")
            text = (folder / "t.writ").read_text() if done.returncode == 0 else ""
            if done.returncode != 0 or "Not translated" in text:
                wrong.append(f"{body}: not translated {done.stderr}")
                continue
            pick = random.Random(number)
            logins = [login(pick) for _ in range(300)]
            base = json.loads(ask(WRIT, "facts", str(folder / "t.writ"), "--baseline").stdout)
            node = ask("node", "-e", HARNESS, stdin=json.dumps({"action": action, "program": program, "cases": [for_node(s) for s in logins]}))
            writ = ask(WRIT, "eval", str(folder / "t.writ"), "-", "--format", "json", stdin="\n".join(for_writ(base, s) for s in logins) + "\n")
            said, answers = json.loads(node.stdout or "[]"), writ.stdout.splitlines()
            if len(said) != len(logins) or len(answers) != len(logins):
                wrong.append(f"{body}: {len(said)} and {len(answers)} answers {node.stderr} {writ.stderr}")
            for s, one, line in zip(logins, said, answers):
                expected = "deny" if one["denied"] else "challenge" if one["asked"] and not s["mfa"] else "allow"
                got = json.loads(line)
                asked += 1
                effects[expected] = effects.get(expected, 0) + 1
                if got.get("effect") != expected or got.get("fault"):
                    wrong.append(f"{body}: {s}: {got.get('effect')} {got.get('fault', '')} {got.get('detail', '')}, should be {expected}")
    print(f"{len(RULES)} rules, {len(ACTIONS)} actions, {asked} logins:", ", ".join(f"{count} {what}" for what, count in sorted(effects.items())))
    for line in wrong[:20]:
        print("WRONG", line)
    print(f"{len(wrong)} differences")
    sys.exit(1 if wrong or not asked else 0)


main()
