// Recovery by statements. ANTLR's own inserts and deletes single tokens, which makes two or three messages of one
// mistake. Here a mistake leaves every rule up to the one that holds a statement (or an entry of a settings block); the
// rest of that statement is skipped, and its list goes on. Until a token has been matched again nothing is reported.
//
// A statement ends, for skipping, at `;`, at the `}` of its block, or at a word that is first on its line and stands no
// further right than the statement began: people indent, and what they meant by a broken line shows in that.
//
// Inside a block, the token after a statement decides (`sync`): a word that begins a statement here, `}`, or a mistake
// of its own. A declaration of the file's top level, as far left as the block it is found in, means that the block was
// never closed: that is said once, at the brace, and the declaration is taken as the next one.
//
// A block that was never opened shows in the statements behind its head, which belong into it, and in a `}` too many. The
// head is said to be the mistake; up to the next declaration that stands as far left nothing else is.
#include "compiler/syntax/recovery.h"

#include "compiler/syntax/habits.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/placement.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

using antlr4::Token;

// Rules that hold one statement: where a mistake stops.
bool holds_statement(std::size_t rule) {
  switch (rule) {
  case P::RuleDeclaration:
  case P::RuleItem:
  case P::RuleAttribute:
  case P::RuleSessionEntry:
  case P::RuleLockoutEntry:
  case P::RuleBrandingEntry:
  case P::RuleLifetime:
  case P::RuleSetting:
  case P::RuleRequirement:
  case P::RuleStep:
  case P::RuleFactLine:
  case P::RuleProveLine: return true;
  default: return false;
  }
}

// Rules that are a list of statements between braces.
bool holds_list(std::size_t rule) {
  switch (rule) {
  case P::RuleItems:
  case P::RuleAttributesDecl:
  case P::RuleSessionItem:
  case P::RuleLockoutItem:
  case P::RuleBrandingItem:
  case P::RuleLifetimesItem:
  case P::RuleSettingsItem:
  case P::RuleRequirements:
  case P::RuleTestDecl:
  case P::RuleFacts:
  case P::RuleProveDecl: return true;
  default: return false;
  }
}

bool begins_only_at_top(Token& token, Token& next) {
  switch (token.getType()) {
  case P::IMPORT: return next.getType() == P::STRING;
  case P::PLATFORM: return next.getType() == P::LBRACE;
  case P::EXTEND: return next.getType() == P::TENANT;
  case P::TEMPLATE:
  case P::FIXTURE: return is_word(next.getType());
  case P::TENANT: return is_word(next.getType()) || next.getType() == P::STRING;
  case P::TEST:
  case P::PROVE: return next.getType() == P::STRING;
  default: return false;
  }
}

Block block_of(const antlr4::RuleContext* items) {
  const auto* owner = items->parent == nullptr ? nullptr : dynamic_cast<antlr4::RuleContext*>(items->parent->parent);
  if (owner == nullptr) return Block::file;
  switch (owner->getRuleIndex()) {
  case P::RulePlatformDecl: return Block::platform;
  case P::RuleClientDecl: return Block::client;
  case P::RuleUseDecl: return Block::use;
  case P::RuleConnectionDecl: return Block::connection;
  case P::RuleOrganizationDecl: return Block::organization;
  default: return Block::tenant;
  }
}

Found found(antlr4::Parser& parser, const Token& token) {
  auto* context = parser.getContext();
  return {token, *parser.getTokenStream(), context == nullptr ? std::size_t{P::RuleFile} : context->getRuleIndex(),
          context == nullptr ? nullptr : context->start};
}

antlr4::ParserRuleContext* declaration_of(antlr4::ParserRuleContext* context) {
  while (context->parent != nullptr) context = dynamic_cast<antlr4::ParserRuleContext*>(context->parent);
  return context;
}

// Whether a statement stands before the `;` that comes next.
bool ends_something(antlr4::TokenStream& tokens) {
  const auto index = tokens.index();
  const auto before = index == 0 ? std::size_t{0} : tokens.get(index - 1)->getType();
  return before != P::SEMICOLON && before != P::LBRACE;
}

