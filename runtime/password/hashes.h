// Stored passwords: text that says itself how it was made, and whether a password is the one it was made of.
//
//   Argon2id   $argon2id$v=19$m=19456,t=2,p=1$SALT$TAG
//   scrypt     $scrypt$ln=17,r=8,p=1$SALT$TAG
//   PBKDF2     $pbkdf2-sha256$i=600000[,l=32]$SALT$TAG   sha1, sha256 or sha512; the PHC form, which Auth0 imports
//              $pbkdf2-sha256$600000$SALT$TAG            passlib's form, `.` for `+`; `$pbkdf2$` is its SHA-1
//              pbkdf2_sha256$600000$salt$TAG=            Django's form, whose salt is text
//   bcrypt     $2b$10$ and 53 characters, also $2a$ and $2y$; for imports only: it always should be upgraded
//
// Who writes a hash into the store is not trusted with our memory and time: what it asks for is held against ceilings
// before any work. What cannot be read or compared is a fault with a name, never "another password". Tags are compared in
// constant time.
#pragma once

#include "runtime/password/secret.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace writ::password {

enum class HashScheme : std::uint8_t { argon2id, scrypt, pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, bcrypt };
inline constexpr std::array<std::string_view, 6> hash_scheme_names = {"argon2id",      "scrypt",        "pbkdf2-sha1",
                                                                      "pbkdf2-sha256", "pbkdf2-sha512", "bcrypt"};

enum class HashFault : std::uint8_t {
  none,
  malformed,       // not written as its scheme writes it, or with a salt or tag too short to mean anything
  unknown_scheme,  // none of the schemes above
  too_costly,      // above a ceiling
  not_comparable,  // bcrypt, and a password of which it cannot say whether it is another: see verify
  no_resources,    // memory was refused
};
inline constexpr std::array<std::string_view, 6> hash_fault_names = {"none",       "malformed",      "unknown_scheme",
                                                                     "too_costly", "not_comparable", "no_resources"};

// What one hash may ask for, and what it should.
struct HashBounds {
  // Ceilings: above, it is not computed. The dearest that they let through takes seconds of one core.
  std::uint64_t memory = 256 << 20;     // bytes, of Argon2id and of scrypt
  std::uint64_t argon2_work = 1 << 20;  // KiB times passes
  std::uint32_t argon2_lanes = 16;
  std::uint64_t scrypt_work = 2 << 20;    // N r p
  std::uint64_t pbkdf2_work = 3'000'000;  // iterations times blocks of output
  std::uint32_t bcrypt_log_rounds = 14;
  // Floors of OWASP's Password Storage Cheat Sheet: below, it should be upgraded. Of Argon2id and scrypt any row will do.
  std::array<std::array<std::uint32_t, 2>, 5> argon2_floors = {
      {{47'104, 1}, {19'456, 2}, {12'288, 3}, {9'216, 4}, {7'168, 5}}};  // KiB, passes
  std::array<std::array<std::uint32_t, 2>, 5> scrypt_floors = {
      {{17, 1}, {16, 2}, {15, 3}, {14, 5}, {13, 10}}};  // log2 N, p; with r of 8 or more
  std::uint32_t pbkdf2_sha1_floor = 1'300'000, pbkdf2_sha256_floor = 600'000, pbkdf2_sha512_floor = 210'000;
  std::uint32_t salt_floor = 16;  // bytes
};

// A few bytes, in place.
struct Bytes {
  static constexpr std::size_t most = 64;
  std::array<std::uint8_t, most> data{};
  std::size_t size = 0;
  std::span<const std::uint8_t> view() const { return {data.data(), size}; }
};

inline constexpr std::size_t longest_hash_text = 512, shortest_tag = 16;

struct StoredHash {
  HashScheme scheme = HashScheme::argon2id;
  std::uint32_t memory_kib = 0, passes = 0, lanes = 0;  // Argon2id
  std::uint32_t log_n = 0, block = 0, parallel = 0;     // scrypt: N = 2^log_n, r, p
  std::uint32_t iterations = 0;                         // PBKDF2
  std::uint32_t log_rounds = 0;                         // bcrypt
  char bcrypt_minor = 'b';
  Bytes salt, tag;
};

// `fault` is none, malformed or unknown_scheme.
struct ParsedHash {
  HashFault fault = HashFault::malformed;
  StoredHash hash;
};
ParsedHash parse_hash(std::string_view text);

// none or too_costly.
HashFault cost_fault(const StoredHash& hash, const HashBounds& bounds);

enum class Upgrade : std::uint8_t { no, scheme, cost, salt };  // why it should be hashed anew at the next sign-in
inline constexpr std::array<std::string_view, 4> upgrade_names = {"no", "scheme", "cost", "salt"};
Upgrade upgrade_of(const StoredHash& hash, const HashBounds& bounds);

// `cut` is bcrypt's: it looked at 72 bytes, they are the same, and the password goes on. It is not the password, as far as
// anybody can say, and it is not another one.
enum class Match : std::uint8_t { no, yes, cut };

// Made so that nothing has to be remembered: a match counts only without a fault, and "another password" too.
struct Verification {
  HashFault fault = HashFault::malformed;
  Match match = Match::no;
  Upgrade upgrade = Upgrade::no;
  bool is_same() const { return fault == HashFault::none && match == Match::yes; }
  bool is_another() const { return fault == HashFault::none && match == Match::no; }
};

// bcrypt takes 72 bytes and, as C writes it, ends at a NUL. So a longer password is compared by its first 72 bytes: when
// they differ it is another one, when not the answer is `cut`. A password with a NUL, and one of more than 254 bytes
// against `$2a$` (whose first versions counted lengths in a byte), is not_comparable.
Verification verify(const Secret& password, std::string_view stored, const HashBounds& bounds = {});

}  // namespace writ::password
