// Stored hashes: the vectors of the RFCs and of each scheme's authors, what is not a hash, what would cost too much, what
// should be upgraded, and what bcrypt cannot tell.
#include "runtime/password/hashes.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::password;

namespace {

// Of hexadecimal digits, base64 without padding.
std::string base64(std::string_view hex) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned bits = 0, held = 0;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bits = bits << 8 | static_cast<unsigned>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    for (held += 8; held >= 6; held -= 6) text += digits[bits >> (held - 6) & 63];
  }
  if (held > 0) text += digits[bits << (6 - held) & 63];
  return text;
}
std::string base64_of(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  return base64(hex);
}

Verification ask(std::string_view password, std::string_view stored, const HashBounds& bounds = {}) {
  return verify(Secret(password), stored, bounds);
}

// The password it is made of, and others that it is not.
void holds(std::string_view password, const std::string& stored) {
  INFO(stored);
  CHECK(ask(password, stored).is_same());
  CHECK(ask(std::string(password) + "x", stored).is_another());
  CHECK(ask("", stored).is_another());
  if (!password.empty()) CHECK(ask(password.substr(0, password.size() - 1), stored).is_another());
}

const std::string argon2_example =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const std::string bcrypt_example = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

}  // namespace

TEST_CASE("argon2id: the vectors of the reference implementation") {
  holds("password", argon2_example);
  holds("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$" +
                        base64("6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"));
  holds("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" +
                        base64("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"));
}

