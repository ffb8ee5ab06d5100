// Password policies as nodes.
#include "compiler/syntax/print.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace writ::syntax {

using tree::Requirement;
using tree::Tree;

namespace {

std::string classes_text(std::uint8_t mask, const std::array<std::string_view, 4>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    if ((mask & (1u << i)) != 0) text += std::string(text.empty() ? "" : ", ") + std::string(words[i]);
  return text;
}

std::string_view utf16_text(const Requirement& one) { return one.unit == Requirement::Unit::utf16 ? " utf16" : ""; }

std::string charset_text(const Requirement& one) {
  return !one.charset_written ? "" : one.unicode ? fmt::format(" unicode{}", utf16_text(one)) : " ascii";
}

std::string length_text(const Tree& tree, const Requirement& one) {
  constexpr std::array<std::string_view, 3> units = {"", " utf16", " bytes"};
  const auto bound = [&](const std::optional<std::int64_t>& value, std::size_t place) {
    return value ? std::to_string(*value) : given_text(tree, one.given, place);
  };
  return fmt::format("length {}..{}{}", bound(one.low, 0), bound(one.high, 1),
                     units[static_cast<std::size_t>(one.unit)]);
}

std::string texts(const std::vector<tree::Text>& words, bool bare) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + (bare ? name_text({word.text, word.span, false}) : string_text(word.text));
  return text;
}

// What may share one `reject`.
std::string rejected_text(const Tree& tree, const Requirement& one) {
  if (one.kind == Requirement::Kind::reject_breached) return "breached";
  if (one.kind == Requirement::Kind::reject_personal) return "personal";
  if (!one.given.empty()) return "common top " + given_text(tree, one.given, 0);
  return one.low ? fmt::format("common top {}", *one.low) : "common";
}

bool is_rejected_word(const Requirement& one) {
  using Kind = Requirement::Kind;
  return one.kind == Kind::reject_common || one.kind == Kind::reject_breached || one.kind == Kind::reject_personal;
}

std::string requirement_text(const Tree& tree, const Requirement& one) {
  constexpr std::array<std::string_view, 4> singular = {"lower", "upper", "digit", "symbol"};
  constexpr std::array<std::string_view, 4> plural = {"lower", "upper", "digits", "symbols"};
  const auto number = one.given.empty() ? std::to_string(one.low.value_or(0)) : given_text(tree, one.given, 0);
  const auto period = one.given.empty() ? duration_to_text(one.low.value_or(0)) : number;
  switch (one.kind) {
  case Requirement::Kind::length: return length_text(tree, one);
  case Requirement::Kind::classes:
    return fmt::format("classes {} of {}{}", number, classes_text(one.class_mask, singular), charset_text(one));
  case Requirement::Kind::at_least:
    return fmt::format("at least {} {}{}", number, classes_text(one.class_mask, plural), charset_text(one));
  case Requirement::Kind::max_repeats: return fmt::format("max repeats {}{}", number, utf16_text(one));
  case Requirement::Kind::no_sequences: return fmt::format("no sequences {}", number);
  case Requirement::Kind::history: return fmt::format("history {}", number);
  case Requirement::Kind::min_age: return "min age " + period;
  case Requirement::Kind::max_age: return "max age " + period;
  case Requirement::Kind::reject_common:
  case Requirement::Kind::reject_breached:
  case Requirement::Kind::reject_personal: return "reject " + rejected_text(tree, one);
  case Requirement::Kind::reject_words: return "reject words [" + texts(one.words, false) + "]";
  case Requirement::Kind::reject_contains: return "reject contains " + texts(one.words, true);
  case Requirement::Kind::reject_matches: return "reject matches /" + one.pattern + "/";
  case Requirement::Kind::strength: return fmt::format("strength >= {}", number);
  case Requirement::Kind::expires_after: return "expires after " + period;
  case Requirement::Kind::normalize: return "normalize nfkc";
  }
  return {};
}

// Of one `reject`: between the two there is no room for another `reject`.
bool same_statement(Span first, Span second) {
  constexpr auto room = static_cast<std::uint32_t>(std::string_view(" reject ").size());
  return first.known() && second.known() && second.begin - first.end < room;
}

std::string preset_text(const Tree& tree, const tree::PasswordPreset& preset) {
  return path_text(preset.path) + (preset.arguments.empty() ? "" : arguments_text(tree, preset.arguments));
}

}  // namespace

Printed password_node(const Tree& tree, const tree::PasswordDecl& password) {
  std::string opening = password.floor ? "floor password" : "password";
  if (!password.name.text.empty()) opening += " " + name_text(password.name);
  if (password.parent) opening += " : " + name_text(*password.parent);
  Printed made{.span = password.span, .text = std::move(opening), .block = true};
  if (password.preset) {
    made.text += " = " + preset_text(tree, *password.preset);
    made.block = false;
    return made;
  }
  const Requirement* before = nullptr;
  for (const auto& one : password.requirements) {
    const bool joins = before != nullptr && is_rejected_word(*before) && is_rejected_word(one) &&
                       same_statement(before->span, one.span);
    if (joins) {
      made.entries.back().text += ", " + rejected_text(tree, one);
      made.entries.back().span.end = one.span.end;
    } else {
      made.entries.push_back({.span = one.span, .text = requirement_text(tree, one)});
    }
    before = &one;
  }
  return made;
}

Printed password_node(const Tree& tree, const tree::PasswordUse& password) {
  return {.span = password.span,
          .text = "password " + (password.preset ? preset_text(tree, *password.preset) : name_text(password.name))};
}

}  // namespace writ::syntax
