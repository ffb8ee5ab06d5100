#!/usr/bin/env python3
"""okta.py WRIT: imports the export of Okta in okta/, and exports that are made up at random in the same form, with the command WRIT,
and asks the policies what the exports say, as this script reads them by itself: what signing in, changing and resetting a password
comes to, where an e-mail address is sent, and which passwords are taken. Prints the counts; exit code 1 when anything differs.

It shares nothing with the importer. Policies are asked here as Okta asks them: in order, and the first that holds decides.
"""
import ipaddress
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

WRIT = sys.argv[1]
SAMPLE = pathlib.Path(__file__).parent / "okta"
PASSWORDS = ["", "abcdefgh", "Abcdefg1", "Abcdef1!", "Abcdefghijklm1", "Abbbcdefghijk1", "user Abcdef1!", "Пароль1!Пароль", "aB3$aB3$aB3$aB3$"]
counts = {"exports": 0, "sign-ins": 0, "password changes": 0, "discovered": 0, "passwords": 0}
effects = {"allow": 0, "challenge": 0, "deny": 0}
wrong = []


def ask(*arguments, stdin=""):
    return subprocess.run([WRIT, *arguments], input=stdin, capture_output=True, text=True, check=False)


class Org:
    """An export, as Okta would ask it."""

    def __init__(self, things):
        self.policies = [t for t in things if t.get("type") in ("OKTA_SIGN_ON", "ACCESS_POLICY", "PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY")]
        self.zones = {t["id"]: t for t in things if "usage" in t}
        self.apps = {t["id"]: t for t in things if "signOnMode" in t}
        self.everyone = {t["id"] for t in things if t.get("type") == "BUILT_IN"}
        self.idps = {t["id"]: t for t in things if "protocol" in t}

    def of(self, kind):
        found = [p for p in self.policies if p["type"] == kind and p["status"] == "ACTIVE"]
        return sorted(found, key=lambda p: (p["system"], p["priority"]))

    @staticmethod
    def rules(policy):
        found = [r for r in policy["_embedded"]["rules"] if r["status"] == "ACTIVE"]
        return sorted(found, key=lambda r: (r["system"], r["priority"]))

    def in_zone(self, zone, s):
        if zone["type"] == "IP":
            address = ipaddress.ip_address(s["ip"])
            for one in zone["gateways"] or []:
                if one["type"] == "CIDR" and address in ipaddress.ip_network(one["value"], strict=False):
                    return True
                if one["type"] == "RANGE":
                    low, high = (ipaddress.ip_address(p) for p in one["value"].split("-"))
                    if low.version == address.version and low <= address <= high:
                        return True
            return False
        countries = [place["country"] for place in zone["locations"]]
        numbers = [int(n) for n in zone.get("asns") or []]
        return (bool(countries or numbers) and (not countries or s["country"] in countries) and (not numbers or s["asn"] in numbers))

    def holds(self, conditions, s):
        c = conditions or {}
        people = c.get("people") or {}
        users, groups = people.get("users") or {}, people.get("groups") or {}

        def among(side):
            listed = set(groups.get(side) or [])
            return bool(listed & self.everyone or listed & set(s["groups"]) or s["user"] in (users.get(side) or []))

        if ((groups.get("include") or users.get("include")) and not among("include")) or among("exclude"):
            return False
        network = c.get("network") or {}
        if network.get("connection") == "ZONE":
            if network.get("include") and not any(self.in_zone(self.zones[z], s) for z in network["include"]):
                return False
            if any(self.in_zone(self.zones[z], s) for z in network.get("exclude") or []):
                return False
        if (c.get("riskScore") or {}).get("level", "ANY") not in ("ANY", s["risk"]):
            return False
        if (c.get("authContext") or {}).get("authType", "ANY") not in ("ANY", s["interface"]):
            return False
        behaviors = (c.get("risk") or {}).get("behaviors")
        if behaviors and not set(behaviors) & set(s["behaviors"]):
            return False
        device = c.get("device") or {}
        if any(device.get(f) is not None and device[f] != s[f] for f in ("registered", "managed")):
            return False
        platform = c.get("platform") or {}

        def runs(one):
            return one["type"] in ("ANY", s["form"]) and one["os"]["type"] in ("ANY", s["os"])

        if platform.get("include") and not any(map(runs, platform["include"])) or any(map(runs, platform.get("exclude") or [])):
            return False
        kinds = c.get("userType") or {}
        if kinds.get("include") and s["type"] not in kinds["include"] or s["type"] in (kinds.get("exclude") or []):
            return False
        text = (c.get("elCondition") or {}).get("condition")
        if text:
            level = re.fullmatch(r"security\.risk\.level == '(\w+)'", text)
            return s["risk"] == level[1] if level else s["expression"]
        return True

    def first(self, policies, s, extra=()):
        """The policy and the rule that decide, by priority; None when none holds."""
        for policy in policies:
            if policy["system"] or self.holds({k: v for k, v in (policy["conditions"] or {}).items() if k not in extra}, s):
                for rule in self.rules(policy):
                    if self.holds(rule["conditions"], s):
                        return policy, rule
        return None, None

    def password_policy(self, s):
        for policy in self.of("PASSWORD"):
            if policy["system"] or self.holds({"people": policy["conditions"]["people"]}, s):
                return policy
        return None

    def access_policy(self, app):
        href = (self.apps[app].get("_links") or {}).get("accessPolicy", {}).get("href", "")
        for policy in self.of("ACCESS_POLICY"):
            if href.endswith("/" + policy["id"]):
                return policy
        return next(p for p in self.of("ACCESS_POLICY") if p["system"])

    def blocked(self, s):
        return any(z["usage"] == "BLOCKLIST" and self.in_zone(z, s) for z in self.zones.values())


