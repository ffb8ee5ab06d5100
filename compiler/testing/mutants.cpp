// Making mutants. Nodes of the model may be shared (a `let` written out twice is one), so a change copies what leads to it and leaves the
// rest as it is:
//
//     a and (b or c)     change of b     new `and` over a and a new `or` over the changed b and c
#include "compiler/testing/mutants.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace writ::testing {

using model::ExprId;
using program::Op;

namespace {

using Path = std::vector<std::size_t>;  // which operand, from the root on

const model::Expr& at(const model::Tenant& tenant, ExprId id) {
  return tenant.expressions[static_cast<std::size_t>(id)];
}

ExprId add(model::Tenant& tenant, model::Expr expression) {
  tenant.expressions.push_back(std::move(expression));
  return static_cast<ExprId>(tenant.expressions.size() - 1);
}

// The expression with what stands at the path changed by `change`, which is given the node's id and gives back another.
template <class Change>
ExprId changed(model::Tenant& tenant, ExprId root, const Path& path, const Change& change, std::size_t depth = 0) {
  if (depth == path.size()) return change(tenant, root);
  model::Expr copy = at(tenant, root);
  copy.operands[path[depth]] = changed(tenant, copy.operands[path[depth]], path, change, depth + 1);
  return add(tenant, std::move(copy));
}

ExprId constant(model::Tenant& tenant, bool value) {
  model::Expr made;
  made.op = Op::const_bool;
  made.constant = model::Shared(program::Constant(value));
  made.leaf = true;
  made.text = value ? "true" : "false";
  return add(tenant, std::move(made));
}

// ---------------------------------------------------------------- bounds

// By how much a bound is moved: the smallest unit that an author would have written it in.
std::int64_t unit_of(TypeKind type, std::int64_t value) {
  if (type != TypeKind::duration && type != TypeKind::time) return 1;
  constexpr std::int64_t second = 1'000'000;
  for (const std::int64_t unit : {86'400 * second, 3'600 * second, 60 * second, second, second / 1'000})
    if (value % unit == 0) return unit;
  return 1;
}

std::string number_text(TypeKind type, std::int64_t value) {
  if (type == TypeKind::duration) return duration_to_text(value);
  return type == TypeKind::time ? time_to_text(value) : std::to_string(value);
}

TypeKind type_of(const model::Tenant& tenant, ExprId id) {
  const model::Expr& node = at(tenant, id);
  if (node.op == Op::fact_int) {
    const auto place = index(node.fact);
    return place < builtin_facts.size() ? builtin_facts[place].type
                                        : tenant.structure.attributes[place - builtin_facts.size()].type;
  }
  if (node.op == Op::sub) {
    const auto left = type_of(tenant, node.operands[0]), right = type_of(tenant, node.operands[1]);
    return left == TypeKind::time && right == TypeKind::time ? TypeKind::duration : left;
  }
  if (node.op == Op::add || node.op == Op::select_int)
    return type_of(tenant, node.operands[node.op == Op::add ? 0 : 1]);
  return TypeKind::integer;
}

bool is_order(Op op) { return op == Op::lt_int || op == Op::le_int || op == Op::gt_int || op == Op::ge_int; }

constexpr std::array<std::string_view, 7> day_names = {"monday", "tuesday",  "wednesday", "thursday",
                                                       "friday", "saturday", "sunday"};

std::string clock_text(unsigned minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

// ---------------------------------------------------------------- lists

template <class Text>
std::vector<std::string> texts(const auto& list, const Text& text) {
  std::vector<std::string> all;
  for (const auto& one : list) all.push_back(text(one));
  return all;
}

template <class Record>
std::string name_at(const std::vector<Record>& records, std::size_t place) {
  return place < records.size() ? records[place].name : std::to_string(place);
}

// The entries of a list that is compared with, as an author knows them; empty where the constant is no list.
std::vector<std::string> entries(const model::Tenant& tenant, const model::Expr& node) {
  switch (node.op) {
  case Op::in_strings:
    return texts(std::get<std::vector<std::string>>(*node.constant), [](const auto& one) { return "\"" + one + "\""; });
  case Op::in_cidrs:
    return texts(std::get<std::vector<Cidr>>(*node.constant), [](const auto& one) { return to_text(one); });
  case Op::in_ints: {
    const auto type = node.operands.empty() ? TypeKind::integer : type_of(tenant, node.operands[0]);
    return texts(std::get<std::vector<std::int64_t>>(*node.constant),
                 [&](std::int64_t one) { return number_text(type, one); });
  }
  case Op::in_bits: {
    const auto of = node.operands.empty() ? Op::client_index : at(tenant, node.operands[0]).op;
    return texts(std::get<program::Bits>(*node.constant).members, [&](std::uint32_t one) {
      return of == Op::connection_index     ? name_at(tenant.structure.connections, one)
             : of == Op::organization_index ? name_at(tenant.structure.organizations, one)
                                            : name_at(tenant.structure.clients, one);
    });
  }
  default: return {};
  }
}

program::Constant without(const program::Constant& constant, std::size_t entry) {
  program::Constant made = constant;
  const auto erase = [entry](auto& list) { list.erase(list.begin() + static_cast<std::ptrdiff_t>(entry)); };
  if (auto* strings = std::get_if<std::vector<std::string>>(&made)) erase(*strings);
  if (auto* blocks = std::get_if<std::vector<Cidr>>(&made)) erase(*blocks);
  if (auto* numbers = std::get_if<std::vector<std::int64_t>>(&made)) erase(*numbers);
  if (auto* bits = std::get_if<program::Bits>(&made)) erase(bits->members);
  return made;
}

// ---------------------------------------------------------------- rules

// What a rule is found by in every tenant that it binds.
using RuleKey = std::tuple<FileId, std::uint32_t, std::string>;

class RuleMutants {
 public:
  RuleMutants(const model::Tenant& tenant, const model::Rule& rule, Mutant like, std::string shape,
              std::vector<Mutant>& out)
      : tenant_(tenant), rule_(rule), like_(std::move(like)), shape_(std::move(shape)), out_(out) {
    collect(rule.condition);
  }

  void make() {
    whole();
    condition(rule_.condition, {});
    for (std::size_t i = 0; i < rule_.alternatives.size(); ++i) obligation(i);
  }

 private:
  // Whose rule it is: the floor and shared clients have no `allow`.
  bool may_allow() const {
    const std::string_view owner = std::string_view(rule_.id).substr(0, rule_.id.find('/'));
    return owner != "platform" && std::ranges::count(owner, '.') != 1;
  }

  void whole() {
    const auto edit = [](const auto& change) {
      return [change](model::Tenant& tenant, std::size_t place) { change(tenant, place); };
    };
    rule_edit("the rule is left out", edit([](model::Tenant& tenant, std::size_t place) {
                tenant.rules.erase(tenant.rules.begin() + static_cast<std::ptrdiff_t>(place));
              }));
    if (rule_.report)
      rule_edit("without `report`: it is enforced",
                edit([](model::Tenant& tenant, std::size_t place) { tenant.rules[place].report = false; }));
    else if (rule_.effect == RuleEffect::allow)
      rule_edit("`deny` in place of `allow`",
                edit([](model::Tenant& tenant, std::size_t place) { tenant.rules[place].effect = RuleEffect::deny; }));
    else if (rule_.effect == RuleEffect::deny && may_allow())
      rule_edit("`allow` in place of `deny`",
                edit([](model::Tenant& tenant, std::size_t place) { tenant.rules[place].effect = RuleEffect::allow; }));
    for (std::size_t i = 0; i < action_count; ++i) {
      const auto bit = mask_of(static_cast<Action>(i));
      if ((rule_.actions & bit) == 0 || rule_.actions == bit) continue;
      rule_edit("without the action `" + std::string(action_names[i]) + "`",
                edit([bit](model::Tenant& tenant, std::size_t place) {
                  tenant.rules[place].actions = static_cast<ActionMask>(tenant.rules[place].actions & ~bit);
                }));
    }
  }

  void condition(ExprId id, const Path& path) {
    const model::Expr& node = at(tenant_, id);
    if (node.leaf) return leaf(id, path);
    if (node.op == Op::not_) return inside(node, path);
    const bool all = node.op == Op::and_;
    if (!guards(id)) {
      condition_edit(fmt::format("`{}` in place of `{}`", all ? "or" : "and", all ? "and" : "or"), path,
                     [all](model::Tenant& tenant, ExprId here) {
                       model::Expr copy = at(tenant, here);
                       copy.op = all ? Op::or_ : Op::and_;
                       return add(tenant, std::move(copy));
                     });
    }
    for (std::size_t i = 0; i < node.operands.size(); ++i)
      if (!guards(node.operands[i]))
        condition_edit("without `" + text_of(node.operands[i]) + "`", path, [i](model::Tenant& tenant, ExprId here) {
          model::Expr copy = at(tenant, here);
          copy.operands.erase(copy.operands.begin() + static_cast<std::ptrdiff_t>(i));
          return copy.operands.size() == 1 ? copy.operands.front() : add(tenant, std::move(copy));
        });
    inside(node, path);
  }

  void inside(const model::Expr& node, const Path& path) {
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      Path deeper = path;
      deeper.push_back(i);
      condition(node.operands[i], deeper);
    }
  }

  void leaf(ExprId id, const Path& path) {
    const model::Expr& node = at(tenant_, id);
    if (node.op == Op::const_bool) return;
    if (path.empty())
      condition_edit("always: without `" + node.text + "`", path,
                     [](model::Tenant& tenant, ExprId) { return constant(tenant, true); });
    if (!is_guard(node))
      condition_edit("`not (" + node.text + ")`", path, [](model::Tenant& tenant, ExprId here) {
        model::Expr made;
        made.op = Op::not_;
        made.operands = {here};
        return add(tenant, std::move(made));
      });
    constants(id, path, node.text, [this](std::string change, const Path& where, auto edit) {
      condition_edit(std::move(change), where, std::move(edit));
    });
  }

  // Bounds and lists below a leaf, or in what satisfies an obligation.
  template <class Made>
  void constants(ExprId id, const Path& path, const std::string& text, const Made& made) {
    const model::Expr& node = at(tenant_, id);
    if (is_order(node.op)) bound(node, path, text, made);
    if (node.op == Op::in_window) window(node, path, text, made);
    const auto list = entries(tenant_, node);
    for (std::size_t i = 0; i < list.size(); ++i)
      made("without " + list[i] + " in `" + text + "`", path, [i](model::Tenant& tenant, ExprId here) {
        model::Expr copy = at(tenant, here);
        copy.constant = model::Shared(without(*copy.constant, i));
        return add(tenant, std::move(copy));
      });
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      Path deeper = path;
      deeper.push_back(i);
      constants(node.operands[i], deeper, text, made);
    }
  }

  template <class Made>
  void bound(const model::Expr& node, const Path& path, const std::string& text, const Made& made) {
    for (std::size_t side = 0; side < 2; ++side) {
      const model::Expr& number = at(tenant_, node.operands[side]);
      if (number.op != Op::const_int) continue;
      const auto type = type_of(tenant_, node.operands[1 - side]);
      const auto value = std::get<std::int64_t>(*number.constant);
      const auto unit = unit_of(type, value);
      for (const std::int64_t by : {-unit, unit}) {
        std::int64_t moved = 0;
        if (__builtin_add_overflow(value, by, &moved)) continue;
        Path deeper = path;
        deeper.push_back(side);
        made(fmt::format("{} in place of {} in `{}`", number_text(type, moved), number_text(type, value), text), deeper,
             [moved](model::Tenant& tenant, ExprId here) {
               model::Expr copy = at(tenant, here);
               copy.constant = model::Shared(program::Constant(moved));
               return add(tenant, std::move(copy));
             });
      }
      if (unit == 1) continue;  // one more or less is the same as with or without the bound itself
      made("the bound itself falls to the other side in `" + text + "`", path, [](model::Tenant& tenant, ExprId here) {
        model::Expr copy = at(tenant, here);
        copy.op = copy.op == Op::lt_int   ? Op::le_int
                  : copy.op == Op::le_int ? Op::lt_int
                  : copy.op == Op::gt_int ? Op::ge_int
                                          : Op::gt_int;
        return add(tenant, std::move(copy));
      });
    }
  }

  template <class Made>
  void window(const model::Expr& node, const Path& path, const std::string& text, const Made& made) {
    const auto& window = std::get<program::Window>(*node.constant);
    for (const bool end : {false, true})
      for (const int by : {-1, 1}) {
        const int moved = (end ? window.end : window.begin) + by;
        if (moved < 0 || moved > 1'440) continue;
        made(fmt::format("{} in place of {} in `{}`", clock_text(static_cast<unsigned>(moved)),
                         clock_text(end ? window.end : window.begin), text),
             path, [end, moved](model::Tenant& tenant, ExprId here) {
               model::Expr copy = at(tenant, here);
               auto changed_window = std::get<program::Window>(*copy.constant);
               (end ? changed_window.end : changed_window.begin) = static_cast<std::uint16_t>(moved);
               copy.constant = model::Shared(program::Constant(std::move(changed_window)));
               return add(tenant, std::move(copy));
             });
      }
    for (unsigned day = 0; day < 7; ++day)
      if ((window.days >> day & 1) != 0 && window.days != 1u << day && window.days != 0x7f)
        made(fmt::format("without {} in `{}`", day_names[day], text), path, [day](model::Tenant& tenant, ExprId here) {
          model::Expr copy = at(tenant, here);
          auto changed_window = std::get<program::Window>(*copy.constant);
          changed_window.days = static_cast<std::uint8_t>(changed_window.days & ~(1u << day));
          copy.constant = model::Shared(program::Constant(std::move(changed_window)));
          return add(tenant, std::move(copy));
        });
  }

  void obligation(std::size_t i) {
    const model::Alternative& one = rule_.alternatives[i];
    if (rule_.alternatives.size() > 1)
      rule_edit("without `or " + one.text + "`", [i](model::Tenant& tenant, std::size_t place) {
        auto& list = tenant.rules[place].alternatives;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      });
    constants(one.satisfied, {}, one.text, [this, i](std::string change, const Path& path, auto edit) {
      rule_edit(std::move(change), [i, path, edit](model::Tenant& tenant, std::size_t place) {
        tenant.rules[place].alternatives[i].satisfied =
            changed(tenant, tenant.rules[place].alternatives[i].satisfied, path, edit);
      });
    });
  }

  // ---------------------------------------------------------------- guards

  void collect(ExprId id) {
    const model::Expr& node = at(tenant_, id);
    if (node.op == Op::fact_bool || node.op == Op::fact_int || node.op == Op::fact_string || node.op == Op::fact_ip ||
        node.op == Op::fact_set)
      read_.insert(index(node.fact));
    for (const auto operand : node.operands) collect(operand);
  }
  bool is_guard(const model::Expr& node) const {
    return node.op == Op::has_fact ? read_.contains(index(node.fact)) : node.op == Op::has_email_domain;
  }
  // Whether the rest of the rule may rest on what this says of a fact being there.
  bool guards(ExprId id) const {
    const model::Expr& node = at(tenant_, id);
    if (node.leaf) return is_guard(node);
    return std::ranges::any_of(node.operands, [this](ExprId operand) { return guards(operand); });
  }

  std::string text_of(ExprId id) const {
    const model::Expr& node = at(tenant_, id);
    if (node.leaf) return node.text;
    if (node.op == Op::not_) return "not (" + text_of(node.operands[0]) + ")";
    std::string text;
    for (const auto operand : node.operands)
      text += (text.empty() ? "" : node.op == Op::and_ ? " and " : " or ") + text_of(operand);
    return text;
  }

  // ---------------------------------------------------------------- edits

  template <class Edit>
  void rule_edit(std::string change, Edit edit) {
    Mutant made = like_;
    made.change = std::move(change);
    const Span span = rule_.span;
    made.edit = [span, edit = std::move(edit), shape = shape_](model::Tenant& tenant) {
      for (std::size_t i = 0; i < tenant.rules.size(); ++i)
        if (tenant.rules[i].span.file == span.file && tenant.rules[i].span.begin == span.begin &&
            shape_of(tenant, tenant.rules[i].condition) == shape)
          return edit(tenant, i);
    };
    out_.push_back(std::move(made));
  }

  template <class Edit>
  void condition_edit(std::string change, const Path& path, Edit edit) {
    rule_edit(std::move(change), [path, edit = std::move(edit)](model::Tenant& tenant, std::size_t place) {
      tenant.rules[place].condition = changed(tenant, tenant.rules[place].condition, path, edit);
    });
  }

 public:
  // The `and`, `or`, `not` of a condition over its leaves and what these are made of: equal where a path leads to the same kind of node.
  static std::string shape_of(const model::Tenant& tenant, ExprId id) {
    const model::Expr& node = at(tenant, id);
    std::string text = std::to_string(static_cast<int>(node.op));
    if (node.operands.empty()) return text;
    text += '(';
    for (const auto operand : node.operands) text += shape_of(tenant, operand) + ",";
    return text + ')';
  }

 private:
  const model::Tenant& tenant_;
  const model::Rule& rule_;
  const Mutant like_;
  const std::string shape_;
  std::vector<Mutant>& out_;
  std::set<std::uint16_t> read_;  // facts whose value the rule reads
};

// ---------------------------------------------------------------- passwords

void password_mutants(const model::PasswordRequirement& one, const Mutant& like, std::vector<Mutant>& out) {
  const Span span = one.span;
  const auto each = [span](const auto& change) {
    return [span, change](model::Tenant& tenant) {
      for (auto& policy : tenant.passwords)
        for (auto& requirement : policy.requirements)
          if (requirement.span.file == span.file && requirement.span.begin == span.begin)
            change(requirement.requirement);
    };
  };
  Mutant made = like;
  made.change = "the requirement is left out";
  made.edit = [span](model::Tenant& tenant) {
    for (auto& policy : tenant.passwords)
      std::erase_if(policy.requirements, [span](const model::PasswordRequirement& requirement) {
        return requirement.span.file == span.file && requirement.span.begin == span.begin;
      });
  };
  out.push_back(made);
  using Kind = tree::Requirement::Kind;
  const Kind kind = one.requirement.kind;
  if (kind == Kind::min_age || kind == Kind::max_age || kind == Kind::expires_after || kind == Kind::history) return;
  for (const auto member : {&tree::Requirement::low, &tree::Requirement::high})
    for (const std::int64_t by : {-1, 1}) {
      const auto value = one.requirement.*member;
      if (!value || *value + by < 0) continue;
      made.change = fmt::format("{} in place of {}", *value + by, *value);
      made.edit = each([member, by](tree::Requirement& requirement) {
        if (requirement.*member) *(requirement.*member) += by;
      });
      out.push_back(made);
    }
}

// ---------------------------------------------------------------- structure

template <class List>
void erase_at(List& list, std::size_t place) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
}

void structure_mutants(const model::Tenant& tenant, const Mutant& like, std::vector<Mutant>& out) {
  const program::Part& part = tenant.structure;
  const auto add_one = [&](std::string of, std::string change, auto edit) {
    Mutant made = like;
    made.of = std::move(of);
    made.change = std::move(change);
    made.edit = [edit](model::Tenant& changed_tenant) { edit(changed_tenant.structure); };
    out.push_back(std::move(made));
  };
  for (std::size_t i = 0; i < part.clients.size(); ++i) {
    const auto& client = part.clients[i];
    for (std::size_t k = 0; k < client.connections.size(); ++k)
      add_one("client " + client.name, "without connection `" + part.connections[client.connections[k]].name + "`",
              [i, k](program::Part& changed_part) { erase_at(changed_part.clients[i].connections, k); });
    for (std::size_t k = 0; k < client.callbacks.size(); ++k)
      add_one("client " + client.name, "without callback \"" + client.callbacks[k] + "\"",
              [i, k](program::Part& changed_part) { erase_at(changed_part.clients[i].callbacks, k); });
    for (std::size_t k = 0; k < grant_names.size(); ++k)
      if ((client.grants >> k & 1) != 0)
        add_one("client " + client.name, "without grant `" + std::string(grant_names[k]) + "`",
                [i, k](program::Part& changed_part) {
                  changed_part.clients[i].grants =
                      static_cast<std::uint16_t>(changed_part.clients[i].grants & ~(1u << k));
                });
  }
  for (std::size_t i = 0; i < part.connections.size(); ++i)
    add_one("connection " + part.connections[i].name,
            part.connections[i].signup_open ? "`signup closed` in place of open" : "`signup open` in place of closed",
            [i](program::Part& changed_part) {
              changed_part.connections[i].signup_open = !changed_part.connections[i].signup_open;
            });
  for (std::size_t i = 0; i < part.lockouts.size(); ++i)
    for (const std::int64_t by : {-1, 1})
      if (part.lockouts[i].attempts + by > 0)
        add_one("lockout",
                fmt::format("{} attempts in place of {}", part.lockouts[i].attempts + by, part.lockouts[i].attempts),
                [i, by](program::Part& changed_part) { changed_part.lockouts[i].attempts += by; });
  for (std::size_t i = 0; i < part.organizations.size(); ++i)
    add_one("organization " + part.organizations[i].name,
            part.organizations[i].members_required ? "members are not required" : "members are required",
            [i](program::Part& changed_part) {
              changed_part.organizations[i].members_required = !changed_part.organizations[i].members_required;
            });
}

}  // namespace

std::vector<Mutant> mutants(const model::Policy& policy, const SourceSet& sources) {
  std::vector<Mutant> all;
  struct Found {
    std::vector<std::uint32_t> tenants;
    std::uint32_t first = 0;
    const model::Rule* rule = nullptr;
    const model::PasswordRequirement* requirement = nullptr;
  };
  std::map<RuleKey, Found> rules;  // in the order of files and places
  std::map<std::pair<FileId, std::uint32_t>, Found> requirements;
  for (std::uint32_t i = 0; i < policy.tenants.size(); ++i) {
    const model::Tenant& tenant = policy.tenants[i];
    for (const model::Rule& rule : tenant.rules) {
      auto& found = rules[{rule.span.file, rule.span.begin, RuleMutants::shape_of(tenant, rule.condition)}];
      if (found.tenants.empty()) found.rule = &rule, found.first = i;
      found.tenants.push_back(i);
    }
    for (const auto& password : tenant.passwords)
      for (const auto& one : password.requirements) {
        if (!one.span.known()) continue;
        auto& found = requirements[{one.span.file, one.span.begin}];
        if (found.tenants.empty()) found.requirement = &one;
        if (found.tenants.empty() || found.tenants.back() != i) found.tenants.push_back(i);
      }
  }
  for (const auto& [key, found] : rules) {
    const model::Tenant& tenant = policy.tenants[found.first];
    Mutant like{found.rule->span, sources.place(found.rule->span), found.rule->text, {}, found.tenants, {}};
    RuleMutants(tenant, *found.rule, std::move(like), std::get<2>(key), all).make();
  }
  for (const auto& [key, found] : requirements) {
    const std::string text(sources.text(found.requirement->span));
    password_mutants(*found.requirement,
                     {found.requirement->span, sources.place(found.requirement->span), text, {}, found.tenants, {}},
                     all);
  }
  std::set<std::uint32_t> asked;
  for (const auto& tenants : tenants_of_tests(policy)) asked.insert(tenants.begin(), tenants.end());
  for (const auto i : asked)
    structure_mutants(policy.tenants[i], {policy.tenants[i].span, policy.tenants[i].place, {}, {}, {i}, {}}, all);
  std::ranges::stable_sort(all, {}, [](const Mutant& one) { return std::pair(one.span.file, one.span.begin); });
  return all;
}

}  // namespace writ::testing
