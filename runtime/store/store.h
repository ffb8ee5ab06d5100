// Counters of failed attempts, kept so that a lockout holds. An attempt is counted *before* the credential is looked at, in one step with the question
// whether it may be made, for all its counters together: of a hundred that come at once, as many as are left get through and no more.
//
//     reserve   counts the attempt as under way, or says which counter is closed and changes nothing
//     commit    the credential was wrong: it stays counted
//     refund    the credential was right, or nobody looked at it: it is taken back
//     peek      how the counters stand, changing nothing
//     forget    an administrator, or whoever proved to own the account, opens them again
//
// What is under way and never comes back (a process that died) counts as failed once `lease` is over. Nothing here throws, and a store that cannot be
// asked says `away`, which whoever asks must take for closed; FallbackStore counts by itself then.
#pragma once

#include "runtime/program/value.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace writ {

using CounterKey = std::array<std::uint8_t, 16>;
// Of words that name a counter, each word by itself: ("a", "bc") is not ("ab", "c"). The first 16 bytes of a SHA-256, so that no store holds a name.
CounterKey counter_key(std::initializer_list<std::string_view> words);
// The address as counters are kept by: of IPv6 the first 64 bits, of which a household has all that follow.
Ip counted_address(const Ip& ip);

// What a counter is held against. Times in microseconds.
struct CounterRule {
  CounterKey key{};
  std::int64_t attempts = 1;  // so many failed ones are too many
  std::int64_t block = -1;    // for how long after the last of them; -1: for as long as they are counted
  std::int64_t within = -1;   // after so long without a failed one counting begins anew; -1: never
  // How `block` grows with each further failed one: not at all; by whole multiples of `attempts`; by each.
  enum class Growth : std::uint8_t { none, multiple, linear } growth = Growth::none;
  bool lasting =
      false;  // a right credential takes back its own attempt alone: of an address, from where others are tried
  std::int64_t longest = -1;  // that `block` grows to; -1: no bound
  std::int64_t temporary =
      -1;  // so many blocks end by themselves, the next one stays whatever `within` says; -1: all end
  std::int64_t quick = 0,
               quick_block = 0;  // a failed one so soon after another blocks for so long, however few there are
  std::int64_t drain = 0;        // one is forgotten every so often, and `block` does not count; 0: none is
  std::int32_t first_of = -1;    // counts only what finds the counter of that rule, by place, at none
};

struct Standing {
  std::int64_t count = 0;  // failed ones and those under way
  std::int64_t last = 0;   // when the last of them was counted; 0: there is none
  bool closed = false;
  std::int64_t opens = INT64_MAX;  // when it will be open again by itself, of a closed one
};

struct Reservation {
  enum class Outcome : std::uint8_t { away, closed, granted } outcome = Outcome::away;
  bool local = false;            // by counters of this process, because the store was away
  std::uint64_t counted = 0;     // bit by rule: whose counter this attempt is in
  std::vector<Standing> before;  // by rule, without this attempt; none when away
};

enum class Refund : std::uint8_t { right, unused };  // the credential; unused: nobody looked at it

class CounterStore {
 public:
  static constexpr std::size_t most_rules = 64;
  static constexpr std::int64_t lease = 60'000'000;

  CounterStore() = default;
  virtual ~CounterStore() = default;
  CounterStore(const CounterStore&) = delete;
  CounterStore& operator=(const CounterStore&) = delete;

  // Thread-safe. `now`: micros since 1970, by the clock of whoever asks. Rules of one key are one counter, held against each of them; they are
  // to be alike in all but attempts, block and what block grows by. More than most_rules: away.
  virtual Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept = 0;
  // With the rules and the reservation as they were. False: away; the attempt then counts as failed when its lease is over.
  virtual bool commit(std::span<const CounterRule> rules, const Reservation& reservation,
                      std::int64_t now) noexcept = 0;
  virtual bool refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
                      std::int64_t now) noexcept = 0;
  // Of each rule; none when away.
  virtual std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept = 0;
  virtual bool forget(std::span<const CounterKey> keys) noexcept = 0;
};

}  // namespace writ
