// See test_report.h. Text of policies goes through `safe` on its way to a terminal, as everywhere.
#include "cli/test_report.h"

#include "cli/verdict.h"
#include "compiler/testing/text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using testing::Change;
using testing::Failure;

std::string indented(std::string_view text, std::string_view by) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    result += std::string(by) + std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  return result;
}

// Why it came out as it did.
std::string reading_of(const Failure& failure, const Console& console) {
  std::string text;
  if (failure.password)
    for (const std::string& one : testing::unmet(*failure.password)) text += "✗ " + safe(one) + "\n";
  return failure.password   ? text
         : failure.decision ? reading(failure.asked, *failure.decision, failure.trace, console)
                            : std::string();
}

std::string_view sign(Change::Kind kind) {
  switch (kind) {
  case Change::Kind::added: return "new";
  case Change::Kind::changed: return "changed";
  case Change::Kind::looser: return "looser";
  case Change::Kind::removed: return "removed";
  }
  return {};
}

void print_snapshots(const TestReport& report, Console& console) {
  for (const Change& one : report.snapshots) {
    const bool bad = !report.updating || one.kind == Change::Kind::looser;
    console.out(
        fmt::format("{} snapshot of {}  {}\n    {}\n",
                    console.painted(bad ? Paint::bad : Paint::warn,
                                    report.updating ? sign(one.kind) : std::string_view("✗ nobody asks for the")),
                    safe("\"" + one.test + "\""), console.painted(Paint::faint, safe(one.place)), safe(one.asked)));
    if (!one.was.empty()) console.out(fmt::format("    was {}\n", safe(one.was)));
    if (!one.now.empty()) console.out(fmt::format("    now {}\n", safe(one.now)));
  }
}

}  // namespace

std::size_t TestReport::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(tests, [](const testing::Result& one) { return !one.failures.empty(); }));
}

std::size_t TestReport::cases() const {
  std::size_t count = 0;
  for (const auto& one : tests) count += one.cases;
  return count;
}

bool TestReport::short_of_thresholds() const {
  const auto misses = [&](std::string_view measure, const testing::Cover& cover) {
    const auto wanted = thresholds.of(measure);
    return wanted && !cover.reaches(*wanted);
  };
  if (mutations && misses("mutants", mutations->killed())) return true;
  if (!coverage) return false;
  for (std::size_t i = 0; i < testing::measure_names.size(); ++i)
    if (misses(testing::measure_names[i], coverage->of(static_cast<testing::Measure>(i)))) return true;
  return false;
}

void print(const TestReport& report, bool verbose, Console& console) {
  for (const testing::Result& test : report.tests) {
    if (test.failures.empty() && !verbose) continue;
    console.out(fmt::format(
        "{} {}  {}\n", test.failures.empty() ? console.painted(Paint::good, "✓") : console.painted(Paint::bad, "✗"),
        safe(test.name), console.painted(Paint::faint, safe(test.place))));
    for (const Failure& failure : test.failures)
      console.out(fmt::format("  {}\n    expected {}\n    got      {}\n{}", safe(failure.place),
                              console.painted(Paint::good, safe(failure.expected)),
                              console.painted(Paint::bad, safe(failure.got)),
                              indented(reading_of(failure, console), "    ")));
  }
  print_snapshots(report, console);
  for (const auto& [name, place] : report.proves)
    console.out(fmt::format("{} {}  {}\n", console.painted(Paint::warn, "? not proved"), safe(name),
                            console.painted(Paint::faint, safe(place))));
  const std::size_t failed = report.failed();
  console.out(fmt::format("{} passed, {} failed", counted(report.tests.size() - failed, "test"), failed));
  if (report.cases() > report.tests.size()) console.out(fmt::format(", {} asked", counted(report.cases(), "question")));
  if (!report.proves.empty()) console.out(fmt::format(", {} not proved", counted(report.proves.size(), "proof")));
  console.out("\n");
  if (report.coverage) print(*report.coverage, report.thresholds, console);
  if (report.mutations) print(*report.mutations, report.thresholds, console);
}

std::string json(const TestReport& report) {
  using Json = nlohmann::ordered_json;
  Json whole;
  whole["tests"] = Json::array();
  for (const testing::Result& test : report.tests) {
    Json failures = Json::array();
    for (const Failure& one : test.failures)
      failures.push_back(
          Json::object({{"place", one.place}, {"asked", one.asked}, {"expected", one.expected}, {"got", one.got}}));
    whole["tests"].push_back(Json::object({{"name", test.name},
                                           {"place", test.place},
                                           {"passed", test.failures.empty()},
                                           {"questions", test.cases},
                                           {"failures", std::move(failures)}}));
  }
  whole["proves"] = Json::array();
  for (const auto& [name, place] : report.proves)
    whole["proves"].push_back(Json::object({{"name", name}, {"place", place}, {"status", "not_proved"}}));
  whole["snapshots"] = Json::array();
  for (const Change& one : report.snapshots)
    whole["snapshots"].push_back(Json::object({{"test", one.test},
                                               {"place", one.place},
                                               {"asked", one.asked},
                                               {"change", report.updating ? sign(one.kind) : "not_asked_for"},
                                               {"was", one.was},
                                               {"now", one.now}}));
  if (report.coverage) whole["coverage"] = json(*report.coverage);
  if (report.mutations) whole["mutants"] = json(*report.mutations);
  whole["passed"] = report.tests.size() - report.failed();
  whole["failed"] = report.failed();
  return whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace writ::cli
