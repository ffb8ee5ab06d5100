// ANTLR says "mismatched input 'x' expecting {…}" with a hundred token names. Here the set becomes a few words: all soft
// words together are "a name", what begins a value is "a value", keywords stand as they are written. A word that is a
// slip away from an expected one is the first help; marks of other languages (`&&`, `=`, single quotes) have their own.
#include "compiler/syntax/wording.h"

#include "WritParser.h"
#include "compiler/syntax/placement.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

using P = writ_grammar::WritParser;

constexpr std::size_t shown_bytes = 40;
constexpr std::size_t shown_alternatives = 6;

// The text of a token that is always written the same: `when`, `{`; without quotes.
std::string literal_of(std::size_t type) {
  static const antlr4::dfa::Vocabulary& vocabulary = P(nullptr).getVocabulary();
  const auto quoted = vocabulary.getLiteralName(type);
  return quoted.size() > 2 ? quoted.substr(1, quoted.size() - 2) : std::string();
}

std::string kind_of(std::size_t type) {
  switch (type) {
  case P::WORD: return "a name";
  case P::MEMBER: return "a dot and a name";
  case P::INTEGER: return "a whole number";
  case P::DURATION: return "a duration like `15m`";
  case P::CLOCK: return "a time of day like `08:00`";
  case P::TIME: return "a time like `2026-12-31T00:00Z`";
  case P::ADDRESS: return "an address";
  case P::CIDR: return "an address block like `10.0.0.0/8`";
  case P::STRING: return "a string in quotes";
  case P::REGEX: return "a pattern like `/^a/`";
  case antlr4::Token::EOF: return "the end of the file";
  // Marks that two modes of the lexer share have no literal of their own.
  case P::LBRACE: return "`{`";
  case P::RBRACE: return "`}`";
  case P::RPAREN: return "`)`";
  case P::SEMICOLON: return "`;`";
  default: return "`" + literal_of(type) + "`";
  }
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " or " : ", ";
    text += parts[i];
  }
  return text;
}

std::vector<std::size_t> types_of(const antlr4::misc::IntervalSet& set) {
  std::vector<std::size_t> types;
  for (const auto type : set.toList())
    if (type > 0) types.push_back(static_cast<std::size_t>(type));
  return types;
}