def minutes(text):
    """Of `PT2H`; None when Okta never asks again."""
    number, unit = int(re.fullmatch(r"PT(\d+)([HMS])", text)[1]), text[-1]
    value = number * {"H": 60, "M": 1, "S": 1 / 60}[unit]
    return None if value >= 43800 * 60 else value


FLAGS = {"deviceBound": "device_bound", "hardwareProtection": "hardware_protected", "phishingResistant": "phishing_resistant",
         "userPresence": "user_present", "userVerification": "user_verified"}


def part_name(kind, part):
    words = [kind, *[t.lower() for t in part.get("types") or []], *[m.lower() for m in part.get("methods") or []]]
    return "_".join(words + [word for field, word in FLAGS.items() if part.get(field) == "REQUIRED"])


def verified(method, s):
    """Whether a session meets the verification method of an access rule."""
    again = minutes(method["reauthenticateIn"]) if method.get("reauthenticateIn") else None
    parts = [(k, p) for c in method["constraints"] for k, p in c.items()]
    own = any("reauthenticateIn" in p for _, p in parts)
    met = True
    if method["factorMode"] == "2FA":
        met = s["mfa_age"] is not None and (own or again is None or s["mfa_age"] <= again)
    if method["constraints"]:
        def proved(kind, part):
            age = s["proofs"].get(part_name(kind, part))
            limit = minutes(part["reauthenticateIn"]) if "reauthenticateIn" in part else None
            return age is not None and (limit is None or age <= limit)
        met = met and any(all(proved(k, p) for k, p in c.items()) for c in method["constraints"])
    if again is not None and not own:
        met = met and s["auth_age"] <= again
    return met


def sign_in(org, s):
    """Effect of a sign-in: deny before challenge before allow."""
    if org.blocked(s):
        return "deny"
    stores = [p["name"] for p in org.of("PASSWORD")]
    if s["connection"] in stores and len(stores) > 1 and org.password_policy(s)["name"] != s["connection"]:
        return "deny"
    effect = "allow"
    _, rule = org.first(org.of("OKTA_SIGN_ON"), s)
    action = rule["actions"]["signon"] if rule else {"access": "DENY"}
    if action["access"] == "DENY":
        return "deny"
    if action["requireFactor"]:
        mode = action.get("factorPromptMode", "ALWAYS")
        if mode == "SESSION":
            met = s["mfa_age"] is not None and s["mfa_age"] <= action["factorLifetime"]
        else:
            met = s["mfa_age"] is not None or mode == "DEVICE" and s["known"]
        effect = effect if met else "challenge"
    _, rule = org.first([{**org.access_policy(s["app"]), "system": True}], s)
    action = rule["actions"]["appSignOn"] if rule else {"access": "DENY"}
    if action["access"] == "DENY":
        return "deny"
    if not verified(action["verificationMethod"], s):
        effect = "challenge"
    policy, rule = org.first(org.of("MFA_ENROLL"), s)
    if rule and rule["actions"]["enroll"]["self"] != "NEVER":
        for one in policy["settings"]["authenticators"]:
            due = one["enroll"].get("gracePeriod", {}).get("expiry", "") <= s["time"]
            if one["enroll"]["self"] == "REQUIRED" and one["key"] not in ("okta_password", *s["authenticators"]) and due:
                effect = "challenge"
    return effect


