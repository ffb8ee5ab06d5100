#!/usr/bin/env python3
"""compare.py WRIT CORPUS: imports what there is of Auth0, Keycloak and Entra below CORPUS with the command WRIT and asks the policy what
the source says, as this script reads it by itself: which connections each application has, in each organization too, where an
e-mail address is sent, which sample passwords each database takes, and what conditional access says of 3,000 sign-ins. Prints the counts; exit code 1 when anything differs.

It shares nothing with the importer: PyYAML and json, and the meaning written down a second time.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

if not (pathlib.Path(sys.argv[2]) / "auth0").is_dir():
    print(f"skipped: the corpus of real exports is not here ({sys.argv[2]})")
    sys.exit(77)
try:
    import yaml
except ImportError:
    print("skipped: PyYAML is not here (Debian's python3-yaml)")
    sys.exit(77)

WRIT, CORPUS = sys.argv[1], pathlib.Path(sys.argv[2])
ENTERPRISE = {"ad", "adfs", "auth0-adldap", "auth0-oidc", "custom", "google-apps", "ip", "mscrm", "office365", "pingfederate",
              "samlp", "sharepoint", "waad", "oidc", "okta"}
PASSWORDS = ["", "a", "abcdef", "aaaaaa", "abcdefgh", "Abcdefg1", "Abcdef1!", "password", "Password1", "AAAbbb1112", "Aa1!Aa1!Aa",
             "correct horse battery staple", "Tr0ub4dor&3", "ПарольПароль1", "😀😀😀😀", "x" * 80]
counts = {"files": 0, "enabled": 0, "discovered": 0, "passwords": 0, "sign-ins": 0, "together": 0}
wrong = []


def load(path):
    """One export as a dictionary of lists; None when keywords make it unreadable without their values."""
    if path.is_file():
        text = path.read_text()
        text = re.sub(r'(?m)^([^"\'\n]*?[:\-]\s+)(##[\w-]+##.*?)\s*$', lambda m: m[1] + json.dumps(m[2]), text)
        text = re.sub(r'(?m)^([^"\'\n]*?[:\-]\s+)(@@[\w-]+@@)\s*$', r'\1"\2"', text)
        return yaml.safe_load(text) or {}
    whole = {}
    places = {"clients": "clients/*.json", "databases": "database-connections/*/database.json",
              "connections": "connections/*.json", "organizations": "organizations/*.json"}
    for section, pattern in places.items():
        whole[section] = []
        for file in sorted(path.glob(pattern)):
            text = re.sub(r'(:\s*)@@([\w-]+)@@', r'\1"@@\2@@"', file.read_text())
            whole[section].append(json.loads(text))
    return whole


def enabled(export, client, organization=None):
    """The connections an application has, in the export's order."""
    list_of = []
    for section in ("databases", "connections"):
        for one in export.get(section) or []:
            listed = client["name"] in (one.get("enabled_clients") or [])
            whole = one.get("is_domain_connection") and client.get("is_first_party") is False
            if listed or whole:
                list_of.append(one)
    if organization is not None:
        has = {c.get("name") for c in organization.get("connections") or []}
        list_of = [one for one in list_of if one["name"] in has]
    return list_of


def domains(connection):
    options = connection.get("options") or {}
    found = [options.get("domain"), options.get("tenant_domain"), *(options.get("domain_aliases") or [])]
    return {d.lower() for d in found if isinstance(d, str) and re.fullmatch(r"[A-Za-z0-9.-]+", d)}


def is_enterprise(connection):
    return connection.get("strategy") in ENTERPRISE


def accepts(options, password):
    """Auth0's five levels."""
    level = options.get("passwordPolicy") or "none"
    least = {"none": 1, "low": 6, "fair": 8, "good": 8, "excellent": 10}.get(level, 1)
    least = (options.get("password_complexity_options") or {}).get("min_length") or least
    kinds = [r"[a-z]", r"[A-Z]", r"[0-9]", r"[ !\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"]
    has = [bool(re.search(kind, password)) for kind in kinds]
    if len(password.encode("utf-16-le")) // 2 < least:
        return False
    if level == "fair" and not all(has[:3]):
        return False
    if level in ("good", "excellent") and sum(has) < 3:
        return False
    units = password.encode("utf-16-le")
    units = [units[i:i + 2] for i in range(0, len(units), 2)]
    return level != "excellent" or not any(units[i] == units[i + 1] == units[i + 2] for i in range(len(units) - 2))


