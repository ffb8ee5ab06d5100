// A request's JSON is understood whole or refused by name.
#include "runtime/json/decision_json.h"
#include "runtime/json/request_json.h"
#include "runtime/json/schema_json.h"
#include "runtime/program/facts.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ;

namespace {

std::vector<program::Attribute> attributes() {
  return {{"request.risk", TypeKind::integer, 0, all_actions, 0, 100, {}},
          {"user.department", TypeKind::string, 0, all_actions, INT64_MIN, INT64_MAX, {}},
          {"user.address.city", TypeKind::string, 0, all_actions, INT64_MIN, INT64_MAX, {}},
          {"user.level", TypeKind::enumeration, 0, all_actions, INT64_MIN, INT64_MAX, {"low", "high"}}};
}

ReadRequest read(const std::string& text) {
  static const std::vector<program::Attribute> known = attributes();
  return read_request(text, [](std::string_view tenant) -> std::optional<std::span<const program::Attribute>> {
    if (tenant != "acme") return std::nullopt;
    return std::span<const program::Attribute>(known);
  });
}

// The request with `more` put behind the three names every request has.
ReadRequest with(const std::string& more) {
  return read(R"({"action":"login","tenant":"acme","client":"admin",)" + more + "}");
}

}  // namespace

TEST_CASE("a full request arrives whole") {
  const ReadRequest got = with(R"("connection":"staff","organization":"coke","grant":"refresh_token",
    "user":{"email":"ada@acme.com","email_verified":true,"groups":["a","b"],"department":"IT","address":{"city":"Ulm"},"level":"high"},
    "request":{"ip":"::ffff:10.0.0.1","time":"2026-01-15T13:00:00+01:00","asn":64512},
    "session":{"mfa":true,"mfa_age":"4m","age":90})");
  REQUIRE(got.problem == "");
  const NamedRequest& request = got.request;
  CHECK(request.action == Action::login);
  CHECK(request.connection == "staff");
  CHECK(request.organization == "coke");
  CHECK(std::get<std::int64_t>(request.facts.at("grant")) == 1);
  CHECK(std::get<StringSet>(request.facts.at("user.groups")) == StringSet{"a", "b"});
  CHECK(std::get<std::string>(request.facts.at("user.address.city")) == "Ulm");
  CHECK(std::get<std::int64_t>(request.facts.at("user.level")) == 1);
  CHECK(std::get<Ip>(request.facts.at("request.ip")) == *parse_ip("10.0.0.1"));
  CHECK(std::get<std::int64_t>(request.facts.at("request.time")) == *parse_time("2026-01-15T12:00:00Z"));
  CHECK(std::get<std::int64_t>(request.facts.at("session.mfa_age")) == 240'000'000);
  CHECK(std::get<std::int64_t>(request.facts.at("session.age")) == 90'000'000);
}

TEST_CASE("a request written is read back equal") {
  const ReadRequest got = with(R"("connection":"staff","grant":"refresh_token",
    "user":{"groups":["a"],"address":{"city":"Ulm"},"level":"low"},
    "request":{"ip":"2001:db8::1","time":"2026-01-15T12:00:00Z","risk":7},"session":{"mfa":false,"age":"1h30m"})");
  REQUIRE(got.problem == "");
  const ReadRequest again = read(to_json(got.request, attributes()));
  REQUIRE(again.problem == "");
  CHECK(again.request == got.request);
}

TEST_CASE("what is not understood is named") {
  CHECK(with(R"("user":{"departmant":"IT"})").problem ==
        "user.departmant: unknown field, did you mean user.department?");
  CHECK(with(R"("conection":"x")").problem == "conection: unknown field, did you mean connection?");
  CHECK(with(R"("user":{"address":{"zip":"1"}})").problem.starts_with("user.address.zip: unknown field"));
  CHECK(with(R"("nothing":{})").problem.starts_with("nothing: unknown field"));
  CHECK(with(R"("user":{})").problem == "");
  CHECK(with(R"("user.email":"a@b")").problem.find(R"({"user": {"email": …}})") != std::string::npos);
  CHECK(with(R"("user":"ada")").problem.starts_with("user: unknown field"));
}

