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

}  // namespace writ::load_detail
