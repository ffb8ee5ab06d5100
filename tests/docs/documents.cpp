// See documents.h.
#include "tests/docs/documents.h"

#include <fstream>
#include <sstream>

#include <unistd.h>

namespace documents {

namespace fs = std::filesystem;

fs::path docs() { return fs::path(WRIT_SOURCE_DIR) / "docs"; }

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Block> blocks_of(const std::string& markdown) {
  std::vector<Block> blocks;
  std::istringstream lines(markdown);
  bool open = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!open) blocks.push_back({line.substr(3), {}, number});
      open = !open;
    } else if (open) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

Folder::Folder() : path_(fs::temp_directory_path() / ("writ_docs_" + std::to_string(::getpid()))) {
  fs::remove_all(path_);
  fs::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  const fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

}  // namespace documents
