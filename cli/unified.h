// The difference of two texts by lines, in the unified form that `patch` and reviewers know.
#pragma once

#include <string>
#include <string_view>

namespace writ::cli {

// Empty when they are equal. `name` stands in both heads.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace writ::cli
