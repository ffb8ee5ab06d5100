// The builtins against plain definitions of what they mean, on rows as Row::build lays them out.
#include "runtime/program/builtins.h"

#include <random>
#include <string>

#include <catch2/catch.hpp>
#include <re2/re2.h>

using namespace writ;
using namespace writ::program;

namespace {

Text text(std::string_view view, bool lowered = false) {
  return {view.data(), static_cast<std::uint32_t>(view.size()), lowered};
}

struct OneSlot {
  Row row;
  explicit OneSlot(Constant constant) : row(Row::build(std::span(&constant, 1))) {}
  const std::byte* data() const { return row.bytes().data(); }
};

bool glob(std::string_view pattern, std::string_view subject, bool lowered = false) {
  const OneSlot slot(Glob{std::string(pattern)});
  const auto value = text(subject, lowered);
  return writ_glob(slot.data(), 0, &value);
}

// The definition of a glob, by recursion.
bool glob_model(std::string_view pattern, std::string_view subject) {
  if (pattern.empty()) return subject.empty();
  if (pattern[0] == '*') {
    for (std::size_t i = 0; i <= subject.size(); ++i)
      if (glob_model(pattern.substr(1), subject.substr(i))) return true;
    return false;
  }
  if (subject.empty()) return false;
  if (pattern[0] != '?') return pattern[0] == subject[0] && glob_model(pattern.substr(1), subject.substr(1));
  if ((subject[0] & 0xc0) == 0x80) return false;
  std::size_t size = 1;
  while (size < subject.size() && (subject[size] & 0xc0) == 0x80) ++size;
  return glob_model(pattern.substr(1), subject.substr(size));
}

}  // namespace

TEST_CASE("strings compare as bytes, lowered on either side") {
  const auto upper = text("MiXed"), lower = text("mixed"), folded = text("MiXed", true);
  CHECK_FALSE(writ_eq_string(&upper, &lower));
  CHECK(writ_eq_string(&folded, &lower));
  CHECK(writ_eq_string(&lower, &folded));
  CHECK(writ_eq_string(&folded, &folded));
  CHECK_FALSE(writ_eq_string(&folded, &upper));
  const auto empty = Text{};
  CHECK(writ_eq_string(&empty, &empty));
  CHECK(writ_starts_with(&upper, &empty));
  CHECK(writ_ends_with(&empty, &empty));
  CHECK(writ_contains(&empty, &empty));
  const auto part = text("ixe"), tail = text("ED", true), head = text("mi");
  CHECK_FALSE(writ_contains(&upper, &part));
  CHECK(writ_contains(&folded, &part));
  CHECK(writ_ends_with(&upper, &tail));
  CHECK(writ_starts_with(&folded, &head));
  CHECK_FALSE(writ_starts_with(&head, &folded));
  const auto accent = text("\xc3\x89", true), small = text("\xc3\xa9");
  CHECK_FALSE(writ_eq_string(&accent, &small));  // ASCII only
}

TEST_CASE("glob") {
  CHECK(glob("*", ""));
  CHECK(glob("", ""));
  CHECK_FALSE(glob("", "a"));
  CHECK(glob("a*b*c", "a--b--c"));
  CHECK_FALSE(glob("a*a", "a"));
  CHECK(glob("?", "\xf0\x9f\x98\x80"));
  CHECK_FALSE(glob("??", "\xc3\xa9"));
  CHECK(glob("*?", "\xc3\xa9"));
  CHECK_FALSE(glob("*??", "\xc3\xa9"));
  CHECK(glob("*.example.com", "WWW.EXAMPLE.COM", true));
  CHECK_FALSE(glob("*.EXAMPLE.com", "WWW.EXAMPLE.COM", true));
  const std::string many_a(65'536, 'a');
  CHECK_FALSE(glob("*a*a*a*a*a*a*a*a*a*a*a*a*b", many_a));
  CHECK_FALSE(glob("*a?*a?*a?*b*", many_a));
}

TEST_CASE("glob agrees with its definition") {
  std::mt19937 random(7);
  const std::array<std::string_view, 4> pieces = {"a", "b", "\xc3\xa9", "?"};
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern, subject;
    for (auto n = random() % 7; n > 0; --n) pattern += random() % 3 == 0 ? "*" : std::string(pieces[random() % 4]);
    for (auto n = random() % 8; n > 0; --n) subject += pieces[random() % 3];
    INFO(pattern << " on " << subject);
    REQUIRE(glob(pattern, subject) == glob_model(pattern, subject));
  }
}

TEST_CASE("regex searches, and sees a lowered text lowered") {
  const re2::RE2 pattern("^ab+c");
  const re2::RE2* const patterns[] = {nullptr, &pattern};
  const auto plain = text("abbcd"), upper = text("ABBCD"), folded = text("ABBCD", true), other = text("xabc");
  CHECK(writ_regex(patterns, 1, &plain));
  CHECK_FALSE(writ_regex(patterns, 1, &upper));
  CHECK(writ_regex(patterns, 1, &folded));
  CHECK_FALSE(writ_regex(patterns, 1, &other));
  const auto empty = Text{};
  CHECK_FALSE(writ_regex(patterns, 1, &empty));
}

