// Writing a bundle: the same pieces, in whatever order they come, are the same bytes.
#pragma once

#include "runtime/bundle/bundle.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace writ::bundle {

// Bytes are borrowed: they must outlive the writing.
struct PartBytes {
  std::string id;
  std::span<const std::byte> hot, cold;
  Digest hot_hash{}, cold_hash{}, sources{};
};
struct ShapeBytes {
  program::ShapeKey key{};
  std::span<const std::byte> bytes;
  Digest hash{};
};
struct Pieces {
  Manifest manifest;  // vocabulary and state are set by who writes
  std::vector<PartBytes> parts;
  std::vector<ShapeBytes> shapes;
  std::span<const std::byte> samples{};  // as encode(samples) gives them; empty: none
};
PartBytes part_of(const Bundle& bundle, std::size_t index);
ShapeBytes shape_of(const Bundle& bundle, const ShapeRow& row);

Digest state_of(std::span<const PartBytes> parts);  // by wire id

// Gives the bytes, without signatures, to `sink`, one piece after the other. Refused are two parts of one id, two of one claim, and what a reader
// would refuse for its size.
using Sink = std::function<void(std::span<const std::byte>)>;
Problem write(Pieces pieces, const Sink& sink, Digest* root = nullptr);
Problem write(Pieces pieces, std::vector<std::byte>& bytes);

// Whole or not at all: beside its place, brought to disk, renamed. With these signatures at the end.
Problem write_file(const std::string& path, std::span<const std::byte> body, std::vector<Signature> signatures);
Problem write_file(const std::string& path, Pieces pieces,
                   const std::function<Problem(const Digest& root, std::vector<Signature>&)>& sign);

}  // namespace writ::bundle
