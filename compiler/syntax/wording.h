// What the parser saw and what it would have taken, in words for people.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/scan.h"

#include <string>
#include <string_view>

#include <antlr4-runtime.h>

namespace writ::syntax {

Span span_of(const SourceMap& map, const antlr4::Token& token);
Span end_of(const SourceMap& map, const antlr4::Token& token);  // the empty place behind it
std::string_view text_of(const SourceMap& map, const antlr4::Token& token);
// As it stands in a message: in backticks, long text cut, the end of the file named.
std::string seen(const SourceMap& map, const antlr4::Token& token);

bool is_word(std::size_t token_type);  // hard or soft, or no word of the language
bool is_hard_word(std::size_t token_type);
bool is_complaint(std::size_t token_type);  // the lexer made a token of something that is none

// The hard words, for names that would be read as one of them.
bool is_hard_word(std::string_view text);

// Where a token was found: the rule that met it, with its first token, and what stands around it.
struct Found {
  const antlr4::Token& token;
  antlr4::TokenStream& tokens;
  std::size_t rule = 0;
  const antlr4::Token* rule_start = nullptr;
  const antlr4::Token* around(int offset) const;  // null outside the file
};

// A token no rule accepts: its own message and help. The token up to which the same mistake reaches, when that is
// further on: a string over two lines.
const antlr4::Token* report_complaint(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

// The message for a token where `expected` would have been taken; `begins`: where an entry of a list begins, so that
// nothing is missing before it.
void report_unexpected(const SourceMap& map, const Found& found, const antlr4::misc::IntervalSet& expected, bool begins,
                       Diagnostics& diagnostics);

// Help for a word that begins no statement, when it is a habit of another language; whether it is.
bool hint_statement(const SourceMap& map, const Found& found, Diagnostic& diagnostic);

// The first word of the statement that a token stands in or behind; null where none is near.
const antlr4::Token* statement_before(const SourceMap& map, const Found& found);

// The message for a token behind a finished statement on the same line.
void report_trailing(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

// The same when the statement took the first word of the next one for its own; whether it did.
bool report_incomplete(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

// The message for an attribute's type that is none, as far as it was written: `optional string`, `enum(a, b)`; whether it is one.
bool report_type(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

// The message for a web address without its quotes; whether it is one. It is one mistake, though `//` begins a comment.
bool report_address(const SourceMap& map, const Found& found, Diagnostics& diagnostics);

}  // namespace writ::syntax
