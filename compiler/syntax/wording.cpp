// ANTLR says "mismatched input 'x' expecting {…}" with a hundred token names. Here the set becomes a few words: all soft
// words together are "a name", what begins a value is "a value", keywords stand as they are written. A word that is a
// slip away from an expected one is the first help; marks and words of other languages have their own (habits.h). What
// is missing at the end of a line is said there, and not of the innocent word that begins the next one.
#include "compiler/syntax/wording.h"

#include "compiler/syntax/habits.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/placement.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

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

bool has(const std::vector<std::size_t>& types, std::size_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::vector<std::size_t> types_of(const antlr4::misc::IntervalSet& set) {
  std::vector<std::size_t> types;
  for (const auto type : set.toList())
    if (type > 0) types.push_back(static_cast<std::size_t>(type));
  // Where a number is wanted, a parameter's name is nobody's first thought, and it would hide the words beside it.
  if (!has(types, P::WRIT) && (has(types, P::INTEGER) || has(types, P::DURATION)))
    std::erase(types, std::size_t{P::WORD});
  return types;
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

constexpr std::string_view order_of_clauses =
    "clauses stand in this order: actions, \"name\", `on`, `when`, `unless`, `message`, `note`";

// A line of the kind that was not understood, for who has never seen one.
std::string_view example_of(std::size_t rule) {
  switch (rule) {
  case P::RuleImportDecl: return "import \"other.writ\"";
  case P::RuleTenantDecl: return "tenant acme \"Acme Corporation\" { … }";
  case P::RuleTemplateDecl:
  case P::RuleParameter:
  case P::RuleParameterType: return "template customer(domain: string, offices: list of string) { … }";
  case P::RuleInstance: return "tenant acme from customer(\"acme.com\")";
  case P::RuleAttributesDecl:
  case P::RuleAttribute: return "attributes { user.department : string? }";
  case P::RuleBounds: return "int 0..100";
  case P::RuleLetDecl: return "let office = 10.0.0.0/8";
  case P::RuleObligationDecl: return "obligation signed_terms satisfied when \"terms\" in user.accepted";
  case P::RuleClientDecl: return "client shop : spa { connections users }";
  case P::RuleConnectionDecl: return "connection staff : saml { domains \"acme.com\" }";
  case P::RuleOrganizationDecl: return "organization north \"North Ltd\" { connections staff }";
  case P::RuleUseDecl: return "use shop { connections users }";
  case P::RuleSessionItem:
  case P::RuleSessionEntry: return "session { idle 30m; absolute 12h }";
  case P::RuleLockoutItem:
  case P::RuleLockoutEntry: return "lockout { 10 attempts per identifier and ip; block 15m }";
  case P::RuleZoneItem:
  case P::RuleZonePart: return "zone office = 10.0.0.0/8, country \"DE\", asn 64512";
  case P::RuleBrandingItem:
  case P::RuleBrandingEntry: return "branding { logo \"https://acme.com/logo.svg\"; colors primary \"#336699\" }";
  case P::RuleTenantSetting: return "tenant.tier = gold";
  case P::RuleLifetimesItem:
  case P::RuleLifetime: return "lifetimes { access_token 1h; refresh_token 30d }";
  case P::RuleSignupItem: return "signup closed";
  case P::RuleOrganizationsItem: return "organizations allow";
  case P::RuleMembersItem: return "members required";
  case P::RuleJoinsItem: return "joins on login via staff";
  case P::RuleSettingsItem:
  case P::RuleSetting: return "settings { sign_requests = true }";
  case P::RuleDiscoverItem: return "discover \"acme.com\" via staff";
  case P::RuleLimitItem: return "limit database connections per client = 50";
  case P::RulePasswordItem:
  case P::RuleRequirements:
  case P::RuleCharacterClass:
  case P::RuleRequirement: return "password strong { length 12..; classes 3 of lower, upper, digit, symbol }";
  case P::RuleFixtureDecl: return "fixture office { request.ip = 198.51.100.7 }";
  case P::RuleClockLine: return "after 20m, or at 2026-03-29T01:30Z";
  case P::RuleTestDecl:
  case P::RuleStep:
  case P::RuleRequestLine:
  case P::RuleTargets:
  case P::RuleTarget: return "login to acme.shop via staff { request.ip = 198.51.100.7 }";
  case P::RulePasswordLine: return "password \"correct horse\" for acme.customers";
  case P::RuleFacts:
  case P::RuleFactLine: return "{ user.email = \"ann@acme.com\"; request.ip = 198.51.100.7 }";
  case P::RulePrefix: return "any g in user.groups : g == \"staff\"";
  case P::RuleCells:
  case P::RuleInNames:
  case P::RuleViaNames:
  case P::RuleWithNames: return "login to acme.shop, acme.admin via staff with office, travelling";
  case P::RuleExpectLine: return "expect deny by \"office only\"";
  case P::RuleProveDecl:
  case P::RuleProveLine: return "login to acme.shop allowed implies user.email_verified";
  default: return {};
  }
}

// The same for a statement, by its first word.
struct Example {
  std::string_view word, text;
};
constexpr auto examples = std::to_array<Example>({
    {"allow", "allow login on users when user.email_verified"},
    {"deny", "deny login \"office only\" when request.ip not in office"},
    {"require", "require mfa within 12h \"administrators\" when \"admin\" in user.roles"},
    {"report", "report deny login \"office only\" when request.ip not in office"},
    {"tenant", "tenant acme \"Acme Corporation\" { … }"},
    {"client", "client shop : spa { connections users }"},
    {"connection", "connection staff : saml { domains \"acme.com\" }"},
    {"organization", "organization north \"North Ltd\" { connections staff }"},
    {"use", "use shop { connections users }"},
    {"connections", "connections users, staff"},
    {"callbacks", "callbacks \"https://acme.com/callback\", \"https://www.acme.com/callback\""},
    {"origins", "origins \"https://acme.com\""},
    {"domains", "domains \"acme.com\", \"acme.org\""},
    {"hosts", "hosts \"login.acme.com\""},
    {"issuers", "issuers \"https://login.acme.com/\""},
    {"grants", "grants authorization_code, refresh_token"},
    {"features", "features beta, export"},
    {"password", "password auth0.good, or password { length 12.. }"},
    {"signup", "signup closed"},
    {"members", "members required"},
    {"lockout", "lockout { 10 attempts per identifier and ip; block 15m; exempt 10.0.0.0/8 }"},
    {"let", "let admins = \"admin\" in user.roles"},
});

std::string_view example_of(std::string_view statement) {
  const auto found = std::ranges::find(examples, statement, &Example::word);
  return found == examples.end() ? std::string_view() : found->text;
}

// `acme-corp`, `acme.com`: a name that needs quotes, seen from the mark that its first part stops at.
bool hint_name_in_parts(const SourceMap& map, const Found& found, Diagnostic& diagnostic) {
  const auto* previous = found.around(-1);
  if (previous == nullptr || !is_word(previous->getType())) return false;
  const auto first = span_of(map, *previous), mark = span_of(map, found.token);
  const auto type = found.token.getType();
  if (first.end != mark.begin || (type != P::MINUS && type != P::MEMBER && text_of(map, found.token) != "/"))
    return false;
  const auto bytes = map.bytes();
  auto end = mark.end;
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  while (end < bytes.size() && end - first.begin < shown_bytes && part(bytes[end])) ++end;
  const Span whole{first.file, first.begin, end};
  // Kinds and actions are words of the language and stand in no quotes.
  const auto before = found.around(-2) == nullptr ? std::size_t{0} : found.around(-2)->getType();
  if (before == P::COLON || before == P::ALLOW || before == P::DENY) {
    auto word = std::string(map.text(whole));
    std::ranges::replace(word, '-', '_');
    if (before == P::COLON && type == P::MINUS)
      diagnostic.fix(fmt::format("words of the language have `_`: {}", word), whole, word);
    else
      diagnostic.hint("actions are login, signup, password_change, password_reset, refresh, m2m and access");
    return true;
  }
  const auto quoted = fmt::format("\"{}\"", map.text(whole));
  const auto help = "a name that needs more than letters, digits and `_` stands in quotes: " + quoted;
  if (type == P::MINUS && end > mark.end && end - first.begin < shown_bytes)
    diagnostic.fix(help, whole, quoted);
  else
    diagnostic.hint(help);
  return true;
}

void hint_slip(Diagnostic& diagnostic, std::string_view text, Span where, std::vector<std::string> words) {
  const std::vector<std::string_view> candidates(words.begin(), words.end());
  if (const auto near = nearest_name(text, candidates); !near.empty())
    diagnostic.fix(fmt::format("did you mean `{}`?", near), where, std::string(near));
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
    const auto first = span_of(map, *found.rule_start);
    if (const auto near = nearest_name(map.text(first), words); !near.empty())
      diagnostic.fix(fmt::format("did you mean `{}` at the beginning of the line?", near), first, std::string(near));
    return;
  }
  default: return;
  }
}

