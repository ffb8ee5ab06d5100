// What a policy that is being written declares, for those who write its expressions: the facts, the tenants' things,
// and the words in sight.
#pragma once

#include "runtime/program/facts.h"
#include "tests/agree/random.h"
#include "tests/agree/words.h"

#include <string>
#include <vector>

namespace writ::agree {

// A fact of requests, or an attribute of tenants (`tenant.X`), which reads like one.
struct FactWorld {
  std::string name;
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string> words = {};  // of an enumeration
  bool of_tenant = false;
  ActionMask actions() const { return static_cast<ActionMask>(required | optional); }
};

struct ZoneWorld {
  std::string name;
  bool more_than_blocks = false;
};

// A let, a parameter of a template or a declared obligation: what it is and in which actions it may be used.
struct WordWorld {
  enum class Kind : std::uint8_t {
    boolean,
    integer,
    string,
    ip,
    time,
    duration,
    strings,
    integers,
    blocks,
    obligation
  } kind{};
  std::string name;
  ActionMask actions = all_actions;
  bool optional = false;    // a let of a value that may be absent
  bool literal = false;     // its value is written down: it may stand where constants are wanted
  bool quantifies = false;  // may not stand in a quantifier, for they do not nest
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};

struct ConnectionWorld {
  std::string name, id;
  Family family{};
  std::vector<std::string> domains = {};
};
struct ClientWorld {
  std::string name, id;
  ClientType type{};
  bool shared = false;
  OrganizationUsage usage = OrganizationUsage::deny;
  std::vector<std::string> connections = {};  // by name
  std::vector<std::pair<std::string, std::string>> discover = {};
  bool seated = false;  // its id is a parameter of the template that it stands in
};
struct OrganizationWorld {
  std::string name, id;
  std::vector<std::string> connections = {};
};

struct TenantWorld {
  std::string name;  // empty while a template's body is written
  std::vector<FactWorld> facts = {};
  std::vector<ZoneWorld> zones = {};
  std::vector<WordWorld> words = {};
  std::vector<ClientWorld> clients = {};
  std::vector<ConnectionWorld> connections = {};
  std::vector<OrganizationWorld> organizations = {};
};

struct World {
  std::vector<FactWorld> facts = {};  // built-in ones, the platform's attributes, the attributes of tenants
  std::vector<ZoneWorld> zones = {};
  std::vector<WordWorld> words = {};
  std::vector<ClientWorld> clients = {};  // shared ones
};

inline constexpr ActionMask with_connection = facts_detail::person | facts_detail::signup;

}  // namespace writ::agree
