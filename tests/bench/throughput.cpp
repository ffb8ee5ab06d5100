// How many decisions a second, by the interpreter and by machine code, on one core: `bench_throughput POLICY REQUESTS.jsonl [SECONDS]`.
//
// The stream is generated from the given requests: 4,096 of them, each with its address, country, roles, factors and counters drawn anew
// from a fixed seed, so that allow, challenge, deny and faults are mixed and a branch predictor cannot learn the order. Both engines are
// asked the same stream, every decision of the one is compared with the other's before anything is timed, and a difference ends the run.
// Times are of whole decisions (faults, rules, combining): by the interpreter, by `Engine::decide` with machine code, both with the
// request ready; and by `Engine::decide` from strings, with every look-up of a name inside.
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
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace writ;
using Clock = std::chrono::steady_clock;

constexpr std::size_t stream_size = 4'096;

struct Policy {
  Loaded loaded;
  model::Policy model;
  std::unique_ptr<Engine> engine;
};

bool open(const std::string& path, Policy& policy) {
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

std::vector<NamedRequest> read_seeds(const std::string& path, const Policy& policy) {
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

void vary(NamedRequest& request, std::mt19937_64& random) {
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

// Runs `ask` over the whole stream until `seconds` are over; decisions a second.
template <typename Ask>
double rate(double seconds, Ask ask) {
  std::size_t asked = 0;
  const auto start = Clock::now();
  for (;;) {
    for (std::size_t i = 0; i < stream_size; ++i) ask(i);
    asked += stream_size;
    const std::chrono::duration<double> spent = Clock::now() - start;
    if (spent.count() >= seconds) return static_cast<double>(asked) / spent.count();
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print_row(const char* what, const std::vector<double>& rates) {
  const auto middle = median(rates);
  fmt::print("  {:<44} {:>7.2f} million/s  {:>6.0f} ns each\n", what, middle / 1e6, 1e9 / middle);
}

struct Stream {
  std::vector<NamedRequest> named;  // the ready ones borrow their strings
  std::vector<Request> ready;
};

void generate(const Policy& policy, const std::vector<NamedRequest>& seeds, Stream& stream) {
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
Compared compare(const Policy& policy, const Stream& stream) {
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

// The ways in turn, several times over, so that a slow moment of the machine meets all of them; the medians are printed.
int measure(const Policy& policy, const Stream& stream, bool with_code, double seconds) {
  constexpr int rounds = 5, ways = 3;
  const double share = seconds / (ways * rounds);
  const Engine& engine = *policy.engine;
  std::vector<double> interpreted, decided, named;
  Request scratch;
  unsigned sink = 0;
  const auto take = [&sink](const Decision& decision) { sink += static_cast<unsigned>(decision.effect) + 1; };
  for (int round = 0; round < rounds; ++round) {
    interpreted.push_back(rate(share, [&](auto i) { take(engine.interpret(stream.ready[i])); }));
    decided.push_back(rate(share, [&](auto i) { take(engine.decide(stream.ready[i])); }));
    named.push_back(rate(share, [&](auto i) {
      engine.bind(stream.named[i], scratch);
      take(engine.decide(scratch));
    }));
  }
  print_row("interpreter", interpreted);
  print_row(with_code ? "machine code" : "decide (this build has no machine code)", decided);
  print_row(with_code ? "machine code, names looked up as well" : "decide, names looked up as well", named);
  return sink == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 3 ? std::strtod(argv[3], nullptr) : 3.0;
  if (argc < 3 || argc > 4 || !(seconds > 0)) {
    fmt::print(stderr, "usage: bench_throughput POLICY REQUESTS.jsonl [SECONDS]\n");
    return 2;
  }
  Policy policy;
  if (!open(argv[1], policy)) return 3;
  const auto seeds = read_seeds(argv[2], policy);
  if (seeds.empty()) {
    fmt::print(stderr, "{}: no request that can be read\n", argv[2]);
    return 2;
  }
  Stream stream;
  generate(policy, seeds, stream);
  const Compared seen = compare(policy, stream);
  fmt::print("{} requests, drawn from {} kinds: {} allow, {} challenge, {} deny\n", stream_size, seeds.size(),
             seen.effects[2], seen.effects[1], seen.effects[0]);
  if (seen.with_code > 0)
    fmt::print("{} decided by interpreter and machine code: {} differences\n", seen.with_code, seen.different);
  if (seen.different != 0) return 1;
  return measure(policy, stream, seen.with_code > 0, seconds);
}