def change(org, s, field):
    if org.blocked(s):
        return "deny"
    policy = org.password_policy(s)
    if len(org.of("PASSWORD")) > 1 and policy["name"] != s["connection"]:
        return "deny"
    policy = next(p for p in org.of("PASSWORD") if p["name"] == s["connection"] or len(org.of("PASSWORD")) == 1)
    rule = next((r for r in org.rules(policy) if org.holds(r["conditions"], s)), None)
    return "allow" if rule and rule["actions"][field]["access"] == "ALLOW" else "deny"


def accepts(policy, password):
    """A password of a user named `user`."""
    c = policy["settings"]["password"]["complexity"]
    kinds = {"minLowerCase": "[a-z]", "minUpperCase": "[A-Z]", "minNumber": "[0-9]", "minSymbol": r"[ -/:-@\[-`{-~]"}
    if len(password) < (c.get("minLength") or 8) or password == "":
        return False
    if any(len(re.findall(pattern, password)) < (1 if c.get(f) is None else c[f]) for f, pattern in kinds.items()):
        return False
    if c.get("excludeUsername") is not False and "user" in password.lower():
        return False
    most = c.get("maxConsecutiveCharacters")
    return not most or not re.search(r"(.)\1{%d}" % most, password)


def route(org, app, domain):
    """The identity provider of an address; None: its password is asked for."""
    for policy in org.of("IDP_DISCOVERY"):
        for rule in org.rules(policy):
            c = rule["conditions"] or {}
            apps = c.get("app") or {}
            include, exclude = ([a["id"] for a in apps.get(side) or []] for side in ("include", "exclude"))
            if include and app not in include or app in exclude:
                continue
            patterns = (c.get("userIdentifier") or {}).get("patterns") or []
            if not patterns or any(("ann@" + domain).endswith(p["value"]) for p in patterns):
                provider = rule["actions"]["idp"]["providers"][0]
                return None if provider["type"] == "OKTA" else provider["id"]
    return None


# ---------------------------------------------------------------- asking

def made_up(org, pick, proofs, groups):
    policies = [p["name"] for p in org.of("PASSWORD")]
    age = lambda: pick.choice([None, 5, 45, 90, 400, 800])
    app = pick.choice([a for a, t in org.apps.items() if t.get("settings", {}).get("oauthClient", {}).get("application_type") != "service"])
    return {"groups": pick.sample(groups, pick.randrange(0, len(groups) + 1)), "user": pick.choice(["usr-1", "usr-2", "usr-3"]),
            "ip": pick.choice(["203.0.113.9", "198.51.100.4", "198.51.100.15", "198.51.100.16", "198.51.100.3", "192.0.2.200", "8.8.8.8", "2001:db8::1"]),
            "country": pick.choice(["BR", "US", None]), "asn": pick.choice([64500, 64501, None]), "risk": pick.choice(["LOW", "MEDIUM", "HIGH"]),
            "interface": pick.choice(["WEB", "WEB", "RADIUS", "LDAP_INTERFACE"]), "behaviors": pick.choice([[], ["bhv-new-device"], ["bhv-travel"]]),
            "registered": pick.random() < 0.6, "managed": pick.random() < 0.6, "form": pick.choice(["MOBILE", "DESKTOP"]),
            "os": pick.choice(["IOS", "ANDROID", "MACOS", "WINDOWS"]), "type": pick.choice(["typ-guest", "typ-staff"]),
            "expression": pick.random() < 0.5, "mfa_age": age(), "auth_age": pick.choice([5, 45, 90, 400, 800]), "known": pick.random() < 0.5,
            "proofs": {p: age() for p in proofs}, "authenticators": pick.choice([[], ["okta_verify"], ["okta_verify", "phone_number"]]),
            "time": pick.choice(["2026-01-15T12:00:00.000Z", "2026-07-15T12:00:00.000Z"]), "app": app,
            "connection": pick.choice([*policies, "idp-corporate"])}


