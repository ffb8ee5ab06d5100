// What judging one password costs a caller of the public C++ API: each group of requirements by itself, and a full policy, by
// machine code and by the interpreter. The lists are in memory and small here; what real ones cost is measured with them.
// Both engines judge every password alike before anything is timed, or the run fails.
#include "runtime/engine/engine.h"
#include "tests/bench/stream.h"

#include <array>
#include <unordered_set>

#include <benchmark/benchmark.h>

namespace {

using namespace writ;

constexpr std::array connections = {"length", "auth0_excellent", "classes", "unicode", "personal", "words", "full"};

class Lists : public PasswordData {
 public:
  std::optional<std::int64_t> common_listed() const noexcept override { return std::ssize(words_); }
  std::optional<std::int64_t> common_rank(std::string_view password) const noexcept override {
    return words_.contains(password) ? 1 : unlisted;
  }
  std::optional<bool> breached(std::string_view password) const noexcept override { return words_.contains(password); }

 private:
  std::unordered_set<std::string_view> words_{"password", "123456", "qwerty",   "letmein", "dragon",
                                              "monkey",   "abc123", "iloveyou", "admin",   "welcome"};
};

struct World {
  bench::Policy policy;
  std::vector<Secret> passwords;
  Lists lists;
  std::vector<std::string_view> profile{"Ann Smith", "Annie", "+41 44 123 45 67"};
  PasswordUser user{"asmith", "ann.smith@example.com", profile};
  bool native = true;
};

World* world() {
  static World made;
  return &made;
}

PasswordRequest request_for(const char* connection) {
  PasswordRequest request;
  request.tenant = "acme";
  request.connection = connection;
  request.user = &world()->user;
  request.data = &world()->lists;
  return request;
}

bool prepare() {
  if (!bench::open(WRIT_SOURCE_DIR "/tests/bench/password.writ", world()->policy)) return false;
  for (const auto* password : {"correct horse battery staple", "Tr0ub4dor&3", "P@ssw0rd", "hunter2", "annsmith1990",
                               "\u00fcml\u00e4ut Stra\u00dfe 9", "x9$Kq2!mZ7#pL4", "aaaaaaaa", "Summer2024!", "123456"})
    world()->passwords.emplace_back(password);
  for (const auto* name : connections)
    for (const auto& password : world()->passwords) {
      const auto request = request_for(name);
      const auto slow = world()->policy.engine->interpret_password(password, request);
      const auto fast = world()->policy.engine->native_password(password, request);
      world()->native = world()->native && fast;
      if (slow.fault != PasswordFault::none || (fast && fast->refused != slow.refused)) return false;
    }
  return true;
}

void judge(benchmark::State& state, const char* connection, bool native) {
  if (native && !world()->native) return state.SkipWithError("this build has no machine code");
  const auto request = request_for(connection);
  std::size_t at = 0;
  for (auto _ : state) {
    const auto& password = world()->passwords[at];
    benchmark::DoNotOptimize(native ? world()->policy.engine->check_password(password, request)
                                    : world()->policy.engine->interpret_password(password, request));
    at = (at + 1) % world()->passwords.size();
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

int main(int argc, char** argv) {
  if (!prepare()) {
    fmt::print(stderr, "the engines differ, or the policy does not compile\n");
    return 1;
  }
  for (const auto* name : connections) {
    benchmark::RegisterBenchmark((std::string("machine_code/") + name).c_str(), judge, name, true);
    benchmark::RegisterBenchmark((std::string("interpreter/") + name).c_str(), judge, name, false);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
