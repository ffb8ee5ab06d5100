// `writ eval` on streams: each line is answered as the careful reader, the interpreter and a JSON document answer it, however often it comes, and
// before more is waited for.
#include "compiler/build/compile.h"
#include "runtime/engine/engine.h"
#include "runtime/json/request_json.h"
#include "tests/support/decision_document.h"
#include "tests/unit/cli/place.h"

#include <algorithm>
#include <random>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::cli_tests;

namespace {

const fs::path examples = fs::path(WRIT_SOURCE_DIR) / "policies/examples";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class ByHand {
 public:
  explicit ByHand(CompiledPolicy compiled) { REQUIRE(engine_.put(std::move(compiled.parts)) == ""); }
  std::string operator()(const std::string& text) {
    std::shared_ptr<const program::Part> part;
    const auto read = read_request(text, [&](std::string_view tenant) {
      part = engine_.part(tenant);
      return part ? std::optional(std::span<const program::Attribute>(part->attributes)) : std::nullopt;
    });
    if (read.ok()) {
      engine_.bind(read.request, request_);
      return by_document(engine_.explain(request_, engine_.interpret(request_)));
    }
    Explanation unreadable;
    unreadable.effect = unreadable.would_be = Effect::deny;
    unreadable.fault = Fault::invalid_request;
    unreadable.because = Because::fault;
    unreadable.detail = read.problem;
    return by_document(unreadable);
  }

 private:
  Engine engine_;
  Request request_;
};

// The lines often and in any order, some of them damaged, each with one of the two ends that lines have.
std::vector<std::string> stream_of(const std::vector<std::string>& lines, std::mt19937& random) {
  std::vector<std::string> stream;
  for (std::size_t i = 0; i < 40 * lines.size(); ++i) {
    auto line = lines[random() % lines.size()];
    if (random() % 4 == 0) {
      const auto at = random() % line.size();
      switch (random() % 3) {
      case 0: line.erase(at, 1 + random() % 3); break;
      case 1: line[at] = static_cast<char>(random()); break;
      default: line.insert(at, line.substr(random() % line.size(), random() % 20));
      }
    }
    std::erase(line, '\n');
    if (random() % 8 == 0) line += '\r';
    if (line.find_first_not_of(" \t\r") != std::string::npos) stream.push_back(std::move(line));
  }
  return stream;
}

}  // namespace

TEST_CASE("a stream of every example is answered, byte for byte, as each line is by itself and with care") {
  const Place place;
  std::mt19937 random(20261130);
  std::size_t streams = 0;
  for (const auto& folder : fs::directory_iterator(examples)) {
    if (!fs::exists(folder.path() / "requests.jsonl")) continue;
    auto compiled = compile_policy(folder.path().string());
    if (!compiled.ok) continue;  // what it shows is an error
    INFO(folder.path());
    auto asked = lines_of(text_of(folder.path() / "requests.jsonl"));
    std::erase(asked, "");
    const auto stream = stream_of(asked, random);
    std::string text;
    for (const auto& line : stream) text += (text.empty() ? "" : "\n") + line;  // without an end behind the last
    place.write("r.jsonl", text);
    // Places are told by the path that is given, and the policy was compiled by its whole one.
    const Ran ran = place.run("writ eval --format json '" + folder.path().string() + "' r.jsonl");
    INFO(ran.err);
    CHECK(ran.code == 0);
    const auto answers = lines_of(ran.out);
    REQUIRE(answers.size() == stream.size());
    ByHand by_hand(std::move(compiled));
    std::size_t different = 0;
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const auto expected = by_hand(stream[i]);
      if (answers[i] == expected) continue;
      ++different;
      UNSCOPED_INFO(stream[i] << "\n  " << answers[i] << "\n  " << expected);
    }
    CHECK(different == 0);
    ++streams;
  }
  CHECK(streams > 3);
}

TEST_CASE("what rules past the 128th say of a request is not said of another") {
  const Place place;
  std::string many =
      "writ 1\ntenant acme {\n  connection users : database\n  client shop : spa { connections users }\n";
  for (int i = 0; i < 140; ++i) {
    const auto number = std::to_string(i);
    many += "  allow login \"rule " + number + "\" when \"" + number + "\" in user.groups\n";
  }
  place.write("p.writ", many + "}\n");
  std::string text;
  for (const char* groups : {R"(["129"])", R"(["130"])", R"(["129","3"])", R"(["139","129"])", "[]", R"(["129"])"})
    text += request(groups) + "\n";
  place.write("r.jsonl", text);
  auto compiled = compile_policy((place.path() / "p.writ").string());
  REQUIRE(compiled.ok);
  ByHand by_hand(std::move(compiled));
  const auto answers =
      lines_of(place.run("writ eval --format json " + (place.path() / "p.writ").string() + " r.jsonl").out);
  const auto asked = lines_of(text);
  REQUIRE(answers.size() == asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) CHECK(answers[i] == by_hand(asked[i]));
}

TEST_CASE("lines are found wherever blocks of the input end") {
  const Place place;
  place.write("p.writ", policy);
  const std::string good = request(R"(["staff"])");
  std::string text;
  std::size_t count = 0;
  for (std::mt19937 random(1); text.size() < 3'000'000; ++count)
    text += good + std::string(random() % 2'000, ' ') + (random() % 3 == 0 ? "\r\n\n" : "\n");
  place.write("r.jsonl", text);
  for (const char* from :
       {"r.jsonl", "- < r.jsonl", "- < <(cat r.jsonl)", "- < <(dd if=r.jsonl bs=4093 2>/dev/null)"}) {
    const Ran ran = place.run(std::string("bash -c 'writ eval --format json p.writ ") + from + "'");
    INFO(from << "\n" << ran.err);
    const auto answers = lines_of(ran.out);
    CHECK(answers.size() == count);
    CHECK(std::ranges::all_of(answers, [](const auto& one) { return one.starts_with(R"({"effect":"allow")"); }));
  }
}

TEST_CASE("who waits for an answer before asking again gets it") {
  const Place place;
  place.write("p.writ", policy);
  place.write("good.json", request(R"(["staff"])") + "\n");
  // The second request is written only when the first is answered, for at most a minute; the third is cut.
  place.write("talk.sh", R"(allowed='^allow\|^{"effect":"allow"'
rm -f asks && mkfifo asks
writ eval --format "$1" p.writ - <asks >answers &
exec 3>asks
cat good.json >&3
n=0
until grep -q "$allowed" answers || [ $n = 600 ]; do sleep 0.1; n=$((n + 1)); done
echo $n
cat good.json >&3
printf '{' >&3
exec 3>&-
wait
grep -c "$allowed" answers
)");
  for (const std::string format : {"json", "pretty"}) {
    const Ran ran = place.run("sh talk.sh " + format);
    INFO(format << "\n" << ran.out << ran.err);
    const auto said = lines_of(ran.out);
    REQUIRE(said.size() == 2);
    CHECK(said[0] != "600");
    CHECK(said[1] == "2");
  }
}
