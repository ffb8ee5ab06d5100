// Reading goldens and laying out their files.
#include "tests/golden/golden.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

namespace golden {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "//// ";

// Lines with their ends.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

std::string rest_of(const std::string& line, std::string_view head) {
  std::string rest = line.substr(head.size());
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.pop_back();
  return rest;
}

}  // namespace

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

Golden read(const fs::path& path) {
  Golden golden;
  std::string name = "policy.writ";
  bool expecting = false;
  for (const std::string& line : lines_of(text_of(path))) {
    if (line.starts_with("//// expect")) expecting = true;
    if (expecting) {
      golden.expected += line;
      continue;
    }
    golden.given += line;
    if (golden.command.empty() && line.starts_with(mark)) golden.command = rest_of(line, mark);
    if (line.starts_with("//// file "))
      name = rest_of(line, "//// file ");
    else
      golden.files[name] += line;
  }
  return golden;
}

std::vector<fs::path> all() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(WRIT_SOURCE_DIR) / "tests/golden"))
    if (entry.path().extension() == ".writ") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

Folder::Folder(const Golden& golden)
    : path_(fs::temp_directory_path() / ("writ_golden_" + std::to_string(::getpid()))) {
  fs::remove_all(path_);
  for (const auto& [name, text] : golden.files) write(path_ / name, text);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace golden
