// Values as a request carries them, and a request by names: the neutral form that the JSON reader, the test runner and
// the generator make, and that both the engine and the oracle are asked with.
#pragma once

#include "runtime/program/vocabulary.h"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace writ {

// An address: 16 bytes in network order; IPv4 is held v4-mapped (::ffff:a.b.c.d), so both spellings are one value.
struct Ip {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Ip&) const = default;
  bool is_v4() const;
};
std::optional<Ip> parse_ip(std::string_view text);  // dotted quad without leading zeros, or RFC 4291 text; no zone ids
std::string to_text(const Ip& ip);

// A block: the first `bits` bits of `base`; an IPv4 /n is held as /(96+n). Host bits are masked when it is made.
struct Cidr {
  Ip base;
  std::uint8_t bits = 128;
  auto operator<=>(const Cidr&) const = default;
  bool contains(const Ip& ip) const;
};
std::optional<Cidr> parse_cidr(std::string_view text);  // a bare address is its /32 or /128
std::string to_text(const Cidr& cidr);

// Microseconds since 1970-01-01T00:00Z from RFC 3339 text (`Z` or an offset, optional seconds and fraction).
std::optional<std::int64_t> parse_time(std::string_view text);
std::string to_hex(std::span<const std::uint8_t> bytes);  // two lower-case digits a byte
std::string time_to_text(std::int64_t micros);
// Microseconds from `90d`, `1h30m`, `500ms`; units d h m s ms, each once, in that order.
std::optional<std::int64_t> parse_duration(std::string_view text);
std::string duration_to_text(std::int64_t micros);

inline constexpr std::size_t max_string_bytes = 4'096;  // a longer string in a request: invalid_request (0001, 16)
using StringSet = std::vector<std::string>;             // no order, duplicates allowed, in a request
inline constexpr std::size_t max_set_items =
    4'096;  // more in one set of a request: invalid_request (decision 0001, 16)

// boolean | integer, time, duration, index of an enumeration | string | ip | set of string
using Value = std::variant<bool, std::int64_t, std::string, Ip, StringSet>;

// One question by names. `facts` is keyed by fact or attribute name ("user.email"); tenant, client, connection,
// organization are wire names and are not in `facts`.
struct NamedRequest {
  Action action = Action::login;
  std::string tenant;
  std::string client;
  std::optional<std::string> connection;
  std::optional<std::string> organization;
  std::map<std::string, Value, std::less<>> facts;
  bool operator==(const NamedRequest&) const = default;
};

bool valid_utf8(std::string_view text);

}  // namespace writ
