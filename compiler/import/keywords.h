// Auth0's deploy tool puts values into its files by text, before they are JSON or YAML: `##KEY##` becomes the value as it is,
// `@@KEY@@`, with or without quotes around it, the value as JSON. Only keys that have a value are replaced.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace writ::importing {

using Keywords = std::map<std::string, nlohmann::json, std::less<>>;

enum class Syntax : std::uint8_t { json, yaml };

// Keys without a value go into `unresolved`. Their marks stay, as text that can be read: in YAML `@@KEY@@` alone would be a
// mistake and `- ##KEY##` a comment, so both are put into quotes there.
std::string replace_keywords(std::string_view text, Syntax syntax, const Keywords& keywords,
                             std::set<std::string>& unresolved);

}  // namespace writ::importing
