// Snapshots: whole decisions, as they were when somebody last looked at them. `expect snapshot` holds a case against the file beside its
// policy, `shop.writ.snap` beside `shop.writ`; `writ test --update` writes it.
//
// A snapshot never becomes looser in silence: one that is not there fails; one that nobody asks for any more fails; and an update that
// would record less protection than the file has (an allow where there was a deny, a reason or an obligation gone, one more rule that
// allows) is refused until that is asked for by its own name.
#pragma once

#include "compiler/check/check.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/password.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::testing {

// A decision, or a verdict on a password, without what differs from run to run. The lists are sorted.
struct Outcome {
  std::string effect, would_be, fault;
  std::vector<std::string> by, needs, reports;  // rule ids, or names of checks; obligations
  bool operator==(const Outcome&) const = default;
};
Outcome outcome_of(const Explanation& decision);
Outcome outcome_of(const PasswordReport& report);
std::string text_of(const Outcome& outcome);  // on one line
// Whether `now` protects less than `was` in any way. Neither need be looser than the other.
bool looser(const Outcome& now, const Outcome& was);

struct Recorded {
  std::string asked;
  Outcome outcome;
};
// What one test asked for, in this run.
struct Taken {
  FileId file{};
  std::string test, place;
  std::vector<Recorded> snapshots;
};

struct Change {
  enum class Kind : std::uint8_t { added, changed, looser, removed } kind;
  std::string place, test, asked;
  std::string was, now;
};

inline constexpr std::size_t max_snapshot_bytes = 64u << 20;  // of one file

class Snapshots {
 public:
  // Reads what lies beside the files of the policy. Says what is wrong with which line, or nothing.
  std::string read(const SourceSet& sources, std::span<const tree::Tree* const> trees);

  const Outcome* find(FileId file, std::string_view test, std::string_view asked) const;
  // What the files hold and `taken` does not; `whole`: every test of the policy is in `taken`.
  std::vector<Change> unasked(std::span<const Taken> taken, bool whole) const;
  // Takes over what was taken, but for what is looser unless `accept_looser`; says what that changes, in order.
  std::vector<Change> update(std::span<const Taken> taken, bool whole, bool accept_looser);
  // Writes the files that `update` changed, each whole or not at all. Says what is wrong, or nothing.
  std::string write() const;

 private:
  struct Test {
    std::string name;
    std::vector<Recorded> list;
  };
  struct File {
    std::string path;
    std::vector<Test> tests;
    bool changed = false;
  };
  Test* test(File& file, std::string_view name) const;
  std::map<FileId, File> files_;
};

}  // namespace writ::testing
