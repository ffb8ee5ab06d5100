// A second opinion on passwords: each requirement of the checked policy asked by itself, as plainly as it can be said, of the
// password as a list of code points. Nothing is counted in passing, nothing is lowered, and no line is shared with what the
// engine measures by; only ICU's properties of single characters are the same.
#pragma once

#include "compiler/check/model.h"
#include "runtime/engine/password.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::agree {

// What is known beside the policy, in plain sets. Empty: not known.
struct Known {
  std::optional<std::vector<std::string>> common;  // by rank
  std::optional<std::set<std::string>> breached;
  std::optional<std::vector<std::string>> history;  // the newest first
  std::optional<std::int64_t> since_last_change;
  std::optional<std::map<std::string, std::int64_t>> strength;  // of passwords; 0 for others
  std::optional<std::vector<std::string>> profile;
  std::string username, email;  // with profile
};

// Who asked and for what, and whether the password meets it.
using Verdicts = std::map<std::pair<std::string, std::string>, bool>;

// Of a password that is UTF-8 and no longer than may be. What says nothing of a new password is left out.
Verdicts judge(const model::EffectivePassword& policy, std::string_view password, PasswordEvent event,
               const Known& known);

}  // namespace writ::agree
