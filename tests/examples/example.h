// A policy set taken through every phase, ready to be asked by all who can answer: the oracle, the interpreter and machine code.
#pragma once

#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "runtime/engine/engine.h"
#include "tests/agree/oracle/oracle.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::examples {

std::filesystem::path folder();  // policies/examples
std::vector<std::string> lines_of(const std::filesystem::path& file);

struct Prepared {
  Loaded loaded;
  model::Policy policy;
  std::unique_ptr<Engine> engine;  // with machine code where the build has it
  std::unique_ptr<oracle::Oracle> oracle;
  std::string problems;  // rendered diagnostics; empty when the policy checks

  std::optional<std::span<const program::Attribute>> attributes_of(std::string_view tenant) const;
};
std::unique_ptr<Prepared> prepare(const std::filesystem::path& path);

// Runs the built `writ` with these arguments from the project's root.
struct Run {
  int exit_code = -1;
  std::string output, errors;
};
Run run_writ(const std::string& arguments);
Run run_shell(const std::string& line);

}  // namespace writ::examples
