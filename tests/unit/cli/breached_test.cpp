// `writ breached` as one types it: both kinds of files from both kinds of sources, what is refused, a build that is killed, and a
// terminal that does not show the password.
#include "tests/unit/cli/place.h"
#include "tests/unit/password/lists.h"

#include <csignal>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <pty.h>
#include <termios.h>

using namespace writ::cli_tests;
using writ::password_tests::hash_of;
using writ::password_tests::hex_of;
using writ::password_tests::made_list;

namespace {

const std::string list_text = writ::password_tests::text_of(made_list(100'000));

// The command on a terminal of its own.
class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& words) {
    child_ = ::forkpty(&master_, nullptr, nullptr, nullptr);
    if (child_ != 0) return;
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(WRIT_COMMAND, arguments.data());
    ::_exit(127);
  }
  ~Terminal() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads on until `wanted` was shown, or nothing comes for ten seconds.
  bool shows(const std::string& wanted) {
    while (shown_.find(wanted) == shown_.npos) {
      struct pollfd one{master_, POLLIN, 0};
      char piece[256];
      if (::poll(&one, 1, 10'000) <= 0) return false;
      const ssize_t size = ::read(master_, piece, sizeof(piece));
      if (size <= 0) return false;
      shown_.append(piece, static_cast<std::size_t>(size));
    }
    return true;
  }
  void type(const std::string& text) {
    REQUIRE(::write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool echoes() const {
    struct termios now{};
    return ::tcgetattr(master_, &now) == 0 && (now.c_lflag & ECHO) != 0;
  }
  bool stops_echoing() const {
    for (int i = 0; i < 1000 && echoes(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return !echoes();
  }
  int end() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }
  const std::string& shown() const { return shown_; }

 private:
  int master_ = -1;
  pid_t child_ = -1;
  std::string shown_;
};

}  // namespace

TEST_CASE("breached: from the file to an answer, exactly and by a filter") {
  const Place place;
  place.write("pwned.txt", list_text);
  const Ran exact = place.run("writ breached build pwned.txt -o exact");
  CHECK(exact.code == 0);
  CHECK(exact.out.starts_with("wrote exact: exact index, 100,000 hashes, "));
  CHECK(exact.err.empty());
  CHECK(place.run("writ breached build --filter pwned.txt -o filter")
            .out.starts_with("wrote filter: filter, wrong about 1 in 65,536, 100,000 hashes, "));
  CHECK(place.run("writ breached build --false-positive-rate=0.004 - -o small <pwned.txt")
            .out.starts_with("wrote small: filter, wrong about 1 in 256, 100,000 hashes, "));

  const Ran found = place.run("printf 'password 17' | writ breached check exact");
  CHECK(found.code == 6);
  CHECK(found.out == "found  seen 18 times in breaches\n");
  CHECK(place.run("echo 'password 1000' | writ breached check exact").out == "found  seen once in breaches\n");
  CHECK(place.run("printf 'password 17\\r\\n' | writ breached check filter").code == 6);
  CHECK(place.run("echo 'password 17' | writ breached check small")
            .out.starts_with("found  in 100,000 breached passwords; of those"));
  const Ran missed = place.run("echo 'password 17 ' | writ breached check exact");
  CHECK(missed.code == 0);
  CHECK(missed.out == "not found  in 100,000 breached passwords\n");
  const auto json =
      nlohmann::json::parse(place.run("echo 'password 17' | writ breached check --format json exact").out);
  CHECK(json["found"] == true);
  CHECK(json["times"] == 18);
  CHECK(json["list"]["kind"] == "exact");
  CHECK(json["list"]["hashes"] == 100'000);
  CHECK(nlohmann::json::parse(place.run("writ breached verify --format json small").out)["false_positive_rate"] ==
        1.0 / 256);
  CHECK(place.run("writ breached verify filter")
            .out.starts_with("ok: filter, wrong about 1 in 65,536, 100,000 hashes, root "));
}

TEST_CASE("breached: a folder of ranges") {
  const Place place;
  fs::create_directories(place.path() / "ranges");
  std::map<std::string, std::string> ranges;
  for (const auto& one : made_list(200)) {
    const std::string hex = hex_of(one.hash);
    ranges[hex.substr(0, 5)] += hex.substr(5) + ":" + std::to_string(one.times) + "\r\n";
  }
  for (const auto& [range, text] : ranges) place.write("ranges/" + range + ".txt", text);
  const Ran refused = place.run("writ breached build ranges -o list");
  CHECK(refused.code == 1);
  CHECK(refused.err.find("the download is not complete; --incomplete takes what is there") != std::string::npos);
  CHECK_FALSE(fs::exists(place.path() / "list"));
  CHECK(place.run("writ breached build --incomplete ranges/ -o list")
            .out.starts_with("wrote list: exact index, made of an incomplete list, 200 hashes, "));
  CHECK(place.run("echo 'password 17' | writ breached check list").code == 6);
}

TEST_CASE("breached: what is refused, and how it is said") {
  const Place place;
  place.write("pwned.txt", list_text);
  REQUIRE(place.run("writ breached build pwned.txt -o list").code == 0);
  const auto said = [&](const std::string& line, int code = 1) {
    const Ran ran = place.run(line);
    INFO(line);
    CHECK(ran.code == code);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(said("writ breached", 2) ==
        "writ breached: which of `build`, `check` or `verify`? see `writ breached --help`\n");
  CHECK(
      said("writ breached chek list", 2) ==
      "writ breached: `chek` is not `build`, `check` or `verify`, did you mean `check`? see `writ breached --help`\n");
  CHECK(said("writ breached build -o x", 2) ==
        "writ breached build: SOURCE is missing; see `writ breached build --help`\n");
  CHECK(
      said("writ breached build pwned.txt -o x --fliter", 2) ==
      "writ breached build: there is no flag `--fliter`, did you mean `--filter`? see `writ breached build --help`\n");
  CHECK(said("writ breached check list hunter2", 2) ==
        "writ breached check: `hunter2` is one word too many; see `writ breached check --help`\n");
  CHECK(said("writ breached build pwned.txt -o x --false-positive-rate 2", 2) ==
        "writ: the rate of false positives is between 0.00000000024 (1 in 4,294,967,296) and 1, as in 0.004\n");
  CHECK(said("writ breached build pwned.txt -o pwned.txt", 2) ==
        "writ: the list would replace what it is made of; name another file\n");
  CHECK(
      said("cut -c9- pwned.txt | writ breached build - -o x") ==
      "writ: standard input, line 1: a hash of 32 digits: this is the NTLM list; Writ takes the one of SHA-1 hashes\n");
  CHECK(said("writ breached build none -o x") == "writ: cannot read `none`: No such file or directory\n");
  CHECK(said("writ breached build pwned.txt -o none/x") == "writ: cannot write `none/x`: No such file or directory\n");
  CHECK(said("echo x | writ breached check pwned.txt") ==
        "writ: cannot use `pwned.txt`: it is not a file of `writ breached build`\n");
  CHECK(said("head -c 99999 list > cut; echo x | writ breached check cut").find(": it is cut short\n") !=
        std::string::npos);
  CHECK(said("writ breached check list") == "writ: the password is empty\n");
  CHECK(said("printf 'a\\nb' | writ breached check list") ==
        "writ: standard input has more than one line; the password is one\n");
  CHECK(said("printf '\\377' | writ breached check list") == "writ: the password is not UTF-8\n");
  CHECK(said("head -c 1025 /dev/zero | writ breached check list") == "writ: the password has more than 1024 bytes\n");
  CHECK(place.run("head -c 1024 /dev/zero | tr '\\0' x | writ breached check list").code == 0);
  if (fs::exists("/dev/full"))
    CHECK(said("writ breached build pwned.txt -o /dev/full/x").find("Not a directory") != std::string::npos);

  // A byte of the part that the password is in: no answer.
  std::string bytes = place.read("list");
  bytes[200] = static_cast<char>(bytes[200] ^ 1);
  place.write("damaged", bytes);
  CHECK(said("writ breached verify damaged") == "writ: cannot use `damaged`: part 0 of 25 is damaged\n");
  std::size_t faults = 0;
  for (std::size_t i = 0; i < 1000 && faults == 0; ++i) {
    if (hash_of(i)[0] > 8) continue;
    const Ran ran = place.run("printf 'password " + std::to_string(i) + "' | writ breached check damaged");
    CHECK(ran.code == 1);
    CHECK(ran.err == "writ: cannot use `damaged`: the part that would hold the password is damaged\n");
    ++faults;
  }
  CHECK(faults == 1);
}

TEST_CASE("breached: a build that is killed leaves the old file whole") {
  const Place place;
  place.write("pwned.txt", list_text);
  REQUIRE(place.run("writ breached build pwned.txt -o list").code == 0);
  const std::string before = place.read("list");
  // It has read the first half and waits for the second.
  const Ran killed = place.run(
      "mkfifo pipe; writ breached build --filter - -o list <pipe & pid=$!; exec 9>pipe; head -c 2000000 pwned.txt >&9; "
      "for i in $(seq 200); do ls -a | grep -q '^.list.*new$' && break; sleep 0.05; done; "
      "ls -a | grep -c '^.list.*new$'; kill -9 $pid; wait $pid; echo $?");
  CHECK(killed.out == "1\n137\n");
  CHECK(place.read("list") == before);
  CHECK(place.run("echo 'password 17' | writ breached check list").code == 6);
  // What it left is in nobody's way.
  CHECK(place.run("writ breached build --filter pwned.txt -o list").code == 0);
  CHECK(place.run("writ breached verify list").out.starts_with("ok: filter"));
}

TEST_CASE("breached: a terminal is asked, and does not show what is typed") {
  const Place place;
  place.write("pwned.txt", list_text);
  REQUIRE(place.run("writ breached build pwned.txt -o list").code == 0);
  const std::string list = (place.path() / "list").string();

  Terminal asked({"writ", "breached", "check", list});
  REQUIRE(asked.shows("Password: "));
  REQUIRE(asked.stops_echoing());
  asked.type("password 17\n");
  CHECK(asked.shows("seen 18 times in breaches"));
  const int status = asked.end();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 6);
  CHECK(asked.shown().find("password 17") == std::string::npos);

  // Interrupted: the terminal shows again what is typed, and the signal has its way.
  Terminal interrupted({"writ", "breached", "check", list});
  REQUIRE(interrupted.shows("Password: "));
  REQUIRE(interrupted.stops_echoing());
  interrupted.type("passw\x03");
  const int ended = interrupted.end();
  CHECK(WIFSIGNALED(ended));
  CHECK(WTERMSIG(ended) == SIGINT);
  CHECK(interrupted.echoes());
}

TEST_CASE("common: a list of one's own, and the one that came with the command") {
  const Place place;
  place.write("list.txt", "12345\nHunter2\nhunter2\nlast\n");
  CHECK(place.run("writ common build list.txt -o list").out.starts_with("wrote list: 4 common passwords, "));
  const Ran found = place.run("echo hUNTER2 | writ common check list");
  CHECK(found.code == 6);
  CHECK(found.out == "found  number 2 of 4 common passwords\n");
  CHECK(place.run("echo last | writ common check --format json list").out ==
        "{\n  \"found\": true,\n  \"rank\": 4,\n  \"passwords\": 4\n}\n");
  CHECK(place.run("echo hunter | writ common check list").out == "not found  among 4 common passwords\n");
  CHECK(place.run("writ common build --top 3 list.txt -o list && echo last | writ common check list").code == 0);
  CHECK(place.run("writ common build --top 0 list.txt -o list").code == 2);
  CHECK(place.run("writ common build none -o list").err == "writ: cannot read `none`: No such file or directory\n");
  CHECK(place.run("echo x | writ common check list.txt").err ==
        "writ: cannot use `list.txt`: it has 27 bytes, fewer than a header\n");
  CHECK(place.run("echo hunter2 | WRIT_COMMON_LIST=list writ common check").code == 6);
  if (fs::exists(WRIT_COMMON_LIST))
    CHECK(place.run("echo 123456 | writ common check").out.starts_with("found  number 1 of "));
}
