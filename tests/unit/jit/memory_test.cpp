// Hardened processes: each case runs in a child that takes executable memory away from itself, before the source is made or after.
#include "runtime/jit/jit.h"
#include "runtime/jit/memory.h"
#include "tests/unit/jit/world.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <functional>

#include <catch2/catch.hpp>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::test;

// GCC's, there in preset coverage only.
extern "C" [[gnu::weak]] void __gcov_dump();

namespace {

constexpr int set_mdwe = 65, refuse_exec_gain = 1,
              unsupported = 77;  // PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN (Linux 6.3)

// The exit status of a child that runs `body`; a signal is -1. In preset coverage, what the child reached counts too.
int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    const int status = body();
    if (__gcov_dump != nullptr) __gcov_dump();
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool harden() { return prctl(set_mdwe, refuse_exec_gain, 0, 0, 0) == 0; }

// Of all threads: neither mprotect to executable nor memfd_create, as systemd's MemoryDenyWriteExecute and SystemCallFilter=~memfd_create do it.
bool filter_both() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  const sock_fprog program = {sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

// 0: `source` compiles a shape and its code is right.
int compiles(Jit& source, std::uint64_t seed) {
  Random random(seed);
  const auto maker = random_shape(random, 60);
  const auto shape = maker.shape();
  source.want(shape);
  source.wait_idle();
  const auto code = source.find(program::key_of(*shape));
  if (!code) return 10;
  for (int i = 0; i < 50; ++i) {
    const auto facts = random_facts(random);
    if (Bound(maker.constants(), facts).run(code->entry, *shape) != expected(*shape, maker.constants(), facts))
      return 11;
  }
  return 0;
}

// 0: `source` refuses in one sentence, and nothing else happens.
int refuses(Jit& source) {
  Random random(1);
  const auto shape = shape_of(Op::eq_int, random).shape();
  source.want(shape);
  source.wait_idle();
  if (source.find(program::key_of(*shape))) return 20;
  const auto sentence = source.refusal();
  return sentence.find("refuses executable memory") != std::string::npos && sentence.find('\n') == std::string::npos
             ? 0
             : 21;
}

}  // namespace

TEST_CASE("memory is never writable and executable") {
  std::string error;
  for (const auto memory : {jit::Memory::protect, jit::Memory::dual}) {
    auto region = jit::Region::map(memory, 2 * jit::page_size(), error);
    REQUIRE(region);
    region->working()[0] = 'x';
    const std::array segments = {jit::Region::Segment{0, jit::page_size(), true},
                                 jit::Region::Segment{jit::page_size(), jit::page_size(), false}};
    REQUIRE(region->seal(segments, error));
    CHECK(region->runnable()[0] == 'x');
    std::FILE* const maps = std::fopen("/proc/self/maps", "r");
    REQUIRE(maps);
    char line[512];
    bool both = false;
    while (std::fgets(line, sizeof line, maps)) both |= std::string_view(line).find(" rwx") != std::string_view::npos;
    std::fclose(maps);
    CHECK_FALSE(both);
  }
}

TEST_CASE("under PR_SET_MDWE code is mapped twice") {
  const int status = in_child([] {
    if (!harden()) return unsupported;
    const auto source = make_jit();
    if (source->status().memory != JitStatus::Memory::dual) return 1;
    return compiles(*source, 1);
  });
  if (status == unsupported)
    WARN("this kernel has no PR_SET_MDWE (Linux 6.3): not tested");
  else
    CHECK(status == 0);
}

TEST_CASE("a host that hardens itself later keeps its code and gets more") {
  const int status = in_child([] {
    const auto source = make_jit();
    if (source->status().memory != JitStatus::Memory::protect) return 1;
    if (const int failed = compiles(*source, 1)) return failed;
    if (!harden()) return unsupported;
    if (const int failed = compiles(*source, 2)) return failed;
    return source->status().memory == JitStatus::Memory::dual ? 0 : 2;
  });
  if (status == unsupported)
    WARN("this kernel has no PR_SET_MDWE (Linux 6.3): not tested");
  else
    CHECK(status == 0);
}

TEST_CASE("where both ways are refused the source says so and never has code") {
  CHECK(in_child([] {
          if (!filter_both()) return 1;
          const auto source = make_jit();
          if (source->status().memory != JitStatus::Memory::none) return 2;
          return refuses(*source);
        }) == 0);
}

TEST_CASE("where both ways are refused later the source says so then, and what it has goes on running") {
  CHECK(in_child([] {
          const auto source = make_jit();
          Random random(5);
          const auto maker = shape_of(Op::eq_string, random);
          const auto shape = maker.shape();
          source->want(shape);
          source->wait_idle();
          if (!filter_both()) return 1;
          if (const int failed = refuses(*source)) return failed;
          const auto code = source->find(program::key_of(*shape));
          if (!code) return 3;
          const auto facts = random_facts(random);
          return Bound(maker.constants(), facts).run(code->entry, *shape) == expected(*shape, maker.constants(), facts)
                     ? 0
                     : 4;
        }) == 0);
}
