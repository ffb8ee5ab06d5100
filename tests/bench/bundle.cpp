// What bundles cost: opening and judging one of so many tenants, reading a part, laying a delta over it. The tenants are one tenant of three clients, five
// connections, two password policies and five rules, under as many names. And building: from source, half of the tenants of a template and half written
// out, a hundred in a file; whole, and after an edit of one.
#include "compiler/build/build.h"
#include "runtime/bundle/builder.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/trust.h"
#include "tests/bench/acme.h"
#include "tests/support/folder.h"

#include <benchmark/benchmark.h>

using namespace writ;
using namespace writ::bundle;
using bench::body;
using bench::one;

namespace {

const PrivateKey& key() {
  static const PrivateKey made = PrivateKey::generate(Algorithm::ed25519).value();
  return made;
}

// `changed`: how many of the tenants have another title.
void write_to(const std::string& path, std::size_t tenants, std::size_t changed, std::uint64_t version) {
  static const program::Part first = one();
  Builder builder;
  auto part = first;
  for (std::size_t i = 0; i < tenants; ++i) {
    part.id = "tenant_" + std::to_string(i);
    part.title = i < changed ? "Changed" : "Acme";
    builder.add(part);
  }
  Manifest manifest;
  manifest.version = version;
  write_file(path, builder.pieces(manifest), [](const Digest& root, std::vector<Signature>& signatures) {
    signatures.push_back(key().sign(bundle_message(root)).value());
    return Problem{};
  });
}

struct World {
  support::Folder folder;
  Trust trust;
  std::shared_ptr<const Bundle> before, after;
  explicit World(std::size_t tenants) {
    Problem problem;
    write_to(folder("before"), tenants, 0, 1);
    write_to(folder("after"), tenants, 1, 2);
    before = Bundle::open(folder("before"), problem);
    after = Bundle::open(folder("after"), problem);
    trust.keys.push_back({key().public_key(), {}});
  }
};
World& world(std::int64_t tenants) {
  static std::map<std::int64_t, std::unique_ptr<World>> all;
  auto& found = all[tenants];
  if (!found) found = std::make_unique<World>(static_cast<std::size_t>(tenants));
  return *found;
}

void open_and_judge(benchmark::State& state) {
  auto& place = world(state.range(0));
  for (auto _ : state) {
    Problem problem;
    const auto opened = Bundle::open(place.folder("before"), problem);
    if (!opened || judge(*opened, place.trust, 0)) return state.SkipWithError("refused");
  }
  state.counters["bytes/tenant"] =
      static_cast<double>(place.before->bytes().size()) / static_cast<double>(state.range(0));
  state.counters["hot/tenant"] = place.before->row(0).hot_size;
}

void read_part(benchmark::State& state) {
  const auto& opened = *world(state.range(0)).before;
  std::size_t i = 0;
  for (auto _ : state) {
    program::Part part;
    if (opened.part(i++ * 7'919 % opened.size(), part)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(part);
  }
}

void apply_delta_of_one(benchmark::State& state) {
  auto& place = world(state.range(0));
  const auto delta = make_delta(*place.before, *place.after);
  for (auto _ : state) {
    Problem problem;
    if (!apply(*place.before, delta, problem)) return state.SkipWithError("refused");
  }
  state.counters["delta_bytes"] = static_cast<double>(delta.size());
}

// The sources of so many tenants; and their bundle, once it was made.
struct Sources {
  support::Folder folder;
  std::shared_ptr<const Bundle> known;
  explicit Sources(std::size_t tenants) {
    folder.write("platform.writ", std::string("writ 1\ntemplate customer(number: int)") + body);
    for (std::size_t i = 0; i < tenants; i += 100) write(i, "");
  }
  void write(std::size_t first, const std::string& title) const {
    std::string all = "writ 1\nimport \"platform.writ\"\n";
    for (auto i = first; i < first + 100; ++i) {
      const auto name = "tenant t" + std::to_string(i) + " \"" + (i == first ? title : "") + "\"";
      all += i % 2 == 0 ? name + " from customer(1)\n" : name + body;
    }
    folder.write("f" + std::to_string(first) + ".writ", all);
  }
};
Sources& sources(std::int64_t tenants) {
  static std::map<std::int64_t, std::unique_ptr<Sources>> all;
  auto& found = all[tenants];
  if (!found) found = std::make_unique<Sources>(static_cast<std::size_t>(tenants));
  return *found;
}

// From files to a file, by wall clock.
bool build_to(Sources& place, const char* name, const std::shared_ptr<const Bundle>& known) {
  BuildOptions options;
  options.known = known;
  const auto built = build_policy(place.folder.path().string(), options);
  if (!built.ok()) return false;
  Manifest manifest;
  manifest.interface = built.interface;
  return !write_file(place.folder(name), built.builder->pieces(manifest),
                     [](const Digest&, std::vector<Signature>&) { return Problem{}; });
}

void build_whole(benchmark::State& state) {
  auto& place = sources(state.range(0));
  for (auto _ : state)
    if (!build_to(place, "all.writb", nullptr)) return state.SkipWithError("it does not build");
  Problem problem;
  place.known = Bundle::open(place.folder("all.writb"), problem);
}

void build_after_one_edit(benchmark::State& state) {
  auto& place = sources(state.range(0));
  std::size_t edit = 0;
  for (auto _ : state) {
    state.PauseTiming();
    place.write(100, "edit " + std::to_string(++edit));
    state.ResumeTiming();
    if (!build_to(place, "again.writb", place.known)) return state.SkipWithError("it does not build");
  }
}

BENCHMARK(build_whole)
    ->Arg(1'000)
    ->Arg(100'000)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(build_after_one_edit)
    ->Arg(1'000)
    ->Arg(100'000)
    ->Iterations(3)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(open_and_judge)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(read_part)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(apply_delta_of_one)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
