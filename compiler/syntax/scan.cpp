// Every byte is looked at once, before anything else, so that no later phase has to ask whether a text is sound. What is
// refused here is refused in comments and strings too: a policy must look the same to a reader and to the compiler.
// Characters that a string has to hold nevertheless are written \u{…}.
#include "compiler/syntax/scan.h"

#include "runtime/program/value.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t reported_characters = 20;  // of one file: the same mistake a thousand times is one mistake

std::size_t length_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// The code point at `at` of a sound text.
char32_t decode(std::string_view text, std::size_t at) {
  const auto length = length_of(text[at]);
  const auto lead = static_cast<unsigned char>(text[at]);
  char32_t value = length == 1 ? lead : length == 2 ? lead & 0x1F : length == 3 ? lead & 0x0F : lead & 0x07;
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
  return value;
}

bool changes_direction(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}

// Controls, and the two separators that some editors show as a line end and we do not take for one.
bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

// Where the first byte is that no UTF-8 text has there.
std::size_t first_unsound(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && valid_utf8(bytes.substr(at, length_of(bytes[at])))) at += length_of(bytes[at]);
  return std::min(at, bytes.size() - 1);
}

void refuse(Diagnostics& diagnostics, Span place, char32_t c) {
  const auto number = fmt::format("U+{:04X}", static_cast<unsigned>(c));
  if (changes_direction(c))
    diagnostics.add(Code::bidi_control, place, fmt::format("{} changes the direction of text", number))
        .under("what follows may be shown in another order than it is read")
        .hint(fmt::format("delete it; a string that needs it writes \"\\u{{{:x}}}\"", static_cast<unsigned>(c)));
  else if (c == '\r')
    diagnostics.add(Code::control_character, place, "a carriage return without a line feed")
        .hint("end lines with a line feed, or with both");
  else if (c == 0)
    diagnostics.add(Code::control_character, place, "a zero byte").hint("delete it; this may be no text file");
  else
    diagnostics.add(Code::control_character, place, fmt::format("{} is a control character", number))
        .hint(fmt::format("delete it; a string that needs it writes \"\\u{{{:x}}}\"", static_cast<unsigned>(c)));
}

}  // namespace

SourceMap::SourceMap(FileId file, std::string_view bytes) : file_(file), bytes_(bytes) {
  if (bytes_.starts_with(byte_order_mark)) mark_ = byte_order_mark.size();
  lines_.push_back(static_cast<std::uint32_t>(mark_));
  bool blank = true;
  for (std::size_t i = mark_; i < bytes_.size(); ++i) {
    const char byte = bytes_[i];
    if (blank && byte != ' ' && byte != '\t' && byte != '\r') {
      firsts_.push_back(static_cast<std::uint32_t>(i));
      blank = false;
    }
    if (byte != '\n') continue;
    lines_.push_back(static_cast<std::uint32_t>(i + 1));
    blank = true;
  }
  if (blank) firsts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

std::size_t SourceMap::line(std::uint32_t offset) const {
  return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin()) - 1;
}

std::size_t SourceMap::column(std::uint32_t offset) const { return offset - lines_[line(offset)]; }

bool scan(FileId file, std::string_view bytes, Diagnostics& diagnostics) {
  const auto span = [file](std::size_t begin, std::size_t end) {
    return Span{file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  };
  if (!valid_utf8(bytes)) {
    const auto at = first_unsound(bytes);
    diagnostics.add(Code::invalid_utf8, span(at, at + 1), "this byte is not part of UTF-8 text")
        .hint("save the file in UTF-8");
    return false;
  }
  std::size_t found = 0;
  for (std::size_t i = 0; i < bytes.size() && found < reported_characters; i += length_of(bytes[i])) {
    if (bytes[i] >= ' ' && bytes[i] < '\x7F') continue;  // nearly all
    const char32_t c = decode(bytes, i);
    const bool lone_return = c == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n');
    if (!lone_return && !is_control(c) && !changes_direction(c)) continue;
    refuse(diagnostics, span(i, i + length_of(bytes[i])), c);
    ++found;
  }
  return found == 0;
}

}  // namespace writ::syntax
