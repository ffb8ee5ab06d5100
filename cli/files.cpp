// See files.h.
#include "cli/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace writ::cli {

std::string replace_file(const std::string& name, std::string_view text) {
  std::error_code failed;
  const std::filesystem::path target = std::filesystem::canonical(name, failed);
  struct stat info{};
  if (failed || ::stat(target.c_str(), &info) != 0) return "cannot write `" + name + "`";
  std::string fresh = target.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(fresh.data());
  if (descriptor < 0) return "cannot write `" + name + "`: " + std::strerror(errno);
  bool good = ::fchmod(descriptor, info.st_mode & 07777) == 0;
  for (std::size_t done = 0; good && done < text.size();) {
    const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    good = wrote > 0;
    if (good) done += static_cast<std::size_t>(wrote);
  }
  good = ::fsync(descriptor) == 0 && good;
  good = ::close(descriptor) == 0 && good;
  good = good && ::rename(fresh.c_str(), target.c_str()) == 0;
  if (good) return {};
  const std::string reason = std::strerror(errno);
  ::unlink(fresh.c_str());
  return "cannot write `" + name + "`: " + reason;
}

}  // namespace writ::cli
