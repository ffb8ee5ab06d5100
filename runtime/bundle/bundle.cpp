#include "runtime/bundle/bundle.h"

#include "runtime/bundle/write.h"
#include "runtime/password/digest.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>

namespace writ::bundle {

namespace {

template <class T>
std::span<const T> rows_at(std::span<const std::byte> bytes, std::uint64_t begin, std::uint64_t count) {
  return {reinterpret_cast<const T*>(bytes.data() + begin), count};
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{}; });
}

Problem malformed(std::string what) { return {Reason::malformed, std::move(what)}; }
Problem too_large(std::string what) { return {Reason::too_large, std::move(what)}; }

}  // namespace

EngineVersion this_engine() { return parse_engine_version(WRIT_ENGINE_VERSION).value(); }

std::optional<EngineVersion> parse_engine_version(std::string_view text) {
  EngineVersion version;
  for (auto* number : {&version.major, &version.minor, &version.patch}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (number == &version.patch) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? std::optional(version) : std::nullopt;
}

std::string to_text(const EngineVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
}

bool is_channel(std::string_view name) {
  return !name.empty() && name.size() <= max_channel && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

Digest digest_of(std::span<const std::byte> bytes) {
  static thread_local password::Hasher hasher(password::Hasher::Kind::sha256);
  return hasher.add(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())).sha256();
}

// ---------------------------------------------------------------- opening

std::shared_ptr<const Bundle> Bundle::open(const std::string& path, Problem& problem, const Limits& limits) {
  auto bundle = std::make_shared<Bundle>(Private{});
  if (const auto wrong = bundle->file_.open(path); !wrong.empty()) {
    problem = {Reason::unreadable, "cannot read `" + path + "`: " + wrong};
    return nullptr;
  }
  problem = bundle->read(std::as_bytes(bundle->file_.bytes()), limits);
  return problem ? nullptr : std::move(bundle);
}

std::shared_ptr<const Bundle> Bundle::open(std::span<const std::byte> bytes, std::shared_ptr<const void> keeper,
                                           Problem& problem, const Limits& limits) {
  auto bundle = std::make_shared<Bundle>(Private{});
  bundle->keeper_ = std::move(keeper);
  problem = bundle->read(bytes, limits);
  return problem ? nullptr : std::move(bundle);
}

Problem Bundle::read(std::span<const std::byte> bytes, const Limits& limits) {
  if (bytes.size() > limits.file) return too_large("it has " + std::to_string(bytes.size()) + " bytes");
  const auto known = std::min(bytes.size(), bundle_magic.size());
  if (known > 0 && std::memcmp(bytes.data(), bundle_magic.data(), known) != 0)
    return {Reason::not_a_bundle, "it does not begin as a bundle does"};
  if (bytes.size() < sizeof(Header)) return {Reason::truncated, "it ends within its header"};
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) return malformed("it is not aligned to 8 bytes");
  std::memcpy(&header_, bytes.data(), sizeof header_);
  if (header_.format != format_version || header_.header_size != sizeof(Header))
    return {Reason::unsupported_format, "its format is " + std::to_string(header_.format) + " and this engine reads " +
                                            std::to_string(format_version)};
  bytes_ = bytes;
  if (auto problem = read_head(limits)) return problem;
  return read_signatures(bytes_.subspan(header_.body_size), limits, signatures_);
}

