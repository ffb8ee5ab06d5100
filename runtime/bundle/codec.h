// Parts and shapes as bytes and back.
#pragma once

#include "runtime/bundle/bytes.h"
#include "runtime/bundle/problem.h"

#include <string>
#include <utility>
#include <vector>

namespace writ::bundle {

// A source file and what was in it.
using Source = std::pair<std::string, Digest>;

// What a part was made from. Of a tenant with many organizations each has a digest of its own, so that who builds the next bundle sees which of
// them changed; those that stand in a program, or whose text was not told apart, have none (zero).
using OrganizationDigest = std::array<std::uint8_t, 16>;  // the first half of a SHA-256
struct Origin {
  std::vector<Source> files{};
  Digest rest{};                                    // of all of its text but those organizations
  std::vector<OrganizationDigest> organizations{};  // parallel to the part's, or empty
};

struct Encoded {
  std::vector<std::byte> hot, cold;
};
// A part without its version, which is the bundle's.
Encoded encode(const program::Part& part, const Origin& origin, const KeyOf& key_of);
std::vector<std::byte> encode(const program::Shape& shape);

// `hot` begins at a multiple of 8. The part's rows are those of `hot`: it must outlive the part (Part::keeper). Whether it may serve is left to
// program::verify.
Problem decode(std::span<const std::byte> hot, std::span<const std::byte> cold, const ShapeOf& shape_of,
               program::Part& part);
Problem decode(std::span<const std::byte> bytes, program::Shape& shape);
// The beginning of a cold half alone.
Problem decode_origin(std::span<const std::byte> cold, Origin& origin);
// The names in a hot half that no other part may answer to.
Problem decode_claims(std::span<const std::byte> hot, std::vector<std::string>& hosts,
                      std::vector<std::string>& issuers);

// Which shapes a hot half names.
Problem decode_shapes(std::span<const std::byte> hot, std::vector<program::ShapeKey>& keys);

// SHA-256 over all that numbers in a part and a shape refer to: facts, ops, strategies, grants and other words. Parts made with other words are
// not read.
const Digest& vocabulary();

}  // namespace writ::bundle
