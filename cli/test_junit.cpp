// `writ test --format junit`: what CI systems show as a list of tests. A suite for each file, a case for each test; a test with several
// failures has one `failure` element, because readers show the first only. There are no times: equal runs are equal files.
#include "cli/test_report.h"
#include "cli/xml.h"
#include "compiler/testing/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Place {
  std::string file, line;
};

// "acme/shop.writ:12:6"
Place place_of(const std::string& text) {
  const auto column = text.rfind(':');
  const auto line = column == std::string::npos ? column : text.rfind(':', column - 1);
  if (line == std::string::npos) return {text, "1"};
  return {text.substr(0, line), text.substr(line + 1, column - line - 1)};
}

struct Suite {
  std::string file, cases;
  std::size_t tests = 0, failures = 0, skipped = 0;
};

Suite& suite_of(std::vector<Suite>& suites, const std::string& file) {
  auto found = std::ranges::find(suites, file, &Suite::file);
  if (found == suites.end()) found = suites.insert(found, Suite{file, {}});
  ++found->tests;
  return *found;
}

std::string opened(const Place& place, std::string_view name) {
  return fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" line="{}")", xml(place.file), xml(name),
                     xml(place.file), place.line);
}

std::string failure_text(const testing::Failure& one) {
  return fmt::format("{}: {}\n  expected {}\n  got      {}\n", one.place, one.asked, one.expected, one.got);
}

void add_failure(Suite& suite, const std::string& head, std::string_view message, std::string_view text) {
  ++suite.failures;
  suite.cases += fmt::format("{}>\n      <failure message=\"{}\" type=\"expectation\">{}</failure>\n    </testcase>\n",
                             head, xml(message), xml(text, false));
}

}  // namespace

std::string junit(const TestReport& report) {
  std::vector<Suite> suites;
  for (const testing::Result& test : report.tests) {
    const Place place = place_of(test.place);
    Suite& suite = suite_of(suites, place.file);
    const auto head = opened(place, test.name);
    if (test.failures.empty()) {
      suite.cases += head + "/>\n";
      continue;
    }
    std::string text;
    for (const testing::Failure& one : test.failures) text += failure_text(one);
    const testing::Failure& first = test.failures.front();
    add_failure(suite, head,
                fmt::format("{}: expected {}, got {}{}", first.asked, first.expected, first.got,
                            test.failures.size() > 1 ? fmt::format(", and {} more", test.failures.size() - 1) : ""),
                text);
  }
  if (!report.updating)
    for (const testing::Change& one : report.snapshots)
      add_failure(suite_of(suites, one.place), opened({one.place, "1"}, one.test),
                  "nobody asks for the snapshot of " + one.asked, one.was);
  for (const auto& [name, where] : report.proves) {
    const Place place = place_of(where);
    Suite& suite = suite_of(suites, place.file);
    ++suite.skipped;
    suite.cases += opened(place, name) + ">\n      <skipped message=\"not proved\"/>\n    </testcase>\n";
  }
  std::size_t tests = 0, failures = 0, skipped = 0;
  std::string text;
  for (const Suite& suite : suites) {
    tests += suite.tests, failures += suite.failures, skipped += suite.skipped;
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" errors=\"0\">\n{}  </testsuite>\n",
        xml(suite.file), suite.tests, suite.failures, suite.skipped, suite.cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"writ test\" tests=\"{}\" failures=\"{}\" "
      "skipped=\"{}\" errors=\"0\">\n{}</testsuites>\n",
      tests, failures, skipped, text);
}

}  // namespace writ::cli
