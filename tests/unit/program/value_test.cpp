// Values from text: what is read, what is refused, and that what is printed reads back.
#include "runtime/program/value.h"
#include "tests/support/exact.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

// An address of four numbers, read part by part.
std::optional<Ip> plain_v4(std::string_view text) {
  auto ip = *parse_ip("::ffff:0:0");
  for (std::size_t part = 0; part < 4; ++part) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return std::nullopt;
    const auto digits = text.substr(0, dot);
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    int number = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + (c - '0');
    }
    if (number > 255) return std::nullopt;
    ip.bytes[12 + part] = static_cast<std::uint8_t>(number);
    text.remove_prefix(part == 3 ? text.size() : dot + 1);
  }
  return ip;
}

}  // namespace

TEST_CASE("addresses are read in every spelling of RFC 4291 and printed in one") {
  const auto same = [](std::string_view text, std::string_view printed) {
    const auto ip = parse_ip(text);
    REQUIRE(ip);
    CHECK(to_text(*ip) == printed);
    CHECK(parse_ip(printed) == ip);
  };
  same("10.0.0.1", "10.0.0.1");
  same("255.255.255.255", "255.255.255.255");
  same("::ffff:10.0.0.1", "10.0.0.1");
  same("::FFFF:0a00:0001", "10.0.0.1");
  same("::", "::");
  same("::1", "::1");
  same("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a");
  same("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
  same("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
  same("1:0:0:2:0:0:0:3", "1:0:0:2::3");
  same("1:0:0:2:0:0:3:4", "1::2:0:0:3:4");
  same("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
  same("fe80::", "fe80::");
}

TEST_CASE("addresses that could be read in two ways are refused") {
  for (const auto* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "01.2.3.4",
                           "1.2.3.256",
                           "1.2.3.1000",
                           " 1.2.3.4",
                           "1.2.3.4 ",
                           "0x1.2.3.4",
                           "1.2.3.-4",
                           ":",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "12345::",
                           "g::",
                           "fe80::1%eth0",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           ":1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "+1::",
                           "1:2:3:4:5:6:7:"})
    CHECK_FALSE(parse_ip(text));
}

TEST_CASE("addresses of four numbers are read as part by part") {
  std::size_t wrong = 0;
  const auto same = [&](const std::string& text) {
    if (parse_ip(*support::Exact(text)) == plain_v4(text)) return;
    UNSCOPED_INFO(text);
    ++wrong;
  };
  const std::vector<std::string> parts = {"",    "0",   "1",   "7",   "9",   "00",  "01",  "10",   "42", "99", "000",
                                          "012", "100", "199", "255", "256", "260", "999", "1000", "a",  "1a", "-1"};
  for (const auto& a : parts)
    for (const auto& b : parts)
      for (const auto& c : parts)
        for (const auto& d : parts) same(a + "." + b + "." + c + "." + d);
  // Any byte in any place, of the shortest, of one that fills its words, and of the longest.
  for (const std::string text : {"1.2.3.4", "10.2.3.4", "192.0.2.17", "201.102.213.124"})
    for (std::size_t at = 0; at < text.size(); ++at)
      for (int byte = 0; byte < 256; ++byte) {
        if (byte == ':') continue;
        auto other = text;
        other[at] = static_cast<char>(byte);
        same(other);
      }
  for (const auto* text : {"1.2.3", "1.2.3.4.5", "....", ".......", "1111111", "123.123.123.1234", "1.2.3.4.5.6.7.8"})
    same(text);
  CHECK(wrong == 0);
}

TEST_CASE("blocks mask their host bits") {
  CHECK(to_text(*parse_cidr("10.1.2.3/8")) == "10.0.0.0/8");
  CHECK(parse_cidr("10.1.2.3")->bits == 128);
  CHECK(to_text(*parse_cidr("2001:db8:ffff::1/33")) == "2001:db8:8000::/33");
  CHECK(parse_cidr("0.0.0.0/0")->bits == 96);
  CHECK(to_text(*parse_cidr("0.0.0.0/0")) == "0.0.0.0/0");
  for (const auto* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "::/129", "/8", "10.0.0.0/8/8", "10.0.0.0/8 "})
    CHECK_FALSE(parse_cidr(text));
  const auto block = *parse_cidr("192.168.16.0/20");
  CHECK(block.contains(*parse_ip("192.168.31.255")));
  CHECK_FALSE(block.contains(*parse_ip("192.168.32.0")));
  CHECK(parse_cidr("::/0")->contains(*parse_ip("1.2.3.4")));
}

TEST_CASE("times") {
  CHECK(parse_time("1970-01-01T00:00Z") == 0);
  CHECK(parse_time("2026-12-31T00:00Z") == 1'798'675'200'000'000);
  CHECK(parse_time("2000-02-29T12:34:56.5Z") == 951'827'696'500'000);
  CHECK(parse_time("2000-02-29T12:34:56.1234567Z") == 951'827'696'123'456);
  CHECK(parse_time("1970-01-01T01:30:00+01:30") == 0);
  CHECK(parse_time("1969-12-31T23:59:59.999999Z") == -1);
  for (const auto* text :
       {"2026-12-31", "2026-12-31T00:00", "2026-13-01T00:00Z", "2026-02-29T00:00Z", "1900-02-29T00:00Z",
        "2026-1-01T00:00Z", "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00:60Z", "2026-01-01t00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00+0100", "2026-01-01T00:00Zz", "+2026-01-01T00:00Z",
        "2026-01-01T00:00:00.1234567890Z"})
    CHECK_FALSE(parse_time(text));
  for (const auto* text :
       {"1970-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1582-10-15T00:00:00.5Z"})
    CHECK(time_to_text(*parse_time(text)) == text);
  CHECK_FALSE(time_to_text(INT64_MIN).empty());
  CHECK_FALSE(time_to_text(INT64_MAX).empty());
}

TEST_CASE("durations") {
  CHECK(parse_duration("90d") == 90ll * 86'400'000'000);
  CHECK(parse_duration("1h30m") == 5'400'000'000);
  CHECK(parse_duration("500ms") == 500'000);
  CHECK(parse_duration("1m1ms") == 60'001'000);
  CHECK(parse_duration("0s") == 0);
  for (const auto* text : {"", "5", "m", "15minutes", "1m1h", "1h1h", "-1h", "1.5h", "1h ", "200000000d",
                           "9223372036854775808s", "1us", "+1h"})
    CHECK_FALSE(parse_duration(text));
  CHECK(duration_to_text(5'400'000'000) == "1h30m");
  CHECK(duration_to_text(0) == "0s");
  CHECK(duration_to_text(-1'500'000) == "-1s500ms");
  CHECK(duration_to_text(1) == "1us");
  CHECK(duration_to_text(INT64_MIN) == "-106751991d4h54s775ms808us");
}

TEST_CASE("UTF-8") {
  for (const std::string_view text : {"", "plain and long enough for a word", "\xc3\xa9", "\xe2\x82\xac",
                                      "\xf0\x9f\x98\x80", "12345678\xc3\xa9", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(valid_utf8(text));
  for (const std::string_view text :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "1234567\xc3", "\xe2\x82", "\xe2\x28\xa1"})
    CHECK_FALSE(valid_utf8(text));
}
