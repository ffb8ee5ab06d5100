#include "runtime/bundle/write.h"

#include "runtime/password/digest.h"
#include "runtime/password/new_file.h"

#include <algorithm>
#include <tuple>

namespace writ::bundle {

namespace {

struct Claim {
  ClaimKind kind{};
  std::string text;
  std::uint32_t part = 0;
};

// The hosts and issuers of all parts, in order; two of one name are refused.
Problem claims_of(const std::vector<PartBytes>& parts, std::vector<Claim>& claims) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::vector<std::string> hosts, issuers;
    if (auto problem = decode_claims(parts[i].hot, hosts, issuers)) return problem;
    for (auto& host : hosts) claims.push_back({ClaimKind::host, std::move(host), static_cast<std::uint32_t>(i)});
    for (auto& issuer : issuers)
      claims.push_back({ClaimKind::issuer, std::move(issuer), static_cast<std::uint32_t>(i)});
  }
  const auto order = [](const Claim& one) { return std::tie(one.kind, one.text); };
  std::ranges::sort(claims, {}, order);
  const auto twice = std::ranges::adjacent_find(claims, {}, order);
  if (twice == claims.end()) return {};
  return {Reason::malformed, (twice->kind == ClaimKind::host ? "host `" : "issuer `") + twice->text + "` is tenant `" +
                                 parts[twice->part].id + "`'s and tenant `" + parts[(twice + 1)->part].id + "`'s"};
}

// The head, and where everything behind it lies.
class Head {
 public:
  Problem lay_out(Pieces& pieces, const std::vector<Claim>& claims) {
    const Limits limits;
    Header header;
    Writer manifest;
    manifest(pieces.manifest);
    header.manifest_size = manifest.size();
    header.parts = pieces.parts.size();
    header.shapes = pieces.shapes.size();
    header.claims = claims.size();
    for (const auto& part : pieces.parts) strings_ += part.id;
    for (const auto& claim : claims) strings_ += claim.text;
    header.strings_size = strings_.size();
    if (!pieces.samples.empty()) {
      header.samples_size = pieces.samples.size();
      header.samples = digest_of(pieces.samples);
    }
    if (header.manifest_size > limits.manifest || header.parts > limits.parts || header.shapes > limits.shapes ||
        header.claims > limits.claims || header.strings_size > limits.strings || header.samples_size > max_sample_bytes)
      return {Reason::too_large, "it would have more than a reader takes: divide the tenants among several bundles"};
    header.head_size =
        aligned(aligned(sizeof(Header) + header.manifest_size) + header.parts * sizeof(PartRow) +
                header.shapes * sizeof(ShapeRow) + header.claims * sizeof(ClaimRow) + header.strings_size);
    at_ = header.head_size;
    std::vector<ShapeRow> shapes;
    for (const auto& shape : pieces.shapes)
      shapes.push_back({shape.key, place(shape.bytes), static_cast<std::uint32_t>(shape.bytes.size()), 0, shape.hash});
    std::vector<PartRow> parts;
    for (const auto& part : pieces.parts)
      parts.push_back({place(part.hot), 0, static_cast<std::uint32_t>(part.hot.size()),
                       static_cast<std::uint32_t>(part.cold.size()), name(part.id), size_of(part.id), part.hot_hash,
                       part.cold_hash, part.sources});
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].cold_begin = place(pieces.parts[i].cold);
    place(pieces.samples);
    std::vector<ClaimRow> rows;
    for (const auto& claim : claims) rows.push_back({name(claim.text), size_of(claim.text), claim.part, claim.kind});
    header.body_size = at_;
    if (too_large_ || at_ > limits.file)
      return {Reason::too_large, "it, or one tenant of it, would be larger than a reader takes"};
    out_.raw(std::as_bytes(std::span(&header, 1)));
    out_.raw(manifest.take());
    out_.align();
    out_.raw(std::as_bytes(std::span(parts)));
    out_.raw(std::as_bytes(std::span(shapes)));
    out_.raw(std::as_bytes(std::span(rows)));
    out_.raw(std::as_bytes(std::span(strings_)));
    out_.align();
    return {};
  }
  std::vector<std::byte> take() { return out_.take(); }

 private:
  std::uint64_t place(std::span<const std::byte> bytes) {
    if (bytes.size() > Limits().blob || bytes.size() % alignment != 0) too_large_ = true;
    const auto begin = at_;
    at_ += bytes.size();
    return begin;
  }
  std::uint32_t name(const std::string& text) {
    const auto begin = text_;
    text_ += text.size();
    return static_cast<std::uint32_t>(begin);
  }
  static std::uint32_t size_of(const std::string& text) { return static_cast<std::uint32_t>(text.size()); }

  Writer out_;
  std::string strings_;
  std::uint64_t at_ = 0, text_ = 0;
  bool too_large_ = false;
};

