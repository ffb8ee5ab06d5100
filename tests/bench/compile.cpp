// What compiling costs: parse, check and lower, by size of the text, in bytes of text for a second of processor time; the
// most memory it took, in bytes for each byte of text; and a folder of 10,000 tenants, a file each, by wall clock.
//
// The text is tenants in the manner of `policies/examples/seed_multitenant`: connections with password requirements, zones,
// rules with conditions and messages. Files hold one megabyte each, so that 64 of them are read like a real policy set.
#include "compiler/check/bodies.h"
#include "compiler/load/forget.h"
#include "compiler/lower/lower.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

namespace {

using namespace writ;
namespace fs = std::filesystem;

constexpr std::string_view head = R"(writ 1
platform {
  floor password baseline {
    length 8..64
    reject common, breached, personal
  }
  lockout { 10 attempts per identifier and ip; block 15m }
  session { idle 2h; absolute 1d }
  require mfa "administrators" when "admin" in user.roles
    message "Administrators sign in with a second factor."
}
client app : spa {
  grants authorization_code, refresh_token
  callbacks "https://app.example.com/callback"
}
client backoffice : web {
  callbacks "https://backoffice.example.com/callback"
}
)";

std::string tenant(unsigned number) {
  return fmt::format(R"(
// Customer {0}: its own users in a database, its employees through SAML.
tenant customer{0} "Customer {0}" {{
  hosts "customer{0}.example.com"
  branding {{ logo "https://cdn.example.com/{0}.svg"; colors primary "#14532d", background "#f0fdf4" }}
  features beta, reports

  connection shoppers : database {{
    password {{
      length {1}..
      classes 3 of lower, upper, digit, symbol
    }}
  }}
  connection staff : saml {{ domains "customer{0}.example" }}
  zone office = 198.51.{2}.0/24, 2001:db8:{2}::/48

  use app {{ connections shoppers }}
  use backoffice {{ connections staff }}

  allow login, refresh when client == app and user.email_verified
  allow login when client == backoffice
  allow signup, password_change, password_reset on shoppers
  deny login "partners by invitation" on shoppers unless "partner" in user.groups or user.logins > {2}
    message "Your company has not enabled this account yet."
  deny login "office only" when client == backoffice and not request in office
  deny login "reports need a second factor"
    when client == backoffice and "reports" in tenant.features and not session.mfa
}}
)",
                     number, 8 + number % 12, number % 256);
}

// Files of about a megabyte, or of one tenant each, in a folder that is taken away at the end.
class Folder {
 public:
  Folder(std::size_t bytes, unsigned tenants_a_file) {
    std::string name = (fs::temp_directory_path() / "writ-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    std::ofstream(path_ / "platform.writ") << head;
    for (unsigned number = 0; bytes_ < bytes;) {
      std::string text = "writ 1\nimport \"platform.writ\"\n";
      for (unsigned n = 0; n < tenants_a_file && bytes_ + text.size() < bytes; ++n) text += tenant(number++);
      std::ofstream(path_ / fmt::format("{:07}.writ", number)) << text;
      bytes_ += text.size();
      tenants_ = number;
    }
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path() const { return path_.string(); }
  std::size_t bytes() const { return bytes_; }
  unsigned tenants() const { return tenants_; }

 private:
  fs::path path_;
  std::size_t bytes_ = 0;
  unsigned tenants_ = 0;
};

// Linux: the resident memory now and at its highest, and the highest forgotten; in bytes.
std::size_t memory(const char* row) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(row)) return std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) * 1024;
  return 0;
}
void forget_highest_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

enum class Upto { parse, check, lower };

void compile(benchmark::State& state, const Folder& folder, Upto last) {
  const std::string paths[] = {folder.path()};
  double most = 0;
  for (auto _ : state) {
    malloc_trim(0);  // what the run before this one has freed is not this one's
    forget_highest_memory();
    const auto before = memory("VmRSS");
    auto loaded = load(paths);
    if (last != Upto::parse) {
      check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics,
                   {.body = [&](Span declaration) { forget_body(loaded, declaration); },
                    .bodies = [&](FileId file) { forget_bodies(loaded, file); },
                    .tenant =
                        [&](model::Tenant& tenant, bool) {
                          if (last == Upto::lower) benchmark::DoNotOptimize(lower_tenant(tenant, loaded.sources));
                          forget_meaning(tenant);
                        }});
    }
    if (loaded.diagnostics.has_errors()) return state.SkipWithError("the generated policy does not check");
    most = std::max(most, static_cast<double>(memory("VmHWM") - before));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(folder.bytes()));
  state.counters["memory/text"] = most / static_cast<double>(folder.bytes());
  state.counters["tenants"] = folder.tenants();
}

template <Upto last>
void megabytes(benchmark::State& state) {
  const Folder folder(static_cast<std::size_t>(state.range(0)) << 20, 700);
  compile(state, folder, last);
}
template <Upto last>
void ten_thousand_tenants(benchmark::State& state) {
  static const Folder folder(10'000 * tenant(1'234).size(), 1);
  compile(state, folder, last);
}

BENCHMARK(megabytes<Upto::parse>)->Arg(1)->Arg(16)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(megabytes<Upto::check>)
    ->RangeMultiplier(4)
    ->Range(1, 64)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(megabytes<Upto::lower>)->Arg(1)->Arg(16)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ten_thousand_tenants<Upto::check>)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ten_thousand_tenants<Upto::lower>)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
