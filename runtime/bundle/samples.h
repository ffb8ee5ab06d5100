// Questions that a bundle carries, with what is to be decided: some of the tests that its policy was written with, or all of them when they are
// few. Who is about to serve it asks them first; a compiler, an engine or a machine that means something else by its parts is found there, before
// anybody logs in.
#pragma once

#include "runtime/bundle/problem.h"
#include "runtime/program/value.h"

#include <cstddef>
#include <span>
#include <vector>

namespace writ::bundle {

struct Sample {
  NamedRequest request;
  Effect effect{};
  Fault fault{};
  bool operator==(const Sample&) const = default;
};
inline constexpr std::size_t max_samples = 256;
inline constexpr std::size_t max_sample_bytes = 256u << 10;  // of all of them

std::vector<std::byte> encode(const std::vector<Sample>& samples);  // aligned
Problem decode(std::span<const std::byte> bytes, std::vector<Sample>& samples);

}  // namespace writ::bundle
