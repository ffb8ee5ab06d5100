// Faults in words, for whoever reads the log: which name, which fact, and what is wrong with it.
#include "runtime/engine/faults.h"
#include "runtime/program/builtins.h"

namespace writ::engine {

namespace {

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

std::string fact_name(const Request::State& request, FactId fact) {
  const auto place = index(fact);
  if (place < builtin_facts.size()) return quoted(builtin_facts[place].name);
  return quoted(request.known->name_of(fact));
}

std::string_view action_of(const Request::State& request) {
  return action_names[static_cast<std::size_t>(request.action)];
}

// "is 101, outside its range 0..100": the value as the fact's type is written.
std::string outside(const Request::State& request, FactId fact) {
  const auto place = index(fact);
  const auto& rule = request.known->rules[place];
  const auto value = request.refused->values[place];
  switch (rule.type) {
  case TypeKind::time: return "is not in the years 1 to 9999";
  case TypeKind::duration: return "is " + duration_to_text(value) + ", and no duration is negative";
  case TypeKind::enumeration:
    return "is value " + std::to_string(value) + ", and there are 0 to " + std::to_string(rule.high);
  default:
    return "is " + std::to_string(value) + ", outside its range " + std::to_string(rule.low) + ".." +
           std::to_string(rule.high);
  }
}

std::string wrong_fact(const Request::State& request, FactId fact) {
  const auto name = "fact " + fact_name(request, fact);
  switch (request.refused->why[index(fact)]) {
  case Wrong::none:
  case Wrong::type: return name + " is of another type";
  case Wrong::text: return name + " is not UTF-8 or is over 4,096 bytes";
  case Wrong::range: return name + " " + outside(request, fact);
  case Wrong::size: return name + " has more than 4,096 strings, or they have more than 131,072 bytes";
  case Wrong::country: return name + " is not two upper-case letters";
  case Wrong::host: return name + " is not a host name in lower case, without port and final dot";
  case Wrong::email: return name + " has no domain after its `@`, such as `example.com`";
  case Wrong::action: return name + " does not exist for " + std::string(action_of(request));
  }
  return name;
}

std::string invalid(const Request::State& request, const Finding& finding) {
  const auto name = [&] { return fact_name(request, finding.about); };
  switch (finding.detail) {
  case Detail::not_login:
    return "an attempt is asked with a request for login, not for " + std::string(action_of(request));
  case Detail::name: return "a name is not UTF-8 or is over 4,096 bytes";
  case Detail::fact: return wrong_fact(request, finding.about);
  case Detail::not_in_action: return "fact " + name() + " does not exist for " + std::string(action_of(request));
  case Detail::mfa_without_age: return "`session.mfa` is true, but `session.mfa_age` is missing";
  case Detail::age_without_mfa: return "`session.mfa_age` is given, but `session.mfa` is not true";
  case Detail::verified_without_email: return "`user.email_verified` is true, but `user.email` is missing";
  case Detail::stray:
    if (request.stray_name.empty()) return "a fact is given that does not exist";
    return "fact " + quoted(request.stray_name) + " does not exist or is broken";
  case Detail::missing:
  case Detail::connection_missing: return "required fact " + name() + " is missing";
  default: return "the request is not valid";
  }
}

std::string mismatch(const Request::State& request, const Finding& finding) {
  const auto tenant = quoted(request.names.tenant);
  switch (finding.detail) {
  case Detail::host: return "host " + quoted(request.text(fact("request.host"))) + " is not one of " + tenant;
  case Detail::host_elsewhere:
    return "host " + quoted(request.text(fact("request.host"))) + " belongs to another tenant than " + tenant;
  case Detail::issuer: return "issuer " + quoted(request.text(fact("token.issuer"))) + " is not one of " + tenant;
  case Detail::issuer_elsewhere:
    return "issuer " + quoted(request.text(fact("token.issuer"))) + " belongs to another tenant than " + tenant;
  default: return "the request is for another tenant than " + tenant;
  }
}

std::string unsupported(const Request::State& request, const Finding& finding) {
  const std::string action(action_of(request));
  switch (finding.detail) {
  case Detail::database_only:
    return action + " needs a database connection, which " + quoted(request.names.connection) + " is not";
  case Detail::signup_closed: return "sign-up on connection " + quoted(request.names.connection) + " is closed";
  default: {
    const auto& client = request.loaded->client(request.frame.client);
    const std::string type(client_type_names[static_cast<std::size_t>(client.type)]);
    return "client " + quoted(request.names.client) + " is of type " + type + ", which has no " + action;
  }
  }
}

std::string grant(const Request::State& request) {
  const auto given = request.has(fact("grant")) ? request[fact("grant")].integer : -1;
  if (given < 0 && request.action == Action::login)
    return "client " + quoted(request.names.client) + " has no grant of a login";
  const std::string_view name = given >= 0                          ? grant_names[static_cast<std::size_t>(given)]
                                : request.action == Action::refresh ? std::string_view("refresh_token")
                                                                    : std::string_view("client_credentials");
  return "grant " + quoted(name) + " is not allowed for " + std::string(action_of(request)) + " of client " +
         quoted(request.names.client);
}

}  // namespace

std::string describe(const Request::State& request, const Finding& finding) {
  const auto client = "client " + quoted(request.names.client),
             connection = "connection " + quoted(request.names.connection);
  const auto organization = "organization " + quoted(request.names.organization), tenant = quoted(request.names.tenant);
  switch (finding.fault) {
  case Fault::none: return "";
  case Fault::not_ready: return "no policy is loaded";
  case Fault::stale: return "the policy is past its time";
  case Fault::invalid_request: return invalid(request, finding);
  case Fault::unknown_tenant: return "there is no tenant " + tenant;
  case Fault::tenant_mismatch: return mismatch(request, finding);
  case Fault::unknown_client: return client + " is not a client of " + tenant;
  case Fault::organization_unknown: return organization + " is not an organization of " + tenant;
  case Fault::organization_required: return client + " needs an organization";
  case Fault::organization_not_allowed: return client + " takes no organization";
  case Fault::not_a_member: return "the user is not a member of " + organization;
  case Fault::unknown_connection: return connection + " is not a connection of " + tenant;
  case Fault::connection_not_enabled:
    return connection + " is not enabled for " + client +
           (finding.detail == Detail::by_organization ? " in " + organization : "");
  case Fault::action_not_supported: return unsupported(request, finding);
  case Fault::grant_not_allowed: return grant(request);
  case Fault::callback_not_allowed:
    if (!request.has(fact("request.redirect_uri"))) return "the address is not a callback of " + client;
    return quoted(request.text(fact("request.redirect_uri"))) + " is not a callback of " + client;
  case Fault::user_blocked: return "the user is blocked";
  case Fault::locked_out: return "there were too many failed attempts";
  }
  return "";
}

}  // namespace writ::engine
