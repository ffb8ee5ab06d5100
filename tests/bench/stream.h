// What the benchmarks of decisions have in common: a policy in an engine, and a stream of requests that is always the same.
//
// The stream is generated from given requests: 4,096 of them, each with its address, country, roles, factors and counters
// drawn anew from a fixed seed, so that allow, challenge, deny and faults are mixed and a branch predictor cannot learn the
// order.
#pragma once

#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"
#include "runtime/engine/engine.h"
#include "runtime/json/request_json.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace writ::bench {

constexpr std::size_t stream_size = 4'096;

struct Policy {
  Loaded loaded;
  model::Policy model;
  std::unique_ptr<Engine> engine;
};

inline bool open(const std::string& path, Policy& policy) {
  const std::string paths[] = {path};
  policy.loaded = load(paths);
  if (!policy.loaded.diagnostics.has_errors())
    policy.model = check_policy(policy.loaded.order, policy.loaded.sources, Limits{}, policy.loaded.diagnostics);
  if (policy.loaded.diagnostics.has_errors()) {
    fmt::print(stderr, "{}", render_pretty(policy.loaded.diagnostics.sorted(), policy.loaded.sources, {}));
    return false;
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : policy.model.tenants) parts.push_back(lower_tenant(tenant, policy.loaded.sources));
  std::shared_ptr<CodeSource> code;
#if WRIT_WITH_JIT
  code = make_jit();
#endif
  policy.engine = std::make_unique<Engine>(code, Tier::native);
  if (const auto refused = policy.engine->put(std::move(parts)); !refused.empty()) {
    fmt::print(stderr, "{}\n", refused);
    return false;
  }
  policy.engine->wait_for_code();
  return true;
}

inline std::vector<NamedRequest> read_seeds(const std::string& path, const Policy& policy) {
  std::vector<NamedRequest> seeds;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    auto read = read_request(line, [&](std::string_view tenant) -> std::optional<std::span<const program::Attribute>> {
      for (const auto& known : policy.model.tenants)
        if (known.structure.id == tenant) return known.structure.attributes;
      return std::nullopt;
    });
    if (read.ok()) seeds.push_back(std::move(read.request));
  }
  return seeds;
}

inline void vary(NamedRequest& request, std::mt19937_64& random) {
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  const auto set = [&](const char* name, Value value) {
    if (const auto found = request.facts.find(name); found != request.facts.end()) found->second = std::move(value);
  };
  Ip ip = *parse_ip(one_in(2) ? "203.0.113.0" : "198.51.100.0");
  ip.bytes[15] = static_cast<std::uint8_t>(random());
  set("request.ip", ip);
  set("request.country", std::string(one_in(8) ? "KP" : one_in(2) ? "DE" : "US"));
  set("user.roles", one_in(6) ? StringSet{"admin", "sales"} : StringSet{"sales"});
  set("user.email_verified", !one_in(6));
  set("attempts.by_identifier", static_cast<std::int64_t>(one_in(10) ? 10 : random() % 10));
  if (request.facts.contains("session.mfa") && one_in(3)) {
    set("session.mfa", true);
    request.facts["session.mfa_age"] = static_cast<std::int64_t>(random() % 1'800) * 1'000'000;
  }
}

struct Stream {
  std::vector<NamedRequest> named;  // the ready ones borrow their strings
  std::vector<Request> ready;
};

inline void generate(const Policy& policy, const std::vector<NamedRequest>& seeds, Stream& stream) {
  std::mt19937_64 random(20'261'124);
  stream.named.resize(stream_size);
  stream.ready.resize(stream_size);
  for (std::size_t i = 0; i < stream_size; ++i) {
    stream.named[i] = seeds[random() % seeds.size()];
    vary(stream.named[i], random);
    policy.engine->bind(stream.named[i], stream.ready[i]);
  }
}

struct Compared {
  std::array<std::size_t, 3> effects{};
  std::size_t with_code = 0, different = 0;
};

// Every decision of the one engine against the other's, byte for byte.
inline Compared compare(const Policy& policy, const Stream& stream) {
  Compared seen;
  for (const auto& request : stream.ready) {
    const auto decision = policy.engine->interpret(request);
    ++seen.effects[static_cast<std::size_t>(decision.effect)];
    if (const auto native = policy.engine->native(request)) {
      ++seen.with_code;
      seen.different += std::memcmp(&*native, &decision, sizeof decision) != 0 ? 1 : 0;
    }
  }
  return seen;
}

}  // namespace writ::bench