bool has(const std::vector<std::size_t>& types, std::size_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// "a name", "`{` or `:`": the set in words; empty when it would be a list nobody reads.
std::string expected_words(std::vector<std::size_t> types) {
  std::vector<std::string> parts;
  const bool value = has(types, P::LBRACKET) && has(types, P::LPAREN) && has(types, P::WORD);
  if (value) {
    parts.push_back(has(types, P::NOT) ? "a condition" : "a value");
    std::erase_if(types, [](std::size_t type) {
      return is_word(type) || type == P::LBRACKET || type == P::LPAREN || type == P::MINUS || type == P::INTEGER ||
             type == P::DURATION || type == P::CLOCK || type == P::TIME || type == P::ADDRESS || type == P::CIDR ||
             type == P::STRING;
    });
  } else if (has(types, P::WORD)) {
    parts.push_back("a name");
    std::erase_if(types, [](std::size_t type) { return is_word(type) && !is_hard_word(type); });
  }
  if (types.size() + parts.size() > shown_alternatives) return parts.empty() ? std::string() : parts.front();
  for (const auto type : types) parts.push_back(kind_of(type));
  return join(parts);
}

// What people coming from elsewhere write.
struct Habit {
  std::string_view text, help;
};
constexpr auto habits = std::to_array<Habit>({
    {"&&", "write `and`"},
    {"||", "write `or`"},
    {"!", "write `not`"},
    {"===", "write `==`"},
    {"<>", "write `!=`"},
    {"=", "`==` compares"},
    {"!==", "write `!=`"},
    {"=~", "write `matches /…/`"},
    {"=>", "write `implies`"},
    {"?", "there is no `a ? b : c`: write two rules"},
    {"*", "arithmetic is `+` and `-`; in place of a star every name is written out"},
    {"%", "arithmetic is `+` and `-`"},
    {"/*", "comments are written `// …`, to the end of the line"},
    {"#", "comments are written `// …`, to the end of the line"},
    {"'", "strings stand in double quotes"},
    {"`", "strings stand in double quotes"},
    {"...", "a range is written with two dots"},
    {":=", "write `=`"},
});

std::optional<std::string_view> habit_help(std::string_view text) {
  for (const auto& habit : habits)
    if (text == habit.text || (text.size() > 1 && (text[0] == '#' || text[0] == '\'') && text[0] == habit.text[0]))
      return habit.help;
  return std::nullopt;
}

// Words of other languages, and what Writ says in their place.
constexpr auto foreign_words = std::to_array<Habit>({
    {"if", "conditions stand behind `when`: allow login when user.email_verified"},
    {"where", "conditions stand behind `when`: allow login when user.email_verified"},
    {"except", "write `unless`"},
    {"permit", "write `allow`"},
    {"forbid", "write `deny`"},
    {"block", "write `deny`"},
    {"reject", "write `deny`"},
    {"include", "write `import`"},
    {"package", "a file needs no name: it begins with `writ 1`"},
    {"default", "nothing is allowed unless an `allow` says so; that needs no line of its own"},
    {"const", "write `let`"},
    {"var", "write `let`"},
    {"function", "there are no functions: rules say `allow`, `deny` or `require`"},
    {"is", "write `==`"},
    {"equals", "write `==`"},
    {"startswith", "write `starts with`"},
    {"startsWith", "write `starts with`"},
    {"starts_with", "write `starts with`"},
    {"endswith", "write `ends with`"},
    {"endsWith", "write `ends with`"},
    {"ends_with", "write `ends with`"},
    {"application", "write `client`"},
    {"app", "write `client`"},
    {"minutes", "a duration is one word: 15m"},
    {"minute", "a duration is one word: 1m"},
    {"hours", "a duration is one word: 12h"},
    {"hour", "a duration is one word: 1h"},
    {"days", "a duration is one word: 90d"},
    {"day", "a duration is one word: 1d"},
    {"seconds", "a duration is one word: 30s"},
    {"m", "a duration is one word: 15m"},
    {"h", "a duration is one word: 12h"},
    {"d", "a duration is one word: 90d"},
});

std::optional<std::string_view> foreign_help(std::string_view text) {
  for (const auto& row : foreign_words)
    if (text == row.text) return row.help;
  return std::nullopt;
}

constexpr std::string_view order_of_clauses =
    "clauses stand in this order: actions, \"name\", `on`, `when`, `unless`, `message`, `note`";

// `acme-corp`, `acme.com`: a name that needs quotes, seen from the mark that its first part stops at.
void hint_name_in_parts(const SourceMap& map, const Found& found, Diagnostic& diagnostic) {
  if (found.previous == nullptr || !is_word(found.previous->getType())) return;
  const auto first = span_of(map, *found.previous), mark = span_of(map, found.token);
  const auto type = found.token.getType();
  if (first.end != mark.begin || (type != P::MINUS && type != P::MEMBER && text_of(map, found.token) != "/")) return;
  const auto bytes = map.bytes();
  auto end = mark.end;
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  while (end < bytes.size() && end - first.begin < shown_bytes && part(bytes[end])) ++end;
  diagnostic.hint(fmt::format("a name that needs more than letters, digits and `_` stands in quotes: \"{}\"",
                              map.text({first.file, first.begin, end})));
}

void hint_slip(Diagnostic& diagnostic, std::string_view text, std::vector<std::string> words) {
  const std::vector<std::string_view> candidates(words.begin(), words.end());
  if (const auto near = nearest_name(text, candidates); !near.empty())
    diagnostic.hint(fmt::format("did you mean `{}`?", near));
}

void hint_of_rule(const SourceMap& map, const Found& found, const std::vector<std::size_t>& expected,
                  Diagnostic& diagnostic) {
  switch (found.rule) {
  case P::RulePattern:
    diagnostic.hint("`matches` takes a glob in quotes or a regular expression: \"*.example\", /^a+$/");
    return;
  case P::RuleRequirement:
    if (has(expected, P::RANGE)) diagnostic.hint("a range has two dots: length 12.., length ..64, length 12..64");
    return;
  case P::RuleRequestLine: {
    constexpr auto words = std::to_array<std::string_view>({"expect", "login", "signup", "refresh", "access"});
    if (!has(expected, P::TO) || found.rule_start == nullptr) return;
    if (const auto near = nearest_name(text_of(map, *found.rule_start), words); !near.empty())
      diagnostic.hint(fmt::format("did you mean `{}` at the beginning of the line?", near));
    return;
  }
  default: return;
  }
}

void report_number(Diagnostic& diagnostic, std::string_view text) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (digit(0) && text.size() == 4 && text[1] == ':' && digit(2) && digit(3)) {
    diagnostic.hint(fmt::format("times of day have two digits for the hour: 0{}", text));
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
  if (character == "\u201C" || character == "\u201D" || character == "\u201E")
    diagnostic.hint("strings stand in straight quotes: \"…\"");
  else if (character == "\u00A0")
    diagnostic.hint("this is a no-break space; write an ordinary blank");
  else
    diagnostic.hint("bare names are ASCII letters, digits and `_`, so that no two names look alike")
        .hint(text.size() <= shown_bytes ? fmt::format("quote a name that needs more: \"{}\"", text)
                                         : std::string("quote a name that needs more"));
}

}  // namespace

