// Of a policy only lengths and numbers of characters are read, to know what to try; whether what was tried is good enough,
// the engine says. 20 characters of 94 are 131 bits; a policy that allows for less gets as many as it lets through.
#include "cli/generate.h"

#include <algorithm>
#include <array>
#include <limits>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace writ::cli {

namespace {

constexpr std::size_t usual_length = 20, attempts = 2'000;
constexpr std::array<std::string_view, 4> classes = {"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                                     "0123456789", "!#$%&()*+,-./:;<=>?@[]^_{|}~"};

// A number below `limit`, every one as likely; nothing when the generator fails.
std::optional<std::size_t> random_below(std::size_t limit) {
  std::uint32_t bits = 0;
  const auto fair = std::numeric_limits<std::uint32_t>::max() / limit * limit;
  do
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1) return std::nullopt;
  while (bits >= fair);
  return bits % limit;
}

struct Wanted {
  std::size_t shortest = 1, longest = static_cast<std::size_t>(max_password_bytes);
  std::array<std::size_t, 4> at_least = {1, 1, 1, 1};
};

// One byte is one character in every unit.
Wanted wanted_of(const PasswordReport& report) {
  Wanted wanted;
  for (const auto& one : report.requirements) {
    const auto number =
        one.numbers.empty() ? std::size_t{0} : static_cast<std::size_t>(std::max<std::int64_t>(one.numbers[0], 0));
    if (one.check == PasswordCheck::length_min) wanted.shortest = std::max(wanted.shortest, number);
    if (one.check == PasswordCheck::length_max) wanted.longest = std::min(wanted.longest, number);
    if (one.check != PasswordCheck::at_least) continue;
    for (std::size_t i = 0; i < classes.size(); ++i)
      if ((one.classes >> i & 1) != 0) wanted.at_least[i] = std::max(wanted.at_least[i], number);
  }
  return wanted;
}

class Draft {
 public:
  ~Draft() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Draft() = default;
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  bool fill(const Wanted& wanted, std::size_t length) {
    size_ = 0;
    for (std::size_t i = 0; i < classes.size(); ++i)
      for (std::size_t k = 0; k < wanted.at_least[i] && size_ < length; ++k)
        if (!add(classes[i])) return false;
    while (size_ < length) {
      const auto which = random_below(classes.size());
      if (!which || !add(classes[*which])) return false;
    }
    for (std::size_t i = size_; i > 1; --i) {
      const auto other = random_below(i);
      if (!other) return false;
      std::swap(bytes_[i - 1], bytes_[*other]);
    }
    return true;
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  bool add(std::string_view alphabet) {
    const auto which = random_below(alphabet.size());
    if (which) bytes_[size_++] = alphabet[*which];
    return which.has_value();
  }
  std::array<char, static_cast<std::size_t>(max_password_bytes)> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace

Generated generate_password(const Engine& engine, const PasswordRequest& request) {
  Generated made;
  made.last = engine.interpret_password(Secret("?"), request);
  if (made.last.fault != PasswordFault::none) return made;
  const auto wanted = wanted_of(made.last);
  std::size_t needed = 0;
  for (const auto count : wanted.at_least) needed += count;
  const auto length = std::min(wanted.longest, std::max({wanted.shortest, needed, usual_length}));
  Draft draft;
  for (std::size_t i = 0; i < attempts; ++i) {
    if (!draft.fill(wanted, length)) {
      made.problem = "the random generator gave nothing";
      return made;
    }
    Secret password(draft.text());
    made.last = engine.interpret_password(password, request);
    if (!made.last.accepted) continue;
    made.password = std::move(password);
    return made;
  }
  made.problem =
      "none of " + std::to_string(attempts) + " random passwords is accepted; the last was not for what stands above";
  return made;
}

}  // namespace writ::cli
