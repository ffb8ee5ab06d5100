// Lists of breached passwords for the tests: made by chance, in the real format.
#pragma once

#include "runtime/password/breached_build.h"
#include "runtime/password/pwned.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

namespace writ::password_tests {

using namespace writ::password;
namespace fs = std::filesystem;

// A folder of its own, gone with this.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "writ_password_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

inline std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Sha1 hash_of(std::size_t number) { return sha1_of("password " + std::to_string(number)); }

// The hashes of "password 0" to "password count-1", ascending, seen one time and more.
inline std::vector<PwnedHash> made_list(std::size_t count) {
  std::vector<PwnedHash> list;
  list.reserve(count);
  Hasher hasher(Hasher::Kind::sha1);
  for (std::size_t i = 0; i < count; ++i)
    list.push_back({hasher.add("password " + std::to_string(i)).sha1(), static_cast<std::uint32_t>(i % 1000 + 1)});
  std::ranges::sort(list, {}, &PwnedHash::hash);
  return list;
}

inline std::string hex_of(const Sha1& hash) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t byte : hash) text += {digits[byte >> 4], digits[byte & 15]};
  return text;
}

// As the file is given away.
inline std::string text_of(const std::vector<PwnedHash>& list, const char* line_end = "\r\n") {
  std::string text;
  for (const PwnedHash& one : list) text += hex_of(one.hash) + ":" + std::to_string(one.times) + line_end;
  return text;
}

// Says what is wrong, or nothing.
inline std::string build(const std::vector<PwnedHash>& list, const std::string& path,
                         const BreachedOptions& options = {}) {
  BreachedBuilder builder;
  if (auto problem = builder.begin(path, options); !problem.empty()) return problem;
  if (auto problem = builder.add(list); !problem.empty()) return problem;
  return builder.commit();
}

}  // namespace writ::password_tests
