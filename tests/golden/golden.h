// A golden, read: one file holds a policy, a command and everything the command says. The form is told in golden_test.cpp.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace golden {

struct Golden {
  std::string command;
  std::map<std::string, std::string> files;
  std::string given;     // everything above `//// expect`, for rewriting
  std::string expected;  // from `//// expect` on
};

std::string text_of(const std::filesystem::path& file);
void write(const std::filesystem::path& file, std::string_view text);  // its folders, too
Golden read(const std::filesystem::path& path);
std::vector<std::filesystem::path> all();  // by path

// A folder that holds a golden's files and nothing else, gone with this.
class Folder {
 public:
  explicit Folder(const Golden& golden);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace golden
