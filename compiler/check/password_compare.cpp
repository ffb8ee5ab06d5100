// Requirements of passwords compared: which makes another redundant, which is weaker than a floor's, which two cannot both hold. One
// question a kind, answered in a table's manner below; `implies` is the only order there is, the others are made of it.
//
// Lengths are counted in three units. A text has at least as many bytes as UTF-16 units, and at least as many units as code points; one code
// point is at most 2 units and 4 bytes, one unit at most 3 bytes. So a minimum in code points is one in bytes too, a maximum the other way.
#include "compiler/check/passwords.h"
#include "runtime/program/pattern.h"

#include <algorithm>
#include <array>
#include <bit>

namespace writ::check {

namespace {

using tree::Requirement;
using Kind = Requirement::Kind;

constexpr std::array<std::string_view, 4> class_names = {"lower", "upper", "digit", "symbol"};
constexpr std::array<std::string_view, 4> class_plurals = {"lower", "upper", "digits", "symbols"};
constexpr std::int64_t longest = max_password_bytes, deepest_history = 100, best_strength = 4,
                       longest_list = 100'000'000;
constexpr std::size_t most_words = 1'000;  // each is looked for in every password
constexpr std::array<std::string_view, 2> personal_words = {"username", "email"};

std::int64_t amount(const Requirement& one) { return one.low ? *one.low : one.high.value_or(0); }
int rank(const Requirement& one) { return static_cast<int>(one.unit); }

// How many units of `to` one unit of `from` may be at most.
std::int64_t widest(Requirement::Unit from, Requirement::Unit to) {
  if (from == to || static_cast<int>(to) < static_cast<int>(from)) return 1;
  if (to == Requirement::Unit::utf16) return 2;
  return from == Requirement::Unit::code_points ? 4 : 3;
}

bool minimum_implies(const Requirement& a, const Requirement& b) {
  return !b.low || *b.low <= 0 || (a.low && rank(a) <= rank(b) && *a.low >= *b.low);
}
bool maximum_implies(const Requirement& a, const Requirement& b) {
  return !b.high || (a.high && rank(a) >= rank(b) && *a.high <= *b.high);
}

bool has_words(const Requirement& a, const Requirement& b) {
  return std::ranges::all_of(b.words, [&](const tree::Text& word) {
    return std::ranges::find(a.words, word.text, &tree::Text::text) != a.words.end();
  });
}

bool charset_implies(const Requirement& a, const Requirement& b) {
  // An ASCII letter is a letter, in every unit. Of code points and units beyond the BMP neither count bounds the other.
  return !a.unicode || (b.unicode && a.unit == b.unit);
}

bool classes_imply(const Requirement& a, const Requirement& b) {
  const auto elsewhere = std::popcount(static_cast<unsigned>(a.class_mask & ~b.class_mask));
  return charset_implies(a, b) && amount(a) - elsewhere >= amount(b);
}

std::string words_text(const Requirement& one, bool quoted) {
  std::string text;
  for (const auto& word : one.words)
    text += (text.empty() ? "" : ", ") + (quoted ? "\"" + word.text + "\"" : word.text);
  return text;
}

std::string length_text(const Requirement& one) {
  std::string text =
      "length " + (one.low ? std::to_string(*one.low) : "") + ".." + (one.high ? std::to_string(*one.high) : "");
  if (one.unit == Requirement::Unit::utf16) text += " utf16";
  if (one.unit == Requirement::Unit::bytes) text += " bytes";
  return text;
}

std::string classes_text(const Requirement& one) {
  std::string text = one.kind == Kind::classes ? "classes " + std::to_string(amount(one)) + " of"
                                               : "at least " + std::to_string(amount(one));
  bool first = true;
  for (std::size_t i = 0; i < class_names.size(); ++i) {
    if ((one.class_mask & (1u << i)) == 0) continue;
    text += (first ? " " : ", ") + std::string(one.kind == Kind::classes ? class_names[i] : class_plurals[i]);
    first = false;
  }
  if (one.unicode) text += " unicode";
  return one.unit == Requirement::Unit::utf16 ? text + " utf16" : text;
}

bool bounds_cross(const Requirement& minimum, const Requirement& maximum) {
  if (!minimum.low || !maximum.high) return false;
  return *minimum.low > *maximum.high * widest(maximum.unit, minimum.unit);
}

}  // namespace

std::string requirement_text(const Requirement& one) {
  switch (one.kind) {
  case Kind::length: return length_text(one);
  case Kind::classes:
  case Kind::at_least: return classes_text(one);
  case Kind::max_repeats:
    return "max repeats " + std::to_string(amount(one)) + (one.unit == Requirement::Unit::utf16 ? " utf16" : "");
  case Kind::no_sequences: return "no sequences " + std::to_string(amount(one));
  case Kind::history: return "history " + std::to_string(amount(one));
  case Kind::min_age: return "min age " + duration_to_text(amount(one));
  case Kind::max_age: return "max age " + duration_to_text(amount(one));
  case Kind::reject_common:
    return one.low || one.high ? "reject common top " + std::to_string(amount(one)) : "reject common";
  case Kind::reject_breached: return "reject breached";
  case Kind::reject_personal: return "reject personal";
  case Kind::reject_words: return "reject words [" + words_text(one, true) + "]";
  case Kind::reject_contains: return "reject contains " + words_text(one, false);
  case Kind::reject_matches: return "reject matches /" + one.pattern + "/";
  case Kind::strength: return "strength >= " + std::to_string(amount(one));
  case Kind::expires_after: return "expires after " + duration_to_text(amount(one));
  case Kind::normalize: return "normalize nfkc";
  }
  return {};
}

std::vector<PasswordCheck> checks_of(const Requirement& one) {
  using enum PasswordCheck;
  switch (one.kind) {
  case Kind::length:
    if (one.low && one.high) return {length_min, length_max};
    return {one.low ? length_min : length_max};
  case Kind::classes: return {classes};
  case Kind::at_least: return {at_least};
  case Kind::max_repeats: return {repeats};
  case Kind::no_sequences: return {sequences};
  case Kind::history: return {history};
  case Kind::min_age: return {age_min};
  case Kind::reject_common: return {common};
  case Kind::reject_breached: return {breached};
  case Kind::reject_personal: return {personal};
  case Kind::reject_words: return {words};
  case Kind::reject_contains: {
    std::vector<PasswordCheck> checks;
    for (const auto& word : one.words) checks.push_back(word.text == "username" ? username : email);
    return checks;
  }
  case Kind::reject_matches: return {pattern};
  case Kind::strength: return {strength};
  case Kind::max_age:
  case Kind::expires_after:
  case Kind::normalize: return {};
  }
  return {};
}

bool implies(const Requirement& a, const Requirement& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case Kind::length: return minimum_implies(a, b) && maximum_implies(a, b);
  case Kind::classes: return classes_imply(a, b);
  case Kind::at_least: return a.class_mask == b.class_mask && charset_implies(a, b) && amount(a) >= amount(b);
  case Kind::history:
  case Kind::min_age:
  case Kind::strength: return amount(a) >= amount(b);
  case Kind::max_repeats:  // a run of units is never longer than that of their code points
    return amount(a) <= amount(b) && rank(a) <= rank(b);
  case Kind::no_sequences:
  case Kind::max_age:
  case Kind::expires_after: return amount(a) <= amount(b);
  case Kind::reject_common: {
    const bool whole = !a.low && !a.high, other_whole = !b.low && !b.high;
    return whole || (!other_whole && amount(a) >= amount(b));
  }
  case Kind::reject_breached:
  case Kind::normalize:
  case Kind::reject_personal: return true;
  case Kind::reject_words:
  case Kind::reject_contains: return has_words(a, b);
  case Kind::reject_matches: return a.pattern == b.pattern;
  }
  return false;
}

