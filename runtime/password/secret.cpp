#include "runtime/password/secret.h"

#include <cstring>
#include <new>
#include <utility>

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

namespace writ {

Secret::Secret(std::string_view bytes) { append(bytes); }

Secret::~Secret() { clear(); }

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      room_(std::exchange(other.room_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  clear();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  room_ = std::exchange(other.room_, 0);
  return *this;
}

void Secret::append(std::string_view bytes) {
  if (bytes.empty()) return;
  grow(size_ + bytes.size());
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void Secret::pop() {
  if (size_ != 0) data_[--size_] = 0;
}

// Whole pages, so that what is said of them is said of nothing else. Locking them and keeping them out of dumps are
// asked for; a system that refuses leaves the cleansing.
void Secret::grow(std::size_t size) {
  if (size <= room_) return;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto room = (size + page - 1) / page * page;
  void* const pages = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  static_cast<void>(madvise(pages, room, MADV_DONTDUMP));
  static_cast<void>(mlock(pages, room));
  if (size_ != 0) std::memcpy(pages, data_, size_);
  const auto kept = size_;
  clear();
  data_ = static_cast<char*>(pages);
  size_ = kept;
  room_ = room;
}

void Secret::clear() {
  if (data_ == nullptr) return;
  OPENSSL_cleanse(data_, room_);
  munmap(data_, room_);
  data_ = nullptr;
  size_ = room_ = 0;
}

}  // namespace writ
