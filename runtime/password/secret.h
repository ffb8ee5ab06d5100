// A password while it is being judged. Its bytes lie in pages of their own that no core dump holds and, where the system
// lets us, that are never written to swap; they are cleansed when it ends. It cannot be copied, printed, compared or put into
// a string by accident: whoever reads it says so with `expose`.
#pragma once

#include <cstddef>
#include <string_view>

namespace writ {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // Adds bytes, for readers that receive it piece by piece; what lay elsewhere before is cleansed.
  void append(std::string_view bytes);
  // The last byte taken away, for a line's end.
  void pop();
  std::size_t size() const { return size_; }
  // Its bytes, as long as it lives and is not changed. Keep no copy.
  std::string_view expose() const { return {data_, size_}; }

 private:
  void grow(std::size_t size);
  void clear();

  char* data_ = nullptr;
  std::size_t size_ = 0, room_ = 0;
};

}  // namespace writ
