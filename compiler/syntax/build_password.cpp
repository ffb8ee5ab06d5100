// Password policies. One statement of the text may be several requirements (`reject common, breached`): each has its own
// span, so that a message about one underlines that one.
#include "compiler/syntax/build.h"

#include <fmt/format.h>

namespace writ::syntax {

namespace {

std::uint8_t bit_of(P::CharacterClassContext* context) {
  if (context->LOWER() != nullptr) return 1;
  if (context->UPPER() != nullptr) return 2;
  if (context->DIGIT() != nullptr || context->DIGITS() != nullptr) return 4;
  return 8;
}

}  // namespace

tree::Item Builder::password(P::PasswordItemContext* context) {
  const auto where = span(context);
  auto* block = context->requirements();
  const auto given = context->wireName();
  tree::PasswordDecl made;
  made.floor = context->FLOOR() != nullptr;
  made.span = where;
  if (given.empty()) {
    made.name = {{}, span(context->PASSWORD()), false};
    made.requirements = requirements(block);
    return made;
  }
  made.name = name(given.front());
  if (block != nullptr) {
    if (given.size() > 1) made.parent = name(given[1]);
    made.requirements = requirements(block);
    return made;
  }
  if (auto* equals = context->preset()) {
    made.preset = preset(equals);
    return made;
  }
  if (made.floor)
    diagnostics_.add(Code::unexpected_text, where, "a floor password says what it asks for")
        .hint(fmt::format("floor password {} {{ length 8.. }}", made.name.text));
  tree::PasswordUse use{made.name, std::nullopt, where};
  if (auto* tail = context->presetTail()) {
    tree::PasswordPreset from;
    from.path.push_back(made.name);
    for (auto* one : tail->MEMBER()) from.path.push_back(member(one));
    if (tail->arguments() != nullptr) from.arguments = arguments(tail->arguments());
    from.span = join(made.name.span, span(tail));
    for (std::size_t i = 1; i < from.path.size(); ++i) use.name.text += "." + from.path[i].text;
    use.name.span = join(made.name.span, from.path.back().span);
    use.preset = std::move(from);
  }
  return use;
}

tree::PasswordPreset Builder::preset(P::PresetContext* context) {
  tree::PasswordPreset made;
  made.path = path(context->name(), context->MEMBER());
  if (context->arguments() != nullptr) made.arguments = arguments(context->arguments());
  made.span = span(context);
  return made;
}

std::vector<tree::Requirement> Builder::requirements(P::RequirementsContext* context) {
  std::vector<tree::Requirement> list;
  for (auto* one : context->requirement())
    if (!one->exception) requirement(one, list);
  return list;
}

void Builder::requirement(P::RequirementContext* context, std::vector<tree::Requirement>& out) {
  using Kind = tree::Requirement::Kind;
  if (context->REJECT() != nullptr) return rejected(context, out);
  tree::Requirement made{};
  made.span = span(context);
  const auto number = [&](Kind kind) {
    made.kind = kind;
    if (context->INTEGER().empty())
      given(made.given, 0, context->WORD(0));
    else
      made.low = integer(context->INTEGER(0));
  };
  const auto period = [&](Kind kind) {
    made.kind = kind;
    if (context->DURATION() == nullptr)
      given(made.given, 0, context->WORD(0));
    else
      made.low = duration(context->DURATION());
  };
  if (context->LENGTH() != nullptr)
    length(context, made);
  else if (context->CLASSES() != nullptr)
    number(Kind::classes);
  else if (context->LEAST() != nullptr)
    number(Kind::at_least);
  else if (context->REPEATS() != nullptr)
    number(Kind::max_repeats);
  else if (context->SEQUENCES() != nullptr)
    number(Kind::no_sequences);
  else if (context->HISTORY() != nullptr)
    number(Kind::history);
  else if (context->STRENGTH() != nullptr)
    number(Kind::strength);
  else if (context->EXPIRES() != nullptr)
    period(Kind::expires_after);
  else if (context->NORMALIZE() != nullptr)
    made.kind = Kind::normalize;
  else if (context->MIN() != nullptr)
    period(Kind::min_age);
  else
    period(Kind::max_age);
  if (context->UTF16() != nullptr) made.unit = tree::Requirement::Unit::utf16;
  for (auto* one : context->characterClass()) made.class_mask |= bit_of(one);
  made.unicode = context->UNICODE() != nullptr;
  made.charset_written = made.unicode || context->ASCII() != nullptr;
  out.push_back(std::move(made));
}

void Builder::length(P::RequirementContext* context, tree::Requirement& made) {
  made.kind = tree::Requirement::Kind::length;
  const auto dots = context->RANGE()->getSymbol()->getTokenIndex();
  for (auto* bound : context->INTEGER())
    (bound->getSymbol()->getTokenIndex() < dots ? made.low : made.high) = integer(bound);
  for (auto* word : context->WORD()) given(made.given, word->getSymbol()->getTokenIndex() < dots ? 0 : 1, word);
  if (context->BYTES() != nullptr) made.unit = tree::Requirement::Unit::bytes;
  if (!made.low && !made.high && made.given.empty())
    diagnostics_.add(Code::bad_number, span(context), "a length without a bound")
        .hint("write one of them at least: length 12..");
}

void Builder::rejected(P::RequirementContext* context, std::vector<tree::Requirement>& out) {
  using Kind = tree::Requirement::Kind;
  tree::Requirement made{};
  made.span = span(context);
  if (context->WORDS() != nullptr) {
    made.kind = Kind::reject_words;
    for (auto* word : context->STRING()) made.words.push_back(string(word));
  } else if (context->CONTAINS() != nullptr) {
    made.kind = Kind::reject_contains;
    for (auto& word : names(context->wireNames())) made.words.push_back({std::move(word.text), word.span});
  } else if (auto* pattern = context->pattern()) {
    made.kind = Kind::reject_matches;
    if (pattern->REGEX() != nullptr) {
      const auto written = text(pattern->REGEX());
      made.pattern = std::string(written.substr(1, written.size() - 2));
    } else {
      diagnostics_.add(Code::bad_literal, span(pattern), "what passwords must not match is a regular expression")
          .hint("reject matches /^acme/");
    }
  } else {
    for (auto* one : context->rejected()) {
      made.kind = one->COMMON() != nullptr     ? Kind::reject_common
                  : one->BREACHED() != nullptr ? Kind::reject_breached
                                               : Kind::reject_personal;
      made.low = one->INTEGER() != nullptr ? std::optional(integer(one->INTEGER())) : std::nullopt;
      made.given.clear();
      if (one->WORD() != nullptr) given(made.given, 0, one->WORD());
      made.span = span(one);
      out.push_back(made);
    }
    return;
  }
  out.push_back(std::move(made));
}

}  // namespace writ::syntax
