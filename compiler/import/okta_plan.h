// Inside the import from Okta: the tenant as far as it is made, and what its parts share.
#pragma once

#include "compiler/import/fields.h"
#include "compiler/import/okta.h"
#include "compiler/import/plan.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::importing::okta {

// A policy or a rule that is in force, in the order of its kind.
struct Rule {
  Fields fields;
  std::string name;
};
struct Policy {
  Fields fields;
  std::string id, name;
  bool is_default = false;
  std::vector<Rule> rules{};
};

struct Making {
  const OktaExport& source;
  Report& report;
  Tenant tenant{};
  std::vector<std::size_t> stores{};                // connections that hold Okta's own users
  std::map<std::string, std::size_t> providers{};   // by id: in Tenant::connections
  std::map<std::string, std::size_t> apps{};        // by id: in Tenant::clients
  std::map<std::string, std::string> policy_of{};   // by the app's id: its access policy's
  std::map<std::string, std::string> zones{};       // by id: a condition
  std::map<std::string, std::string> groups{};      // by id: a condition, or `true` for everyone
  std::map<std::string, std::string> attributes{};  // what the host must say: name and type
  std::map<std::string, std::string> obligations{};
  std::map<std::string, std::string>
      proofs{};  // by what is asked of a factor: the fact that says how long ago it was proved
  std::map<std::string, std::vector<Policy>, std::less<>> policies{};  // by type, as they are asked for
  // Lets, zones, clients and connections: in a condition each of them is a word.
  Names words{"thing"}, host_facts{"fact"};
  Names proof_names{"factor"};
  std::set<std::string> rule_names{}, client_wires{}, connection_wires{};

  Fields fields(const OktaThing& thing) const { return {thing.value, thing.origin, report}; }
  // A fact that the host must give, declared once.
  std::string fact(const std::string& name, const std::string& type) {
    attributes.emplace(name, type);
    return name;
  }
  std::string rule_name(const std::string& wanted) { return unique(rule_names, wanted); }
  // What requests call it: as wanted, unless that is taken or nothing.
  std::string client_wire(const std::string& wanted) { return unique(client_wires, wanted); }
  std::string connection_wire(const std::string& wanted) { return unique(connection_wires, wanted); }
  static std::string unique(std::set<std::string>& taken, const std::string& wanted);
  // What Writ has no words for becomes a fact of yes and no; the report says of what.
  std::string host_fact(const Fields& fields, std::string_view field, const std::string& name, const std::string& what);
  // A condition under a name, with a comment of where it is from. What is one word already stays it.
  std::string named(const std::string& condition, const std::string& name, const std::string& comment);
};

const std::vector<Policy>& policies_of(Making& making, std::string_view type);

// ---------------------------------------------------------------- conditions (okta_conditions.cpp)

std::string both(const std::string& a, const std::string& b);  // empty: always
std::string any_of(const std::vector<std::string>& ways);      // in parentheses when they are several
// Of a policy or a rule; empty: always. `skip` are keys that are somebody else's.
std::string condition_of(Making& making, const Fields& conditions, std::string_view name,
                         const std::set<std::string_view>& skip = {});
std::string people_of(Making& making, const Fields& people);
bool says_something(const Value* value);

// ---------------------------------------------------------------- first match (okta_chain.cpp)

struct Demand {
  std::string effect;  // `deny login`, `require mfa`
  std::string also{};  // a further condition
  bool operator==(const Demand&) const = default;
};
struct Step {
  std::string name;
  std::string condition;  // empty: always
  std::vector<Demand> demands{};
};
struct Chain {
  std::string name;
  std::string scope{};  // a condition of all its rules
  std::string on{};     // their connection
  std::vector<Step> steps{};
  std::string otherwise{};  // the effect where no step's condition holds; empty: none
};
// The first step that holds decides, as rules without an order.
void write_chain(Making& making, Chain chain);

// ---------------------------------------------------------------- parts

void take_zones(Making& making);      // okta_conditions.cpp
void take_passwords(Making& making);  // okta_passwords.cpp: the stores of users
void take_providers(Making& making);  // okta_discovery.cpp
void take_apps(Making& making);       // okta_apps.cpp
void take_discovery(Making& making);  // okta_discovery.cpp
void take_sign_on(Making& making);    // okta_signon.cpp
void take_access(Making& making);     // okta_signon.cpp
void take_enrolment(Making& making);  // okta_signon.cpp

}  // namespace writ::importing::okta
