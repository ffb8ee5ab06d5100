// The request a test starts from. Every required fact of the action is given, with nothing remarkable about it; what a test does not
// speak of is therefore never the reason for its outcome. docs/language.md prints it.
#include "compiler/check/check.h"
#include "compiler/check/tests.h"

#include <algorithm>

namespace writ {

namespace {

constexpr std::int64_t usual_creation = 1'736'942'400'000'000;  // 2025-01-15T12:00Z
constexpr std::string_view usual_ip = "192.0.2.1";              // RFC 5737: belongs to nobody
constexpr std::string_view usual_email = "user@example.com";

Value plain(TypeKind type, std::int64_t low, std::int64_t high) {
  switch (type) {
  case TypeKind::boolean: return false;
  case TypeKind::integer: return std::clamp(std::int64_t{0}, low, std::max(low, high));
  case TypeKind::string: return std::string{};
  case TypeKind::ip:
  case TypeKind::cidr: return *parse_ip(usual_ip);
  case TypeKind::time: return test_time;
  case TypeKind::string_set: return StringSet{};
  case TypeKind::duration:
  case TypeKind::enumeration:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return std::int64_t{0};
  }
  return false;
}

}  // namespace

void check::give_attributes(const program::Part& part, NamedRequest& request) {
  for (const auto& attribute : part.attributes)
    if ((attribute.required & mask_of(request.action)) != 0)
      request.facts.emplace(attribute.name, plain(attribute.type, attribute.low, attribute.high));
}

NamedRequest baseline(Action action) {
  NamedRequest request;
  request.action = action;
  const ActionMask mask = mask_of(action);
  for (const Fact& fact : builtin_facts) {
    if ((fact.required & mask) == 0 || fact.type >= TypeKind::tenant) continue;
    request.facts.emplace(fact.name, plain(fact.type, fact.low, fact.high));
  }
  const auto set = [&](FactId id, Value value) {
    const Fact& fact = builtin_facts[index(id)];
    if (((fact.required | fact.optional) & mask) != 0)
      request.facts.insert_or_assign(std::string(fact.name), std::move(value));
  };
  if (request.facts.contains("user.id")) set(fact("user.id"), std::string("user"));
  if (request.facts.contains("user.created")) set(fact("user.created"), usual_creation);
  if (request.facts.contains("user.mfa_enrolled")) set(fact("user.mfa_enrolled"), true);
  if (request.facts.contains("user.email_verified")) {
    set(fact("user.email"), std::string(usual_email));
    set(fact("user.email_verified"), true);
  }
  return request;
}

NamedRequest baseline(const program::Part& part, Action action) {
  NamedRequest request = baseline(action);
  request.tenant = part.id;
  const bool connected = (builtin_facts[index(fact("connection"))].required & mask_of(action)) != 0;
  const auto fits = [&](const program::ClientRecord& client) {
    const bool machine = client.type == ClientType::m2m;
    return (action == Action::m2m ? machine : !machine) && (!connected || !client.connections.empty());
  };
  const auto client = std::ranges::find_if(part.clients, fits);
  if (client != part.clients.end()) {
    request.client = client->id;
    if (connected) request.connection = part.connections[client->connections.front()].id;
  }
  check::give_attributes(part, request);
  return request;
}

}  // namespace writ
