// Coverage and mutants, for people and for programs.
#pragma once

#include "cli/console.h"
#include "compiler/testing/coverage.h"
#include "compiler/testing/mutants.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace writ::cli {

struct Mutations {
  std::vector<testing::Mutant> all;
  std::vector<testing::Judged> judged;  // of those that were made
  testing::Cover killed() const;        // of those that change something
};

// What `--threshold` asks for: by measure ("rules", "conditions", "declarations", "mutants"), or of every one that was taken.
class Thresholds {
 public:
  // Says what is wrong with one of the values, or nothing.
  std::string read(const std::vector<std::string>& values);
  bool any() const { return every_ || !of_.empty(); }
  bool asks_for(std::string_view measure) const { return of_.contains(measure); }
  // The percentage that the measure must reach.
  std::optional<unsigned> of(std::string_view measure) const;

 private:
  std::optional<unsigned> every_;
  std::map<std::string, unsigned, std::less<>> of_;
};

std::string percent(const testing::Cover& cover);  // "77.7 %", rounded down
void print(const testing::Coverage& coverage, const Thresholds& thresholds, Console& console);
void print(const Mutations& mutations, const Thresholds& thresholds, Console& console);
nlohmann::ordered_json json(const testing::Coverage& coverage);
nlohmann::ordered_json json(const Mutations& mutations);

}  // namespace writ::cli