// The token that opened the statement a context stands in.
Token* start_of_statement(antlr4::ParserRuleContext* context) {
  auto* at = context;
  while (at->parent != nullptr && !holds_statement(at->getRuleIndex()))
    at = dynamic_cast<antlr4::ParserRuleContext*>(at->parent);
  return at->start;
}

}  // namespace

bool begins_declaration(std::size_t type) {
  switch (type) {
  case P::IMPORT:
  case P::ATTRIBUTES:
  case P::PLATFORM:
  case P::CLIENT:
  case P::TENANT:
  case P::EXTEND:
  case P::TEMPLATE:
  case P::LET:
  case P::OBLIGATION:
  case P::FIXTURE:
  case P::TEST:
  case P::PROVE: return true;
  default: return false;
  }
}

void Recovery::count() {
  if (left_ == 0) throw Spent{};
  --left_;
}

Token* Recovery::recoverInline(antlr4::Parser* parser) { throw antlr4::InputMismatchException(parser); }

void Recovery::reportError(antlr4::Parser* parser, const antlr4::RecognitionException& mistake) {
  if (inErrorRecoveryMode(parser)) return;
  beginErrorCondition(parser);
  const Token& token = *mistake.getOffendingToken();
  const auto rule = parser->getContext()->getRuleIndex();
  const Found where = found(*parser, token);
  if (token.getType() == Token::EOF && holds_list(rule)) return report_unclosed(*parser, token);
  count();
  if (is_complaint(token.getType())) return complain(where);
  if (report_expectation_to(where)) return;
  if (rule == P::RuleAttribute && !begins_line_or_entry(where) && report_type(map_, where, diagnostics_)) return;
  if (at_address(where)) return;
  // Where the parser looked more than one token ahead, what it expected belongs to the first of them.
  const auto* ahead = dynamic_cast<const antlr4::NoViableAltException*>(&mistake);
  const bool first = ahead == nullptr || ahead->getStartToken() == &token;
  const auto expected = first ? parser->getExpectedTokens() : antlr4::misc::IntervalSet();
  report_unexpected(map_, where, expected, false, diagnostics_);
  if (expected.size() == 1 && expected.contains(std::size_t{P::LBRACE}))
    open_later(*declaration_of(parser->getContext())->start);
}

void Recovery::recover(antlr4::Parser* parser, std::exception_ptr mistake) {
  auto* context = parser->getContext();
  if (!holds_statement(context->getRuleIndex())) std::rethrow_exception(mistake);
  auto& tokens = *parser->getTokenStream();
  if (tokens.LT(1) == context->start && tokens.LA(1) != Token::EOF) parser->consume();  // never twice at one place
  skip_statement(tokens, *context->start, context->getRuleIndex() == P::RuleDeclaration);
  // What follows a clean end is judged anew; the end of the file, or a declaration inside a block, would be a second
  // message about the same place.
  if (tokens.LA(1) != Token::EOF && !begins_only_at_top(*tokens.LT(1), *tokens.LT(2))) endErrorCondition(parser);
}

void Recovery::sync(antlr4::Parser* parser) {
  auto* context = parser->getContext();
  const auto rule = context->getRuleIndex();
  if (!holds_list(rule)) return;
  auto& tokens = *parser->getTokenStream();
  for (;;) {
    Token& token = *tokens.LT(1);
    const auto type = token.getType();
    if (type == P::SEMICOLON && !ends_something(tokens)) {
      if (!inErrorRecoveryMode(parser)) {
        count();
        diagnostics_.add(Code::unexpected_text, span_of(map_, token), "this `;` ends nothing")
            .fix("leave it out", span_of(map_, token), "");
      }
      parser->consume();
      continue;
    }
    if (type == P::RBRACE || type == P::SEMICOLON) return;
    const bool top = type != Token::EOF && begins_only_at_top(token, *tokens.LT(2));
    const auto place = span_of(map_, token).begin;
    const auto opened = map_.column(span_of(map_, *start_of_statement(context)).begin);
    if (type == Token::EOF || (top && map_.first_on_line(place) && map_.column(place) <= opened)) {
      if (!inErrorRecoveryMode(parser)) report_unclosed(*parser, token);
      beginErrorCondition(parser);
      throw antlr4::InputMismatchException(parser);
    }
    if (!top && parser->getExpectedTokens().contains(type)) return;
    if (!inErrorRecoveryMode(parser)) {
      count();
      if (report_incomplete(map_, found(*parser, token), diagnostics_)) {
        tokens.seek(tokens.index() - 1);  // what follows is a statement of its own
        return;
      }
      report_unknown_statement(*parser, token);
    }
    const auto before = tokens.index();
    // What stands further right on the next lines belongs to the statement that this one stands behind.
    const Token* start =
        rule == P::RuleItems && !map_.first_on_line(place) ? statement_before(map_, found(*parser, token)) : nullptr;
    skip_statement(tokens, start == nullptr ? token : *start, false);
    if (tokens.index() == before) parser->consume();
    endErrorCondition(parser);
  }
}

