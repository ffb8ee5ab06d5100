// Limits by their names, as the command line gives them.
#include "cli/limits.h"

#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace writ::cli {

namespace {

std::string unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LimitRow& row : limit_rows) names.push_back(row.name);
  if (const auto near = nearest_name(name, names); !near.empty())
    return fmt::format("there is no limit `{}`, did you mean `{}`?", name, near);
  return fmt::format("there is no limit `{}`; the limits are {}", name, fmt::join(names, ", "));
}

std::string lower_one(std::string_view setting, Limits& limits) {
  const auto equals = setting.find('=');
  const std::string_view name = setting.substr(0, equals);
  const auto row = std::ranges::find(limit_rows, name, &LimitRow::name);
  if (row == limit_rows.end()) return unknown(name);
  const std::string_view digits = equals == std::string_view::npos ? std::string_view() : setting.substr(equals + 1);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return fmt::format("a limit is written `{}=NUMBER`, not `{}`", name, setting);
  std::size_t& limit = limits.*row->member;
  if (value > limit) return fmt::format("a limit can only be lowered: `{}` is {}", name, limit);
  limit = value;
  return {};
}

}  // namespace

std::string lower_limits(const std::vector<std::string>& settings, Limits& limits) {
  for (const std::string& setting : settings)
    if (std::string problem = lower_one(setting, limits); !problem.empty()) return problem;
  return {};
}

}  // namespace writ::cli
