// The program `git`, run by itself and without a shell, so no name of a file or a revision can say more than a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writ::load_detail {

struct GitAnswer {
  std::string out, err;  // err: what it said, or why it could not be run or is not believed
  bool good = false;     // it ended well, and said no more than was asked for
};
// `input` is its standard input; of its output at most `most` bytes are taken.
GitAnswer git(const std::vector<std::string>& arguments, std::string_view input, std::size_t most);

std::string first_line(std::string text);  // of what it said, without its `fatal: `
// What to say when it knows no such revision, of a repository's top and a folder in it.
std::string no_such_revision(const std::string& revision, const std::string& top, const std::string& folder);

}  // namespace writ::load_detail
