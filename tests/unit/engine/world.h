// A tenant with a bit of everything and a login that is allowed: what the engine's tests start from and break.
#pragma once

#include "runtime/engine/engine.h"
#include "tests/support/part_builder.h"

#include <string>

namespace writ::world {

inline constexpr std::uint32_t users = 0, staff = 1, code = 2, github = 3;  // connections
inline constexpr std::int64_t minute = 60'000'000;

inline std::int64_t grant(std::string_view name) { return *index_of(grant_names, name); }
inline std::uint16_t grants(std::initializer_list<std::string_view> names) {
  unsigned mask = 0;
  for (const auto name : names) mask |= 1u << *index_of(grant_names, name);
  return static_cast<std::uint16_t>(mask);
}

inline constexpr std::string_view allow_always = "%0 = and\nallow %0\n";

inline PartBuilder acme() {
  PartBuilder b("acme");
  b.connection("users", "database");
  b.connection("staff", "saml").domains = {"acme.com"};
  b.connection("code", "email");
  b.connection("other", "github");
  const auto client = [&](std::string id, ClientType type, OrganizationUsage usage) -> program::ClientRecord& {
    auto& record = b.client(std::move(id), type, {users, staff, code});
    record.usage = usage;
    record.callbacks = {"https://acme.com/callback"};
    return record;
  };
  client("web", ClientType::web, OrganizationUsage::allow).session = {30 * minute, 720 * minute};
  client("strict", ClientType::web, OrganizationUsage::require);
  client("plain", ClientType::web, OrganizationUsage::deny);
  client("machine", ClientType::m2m, OrganizationUsage::allow).grants =
      grants({"client_credentials", "authorization_code"});
  client("full", ClientType::web, OrganizationUsage::allow).grants =
      grants({"authorization_code", "refresh_token", "client_credentials"});
  client("jobs", ClientType::web, OrganizationUsage::allow).grants = grants({"refresh_token", "client_credentials"});
  b.organization("coke", {users, staff, code});
  b.part.hosts = {"login.acme.com"};
  program::Lockout lockout;
  lockout.attempts = 10;
  b.part.lockouts.push_back(lockout);
  for (std::size_t i = 0; i < action_count; ++i)
    b.program(static_cast<Action>(i), "shape " + std::string(action_names[i]) + "\n" + std::string(allow_always));
  return b;
}

inline NamedRequest login() {
  NamedRequest r;
  r.action = Action::login;
  r.tenant = "acme";
  r.client = "web";
  r.connection = "users";
  r.facts["user.blocked"] = false;
  r.facts["user.organizations"] = StringSet{"coke"};
  r.facts["attempts.by_identifier"] = std::int64_t{0};
  r.facts["request.ip"] = *parse_ip("10.0.0.1");
  r.facts["request.time"] = *parse_time("2026-11-24T12:00Z");
  r.facts["request.host"] = std::string("login.acme.com");
  r.facts["request.redirect_uri"] = std::string("https://acme.com/callback");
  r.facts["grant"] = grant("authorization_code");
  return r;
}

// The same, for an action that has fewer facts.
inline NamedRequest ask(Action action) {
  auto r = login();
  r.action = action;
  std::erase_if(r.facts, [&](const auto& fact) {
    const auto& row = builtin_facts[index(*find_builtin(fact.first))];
    return ((row.required | row.optional) & mask_of(action)) == 0;
  });
  if (action == Action::m2m || action == Action::access) r.connection.reset();
  if (action == Action::refresh || action == Action::m2m) r.facts.erase("grant");
  return r;
}

inline Decision decide(const Engine& engine, const NamedRequest& named) {
  Request request;
  engine.bind(named, request);
  return engine.decide(request);
}
inline Explanation explain(const Engine& engine, const NamedRequest& named) {
  Request request;
  engine.bind(named, request);
  return engine.explain(request, engine.decide(request));
}

}  // namespace writ::world
