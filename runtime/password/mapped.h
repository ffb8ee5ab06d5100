// A file mapped into memory, read-only, for files that are looked things up in. Such files are replaced by renaming, never
// written in place: the mapping keeps the file that was opened, and a file cut short under it would end the process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace writ::password {

class Mapped {
 public:
  Mapped() = default;
  ~Mapped();
  Mapped(Mapped&& other) noexcept;
  Mapped& operator=(Mapped&& other) noexcept;
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  // Says what is wrong, or nothing: the system's word, or that it is no ordinary file.
  std::string open(const std::string& path);
  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
  // Bytes that are not read for now, and what the system mapped around them, need not be resident; they can be read as before. The first
  // `keep` bytes stay.
  void let_go(std::size_t at, std::size_t size, std::size_t keep) const;

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace writ::password
