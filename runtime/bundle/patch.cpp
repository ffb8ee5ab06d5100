// How it is found what did not change: both halves are cut where their own bytes say so (a rolling hash of the last bytes is zero in its lowest
// bits), so that what is the same is cut the same wherever it lies. Of the chunks that are there once on either side, as many as stand in one order
// on both are taken to be the same place, and each is grown to both sides as far as the bytes agree. Linear but for the sorting.
#include "runtime/bundle/patch.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace writ::bundle {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t least_chunk = 24, window = 32;
constexpr std::uint64_t cut_mask = std::uint64_t{0x3f} << 26;  // a chunk has some 64 bytes beyond the least
constexpr std::size_t least_copy = 16;                         // less is sooner said than named

constexpr auto gear = [] {
  std::array<std::uint64_t, 256> made{};
  std::uint64_t state = 0x9e37'79b9'7f4a'7c15;
  for (auto& one : made) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    one = state;
  }
  return made;
}();

struct Chunk {
  std::size_t begin = 0, size = 0;
};
std::vector<Chunk> chunks_of(Bytes bytes) {
  std::vector<Chunk> chunks;
  std::uint64_t hash = 0;
  for (std::size_t begin = 0, at = 0; at < bytes.size(); ++at) {
    hash = (hash << 1) + gear[static_cast<std::size_t>(bytes[at])];
    const auto size = at + 1 - begin;
    if ((size < least_chunk || (hash & cut_mask) != 0) && size < window * least_chunk && at + 1 < bytes.size())
      continue;
    chunks.push_back({begin, size});
    begin = at + 1;
  }
  return chunks;
}

std::string_view text_of(Bytes bytes, const Chunk& chunk) {
  return {reinterpret_cast<const char*>(bytes.data()) + chunk.begin, chunk.size};
}

using Places = std::unordered_map<std::string_view, std::size_t>;
// Those that are there once.
Places once(Bytes bytes, const std::vector<Chunk>& chunks) {
  Places places;
  places.reserve(chunks.size());
  for (const auto& chunk : chunks)
    if (const auto [found, fresh] = places.try_emplace(text_of(bytes, chunk), chunk.begin); !fresh)
      found->second = SIZE_MAX;
  std::erase_if(places, [](const auto& one) { return one.second == SIZE_MAX; });
  return places;
}

struct Anchor {
  std::size_t older = 0, newer = 0, size = 0;
};
// As many of them as go up on both sides; they come in the order of the newer side.
std::vector<Anchor> rising(const std::vector<Anchor>& anchors) {
  std::vector<std::size_t> ends;  // by length: the anchor with the lowest older place that ends a row of it
  std::vector<std::size_t> before(anchors.size(), SIZE_MAX);
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const auto at =
        std::ranges::lower_bound(ends, anchors[i].older, {}, [&](std::size_t k) { return anchors[k].older; });
    if (at != ends.begin()) before[i] = *(at - 1);
    if (at == ends.end())
      ends.push_back(i);
    else
      *at = i;
  }
  std::vector<Anchor> row;
  for (auto i = ends.empty() ? SIZE_MAX : ends.back(); i != SIZE_MAX; i = before[i]) row.push_back(anchors[i]);
  std::ranges::reverse(row);
  return row;
}

std::vector<Anchor> anchors_of(Bytes older, Bytes newer) {
  const auto newer_chunks = chunks_of(newer);
  const auto were = once(older, chunks_of(older)), are = once(newer, newer_chunks);
  std::vector<Anchor> anchors{{0, 0, 0}};
  for (const auto& chunk : newer_chunks) {
    const auto text = text_of(newer, chunk);
    const auto was = were.find(text);
    if (was != were.end() && are.contains(text)) anchors.push_back({was->second, chunk.begin, chunk.size});
  }
  anchors = rising(anchors);
  anchors.push_back({older.size(), newer.size(), 0});  // what both end with belongs together
  return anchors;
}

}  // namespace

Patch patch_of(Bytes older, Bytes newer) {
  Patch patch;
  std::size_t taken = 0, said = 0;  // of the older and of the newer half
  for (const auto& anchor : anchors_of(older, newer)) {
    auto from = anchor.older, to = anchor.newer;
    if (to < said || from < taken) continue;  // it was grown over already
    while (from > taken && to > said && older[from - 1] == newer[to - 1]) --from, --to;
    auto end = anchor.newer + anchor.size;
    auto old_end = anchor.older + anchor.size;
    while (end < newer.size() && old_end < older.size() && older[old_end] == newer[end]) ++end, ++old_end;
    if (end - to < least_copy) continue;
    if (!patch.empty() && to == said && from == taken) {
      patch.back().size += end - to;
    } else {
      patch.push_back({newer.subspan(said, to - said), from, end - to});
    }
    taken = old_end;
    said = end;
  }
  if (said < newer.size()) patch.push_back({newer.subspan(said), taken, 0});
  return patch;
}

bool apply(const Patch& patch, Bytes older, std::vector<std::byte>& newer) {
  std::uint64_t taken = 0;
  for (const auto& step : patch) {
    if (step.begin < taken || step.begin > older.size() || step.size > older.size() - step.begin) return false;
    newer.insert(newer.end(), step.fresh.begin(), step.fresh.end());
    const auto copied = older.subspan(step.begin, step.size);
    newer.insert(newer.end(), copied.begin(), copied.end());
    taken = step.begin + step.size;
  }
  return true;
}

}  // namespace writ::bundle
