// The tables of time zones.
#include "compiler/check/zones.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <catch2/catch.hpp>

using writ::check::nearest_zone;
using writ::check::zone_offsets;

namespace {
std::int32_t offset_at(std::string_view zone, std::int64_t seconds) {
  const auto table = zone_offsets(zone);
  REQUIRE(table);
  std::int32_t offset = 0;
  for (const auto& entry : *table)
    if (entry.from <= seconds * 1'000'000 || entry.from == INT64_MIN) offset = entry.offset;
  return offset;
}
}  // namespace

TEST_CASE("offsets before, within and after what the files list") {
  CHECK(offset_at("UTC", 0) == 0);
  CHECK(offset_at("Asia/Kolkata", 1'800'000'000) == 19'800);
  CHECK(offset_at("Europe/Berlin", 1'784'000'000) == 7'200);      // July 2026
  CHECK(offset_at("Europe/Berlin", 1'767'225'600) == 3'600);      // January 2026
  CHECK(offset_at("Europe/Berlin", 4'086'763'200) == 7'200);      // July 2099, by the rule alone
  CHECK(offset_at("Europe/Berlin", 4'070'908'800) == 3'600);      // January 2099
  CHECK(offset_at("Australia/Sydney", 4'070'908'800) == 39'600);  // January 2099: summer there
  CHECK(offset_at("Europe/Dublin", 4'086'763'200) == 3'600);      // its winter is the exception
  CHECK(offset_at("Europe/Berlin", -4'000'000'000) == 3'600);
}

TEST_CASE("every zone is what the C library says, until the end of 2100") {
  const char* before = std::getenv("TZ");
  const std::string kept = before ? before : "";
  const std::filesystem::path folder = "/usr/share/zoneinfo";
  std::size_t zones = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    const auto name = file.path().lexically_relative(folder).generic_string();
    if (!file.is_regular_file() || !zone_offsets(name)) continue;
    INFO(name);
    ++zones;
    ::setenv("TZ", (":" + name).c_str(), 1);
    ::tzset();
    for (std::int64_t at = 0; at < 4'133'980'800;
         at += 60 * 86'400 + 3'599) {  // about every two months, at all times of the day
      const std::time_t time = at;
      std::tm local{};
      ::localtime_r(&time, &local);
      if (local.tm_gmtoff == offset_at(name, at)) continue;
      FAIL_CHECK("at " << at << ": " << local.tm_gmtoff << " there, " << offset_at(name, at) << " here");
      break;
    }
  }
  CHECK(zones > 300);
  before ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("tables begin at the beginning of time and ascend") {
  const auto table = zone_offsets("America/New_York");
  REQUIRE(table);
  CHECK(table->front().from == INT64_MIN);
  for (std::size_t i = 1; i < table->size(); ++i) {
    CHECK((*table)[i - 1].from < (*table)[i].from);
    CHECK((*table)[i - 1].offset != (*table)[i].offset);
  }
}

TEST_CASE("only names of the database are zones") {
  for (const auto* name :
       {"", "Berlin", "europe/berlin", "../../etc/passwd", "localtime", "posixrules", "Factory", "right/Europe/Berlin"})
    CHECK_FALSE(zone_offsets(name));
  CHECK(nearest_zone("Berlin") == "Europe/Berlin");
  CHECK(nearest_zone("Europe/Berln") == "Europe/Berlin");
}
