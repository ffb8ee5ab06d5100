// Files of lines and words: keys that are trusted, statements, what was seen.
#pragma once

#include "runtime/bundle/problem.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bundle {

Problem read_text(const std::string& path, std::string& text);  // at most 1 MiB
std::vector<std::string_view> lines_of(std::string_view text);  // without their ends
std::vector<std::string_view> words_of(std::string_view line);
std::optional<std::uint64_t> number_of(std::string_view word);        // as it is printed, and no other way
bool from_hex(std::string_view word, std::span<std::uint8_t> bytes);  // of that size
bool from_hex(std::string_view word, std::vector<std::uint8_t>& bytes);

}  // namespace writ::bundle
