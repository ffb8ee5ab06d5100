// Passwords used before: the newest of the stored ones that a password is, if any, and whether the policy still holds it
// against the user.
//
// The first entry is the current password, then the one before it, and so on. A password was in use until the next was set,
// so "not within 30 days" asks when it was *replaced*: one that was set long ago and replaced yesterday counts. Where the host
// does not know when, it counts. Entries that are not newest first are a fault: their places would be wrong.
#pragma once

#include "runtime/password/hashes.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace writ::password {

struct UsedPassword {
  std::string_view hash;
  std::optional<std::int64_t> set = std::nullopt;  // microseconds since 1970
};

// Which of them count: the first `last`, and those in use at `since` or later. Neither: none does.
struct HistoryQuestion {
  std::size_t last = 0;
  std::optional<std::int64_t> since = std::nullopt;
};

inline constexpr std::size_t most_used_passwords = 100;  // more that count are a fault: each costs what its hash costs

enum class HistoryFault : std::uint8_t { none, not_looked_at, hash, out_of_order, too_many };

struct HistoryAnswer {
  HistoryFault fault = HistoryFault::not_looked_at;
  HashFault hash_fault = HashFault::none;  // with HistoryFault::hash
  std::size_t place = 0;                   // of the newest match, from 1 (the current password); 0: none of them
  bool cut = false;                        // that match is one of bcrypt's first 72 bytes
  std::size_t fault_place = 0;             // of the newest that could not be compared
  std::size_t compared = 0;
  Upgrade upgrade = Upgrade::no;  // of the current password's hash, when it was looked at
  std::size_t to_upgrade = 0;     // how many of those looked at should be hashed anew
  // Nothing else may be read as "not used before".
  bool is_new() const { return fault == HistoryFault::none && place == 0; }
};

// Stops at the newest match: what is older cannot change the answer. A fault of one entry does not hide a match in another.
HistoryAnswer look_back(const Secret& password, std::span<const UsedPassword> used, const HistoryQuestion& question,
                        const HashBounds& bounds = {});

}  // namespace writ::password
