// Where files come from: what a path stands for, and the bytes of a file. The disk is one place, a revision of a repository another.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace writ::load_detail {

// What makes two paths one file, whatever links lead to it.
struct Identity {
  std::uint64_t device = 0, inode = 0;
  auto operator<=>(const Identity&) const = default;
};

struct Found {
  std::string name;  // as messages show it: the path as written, or below the folder as written
  std::filesystem::path path;
  Identity identity;
  bool standard_input = false;
};

struct Problem {
  Code code{};
  std::string message, help;
};
struct Content {
  std::string text;
  std::optional<Problem> problem;  // instead of text
};
// "16 MiB"
std::string size_text(std::size_t bytes);
// A path written in `importer`. Steps of `.` go; `..` stays, because behind a link it is not the folder the text suggests.
std::filesystem::path beside(const std::filesystem::path& importer, const std::string& written);

// Where files come from. Both may be asked from any thread.
class Files {
 public:
  Files() = default;
  virtual ~Files() = default;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  // The files that `path` stands for, by path. Problems are reported at `from` (no place for a path of the command line).
  virtual std::vector<Found> find(const std::string& path, Span from, const Limits& limits,
                                  Diagnostics& diagnostics) const = 0;
  virtual Content read(const Found& file, std::size_t limit) const = 0;
};

// Opens without waiting, refuses what is not a regular file, reads at most `limit` bytes.
class Disk : public Files {
 public:
  std::vector<Found> find(const std::string& path, Span from, const Limits& limits,
                          Diagnostics& diagnostics) const override;
  Content read(const Found& file, std::size_t limit) const override;
};

}  // namespace writ::load_detail
