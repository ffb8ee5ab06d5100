// The part of loading that touches the file system: what a path stands for, and the bytes of a file.
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

// The files that `path` stands for, by path. Problems are reported at `from` (no place for a path of the command line).
std::vector<Found> find_files(const std::string& path, Span from, const Limits& limits, Diagnostics& diagnostics);

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
// Opens without waiting, refuses what is not a regular file, reads at most `limit` bytes. Safe on any thread.
Content read_file(const Found& file, std::size_t limit);

}  // namespace writ::load_detail