// Whether what is missing is missing at the end of the line before: the token found there begins another line, and is
// nothing that a reader would take for the mistake itself.
bool at_line_end(const SourceMap& map, const Found& found) {
  const auto* previous = found.around(-1);
  if (previous == nullptr) return false;
  const auto type = found.token.getType();
  if (type == antlr4::Token::EOF) return true;
  const bool mark = type >= P::LBRACE && type <= P::DOT && type != P::RBRACE;
  return !mark && map.first_on_line(span_of(map, found.token).begin);
}

// `connections a b`: the commas that are missing on the rest of the line.
void hint_comma(const SourceMap& map, const Found& found, Diagnostic& diagnostic) {
  const auto item = [](const antlr4::Token* token) {
    return token != nullptr && (token->getType() == P::STRING || is_word(token->getType()) ||
                                token->getType() == P::ADDRESS || token->getType() == P::CIDR);
  };
  Help help{"a comma stands between two of a list", {}};
  const auto line = map.line(span_of(map, found.token).begin);
  for (int i = 0; item(found.around(i)) && item(found.around(i - 1)); ++i) {
    if (map.line(span_of(map, *found.around(i)).begin) != line) break;
    const auto end = span_of(map, *found.around(i - 1)).end;
    help.edits.push_back({{map.file(), end, end}, ","});
  }
  if (!help.edits.empty()) diagnostic.help.push_back(std::move(help));
}

