// Requests for a policy, chosen by bytes. Facts get the words that the policy itself is written with, and their
// neighbours, since that is where its rules turn.
#pragma once

#include "compiler/check/check.h"
#include "runtime/program/program.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace writ::fuzz {

struct Asker {
  std::string_view policy;
  Choices choices;

  std::string word() { return choices.word_of(policy); }
  std::string email() { return word().append("@").append(word()); }  // in that order, whoever compiles it
  Value value(TypeKind type, std::int64_t low, std::int64_t high) {
    const auto near = static_cast<std::int64_t>(choices.byte() % 3) - 1;
    constexpr std::int64_t noon = 1'768'478'400'000'000, hour = 3'600'000'000;  // 2026-01-15T12:00Z
    switch (type) {
    case TypeKind::boolean: return near < 0;
    case TypeKind::string: return near < 0 ? email() : word();
    case TypeKind::ip: return parse_ip(word()).value_or(Ip{});
    case TypeKind::time: return parse_time(word()).value_or(noon + std::int64_t{choices.byte()} * hour) + near;
    case TypeKind::duration: return parse_duration(word()).value_or(hour) + near;
    case TypeKind::string_set: return near < 0 ? StringSet{} : StringSet{word(), word()};
    default: return std::clamp(std::int64_t{std::atol(word().c_str())} % 1'000'000'000 + near, low, high);
    }
  }
  NamedRequest request(const program::Part& part) {  // mostly sound: a fault is decided before any rule is looked at
    auto request =
        baseline(choices.byte() % 2 == 0 ? Action::login : static_cast<Action>(choices.byte() % action_count));
    request.tenant = part.id;
    if (part.clients.empty()) return request;
    const auto& client = part.clients[choices.byte() % part.clients.size()];
    request.client = client.id;
    if (request.action != Action::m2m && request.action != Action::access && !client.connections.empty())
      request.connection = part.connections[client.connections[choices.byte() % client.connections.size()]].id;
    if (const auto byte = choices.byte(); byte % 4 == 0 && !part.organizations.empty())
      request.organization = part.organizations[byte / 4 % part.organizations.size()].id;
    const auto give = [&](const auto& fact, const auto& values) {
      const bool known =
          ((fact.required | fact.optional) & mask_of(request.action)) != 0 && fact.type < TypeKind::tenant;
      const bool words = fact.type == TypeKind::enumeration;
      const auto last = static_cast<std::int64_t>(values.size()) - 1;
      if (known)
        request.facts[std::string(fact.name)] = value(fact.type, words ? 0 : fact.low, words ? last : fact.high);
    };
    for (const auto& own : part.attributes) give(own, own.values);
    for (unsigned n = choices.byte() % 4; n > 0; --n) {
      const auto& fact = builtin_facts[choices.byte() % builtin_facts.size()];
      give(fact, fact.values);
    }
    return request;
  }
};

}  // namespace writ::fuzz