def ask(*arguments, stdin=""):
    return subprocess.run([WRIT, *arguments], input=stdin, capture_output=True, text=True, check=False)


def imported(source, path, name, folder):
    """The policy that is made of it; None when it is none."""
    policy = folder + "/t.writ"
    done = ask("import", source, str(path), "--tenant", "t", "-o", folder, "--force")
    if done.returncode != 0:
        wrong.append(f"{name}: not imported: {done.stderr}")
        return None
    if ask("check", policy).returncode != 0 or ask("fmt", "--check", policy).returncode != 0:
        wrong.append(f"{name}: what was written does not check, or is not laid out")
    return policy


def compare(path, folder):
    export = load(path)
    name = str(path.relative_to(CORPUS))
    policy = imported("auth0", path, name, folder)
    if policy is None:
        return
    counts["files"] += 1
    organizations = [None, *(export.get("organizations") or [])]
    for client in export.get("clients") or []:
        if not isinstance(client.get("name"), str) or client["name"] == "All Applications":
            continue
        usage = client.get("organization_usage") or "deny"
        for organization in organizations:
            if organization is not None and usage == "deny":
                continue
            expected = [one["name"] for one in enabled(export, client, organization)]
            where = ["connections", policy, "--tenant", "t", "--client", client.get("client_id") or client["name"], "--format", "json"]
            if organization is not None:
                where += ["--organization", organization["name"]]
            said = json.loads(ask(*where).stdout or "{}")
            got = [c["id"] for c in said.get("connections") or []]
            counts["enabled"] += 1
            if organization is None and usage == "require":
                expected = []
            if sorted(got) != sorted(expected):
                wrong.append(f"{name}: {client['name']} in {organization and organization['name']}: {got}, should be {expected}")
            if organization is not None or usage == "require":
                continue
            usable = enabled(export, client)
            for domain in sorted(set().union(*[domains(c) for c in usable if is_enterprise(c)], set())):
                first = next(c["name"] for c in usable if is_enterprise(c) and domain in domains(c))
                said = json.loads(ask(*where, "--email", "ann@" + domain).stdout or "{}")
                counts["discovered"] += 1
                if said.get("home_realm") != first:
                    wrong.append(f"{name}: {client['name']}, {domain}: {said.get('home_realm')}, should be {first}")
    for database in export.get("databases") or []:
        options = database.get("options") or {}
        extras = [options.get(e) or {} for e in ("password_history", "password_no_personal_info", "password_dictionary")]
        if "password_options" in options or any(e.get("enable") for e in extras) or "breached" in open(policy).read():
            continue
        for password in PASSWORDS:
            event = "change" if options.get("disable_signup") else "signup"
            got = ask("password", "check", policy, "--tenant", "t", "--connection", database["name"], "--event", event,
                      stdin=password).returncode == 0
            counts["passwords"] += 1
            if got != accepts(options, password):
                wrong.append(f"{name}: {database['name']}: {password!r}: {got}")


