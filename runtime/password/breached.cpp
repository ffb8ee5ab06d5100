// Reading: nothing in a file is believed before it is checked, neither a size nor an offset, so that a lookup touches only
// bytes that are there.
#include "runtime/password/breached.h"

#include "runtime/password/fuse.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>

namespace writ::password {

namespace {

using namespace format;

std::string check_header(const Header& header, std::span<const std::uint8_t> bytes) {
  const bool exact = header.start.magic == exact_magic;
  const bool fits = header.directory % alignment == 0 && header.directory >= aligned(sizeof(Header)) &&
                    header.directory <= header.start.file_size && header.parts > 0 && header.parts <= prefixes &&
                    header.start.file_size - header.directory == header.parts * sizeof(Part);
  if (!fits || (exact ? header.bits != 0 : header.bits != 8 && header.bits != 16 && header.bits != 32))
    return "its header is damaged";
  Hasher hasher(Hasher::Kind::sha256);
  hasher.add(bytes.first(offsetof(Header, root))).add(bytes.subspan(header.directory));
  if (hasher.sha256() != header.root) return "its checksum is wrong: the header or the directory is damaged";
  return {};
}

constexpr std::uint64_t too_many = std::uint64_t{1} << 56;  // more than any file has, and its multiples do not overflow

FuseShape shape_of(const Part& part) { return {part.seed, part.segment_length, part.segment_count}; }

std::uint64_t size_of(const Part& part, std::uint32_t bits) {
  if (bits == 0) return std::uint64_t{part.hashes} * record_size;
  const std::uint64_t places = shape_of(part).places();
  return places < too_many / 4 ? places * bits / 8 : too_many;
}

// Parts lie one after the other, from the header to the directory; so do their prefixes, from the first to the last.
bool good_parts(std::span<const Part> parts, const Header& header) {
  std::uint64_t hashes = 0, at = aligned(sizeof(Header));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const bool follows = i == 0 ? part.first_prefix == 0 : part.first_prefix > parts[i - 1].first_prefix;
    if (!follows || part.first_prefix >= prefixes || part.hashes == 0) return false;
    if (header.bits != 0 && (!std::has_single_bit(part.segment_length) || part.segment_count == 0)) return false;
    const std::uint64_t size = size_of(part, header.bits);
    if (part.begin != at || size > header.directory - at || aligned(at + size) > header.directory) return false;
    at = aligned(at + size);
    hashes += part.hashes;
  }
  return at == header.directory && hashes == header.hashes;
}

}  // namespace

std::string BreachedList::open(const std::string& path) {
  Mapped file;
  if (std::string problem = file.open(path); !problem.empty()) return problem;
  if (std::string problem = read(file.bytes()); !problem.empty()) return problem;
  file_ = std::move(file);
  return {};
}

std::string BreachedList::open(std::span<const std::uint8_t> bytes) { return read(bytes); }

std::string BreachedList::read(std::span<const std::uint8_t> bytes) {
  Header header;
  if (std::string problem =
          check_start(bytes, alignof(Part), sizeof(Header), {exact_magic, filter_magic}, "writ breached build");
      !problem.empty())
    return problem;
  std::memcpy(&header, bytes.data(), sizeof(Header));
  if (std::string problem = check_header(header, bytes); !problem.empty()) return problem;
  const std::span parts(reinterpret_cast<const Part*>(bytes.data() + header.directory), header.parts);
  if (!good_parts(parts, header)) return "its directory contradicts itself";
  part_of_prefix_.assign(prefixes, 0);
  for (std::size_t i = 0; i < parts.size(); ++i)
    std::fill(part_of_prefix_.begin() + parts[i].first_prefix, part_of_prefix_.end(), static_cast<std::uint16_t>(i));
  seen_ = std::make_unique<std::atomic<Seen>[]>(header.parts);
  parts_ = parts;
  header_ = header;
  bytes_ = bytes;
  return {};
}

double BreachedList::false_positive_rate() const {
  return is_filter() ? std::ldexp(1.0, -static_cast<int>(header_.bits)) : 0;
}

std::span<const std::uint8_t> BreachedList::part_bytes(std::uint64_t part) const {
  return bytes_.subspan(parts_[part].begin, size_of(parts_[part], header_.bits));
}

// Two threads may both check a part; they come to the same end. Where even hashing fails, for want of memory, it is not known
// to be whole.
bool BreachedList::is_whole(std::uint64_t part) const noexcept try {
  std::atomic<Seen>& seen = seen_[part];
  Seen state = seen.load(std::memory_order_relaxed);
  if (state == Seen::not_yet) {
    const Sha256 digest = sha256_of(part_bytes(part));
    const PartDigest& wanted = parts_[part].digest;
    state = std::equal(wanted.begin(), wanted.end(), digest.begin()) ? Seen::whole : Seen::damaged;
    seen.store(state, std::memory_order_relaxed);
  }
  return state == Seen::whole;
} catch (const std::exception&) {
  return false;
}

BreachedAnswer BreachedList::look_up(const Sha1& hash) const noexcept {
  if (!is_open()) return {};
  const std::uint64_t part = part_of_prefix_[prefix_of(hash)];
  if (!is_whole(part)) return {BreachedFault::damaged, false, 0};
  return is_filter() ? BreachedAnswer{BreachedFault::none, in_filter(parts_[part], hash), 0}
                     : in_records(parts_[part], hash);
}

BreachedAnswer BreachedList::in_records(const Part& part, const Sha1& hash) const noexcept {
  const std::uint8_t* const records = bytes_.data() + part.begin;
  std::uint64_t low = 0, high = part.hashes;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const std::uint8_t* const record = records + middle * record_size;
    const int order = std::memcmp(record, hash.data(), hash_size);
    if (order == 0) {
      BreachedAnswer answer{BreachedFault::none, true, 0};
      std::memcpy(&answer.times, record + hash_size, sizeof(answer.times));
      return answer;
    }
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return {BreachedFault::none, false, 0};
}

namespace {

template <typename Fingerprint>
bool in_fuse(const std::uint8_t* bytes, const FusePlaces& places) {
  const auto* const fingerprints = reinterpret_cast<const Fingerprint*>(bytes);  // from a multiple of 64 bytes
  return static_cast<Fingerprint>(places.fingerprint) ==
         (fingerprints[places.at[0]] ^ fingerprints[places.at[1]] ^ fingerprints[places.at[2]]);
}

}  // namespace

bool BreachedList::in_filter(const Part& part, const Sha1& hash) const noexcept {
  const FusePlaces places = fuse_places(key_of(hash), shape_of(part));
  const std::uint8_t* const bytes = bytes_.data() + part.begin;
  return header_.bits == 8    ? in_fuse<std::uint8_t>(bytes, places)
         : header_.bits == 16 ? in_fuse<std::uint16_t>(bytes, places)
                              : in_fuse<std::uint32_t>(bytes, places);
}

std::string BreachedList::check_all() const {
  if (!is_open()) return "it is not open";
  for (std::uint64_t part = 0; part < header_.parts; ++part)
    if (!is_whole(part)) return "part " + std::to_string(part) + " of " + std::to_string(header_.parts) + " is damaged";
  return {};
}

}  // namespace writ::password