// Counts are within limits before they are multiplied, and sums are those of the head before anything is read by them.
Problem Bundle::read_head(const Limits& limits) {
  if (header_.manifest_size > limits.manifest) return too_large("its manifest is too long");
  if (header_.parts > limits.parts) return too_large("it has " + std::to_string(header_.parts) + " parts");
  if (header_.shapes > limits.shapes) return too_large("it has " + std::to_string(header_.shapes) + " shapes");
  if (header_.claims > limits.claims) return too_large("it has too many hosts and issuers");
  if (header_.strings_size > limits.strings) return too_large("its names are too long");
  if (header_.samples_size > max_sample_bytes) return too_large("its questions are too long");
  if (header_.samples_size == 0 && header_.samples != Digest{}) return malformed("it has a hash of no questions");
  const auto parts = aligned(sizeof(Header) + header_.manifest_size);
  const auto shapes = parts + header_.parts * sizeof(PartRow);
  const auto claims = shapes + header_.shapes * sizeof(ShapeRow);
  const auto strings = claims + header_.claims * sizeof(ClaimRow);
  if (header_.head_size != aligned(strings + header_.strings_size)) return malformed("its head is of another size");
  if (header_.body_size < header_.head_size || header_.body_size > limits.file)
    return malformed("its body does not hold its head");
  if (bytes_.size() < header_.body_size)
    return {Reason::truncated,
            "it has " + std::to_string(bytes_.size()) + " of " + std::to_string(header_.body_size) + " bytes"};
  const auto head = bytes_.first(header_.head_size);
  const auto gap = [&](std::uint64_t from, std::uint64_t to) { return all_zero(head.subspan(from, to - from)); };
  if (!all_zero(std::as_bytes(std::span(header_.reserved))) || !gap(sizeof(Header) + header_.manifest_size, parts) ||
      !gap(strings + header_.strings_size, header_.head_size))
    return malformed("there is something between its parts");
  Reader manifest(head.subspan(sizeof(Header), header_.manifest_size));
  manifest(manifest_);
  if (const auto wrong = manifest.finish(); !wrong.empty()) return malformed("its manifest: " + wrong);
  if (!is_channel(manifest_.channel)) return malformed("its channel is no name of one");
  parts_ = rows_at<PartRow>(head, parts, header_.parts);
  shapes_ = rows_at<ShapeRow>(head, shapes, header_.shapes);
  claims_ = rows_at<ClaimRow>(head, claims, header_.claims);
  strings_ = {reinterpret_cast<const char*>(head.data()) + strings, header_.strings_size};
  if (auto problem = lie_in_order()) return problem;
  root_ = digest_of(head);
  decoded_.resize(shapes_.size());
  return {};
}

// Everything begins where what is before it ends, so nothing overlaps, nothing is between, and nothing is outside.
Problem Bundle::lie_in_order() const {
  std::uint64_t at = header_.head_size, text = 0;
  const auto blob = [&](std::uint64_t begin, std::uint64_t size) {
    const bool follows = begin == at && size % alignment == 0 && size <= header_.body_size - at;
    if (follows) at += size;
    return follows;
  };
  const auto name = [&](std::uint64_t begin, std::uint64_t size) {
    const bool follows = begin == text && size <= strings_.size() - text;
    if (follows) text += size;
    return follows;
  };
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    if (!blob(shapes_[i].begin, shapes_[i].size) || shapes_[i].reserved != 0)
      return malformed("a shape lies elsewhere");
    if (i > 0 && shapes_[i - 1].key >= shapes_[i].key) return malformed("its shapes are not in order");
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!name(parts_[i].id_begin, parts_[i].id_size)) return malformed("a name lies elsewhere");
    if (i > 0 && id(i - 1) >= id(i)) return malformed("its parts are not in order");
    if (!blob(parts_[i].hot_begin, parts_[i].hot_size)) return malformed("a part lies elsewhere");
  }
  for (const auto& part : parts_)
    if (!blob(part.cold_begin, part.cold_size)) return malformed("a part lies elsewhere");
  if (!blob(at, header_.samples_size)) return malformed("its questions lie elsewhere");
  const auto claim = [&](const ClaimRow& row) { return std::pair(row.kind, string(row.text_begin, row.text_size)); };
  for (std::size_t i = 0; i < claims_.size(); ++i) {
    if (!name(claims_[i].text_begin, claims_[i].text_size)) return malformed("a name lies elsewhere");
    if (claims_[i].part >= parts_.size() || claims_[i].kind > ClaimKind::issuer)
      return malformed("a host is of no part");
    if (i > 0 && claim(claims_[i - 1]) >= claim(claims_[i])) return malformed("its hosts are not in order");
  }
  if (at != header_.body_size || text != strings_.size()) return malformed("there is something that no row names");
  return {};
}

// ---------------------------------------------------------------- finding