OWN_CLIENTS = {"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}


def realm_accepts(policy, password):
    """Keycloak's policy string, for a user named `user`; None where it asks for what only a list or a history knows."""
    for part in filter(None, (policy or "").split(" and ")):
        name, _, rest = part.strip().partition("(")
        argument = int(rest[:-1]) if rest[:-1].isdigit() else {"length": 8, "maxLength": 64}.get(name, 1)
        units = len(password.encode("utf-16-le")) // 2
        bmp = [c if ord(c) < 0x10000 else None for c in password]
        count = {"digits": sum(c is not None and c.isdecimal() for c in bmp),
                 "lowerCase": sum(c is not None and c.islower() for c in bmp),
                 "upperCase": sum(c is not None and c.isupper() for c in bmp),
                 "specialChars": sum(2 if c is None else not c.isalnum() for c in bmp)}
        if name == "length" and units < argument or name == "maxLength" and units > argument:
            return False
        if name in count and count[name] < argument:
            return False
        if name in ("notUsername", "notContainsUsername") and "user" in password.lower():
            return None if name == "notUsername" and password != "user" else False
        if name in ("passwordBlacklist", "regexPattern", "passwordAge", "passwordHistory"):
            return None
    return password != ""


def compare_realm(path, folder):
    realm = json.loads(path.read_text())
    name = str(path.relative_to(CORPUS))
    policy = imported("keycloak", path, name, folder)
    if policy is None:
        return
    counts["files"] += 1
    providers = [p["alias"] for p in realm.get("identityProviders") or [] if p.get("enabled", True) and not p.get("linkOnly")]
    for client in realm.get("clients") or []:
        people = client.get("standardFlowEnabled", True)
        left_out = client["clientId"] in OWN_CLIENTS or client.get("enabled") is False or client.get("bearerOnly")
        if left_out or not (people or client.get("serviceAccountsEnabled")):
            continue
        said = json.loads(ask("connections", policy, "--tenant", "t", "--client", client["clientId"], "--format", "json").stdout or "{}")
        got = sorted(c["id"] for c in said.get("connections") or [])
        counts["enabled"] += 1
        if got != (sorted(["users", *providers]) if people else []):
            wrong.append(f"{name}: {client['clientId']}: {got}")
    event = "signup" if realm.get("registrationAllowed") else "change"
    with tempfile.NamedTemporaryFile("w", suffix=".json") as user:
        user.write('{"username": "user", "email": "user@example.com"}')
        user.flush()
        for password in PASSWORDS:
            expected = realm_accepts(realm.get("passwordPolicy"), password)
            if expected is None:
                continue
            got = ask("password", "check", policy, "--tenant", "t", "--connection", "users", "--event", event, "--user", user.name,
                      stdin=password).returncode == 0
            counts["passwords"] += 1
            if got != expected:
                wrong.append(f"{name}: {password!r}: {got}")


# ---------------------------------------------------------------- Entra

UNSUPPORTED = ("clientApplications", "agents", "agentContext", "agentIdRiskLevels", "servicePrincipalRiskLevels", "insiderRiskLevels")
APP_TYPES = {"browser": "browser", "mobileAppsAndDesktopClients": "mobile_desktop", "exchangeActiveSync": "exchange_active_sync",
             "easSupported": "eas_supported", "other": "other"}


def meaningful(value):
    if isinstance(value, dict):
        return any(meaningful(v) for k, v in value.items() if "@" not in k)
    return bool(value)


def matches(policy, sign_in, locations):
    """Whether a conditional-access policy applies; None when it has a condition that Writ cannot say."""
    c = policy["conditions"]
    apps, users = c.get("applications") or {}, c.get("users") or {}
    if any(meaningful(c.get(field)) for field in UNSUPPORTED) or apps.get("includeUserActions") or meaningful(c.get("devices")):
        return None
    for ids in ((c.get("locations") or {}).get("includeLocations") or [], (c.get("locations") or {}).get("excludeLocations") or []):
        if any(i != "All" and (i not in locations or not locations[i].get("countriesAndRegions")) for i in ids):
            return None

    def who(prefix):
        return ("All" in users.get(prefix + "Users", []) or bool(set(users.get(prefix + "Groups", [])) & set(sign_in["groups"]))
                or bool(set(users.get(prefix + "Roles", [])) & set(sign_in["roles"]))
                or bool(users.get(prefix + "GuestsOrExternalUsers")) and sign_in["guest"])

    def chosen(values, value, everything=("all",)):
        return not values or any(v.lower() in everything for v in values) or value in [v.lower() for v in values]

    def located(ids):
        return any(i == "All" or sign_in["country"] in locations[i]["countriesAndRegions"] for i in ids)

    include = apps.get("includeApplications") or []
    if not ("All" in include or sign_in["app"] in include) or sign_in["app"] in (apps.get("excludeApplications") or []):
        return False
    if not who("include") or who("exclude"):
        return False
    types = [t for t in c.get("clientAppTypes") or []]
    if types and "all" not in types and sign_in["app_type"] not in types:
        return False
    platforms = c.get("platforms") or {}
    if not chosen(platforms.get("includePlatforms"), sign_in["platform"]):
        return False
    if sign_in["platform"] in [p.lower() for p in platforms.get("excludePlatforms") or []]:
        return False
    if not chosen(c.get("signInRiskLevels"), sign_in["risk"], ()) or not chosen(c.get("userRiskLevels"), sign_in["user_risk"], ()):
        return False
    places = c.get("locations") or {}
    if places.get("includeLocations") and not located(places["includeLocations"]) or located(places.get("excludeLocations") or []):
        return False
    flows = ((c.get("authenticationFlows") or {}).get("transferMethods") or "").split(",")
    return flows == [""] or sign_in["transfer"] in flows


def outcome(policies, sign_in, locations):
    effect = "allow"
    for policy in policies:
        if not matches(policy, sign_in, locations):
            continue
        grant, session = policy.get("grantControls") or {}, policy.get("sessionControls") or {}
        controls = grant.get("builtInControls") or []
        if "block" in controls:
            return "deny"
        met = {"mfa": sign_in["mfa"], "compliantDevice": sign_in["compliant"], "domainJoinedDevice": sign_in["hybrid"]}
        held = [met.get(c, False) for c in controls] + [False] * bool(grant.get("authenticationStrength"))
        if held and not (all(held) if grant.get("operator") == "AND" else any(held)):
            effect = "challenge"
        frequency = session.get("signInFrequency") or {}
        if frequency.get("isEnabled"):
            hours = 0 if frequency["frequencyInterval"] == "everyTime" else frequency["value"] * (24 if frequency["type"] == "days" else 1)
            if hours < 3:
                effect = "challenge"
    return effect


def compare_directory(path, folder):
    name = str(path.relative_to(CORPUS))
    policy = imported("entra", path, name, folder)
    if policy is None:
        return
    things = []
    for file in sorted(path.rglob("*.json")):
        counts["files"] += 1
        text = file.read_bytes()
        things.append(json.loads(text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")))
    locations = {t["id"]: t for t in things if "conditions" not in t}
    policies = [t for t in things if "conditions" in t]
    every = {"enabled": [p for p in policies if p["state"] == "enabled"],
             "all": [p for p in policies if p["state"] in ("enabled", "enabledForReportingButNotEnforced")]}

    def named(*fields):
        found = set()
        for p in policies:
            for group, field in fields:
                found |= set((p["conditions"].get(group) or {}).get(field) or [])
        return sorted(found)

    groups = named(("users", "includeGroups"), ("users", "excludeGroups"))
    roles = named(("users", "includeRoles"), ("users", "excludeRoles"))
    apps = [a for a in named(("applications", "includeApplications"), ("applications", "excludeApplications")) if a not in ("All", "None", "AllAgentIdResources")]
    base = json.loads(ask("facts", policy, "--baseline").stdout)
    pick = random.Random(20261130)
    sign_ins, lines = [], []
    for _ in range(3000):
        one = {"groups": pick.sample(groups, pick.choice([0, 1, 1, 2])), "roles": pick.sample(roles, pick.choice([0, 0, 1])),
               "guest": pick.random() < 0.2, "app": pick.choice([*apps, "other"]), "app_type": pick.choice(list(APP_TYPES)),
               "platform": pick.choice(["android", "ios", "windows", "macos", "linux"]), "risk": pick.choice(["none", "high"]),
               "user_risk": pick.choice(["none", "high"]), "country": pick.choice(["BE", "NL", "US", None]),
               "transfer": pick.choice(["none", "none", "deviceCodeFlow"]), "mfa": pick.random() < 0.5,
               "compliant": pick.random() < 0.5, "hybrid": pick.random() < 0.3}
        request = json.loads(json.dumps(base))
        request.update(action="login", tenant="t", client=one["app"], connection="entra")
        request["user"].update(groups=one["groups"], roles=one["roles"], guest=one["guest"], risk=one["user_risk"])
        request["request"].update(sign_in_risk=one["risk"], client_app=APP_TYPES[one["app_type"]],
                                  transfer={"deviceCodeFlow": "device_code"}.get(one["transfer"], "none"))
        request["request"].pop("country", None)
        if one["country"]:
            request["request"]["country"] = one["country"]
        request["session"].update(mfa=one["mfa"], auth_age="3h")
        request["session"].pop("mfa_age", None)
        if one["mfa"]:
            request["session"]["mfa_age"] = "1m"
        request["device"] = {"platform": one["platform"], "compliant": one["compliant"], "hybrid_joined": one["hybrid"]}
        sign_ins.append(one)
        lines.append(json.dumps(request))
    answers = ask("eval", policy, "-", "--format", "json", stdin="\n".join(lines) + "\n").stdout.splitlines()
    if len(answers) != len(sign_ins):
        wrong.append(f"{name}: {len(answers)} answers to {len(sign_ins)} sign-ins")
    for one, line in zip(sign_ins, answers):
        said = json.loads(line)
        counts["sign-ins"] += 1
        expected = (outcome(every["enabled"], one, locations), outcome(every["all"], one, locations))
        if (said.get("effect"), said.get("would_be", said.get("effect"))) != expected or said.get("fault"):
            wrong.append(f"{name}: {one}: {said.get('effect')}, {said.get('would_be')}, {said.get('fault')}, should be {expected}")


def compare_together(source, paths, folder):
    """Many tenants imported at once: each client has the connections that it has in the import of its tenant alone."""
    exports, policies = pathlib.Path(folder, "exports"), pathlib.Path(folder, "policies")
    exports.mkdir()
    for number, path in enumerate(paths):
        (exports / f"{number:02}{path.suffix}").symlink_to(path.resolve())
    done = ask("import", source, str(exports), "--each", "-o", str(policies), "--format", "json")
    if done.returncode != 0 or ask("check", str(policies)).returncode != 0 or ask("fmt", "--check", str(policies)).returncode != 0:
        wrong.append(f"{source} --each: {done.stderr}")
        return
    report = json.loads(done.stdout)
    counts["together"] += len(report["tenants"])
    if len(report["tenants"]) != len(paths):
        wrong.append(f"{source} --each: {len(report['tenants'])} tenants of {len(paths)}")
    for path, tenant in zip(paths, report["tenants"]):
        alone = ask("import", source, str(path), "--tenant", tenant["tenant"], "-o", folder + "/alone", "--force", "--format", "json")
        both = []
        for where in (json.loads(alone.stdout)["file"], str(policies)):
            said = json.loads(ask("matrix", where, "--tenant", tenant["tenant"], "--format", "json").stdout or "[{}]")[0]
            texts = {rule["label"]: rule["text"] for rule in said.get("rules") or []}
            both.append((sorted(texts.values()), [(c["client"], c["type"], [(v["connection"], v["who"], sorted(texts[r["label"]] for r in v["rules"]))
                                                                            for v in c.get("connections") or []]) for c in said["clients"]]))
        if both[0] != both[1]:
            wrong.append(f"{source} --each: {tenant['tenant']} differs from its import alone")


def main():
    auth0, keycloak = CORPUS / "auth0", CORPUS / "keycloak"
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(auth0.rglob("tenant.yaml")) + sorted(p.parent for p in auth0.rglob("tenant.json")):
            compare(path, folder)
        for path in sorted(keycloak.rglob("*.json")):
            compare_realm(path, folder)
        for path in sorted((CORPUS / "entra").glob("*/Config")):
            compare_directory(path, folder)
    for source, paths in (("auth0", sorted(p.parent for name in ("tenant.yaml", "tenant.json") for p in auth0.rglob(name))),
                          ("keycloak", sorted(keycloak.rglob("*.json")))):
        with tempfile.TemporaryDirectory() as folder:
            compare_together(source, paths, folder)
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    for line in wrong:
        print("WRONG", line)
    sys.exit(1 if wrong or not counts["files"] else 0)


main()