constexpr auto lists = std::to_array<std::string_view>(
    {"connections", "callbacks", "origins", "domains", "hosts", "issuers", "grants", "features"});
constexpr auto rules = std::to_array<std::string_view>({"allow", "deny", "require", "report"});

bool is_among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// What a whole line of the kind looks like, where nothing better can be said.
void hint_example(const SourceMap& map, const Found& found, Diagnostic& diagnostic) {
  const auto follows_from = [&](int offset) {
    const auto* const token = found.around(offset);
    return token != nullptr && token->getType() == P::FROM;
  };
  // `tenant acme from b2b "x"`: of a tenant, but the part that is wrong is about its template.
  const bool instance = follows_from(-1) || follows_from(-2);
  auto example = example_of(instance ? std::size_t{P::RuleInstance} : found.rule);
  if (example.empty())
    if (const auto* first = statement_before(map, found)) example = example_of(text_of(map, *first));
  if (!example.empty()) diagnostic.hint(fmt::format("for example: {}", example));
}

// Help for a token that is itself the mistake.
void help_unexpected(const SourceMap& map, const Found& found, const std::vector<std::size_t>& types,
                     Diagnostic& diagnostic) {
  const auto *previous = found.around(-1), *next = found.around(1);
  const auto before = previous == nullptr ? std::size_t{0} : previous->getType();
  const auto type = found.token.getType();
  const auto here = span_of(map, found.token);
  const auto text = map.text(here);
  const bool name_expected = has(types, P::WORD);
  if (name_expected && is_hard_word(type) && !has(types, P::LPAREN) && before != P::ALLOW && before != P::DENY)
    diagnostic.hint(fmt::format("`{}` is a word of the language; quote it where a name is meant: \"{}\"", text, text));
  const bool mark = type == P::LBRACKET || type == P::ASSIGN || type == P::COLON || type == P::EQ;
  const bool said = mark && (has(types, P::ASSIGN) || has(types, P::COLON));  // by the message: "expected `=`"
  const bool rule = before == P::ALLOW || before == P::DENY;
  if (mark && next != nullptr && has(types, next->getType()) && !rule) {
    const auto help = fmt::format("no `{}` stands here: leave it out", text);
    if (type == P::LBRACKET)
      diagnostic.hint(help);  // its `]` goes, too
    else
      diagnostic.fix(help, here, "");
  } else if (said && has(types, P::ASSIGN) != has(types, P::COLON)) {
    const std::string right = has(types, P::ASSIGN) ? "=" : ":";
    diagnostic.fix(fmt::format("write `{}`", right), here, right);
  } else if (const auto* habit = mark_habit(text); habit != nullptr && !said) {
    advise(diagnostic, *habit, here, text);
  }
  if (type == P::LBRACE && before != P::IN && has(types, P::LBRACKET) && has(types, P::LPAREN))
    diagnostic.hint("conditions have no braces; parentheses group them: (a or b) and c");
  if ((type == P::LBRACE || type == P::LPAREN) && before == P::IN)
    diagnostic.hint("a list stands in square brackets: x in [a, b]");
  if (before == P::STARTS || before == P::ENDS)
    diagnostic.fix(fmt::format("write `{} with`", literal_of(before)), {here.file, here.begin, here.begin}, "with ");
  if (type == P::STRING && !has(types, P::STRING)) {
    const auto inner = text.substr(1, text.size() - 2);
    const bool network = has(types, P::CIDR) && (parse_cidr(inner) || parse_ip(inner));
    if (network || (has(types, P::DURATION) && parse_duration(inner)))
      diagnostic.fix("no quotes stand here", here, std::string(inner));
  }
  if (type == P::COMMA && previous != nullptr && has(types, P::RPAREN))
    diagnostic.hint("a list stands in square brackets: x in [a, b]");
  hint_name_in_parts(map, found, diagnostic);
  if (!is_word(type)) return;
  std::vector<std::string> keywords;
  for (const auto one : types)
    if (is_word(one) && one != P::WORD && (!name_expected || is_hard_word(one))) keywords.push_back(literal_of(one));
  hint_slip(diagnostic, text, here, std::move(keywords));
}

}  // namespace

