// What linting costs: a set of tenants written out, and one of tenants of a template, by number of tenants, from files to findings; `check` is what of
// it is reading and checking. By wall clock.
#include "compiler/lint/lint.h"

#include "compiler/check/check.h"
#include "compiler/load/load.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace {

using namespace writ;
namespace fs = std::filesystem;

constexpr std::string_view head = R"(writ 1
platform {
  floor password baseline { length 8..64; reject common, breached, personal }
  lockout { 10 attempts per identifier and ip; block 15m }
  session { idle 2h; absolute 1d }
  require mfa "administrators" when "admin" in user.roles
}
client app : spa {
  grants authorization_code, refresh_token
  callbacks "https://app.example.com/callback"
}
client backoffice : web { callbacks "https://backoffice.example.com/callback" }
)";

std::string body(const std::string& domain, unsigned number) {
  return fmt::format(R"(  connection shoppers : database {{ password {{ length {1}.. }} }}
  connection staff : saml {{ domains {0} }}
  zone office = 198.51.{2}.0/24, 2001:db8:{2}::/48
  use app {{ connections shoppers }}
  use backoffice {{ connections staff }}
  allow login, refresh when client == app and user.email_verified
  allow login when client == backoffice
  allow signup, password_change, password_reset on shoppers
  deny login "partners by invitation" on shoppers unless "partner" in user.groups or user.logins > {2}
  deny login "office only" when client == backoffice and not request in office
  deny login "not not" when not not user.mfa_enrolled and client == backoffice and not session.mfa
)",
                     domain, 8 + number % 12, number % 256);
}

class File {
 public:
  File(unsigned tenants, bool from_template) {
    std::string name = (fs::temp_directory_path() / "writ-lint-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    std::ofstream out(path_ / "policy.writ");
    out << head;
    if (from_template) out << "template customer(domain: string) {\n" << body("domain", 7) << "}\n";
    for (unsigned i = 0; i < tenants; ++i) {
      if (from_template)
        out << fmt::format("tenant c{0} from customer(\"c{0}.example\")\n", i);
      else
        out << fmt::format("tenant c{} {{\n{}}}\n", i, body(fmt::format("\"c{}.example\"", i), i));
    }
  }
  ~File() { fs::remove_all(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

template <bool from_template, bool linting>
void tenants(benchmark::State& state) {
  const File file(static_cast<unsigned>(state.range(0)), from_template);
  const std::string paths[] = {file.path()};
  std::size_t findings = 0;
  for (auto _ : state) {
    auto loaded = load(paths);
    const auto policy = check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
    if (loaded.diagnostics.has_errors()) return state.SkipWithError("the generated policy does not check");
    if (linting) findings = lint::lint(policy, loaded.order, loaded.sources).size();
  }
  state.counters["findings"] = static_cast<double>(findings);
}

BENCHMARK(tenants<false, false>)
    ->Name("check, written out")
    ->Arg(10'000)
    ->MeasureProcessCPUTime()
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(tenants<false, true>)
    ->Name("lint, written out")
    ->Arg(1'000)
    ->Arg(10'000)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(tenants<true, true>)
    ->Name("lint, of a template")
    ->Arg(1'000)
    ->Arg(10'000)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
