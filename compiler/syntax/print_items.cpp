// Items of blocks as nodes: rules, settings and the declarations that stand in blocks.
#include "compiler/syntax/print.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace writ::syntax {

using tree::Tree;

std::string given_text(const Tree& tree, const tree::Givens& given, std::size_t place) {
  for (const auto& one : given)
    if (one.place == place) return expression_text(tree, one.by, Tight::primary);
  return {};
}

namespace {

constexpr std::string_view step = "  ";  // one level

Printed leaf(Span span, std::string text) { return {.span = span, .text = std::move(text)}; }

// A block of entries that have no places of their own in the tree.
Printed settings_block(Span span, std::string opening, const std::vector<std::string>& entries) {
  Printed made{.span = span, .text = std::move(opening), .block = true};
  for (const auto& entry : entries) made.entries.push_back(leaf({}, entry));
  return made;
}

Printed list(Span span, std::string_view opening, const std::vector<std::string>& words) {
  auto made = leaf(span, fmt::format("{} {}", opening, fmt::join(words, ", ")));
  made.broken = fill(opening, words, step);
  return made;
}

std::vector<std::string> texts(const std::vector<tree::Name>& names) {
  std::vector<std::string> words;
  for (const auto& name : names) words.push_back(name_text(name));
  return words;
}

std::vector<std::string> texts(const Tree& tree, const std::vector<tree::ExprId>& values) {
  std::vector<std::string> words;
  for (const auto value : values) words.push_back(expression_text(tree, value, Tight::sum));
  return words;
}

// `when a and b` with a line for each operand, the words `and` and `or` first on theirs.
void break_condition(const Tree& tree, std::string_view word, tree::ExprId id, std::vector<std::string>& lines) {
  const auto operands = [&](const std::vector<tree::ExprId>& list, std::string_view joint, Tight place) {
    for (std::size_t i = 0; i < list.size(); ++i)
      lines.push_back(fmt::format("{}{} {}", i == 0 ? "  " : "    ", i == 0 ? word : joint,
                                  expression_text(tree, list[i], place, false)));
  };
  const auto& node = tree[id].node;
  auto whole = fmt::format("  {} {}", word, expression_text(tree, id));
  if (whole.size() <= line_width)
    lines.push_back(std::move(whole));
  else if (const auto* all = std::get_if<tree::And>(&node))
    operands(all->operands, "and", Tight::not_);
  else if (const auto* some = std::get_if<tree::Or>(&node))
    operands(some->operands, "or", Tight::and_);
  else
    lines.push_back(std::move(whole));
}

Printed rule_node(const Tree& tree, const tree::Rule& rule) {
  const auto clauses = rule_clauses(tree, rule);
  auto made = leaf(rule.span, fmt::format("{}", fmt::join(clauses, " ")));
  const std::size_t words = (rule.message ? 1 : 0) + (rule.note ? 1 : 0);
  made.prefers_broken = words > 0;
  auto front = fmt::format("{}", fmt::join(clauses.begin(), clauses.end() - static_cast<std::ptrdiff_t>(words), " "));
  if (front.size() <= line_width - 8) {  // the usual indentation of a rule
    made.broken.push_back(std::move(front));
  } else {
    made.broken.push_back(rule.on.empty() ? clauses[0] : clauses[0] + " " + clauses[1]);
    if (rule.when != tree::ExprId::none) break_condition(tree, "when", rule.when, made.broken);
    if (rule.unless != tree::ExprId::none) break_condition(tree, "unless", rule.unless, made.broken);
  }
  for (auto i = clauses.size() - words; i < clauses.size(); ++i) made.broken.push_back("  " + clauses[i]);
  return made;
}

std::string period_text(const Tree& tree, const tree::Givens& given, std::size_t place,
                        const std::optional<std::int64_t>& value) {
  return value ? duration_to_text(*value) : given_text(tree, given, place);
}

Printed lockout_node(const Tree& tree, const tree::LockoutDecl& lockout) {
  constexpr std::array<std::string_view, 3> per = {"identifier", "identifier and ip", "ip"};
  std::vector<std::string> entries;
  const auto attempts = given_text(tree, lockout.given, 0);
  entries.push_back(fmt::format("{} attempts per {}", attempts.empty() ? std::to_string(lockout.attempts) : attempts,
                                per[static_cast<std::size_t>(lockout.per)]));
  if (const auto within = period_text(tree, lockout.given, 1, lockout.within); !within.empty())
    entries.back() += " within " + within;
  if (const auto block = period_text(tree, lockout.given, 2, lockout.block); !block.empty())
    entries.push_back("block " + block);
  std::string exempt;
  for (const auto& block : lockout.exempt) exempt += (exempt.empty() ? "exempt " : ", ") + block_text(block);
  if (!exempt.empty()) entries.push_back(std::move(exempt));
  return settings_block(lockout.span, "lockout", entries);
}

Printed zone_node(const tree::ZoneDecl& zone) {
  std::vector<std::string> parts;
  for (const auto& block : zone.cidrs) parts.push_back(block_text(block));
  for (const auto& country : zone.countries) parts.push_back("country " + string_text(country.text));
  for (const auto& [number, place] : zone.asns) parts.push_back(fmt::format("asn {}", number));
  return list(zone.span, fmt::format("zone {} =", zone.name.text), parts);
}

Printed branding_node(const tree::Branding& branding) {
  std::vector<std::string> entries;
  if (branding.logo) entries.push_back("logo " + string_text(branding.logo->text));
  std::string colors;
  for (const auto& [name, value] : branding.colors)
    colors += (colors.empty() ? "colors " : ", ") + name.text + " " + string_text(value.text);
  if (!colors.empty()) entries.push_back(std::move(colors));
  return settings_block(branding.span, "branding", entries);
}

// `periods` in the order of the fields.
Printed periods_node(const Tree& tree, Span span, std::string opening, const tree::Givens& given,
                     std::initializer_list<std::pair<std::string_view, std::optional<std::int64_t>>> periods) {
  std::vector<std::string> entries;
  std::size_t place = 0;
  for (const auto& [word, value] : periods)
    if (const auto text = period_text(tree, given, place++, value); !text.empty())
      entries.push_back(fmt::format("{} {}", word, text));
  return settings_block(span, std::move(opening), entries);
}

Printed settings_node(const Tree& tree, const tree::Settings& settings) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : settings.values)
    entries.push_back(key.text + " = " + expression_text(tree, value, Tight::sum));
  return settings_block(settings.span, "settings", entries);
}

