// The repository as the house tests see it: paths relative to its root, in order, and their text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace house {

// Every .h and .cpp of our rooms, tracked or new.
std::vector<std::string> sources();

// Every file git tracks; in a source package without .git, every file outside build directories.
std::vector<std::string> tracked();

bool exists(std::string_view path);
std::string text_of(std::string_view path);
std::vector<std::string> lines_of(std::string_view text);

bool is_header(std::string_view path);
bool is_source(std::string_view path);

// True for the folder itself and for everything below it: "runtime/jit" holds "runtime/jit/jit.h", not "runtime/jitter.h".
bool is_in(std::string_view path, std::string_view folder);

}  // namespace house
