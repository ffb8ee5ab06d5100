// An attempt to log in, counted: the question that comes before the credential is looked at (decision 0001, 27), with counters that a store keeps.
//
//     engine.start(request, Action::login, "acme", "shop", "users");
//     auto attempt = engine.attempt(request, store, {.identifier = account, .ip = peer, .time = now});
//     if (attempt.decision().effect != Effect::allow) …       // locked out, or there is no such client: the credential is not looked at
//     if (!verify(password)) return attempt.wrong();
//     attempt.right();
//     request.set(…);                                          // of the user and the session; the attempt's facts are in it
//     engine.decide(request);
//
// An attempt that nobody ends is a wrong one.
#pragma once

#include "runtime/engine/decision.h"
#include "runtime/engine/places.h"
#include "runtime/store/store.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace writ {

struct Attempting {
  // What the account is found by, spelled as accounts are told apart: whoever finds `Ann` and `ann` to be one account gives one of them, or each
  // spelling has attempts of its own. It need not exist.
  Given<std::string_view> identifier;
  Given<Ip> ip;         // of the client, as proxies that are trusted say it; request.ip
  Given<Instant> time;  // request.time
};

class Attempt {
 public:
  ~Attempt() { end(How::wrong); }
  Attempt(Attempt&& other) noexcept;
  Attempt& operator=(Attempt&&) = delete;

  // An allow: the credential may be looked at. `local_counters` says that the store was away.
  const Decision& decision() const { return decision_; }
  // When it is worth another attempt, micros since 1970, of one that is locked out; INT64_MAX: not by itself.
  std::int64_t opens() const { return opens_; }

  // The credential was wrong, right, or could not be looked at. Each ends the attempt; of several the first counts. Within CounterStore::lease.
  void wrong() noexcept { end(How::wrong); }
  void right() noexcept { end(How::right); }
  void unused() noexcept { end(How::unused); }

 private:
  friend class Engine;
  Attempt() = default;
  enum class How : std::uint8_t { wrong, right, unused };
  void end(How how) noexcept;

  Decision decision_;
  std::int64_t opens_ = INT64_MAX;
  CounterStore* store_ = nullptr;  // null: nothing to end
  std::vector<CounterRule> rules_;
  Reservation reservation_;
  std::int64_t time_ = 0;
  std::int64_t began_ = 0;  // by a clock that is never set, so that the end has a time
};

// The keys of an account's counters, by which CounterStore::forget opens them: what an administrator's unlocking and a changed password ask for.
// Of counters that are of an address as well, those of this address.
std::vector<CounterKey> counter_keys(const program::Part& part, std::string_view connection,
                                     std::string_view identifier, const Ip& ip);

}  // namespace writ
