// Stores that are away: gone, silent, full, not what they were taken for. Nothing is let through, and soon.
#include "runtime/store/fallback.h"
#include "runtime/store/memory.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/unit/stores/redis_server.h"
#include "tests/unit/stores/stores.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <catch2/catch.hpp>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace writ;
using namespace writ::stores;
using Outcome = Reservation::Outcome;

namespace {

const CounterRule rules[] = {rule("ann", 4)};

Outcome reserved(CounterStore& store) { return store.reserve(rules, start).outcome; }

}  // namespace

TEST_CASE("a Redis that is not there, or does not answer, is away") {
  if (!RedisServer::installed()) return;
  RedisServer server;
  auto options = server.options();
  options.patience = std::chrono::seconds(1);  // which a Redis on a busy machine needs now and then
  const auto store = make_redis_store(options);
  const auto made = store->reserve(rules, start);
  REQUIRE(made.outcome == Outcome::granted);

  SECTION("it does not answer") {
    server.freeze(true);
    const auto before = std::chrono::steady_clock::now();
    CHECK(reserved(*store) == Outcome::away);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
    CHECK_FALSE(store->commit(rules, made, start));
    CHECK(store->peek(rules, start).empty());
    server.freeze(false);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(reserved(*store) == Outcome::granted);
    CHECK(store->commit(rules, made, start));
  }
  SECTION("it is gone") {
    server.stop();
    CHECK(reserved(*store) == Outcome::away);
    CHECK_FALSE(store->refund(rules, made, Refund::right, start));
    CHECK_FALSE(store->forget({&rules[0].key, 1}));
    SECTION("and counters of the process take its place, for a share") {
      FallbackStore behind(store, std::make_shared<MemoryStore>(64), {.share = 0.5});
      CHECK(behind.reserve(rules, start).local);
      CHECK(reserved(behind) == Outcome::granted);
      CHECK(reserved(behind) == Outcome::closed);
      CHECK(behind.away());
    }
  }
}

TEST_CASE("a Redis that forgot its scripts is told again, one that refuses is away") {
  if (!RedisServer::installed()) return;
  RedisServer server({"--requirepass", "secret", "--maxmemory", "2mb", "--maxmemory-policy", "noeviction"});
  auto options = server.options();
  CHECK(reserved(*make_redis_store(options)) == Outcome::away);
  options.password = "wrong";
  CHECK(reserved(*make_redis_store(options)) == Outcome::away);
  options.password = "secret";
  options.user = "default";
  options.patience = std::chrono::seconds(5);
  const auto store = make_redis_store(options);
  CHECK(reserved(*store) == Outcome::granted);
  server.restart();
  CHECK(reserved(*store) == Outcome::granted);
  Outcome last = Outcome::granted;
  for (int i = 0; i < 40'000 && last == Outcome::granted; ++i) {
    const auto one = rule("nobody " + std::to_string(i), 5);
    last = store->reserve({&one, 1}, start).outcome;
  }
  CHECK(last == Outcome::away);  // it is full
}

namespace {

// Answers everything with one text, on a socket in a folder.
class Parrot {
 public:
  explicit Parrot(std::string text) : text_(std::move(text)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path().c_str(), sizeof name.sun_path - 1);
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listening_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(::listen(listening_, 8) == 0);
    thread_ = std::thread([this] {
      for (int client; (client = ::accept(listening_, nullptr, nullptr)) >= 0; ::close(client)) {
        char heard[65'536];
        while (::recv(client, heard, sizeof heard, 0) > 0 && !text_.empty())
          if (::send(client, text_.data(), text_.size(), MSG_NOSIGNAL) < 0) break;
      }
    });
  }
  ~Parrot() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  Parrot(const Parrot&) = delete;
  Parrot& operator=(const Parrot&) = delete;
  std::string path() const { return folder_("socket"); }