void Recovery::resume(antlr4::Parser& parser, bool silent) {
  auto& tokens = *parser.getTokenStream();
  const Token& token = *tokens.LT(1);
  if (!silent) {
    count();
    report_outside(parser, token);
  }
  const auto before = tokens.index();
  skip_statement(tokens, token, true);
  if (tokens.index() == before && tokens.LA(1) != Token::EOF) tokens.consume();
}

void Recovery::report_outside(antlr4::Parser& parser, const Token& token) {
  const Found where = found(parser, token);
  if (is_complaint(token.getType())) return complain(where);
  if (at_address(where)) return;
  if (token.getType() == P::RBRACE) {
    diagnostics_.add(Code::unexpected_text, span_of(map_, token), "unexpected `}`: no block is open here")
        .hint("delete it, or write the `{` that it closes");
    return;
  }
  if (map_.first_on_line(span_of(map_, token).begin)) return report_unknown_statement(parser, token);
  if (report_incomplete(map_, where, diagnostics_)) {
    parser.getTokenStream()->seek(token.getTokenIndex() - 1);
    return;
  }
  report_trailing(map_, where, diagnostics_);
}

// A complaint, and how far what it is about reaches.
void Recovery::complain(const Found& where) {
  if (const auto* last = report_complaint(map_, where, diagnostics_)) skip_to_ = last->getTokenIndex() + 1;
}

bool Recovery::at_address(const Found& where) {
  if (!report_address(map_, where, diagnostics_)) return false;
  const auto place = span_of(map_, where.token);
  const auto rest = map_.bytes().substr(place.begin);
  const auto line = rest.substr(0, rest.find('\n'));
  if (line.find("//") < line.find('}') && line.find('}') != std::string_view::npos) comment_took_brace_ = true;
  return true;
}

// `expect deny to acme.shop`, by who has just written `login to acme.shop`: a question goes to a client, an expectation is for one.
bool Recovery::report_expectation_to(const Found& where) {
  const auto line = map_.line(span_of(map_, where.token).begin);
  const Token* to = nullptr;
  for (int i = 0;; --i) {
    const Token* at = where.around(i);
    if (at == nullptr || map_.line(span_of(map_, *at).begin) != line) return false;
    if (at->getType() == P::TO) to = at;
    if (at->getType() == P::EXPECT) break;
  }
  if (to == nullptr) return false;
  diagnostics_.add(Code::unexpected_text, span_of(map_, *to), "an expectation says `for` whom it is")
      .fix("write `for`: expect deny for acme.shop", span_of(map_, *to), "for");
  return true;
}

bool Recovery::begins_line_or_entry(const Found& where) const {
  const Found start{*where.rule_start, where.tokens, where.rule, where.rule_start};
  const auto* before = start.around(-1);
  const auto type = before == nullptr ? std::size_t{0} : before->getType();
  return type == P::LBRACE || type == P::SEMICOLON || map_.first_on_line(span_of(map_, *where.rule_start).begin);
}

// ---------------------------------------------------------------- a block that was never opened

