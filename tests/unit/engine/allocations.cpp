#include "tests/unit/engine/allocations.h"

#include <cstdlib>
#include <new>

thread_local std::size_t writ::world::allocations = 0, writ::world::fails_at = 0;

namespace {

// One more; false when it is to fail.
bool count() {
  ++writ::world::allocations;
  return writ::world::fails_at == 0 || --writ::world::fails_at != 0;
}
void* plain(std::size_t size) { return count() ? std::malloc(size == 0 ? 1 : size) : nullptr; }
void* counted(std::size_t size) {
  if (void* const place = plain(size)) return place;
  throw std::bad_alloc();
}
void* counted_aligned(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  if (void* const place = count() ? std::aligned_alloc(step, (size + step - 1) / step * step) : nullptr) return place;
  throw std::bad_alloc();
}

}  // namespace
void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted_aligned(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return counted_aligned(size, alignment); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return plain(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return plain(size); }
void operator delete(void* place) noexcept { std::free(place); }
void operator delete[](void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
void operator delete[](void* place, std::size_t) noexcept { std::free(place); }
void operator delete(void* place, std::align_val_t) noexcept { std::free(place); }
void operator delete[](void* place, std::align_val_t) noexcept { std::free(place); }
void operator delete(void* place, std::size_t, std::align_val_t) noexcept { std::free(place); }
void operator delete[](void* place, std::size_t, std::align_val_t) noexcept { std::free(place); }
