// What the tests of imports share: looking into reports, and breaking a sample at every place.
#pragma once

#include "compiler/import/auth0.h"
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

// Any value as the sections of an export, whatever is in them.
inline writ::importing::Auth0Export sections_of(const Value& value) {
  writ::importing::Auth0Export made;
  if (value.is_object())
    for (const auto& [section, content] : value.items()) {
      auto& things = made.sections[section];
      if (content.is_array())
        for (const auto& one : content) things.push_back({one, section});
      else
        things.push_back({content, section});
    }
  return made;
}

inline bool has_note(const Report& report, Outcome outcome, std::string_view field, std::string_view text) {
  return std::ranges::any_of(report.notes, [&](const Note& note) {
    return note.outcome == outcome && note.field == field && note.text.find(text) != std::string::npos;
  });
}

// Whether the text holds the words, however its lines are broken.
inline bool holds(std::string_view text, std::string_view wanted) {
  const auto flat = [](std::string_view from) {
    std::string made;
    for (const char c : from)
      if (c != ' ' && c != '\n')
        made += c;
      else if (!made.empty() && made.back() != ' ')
        made += ' ';
    return made;
  };
  return flat(text).find(flat(wanted)) != std::string::npos;
}

inline void places_of(const Value& value, const Value::json_pointer& at, std::vector<Value::json_pointer>& places) {
  if (!at.empty()) places.push_back(at);
  if (value.is_object())
    for (const auto& [key, one] : value.items()) places_of(one, at / key, places);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) places_of(value[i], at / i, places);
}

// Calls `f` with what is read of the sample where a field is said twice, the second time as something else; tells how often.
template <class F>
std::size_t each_field_twice(const Value& sample, F&& f, std::size_t most = SIZE_MAX) {
  constexpr std::string_view again = "said again";
  std::vector<Value::json_pointer> places;
  places_of(sample, Value::json_pointer(), places);
  std::erase_if(places, [&](const auto& place) { return !sample[place.parent_pointer()].is_object(); });
  const auto stride = std::max<std::size_t>(1, places.size() / std::min(std::max<std::size_t>(places.size(), 1), most));
  std::size_t made = 0;
  for (std::size_t i = 0; i < places.size(); i += stride, ++made) {
    auto twice = sample;
    twice[places[i].parent_pointer()][std::string(again)] = i % 2 == 0 ? Value(7) : sample[places[i]];
    auto text = twice.dump();
    const auto at = text.find("\"" + std::string(again) + "\"");
    text.replace(at, again.size() + 2, Value(places[i].back()).dump());
    f(writ::importing::read_json(text).value);
  }
  return made;
}

// Calls `f` with the sample, each of its fields dropped, each entry of a list doubled, and each place of another type; tells how
// often. `most`: of how many places, spread over the sample; each is looked at when there are no more.
template <class F>
std::size_t each_mistake(const Value& sample, F&& f, std::size_t most = SIZE_MAX) {
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
  if (places.empty()) return 0;
  std::mt19937_64 random(20'261'130);
  const auto all = places.size();
  const auto stride = all / std::min(all, most) + (all % std::min(all, most) != 0 ? 1 : 0);
  std::size_t made = 0;
  for (std::size_t i = 0; i < all; i += stride) {
    const auto& place = places[i];
    made += 2;
    auto without = sample, changed = sample;
    if (auto& parent = without[place.parent_pointer()]; parent.is_object())
      parent.erase(place.back());
    else
      parent.push_back(parent[static_cast<std::size_t>(std::stoul(place.back()))]);
    changed[place] = others[random() % others.size()];
    f(without);
    f(changed);
  }
  return made;
}

}  // namespace import_support
