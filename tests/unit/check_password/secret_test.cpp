// A canary in place of a password: it is judged, and then looked for where it must not be: in everything that was said of it,
// in memory that would be written to a core file, and in a core file where the system makes one.
//
// The canary stands nowhere in this process as it is: it is kept masked and unmasked byte by byte into its Secret, and what
// looks for it masks what it reads.
#include "runtime/json/password_json.h"
#include "tests/unit/check_password/world.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <openssl/crypto.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::test;

namespace {

namespace fs = std::filesystem;

constexpr unsigned char mask = 0x5a;
// "Kanarienvogel-7Qx ünver" masked.
const std::vector<unsigned char> masked = [] {
  const std::vector<unsigned char> bytes{0x11, 0x3b, 0x34, 0x3b, 0x28, 0x33, 0x3f, 0x34, 0x2c, 0x35, 0x3d, 0x3f,
                                         0x36, 0x77, 0x6d, 0x0b, 0x22, 0x7a, 0x99, 0xe6, 0x34, 0x2c, 0x3f, 0x28};
  return bytes;
}();

Secret canary() {
  Secret secret;
  for (const auto byte : masked) {
    volatile char plain = static_cast<char>(byte ^ mask);
    secret.append({const_cast<const char*>(&plain), 1});
    plain = 0;
  }
  return secret;
}

// Whether the canary stands in `bytes`, one byte in every `step`: 2 and 4 find what is left of it in UTF-16 and UTF-32.
bool holds(std::string_view bytes, std::size_t step) {
  const std::size_t ascii = 18;  // the part that reads alike in every width
  const std::size_t length = step == 1 ? masked.size() : ascii;
  if (bytes.size() < length * step) return false;
  for (std::size_t at = 0; at + length * step <= bytes.size(); ++at) {
    std::size_t i = 0;
    while (i < length && (static_cast<unsigned char>(bytes[at + i * step]) ^ mask) == masked[i]) ++i;
    if (i == length) return true;
  }
  return false;
}
bool holds(std::string_view bytes) { return holds(bytes, 1) || holds(bytes, 2) || holds(bytes, 4); }

struct Mapping {
  std::uintptr_t begin = 0, end = 0;
  bool writable = false, dumped = true;
  std::string name;
};

std::vector<Mapping> mappings() {
  std::vector<Mapping> list;
  std::ifstream in("/proc/self/smaps");
  for (std::string line; std::getline(in, line);) {
    std::uintptr_t begin = 0, end = 0;
    char how[8] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %7s", &begin, &end, how) == 3 && line.find('-') < 20)
      list.push_back({begin, end, how[1] == 'w', true, line});
    else if (line.starts_with("VmFlags:") && !list.empty())
      list.back().dumped = line.find(" dd") == std::string::npos;
  }
  return list;
}

// Where in memory that a core file would hold the canary stands. Read through the kernel, so that nothing of it is copied but
// into one buffer, which is looked at and overwritten.
std::string found_in_memory() {
  std::string found;
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  std::vector<char> buffer(1 << 20);
  memory.rdbuf()->pubsetbuf(nullptr, 0);
  const auto own = reinterpret_cast<std::uintptr_t>(buffer.data());
  for (const auto& one : mappings()) {
    if (!one.writable || !one.dumped) continue;
    const std::size_t overlap = masked.size() * 4;
    for (auto at = one.begin; at < one.end; at += buffer.size() - overlap) {
      const auto size = std::min<std::size_t>(buffer.size(), one.end - at);
      if (at < own + buffer.size() && own < at + size) continue;  // what was read before
      memory.clear();
      memory.seekg(static_cast<std::streamoff>(at));
      if (!memory.read(buffer.data(), static_cast<std::streamsize>(size))) continue;
      if (holds({buffer.data(), size})) found += one.name + "\n";
    }
    OPENSSL_cleanse(buffer.data(), buffer.size());
  }
  return found;
}

const char* const everything =
    "length 30..; length ..900 bytes; classes 4 of lower, upper, digit, symbol unicode; max repeats 1; no sequences 2\n"
    "reject common, breached, personal; reject words [\"vogel\", \"ü\"]; reject contains username, email\n"
    "reject matches /anari/; strength >= 3; history 3; min age 1d; normalize nfkc";

// All that is said of the canary, having asked everything there is to ask.
std::string said(const Passwords& world) {
  const std::vector<std::string_view> profile{"Ann", "Example"};
  const PasswordUser user{"ann", "ann@example.com", profile};
  const Lists lists;
  const Used used({"first", "second"});
  PasswordRequest request;
  request.tenant = "acme";
  request.connection = "people";
  request.event = PasswordEvent::change;
  request.user = &user;
  request.data = &lists;
  request.history = &used;
  const Secret secret = canary();
  std::string text;
  for (const auto& report :
       {world.engine.check_password(secret, request), world.engine.interpret_password(secret, request)}) {
    CHECK(report.fault == PasswordFault::none);
    CHECK_FALSE(report.accepted);
    text += to_json(report, request.event) + refused(report);
    for (const auto& one : report.requirements)
      text += describe(one) + missing_text(report, one) + one.text + one.place;
  }
  return text;
}

}  // namespace

