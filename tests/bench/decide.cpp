// What one decision costs a caller of the public C++ API, on `policies/examples/seed_multitenant`, one door at a time: a
// request that is ready, one made of names and values inside the measured time, one read from JSON, and the making alone.
// Both engines decide every request of the stream alike before anything is timed, or the run fails.
#include "runtime/json/request_reader.h"
#include "tests/bench/stream.h"

#include <benchmark/benchmark.h>

namespace {

using namespace writ;
using namespace writ::bench;

struct World {
  Policy policy;
  Stream stream;
  std::vector<std::string> lines;  // the given requests as text
  bool native = false;
};

World* world() {
  static World made;
  return &made;
}

bool prepare() {
  const std::string folder = WRIT_SOURCE_DIR "/policies/examples/seed_multitenant";
  auto& [policy, stream, lines, native] = *world();
  if (!open(folder, policy)) return false;
  std::ifstream in(folder + "/requests.jsonl");
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  generate(policy, read_seeds(folder + "/requests.jsonl", policy), stream);
  const auto seen = compare(policy, stream);
  native = seen.with_code > 0;
  fmt::print(stderr, "{} requests: {} allow, {} challenge, {} deny; decided by both engines: {}, differences: {}\n",
             stream_size, seen.effects[2], seen.effects[1], seen.effects[0], seen.with_code, seen.different);
  return seen.different == 0;
}

// One pass of the loop asks one request of the stream, in its order.
template <typename Ask>
void each(benchmark::State& state, Ask ask) {
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ask(at));
    at = (at + 1) % stream_size;
  }
  state.SetItemsProcessed(state.iterations());
}

void interpreter_ready(benchmark::State& state) {
  each(state, [](auto i) { return world()->policy.engine->interpret(world()->stream.ready[i]); });
}
void machine_code_ready(benchmark::State& state) {
  if (!world()->native) return state.SkipWithError("this build has no machine code");
  each(state, [](auto i) { return world()->policy.engine->decide(world()->stream.ready[i]); });
}
void request_from_names(benchmark::State& state) {
  Request request;
  each(state, [&](auto i) {
    world()->policy.engine->bind(world()->stream.named[i], request);
    return &request;
  });
}
void request_from_names_and_decide(benchmark::State& state) {
  Request request;
  each(state, [&](auto i) {
    world()->policy.engine->bind(world()->stream.named[i], request);
    return world()->policy.engine->decide(request);
  });
}
void request_from_json_and_decide(benchmark::State& state) {
  Request request;
  RequestReader reader(*world()->policy.engine);
  each(state, [&](auto i) {
    benchmark::DoNotOptimize(reader.read(world()->lines[i % world()->lines.size()], request));
    return world()->policy.engine->decide(request);
  });
}
void decide_and_explain(benchmark::State& state) {
  const auto& engine = *world()->policy.engine;
  each(state, [&](auto i) {
    const auto& request = world()->stream.ready[i];
    return engine.explain(request, engine.decide(request));
  });
}

// In turns, so that a slow moment of the machine meets all of them; the medians are what to read.
void in_turns(benchmark::internal::Benchmark* one) { one->Repetitions(9)->DisplayAggregatesOnly(true)->MinTime(0.2); }
BENCHMARK(interpreter_ready)->Apply(in_turns);
BENCHMARK(machine_code_ready)->Apply(in_turns);
BENCHMARK(request_from_names)->Apply(in_turns);
BENCHMARK(request_from_names_and_decide)->Apply(in_turns);
BENCHMARK(request_from_json_and_decide)->Apply(in_turns);
BENCHMARK(decide_and_explain)->Apply(in_turns);

}  // namespace

int main(int argc, char** argv) {
  std::string interleaving = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, interleaving.data());
  argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  argv = arguments.data();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (!prepare()) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
