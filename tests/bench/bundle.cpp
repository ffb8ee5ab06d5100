// What bundles cost: opening and judging one of so many tenants, reading a part, laying a delta over it. The tenants are one tenant of three clients, five
// connections, two password policies and five rules, under as many names.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "runtime/bundle/builder.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/trust.h"
#include "tests/support/folder.h"

#include <benchmark/benchmark.h>

using namespace writ;
using namespace writ::bundle;

namespace {

constexpr const char* text = R"(writ 1
tenant acme "Acme" {
  password strong { length 12..; classes 3 of lower, upper, digit, symbol }
  password light { length 8.. }
  connection users : database { password strong }
  connection partners : database { password light }
  connection staff : saml { domains "acme.example" }
  connection google : google_oauth2
  connection mail : email
  client shop : spa { connections users, staff, google callbacks "https://shop.example/cb" }
  client admin : web { connections staff, mail callbacks "https://admin.example/cb" }
  client jobs : m2m
  zone lan = 10.0.0.0/8
  allow login on staff
  allow login on users when user.email_verified
  allow m2m
  deny login "office only" when client == admin and request.ip not in lan
  require mfa "fresh" when client == admin
}
)";

program::Part one() {
  Loaded loaded;
  const auto file = loaded.sources.add("acme.writ", text);
  loaded.order.push_back(&loaded.trees.emplace_back(parse(loaded.sources, file, {}, loaded.diagnostics)));
  const auto policy = check_policy(loaded.order, loaded.sources, {}, loaded.diagnostics);
  return lower_tenant(policy.tenants.at(0), loaded.sources);
}

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

BENCHMARK(open_and_judge)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(read_part)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(apply_delta_of_one)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
