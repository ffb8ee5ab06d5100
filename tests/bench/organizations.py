#!/usr/bin/env python3
"""organizations.py FOLDER COUNT: one tenant with COUNT organizations, as `writ import auth0` writes it: 5,000 a file, beside the tenant's. The same
arguments give the same bytes. docs/bundles.md says what is measured with it.
"""
import pathlib
import sys

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
PER_FILE = 5_000
CONNECTIONS = 10

folder.mkdir(parents=True, exist_ok=True)
tenant = ['writ 1\n\ntenant big "Big" {']
for i in range(CONNECTIONS):
    tenant.append(f'  connection c{i} : saml {{ domains "c{i}.example"; signup open }}')
tenant.append("  client portal : spa {\n    organizations allow\n    connections " +
              ", ".join(f"c{i}" for i in range(CONNECTIONS)) + "\n  }\n  allow login, signup\n}\n")
(folder / "big.writ").write_text("\n".join(tenant))
for first in range(0, count, PER_FILE):
    text = ["writ 1\n\nextend tenant big {"]
    for i in range(first, min(count, first + PER_FILE)):
        one, other = i % CONNECTIONS, (i + 3) % CONNECTIONS
        text.append(f'  organization org_{i:06} "Organization {i}" {{\n    id "org-{i:06}"\n'
                    f'    branding {{ colors primary "#112233" }}\n    connections c{one}, c{other}\n'
                    f'    joins on login via c{one}\n  }}')
    (folder / f"big.organizations_{first // PER_FILE + 1:03}.writ").write_text("\n".join(text) + "\n}\n")
