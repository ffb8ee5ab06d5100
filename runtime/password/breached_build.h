// Makes a file of breached passwords (breached_format.h) from hashes in ascending order. Memory is bounded whatever their
// number: the directory, 3 MiB at most, and one part: of an index a few thousand records, of a filter 70 MB while it is solved.
#pragma once

#include "runtime/password/breached_format.h"
#include "runtime/password/digest.h"
#include "runtime/password/new_file.h"
#include "runtime/password/pwned.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::password {

struct BreachedOptions {
  std::uint32_t bits = 0;   // of a filter's fingerprints: 8, 16 or 32; 0: an exact index
  bool incomplete = false;  // ranges are known to be missing; the file says so
};

// The fewest bits whose rate of false positives is not above `rate`: 8 for 1 in 256, 16 for 1 in 65,536, 32 for 1 in 4 billion.
// Nothing below that, or when `rate` is none.
std::optional<std::uint32_t> bits_for(double rate);

class BreachedBuilder {
 public:
  // Each says what is wrong, or nothing.
  std::string begin(const std::string& path, const BreachedOptions& options);
  std::string add(std::span<const PwnedHash> hashes);
  std::string commit();
  std::uint64_t hashes() const { return header_.hashes; }
  std::uint64_t size() const { return file_.size(); }

 private:
  std::string add_one(const PwnedHash& one);
  std::string enter(std::uint32_t prefix);  // all of the prefixes below are complete
  std::string close_part(std::uint32_t next_prefix);
  std::string write_padded(std::span<const std::uint8_t> bytes);

  NewFile file_;
  BreachedOptions options_;
  format::Header header_;
  std::vector<format::Part> parts_;
  std::vector<std::uint8_t> bytes_;              // records of an index, fingerprints of a filter
  std::vector<std::uint64_t> keys_;              // of a filter's part
  std::uint32_t prefix_ = 0, first_prefix_ = 0;  // of the last hash; of the part that is open
  std::uint32_t in_part_ = 0;
  std::uint64_t in_prefix_ = 0;
  std::optional<std::uint32_t> empty_prefix_;  // the first that no hash begins with
};

}  // namespace writ::password
