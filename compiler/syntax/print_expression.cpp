// Expressions, obligations and rules in their canonical words: one blank between words, none inside parentheses,
// parentheses only where precedence asks for them. This text names rules (rule_key) and stands in traces, so it must
// never change for a tree that did not.
//
// Precedence, loosest first: or, and, not, comparison, + -, else, the rest. `else` and quantifiers take parentheses
// inside anything larger: `(user.department else "") == "IT"` and `(any g in s : e) and f` leave nothing to remember; and
// `(request in home else false)` always, since there `else` takes the membership.
#include "compiler/syntax/print.h"
#include "compiler/syntax/syntax.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::syntax {

using tree::ExprId;
using tree::Tree;

namespace {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

constexpr std::array<std::string_view, 11> operator_words = {
    "==", "!=", "<", "<=", ">", ">=", "in", "not in", "starts with", "ends with", "contains"};

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Invisible characters, and those that a text may not hold, are written as escapes.
bool needs_escape(std::string_view rest, std::size_t& length, char32_t& point) {
  const auto lead = static_cast<unsigned char>(rest.front());
  length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  length = std::min(length, rest.size());
  point = length == 1 ? lead : length == 2 ? lead & 0x1F : length == 3 ? lead & 0x0F : lead & 0x07;
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (static_cast<unsigned char>(rest[i]) & 0x3F);
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x2069) || point == 0x061C ||
         point == 0xFEFF;
}

Tight tightness(const tree::ExprNode& node) {
  return std::visit(
      Match{[](const tree::Or&) { return Tight::or_; }, [](const tree::And&) { return Tight::and_; },
            [](const tree::Not&) { return Tight::not_; }, [](const tree::Compare&) { return Tight::comparison; },
            [](const tree::Matches&) { return Tight::comparison; }, [](const tree::Arithmetic&) { return Tight::sum; },
            [](const tree::Else&) { return Tight::fallback; }, [](const tree::Quantifier&) { return Tight::or_; },
            [](const tree::Literal&) { return Tight::primary; }, [](const tree::Path&) { return Tight::primary; },
            [](const tree::Has&) { return Tight::primary; }, [](const tree::Call&) { return Tight::primary; },
            [](const tree::List&) { return Tight::primary; }, [](const tree::Range&) { return Tight::primary; },
            [](const tree::ClockWindow&) { return Tight::primary; }},
      node);
}

// A membership whose `else` needs no parentheses around it, because it takes the whole membership.
bool is_membership(const Tree& tree, ExprId id) {
  const auto* compare = std::get_if<tree::Compare>(&tree[id].node);
  if (compare == nullptr || (compare->op != tree::CompareOp::in && compare->op != tree::CompareOp::not_in))
    return false;
  // Behind these the `else` would be for their last part.
  const auto& right = tree[compare->right].node;
  return !std::holds_alternative<tree::Range>(right) && !std::holds_alternative<tree::ClockWindow>(right) &&
         !std::holds_alternative<tree::Arithmetic>(right);
}

std::string clock_text(std::int64_t minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

std::string literal_text(const tree::Literal& literal) {
  using Kind = tree::Literal::Kind;
  switch (literal.kind) {
  case Kind::boolean: return std::get<bool>(literal.value) ? "true" : "false";
  case Kind::integer: return std::to_string(std::get<std::int64_t>(literal.value));
  case Kind::string: return string_text(std::get<std::string>(literal.value));
  case Kind::duration: return duration_to_text(std::get<std::int64_t>(literal.value));
  case Kind::time: return time_text(std::get<std::int64_t>(literal.value));
  case Kind::ip: return to_text(std::get<Ip>(literal.value));
  case Kind::cidr: return to_text(std::get<Cidr>(literal.value));
  case Kind::clock: return clock_text(std::get<std::int64_t>(literal.value));
  }
  return {};
}

std::string window_text(const tree::ClockWindow& window) {
  auto text = clock_text(window.begin) + ".." + clock_text(window.end);
  if (window.zone.span.known() || !window.zone.text.empty()) text += " " + string_text(window.zone.text);
  if (window.days_written) text += " on " + names_text(window.day_names);
  return text;
}

std::string joined(const Tree& tree, const std::vector<ExprId>& operands, std::string_view word, Tight place) {
  std::string text;
  for (const auto operand : operands) {
    if (!text.empty()) text += word;
    text += expression_text(tree, operand, place, false);
  }
  return text;
}

std::string node_text(const Tree& tree, const tree::ExprNode& node) {
  const auto part = [&](ExprId id, Tight place) { return expression_text(tree, id, place, false); };
  return std::visit(
      Match{[&](const tree::Or& is) { return joined(tree, is.operands, " or ", Tight::and_); },
            [&](const tree::And& is) { return joined(tree, is.operands, " and ", Tight::not_); },
            [&](const tree::Not& is) { return "not " + part(is.operand, Tight::not_); },
            [&](const tree::Compare& is) {
              return fmt::format("{} {} {}", part(is.left, Tight::sum), operator_words[static_cast<std::size_t>(is.op)],
                                 part(is.right, Tight::sum));
            },
            [&](const tree::Matches& is) {
              return fmt::format("{} matches {}", part(is.left, Tight::sum),
                                 is.regex ? "/" + is.pattern + "/" : string_text(is.pattern));
            },
            [&](const tree::Arithmetic& is) {
              return part(is.left, Tight::sum) + (is.minus ? " - " : " + ") + part(is.right, Tight::fallback);
            },
            [&](const tree::Else& is) {
              const auto place = is_membership(tree, is.optional) ? Tight::comparison : Tight::primary;
              return part(is.optional, place) + " else " + part(is.fallback, Tight::primary);
            },
            [&](const tree::Quantifier& is) {
              return fmt::format("{} {} in {} : {}", is.all ? "all" : "any", is.variable.text, part(is.set, Tight::sum),
                                 expression_text(tree, is.body));
            },
            [&](const tree::Literal& is) { return literal_text(is); },
            [&](const tree::Path& is) { return path_text(is.parts); },
            [&](const tree::Has& is) { return "has " + part(is.path, Tight::primary); },
            [&](const tree::Call& is) { return is.function.text + arguments_text(tree, is.arguments); },
            [&](const tree::List& is) { return "[" + values_text(tree, is.items) + "]"; },
            [&](const tree::Range& is) { return part(is.low, Tight::sum) + ".." + part(is.high, Tight::sum); },
            [&](const tree::ClockWindow& is) { return window_text(is); }},
      node);
}

}  // namespace

