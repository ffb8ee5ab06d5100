// Whether a password is known from breaches: looked up in a file that `writ breached build` made, which is mapped and not
// read into memory. There are two kinds: an exact index knows every hash and how often it was seen; a filter takes a
// byte or a few for each, never misses a member and takes another password for one at a stated rate.
//
// A file is checked when it is opened, and each part of it when it is first looked into. A part that is damaged is a fault,
// and so is a list that is not open: neither ever says "not breached".
#pragma once

#include "runtime/password/breached_format.h"
#include "runtime/password/digest.h"
#include "runtime/password/mapped.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::password {

enum class BreachedFault : std::uint8_t { none, not_open, damaged };

struct BreachedAnswer {
  BreachedFault fault = BreachedFault::not_open;
  bool found = false;
  std::uint32_t times = 0;  // seen; 0 from a filter, which does not know
  bool is_clean() const { return fault == BreachedFault::none && !found; }
};

class BreachedList {
 public:
  // Of a file, or of bytes that outlive it, from an address that 8 divides. Says what is wrong, or nothing.
  std::string open(const std::string& path);
  std::string open(std::span<const std::uint8_t> bytes);

  // Any number of threads at a time.
  BreachedAnswer look_up(const Sha1& hash) const noexcept;
  // Every part, now: the first that is damaged is said.
  std::string check_all() const;

  bool is_open() const { return !bytes_.empty(); }
  bool is_filter() const { return header_.bits != 0; }
  bool is_incomplete() const { return (header_.flags & format::incomplete_flag) != 0; }
  std::uint64_t hashes() const { return header_.hashes; }
  std::uint64_t parts() const { return header_.parts; }
  double false_positive_rate() const;  // 0 of an exact index
  // Names the content: two files of the same root say the same.
  const std::array<std::uint8_t, 32>& root() const { return header_.root; }

 private:
  enum class Seen : std::uint8_t { not_yet, whole, damaged };
  std::string read(std::span<const std::uint8_t> bytes);
  bool is_whole(std::uint64_t part) const noexcept;
  std::span<const std::uint8_t> part_bytes(std::uint64_t part) const;
  BreachedAnswer in_records(const format::Part& part, const Sha1& hash) const noexcept;
  bool in_filter(const format::Part& part, const Sha1& hash) const noexcept;

  Mapped file_;
  std::span<const std::uint8_t> bytes_;
  format::Header header_;
  std::span<const format::Part> parts_;
  std::vector<std::uint16_t> part_of_prefix_;
  std::unique_ptr<std::atomic<Seen>[]> seen_;
};

}  // namespace writ::password
