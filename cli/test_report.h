// What `writ test` found, for people and for programs.
#pragma once

#include "cli/console.h"
#include "cli/test_measures.h"
#include "compiler/testing/run.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {

struct TestReport {
  std::vector<testing::Result> tests;                       // in source order
  std::vector<std::pair<std::string, std::string>> proves;  // name, place
  std::vector<testing::Change> snapshots;                   // written; or, without --update, what nobody asks for
  bool updating = false;
  std::optional<testing::Coverage> coverage;
  std::optional<Mutations> mutations;
  Thresholds thresholds;

  std::size_t failed() const;
  std::size_t cases() const;
  bool short_of_thresholds() const;
};

// `verbose`: tests that pass, too.
void print(const TestReport& report, bool verbose, Console& console);
std::string json(const TestReport& report);
std::string junit(const TestReport& report);

}  // namespace writ::cli