Span span_of(const SourceMap& map, const antlr4::Token& token) {
  const auto& lexeme = static_cast<const Lexeme&>(token);  // there are no others
  return {map.file(), lexeme.begin(), lexeme.end()};
}

Span end_of(const SourceMap& map, const antlr4::Token& token) {
  const auto end = span_of(map, token).end;
  return {map.file(), end, end};
}

const antlr4::Token* Found::around(int offset) const {
  const auto index = static_cast<std::ptrdiff_t>(token.getTokenIndex()) + offset;
  if (index < 0 || index >= static_cast<std::ptrdiff_t>(tokens.size())) return nullptr;
  return tokens.get(static_cast<std::size_t>(index));
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
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all;
    for (std::size_t type = P::AND; type <= P::WITH; ++type) all.push_back(literal_of(type));
    return all;
  }();
  return std::ranges::find(words, text) != words.end();
}

const antlr4::Token* statement_before(const SourceMap& map, const Found& found) {
  constexpr int farthest = 1000;
  for (int i = -1; i > -farthest; --i) {
    const auto* token = found.around(i);
    if (token == nullptr) return nullptr;
    if (!is_word(token->getType())) continue;
    const auto* before = found.around(i - 1);
    const auto place = span_of(map, *token);
    const auto type = before == nullptr ? std::size_t{0} : before->getType();
    const bool begins = map.first_on_line(place.begin) || type == P::LBRACE || type == P::SEMICOLON;
    if (begins && !places_of(map.text(place)).empty()) return token;
  }
  return nullptr;
}

