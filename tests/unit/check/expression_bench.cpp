#include "tests/unit/check/expression_bench.h"

#include <catch2/catch.hpp>

namespace writ::check_tests {

namespace {

std::string constant_text(const program::Constant& constant) {
  struct Visit {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return "\"" + value + "\""; }
    std::string operator()(const Ip& value) const { return to_text(value); }
    std::string operator()(const program::Bits& bits) const {
      std::string text = "{";
      for (const auto member : bits.members) text += (text.size() > 1 ? " " : "") + std::to_string(member);
      return text + "}";
    }
    std::string operator()(const std::vector<std::int64_t>& values) const {
      std::string text = "[";
      for (const auto value : values) text += (text.size() > 1 ? " " : "") + std::to_string(value);
      return text + "]";
    }
    std::string operator()(const std::vector<std::string>& values) const {
      std::string text = "[";
      for (const auto& value : values) text += (text.size() > 1 ? " " : "") + value;
      return text + "]";
    }
    std::string operator()(const std::vector<Cidr>& blocks) const {
      std::string text = "[";
      for (const auto& block : blocks) text += (text.size() > 1 ? " " : "") + to_text(block);
      return text + "]";
    }
    std::string operator()(const program::Window& window) const {
      return std::to_string(window.begin) + ".." + std::to_string(window.end) + " " + window.zone + " " +
             std::to_string(window.days);
    }
    std::string operator()(const program::Glob& glob) const { return "\"" + glob.pattern + "\""; }
    std::string operator()(const program::Regex& regex) const { return "/" + regex.pattern + "/"; }
  };
  return std::visit(Visit{}, constant);
}

program::Attribute attribute(std::string name, TypeKind type, bool optional, std::int64_t low = INT64_MIN,
                             std::int64_t high = INT64_MAX, std::vector<std::string> values = {}) {
  const ActionMask where = name.starts_with("user.") ? all_actions & ~mask_of(Action::m2m) : all_actions;
  return {std::move(name),  type, optional ? ActionMask{0} : where, optional ? where : ActionMask{0}, low, high,
          std::move(values)};
}

template <class Record>
Record named(std::string name) {
  Record record;
  record.id = record.name = std::move(name);
  return record;
}

}  // namespace

std::string Checked::code(model::ExprId id) const {
  const model::Expr& one = at(id);
  std::string text(program::row_of(one.op).name);
  if (one.op == program::Op::has_fact || text.starts_with("fact.")) {
    const auto place = index(one.fact);
    text += " " + (place < builtin_facts.size() ? std::string(builtin_facts[place].name)
                                                : "#" + std::to_string(place - builtin_facts.size()));
  }
  if (one.op == program::Op::element) text += " " + std::to_string(one.depth);
  if (one.constant) text += " " + constant_text(*one.constant);
  if (one.operands.empty()) return text;
  text += "(";
  for (std::size_t i = 0; i < one.operands.size(); ++i) text += (i == 0 ? "" : ", ") + code(one.operands[i]);
  return text + ")";
}

std::string Checked::structure_of(model::ExprId id) const {
  const model::Expr& one = at(id);
  if (one.leaf) return one.text;
  std::string text(program::row_of(one.op).name);
  text += "(";
  for (std::size_t i = 0; i < one.operands.size(); ++i) text += (i == 0 ? "" : "; ") + structure_of(one.operands[i]);
  return text + ")";
}

std::string Checked::codes() const {
  std::string text;
  for (const auto& error : errors) text += (text.empty() ? "" : " ") + code_text(error.code);
  return text;
}

Bench::Bench() {
  part_.id = part_.name = "acme";
  for (const auto* name : {"google-oauth2", "staff", "users"})
    part_.connections.push_back(named<program::ConnectionRecord>(name));
  for (const auto* name : {"admin", "shop"}) part_.clients.push_back(named<program::ClientRecord>(name));
  for (const auto* name : {"coke", "pepsi"}) part_.organizations.push_back(named<program::OrganizationRecord>(name));
  part_.features = {"beta"};
  part_.organizations[0].features = {"gamma"};
  attributes_ = {attribute("request.risk", TypeKind::integer, true, 0, 100),
                 attribute("user.department", TypeKind::string, true),
                 attribute("user.level", TypeKind::enumeration, false, INT64_MIN, INT64_MAX, {"low", "medium", "high"}),
                 attribute("user.score", TypeKind::integer, false)};
  const FileId facts = sources_.add("facts.writ", "writ 1\nattributes { user.department : string? }\n");
  spans_["user.department"] = {facts, 20, 45};
  tree::Type tier;
  tier.kind = TypeKind::enumeration;
  for (const auto* word : {"free", "gold"}) tier.values.push_back({word, {}, false});
  types_.push_back(tier);
  tenant_attributes_["tenant.tier"] = {&types_.back(), program::Constant{std::int64_t{1}}, {facts, 7, 17}};
  tree::Type seats;
  seats.kind = TypeKind::integer;
  seats.optional = true;
  types_.push_back(seats);
  tenant_attributes_["tenant.seats"] = {&types_.back(), std::nullopt, {facts, 7, 17}};
}

