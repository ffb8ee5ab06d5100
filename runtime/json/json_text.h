// Text as a JSON string, for what is written too often to make a document of first.
#pragma once

#include <string>
#include <string_view>

namespace writ::json_detail {

// Appends `text` in quotes, as nlohmann's dump would write it: what must be escaped is, and broken UTF-8 becomes U+FFFD.
void append_quoted(std::string_view text, std::string& to);

}  // namespace writ::json_detail
