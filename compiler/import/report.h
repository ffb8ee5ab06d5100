// What became of a source's fields: taken as they are, taken as something near, or not expressible; and which keywords had no
// value. Whoever imports reads this before anything else, so every entry says where and why.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing {

enum class Outcome : std::uint8_t { approximated, not_expressible, wrong };
inline constexpr std::array<std::string_view, 3> outcome_names = {"approximated", "not expressible", "wrong"};

struct Note {
  Outcome outcome{};
  std::string where;  // file or section, and the thing's name: `clients/My SPA.json`
  std::string field;  // as the source names it: `options.passwordPolicy`
  std::string text;   // what was made of it and why
};

struct Report {
  std::vector<Note> notes;
  std::map<std::string, std::size_t> taken;  // by field: how often
  std::set<std::string> unread;              // sections that bear on no decision Writ makes
  std::set<std::string> unresolved;          // keywords

  void take(std::string_view field) { ++taken[std::string(field)]; }
  void add(Outcome outcome, std::string where, std::string field, std::string text) {
    notes.push_back({outcome, std::move(where), std::move(field), std::move(text)});
  }
};

}  // namespace writ::importing
