#include "runtime/password/mapped.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::password {

Mapped::~Mapped() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}
Mapped::Mapped(Mapped&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
Mapped& Mapped::operator=(Mapped&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

std::string Mapped::open(const std::string& path) {
  const auto wrong = [](int error) { return std::string(std::strerror(error)); };
  // Not to wait for the other end of a pipe; ordinary files do not mind.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return wrong(errno);
  struct stat status{};
  std::string problem;
  void* pages = nullptr;
  if (::fstat(file, &status) != 0)
    problem = wrong(errno);
  else if (!S_ISREG(status.st_mode))
    problem = "it is not an ordinary file";
  else if (status.st_size == 0)
    problem = "it is empty";
  else if (pages = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, file, 0);
           pages == MAP_FAILED)
    problem = wrong(errno);
  ::close(file);
  if (!problem.empty()) return problem;
  Mapped fresh;
  fresh.data_ = static_cast<const std::uint8_t*>(pages);
  fresh.size_ = static_cast<std::size_t>(status.st_size);
  *this = std::move(fresh);
  return {};
}

void Mapped::let_go(std::size_t at, std::size_t size, std::size_t keep) const {
  constexpr std::size_t around = 2u << 20;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (size == 0 || at + size > size_) return;
  const auto first = reinterpret_cast<std::uintptr_t>(data_);
  const auto begin = std::max((first + at) / around * around, (first + keep + page - 1) / page * page);
  const auto end = std::min((first + at + size + around - 1) / around * around, first + size_);
  if (begin < end) static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
}

}  // namespace writ::password
