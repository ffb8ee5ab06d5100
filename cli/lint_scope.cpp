// See lint_scope.h.
#include "cli/lint_scope.h"

#include "cli/verb.h"
#include "compiler/load/files.h"
#include "compiler/load/git.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t baseline_bytes = 64u << 20u, git_bytes = 64u << 20u;

// At most `limit` bytes of a regular file; nothing when it cannot be read or is larger.
std::optional<std::string> bytes_of(const fs::path& file, std::size_t limit) {
  auto content = load_detail::Disk().read({file.string(), file, {}, false}, limit);
  return content.problem ? std::nullopt : std::optional(std::move(content.text));
}

// The nearest writ.toml: beside the path, or above it.
fs::path nearest_config(const std::string& path) {
  std::error_code failed;
  fs::path folder = fs::weakly_canonical(path == "-" ? fs::path(".") : fs::path(path), failed);
  if (failed) return {};
  if (!fs::is_directory(folder, failed)) folder = folder.parent_path();
  for (;; folder = folder.parent_path()) {
    if (fs::is_regular_file(folder / "writ.toml", failed)) return folder / "writ.toml";
    if (folder == folder.parent_path()) return {};
  }
}

// `git -C folder arguments…`
load_detail::GitAnswer git(const fs::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"-C", folder.string()});
  return load_detail::git(arguments, {}, git_bytes);
}

void add_names(const fs::path& top, const std::string& names, std::set<fs::path>& into) {
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, '\0');) {
    std::error_code failed;
    const fs::path path = fs::weakly_canonical(top / name, failed);
    if (!failed) into.insert(path);
  }
}

}  // namespace

std::string LintConfig::relative(std::string_view file) const {
  std::error_code failed;
  if (folder.empty() || file == "<stdin>") return std::string(file);
  const fs::path path = fs::weakly_canonical(fs::path(std::string(file)), failed);
  return failed ? std::string(file) : path.lexically_relative(folder).generic_string();
}

std::string read_lint_config(const std::string& named, std::span<const std::string> paths, LintConfig& config) {
  const fs::path file = !named.empty() ? fs::path(named) : nearest_config(paths.empty() ? "." : paths.front());
  if (file.empty()) return {};
  const auto text = bytes_of(file, lint::config_bytes);
  if (!text)
    return fmt::format("`{}` cannot be read: it is no file, or larger than {} bytes", file.string(),
                       lint::config_bytes);
  std::vector<lint::ConfigProblem> problems;
  config.config = lint::read_config(*text, problems);
  std::error_code failed;
  config.folder = fs::weakly_canonical(file, failed).parent_path();
  std::string wrong;
  for (const auto& one : problems)
    wrong += fmt::format("{}{}:{}:{}: {}", wrong.empty() ? "" : "\n", named.empty() ? "writ.toml" : named, one.line,
                         one.column, one.message);
  return wrong;
}

std::string read_baseline(const std::string& file, Baseline& baseline) {
  const auto text = bytes_of(file, baseline_bytes);
  if (!text) return fmt::format("`{}` cannot be read; `--write-baseline {}` makes it", file, file);
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto not_one = fmt::format("`{}` is no baseline of `writ lint --write-baseline`", file);
  if (!json.is_object() || json.value("writ_baseline", 0) != 1 || !json.contains("findings") ||
      !json["findings"].is_array())
    return not_one;
  for (const auto& one : json["findings"]) {
    if (!one.is_object() || !one.contains("fingerprint") || !one["fingerprint"].is_string()) return not_one;
    baseline.known.insert(one["fingerprint"].get<std::string>());
  }
  return {};
}

std::string baseline_text(std::span<const Notice> notices, std::span<const std::string> fingerprints,
                          const SourceSet& sources) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < notices.size(); ++i) {
    const Span span = notices[i].what->span;
    findings.push_back({{"fingerprint", fingerprints[i]},
                        {"rule", notices[i].name},
                        {"file", span.known() ? safe(sources.name(span.file)) : ""},
                        {"message", safe(notices[i].what->message)}});
  }
  const nlohmann::ordered_json all = {{"writ_baseline", 1}, {"findings", std::move(findings)}};
  return all.dump(2) + "\n";
}

bool Changed::holds(std::string_view file) const {
  std::error_code failed;
  const fs::path path = fs::weakly_canonical(fs::path(std::string(file)), failed);
  return file == "<stdin>" || failed || files.contains(path);
}

std::string changed_since(const std::string& revision, const std::string& path, Changed& changed) {
  if (revision.empty() || revision.starts_with('-'))
    return fmt::format("`{}` is no revision of git: a branch, a tag or a commit", revision);
  std::error_code failed;
  fs::path folder = fs::weakly_canonical(path == "-" ? fs::path(".") : fs::path(path), failed);
  if (!fs::is_directory(folder, failed)) folder = folder.parent_path();
  const auto top = git(folder, {"rev-parse", "--show-toplevel"});
  if (!top.good) return fmt::format("`{}`: {}", path, load_detail::first_line(top.err));
  const fs::path root = top.out.substr(0, top.out.find_last_not_of('\n') + 1);
  const auto commit = git(root, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (!commit.good) return load_detail::no_such_revision(revision, root.string(), path);
  const std::string hash = commit.out.substr(0, commit.out.find('\n'));
  const auto differing = git(root, {"diff", "--name-only", "--no-renames", "-z", hash, "--"});
  const auto fresh = git(root, {"ls-files", "--others", "--exclude-standard", "-z"});
  if (!differing.good || !fresh.good) return "git could not say which files changed";
  add_names(root, differing.out, changed.files);
  add_names(root, fresh.out, changed.files);
  return {};
}

}  // namespace writ::cli
