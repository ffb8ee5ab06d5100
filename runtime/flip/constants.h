// The constants of a row as values again, for whoever looks for the places where a policy turns. The row has been verified; its layout is in
// runtime/program/program.h.
#pragma once

#include "runtime/program/program.h"

#include <string>
#include <vector>

namespace writ::flip {

struct IpRange {
  Ip first, last;
};

std::int64_t integer_at(const std::byte* row, std::uint32_t slot);
std::string string_at(const std::byte* row, std::uint32_t slot);  // of globs too
std::vector<std::int64_t> integers_at(const std::byte* row, std::uint32_t slot);
std::vector<std::string> strings_at(const std::byte* row, std::uint32_t slot);
std::vector<IpRange> ranges_at(const std::byte* row, std::uint32_t slot);
program::Window window_at(const std::byte* row, std::uint32_t slot);  // a row does not say the zone's name

// The instants in [from, until] at which somebody who looks at a clock of the window's zone could enter or leave it: when a day begins, at its
// begin and end, and when the clocks themselves change.
struct Strike {
  std::int64_t at = 0;
  std::int32_t offset = 0;  // seconds east, from then on
};
std::vector<Strike> strikes_of(const program::Window& window, std::int64_t from, std::int64_t until);

}  // namespace writ::flip