std::optional<std::size_t> Bundle::find(std::string_view wanted) const {
  const auto found = std::ranges::lower_bound(parts_, wanted, {},
                                              [&](const PartRow& row) { return string(row.id_begin, row.id_size); });
  if (found == parts_.end() || string(found->id_begin, found->id_size) != wanted) return std::nullopt;
  return static_cast<std::size_t>(found - parts_.begin());
}

std::optional<std::size_t> Bundle::find(ClaimKind kind, std::string_view text) const {
  const auto of = [&](const ClaimRow& row) { return std::pair(row.kind, string(row.text_begin, row.text_size)); };
  const auto wanted = std::pair(kind, text);
  const auto found = std::ranges::lower_bound(claims_, wanted, {}, of);
  return found != claims_.end() && of(*found) == wanted ? std::optional<std::size_t>(found->part) : std::nullopt;
}

// ---------------------------------------------------------------- parts

Problem Bundle::check(std::size_t index) const {
  const auto& row = parts_[index];
  const auto of = "part `" + std::string(id(index)) + "`: ";
  if (manifest_.vocabulary != vocabulary())
    return {Reason::other_vocabulary, "it was compiled by " + manifest_.made_by +
                                          " for other facts or ops than this engine knows; build it again"};
  if (digest_of(hot(index)) != row.hot || digest_of(cold(index)) != row.cold)
    return {Reason::damaged, of + "its bytes are not those that were named"};
  return {};
}

std::shared_ptr<const program::Shape> Shapes::find(const ShapeRow& row) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find({row.hash, row.key});
  return found == known_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<const program::Shape> Shapes::add(const ShapeRow& row,
                                                  const std::shared_ptr<const program::Shape>& shape) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= sweep_at_) {
    std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
    sweep_at_ = 64 + 2 * known_.size();
  }
  auto& known = known_[{row.hash, row.key}];
  if (auto equal = known.lock()) return equal;
  known = shape;
  return shape;
}

