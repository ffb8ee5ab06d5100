// SHA-1, by which lists of breached passwords name passwords, and SHA-256, by which files know that they are whole. SHA-1 is
// not asked to resist anybody here: whoever finds two passwords of one hash has found two to refuse.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace writ::password {

using Sha1 = std::array<std::uint8_t, 20>;
using Sha256 = std::array<std::uint8_t, 32>;

// Makes digests one after the other; one thread at a time. What it held of a password is cleansed with it.
class Hasher {
 public:
  enum class Kind : std::uint8_t { sha1, sha256 };
  explicit Hasher(Kind kind);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) = delete;

  Hasher& add(std::span<const std::uint8_t> bytes);
  Hasher& add(std::string_view text);
  Sha1 sha1();  // of what was added since the last; then it is empty again
  Sha256 sha256();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha1 sha1_of(std::string_view text);
Sha256 sha256_of(std::span<const std::uint8_t> bytes);

}  // namespace writ::password
