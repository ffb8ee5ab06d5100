// Longest common subsequence of the lines between the common beginning and the common end. Formatting changes few lines, so the table stays
// small; where it would not (`most_cells`), the whole middle is shown as replaced, which is correct and only longer.
#include "cli/unified.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace writ::cli {

namespace {

constexpr std::size_t context = 3;
constexpr std::size_t most_cells = 16u << 20;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end == std::string_view::npos ? text.size() : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

struct Edit {
  char mark;  // ' ', '-' or '+'
  std::string_view line;
};

using Lines = std::vector<std::string_view>;

// The edits of a[first, a_end) and b[first, b_end).
void middle(const Lines& a, std::size_t a_end, const Lines& b, std::size_t b_end, std::size_t first,
            std::vector<Edit>& edits) {
  const std::size_t rows = a_end - first, columns = b_end - first;
  std::size_t i = 0, j = 0;
  if (rows * columns <= most_cells) {
    std::vector<std::uint32_t> common((rows + 1) * (columns + 1));
    const auto at = [&](std::size_t r, std::size_t c) -> std::uint32_t& { return common[r * (columns + 1) + c]; };
    for (std::size_t r = rows; r-- > 0;)
      for (std::size_t c = columns; c-- > 0;)
        at(r, c) = a[first + r] == b[first + c] ? at(r + 1, c + 1) + 1 : std::max(at(r + 1, c), at(r, c + 1));
    while (i < rows && j < columns) {
      if (a[first + i] == b[first + j])
        edits.push_back({' ', a[first + i]}), ++i, ++j;
      else if (at(i + 1, j) >= at(i, j + 1))
        edits.push_back({'-', a[first + i++]});
      else
        edits.push_back({'+', b[first + j++]});
    }
  }
  for (; i < rows; ++i) edits.push_back({'-', a[first + i]});
  for (; j < columns; ++j) edits.push_back({'+', b[first + j]});
}

std::vector<Edit> edits_of(const Lines& a, const Lines& b) {
  std::size_t first = 0, a_end = a.size(), b_end = b.size();
  while (first < a_end && first < b_end && a[first] == b[first]) ++first;
  while (a_end > first && b_end > first && a[a_end - 1] == b[b_end - 1]) --a_end, --b_end;
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < first; ++i) edits.push_back({' ', a[i]});
  middle(a, a_end, b, b_end, first, edits);
  for (std::size_t i = a_end; i < a.size(); ++i) edits.push_back({' ', a[i]});
  return edits;
}

std::string hunk(const std::vector<Edit>& edits, std::size_t begin, std::size_t end, std::size_t a_line,
                 std::size_t b_line) {
  std::size_t removed = 0, added = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    if (edits[i].mark != '+') ++removed;
    if (edits[i].mark != '-') ++added;
    body += edits[i].mark;
    body += edits[i].line;
    if (!edits[i].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{},{} +{},{} @@\n{}", removed == 0 ? a_line - 1 : a_line, removed,
                     added == 0 ? b_line - 1 : b_line, added, body);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const std::vector<Edit> edits = edits_of(lines_of(before), lines_of(after));
  std::string text = fmt::format("--- {}\n+++ {}\n", name, name);
  std::size_t a_line = 1, b_line = 1;
  for (std::size_t i = 0; i < edits.size();) {
    // A hunk begins `context` lines before the next change and goes on while changes are nearer than twice that.
    std::size_t change = i;
    while (change < edits.size() && edits[change].mark == ' ') ++change;
    if (change == edits.size()) break;
    const std::size_t begin = change - i > context ? change - context : i;
    a_line += begin - i, b_line += begin - i;
    std::size_t end = change, quiet = 0;
    for (std::size_t k = change; k < edits.size() && quiet <= 2 * context; ++k) {
      quiet = edits[k].mark == ' ' ? quiet + 1 : 0;
      if (quiet == 0) end = k + 1;
    }
    end = std::min(end + context, edits.size());
    text += hunk(edits, begin, end, a_line, b_line);
    for (std::size_t k = begin; k < end; ++k) {
      if (edits[k].mark != '+') ++a_line;
      if (edits[k].mark != '-') ++b_line;
    }
    i = end;
  }
  return text;
}

}  // namespace writ::cli
