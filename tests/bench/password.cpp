// What judging one password costs a caller of the public C++ API: each group of requirements by itself, and a full policy, by
// machine code and by the interpreter. Lists are files as a service has them: the build's list of common passwords, and a
// filter of a million breached ones made for the run. What one stored hash of the history costs is told apart.
//
// Then the five levels of Auth0, side by side with Auth0's own rule engine on Node where ./dev has fetched it: rounds of both
// in turn, the median of each. Both engines, and Auth0's, judge every password alike before anything is told, or the run fails.
#include "runtime/engine/engine.h"
#include "runtime/engine/password_lists.h"
#include "runtime/password/breached_build.h"
#include "runtime/password/hashes.h"
#include "tests/bench/stream.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <numeric>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace {

using namespace writ;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::array groups = {"length", "classes", "unicode", "personal", "words", "full"};
constexpr std::array levels = {"none", "low", "fair", "good", "excellent"};
constexpr std::size_t breached_hashes = 1'000'000, rounds = 9;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("writ-bench-password-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

struct World {
  Folder folder;
  bench::Policy policy;
  std::vector<std::string> texts;
  std::vector<Secret> passwords;
  PasswordLists lists;
  std::vector<std::string_view> profile{"Ann Smith", "Annie", "+41 44 123 45 67"};
  PasswordUser user{"asmith", "ann.smith@example.com", profile};
  bool native = true;
};

World* world() {
  static World made;
  return &made;
}

// Words, digits and signs as people put them together, and one in sixteen with letters beyond ASCII. Always the same.
std::vector<std::string> made_passwords(std::size_t count) {
  constexpr std::array words = {"correct", "Horse", "battery", "staple", "summer", "Winter", "annie",
                                "shop",    "X9kq2", "qwerty",  "aaa",    "Monkey", "dragon", "letmein"};
  constexpr std::array between = {"", "", "-", " ", "!", "_", "123", "2024", "7", "$"};
  std::mt19937_64 random(20'261'130);
  std::vector<std::string> made;
  while (made.size() < count) {
    std::string one;
    for (auto n = 1 + random() % 4; n > 0; --n) {
      one += words[random() % words.size()];
      one += between[random() % between.size()];
    }
    if (random() % 16 == 0) one += "\u00fcml\u00e4ut";
    made.push_back(std::move(one));
  }
  return made;
}

std::string make_breached(const fs::path& path) {
  std::mt19937_64 random(7);
  std::vector<password::PwnedHash> list(breached_hashes);
  for (auto& one : list)
    for (auto& byte : one.hash) byte = static_cast<std::uint8_t>(random());
  std::ranges::sort(list, {}, &password::PwnedHash::hash);
  password::BreachedBuilder builder;
  if (auto problem = builder.begin(path, {.bits = 16, .incomplete = false}); !problem.empty()) return problem;
  if (auto problem = builder.add(list); !problem.empty()) return problem;
  return builder.commit();
}

PasswordRequest request_for(const char* connection) {
  PasswordRequest request;
  request.tenant = "acme";
  request.connection = connection;
  request.user = &world()->user;
  request.data = &world()->lists;
  return request;
}

bool engines_agree(const char* connection) {
  for (const auto& password : world()->passwords) {
    const auto request = request_for(connection);
    const auto slow = world()->policy.engine->interpret_password(password, request);
    const auto fast = world()->policy.engine->native_password(password, request);
    world()->native = world()->native && fast;
    if (slow.fault != PasswordFault::none || slow.missing != 0 || (fast && fast->refused != slow.refused)) return false;
  }
  return true;
}

// What is wrong, or nothing.
std::string prepare() {
  const auto breached = world()->folder.path / "breached";
  if (auto problem = make_breached(breached); !problem.empty()) return problem;
  if (auto problem = world()->lists.open(WRIT_COMMON_LIST, breached); !problem.empty()) return problem;
  if (!bench::open(WRIT_SOURCE_DIR "/tests/bench/password.writ", world()->policy)) return "the policy does not compile";
  // Each Secret has a page of its own, so many of them would measure the misses of one set of the cache: a service's password
  // has just come in.
  world()->texts = made_passwords(250);
  for (const auto& text : world()->texts) world()->passwords.emplace_back(text);
  for (const auto* name : groups)
    if (!engines_agree(name)) return std::string("the engines differ on ") + name;
  for (const auto* name : levels)
    if (!engines_agree(name)) return std::string("the engines differ on ") + name;
  return {};
}

void judge(benchmark::State& state, const char* connection, bool native) {
  if (native && !world()->native) return state.SkipWithError("this build has no machine code");
  const auto request = request_for(connection);
  std::size_t at = 0;
  for (auto _ : state) {
    const auto& password = world()->passwords[at];
    benchmark::DoNotOptimize(native ? world()->policy.engine->check_password(password, request)
                                    : world()->policy.engine->interpret_password(password, request));
    at = at + 1 < world()->passwords.size() ? at + 1 : 0;
  }
  state.SetItemsProcessed(state.iterations());
}

// What OWASP asks of a stored hash, and bcrypt as it is imported. Another password than the one that is asked for, which takes as long.
struct Stored {
  const char* name;
  std::string text;
};
std::vector<Stored> stored_hashes() {
  const std::string salt = "c2FsdHNhbHRzYWx0c2FsdA", tag(43, 'A');
  return {{"argon2id 19 MiB, 2 passes", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + tag},
          {"scrypt 128 MiB", "$scrypt$ln=17,r=8,p=1$" + salt + "$" + tag},
          {"pbkdf2-sha256 600,000", "$pbkdf2-sha256$i=600000$" + salt + "$" + tag},
          {"bcrypt 2^10", "$2b$10$" + std::string(22, 'u') + std::string(31, 'A')}};
}
void verify_stored(benchmark::State& state, const std::string& text) {
  const Secret password("correct horse battery staple");
  for (auto _ : state)
    if (password::verify(password, text).fault != password::HashFault::none) return state.SkipWithError("a fault");
}

// Nanoseconds a check of a level, by whichever engine the build serves with; and the verdicts.
double judge_level(const char* level, std::string& verdicts) {
  constexpr int times = 20;
  const auto request = request_for(level);
  const auto& engine = *world()->policy.engine;
  verdicts.clear();
  for (const auto& password : world()->passwords)
    verdicts += engine.check_password(password, request).accepted ? '1' : '0';
  const auto began = Clock::now();
  for (int i = 0; i < times; ++i)
    for (const auto& password : world()->passwords) benchmark::DoNotOptimize(engine.check_password(password, request));
  return std::chrono::duration<double, std::nano>(Clock::now() - began).count() / times /
         static_cast<double>(world()->passwords.size());
}

struct Level {
  std::vector<double> ours, theirs;
};

// One run of Auth0's engine: false when it failed or judged otherwise.
bool judge_by_peer(const std::string& line, const std::map<std::string, std::string>& verdicts,
                   std::map<std::string, Level>& measured) {
  std::FILE* const pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return false;
  std::array<char, 16> level{};
  std::array<char, 2'048> seen{};
  double nanoseconds = 0;
  std::size_t told = 0;
  bool alike = true;
  while (std::fscanf(pipe, "%15s %lf %2047s", level.data(), &nanoseconds, seen.data()) == 3) {
    const auto known = verdicts.find(level.data());
    if (known == verdicts.end() || known->second != seen.data()) {
      fmt::print(stderr, "Auth0's engine judges otherwise by the level {}\n", level.data());
      alike = false;
    }
    measured[level.data()].theirs.push_back(nanoseconds);
    ++told;
  }
  return ::pclose(pipe) == 0 && alike && told == levels.size();
}

double median(std::vector<double> list) {
  std::ranges::sort(list);
  return list[list.size() / 2];
}

// False: there was something to compare with, and it failed.
bool compare_with_peer() {
  const char* const script = std::getenv("WRIT_BENCH_AUTH0");
  if (script == nullptr) {
    fmt::print("\nAuth0's rule engine: skipped, for it needs node and npm, and ./dev to fetch it\n");
    return true;
  }
  const auto list = world()->folder.path / "passwords.jsonl";
  std::ofstream out(list);
  for (const auto& text : world()->texts) out << nlohmann::json(text).dump() << '\n';
  out.close();
  std::map<std::string, Level> measured;
  for (std::size_t i = 0; i < rounds; ++i) {
    std::map<std::string, std::string> verdicts;
    for (const auto* level : levels) measured[level].ours.push_back(judge_level(level, verdicts[level]));
    if (!judge_by_peer(fmt::format("node '{}' '{}'", script, list.string()), verdicts, measured)) return false;
  }
  fmt::print("\nAuth0's levels, {} passwords, equal verdicts, medians of {} rounds in turn\n", world()->texts.size(),
             rounds);
  fmt::print("{:<12} {:>10} {:>22} {:>8}\n", "level", "Writ, ns", "Auth0 on Node, ns", "ratio");
  for (const auto* level : levels) {
    const auto ours = median(measured[level].ours), theirs = median(measured[level].theirs);
    fmt::print("{:<12} {:>10.0f} {:>22.0f} {:>7.1f}x\n", level, ours, theirs, theirs / ours);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto problem = prepare(); !problem.empty()) {
    fmt::print(stderr, "{}\n", problem);
    return 1;
  }
  for (const auto* name : groups) {
    benchmark::RegisterBenchmark((std::string("machine_code/") + name).c_str(), judge, name, true);
    benchmark::RegisterBenchmark((std::string("interpreter/") + name).c_str(), judge, name, false);
  }
  for (const auto& one : stored_hashes())
    benchmark::RegisterBenchmark((std::string("stored/") + one.name).c_str(), verify_stored, one.text)
        ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return compare_with_peer() ? 0 : 1;
}
