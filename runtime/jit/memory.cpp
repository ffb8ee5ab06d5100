// Executable memory, asked for the way a hardened process may still get it.
//
//   protect   mmap read-write · write · mprotect read-execute. What every JIT does, and what PR_SET_MDWE, SELinux' deny_execmem and systemd's
//             MemoryDenyWriteExecute refuse at the second step.
//   dual      memfd_create · one shared mapping to write · a second one at the address the code is linked for, mapped read-execute from
//             the start · the first is unmapped. No mapping ever changes from writable to executable, so PR_SET_MDWE lets it pass.
//
// vm.memfd_noexec=1 makes such files non-executable unless MFD_EXEC is given, and =2 refuses it; kernels before 6.3 do not know the flag,
// hence the second try without. The probe does all steps on one page but runs nothing.
#include "runtime/jit/memory.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>

namespace writ::jit {
namespace {

constexpr unsigned memfd_close_on_exec = 0x0001, memfd_executable = 0x0010;  // MFD_CLOEXEC, MFD_EXEC (since Linux 6.3)

bool refused(std::string& error, const char* call) {
  std::array<char, 128> buffer{};
  error = std::string(call) + ": " + strerror_r(errno, buffer.data(), buffer.size());
  return false;
}

int open_memory_file() {
  const int file = memfd_create("writ-code", memfd_close_on_exec | memfd_executable);
  return file < 0 && errno == EINVAL ? memfd_create("writ-code", memfd_close_on_exec) : file;
}

int protection(const Region::Segment& segment) { return segment.run ? PROT_READ | PROT_EXEC : PROT_READ; }

}  // namespace

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

Region::Region(Region&& other) noexcept
    : working_(std::exchange(other.working_, nullptr)),
      runnable_(std::exchange(other.runnable_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      file_(std::exchange(other.file_, -1)) {}

Region::~Region() {
  if (working_ && working_ != runnable_) munmap(working_, size_);
  if (runnable_) munmap(runnable_, size_);
  if (file_ >= 0) close(file_);
}

std::optional<Region> Region::map(Memory memory, std::size_t size, std::string& error) {
  Region region;
  region.size_ = size;
  if (memory == Memory::dual) {
    if (!region.map_twice(error)) return std::nullopt;
    return region;
  }
  void* const address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) {
    refused(error, "mmap");
    return std::nullopt;
  }
  region.working_ = region.runnable_ = address;
  return region;
}

// The address to run at is only reserved: `seal` maps the file over it.
bool Region::map_twice(std::string& error) {
  file_ = open_memory_file();
  if (file_ < 0) return refused(error, "memfd_create");
  if (ftruncate(file_, static_cast<off_t>(size_)) != 0) return refused(error, "ftruncate");
  void* const written = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (written == MAP_FAILED) return refused(error, "mmap of a memory file");
  working_ = written;
  void* const reserved = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return refused(error, "mmap");
  runnable_ = reserved;
  return true;
}

bool Region::seal(std::span<const Segment> segments, std::string& error) {
  for (const auto& segment : segments) {
    if (segment.size == 0) continue;
    char* const at = runnable() + segment.offset;
    if (file_ < 0) {
      if (mprotect(at, segment.size, protection(segment)) != 0) return refused(error, "mprotect to executable");
    } else if (mmap(at, segment.size, protection(segment), MAP_SHARED | MAP_FIXED, file_,
                    static_cast<off_t>(segment.offset)) == MAP_FAILED) {
      return refused(error, "mmap of a memory file as executable");
    }
    __builtin___clear_cache(at, at + segment.size);
  }
  if (file_ >= 0) {
    munmap(working_, size_);
    close(std::exchange(file_, -1));
    working_ = nullptr;
  }
  return true;
}

Probe probe_memory() {
  std::string errors;
  for (const auto memory : {Memory::protect, Memory::dual}) {
    std::string error;
    auto region = Region::map(memory, page_size(), error);
    const std::array segments = {Region::Segment{0, page_size(), true}};
    if (region && region->seal(segments, error)) return {memory, {}};
    errors += (errors.empty() ? "" : "; ") + error;
  }
  return {std::nullopt, "the system refuses executable memory (" + errors + "), so policies are interpreted"};
}

}  // namespace writ::jit
