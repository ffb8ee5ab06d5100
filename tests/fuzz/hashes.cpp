// Stored hashes: whatever the text, it is read without a crash and within time and memory; what is read keeps to the
// ceilings or is too costly; and a comparison with a fault says neither "the same" nor "another". Before the first NUL stands
// the stored text, after it the password.
#include "runtime/password/hashes.h"

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  using namespace writ::password;
  using fuzz::promise;
  const auto [stored, password] = fuzz::split(fuzz::view(data, size));
  HashBounds bounds;  // a hundredth of the usual ones, so that the fuzzer gets on
  bounds.memory = 1 << 20;
  bounds.argon2_work = 1 << 10;
  bounds.scrypt_work = 1 << 13;
  bounds.pbkdf2_work = 1 << 12;
  bounds.bcrypt_log_rounds = 4;

  const ParsedHash parsed = parse_hash(stored);
  const bool read = parsed.fault == HashFault::none;
  promise(read || parsed.fault == HashFault::malformed || parsed.fault == HashFault::unknown_scheme,
          "another fault of reading");
  if (read) {
    promise(parsed.hash.tag.size >= shortest_tag && parsed.hash.tag.size <= Bytes::most, "a tag too short or too long",
            stored);
    promise(parsed.hash.salt.size > 0 && parsed.hash.salt.size <= Bytes::most, "a salt too short or too long", stored);
  }
  const Verification answer = verify(Secret(password), stored, bounds);
  promise(!(answer.is_same() && answer.is_another()), "both the same and another", stored);
  promise(read || answer.fault == parsed.fault, "what is not read is compared", stored);
  if (read && cost_fault(parsed.hash, bounds) != HashFault::none)
    promise(answer.fault == HashFault::too_costly, "too costly, and compared", stored);
  if (answer.fault != HashFault::none)
    promise(!answer.is_same() && !answer.is_another(), "an answer with a fault", stored);
  if (answer.fault == HashFault::none && parsed.hash.scheme != HashScheme::bcrypt)
    promise(answer.match != Match::cut, "cut, by a scheme that cuts nothing", stored);
  return 0;
}
