// Where the command finds the list of common passwords when none is named.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace writ::cli {

// `WRIT_COMMON_LIST` of the environment, or `../share/writ/common.list` from the command's folder: where a build and an
// installation put it.
inline std::string common_list_path() {
  if (const char* named = std::getenv("WRIT_COMMON_LIST"); named != nullptr && *named != '\0') return named;
  std::error_code failed;
  const auto command = std::filesystem::read_symlink("/proc/self/exe", failed);
  return (command.parent_path().parent_path() / "share/writ/common.list").string();
}

// The list to open: the one that is named; else the one that came with the command, where there is one.
inline std::string common_list_to_open(const std::string& named) {
  if (!named.empty()) return named;
  std::error_code failed;
  auto usual = common_list_path();
  return std::filesystem::exists(usual, failed) ? usual : std::string();
}

}  // namespace writ::cli