TEST_CASE("scrypt: the vectors of RFC 7914, 12") {
  holds("password", "$scrypt$ln=10,r=8,p=16$" + base64_of("NaCl") + "$" +
                        base64("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                               "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"));
  holds("pleaseletmein", "$scrypt$ln=14,r=8,p=1$" + base64_of("SodiumChloride") + "$" +
                             base64("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                                    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"));
}

TEST_CASE("PBKDF2: the vectors of RFC 6070 and RFC 7914, 11, in all three spellings") {
  const std::string sha1 = "4b007901b765489abead49d926f721d065a429c1";
  holds("password", "$pbkdf2-sha1$i=4096,l=20$" + base64_of("salt") + "$" + base64(sha1));
  std::string with_dots = base64(sha1);  // passlib's alphabet
  std::replace(with_dots.begin(), with_dots.end(), '+', '.');
  REQUIRE(with_dots != base64(sha1));
  holds("password", "$pbkdf2$4096$" + base64_of("salt") + "$" + with_dots);
  holds("password", "pbkdf2_sha1$4096$salt$" + base64(sha1) + "=");
  // A NUL is a character like any other, in the password and in the salt.
  holds(std::string_view("pass\0word", 9), "$pbkdf2-sha1$i=4096$" + base64_of(std::string_view("sa\0lt", 5)) + "$" +
                                               base64("56fa6aa75548099dcc37d7f03425e0c3"));
  CHECK(ask("pass", "$pbkdf2-sha1$i=4096$" + base64_of(std::string_view("sa\0lt", 5)) + "$" +
                        base64("56fa6aa75548099dcc37d7f03425e0c3"))
            .is_another());
  holds("Password", "$pbkdf2-sha256$i=80000,l=64$" + base64_of("NaCl") + "$" +
                        base64("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
                               "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"));
  holds("password", "$pbkdf2-sha512$i=1,l=64$" + base64_of("salt") + "$" +
                        base64("867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
                               "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"));
}

TEST_CASE("bcrypt: the vectors of its implementation in libxcrypt, and three names of it") {
  holds("U*U", bcrypt_example);
  holds("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK");
  holds("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a");
  for (const char* name : {"$2b$", "$2y$"}) holds("U*U", name + bcrypt_example.substr(4));
  // Stray bits in the salt's last character are ignored by all implementations (passlib's documentation tells of them).
  std::string stray = bcrypt_example;
  stray[28] = '/';  // `.` is 000000, `/` is 000001: only its first two bits are salt
  REQUIRE(bcrypt_example[28] == '.');
  holds("U*U", stray);
}

TEST_CASE("bcrypt says of a longer password what it knows: not another one, and not the same") {
  const std::string stored = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
  const std::string first =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";  // 72 characters
  REQUIRE(first.size() == 72);
  CHECK(ask(first, stored).is_same());
  CHECK(ask(first.substr(0, 71), stored).is_another());

  const Verification longer = ask(first + "chars after 72 are ignored", stored);
  CHECK(longer.fault == HashFault::none);
  CHECK(longer.match == Match::cut);
  CHECK_FALSE(longer.is_same());
  CHECK_FALSE(longer.is_another());
  CHECK(ask("x" + first, stored).is_another());

  // `$2a$` was once counted in a byte; a NUL ends what C reads.
  CHECK(ask(std::string(254, 'x'), stored).is_another());
  CHECK(ask(std::string(255, 'x'), stored).fault == HashFault::not_comparable);
  CHECK(ask(std::string(255, 'x'), "$2b$" + stored.substr(4)).is_another());
  const Verification with_nul = ask(std::string_view("U*U\0more", 8), bcrypt_example);
  CHECK(with_nul.fault == HashFault::not_comparable);
  CHECK_FALSE(with_nul.is_same());
  CHECK_FALSE(with_nul.is_another());
}

TEST_CASE("what is not a stored hash is a fault with a name") {
  const auto fault = [](std::string_view stored) { return ask("password", stored).fault; };
  for (const std::string_view unknown :
       {"password", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "$6$salt$x", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$x",
        "$2x$05$x", "$2$05$x", "$pbkdf2-md5$1$c2FsdA$x",
        "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"})
    CHECK(fault(unknown) == HashFault::unknown_scheme);

  const std::string tag = "$" + base64(std::string(64, 'a'));
  const std::string salt = "$c29tZXNhbHQ";
  for (const std::string& wrong : {
           std::string(),
           std::string("$argon2id$"),
           "$argon2id$v=16$m=256,t=2,p=1" + salt + tag,
           "$argon2id$m=256,t=2,p=1" + salt + tag,
           "$argon2id$v=19$t=2,m=256,p=1" + salt + tag,
           "$argon2id$v=19$m=256,t=2,p=1,keyid=x" + salt + tag,
           "$argon2id$v=19$m=0256,t=2,p=1" + salt + tag,
           "$argon2id$v=19$m=-256,t=2,p=1" + salt + tag,
           "$argon2id$v=19$m=4294967552,t=2,p=1" + salt + tag,
           "$argon2id$v=19$m=256,t=0,p=1" + salt + tag,
           "$argon2id$v=19$m=256,t=2,p=0" + salt + tag,
           "$argon2id$v=19$m=15,t=2,p=2" + salt + tag,
           "$argon2id$v=19$m=256,t=2,p=1$c2FsdA" + tag,
           "$argon2id$v=19$m=256,t=2,p=1" + salt,
           "$argon2id$v=19$m=256,t=2,p=1" + salt + tag + "$",
           "$argon2id$v=19$m=256,t=2,p=1" + salt + tag + "=",
           "$argon2id$v=19$m=256,t=2,p=1" + salt + "$" + base64(std::string(30, 'a')),
           "$argon2id$v=19$m=256,t=2,p=1" + salt + "$" + base64(std::string(130, 'a')),
           argon2_example.substr(0, argon2_example.size() - 1) + "5",  // a stray bit
           argon2_example.substr(0, argon2_example.size() - 1),
           argon2_example + "\n",
           " " + argon2_example.substr(1),
           "$scrypt$ln=0,r=8,p=1" + salt + tag,
           "$scrypt$ln=64,r=8,p=1" + salt + tag,
           "$scrypt$ln=14,r=0,p=1" + salt + tag,
           "$scrypt$n=14,r=8,p=1" + salt + tag,
           "$scrypt$ln=14,r=8,p=1$" + tag,
           "$pbkdf2-sha256$i=0" + salt + tag,
           "$pbkdf2-sha256$0" + salt + tag,
           "$pbkdf2-sha256$i=1,l=31" + salt + tag,
           "$pbkdf2-sha256$i=1,l=32,x=1" + salt + tag,
           "$pbkdf2-sha256$i=1" + salt + "$",
           std::string("pbkdf2_sha256$1$salt$YWFhYWFhYWFhYWFhYWFhYQ="),
           std::string("pbkdf2_sha256$1$salt$YWFhYWFhYWFhYWFhYWFhYQ==="),
           std::string("pbkdf2_sha256$1$$YWFhYWFhYWFhYWFhYWFhYQ=="),
           std::string("pbkdf2_sha256$1$") + std::string(65, 's') + "$YWFhYWFhYWFhYWFhYWFhYQ==",
           bcrypt_example.substr(0, 59),
           bcrypt_example + "x",
           "$2a$5$" + bcrypt_example.substr(7),
           "$2a$03$" + bcrypt_example.substr(7),
           "$2a$32$" + bcrypt_example.substr(7),
           "$2a$05$!" + bcrypt_example.substr(8),
           std::string("$2b$"),
           "$scrypt$ln=14,r=8,p=1$" + std::string(600, 'A') + tag,
       }) {
    INFO(wrong);
    if (!wrong.empty() && wrong[0] == ' ') {
      CHECK(fault(wrong) == HashFault::unknown_scheme);
    } else {
      CHECK(fault(wrong) == HashFault::malformed);
    }
    CHECK_FALSE(ask("password", wrong).is_another());
  }
  CHECK_FALSE(Verification{}.is_same());
  CHECK_FALSE(Verification{}.is_another());
}

TEST_CASE("what a stored hash asks for is held against ceilings before any work") {
  const std::string rest = "$c29tZXNhbHQ$" + base64(std::string(64, 'a'));
  const auto began = std::chrono::steady_clock::now();
  for (const std::string& hostile : {
           "$argon2id$v=19$m=4294967295,t=1,p=1" + rest,
           "$argon2id$v=19$m=262145,t=1,p=1" + rest,
           "$argon2id$v=19$m=1024,t=4294967295,p=1" + rest,
           "$argon2id$v=19$m=262144,t=5,p=1" + rest,
           "$argon2id$v=19$m=262144,t=1,p=17" + rest,
           "$scrypt$ln=63,r=8,p=1" + rest,
           "$scrypt$ln=19,r=8,p=1" + rest,
           "$scrypt$ln=1,r=4294967295,p=1" + rest,
           "$scrypt$ln=1,r=1,p=4294967295" + rest,
           "$scrypt$ln=63,r=4294967295,p=4294967295" + rest,
           "$scrypt$ln=14,r=8,p=17" + rest,
           "$pbkdf2-sha256$i=3000001" + rest,
           "$pbkdf2-sha256$i=4294967295" + rest,
           "$pbkdf2-sha1$1500001" + rest,  // two blocks
           std::string("pbkdf2_sha512$4000000000$salt$YWFhYWFhYWFhYWFhYWFhYQ=="),
           "$2a$15$" + bcrypt_example.substr(7),
           "$2b$31$" + bcrypt_example.substr(7),
       }) {
    INFO(hostile);
    CHECK(ask("password", hostile).fault == HashFault::too_costly);
  }
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(200));

  // Just under: they are computed, and are another password.
  const auto cost = [](const std::string& text) { return cost_fault(parse_hash(text).hash, {}); };
  for (const std::string& dear :
       {"$argon2id$v=19$m=262144,t=4,p=16" + rest, "$scrypt$ln=18,r=8,p=1" + rest, "$scrypt$ln=14,r=8,p=16" + rest,
        "$pbkdf2-sha256$i=3000000" + rest, "$pbkdf2-sha1$1500000" + rest, "$2a$14$" + bcrypt_example.substr(7)}) {
    INFO(dear);
    CHECK(cost(dear) == HashFault::none);
  }
  HashBounds narrow;
  narrow.memory = 1 << 20;
  CHECK(ask("password", "$scrypt$ln=14,r=8,p=1" + rest, narrow).fault == HashFault::too_costly);
  CHECK(ask("password", "$argon2id$v=19$m=1025,t=1,p=1" + rest, narrow).fault == HashFault::too_costly);
  CHECK(ask("password", "$argon2id$v=19$m=1024,t=1,p=1" + rest, narrow).is_another());
}

TEST_CASE("it tells which hash should be made anew, and why") {
  const auto upgrade = [](const std::string& parameters, std::string_view salt = "0123456789abcdef") {
    const ParsedHash parsed = parse_hash(parameters + "$" + base64_of(salt) + "$" + base64(std::string(64, 'a')));
    REQUIRE(parsed.fault == HashFault::none);
    return upgrade_of(parsed.hash, {});
  };
  CHECK(upgrade("$argon2id$v=19$m=19456,t=2,p=1") == Upgrade::no);
  CHECK(upgrade("$argon2id$v=19$m=19455,t=2,p=1") == Upgrade::cost);
  CHECK(upgrade("$argon2id$v=19$m=19456,t=1,p=1") == Upgrade::cost);
  CHECK(upgrade("$argon2id$v=19$m=47104,t=1,p=1") == Upgrade::no);
  CHECK(upgrade("$argon2id$v=19$m=7168,t=5,p=1") == Upgrade::no);
  CHECK(upgrade("$argon2id$v=19$m=7167,t=50,p=1") == Upgrade::cost);
  CHECK(upgrade("$argon2id$v=19$m=19456,t=2,p=1", "0123456789abcde") == Upgrade::salt);
  CHECK(upgrade("$scrypt$ln=17,r=8,p=1") == Upgrade::no);
  CHECK(upgrade("$scrypt$ln=17,r=7,p=1") == Upgrade::cost);
  CHECK(upgrade("$scrypt$ln=16,r=8,p=1") == Upgrade::cost);
  CHECK(upgrade("$scrypt$ln=16,r=8,p=2") == Upgrade::no);
  CHECK(upgrade("$pbkdf2-sha256$i=600000") == Upgrade::no);
  CHECK(upgrade("$pbkdf2-sha256$i=599999") == Upgrade::cost);
  CHECK(upgrade("$pbkdf2-sha512$210000") == Upgrade::no);
  CHECK(upgrade("$pbkdf2-sha512$209999") == Upgrade::cost);
  CHECK(upgrade("$pbkdf2-sha1$i=1300000") == Upgrade::no);
  CHECK(upgrade("$pbkdf2-sha1$i=1299999") == Upgrade::cost);
  CHECK(ask("U*U", bcrypt_example).upgrade == Upgrade::scheme);
  CHECK(ask("password", argon2_example).upgrade == Upgrade::cost);
}
