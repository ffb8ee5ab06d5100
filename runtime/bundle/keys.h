// Keys that sign and keys that are trusted: Ed25519 and ECDSA on P-256 with SHA-256, in PEM files as OpenSSL writes them. A key is of one algorithm
// and takes signatures of that one alone; no file names an algorithm. A key's id is the SHA-256 of its public half (SubjectPublicKeyInfo, DER), so
// that it can be neither chosen nor mistaken.
#pragma once

#include "runtime/bundle/bundle.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ::bundle {

enum class Algorithm : std::uint8_t { ed25519, ecdsa_p256 };
inline constexpr std::array<std::string_view, 2> algorithm_names = {"ed25519", "ecdsa-p256"};

class PublicKey {
 public:
  // PEM: a public key, or a private one whose public half is taken. Says what is wrong, or nothing.
  std::string read(std::string_view pem);
  const Digest& kid() const { return kid_; }
  Algorithm algorithm() const { return algorithm_; }
  bool holds(std::string_view message, std::span<const std::uint8_t> signature) const;
  std::string pem() const;

 private:
  friend class PrivateKey;
  std::string take(std::shared_ptr<void> key);
  std::shared_ptr<void> key_;
  Digest kid_{};
  Algorithm algorithm_{};
};

class PrivateKey {
 public:
  std::string read(std::string_view pem);
  static std::optional<PrivateKey> generate(Algorithm algorithm);
  const PublicKey& public_key() const { return public_; }
  std::optional<Signature> sign(std::string_view message) const;
  std::string pem() const;

 private:
  PublicKey public_;
};

// What is signed for a bundle with that root. A statement of another kind begins with other words, so no signature passes for another.
std::string bundle_message(const Digest& root);

}  // namespace writ::bundle
