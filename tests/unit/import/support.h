// What the tests of imports share: looking into reports, and breaking a sample at every place.
#pragma once

#include "compiler/import/plan.h"
#include "compiler/import/report.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace import_support {

using writ::importing::Note;
using writ::importing::Outcome;
using writ::importing::Report;
using Value = nlohmann::json;

inline bool has_note(const Report& report, Outcome outcome, std::string_view field, std::string_view text) {
  return std::ranges::any_of(report.notes, [&](const Note& note) {
    return note.outcome == outcome && note.field == field && note.text.find(text) != std::string::npos;
  });
}

inline void places_of(const Value& value, const Value::json_pointer& at, std::vector<Value::json_pointer>& places) {
  if (!at.empty()) places.push_back(at);
  if (value.is_object())
    for (const auto& [key, one] : value.items()) places_of(one, at / key, places);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) places_of(value[i], at / i, places);
}

// Calls `f` with the sample, each of its fields dropped, each entry of a list doubled, and each place of another type; tells how
// often.
template <class F>
std::size_t each_mistake(const Value& sample, F&& f) {
  const std::vector<Value> others = {nullptr,
                                     7,
                                     -1,
                                     1e300,
                                     true,
                                     "",
                                     "x\u202e\"\n",
                                     Value::array(),
                                     Value::object(),
                                     Value::array({Value::array(), 3, nullptr})};
  std::vector<Value::json_pointer> places;
  places_of(sample, Value::json_pointer(), places);
  std::mt19937_64 random(20'261'130);
  for (const auto& place : places) {
    auto without = sample, changed = sample;
    if (auto& parent = without[place.parent_pointer()]; parent.is_object())
      parent.erase(place.back());
    else
      parent.push_back(parent[static_cast<std::size_t>(std::stoul(place.back()))]);
    changed[place] = others[random() % others.size()];
    f(without);
    f(changed);
  }
  return 2 * places.size();
}

}  // namespace import_support
