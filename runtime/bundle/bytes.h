// Numbers, texts and lists as bytes and back. There is one way to write a value, and reading takes no other: numbers in as few bytes as they
// need, padding of zeros, lists after their length. So what was read, written again, is the same bytes; and no memory is taken for a length that
// the bytes that are there could not have.
//
// A record says its fields once, in `fields(archive, record)`, for both directions.
#pragma once

#include "runtime/bundle/format.h"

#include <concepts>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace writ::bundle {

template <class T>
concept Number = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class T>
concept Enumeration = std::is_enum_v<T>;

using ShapeOf = std::function<std::shared_ptr<const program::Shape>(const program::ShapeKey&)>;
using KeyOf = std::function<program::ShapeKey(const std::shared_ptr<const program::Shape>&)>;

class Writer {
 public:
  Writer() = default;
  explicit Writer(KeyOf key_of) : key_of_(std::move(key_of)) {}

  template <class... T>
  void operator()(const T&... values) {
    (one(values), ...);
  }
  void raw(std::span<const std::byte> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void align() { out_.resize(aligned(out_.size())); }
  // What is read in place: its length, then from a multiple of 8.
  void placed(std::span<const std::byte> bytes) {
    one(std::uint64_t{bytes.size()});
    align();
    raw(bytes);
  }
  void shape(const std::shared_ptr<const program::Shape>& shape) { one(key_of_(shape)); }
  void row(const program::Row& row) { placed(row.bytes()); }
  template <class T, class F>
  void list(const std::vector<T>& list, const F& each) {
    one(std::uint64_t{list.size()});
    for (const auto& item : list) each(item);
  }
  // As long as something that was written before.
  template <class T, class F>
  void beside(const std::vector<T>& list, std::size_t, const F& each) {
    for (const auto& item : list) each(item);
  }
  std::vector<std::byte> take() { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  void one(bool value) { out_.push_back(std::byte{value}); }
  template <Number T>
  void one(T value) {
    auto left = static_cast<std::uint64_t>(value);
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      left = static_cast<std::uint64_t>(wide) << 1 ^ static_cast<std::uint64_t>(wide >> 63);
    }
    for (; left >= 0x80; left >>= 7) out_.push_back(static_cast<std::byte>(left | 0x80));
    out_.push_back(static_cast<std::byte>(left));
  }
  template <Enumeration T>
  void one(T value) {
    one(static_cast<std::underlying_type_t<T>>(value));
  }
  void one(const std::string& text) {
    one(std::uint64_t{text.size()});
    raw(std::as_bytes(std::span(text)));
  }
  template <std::size_t N>
  void one(const std::array<std::uint8_t, N>& bytes) {
    raw(std::as_bytes(std::span(bytes)));
  }
  template <class A, class B>
  void one(const std::pair<A, B>& pair) {
    one(pair.first);
    one(pair.second);
  }
  template <class T>
  void one(const std::vector<T>& items) {
    list(items, [&](const T& item) { one(item); });
  }
  template <class T>
    requires std::is_class_v<T>
  void one(const T& record) {
    fields(*this, record);
  }

  std::vector<std::byte> out_;
  KeyOf key_of_;
};

// After the first thing that cannot be, everything reads as nothing and `problem` says what it was.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes, const ShapeOf* shape_of = nullptr)
      : bytes_(bytes), shape_of_(shape_of) {}

  template <class... T>
  void operator()(T&... values) {
    (one(values), ...);
  }
  std::span<const std::byte> raw(std::uint64_t size) {
    if (size > left()) {
      fail("it ends too early");
      size = 0;
    }
    const auto taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
  }
  void align() {
    for (const auto byte : raw(aligned(at_) - at_))
      if (byte != std::byte{}) fail("there is something between its parts");
  }
  std::span<const std::byte> placed() {
    std::uint64_t size = 0;
    one(size);
    align();
    return raw(size);
  }
  void shape(std::shared_ptr<const program::Shape>& shape) {
    program::ShapeKey key{};
    one(key);
    if (!ok()) return;
    shape = (*shape_of_)(key);
    if (!shape) missing_shape_ = true, fail("a shape is not there");
  }
  void row(program::Row& row) { row = program::Row::borrow(placed()); }
  template <class T, class F>
  void list(std::vector<T>& list, const F& each) {
    std::uint64_t count = 0;
    one(count);
    if (count > left()) fail("a list is longer than its bytes");
    for (std::uint64_t i = 0; i < count && ok(); ++i) each(list.emplace_back());
  }
  template <class T, class F>
  void beside(std::vector<T>& list, std::size_t count, const F& each) {
    list.resize(count);
    for (auto& item : list)
      if (ok()) each(item);
  }
  void fail(std::string_view what) {
    if (ok()) problem_ = what;
    at_ = bytes_.size();
  }
  bool ok() const { return problem_.empty(); }
  bool missing_shape() const { return missing_shape_; }
  std::size_t left() const { return bytes_.size() - at_; }
  // What was wrong, or that there is more than was read.
  std::string finish() {
    if (left() != 0) fail("there is something behind its end");
    return problem_;
  }

 private:
  void one(bool& value) {
    std::uint8_t byte = 0;
    one(byte);
    if (byte > 1) fail("a truth is neither 0 nor 1");
    value = byte == 1;
  }
  template <Number T>
  void one(T& value) {
    std::uint64_t all = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto taken = raw(1);
      if (taken.empty()) return;
      const auto byte = static_cast<std::uint64_t>(taken[0]);
      if (shift > 63 || (shift == 63 && byte > 1)) return fail("a number is over 64 bits");
      all |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (byte == 0 && shift > 0) return fail("a number has more bytes than it needs");
      break;
    }
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(all >> 1 ^ (~(all & 1) + 1));
      if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max())
        return fail("a number is out of its range");
      value = static_cast<T>(wide);
    } else {
      if (all > std::numeric_limits<T>::max()) return fail("a number is out of its range");
      value = static_cast<T>(all);
    }
  }
  template <Enumeration T>
  void one(T& value) {
    std::underlying_type_t<T> number{};
    one(number);
    value = static_cast<T>(number);
  }
  void one(std::string& text) {
    std::uint64_t size = 0;
    one(size);
    const auto taken = raw(size);
    text.assign(reinterpret_cast<const char*>(taken.data()), taken.size());
  }
  template <std::size_t N>
  void one(std::array<std::uint8_t, N>& bytes) {
    const auto taken = raw(N);
    if (taken.size() == N) std::memcpy(bytes.data(), taken.data(), N);
  }
  template <class A, class B>
  void one(std::pair<A, B>& pair) {
    one(pair.first);
    one(pair.second);
  }
  template <class T>
  void one(std::vector<T>& items) {
    list(items, [&](T& item) { one(item); });
  }
  template <class T>
    requires std::is_class_v<T>
  void one(T& record) {
    fields(*this, record);
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  const ShapeOf* shape_of_;
  std::string problem_;
  bool missing_shape_ = false;
};

}  // namespace writ::bundle
