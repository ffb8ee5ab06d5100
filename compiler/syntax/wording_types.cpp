// Two mistakes that the parser meets in the middle: a type of an attribute in the words of another language, of which it took
// the first word for the type, and a web address without quotes, of which it took `https` for a name and the rest for a
// comment. Each is said of the whole.
#include "compiler/syntax/habits.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

using antlr4::Token;

constexpr std::size_t shown_bytes = 60;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// How Writ says it; the second is what to write in its place, where that can be known.
std::pair<std::string, std::string> advice_of(std::string_view written) {
  const auto first = written.substr(0, written.find_first_of(" [(<|="));
  const auto rest = first.size() < written.size() ? written.substr(first.size() + 1) : std::string_view();
  if (contains(written, "=") && !contains(written, "|"))
    return {"an attribute has no value of its own; a rule says what holds without one: (user.department else \"none\")",
            {}};
  const bool list = first == "list" || first == "set" || first == "array" || contains(written, "[]");
  if (list) return {"a fact of many strings is written: set of string", "set of string"};
  if (first == "optional" || first == "nullable" || first == "maybe") {
    const bool one_word =
        !rest.empty() && rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
    return {"an optional fact has a question mark behind its type: string?", one_word ? std::string(rest) + "?" : ""};
  }
  if (contains(written, "null") || contains(written, "undefined"))
    return {"an optional fact has a question mark behind its type: string?", std::string(first) + "?"};
  if (first == "one" || first == "enum" || contains(written, "|"))
    return {"an enumeration is written with bare words: one of free, gold", {}};
  if (first == "int" || first == "integer" || first == "number") return {"a range has two dots: int 0..100", {}};
  return {"types are bool, int, int 0..100, string, ip, cidr, time, duration, set of string, one of a, b", {}};
}

}  // namespace

bool report_type(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  // From the first token that is too much back to the colon of its attribute, on one line.
  const Token* start = found.rule == P::RuleAttribute ? found.rule_start : &found.token;
  if (start == nullptr || start->getType() == P::COMMA) return false;
  const Found from{*start, found.tokens, found.rule, found.rule_start};
  const auto line = map.line(span_of(map, *start).begin);
  const auto beside = [&](const Token* token) {
    return token != nullptr && token->getType() != Token::EOF && map.line(span_of(map, *token).begin) == line;
  };
  int at = -1;
  for (; beside(from.around(at)) && from.around(at)->getType() != P::COLON; --at)
    if (!is_word(from.around(at)->getType())) return false;
  const auto *colon = from.around(at), *member = from.around(at - 1);
  if (!beside(colon) || at == -1 || member == nullptr || member->getType() != P::MEMBER) return false;
  int last = 0;
  for (; beside(from.around(last + 1)); ++last)
    if (from.around(last + 1)->getType() == P::RBRACE || from.around(last + 1)->getType() == P::SEMICOLON) break;
  const Span place{map.file(), span_of(map, *from.around(at + 1)).begin, span_of(map, *from.around(last)).end};
  const auto written = map.text(place);
  auto& diagnostic =
      diagnostics.add(Code::unexpected_text, place,
                      written.size() > shown_bytes ? "this is not a type" : fmt::format("`{}` is not a type", written));
  auto [help, with] = advice_of(written);
  if (with.empty())
    diagnostic.hint(std::move(help));
  else
    diagnostic.fix(std::move(help), place, std::move(with));
  return true;
}

bool report_address(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  constexpr std::array<std::string_view, 4> schemes = {"https", "http", "urn", "mailto"};
  const auto* colon = &found.token;
  const auto* scheme = found.around(-1);
  if (colon->getType() != P::COLON || scheme == nullptr) return false;
  const auto begin = span_of(map, *scheme);
  const auto mark = span_of(map, *colon);
  const auto bytes = map.bytes();
  const bool known = std::ranges::find(schemes, map.text(begin)) != schemes.end();
  if (!known || begin.end != mark.begin || mark.end >= bytes.size() || bytes[mark.end] <= ' ') return false;
  auto end = mark.end;
  while (end < bytes.size() && static_cast<unsigned char>(bytes[end]) > ' ') ++end;
  while (end > mark.end && std::string_view(",;{}").find(bytes[end - 1]) != std::string_view::npos) --end;
  const Span whole{map.file(), begin.begin, end};
  const auto text = map.text(whole);
  auto& diagnostic = diagnostics.add(Code::unexpected_text, whole, "a web address stands in quotes");
  if (text.find('"') != std::string_view::npos || text.find('\\') != std::string_view::npos)
    diagnostic.hint("write \"https://…\"");
  else
    diagnostic.fix(text.size() > shown_bytes ? std::string("put it in quotes") : fmt::format("write \"{}\"", text),
                   whole, fmt::format("\"{}\"", text));
  return true;
}

}  // namespace writ::syntax
