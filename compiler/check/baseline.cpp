// The request a test starts from. Every required fact of the action is given, with nothing remarkable about it; what a test does not
// speak of is therefore never the reason for its outcome. docs/language.md prints it.
#include "compiler/check/check.h"
#include "compiler/check/tests.h"

#include <algorithm>

namespace writ {

namespace {

constexpr std::int64_t usual_time = 1'768'478'400'000'000;      // 2026-01-15T12:00Z, a Thursday
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
  case TypeKind::time: return usual_time;
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

const model::Tenant* tenant_named(const model::Policy& policy, std::string_view name) {
  const auto found = std::ranges::find(
      policy.tenants, name, [](const model::Tenant& tenant) { return std::string_view(tenant.structure.name); });
  return found == policy.tenants.end() ? nullptr : &*found;
}

template <class Record>
std::string id_of(const std::vector<Record>& records, const tree::Name& name) {
  const auto found = std::ranges::find(records, name.text, &Record::name);
  return found == records.end() ? name.text : found->id;
}

void assign(const program::Part& part, const tree::Tree& tree, const tree::FactAssign& line, NamedRequest& request) {
  const std::string name = check::joined(line.path);
  if (line.value == tree::ExprId::none) {
    request.facts.erase(name);
    return;
  }
  check::Scope scope;
  scope.attributes = &part.attributes;
  const auto fact = check::find_fact(scope, name);
  if (!fact) return;
  if (auto value = check::test_value(tree, line.value, *fact)) request.facts.insert_or_assign(name, std::move(*value));
}

void give_attributes(const program::Part& part, NamedRequest& request) {
  for (const auto& attribute : part.attributes)
    if ((attribute.required & mask_of(request.action)) != 0)
      request.facts.emplace(attribute.name, plain(attribute.type, attribute.low, attribute.high));
}

}  // namespace

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
  give_attributes(part, request);
  return request;
}

NamedRequest test_request(const model::Policy& policy, const tree::Tree& tree, const tree::RequestLine& line) {
  NamedRequest request;
  const auto action = index_of(action_names, line.action.text);
  if (!action || !line.tenant || !line.client) return request;  // not a checked test
  request = baseline(static_cast<Action>(*action));
  request.tenant = line.tenant->text;
  request.client = line.client->text;
  if (line.connection) request.connection = line.connection->text;
  if (line.organization) request.organization = line.organization->text;
  const auto* tenant = tenant_named(policy, line.tenant->text);
  if (tenant == nullptr) return request;
  const auto& part = tenant->structure;
  request.tenant = part.id;
  request.client = id_of(part.clients, *line.client);
  if (line.connection) request.connection = id_of(part.connections, *line.connection);
  if (line.organization) request.organization = id_of(part.organizations, *line.organization);
  give_attributes(part, request);
  for (const auto& fact : line.facts) assign(part, tree, fact, request);
  return request;
}

PasswordQuestion test_password(const model::Policy& policy, const tree::Tree& tree, const tree::PasswordLine& line) {
  PasswordQuestion question;
  const auto* tenant = tenant_named(policy, line.tenant.text);
  if (tenant == nullptr || !line.connection) return question;  // not a checked test
  question.tenant = tenant->structure.id;
  question.connection = id_of(tenant->structure.connections, *line.connection);
  if (line.event)
    if (const auto event = index_of(password_event_names, line.event->text))
      question.event = static_cast<PasswordEvent>(*event);
  for (const auto& fact : line.facts) {
    if (fact.value == tree::ExprId::none) continue;
    auto value = check::password_fact_value(tree, fact).value_or(StringSet{});
    const auto name = check::joined(fact.path);
    if (name == "user.profile")
      question.profile = std::move(value);
    else if (!value.empty())
      (name == "user.email" ? question.email : question.username) = value.front();
  }
  return question;
}

bool names_check(std::string_view name, PasswordCheck check) {
  return check::is_check(password_check_names[static_cast<std::size_t>(check)], name);
}

}  // namespace writ
