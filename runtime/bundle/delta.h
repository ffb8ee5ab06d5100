// What changed between two bundles: changed and added parts, the names of those that went, shapes that came and went, and the new manifest. Of a
// changed part each half is what changed in it, where that is less.
//
// A delta is carried and never trusted by itself. It is laid over the one bundle it was made from, which it names by its root, and what comes
// out is the other bundle to the byte: it has the root that the delta names, and the signatures of the delta are signatures of that root. So
// whatever is wrong with a delta, what comes out is refused; nothing is missing from it that was not signed away.
#pragma once

#include "runtime/bundle/patch.h"
#include "runtime/bundle/write.h"

#include <memory>
#include <vector>

namespace writ::bundle {

// Half of a part: its bytes, or what changed in the one that the base has. Both are the delta's.
struct Half {
  bool patched = false;
  std::span<const std::byte> bytes;
  Patch patch;
};
struct ChangedPart {
  std::string id;
  Digest sources{};
  Half hot, cold;
};

struct Delta {
  Manifest manifest;  // of what comes out
  Digest base{}, root{};
  std::vector<std::string> removed;
  std::vector<program::ShapeKey> shapes_removed;
  std::vector<ChangedPart> parts;  // and added ones
  std::vector<ShapeBytes> shapes;  // added
  bool same_samples = false;       // those of the base; else these
  std::span<const std::byte> samples{};
  std::vector<Signature> signatures;
};

// `to` is read whole and must be sound. Without signatures where `to` has none.
std::vector<std::byte> make_delta(const Bundle& from, const Bundle& to);
// With other signatures behind it.
std::vector<std::byte> with_signatures(std::span<const std::byte> delta, const std::vector<Signature>& signatures);
bool is_delta(std::span<const std::byte> bytes);
Problem read_delta(std::span<const std::byte> bytes, Delta& delta, const Limits& limits = {});
// The bundle that comes out, with the delta's signatures. Its root is the one named; who signed it is left to `judge`.
std::shared_ptr<const Bundle> apply(const Bundle& base, std::span<const std::byte> delta, Problem& problem,
                                    const Limits& limits = {});

}  // namespace writ::bundle
