// Random texts of the language: sentences of its grammar as lists of words, and words put on lines in every way an author
// could. They make sense to the parser and to nobody else. One number gives one text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

using Words = std::vector<std::string>;

class Sentences {
 public:
  explicit Sentences(std::uint64_t seed) : random_(seed) {}

  // A whole file, header included.
  Words file();
  // The words on lines: blanks, empty lines, comments wherever two words meet, tight where they may be.
  std::string written(const Words& words, bool comments);

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t of_a_hundred) { return below(100) < of_a_hundred; }

 private:
  using Options = std::initializer_list<std::string_view>;
  void say(std::string_view word) { words_.emplace_back(word); }
  void say(Options words) {
    for (const auto word : words) say(word);
  }
  void one_of(Options words) { say(words.begin()[below(words.size())]); }
  template <class Part>
  void list(const Part& part, std::size_t most = 3) {
    const auto count = 1 + below(most);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) say(",");
      part();
    }
  }
  template <class Part>
  void block(const Part& part, std::size_t least = 0, std::size_t most = 4) {
    say("{");
    const auto count = least + below(most - least + 1);
    for (std::size_t i = 0; i < count; ++i) {
      part();
      if (chance(20)) say(";");
    }
    say("}");
  }

  void name();
  void wire_name();
  void text();
  void number() { one_of({"0", "1", "7", "42", "9223372036854775807"}); }
  void duration() { one_of({"90d", "1h30m", "15m", "30s", "500ms", "0s", "1d2h3m4s5ms", "36h"}); }
  void network() {
    one_of(
        {"10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "::", "::1", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "0.0.0.0/0"});
  }
  void path();
  void type();

  void condition(std::size_t depth);
  void comparison(std::size_t depth);
  void tail(std::size_t depth);
  void sum(std::size_t depth);
  void fallback(std::size_t depth);
  void primary(std::size_t depth);
  void literal();
  void pattern();

  void rule();
  void obligation();
  void choice() {
    obligation();
    while (chance(25)) {
      say("or");
      obligation();
    }
  }
  void setting(std::size_t kind);
  void list_setting(std::size_t kind);
  void password(bool platform);
  void requirement();
  void item(char block, std::size_t depth);
  void items(char block, std::size_t depth);
  void request_line();
  void target(std::size_t optional);
  void cells(std::string_view to, std::size_t targets);
  void facts();
  void clock_line();
  void password_line();
  void expect();
  void proof();
  void by();
  void declaration();

  std::mt19937_64 random_;
  Words words_;
};

}  // namespace writ::test
