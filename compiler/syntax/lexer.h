// Text to tokens by the rules of grammar/WritLexer.g4.
#pragma once

#include "compiler/syntax/scan.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::syntax {

class Lexer {
 public:
  explicit Lexer(const SourceMap& map);

  struct Found {
    std::size_t type;  // antlr4::Token::EOF at the end, again and again
    std::uint32_t begin, end;
  };
  // The next token, comments included, blanks not.
  Found next();

 private:
  std::string_view bytes_;
  std::size_t at_;
  std::vector<std::size_t> modes_;  // the innermost last
};

}  // namespace writ::syntax
