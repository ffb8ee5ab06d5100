// Processes that are killed, disks that are full, files that are half there: afterwards the version on record is the old one or the new one, and
// the one on record can be served.
#include "tests/unit/engine/served.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::served;

namespace {

Opening recorded(const support::Folder& folder) {
  auto how = opening();
  how.state = folder("seen");
  return how;
}

// Runs `f` in a process of its own, which `f` or somebody else may kill; whether it came to its end.
template <class F>
bool survives(F&& f) {
  const auto child = ::fork();
  if (child == 0) {
    f();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

std::uint64_t on_record(const support::Folder& folder) {
  bundle::State state;
  const auto problem = state.open(folder("seen"));
  INFO(text_of(problem));
  REQUIRE(!problem);
  const auto seen = state.seen("production");
  return seen ? seen->highest : 0;
}

}  // namespace

TEST_CASE("killed at any step, what is on record is the old version or the new one") {
  const auto one = bytes_of(tenants(3, 1), manifest(1), {&key(0)});
  const auto two = bytes_of(tenants(3, 2), manifest(2), {&key(0)});
  for (const std::string at : {"judged", "tested", "ready", "recorded", "swapped", "never"}) {
    INFO(at);
    support::Folder folder;
    auto how = recorded(folder);
    {
      Engine engine;
      REQUIRE(engine.open(open(one), how).ok());
    }
    const bool survived = survives([&] {
      auto dying = how;
      dying.step = [&](std::string_view step) {
        if (step == at) ::raise(SIGKILL);
      };
      Engine engine;
      if (!engine.open(open(two), dying).ok()) ::_exit(1);
    });
    CHECK(survived == (at == "never"));
    const bool new_one = at == "recorded" || at == "swapped" || at == "never";
    CHECK(on_record(folder) == (new_one ? 2u : 1u));
    Engine engine;
    CHECK(engine.open(open(one), how).ok() == !new_one);
    REQUIRE(engine.open(open(two), how).ok());
    CHECK(allows(engine, "t1", "v2.example"));
  }
}

TEST_CASE("killed at any moment, the record is whole and no older than what was served") {
  std::vector<Bytes> versions;
  for (std::uint64_t version = 1; version <= 40; ++version)
    versions.push_back(bytes_of(tenants(2, version), manifest(version), {&key(0)}));
  support::Folder folder;
  const auto how = recorded(folder);
  std::uint64_t before = 0;
  for (int round = 0; round < 25 && before < 40; ++round) {
    int told[2];
    REQUIRE(::pipe(told) == 0);
    const auto child = ::fork();
    if (child == 0) {
      Engine engine;
      for (const auto& bytes : versions) {
        const auto done = engine.open(open(bytes), how);
        const auto version = static_cast<unsigned char>(done.version);
        if (done.ok() && ::write(told[1], &version, 1) != 1) ::_exit(1);
      }
      for (;;) ::pause();
    }
    ::close(told[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(2'000 + 997 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    unsigned char last = 0, version = 0;
    while (::read(told[0], &version, 1) == 1) last = version;
    ::close(told[0]);
    const auto now_recorded = on_record(folder);
    CHECK(now_recorded >= before);
    CHECK(now_recorded >= last);
    before = now_recorded;
    if (before == 0) continue;
    Engine engine;
    CHECK(engine.open(open(versions[before - 1]), how).ok());
  }
}

TEST_CASE("where the record cannot be written, nothing new serves") {
  support::Folder folder;
  const auto how = recorded(folder);
  {
    Engine engine;
    REQUIRE(engine.open(signed_by_us(tenants(2, 1), 1), how).ok());
  }
  const auto two = signed_by_us(tenants(2, 2), 2);
  CHECK(survives([&] {
    Engine engine;
    if (!engine.open(signed_by_us(tenants(2, 1), 1), how).ok()) ::_exit(1);
    // as on a disk that is full: no file can grow
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &none);
    const auto done = engine.open(two, how);
    if (done.problem.reason != bundle::Reason::bad_state) ::_exit(2);
    if (!allows(engine, "t1", "v1.example")) ::_exit(3);
  }));
  CHECK(on_record(folder) == 1);
  Engine engine;
  CHECK(engine.open(two, how).ok());
}

TEST_CASE("a file that is half there is refused by name, and what served serves") {
  support::Folder folder;
  Engine engine;
  REQUIRE(engine.open(signed_by_us(tenants(3, 1), 1), opening()).ok());
  const auto two = bytes_of(tenants(3, 2), manifest(2), {&key(0)});
  for (std::size_t size = 0; size < two.size(); size += 61) {
    write(folder("all.writb"), {two.begin(), two.begin() + static_cast<std::ptrdiff_t>(size)});
    const auto done = engine.open(folder("all.writb"), opening());
    INFO(size << " " << text_of(done.problem));
    REQUIRE_FALSE(done.ok());
    REQUIRE(allows(engine, "t1", "v1.example"));
  }
  write(folder("all.writb"), two);
  CHECK(engine.open(folder("all.writb"), opening()).ok());
}
