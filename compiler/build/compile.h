// A policy set from its text to parts that an engine takes: load, check, lower. For services that compile what they serve; what is built once
// and carried elsewhere is a bundle (build.h).
#pragma once

#include "compiler/syntax/limits.h"
#include "runtime/program/program.h"

#include <string>
#include <vector>

namespace writ {

struct CompiledPolicy {
  std::vector<program::Part> parts;  // by tenant; none when there are errors
  std::string messages;              // errors and warnings as `writ check` prints them, without colours
  bool ok = false;
};

// `path`: a file or a folder.
CompiledPolicy compile_policy(const std::string& path, const Limits& limits = {});

}  // namespace writ
