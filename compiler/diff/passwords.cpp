// A password policy turns at numbers: lengths, counts, runs. Passwords are made for every such number of either side and one beside it, of
// every choice of classes of characters, with and without the words, runs and sequences that requirements speak of, from short to long; and
// asked at sign-up, and as a change with a history and an age where those are asked for. All of them are made up here.
#include "compiler/diff/passwords.h"

#include <algorithm>
#include <set>

namespace writ::diff {

namespace {

using program::PasswordProgram;
using program::RequirementInfo;

// Without words, runs or sequences of three.
constexpr std::array<std::string_view, 4> alphabets = {"qmwkxzvjtbrhgd", "QMWKXZVJTBRHGD", "7294831650", "#%+!?*=&"};
constexpr std::string_view username = "robin.fox", email = "robin.fox@example.com";
constexpr std::array<std::string_view, 1> profile = {"Robin Fox"};
constexpr std::array<std::string_view, 8> common = {"password",   "123456789",  "iloveyou", "sunshine1",
                                                    "qwertyuiop", "letmein123", "football", "Password1"};
constexpr std::size_t longest_made = 256;

struct Numbers {
  std::set<std::int64_t> lengths = {8, 12, 16}, counts, repeats, sequences, histories, ages;
  std::set<std::string> words;
  bool personal = false, common = false;
};

void add_around(std::set<std::int64_t>& into, std::int64_t value) {
  for (const auto one : {value - 1, value, value + 1})
    if (one >= 0) into.insert(one);
}

// The literals of `reject words ["acme", "portal"]`.
void add_words(const std::string& text, std::set<std::string>& into) {
  for (std::size_t at = text.find('"'); at != std::string::npos && into.size() < 8;) {
    const auto end = text.find('"', at + 1);
    if (end == std::string::npos) return;
    into.insert(text.substr(at + 1, end - at - 1));
    at = text.find('"', end + 1);
  }
}

void read(const PasswordProgram& program, Numbers& numbers) {
  for (const auto& one : program.requirements) {
    const auto number = one.numbers.empty() ? 0 : one.numbers[0];
    switch (one.check) {
    case PasswordCheck::length_min:
    case PasswordCheck::length_max: add_around(numbers.lengths, number); break;
    case PasswordCheck::at_least: add_around(numbers.counts, number); break;
    case PasswordCheck::repeats: add_around(numbers.repeats, number); break;
    case PasswordCheck::sequences: add_around(numbers.sequences, number); break;
    case PasswordCheck::history: add_around(numbers.histories, number); break;
    case PasswordCheck::age_min: numbers.ages.insert({number, std::max<std::int64_t>(number - 1'000'000, 0)}); break;
    case PasswordCheck::words: add_words(one.text, numbers.words); break;
    case PasswordCheck::personal:
    case PasswordCheck::username:
    case PasswordCheck::email: numbers.personal = true; break;
    case PasswordCheck::common:
    case PasswordCheck::strength: numbers.common = true; break;
    default: break;
    }
  }
}

// Begins with `head` and goes on, in the classes of `mask`, to this length.
std::string made(std::string head, unsigned mask, std::size_t length) {
  for (std::size_t i = 0; head.size() < length; ++i) {
    const auto which = i % alphabets.size();
    if ((mask >> which & 1) == 0) continue;
    const auto& alphabet = alphabets[which];
    head += alphabet[i / alphabets.size() * 3 % alphabet.size()];
  }
  return head;
}

std::string repeated(std::size_t count) { return std::string(count, 'z'); }
std::string sequence(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

// Of which classes: from plain to odd.
constexpr std::array masks = {1u, 3u, 5u, 7u, 15u, 9u, 11u, 13u, 4u, 2u, 6u, 8u, 10u, 12u, 14u};

// How a password may begin, by what requirements speak of.
std::vector<std::string> beginnings(const Numbers& numbers) {
  std::vector<std::string> heads(numbers.words.begin(), numbers.words.end());
  const auto upto = [](std::int64_t count, std::size_t most) {
    return static_cast<std::size_t>(std::min<std::int64_t>(count, static_cast<std::int64_t>(most)));
  };
  for (const auto count : numbers.repeats)
    if (count > 1) heads.push_back(repeated(upto(count, 64)));
  for (const auto count : numbers.sequences)
    if (count > 1) heads.push_back(sequence(upto(count, 26)));
  for (const auto count : numbers.counts)
    for (const auto& alphabet : alphabets) heads.emplace_back(alphabet.substr(0, upto(count, alphabet.size())));
  if (numbers.personal)
    for (const auto text : {username, email, std::string_view("Robin")}) heads.emplace_back(text);
  if (numbers.common) heads.insert(heads.end(), common.begin(), common.end());
  return heads;
}

// In use so many changes ago.
class Past : public PasswordHistory {
 public:
  explicit Past(std::int64_t place) : place_(place) {}
  std::optional<std::int64_t> place(std::string_view, std::int64_t depth) const noexcept override {
    return place_ <= depth ? place_ : never;
  }

 private:
  std::int64_t place_;
};

constexpr std::int64_t year = 365LL * 24 * 3'600 * 1'000'000;

struct Context {
  PasswordEvent event = PasswordEvent::signup;
  std::int64_t place = PasswordHistory::never;
  std::optional<std::int64_t> age;
  std::vector<std::string> words() const {
    std::vector<std::string> list;
    if (place != PasswordHistory::never) list.push_back("last in use " + std::to_string(place) + " changes ago");
    if (age) list.push_back("the password was last changed " + duration_to_text(*age) + " ago");
    return list;
  }
};

std::vector<Context> contexts(const Numbers& numbers) {
  std::vector<Context> list = {{PasswordEvent::signup, PasswordHistory::never, {}},
                               {PasswordEvent::change, PasswordHistory::never, year}};
  for (const auto place : numbers.histories)
    if (place > 0) list.push_back({PasswordEvent::change, place, year});
  for (const auto age : numbers.ages) list.push_back({PasswordEvent::change, PasswordHistory::never, age});
  return list;
}

bool same(const PasswordProgram& a, const PasswordProgram& b) {
  const auto texts = [](const PasswordProgram& one) {
    std::vector<std::string_view> all;
    for (const auto& requirement : one.requirements) all.push_back(requirement.text);
    return all;
  };
  return *a.shape == *b.shape && a.row == b.row && a.normalize == b.normalize && texts(a) == texts(b);
}

class Finder {
 public:
  Finder(const Sides& sides, const std::string& tenant, const std::string& connection, std::size_t& tries)
      : sides_(sides), tenant_(tenant), connection_(connection), tries_(tries) {}

  // Lengths and classes first. What both sides accept then is what the rest is tried on: how it begins, and what else is said with it.
  std::vector<PasswordWitness> run(const Numbers& numbers, std::size_t most) {
    end_ = tries_ + most;
    const auto plain = usual();
    std::string base;
    for (const auto length : numbers.lengths)
      for (const auto mask : masks)
        if (length > 0 && static_cast<std::size_t>(length) <= longest_made) {
          const auto password = made("", mask, static_cast<std::size_t>(length));
          if (look(password, plain) && base.empty()) base = password;
        }
    if (base.empty()) base = made("", 15, 16);
    for (const auto& head : beginnings(numbers)) {
      look(head, plain);
      for (const auto mask : masks) look(made(head, mask, base.size()), plain);
    }
    for (const auto& context : contexts(numbers)) look(base, context);
    std::vector<PasswordWitness> list;
    for (auto& one : found_)
      if (one) list.push_back(std::move(*one));
    return list;
  }

 private:
  // A sign-up, where there is one.
  Context usual() const {
    PasswordRequest request;
    request.tenant = tenant_;
    request.connection = connection_;
    for (const auto* engine : {&sides_.before, &sides_.after})
      if (engine->interpret_password(Secret("?"), request).fault == PasswordFault::signup_closed)
        return {PasswordEvent::change, PasswordHistory::never, year};
    return {};
  }

  // Whether both accept it.
  bool look(const std::string& password, const Context& context) {
    if (tries_ >= end_) return false;
    ++tries_;
    const PasswordUser user{username, email, profile};
    const Past past(context.place);
    PasswordRequest request;
    request.tenant = tenant_;
    request.connection = connection_;
    request.event = context.event;
    request.user = &user;
    request.history = &past;
    request.since_last_change = context.age;
    request.data = &sides_.lists;
    const Secret secret(password);
    const auto was = sides_.before.interpret_password(secret, request);
    const auto is = sides_.after.interpret_password(secret, request);
    if (was.accepted && is.accepted) return true;
    if (was.accepted == is.accepted || was.fault != PasswordFault::none || is.fault != PasswordFault::none)
      return false;
    auto& place = found_[is.accepted ? 0 : 1];
    if (place) return false;
    const auto& refusing = is.accepted ? was : is;
    std::vector<std::string> by;
    for (std::size_t i = 0; i < refusing.requirements.size(); ++i)
      if (!refusing.meets(i))
        by.push_back(refusing.requirements[i].text + "  (" + refusing.requirements[i].origin + ")");
    place = {connection_, is.accepted, password, context.event, context.words(), std::move(by)};
    return false;
  }

  const Sides& sides_;
  const std::string& tenant_;
  const std::string& connection_;
  std::size_t& tries_;
  std::size_t end_ = 0;
  std::array<std::optional<PasswordWitness>, 2> found_;  // newly accepted, newly refused
};

}  // namespace

std::vector<PasswordWitness> password_witnesses(const Sides& sides, const program::Part& before,
                                                const program::Part& after, std::size_t most, std::size_t& tries) {
  std::vector<PasswordWitness> all;
  for (const auto& was : before.passwords)
    for (const auto& is : after.passwords) {
      const auto& id = before.connections[was.connection].id;
      if (id != after.connections[is.connection].id || same(was, is)) continue;
      Numbers numbers;
      read(was, numbers);
      read(is, numbers);
      auto found = Finder(sides, before.id, id, tries).run(numbers, most);
      std::ranges::move(found, std::back_inserter(all));
    }
  return all;
}

}  // namespace writ::diff
