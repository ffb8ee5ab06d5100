// JSON text as the flat list of its fields: `{"user": {"groups": ["a"]}}` is the one field `user.groups`. The one place where JSON is parsed.
#pragma once

#include "runtime/json/request_json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace writ::json_detail {

// The five names of a request that are no facts, in the order in which they are asked for.
inline constexpr std::array<std::string_view, 5> names_of_things = {"action", "tenant", "client", "connection",
                                                                    "organization"};
// Whole seconds as micros; nothing when they are negative or too many.
constexpr std::optional<std::int64_t> micros_of(std::int64_t seconds) {
  constexpr std::int64_t second = 1'000'000;
  return seconds >= 0 && seconds <= INT64_MAX / second ? std::optional(seconds * second) : std::nullopt;
}

struct Null {};
struct Decimal {
  std::string text;
};  // a number that is no 64-bit integer, as written
struct Array {
  std::vector<std::string> strings;
  bool only_strings = true;
};
using FieldValue = std::variant<Null, bool, std::int64_t, Decimal, std::string, Array>;

struct Field {
  std::string path;
  FieldValue value;
};

struct Fields {
  std::vector<Field> list;           // in the order of the text
  std::vector<std::string> objects;  // paths of the objects, so that an empty one is seen too
  std::string problem;
};

// Syntax, UTF-8, duplicate keys, limits and trailing text are judged here.
Fields read_fields(std::string_view text, const JsonLimits& limits);

}  // namespace writ::json_detail
