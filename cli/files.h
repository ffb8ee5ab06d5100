// Writing what the command was asked to write.
#pragma once

#include <string>
#include <string_view>

namespace writ::cli {

// By a new file in the same folder that takes the old one's name, so that a full disk or a crash leaves the old one. Empty: written.
std::string replace_file(const std::string& name, std::string_view text);

}  // namespace writ::cli
