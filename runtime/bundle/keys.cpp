// OpenSSL's keys behind ours; nothing of it is seen outside this file.
#include "runtime/bundle/keys.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace writ::bundle {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

EVP_PKEY* raw(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }
std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* mine) { EVP_PKEY_free(static_cast<EVP_PKEY*>(mine)); }};
}

Bio reading(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// A key file that wants a passphrase would ask the terminal, wherever this runs.
int no_passphrase(char*, int, int, void*) { return -1; }

constexpr std::size_t most_pem = 64 * 1024;

std::optional<Algorithm> algorithm_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519")) return Algorithm::ed25519;
  char group[32] = {};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
      std::string_view(group) == "prime256v1")
    return Algorithm::ecdsa_p256;
  return std::nullopt;
}

// Ed25519 hashes by itself.
const EVP_MD* hash_of(Algorithm algorithm) { return algorithm == Algorithm::ed25519 ? nullptr : EVP_sha256(); }

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string PublicKey::take(std::shared_ptr<void> key) {
  const auto algorithm = algorithm_of(raw(key));
  if (!algorithm) return "it is a key of another kind; Writ takes Ed25519 and ECDSA on P-256";
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(raw(key), &der);
  if (size <= 0) return "it has no public half";
  kid_ = digest_of(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  key_ = std::move(key);
  algorithm_ = *algorithm;
  return {};
}

std::string PublicKey::read(std::string_view pem) {
  if (pem.size() > most_pem) return "it is too long for a key";
  EVP_PKEY* key = PEM_read_bio_PUBKEY(reading(pem).get(), nullptr, no_passphrase, nullptr);
  if (key == nullptr) key = PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_passphrase, nullptr);
  if (key == nullptr) return "it holds no key in PEM (`-----BEGIN PUBLIC KEY-----`)";
  return take(owned(key));
}

bool PublicKey::holds(std::string_view message, std::span<const std::uint8_t> signature) const {
  const Context context(EVP_MD_CTX_new());
  return context && key_ &&
         EVP_DigestVerifyInit(context.get(), nullptr, hash_of(algorithm_), nullptr, raw(key_)) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets(message), message.size()) == 1;
}

std::string PublicKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  return bio && PEM_write_bio_PUBKEY(bio.get(), raw(key_)) == 1 ? text_of(bio) : std::string();
}

std::string PrivateKey::read(std::string_view pem) {
  if (pem.size() > most_pem) return "it is too long for a key";
  EVP_PKEY* key = PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_passphrase, nullptr);
  if (key != nullptr) return public_.take(owned(key));
  PublicKey half;
  if (half.read(pem).empty()) return "it is a public key, and only the private half signs";
  return pem.find("ENCRYPTED") != std::string_view::npos
             ? "it is encrypted; give it in the clear from a place that only you read (`openssl pkey -in KEY`)"
             : "it holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)";
}

std::optional<PrivateKey> PrivateKey::generate(Algorithm algorithm) {
  EVP_PKEY* key = algorithm == Algorithm::ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  PrivateKey made;
  if (key == nullptr || !made.public_.take(owned(key)).empty()) return std::nullopt;
  return made;
}

std::optional<Signature> PrivateKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, hash_of(public_.algorithm_), nullptr, raw(public_.key_)) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, octets(message), message.size()) != 1)
    return std::nullopt;
  Signature made{public_.kid_, std::vector<std::uint8_t>(size)};
  if (EVP_DigestSign(context.get(), made.bytes.data(), &size, octets(message), message.size()) != 1)
    return std::nullopt;
  made.bytes.resize(size);
  return made;
}

std::string PrivateKey::pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  return bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), raw(public_.key_), nullptr, nullptr, 0, nullptr, nullptr) == 1
             ? text_of(bio)
             : std::string();
}

std::string bundle_message(const Digest& root) { return "writ bundle 1\n" + to_hex(root) + "\n"; }

}  // namespace writ::bundle
