// Texts and places. Offsets are bytes, because that is what a lexer has; people are shown lines and code points, which
// are counted only when a message is made. Then from the last of the marks that are set every four kilobytes, as a line may be a
// whole file and each of its words wrong.
#include "compiler/diagnostics/source.h"

#include <algorithm>

namespace writ {

namespace {

constexpr bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0u) == 0x80u; }
constexpr std::size_t between_marks = 4'096;

std::uint32_t code_points(std::string_view text) {
  return static_cast<std::uint32_t>(
      std::count_if(text.begin(), text.end(), [](char b) { return !is_continuation(b); }));
}

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

FileId SourceSet::add(std::string name, std::string text) {
  File file{std::move(name), std::move(text), {0}, {0}};
  for (std::size_t at = file.text.find('\n'); at != std::string::npos; at = file.text.find('\n', at + 1))
    file.lines.push_back(static_cast<std::uint32_t>(at + 1));
  const std::string_view all = file.text;
  for (std::size_t at = between_marks; at <= all.size(); at += between_marks)
    file.marks.push_back(file.marks.back() + code_points(all.substr(at - between_marks, between_marks)));
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

const std::string& SourceSet::name(FileId file) const {
  static const std::string nowhere;
  const auto index = static_cast<std::size_t>(file);
  return index < files_.size() ? files_[index].name : nowhere;
}

std::string_view SourceSet::text(FileId file) const {
  const auto index = static_cast<std::size_t>(file);
  return index < files_.size() ? std::string_view(files_[index].text) : std::string_view();
}

std::string_view SourceSet::text(Span span) const {
  const std::string_view whole = text(span.file);
  const std::size_t begin = std::min<std::size_t>(span.begin, whole.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, whole.size());
  return whole.substr(begin, end - begin);
}

Position SourceSet::position(FileId file, std::uint32_t offset) const {
  const auto index = static_cast<std::size_t>(file);
  if (index >= files_.size()) return {};
  const File& in = files_[index];
  const auto next = std::upper_bound(in.lines.begin(), in.lines.end(), offset);
  const std::uint32_t start = *(next - 1);
  const auto before = [&](std::size_t place) {
    const std::size_t at = std::min(place, in.text.size()), mark = at / between_marks;
    return in.marks[mark] + code_points(std::string_view(in.text).substr(mark * between_marks, at % between_marks));
  };
  std::uint32_t points = before(offset) - before(start);
  if (start == 0 && points > 0 && in.text.starts_with(byte_order_mark)) --points;
  return {static_cast<std::uint32_t>(next - in.lines.begin()), points + 1};
}

std::string_view SourceSet::line(FileId file, std::uint32_t line) const {
  const auto index = static_cast<std::size_t>(file);
  if (index >= files_.size() || line == 0 || line > files_[index].lines.size()) return {};
  const File& in = files_[index];
  const std::size_t begin = in.lines[line - 1];
  const std::size_t end = line < in.lines.size() ? in.lines[line] - 1 : in.text.size();
  std::string_view found = std::string_view(in.text).substr(begin, end - begin);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::string SourceSet::place(Span span) const {
  if (!span.known()) return {};
  const Position at = position(span.file, span.begin);
  return name(span.file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace writ
