// See coverage.h.
#include "tests/agree/coverage.h"

#include <algorithm>
#include <type_traits>

namespace writ::agree {

namespace {

constexpr std::array<std::string_view, 15> node_names = {"literal",    "path", "has",   "else",         "call",
                                                         "not",        "and",  "or",    "compare",      "matches",
                                                         "arithmetic", "list", "range", "clock window", "quantifier"};
constexpr std::array<std::string_view, 11> comparison_names = {
    "==", "!=", "<", "<=", ">", ">=", "in", "not in", "starts with", "ends with", "contains"};
constexpr std::array<std::string_view, 32> item_names = {
    "rule",     "let",    "session",    "lockout",     "zone",      "password",      "attached password", "branding",
    "features", "id",     "tenant.X",   "connections", "callbacks", "origins",       "domains",           "hosts",
    "issuers",  "issuer", "grants",     "lifetimes",   "signup",    "organizations", "members",           "settings",
    "discover", "limit",  "obligation", "attributes",  "client",    "connection",    "organization",      "use"};
constexpr std::array<std::string_view, 12> declaration_names = {"import",     "attributes", "platform", "client",
                                                                "tenant",     "extend",     "template", "let",
                                                                "obligation", "fixture",    "test",     "prove"};
constexpr std::array<std::string_view, 9> type_names = {"bool", "int",      "string",        "ip",    "cidr",
                                                        "time", "duration", "set of string", "one of"};
constexpr std::array<std::string_view, 6> lockout_names = {
    "per identifier", "per identifier and ip", "per ip", "within", "block", "exempt"};
constexpr std::array<std::string_view, 8> obligation_names = {
    "mfa", "step_up", "reauthenticate", "verify_email", "enroll_mfa", "use_connection", "accept", "change_password"};
static_assert(node_names.size() == std::variant_size_v<tree::ExprNode> &&
              item_names.size() == std::variant_size_v<tree::Item> &&
              declaration_names.size() == std::variant_size_v<tree::Declaration>);

struct Reader {
  Coverage& seen;

  void item(const tree::Item& item) {
    ++seen.items[item.index()];
    std::visit([&](const auto& node) { read(node); }, item);
  }

  template <class Node>
  void read(const Node& node) {
    using Type = std::decay_t<Node>;
    if constexpr (std::is_same_v<Type, tree::LockoutDecl>) {
      ++seen.lockouts[static_cast<std::size_t>(node.per)];
      seen.lockouts[3] += node.within.has_value();
      seen.lockouts[4] += node.block.has_value();
      seen.lockouts[5] += !node.exempt.empty();
    } else if constexpr (std::is_same_v<Type, tree::AttributesBlock>) {
      for (const auto& one : node.list) ++seen.attributes[static_cast<std::size_t>(one.type.kind)];
    } else if constexpr (std::is_same_v<Type, tree::Rule>) {
      seen.reports += node.report;
      seen.alternatives += node.obligations.size() > 1;
      for (const auto& duty : node.obligations) {
        const auto known = index_of(obligation_names, duty.name.text);
        ++(known ? seen.obligations[*known] : seen.declared_obligations);
      }
    } else if constexpr (requires { node.items; }) {
      if constexpr (std::is_same_v<std::decay_t<decltype(node.items)>, std::vector<tree::Item>>)
        for (const auto& inner : node.items) item(inner);
    }
  }
};

void add_tree(Coverage& seen, const tree::Tree& tree) {
  for (const auto& declaration : tree.declarations) {
    ++seen.declarations[declaration.index()];
    std::visit([&](const auto& node) { Reader{seen}.read(node); }, declaration);
  }
  for (const auto& expression : tree.expressions) {
    ++seen.nodes[expression.node.index()];
    if (const auto* compare = std::get_if<tree::Compare>(&expression.node))
      ++seen.comparisons[static_cast<std::size_t>(compare->op)];
  }
}

template <class List>
void add_all(List& into, const List& list) {
  for (std::size_t i = 0; i < list.size(); ++i) into[i] += list[i];
}

template <class List, class Names>
void name_missing(std::vector<std::string>& missing, const List& list, const Names& names) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i] == 0) missing.emplace_back(names[i]);
}

}  // namespace

void Coverage::add(const Case& prepared) {
  for (const auto& tree : prepared.trees) add_tree(*this, tree);
  for (const auto& name : prepared.engine->tenants()) {
    const auto part = prepared.engine->part(name);
    for (const auto& connection : part->connections)
      ++families[static_cast<std::size_t>(strategies[connection.strategy].family)];
    for (const auto& program : part->programs) {
      wide += program.rules.size() > 128 && program.entries.size() > 64;
      for (const auto& node : program.shape->nodes) ++ops[static_cast<std::size_t>(node.op)];
    }
  }
}

void Coverage::add(const Coverage& other) {
  add_all(ops, other.ops), add_all(nodes, other.nodes), add_all(comparisons, other.comparisons),
      add_all(items, other.items);
  add_all(declarations, other.declarations), add_all(attributes, other.attributes), add_all(lockouts, other.lockouts);
  add_all(obligations, other.obligations), add_all(families, other.families);
  declared_obligations += other.declared_obligations, alternatives += other.alternatives, reports += other.reports;
  wide += other.wide;
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < ops.size(); ++i)
    if (ops[i] == 0) list.emplace_back(program::op_rows[i].name);
  name_missing(list, nodes, node_names);
  name_missing(list, comparisons, comparison_names);
  name_missing(list, items, item_names);
  name_missing(list, declarations, declaration_names);
  name_missing(list, attributes, type_names);
  name_missing(list, lockouts, lockout_names);
  name_missing(list, obligations, obligation_names);
  name_missing(list, families, family_names);
  if (declared_obligations == 0) list.emplace_back("a declared obligation");
  if (alternatives == 0) list.emplace_back("A or B");
  if (reports == 0) list.emplace_back("a report rule");
  if (wide == 0) list.emplace_back("more rules and entries than masks hold");
  std::erase_if(list, [](const std::string& name) {
    return name == "import" || name == "cidr";
  });  // of files on disk; no attribute can be one
  return list;
}

}  // namespace writ::agree
