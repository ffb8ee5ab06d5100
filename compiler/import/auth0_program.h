// What a rule or an action of Auth0 denies and asks for, where that is certain: its program is run with values that stand for what
// requests carry, and each way through it is a condition.
#pragma once

#include "compiler/import/auth0_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing::auth0 {

struct Effect {
  bool denies = false;    // else it asks for a second factor
  std::string condition;  // empty: always
  std::string message{};  // for the user
};
struct Understood {
  std::vector<Effect> effects;
  std::vector<std::string> notes;  // where it was taken as something near
};
// Nothing when any part of it is not known: half an understanding is none. `action`: it is an action and not a rule.
std::optional<Understood> understand(std::string_view program, bool action, const Making& making);

}  // namespace writ::importing::auth0
