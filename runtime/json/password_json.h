// Reports on passwords as JSON, and what is known of a user read from JSON. Of the password nothing is ever in them.
#pragma once

#include "runtime/engine/password.h"
#include "runtime/json/request_json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

// {"accepted", "fault", "detail", "event", "normalized",
//  "requirements": [{"id", "met", "message", "missing", "parameters", "text", "origin", "place", "implied"}],
//  "others": [the same without "met", "missing"], "revision", "version"}
// One line, always with the same keys in the same order; what has no value is null.
std::string to_json(const PasswordReport& report, PasswordEvent event);
// The policy alone: {"requirements": [as in "others"], "others"}
std::string to_json(const program::PasswordProgram& policy);

// {"username": "ann", "email": "ann@acme.com", "name": "Ann Smith", "address": {"city": "Bern"},
//  "password_changed": "2026-11-01T09:00:00Z", "history": ["$argon2id$v=19$…", …]}
// `history` are stored hashes, the current one first. Every other string, number and list of strings is a value of the profile.
struct ReadUser {
  std::string username, email;
  std::vector<std::string> profile;
  std::optional<std::vector<std::string>> history;
  std::optional<std::int64_t> password_changed;  // microseconds since 1970
  std::string problem;                           // empty, or what is wrong
  bool ok() const { return problem.empty(); }
};
ReadUser read_user(std::string_view text, const JsonLimits& limits = {});

}  // namespace writ
