// A database connection's password policy in Auth0, as statements of Writ: the five levels with their extras, or the flexible
// policy, which wins where a connection has both.
#pragma once

#include "compiler/import/fields.h"

#include <string>
#include <vector>

namespace writ::importing {

// `breached`: detection of breached passwords looks at new ones.
std::vector<std::string> auth0_password(const Fields& options, bool breached);

}  // namespace writ::importing
