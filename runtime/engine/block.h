// Lists of plain things in one block of memory, found by their distance from its start: what belongs together lies together, and is copied,
// moved and freed as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

namespace writ::engine {

template <class T>
struct List {
  std::uint32_t at = 0, size = 0;
};
using Letters = List<char>;

// To read by. What it is given is only ever what a BlockBuilder made.
class Block {
 public:
  explicit Block(const std::byte* start) : start_(start) {}
  template <class T>
  std::span<const T> operator[](List<T> list) const {
    return {reinterpret_cast<const T*>(start_ + list.at), list.size};
  }
  std::string_view operator[](Letters text) const {
    return {reinterpret_cast<const char*>(start_ + text.at), text.size};
  }

 private:
  const std::byte* start_;
};

class BlockBuilder {
 public:
  template <class T>
  List<T> list(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8);
    return {add(items.data(), items.size_bytes(), 8), static_cast<std::uint32_t>(items.size())};
  }
  template <class T>
  List<T> list(const std::vector<T>& items) {
    return list(std::span<const T>(items));
  }
  Letters text(std::string_view text) {
    return {add(text.data(), text.size(), 1), static_cast<std::uint32_t>(text.size())};
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  // std::length_error past 4 GiB.
  std::uint32_t add(const void* from, std::size_t size, std::size_t alignment) {
    const auto at = (bytes_.size() + alignment - 1) & ~(alignment - 1);
    if (size > UINT32_MAX - at) throw std::length_error("its names and constants take over 4 GiB");
    bytes_.resize(at + size);
    if (size != 0) std::memcpy(bytes_.data() + at, from, size);
    return static_cast<std::uint32_t>(at);
  }

  std::vector<std::byte> bytes_;
};

}  // namespace writ::engine
