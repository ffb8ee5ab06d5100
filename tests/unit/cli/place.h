// A folder to run the command in, and what it said.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace writ::cli_tests {

namespace fs = std::filesystem;

inline std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Ran {
  int code = -1;
  std::string out, err;
};

// A folder to run in, gone with this.
class Place {
 public:
  Place() : path_(fs::temp_directory_path() / ("writ_cli_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Place() { fs::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // `line` is a shell's, run in the folder; `writ` is the one just built.
  Ran run(const std::string& line) const {
    const std::string bin = fs::path(WRIT_COMMAND).parent_path().string();
    const std::string whole = "cd '" + path_.string() + "' && PATH='" + bin +
                              "':\"$PATH\" && export PATH && unset NO_COLOR CLICOLOR_FORCE && { " + line +
                              " ; } >.out 2>.err </dev/null";
    const int status = std::system(whole.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(path_ / ".out"), text_of(path_ / ".err")};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  const fs::path& path() const { return path_; }
  std::string read(const std::string& name) const { return text_of(path_ / name); }

 private:
  fs::path path_;
};

inline const std::string policy = R"(writ 1
tenant acme {
  connection users : database
  client shop : spa { connections users }
  allow login when "staff" in user.groups
}
)";
inline std::string request(const std::string& groups) {
  return R"({"action":"login","tenant":"acme","client":"shop","connection":"users","user":{"blocked":false,"groups":)" +
         groups + "}}";
}

}  // namespace writ::cli_tests
