// See lint_scope.h. git is asked by itself, without a shell, so no name of a revision can say more than a name.
#include "cli/lint_scope.h"

#include "cli/verb.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace writ::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t baseline_bytes = 64u << 20u, git_bytes = 64u << 20u;

// At most `limit` bytes of a regular file; nothing when it cannot be read or is larger.
std::optional<std::string> bytes_of(const fs::path& file, std::size_t limit) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return std::nullopt;
  const auto size = fs::file_size(file, failed);
  if (failed || size > limit) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (!in && size > 0) return std::nullopt;
  return text;
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

struct GitAnswer {
  int code = -1;
  std::string out;
  bool too_much = false;
};

// `git -C folder arguments…`, its standard output.
GitAnswer git(const fs::path& folder, std::vector<std::string> arguments) {
  GitAnswer answer;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return answer;
  std::vector<std::string> words = {"git", "-C", folder.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int started = ::posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (started == 0) {
    std::array<char, 65'536> piece{};
    for (ssize_t size = 0; (size = ::read(pipe[0], piece.data(), piece.size())) != 0;) {
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) break;
      if (answer.out.size() + static_cast<std::size_t>(size) > git_bytes) {
        answer.too_much = true;
        break;
      }
      answer.out.append(piece.data(), static_cast<std::size_t>(size));
    }
  }
  ::close(pipe[0]);
  if (started != 0) return answer;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return answer;
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
  const GitAnswer top = git(folder, {"rev-parse", "--show-toplevel"});
  if (top.code != 0) return fmt::format("`{}` is in no git repository, or git is not there", path);
  const fs::path root = top.out.substr(0, top.out.find_last_not_of('\n') + 1);
  const GitAnswer commit = git(root, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (commit.code != 0) return fmt::format("git knows no revision `{}` in `{}`", revision, root.string());
  const std::string hash = commit.out.substr(0, commit.out.find('\n'));
  const GitAnswer differing = git(root, {"diff", "--name-only", "--no-renames", "-z", hash, "--"});
  const GitAnswer fresh = git(root, {"ls-files", "--others", "--exclude-standard", "-z"});
  if (differing.code != 0 || fresh.code != 0 || differing.too_much || fresh.too_much)
    return "git could not say which files changed";
  add_names(root, differing.out, changed.files);
  add_names(root, fresh.out, changed.files);
  return {};
}

}  // namespace writ::cli
