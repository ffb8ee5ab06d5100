// A bundle: the compiled tenants of a platform in one file, mapped and read where it lies. Opening looks at the head alone, which holds the hash
// of everything else; a part is checked when it is asked for, so that a hundred thousand tenants open as quickly as the head is hashed.
//
// Opening says that the file is whole as far as its head goes, and nothing about who made it: that is trust.h. Files are replaced by renaming and
// never written in place: who can write into a file that is mapped can do anything.
//
// All of it is const and may be used by any number of threads; nothing throws but for want of memory.
#pragma once

#include "runtime/bundle/bytes.h"
#include "runtime/bundle/codec.h"
#include "runtime/bundle/format.h"
#include "runtime/bundle/problem.h"
#include "runtime/bundle/samples.h"
#include "runtime/password/mapped.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bundle {

struct EngineVersion {
  std::uint32_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const EngineVersion&) const = default;
};
EngineVersion this_engine();
std::optional<EngineVersion> parse_engine_version(std::string_view text);  // "0.1.0"
std::string to_text(const EngineVersion& version);

inline constexpr std::size_t max_channel = 64;  // bytes; letters, digits, `.`, `_`, `-`
bool is_channel(std::string_view name);

struct Manifest {
  std::string channel = "default";  // of which series the version is one
  std::uint64_t version = 1, previous = 0;
  std::int64_t not_before = INT64_MIN, expires = INT64_MAX;  // micros since 1970
  EngineVersion minimum_engine;
  std::string made_by;  // "writ 0.1.0"
  Digest vocabulary{};  // of the facts and ops that its numbers mean
  Digest interface{};   // of the sources that bind every tenant
  Digest state{};       // of all parts: what is decided, whatever the version
  bool operator==(const Manifest&) const = default;
};

struct Signature {
  Digest kid{};  // SHA-256 of the public key's SubjectPublicKeyInfo
  std::vector<std::uint8_t> bytes;
};

// Shapes that were read before, from whatever bundle, by the hash of their bytes: what is equal need not be read and verified again, and is one
// object. Holds none alive.
class Shapes {
 public:
  std::shared_ptr<const program::Shape> find(const ShapeRow& row) const;
  // The one that is equal to `shape`; itself, when it is the first.
  std::shared_ptr<const program::Shape> add(const ShapeRow& row, const std::shared_ptr<const program::Shape>& shape);

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<Digest, program::ShapeKey>, std::weak_ptr<const program::Shape>> known_;
  std::size_t sweep_at_ = 64;
};

class Bundle : public std::enable_shared_from_this<Bundle> {
  struct Private {};

 public:
  // Null, and `problem` says why. Of bytes: from an address that 8 divides, and `keeper` holds them.
  static std::shared_ptr<const Bundle> open(const std::string& path, Problem& problem, const Limits& limits = {});
  static std::shared_ptr<const Bundle> open(std::span<const std::byte> bytes, std::shared_ptr<const void> keeper,
                                            Problem& problem, const Limits& limits = {});
  explicit Bundle(Private) {}

  const Manifest& manifest() const { return manifest_; }
  const Digest& root() const { return root_; }  // names it, and is what is signed
  const std::vector<Signature>& signatures() const { return signatures_; }

  std::size_t size() const { return parts_.size(); }  // parts, by wire id
  std::string_view id(std::size_t part) const { return string(parts_[part].id_begin, parts_[part].id_size); }
  const PartRow& row(std::size_t part) const { return parts_[part]; }
  std::optional<std::size_t> find(std::string_view id) const;
  std::optional<std::size_t> find(ClaimKind kind, std::string_view text) const;

  // Checked, decoded and verified (program::verify): it may serve. Its rows lie in the bundle, which it keeps.
  Problem part(std::size_t index, program::Part& part, Shapes* known = nullptr) const;
  Problem origin(std::size_t index, Origin& origin) const;
  // Who has read a part, and whatever lies beside it, need not have it resident any more: it is read from the file again when it is asked for.
  void let_go(std::size_t index) const;
  // That its bytes are those that the head names.
  Problem check(std::size_t index) const;
  // What it is to be asked before it serves; none in a bundle that carries none.
  Problem samples(std::vector<Sample>& samples) const;
  // Every part and every shape, now, and that the state is theirs: the first problem.
  Problem check_all() const;

  // As they lie, for who writes another bundle of them.
  std::span<const std::byte> hot(std::size_t part) const {
    return bytes_.subspan(parts_[part].hot_begin, parts_[part].hot_size);
  }
  std::span<const std::byte> cold(std::size_t part) const {
    return bytes_.subspan(parts_[part].cold_begin, parts_[part].cold_size);
  }
  std::span<const ShapeRow> shapes() const { return shapes_; }
  std::span<const std::byte> shape_bytes(const ShapeRow& row) const { return bytes_.subspan(row.begin, row.size); }
  std::span<const std::byte> sample_bytes() const {
    return bytes_.subspan(header_.body_size - header_.samples_size, header_.samples_size);
  }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<const std::byte> body() const { return bytes_.first(header_.body_size); }
  std::span<const ClaimRow> claims() const { return claims_; }
  std::string_view string(std::uint32_t begin, std::uint32_t size) const { return strings_.substr(begin, size); }

 private:
  Problem read(std::span<const std::byte> bytes, const Limits& limits);
  Problem read_head(const Limits& limits);
  Problem lie_in_order() const;
  std::shared_ptr<const program::Shape> shape(const program::ShapeKey& key, Shapes* known, Problem& problem) const;
  bool claims_are(std::size_t index, const program::Part& part) const;

  password::Mapped file_;
  std::shared_ptr<const void> keeper_;
  std::span<const std::byte> bytes_;
  Header header_;
  Manifest manifest_;
  Digest root_{};
  std::span<const PartRow> parts_;
  std::span<const ShapeRow> shapes_;
  std::span<const ClaimRow> claims_;
  std::string_view strings_;
  std::vector<Signature> signatures_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const program::Shape>> decoded_;  // guarded by mutex_; parallel to shapes_
};

Digest digest_of(std::span<const std::byte> bytes);
// The signatures of a file, from where its body ends to its end.
Problem read_signatures(std::span<const std::byte> bytes, const Limits& limits, std::vector<Signature>& signatures);
std::vector<std::byte> signature_bytes(std::vector<Signature> signatures);

template <class A, class M>
  requires std::is_same_v<std::remove_const_t<M>, EngineVersion>
void fields(A& archive, M& version) {
  archive(version.major, version.minor, version.patch);
}
template <class A, class M>
  requires std::is_same_v<std::remove_const_t<M>, Manifest>
void fields(A& archive, M& manifest) {
  archive(manifest.channel, manifest.version, manifest.previous, manifest.not_before, manifest.expires,
          manifest.minimum_engine, manifest.made_by, manifest.vocabulary, manifest.interface, manifest.state);
  archive.align();
}

}  // namespace writ::bundle
