// Declarations of the top of a file as nodes, tests and proofs among them.
#include "compiler/syntax/print.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::syntax {

using tree::Tree;

namespace {

std::string type_text(const tree::Type& type) {
  std::string text;
  switch (type.kind) {
  case TypeKind::boolean: text = "bool"; break;
  case TypeKind::integer:
    text = type.low && type.high ? fmt::format("int {}..{}", *type.low, *type.high) : "int";
    break;
  case TypeKind::string: text = "string"; break;
  case TypeKind::ip: text = "ip"; break;
  case TypeKind::cidr: text = "cidr"; break;
  case TypeKind::time: text = "time"; break;
  case TypeKind::duration: text = "duration"; break;
  case TypeKind::string_set: text = "set of string"; break;
  case TypeKind::enumeration: text = "one of " + names_text(type.values); break;
  case TypeKind::tenant: text = "tenant"; break;
  case TypeKind::client: text = "client"; break;
  case TypeKind::connection: text = "connection"; break;
  case TypeKind::organization: text = "organization"; break;
  }
  return (type.list ? "list of " : "") + text + (type.optional ? "?" : "");
}

Printed block_node(const Tree& tree, Span span, std::string opening, const std::vector<tree::Item>& items) {
  return {
      .span = span, .text = std::move(opening), .block = true, .always_open = true, .entries = item_nodes(tree, items)};
}

std::string request_text(const tree::RequestLine& line) {
  auto text = line.action.text;
  if (line.tenant) text += " to " + name_text(*line.tenant);
  if (line.client) {
    const auto client = name_text(*line.client);
    text += "." + client;
  }
  if (line.organization) text += " in " + name_text(*line.organization);
  if (line.connection) text += " via " + name_text(*line.connection);
  return text;
}

// "to acme.shop, acme.admin in coke via staff with office, travelling", each part with a blank before it.
std::string cells_text(std::string_view to, const tree::Cells& cells) {
  std::string text;
  for (const auto& one : cells.to) {
    text += &one == &cells.to.front() ? fmt::format(" {} ", to) : ", ";
    text += name_text(one.tenant);
    if (one.client) text += "." + name_text(*one.client);
  }
  if (!cells.in.empty()) text += " in " + names_text(cells.in);
  if (!cells.via.empty()) text += " via " + names_text(cells.via);
  for (const auto& list : cells.with) text += " with " + names_text(list);
  return text;
}

Printed asked_node(const Tree& tree, Span span, std::string text_of_line, const std::vector<tree::FactAssign>& facts) {
  Printed made{.span = span, .text = std::move(text_of_line), .block = !facts.empty()};
  for (const auto& fact : facts) {
    auto text = fact.value == tree::ExprId::none
                    ? "without " + path_text(fact.path)
                    : path_text(fact.path) + " = " + expression_text(tree, fact.value, Tight::sum);
    made.entries.push_back({.span = fact.span, .text = std::move(text)});
  }
  return made;
}

std::string password_text(const tree::PasswordLine& line) {
  auto text = "password " + string_text(line.password.text) + " for " + name_text(line.tenant);
  if (line.connection) text += "." + name_text(*line.connection);
  if (line.event) text += " at " + name_text(*line.event);
  return text;
}

std::string by_text(const std::vector<tree::Text>& names) {
  std::string text;
  for (const auto& name : names) {
    const bool bare = name.text == "no_allow" || name.text == "conflicting_obligations";
    text += (text.empty() ? " by " : ", ") + (bare ? name.text : string_text(name.text));
  }
  return text;
}

Printed expect_node(const Tree& tree, const tree::Expect& expect) {
  auto text =
      std::string(expect.rest ? "else expect " : "expect ") + (expect.would_be ? "would_be " : "") + expect.effect.text;
  for (std::size_t i = 0; i < expect.obligations.size(); ++i)
    text += (i == 0 ? " " : ", ") + choice_text(tree, expect.obligations[i]);
  if (expect.of_password())
    for (std::size_t i = 0; i < expect.by.size(); ++i) text += (i == 0 ? " by " : ", ") + expect.by[i].text;
  else
    text += by_text(expect.by);
  if (expect.fault) text += " fault " + expect.fault->text;
  text += cells_text("for", expect.cells);
  return {.span = expect.span, .text = std::move(text)};
}

Printed test_node(const Tree& tree, const tree::TestDecl& test) {
  Printed made{.span = test.span, .text = "test " + string_text(test.name.text), .block = true, .always_open = true};
  for (const auto& one : test.steps) {
    if (const auto* line = std::get_if<tree::Question>(&one))
      made.entries.push_back(
          asked_node(tree, line->span, line->action.text + cells_text("to", line->cells), line->facts));
    else if (const auto* password = std::get_if<tree::PasswordLine>(&one))
      made.entries.push_back(asked_node(tree, password->span, password_text(*password), password->facts));
    else if (const auto* clock = std::get_if<tree::Clock>(&one))
      made.entries.push_back(
          {.span = clock->span,
           .text = clock->after ? "after " + duration_to_text(clock->micros) : "at " + time_text(clock->micros)});
    else
      made.entries.push_back(expect_node(tree, std::get<tree::Expect>(one)));
  }
  return made;
}

Printed prove_node(const Tree& tree, const tree::ProveDecl& prove) {
  Printed made{.span = prove.span, .text = "prove " + string_text(prove.name.text), .block = true, .always_open = true};
  for (const auto& one : prove.statements) {
    auto text = request_text(one.request) + " " + one.outcome.text;
    if (one.by) text += by_text({*one.by});
    text += " implies " + expression_text(tree, one.implies);
    made.entries.push_back({.span = one.span, .text = std::move(text)});
  }
  return made;
}

Printed tenant_node(const Tree& tree, const tree::TenantDecl& tenant) {
  auto opening = "tenant " + name_text(tenant.name);
  if (tenant.title) opening += " " + string_text(tenant.title->text);
  if (tenant.from) opening += " from " + name_text(*tenant.from) + arguments_text(tree, tenant.arguments);
  auto made = block_node(tree, tenant.span, std::move(opening), tenant.items);
  made.block = tenant.body_written || !tenant.items.empty();
  return made;
}

Printed template_node(const Tree& tree, const tree::TemplateDecl& declared) {
  std::string parameters;
  for (const auto& one : declared.parameters)
    parameters += (parameters.empty() ? "" : ", ") + one.name.text + ": " + type_text(one.type);
  return block_node(tree, declared.span, fmt::format("template {}({})", name_text(declared.name), parameters),
                    declared.items);
}

struct DeclarationNode {
  const Tree& tree;