std::span<const std::uint8_t> octets(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

PartBytes part_of(const Bundle& bundle, std::size_t index) {
  const auto& row = bundle.row(index);
  return {std::string(bundle.id(index)), bundle.hot(index), bundle.cold(index), row.hot, row.cold, row.sources};
}
ShapeBytes shape_of(const Bundle& bundle, const ShapeRow& row) { return {row.key, bundle.shape_bytes(row), row.hash}; }

Digest state_of(std::span<const PartBytes> parts) {
  Writer all;
  all(std::string("writ state 1"), std::uint64_t{parts.size()});
  for (const auto& part : parts) all(part.id, part.hot_hash, part.cold_hash);
  return digest_of(all.take());
}

Problem write(Pieces pieces, const Sink& sink, Digest* root) {
  std::ranges::sort(pieces.parts, {}, &PartBytes::id);
  std::ranges::sort(pieces.shapes, {}, &ShapeBytes::key);
  if (const auto twice = std::ranges::adjacent_find(pieces.parts, {}, &PartBytes::id); twice != pieces.parts.end())
    return {Reason::malformed, "tenant `" + twice->id + "` is there twice"};
  const auto same = std::ranges::unique(pieces.shapes, {}, &ShapeBytes::key);
  pieces.shapes.erase(same.begin(), same.end());
  pieces.manifest.vocabulary = vocabulary();
  pieces.manifest.state = state_of(pieces.parts);
  if (!is_channel(pieces.manifest.channel))
    return {Reason::malformed, "`" + pieces.manifest.channel + "` is no name of a channel"};
  std::vector<Claim> claims;
  if (auto problem = claims_of(pieces.parts, claims)) return problem;
  Head made;
  if (auto problem = made.lay_out(pieces, claims)) return problem;
  const auto head = made.take();
  if (root) *root = digest_of(head);
  sink(head);
  for (const auto& shape : pieces.shapes) sink(shape.bytes);
  for (const auto& part : pieces.parts) sink(part.hot);
  for (const auto& part : pieces.parts) sink(part.cold);
  if (!pieces.samples.empty()) sink(pieces.samples);
  return {};
}

Problem write(Pieces pieces, std::vector<std::byte>& bytes) {
  auto problem = write(std::move(pieces),
                       [&](std::span<const std::byte> more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  if (problem) return problem;
  const auto none = signature_bytes({});
  bytes.insert(bytes.end(), none.begin(), none.end());
  return {};
}

Problem write_file(const std::string& path, std::span<const std::byte> body, std::vector<Signature> signatures) {
  password::NewFile file;
  for (const auto& wrong : {file.create(path), file.write(octets(body)),
                            file.write(octets(signature_bytes(std::move(signatures)))), file.commit()})
    if (!wrong.empty()) return {Reason::unreadable, wrong};
  return {};
}

Problem write_file(const std::string& path, Pieces pieces,
                   const std::function<Problem(const Digest&, std::vector<Signature>&)>& sign) {
  password::NewFile file;
  if (const auto wrong = file.create(path); !wrong.empty()) return {Reason::unreadable, wrong};
  Digest root{};
  if (auto problem = write(
          std::move(pieces), [&](std::span<const std::byte> more) { static_cast<void>(file.write(octets(more))); },
          &root))
    return problem;
  std::vector<Signature> signatures;
  if (auto problem = sign(root, signatures)) return problem;
  for (const auto& wrong : {file.write(octets(signature_bytes(std::move(signatures)))), file.commit()})
    if (!wrong.empty()) return {Reason::unreadable, wrong};
  return {};
}

}  // namespace writ::bundle
