// Following what findings, and errors, offer to edit, until nothing is left to follow. In memory: who writes files decides which.
#pragma once

#include "compiler/lint/lint.h"
#include "compiler/syntax/limits.h"

#include <map>
#include <string>
#include <vector>

namespace writ::lint {

struct FileText {
  std::string name, text;
};

struct FixOptions {
  bool unsafe = false;  // edits that change decisions too, and those of errors
  LevelOf level_of = {};
};

struct Fixed {
  std::vector<FileText> files;                // as given, edited
  std::map<std::string, std::size_t> made;    // by rule or code
  std::map<std::string, std::size_t> unsafe;  // offered and not made: they change decisions
  std::string problem;  // the policy has errors, rendered; then nothing was edited but what `unsafe` allows
};

// `files`: a whole policy set in source order. An edit after which the policy has an error it did not have is not made. The result is a fixed point:
// fixing it again changes nothing.
Fixed fix(std::vector<FileText> files, const Limits& limits, const FixOptions& options);

}  // namespace writ::lint
