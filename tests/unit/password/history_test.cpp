// The history: which place, which entries count, and that nothing but a look at every one that counts says "not used
// before". The hashes are one round of PBKDF2, so that many cost nothing.
#include "runtime/password/history.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/evp.h>

using namespace writ;
using namespace writ::password;

namespace {

std::string hashed(std::string_view password) {
  unsigned char tag[32];
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>("salt"), 4, 1, EVP_sha256(), sizeof(tag), tag) != 1)
    std::abort();
  char text[64];
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text), tag, sizeof(tag));
  return std::string("pbkdf2_sha256$1$salt$") + text;
}

constexpr std::int64_t day = 86'400'000'000;
const std::string one = hashed("one"), two = hashed("two"), three = hashed("three"), four = hashed("four");

HistoryAnswer ask(std::string_view password, const std::vector<UsedPassword>& used, const HistoryQuestion& question) {
  return look_back(Secret(password), used, question);
}

}  // namespace

TEST_CASE("the last N: the current password is the first of them") {
  const std::vector<UsedPassword> used = {{one, {}}, {two, {}}, {three, {}}, {two, {}}, {four, {}}};
  CHECK(ask("one", used, {.last = 1}).place == 1);
  CHECK(ask("two", used, {.last = 1}).is_new());
  CHECK(ask("two", used, {.last = 4}).place == 2);  // the newest of the two
  CHECK(ask("three", used, {.last = 3}).place == 3);
  CHECK(ask("four", used, {.last = 4}).is_new());
  CHECK(ask("four", used, {.last = 50}).place == 5);
  CHECK(ask("five", used, {.last = 50}).is_new());
  CHECK(ask("five", used, {.last = 50}).compared == 5);
  CHECK(ask("one", used, {.last = 0}).is_new());
  CHECK(ask("one", {}, {.last = 5}).is_new());
  CHECK_FALSE(HistoryAnswer{}.is_new());
}

TEST_CASE("not within a time: what counts is until when it was used, not when it was set") {
  const std::vector<UsedPassword> used = {{one, 100 * day}, {two, 90 * day}, {three, 10 * day}, {four, 1 * day}};
  // two was in use until 100, three until 90, four until 10.
  CHECK(ask("one", used, {.since = 500 * day}).place == 1);  // in use today
  CHECK(ask("two", used, {.since = 100 * day}).place == 2);
  CHECK(ask("two", used, {.since = 100 * day + 1}).is_new());
  CHECK(ask("three", used, {.since = 90 * day}).place == 3);
  CHECK(ask("three", used, {.since = 90 * day + 1}).is_new());
  CHECK(ask("four", used, {.since = 10 * day}).place == 4);
  CHECK(ask("four", used, {.since = 11 * day}).is_new());
  CHECK(ask("four", used, {.last = 4, .since = 500 * day}).place == 4);  // either of the two
}

TEST_CASE("a time that is not known counts as lately") {
  const std::vector<UsedPassword> used = {{one, 100 * day}, {two, {}}, {three, 10 * day}, {four, {}}};
  CHECK(ask("two", used, {.since = 101 * day}).place == 0);
  CHECK(ask("three", used, {.since = 101 * day}).place == 3);  // nobody knows when two was set
  CHECK(ask("four", used, {.since = 101 * day}).is_new());     // three was set at 10, so four was in use until then
}

TEST_CASE("times that do not fall are a fault") {
  const std::vector<UsedPassword> used = {{one, 10 * day}, {two, {}}, {three, 11 * day}};
  const HistoryAnswer answer = ask("five", used, {.last = 1});
  CHECK(answer.fault == HistoryFault::out_of_order);
  CHECK_FALSE(answer.is_new());
  CHECK(answer.compared == 0);
}

TEST_CASE("a hash that cannot be compared is a fault, and does not hide a match elsewhere") {
  const std::string long_password(80, 'x');
  const std::vector<UsedPassword> used = {{one, {}}, {"$5$unknown", {}}, {"rubbish", {}}, {two, {}}};
  const HistoryAnswer fault = ask("five", used, {.last = 4});
  CHECK(fault.fault == HistoryFault::hash);
  CHECK(fault.hash_fault == HashFault::unknown_scheme);
  CHECK(fault.fault_place == 2);
  CHECK_FALSE(fault.is_new());
  CHECK(fault.compared == 4);
  const HistoryAnswer match = ask("two", used, {.last = 4});
  CHECK(match.place == 4);
  CHECK_FALSE(match.is_new());
  CHECK(ask("one", used, {.last = 4}).place == 1);
  CHECK(ask("five", used, {.last = 1}).is_new());  // what does not count is not looked at
}

TEST_CASE("bcrypt's first 72 bytes are a place, and said to be that") {
  const std::string first = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const std::vector<UsedPassword> used = {{one, {}},
                                          {"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", {}}};
  CHECK(ask(first, used, {.last = 2}).place == 2);
  CHECK_FALSE(ask(first, used, {.last = 2}).cut);
  CHECK(ask(first + "!", used, {.last = 2}).place == 2);
  CHECK(ask(first + "!", used, {.last = 2}).cut);
  CHECK(ask("!" + first, used, {.last = 2}).is_new());
}

TEST_CASE("it says which should be upgraded") {
  const std::vector<UsedPassword> used = {
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", {}}, {one, {}}, {two, {}}};
  const HistoryAnswer answer = ask("five", used, {.last = 3});
  CHECK(answer.upgrade == Upgrade::scheme);
  CHECK(answer.to_upgrade == 3);
}

TEST_CASE("how many are compared is bounded") {
  const std::vector<UsedPassword> used(most_used_passwords + 1, {one, {}});
  CHECK(ask("five", used, {.last = most_used_passwords}).is_new());
  CHECK(ask("five", used, {.last = most_used_passwords + 1}).fault == HistoryFault::too_many);
  CHECK(ask("five", used, {.since = 0}).fault == HistoryFault::too_many);  // no time is known
}
