// The tests of a policy, run. A test is a row of questions, each of one or many combinations; what is expected of a combination is held
// against what the interpreter decides of it.
//
// Tests know nothing of one another, so they may be run in any order, on any thread, each by a Runner of its own; what comes out depends
// on the policy alone.
#pragma once

#include "compiler/check/check.h"
#include "compiler/testing/snapshot.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/password.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace writ::testing {

// What is tested, and by what. All of it must outlive whoever runs it.
struct Subject {
  const model::Policy& policy;
  const SourceSet& sources;
  const Engine& engine;
  const PasswordData& lists;
  const Snapshots& snapshots;
};

struct Failure {
  std::string place, asked, expected, got;
  std::optional<Explanation> decision;  // of a request, with its trace
  std::vector<TraceEntry> trace;
  std::optional<PasswordReport> password;
};
struct Result {
  std::string name, place;
  std::size_t cases = 0;  // questions that were asked, each combination by itself
  std::vector<Failure> failures;
  std::vector<Recorded> snapshots;  // what the test's snapshots are now, in the order they are asked for
};

// Sees every answer: what measures coverage is one.
class Witness {
 public:
  Witness() = default;
  virtual ~Witness() = default;
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  virtual void decided(const NamedRequest& asked, const Request& request, const Explanation& decision) = 0;
  virtual void judged(const PasswordQuestion& asked, const PasswordReport& report) = 0;
};

class Runner {
 public:
  explicit Runner(const Subject& subject) : subject_(subject), questions_(subject.policy) {}
  // The test at that place in the policy's list.
  Result run(std::size_t test, Witness* witness = nullptr);
  // Whether it passes; leaves at the first expectation that does not hold.
  bool passes(std::size_t test);

 private:
  class Steps;
  Subject subject_;
  TestQuestions questions_;
  Request request_;
};

}  // namespace writ::testing
