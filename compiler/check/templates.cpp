// Where a tenant is written: the body of its template with the arguments put in, its own, and those that extend it, in that order. All of
// them declare into one level, so a word of the template means the same in the tenant's additions; only the template's parameters stay
// inside the template.
//
//   template b2b(company_domain: string) { connection sso : oidc { domains company_domain } … }
//   tenant globex from b2b("globex.com")           bodies: the template's, with company_domain = "globex.com"
//   tenant initech from b2b("initech.com") { … }   bodies: the template's, then initech's own
#include "compiler/check/expression.h"
#include "compiler/check/tenant.h"

#include <algorithm>

namespace writ::check {

namespace {

using Kind = tree::Literal::Kind;

// What kind of value a written literal is.
std::optional<TypeKind> kind_of(const tree::Literal& literal) {
  switch (literal.kind) {
  case Kind::boolean: return TypeKind::boolean;
  case Kind::integer: return TypeKind::integer;
  case Kind::string: return TypeKind::string;
  case Kind::duration: return TypeKind::duration;
  case Kind::time: return TypeKind::time;
  case Kind::ip: return TypeKind::ip;
  case Kind::cidr: return TypeKind::cidr;
  case Kind::clock: return std::nullopt;
  }
  return std::nullopt;
}

bool one_fits(const tree::Tree& tree, tree::ExprId value, const tree::Type& type) {
  const auto& node = tree[value].node;
  if (const auto* path = std::get_if<tree::Path>(&node); path != nullptr && type.kind == TypeKind::enumeration)
    return path->parts.size() == 1 &&
           std::ranges::find(type.values, path->parts[0].text, &tree::Name::text) != type.values.end();
  const auto* literal = std::get_if<tree::Literal>(&node);
  if (literal == nullptr) return false;
  if (type.kind == TypeKind::enumeration)
    return literal->kind == Kind::string && std::ranges::find(type.values, std::get<std::string>(literal->value),
                                                              &tree::Name::text) != type.values.end();
  if (kind_of(*literal) != type.kind) return false;
  if (type.kind != TypeKind::integer) return true;
  const auto number = std::get<std::int64_t>(literal->value);
  return number >= type.low.value_or(INT64_MIN) && number <= type.high.value_or(INT64_MAX);
}

bool fits(const tree::Tree& tree, tree::ExprId value, const tree::Type& type) {
  if (!type.list && type.kind != TypeKind::string_set) return one_fits(tree, value, type);
  const auto* list = std::get_if<tree::List>(&tree[value].node);
  tree::Type item = type;
  item.list = false;
  if (type.kind == TypeKind::string_set) item.kind = TypeKind::string;
  return list != nullptr &&
         std::ranges::all_of(list->items, [&](tree::ExprId one) { return one_fits(tree, one, item); });
}

// A body that stands at the tenant's level.
Block& add_body(TenantCheck& tenant, const tree::Tree& tree, const std::vector<tree::Item>& items) {
  Scope& scope = tenant.scopes.emplace_back();
  scope.outer = tenant.scope;
  scope.tree = &tree;
  return tenant.bodies.emplace_back(Block{&tree, &items, &scope});
}

// The literal that stands for a parameter where there is no right one: of a template nobody uses, or after an error.
tree::ExprId any_literal(tree::Tree& tree, const tree::Type& type, Span span) {
  const auto put = [&tree, span](tree::ExprNode node) {
    tree.expressions.push_back({std::move(node), span, false});
    return static_cast<tree::ExprId>(tree.expressions.size() - 1);
  };
  if (type.list || type.kind == TypeKind::string_set) return put(tree::List{});
  switch (type.kind) {
  case TypeKind::boolean: return put(tree::Literal{Kind::boolean, false});
  case TypeKind::integer:
    return put(tree::Literal{Kind::integer, type.low.value_or(std::min<std::int64_t>(1, type.high.value_or(1)))});
  case TypeKind::duration: return put(tree::Literal{Kind::duration, std::int64_t{3'600'000'000}});
  case TypeKind::time: return put(tree::Literal{Kind::time, std::int64_t{0}});
  case TypeKind::ip: return put(tree::Literal{Kind::ip, Ip{}});
  case TypeKind::cidr: return put(tree::Literal{Kind::cidr, Cidr{}});
  case TypeKind::enumeration:
    return put(tree::Literal{Kind::string, type.values.empty() ? std::string{} : type.values.front().text});
  case TypeKind::string:
  case TypeKind::string_set:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return put(tree::Literal{Kind::string, std::string("example.com")});
  }
  return put(tree::Literal{Kind::boolean, false});
}

// "company_domain, tier"
std::string parameters_of(const tree::TemplateDecl& node) {
  std::string text;
  for (const auto& parameter : node.parameters) text += (text.empty() ? "" : ", ") + parameter.name.text;
  return text;
}

void take_arguments(TenantCheck& tenant, const tree::TemplateDecl& node, Scope& inside) {
  Run& run = tenant.run;
  const auto& source = *tenant.source.tenant.node;
  const auto& tree = *tenant.source.tenant.tree;
  if (source.arguments.size() != node.parameters.size()) {
    const auto seen = source.arguments.size(), wanted = node.parameters.size();
    run.diagnostics
        .add(Code::template_argument_count, source.from->span,
             "template " + in_ticks(node.name.text) + " takes " + std::to_string(wanted) +
                 (wanted == 1 ? " argument, " : " arguments, ") + std::to_string(seen) +
                 (seen == 1 ? " is given" : " are given"))
        .at(node.name.span, "declared here")
        .hint("it is written " + in_ticks("from " + name_text(node.name.text) + "(" + parameters_of(node) + ")"));
  }
  for (std::size_t i = 0; i < node.parameters.size(); ++i) {
    const auto& parameter = node.parameters[i];
    const bool given = i < source.arguments.size();
    const auto value = given ? source.arguments[i] : tree::ExprId::none;
    if (given && fits(tree, value, parameter.type)) {
      inside.arguments.try_emplace(parameter.name.text, Argument{&tree, value, &parameter.type, parameter.name.span});
      continue;
    }
    if (given)
      run.diagnostics
          .add(Code::template_argument_type, tree[value].span,
               "parameter " + in_ticks(parameter.name.text) + " of template " + in_ticks(node.name.text) + " is " +
                   a(type_text(parameter.type)) + ", " + in_ticks(run.sources.text(tree[value].span)) + " is not")
          .at(parameter.name.span, "declared here")
          .hint("an argument is a literal: " + in_ticks(example_of(parameter.type)));
    const auto stand_in =
        any_literal(tenant.stand_ins, parameter.type, source.from->span);  // so that its uses are not also wrong
    inside.arguments.try_emplace(parameter.name.text,
                                 Argument{&tenant.stand_ins, stand_in, &parameter.type, parameter.name.span});
  }
}

// A let of a parameter's name, at any depth of the body: one of the two would silently be the other.
void refuse_lets_of(Run& run, const tree::TemplateDecl& node, const std::vector<tree::Item>& items) {
  const auto inside = [&](const auto& item) {
    if constexpr (requires { item.items.front().index(); }) refuse_lets_of(run, node, item.items);
  };
  for (const auto& item : items) {
    std::visit(inside, item);
    const auto* let = std::get_if<tree::Let>(&item);
    if (let == nullptr) continue;
    const auto parameter =
        std::ranges::find(node.parameters, let->name.text, [](const tree::Parameter& one) { return one.name.text; });
    if (parameter == node.parameters.end()) continue;
    run.diagnostics
        .add(Code::name_in_use, let->name.span,
             "let " + in_ticks(let->name.text) + " is named like a parameter of its template")
        .at(parameter->name.span, "declared here")
        .hint("give one of them another name");
  }
}

}  // namespace

void open_bodies(TenantCheck& tenant) {
  Scope& scope = tenant.scopes.emplace_back();
  tenant.scope = &scope;
  scope.outer = &tenant.platform.global;
  scope.tree = tenant.source.tenant.tree;
  scope.part = &tenant.result.structure;
  tenant.spent.patterns = &tenant.run.known.patterns;
  scope.spent = &tenant.spent;
  scope.tenant_name = tenant.result.structure.name = tenant.name();
  const auto& node = *tenant.source.tenant.node;
  if (node.from) {
    const auto found = tenant.set.template_places.find(node.from->text);
    if (found == tenant.set.template_places.end()) {
      or_declare(
          undeclared(tenant.run, Code::undeclared, "there is no template", *node.from, tenant.set.template_places),
          "template " + name_text(node.from->text) + "() { … }");
    } else {
      const auto& source = tenant.set.templates[found->second];
      add_body(tenant, *source.tree, source->items);
      take_arguments(tenant, *source.node, tenant.scopes.back());
    }
  }
  add_body(tenant, *tenant.source.tenant.tree, node.items);
  for (const auto& extend : tenant.source.extends) add_body(tenant, *extend.tree, extend->items);

  Scope& floor = tenant.scopes.emplace_back();
  tenant.floor = &floor;
  floor.outer = &tenant.platform.floor;
  floor.tree = tenant.platform.floor.tree;
  floor.floor = true;
  floor.part = scope.part;
  floor.spent = scope.spent;
  floor.tenant_name = scope.tenant_name;
}

// A tenant of the template with whichever arguments, so that a template is checked where no tenant is made of it yet.
TemplateTrial::TemplateTrial(const In<tree::TemplateDecl>& source) {
  arguments.file = source.tree->file;
  tenant.name = source->name;
  tenant.from = source->name;
  tenant.span = source->span;
  tenant.body_written = false;
  for (const auto& parameter : source->parameters)
    tenant.arguments.push_back(any_literal(arguments, parameter.type, source->name.span));
}

void check_parameters(Run& run, const In<tree::TemplateDecl>& source) {
  Places seen;
  for (const auto& parameter : source->parameters) {
    refuse_entity_name(run, "parameter", parameter.name);
    if (const auto [found, fresh] = seen.try_emplace(parameter.name.text, static_cast<std::uint32_t>(seen.size()));
        !fresh)
      declared_twice(run, "parameter", parameter.name, source->parameters[found->second].name.span);
  }
  refuse_lets_of(run, *source.node, source->items);
}

}  // namespace writ::check
