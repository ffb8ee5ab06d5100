// The tenant of the benchmarks of bundles and of serving them: three clients, five connections, two password policies, five rules.
#pragma once

#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"

#include <string>

namespace writ::bench {

inline constexpr const char* body = R"( {
  password strong { length 12..; classes 3 of lower, upper, digit, symbol }
  password light { length 8.. }
  connection users : database { password strong }
  connection partners : database { password light }
  connection staff : saml { domains "acme.example" }
  connection google : google_oauth2
  connection mail : email
  client shop : spa { connections users, staff, google callbacks "https://shop.example/cb" }
  client admin : web { connections staff, mail callbacks "https://admin.example/cb" }
  client jobs : m2m
  zone lan = 10.0.0.0/8
  allow login on staff
  allow login on users when user.email_verified
  allow m2m
  deny login "office only" when client == admin and request.ip not in lan
  require mfa "fresh" when client == admin
}
)";
inline const std::string text = std::string("writ 1\ntenant acme \"Acme\"") + body;

inline program::Part one(const std::string& written = text) {
  Loaded loaded;
  const auto file = loaded.sources.add("acme.writ", written);
  loaded.order.push_back(&loaded.trees.emplace_back(parse(loaded.sources, file, {}, loaded.diagnostics)));
  const auto policy = check_policy(loaded.order, loaded.sources, {}, loaded.diagnostics);
  return lower_tenant(policy.tenants.at(0), loaded.sources);
}

}  // namespace writ::bench
