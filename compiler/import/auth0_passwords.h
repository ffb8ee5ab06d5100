// A database connection's password policy in Auth0, as statements of Writ: the five levels with their extras, or the flexible
// policy, which wins where a connection has both.
#pragma once

#include "compiler/import/fields.h"

#include <string>
#include <vector>

namespace writ::importing {

// What detection of breached passwords asks of new ones.
enum class BreachedCheck : std::uint8_t { no, some_events, all_events };

std::vector<std::string> auth0_password(const Fields& options, BreachedCheck breached);

}  // namespace writ::importing
