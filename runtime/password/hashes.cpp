#include "runtime/password/hashes.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <argon2.h>
#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace writ::password {

namespace {

constexpr std::size_t bcrypt_most = 72, bcrypt_2a_most = 254;

// Where a tag is computed; nobody finds it afterwards.
struct Computed : Bytes {
  Computed() = default;
  Computed(const Computed&) = delete;
  Computed& operator=(const Computed&) = delete;
  ~Computed() { OPENSSL_cleanse(data.data(), data.size()); }
};

// OpenSSL takes no null pointer for the empty password.
const char* bytes_of(std::string_view text) { return text.empty() ? "" : text.data(); }

std::uint64_t pbkdf2_block(HashScheme scheme) {
  return scheme == HashScheme::pbkdf2_sha1 ? 20 : scheme == HashScheme::pbkdf2_sha256 ? 32 : 64;
}

// Lanes are a matter of the tag; threads of speed only, and one password has one.
HashFault argon2id(std::string_view password, const StoredHash& hash, Computed& computed) {
  argon2_context context{};
  context.out = computed.data.data();
  context.outlen = static_cast<std::uint32_t>(hash.tag.size);
  context.pwd = reinterpret_cast<std::uint8_t*>(const_cast<char*>(password.data()));  // read only without its flag
  context.pwdlen = static_cast<std::uint32_t>(password.size());
  context.salt = const_cast<std::uint8_t*>(hash.salt.data.data());
  context.saltlen = static_cast<std::uint32_t>(hash.salt.size);
  context.t_cost = hash.passes;
  context.m_cost = hash.memory_kib;
  context.lanes = hash.lanes;
  context.threads = 1;
  context.version = ARGON2_VERSION_13;
  context.flags = ARGON2_DEFAULT_FLAGS;
  return argon2_ctx(&context, Argon2_id) == ARGON2_OK ? HashFault::none : HashFault::no_resources;
}

HashFault scrypt(std::string_view password, const StoredHash& hash, const HashBounds& bounds, Computed& computed) {
  constexpr std::uint64_t beside = 1 << 20;  // what it takes beside its N blocks
  const int good = EVP_PBE_scrypt(bytes_of(password), password.size(), hash.salt.data.data(), hash.salt.size,
                                  std::uint64_t{1} << hash.log_n, hash.block, hash.parallel, 2 * bounds.memory + beside,
                                  computed.data.data(), hash.tag.size);
  return good == 1 ? HashFault::none : HashFault::no_resources;
}

HashFault pbkdf2(std::string_view password, const StoredHash& hash, Computed& computed) {
  const EVP_MD* const digest = hash.scheme == HashScheme::pbkdf2_sha1     ? EVP_sha1()
                               : hash.scheme == HashScheme::pbkdf2_sha256 ? EVP_sha256()
                                                                          : EVP_sha512();
  const int good = PKCS5_PBKDF2_HMAC(bytes_of(password), static_cast<int>(password.size()), hash.salt.data.data(),
                                     static_cast<int>(hash.salt.size), static_cast<int>(hash.iterations), digest,
                                     static_cast<int>(hash.tag.size), computed.data.data());
  return good == 1 ? HashFault::none : HashFault::no_resources;
}

// libxcrypt takes and gives text. Its answer is read like a stored hash; what it answers to a setting that it does not know
// is none.
HashFault bcrypt(std::string_view password, std::string_view stored, Computed& computed) {
  struct Scratch {
    crypt_data data{};
    std::array<char, bcrypt_most + 1> phrase{};
    std::array<char, longest_hash_text + 1> setting{};
    ~Scratch() { OPENSSL_cleanse(this, sizeof(*this)); }
  };
  const auto scratch = std::make_unique<Scratch>();
  std::ranges::copy(password.substr(0, bcrypt_most), scratch->phrase.begin());
  std::ranges::copy(stored, scratch->setting.begin());
  const char* const made = crypt_r(scratch->phrase.data(), scratch->setting.data(), &scratch->data);
  if (made == nullptr) return HashFault::no_resources;
  const ParsedHash parsed = parse_hash(made);
  if (parsed.fault != HashFault::none || parsed.hash.scheme != HashScheme::bcrypt) return HashFault::no_resources;
  computed.data = parsed.hash.tag.data;
  return HashFault::none;
}

bool comparable(std::string_view password, const StoredHash& hash) {
  if (hash.scheme != HashScheme::bcrypt) return true;
  return password.find('\0') == password.npos && (hash.bcrypt_minor != 'a' || password.size() <= bcrypt_2a_most);
}

}  // namespace

