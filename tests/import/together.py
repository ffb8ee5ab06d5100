#!/usr/bin/env python3
"""together.py WRIT: tenants that are the same but for constants and for the names of their things, imported together with the command WRIT become
one template; and `writ diff` finds no request that is decided otherwise than by the same tenants imported one by one. Exit code 1 when it does, or
when there is no template.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

WRIT, TENANTS = sys.argv[1], 9
RULE = """function (user, context, callback) {
  if (context.clientName === 'T%d Shop' && context.connection === 't%d-saml' && !user.email_verified) {
    return callback(new UnauthorizedError('No.'));
  }
  if (context.stats.loginsCount > %d) { context.multifactor = { provider: 'any', allowRememberBrowser: false }; }
  if (['a%d@x.example', 'b@x.example'].indexOf(user.email) >= 0) { return callback(new UnauthorizedError('No.')); }
  callback(null, user, context);
}"""


def export(i):
    shop, admin = f"T{i} Shop", f"Admin {i}"
    return {
        "tenant": {"friendly_name": f"T{i}"},
        "clients": [
            {"name": shop, "client_id": f"cid{i:06}", "app_type": "spa", "grant_types": ["authorization_code", "implicit"],
             "callbacks": [f"https://t{i}.example/{page}" for page in range(1 + i % 3)]},
            {"name": admin, "client_id": f"adm{i}", "app_type": "regular_web", "grant_types": ["authorization_code", "refresh_token"],
             "jwt_configuration": {"lifetime_in_seconds": 600 + i}}],
        "databases": [{"name": f"users-{i}", "strategy": "auth0", "enabled_clients": [shop], "options": {
            "passwordPolicy": "good", "password_complexity_options": {"min_length": 8 + i % 5}, "brute_force_protection": True,
            "disable_self_service_change_password": True}}],
        "connections": [
            {"name": f"t{i}-saml", "strategy": "samlp", "enabled_clients": [shop, admin], "options": {"tenant_domain": f"t{i}.example"}},
            {"name": f"g{i}", "strategy": "google-oauth2", "enabled_clients": [shop], "authentication": {"active": False}}],
        "organizations": [{"name": f"o{i}", "connections": [{"name": f"t{i}-saml", "assign_membership_on_login": True}]}],
        "rules": [{"name": "R", "script": RULE % (i, i, 3 + i, i)}],
        "attackProtection": {"bruteForceProtection": {"enabled": True, "shields": ["block"], "max_attempts": 5 + i % 7}}}


def run(*arguments):
    done = subprocess.run([WRIT, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for i in range(TENANTS):
        source = folder / "exports" / f"t{i}"
        source.mkdir(parents=True)
        (source / "tenant.yaml").write_text(json.dumps(export(i)))
        run("import", "auth0", source, "-o", folder / "alone", "--tenant", f"t{i}")
    report = json.loads(run("import", "auth0", folder / "exports", "--each", "-o", folder / "together", "--format", "json"))
    if report["templates"] != {"customer": TENANTS}:
        sys.exit(f"the templates are {report['templates']}")
    difference = run("diff", folder / "alone", folder / "together")
    same = difference.count("no change found in")
    if same != TENANTS:
        sys.exit(difference)
    print(f"{TENANTS} tenants, one template, {same} decide as alone")
