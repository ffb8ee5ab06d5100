// What `writ lint` leaves out and why: settings of a writ.toml, findings that a baseline knows, files that did not change.
#pragma once

#include "cli/console.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/lint/config.h"

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

// The settings that hold for a policy, and the folder that their paths begin at.
struct LintConfig {
  lint::Config config;
  std::filesystem::path folder;  // empty: no writ.toml
  // A policy's file as the patterns of writ.toml see it.
  std::string relative(std::string_view file) const;
};
// `named`, or the writ.toml beside the first path or in the nearest folder above it. Empty when it was read or there is none, else what is wrong
// with it, a line each.
std::string read_lint_config(const std::string& named, std::span<const std::string> paths, LintConfig& config);

// Findings that were there when linting began, by fingerprint.
struct Baseline {
  std::set<std::string> known;
};
std::string read_baseline(const std::string& file, Baseline& baseline);  // empty, or what is wrong
std::string baseline_text(std::span<const Notice> notices, std::span<const std::string> fingerprints,
                          const SourceSet& sources);

// The files that differ, in the working tree, from what `revision` of the git repository around `path` holds; new ones included.
struct Changed {
  std::set<std::filesystem::path> files;  // canonical
  bool holds(std::string_view file) const;
};
std::string changed_since(const std::string& revision, const std::string& path,
                          Changed& changed);  // empty, or what is wrong

}  // namespace writ::cli