std::shared_ptr<const program::Shape> Bundle::shape(const program::ShapeKey& key, Shapes* known_before,
                                                    Problem& problem) const {
  const auto found = std::ranges::lower_bound(shapes_, key, {}, &ShapeRow::key);
  if (found == shapes_.end() || found->key != key) {
    problem = {Reason::missing_shape, "shape " + to_hex(key) + " is not in it"};
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  auto& known = decoded_[static_cast<std::size_t>(found - shapes_.begin())];
  if (known) return known_before ? known_before->add(*found, known) : known;
  // What has the hash of these bytes is this shape, and was verified then.
  if (known_before)
    if (auto equal = known_before->find(*found)) return known = equal;
  const auto bytes = shape_bytes(*found);
  program::Shape made;
  if (digest_of(bytes) != found->hash)
    problem = {Reason::damaged, "shape " + to_hex(key) + ": its bytes are not those that were named"};
  else if ((problem = decode(bytes, made)))
    problem.detail = "shape " + to_hex(key) + ": " + problem.detail;
  else if (const auto wrong = program::verify(made); !wrong.empty())
    problem = malformed("shape " + to_hex(key) + ": " + wrong);
  else if (program::key_of(made) != key)
    problem = malformed("shape " + to_hex(key) + " has the key of another");
  if (problem) return nullptr;
  known = std::make_shared<const program::Shape>(std::move(made));
  if (known_before) known = known_before->add(*found, known);
  return known;
}

bool Bundle::claims_are(std::size_t index, const program::Part& part) const {
  const auto all = [&](ClaimKind kind, const std::vector<std::string>& names) {
    return std::ranges::all_of(names, [&](const std::string& name) { return find(kind, name) == index; });
  };
  return all(ClaimKind::host, part.hosts) && all(ClaimKind::issuer, part.issuers);
}

Problem Bundle::part(std::size_t index, program::Part& part, Shapes* known) const {
  if (auto problem = check(index)) return problem;
  Problem problem;
  const ShapeOf shape_of = [&](const program::ShapeKey& key) { return shape(key, known, problem); };
  program::Part made;
  const auto of = [&](Problem wrong) {
    wrong.detail = "part `" + std::string(id(index)) + "`: " + wrong.detail;
    return wrong;
  };
  if (auto wrong = decode(hot(index), cold(index), shape_of, made)) return of(problem ? problem : wrong);
  if (made.id != id(index)) return of(malformed("it is of another tenant"));
  if (!claims_are(index, made)) return of(malformed("a host or issuer of it is another's"));
  if (const auto wrong = program::verify(made); !wrong.empty()) return of(malformed(wrong));
  made.version = manifest_.version;
  made.keeper = shared_from_this();
  part = std::move(made);
  return {};
}

Problem Bundle::origin(std::size_t index, Origin& origin) const {
  if (auto problem = check(index)) return problem;
  return decode_origin(cold(index), origin);
}

Problem Bundle::samples(std::vector<Sample>& samples) const {
  samples.clear();
  if (header_.samples_size == 0) return {};
  if (digest_of(sample_bytes()) != header_.samples)
    return {Reason::damaged, "its questions are not those that were named"};
  return decode(sample_bytes(), samples);
}

void Bundle::let_go(std::size_t index) const {
  if (file_.bytes().empty()) return;
  const auto& row = parts_[index];
  file_.let_go(row.hot_begin, row.hot_size, header_.head_size);
  file_.let_go(row.cold_begin, row.cold_size, header_.head_size);
}

Problem Bundle::check_all() const {
  std::size_t claimed = 0;
  std::vector<PartBytes> parts;
  for (std::size_t i = 0; i < size(); ++i) {
    program::Part made;
    if (auto problem = part(i, made)) return problem;
    claimed += made.hosts.size() + made.issuers.size();
    parts.push_back(part_of(*this, i));
  }
  if (claimed != claims_.size()) return malformed("it has a host or issuer that is of no part");
  for (const auto& row : shapes_) {
    Problem problem;
    if (!shape(row.key, nullptr, problem)) return problem;
  }
  if (state_of(parts) != manifest_.state) return malformed("its state is not that of its parts");
  std::vector<Sample> asked;
  if (auto problem = samples(asked)) return problem;
  return {};
}

// ---------------------------------------------------------------- signatures

namespace {

struct SignatureHeader {
  std::array<char, 8> magic = signatures_magic;
  std::uint32_t count = 0, reserved = 0;
};

}  // namespace

Problem read_signatures(std::span<const std::byte> bytes, const Limits& limits, std::vector<Signature>& signatures) {
  SignatureHeader header;
  if (bytes.size() < sizeof header) return {Reason::truncated, "it ends before its signatures"};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != signatures_magic || header.reserved != 0)
    return malformed("its signatures are not where they must be");
  if (header.count > limits.signatures) return too_large("it has " + std::to_string(header.count) + " signatures");
  Reader reader(bytes.subspan(sizeof header));
  for (std::uint32_t i = 0; i < header.count && reader.ok(); ++i) {
    auto& one = signatures.emplace_back();
    std::uint64_t size = 0;
    reader(one.kid, size);
    if (size > limits.signature) return too_large("a signature of it is too long");
    const auto taken = reader.raw(size);
    one.bytes.assign(reinterpret_cast<const std::uint8_t*>(taken.data()),
                     reinterpret_cast<const std::uint8_t*>(taken.data()) + taken.size());
    if (i > 0 && signatures[i - 1].kid >= one.kid) reader.fail("they are not in order of their keys");
  }
  const auto wrong = reader.finish();
  return wrong.empty() ? Problem{} : malformed("its signatures: " + wrong);
}

std::vector<std::byte> signature_bytes(std::vector<Signature> signatures) {
  std::ranges::sort(signatures, {}, &Signature::kid);
  SignatureHeader header;
  header.count = static_cast<std::uint32_t>(signatures.size());
  Writer writer;
  writer.raw(std::as_bytes(std::span(&header, 1)));
  for (const auto& one : signatures) {
    writer(one.kid, std::uint64_t{one.bytes.size()});
    writer.raw(std::as_bytes(std::span(one.bytes)));
  }
  return writer.take();
}

}  // namespace writ::bundle
