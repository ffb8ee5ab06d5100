#include "runtime/password/new_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace writ::password {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffered = 1 << 20;

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return true;
}

}  // namespace

NewFile::~NewFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
}

std::string NewFile::fail() {
  problem_ = "cannot write `" + path_ + "`: " + std::strerror(errno);
  return problem_;
}

std::string NewFile::create(const std::string& path) {
  path_ = path;
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    errno = EISDIR;
    return fail();
  }
  const fs::path place(path);
  // A killed build may have left one, by a process of our number.
  for (int i = 0; i < 1000 && file_ < 0; ++i) {
    const std::string name =
        "." + place.filename().string() + "." + std::to_string(::getpid()) + "." + std::to_string(i) + ".new";
    temporary_ = (place.parent_path() / name).string();
    file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST) break;
  }
  return file_ < 0 ? fail() : std::string();
}

std::string NewFile::flush() {
  if (!problem_.empty()) return problem_;
  if (!write_all(file_, buffer_)) return fail();
  buffer_.clear();
  return {};
}

std::string NewFile::write(std::span<const std::uint8_t> bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  size_ += bytes.size();
  return buffer_.size() < buffered ? problem_ : flush();
}

std::string NewFile::write_at_begin(std::span<const std::uint8_t> bytes) {
  if (std::string problem = flush(); !problem.empty()) return problem;
  const ssize_t wrote = ::pwrite(file_, bytes.data(), bytes.size(), 0);
  if (wrote == static_cast<ssize_t>(bytes.size())) return {};
  if (wrote >= 0) errno = ENOSPC;
  return fail();
}

// The rename is what others see; bringing the folder to disk makes it last through a loss of power.
std::string NewFile::commit() {
  if (std::string problem = flush(); !problem.empty()) return problem;
  if (::fsync(file_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) return fail();
  ::close(file_);
  file_ = -1;
  const std::string folder = fs::path(path_).parent_path().string();
  const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    static_cast<void>(::fsync(directory));  // some file systems refuse; then it lasts when they say so
    ::close(directory);
  }
  return {};
}

}  // namespace writ::password
