// The first look at a text, before any token: is it UTF-8, is anything in it that must not be, where do its lines begin.
#pragma once

#include "compiler/diagnostics/diagnostics.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace writ::syntax {

class SourceMap {
 public:
  SourceMap(FileId file, std::string_view bytes);

  FileId file() const { return file_; }
  std::string_view bytes() const { return bytes_; }
  // The text without its byte order mark: what the lexer is given.
  std::string_view body() const { return bytes_.substr(mark_); }
  std::string_view text(Span span) const { return bytes_.substr(span.begin, span.end - span.begin); }
  // Index of the line that holds an offset, and whether only blanks stand before it there.
  std::size_t line(std::uint32_t offset) const;
  std::size_t column(std::uint32_t offset) const;
  bool first_on_line(std::uint32_t offset) const { return firsts_[line(offset)] >= offset; }
  std::size_t indentation(std::size_t line) const { return firsts_[line] - lines_[line]; }
  const std::vector<std::uint32_t>& line_starts() const { return lines_; }

 private:
  FileId file_;
  std::string_view bytes_;
  std::size_t mark_ = 0;
  std::vector<std::uint32_t> lines_;
  std::vector<std::uint32_t> firsts_;  // of each line, its first byte that is no blank, or its end
};

// Refuses what no policy may hold anywhere, comments and strings included: bytes that are no UTF-8, controls other than
// tab and line end, a lone carriage return, and characters that change the direction of text, under which a reviewer
// would see another policy than the compiler (CVE-2021-42574). False when anything was found.
bool scan(FileId file, std::string_view bytes, Diagnostics& diagnostics);

}  // namespace writ::syntax
