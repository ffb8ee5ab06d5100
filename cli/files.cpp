// See files.h.
#include "cli/files.h"

#include "runtime/password/new_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::cli {

namespace {

bool put(int descriptor, std::string_view text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

std::string cannot_write(const std::string& name) { return "cannot write `" + name + "`: " + std::strerror(errno); }

}  // namespace

std::string write_file(const std::string& path, std::string_view text) {
  password::NewFile file;
  for (const auto& problem :
       {file.create(path), file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}),
        file.commit()})
    if (!problem.empty()) return "cannot write `" + path + "`: " + problem;
  return {};
}

std::string create_file(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return cannot_write(path);
  const bool good = put(descriptor, text);
  return ::close(descriptor) == 0 && good ? std::string() : cannot_write(path);
}

std::string replace_file(const std::string& name, std::string_view text) {
  std::error_code failed;
  const std::filesystem::path target = std::filesystem::canonical(name, failed);
  struct stat info{};
  if (failed || ::stat(target.c_str(), &info) != 0) return "cannot write `" + name + "`";
  std::string fresh = target.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(fresh.data());
  if (descriptor < 0) return cannot_write(name);
  bool good = ::fchmod(descriptor, info.st_mode & 07777) == 0 && put(descriptor, text);
  good = ::fsync(descriptor) == 0 && good;
  good = ::close(descriptor) == 0 && good;
  good = good && ::rename(fresh.c_str(), target.c_str()) == 0;
  if (good) return {};
  auto problem = cannot_write(name);
  ::unlink(fresh.c_str());
  return problem;
}

}  // namespace writ::cli
