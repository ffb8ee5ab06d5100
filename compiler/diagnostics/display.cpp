// Decoding, widths and escapes for render.cpp. Widths follow Unicode's East Asian Width in the ranges that occur in
// practice; a terminal may disagree about a rare emoji, and then carets are a column off and nothing worse.
#include "compiler/diagnostics/display.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace writ::display {

namespace {

constexpr char32_t replacement = 0xfffd;
constexpr std::string_view replacement_text = "\xef\xbf\xbd";
constexpr std::size_t tab_stop = 4;

struct Decoded {
  char32_t point = replacement;
  std::size_t size = 1;
  bool good = false;
};

// One code point of UTF-8 without overlong forms and surrogates; a bad byte stands for itself alone.
Decoded decode(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  auto point = static_cast<char32_t>(first & (0x7fu >> size));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    point = (point << 6) | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (point < smallest[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, size, true};
}

bool is_harmful(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
  const bool direction =
      (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
  return control || direction;
}

struct Span32 {
  char32_t first, last;
};

bool within(char32_t c, const auto& table) {
  for (const Span32& one : table)
    if (c >= one.first && c <= one.last) return true;
  return false;
}

std::size_t width_of(char32_t c) {
  static constexpr std::array<Span32, 10> none = {{{0x300, 0x36f},
                                                   {0x483, 0x489},
                                                   {0x591, 0x5bd},
                                                   {0x610, 0x61a},
                                                   {0x64b, 0x65f},
                                                   {0x1ab0, 0x1aff},
                                                   {0x200b, 0x200d},
                                                   {0x20d0, 0x20ff},
                                                   {0xfe00, 0xfe0f},
                                                   {0xfe20, 0xfe2f}}};
  static constexpr std::array<Span32, 11> twice = {{{0x1100, 0x115f},
                                                    {0x2e80, 0x303e},
                                                    {0x3041, 0x33ff},
                                                    {0x3400, 0x4dbf},
                                                    {0x4e00, 0x9fff},
                                                    {0xa000, 0xa4cf},
                                                    {0xac00, 0xd7a3},
                                                    {0xf900, 0xfaff},
                                                    {0xff00, 0xff60},
                                                    {0x1f300, 0x1faff},
                                                    {0x20000, 0x3fffd}}};
  if (c < 0x300) return 1;
  return within(c, none) ? 0 : within(c, twice) ? 2 : 1;
}

}  // namespace

std::vector<Cell> cells(std::string_view line) {
  std::vector<Cell> result;
  result.reserve(line.size());
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Decoded one = decode(line.substr(at));
    Cell cell{at, std::string(line.substr(at, one.size)), width_of(one.point)};
    if (one.point == '\t') {
      cell.width = tab_stop - column % tab_stop;
      cell.text.assign(cell.width, ' ');
    } else if (at == 0 && one.point == 0xfeff) {
      cell.text.clear(), cell.width = 0;
    } else if (!one.good || is_harmful(one.point)) {
      cell.text = replacement_text, cell.width = 1;
    }
    column += cell.width;
    at += one.size;
    result.push_back(std::move(cell));
  }
  return result;
}

std::string safe(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded one = decode(text.substr(at));
    if (one.point == '\n' || one.point == '\t' || one.point == '\r')
      result += ' ';
    else if (!one.good || is_harmful(one.point))
      result += replacement_text;
    else
      result += text.substr(at, one.size);
    at += one.size;
  }
  return result;
}

std::string json(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Decoded one = decode(text.substr(at));
    if (one.point == '"' || one.point == '\\')
      result += {'\\', static_cast<char>(one.point)};
    else if (one.point == '\n')
      result += "\\n";
    else if (!one.good)
      result += replacement_text;
    else if (is_harmful(one.point))
      result += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(one.point));
    else
      result += text.substr(at, one.size);
    at += one.size;
  }
  return result + '"';
}

}  // namespace writ::display
