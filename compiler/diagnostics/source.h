// Source text and places in it. A SourceSet owns every text of a compilation; a Span is 12 bytes and copied freely.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

enum class FileId : std::uint32_t {};

// Bytes [begin, end) of a file. The default span is "no place": a diagnostic about a whole folder, say.
struct Span {
  FileId file{0xffff'ffff};
  std::uint32_t begin = 0, end = 0;
  bool known() const { return file != FileId{0xffff'ffff}; }
  bool operator==(const Span&) const = default;
};

// Line and column, both from 1; the column counts code points.
struct Position {
  std::uint32_t line = 0, column = 0;
};

class SourceSet {
 public:
  // `name` is the path as the user wrote it, or `<stdin>`; texts are kept as given.
  FileId add(std::string name, std::string text);
  const std::string& name(FileId file) const;
  std::string_view text(FileId file) const;
  std::string_view text(Span span) const;
  Position position(FileId file, std::uint32_t offset) const;
  std::string_view line(FileId file, std::uint32_t line) const;  // without its line end
  std::string place(Span span) const;                            // "acme/admin.writ:12:19"
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string name, text;
    std::vector<std::uint32_t> lines;  // offset of each line's first byte
    std::vector<std::uint32_t> marks;  // code points before each 4,096th byte
  };
  std::deque<File> files_;  // stable addresses: string_views into texts stay good while files are added
};

}  // namespace writ