HashFault cost_fault(const StoredHash& hash, const HashBounds& bounds) {
  const auto within = [](std::uint64_t a, std::uint64_t b, std::uint64_t most) { return a == 0 || b <= most / a; };
  bool good = false;
  switch (hash.scheme) {
  case HashScheme::argon2id:
    good = hash.memory_kib <= bounds.memory >> 10 && hash.lanes <= bounds.argon2_lanes &&
           within(hash.memory_kib, hash.passes, bounds.argon2_work);
    break;
  case HashScheme::scrypt: {
    const std::uint64_t n = std::uint64_t{1} << hash.log_n;
    // Its memory is 128 N r for the table and 128 r p beside it.
    good = within(n, hash.block, bounds.memory / 128) && within(hash.parallel, hash.block, bounds.memory / 128) &&
           within(n * hash.block, hash.parallel, bounds.scrypt_work);
    break;
  }
  case HashScheme::pbkdf2_sha1:
  case HashScheme::pbkdf2_sha256:
  case HashScheme::pbkdf2_sha512: {
    const auto block = pbkdf2_block(hash.scheme);
    good = within(hash.iterations, (hash.tag.size + block - 1) / block, bounds.pbkdf2_work);
    break;
  }
  case HashScheme::bcrypt: good = hash.log_rounds <= bounds.bcrypt_log_rounds; break;
  }
  return good ? HashFault::none : HashFault::too_costly;
}

Upgrade upgrade_of(const StoredHash& hash, const HashBounds& bounds) {
  const auto any = [](const auto& floors, std::uint32_t first, std::uint32_t second) {
    return std::ranges::any_of(floors, [&](const auto& row) { return first >= row[0] && second >= row[1]; });
  };
  bool good = true;
  switch (hash.scheme) {
  case HashScheme::argon2id: good = any(bounds.argon2_floors, hash.memory_kib, hash.passes); break;
  case HashScheme::scrypt: good = hash.block >= 8 && any(bounds.scrypt_floors, hash.log_n, hash.parallel); break;
  case HashScheme::pbkdf2_sha1: good = hash.iterations >= bounds.pbkdf2_sha1_floor; break;
  case HashScheme::pbkdf2_sha256: good = hash.iterations >= bounds.pbkdf2_sha256_floor; break;
  case HashScheme::pbkdf2_sha512: good = hash.iterations >= bounds.pbkdf2_sha512_floor; break;
  case HashScheme::bcrypt: return Upgrade::scheme;
  }
  if (!good) return Upgrade::cost;
  return hash.salt.size < bounds.salt_floor ? Upgrade::salt : Upgrade::no;
}

Verification verify(const Secret& password, std::string_view stored, const HashBounds& bounds) {
  Verification answer;
  const auto [fault, hash] = parse_hash(stored);
  answer.fault = fault != HashFault::none ? fault : cost_fault(hash, bounds);
  if (answer.fault != HashFault::none) return answer;
  answer.upgrade = upgrade_of(hash, bounds);
  const std::string_view text = password.expose();
  if (!comparable(text, hash) || text.size() > INT32_MAX) {
    answer.fault = HashFault::not_comparable;
    return answer;
  }
  Computed computed;
  switch (hash.scheme) {
  case HashScheme::argon2id: answer.fault = argon2id(text, hash, computed); break;
  case HashScheme::scrypt: answer.fault = scrypt(text, hash, bounds, computed); break;
  case HashScheme::pbkdf2_sha1:
  case HashScheme::pbkdf2_sha256:
  case HashScheme::pbkdf2_sha512: answer.fault = pbkdf2(text, hash, computed); break;
  case HashScheme::bcrypt: answer.fault = bcrypt(text, stored, computed); break;
  }
  if (answer.fault != HashFault::none) return answer;
  if (CRYPTO_memcmp(computed.data.data(), hash.tag.data.data(), hash.tag.size) == 0)
    answer.match = hash.scheme == HashScheme::bcrypt && text.size() > bcrypt_most ? Match::cut : Match::yes;
  return answer;
}

}  // namespace writ::password
