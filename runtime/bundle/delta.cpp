#include "runtime/bundle/delta.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <tuple>

namespace writ::bundle {

namespace {

struct DeltaHeader {
  std::array<char, 8> magic = delta_magic;
  std::uint32_t format = format_version;
  std::uint32_t header_size = 96;
  std::uint64_t body_size = 0;  // all but the signatures
  Digest base{}, root{};
  std::uint64_t reserved = 0;
};
static_assert(sizeof(DeltaHeader) == 96);

// A step takes a few bytes of its own; what is not worth a patch is carried whole.
void write_half(Writer& out, std::optional<std::span<const std::byte>> was, std::span<const std::byte> half) {
  const auto patch = was ? patch_of(*was, half) : Patch{};
  std::size_t size = 0;
  for (const auto& step : patch) size += step.fresh.size() + 8;
  const bool patched = was && size < half.size() / 2;
  out(patched);
  if (!patched) return out.placed(half);
  out.list(patch, [&](const Step& step) {
    out(std::uint64_t{step.fresh.size()});
    out.raw(step.fresh);
    out(step.begin, step.size);
  });
}

void read_half(Reader& in, Half& half) {
  in(half.patched);
  if (!half.patched) {
    half.bytes = in.placed();
    return;
  }
  in.list(half.patch, [&](Step& step) {
    std::uint64_t size = 0;
    in(size);
    step.fresh = in.raw(size);
    in(step.begin, step.size);
  });
}

// What the delta says of parts, over those of the base. `halves` holds what is put together.
Problem changed_parts(const Bundle& base, const Delta& delta, const Limits& limits,
                      std::deque<std::vector<std::byte>>& halves, std::vector<PartBytes>& parts) {
  std::uint64_t size = 0;
  for (const auto& changed : delta.parts) {
    PartBytes part{changed.id, changed.hot.bytes, changed.cold.bytes, {}, {}, changed.sources};
    const auto was = base.find(changed.id);
    if (!was && (changed.hot.patched || changed.cold.patched))
      return {Reason::missing_part, "it changes tenant `" + changed.id + "`, which is not there"};
    const auto put_together = [&](const Half& half, std::span<const std::byte> of_base) {
      auto& newer = halves.emplace_back();
      if (!apply(half.patch, of_base, newer))
        return Problem{Reason::malformed, "what it says of tenant `" + changed.id + "` takes what is not there"};
      size += newer.size();
      return size > limits.file ? Problem{Reason::too_large, "what comes out is too large"} : Problem{};
    };
    for (const auto& [half, of_base, into] :
         {std::tuple(&changed.hot, &Bundle::hot, &part.hot), std::tuple(&changed.cold, &Bundle::cold, &part.cold)}) {
      if (!half->patched) continue;
      if (auto problem = put_together(*half, (base.*of_base)(*was))) return problem;
      *into = halves.back();
    }
    part.hot_hash = digest_of(part.hot);
    part.cold_hash = digest_of(part.cold);
    parts.push_back(std::move(part));
  }
  return {};
}

}  // namespace

bool is_delta(std::span<const std::byte> bytes) {
  return bytes.size() >= delta_magic.size() && std::memcmp(bytes.data(), delta_magic.data(), delta_magic.size()) == 0;
}

std::vector<std::byte> make_delta(const Bundle& from, const Bundle& to) {
  Writer out;
  DeltaHeader header;
  header.base = from.root();
  header.root = to.root();
  out.raw(std::as_bytes(std::span(&header, 1)));
  out(to.manifest());
  std::vector<std::string> removed;
  std::vector<program::ShapeKey> shapes_removed;
  std::vector<std::size_t> parts;
  std::vector<const ShapeRow*> shapes;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (!to.find(from.id(i))) removed.emplace_back(from.id(i));
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto was = from.find(to.id(i));
    const auto same = [](const PartRow& a, const PartRow& b) {
      return a.hot == b.hot && a.cold == b.cold && a.sources == b.sources;
    };
    if (!was || !same(from.row(*was), to.row(i))) parts.push_back(i);
  }
  const auto has = [](const Bundle& bundle, const program::ShapeKey& key) {
    return std::ranges::binary_search(bundle.shapes(), key, {}, &ShapeRow::key);
  };
  for (const auto& row : from.shapes())
    if (!has(to, row.key)) shapes_removed.push_back(row.key);
  for (const auto& row : to.shapes())
    if (!has(from, row.key)) shapes.push_back(&row);
  out(removed, shapes_removed, std::uint64_t{parts.size()});
  for (const auto i : parts) {
    const auto& row = to.row(i);
    out(std::string(to.id(i)), row.sources);
    const auto was = from.find(to.id(i));
    write_half(out, was ? std::optional(from.hot(*was)) : std::nullopt, to.hot(i));
    write_half(out, was ? std::optional(from.cold(*was)) : std::nullopt, to.cold(i));
  }
  out(std::uint64_t{shapes.size()});
  for (const auto* row : shapes) {
    out(row->key);
    out.placed(to.shape_bytes(*row));
  }
  const bool same_samples = std::ranges::equal(from.sample_bytes(), to.sample_bytes());
  out(same_samples);
  if (!same_samples) out.placed(to.sample_bytes());
  out.align();
  auto bytes = out.take();
  header.body_size = bytes.size();
  std::memcpy(bytes.data(), &header, sizeof header);
  return with_signatures(bytes, to.signatures());
}

