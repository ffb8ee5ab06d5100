// The presets of password policies as the compiler has them built in: policies/presets/passwords.writ.
#pragma once

#include <string_view>

namespace writ::check {

std::string_view preset_text();

}  // namespace writ::check
