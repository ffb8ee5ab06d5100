// A policy and questions to it, each answered by the oracle, the interpreter and machine code alike: what the lessons stand on. The names of
// these tests are what docs/reliability.md lists beside what went wrong elsewhere.
#pragma once

#include "runtime/json/request_json.h"
#include "tests/agree/run.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace writ::lessons {

inline const std::shared_ptr<CodeSource>& code() {
  static const auto source = agree::machine_code(false);
  return source;
}

class World {
 public:
  explicit World(const std::string& policy) : prepared_(agree::prepare({"writ 1\n" + policy}, code())) {
    INFO(policy.substr(0, 2'000));
    INFO(prepared_->problems);
    REQUIRE(prepared_->problems.empty());
  }
  const Engine& engine() const { return *prepared_->engine; }

  // Fails the test where the three differ.
  Explanation ask(const NamedRequest& request) const {
    const auto seen = agree::ask(*prepared_, request, false);
    const auto difference = agree::difference(*prepared_, request, seen, false);
    if (!difference.empty()) FAIL(agree::to_text(request).substr(0, 4'000) << difference);
    return seen.explanation;
  }
  Effect effect(const NamedRequest& request) const { return ask(request).effect; }
  Fault fault(const NamedRequest& request) const {
    const auto seen = ask(request);
    if (seen.fault != Fault::none) CHECK(seen.effect == Effect::deny);
    return seen.fault;
  }
  Fault attempt(const NamedRequest& request) const {
    CHECK(agree::attempt_difference(*prepared_, request) == "");
    Request bound;
    engine().bind(request, bound);
    return engine().attempt(bound).fault;
  }
  // The same question as text, the way `writ eval` reads it.
  ReadRequest read(const std::string& json) const {
    const auto attributes_of = [this](std::string_view tenant) -> std::optional<std::span<const program::Attribute>> {
      const auto part = engine().part(tenant);
      if (!part) return std::nullopt;
      return std::span<const program::Attribute>(part->attributes);
    };
    return read_request(json, attributes_of);
  }

 private:
  std::unique_ptr<agree::Case> prepared_;
};

using Facts = std::vector<std::pair<std::string, Value>>;

// The documented baseline to acme.shop via users, with other facts where given.
inline NamedRequest login(const Facts& facts = {}, Action action = Action::login) {
  NamedRequest request = baseline(action);
  request.tenant = "acme";
  request.client = "shop";
  if (action != Action::m2m && action != Action::access) request.connection = "users";
  for (const auto& [name, value] : facts) request.facts.insert_or_assign(name, value);
  return request;
}

inline std::string tenant(const std::string& body, const std::string& name = "acme") {
  return "tenant " + name + " {\n  connection users : database\n  client shop : spa { connections users }\n" + body +
         "\n}\n";
}

}  // namespace writ::lessons