TEST_CASE("e-mail domains") {
  const auto mail = text("a@b@Example.COM"), none = text("nobody"), last = text("a@");
  Text domain;
  CHECK(writ_has_email_domain(&mail));
  writ_email_domain(&mail, &domain);
  const auto expected = text("example.com");
  CHECK(writ_eq_string(&domain, &expected));
  CHECK_FALSE(writ_has_email_domain(&none));
  writ_email_domain(&none, &domain);
  CHECK(domain.size == 0);
  CHECK(writ_has_email_domain(&last));
  writ_email_domain(&last, &domain);
  CHECK(domain.size == 0);
}

TEST_CASE("membership") {
  const Text items[] = {text("admin"), text("Dev")};
  const TextSet set{items, 2}, nothing{};
  const auto admin = text("ADMIN", true), dev = text("dev");
  CHECK(writ_set_has(&set, &admin));
  CHECK_FALSE(writ_set_has(&set, &dev));
  CHECK_FALSE(writ_set_has(&nothing, &dev));

  const OneSlot bits(Bits{{1, 64, 130}});
  for (const std::int64_t i : {-1, 0, 1, 63, 64, 129, 130, 131, 192, 100'000})
    CHECK(writ_in_bits(bits.data(), 0, i) == (i == 1 || i == 64 || i == 130));

  const OneSlot ints(std::vector<std::int64_t>{5, -3, 9, 5, INT64_MIN});
  for (const std::int64_t i :
       {INT64_MIN, std::int64_t{-4}, std::int64_t{-3}, std::int64_t{5}, std::int64_t{6}, std::int64_t{9}, INT64_MAX})
    CHECK(writ_in_ints(ints.data(), 0, i) == (i == INT64_MIN || i == -3 || i == 5 || i == 9));

  const OneSlot strings(std::vector<std::string>{"b", "aa", "", "\xc3\xa9", "b"});
  for (const std::string_view s : {"", "b", "aa", "\xc3\xa9"}) {
    const auto value = text(s);
    CHECK(writ_in_strings(strings.data(), 0, &value));
  }
  for (const std::string_view s : {"a", "B", "ab", "\xc3\xa8", "ccc"}) {
    const auto value = text(s);
    CHECK_FALSE(writ_in_strings(strings.data(), 0, &value));
  }
  const auto folded = text("AA", true);
  CHECK(writ_in_strings(strings.data(), 0, &folded));
  const OneSlot no_strings(std::vector<std::string>{});
  CHECK_FALSE(writ_in_strings(no_strings.data(), 0, &folded));
}

TEST_CASE("an address is in a list exactly when it is in one of its blocks") {
  const std::vector<std::vector<std::string_view>> lists = {
      {"10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8", "203.0.113.0/24", "203.0.113.255/32", "2001:db8::/32", "0.0.0.0/32",
       "ff00::/8"},
      {"10.0.0.0/8", "203.0.113.0/24", "203.0.113.255/32", "0.0.0.0/32"},   // the first half in common, of IPv4
      {"2001:db8::/112", "2001:db8::1:0:0:0/80", "2001:db8::ffff:0:0/96"},  // and of IPv6
      {"10.0.0.0/8", "2001:db8::/64"},
      {"::/64"},
      {"::/0"},
      {},
      // eight ranges, and nine
      {"10.0.0.0/8", "12.0.0.0/8", "14.0.0.0/8", "16.0.0.0/8", "18.0.0.0/8", "20.0.0.0/8", "22.0.0.0/8",
       "203.0.113.0/24"},
      {"10.0.0.0/8", "12.0.0.0/8", "14.0.0.0/8", "16.0.0.0/8", "18.0.0.0/8", "20.0.0.0/8", "22.0.0.0/8", "24.0.0.0/8",
       "203.0.113.0/24"},
      {"10.0.0.0/8", "12.0.0.0/8", "14.0.0.0/8", "16.0.0.0/8", "18.0.0.0/8", "20.0.0.0/8", "203.0.113.0/24",
       "2001:db8::/32"},
      {"10.0.0.0/8", "12.0.0.0/8", "14.0.0.0/8", "16.0.0.0/8", "18.0.0.0/8", "20.0.0.0/8", "22.0.0.0/8",
       "203.0.113.0/24", "2001:db8::/32"},
  };
  for (const auto& list : lists) {
    std::vector<Cidr> blocks;
    for (const auto block : list) blocks.push_back(*parse_cidr(block));
    const OneSlot slot(blocks);
    for (const auto* address : {"9.255.255.255",
                                "10.0.0.0",
                                "10.255.255.255",
                                "11.0.0.0",
                                "11.255.255.255",
                                "12.0.0.0",
                                "203.0.112.255",
                                "203.0.113.255",
                                "203.0.114.0",
                                "::",
                                "::a00:1",
                                "2001:db8::",
                                "2001:db8::1:0:0:0",
                                "2001:db8::ffff:a00:1",
                                "2001:db8:0:1:0:ffff:a00:1",
                                "2001:db9::",
                                "2001:db9::ffff:a00:1",
                                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                "0.0.0.0",
                                "0.0.0.1"}) {
      const auto ip = *parse_ip(address);
      INFO(address << " in " << list.size() << " blocks");
      CHECK(writ_in_cidrs(slot.data(), 0, &ip) ==
            std::ranges::any_of(blocks, [&](const Cidr& block) { return block.contains(ip); }));
    }
  }
}

TEST_CASE("windows: the day is the day it starts, local time decides") {
  const auto in = [](Window window, std::string_view time) {
    if (window.offsets.empty()) window.offsets = {{INT64_MIN, 0}};
    const OneSlot slot(window);
    return writ_in_window(slot.data(), 0, *parse_time(time));
  };
  const Window office{8 * 60, 18 * 60, 0x1f, "", {}};
  CHECK(in(office, "2026-11-23T08:00Z"));  // a Monday
  CHECK_FALSE(in(office, "2026-11-23T07:59:59.999999Z"));
  CHECK_FALSE(in(office, "2026-11-23T18:00Z"));
  CHECK_FALSE(in(office, "2026-11-22T12:00Z"));
  const Window night{22 * 60, 6 * 60, 0x10, "", {}};  // Friday nights
  CHECK(in(night, "2026-11-27T22:00Z"));
  CHECK(in(night, "2026-11-28T05:59Z"));
  CHECK_FALSE(in(night, "2026-11-28T06:00Z"));
  CHECK_FALSE(in(night, "2026-11-27T05:00Z"));
  CHECK_FALSE(in(night, "2026-11-28T22:00Z"));
  const Window from_noon{720, 720, 0x01, "", {}};  // 24 hours from Monday noon
  CHECK(in(from_noon, "2026-11-23T12:00Z"));
  CHECK(in(from_noon, "2026-11-24T11:59Z"));
  CHECK_FALSE(in(from_noon, "2026-11-24T12:00Z"));
  CHECK_FALSE(in(from_noon, "2026-11-23T11:59Z"));
  const Window whole{0, 1'440, 0x40, "", {}};
  CHECK(in(whole, "1969-12-28T23:59Z"));  // a Sunday before the epoch
  CHECK_FALSE(in(whole, "1969-12-29T00:00Z"));
  // Berlin, around the end of summer time 2026-10-25T01:00Z
  const Window berlin{
      8 * 60,
      9 * 60,
      0x7f,
      "Europe/Berlin",
      {{INT64_MIN, 3'600}, {*parse_time("2026-03-29T01:00Z"), 7'200}, {*parse_time("2026-10-25T01:00Z"), 3'600}}};
  CHECK(in(berlin, "2026-10-24T06:30Z"));
  CHECK_FALSE(in(berlin, "2026-10-25T06:30Z"));
  CHECK(in(berlin, "2026-10-25T07:30Z"));
  CHECK(in(berlin, "2020-01-01T07:30Z"));
}

TEST_CASE("windows: the wall clock goes on where 64 bits end") {
  // The last microsecond is 04:00:54 of a Sunday in UTC, the first 19:59:05 of a Sunday, too.
  const auto in = [](std::uint16_t hour, std::uint8_t days, std::int32_t offset, std::int64_t time) {
    const auto begin = static_cast<std::uint16_t>(hour * 60), end = static_cast<std::uint16_t>(begin + 60);
    const OneSlot slot(Window{begin, end, days, "X", {{INT64_MIN, offset}}});
    return writ_in_window(slot.data(), 0, time);
  };
  constexpr std::uint8_t saturday = 1 << 5, sunday = 1 << 6;
  CHECK(in(4, sunday, 0, INT64_MAX));
  CHECK(in(17, sunday, 13 * 3'600, INT64_MAX));
  CHECK_FALSE(in(4, sunday, 13 * 3'600, INT64_MAX));
  CHECK(in(19, sunday, 0, INT64_MIN));
  CHECK(in(7, sunday, -12 * 3'600, INT64_MIN));
  CHECK_FALSE(in(19, saturday, 0, INT64_MIN));
}

TEST_CASE("arithmetic saturates") {
  CHECK(saturating_add(INT64_MAX, 1) == INT64_MAX);
  CHECK(saturating_add(INT64_MIN, -1) == INT64_MIN);
  CHECK(saturating_sub(INT64_MIN, 1) == INT64_MIN);
  CHECK(saturating_sub(0, INT64_MIN) == INT64_MAX);
  CHECK(saturating_sub(-1, INT64_MAX) == INT64_MIN);
  CHECK(saturating_add(40, 2) == 42);
}