Span span_of(const SourceMap& map, const antlr4::Token& token) {
  const auto end_of_file = static_cast<std::uint32_t>(map.bytes().size());
  if (token.getType() == antlr4::Token::EOF) return {map.file(), end_of_file, end_of_file};
  return {map.file(), map.offset(token.getStartIndex()), map.offset(token.getStopIndex() + 1)};
}

std::string_view text_of(const SourceMap& map, const antlr4::Token& token) { return map.text(span_of(map, token)); }

std::string seen(const SourceMap& map, const antlr4::Token& token) {
  if (token.getType() == antlr4::Token::EOF) return "the end of the file";
  auto text = text_of(map, token);
  if (text == "`") return "a backtick";
  if (text.size() <= shown_bytes) return fmt::format("`{}`", text);
  auto cut = shown_bytes;
  while ((static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return fmt::format("`{}…`", text.substr(0, cut));
}

bool is_word(std::size_t type) { return type >= P::AND && type <= P::WORD; }
bool is_hard_word(std::size_t type) { return type >= P::AND && type <= P::WITH; }

bool is_hard_word(std::string_view text) {
  for (std::size_t type = P::AND; type <= P::WITH; ++type)
    if (literal_of(type) == text) return true;
  return false;
}

bool is_complaint(std::size_t type) {
  return type == P::WORDLIKE_NUMBER || type == P::TIMELIKE || type == P::UNTERMINATED || type == P::FOREIGN ||
         type == P::WRONG || type == P::REGEX_UNTERMINATED;
}

void report_complaint(const SourceMap& map, const antlr4::Token& token, Diagnostics& diagnostics) {
  const auto span = span_of(map, token);
  const auto text = text_of(map, token);
  switch (token.getType()) {
  case P::WORDLIKE_NUMBER:
    report_number(
        diagnostics.add(Code::bad_number, span, fmt::format("{} is not a number or a duration", seen(map, token))),
        text);
    return;
  case P::TIMELIKE:
    diagnostics.add(Code::bad_literal, span, fmt::format("{} is not a time", seen(map, token)))
        .hint("times are written 2026-12-31T00:00Z or 2026-12-31T00:00:00+01:00");
    return;
  case P::UNTERMINATED: {
    auto& diagnostic = diagnostics.add(Code::unterminated_string, {span.file, span.begin, span.begin + 1},
                                       "this string has no closing quote on its line");
    if (text.ends_with('\\')) diagnostic.hint("a backslash before the quote makes it part of the string");
    diagnostic.hint("a line end in a string is written \\n");
    return;
  }
  case P::REGEX_UNTERMINATED:
    diagnostics
        .add(Code::bad_literal, {span.file, span.begin, span.begin + 1}, "this pattern has no closing `/` on its line")
        .hint("a slash inside a pattern is written \\/");
    return;
  case P::FOREIGN: report_foreign(map, token, diagnostics); return;
  default: {
    auto& diagnostic = diagnostics.add(Code::unexpected_text, span, fmt::format("unexpected {}", seen(map, token)));
    if (const auto help = habit_help(text)) diagnostic.hint(std::string(*help));
  }
  }
}

void report_unexpected(const SourceMap& map, const Found& found, const antlr4::misc::IntervalSet& expected,
                       Diagnostics& diagnostics) {
  const auto types = types_of(expected);
  auto words = expected_words(types);
  const auto before = found.previous == nullptr ? std::size_t{0} : found.previous->getType();
  const bool condition =
      before == P::WHEN || before == P::UNLESS || before == P::AND || before == P::OR || before == P::NOT;
  if (condition && words == "a value") words = "a condition";
  if ((before == P::ALLOW || before == P::DENY) && words == "a name") words = "an action like `login`";
  const auto type = found.token.getType();
  const auto text = text_of(map, found.token);
  const auto shown = seen(map, found.token);
  auto& diagnostic = diagnostics.add(Code::unexpected_text, span_of(map, found.token),
                                     words.empty() ? fmt::format("unexpected {}", shown)
                                                   : fmt::format("expected {}, found {}", words, shown));
  const bool name_expected = has(types, P::WORD);
  if (found.previous != nullptr && found.previous->getType() == P::COMMA)
    diagnostic.hint("no comma stands behind the last one of a list");
  if (name_expected && is_hard_word(type) && !has(types, P::LPAREN) && before != P::ALLOW && before != P::DENY)
    diagnostic.hint(fmt::format("`{}` is a word of the language; quote it where a name is meant: \"{}\"", text, text));
  const bool mark = type == P::LBRACKET || type == P::ASSIGN || type == P::COLON || type == P::EQ;
  const bool said = mark && (has(types, P::ASSIGN) || has(types, P::COLON));  // by the message: "expected `=`"
  if (mark && found.next != nullptr && has(types, found.next->getType()))
    diagnostic.hint(fmt::format("no `{}` stands here: leave it out", text));
  else if (const auto help = habit_help(text); help && !said)
    diagnostic.hint(std::string(*help));
  if ((type == P::LBRACE || type == P::LPAREN) && before == P::IN)
    diagnostic.hint("a list stands in square brackets: x in [a, b]");
  if (type == P::COMMA && found.previous != nullptr && has(types, P::RPAREN))
    diagnostic.hint("a list stands in square brackets: x in [a, b]");
  hint_name_in_parts(map, found, diagnostic);
  hint_of_rule(map, found, types, diagnostic);
  if (!is_word(type)) return;
  std::vector<std::string> keywords;
  for (const auto one : types)
    if (is_word(one) && one != P::WORD && (!name_expected || is_hard_word(one))) keywords.push_back(literal_of(one));
  hint_slip(diagnostic, text, std::move(keywords));
}

bool hint_statement(const SourceMap& map, const antlr4::Token& token, const antlr4::Token* next,
                    Diagnostic& diagnostic) {
  if (const auto help = foreign_help(text_of(map, token))) {
    diagnostic.hint(std::string(*help));
    return true;
  }
  if (token.getType() == P::WHEN || token.getType() == P::UNLESS) {
    diagnostic.hint("a rule begins with what it does: allow login when user.email_verified");
    return true;
  }
  if (next == nullptr || (next->getType() != P::MEMBER && next->getType() != P::EQ)) return false;
  diagnostic.hint("a condition stands behind `when`: allow login when user.email_verified");
  return true;
}

void report_trailing(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  // `allow login when` and then `deny login` on the next line: the condition was taken to be `deny`.
  if (found.previous != nullptr && is_word(found.previous->getType())) {
    const auto place = span_of(map, *found.previous);
    const auto before = map.text(place);
    if (map.first_on_line(place.begin) && !places_of(before).empty()) {
      diagnostics
          .add(Code::unexpected_text, place, fmt::format("the statement before this `{}` is not complete", before))
          .hint("something is missing at the end of the line above");
      return;
    }
  }
  const auto text = text_of(map, found.token);
  auto& diagnostic =
      diagnostics.add(Code::unexpected_text, span_of(map, found.token),
                      fmt::format("unexpected {}: the statement is complete before it", seen(map, found.token)));
  const auto type = found.token.getType();
  const auto before = found.previous == nullptr ? std::size_t{0} : found.previous->getType();
  if (const auto help = habit_help(text)) diagnostic.hint(std::string(*help));
  hint_name_in_parts(map, found, diagnostic);
  if (const auto help = foreign_help(text)) {
    diagnostic.hint(std::string(*help));
    return;
  }
  const bool digits = found.next != nullptr && found.next->getType() == P::INTEGER;
  if (type == P::COMMA && before == P::INTEGER && digits)
    diagnostic.hint("numbers are written without separators: 1000");
  else if (type == P::COMMA)
    diagnostic.hint(
        "statements stand on lines of their own or behind `;`; a list to compare with stands in brackets: x in [a, b]");
  if (type == P::LBRACKET && before == P::MEMBER) diagnostic.hint("a set is asked with `in`: \"staff\" in user.groups");
  if (type == P::DURATION) diagnostic.hint(fmt::format("a time limit stands behind `within`: mfa within {}", text));
  if (found.rule != P::RuleItems) return;
  if (type == P::ON || type == P::WHEN || type == P::UNLESS || type == P::MESSAGE || type == P::NOTE ||
      type == P::FOR || type == P::STRING)
    diagnostic.hint(std::string(order_of_clauses));
  if (type == P::WORD)
    hint_slip(diagnostic, text,
              {"on", "when", "unless", "message", "note", "for", "and", "or", "in", "not", "else", "matches",
               "contains", "starts", "ends", "within", "from", "via"});
}

}  // namespace writ::syntax
