// Reading stored hashes. Everything is read to its last character: what is left over, a number written otherwise than as
// plain decimal, or base64 with stray bits is malformed, so that one hash has one spelling.
#include "runtime/password/hashes.h"

#include <charconv>
#include <optional>

namespace writ::password {

namespace {

constexpr std::string_view standard64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view passlib64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./";
constexpr std::string_view bcrypt64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Of six bits a character, most significant first. `stray` allows bits behind the last byte.
std::optional<Bytes> decode(std::string_view text, std::string_view alphabet, bool stray = false) {
  Bytes bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == alphabet.npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (bytes.size == Bytes::most) return std::nullopt;
    bytes.data[bytes.size++] = static_cast<std::uint8_t>(bits >> held);
    bits &= (1U << held) - 1;
  }
  if (held >= 6 || (bits != 0 && !stray)) return std::nullopt;
  return bytes;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  if (text.empty() || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What stands before the next `mark`, taken off; all of it when there is none.
std::string_view take(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const auto piece = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return piece;
}

// `name=NUMBER`, taken off up to `mark`.
bool named(std::string_view& text, char mark, std::string_view name, std::uint32_t& value) {
  std::string_view piece = take(text, mark);
  if (!piece.starts_with(name) || piece.size() <= name.size() || piece[name.size()] != '=') return false;
  const auto read = number(piece.substr(name.size() + 1));
  value = read.value_or(0);
  return read.has_value();
}

// `SALT$TAG` to the end.
bool salt_and_tag(std::string_view text, std::string_view alphabet, StoredHash& hash) {
  const auto salt = decode(take(text, '$'), alphabet), tag = decode(text, alphabet);
  if (!salt || !tag) return false;
  hash.salt = *salt;
  hash.tag = *tag;
  return hash.salt.size > 0 && hash.tag.size >= shortest_tag;
}

bool argon2id(std::string_view text, StoredHash& hash) {
  constexpr std::uint32_t shortest_salt = 8, blocks_per_lane = 8;  // RFC 9106, 3.1
  hash.scheme = HashScheme::argon2id;
  if (take(text, '$') != "v=19") return false;
  return named(text, ',', "m", hash.memory_kib) && named(text, ',', "t", hash.passes) &&
         named(text, '$', "p", hash.lanes) && hash.passes > 0 && hash.lanes > 0 &&
         hash.memory_kib / blocks_per_lane >= hash.lanes && salt_and_tag(text, standard64, hash) &&
         hash.salt.size >= shortest_salt;
}

bool scrypt(std::string_view text, StoredHash& hash) {
  hash.scheme = HashScheme::scrypt;
  return named(text, ',', "ln", hash.log_n) && named(text, ',', "r", hash.block) &&
         named(text, '$', "p", hash.parallel) && hash.log_n > 0 && hash.log_n < 64 && hash.block > 0 &&
         hash.parallel > 0 && salt_and_tag(text, standard64, hash);
}

bool pbkdf2(std::string_view text, HashScheme scheme, StoredHash& hash) {
  hash.scheme = scheme;
  std::string_view parameters = take(text, '$');
  if (!parameters.starts_with("i=")) {  // passlib's
    const auto iterations = number(parameters);
    hash.iterations = iterations.value_or(0);
    return hash.iterations > 0 && salt_and_tag(text, passlib64, hash);
  }
  if (!named(parameters, ',', "i", hash.iterations) || hash.iterations == 0) return false;
  std::uint32_t length = 0;
  const bool with_length = !parameters.empty();
  if (with_length && !named(parameters, ',', "l", length)) return false;
  return parameters.empty() && salt_and_tag(text, standard64, hash) && (!with_length || length == hash.tag.size);
}

// Django's: the salt is its own characters, the tag has its padding.
bool django(std::string_view text, HashScheme scheme, StoredHash& hash) {
  hash.scheme = scheme;
  const auto iterations = number(take(text, '$'));
  const std::string_view salt = take(text, '$');
  if (!iterations || *iterations == 0 || salt.empty() || salt.size() > Bytes::most || text.size() % 4 != 0)
    return false;
  hash.iterations = *iterations;
  for (const char c : salt) hash.salt.data[hash.salt.size++] = static_cast<std::uint8_t>(c);
  const auto padded = text.size();
  while (text.ends_with('=') && padded - text.size() < 2) text.remove_suffix(1);
  const auto tag = decode(text, standard64);
  if (!tag || (text.size() + 3) / 4 * 4 != padded) return false;
  hash.tag = *tag;
  return hash.tag.size >= shortest_tag;
}

// `$2b$10$`, 22 characters of salt, 31 of tag. Some systems leave stray bits in the salt's last character, and all ignore them.
bool bcrypt(std::string_view text, StoredHash& hash) {
  constexpr std::size_t salt_size = 22, tag_size = 31;
  hash.scheme = HashScheme::bcrypt;
  hash.bcrypt_minor = text[2];
  text.remove_prefix(4);
  const std::string_view rounds = take(text, '$');
  if (rounds.size() != 2 || text.size() != salt_size + tag_size) return false;
  const auto log_rounds = number(rounds[0] == '0' ? rounds.substr(1) : rounds);
  const auto salt = decode(text.substr(0, salt_size), bcrypt64, true),
             tag = decode(text.substr(salt_size), bcrypt64, true);
  if (!log_rounds || *log_rounds < 4 || *log_rounds > 31 || !salt || !tag) return false;
  hash.log_rounds = *log_rounds;
  hash.salt = *salt;
  hash.tag = *tag;
  return true;
}

bool is_bcrypt(std::string_view text) {
  return text.size() >= 4 && text.starts_with("$2") && (text[2] == 'a' || text[2] == 'b' || text[2] == 'y') &&
         text[3] == '$';
}

struct Pbkdf2Name {
  std::string_view name;
  HashScheme scheme;
  bool django;
};
constexpr std::array<Pbkdf2Name, 7> pbkdf2_names = {{
    {"$pbkdf2-sha1$", HashScheme::pbkdf2_sha1, false},
    {"$pbkdf2$", HashScheme::pbkdf2_sha1, false},
    {"$pbkdf2-sha256$", HashScheme::pbkdf2_sha256, false},
    {"$pbkdf2-sha512$", HashScheme::pbkdf2_sha512, false},
    {"pbkdf2_sha1$", HashScheme::pbkdf2_sha1, true},
    {"pbkdf2_sha256$", HashScheme::pbkdf2_sha256, true},
    {"pbkdf2_sha512$", HashScheme::pbkdf2_sha512, true},
}};

}  // namespace

ParsedHash parse_hash(std::string_view text) {
  constexpr std::string_view argon2_name = "$argon2id$", scrypt_name = "$scrypt$";
  ParsedHash parsed;
  const auto is = [&parsed](bool good) {
    parsed.fault = good ? HashFault::none : HashFault::malformed;
    return parsed;
  };
  if (text.empty() || text.size() > longest_hash_text) return is(false);
  if (text.starts_with(argon2_name)) return is(argon2id(text.substr(argon2_name.size()), parsed.hash));
  if (text.starts_with(scrypt_name)) return is(scrypt(text.substr(scrypt_name.size()), parsed.hash));
  if (is_bcrypt(text)) return is(bcrypt(text, parsed.hash));
  for (const Pbkdf2Name& row : pbkdf2_names) {
    if (!text.starts_with(row.name)) continue;
    const std::string_view rest = text.substr(row.name.size());
    return is(row.django ? django(rest, row.scheme, parsed.hash) : pbkdf2(rest, row.scheme, parsed.hash));
  }
  parsed.fault = HashFault::unknown_scheme;
  return parsed;
}

}  // namespace writ::password
