// See test_measures.h. A measure is a line of numbers; below it what is missing, in the order of the source.
#include "cli/test_measures.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using Json = nlohmann::ordered_json;
using testing::Cover;
using testing::Measure;

constexpr std::array<std::string_view, 4> measures = {"rules", "conditions", "declarations", "mutants"};

void print_line(std::string_view measure, const Cover& cover, const Thresholds& thresholds, Console& console) {
  const auto wanted = thresholds.of(measure);
  const bool short_of = wanted && !cover.reaches(*wanted);
  const auto numbers = fmt::format("{} of {}", cover.covered, cover.total);
  console.out(fmt::format("{:<13} {:>12}  {:>7}{}\n", measure, numbers,
                          console.painted(short_of ? Paint::bad : Paint::plain, percent(cover)),
                          short_of ? console.painted(Paint::bad, fmt::format("  fewer than {} %", *wanted)) : ""));
}

void print_missing(std::string_view what, std::string_view place, Console& console) {
  console.out(fmt::format("{} {}  {}\n", console.painted(Paint::warn, "·"), safe(what),
                          console.painted(Paint::faint, safe(place))));
}

// "never as true": in which of the two ways the condition has not decided.
std::string_view missing(const testing::ConditionCover& one) {
  if (one.as_true == 0 && one.as_false == 0) return "never decides";
  return one.as_true == 0 ? "never decides as true" : "never decides as false";
}

Json json(const Cover& cover) { return Json::object({{"covered", cover.covered}, {"total", cover.total}}); }

}  // namespace

Cover Mutations::killed() const {
  Cover cover;
  for (const testing::Judged& one : judged) {
    cover.total += one.fate == testing::Fate::same ? 0 : 1;
    cover.covered += one.fate == testing::Fate::killed ? 1 : 0;
  }
  return cover;
}

std::string Thresholds::read(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    const auto equals = value.find('=');
    const std::string_view measure = std::string_view(value).substr(0, equals == std::string::npos ? 0 : equals);
    const std::string_view number = std::string_view(value).substr(equals == std::string::npos ? 0 : equals + 1);
    unsigned percent = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), percent);
    if (problem != std::errc() || end != number.data() + number.size() || percent > 100)
      return fmt::format(
          "`--threshold` is a number from 0 to 100, as in `--threshold 90` or `--threshold conditions=90`, not `{}`",
          safe(value));
    if (equals == std::string::npos)
      every_ = percent;
    else if (std::ranges::find(measures, measure) == measures.end())
      return fmt::format("`--threshold` is of rules, conditions, declarations or mutants, not of `{}`", safe(measure));
    else
      of_.insert_or_assign(std::string(measure), percent);
  }
  return {};
}

std::optional<unsigned> Thresholds::of(std::string_view measure) const {
  const auto found = of_.find(measure);
  return found == of_.end() ? every_ : std::optional(found->second);
}

std::string percent(const Cover& cover) {
  const std::size_t tenths = cover.total == 0 ? 1'000 : cover.covered * 1'000 / cover.total;
  return tenths % 10 == 0 ? fmt::format("{} %", tenths / 10) : fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

void print(const testing::Coverage& coverage, const Thresholds& thresholds, Console& console) {
  for (std::size_t i = 0; i < testing::measure_names.size(); ++i)
    print_line(testing::measure_names[i], coverage.of(static_cast<Measure>(i)), thresholds, console);
  for (const testing::RuleCover& rule : coverage.rules) {
    std::string missed;
    if (rule.fired == 0) missed += rule.asked == 0 ? "    never asked\n" : "    never fires\n";
    for (const testing::ConditionCover& one : rule.conditions)
      if (rule.asked > 0 && one.counts && !one.shown())
        missed += fmt::format("    {}: {}\n", missing(one), safe(one.text));
    if (missed.empty()) continue;
    print_missing(rule.text, rule.place, console);
    console.out(missed);
  }
  for (const testing::DeclarationCover& one : coverage.declarations)
    if (one.asked == 0) print_missing("no test reaches " + one.text, one.place, console);
}

void print(const Mutations& mutations, const Thresholds& thresholds, Console& console) {
  print_line("mutants", mutations.killed(), thresholds, console);
  if (mutations.judged.size() < mutations.all.size())
    console.out(fmt::format("{:<13} {} were tried, spread over the source: --mutate-limit\n", "",
                            fmt::format("{} of {}", mutations.judged.size(), mutations.all.size())));
  std::string_view of, place;
  for (const testing::Judged& one : mutations.judged) {
    if (one.fate == testing::Fate::killed || one.fate == testing::Fate::same) continue;
    const testing::Mutant& mutant = mutations.all[one.mutant];
    if (mutant.of != of || mutant.place != place) print_missing(mutant.of, mutant.place, console);
    of = mutant.of, place = mutant.place;
    console.out(fmt::format("    {}: {}\n", one.fate == testing::Fate::unasked ? "no test asks its tenant" : "survives",
                            safe(mutant.change)));
  }
}

Json json(const testing::Coverage& coverage) {
  Json whole;
  for (std::size_t i = 0; i < testing::measure_names.size(); ++i)
    whole[std::string(testing::measure_names[i])] = json(coverage.of(static_cast<Measure>(i)));
  whole["missing"] = Json::array();
  for (const testing::RuleCover& rule : coverage.rules) {
    if (rule.fired == 0)
      whole["missing"].push_back(Json::object({{"measure", "rules"}, {"place", rule.place}, {"text", rule.text}}));
    for (const testing::ConditionCover& one : rule.conditions)
      if (one.counts && !one.shown())
        whole["missing"].push_back(Json::object({{"measure", "conditions"},
                                                 {"place", rule.place},
                                                 {"text", one.text},
                                                 {"decided_true", one.as_true},
                                                 {"decided_false", one.as_false}}));
  }
  for (const testing::DeclarationCover& one : coverage.declarations)
    if (one.asked == 0)
      whole["missing"].push_back(Json::object({{"measure", "declarations"}, {"place", one.place}, {"text", one.text}}));
  return whole;
}

Json json(const Mutations& mutations) {
  const Cover killed = mutations.killed();
  Json whole = Json::object({{"killed", killed.covered},
                             {"total", killed.total},
                             {"tried", mutations.judged.size()},
                             {"possible", mutations.all.size()}});
  whole["survivors"] = Json::array();
  for (const testing::Judged& one : mutations.judged) {
    if (one.fate == testing::Fate::killed || one.fate == testing::Fate::same) continue;
    const testing::Mutant& mutant = mutations.all[one.mutant];
    whole["survivors"].push_back(Json::object({{"place", mutant.place},
                                               {"of", mutant.of},
                                               {"change", mutant.change},
                                               {"asked", one.fate != testing::Fate::unasked}}));
  }
  return whole;
}

}  // namespace writ::cli