TEST_CASE("what is given twice is refused, however it is nested") {
  CHECK(with(R"("user":{"email":"a@b","email":"c@d"})").problem == "user.email: given twice");
  CHECK(with(R"("user":{"email":"a@b"},"user":{"blocked":true})").problem == "user: given twice");
  CHECK(with(R"("client":"other")").problem == "client: given twice");
  CHECK(with(R"("user":{"email":"a@b","\u0065mail":"c@d"})").problem == "user.email: given twice");
}

TEST_CASE("a value of another type is named with what was seen") {
  CHECK(with(R"("user":{"blocked":"false"})").problem == "user.blocked: expected true or false, seen a string");
  CHECK(with(R"("user":{"blocked":0})").problem == "user.blocked: expected true or false, seen an integer");
  CHECK(with(R"("user":{"groups":"admin"})").problem == "user.groups: expected an array of strings, seen a string");
  CHECK(with(R"("user":{"groups":["a",1]})").problem ==
        "user.groups: expected an array of strings, and one item is not a string");
  CHECK(with(R"("user":{"groups":["a",["b"]]})").problem == "user.groups: an array inside an array");
  CHECK(with(R"("user":{"groups":[{"a":1}]})").problem == "user.groups: an object inside an array");
  CHECK(with(R"("user":{"email":null})").problem ==
        "user.email: null says nothing: to say that it is absent, leave the field out");
  CHECK(with(R"("connection":null)").problem.starts_with("connection: null"));
  CHECK(with(R"("request":{"ip":"10.0.0.999"})").problem == "request.ip: `10.0.0.999` is not an IP address");
  CHECK(with(R"("request":{"time":1700000000})").problem.starts_with("request.time: expected a time"));
  CHECK(with(R"("request":{"time":"yesterday"})")
            .problem.starts_with("request.time: `yesterday` is not an RFC 3339 time"));
  CHECK(with(R"("session":{"mfa_age":-1})").problem == "session.mfa_age: a duration is not negative");
  CHECK(with(R"("session":{"mfa_age":9223372036854775807})").problem ==
        "session.mfa_age: a duration of too many seconds");
  CHECK(with(R"("session":{"mfa_age":"4 minutes"})")
            .problem.starts_with("session.mfa_age: `4 minutes` is not a duration"));
  CHECK(with(R"("user":{"level":"medium"})").problem == "user.level: `medium` is none of low, high");
  CHECK(with(R"("grant":"implicit")").problem.starts_with("grant: `implicit` is none of authorization_code"));
}

TEST_CASE("numbers are integers of 64 bits") {
  CHECK(with(R"("request":{"risk":100})").problem == "");
  CHECK(with(R"("request":{"risk":1.0})").problem == "request.risk: 1.0 is not an integer of 64 bits");
  CHECK(with(R"("request":{"risk":1e2})").problem == "request.risk: 1e2 is not an integer of 64 bits");
  CHECK(with(R"("request":{"risk":9223372036854775807})").problem == "");
  CHECK(with(R"("request":{"risk":9223372036854775808})").problem ==
        "request.risk: 9223372036854775808 is not an integer of 64 bits");
  CHECK(with(R"("request":{"risk":123456789012345678901234567890})").problem.ends_with("is not an integer of 64 bits"));
  CHECK_FALSE(with(R"("request":{"risk":1e400})").ok());
  CHECK_FALSE(with(R"("request":{"risk":NaN})").ok());
  CHECK_FALSE(with(R"("request":{"risk":01})").ok());
}

