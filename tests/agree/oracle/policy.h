// Inside the oracle: a policy as its tenants see it, and one request as its rules see it.
#pragma once

#include "runtime/program/facts.h"
#include "tests/agree/oracle/oracle.h"

#include <algorithm>
#include <deque>
#include <set>

namespace writ::oracle {
// A built-in fact, a declared one, or what only the policy says: `client.type`, `tenant.X`. The last have no actions.
struct FactRow {
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  Strings words = {};  // of an enumeration, in order
};
using Facts = std::map<std::string, FactRow, std::less<>>;
Facts builtin_rows();

// A place in the text: whose tree, and what names mean there. A name that a block does not declare is looked for outwards.
struct Scope;
struct Where {
  const tree::Tree* tree = nullptr;
  const Scope* scope = nullptr;
  const tree::ExprNode& operator[](tree::ExprId id) const { return (*tree)[id].node; }
};
struct Named {
  Where where = {};
  tree::ExprId value = tree::ExprId::none;  // of a let, a template's parameter, an obligation, a setting
  bool is_let = false;
  const tree::ZoneDecl* zone = nullptr;
  std::optional<std::string> text = {};  // of a quantifier's variable: its element; of an obligation's argument: the word
};
using Names = std::map<std::string, Named, std::less<>>;
struct Scope {
  const Scope* outer = nullptr;
  Names words = {}, obligations = {}, zones = {};
};
const Named* look_up(const Scope* scope, Names Scope::* names, std::string_view name);
Named behind(Where where, tree::ExprId id);                               // through parameters and lets to what was written
std::string path_of(const tree::ExprNode& node);                          // its words joined by dots; empty: it is no path
Strings strings_of(Where where, const std::vector<tree::ExprId>& items);  // of strings, bare words and lists of them
using Duty = std::pair<std::string, std::vector<Named>>;  // an obligation as text, and the conditions any of which satisfies it
struct Rule {
  std::string id;
  const tree::Rule* written = nullptr;
  Where where;
  Strings place;  // the blocks that hold it, outermost first: `client`, `admin`
  ActionMask actions = 0;
  std::vector<Duty> duties = {};
};
struct Tenant {
  std::string name;
  Facts facts = builtin_rows();
  Names attributes = {};                     // what each `tenant.X` is set to
  std::map<Strings, Strings> settings = {};  // all others as words: {`client`, `admin`, `connections`} is {`staff`}, {`client`} all clients
  std::vector<std::pair<std::string, tree::LockoutDecl>> lockouts = {};    // of a connection, or of all: ``
  std::deque<Rule> rules = {};                                             // in source order, duplicates removed
  std::map<std::pair<Action, bool>, std::set<std::string>> required = {};  // what every request, every attempt must give (17)
  Strings setting(const Strings& key) const { return settings.contains(key) ? settings.at(key) : Strings{}; }
  std::string one(const Strings& key, const std::string& other = "") const { return settings.contains(key) ? settings.at(key)[0] : other; }
};
struct Policy {
  tree::Tree prelude = {};
  std::deque<Scope> scopes = {};
  std::deque<Tenant> tenants = {};
};
using Trees = std::vector<const tree::Tree*>;
std::unique_ptr<const Policy> collect(const Trees& trees);
struct Asked {  // what a request names, by name; empty: it does not
  const Tenant* tenant = nullptr;
  std::string client = {}, connection = {}, organization = {};
};
std::set<std::string> required_facts(const Tenant& tenant, Action action, bool attempt);
Fault find_fault(const Policy& policy, const NamedRequest& request, bool attempt, Asked& asked);
std::string lowered(std::string text);                                      // ASCII
std::int64_t saturated(std::int64_t left, std::int64_t right, bool minus);  // left - right, or left + right
inline bool among(const Strings& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }
inline Strings operator+(Strings left, const Strings& right) { return left.insert(left.end(), right.begin(), right.end()), left; }

// What an expression comes to. A duration is a number, a word of an enumeration and a name are text.
enum class Instant : std::int64_t {};
using Absent = std::monostate;
using Worth = std::variant<Absent, bool, std::int64_t, Instant, std::string, Ip, Cidr, StringSet>;
struct Evaluation {
  const Asked& asked;
  const NamedRequest& request;
  Outcomes* leaves = nullptr;                  // collected when given (30)
  std::set<std::string>* mentioned = nullptr;  // collected when given: then every operand is looked at, and every fact is there (17)
  bool leaf(bool outcome, const std::string& text);
  bool any(Where where, const std::vector<tree::ExprId>& ids, bool outcome);
  bool condition(Where where, tree::ExprId id);
  Worth worth(Where where, tree::ExprId id);
  Worth needed(Where where, tree::ExprId id);  // not absent
  Worth fact(const std::string& name);
};
}  // namespace writ::oracle
