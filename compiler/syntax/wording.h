// What the parser saw and what it would have taken, in words for people.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/scan.h"

#include <string>
#include <string_view>

#include <antlr4-runtime.h>

namespace writ::syntax {

Span span_of(const SourceMap& map, const antlr4::Token& token);
std::string_view text_of(const SourceMap& map, const antlr4::Token& token);
// As it stands in a message: in backticks, long text cut, the end of the file named.
std::string seen(const SourceMap& map, const antlr4::Token& token);

bool is_word(std::size_t token_type);  // hard or soft, or no word of the language
bool is_hard_word(std::size_t token_type);
bool is_complaint(std::size_t token_type);  // the lexer made a token of something that is none

// The hard words, for names that would be read as one of them.
bool is_hard_word(std::string_view text);

// A token no rule accepts: its own message and help.
void report_complaint(const SourceMap& map, const antlr4::Token& token, Diagnostics& diagnostics);

// Where a token was found: what stands before it, and the rule with its first token.
struct Found {
  const antlr4::Token& token;
  const antlr4::Token* previous = nullptr;
  std::size_t rule = 0;
  const antlr4::Token* rule_start = nullptr;
  const antlr4::Token* next = nullptr;
};

// The message for a token where `expected` would have been taken.
void report_unexpected(const SourceMap& map, const Found& found, const antlr4::misc::IntervalSet& expected,
                       Diagnostics& diagnostics);

// Help for a word that begins no statement, when it is a habit of another language; whether it is.
bool hint_statement(const SourceMap& map, const antlr4::Token& token, const antlr4::Token* next,
                    Diagnostic& diagnostic);

// The message for a token behind a finished statement on the same line.
void report_trailing(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

}  // namespace writ::syntax
