// A password, judged: the faults, then the facts that the policy's program reads and no others, then the program, by machine
// code or by the interpreter. A policy that normalizes has both forms judged, as received and NFKC, and both must be
// accepted: so attaching `normalize nfkc` never lets a password through that was refused without it.
#include "runtime/engine/password.h"
#include "runtime/engine/state.h"
#include "runtime/password/fold.h"
#include "runtime/password/measure.h"
#include "runtime/password/personal.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <exception>

#include <openssl/crypto.h>

namespace writ {

namespace {

using engine::Loaded;
using engine::LoadedPassword;

constexpr std::size_t max_profile_values = 1'024;
constexpr std::size_t room = static_cast<std::size_t>(max_password_bytes);

// Bytes of a password beside the Secret: as many as were taken are cleansed when they end.
template <std::size_t Size>
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { OPENSSL_cleanse(bytes_.data(), used_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::span<char> take(std::size_t size) {
    used_ = std::max(used_, std::min(size, Size));
    return std::span(bytes_).first(used_);
  }

 private:
  std::array<char, Size> bytes_;  // uninitialised until it is taken
  std::size_t used_ = 0;
};

// Folding makes a character at most half as long again (three bytes of two: Ⱥ).
constexpr std::size_t folded_size(std::size_t bytes) { return bytes + bytes / 2 + 1; }

bool sound(const PasswordUser& user) {
  const auto fine = [](std::string_view text) { return text.size() <= max_string_bytes && valid_utf8(text); };
  return user.profile.size() <= max_profile_values && fine(user.username) && fine(user.email) &&
         std::ranges::all_of(user.profile, fine);
}

PasswordFault fault_of(const Loaded& loaded, std::string_view password, const PasswordRequest& request,
                       std::int32_t& policy) {
  using enum PasswordFault;
  const auto client = request.client ? loaded.client(*request.client) : -1;
  if (request.client && client < 0) return unknown_client;
  const auto connection = loaded.connection(request.connection);
  if (connection < 0) return unknown_connection;
  if (request.client && !loaded.enabled(client, connection)) return connection_not_enabled;
  policy = loaded.password_place(connection);
  if (policy < 0) return no_passwords;
  if (request.event == PasswordEvent::signup && !loaded.connection(connection).signup_open) return signup_closed;
  if (password.empty()) return empty;
  if (password.size() > room) return too_long;
  if (!valid_utf8(password)) return not_utf8;
  if (request.user && !sound(*request.user)) return invalid_user;
  return none;
}

// The facts of one form of the password, in the slots that a program reads.
class Facts {
 public:
  Facts(const LoadedPassword& policy, const PasswordRequest& request, PasswordReport& report)
      : policy_(policy), request_(request), report_(report), slots_{} {}

  void fill(std::string_view password) {
    text(PasswordFact::text, password);
    count(password::measure(password));
    if (asks_folded()) {
      const auto bytes = folded_.take(folded_size(password.size()));
      const std::string_view folded{bytes.data(), password::fold(password, bytes)};
      text(PasswordFact::folded, folded);
      person(folded);
    }
    lists(password);
    past(password);
  }

  const program::Slot* slots() const { return slots_.data(); }

 private:
  bool asks(PasswordFact fact) const { return (policy_.asks >> index(fact) & 1) != 0; }
  bool asks_folded() const {
    using enum PasswordFact;
    return asks(folded) || asks(not_personal) || asks(without_username) || asks(without_email);
  }
  void set(PasswordFact fact, std::int64_t value) { slots_[index(fact)].integer = value; }
  void text(PasswordFact fact, std::string_view value) {
    slots_[index(fact)].text = {value.data(), static_cast<std::uint32_t>(value.size()), 0};
  }
  // Zero, which refuses, where nothing is known.
  template <class T>
  void known(PasswordFact fact, const std::optional<T>& value, PasswordMissing missing) {
    if (value)
      set(fact, static_cast<std::int64_t>(*value));
    else
      lack(missing);
  }
  void lack(PasswordMissing missing) {
    report_.missing = static_cast<std::uint8_t>(report_.missing | 1u << static_cast<unsigned>(missing));
  }

  void count(const password::Measure& measure) {
    using enum PasswordFact;
    const auto classes = [&](PasswordFact first, const password::Classes& counts) {
      auto* const slot = &slots_[index(first)];
      slot[0].integer = counts.lower;
      slot[1].integer = counts.upper;
      slot[2].integer = counts.digits;
      slot[3].integer = counts.symbols;
    };
    set(code_points, measure.code_points);
    set(utf16, measure.utf16);
    set(bytes, measure.bytes);
    classes(ascii_lower, measure.ascii);
    classes(unicode_lower, measure.unicode);
    classes(utf16_lower, measure.by_unit);
    set(repeats, measure.repeats);
    set(repeats_utf16, measure.repeats_utf16);
    set(sequence, measure.sequence);
  }

  void lists(std::string_view password) {
    const auto* const data = request_.data;
    if (asks(PasswordFact::common_rank)) {
      const auto listed = data ? data->common_listed() : std::nullopt;
      known(PasswordFact::common_listed, listed, PasswordMissing::common);
      known(PasswordFact::common_rank, data ? data->common_rank(password) : std::nullopt, PasswordMissing::common);
      if (listed && *listed < policy_.common_wanted) lack(PasswordMissing::common_too_short);
    }
    if (asks(PasswordFact::not_breached)) {
      const auto breached = data ? data->breached(password) : std::nullopt;
      known(PasswordFact::not_breached, breached ? std::optional(!*breached) : std::nullopt, PasswordMissing::breached);
    }
    if (asks(PasswordFact::strength))
      known(PasswordFact::strength, data ? data->strength(password, Values(request_.user).list()) : std::nullopt,
            PasswordMissing::strength);
  }

  // All values of the person in one list.
  class Values {
   public:
    explicit Values(const PasswordUser* user) {
      if (!user) return;
      list_.assign(user->profile.begin(), user->profile.end());
      list_.push_back(user->username);
      list_.push_back(user->email);
    }
    std::span<const std::string_view> list() const { return list_; }

   private:
    std::vector<std::string_view> list_;
  };

  void person(std::string_view folded) {
    const auto* const user = request_.user;
    const password::Search search(folded);
    const auto ask = [&](PasswordFact fact, auto&& holds) {
      if (asks(fact)) known(fact, user ? std::optional<bool>(holds()) : std::nullopt, PasswordMissing::user);
    };
    ask(PasswordFact::not_personal, [&] {
      return !search.finds_personal(user->username) && !search.finds_personal(user->email) &&
             !search.finds_personal(user->profile);
    });
    ask(PasswordFact::without_username, [&] { return !search.finds_whole(user->username); });
    ask(PasswordFact::without_email, [&] { return !search.finds_whole(user->email); });
  }

  void past(std::string_view password) {
    const bool first = request_.event == PasswordEvent::signup;  // of a user who had none
    if (asks(PasswordFact::history_place)) {
      const auto* const history = request_.history;
      const auto place = first     ? std::optional(PasswordHistory::never)
                         : history ? history->place(password, policy_.depth)
                                   : std::nullopt;
      known(PasswordFact::history_place, place, PasswordMissing::history);
    }
    if (asks(PasswordFact::unused_for))
      known(PasswordFact::unused_for, first ? std::optional(INT64_MAX) : request_.since_last_change,
            PasswordMissing::last_change);
  }

  const LoadedPassword& policy_;
  const PasswordRequest& request_;
  PasswordReport& report_;
  std::array<program::Slot, password_facts.size()> slots_;
  Scratch<folded_size(room)> folded_;
};

// What one form of the password does not meet, into words that are zero.
void judge(const LoadedPassword& policy, std::string_view password, const PasswordRequest& request,
           program::NativeCode code, std::vector<std::uint64_t>& refused, PasswordReport& report) {
  Facts facts(policy, request, report);
  facts.fill(password);
  static constexpr std::uint64_t all_present = UINT64_MAX;
  static_assert(password_facts.size() <= 64);
  program::Frame frame;
  frame.facts = facts.slots();
  frame.present = &all_present;
  frame.row = policy.row;
  frame.patterns = policy.patterns.data();
  std::uint64_t no_entry = 0;
  const program::Outcome outcome{refused.data(), &no_entry};
  if (code) {
    code(&frame, &outcome);
    return;
  }
  Registers registers;
  registers.prepare(*policy.shared->shape);
  interpret(*policy.shared->shape, frame, outcome, registers);
}

void answer(const Loaded& loaded, const LoadedPassword& policy, const program::PasswordProgram& source,
            std::string_view password, const PasswordRequest& request, program::NativeCode code,
            PasswordReport& report) {
  report.refused.assign(engine::words_for(source.requirements.size()), 0);
  Scratch<room> normalized;
  std::optional<std::string_view> other;
  if (policy.normalize) {
    const auto bytes = normalized.take(room);
    const auto size = password::normalize(password, bytes);
    if (!size) {
      report.fault = PasswordFault::too_long;
      return;
    }
    if (const std::string_view form{bytes.data(), *size}; form != password) other = form;
  }
  judge(policy, password, request, code, report.refused, report);
  if (other) {
    std::vector<std::uint64_t> refused(report.refused.size());
    judge(policy, *other, request, code, refused, report);
    for (std::size_t i = 0; i < refused.size(); ++i) report.refused[i] |= refused[i];
  }
  report.fault = PasswordFault::none;
  report.normalized = other.has_value();
  report.accepted = std::ranges::all_of(report.refused, [](auto word) { return word == 0; });
  report.requirements = source.requirements;
  report.others = source.others;
  report.revision = loaded.revision();
  report.version = loaded.version();
}

enum class How : std::uint8_t { best, interpreter, machine };

// Nothing: machine code was asked for, and there is none.
std::optional<PasswordReport> ask(Engine::State& engine, const Secret& secret, const PasswordRequest& request,
                                  How how) noexcept try {
  PasswordReport report;
  const auto password = secret.expose();
  auto [loaded, broken] = engine.find(request.tenant);
  const auto set = engine.set();
  report.fault = !loaded && (broken || !set.ready) ? PasswordFault::not_ready
                 : set.stale                       ? PasswordFault::stale
                 : !loaded                         ? PasswordFault::unknown_tenant
                                                   : PasswordFault::none;
  if (report.fault != PasswordFault::none) return report;
  std::int32_t place = -1;
  report.fault = fault_of(*loaded, password, request, place);
  if (report.fault != PasswordFault::none) return report;
  const auto& policy = loaded->password(place);
  auto& shared = *policy.shared;
  auto code = how == How::interpreter ? nullptr : shared.code.load(std::memory_order_acquire);
  if (!code && how != How::interpreter && engine.code) {
    if (how == How::machine)
      shared.adopt(*engine.code);
    else
      shared.ask(*engine.code);
    code = shared.code.load(std::memory_order_acquire);
  }
  if (!code && how == How::machine) return std::nullopt;
  report.fault = PasswordFault::failed;
  auto part = loaded->part();
  answer(*loaded, policy, part->passwords[static_cast<std::size_t>(place)], password, request, code, report);
  report.owner = std::move(part);
  return report;
} catch (const std::exception&) {
  PasswordReport report;
  report.fault = PasswordFault::failed;
  return report;
}

}  // namespace

PasswordReport Engine::check_password(const Secret& password, const PasswordRequest& request) const noexcept {
  return *ask(*state_, password, request, How::best);
}

PasswordReport Engine::interpret_password(const Secret& password, const PasswordRequest& request) const noexcept {
  return *ask(*state_, password, request, How::interpreter);
}

std::optional<PasswordReport> Engine::native_password(const Secret& password,
                                                      const PasswordRequest& request) const noexcept {
  return ask(*state_, password, request, How::machine);
}

}  // namespace writ