TEST_CASE("text that is not one JSON object is refused") {
  CHECK(read("").problem.starts_with("not JSON at byte"));
  CHECK(read("[]").problem == "expected an object, seen an array");
  CHECK(read("\"x\"").problem == "expected an object");
  CHECK(read("{").problem.starts_with("not JSON at byte"));
  CHECK(read(R"({"action":"login","tenant":"acme","client":"a"} x)").problem.starts_with("not JSON at byte"));
  CHECK(read(R"({"action":"login","tenant":"acme","client":"a"}{})").problem.starts_with("not JSON at byte"));
  CHECK(read("{/* c */}").problem.starts_with("not JSON"));
  CHECK(read("\xef\xbb\xbf{}").problem == "not JSON at byte 1: a byte order mark");
  CHECK_FALSE(with("\"user\":{\"email\":\"\xff\"}").ok());
  CHECK_FALSE(with("\"user\":{\"email\":\"\xed\xa0\x80\"}").ok());
  CHECK_FALSE(with(R"("user":{"email":"\ud800"})").ok());
  CHECK(read("{}").problem == "action: missing");
  CHECK(read(R"({"action":"login"})").problem == "tenant: missing");
  CHECK(read(R"({"action":"fly","tenant":"acme","client":"a"})").problem.starts_with("action: `fly` is none of login"));
  CHECK(read(R"({"action":1,"tenant":"acme","client":"a"})").problem == "action: expected a string, seen an integer");
}

