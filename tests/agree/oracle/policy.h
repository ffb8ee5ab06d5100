// Inside the oracle: a policy as its tenants see it, and one request as its rules see it.
#pragma once

#include "runtime/program/facts.h"
#include "tests/agree/oracle/oracle.h"

#include <deque>
#include <set>

#include <date/tz.h>
#include <re2/re2.h>

namespace writ::oracle {

using Items = std::vector<tree::Item>;
struct FactRow {
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  Strings words = {};  // of an enumeration, in order
};
using Facts = std::map<std::string, FactRow, std::less<>>;
const Facts& builtin_rows();

// A tree, with what would be dear to find anew each time an expression is read. All parallel to its expressions.
struct File {
  explicit File(const tree::Tree& written);
  const tree::Tree& tree;
  Strings paths;                                    // a path's words, joined by dots; empty: it is none
  std::vector<std::unique_ptr<re2::RE2>> patterns;  // of `matches`; globs as regular expressions
  std::vector<const date::time_zone*> zones;        // of clock windows
};

// What words mean in a block: a word that is not here is looked for outwards.
struct Scope;
struct Where {
  const File* file = nullptr;
  const Scope* scope = nullptr;
  const tree::ExprNode& operator[](tree::ExprId id) const { return file->tree[id].node; }
  const std::string& path(tree::ExprId id) const { return file->paths[static_cast<std::size_t>(id)]; }
};
struct Bound { Where where; tree::ExprId value{}; bool is_let = false; };  // a let, an obligation, a setting or a template's parameter
using Bindings = std::map<std::string, Bound, std::less<>>;
struct Scope {
  const Scope* outer = nullptr;
  Bindings words = {}, obligations = {};
  std::map<std::string, const tree::ZoneDecl*, std::less<>> zones = {};
};
template <class Names>
auto look_up(const Scope* scope, Names Scope::*names, std::string_view name) -> const typename Names::mapped_type* {
  for (; scope != nullptr; scope = scope->outer)
    if (const auto found = (scope->*names).find(name); found != (scope->*names).end()) return &found->second;
  return nullptr;
}
Bound behind(Where where, tree::ExprId id);  // through parameters and lets to what was written
Strings strings_of(Where where, const std::vector<tree::ExprId>& items);

// A client, connection or organization. `kind`: the client's type, the connection's strategy. A shared client has a body more, where it is used.
struct Thing {
  std::string id, name, kind;
  std::vector<std::pair<Where, const Items*>> bodies;
  StringSet features = {};  // of an organization: its own and the tenant's
};
template <class Node, class List, class Action>
void each(const List& items, Action&& action) {
  for (const auto& item : items)
    if (const auto* node = std::get_if<Node>(&item)) action(*node);
}
template <class Node>
const Node* only(const Thing& thing) {
  const Node* found = nullptr;
  for (const auto& [where, items] : thing.bodies) each<Node>(*items, [&](const Node& node) { found = &node; });
  return found;
}

struct Place { std::string owner = {}, client = {}, connection = {}, organization = {}; };  // the block that holds a rule, by names
struct Rule {
  std::string id;
  const tree::Rule* written = nullptr;
  Where where;
  Place place;
  ActionMask actions = 0;
  std::string entry = {};  // require: `A or B`
};
struct Lockout { const tree::LockoutDecl* written = nullptr; std::string connection, counter; };  // of one connection, empty: of all
struct Tenant {
  std::string id, name;
  Facts facts = builtin_rows(), attributes = {};  // built-in and declared ones; `tenant.X`
  Bindings settings = {};                         // what each `tenant.X` is set to
  Strings hosts = {}, issuers = {}, features = {};
  std::deque<Thing> clients = {}, connections = {}, organizations = {};
  std::vector<Lockout> lockouts = {};
  std::deque<Rule> rules = {};                            // source order, duplicates removed
  std::map<Action, std::vector<const Rule*>> in_force = {};
  std::map<Action, std::set<std::string>> required = {};  // facts that every request must give (17)
};
struct Policy {
  std::deque<File> files = {};
  std::deque<Scope> scopes = {};
  std::deque<Tenant> tenants = {};
  std::map<std::string, const Tenant*, std::less<>> by_id = {}, by_host = {}, by_issuer = {};
};
std::unique_ptr<const Policy> collect(const std::vector<const tree::Tree*>& trees);

struct Asked { const Tenant* tenant; const Thing *client = nullptr, *connection = nullptr, *organization = nullptr; };  // what a request names
Fault find_fault(const Policy& policy, const NamedRequest& request, bool attempt, Asked& asked);
Fault find_organization(const std::optional<std::string>& id, bool may_be_needed, Asked& asked);
bool is_enabled(const Asked& asked, const std::string& connection);  // by name
Family family_of(const Thing& connection);
const Thing* find(const std::deque<Thing>& things, std::string_view id);
bool good_text(const std::string& text);
std::string lowered(std::string_view text);                                        // ASCII
std::int64_t saturated(std::int64_t left, std::int64_t right, bool minus = true);  // left - right, or left + right
template <class Words>
bool among(const Words& words, std::string_view word) {
  return std::ranges::any_of(words, [&](const auto& one) { if constexpr (requires { one.text; }) return one.text == word; else return one == word; });
}

using Absent = std::monostate;
struct Instant { std::int64_t micros; auto operator<=>(const Instant&) const = default; };
// Durations are integers, enumerations the place of their word. Texts are borrowed: from the request, a tree, or what the evaluation keeps.
using Worth = std::variant<Absent, bool, std::int64_t, Instant, std::string_view, Ip, const StringSet*>;

class Evaluation {
 public:
  Evaluation(const Asked& asked, const NamedRequest& request) : asked_(asked), request_(request) {}
  bool fires(const Rule& rule, Outcomes* leaves = nullptr);  // leaves: collected when given (30)
  bool satisfied(const Rule& rule, const tree::Obligation& obligation);
  std::string target(const Rule& rule);                      // of a require's single use_connection, else empty

 private:
  bool leaf(bool outcome, const std::string& text);
  bool condition(Where where, tree::ExprId id);
  bool quantified(Where where, const tree::Quantifier& quantifier);
  Worth worth(Where where, tree::ExprId id, const Strings* words = nullptr);   // words: of the enumeration that a bare word or a string is one of
  Worth needed(Where where, tree::ExprId id, const Strings* words = nullptr);  // not absent
  Worth word(std::string_view text, const Strings* words);
  Worth path(Where where, const std::string& name, const Strings* words);
  Worth fact(std::string_view name);
  Worth call(Where where, const tree::Call& call);
  Worth arithmetic(Where where, const tree::Arithmetic& sum);
  Worth compare(Where where, const tree::Compare& compare);
  Worth member(Where where, const tree::Compare& compare);
  Worth in_zone(const tree::ZoneDecl& zone);
  const Strings* words_of(Where where, tree::ExprId id);
  const std::string_view* variable(std::string_view name) const;

  const Asked& asked_;
  const NamedRequest& request_;
  Outcomes* leaves_ = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> variables_;  // of quantifiers, outermost first
  std::deque<std::string> made_;                                          // by lower and email_domain
  std::deque<StringSet> sets_;                                            // attributes of the tenant
};

}  // namespace writ::oracle
