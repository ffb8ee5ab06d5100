// See words.h.
#include "tests/agree/words.h"

namespace writ::agree {

namespace {

constexpr std::array<std::string_view, 3> levels = {"low", "medium", "high"};
constexpr ActionMask not_m2m = all_actions & static_cast<ActionMask>(~mask_of(Action::m2m));

const std::array<Declared, 9> declared = {{
    {{"device.compliant", TypeKind::boolean, 0, all_actions}, "bool?"},
    {{"request.cooldown", TypeKind::duration, 0, all_actions}, "duration?"},
    {{"request.risk", TypeKind::integer, 0, all_actions, 0, 100}, "int 0..100?"},
    {{"request.score", TypeKind::integer, all_actions, 0, -5, 1'000}, "int -5..1000"},
    {{"request.source", TypeKind::ip, 0, all_actions}, "ip?"},
    {{"session.started", TypeKind::time, 0, not_m2m}, "time?"},
    {{"user.department", TypeKind::string, 0, not_m2m}, "string?"},
    {{"user.level", TypeKind::enumeration, not_m2m, 0, INT64_MIN, INT64_MAX, levels}, "one of low, medium, high"},
    {{"user.tags", TypeKind::string_set, 0, not_m2m}, "set of string?"},
}};

constexpr std::int64_t second = 1'000'000, minute = 60 * second, day = 1'440 * minute;

// Instants at which something happens: changes of summer time in the zones used, a leap day, year's end, the epoch.
constexpr std::array<std::string_view, 12> instants = {
    "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z",
    "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2028-02-29T00:00:00Z", "2026-12-31T23:00:00Z",
    "1970-01-01T00:00:00Z", "2026-06-15T06:00:00Z", "2026-06-19T16:00:00Z", "2026-01-17T22:00:00Z"};

}  // namespace

std::span<const Declared> declared_attributes() { return declared; }

std::vector<Fact> known_facts() {
  std::vector<Fact> facts(builtin_facts.begin(), builtin_facts.end());
  for (const auto& attribute : declared) facts.push_back(attribute.fact);
  return facts;
}

std::string random_string(Random& random) {
  static const std::array<std::string, 14> pool = {"admin", "Admin", "sales", "IT", "", "a", "ann@acme.example", "Bob@ACME.Example",
                                                   "eve@evil@globex.example", "no-at-sign", "m\u00fcnchen", "sales-eu", "RS256", "x?y*z"};
  return random.pick(pool);
}

std::string random_country(Random& random) {
  static const std::array<std::string, 5> pool = {"DE", "US", "KP", "FR", "de"};
  return random.pick(pool);
}

std::string random_block(Random& random) {
  static const std::array<std::string, 8> pool = {"10.0.0.0/8", "192.168.1.134/26", "203.0.113.0/24", "198.51.100.7",
                                                  "2001:db8::/32", "0.0.0.0/0", "::/0", "2001:db8:1::1"};
  return random.pick(pool);
}

Ip random_ip(Random& random) {
  static const std::array<std::string, 14> pool = {
      "10.0.0.0", "10.255.255.255", "11.0.0.0", "9.255.255.255", "192.168.1.128", "192.168.1.191", "192.168.1.192",
      "203.0.113.9", "198.51.100.7", "::ffff:198.51.100.7", "2001:db8::1", "2001:db7:ffff::", "::", "2001:db8:1::1"};
  return *parse_ip(random.pick(pool));
}

std::int64_t random_time(Random& random) {
  auto time = *parse_time(random.pick(instants));
  if (random.chance(50)) time += random.between(-3, 3) * 60 * minute;
  if (random.chance(40)) time += random.between(-8, 8) * day;
  if (random.chance(30)) time += random.between(-1, 1) * minute;
  if (random.chance(30)) time += random.between(-1, 1);
  return time;
}

std::int64_t random_duration(Random& random) {
  static const std::array<std::int64_t, 6> pool = {0, 5 * minute, 15 * minute, 60 * minute, day, 30 * day};
  const auto value = random.pick(pool) + (random.chance(30) ? random.between(-1, 1) : 0);
  return value < 0 ? 0 : value;
}

std::int64_t random_count(Random& random, std::int64_t low, std::int64_t high) {
  static const std::array<std::int64_t, 8> pool = {0, 1, 2, 5, 9, 10, 11, 100};
  if (random.chance(10)) return low;
  if (random.chance(10)) return high;
  const auto value = random.pick(pool);
  return value < low ? low : value > high ? high : value;
}

std::string as_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c;
  }
  return literal + "\"";
}

}  // namespace writ::agree
