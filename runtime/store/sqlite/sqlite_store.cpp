#include "runtime/store/sqlite/sqlite_store.h"

#include "runtime/store/counter.h"

#include <exception>
#include <mutex>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace writ {

namespace {

using store::Counter;

struct Failed : std::exception {};

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS writ_counters (key BLOB PRIMARY KEY, failed INTEGER NOT NULL, pending INTEGER NOT "
    "NULL, "
    "last_failed INTEGER NOT NULL, last_reserved INTEGER NOT NULL, gap INTEGER NOT NULL, drained INTEGER NOT NULL, "
    "over INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS writ_counters_over ON writ_counters (over);";

// A prepared statement, bound and run once each time.
class Statement {
 public:
  Statement() = default;
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool prepare(sqlite3* database, const char* text) {
    return sqlite3_prepare_v3(database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) == SQLITE_OK;
  }
  Statement& bind(int place, std::int64_t value) {
    sqlite3_bind_int64(statement_, place, value);
    return *this;
  }
  Statement& bind(int place, const CounterKey& key) {
    sqlite3_bind_blob(statement_, place, key.data(), static_cast<int>(key.size()), SQLITE_TRANSIENT);
    return *this;
  }
  // The row, if there is one, is read by `read(column)`.
  template <class Read>
  bool row(Read&& read) {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) read([&](int column) { return std::int64_t{sqlite3_column_int64(statement_, column)}; });
    const bool again = sqlite3_reset(statement_) == SQLITE_OK;
    if ((result != SQLITE_ROW && result != SQLITE_DONE) || !again) throw Failed();
    return result == SQLITE_ROW;
  }
  void run() {
    row([](auto&&) {});
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteStore : public CounterStore {
  auto loader() {
    return [this](const CounterRule& rule) {
      Counter counter;
      load_.bind(1, rule.key).row([&](auto&& column) {
        counter = {column(0), column(1), column(2), column(3), column(4), column(5)};
      });
      return counter;
    };
  }
  auto saver() {
    return [this](const CounterRule& rule, const Counter& counter) {
      if (counter.count() == 0)
        remove_.bind(1, rule.key).run();
      else
        save_.bind(1, rule.key)
            .bind(2, counter.failed)
            .bind(3, counter.pending)
            .bind(4, counter.last_failed)
            .bind(5, counter.last_reserved)
            .bind(6, counter.gap)
            .bind(7, counter.drained)
            .bind(8, store::over(rule, counter))
            .run();
    };
  }

 public:
  ~SqliteStore() override = default;

  bool open(const SqliteOptions& options, std::string& error) {
    const auto refuse = [&](const char* what) {
      error = options.path + ": " + what + (database_.get() ? std::string(": ") + sqlite3_errmsg(database_.get()) : "");
      return false;
    };
    // Made here, so that nobody else can read it in the meantime.
    if (const int made = ::open(options.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600); made >= 0)
      ::close(made);
    else
      return refuse("cannot be opened");
    sqlite3* database = nullptr;
    const int opened =
        sqlite3_open_v2(options.path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
    database_.reset(database);
    if (opened != SQLITE_OK) return refuse("cannot be opened");
    sqlite3_busy_timeout(database, static_cast<int>(options.patience.count()));
    for (const char* text : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", schema})
      if (sqlite3_exec(database, text, nullptr, nullptr, nullptr) != SQLITE_OK) return refuse("is no file of counters");
    const bool ready =
        begin_.prepare(database, "BEGIN IMMEDIATE") && commit_.prepare(database, "COMMIT") &&
        rollback_.prepare(database, "ROLLBACK") &&
        load_.prepare(
            database,
            "SELECT failed, pending, last_failed, last_reserved, gap, drained FROM writ_counters WHERE key = ?1") &&
        save_.prepare(database, "INSERT OR REPLACE INTO writ_counters VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)") &&
        remove_.prepare(database, "DELETE FROM writ_counters WHERE key = ?1") &&
        sweep_.prepare(
            database,
            "DELETE FROM writ_counters WHERE key IN (SELECT key FROM writ_counters WHERE over < ?1 LIMIT 100)");
    return ready || refuse("is no file of counters");
  }

  Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    if (rules.size() > most_rules) return {};
    Reservation made;
    const bool done = write([&] {
      made = store::reserve(rules, now, loader(), saver());
      if (made.outcome == Reservation::Outcome::granted && ++since_sweep_ >= 64) {
        since_sweep_ = 0;
        sweep_.bind(1, now - lease).run();
      }
    });
    return done ? made : Reservation{};
  }
  bool commit(std::span<const CounterRule> rules, const Reservation& reservation, std::int64_t now) noexcept override {
    return write([&] { store::end(rules, reservation, now, nullptr, loader(), saver()); });
  }
  bool refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
              std::int64_t now) noexcept override {
    return write([&] { store::end(rules, reservation, now, &why, loader(), saver()); });
  }
  std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    try {
      const std::scoped_lock lock(mutex_);
      return store::peek(rules, now, loader());
    } catch (...) {
      return {};
    }
  }
  bool forget(std::span<const CounterKey> keys) noexcept override {
    return write([&] {
      for (const auto& key : keys) remove_.bind(1, key).run();
    });
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };

  // All or nothing; false: the file cannot be written, or another process had it for longer than there is patience.
  template <class Body>
  bool write(Body&& body) noexcept {
    try {
      const std::scoped_lock lock(mutex_);
      begin_.run();
      try {
        body();
        commit_.run();
        return true;
      } catch (...) {
        rollback_.run();
        return false;
      }
    } catch (...) {
      return false;
    }
  }

  std::mutex mutex_;  // of the statements
  std::unique_ptr<sqlite3, Close> database_;
  Statement begin_, commit_, rollback_, load_, save_, remove_, sweep_;
  int since_sweep_ = 0;
};

}  // namespace

std::shared_ptr<CounterStore> open_sqlite_store(const SqliteOptions& options, std::string& error) {
  auto opened = std::make_shared<SqliteStore>();
  if (!opened->open(options, error)) return nullptr;
  return opened;
}

}  // namespace writ
