#include "runtime/bundle/builder.h"

#include <algorithm>

namespace writ::bundle {

program::ShapeKey Builder::key_of(const std::shared_ptr<const program::Shape>& shape) {
  auto bytes = encode(*shape);
  const auto hash = digest_of(bytes);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = keys_.find(hash); known != keys_.end()) return known->second;
  }
  const auto key = program::key_of(*shape);
  const std::lock_guard lock(mutex_);
  if (keys_.emplace(hash, key).second && !shapes_.contains(key)) {
    shape_bytes_.push_back(std::move(bytes));
    shapes_.emplace(key, ShapeBytes{key, shape_bytes_.back(), hash});
  }
  return key;
}

void Builder::add(const program::Part& part, const Origin& origin, const Digest& sources) {
  auto made = encode(part, origin, [this](const auto& shape) { return key_of(shape); });
  made.hot.shrink_to_fit();
  made.cold.shrink_to_fit();
  PartBytes bytes{part.id, {}, {}, digest_of(made.hot), digest_of(made.cold), sources};
  const std::lock_guard lock(mutex_);
  encoded_.push_back(std::move(made));
  bytes.hot = encoded_.back().hot;
  bytes.cold = encoded_.back().cold;
  parts_.push_back(std::move(bytes));
}

Problem Builder::keep(std::shared_ptr<const Bundle> bundle, std::size_t index) {
  if (auto problem = bundle->check(index)) return problem;
  std::vector<program::ShapeKey> keys;
  if (auto problem = decode_shapes(bundle->hot(index), keys)) return problem;
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) {
    if (shapes_.contains(key)) continue;
    const auto rows = bundle->shapes();
    const auto found = std::ranges::lower_bound(rows, key, {}, &ShapeRow::key);
    if (found == rows.end() || found->key != key)
      return {Reason::missing_shape, "shape " + to_hex(key) + " is not in it"};
    const auto shape = shape_of(*bundle, *found);
    if (digest_of(shape.bytes) != shape.hash)
      return {Reason::damaged, "shape " + to_hex(key) + " is not that which was named"};
    shapes_.emplace(key, shape);
  }
  parts_.push_back(part_of(*bundle, index));
  kept_.insert(std::move(bundle));
  return {};
}

Pieces Builder::pieces(Manifest manifest) const {
  const std::lock_guard lock(mutex_);
  Pieces made{std::move(manifest), parts_, {}, samples_};
  for (const auto& [key, shape] : shapes_) made.shapes.push_back(shape);
  return made;
}

}  // namespace writ::bundle
