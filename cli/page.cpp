// Fences become a heading and an indented block, links their text with the address behind it; the rest is prose and is wrapped. What a fence
// says behind "writ" or "console" is which example it is.
#include "cli/page.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace writ::cli {

namespace {

constexpr std::string_view fence = "```", indent = "    ";

// `[text](address)` as `text (address)`.
std::string without_links(std::string_view line) {
  std::string text;
  while (!line.empty()) {
    const auto open = line.find('['), middle = line.find("](", open), close = line.find(')', middle);
    if (open == std::string_view::npos || middle == std::string_view::npos || close == std::string_view::npos) break;
    const std::string_view shown = line.substr(open + 1, middle - open - 1),
                           address = line.substr(middle + 2, close - middle - 2);
    text += line.substr(0, open);
    text += shown;
    if (address.starts_with("http")) text += fmt::format(" ({})", address);
    line.remove_prefix(close + 1);
  }
  return text + std::string(line);
}

std::string wrapped(const std::string& paragraph, std::size_t width) {
  std::istringstream words(paragraph);
  std::string text, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && columns(line) + 1 + columns(word) > width) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? text : text + line + "\n";
}

std::string heading(std::string_view info, const Console& console) {
  const bool wrong = info.ends_with(" wrong");
  return console.painted(wrong ? Paint::bad : Paint::good, wrong ? "wrong:" : "right:") + "\n";
}

}  // namespace

std::string page_text(std::string_view markdown, std::size_t width, const Console& console) {
  std::istringstream lines{std::string(markdown)};
  std::string text, paragraph;
  bool open = false;
  const auto finish = [&] {
    if (!paragraph.empty()) text += wrapped(paragraph, width) + "\n";
    paragraph.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(fence)) {
      finish();
      text += open ? "\n" : heading(std::string_view(line).substr(fence.size()), console);
      open = !open;
    } else if (open) {
      text += line.empty() ? "\n" : std::string(indent) + line + "\n";
    } else if (line.starts_with("# ")) {
      text += console.painted(Paint::strong, line.substr(2)) + "\n\n";
    } else if (line.empty()) {
      finish();
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + without_links(line);
    }
  }
  finish();
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace writ::cli
