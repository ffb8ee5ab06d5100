// Tokens that no rule of the grammar takes: the lexer made them of what is no number, no string and no word, and each kind has its own
// message.
#include "compiler/syntax/habits.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/placement.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

constexpr std::size_t shown_bytes = 40;

void report_number(Diagnostic& diagnostic, Span span, std::string_view text) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (digit(0) && text.size() == 4 && text[1] == ':' && digit(2) && digit(3)) {
    diagnostic.fix(fmt::format("times of day have two digits for the hour: 0{}", text),
                   {span.file, span.begin, span.begin}, "0");
    return;
  }
  diagnostic.hint("durations are written 90d, 1h30m, 15m, 30s, 500ms; numbers are whole, without separators");
  if (text.size() <= shown_bytes && text.find_first_of(".:/") == std::string_view::npos)
    diagnostic.hint(fmt::format("quote a name that begins with a digit: \"{}\"", text));
}

void report_foreign(const SourceMap& map, const antlr4::Token& token, Diagnostics& diagnostics) {
  const auto span = span_of(map, token);
  const auto text = text_of(map, token);
  const auto first =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  auto end = first + 1;
  while (end != text.end() && (static_cast<unsigned char>(*end) & 0xC0) == 0x80) ++end;
  const std::string_view character(&*first, static_cast<std::size_t>(end - first));
  const auto begin = span.begin + static_cast<std::uint32_t>(first - text.begin());
  const Span narrow{span.file, begin, begin + static_cast<std::uint32_t>(character.size())};
  auto& diagnostic =
      diagnostics.add(Code::confusable_name, narrow, fmt::format("`{}` cannot stand outside a string", character));
  constexpr auto known = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"\u2013", "this is a dash; write an ordinary `-`"},
      {"\u2014", "this is a dash; write an ordinary `-`"},
      {"\u2212", "this is a minus of typesetting; write an ordinary `-`"},
      {"\u2018", "strings stand in straight double quotes: \"…\""},
      {"\u2019", "strings stand in straight double quotes: \"…\""},
      {"\u2264", "write `<=`"},
      {"\u2265", "write `>=`"},
      {"\u2260", "write `!=`"},
      {"\u2026", "a range is written with two dots: 1..10"},
      {"\u200B", "this is a blank without a width; delete it"},
  });
  const auto* found = std::ranges::find(known, character, &std::pair<std::string_view, std::string_view>::first);
  if (found != known.end())
    diagnostic.hint(std::string(found->second));
  else if (character == "\u201C" || character == "\u201D" || character == "\u201E")
    diagnostic.hint("strings stand in straight quotes: \"…\"");
  else if (character == "\u00A0")
    diagnostic.hint("this is a no-break space; write an ordinary blank");
  else
    diagnostic.hint("bare names are ASCII letters, digits and `_`, so that no two names look alike")
        .hint(text.size() <= shown_bytes ? fmt::format("quote a name that needs more: \"{}\"", text)
                                         : std::string("quote a name that needs more"));
}

// What a string over several lines may have between its quotes to be taken for one: further away the second quote is more
// likely another mistake.
constexpr std::size_t lines_of_a_string = 3;

// The token that swallowed the quote by which a string over several lines is closed: the rest of a line that holds an
// odd number of them. A line that begins as a statement does is none of a string's.
const antlr4::Token* closing_line(const SourceMap& map, const Found& found) {
  const auto begun = map.line(span_of(map, found.token).begin);
  for (int i = 1;; ++i) {
    const auto* token = found.around(i);
    if (token == nullptr || token->getType() == antlr4::Token::EOF) return nullptr;
    const auto place = span_of(map, *token);
    if (map.line(place.begin) > begun + lines_of_a_string) return nullptr;
    if (map.first_on_line(place.begin) &&
        (token->getType() == P::RBRACE || (is_word(token->getType()) && !places_of(map.text(place)).empty())))
      return nullptr;
    if (token->getType() == P::UNTERMINATED) return token;
  }
}

const antlr4::Token* report_string(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  const auto span = span_of(map, found.token);
  const auto text = map.text(span);
  auto& diagnostic = diagnostics.add(Code::unterminated_string, {span.file, span.begin, span.begin + 1},
                                     "this string has no closing quote on its line");
  const auto* closing = closing_line(map, found);
  if (closing == nullptr) {
    if (text.ends_with('\\')) diagnostic.hint("a backslash before the quote makes it part of the string");
    diagnostic.hint("a line end in a string is written \\n");
    return nullptr;
  }
  const auto line = map.line(span_of(map, *closing).begin);
  const auto begin = map.line_starts()[line];
  const auto quote = begin + static_cast<std::uint32_t>(map.bytes().substr(begin).find('"'));
  diagnostic.at({span.file, quote, quote + 1}, "a quote stands here, on another line");
  const bool next = line == map.line(span.begin) + 1;
  const auto first = begin + static_cast<std::uint32_t>(map.indentation(line));
  const auto kept = text.find_last_not_of(" \t\r") + 1;
  const Span between{span.file, span.begin + static_cast<std::uint32_t>(kept), first};
  if (next)
    diagnostic.fix("write it on one line", between, first == quote ? "" : " ");
  else
    diagnostic.hint("write it on one line");
  diagnostic.hint("where the text itself has a line end, write \\n");
  return closing;
}

}  // namespace

bool is_complaint(std::size_t type) {
  return type == P::WORDLIKE_NUMBER || type == P::TIMELIKE || type == P::UNTERMINATED || type == P::FOREIGN ||
         type == P::WRONG || type == P::REGEX_UNTERMINATED;
}

const antlr4::Token* report_complaint(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  const auto& token = found.token;
  const auto span = span_of(map, token);
  const auto text = text_of(map, token);
  switch (token.getType()) {
  case P::WORDLIKE_NUMBER:
    report_number(
        diagnostics.add(Code::bad_number, span, fmt::format("{} is not a number or a duration", seen(map, token))),
        span, text);
    return nullptr;
  case P::TIMELIKE:
    diagnostics.add(Code::bad_literal, span, fmt::format("{} is not a time", seen(map, token)))
        .hint("times are written 2026-12-31T00:00Z or 2026-12-31T00:00:00+01:00");
    return nullptr;
  case P::UNTERMINATED: return report_string(map, found, diagnostics);
  case P::REGEX_UNTERMINATED:
    diagnostics
        .add(Code::bad_literal, {span.file, span.begin, span.begin + 1}, "this pattern has no closing `/` on its line")
        .hint("a slash inside a pattern is written \\/");
    return nullptr;
  case P::FOREIGN: report_foreign(map, token, diagnostics); return nullptr;
  default: {
    auto& diagnostic = diagnostics.add(Code::unexpected_text, span, fmt::format("unexpected {}", seen(map, token)));
    const auto* before = found.around(-1);
    if (before != nullptr && before->getType() == P::MATCHES)
      diagnostic.hint("`matches` takes a glob in quotes or a regular expression: \"*.example\", /^a+$/");
    else if (const auto* habit = mark_habit(text))
      advise(diagnostic, *habit, span, text);
    return nullptr;
  }
  }
}

}  // namespace writ::syntax
