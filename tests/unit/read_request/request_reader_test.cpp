// The quick reader beside the careful one: the same problems in the same words, the same decisions for the same reasons.
#include "compiler/build/compile.h"
#include "runtime/json/decision_json.h"
#include "runtime/json/request_reader.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace writ;
using namespace std::literals;
namespace fs = std::filesystem;

namespace {

const fs::path examples = fs::path(WRIT_SOURCE_DIR) / "policies/examples";

struct Both {
  Engine engine;
  RequestReader reader{engine};
  Request quick, careful;

  explicit Both(CompiledPolicy compiled) {
    REQUIRE(compiled.ok);
    REQUIRE(engine.put(std::move(compiled.parts)) == "");
  }
  std::string by_hand(const std::string& text) {
    std::shared_ptr<const program::Part> part;
    const auto read = read_request(text, [&](std::string_view tenant) {
      part = engine.part(tenant);
      return part ? std::optional(std::span<const program::Attribute>(part->attributes)) : std::nullopt;
    });
    if (!read.ok()) return read.problem;
    engine.bind(read.request, careful);
    return to_json(engine.explain(careful, engine.decide(careful)));
  }
  std::string by_reader(const std::string& text) {
    const auto problem = reader.read(text, quick);
    return problem.empty() ? to_json(engine.explain(quick, engine.decide(quick))) : problem;
  }
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("requests of the examples, and what becomes of them when a byte or a piece changes") {
  const std::vector<std::string> pieces = {"null",
                                           "{}",
                                           "[]",
                                           "[\"a\",1]",
                                           "\"\"",
                                           "1e400",
                                           "-0",
                                           "01",
                                           "1.0",
                                           "\\u0061",
                                           "\\ud800",
                                           "\"a\\nb\"",
                                           ",",
                                           ":",
                                           "{",
                                           "}",
                                           "]",
                                           "\xff",
                                           "\xc3\xa9",
                                           std::string(1, '\0'),
                                           "\n",
                                           "9223372036854775808",
                                           "true",
                                           "\"2026-03-02T09:00:00Z\"",
                                           "\"15m\"",
                                           "\"user\":{\"email\":\"a@b.c\"}",
                                           "\"tenant\":\"acme\"",
                                           " ",
                                           "\t",
                                           "\"a\"b",
                                           "true\"",
                                           "\"\"",
                                           "-",
                                           "\xef\xbb\xbf"};
  std::mt19937 random(20261130);
  std::size_t asked = 0, different = 0;
  for (const auto& folder : fs::directory_iterator(examples)) {
    const auto file = folder.path() / "requests.jsonl";
    if (!fs::exists(file)) continue;
    auto compiled = compile_policy(folder.path().string());
    if (!compiled.ok) continue;  // what it shows is an error
    Both both(std::move(compiled));
    const auto ask = [&](const std::string& text) {
      ++asked;
      const auto quick = both.by_reader(text), careful = both.by_hand(text);
      if (quick == careful) return;
      ++different;
      UNSCOPED_INFO(text << "\n  quick:   " << quick << "\n  careful: " << careful);
    };
    const auto lines = lines_of(file);
    for (const auto& line : lines) ask(line);
    CHECK(both.reader.careful_reads() < lines.size() / 2);  // most are read by the quick way
    for (int i = 0; i < 1'500; ++i) {
      auto text = lines[random() % lines.size()];
      if (text.empty()) continue;
      const auto at = random() % text.size();
      switch (random() % 5) {
      case 0: text.erase(at, 1 + random() % 3); break;
      case 1: text[at] = static_cast<char>(random()); break;
      case 2: text.resize(at); break;
      case 3: text.insert(at, text.substr(random() % text.size(), random() % 40)); break;
      default: text.insert(at, pieces[random() % pieces.size()]);
      }
      ask(text);
    }
  }
  CHECK(asked > 5'000);
  CHECK(different == 0);
}

TEST_CASE("a line with any byte more, less or other than it has") {
  Both both(compile_policy((examples / "demo_platform").string()));
  std::string line;
  for (const auto& one : lines_of(examples / "demo_platform/requests.jsonl"))
    if (one.size() > line.size() && one.find('\\') == std::string::npos) line = one;
  std::vector<std::string> more = {"\"a\"b", "true\"", "1\"", "\"\"", "\"a\" ", " \"", "}{", "12345678901234567890"};
  for (const char byte : "\0\1\t\n\f\r\x1f !\"+,-./09:;E[\\]entf{}\x7f\x80\xbf\xc3\xff"sv) more.emplace_back(1, byte);
  std::size_t asked = 0, different = 0;
  const auto ask = [&](const std::string& text) {
    ++asked;
    if (both.by_reader(text) == both.by_hand(text)) return;
    ++different;
    UNSCOPED_INFO(text);
  };
  for (std::size_t at = 0; at <= line.size(); ++at) {
    const auto front = line.substr(0, at), back = line.substr(at), after = back.substr(back.empty() ? 0 : 1);
    for (const auto& piece : more) ask(front + piece + back), ask(front + piece + after);
    ask(front + after);
    ask(front);
  }
  CHECK(asked > 20'000);
  CHECK(different == 0);
}

TEST_CASE("spaces may stand wherever JSON has them, and cost no care") {
  Both both(compile_policy((examples / "demo_platform").string()));
  for (const auto& line : lines_of(examples / "demo_platform/requests.jsonl")) {
    std::string spaced = " \t";
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '"' && line[i - 1] != '\\') quoted = !quoted;
      const bool around = !quoted && std::string_view("{}[]:,").find(line[i]) != std::string_view::npos;
      spaced += around ? std::string(" \r\n\t") + line[i] + "  \n" : std::string(1, line[i]);
    }
    const auto before = both.reader.careful_reads();
    const auto said = both.by_reader(line);
    const auto careful = both.reader.careful_reads() - before;
    CHECK(both.by_reader(spaced) == said);
    CHECK(both.reader.careful_reads() - before == 2 * careful);
  }
}

TEST_CASE("values of every form, where they are what the fact is and where they are not") {
  Both both(compile_policy((examples / "demo_platform").string()));
  const auto lines = lines_of(examples / "demo_platform/requests.jsonl");
  const std::vector<std::string> values = {"true",
                                           "false",
                                           "0",
                                           "-1",
                                           "7",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "1.5",
                                           "1e3",
                                           "-0",
                                           "null",
                                           "\"\"",
                                           "\"a\"",
                                           "\"15m\"",
                                           "\"-5m\"",
                                           "\"2026-03-02T09:00:00Z\"",
                                           "\"10.0.0.1\"",
                                           "\"::1\"",
                                           "\"a@b.example\"",
                                           "\"DE\"",
                                           "\"de\"",
                                           "\"authorization_code\"",
                                           "[]",
                                           "[\"a\"]",
                                           "[\"a\",\"b\",\"a\"]",
                                           "[1]",
                                           "[null]",
                                           "[[]]",
                                           "{}",
                                           "{\"a\":1}",
                                           "\"caf\xc3\xa9\"",
                                           "\"\\u00e9\"",
                                           "\"" + std::string(5'000, 'x') + "\""};
  std::size_t different = 0;
  for (const auto& fact : builtin_facts)
    for (const auto& value : values) {
      const std::string name(fact.name);
      const auto dot = name.find('.');
      const auto field = dot == std::string::npos
                             ? "\"" + name + "\":" + value
                             : "\"" + name.substr(0, dot) + "\":{\"" + name.substr(dot + 1) + "\":" + value + "}";
      const auto text = R"({"action":"login","tenant":"acme","client":"admin","connection":"staff",)" + field + "}";
      if (both.by_reader(text) == both.by_hand(text)) continue;
      ++different;
      UNSCOPED_INFO(text);
    }
  CHECK(different == 0);
}

TEST_CASE("what a tenant calls a fact is read by that tenant's names, wherever in the text the tenant stands") {
  Both both(compile_policy((examples / "demo_platform").string()));
  const std::string tenant = both.engine.tenants().front();
  const std::string front = R"({"tenant":")" + tenant + R"(","action":"login","client":"x","user":{"blocked":false}})";
  const std::string back = R"({"user":{"blocked":false},"client":"x","action":"login","tenant":")" + tenant + "\"}";
  CHECK(both.by_reader(front) == both.by_reader(back));
  CHECK(both.by_reader(front) == both.by_hand(front));
  CHECK(both.reader.careful_reads() == 0);
  const std::string admin = R"({"tenant":")" + tenant + R"(","action":"login","client":"admin",)";
  // A name said twice is an error, also where the two say different things.
  for (const std::string& text : {admin + R"("user":{"blocked":false},"user":{"id":"u"}})",
                                  admin + R"("user":{"blocked":false,"blocked":false}})",
                                  admin + R"("user":{"blocked":false},"user":"u"})", admin + R"("client":"x"})"})
    CHECK(both.by_reader(text).find("given twice") != std::string::npos);
  for (const std::string& text : {std::string(R"({"tenant":"nobody","action":"login","client":"x","user":{"what":1}})"),
                                  std::string(), std::string("[]"), std::string("{"), std::string("{}{}"),
                                  admin + R"("user":{"blocked":false},"user":{"id":"u"}})"})
    CHECK(both.by_reader(text) == both.by_hand(text));
}
