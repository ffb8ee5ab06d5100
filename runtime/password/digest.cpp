// The algorithms are fetched once for each hasher: OpenSSL 3 takes longer to find one than to hash a password.
#include "runtime/password/digest.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>

namespace writ::password {

struct Hasher::State {
  EVP_MD* algorithm = nullptr;
  EVP_MD_CTX* context = nullptr;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  explicit State(const char* name) : algorithm(EVP_MD_fetch(nullptr, name, nullptr)), context(EVP_MD_CTX_new()) {
    begin();
  }
  ~State() {
    EVP_MD_CTX_free(context);  // cleanses
    EVP_MD_free(algorithm);
  }
  void begin() { must(algorithm != nullptr && context != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr)); }
  static void must(bool good) {
    if (!good) throw std::runtime_error("OpenSSL cannot hash");
  }
};

Hasher::Hasher(Kind kind) : state_(std::make_unique<State>(kind == Kind::sha1 ? "SHA1" : "SHA256")) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;

Hasher& Hasher::add(std::span<const std::uint8_t> bytes) {
  State::must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
  return *this;
}
Hasher& Hasher::add(std::string_view text) {
  return add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

namespace {

template <typename Digest>
Digest finished(EVP_MD_CTX* context) {
  Digest digest{};
  unsigned size = 0;
  if (!EVP_DigestFinal_ex(context, digest.data(), &size) || size != digest.size())
    throw std::runtime_error("OpenSSL cannot hash");
  return digest;
}

}  // namespace

Sha1 Hasher::sha1() {
  const auto digest = finished<Sha1>(state_->context);
  state_->begin();
  return digest;
}
Sha256 Hasher::sha256() {
  const auto digest = finished<Sha256>(state_->context);
  state_->begin();
  return digest;
}

// Asked for every password that is held against a list, so the hasher stays with its thread. One that failed half-way is
// not used again: what it was given must not be in front of the next password.
Sha1 sha1_of(std::string_view text) {
  thread_local std::optional<Hasher> kept;
  std::optional<Hasher> hasher = std::exchange(kept, std::nullopt);
  if (!hasher) hasher.emplace(Hasher::Kind::sha1);
  const auto digest = hasher->add(text).sha1();
  kept.emplace(std::move(*hasher));
  return digest;
}
Sha256 sha256_of(std::span<const std::uint8_t> bytes) { return Hasher(Hasher::Kind::sha256).add(bytes).sha256(); }

}  // namespace writ::password