def request_of(base, org, s, names, action):
    request = json.loads(json.dumps(base))
    app = org.apps[s["app"]]
    alone = len(org.of("PASSWORD")) == 1
    connection = "okta" if alone and s["connection"] in [p["name"] for p in org.of("PASSWORD")] else s["connection"]
    request.update(action=action, tenant="t", client=app.get("credentials", {}).get("oauthClient", {}).get("client_id") or app["id"], connection=connection)
    request["user"].update(id=s["user"], groups=s["groups"], type=s["type"], authenticators=s["authenticators"])
    facts = request["request"]
    facts.update(ip=s["ip"], time=s["time"], risk=s["risk"].lower(), behaviors=s["behaviors"], device_known=s["known"],
                 interface={"LDAP_INTERFACE": "ldap"}.get(s["interface"], s["interface"].lower()))
    for name in ("country", "asn"):
        facts.pop(name, None)
        if s[name] is not None:
            facts[name] = s[name]
    request["device"] = {"registered": s["registered"], "managed": s["managed"], "form": s["form"].lower(), "os": s["os"].lower()}
    session = request["session"]
    session.update(mfa=s["mfa_age"] is not None, auth_age=f"{s['auth_age']}m")
    session.pop("mfa_age", None)
    if s["mfa_age"] is not None:
        session["mfa_age"] = f"{s['mfa_age']}m"
    for name, age in s["proofs"].items():
        if age is not None:
            session[name] = f"{age}m"
    if names["okta"]:
        request["okta"] = {name: s["expression"] for name in names["okta"]}
    # A request may carry declared facts only.
    for root in ("user", "request", "device", "session"):
        kept = {k: v for k, v in request.get(root, {}).items() if k in names["builtin"][root] or k in names[root]}
        request[root] = kept
    if not request["device"]:
        del request["device"]
    return request


def declared(text):
    """The attributes of a policy: by first word, their other words."""
    names = {root: set() for root in ("user", "request", "device", "session", "okta")}
    for root, rest in re.findall(r"(?m)^ +(\w+)\.(\w+)\s*: (?:bool|int|one|set|string|duration)", text):
        if root in names:
            names[root].add(rest)
    return names


BUILT_IN = {"user": {"id", "email", "email_verified", "username", "groups", "roles", "organizations", "accepted", "created", "logins", "mfa_enrolled",
                     "blocked"},
            "request": {"ip", "country", "asn", "time", "user_agent", "scopes", "acr_values", "device_known"},
            "session": {"mfa", "mfa_age", "auth_age", "factors", "amr"}, "device": set()}


