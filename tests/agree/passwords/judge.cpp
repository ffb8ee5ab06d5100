#include "tests/agree/passwords/judge.h"

#include "compiler/check/passwords.h"

#include <algorithm>

#include <re2/re2.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace writ::agree {

namespace {

using tree::Requirement;
using Kind = Requirement::Kind;
using Unit = Requirement::Unit;
using Points = std::vector<char32_t>;

Points points_of(std::string_view text) {
  Points points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t point = more == 0 ? lead : lead & (0x3fu >> more);
    for (std::size_t k = 1; k <= more; ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    points.push_back(point);
    i += more + 1;
  }
  return points;
}

std::vector<char16_t> units_of(const Points& points) {
  std::vector<char16_t> units;
  for (const auto point : points) {
    if (point > 0xffff) {
      units.push_back(static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    } else {
      units.push_back(static_cast<char16_t>(point));
    }
  }
  return units;
}

Points folded(const Points& points) {
  Points result;
  for (const auto point : points)
    result.push_back(static_cast<char32_t>(u_foldCase(static_cast<UChar32>(point), U_FOLD_CASE_DEFAULT)));
  return result;
}

bool is_letter(char32_t point) {
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(point));
  return (mask & (U_GC_LU_MASK | U_GC_LL_MASK | U_GC_LT_MASK | U_GC_LM_MASK | U_GC_LO_MASK)) != 0;
}
bool is_digit(char32_t point) { return (U_GET_GC_MASK(static_cast<UChar32>(point)) & U_GC_ND_MASK) != 0; }

// Of class 0 lower, 1 upper, 2 digit, 3 symbol. A unit of a surrogate pair is a code point of category Cs: a symbol.
bool is_of(char32_t point, std::size_t which, bool unicode) {
  if (!unicode) {
    const bool small = point >= U'a' && point <= U'z', big = point >= U'A' && point <= U'Z';
    const bool digit = point >= U'0' && point <= U'9';
    if (which == 3) return point >= 0x20 && point < 0x7f && !small && !big && !digit;
    return which == 0 ? small : which == 1 ? big : digit;
  }
  const auto c = static_cast<UChar32>(point);
  if (which == 0) return u_hasBinaryProperty(c, UCHAR_LOWERCASE) != 0;
  if (which == 1) return u_hasBinaryProperty(c, UCHAR_UPPERCASE) != 0;
  return which == 2 ? is_digit(point) : !is_letter(point) && !is_digit(point);
}

std::int64_t count_of(const Points& points, std::size_t which, const Requirement& one) {
  Points counted = points;
  if (one.unicode && one.unit == Unit::utf16) {
    counted.clear();
    for (const auto unit : units_of(points)) counted.push_back(unit);
  }
  return std::ranges::count_if(counted, [&](char32_t point) { return is_of(point, which, one.unicode); });
}

template <class List>
bool has_run(const List& list, std::int64_t length, int step, bool alphanumeric) {
  const auto plain = [](auto c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const auto size = static_cast<std::int64_t>(list.size());
  for (std::int64_t begin = 0; begin + length <= size; ++begin) {
    bool run = true;
    for (std::int64_t i = begin; i < begin + length && run; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (alphanumeric && !plain(list[at])) run = false;
      if (i > begin && static_cast<int>(list[at]) != static_cast<int>(list[at - 1]) + step) run = false;
    }
    if (run) return true;
  }
  return false;
}

bool stands_in(const Points& text, const Points& word) {
  return word.size() <= text.size() && std::ranges::search(text, word).begin() != text.end();
}

// Values of the person, their words, the part before the last @; of three code points at least.
bool is_personal(const Points& password, const Known& known) {
  auto values = *known.profile;
  values.push_back(known.username);
  values.push_back(known.email);
  const auto said = folded(password);
  for (const auto& value : values) {
    const auto whole = folded(points_of(value));
    std::vector<Points> words{whole, {}};
    for (const auto point : whole) {
      if (is_letter(point) || is_digit(point))
        words.back().push_back(point);
      else
        words.emplace_back();
    }
    if (const auto at = std::find(whole.rbegin(), whole.rend(), U'@'); at != whole.rend())
      words.emplace_back(whole.begin(), at.base() - 1);
    for (const auto& word : words)
      if (word.size() >= 3 && stands_in(said, word)) return true;
  }
  return false;
}

class Judge {
 public:
  Judge(std::string_view password, PasswordEvent event, const Known& known)
      : text_(password),
        points_(points_of(password)),
        units_(units_of(points_)),
        signup_(event == PasswordEvent::signup),
        known_(known) {}

  bool meets(const Requirement& one) const {
    const auto number = one.low.value_or(0);
    switch (one.kind) {
    case Kind::length: {
      const auto size = one.unit == Unit::bytes   ? text_.size()
                        : one.unit == Unit::utf16 ? units_.size()
                                                  : points_.size();
      const auto length = static_cast<std::int64_t>(size);
      return (!one.low || length >= *one.low) && (!one.high || length <= *one.high);
    }
    case Kind::classes: {
      std::int64_t kinds = 0;
      for (std::size_t i = 0; i < 4; ++i) kinds += (one.class_mask >> i & 1) != 0 && count_of(points_, i, one) > 0;
      return kinds >= number;
    }
    case Kind::at_least: {
      std::int64_t count = 0;
      for (std::size_t i = 0; i < 4; ++i)
        if ((one.class_mask >> i & 1) != 0) count += count_of(points_, i, one);
      return count >= number;
    }
    case Kind::max_repeats:
      return one.unit == Unit::utf16 ? !has_run(units_, number + 1, 0, false) : !has_run(points_, number + 1, 0, false);
    case Kind::no_sequences: return !has_run(points_, number, 1, true) && !has_run(points_, number, -1, true);
    default: return meets_known(one, number);
    }
  }

 private:
  bool meets_known(const Requirement& one, std::int64_t number) const {
    switch (one.kind) {
    case Kind::history: {
      if (signup_) return true;
      if (!known_.history) return false;
      const auto end = known_.history->begin() + std::min<std::int64_t>(number, std::ssize(*known_.history));
      return std::find(known_.history->begin(), end, text_) == end;
    }
    case Kind::min_age: return signup_ || (known_.since_last_change && *known_.since_last_change >= number);
    case Kind::reject_common: {
      const bool whole = !one.low && !one.high;
      if (!known_.common || known_.common->empty()) return false;
      if (!whole && std::ssize(*known_.common) < number) return false;
      const auto end = whole ? known_.common->end() : known_.common->begin() + number;
      return std::find(known_.common->begin(), end, text_) == end;
    }
    case Kind::reject_breached: return known_.breached && !known_.breached->contains(std::string(text_));
    case Kind::strength: {
      if (!known_.strength) return number <= 0;
      const auto found = known_.strength->find(std::string(text_));
      return (found == known_.strength->end() ? 0 : found->second) >= number;
    }
    case Kind::reject_personal: return known_.profile && !is_personal(points_, known_);
    default: return meets_words(one);
    }
  }

  bool meets_words(const Requirement& one) const {
    const auto said = folded(points_);
    switch (one.kind) {
    case Kind::reject_contains:
      return known_.profile && std::ranges::none_of(one.words, [&](const tree::Text& word) {
               const auto value = folded(points_of(word.text == "username" ? known_.username : known_.email));
               return !value.empty() && stands_in(said, value);
             });
    case Kind::reject_words:
      return std::ranges::none_of(
          one.words, [&](const tree::Text& word) { return stands_in(said, folded(points_of(word.text))); });
    case Kind::reject_matches: return !re2::RE2::PartialMatch(text_, re2::RE2(one.pattern));
    default: return true;
    }
  }

  std::string_view text_;
  Points points_;
  std::vector<char16_t> units_;
  bool signup_;
  const Known& known_;
};

std::string nfkc(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKCInstance(error);
  std::string result;
  normalizer->normalize(icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), error)
      .toUTF8String(result);
  return result;
}

}  // namespace

Verdicts judge(const model::EffectivePassword& policy, std::string_view password, PasswordEvent event,
               const Known& known) {
  const bool normalize =
      std::ranges::any_of(policy.requirements, [](const auto& one) { return one.requirement.kind == Kind::normalize; });
  std::vector<std::string> forms{std::string(password)};
  if (normalize) forms.push_back(nfkc(password));
  Verdicts verdicts;
  for (const auto& form : forms) {
    const Judge judge(form, event, known);
    for (const auto& one : policy.requirements) {
      const auto kind = one.requirement.kind;
      if (kind == Kind::max_age || kind == Kind::expires_after || kind == Kind::normalize) continue;
      const auto [place, fresh] = verdicts.try_emplace({one.origin, check::requirement_text(one.requirement)}, true);
      place->second = place->second && judge.meets(one.requirement);
    }
  }
  return verdicts;
}

}  // namespace writ::agree
