// Text as a terminal or a JSON reader may safely be given it: what the author wrote can hold escape sequences, controls
// that change the direction of writing, and bytes that are no UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writ::display {

// One shown character: where it begins in the line, what to print, how many columns that takes.
struct Cell {
  std::size_t offset = 0;
  std::string text;
  std::size_t width = 1;
};

// The cells of a line: tabs become blanks up to the next multiple of 4, harmful and broken characters U+FFFD.
std::vector<Cell> cells(std::string_view line);

// The same for a message: a line end in the author's words becomes a blank.
std::string safe(std::string_view text);

// A JSON string with its quotes; broken UTF-8 becomes U+FFFD, so that the result is always JSON.
std::string json(std::string_view text);

}  // namespace writ::display