  Printed operator()(const tree::ImportDecl& is) const {
    return {.span = is.span, .text = "import " + string_text(is.path.text)};
  }
  Printed operator()(const tree::AttributesBlock& is) const { return attributes_node(is); }
  Printed operator()(const tree::PlatformDecl& is) const { return block_node(tree, is.span, "platform", is.items); }
  Printed operator()(const tree::ClientDecl& is) const { return client_node(tree, is); }
  Printed operator()(const tree::TenantDecl& is) const { return tenant_node(tree, is); }
  Printed operator()(const tree::ExtendTenantDecl& is) const {
    return block_node(tree, is.span, "extend tenant " + name_text(is.name), is.items);
  }
  Printed operator()(const tree::TemplateDecl& is) const { return template_node(tree, is); }
  Printed operator()(const tree::Let& is) const { return let_node(tree, is); }
  Printed operator()(const tree::ObligationDecl& is) const { return obligation_node(tree, is); }
  Printed operator()(const tree::FixtureDecl& is) const {
    auto made = asked_node(tree, is.span, "fixture " + name_text(is.name), is.facts);
    made.block = made.always_open = true;
    return made;
  }
  Printed operator()(const tree::TestDecl& is) const { return test_node(tree, is); }
  Printed operator()(const tree::ProveDecl& is) const { return prove_node(tree, is); }
};

}  // namespace

Printed declaration_node(const Tree& tree, const tree::Declaration& declaration) {
  return std::visit(DeclarationNode{tree}, declaration);
}

Printed attributes_node(const tree::AttributesBlock& block) {
  Printed made{.span = block.span, .text = "attributes", .block = true, .always_open = true};
  for (const auto& one : block.list)
    made.entries.push_back({.span = one.span, .text = path_text(one.path) + " : " + type_text(one.type)});
  return made;
}

Printed client_node(const Tree& tree, const tree::ClientDecl& client) {
  return {.span = client.span,
          .text = fmt::format("client {} : {}", name_text(client.name), client.type.text),
          .block = !client.items.empty(),
          .entries = item_nodes(tree, client.items)};
}

// A long list is broken inside its brackets.
Printed let_node(const Tree& tree, const tree::Let& let) {
  const auto opening = "let " + let.name.text + " =";
  Printed made{.span = let.span, .text = opening + " " + expression_text(tree, let.value)};
  const auto* list = std::get_if<tree::List>(&tree[let.value].node);
  if (list == nullptr || list->items.empty()) return made;
  std::vector<std::string> words;
  for (const auto item : list->items) words.push_back(expression_text(tree, item, Tight::sum));
  auto lines = fill(" ", words, "  ");
  made.broken.push_back(opening + " [");
  made.broken.insert(made.broken.end(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
  made.broken.emplace_back("]");
  return made;
}

Printed obligation_node(const Tree& tree, const tree::ObligationDecl& obligation) {
  return {.span = obligation.span,
          .text = fmt::format("obligation {} satisfied when {}", obligation.name.text,
                              expression_text(tree, obligation.satisfied))};
}

}  // namespace writ::syntax
