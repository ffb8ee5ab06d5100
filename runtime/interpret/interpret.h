// The interpreter: what a program does, in the plainest way. Machine code must give the same answers; where none can be had, this serves.
#pragma once

#include "runtime/program/frame.h"

#include <vector>

namespace writ {

// One value a node. Kept by whoever decides, and reused: `prepare` allocates only when a shape is larger than those before.
class Registers {
 public:
  void prepare(const program::Shape& shape) {
    if (values_.size() < shape.nodes.size()) values_.resize(shape.nodes.size());
  }
  bool hold(const program::Shape& shape) const { return values_.size() >= shape.nodes.size(); }
  program::Slot& operator[](std::size_t node) { return values_[node]; }
  const program::Slot& operator[](program::NodeId node) const { return values_[static_cast<std::size_t>(node)]; }
  program::Slot* data() { return values_.data(); }

 private:
  std::vector<program::Slot> values_;
};

// Computes every node of a shape that verifies, on a row that verifies, into `registers`, which must be prepared for it, and sets the bits of
// `outcome`, whose words are zero. Allocates nothing (but see builtins.cpp on regular expressions); time is linear in nodes times the sizes
// of the sets looped over.
void interpret(const program::Shape& shape, const program::Frame& frame, const program::Outcome& outcome,
               Registers& registers) noexcept;

}  // namespace writ
