// A page of docs/diagnostics as a terminal shows it.
#pragma once

#include "cli/console.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace writ::cli {

// Markdown of the kind these pages use: a title, paragraphs, fenced examples, links. Paragraphs are wrapped at `width` columns.
std::string page_text(std::string_view markdown, std::size_t width, const Console& console);

}  // namespace writ::cli
