// Messages in the forms that machines read: editors, GitHub, GitLab, anything that takes SARIF or JUnit.
#pragma once

#include "compiler/diagnostics/diagnostics.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

enum class ReportForm : std::uint8_t { pretty, compact, json, sarif, junit, github, gitlab };
const std::map<std::string, ReportForm>& report_forms();  // by name

// What a report is made of.
struct ReportInput {
  std::span<const Notice> notices;            // in their order
  std::span<const std::string> fingerprints;  // parallel
  const SourceSet& sources;
  std::span<const FileId> files;  // all that were looked at
  std::string_view tool;          // "writ lint"
  bool color = false;
};

// One of a message: stays the same while the lines above it, and its wording, change. Of equal ones in a file the place among them counts.
std::vector<std::string> fingerprints_of(std::span<const Notice> notices, const SourceSet& sources);

struct ReportText {
  std::string data;     // for standard output
  std::string remark;   // for standard error: what did not fit; empty when all did
  std::string summary;  // Markdown for GitHub's job summary; empty in other forms
};
ReportText report(ReportForm form, const ReportInput& input);

}  // namespace writ::cli
