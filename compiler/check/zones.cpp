// Where the offsets of a zone come from. The date library reads the system's compiled IANA files, which list
// transitions up to 2037; what holds after that is the rule in the file's last line (RFC 8536, section 3.3):
//
//     CET-1CEST,M3.5.0,M10.5.0/3        UTC+1; UTC+2 from the last Sunday of March, 2:00, to that of October, 3:00
//
// Signs are POSIX's: positive is west. The library does not read that line, so we do: two transitions a year until
// the end of 2100.
#include "compiler/check/zones.h"

#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>

#include <date/tz.h>

namespace writ::check {

namespace {

using program::ZoneOffset;
using std::chrono::seconds;

constexpr int first_year = 1970, last_year = 2100;

date::sys_seconds start_of(int year) { return date::sys_days{date::year{year} / 1 / 1}; }
std::int64_t micros(date::sys_seconds time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count()) * 1'000'000;
}

// `M10.5.0/3`: the fifth (5: the last) Sunday (0) of October, 3 hours after local midnight.
struct YearlyDay {
  unsigned month = 0, week = 0, weekday = 0;
  seconds after_midnight = std::chrono::hours{2};

  date::sys_seconds in(int year, seconds offset) const {  // offset: what is in force just before
    const auto of_month = date::year{year} / date::month{month};
    const date::weekday day{weekday};
    const date::sys_days at =
        week == 5 ? date::sys_days{of_month / day[date::last]} : date::sys_days{of_month / day[week]};
    return at + after_midnight - offset;
  }
};

struct YearlyRule {
  seconds standard{}, summer{};
  YearlyDay begins, ends;
};

// Reads the line from left to right; every step says whether it found what it wants.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  std::optional<YearlyRule> read() {
    YearlyRule rule;
    if (!name() || !time(rule.standard) || rest_.empty() || !name()) return std::nullopt;
    rule.standard = -rule.standard;
    rule.summer = rule.standard + std::chrono::hours{1};
    if (!rest_.starts_with(',')) {
      if (!time(rule.summer)) return std::nullopt;
      rule.summer = -rule.summer;
    }
    if (!day(rule.begins) || !day(rule.ends) || !rest_.empty()) return std::nullopt;
    return rule;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(unsigned& value) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || value > 1'000) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }
  bool name() {  // `CET` or `<-03>`
    const auto size = rest_.starts_with('<')
                          ? rest_.find('>') + 1
                          : static_cast<std::size_t>(
                                std::ranges::find_if_not(rest_, [](unsigned char c) { return std::isalpha(c) != 0; }) -
                                rest_.begin());
    if (size < 3) return false;
    rest_.remove_prefix(size);
    return true;
  }
  bool time(seconds& value) {  // [+-]hours[:minutes[:seconds]]
    const bool negative = take('-');
    if (!negative) take('+');
    unsigned hours = 0, minutes = 0, rest = 0;
    if (!number(hours) || (take(':') && !number(minutes)) || (take(':') && !number(rest))) return false;
    value = std::chrono::hours{hours} + std::chrono::minutes{minutes} + seconds{rest};
    if (negative) value = -value;
    return true;
  }
  bool day(YearlyDay& day) {
    if (!take(',') || !take('M') || !number(day.month) || !take('.') || !number(day.week) || !take('.') ||
        !number(day.weekday))
      return false;
    if (day.month < 1 || day.month > 12 || day.week < 1 || day.week > 5 || day.weekday > 6) return false;
    return !take('/') || time(day.after_midnight);
  }

  std::string_view rest_;
};

// The last line of a zone's file; empty when there is none. `name` is one of the database's own, so it names a file.
std::string last_line(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 2 || bytes.back() != '\n') return {};
  bytes.pop_back();
  const auto line = bytes.rfind('\n');
  return line == std::string::npos ? std::string{} : bytes.substr(line + 1);
}

void append(std::vector<ZoneOffset>& table, date::sys_seconds from, seconds offset) {
  const auto value = static_cast<std::int32_t>(offset.count());
  if (table.empty())
    table.push_back({INT64_MIN, value});
  else if (table.back().offset != value)
    table.push_back({micros(from), value});
}

// What the file lists; returns where the list ends.
date::sys_seconds append_listed(const date::time_zone& zone, std::vector<ZoneOffset>& table) {
  for (date::sys_seconds at = start_of(first_year);;) {
    const date::sys_info info = zone.get_info(at);
    append(table, info.begin, info.offset);
    if (info.end >= start_of(last_year + 1)) return std::max(info.begin, start_of(first_year));
    at = info.end;
  }
}

void append_yearly(const YearlyRule& rule, date::sys_seconds after, std::vector<ZoneOffset>& table) {
  const date::year_month_day day{date::floor<date::days>(after)};
  for (int year = static_cast<int>(day.year()); year <= last_year; ++year) {
    std::pair<date::sys_seconds, seconds> changes[] = {{rule.begins.in(year, rule.standard), rule.summer},
                                                       {rule.ends.in(year, rule.summer), rule.standard}};
    if (changes[1].first < changes[0].first) std::swap(changes[0], changes[1]);  // south of the equator
    for (const auto& [from, offset] : changes)
      if (from > after) append(table, from, offset);
  }
}

// The library's list of zones, which is made when it is first asked for. The guard that lets one thread make it is the library's own too, and here once
// more, where ThreadSanitizer sees it: the library is not built by that.
const date::tzdb& zones() {
  static const date::tzdb& list = date::get_tzdb();
  return list;
}

// A path of the database that is a zone: not the machine's own setting, not a marker.
bool is_zone_name(std::string_view name) {
  return !name.empty() && name != "localtime" && name != "posixrules" && name != "Factory" &&
         !name.starts_with("posix/") && !name.starts_with("right/");
}

}  // namespace

std::optional<std::vector<ZoneOffset>> zone_offsets(std::string_view name) {
  if (!is_zone_name(name)) return std::nullopt;
  try {
    zones();  // made before it is looked through
    const date::time_zone* zone = date::locate_zone(name);
    std::vector<ZoneOffset> table;
    const auto end = append_listed(*zone, table);
    if (const auto rule = RuleReader(last_line(zone->name())).read()) append_yearly(*rule, end, table);
    return table;
  } catch (const std::exception&) {  // the library's way to say that there is no such zone
    return std::nullopt;
  }
}

std::string nearest_zone(std::string_view name) {
  try {
    std::vector<std::string_view> names;
    for (const auto& zone : zones().zones)
      if (is_zone_name(zone.name())) names.push_back(zone.name());
    for (const auto known : names)  // `Berlin` is meant as `Europe/Berlin`
      if (known.size() > name.size() + 1 && known.ends_with(name) && known[known.size() - name.size() - 1] == '/' &&
          !name.empty())
        return std::string(known);
    return std::string(nearest_name(name, names));
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace writ::check