Checked Bench::run(std::string_view text, check::Place place, bool floor) {
  Diagnostics diagnostics;
  const FileId file = sources_.add("rule.writ", "writ 1\ntenant acme {\n" + std::string(text) + "\n}\n");
  const tree::Tree& tree = trees_.emplace_back(parse(sources_, file, limits, diagnostics));
  REQUIRE(tree.declarations.size() == 1);
  auto& scope = scopes_.emplace_back();
  scope.tree = &tree;
  scope.part = &part_;
  scope.tenant_name = "acme";
  scope.attributes = &attributes_;
  scope.attribute_spans = &spans_;
  scope.tenant_attributes = &tenant_attributes_;
  scope.zones["office"] = {"office", {*parse_cidr("10.0.0.0/8"), *parse_cidr("203.0.113.0/24")}, {}, {}, {}};
  scope.zones["home"] = {"home", {*parse_cidr("10.0.0.0/8")}, {"DE"}, {}, {file, 7, 13}};
  scope.floor = floor;
  place.scope = &scope;
  const tree::Rule* rule = nullptr;
  std::map<std::string, const tree::ObligationDecl*, std::less<>> obligations;
  std::map<std::string, const check::Scope*, std::less<>> obligation_scopes;
  for (const auto& item : std::get<tree::TenantDecl>(tree.declarations[0]).items) {
    if (const auto* let = std::get_if<tree::Let>(&item)) scope.lets[let->name.text] = {&tree, let, &scope, false};
    if (const auto* one = std::get_if<tree::Rule>(&item)) rule = one;
    if (const auto* own = std::get_if<tree::ObligationDecl>(&item))
      obligations[own->name.text] = own, obligation_scopes[own->name.text] = &scope;
  }
  scope.obligations = &obligations;
  scope.obligation_scopes = &obligation_scopes;
  give_arguments(scope);
  Checked result;
  if (rule != nullptr) check::check_rule(place, tree, *rule, sources_, limits, result.nodes, result.rule, diagnostics);
  result.errors = diagnostics.sorted();
  return result;
}

// As of a template: `partner` is "staff", `company` "acme.com", `domains` two of them.
void Bench::give_arguments(check::Scope& scope) {
  using Kind = tree::Literal::Kind;
  tree::Tree& written = trees_.emplace_back();
  const auto text = [&](std::string value) {
    written.expressions.push_back({tree::Literal{Kind::string, std::move(value)}, {}, false});
    return static_cast<tree::ExprId>(written.expressions.size() - 1);
  };
  const auto partner = text("staff"), first = text("acme.com"), second = text("acme.co.uk");
  written.expressions.push_back({tree::List{{first, second}}, {}, false});
  tree::Type string;
  types_.push_back(string);
  scope.arguments["partner"] = {&written, partner, &types_.back(), {}};
  scope.arguments["company"] = {&written, first, &types_.back(), {}};
  string.list = true;
  types_.push_back(string);
  scope.arguments["domains"] = {
      &written, static_cast<tree::ExprId>(written.expressions.size() - 1), &types_.back(), {}};
}

Checked Bench::check(std::string_view text, ActionMask actions) {
  check::Place place;
  place.actions = actions;
  return run(text, place);
}

Checked Bench::check_in_organization(std::string_view text) {
  check::Place place;
  place.actions = mask_of(Action::login);
  place.organization = 0;
  return run(text, place);
}

Checked Bench::check_in_floor(std::string_view text) {
  check::Place place;
  place.actions = mask_of(Action::login);
  return run(text, place, true);
}

}  // namespace writ::check_tests