std::vector<std::byte> with_signatures(std::span<const std::byte> delta, const std::vector<Signature>& signatures) {
  DeltaHeader header;
  std::memcpy(&header, delta.data(), sizeof header);
  std::vector<std::byte> bytes(delta.begin(), delta.begin() + static_cast<std::ptrdiff_t>(header.body_size));
  const auto end = signature_bytes(signatures);
  bytes.insert(bytes.end(), end.begin(), end.end());
  return bytes;
}

Problem read_delta(std::span<const std::byte> bytes, Delta& delta, const Limits& limits) {
  const auto malformed = [](std::string what) { return Problem{Reason::malformed, std::move(what)}; };
  const auto known = std::min(bytes.size(), delta_magic.size());
  if (bytes.size() > limits.file) return {Reason::too_large, "it has " + std::to_string(bytes.size()) + " bytes"};
  if (known > 0 && std::memcmp(bytes.data(), delta_magic.data(), known) != 0)
    return {Reason::not_a_bundle, "it does not begin as a delta does"};
  DeltaHeader header;
  if (bytes.size() < sizeof header) return {Reason::truncated, "it ends within its header"};
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) return malformed("it is not aligned to 8 bytes");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.format != format_version || header.header_size != sizeof header)
    return {Reason::unsupported_format, "its format is " + std::to_string(header.format) + " and this engine reads " +
                                            std::to_string(format_version)};
  if (header.reserved != 0 || header.body_size < sizeof header) return malformed("its header is not one");
  if (header.body_size > bytes.size())
    return {Reason::truncated,
            "it has " + std::to_string(bytes.size()) + " of " + std::to_string(header.body_size) + " bytes"};
  delta.base = header.base;
  delta.root = header.root;
  // The header is read along, so that places are multiples of 8 from where the file begins.
  Reader in(bytes.first(header.body_size));
  in.raw(sizeof header);
  in(delta.manifest, delta.removed, delta.shapes_removed);
  in.list(delta.parts, [&](ChangedPart& part) {
    in(part.id, part.sources);
    read_half(in, part.hot);
    read_half(in, part.cold);
  });
  in.list(delta.shapes, [&](ShapeBytes& shape) {
    in(shape.key);
    shape.bytes = in.placed();
    shape.hash = digest_of(shape.bytes);
  });
  in(delta.same_samples);
  if (!delta.same_samples) delta.samples = in.placed();
  in.align();
  if (const auto wrong = in.finish(); !wrong.empty()) return malformed(wrong);
  return read_signatures(bytes.subspan(header.body_size), limits, delta.signatures);
}

std::shared_ptr<const Bundle> apply(const Bundle& base, std::span<const std::byte> bytes, Problem& problem,
                                    const Limits& limits) {
  const auto refuse = [&](Reason reason, std::string detail) {
    problem = {reason, std::move(detail)};
    return nullptr;
  };
  Delta delta;
  if ((problem = read_delta(bytes, delta, limits))) return nullptr;
  if (delta.base != base.root())
    return refuse(Reason::wrong_base, "it was made from another bundle than version " +
                                          std::to_string(base.manifest().version) + " (" +
                                          to_hex(std::span(base.root()).first(8)) + ")");
  for (const auto& id : delta.removed)
    if (!base.find(id)) return refuse(Reason::missing_part, "it removes tenant `" + id + "`, which is not there");
  std::ranges::sort(delta.removed);
  std::ranges::sort(delta.shapes_removed);
  const auto named = delta.manifest;
  Pieces pieces{delta.manifest, {}, std::move(delta.shapes), delta.same_samples ? base.sample_bytes() : delta.samples};
  std::deque<std::vector<std::byte>> halves;
  if ((problem = changed_parts(base, delta, limits, halves, pieces.parts))) return nullptr;
  std::vector<std::string> changed;
  for (const auto& part : pieces.parts) changed.push_back(part.id);
  std::ranges::sort(changed);
  const auto goes = [&](const std::string& id) {
    return std::ranges::binary_search(delta.removed, id) || std::ranges::binary_search(changed, id);
  };
  for (std::size_t i = 0; i < base.size(); ++i)
    if (auto part = part_of(base, i); !goes(part.id)) pieces.parts.push_back(std::move(part));
  for (const auto& row : base.shapes())
    if (!std::ranges::binary_search(delta.shapes_removed, row.key)) pieces.shapes.push_back(shape_of(base, row));
  const auto made = std::make_shared<std::vector<std::byte>>();
  Digest root{};
  if ((problem = write(
           std::move(pieces),
           [&](std::span<const std::byte> more) { made->insert(made->end(), more.begin(), more.end()); }, &root)))
    return nullptr;
  if (root != delta.root) return refuse(Reason::damaged, "what comes out is not the bundle that it names");
  const auto signatures = signature_bytes(delta.signatures);
  made->insert(made->end(), signatures.begin(), signatures.end());
  auto out = Bundle::open(*made, made, problem, limits);
  if (out && out->manifest() != named) return refuse(Reason::malformed, "its manifest is not that of what comes out");
  return out;
}

}  // namespace writ::bundle
