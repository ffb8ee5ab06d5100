// Text inside XML and HTML.
#pragma once

#include "cli/console.h"

#include <string>
#include <string_view>

namespace writ::cli {

// For text and for values in double quotes. XML 1.0 has no control characters but tab and line ends: the others become `?`. Line ends of
// values are kept as references, because readers turn plain ones into blanks.
inline std::string xml(std::string_view text, bool value = true) {
  std::string result;
  for (const char c : text) {
    switch (c) {
    case '&': result += "&amp;"; break;
    case '<': result += "&lt;"; break;
    case '>': result += "&gt;"; break;
    case '"': result += "&quot;"; break;
    case '\n': result += value ? "&#10;" : "\n"; break;
    case '\t': result += value ? "&#9;" : "\t"; break;
    default: result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return result;
}

// What pages and reports show of policies: made safe first.
inline std::string escaped(std::string_view text) { return xml(safe(text)); }

}  // namespace writ::cli
