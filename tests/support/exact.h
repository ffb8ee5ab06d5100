// Texts for readers that take several bytes at a time.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

namespace writ::support {

// A text in memory of exactly its size, so that who reads past an end of it is found by a sanitizer.
class Exact {
 public:
  explicit Exact(std::string_view text) : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
    std::ranges::copy(text, bytes_.get());
  }
  std::string_view operator*() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

}  // namespace writ::support
