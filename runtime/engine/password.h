// Whether a password may be set: the question of sign-up, change and reset, never of a login. The answer says of every
// requirement of the connection's effective policy whether the password meets it.
//
// The effective policy is one for a connection, whoever asks: the conjunction of what the floor, the tenant, the connection
// and every client that leads into it attach. A client given with the question is only checked to be one of those, so no
// client is a way around what another asks for.
#pragma once

#include "runtime/password/secret.h"
#include "runtime/program/program.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

// What others know of passwords. Whoever has no list, answers nothing, and the requirement that asks for it refuses.
// Called from any thread; `password` is the whole of it and no copy may be kept.
class PasswordData {
 public:
  PasswordData() = default;
  virtual ~PasswordData() = default;
  PasswordData(const PasswordData&) = delete;
  PasswordData& operator=(const PasswordData&) = delete;

  static constexpr std::int64_t unlisted = INT64_MAX;
  // How many passwords the list of common ones has, and the place of this one in it, from 1, or `unlisted`.
  virtual std::optional<std::int64_t> common_listed() const noexcept { return std::nullopt; }
  virtual std::optional<std::int64_t> common_rank(std::string_view) const noexcept { return std::nullopt; }
  virtual std::optional<bool> breached(std::string_view) const noexcept { return std::nullopt; }
  // zxcvbn's score, 0 to 4. `about` is what is known of the person.
  virtual std::optional<std::int64_t> strength(std::string_view, std::span<const std::string_view>) const noexcept {
    return std::nullopt;
  }
};

// The passwords the user had before, which the host keeps as hashes.
class PasswordHistory {
 public:
  PasswordHistory() = default;
  virtual ~PasswordHistory() = default;
  PasswordHistory(const PasswordHistory&) = delete;
  PasswordHistory& operator=(const PasswordHistory&) = delete;

  static constexpr std::int64_t never = INT64_MAX;
  // How many changes ago it was last in use, 1 for the current one, or `never`. Asked for the last `depth` only; nothing
  // when it cannot be said, which refuses.
  virtual std::optional<std::int64_t> place(std::string_view password, std::int64_t depth) const noexcept = 0;
};

// All that is known of the person; an empty value says that there is none.
struct PasswordUser {
  std::string_view username, email;
  std::span<const std::string_view> profile;  // names, nicknames, telephone numbers …
};

struct PasswordRequest {
  std::string_view tenant, connection;     // wire ids
  std::optional<std::string_view> client;  // wire id
  PasswordEvent event = PasswordEvent::signup;
  const PasswordUser* user = nullptr;  // null: nothing was said of the person; `reject personal` refuses
  const PasswordHistory* history =
      nullptr;  // null: not known; `history` refuses, except at sign-up, where there is none
  std::optional<std::int64_t> since_last_change;  // microseconds; as `history`, for `min age`
  const PasswordData* data = nullptr;             // null: no lists
};

// What a requirement could not ask, because the host did not give it.
enum class PasswordMissing : std::uint8_t { common, common_too_short, breached, strength, user, history, last_change };

struct PasswordReport {
  PasswordFault fault = PasswordFault::not_ready;
  bool accepted = false;     // no fault, and every requirement is met
  bool normalized = false;   // the policy says NFKC, and that is another text: hash the normalized one
  std::uint8_t missing = 0;  // bit by PasswordMissing
  std::uint64_t revision = 0, version = 0;
  // Of the policy, alive as long as the report: what was asked, and what is in force beside it.
  std::span<const program::RequirementInfo> requirements, others;
  std::vector<std::uint64_t> refused;  // bit by place in `requirements`
  std::shared_ptr<const void> owner;

  bool meets(std::size_t requirement) const {
    return fault == PasswordFault::none && (refused[requirement / 64] >> requirement % 64 & 1) == 0;
  }
  bool lacks(PasswordMissing what) const { return (missing >> static_cast<unsigned>(what) & 1) != 0; }
};

// What a requirement asks for, as a user reads it: "at least 12 characters". It never has a value of the user in it.
std::string describe(const program::RequirementInfo& requirement);
// Why the requirement is not met although the password may be fine: "the list of common passwords is not loaded". Empty
// when it was asked.
std::string missing_text(const PasswordReport& report, const program::RequirementInfo& requirement);
std::string describe(PasswordFault fault);

}  // namespace writ
