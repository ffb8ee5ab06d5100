// A revision of a git repository as a place where files come from: by ls-tree for what there is and cat-file for the bytes. Neither runs
// anything of the repository's, and neither changes it.
//
// The list of the whole revision is taken once. Bytes of what lies below the path that was named are fetched by one process; a file that is
// imported from elsewhere costs one of its own.
#include "compiler/load/files.h"
#include "compiler/load/git.h"
#include "compiler/load/pair.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace writ {

namespace {

namespace fs = std::filesystem;
using load_detail::Content;
using load_detail::Files;
using load_detail::first_line;
using load_detail::Found;
using load_detail::git;
using load_detail::Identity;
using load_detail::no_such_revision;
using load_detail::Problem;

constexpr std::size_t most_listed = 256u << 20;  // bytes of the list of a revision
constexpr std::size_t longest_target = 4'096;    // of a link
constexpr std::string_view suffix = ".writ";

// One file of the revision. A link is here, too, so that it can be refused.
struct Blob {
  std::string object;
  std::size_t size = 0;
  bool link = false;
};

class Commit : public Files {
 public:
  // `folder` is named as on the disk, and `inside` is the same from the repository's top, with `/` behind it or empty.
  Commit(std::string revision, std::string folder, std::string inside, std::map<std::string, Blob> blobs)
      : revision_(std::move(revision)),
        folder_(std::move(folder)),
        inside_(std::move(inside)),
        blobs_(std::move(blobs)) {
    std::uint64_t number = 0;
    for (const auto& [path, blob] : blobs_) numbers_.emplace(path, ++number);
  }

  std::vector<Found> find(const std::string& path, Span from, const Limits& limits,
                          Diagnostics& diagnostics) const override {
    const auto wanted = in_repository(path);
    std::vector<Found> found;
    if (wanted && blobs_.contains(*wanted)) {
      found.push_back(found_at(path, *wanted));
    } else if (wanted) {
      const std::string below = wanted->empty() ? std::string() : *wanted + "/";
      for (auto at = blobs_.lower_bound(below); at != blobs_.end() && at->first.starts_with(below); ++at) {
        const auto rest = at->first.substr(below.size());
        if (!rest.ends_with(suffix) || rest.starts_with('.') || rest.find("/.") != std::string::npos) continue;
        if (found.size() == limits.files) {
          diagnostics.add(Code::too_many_files, from, "more than " + std::to_string(limits.files) + " policy files")
              .hint("is this the folder of the policy? if it is, put several tenants into one file");
          return {};
        }
        found.push_back(found_at(path == "." ? rest : (fs::path(path) / rest).string(), at->first));
      }
    }
    if (found.empty())
      diagnostics.add(Code::file_not_found, from, "there is no policy `" + path + "` in revision `" + revision_ + "`")
          .hint("compare with a revision that has it, or with the folder it was in: `writ diff OLD NEW`");
    std::ranges::sort(found, {}, &Found::name);
    return found;
  }

  Content read(const Found& file, std::size_t limit) const override {
    const auto wanted = in_repository(file.path.string());
    const auto at = wanted ? blobs_.find(*wanted) : blobs_.end();
    if (at == blobs_.end()) return {{}, problem(file, "it is not in the revision")};
    if (at->second.link) return {{}, problem(file, "it is a link, and links of a revision are not followed")};
    if (at->second.size > limit)
      return {{},
              Problem{Code::file_too_large, "`" + file.name + "` is larger than " + load_detail::size_text(limit),
                      "divide it: the files of one folder are one policy set"}};
    if (const auto known = texts_.find(at->second.object); known != texts_.end()) return {known->second, std::nullopt};
    const auto ran = git({"-C", top_, "cat-file", "blob", at->second.object}, {}, limit);
    if (!ran.good || ran.out.size() != at->second.size) return {{}, problem(file, first_line(ran.err))};
    return {ran.out, std::nullopt};
  }

  // Fetches what lies below the path, for one process is as quick as a thousand are slow.
  std::string fetch(std::string top, const std::string& below) {
    top_ = std::move(top);
    std::string wanted;
    std::size_t total = 0;
    const auto is_wanted = [&](const std::string& path, const Blob& blob) {
      return !blob.link && path.ends_with(suffix) &&
             (below.empty() || path == below || path.starts_with(below + "/")) && blob.size <= Limits{}.file_bytes;
    };
    for (const auto& [path, blob] : blobs_) {
      if (!is_wanted(path, blob)) continue;
      total += blob.size + blob.object.size() + 32;
      wanted += blob.object + "\n";
    }
    if (wanted.empty()) return {};
    if (total > Limits{}.total_bytes) return "its policies are larger than a policy set may be";
    const auto ran = git({"-C", top_, "cat-file", "--batch"}, wanted, total);
    if (!ran.good) return first_line(ran.err);
    std::string_view rest = ran.out;
    for (const auto& [path, blob] : blobs_) {
      if (!is_wanted(path, blob)) continue;
      const std::string head = blob.object + " blob " + std::to_string(blob.size) + "\n";
      if (!rest.starts_with(head) || rest.size() < head.size() + blob.size + 1) return "git gave something else";
      texts_.emplace(blob.object, rest.substr(head.size(), blob.size));
      rest.remove_prefix(head.size() + blob.size + 1);
    }
    return {};
  }

