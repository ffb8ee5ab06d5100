#include "runtime/password/fuse.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace writ::password {

namespace {

// The authors' formulas for three places. Small sets need more room than 1.125 places a key.
FuseShape shape_for(std::size_t keys, double enlarged) {
  const double n = static_cast<double>(std::max<std::size_t>(keys, 2));
  const int log_length = std::min(18, static_cast<int>(std::floor(std::log(n) / std::log(3.33) + 2.25)));
  const double factor = std::max(1.125, 0.875 + 0.25 * std::log(1e6) / std::log(n)) * enlarged;
  FuseShape shape;
  shape.segment_length = std::uint32_t{1} << log_length;
  const auto segments = static_cast<std::uint32_t>(std::ceil(n * factor / shape.segment_length));
  shape.segment_count = segments > 2 ? segments - 2 : 1;
  return shape;
}

// What is known of a place: how many keys need it, their hashes and which of their three places it is, xored together. With
// one key left these are that key's.
struct Place {
  std::uint64_t hashes = 0;
  std::uint32_t count = 0, which = 0;
};
struct Taken {
  std::uint64_t hash;
  std::uint32_t which;
};

// The keys in an order in which each has a place that no later one needs; shorter than the keys when there is none.
std::vector<Taken> order_of(std::span<const std::uint64_t> keys, const FuseShape& shape) {
  std::vector<Place> places(shape.places());
  for (const std::uint64_t key : keys) {
    const std::uint64_t hash = mixed(key + shape.seed);
    const FusePlaces three = fuse_places_of_hash(hash, shape);
    for (std::uint32_t i = 0; i < 3; ++i) {
      Place& place = places[three.at[i]];
      place.hashes ^= hash;
      place.which ^= i;
      ++place.count;
    }
  }
  std::vector<std::uint64_t> alone;
  for (std::uint64_t at = 0; at < places.size(); ++at)
    if (places[at].count == 1) alone.push_back(at);
  std::vector<Taken> order;
  order.reserve(keys.size());
  while (!alone.empty()) {
    const Place place = places[alone.back()];
    alone.pop_back();
    if (place.count != 1) continue;  // it was taken from another of its places meanwhile
    order.push_back({place.hashes, place.which});
    const FusePlaces three = fuse_places_of_hash(place.hashes, shape);
    for (std::uint32_t i = 0; i < 3; ++i) {
      Place& other = places[three.at[i]];
      other.hashes ^= place.hashes;
      other.which ^= i;
      if (--other.count == 1) alone.push_back(three.at[i]);
    }
  }
  return order;
}

}  // namespace

std::optional<Fuse> make_fuse(std::span<const std::uint64_t> keys, std::uint64_t salt) {
  constexpr int tries = 64;
  for (int i = 0; i < tries; ++i) {
    Fuse fuse;
    fuse.shape = shape_for(keys.size(), 1 + i / 16 * 0.1);
    fuse.shape.seed = mixed(salt * tries + static_cast<std::uint64_t>(i) + 1);
    const std::vector<Taken> order = order_of(keys, fuse.shape);
    if (order.size() != keys.size()) continue;
    fuse.fingerprints.assign(fuse.shape.places(), 0);
    for (auto taken = order.rbegin(); taken != order.rend(); ++taken) {
      const FusePlaces three = fuse_places_of_hash(taken->hash, fuse.shape);
      std::uint32_t value = three.fingerprint;
      for (std::uint32_t j = 0; j < 3; ++j)
        if (j != taken->which) value ^= fuse.fingerprints[three.at[j]];
      fuse.fingerprints[three.at[taken->which]] = value;
    }
    return fuse;
  }
  return std::nullopt;
}

}  // namespace writ::password
