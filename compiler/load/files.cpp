// POSIX calls rather than streams: a policy may name a pipe that never ends, a device, a file that grows while it is read,
// or change under our hands between being listed and being opened. So a file is opened without waiting, judged by its
// descriptor, and read up to a limit. The folder walk keeps its own stack and enters a folder once, by identity, so a
// circle of links ends.
#include "compiler/load/files.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::load_detail {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".writ";
constexpr std::size_t most_candidates = 1'000;  // names looked at for "did you mean"

std::string reason(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// What to do about a file that is there and cannot be read.
std::string help_for(int error) {
  switch (error) {
  case EACCES:
  case EPERM: return "give whoever runs `writ` permission to read it";
  case ENOENT: return "it is a link that leads nowhere: remove it, or give it its target";
  case ELOOP: return "it is a link that leads back to itself: remove it";
  default: return "a policy is read whole or not at all: this file could hold a deny";
  }
}

Problem unreadable_file(const std::string& name, int error) {
  return {Code::file_unreadable, "cannot read `" + name + "`: " + reason(error), help_for(error)};
}

Problem not_regular(const std::string& name, const std::string& kind) {
  return {Code::not_a_regular_file, "`" + name + "` is " + kind + ", not a policy file",
          "to check what a pipe brings, give `-` and let it arrive on standard input"};
}

void add(Diagnostics& diagnostics, Span from, Problem problem) {
  diagnostics.add(problem.code, from, std::move(problem.message)).hint(std::move(problem.help));
}

Identity identity_of(const struct stat& info) {
  return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

std::string kind_of(const struct stat& info) {
  if (S_ISFIFO(info.st_mode)) return "a pipe";
  if (S_ISSOCK(info.st_mode)) return "a socket";
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) return "a device";
  return "neither a file nor a folder";
}

// The nearest name beside a path that does not exist.
std::string suggestion(const fs::path& path) {
  std::error_code failed;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end && names.size() < most_candidates;
       at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(suffix) || at->is_directory(failed)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(nearest_name(path.filename().string(), views));
}

class Walk {
 public:
  Walk(Span from, const Limits& limits, Diagnostics& diagnostics)
      : from_(from), limits_(limits), diagnostics_(diagnostics) {}

  std::vector<Found> below(const std::string& root) {
    here_ = root == ".";
    folders_.push_back(root);
    while (!folders_.empty() && !too_many_) {
      const fs::path folder = folders_.back();
      folders_.pop_back();
      enter(folder);
    }
    std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.name < b.name; });
    return std::move(found_);
  }
  bool failed() const { return failed_; }

 private:
  // As messages name it: `writ check .` speaks of `acme.writ`, not of `./acme.writ`.
  std::string shown(const fs::path& path) const {
    std::string text = path.string();
    return here_ && text.starts_with("./") ? text.substr(2) : text;
  }

  void enter(const fs::path& folder) {
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0) return unreadable(folder, errno);
    if (!entered_.insert(identity_of(info)).second) return;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    for (const fs::directory_iterator end; !error && at != end && !too_many_; at.increment(error)) entry(at->path());
    if (error) unreadable(folder, error.value());
  }

  void entry(const fs::path& path) {
    const std::string name = path.filename().string();
    if (name.starts_with('.')) return;
    const bool policy = name.ends_with(suffix);
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      if (policy) unreadable(path, errno);
    } else if (S_ISDIR(info.st_mode)) {
      folders_.push_back(path);
    } else if (policy && !S_ISREG(info.st_mode)) {
      failed_ = true;
      add(diagnostics_, from_, not_regular(shown(path), kind_of(info)));
    } else if (policy) {
      found_.push_back({shown(path), fs::path(shown(path)), identity_of(info), false});
      if (found_.size() > limits_.files) too_many();
    }
  }

  void unreadable(const fs::path& path, int error) {
    failed_ = true;
    add(diagnostics_, from_, unreadable_file(shown(path), error));
  }
  void too_many() {
    too_many_ = failed_ = true;
    diagnostics_.add(Code::too_many_files, from_, "more than " + std::to_string(limits_.files) + " policy files")
        .hint("is this the folder of the policy? if it is, put several tenants into one file");
  }

  Span from_;
  const Limits& limits_;
  Diagnostics& diagnostics_;
  std::vector<fs::path> folders_;
  std::set<Identity> entered_;
  std::vector<Found> found_;
  bool too_many_ = false, failed_ = false, here_ = false;
};

}  // namespace

fs::path beside(const fs::path& importer, const std::string& written) {
  fs::path result = importer.parent_path();
  for (const fs::path& step : fs::path(written))
    if (step != ".") result /= step;
  return result.empty() ? fs::path(".") : result;
}

std::vector<Found> Disk::find(const std::string& path, Span from, const Limits& limits,
                              Diagnostics& diagnostics) const {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    const int error = errno;
    if (error != ENOENT && error != ENOTDIR) {
      add(diagnostics, from, unreadable_file(path, error));
      return {};
    }
    Diagnostic& told = diagnostics.add(Code::file_not_found, from, "there is no file or folder `" + path + "`");
    const std::string near = suggestion(path);
    if (!near.empty())
      told.hint("did you mean `" + (fs::path(path).parent_path() / near).string() + "`?");
    else
      told.hint(from.known() ? "an import is relative to the file that writes it"
                             : "a path is relative to the folder the command is started in");
    return {};
  }
  if (S_ISREG(info.st_mode)) return {{path, path, identity_of(info), false}};
  if (!S_ISDIR(info.st_mode)) {
    add(diagnostics, from, not_regular(path, kind_of(info)));
    return {};
  }
  Walk walk(from, limits, diagnostics);
  std::vector<Found> found = walk.below(path);
  if (found.empty() && !walk.failed())
    diagnostics.add(Code::folder_without_policies, from, "`" + path + "` holds no `.writ` file")
        .hint("name the folder that holds the policy, or start one: `writ init " + path + "`");
  return found;
}

std::string size_text(std::size_t bytes) {
  constexpr std::size_t kib = 1u << 10, mib = 1u << 20;
  if (bytes >= mib && bytes % mib == 0) return std::to_string(bytes / mib) + " MiB";
  if (bytes >= kib && bytes % kib == 0) return std::to_string(bytes / kib) + " KiB";
  return std::to_string(bytes) + " bytes";
}

Content Disk::read(const Found& file, std::size_t limit) const {
  const int descriptor =
      file.standard_input ? STDIN_FILENO : ::open(file.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return {{}, unreadable_file(file.name, errno)};
  const struct Closer {
    int descriptor;
    ~Closer() {
      if (descriptor != STDIN_FILENO) ::close(descriptor);
    }
  } closer{descriptor};
  struct stat info{};
  if (::fstat(descriptor, &info) != 0) return {{}, unreadable_file(file.name, errno)};
  if (!file.standard_input && !S_ISREG(info.st_mode)) return {{}, not_regular(file.name, kind_of(info))};
  const auto too_large = [&]() -> Content {
    return {{},
            Problem{Code::file_too_large, "`" + file.name + "` is larger than " + size_text(limit),
                    "divide it: the files of one folder are one policy set"}};
  };
  if (S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) > limit) return too_large();
  std::string text;
  std::size_t used = 0;
  for (;;) {
    if (used == text.size()) text.resize(std::min(limit + 1, std::max<std::size_t>(used * 2, 64u << 10)));
    const ssize_t got = ::read(descriptor, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {{}, unreadable_file(file.name, errno)};
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > limit) return too_large();
  }
  text.resize(used);
  text.shrink_to_fit();
  return {std::move(text), std::nullopt};
}

}  // namespace writ::load_detail
