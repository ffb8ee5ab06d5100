// Time zones as tables: what a clock window needs of the IANA data, taken once, when a policy is checked, so that the
// rules travel in the bundle and a decision never reads the machine's own time-zone files.
#pragma once

#include "runtime/program/program.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::check {

// The zone's offsets from 1970 to the end of 2100: the first entry stands from the beginning of time, each next one
// begins with another offset. Nothing when `name` is not an IANA zone of the installed data. Exact names only: no
// alias for the machine's own zone.
std::optional<std::vector<program::ZoneOffset>> zone_offsets(std::string_view name);

// The nearest zone name, or empty: for "did you mean".
std::string nearest_zone(std::string_view name);

}  // namespace writ::check
