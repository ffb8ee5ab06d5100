// From parts to the pieces of a bundle, by any number of threads at a time. What comes out does not depend on who came first.
#pragma once

#include "runtime/bundle/write.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace writ::bundle {

class Builder {
 public:
  void add(const program::Part& part, const Origin& origin = {}, const Digest& sources = {});
  // A part as it is in another bundle, which is kept; what is not as its head says is refused.
  Problem keep(std::shared_ptr<const Bundle> bundle, std::size_t index);
  // Questions to carry along.
  void ask(const std::vector<Sample>& samples) {
    samples_ = samples.empty() ? std::vector<std::byte>() : encode(samples);
  }
  Pieces pieces(Manifest manifest) const;
  std::size_t size() const { return parts_.size(); }

 private:
  program::ShapeKey key_of(const std::shared_ptr<const program::Shape>& shape);

  mutable std::mutex mutex_;
  std::deque<Encoded> encoded_;
  std::vector<PartBytes> parts_;
  std::map<Digest, program::ShapeKey> keys_;  // of shapes by their bytes: printing one for its key is dear
  std::deque<std::vector<std::byte>> shape_bytes_;
  std::map<program::ShapeKey, ShapeBytes> shapes_;
  std::set<std::shared_ptr<const Bundle>> kept_;
  std::vector<std::byte> samples_;
};

}  // namespace writ::bundle
