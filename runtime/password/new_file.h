// A file that appears whole or not at all: written beside its place under another name, brought to disk, then renamed. Who is
// killed meanwhile leaves what was there, and a file `.NAME.PID.0.new` to be deleted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ::password {

class NewFile {
 public:
  NewFile() = default;
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Each says what is wrong, or nothing. The first failure is kept: whatever follows does nothing and says it again.
  std::string create(const std::string& path);
  std::string write(std::span<const std::uint8_t> bytes);
  std::string write_at_begin(std::span<const std::uint8_t> bytes);  // over what was written there
  std::string commit();
  std::uint64_t size() const { return size_; }

 private:
  std::string flush();
  std::string fail();

  std::string path_, temporary_, problem_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

}  // namespace writ::password
