// Configuration of other products as values: JSON and YAML read the same way, within limits. Whoever made the file is not
// trusted: depth, size and what aliases multiply are bounded, and a value of the wrong type is noted and passed over.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace writ::importing {

using Value = nlohmann::json;

struct DocumentLimits {
  std::size_t bytes = 256u << 20;
  std::size_t depth = 64;
  std::size_t nodes = 20'000'000;    // scalars, lists and maps, those that an alias repeats counted again
  std::size_t repeated = 1'000'000;  // those that aliases repeat: a few lines can ask for billions
};

struct Document {
  Value value{};
  std::string problem{};  // with its line; empty when the whole text was read
};

// Lists at the top level whose entries are handed over one by one and not kept: a tenant may have a hundred thousand of a kind.
struct Streaming {
  std::function<bool(std::string_view key)> takes;
  std::function<void(std::string_view key)> begins;  // again: what came before under the key does not count
  std::function<void(std::size_t place, Value&& entry)> entry;
};

// A key that stands twice has its last value, as JavaScript reads it. `streaming`: null, or lists that are not kept.
Document read_json(std::string_view text, const DocumentLimits& limits = {}, const Streaming* streaming = nullptr);
// YAML 1.2's core schema and merge keys (`<<`), one document. A key that stands twice is a problem, as it is for js-yaml.
Document read_yaml(std::string_view text, const DocumentLimits& limits = {}, const Streaming* streaming = nullptr);

}  // namespace writ::importing
