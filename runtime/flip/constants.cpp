// See constants.h.
#include "runtime/flip/constants.h"

#include "runtime/program/builtins.h"

#include <algorithm>
#include <cstring>

namespace writ::flip {

namespace {

template <class T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct Place {
  const std::byte* data;
  std::uint32_t count;
};
Place place(const std::byte* row, std::uint32_t slot) {
  const auto word = read<std::uint64_t>(row + std::size_t{slot} * 8);
  return {row + static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
}

constexpr std::int64_t second = 1'000'000, minutes_of_day = 1'440;

std::int64_t floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

std::int64_t integer_at(const std::byte* row, std::uint32_t slot) {
  return read<std::int64_t>(row + std::size_t{slot} * 8);
}

std::string string_at(const std::byte* row, std::uint32_t slot) {
  const auto text = program::row_text(row, slot);
  return {text.data, text.size};
}

std::vector<std::int64_t> integers_at(const std::byte* row, std::uint32_t slot) {
  const auto [data, count] = place(row, slot);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(read<std::int64_t>(data + i * 8));
  return values;
}

std::vector<std::string> strings_at(const std::byte* row, std::uint32_t slot) {
  const auto [data, count] = place(row, slot);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i)
    values.emplace_back(reinterpret_cast<const char*>(row) + read<std::uint32_t>(data + i * 8),
                        read<std::uint32_t>(data + i * 8 + 4));
  return values;
}

std::vector<IpRange> ranges_at(const std::byte* row, std::uint32_t slot) {
  const auto [data, count] = place(row, slot);
  std::vector<IpRange> ranges;
  for (std::size_t i = 0; i < count; ++i) ranges.push_back({read<Ip>(data + i * 32), read<Ip>(data + i * 32 + 16)});
  return ranges;
}

program::Window window_at(const std::byte* row, std::uint32_t slot) {
  const auto* const at = place(row, slot).data;
  program::Window window{read<std::uint16_t>(at), read<std::uint16_t>(at + 2), read<std::uint8_t>(at + 4), {}, {}};
  const auto* const offsets = row + read<std::uint32_t>(at + 12);
  for (std::size_t i = 0; i < read<std::uint32_t>(at + 8); ++i)
    window.offsets.push_back({read<std::int64_t>(offsets + i * 16), read<std::int32_t>(offsets + i * 16 + 8)});
  return window;
}

std::vector<Strike> strikes_of(const program::Window& window, std::int64_t from, std::int64_t until) {
  std::vector<Strike> strikes;
  for (std::size_t i = 0; i < window.offsets.size(); ++i) {
    const auto begin = window.offsets[i].from;
    const auto end =
        i + 1 < window.offsets.size() ? window.offsets[i + 1].from - 1 : INT64_MAX;  // its last microsecond
    if (end < from || begin > until) continue;
    const auto offset = window.offsets[i].offset;
    if (begin >= from && i > 0) strikes.push_back({begin, offset});
    const auto first = std::max(from, begin), last = std::min(until, end);
    const auto day_of = [&](std::int64_t time) {
      return floor_div(floor_div(floor_div(time, second) + offset, 60), minutes_of_day);
    };
    for (auto day = day_of(first); day <= day_of(last); ++day)
      for (const std::int64_t minute : {std::int64_t{0}, std::int64_t{window.begin}, std::int64_t{window.end}}) {
        const auto at = ((day * minutes_of_day + minute) * 60 - offset) * second;
        if (at >= first && at <= last) strikes.push_back({at, offset});
      }
  }
  return strikes;
}

}  // namespace writ::flip
