// Requests made to be misread, in a stream between good ones: each is one named fault, none stops or changes its neighbours.
#include "tests/unit/cli/place.h"

#include <sstream>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

const std::string head = R"({"action":"login","tenant":"acme","client":"shop","connection":"users","user":{)";
std::string user(const std::string& fields) { return head + fields + "}}"; }
std::string groups(std::size_t count) {
  return user("\"blocked\":false,\"groups\":[" + repeated("\"g\",", count - 1) + "\"staff\"]");
}

struct Hostile {
  std::string line, detail;  // part of what is said of it
};

const std::vector<Hostile> lines = {
    {repeated("{\"a\":", 100'000), "objects nested more than 16 deep"},
    {repeated("[", 500'000), "expected an object, seen an array"},
    {user(R"("blocked":false,"groups":)" + repeated("[", 100'000)), "user.groups: an array inside an array"},
    {user(R"("blocked":false,"groups":["staff"],"groups":[])"), "user.groups: given twice"},
    {user(R"("blocked":true,"groups":["staff"],"\u0062locked":false)"), "user.blocked: given twice"},
    {user(R"("blocked":true)") + "  ", "user.groups"},
    {R"({"user":{"blocked":true},)" + user(R"("blocked":false,"groups":["staff"])").substr(1), "user: given twice"},
    {user(R"("blocked":false,"groups":["staff"],"logins":1e400)"), "user.logins: the number '1e400' is too large"},
    {user(R"("blocked":false,"groups":["staff"],"logins":-1e400)"), "user.logins: the number '-1e400' is too large"},
    {user(R"("blocked":false,"groups":["staff"],"logins":9223372036854775808)"), "is not an integer of 64 bits"},
    {user(R"("blocked":false,"groups":["staff"],"logins":99999999999999999999)"), "is not an integer of 64 bits"},
    {user(R"("blocked":false,"groups":["staff"],"logins":1.5)"), "is not an integer of 64 bits"},
    {user(R"("blocked":false,"groups":["staff"],"logins":9223372036854775807)"), "user.logins"},
    {user(R"("blocked":false,"groups":["staff"],"logins":-1)"), "user.logins"},
    {user(R"("blocked":false,"groups":["staff"],"logins":NaN)"), "not JSON"},
    {user("\"blocked\":false,\"groups\":[\"staff\",\"\xff\"]"), "not JSON"},
    {user("\"blocked\":false,\"groups\":[\"staff\"],\"id\":\"\xed\xa0\x80\""), "not JSON"},
    {user(R"("blocked":false,"groups":["staff"],"id":"\ud800")"), "not JSON"},
    {groups(4'097), "user.groups: more than 4096 items"},
    {groups(200'000), "user.groups: more than 4096 items"},
    {groups(1'000'000), "longer than a request may be"},
    {user(R"("blocked":false,"groups":["staff"],"id":")" + std::string(4'097, 'x') + "\""), "user.id"},
    {user(R"("blocked":false,"group":["staff"])"), "user.group: unknown field, did you mean user.groups?"},
    {user(R"("blocked":false,"groups":["staff"],"":1)"), "a field without a name"},
    {user(R"("blocked":false,"groups":["staff"],"a.b":1)"), "unknown field"},
    {user(R"("blocked":false,"groups":["staff"],")" + std::string(300'000, 'k') + "\":1"), "more than 256 bytes"},
    {user(R"("blocked":false,"groups":["staff"],"x":{)" + repeated("\"k\":1,", 10'000) + "\"k\":1}"),
     "more than 4096 fields"},
    {user(R"("blocked":null,"groups":["staff"])"), "user.blocked: null says nothing"},
    {user(R"("blocked":"false","groups":["staff"])"), "user.blocked: expected true or false, seen a string"},
    {user(R"("blocked":false,"groups":"staff")"), "user.groups: expected an array of strings"},
    {user(R"("blocked":false,"groups":["staff",1])"), "one item is not a string"},
    {user(R"("blocked":false,"groups":["staff"])") + " x", "not JSON"},
    {user(R"("blocked":false,"groups":["staff"])") + user(R"("blocked":false,"groups":["staff"])"), "not JSON"},
    {user(R"("blocked":false,"groups":["staff"],)"), "not JSON"},
    {user(R"("blocked":false,"groups":["staff"] /* staff */)"), "not JSON"},
    {user(R"("blocked":false,"groups":["staff"])").substr(0, 90), "not JSON"},
    {"\xef\xbb\xbf" + user(R"("blocked":false,"groups":["staff"])"), "byte order mark"},
    {user(R"("blocked":false,"groups":["staff"])") + std::string(1, '\0'), "a NUL"},
    {"{}", "action: missing"},
    {"null", "expected an object"},
    {"7", "expected an object"},
    {"\"", "not JSON"},
};

std::vector<nlohmann::json> decisions_of(const std::string& out) {
  std::vector<nlohmann::json> list;
  std::istringstream text(out);
  for (std::string line; std::getline(text, line);) list.push_back(nlohmann::json::parse(line));
  return list;
}

// Both engines where there are two.
std::string engine(const Place& place) {
  return place.run("writ eval --engine both p.writ good.json").code == 0 ? " --engine both " : " ";
}

}  // namespace

TEST_CASE("hostile lines of a stream are faults that say what is wrong, and the others are decided") {
  const Place place;
  place.write("p.writ", policy);
  place.write("good.json", request(R"(["staff"])"));
  std::string stream = request("[]") + "\r\n";
  for (const auto& one : lines) stream += one.line + "\n" + request(R"(["staff"])") + "\n";
  place.write("r.jsonl", stream);
  const Ran ran = place.run("writ eval --format json" + engine(place) + "p.writ r.jsonl");
  INFO(ran.err);
  CHECK(ran.code == 0);
  const auto decisions = decisions_of(ran.out);
  REQUIRE(decisions.size() == 1 + 2 * lines.size());
  CHECK(decisions[0]["because"] == "no_allow");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& bad = decisions[1 + 2 * i];
    INFO(lines[i].line.substr(0, 200) << "\n" << bad.dump());
    CHECK(bad["effect"] == "deny");
    CHECK(bad["would_be"] == "deny");
    CHECK(bad["fault"] == "invalid_request");
    CHECK(bad["detail"].get<std::string>().find(lines[i].detail) != std::string::npos);
    CHECK(bad["detail"].get<std::string>().size() < 500);
    CHECK(decisions[2 + 2 * i]["effect"] == "allow");
  }
  CHECK(place.run("writ eval --exit-decision p.writ r.jsonl").code == 6);
}

TEST_CASE("a line cut anywhere is a fault of its own, the first one too") {
  const Place place;
  place.write("p.writ", policy);
  const std::string good = request(R"(["staff"])");
  std::string stream;
  for (std::size_t cut = 1; cut < good.size(); ++cut) stream += good.substr(0, cut) + "\n" + good + "\n";
  place.write("r.jsonl", stream);
  for (const char* from : {"r.jsonl", "- < r.jsonl"}) {
    const auto decisions = decisions_of(place.run(std::string("writ eval --format json p.writ ") + from).out);
    REQUIRE(decisions.size() == 2 * (good.size() - 1));
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      INFO(i);
      CHECK(decisions[i]["effect"] == (i % 2 == 0 ? "deny" : "allow"));
      CHECK(decisions[i]["fault"] == (i % 2 == 0 ? nlohmann::json("invalid_request") : nlohmann::json()));
    }
  }
  // Whatever the first line is, behind it lines are lines: nothing is swallowed by what was never closed.
  for (const std::size_t cut : {std::size_t{2}, std::size_t{30}, good.size() - 1}) {
    place.write("first.txt", good.substr(0, cut) + "\n" + good + "\n" + good + "\n");
    const auto decisions = decisions_of(place.run("writ eval --format json p.writ - < first.txt").out);
    REQUIRE(decisions.size() == 3);
    CHECK(decisions[0]["fault"] == "invalid_request");
    CHECK(decisions[1]["effect"] == "allow");
    CHECK(decisions[2]["effect"] == "allow");
  }
  // One object over several lines stays one, with its inner objects on lines of their own.
  place.write("one.json",
              "{\"action\":\"login\",\"tenant\":\"acme\",\"client\":\"shop\",\"connection\":\"users\",\n\"user\":\n"
              "{\"blocked\":false,\n\"groups\":[\"staff\"]}}\n");
  CHECK(place.run("writ eval --exit-decision p.writ one.json").code == 0);
  place.write("two.json",
              "{\"user\":\n{\"blocked\":false,\"groups\":[\"staff\"]},\n\"action\":\"login\",\"tenant\":\"acme\",\n"
              "\"client\":\"shop\",\"connection\":\"users\"}\n");
  CHECK(place.run("writ eval --exit-decision p.writ two.json").code == 0);
}

TEST_CASE("what a request carries reaches no terminal as a command to it") {
  const Place place;
  place.write("p.writ", policy);
  for (const std::string nasty : {"\\u001b[2J", "\\u0007", "\\u202e", "\\u0000", "\\r", "\\n"}) {
    place.write("r.json", R"({"action":"login","tenant":"acme)" + nasty +
                              R"(","client":"shop","connection":"users","user":{"id":")" + nasty + "\"}}");
    for (const char* verb : {"eval", "explain"}) {
      const Ran ran = place.run(std::string("writ ") + verb + " p.writ r.json");
      CHECK(ran.out.find_first_of(std::string("\x1b\x07\r\0", 4)) == std::string::npos);
      CHECK(ran.out.find("\xe2\x80\xae") == std::string::npos);
    }
    CHECK(decisions_of(place.run("writ eval --format json p.writ r.json").out).size() == 1);
  }
}