Printed with_block(const Tree& tree, Span span, std::string opening, const std::vector<tree::Item>& items) {
  return {.span = span, .text = std::move(opening), .block = !items.empty(), .entries = item_nodes(tree, items)};
}

struct ItemNode {
  const Tree& tree;

  Printed operator()(const tree::Rule& is) const { return rule_node(tree, is); }
  Printed operator()(const tree::Let& is) const { return let_node(tree, is); }
  Printed operator()(const tree::Session& is) const {
    return periods_node(tree, is.span, "session", is.given, {{"idle", is.idle}, {"absolute", is.absolute}});
  }
  Printed operator()(const tree::LockoutDecl& is) const { return lockout_node(tree, is); }
  Printed operator()(const tree::ZoneDecl& is) const { return zone_node(is); }
  Printed operator()(const tree::PasswordDecl& is) const { return password_node(tree, is); }
  Printed operator()(const tree::PasswordUse& is) const { return password_node(tree, is); }
  Printed operator()(const tree::Branding& is) const { return branding_node(is); }
  Printed operator()(const tree::Features& is) const { return list(is.span, "features", texts(is.names)); }
  Printed operator()(const tree::WireId& is) const {
    return leaf(is.span, "id " + expression_text(tree, is.value, Tight::sum));
  }
  Printed operator()(const tree::SettingAssign& is) const {
    return leaf(is.span, path_text(is.path) + " = " + expression_text(tree, is.value, Tight::sum));
  }
  Printed operator()(const tree::Connections& is) const { return list(is.span, "connections", texts(is.names)); }
  Printed operator()(const tree::Callbacks& is) const { return list(is.span, "callbacks", texts(tree, is.items)); }
  Printed operator()(const tree::Origins& is) const { return list(is.span, "origins", texts(tree, is.items)); }
  Printed operator()(const tree::Domains& is) const { return list(is.span, "domains", texts(tree, is.items)); }
  Printed operator()(const tree::Hosts& is) const { return list(is.span, "hosts", texts(tree, is.items)); }
  Printed operator()(const tree::Issuers& is) const { return list(is.span, "issuers", texts(tree, is.items)); }
  Printed operator()(const tree::Issuer& is) const {
    return leaf(is.span, "issuer " + expression_text(tree, is.value, Tight::sum));
  }
  Printed operator()(const tree::Grants& is) const { return list(is.span, "grants", texts(is.names)); }
  Printed operator()(const tree::Lifetimes& is) const {
    return periods_node(
        tree, is.span, "lifetimes", is.given,
        {{"access_token", is.access_token}, {"refresh_token", is.refresh_token}, {"id_token", is.id_token}});
  }
  Printed operator()(const tree::SignUp& is) const { return leaf(is.span, is.open ? "signup open" : "signup closed"); }
  Printed operator()(const tree::OrganizationsSetting& is) const {
    return leaf(is.span, "organizations " + is.usage.text);
  }
  Printed operator()(const tree::Members& is) const {
    if (is.required) return leaf(is.span, "members required");
    return leaf(is.span, is.via.empty() ? std::string("joins on login") : "joins on login via " + names_text(is.via));
  }
  Printed operator()(const tree::Settings& is) const { return settings_node(tree, is); }
  Printed operator()(const tree::Discover& is) const {
    return leaf(is.span, fmt::format("discover {} via {}", string_text(is.domain.text), name_text(is.via)));
  }
  Printed operator()(const tree::LimitDecl& is) const {
    return leaf(is.span, fmt::format("limit database connections per client = {}", is.value));
  }
  Printed operator()(const tree::ObligationDecl& is) const { return obligation_node(tree, is); }
  Printed operator()(const tree::AttributesBlock& is) const { return attributes_node(is); }
  Printed operator()(const tree::ClientDecl& is) const { return client_node(tree, is); }
  Printed operator()(const tree::ConnectionDecl& is) const {
    return with_block(tree, is.span, fmt::format("connection {} : {}", name_text(is.name), is.strategy.text), is.items);
  }
  Printed operator()(const tree::OrganizationDecl& is) const {
    auto opening = "organization " + name_text(is.name);
    if (is.title) opening += " " + string_text(is.title->text);
    return with_block(tree, is.span, std::move(opening), is.items);
  }
  Printed operator()(const tree::UseDecl& is) const {
    return with_block(tree, is.span, "use " + name_text(is.client), is.items);
  }
};

}  // namespace

std::vector<Printed> item_nodes(const Tree& tree, const std::vector<tree::Item>& items) {
  std::vector<Printed> nodes;
  nodes.reserve(items.size());
  for (const auto& item : items) nodes.push_back(std::visit(ItemNode{tree}, item));
  return nodes;
}

std::vector<std::string> fill(std::string_view opening, const std::vector<std::string>& words,
                              std::string_view indentation) {
  std::vector<std::string> lines{std::string(opening)};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i] + (i + 1 < words.size() ? "," : "");
    if (lines.back().size() + 1 + word.size() > line_width - 8)
      lines.emplace_back(indentation);
    else if (lines.back().size() > indentation.size() || lines.size() == 1)
      lines.back() += " ";
    lines.back() += word;
  }
  return lines;
}

}  // namespace writ::syntax