TEST_CASE("the canary is found where it stands") {
  std::string text(100, 'x');
  CHECK_FALSE(holds(text));
  for (std::size_t step : {1, 2, 4}) {
    std::string there(300, 'x');
    for (std::size_t i = 0; i < masked.size(); ++i) there[50 + i * step] = static_cast<char>(masked[i] ^ mask);
    CHECK(holds(there));
    OPENSSL_cleanse(there.data(), there.size());
  }
  auto leaked = std::make_unique<std::array<char, 64>>();
  for (std::size_t i = 0; i < masked.size(); ++i) (*leaked)[i] = static_cast<char>(masked[i] ^ mask);
  CHECK(found_in_memory() != "");
  OPENSSL_cleanse(leaked->data(), leaked->size());
  CHECK(found_in_memory() == "");
}

TEST_CASE("nothing that is said of a password has it, and no memory that would be dumped keeps it") {
  const Passwords world(with(everything));
  REQUIRE(world.problems == "");
  CHECK_FALSE(holds(said(world)));
  CHECK(found_in_memory() == "");
  const Secret secret = canary();
  CHECK(found_in_memory() == "");  // its own pages are kept out of dumps
  bool dumped = true;
  const auto address = reinterpret_cast<std::uintptr_t>(secret.expose().data());
  for (const auto& one : mappings())
    if (one.begin <= address && address < one.end) dumped = one.dumped;
  CHECK_FALSE(dumped);
}

TEST_CASE("a core file does not have the password") {
  std::ifstream pattern_of("/proc/sys/kernel/core_pattern");
  std::string pattern;
  std::getline(pattern_of, pattern);
  if (pattern.empty() || pattern.starts_with('|') || pattern.find('/') != std::string::npos) {
    WARN("skipped: core files go elsewhere (" << pattern << ")");
    return;
  }
  const auto folder = fs::temp_directory_path() / ("writ_core_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_CORE, &all) != 0 || ::chdir(folder.c_str()) != 0) ::_exit(0);
    const Secret secret = canary();
    std::signal(SIGABRT, SIG_DFL);
    ::raise(secret.size() > 0 ? SIGABRT : SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    CHECK(text.view().size() > 10'000);
    CHECK_FALSE(holds(text.view()));
    ++files;
  }
  if (files == 0) WARN("skipped: this system writes no core file here");
  fs::remove_all(folder);
}

TEST_CASE("a Secret cannot be copied, compared or printed by accident") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Secret>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
  STATIC_REQUIRE_FALSE(std::equality_comparable<Secret>);
  Secret one("abc");
  Secret other = std::move(one);
  CHECK(other.expose() == "abc");
  CHECK(one.size() == 0);  // NOLINT(bugprone-use-after-move): that nothing is left is what is asked
}
