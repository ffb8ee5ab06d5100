// What the files of lists have in common: how they begin, and what is checked of that before anything else is believed.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace writ::password {

static_assert(std::endian::native == std::endian::little, "files are read in place");

using Magic = std::array<char, 8>;

// The first 24 bytes of each header.
struct ListStart {
  Magic magic{};
  std::uint32_t version = 1;
  std::uint32_t header_size = 0;
  std::uint64_t file_size = 0;
};

// What of a file's beginning is wrong, or nothing: its address, its kind, its version, its size. `maker` is the command that
// makes such files.
std::string check_start(std::span<const std::uint8_t> bytes, std::size_t alignment, std::size_t header_size,
                        std::initializer_list<Magic> kinds, const std::string& maker);

template <typename T>
std::span<const std::uint8_t> bytes_of(std::span<T> items) {
  return {reinterpret_cast<const std::uint8_t*>(items.data()), items.size_bytes()};
}

}  // namespace writ::password
