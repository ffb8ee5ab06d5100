// Writing what the command was asked to write: whole, or not at all. Each says what is wrong, or nothing.
#pragma once

#include <string>
#include <string_view>

namespace writ::cli {

// A file of the command's own; whatever had its name is replaced.
std::string write_file(const std::string& path, std::string_view text);
// The same, and a file that has the name already is refused.
std::string create_file(const std::string& path, std::string_view text);
// A file of the user's that is there: its rights stay, and a link stays a link.
std::string replace_file(const std::string& name, std::string_view text);

}  // namespace writ::cli
