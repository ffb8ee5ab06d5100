// See words.h.
#include "tests/agree/words.h"

#include <algorithm>
#include <cctype>

#include <date/date.h>

namespace writ::agree {

const std::vector<std::string>& texts() {
  static const std::vector<std::string> list = {"a",
                                                "b",
                                                "ab",
                                                "abc",
                                                "ABC",
                                                "admin",
                                                "Admin",
                                                "sales",
                                                "IT",
                                                "ann@a.example",
                                                "DE",
                                                "US",
                                                "KP",
                                                "Zo\xc3\xab",
                                                "x y",
                                                "otp",
                                                "RS256",
                                                "urn:acr:2",
                                                "terms-1",
                                                "webauthn",
                                                "",
                                                "x?y*z",
                                                "a.b",
                                                "Mozilla",
                                                "beta",
                                                "wire-1",
                                                "people",
                                                "a.example",
                                                "b.example",
                                                "say \"hi\"",
                                                "back\\slash",
                                                "two\nlines",
                                                "\xe6\x97\xa5\xe6\x9c\xac"};
  return list;
}

const std::vector<std::string>& emails() {
  static const std::vector<std::string> list = {"ann@a.example",
                                                "BOB@B.EXAMPLE",
                                                "no-at-sign",
                                                "two@at@a.example",
                                                "x@",
                                                "ann@a.example.",
                                                "@a.example",
                                                "eve@c.example",
                                                "a",
                                                "",
                                                "J\xc3\x96RG@\xc3\x96.example"};
  return list;
}

const std::vector<std::string>& domains() {
  static const std::vector<std::string> list = {"a.example", "b.example", "c.example", "xn--example-9ua.test"};
  return list;
}

const std::vector<std::string>& blocks() {
  static const std::vector<std::string> list = {"10.0.0.0/8",  "203.0.113.0/24",   "198.51.100.7",  "198.51.100.7/32",
                                                "0.0.0.0/1",   "192.168.1.128/25", "2001:db8::/32", "fe80::/10",
                                                "2001:db8::1", "10.128.0.0/9",     "10.0.0.1/32",   "11.0.0.0/8",
                                                "::/0",        "0.0.0.0/0",        "::ffff:0:0/95", "192.168.1.134/26"};
  return list;
}

const std::vector<std::string>& durations() {
  static const std::vector<std::string> list = {"0s",  "1ms", "30s", "15m",    "1h",         "1h30m",
                                                "12h", "1d",  "90d", "36500d", "100000000d", "106751991d"};
  return list;
}

const std::vector<std::string>& window_zones() {
  static const std::vector<std::string> list = {
      "Europe/Berlin", "America/New_York",  "Asia/Kolkata", "Australia/Lord_Howe", "UTC",
      "Pacific/Apia",  "America/Sao_Paulo", "Asia/Tehran",  "Africa/Casablanca",   "Europe/Dublin"};
  return list;
}

const std::vector<Pattern>& globs() {
  static const std::vector<Pattern> list = {
      {"\"a*\"", {"a", "", "ab", "ba", "A"}},
      {"\"*@?.example\"", {"ann@a.example", "@b.example", "x@ab.example", "x@\xc3\xab.example"}},
      {"\"?\"", {"", "a", "\xc3\xab", "ab", "\xe6\x97\xa5"}},
      {"\"*\"", {"", "x"}},
      {"\"\"", {"", "x"}},
      {"\"a*b*c\"", {"abc", "abcbc", "acb", "aXbXc", "ab"}},
      {"\"*a?*\"", {"a", "ba", "ab", "xaay", "a\n"}},
      {"\"a.example\"", {"a.example", "aXexample"}},
      {"\"?\xc3\xab*\"", {"a\xc3\xab", "\xc3\xab\xc3\xab", "\xc3\xab"}}};
  return list;
}

const std::vector<Pattern>& regexes() {
  static const std::vector<Pattern> list = {{"/^a/", {"abc", "ba", "A", "b\na"}},
                                            {"/[0-9]+$/", {"a1", "1a", "7", ""}},
                                            {"/(?i)ADMIN/", {"admin", "xAdMiNx", "admi"}},
                                            {"/a.c/",
                                             {"abc", "a\nc",
                                              "a\xc3\xab"
                                              "c",
                                              "ac"}},
                                            {"/\\A\\z/", {"", "a"}},
                                            {"/x|y{2}/", {"x", "y", "yy"}},
                                            {"/^[^@]+@a\\.example$/", {"ann@a.example", "@a.example", "ann@aXexample"}},
                                            {"/[\xc3\x80-\xc3\x9e]/", {"A", "\xc3\xb6", "\xc3\x96"}}};
  return list;
}

const std::vector<Date>& dates() {
  static const std::vector<Date> list = {{2026, 3, 29}, {2026, 10, 25}, {2026, 3, 8},   {2026, 11, 1}, {2026, 4, 5},
                                         {2026, 10, 4}, {2026, 1, 15},  {2026, 7, 4},   {2024, 2, 29}, {2026, 12, 31},
                                         {2027, 1, 1},  {2011, 12, 30}, {2011, 12, 31}, {2018, 2, 18}, {2018, 11, 4},
                                         {2022, 3, 22}, {1970, 1, 1},   {2026, 2, 15},  {2026, 3, 22}, {2050, 7, 4},
                                         {2060, 1, 1},  {2072, 10, 25}, {2100, 7, 4},   {2101, 7, 4}};
  return list;
}

std::int64_t midnight(const Date& date) {
  const date::sys_days at = date::year{date.year} / date::month{date.month} / date::day{date.day};
  return std::chrono::microseconds(at.time_since_epoch()).count();
}

Ip next_to(Ip ip, int step) {
  for (std::size_t i = 16; i-- > 0;) {
    ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] + step);
    if (step > 0 ? ip.bytes[i] != 0 : ip.bytes[i] != 255) break;
  }
  return ip;
}

Ip last_of(const Cidr& block) {
  Ip last = block.base;
  for (std::size_t bit = block.bits; bit < 128; ++bit)
    last.bytes[bit / 8] = static_cast<std::uint8_t>(last.bytes[bit / 8] | 0x80u >> bit % 8);
  return last;
}

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text)
    result += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? "\\n" : std::string(1, c);
  return result + "\"";
}

std::string name_text(const std::string& name) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const bool bare =
      !name.empty() && std::ranges::all_of(name, is_word) && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
  return bare ? name : in_quotes(name);
}

std::string joined(const std::vector<std::string>& list, const std::string& between) {
  std::string text;
  for (const auto& one : list) text += (&one == list.data() ? "" : between) + one;
  return text;
}

}  // namespace writ::agree
