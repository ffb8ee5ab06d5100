// Words that policies and requests share: few, so that they meet, and of the kind at which something turns: edges of
// blocks, patterns with strings that just match and just do not, days on which clocks change.
#pragma once

#include "runtime/program/value.h"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::agree {

constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

struct Pattern {
  std::string written;                // as it stands after `matches`
  std::vector<std::string> examples;  // that match, or nearly
};
struct Date {
  int year;
  unsigned month, day;
};

const std::vector<std::string>& texts();
const std::vector<std::string>& emails();
const std::vector<std::string>& domains();
const std::vector<std::string>& blocks();     // of addresses, and single ones
const std::vector<std::string>& durations();  // the longest are at the end of 64 bits
const std::vector<std::string>& window_zones();
const std::vector<Pattern>& globs();
const std::vector<Pattern>& regexes();
const std::vector<Date>& dates();         // days on which clocks change somewhere, and plain ones
std::int64_t midnight(const Date& date);  // UTC

Ip next_to(Ip ip, int step);  // the address after (1) or before (-1)
Ip last_of(const Cidr& block);
std::string in_quotes(const std::string& text);  // as a literal of the language
std::string name_text(const std::string& name);  // a name: in quotes where it is no bare word
std::string joined(const std::vector<std::string>& list, const std::string& between = ", ");

}  // namespace writ::agree
