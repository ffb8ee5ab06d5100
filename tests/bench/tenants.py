#!/usr/bin/env python3
"""tenants.py FOLDER TENANTS [TESTS]: a policy set to measure the command with, as a platform of many customers has it: platform.writ, a hundred tenants
a file below tenants/, and TESTS tests below tests/, two questions each. The same arguments give the same bytes. Tenant 5000, or the last one,
is what docs/diff.md's measurement changes: its office is 10.0.0.0/8.
"""
import pathlib
import sys

folder, tenants = pathlib.Path(sys.argv[1]), int(sys.argv[2])
tests = int(sys.argv[3]) if len(sys.argv) > 3 else 0
PER_FILE = 100

PLATFORM = """writ 1

platform {
  floor password baseline {
    length 15..128
    reject common, breached
  }
  lockout { 10 attempts per identifier and ip; block 15m }
  session { idle 12h; absolute 30d }
  require mfa within 12h "administrators" when "admin" in user.roles
  deny login, refresh "embargoed country" unless has request.country and request.country not in ["KP", "IR"]
    message "Not from here."
}
"""

TENANT = """
tenant t{n} "Customer {n}" {{
  connection customers : database
  connection staff : saml {{ domains "t{n}.example" }}
  client shop : spa {{
    connections customers, staff
    callbacks "https://t{n}.example/callback"
  }}
  client admin : web {{
    connections staff
    callbacks "https://admin.t{n}.example/callback"
  }}
  zone office = 10.{a}.{b}.0/24, 203.0.113.0/24
  allow login, refresh on staff
  allow login, refresh on customers when user.email_verified
  allow signup, password_change, password_reset on customers
  deny login, refresh "admin console is office only" when client == admin and request.ip not in office
    message "The admin console opens in the office."
}}
"""

TEST = """
test "the office of t{n}, {i}" {{
  login to t{n}.admin via staff {{ request.ip = 10.{a}.{b}.9; request.country = "DE" }}
  expect allow
  login to t{n}.admin via staff {{ request.ip = 198.51.100.7; request.country = "DE" }}
  expect deny by "admin console is office only"
}}
"""


def write(name, texts):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("writ 1\n" + "".join(texts))


folder.mkdir(parents=True, exist_ok=True)
(folder / "platform.writ").write_text(PLATFORM)
for first in range(0, tenants, PER_FILE):
    numbers = range(first, min(first + PER_FILE, tenants))
    write(f"tenants/{first:06}.writ", (TENANT.format(n=n, a=n // 256 % 256, b=n % 256) for n in numbers))
for first in range(0, tests, PER_FILE):
    numbers = range(first, min(first + PER_FILE, tests))
    write(f"tests/{first:06}.writ",
          (TEST.format(n=i % tenants, i=i, a=i % tenants // 256 % 256, b=i % tenants % 256) for i in numbers))
