// What lists of breached passwords cost: building an index and the filters from a text in the real format, their size, the memory
// that building takes, and a look-up by each. For 1, 3 and 10 million hashes, so that what a billion costs is a slope and not
// a guess; `WRIT_BENCH_HASHES=N` makes it N.
//
// Each build runs in a process of its own, which tells the most memory that it had. A look-up is measured with lists that are in
// memory, for passwords that are in them and others, one after the other by one core.
#include "runtime/password/breached.h"

#include "runtime/password/breached_build.h"
#include "runtime/password/pwned.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace {

using namespace writ::password;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

void must(const std::string& problem) {
  if (problem.empty()) return;
  fmt::print(stderr, "{}\n", problem);
  std::exit(1);
}

// Hashes as SHA-1 spreads them, ascending. Look-ups ask for the hash itself: how passwords are hashed is measured apart.
std::vector<Sha1> made_hashes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Sha1> list(count);
  for (Sha1& hash : list)
    for (std::uint8_t& byte : hash) byte = static_cast<std::uint8_t>(random());
  std::ranges::sort(list);
  return list;
}

std::uint64_t write_text(const std::vector<Sha1>& list, const fs::path& path) {
  std::ofstream out(path, std::ios::binary);
  fmt::memory_buffer text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (const std::uint8_t byte : list[i]) fmt::format_to(std::back_inserter(text), "{:02X}", byte);
    fmt::format_to(std::back_inserter(text), ":{}\r\n", i % 997 + 1);
    if (text.size() > 1 << 20) {
      out.write(text.data(), static_cast<std::streamsize>(text.size()));
      text.clear();
    }
  }
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  return fs::file_size(path);
}

struct Cost {
  double seconds;
  double megabytes;  // the most memory
};

// What the process that builds does: it says the most memory it had, in KiB, as the kernel counts it since it began.
int build_here(const char* source, const char* target, const char* bits) {
  BreachedBuilder builder;
  must(builder.begin(target, {.bits = static_cast<std::uint32_t>(std::atoi(bits)), .incomplete = false}));
  PwnedSink sink;
  sink.take = [&](std::span<const PwnedHash> hashes) { return builder.add(hashes); };
  must(read_pwned(source, false, sink).text);
  must(builder.commit());
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) fmt::print("{}\n", std::strtoull(line.c_str() + 6, nullptr, 10));
  return 0;
}

Cost build(const fs::path& source, const fs::path& target, std::uint32_t bits) {
  const auto self = fs::read_symlink("/proc/self/exe").string();
  const std::string line = fmt::format("'{}' '{}' '{}' {}", self, source.string(), target.string(), bits);
  const auto began = Clock::now();
  std::FILE* const pipe = ::popen(line.c_str(), "r");
  unsigned long long kib = 0;
  if (pipe == nullptr || std::fscanf(pipe, "%llu", &kib) != 1 || ::pclose(pipe) != 0) must("a build failed");
  return {seconds_since(began), static_cast<double>(kib) / 1024};
}

// Nanoseconds a look-up, and how many were found.
double look_up(const BreachedList& list, const std::vector<Sha1>& asked, std::size_t& found) {
  found = 0;
  for (const Sha1& hash : asked) found += list.look_up(hash).found;  // and every part is checked now
  const auto began = Clock::now();
  std::size_t again = 0;
  for (const Sha1& hash : asked) again += list.look_up(hash).found;
  const double seconds = seconds_since(began);
  if (again != found) std::exit(1);
  return seconds * 1e9 / static_cast<double>(asked.size());
}

void measure(std::size_t count, const fs::path& folder) {
  const fs::path source = folder / "list.txt", target = folder / "list";
  std::vector<Sha1> known, others = made_hashes(1'000'000, 99);
  std::uint64_t text = 0;
  {
    const auto list = made_hashes(count, 1);
    text = write_text(list, source);
    std::ranges::sample(list, std::back_inserter(known), 1'000'000, std::mt19937(3));
  }
  std::shuffle(known.begin(), known.end(), std::mt19937(4));
  std::shuffle(others.begin(), others.end(), std::mt19937(5));
  for (const std::uint32_t bits : {0U, 8U, 16U, 32U}) {
    const Cost cost = build(source, target, bits);
    BreachedList list;
    must(list.open(target.string()));
    const auto began = Clock::now();
    must(list.check_all());
    const double checked = seconds_since(began);
    std::size_t hits = 0, wrong = 0;
    const double hit = look_up(list, known, hits), miss = look_up(list, others, wrong);
    if (hits != known.size()) must("a member is missed");
    const auto size = fs::file_size(target);
    const auto n = static_cast<double>(count);
    fmt::print("{:>10} {:>9} {:>7.2f} {:>8.3f} {:>8.0f} {:>8.1f} {:>7.2f} {:>8.3f} {:>7.0f} {:>7.0f} {:>10}\n", count,
               bits == 0 ? "exact" : fmt::format("filter{}", bits), cost.seconds, cost.seconds * 1e6 / n,
               static_cast<double>(text) / cost.seconds / 1e6, cost.megabytes, static_cast<double>(size) / n, checked,
               hit, miss, wrong);
  }
}

void measure_hashing() {
  constexpr std::size_t rounds = 2'000'000;
  Hasher hasher(Hasher::Kind::sha1);
  unsigned sum = 0;
  const auto began = Clock::now();
  for (std::size_t i = 0; i < rounds; ++i) sum += hasher.add("correct horse battery staple").sha1()[i % 20];
  fmt::print("\nSHA-1 of a password of 28 bytes: {:.0f} ns{}\n", seconds_since(began) * 1e9 / rounds,
             sum == 1 ? " " : "");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4) return build_here(argv[1], argv[2], argv[3]);
  const char* const wanted = std::getenv("WRIT_BENCH_HASHES");
  std::string name = (fs::temp_directory_path() / "writ_breached_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) must("no folder to work in");
  fmt::print("    hashes      kind     s   µs/hash  MB/s in  MB most  B/hash  check s  hit ns miss ns wrong/10^6\n");
  if (wanted != nullptr) {
    measure(std::strtoull(wanted, nullptr, 10), name);
  } else {
    for (const std::size_t count : {1'000'000, 3'000'000, 10'000'000}) measure(count, name);
  }
  measure_hashing();
  fs::remove_all(name);
  return 0;
}