TEST_CASE("limits hold just over and not just under") {
  JsonLimits limits;
  limits.bytes = 200, limits.depth = 2, limits.set_items = 2, limits.fields = 6;
  const auto limited = [&](const std::string& more) {
    return read_request(
               R"({"action":"login","tenant":"acme","client":"a")" + more + "}",
               [](std::string_view) { return std::span<const program::Attribute>(); }, limits)
        .problem;
  };
  CHECK(limited(R"(,"user":{"groups":["a","b"]})").empty());
  CHECK(limited(R"(,"user":{"groups":["a","b","c"]})") == "user.groups: more than 2 items");
  CHECK(limited(R"(,"user":{"groups":[],"email":"e"})").empty());
  CHECK(limited(R"(,"user":{"groups":[],"email":"e","id":"i"})") == "more than 6 fields");
  CHECK(limited(R"(,"a":{"b":{"c":{}}})") == "objects nested more than 2 deep");
  CHECK(limited(std::string(200, ' ')) == "a request of more than 0 KiB");
  CHECK_FALSE(read(std::string(100'000, '[')).ok());
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "{\"a\":";
  CHECK_FALSE(read(deep).ok());
}

TEST_CASE("what follows a NUL is not overlooked") {
  const std::string good = R"({"action":"login","tenant":"acme","client":"a"})";
  REQUIRE(read(good).ok());
  using namespace std::string_literals;
  CHECK(read(good + "\0"s).problem == "not JSON at byte " + std::to_string(good.size() + 1) + ": a NUL");
  CHECK_FALSE(read(good + "\0"s + good).ok());
  CHECK_FALSE(read("\0"s + good).ok());
  CHECK_FALSE(with("\"user\":{\"id\":\"a\0b\"}"s).ok());
  CHECK(with(R"("user":{"id":"a\u0000b"})").ok());  // escaped, it is a character like any other
}

TEST_CASE("a long name is not repeated for every field inside it") {
  const auto named = [](std::size_t size) { return with("\"" + std::string(size, 'k') + "\":{\"a\":1}").problem; };
  CHECK(named(257) == "request: a field whose name has more than 256 bytes");
  CHECK(named(256).ends_with(": unknown field"));
  CHECK(named(256).size() < 300);
  CHECK(named(500'000) == "request: a field whose name has more than 256 bytes");
}

TEST_CASE("numbers past every integer, and what is nearly one, are named with the field") {
  const auto risk = [](const std::string& number) { return with("\"request\":{\"risk\":" + number + "}").problem; };
  CHECK(risk("1e400") == "request.risk: the number '1e400' is too large");
  CHECK(risk("-1e400") == "request.risk: the number '-1e400' is too large");
  CHECK(risk("18446744073709551615") == "request.risk: 18446744073709551615 is not an integer of 64 bits");
  CHECK(risk("18446744073709551616").starts_with("request.risk: 18446744073709551616 is not an integer"));
  CHECK(risk("-9223372036854775808").empty());
  CHECK(risk("-9223372036854775809").starts_with("request.risk: -9223372036854775809 is not an integer"));
  CHECK(risk("-0").empty());
  CHECK(risk("-0.0") == "request.risk: -0.0 is not an integer of 64 bits");
  CHECK(risk("1e-400").starts_with("request.risk: 1e-400 is not an integer"));
}

TEST_CASE("sets end where the language says, and cost no more than their text") {
  const auto groups = [](std::size_t count) {
    std::string text = "\"user\":{\"groups\":[";
    for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "\"g\"" : ",\"g\"";
    return with(text + "]}").problem;
  };
  CHECK(groups(max_set_items).empty());
  CHECK(groups(max_set_items + 1) == "user.groups: more than 4096 items");
  CHECK(groups(200'000) == "user.groups: more than 4096 items");
  CHECK(groups(1'000'000) == "a request of more than 1024 KiB");
}

TEST_CASE("of an unknown tenant only what is built in is judged") {
  CHECK(read(R"({"action":"login","tenant":"nobody","client":"a","user":{"favourite":1}})").ok());
  CHECK_FALSE(read(R"({"action":"login","tenant":"nobody","client":"a","user":{"blocked":1}})").ok());
}

TEST_CASE("a decision has the same keys whatever it is") {
  Explanation denied;
  denied.effect = denied.would_be = Effect::deny;
  denied.fault = Fault::invalid_request;
  denied.because = Because::fault;
  denied.detail = "bad \xff";
  Explanation allowed;
  allowed.effect = allowed.would_be = Effect::allow;
  allowed.because = Because::rules;
  allowed.session.idle = 1'800'000'000;
  allowed.reasons.push_back({"acme/allow~12345678", "", "allow login", "a.writ:3", "", "", RuleEffect::allow});
  const auto first = nlohmann::ordered_json::parse(to_json(denied)),
             second = nlohmann::ordered_json::parse(to_json(allowed));
  std::vector<std::string> keys[2];
  for (const auto& [key, value] : first.items()) keys[0].push_back(key);
  for (const auto& [key, value] : second.items()) keys[1].push_back(key);
  CHECK(keys[0] == keys[1]);
  CHECK(first["fault"] == "invalid_request");
  CHECK(second["fault"].is_null());
  CHECK(second["session"]["idle"] == "30m");
  CHECK(second["reasons"][0]["effect"] == "allow");
  CHECK(to_json(allowed).find('\n') == std::string::npos);
}

TEST_CASE("the schema of requests nests facts and names what an action requires") {
  program::Part part;
  part.id = "acme";
  part.attributes = attributes();
  part.clients.push_back({});
  part.clients[0].id = "admin";
  part.programs[0].required = {fact("user.blocked"), fact("request.ip")};
  const auto login = nlohmann::json::parse(request_schema(part, Action::login));
  CHECK(login["properties"]["user"]["properties"]["blocked"]["type"] == "boolean");
  CHECK(login["properties"]["user"]["properties"]["address"]["properties"]["city"]["type"] == "string");
  CHECK(login["properties"]["request"]["properties"]["risk"]["maximum"] == 100);
  CHECK(login["properties"]["user"]["additionalProperties"] == false);
  CHECK(login["properties"]["user"]["required"] == nlohmann::json::array({"blocked"}));
  CHECK(login["required"].size() == 6);
  const auto any = nlohmann::json::parse(request_schema(part, std::nullopt));
  CHECK(any["allOf"][0]["if"]["properties"]["action"]["const"] == "login");
  CHECK(any["properties"]["client"]["enum"][0] == "admin");
}
