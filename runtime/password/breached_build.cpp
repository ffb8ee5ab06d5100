// Hashes come in ascending order, so a part is complete when the first hash of the next one arrives. Equal inputs make equal
// files.
#include "runtime/password/breached_build.h"

#include "runtime/password/fuse.h"

#include <algorithm>
#include <cstring>

namespace writ::password {

namespace {

using namespace format;

constexpr std::uint32_t records_of_part = 4096,
                        keys_of_part = 1 << 20;    // a part ends with the prefix in which it has these
constexpr std::uint64_t most_in_prefix = 1 << 23;  // a trillion hashes have twice as many, all equally spread
constexpr std::uint64_t surely_everywhere = 40;    // hashes for each prefix; e^-40 is the chance of an empty one

// Low bytes of each fingerprint.
void narrow(std::span<const std::uint32_t> fingerprints, std::uint32_t bits, std::vector<std::uint8_t>& bytes) {
  const std::size_t width = bits / 8;
  bytes.resize(fingerprints.size() * width);
  for (std::size_t i = 0; i < fingerprints.size(); ++i) std::memcpy(bytes.data() + i * width, &fingerprints[i], width);
}

}  // namespace

std::optional<std::uint32_t> bits_for(double rate) {
  if (!(rate > 0 && rate < 1)) return std::nullopt;
  for (const std::uint32_t bits : {8U, 16U, 32U})
    if (1.0 / static_cast<double>(std::uint64_t{1} << bits) <= rate) return bits;
  return std::nullopt;
}

std::string BreachedBuilder::begin(const std::string& path, const BreachedOptions& options) {
  options_ = options;
  header_.start.magic = options.bits == 0 ? exact_magic : filter_magic;
  header_.bits = options.bits;
  header_.flags = options.incomplete ? incomplete_flag : 0;
  if (std::string problem = file_.create(path); !problem.empty()) return problem;
  return write_padded(bytes_of(std::span<const Header>(&header_, 1)));  // to be written over
}

std::string BreachedBuilder::write_padded(std::span<const std::uint8_t> bytes) {
  static constexpr std::array<std::uint8_t, alignment> zeros{};
  if (std::string problem = file_.write(bytes); !problem.empty()) return problem;
  return file_.write(std::span(zeros).first(aligned(file_.size()) - file_.size()));
}

std::string BreachedBuilder::add(std::span<const PwnedHash> hashes) {
  for (const PwnedHash& one : hashes)
    if (std::string problem = add_one(one); !problem.empty()) return problem;
  return {};
}

std::string BreachedBuilder::add_one(const PwnedHash& one) {
  const std::uint32_t prefix = prefix_of(one.hash);
  if (prefix != prefix_)
    if (std::string problem = enter(prefix); !problem.empty()) return problem;
  if (++in_prefix_ > most_in_prefix)
    return "more than " + std::to_string(most_in_prefix) + " hashes begin with " + hex_digits(prefix, 4) +
           ": these are no SHA-1 hashes, which spread evenly";
  ++header_.hashes;
  if (options_.bits != 0) {
    const std::uint64_t key = key_of(one.hash);
    if (!keys_.empty() && keys_.back() == key) return {};
    keys_.push_back(key);
    ++in_part_;
    return {};
  }
  bytes_.insert(bytes_.end(), one.hash.begin(), one.hash.end());
  const auto* const times = reinterpret_cast<const std::uint8_t*>(&one.times);
  bytes_.insert(bytes_.end(), times, times + sizeof(one.times));
  ++in_part_;
  return {};
}

std::string BreachedBuilder::enter(std::uint32_t prefix) {
  if (!empty_prefix_ && in_prefix_ == 0) empty_prefix_ = prefix_;
  if (!empty_prefix_ && prefix > prefix_ + 1) empty_prefix_ = prefix_ + 1;
  prefix_ = prefix;
  in_prefix_ = 0;
  const bool full = in_part_ >= (options_.bits == 0 ? records_of_part : keys_of_part);
  return full || (prefix == prefixes && in_part_ > 0) ? close_part(prefix) : std::string();
}

std::string BreachedBuilder::close_part(std::uint32_t next_prefix) {
  Part part;
  if (options_.bits != 0) {
    const auto fuse = make_fuse(keys_, first_prefix_);
    if (!fuse) return "no filter could be made of the hashes from " + hex_digits(first_prefix_, 4) + " on";
    narrow(fuse->fingerprints, options_.bits, bytes_);
    part.seed = fuse->shape.seed;
    part.segment_length = fuse->shape.segment_length;
    part.segment_count = fuse->shape.segment_count;
    keys_.clear();
  }
  part.begin = file_.size();
  part.first_prefix = first_prefix_;
  part.hashes = in_part_;
  const Sha256 digest = sha256_of(bytes_);
  std::copy_n(digest.begin(), part.digest.size(), part.digest.begin());
  parts_.push_back(part);
  std::string problem = write_padded(bytes_);
  bytes_.clear();
  in_part_ = 0;
  first_prefix_ = next_prefix;
  return problem;
}

std::string BreachedBuilder::commit() {
  if (header_.hashes == 0) return "there are no hashes in it";
  if (std::string problem = enter(prefixes); !problem.empty()) return problem;
  // A list that was cut between two lines looks whole, but for this.
  if (empty_prefix_ && header_.hashes / prefixes >= surely_everywhere && !options_.incomplete)
    return "among " + std::to_string(header_.hashes) + " hashes none begins with " + hex_digits(*empty_prefix_, 4) +
           ": the list is not complete; --incomplete takes what is there";
  header_.hashes = 0;  // of a filter perhaps fewer: two hashes of the same first 8 bytes are one key
  for (const Part& part : parts_) header_.hashes += part.hashes;
  const auto directory = bytes_of(std::span<const Part>(parts_));
  header_.parts = parts_.size();
  header_.directory = file_.size();
  header_.start.file_size = header_.directory + directory.size();
  const auto header = bytes_of(std::span<const Header>(&header_, 1));
  Hasher hasher(Hasher::Kind::sha256);
  header_.root = hasher.add(header.first(offsetof(Header, root))).add(directory).sha256();
  if (std::string problem = file_.write(directory); !problem.empty()) return problem;
  if (std::string problem = file_.write_at_begin(header); !problem.empty()) return problem;
  return file_.commit();
}

}  // namespace writ::password