 private:
  // A path as it is on the disk, from the repository's top; nothing when it leads out of it.
  std::optional<std::string> in_repository(const std::string& path) const {
    const auto relative = fs::path(path).lexically_normal().lexically_relative(fs::path(folder_).lexically_normal());
    if (relative.empty()) return std::nullopt;
    auto inside = (fs::path(inside_) / relative).lexically_normal().string();
    if (inside == ".") inside.clear();
    if (inside.ends_with('/')) inside.pop_back();
    if (inside == ".." || inside.starts_with("../") || inside.starts_with('/')) return std::nullopt;
    return inside;
  }
  Found found_at(const std::string& name, const std::string& path) const {
    return {name, name, Identity{UINT64_MAX, numbers_.at(path)}, false};
  }
  Problem problem(const Found& file, const std::string& why) const {
    return {Code::file_unreadable, "cannot read `" + file.name + "` of revision `" + revision_ + "`: " + why,
            "a policy is read whole or not at all: this file could hold a deny"};
  }

  std::string revision_, folder_, inside_, top_;
  std::map<std::string, Blob> blobs_;             // by path from the repository's top
  std::map<std::string, std::uint64_t> numbers_;  // what makes two paths one file
  std::map<std::string, std::string> texts_;      // by object
};

// "100644 blob 3b18e512dba79e4c8300dd08aeb37f8e728b8dad      12\tacme/acme.writ"
bool add_entry(std::string_view line, std::map<std::string, Blob>& blobs, bool& links) {
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos) return false;
  const auto path = line.substr(tab + 1);
  std::array<std::string_view, 4> fields;
  auto rest = line.substr(0, tab);
  for (auto& field : fields) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    field = rest.substr(0, rest.find(' '));
    rest.remove_prefix(field.size());
  }
  const bool link = fields[0] == "120000";
  links = links || link;
  if (fields[1] != "blob" || (!path.ends_with(suffix) && !link)) return true;
  std::size_t size = 0;
  std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), size);
  blobs.emplace(path, Blob{std::string(fields[2]), size, link});
  return true;
}

// A link to a folder brings in policies on the disk, and would silently bring none here.
std::string refuse_links(const std::map<std::string, Blob>& blobs, const std::string& top, const std::string& below) {
  for (const auto& [path, blob] : blobs) {
    if (!blob.link || path.ends_with(suffix) || !(below.empty() || path.starts_with(below + "/"))) continue;
    const auto ran = git({"-C", top, "cat-file", "blob", blob.object}, {}, longest_target);
    const auto target = (fs::path(path).parent_path() / ran.out).lexically_normal().string();
    const auto inside = blobs.lower_bound(target + "/");
    if (!ran.good || target.starts_with("..") || target.starts_with('/') || target == "." ||
        (inside != blobs.end() && inside->first.starts_with(target + "/")))
      return "`" + path + "` is a link, and links of a revision are not followed";
  }
  return {};
}

}  // namespace

GitRevision::GitRevision(std::unique_ptr<Files> files) : files_(std::move(files)) {}
GitRevision::GitRevision(GitRevision&&) noexcept = default;
GitRevision& GitRevision::operator=(GitRevision&&) noexcept = default;
GitRevision::~GitRevision() = default;

std::optional<GitRevision> GitRevision::open(const std::string& revision, const std::string& path, std::string& error) {
  std::error_code failed;
  const bool is_folder = fs::is_directory(path, failed);
  const auto parent = fs::path(path).parent_path().string();
  const std::string folder = is_folder ? path : parent.empty() ? "." : parent;
  const auto refuse = [&](const std::string& why) {
    error = why;
    return std::nullopt;
  };
  const auto where = git({"-C", folder, "rev-parse", "--show-toplevel", "--show-prefix"}, {}, most_listed);
  if (!where.good) return refuse("`" + folder + "`: " + first_line(where.err));
  const auto line = where.out.find('\n');
  const std::string top = where.out.substr(0, line);
  std::string inside = where.out.substr(line + 1);
  inside.resize(std::min(inside.find('\n'), inside.size()));
  const auto commit =
      git({"-C", top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}, {}, most_listed);
  if (!commit.good) return refuse(no_such_revision(revision, top, folder));
  const auto listed =
      git({"-C", top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit.out.substr(0, commit.out.find('\n'))}, {},
          most_listed);
  if (!listed.good) return refuse("revision `" + revision + "`: " + first_line(listed.err));
  std::map<std::string, Blob> blobs;
  bool links = false;
  for (std::string_view rest = listed.out; !rest.empty();) {
    const auto end = std::min(rest.find('\0'), rest.size() - 1);
    if (!add_entry(rest.substr(0, end), blobs, links))
      return refuse("revision `" + revision + "`: git gave something else");
    rest.remove_prefix(end + 1);
  }
  std::string below =
      (fs::path(inside) / (is_folder ? fs::path() : fs::path(path).filename())).lexically_normal().string();
  while (below.ends_with('/')) below.pop_back();
  if (below == ".") below.clear();
  if (links)
    if (auto why = refuse_links(blobs, top, below); !why.empty()) return refuse("revision `" + revision + "`: " + why);
  std::erase_if(blobs, [](const auto& one) { return !one.first.ends_with(suffix); });
  auto made = std::make_unique<Commit>(revision, folder, inside, std::move(blobs));
  if (const auto why = made->fetch(top, below); !why.empty()) return refuse("revision `" + revision + "`: " + why);
  return GitRevision(std::move(made));
}

}  // namespace writ
