// The pages of docs/diagnostics and docs/lints, embedded when the command is built (cmake/WritPages.cmake writes their definition).
#pragma once

#include <span>
#include <string_view>

namespace writ::cli {

struct Page {
  std::string_view code;  // "E0301", "http-callback"
  std::string_view text;  // Markdown
};

std::span<const Page> pages();  // by code, then by rule

}  // namespace writ::cli
