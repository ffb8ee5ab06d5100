// Configuration of other products as values: JSON and YAML read the same way, within limits. Whoever made the file is not
// trusted: depth, size and what aliases multiply are bounded, and a value of the wrong type is noted and passed over.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace writ::importing {

using Value = nlohmann::json;

struct DocumentLimits {
  std::size_t bytes = 256u << 20;
  std::size_t depth = 64;
  std::size_t nodes = 20'000'000;  // scalars, lists and maps, those that an alias repeats counted again
};

struct Document {
  Value value{};
  std::string problem{};  // with its line; empty when the whole text was read
};

// A key that stands twice has its last value, as JavaScript reads it.
Document read_json(std::string_view text, const DocumentLimits& limits = {});
// YAML 1.2's core schema and merge keys (`<<`), one document. A key that stands twice is a problem, as it is for js-yaml.
Document read_yaml(std::string_view text, const DocumentLimits& limits = {});

}  // namespace writ::importing
