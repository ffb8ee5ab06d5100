// What the parser does at a mistake: one message, then on with the next statement.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/scan.h"

#include <cstddef>

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

  // Between declarations, where no rule of the grammar is entered: skips to the next declaration from a token that
  // begins none, and says so unless `silent`.
  void resume(antlr4::Parser& parser, bool silent);

 private:
  void skip_statement(antlr4::TokenStream& tokens, const antlr4::Token& start, bool top) const;
  void report_unknown_statement(antlr4::Parser& parser, const antlr4::Token& token);
  void report_unclosed(antlr4::Parser& parser, const antlr4::Token& token);

  void count();

  const SourceMap& map_;
  Diagnostics& diagnostics_;
  std::size_t left_;
};

// Whether a declaration may begin with this token.
bool begins_declaration(std::size_t token_type);

}  // namespace writ::syntax