// Each bound of a length by itself: `length 8..` under a floor of 12..64 is weaker though its open end is not.
bool weaker(const Requirement& literal, const Requirement& floor) {
  if (literal.kind != floor.kind) return false;
  switch (literal.kind) {
  case Kind::length: {
    const bool low = literal.low && floor.low && minimum_implies(floor, literal) && !minimum_implies(literal, floor);
    const bool high = literal.high && floor.high && maximum_implies(floor, literal) && !maximum_implies(literal, floor);
    return low || high;
  }
  case Kind::reject_words:
  case Kind::reject_contains:
  case Kind::reject_matches: return false;  // lists add up
  case Kind::classes:
  case Kind::at_least:
  case Kind::max_repeats:
  case Kind::no_sequences:
  case Kind::history:
  case Kind::min_age:
  case Kind::max_age:
  case Kind::reject_common:
  case Kind::reject_breached:
  case Kind::reject_personal:
  case Kind::strength:
  case Kind::normalize:
  case Kind::expires_after: return implies(floor, literal) && !implies(literal, floor);
  }
  return false;
}

std::string contradiction(const Requirement& a, const Requirement& b) {
  if (a.kind == Kind::length && b.kind == Kind::length && (bounds_cross(a, b) || bounds_cross(b, a)))
    return "no length is in both";
  if (a.kind == Kind::length && (b.kind == Kind::at_least || b.kind == Kind::classes) && a.high &&
      amount(b) > *a.high * widest(a.unit, Requirement::Unit::code_points))
    return "no password is long enough for " + requirement_text(b);
  if (b.kind == Kind::length && a.kind != Kind::length) return contradiction(b, a);
  const auto ages = [](const Requirement& least, const Requirement& most) {
    return least.kind == Kind::min_age && (most.kind == Kind::max_age || most.kind == Kind::expires_after) &&
           amount(least) > amount(most);
  };
  if (ages(a, b) || ages(b, a)) return "a password must be changed before it may be";
  return {};
}

