// Stretches without anything to escape are copied whole. Broken UTF-8 is rare, and what becomes of it is left to nlohmann.
#include "runtime/json/json_text.h"

#include "runtime/program/value.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace writ::json_detail {

namespace {

enum class Byte : std::uint8_t { plain, escaped, not_ascii };
constexpr auto bytes = [] {
  std::array<Byte, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = Byte::escaped;
  for (std::size_t i = 0x80; i < 0x100; ++i) table[i] = Byte::not_ascii;
  table['"'] = table['\\'] = Byte::escaped;
  return table;
}();

void append_escaped(char c, std::string& to) {
  constexpr std::string_view digits = "0123456789abcdef";
  to += '\\';
  switch (c) {
  case '"':
  case '\\': to += c; break;
  case '\b': to += 'b'; break;
  case '\t': to += 't'; break;
  case '\n': to += 'n'; break;
  case '\f': to += 'f'; break;
  case '\r': to += 'r'; break;
  default:
    to += "u00";
    to += digits[static_cast<unsigned char>(c) >> 4];
    to += digits[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

void append_quoted(std::string_view text, std::string& to) {
  const auto before = to.size();
  bool ascii = true;
  to += '"';
  for (std::size_t from = 0; from < text.size();) {
    auto end = from;
    Byte kind = Byte::plain;
    while (end < text.size() && (kind = bytes[static_cast<unsigned char>(text[end])]) != Byte::escaped) {
      ascii &= kind == Byte::plain;
      ++end;
    }
    to.append(text, from, end - from);
    if (end < text.size()) append_escaped(text[end++], to);
    from = end;
  }
  to += '"';
  if (ascii || valid_utf8(text)) return;
  to.resize(before);
  to += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace writ::json_detail
