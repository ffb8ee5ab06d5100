// What goes into a bundle comes out of it: every example, and every golden's policy that checks.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "tests/golden/golden.h"
#include "tests/support/round_trip.h"

using namespace writ;

namespace {

struct Seen {
  std::size_t policies = 0, parts = 0;
};

void try_one(const std::string& path, Seen& seen) {
  auto loaded = load({&path, 1});
  if (loaded.diagnostics.has_errors()) return;
  const auto policy = check_policy(loaded.order, loaded.sources, {}, loaded.diagnostics);
  if (loaded.diagnostics.has_errors()) return;
  ++seen.policies;
  seen.parts += support::round_trip(support::lowered(policy, loaded.sources));
}

}  // namespace

TEST_CASE("every example goes into a bundle and comes out the same") {
  Seen seen;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(WRIT_SOURCE_DIR) / "policies/examples")) {
    INFO(entry.path());
    try_one(entry.path().string(), seen);
  }
  CHECK(seen.policies >= 10);
}

TEST_CASE("every golden's policy goes into a bundle and comes out the same") {
  Seen seen;
  for (const auto& path : golden::all()) {
    const golden::Folder folder(golden::read(path));
    INFO(path);
    try_one(folder.path().string(), seen);
  }
  CHECK(seen.policies > 100);
  CHECK(seen.parts > seen.policies);
}
