// Two policy sets to be held against each other, without what is the same in both.
//
// A tenant depends on its own text and on what stands outside of tenants: the platform, shared clients, templates. Where all of that is the
// same on both sides, the tenants whose own text is the same are not parsed: of ten thousand with one changed, that one is. Tests and proofs
// decide nothing and are not parsed either. What is left has the lines it had. Where the rest differs, or a text does not look as this needs
// it, both sides are loaded whole.
//
// What is left out is not checked: `writ check` says whether a set is right.
#pragma once

#include "compiler/load/load.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace writ {

namespace load_detail {
class Files;
}

// A policy set in a revision of a git repository instead of on the disk.
class GitRevision {
 public:
  // What `revision` has at `path`, which is named as on the disk. Says in `error` why there is none. Runs `git`, which reads the repository
  // and nothing else.
  static std::optional<GitRevision> open(const std::string& revision, const std::string& path, std::string& error);
  GitRevision(GitRevision&&) noexcept;
  GitRevision& operator=(GitRevision&&) noexcept;
  ~GitRevision();
  const load_detail::Files& files() const { return *files_; }

 private:
  explicit GitRevision(std::unique_ptr<load_detail::Files> files);
  std::unique_ptr<load_detail::Files> files_;
};

struct Side {
  std::string path;                       // a file, a folder, or `-`
  const GitRevision* revision = nullptr;  // the disk
};
struct LoadedPair {
  Loaded before, after;
  std::size_t left_out = 0;  // tenants that are the same, letter by letter
};
LoadedPair load_pair(const Side& before, const Side& after, const Limits& limits = {});

}  // namespace writ
