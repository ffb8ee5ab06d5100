// What is wrong with a command line, in a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace writ::cli {

// The words that a flag of a verb takes, `--format` say; empty for flags that take a name or a number.
std::vector<std::string> values_of(std::string_view flag, std::string_view verb = {});

// An empty word is a variable of a script that was not set: `--state ""` must not be as if no file had been asked for. What is wrong in a sentence, as
// below; empty: there is none.
std::string empty_word(const CLI::App& app, const std::vector<std::string>& words);

// Of an error of CLI11: "writ check: there is no flag `--formt`, did you mean `--format`?", with where to read on. `words` are those behind `writ`.
std::string usage_problem(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& wrong);

}  // namespace writ::cli