void report_unexpected(const SourceMap& map, const Found& found, const antlr4::misc::IntervalSet& expected, bool begins,
                       Diagnostics& diagnostics) {
  const auto types = types_of(expected);
  auto words = expected_words(types);
  const auto* previous = found.around(-1);
  const auto before = previous == nullptr ? std::size_t{0} : previous->getType();
  const bool condition =
      before == P::WHEN || before == P::UNLESS || before == P::AND || before == P::OR || before == P::NOT;
  if (condition && words == "a value") words = "a condition";
  if ((before == P::ALLOW || before == P::DENY) && words == "a name") words = "an action like `login`";
  const auto type = found.token.getType();
  const bool ends = !begins && at_line_end(map, found);
  const auto here = ends ? end_of(map, *previous) : span_of(map, found.token);
  const auto shown = ends && type != antlr4::Token::EOF ? std::string("the end of the line") : seen(map, found.token);
  auto& diagnostic = diagnostics.add(Code::unexpected_text, here,
                                     words.empty() ? fmt::format("unexpected {}", shown)
                                                   : fmt::format("expected {}, found {}", words, shown));
  const bool closes = type == P::RBRACE || type == P::RBRACKET || type == P::RPAREN || is_hard_word(type);
  if (before == P::COMMA && (ends || closes))
    diagnostic.fix("no comma stands behind the last one of a list", span_of(map, *previous), "");
  if (!ends) help_unexpected(map, found, types, diagnostic);
  hint_of_rule(map, found, types, diagnostic);
  if (diagnostic.help.empty()) hint_example(map, found, diagnostic);
}

bool hint_statement(const SourceMap& map, const Found& found, Diagnostic& diagnostic) {
  const auto& token = found.token;
  const auto* next = found.around(1);
  const auto text = text_of(map, token);
  const auto type = next == nullptr ? std::size_t{0} : next->getType();
  const bool named = type == P::ASSIGN || (next != nullptr && text_of(map, *next) == ":=");
  if (named && text != "default") {
    diagnostic.hint(fmt::format("a value gets its name by `let`: let {} = …", seen(map, token).substr(1, text.size())));
    return true;
  }
  if (type == P::LBRACE && word_habit(text) == nullptr && nearest_name(text, words_of(Block::tenant)).empty()) {
    diagnostic.hint(fmt::format("a condition gets its name by `let`: let {} = \"admin\" in user.roles",
                                seen(map, token).substr(1, text.size())));
    return true;
  }
  if (const auto* habit = word_habit(text)) {
    if (type == P::LPAREN)  // of a language whose rules take arguments
      diagnostic.hint("a rule is one line of words: allow login on staff when user.email_verified");
    else if (type == P::COLON || type == P::ASSIGN)
      diagnostic.hint(std::string(habit->help));
    else
      advise(diagnostic, *habit, span_of(map, token), text);
    return true;
  }
  if (token.getType() == P::WHEN || token.getType() == P::UNLESS) {
    diagnostic.hint("a rule begins with what it does: allow login when user.email_verified");
    return true;
  }
  if (type != P::MEMBER && type != P::EQ) return false;
  diagnostic.hint("a condition stands behind `when`: allow login when user.email_verified");
  return true;
}

bool report_incomplete(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  // `allow login when` and then `deny login` on the next line: the condition was taken to be `deny`.
  const auto *previous = found.around(-1), *last = found.around(-2);
  if (last == nullptr || !is_word(previous->getType())) return false;
  const auto place = span_of(map, *previous);
  const auto before = map.text(place);
  if (!map.first_on_line(place.begin) || places_of(before).empty()) return false;
  const auto type = last->getType();
  const bool condition = type == P::WHEN || type == P::UNLESS || type == P::AND || type == P::OR || type == P::NOT;
  diagnostics
      .add(Code::unexpected_text, end_of(map, *last),
           fmt::format("expected {}, found the end of the line", condition ? "a condition" : "a name or a value"))
      .at(place, "the next statement begins here")
      .hint(condition ? "finish the condition, or leave its last word out"
                      : "finish the line, or leave its last word out");
  return true;
}

