// What a generated policy declares, for those who write its expressions and ask it: the facts, the tenants' things, and for each fact the
// values at which its rules turn.
#pragma once

#include "runtime/program/facts.h"
#include "runtime/program/value.h"
#include "tests/agree/random.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace writ::agree {

struct FactWorld {
  std::string name;
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string> words = {};
  ActionMask actions() const { return static_cast<ActionMask>(required | optional); }
};

struct ZoneWorld {
  std::string name;
  bool more_than_blocks = false;
};

// A let or a declared obligation, or a parameter of a template: what it is and in which actions it may be used.
struct WordWorld {
  enum class Kind : std::uint8_t { condition, strings, integers, blocks, text, duration, flag, obligation } kind{};
  std::string name;
  ActionMask actions = all_actions;
};

struct ConnectionWorld {
  std::string id, name, strategy;
  Family family{};
  std::vector<std::string> domains = {};
  bool signup_open = true;
  bool has_parameter = false;  // a template's parameter is one of its domains
};
struct ClientWorld {
  std::string id, name;
  ClientType type{};
  std::vector<std::string> grants = {}, callbacks = {}, connections = {};  // connections by name
  OrganizationUsage usage = OrganizationUsage::deny;
  bool shared = false;
};
struct OrganizationWorld {
  std::string id, name;
  std::vector<std::string> connections = {};
};
struct AttributeWorld {  // tenant.X
  std::string name;
  TypeKind type{};
  bool optional = false;
  std::vector<std::string> words = {};
};

struct TenantWorld {
  std::string id, name;
  std::vector<FactWorld> facts = {};  // its own attributes
  std::vector<ZoneWorld> zones = {};
  std::vector<WordWorld> words = {};
  std::vector<ClientWorld> clients = {};
  std::vector<ConnectionWorld> connections = {};
  std::vector<OrganizationWorld> organizations = {};
  std::vector<std::string> hosts = {}, issuers = {}, features = {};
};

struct World {
  std::string text, extra;
  std::vector<FactWorld> facts = {};  // built-in ones and the platform's attributes
  std::vector<AttributeWorld> attributes = {};
  std::vector<ZoneWorld> zones = {};
  std::vector<WordWorld> words = {};
  std::vector<TenantWorld> tenants = {};
  std::map<std::string, std::vector<Value>> turns = {};  // by fact: values drawn from the policy's own constants, and their neighbours
  void turn(const std::string& fact, Value value) { turns[fact].push_back(std::move(value)); }
};

// A name as the language wants it: in quotes where it is no bare word.
std::string name_text(const std::string& name);
std::string in_quotes(const std::string& text);

}  // namespace writ::agree