std::string malformed(const Requirement& one) {
  const auto outside = [&one](std::int64_t low, std::int64_t high) -> std::string {
    if (amount(one) >= low && amount(one) <= high) return {};
    return "the number is from " + std::to_string(low) + " to " + std::to_string(high);
  };
  switch (one.kind) {
  case Kind::length:
    if (!one.low && !one.high) return "a length has at least one bound";
    if (one.low.value_or(0) < 0 || one.low.value_or(0) > longest || one.high.value_or(1) < 1 ||
        one.high.value_or(1) > longest)
      return "lengths are from 1 to " + std::to_string(longest);
    return one.low && one.high && *one.low > *one.high ? "no length is in this range" : "";
  case Kind::classes: return outside(1, std::popcount(static_cast<unsigned>(one.class_mask)));
  case Kind::at_least: return outside(1, longest);
  case Kind::max_repeats: return outside(1, longest);
  case Kind::no_sequences: return outside(2, longest);
  case Kind::history: return outside(1, deepest_history);
  case Kind::strength: return outside(0, best_strength);
  case Kind::reject_common: return one.low || one.high ? outside(1, longest_list) : "";
  case Kind::min_age:
  case Kind::max_age:
  case Kind::expires_after: return amount(one) > 0 ? "" : "this is no time at all";
  case Kind::reject_words:
    if (one.words.empty()) return "the list is empty";
    if (one.words.size() > most_words) return "a list has at most " + std::to_string(most_words) + " words";
    return std::ranges::any_of(one.words, [](const tree::Text& word) { return word.text.empty(); })
               ? "every password contains the empty text"
               : "";
  case Kind::reject_contains:
    for (const auto& word : one.words)
      if (std::ranges::find(personal_words, word.text) == personal_words.end())
        return "`" + word.text + "` is not one of `username`, `email`";
    return {};
  case Kind::reject_matches: {
    std::string error;
    return program::compile_pattern(one.pattern, error) ? "" : "RE2 cannot read the pattern: " + error;
  }
  case Kind::reject_breached:
  case Kind::normalize:
  case Kind::reject_personal: return {};
  }
  return {};
}

}  // namespace writ::check
