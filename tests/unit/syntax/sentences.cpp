// The grammar of docs/language.md read the other way round: where a parser chooses by the next word, this rolls a die.
#include "tests/unit/syntax/sentences.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace writ::test {

// ---------------------------------------------------------------- names and values

void Sentences::name() {
  one_of({"a", "b", "staff", "portal", "user", "tenant", "message", "within", "login", "set", "list", "int", "one",
          "to", "by", "x_1", "_"});
}
void Sentences::wire_name() {
  if (chance(75))
    name();
  else
    one_of({R"("a b")", R"("acme-corp")", R"("when")", R"("plain")", R"("7up")", R"("\u{fc}")", R"("a\"b")"});
}
void Sentences::text() {
  one_of({R"("")", R"("a.example")", R"("say \"hi\"\n")", R"("// no comment")", R"("{ ; }")", R"("\u{202e}\u{1F600}")",
          R"("ü€😀")", R"("\\")"});
}
void Sentences::path() {
  name();
  for (auto parts = below(3); parts > 0; --parts) one_of({".email", ".in", ".not", ".mfa_age", ".x", ".matches"});
}
void Sentences::type() {
  switch (below(6)) {
  case 0:
    say({"one", "of"});
    list([&] { name(); }, 4);
    break;
  case 1: say({"set", "of", "string"}); break;
  case 2: say("int"); break;
  case 3: say({"int", "-", "5", "..", "100"}); break;
  default: one_of({"bool", "string", "ip", "cidr", "time", "duration"});
  }
  if (chance(40)) say("?");
}
void Sentences::literal() {
  switch (below(6)) {
  case 0: text(); break;
  case 1: duration(); break;
  case 2:
    one_of({"2026-12-31T00:00Z", "2026-12-31T23:59:59.25Z", "2026-01-01T00:00:00+05:30", "08:00", "24:00"});
    break;
  case 3: network(); break;
  case 4: one_of({"true", "false"}); break;
  default:
    if (chance(30)) say("-");
    number();
  }
}
void Sentences::pattern() {
  if (chance(50))
    text();
  else
    one_of({"/a/", "/^[a-z]+\\/\\d$/", "/\\//", "/a b\"c/", "/{2}/"});
}

// ---------------------------------------------------------------- expressions

void Sentences::condition(std::size_t depth) {
  for (;;) {
    while (chance(15)) say("not");
    if (depth > 0 && chance(10)) {
      one_of({"any", "all"});
      name();
      say("in");
      sum(depth - 1);
      say(":");
    }
    comparison(depth);
    if (!chance(30)) return;
    one_of({"and", "or"});
  }
}
void Sentences::comparison(std::size_t depth) {
  sum(depth);
  if (chance(60)) tail(depth);
}
void Sentences::tail(std::size_t depth) {
  switch (below(6)) {
  case 0: say("matches"); return pattern();
  case 1:
    one_of({"starts", "ends"});
    say("with");
    return sum(depth);
  case 2: one_of({"contains", "==", "!="}); return sum(depth);
  case 3:
    if (chance(40)) say("not");
    say({"in", "08:00", "..", "18:30"});
    if (chance(80)) text();
    if (chance(60)) {
      say("on");
      list([&] { one_of({"monday", "sunday", "weekdays", "weekends"}); });
    }
    return;
  case 4:
    if (chance(40)) say("not");
    say("in");
    sum(depth);
    if (chance(30)) {
      say("..");
      sum(depth);
    }
    return;
  default: one_of({"<", "<=", ">", ">="}); return sum(depth);
  }
}
void Sentences::sum(std::size_t depth) {
  fallback(depth);
  while (chance(12)) {
    one_of({"+", "-"});
    fallback(depth);
  }
}
void Sentences::fallback(std::size_t depth) {
  primary(depth);
  while (chance(12)) {
    say("else");
    primary(depth);
  }
}
void Sentences::primary(std::size_t depth) {
  switch (below(depth > 0 ? 8 : 4)) {
  case 0: say("has"); return path();
  case 1:
  case 2: return path();
  case 3: return literal();
  case 4:
    name();
    say("(");
    if (chance(80)) list([&] { sum(depth - 1); });
    return say(")");
  case 5:
    say("[");
    if (chance(80)) list([&] { sum(depth - 1); });
    return say("]");
  default:
    say("(");
    condition(depth - 1);
    return say(")");
  }
}

// ---------------------------------------------------------------- rules

void Sentences::obligation() {
  name();
  if (chance(30)) {
    say("(");
    list([&] { sum(1); });
    say(")");
  }
  if (chance(30)) {
    say("within");
    if (chance(70))
      duration();
    else
      primary(1);
  }
}
void Sentences::rule() {
  if (chance(20)) say("report");
  if (chance(70)) {
    one_of({"allow", "deny"});
    list([&] { one_of({"login", "signup", "refresh", "access"}); });
    if (chance(40)) text();
  } else {
    say("require");
    choice();
    const auto place = below(3);
    const auto actions = [&] {
      say("for");
      list([&] { one_of({"login", "refresh"}); });
    };
    if (place == 0) actions();
    if (chance(40)) text();
    if (place == 1) actions();
  }
  if (chance(25)) {
    say("on");
    list([&] { wire_name(); });
  }
  if (chance(50)) {
    say("when");
    condition(2);
  }
  if (chance(30)) {
    say("unless");
    condition(2);
  }
  if (chance(15)) {
    say("message");
    text();
  }
  if (chance(15)) {
    say("note");
    text();
  }
}

// ---------------------------------------------------------------- files

Words Sentences::file() {
  words_ = {"writ", "1"};
  for (auto count = below(6); count > 0; --count) {
    declaration();
    if (chance(20)) say(";");
  }
  return std::exchange(words_, {});
}

// ---------------------------------------------------------------- words on lines

std::string Sentences::written(const Words& words, bool comments) {
  const auto tight = [](const std::string& word) {
    return word.size() == 1 && std::string_view("{}()[],;").find(word[0]) != std::string_view::npos;
  };
  const bool crowded = chance(30);
  std::size_t number = 0;
  std::string text;
  const auto comment = [&] {
    text += "// c" + std::to_string(number++) + (chance(20) ? " \"{ }\" \t" : "") + (chance(90) ? "\n" : "\n\n");
  };
  for (std::size_t i = 0; i <= words.size(); ++i) {
    if (comments && chance(8)) {
      if (i > 0) text += chance(50) ? " " : "\n  ";
      comment();
      while (chance(20)) comment();
    }
    if (i == words.size()) break;
    const bool apart = i > 0 && !tight(words[i]) && !tight(words[i - 1]);
    if (apart || chance(crowded ? 10 : 70))
      text += chance(70) ? " " : chance(60) ? "\n" : chance(50) ? "\n\n\n    " : "\t ";
    text += words[i];
  }
  return text + (chance(80) ? "\n" : "");
}

}  // namespace writ::test
