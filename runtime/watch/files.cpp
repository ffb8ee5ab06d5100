// A bundle that is replaced, or a folder of bundles and deltas. Each file is tried once, and again when it is another.
#include "runtime/bundle/delta.h"
#include "runtime/password/mapped.h"
#include "runtime/watch/source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include <sys/stat.h>

namespace writ::watch {

namespace {

namespace fs = std::filesystem;
using bundle::Bundle;
using bundle::Problem;

// What tells a file from the one that was there before.
struct Identity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t seconds = 0, nanoseconds = 0;
  bool operator==(const Identity&) const = default;
};

bool identify(const std::string& path, Identity& identity) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return false;
  identity = {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size), found.st_mtim.tv_sec,
              found.st_mtim.tv_nsec};
  return true;
}

std::array<char, 8> first_bytes(const std::string& path) {
  std::array<char, 8> bytes{};
  std::ifstream(path, std::ios::binary).read(bytes.data(), bytes.size());
  return bytes;
}

class Files : public Source {
 public:
  Files(std::string path, Serving& serving) : path_(std::move(path)), serving_(serving) {}

  std::string look() override {
    std::vector<std::string> paths;
    if (auto wrong = list(paths); !wrong.empty()) return wrong;
    std::vector<Candidate> bundles;
    std::erase_if(known_, [&](const auto& one) { return std::ranges::find(paths, one.first) == paths.end(); });
    for (const auto& path : paths) {
      Identity now;
      if (!identify(path, now)) continue;
      auto& known = known_[path];
      if (known.identity == now) continue;
      known = {now, {}};
      const auto begin = first_bytes(path);
      if (begin == bundle::delta_magic)
        read_base(path, known);
      else if (begin == bundle::bundle_magic || !is_folder_)
        add_bundle(path, bundles);
    }
    // The highest first; one that is refused leaves the next its chance.
    std::ranges::stable_sort(bundles, std::greater<>(), &Candidate::version);
    for (const auto& one : bundles)
      if (one.version == 0 || is_news(*one.opened))
        if (serving_.open(one.path, one.path)) break;
    apply_deltas();
    return "";
  }
  std::string folder() const override {
    std::error_code failed;
    if (fs::is_directory(path_, failed)) return path_;
    const auto above = fs::path(path_).parent_path().string();
    return above.empty() ? "." : above;
  }

 private:
  struct Known {
    Identity identity;
    std::optional<bundle::Digest> base;  // of a delta
  };
  struct Candidate {
    std::string path;
    std::uint64_t version = 0;  // 0: it cannot be opened, and the engine says why
    std::shared_ptr<const Bundle> opened;
  };

  std::string list(std::vector<std::string>& paths) {
    std::error_code failed;
    is_folder_ = fs::is_directory(path_, failed);
    if (!is_folder_) {
      Identity ignored;
      if (!identify(path_, ignored)) return "`" + path_ + "` cannot be read: " + std::strerror(errno);
      paths.push_back(path_);
      return "";
    }
    for (fs::directory_iterator at(path_, failed), end; !failed && at != end; at.increment(failed))
      if (!at->path().filename().string().starts_with('.')) paths.push_back(at->path().string());
    std::ranges::sort(paths);
    return failed ? "`" + path_ + "` cannot be read: " + failed.message() : "";
  }

  static void add_bundle(const std::string& path, std::vector<Candidate>& bundles) {
    Problem problem;
    auto opened = Bundle::open(path, problem);
    const auto version = opened ? opened->manifest().version : 0;
    bundles.push_back({path, version, std::move(opened)});
  }

  // Whether it is later than what serves, or the one to go back to: of the others it need not be said that they are refused.
  bool is_news(const Bundle& opened) const {
    const auto now = serving_.engine.metrics();
    if (now.channel != opened.manifest().channel) return true;
    const auto& back = serving_.options.opening.rollback;
    if (now.root == to_hex(opened.root())) return false;
    return opened.manifest().version > now.version || (back && back->root == opened.root()) || !is_folder_;
  }

  static void read_base(const std::string& path, Known& known) {
    password::Mapped file;
    bundle::Delta delta;
    if (file.open(path).empty() && !bundle::read_delta(std::as_bytes(file.bytes()), delta)) known.base = delta.base;
  }

  void apply_deltas() {
    for (bool again = true; again;) {
      again = false;
      const auto root = serving_.engine.metrics().root;
      for (auto& [path, known] : known_) {
        if (!known.base || to_hex(*known.base) != root) continue;
        known.base.reset();
        password::Mapped file;
        if (const auto wrong = file.open(path); wrong.empty() && serving_.apply(std::as_bytes(file.bytes()), path)) {
          again = true;
          break;
        }
      }
    }
  }

  std::string path_;
  Serving& serving_;
  bool is_folder_ = false;
  std::map<std::string, Known> known_;
};

}  // namespace

std::unique_ptr<Source> files_of(std::string path, Serving& serving) {
  return std::make_unique<Files>(std::move(path), serving);
}

}  // namespace writ::watch
