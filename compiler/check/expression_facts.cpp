// Facts of the request, properties of entities and attributes of the tenant as typed values. A fact must exist in every
// action of the rule; where it is optional in one of them it may be absent, unless a guard has proven it present. What the
// policy itself knows (attributes of the tenant) becomes a constant; it stays a leaf all the same.
#include "compiler/check/expression.h"

#include <algorithm>
#include <array>
#include <bit>

namespace writ::check {

namespace {

constexpr std::array<std::string_view, strategies.size()> strategy_names = [] {
  std::array<std::string_view, strategies.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = strategies[i].name;
  return names;
}();

template <class Names>
std::vector<std::string_view> all(const Names& names) {
  return {names.begin(), names.end()};
}

}  // namespace

// ---------------------------------------------------------------- facts

std::optional<FactInfo> Checker::fact_info(const std::string& name) {
  if (infos_scope_ != here_.scope) {
    infos_.clear();
    infos_scope_ = here_.scope;
  }
  const auto [entry, fresh] = infos_.try_emplace(name);
  if (fresh) entry->second = find_fact(*here_.scope, name);
  // More facts than a program holds is an error of its own; the ones beyond are unknown here.
  return entry->second && index(entry->second->id) < program::max_facts ? entry->second : std::nullopt;
}

bool Checker::in_every_action(const FactInfo& info, Span span, std::string_view needed_by) {
  const ActionMask has = info.required | info.optional;
  const auto missing = static_cast<ActionMask>(place_.actions & ~has);
  if (missing == 0) return true;
  if (refused_.test(index(info.id))) return false;
  refused_.set(index(info.id));
  const std::string name = "`" + std::string(info.name) + "`";
  auto& diagnostic = report(Code::fact_not_in_action, lets_.empty() ? span : use_,
                            needed_by.empty() ? name + " does not exist in " + actions_text(missing)
                                              : "`" + std::string(needed_by) + "` needs " + name +
                                                    ", which does not exist in " + actions_text(missing));
  diagnostic.under("exists in " + actions_text(has) + " only");
  if (!lets_.empty()) diagnostic.at(span, "mentioned here");
  if (const auto left = static_cast<ActionMask>(place_.actions & has); left != 0)
    diagnostic.hint("let this rule stand for " + actions_text(left) + " only, and write another one for " +
                    actions_text(missing));
  else
    diagnostic.hint("ask for something that " + actions_text(missing) + " has: `writ facts --action " +
                    std::string(action_names[static_cast<std::size_t>(std::countr_zero(missing))]) + "` lists it");
  return false;
}

// A let that stands alone has no actions: there only what is optional wherever it exists counts.
bool Checker::may_be_absent(const FactInfo& info) const {
  return place_.actions != 0 ? (info.optional & place_.actions) != 0 : info.required == 0;
}

model::ExprId Checker::fact_node(const FactInfo& info) {
  Op op = Op::fact_int;
  switch (info.type) {
  case TypeKind::boolean: op = Op::fact_bool; break;
  case TypeKind::string: op = Op::fact_string; break;
  case TypeKind::ip:
  case TypeKind::cidr: op = Op::fact_ip; break;
  case TypeKind::string_set: op = Op::fact_set; break;
  case TypeKind::client: op = Op::client_index; break;
  case TypeKind::connection: op = Op::connection_index; break;
  case TypeKind::organization: op = Op::organization_index; break;
  case TypeKind::tenant: return node(Op::const_int, {}, program::Constant{std::int64_t{0}});  // a part is of one tenant
  case TypeKind::integer:
  case TypeKind::time:
  case TypeKind::duration:
  case TypeKind::enumeration: break;
  }
  const auto made = node(op);
  nodes_.back().fact = info.id;
  return made;
}

// An organization is no slot of the request: it is there when the structure checks found one.
model::ExprId Checker::presence(const FactInfo& info) {
  if (info.type == TypeKind::organization) {
    const auto zero = node(Op::const_int, {}, program::Constant{std::int64_t{0}});
    return node(Op::ge_int, {fact_node(info), zero});
  }
  const auto made = node(Op::has_fact);
  nodes_.back().fact = info.id;
  return made;
}

std::optional<Typed> Checker::fact_value(const FactInfo& info, tree::ExprId id) {
  if (!in_every_action(info, span_of(id))) return std::nullopt;
  Typed typed;
  typed.kind = info.type;
  typed.values = info.values;
  typed.ordered = info.id != fact("grant");
  typed.low = info.low;
  typed.high = info.high;
  typed.node = fact_node(info);
  typed.form = info.id == fact("request.country") ? Form::country
               : info.id == fact("request.host")  ? Form::domain
                                                  : Form::any;
  typed.optional_somewhere = info.optional != 0;
  typed.declared = info.declared;
  if (!typed.is_name()) mentions_.insert(info.id);
  if (std::ranges::find(seen_, info.name, [](const auto& one) { return std::string_view(one.first); }) == seen_.end())
    seen_.emplace_back(info.name, typed.node);
  if (!may_be_absent(info) || known_.test(index(info.id))) return typed;
  typed.present = presence(info);
  const std::string type = "`" + type_text(typed) + "?`";
  const ActionMask needed = info.required & place_.actions;
  typed.absence = Absence{index(info.id), here_, id,
                          info.declared.known() ? "declared " + type + " at " + sources_.place(info.declared)
                          : needed != 0         ? "may be absent in " + actions_text(info.optional & place_.actions)
                                                : "built in as " + type};
  return typed;
}

std::optional<Typed> Checker::property(const Property& property, tree::ExprId id) {
  if (!in_every_action(*fact_info(std::string(property.of)), span_of(id), property.name)) return std::nullopt;
  Typed typed;
  typed.kind = property.type;
  if (typed.kind == TypeKind::string_set) {
    typed.features = true;
    return typed;
  }
  typed.ordered = false;
  const bool of_client = property.of == "client", family = property.name == "connection.family";
  typed.values = of_client ? all(client_type_names) : family ? all(family_names) : all(strategy_names);
  typed.node = node(of_client ? Op::client_type : family ? Op::connection_family : Op::connection_strategy);
  seen_.emplace_back(property.name, typed.node);
  return typed;
}

// ---------------------------------------------------------------- attributes of the tenant: constants

std::size_t Checker::attribute_key(std::string_view name) {
  const auto found = attribute_keys_.find(name);
  if (found != attribute_keys_.end()) return found->second;
  if (attribute_keys_.size() >= attribute_bits) return no_key;
  const std::size_t key = program::max_facts + attribute_keys_.size();
  attribute_keys_.emplace(name, key);
  return key;
}

namespace {
program::Constant zero_of(TypeKind kind) {
  switch (kind) {
  case TypeKind::boolean: return false;
  case TypeKind::string: return std::string{};
  case TypeKind::ip: return Ip{};
  case TypeKind::cidr: return std::vector<Cidr>{};
  case TypeKind::string_set: return std::vector<std::string>{};
  case TypeKind::integer:
  case TypeKind::time:
  case TypeKind::duration:
  case TypeKind::enumeration:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return std::int64_t{0};
  }
  return std::int64_t{0};
}
}  // namespace

std::optional<Typed> Checker::attribute_value(std::string_view name, const TenantAttribute& attribute,
                                              tree::ExprId id) {
  Typed typed;
  typed.kind = attribute.type->kind;
  for (const auto& word : attribute.type->values) typed.values.push_back(word.text);
  if (typed.kind == TypeKind::string_set) {
    typed.attribute = &attribute;
  } else {
    typed.node = constant_node(typed.kind, attribute.value ? *attribute.value : zero_of(typed.kind));
    if (typed.kind == TypeKind::integer) {  // its type's range, not its value: what checks in one tenant checks in all
      typed.low = attribute.type->low.value_or(INT64_MIN);
      typed.high = attribute.type->high.value_or(INT64_MAX);
    }
  }
  typed.optional_somewhere = attribute.type->optional;
  typed.declared = attribute.declared;
  if (std::ranges::find(seen_, name, [](const auto& one) { return std::string_view(one.first); }) == seen_.end())
    seen_.emplace_back(name, constant_node(TypeKind::string, attribute_text(attribute)));
  const std::size_t key = attribute_key(name);
  if (!attribute.type->optional || (key != no_key && known_.test(key))) return typed;
  typed.present = boolean_node(attribute.value.has_value());
  typed.absence =
      Absence{key, here_, id, "declared `" + type_text(typed) + "?` at " + sources_.place(attribute.declared)};
  return typed;
}

}  // namespace writ::check
