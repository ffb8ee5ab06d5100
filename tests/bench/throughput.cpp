// How many decisions a second, by the interpreter and by machine code, on one core:
// `bench_throughput [POLICY REQUESTS.jsonl [SECONDS]]`, the example platform where none is named.
//
// The stream is generated from the given requests: 4,096 of them, each with its address, country, roles, factors and counters drawn anew
// from a fixed seed, so that allow, challenge, deny and faults are mixed and a branch predictor cannot learn the order. Both engines are
// asked the same stream, every decision of the one is compared with the other's before anything is timed, and a difference ends the run.
// Times are of whole decisions (faults, rules, combining): by the interpreter, by `Engine::decide` with machine code, both with the
// request ready; and by `Engine::decide` from strings, with every look-up of a name inside.
#include "tests/bench/stream.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace writ;
using namespace writ::bench;
using Clock = std::chrono::steady_clock;

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
  const std::string demo = WRIT_SOURCE_DIR "/policies/examples/demo_platform";
  const std::string path = argc > 2 ? argv[1] : demo, requests = argc > 2 ? argv[2] : demo + "/requests.jsonl";
  const double seconds = argc > 3 ? std::strtod(argv[3], nullptr) : 3.0;
  if (argc == 2 || argc > 4 || !(seconds > 0)) {
    fmt::print(stderr, "usage: bench_throughput [POLICY REQUESTS.jsonl [SECONDS]]\n");
    return 2;
  }
  Policy policy;
  if (!open(path, policy)) return 3;
  const auto seeds = read_seeds(requests, policy);
  if (seeds.empty()) {
    fmt::print(stderr, "{}: no request that can be read\n", requests);
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
