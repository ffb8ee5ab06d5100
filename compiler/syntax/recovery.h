// What the parser does at a mistake: one message, then on with the next statement.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/placement.h"
#include "compiler/syntax/scan.h"
#include "compiler/syntax/wording.h"

#include <cstddef>
#include <optional>

#include <antlr4-runtime.h>

namespace writ::syntax {

// Leaves the parser at the first mistake; the caller parses again, with messages.
struct Abandoned {};

// The first pass: no messages, no recovery.
class Abandon : public antlr4::DefaultErrorStrategy {
 public:
  void recover(antlr4::Parser*, std::exception_ptr) override { throw Abandoned{}; }
  antlr4::Token* recoverInline(antlr4::Parser*) override { throw Abandoned{}; }
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override { throw Abandoned{}; }
  void sync(antlr4::Parser*) override {}
};

// Thrown when a file has more mistakes than are reported.
struct Spent {};

// A declaration without a block, and the statement behind it that belongs into one; unknown when only its `}` tells.
struct Unopened {
  Block block;
  Span head, inside;
};

// The second pass: reports and recovers.
class Recovery : public antlr4::DefaultErrorStrategy {
 public:
  // After `most` messages the next one is thrown as Spent instead.
  Recovery(const SourceMap& map, std::size_t most, Diagnostics& diagnostics)
      : map_(map), diagnostics_(diagnostics), left_(most) {}
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& mistake) override;
  void recover(antlr4::Parser* parser, std::exception_ptr mistake) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void sync(antlr4::Parser* parser) override;

  // One more message about this file; throws Spent when there were as many as are reported.
  void count();

  // Between declarations, where no rule of the grammar is entered: skips to the next declaration from a token that
  // begins none, and says so unless `silent`.
  void resume(antlr4::Parser& parser, bool silent);

  // A block without its `{` in the declaration that begins with this token. Until the next declaration that stands as
  // far left, what cannot stand at the top of a file is a part of the same mistake: `owes`.
  void report_unopened(antlr4::TokenStream& tokens, const Unopened& what, const antlr4::Token& declaration);
  bool owes(antlr4::TokenStream& tokens);

 private:
  void skip_statement(antlr4::TokenStream& tokens, const antlr4::Token& start, bool top) const;
  void report_unknown_statement(antlr4::Parser& parser, const antlr4::Token& token);
  void report_unknown_word(const Found& found, Block block);
  void report_outside(antlr4::Parser& parser, const antlr4::Token& token);
  void report_unclosed(antlr4::Parser& parser, const antlr4::Token& token);
  void complain(const Found& where);
  bool at_address(const Found& where);
  bool report_expectation_to(const Found& where);
  bool begins_line_or_entry(const Found& where) const;
  bool closed_too_often(antlr4::TokenStream& tokens, const antlr4::Token& start) const;
  void open_later(const antlr4::Token& declaration);

  const SourceMap& map_;
  Diagnostics& diagnostics_;
  std::size_t left_;
  std::size_t skip_to_ = 0;          // the token to which the last mistake reaches
  std::optional<std::size_t> owed_;  // the column of a declaration with a block that was never opened
  bool comment_took_brace_ = false;  // behind the `//` of a web address without quotes
};

// Whether a declaration may begin with this token.
bool begins_declaration(std::size_t token_type);

}  // namespace writ::syntax