// Whether a declaration is closed once more than it is opened, up to the next one that stands as far left.
bool Recovery::closed_too_often(antlr4::TokenStream& tokens, const Token& start) const {
  const auto left = map_.column(span_of(map_, start).begin);
  std::size_t open = 0;
  for (auto i = start.getTokenIndex(); tokens.get(i)->getType() != Token::EOF; ++i) {
    const Token& at = *tokens.get(i);
    const auto place = span_of(map_, at).begin;
    if (&at != &start && begins_declaration(at.getType()) && map_.first_on_line(place) && map_.column(place) <= left)
      return false;
    if (at.getType() == P::LBRACE) ++open;
    if (at.getType() == P::RBRACE && open-- == 0) return true;
  }
  return false;
}

void Recovery::open_later(const Token& declaration) { owed_ = map_.column(span_of(map_, declaration).begin); }

bool Recovery::owes(antlr4::TokenStream& tokens) {
  const Token& token = *tokens.get(tokens.index());
  const bool next = token.getType() != Token::EOF && begins_declaration(token.getType()) &&
                    map_.column(span_of(map_, token).begin) <= owed_.value_or(0);
  if (next) owed_.reset();
  return owed_.has_value();
}

void Recovery::report_unopened(antlr4::TokenStream& tokens, const Unopened& what, const Token& declaration) {
  count();
  const auto thing = block_names[static_cast<std::size_t>(what.block)].substr(3);  // "in a client"
  auto& diagnostic = diagnostics_.add(Code::unexpected_text, {what.head.file, what.head.end, what.head.end},
                                      fmt::format("expected `{{`: a block follows that belongs to {}", thing));
  if (what.inside.known())
    diagnostic.at(what.inside, fmt::format("`{}` stands {}", map_.text(what.inside),
                                           block_names[static_cast<std::size_t>(what.block)]));
  if (closed_too_often(tokens, declaration))
    diagnostic.fix("open the block here", {what.head.file, what.head.end, what.head.end}, " {");
  else
    diagnostic.hint("what belongs to it stands between `{` and `}`");
  open_later(declaration);
}

// To where the next statement may begin; `start` is the broken one's first token.
void Recovery::skip_statement(antlr4::TokenStream& tokens, const Token& start, bool top) const {
  const auto begun = map_.column(span_of(map_, start).begin);
  std::size_t braces = 0, brackets = 0;
  while (tokens.index() < skip_to_ && tokens.LA(1) != Token::EOF) tokens.consume();
  for (;; tokens.consume()) {
    const Token& token = *tokens.LT(1);
    const auto type = token.getType();
    if (type == Token::EOF) return;
    const auto place = span_of(map_, token).begin;
    if (&token != &start && is_word(type) && map_.first_on_line(place) && map_.column(place) <= begun &&
        (braces == 0 || begins_only_at_top(*tokens.LT(1), *tokens.LT(2))))
      return;
    if (type == P::LBRACE) ++braces;
    if (type == P::LPAREN || type == P::LBRACKET) ++brackets;
    if ((type == P::RPAREN || type == P::RBRACKET) && brackets > 0) --brackets;
    if (type == P::RBRACE) {
      if (braces == 0 && !top) return;
      if (braces > 0) --braces;
      if (braces == 0 && !(top && begins_declaration(tokens.LA(2))) &&
          map_.line(place) == map_.line(span_of(map_, *tokens.LT(2)).begin))
        continue;  // more of the same line
      if (braces == 0) return tokens.consume();
    }
    if (type == P::SEMICOLON && braces == 0 && brackets == 0) return tokens.consume();
  }
}

