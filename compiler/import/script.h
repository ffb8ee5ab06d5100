// A small part of JavaScript: what rules and actions of Auth0 are usually written in. Constants, conditions, calls and functions, no
// loops, no classes, no exceptions. A program that holds anything else is not read at all: half an understanding is none.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing::script {

struct Statement;

enum class Kind : unsigned char {
  name,      // `text`
  text,      // a string
  number,    // `number`
  boolean,   // `number` is 1 or 0
  nothing,   // null, undefined
  list,      // `parts`
  object,    // `keys` and `parts`
  function,  // `keys` are its parameters, `body` what it does
  call,      // of parts[0] with the others
  create,    // `new`, likewise
  member,    // of parts[0]: `text`; `number` is 1 when it is `?.`
  at,        // parts[0][parts[1]]
  negation,  // `!`
  binary,    // `text` is the operator
  choice,    // parts[0] ? parts[1] : parts[2]
  assign,    // parts[0] = parts[1]
};

struct Expression {
  Kind kind = Kind::nothing;
  std::string text{};
  double number = 0;
  std::vector<Expression> parts{};
  std::vector<std::string> keys{};
  std::vector<Statement> body;  // without braces: they would ask for what a statement is
};

struct Statement {
  enum class Kind : unsigned char { let, evaluate, give_back, branch } kind = Kind::evaluate;
  std::string name{};               // of a `let`
  std::vector<Expression> value{};  // one, or none
  std::vector<Statement> then{}, otherwise{};
};

// Nothing when the text is anything else, or larger or deeper than is read.
std::optional<std::vector<Statement>> read(std::string_view text);

// The text without its comments and with every string as `'…'`: what may be shown of somebody's program, whose strings may be
// secrets.
std::string without_strings(std::string_view text);

}  // namespace writ::importing::script