namespace {

// Help for what stands behind a statement of `first`; nothing where that would be a guess.
void help_trailing(const SourceMap& map, const Found& found, std::string_view first, Diagnostic& diagnostic) {
  const auto text = text_of(map, found.token);
  const auto here = span_of(map, found.token);
  const auto type = found.token.getType();
  const auto *previous = found.around(-1), *next = found.around(1);
  const auto before = previous == nullptr ? std::size_t{0} : previous->getType();
  const auto earlier = found.around(-2) == nullptr ? std::size_t{0} : found.around(-2)->getType();
  const auto after = next == nullptr ? std::size_t{0} : next->getType();
  const bool rule = is_among(first, rules);
  if (rule && (earlier == P::ALLOW || earlier == P::DENY) && (text == "and" || text == "AND"))
    return void(diagnostic.fix("a comma stands between two actions", here, ","));
  if (const auto* habit = mark_habit(text)) return advise(diagnostic, *habit, here, text);
  if (hint_name_in_parts(map, found, diagnostic)) return;
  if (const auto* habit = word_habit(text)) return advise(diagnostic, *habit, here, text);
  // A word before it was taken for a name: `if user.email_verified`, `every g in …`.
  constexpr auto leading = std::to_array<std::string_view>({"if", "where", "given", "every", "some", "exists"});
  if (rule && previous != nullptr && is_among(text_of(map, *previous), leading))
    if (const auto* habit = word_habit(text_of(map, *previous))) return void(diagnostic.hint(std::string(habit->help)));
  if (type == P::COMMA && before == P::INTEGER && after == P::INTEGER)
    return void(diagnostic.hint("numbers are written without separators: 1000"));
  if (type == P::COMMA)
    return void(
        diagnostic.hint("statements stand on lines of their own or behind `;`; a list to compare with stands in "
                        "brackets: x in [a, b]; conditions are joined by `and`"));
  if (type == P::LBRACKET && before == P::MEMBER)
    return void(diagnostic.hint("a set is asked with `in`: \"staff\" in user.groups"));
  if (type == P::RANGE)
    return void(
        diagnostic.hint("a range stands behind `in`: user.logins in 1..10, request.time in 08:00..18:00 \"UTC\""));
  if (type == P::DURATION)
    return void(diagnostic.hint(fmt::format("a time limit stands behind `within`: mfa within {}", text)));
  if (before == P::STRING && span_of(map, *previous).end == here.begin)
    return void(diagnostic.hint("the string ends before it; a quote inside a string is written \\\""));
  if (found.rule != P::RuleItems) return;
  // `connections users, callbacks "…"`: the next statement was taken for a name.
  if (is_among(first, lists) && earlier == P::COMMA && !places_of(text_of(map, *previous)).empty())
    return void(diagnostic.fix("statements have no comma between them", span_of(map, *found.around(-2)), ";"));
  if (is_among(first, lists)) return hint_comma(map, found, diagnostic);
  if (!rule) return;
  if (type == P::FOR && first != "require")
    return void(
        diagnostic.hint("connections are named behind `on`, people by a condition: allow login on staff when …"));
  if (type == P::ON || type == P::WHEN || type == P::UNLESS || type == P::MESSAGE || type == P::NOTE ||
      type == P::FOR || type == P::STRING)
    return void(diagnostic.hint(std::string(order_of_clauses)));
  if (!is_word(type)) return;
  hint_slip(diagnostic, text, here,
            {"on", "when", "unless", "message", "note", "for", "and", "or", "in", "not", "else", "matches", "contains",
             "starts", "ends", "within", "from", "via"});
}

}  // namespace

void report_trailing(const SourceMap& map, const Found& found, Diagnostics& diagnostics) {
  auto& diagnostic =
      diagnostics.add(Code::unexpected_text, span_of(map, found.token),
                      fmt::format("unexpected {}: the statement is complete before it", seen(map, found.token)));
  const auto* first = statement_before(map, found);
  help_trailing(map, found, first == nullptr ? std::string_view() : text_of(map, *first), diagnostic);
  if (diagnostic.help.empty()) hint_example(map, found, diagnostic);
}

}  // namespace writ::syntax
