// Reading the documents: where they are, and the fenced blocks in them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace documents {

struct Block {
  std::string info, text;  // what stands behind the opening fence, and between the fences
  std::size_t line = 0;    // of the opening fence
};

std::filesystem::path docs();
std::string text_of(const std::filesystem::path& file);
std::vector<Block> blocks_of(const std::string& markdown);

// An empty folder, gone with this.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const;  // the file's path

 private:
  std::filesystem::path path_;
};

}  // namespace documents
