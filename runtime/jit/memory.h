// Memory that code can be written to and then run from, in the two ways a Linux process may be allowed to have it. Nothing of LLVM here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace writ::jit {

// protect: written, then made read-only and executable by mprotect. dual: a file in memory mapped twice, once to write and once to run,
// for processes that may not make memory executable after the fact (PR_SET_MDWE, SELinux' execmem).
enum class Memory : std::uint8_t { protect, dual };

// One piece of memory for one compiled shape: written through `working()`, run at `runnable()` after `seal`. Never writable and executable
// at one address. Unmapped when it dies.
class Region {
 public:
  struct Segment {
    std::size_t offset = 0, size = 0;  // multiples of the page size
    bool run = false;                  // else only read
  };

  // `size` is a multiple of page_size(). Nothing when the system refuses; `error` says which call and why.
  static std::optional<Region> map(Memory memory, std::size_t size, std::string& error);
  Region(Region&& other) noexcept;
  Region& operator=(Region&&) = delete;
  ~Region();

  char* working() const { return static_cast<char*>(working_); }
  char* runnable() const { return static_cast<char*>(runnable_); }
  std::size_t size() const { return size_; }
  // Gives each segment its final protection and takes the way to write away. False when the system refuses.
  bool seal(std::span<const Segment> segments, std::string& error);

 private:
  Region() = default;
  bool map_twice(std::string& error);

  void* working_ = nullptr;  // dual: unmapped by `seal`
  void* runnable_ = nullptr;
  std::size_t size_ = 0;
  int file_ = -1;  // dual: open until `seal`
};

std::size_t page_size();

// Which of the two the process may use now, or in `refusal` why neither.
struct Probe {
  std::optional<Memory> memory;
  std::string refusal;
};
Probe probe_memory();

}  // namespace writ::jit
