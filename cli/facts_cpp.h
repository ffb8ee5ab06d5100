// Requests of a policy as C++ structs: one for each action, a field for each fact, filled into a Request without looking anything up by name.
#pragma once

#include "runtime/program/program.h"

#include <array>
#include <optional>
#include <span>
#include <string>

namespace writ::cli {

struct CppRequests {
  std::span<const program::Attribute> attributes;  // that the requests may carry
  std::span<const program::Part* const> tenants;   // whose rules say what must be given
  std::string name_space = "facts", heading;       // the heading stands in a comment: what it was made from
  std::optional<Action> action;                    // this one alone
};
std::string cpp_requests(const CppRequests& requests);
// Whether it can be the name of a namespace: `acme`, `acme::login`.
bool is_namespace(std::string_view text);

}  // namespace writ::cli
