// Looking up in large constants and large sets costs steps that grow with the logarithm of their size. What is counted are not seconds but
// pages of memory: what is searched lies in pages that nobody may read, each first touch of one is caught, counted and let through. A walk
// over a million strings touches every page; a search touches one or two a halving.
#include "runtime/program/builtins.h"
#include "runtime/program/facts.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <random>

#include <catch2/catch.hpp>
#include <sys/mman.h>
#include <unistd.h>

using namespace writ;
using program::Text;

namespace {

// The one region that is watched; a handler of signals has nothing but globals.
char* region = nullptr;
std::size_t region_size = 0;
volatile std::sig_atomic_t touched = 0;
struct sigaction before;

void touch(int signal, siginfo_t* info, void*) {
  auto* const at = static_cast<char*>(info->si_addr);
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (at < region || at >= region + region_size) {
    sigaction(signal, &before, nullptr);  // not ours: it comes again, as it would have
    return;
  }
  touched = touched + 1;
  mprotect(region + static_cast<std::size_t>(at - region) / page * page, page, PROT_READ);
}

// A copy of bytes whose pages are counted when they are first read.
class Watched {
 public:
  explicit Watched(std::span<const std::byte> bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    region_size = (bytes.size() + page - 1) / page * page;
    auto* const memory = mmap(nullptr, region_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    region = static_cast<char*>(memory);
    std::memcpy(region, bytes.data(), bytes.size());
    pages_ = region_size / page;
    struct sigaction action = {};
    action.sa_sigaction = touch;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &before);
  }
  ~Watched() {
    sigaction(SIGSEGV, &before, nullptr);
    munmap(region, region_size);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  const std::byte* data() const { return reinterpret_cast<const std::byte*>(region); }
  std::size_t pages() const { return pages_; }
  // How many pages `run` reads.
  std::size_t read_by(const std::function<void()>& run) const {
    mprotect(region, region_size, PROT_NONE);
    touched = 0;
    run();
    const auto count = static_cast<std::size_t>(touched);
    mprotect(region, region_size, PROT_READ);
    return count;
  }

 private:
  std::size_t pages_ = 0;
};

Text text_of(const std::string& text) { return {text.data(), static_cast<std::uint32_t>(text.size()), 0}; }

Ip address(std::uint32_t number) {
  Ip ip = *parse_ip("10.0.0.0");
  for (std::size_t i = 0; i < 4; ++i) ip.bytes[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
  return ip;
}

constexpr std::uint32_t many = 500'000;

// The most pages that any of the questions reads; each is asked for something that is there and something that is not.
std::size_t most(const Watched& watched, const std::function<bool(std::uint32_t)>& ask) {
  std::mt19937 random(5);
  std::size_t worst = 0;
  for (int i = 0; i < 300; ++i) {
    const auto number = i == 0 ? 0 : i == 1 ? many * 2 - 1 : static_cast<std::uint32_t>(random() % (many * 2));
    bool found = false;
    worst = std::max(worst, watched.read_by([&] { found = ask(number); }));
    CHECK(found == (number % 2 == 0));
  }
  return worst;
}

}  // namespace

TEST_CASE("looking up in half a million strings, numbers or blocks reads a few pages") {
  std::vector<std::string> strings;
  std::vector<std::int64_t> numbers;
  std::vector<Cidr> blocks;
  for (std::uint32_t i = 0; i < many; ++i) {
    strings.push_back("person" + std::to_string(1'000'000 + i * 2) + "@example.com");
    numbers.push_back(std::int64_t{i} * 2);
    blocks.push_back({address(i * 2), 128});
  }
  SECTION("strings") {
    const auto row = program::Row::build(std::vector<program::Constant>{strings});
    const Watched watched(row.bytes());
    CHECK(watched.pages() > 4'000);
    CHECK(most(watched, [&](std::uint32_t i) {
            const auto name = "person" + std::to_string(1'000'000 + i) + "@example.com";
            const auto text = text_of(name);
            return writ_in_strings(watched.data(), 0, &text);
          }) <= 2 * 19 + 2);
  }
  SECTION("numbers") {
    const auto row = program::Row::build(std::vector<program::Constant>{numbers});
    const Watched watched(row.bytes());
    CHECK(watched.pages() > 900);
    CHECK(most(watched, [&](std::uint32_t i) { return writ_in_ints(watched.data(), 0, i); }) <= 19 + 2);
  }
  SECTION("blocks") {
    const auto row = program::Row::build(std::vector<program::Constant>{blocks});
    const Watched watched(row.bytes());
    CHECK(watched.pages() > 3'900);
    CHECK(most(watched, [&](std::uint32_t i) {
            const auto ip = address(i);
            return writ_in_cidrs(watched.data(), 0, &ip);
          }) <= 19 + 2);
  }
}

TEST_CASE("looking up in the largest set that a request may have reads a few pages, and a walk would be seen") {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < max_set_items; ++i) names.push_back("group" + std::to_string(10'000 + i));
  std::vector<Text> texts;
  for (const auto& name : names) texts.push_back(text_of(name));
  const Watched watched(std::as_bytes(std::span(texts)));
  const program::TextSet set{reinterpret_cast<const Text*>(watched.data()), texts.size()};
  CHECK(watched.pages() == 16);
  for (const auto& [name, there] :
       {std::pair("group10000", true), std::pair("group14095", true), std::pair("group12000", true),
        std::pair("group09999", false), std::pair("x", false)}) {
    const std::string wanted = name;
    const auto text = text_of(wanted);
    bool found = false;
    CHECK(watched.read_by([&] { found = writ_set_has(&set, &text); }) <= 6);
    CHECK(found == there);
  }
  std::size_t sum = 0;
  CHECK(watched.read_by([&] {
    for (std::size_t i = 0; i < set.size; ++i) sum += set.items[i].size;
  }) == 16);
  CHECK(sum == max_set_items * 10);
}