std::string time_text(std::int64_t micros) {
  auto text = time_to_text(micros);
  if (text.ends_with(":00Z")) text.erase(text.size() - 4, 3);
  return text;
}

std::string string_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::size_t length = 0;
    char32_t point = 0;
    const bool escape = needs_escape(text, length, point);
    if (point == U'"' || point == U'\\')
      out += fmt::format("\\{}", text.front());
    else if (point == U'\n')
      out += "\\n";
    else if (point == U'\t')
      out += "\\t";
    else if (escape)
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(point));
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out + '"';
}

std::string name_text(const tree::Name& name) {
  return is_identifier(name.text) && !is_hard_word(name.text) ? name.text : string_text(name.text);
}

std::string path_text(const std::vector<tree::Name>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

std::string names_text(const std::vector<tree::Name>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name_text(name);
  return text;
}

std::string block_text(const Cidr& block) { return block.bits == 128 ? to_text(block.base) : to_text(block); }

std::string expression_text(const Tree& tree, ExprId id, Tight place, bool delimited) {
  const auto& node = tree[id].node;
  const bool shy = std::holds_alternative<tree::Else>(node) || std::holds_alternative<tree::Quantifier>(node);
  auto text = node_text(tree, node);
  const auto* choice = std::get_if<tree::Else>(&node);
  if (choice != nullptr && is_membership(tree, choice->optional)) return "(" + text + ")";
  return tightness(node) < place || (shy && !delimited) ? "(" + text + ")" : text;
}

std::string values_text(const Tree& tree, const std::vector<ExprId>& values) {
  std::string text;
  for (const auto value : values) text += (text.empty() ? "" : ", ") + expression_text(tree, value, Tight::sum);
  return text;
}

std::string arguments_text(const Tree& tree, const std::vector<ExprId>& values) {
  return "(" + values_text(tree, values) + ")";
}

std::string obligation_text(const Tree& tree, const tree::Obligation& obligation) {
  auto text = obligation.name.text;
  if (!obligation.arguments.empty()) text += arguments_text(tree, obligation.arguments);
  if (obligation.within != ExprId::none)
    text += " within " + expression_text(tree, obligation.within, Tight::primary, false);
  return text;
}

std::string choice_text(const Tree& tree, const std::vector<tree::Obligation>& alternatives) {
  std::string text;
  for (const auto& one : alternatives) text += (text.empty() ? "" : " or ") + obligation_text(tree, one);
  return text;
}

std::vector<std::string> rule_clauses(const Tree& tree, const tree::Rule& rule) {
  std::string head = rule.report ? "report " : "";
  head += rule_effect_names[static_cast<std::size_t>(rule.effect)];
  if (rule.effect == RuleEffect::require) {
    head += " " + choice_text(tree, rule.obligations);
    if (!rule.actions.empty()) head += " for " + names_text(rule.actions);
  } else {
    head += " " + names_text(rule.actions);
  }
  if (rule.name) head += " " + string_text(rule.name->text);
  std::vector<std::string> clauses{std::move(head)};
  if (!rule.on.empty()) clauses.push_back("on " + names_text(rule.on));
  if (rule.when != ExprId::none) clauses.push_back("when " + expression_text(tree, rule.when));
  if (rule.unless != ExprId::none) clauses.push_back("unless " + expression_text(tree, rule.unless));
  if (rule.message) clauses.push_back("message " + string_text(rule.message->text));
  if (rule.note) clauses.push_back("note " + string_text(rule.note->text));
  return clauses;
}

}  // namespace writ::syntax

namespace writ {

std::string canonical(const tree::Tree& tree, tree::ExprId expression) {
  return syntax::expression_text(tree, expression);
}

std::string canonical(const tree::Tree& tree, const tree::Rule& rule) {
  return fmt::format("{}", fmt::join(syntax::rule_clauses(tree, rule), " "));
}

std::string statement(const tree::Tree& tree, const tree::Rule& rule) {
  auto clauses = syntax::rule_clauses(tree, rule);
  clauses.resize(clauses.size() - (rule.message ? 1 : 0) - (rule.note ? 1 : 0));  // they come last
  return fmt::format("{}", fmt::join(clauses, " "));
}

std::string canonical(const tree::Tree& tree, const tree::Obligation& obligation) {
  return syntax::obligation_text(tree, obligation);
}

}  // namespace writ