void Recovery::report_unknown_statement(antlr4::Parser& parser, const Token& token) {
  beginErrorCondition(&parser);
  auto* context = parser.getContext();
  const Found where = found(parser, token);
  const auto rule = where.rule;
  if (rule == P::RuleAttributesDecl && !map_.first_on_line(span_of(map_, token).begin) &&
      report_type(map_, where, diagnostics_))
    return;
  if (is_complaint(token.getType())) return complain(where);
  if (at_address(where)) return;
  const auto span = span_of(map_, token);
  const Token* previous = where.around(-1);
  const bool begins = previous == nullptr || map_.first_on_line(span.begin) || previous->getType() == P::LBRACE ||
                      previous->getType() == P::SEMICOLON;
  if (!begins) return report_trailing(map_, where, diagnostics_);
  if (context != nullptr && rule != P::RuleItems)
    return report_unexpected(map_, where, parser.getExpectedTokens(), true, diagnostics_);
  if (!is_word(token.getType())) {
    auto& diagnostic =
        diagnostics_.add(Code::unexpected_text, span, fmt::format("expected a statement, found {}", seen(map_, token)));
    if (token.getType() == P::MINUS)
      diagnostic.hint("statements have no dash before them; comments are written `// …`");
    else if (const auto* habit = mark_habit(text_of(map_, token)))
      advise(diagnostic, *habit, span, text_of(map_, token));
    else
      diagnostic.hint("statements begin with a bare word and have no commas between them: tenant acme { allow login }");
    return;
  }
  report_unknown_word(where, context == nullptr ? Block::file : block_of(context));
}

// A word that begins no statement, or none in this block.
void Recovery::report_unknown_word(const Found& found, Block block) {
  const Token& token = found.token;
  const auto span = span_of(map_, token);
  const auto where = block_names[static_cast<std::size_t>(block)];
  const auto word = text_of(map_, token);
  if (token.getType() == P::TENANT && block != Block::file) {
    diagnostics_.add(Code::not_legal_here, span, fmt::format("`tenant` cannot be declared {}", where))
        .hint("tenants stand at the top of a file; inside one, `tenant.x = …` sets an attribute of it");
    return;
  }
  const auto legal = words_of(block);
  const auto many = std::string(word) + "s";
  const bool has_many = std::ranges::find(legal, many) != legal.end();
  if (const auto places = places_of(word); !places.empty()) {
    auto& diagnostic = diagnostics_.add(Code::not_legal_here, span, fmt::format("`{}` cannot stand {}", word, where));
    diagnostic.hint(fmt::format("it stands {}", places));
    return;
  }
  auto& diagnostic =
      diagnostics_.add(Code::not_legal_here, span, fmt::format("{} begins no statement", seen(map_, token)));
  if (has_many) {
    diagnostic.fix(fmt::format("did you mean `{}`?", many), span, many);
    return;
  }
  const auto near = nearest_name(word, legal);
  // `platfrom {`: the head of a block that is nearly one is no rule of another language.
  const auto* next = found.around(1);
  const bool opens = next != nullptr && next->getType() == P::LBRACE && !near.empty();
  if (!opens && hint_statement(map_, found, diagnostic)) return;
  if (!near.empty())
    diagnostic.fix(fmt::format("did you mean `{}`?", near), span, std::string(near));
  else
    diagnostic.hint(fmt::format("what may stand {}: {}", where, fmt::join(legal, ", ")));
}

// Which brace it was: the first whose closing one stands in another column than its line begins, as people indent;
// else the innermost that is open where it was noticed.
void Recovery::report_unclosed(antlr4::Parser& parser, const Token& token) {
  beginErrorCondition(&parser);
  if (comment_took_brace_) return;
  count();
  const auto& tokens = *parser.getTokenStream();
  std::vector<const Token*> open;
  const Token* suspect = nullptr;
  const auto indentation = [&](const Token& at) { return map_.indentation(map_.line(span_of(map_, at).begin)); };
  for (auto i = declaration_of(parser.getContext())->start->getTokenIndex();
       i < token.getTokenIndex() && suspect == nullptr; ++i) {
    const Token& at = *tokens.get(i);
    if (at.getType() == P::LBRACE) open.push_back(&at);
    if (at.getType() != P::RBRACE || open.empty()) continue;
    if (map_.first_on_line(span_of(map_, at).begin) && indentation(at) < indentation(*open.back()))
      suspect = open.back();
    open.pop_back();
  }
  if (suspect == nullptr && !open.empty()) suspect = open.back();
  if (suspect == nullptr) suspect = &token;
  diagnostics_.add(Code::unclosed_block, span_of(map_, *suspect), "this `{` is never closed")
      .at(span_of(map_, token),
          token.getType() == Token::EOF ? "the file ends here" : "this stands at the top of a file")
      .hint("close the block with `}`");
}

}  // namespace writ::syntax