def compare(things, name, seed, number, folder):
    source, policy = folder / "source", folder / "t.writ"
    source.mkdir(exist_ok=True)
    (source / "all.json").write_text(json.dumps(things))
    done = ask("import", "okta", str(source), "--tenant", "t", "-o", str(folder), "--force")
    if done.returncode != 0:
        wrong.append(f"{name}: not imported: {done.stderr}")
        return
    if ask("check", str(policy)).returncode != 0 or ask("fmt", "--check", str(policy)).returncode != 0:
        wrong.append(f"{name}: what was written does not check, or is not laid out")
    counts["exports"] += 1
    org, pick, text = Org(things), random.Random(seed), policy.read_text()
    names = {**declared(text), "builtin": BUILT_IN}
    groups = [t["id"] for t in things if t.get("type") == "OKTA_GROUP"]
    proofs = sorted(names["session"])
    lines, asked = [], []
    for action in ("login", "password_change", "password_reset"):
        base = json.loads(ask("facts", str(policy), "--baseline", "--action", action).stdout)
        for _ in range(number if action == "login" else number // 10):
            s = made_up(org, pick, proofs, groups)
            if action != "login" and s["connection"].startswith("idp-"):
                continue
            asked.append((action, s))
            lines.append(json.dumps(request_of(base, org, s, names, action)))
    answers = ask("eval", str(policy), "-", "--format", "json", stdin="\n".join(lines) + "\n").stdout.splitlines()
    if len(answers) != len(asked):
        wrong.append(f"{name}: {len(answers)} answers to {len(asked)} questions")
    fields = {"password_change": "passwordChange", "password_reset": "selfServicePasswordReset"}
    for (action, s), line in zip(asked, answers):
        said = json.loads(line)
        expected = sign_in(org, s) if action == "login" else change(org, s, fields[action])
        counts["sign-ins" if action == "login" else "password changes"] += 1
        effects[expected] += 1
        if said.get("effect") != expected or said.get("fault"):
            wrong.append(f"{name}: {action} {s}: {said.get('effect')} {said.get('fault', '')}, should be {expected}\n{line}")
    for app, thing in org.apps.items():
        client = thing.get("credentials", {}).get("oauthClient", {}).get("client_id") or app
        if thing.get("settings", {}).get("oauthClient", {}).get("application_type") == "service":
            continue
        for domain in ("partner.example", "staff.example", "elsewhere.example"):
            said = json.loads(ask("connections", str(policy), "--tenant", "t", "--client", client, "--email", "ann@" + domain, "--format", "json").stdout)
            counts["discovered"] += 1
            if said.get("home_realm") != route(org, app, domain):
                wrong.append(f"{name}: {app}, {domain}: {said.get('home_realm')}, should be {route(org, app, domain)}")
    user = folder / "user.json"
    user.write_text('{"username": "user", "email": "user@example.com"}')
    for one in org.of("PASSWORD"):
        connection = "okta" if len(org.of("PASSWORD")) == 1 else one["name"]
        for password in PASSWORDS:
            got = ask("password", "check", str(policy), "--tenant", "t", "--connection", connection, "--event", "change", "--user", str(user),
                      stdin=password).returncode == 0
            counts["passwords"] += 1
            if got != accepts(one, password):
                wrong.append(f"{name}: {connection}: {password!r}: {got}")


# ---------------------------------------------------------------- exports made up at random

def random_conditions(pick, sign_on):
    c = {}
    if pick.random() < 0.6:
        c["people"] = {"groups": {"include": pick.sample(["grp-admins", "grp-contractors"], pick.randrange(0, 3)),
                                  "exclude": pick.choice([[], [], ["grp-contractors"]])},
                       "users": {"include": pick.choice([[], [], ["usr-1"]]), "exclude": pick.choice([[], [], ["usr-2"]])}}
    if pick.random() < 0.4:
        c["network"] = {"connection": "ZONE", pick.choice(["include", "exclude"]): pick.sample(["zon-office", "zon-abroad", "zon-both"], pick.randrange(1, 3))}
    if pick.random() < 0.3:
        c["riskScore"] = {"level": pick.choice(["ANY", "LOW", "MEDIUM", "HIGH"])}
    if sign_on and pick.random() < 0.3:
        c["authContext"] = {"authType": pick.choice(["ANY", "RADIUS", "LDAP_INTERFACE"])}
    if sign_on and pick.random() < 0.3:
        c["risk"] = {"behaviors": pick.choice([[], ["bhv-new-device"], ["bhv-travel", "bhv-new-device"]])}
    if not sign_on:
        if pick.random() < 0.3:
            c["device"] = pick.choice([{"registered": True}, {"registered": True, "managed": True}, {"managed": False}])
        if pick.random() < 0.3:
            systems = [{"type": t, "os": {"type": o}} for t, o in (("MOBILE", "IOS"), ("DESKTOP", "MACOS"), ("ANY", "WINDOWS"), ("MOBILE", "ANY"))]
            c["platform"] = {pick.choice(["include", "exclude"]): pick.sample(systems, pick.randrange(1, 3))}
        if pick.random() < 0.2:
            c["userType"] = {pick.choice(["include", "exclude"]): ["typ-guest"]}
        if pick.random() < 0.2:
            c["elCondition"] = {"condition": pick.choice(["security.risk.level == 'HIGH'", "user.profile.department == 'sales'"])}
    return c


def random_part(pick, kind):
    part = {"required": True}
    if kind == "knowledge":
        part["types"] = ["password"]
    else:
        part.update({f: pick.choice(["OPTIONAL", "REQUIRED"]) for f in ("deviceBound", "phishingResistant", "userPresence")})
    if pick.random() < 0.3:
        part["reauthenticateIn"] = pick.choice(["PT1H", "PT30M", "PT6H"])
    return part


def random_access(pick):
    if pick.random() < 0.3:
        return {"access": "DENY"}
    method = {"type": "ASSURANCE", "factorMode": pick.choice(["1FA", "2FA"]), "constraints": []}
    if pick.random() < 0.6:
        method["reauthenticateIn"] = pick.choice(["PT1H", "PT2H", "PT12H", "PT43800H"])
    for _ in range(pick.choice([0, 0, 1, 2])):
        method["constraints"].append({k: random_part(pick, k) for k in pick.choice([["knowledge"], ["possession"], ["knowledge", "possession"]])})
    return {"access": "ALLOW", "verificationMethod": method}


def random_sign_on(pick):
    if pick.random() < 0.3:
        return {"access": "DENY"}
    return {"access": "ALLOW", "requireFactor": pick.random() < 0.6, "factorPromptMode": pick.choice(["ALWAYS", "DEVICE", "SESSION"]),
            "factorLifetime": pick.choice([15, 60, 600]), "session": {"maxSessionIdleMinutes": pick.choice([60, 120]), "maxSessionLifetimeMinutes": 0}}


def random_rules(pick, kind, actions, sign_on, catch_all):
    made = [{"id": f"rul-{pick.random()}", "type": kind, "name": f"Rule {i}", "status": pick.choice(["ACTIVE"] * 5 + ["INACTIVE"]), "priority": i,
             "system": False, "conditions": random_conditions(pick, sign_on), "actions": actions()} for i in range(pick.randrange(0, 5))]
    if catch_all:
        made.append({"id": f"rul-{pick.random()}", "type": kind, "name": "Catch-all Rule", "status": "ACTIVE", "priority": 99, "system": True,
                     "conditions": None, "actions": actions()})
    pick.shuffle(made)
    return {"rules": made}


def random_export(sample, pick):
    things = [json.loads(json.dumps(t)) for t in sample if t.get("type") not in ("OKTA_SIGN_ON", "ACCESS_POLICY")]
    things.append({"id": "zon-both", "type": "DYNAMIC", "name": "Abroad by line", "status": "ACTIVE", "usage": "POLICY", "locations": [{"country": "BR"}],
                   "proxyType": None, "asns": ["64500"]})

    def policy(kind, name, place, system, actions, catch_all):
        sign_on = kind == "OKTA_SIGN_ON"
        c = random_conditions(pick, True) if sign_on else None
        things.append({"id": f"pol-{name}", "type": kind, "name": name, "status": "ACTIVE", "priority": place, "system": system,
                       "conditions": {"people": (c or {}).get("people")} if sign_on else None,
                       "_embedded": random_rules(pick, "SIGN_ON" if sign_on else kind, actions, sign_on, catch_all)})

    for place in range(pick.randrange(0, 3)):
        policy("OKTA_SIGN_ON", f"Session {place}", place, False, lambda: {"signon": random_sign_on(pick)}, False)
    policy("OKTA_SIGN_ON", "Default Policy", 9, True, lambda: {"signon": random_sign_on(pick)}, pick.random() < 0.9)
    policy("ACCESS_POLICY", "portal", 1, False, lambda: {"appSignOn": random_access(pick)}, pick.random() < 0.9)
    policy("ACCESS_POLICY", "apps", 2, True, lambda: {"appSignOn": random_access(pick)}, True)
    return things


def main():
    sample = [thing for file in sorted(SAMPLE.glob("*.json")) for thing in json.loads(file.read_text())]
    pick = random.Random(20261130)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compare(sample, "okta/", 1, 2000, folder)
        for number in range(40):
            compare(random_export(sample, pick), f"made up {number}", number, 250, folder)
    print(", ".join(f"{count} {what}" for what, count in [*counts.items(), *effects.items()]))
    if min(effects.values()) < sum(effects.values()) / 100:
        wrong.append("one of the effects is hardly ever right: nothing is proved of it")
    for line in wrong[:20]:
        print("WRONG", line)
    print(f"{len(wrong)} differences")
    sys.exit(1 if wrong else 0)


main()