 private:
  support::Folder folder_;
  std::string text_;
  int listening_ = -1;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a server that answers what is no answer is away") {
  const auto words = [](std::vector<std::string> all) {
    std::string text = "*" + std::to_string(all.size()) + "\r\n";
    for (const auto& word : all) text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return text;
  };
  // It answers the script's loading with its hash as well, so that the answer to the script itself is looked at.
  const std::string hash = "$40\r\n" + std::string(40, 'a') + "\r\n";
  for (const auto& answer :
       {std::string(), std::string("+OK\r\n"), std::string("-ERR no\r\n"), hash, std::string("what is this\r\n"),
        words({"1"}), words({"1", "0", "0", "0", "x", "1"}), words({"1", "0", "0", "0", "1 ", "1"}),
        std::string("*6\r\n:1\r\n:0\r\n:0\r\n:0\r\n:0\r\n:1\r\n")}) {
    INFO(answer);
    const Parrot parrot(answer);
    RedisOptions options;
    options.socket = parrot.path();
    options.patience = std::chrono::milliseconds(500);
    const auto store = make_redis_store(options);
    CHECK(reserved(*store) == Outcome::away);
    CHECK(reserved(*store) == Outcome::away);
    CHECK(store->peek(rules, start).empty());
  }
}

TEST_CASE("a port where nobody listens is away") {
  RedisOptions options;
  options.host = "127.0.0.1";
  options.port = 1;  // nobody listens
  CHECK(reserved(*make_redis_store(options)) == Outcome::away);
}

TEST_CASE("counters in a file outlive the process that kept them, and are shared") {
  const support::Folder folder;
  std::string error;
  const auto path = folder("counters");
  const auto one = open_sqlite_store({.path = path}, error), other = open_sqlite_store({.path = path}, error);
  REQUIRE(one);
  REQUIRE(other);
  CHECK(reserved(*one) == Outcome::granted);
  CHECK(reserved(*other) == Outcome::granted);
  CHECK(one->peek(rules, start)[0].count == 2);
  struct stat seen{};
  REQUIRE(::stat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 077) == 0);
}

TEST_CASE("what is over is swept out of a file") {
  const support::Folder folder;
  std::string error;
  const auto store = open_sqlite_store({.path = folder("counters")}, error);
  REQUIRE(store);
  const auto ask = [&](int i, std::int64_t now) {
    auto one = rule("nobody " + std::to_string(i), 5);
    one.within = minute;
    const auto made = store->reserve({&one, 1}, now);
    REQUIRE(store->commit({&one, 1}, made, now));
  };
  for (int i = 0; i < 300; ++i) ask(i, start);
  for (int i = 300; i < 600; ++i) ask(i, start + hour);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(folder("counters").c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  int rows = 0;
  const auto count = [](void* into, int, char** columns, char**) {
    return *static_cast<int*>(into) = std::atoi(columns[0]), 0;
  };
  sqlite3_exec(database, "SELECT count(*) FROM writ_counters", count, &rows, nullptr);
  sqlite3_close(database);
  CHECK(rows == 300);
}

TEST_CASE("a file that another process has, that is none of counters, or cannot be made") {
  const support::Folder folder;
  std::string error;
  const auto path = folder("counters");
  const auto store = open_sqlite_store({.path = path, .patience = std::chrono::milliseconds(50)}, error);
  REQUIRE(store);
  const auto made = store->reserve(rules, start);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(reserved(*store) == Outcome::away);
  CHECK_FALSE(store->commit(rules, made, start));
  REQUIRE(sqlite3_exec(database, "COMMIT; DROP TABLE writ_counters", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  CHECK(reserved(*store) == Outcome::away);
  CHECK(store->peek(rules, start).empty());

  folder.write("words", std::string(4'096, 'x'));
  CHECK_FALSE(open_sqlite_store({.path = folder("words")}, error));
  CHECK(error.find("words: is no file of counters") != std::string::npos);
  CHECK_FALSE(open_sqlite_store({.path = folder("no/such/folder")}, error));
  CHECK(error.find("cannot be opened") != std::string::npos);
}
