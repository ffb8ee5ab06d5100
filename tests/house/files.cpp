// Reads the working tree. git is asked for the tracked files only where there is a .git, so that the tests of a source
// package pass without it.
#include "tests/house/files.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace house {

namespace {

namespace fs = std::filesystem;

constexpr std::array code_folders = {"compiler", "runtime", "cli", "tests"};

fs::path root() { return fs::path(WRIT_SOURCE_DIR); }

void add_below(const fs::path& folder, std::vector<std::string>& found) {
  if (!fs::exists(folder)) return;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
    auto name = entry->path().filename().string();
    if (entry->is_directory() && (name == "build" || name == ".git")) entry.disable_recursion_pending();
    if (entry->is_regular_file()) found.push_back(entry->path().lexically_relative(root()).generic_string());
  }
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 4096> piece{};
  while (auto size = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), size);
  if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return output;
}

}  // namespace

std::vector<std::string> sources() {
  std::vector<std::string> all;
  for (const char* folder : code_folders) add_below(root() / folder, all);
  std::erase_if(all, [](const std::string& path) { return !is_source(path); });
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> tracked() {
  std::vector<std::string> all;
  if (fs::exists(root() / ".git")) {
    // A checkout may belong to another user than the one who runs the tests; reading its list of files is harmless.
    auto list = output_of("git -C '" + root().string() + "' -c safe.directory='*' ls-files -z");
    std::istringstream stream(list);
    for (std::string path; std::getline(stream, path, '\0');) {
      if (exists(path)) all.push_back(path);
    }
  } else {
    add_below(root(), all);
  }
  std::sort(all.begin(), all.end());
  return all;
}

bool exists(std::string_view path) { return fs::is_regular_file(root() / path); }

std::string text_of(std::string_view path) {
  std::ifstream file(root() / path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_header(std::string_view path) { return path.ends_with(".h"); }
bool is_source(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }

bool is_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace house
