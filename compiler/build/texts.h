// What each tenant of a policy set is made from, as digests: who compares them with those of an older bundle knows what to compile, without
// parsing anything. A tenant with many organizations is told in pieces: each of them, where it is in nobody's program, and the rest.
#pragma once

#include "compiler/load/apart.h"
#include "runtime/bundle/codec.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::build {

// Fewer organizations than these are compiled with their tenant sooner than told apart.
inline constexpr std::size_t least_organizations = 16;

struct Text {
  std::vector<bundle::Source> files;  // of each piece, in order
  bundle::Digest digest{};  // of everything: equal, and outside of tenants nothing differs, then the part is equal
  // Where it has organizations enough that can be told apart, and each once; else nothing.
  bundle::Digest rest{};
  std::map<std::string, bundle::OrganizationDigest> organizations;  // by name
  std::set<std::string> mentioned;                                  // of these, those that the rest may speak of
};
using Texts = std::map<std::string, Text>;  // by the tenant's name

Texts texts_of(const load_detail::Apart& apart);

// What is to be kept of a part in the next bundle, to be found again.
bundle::Origin origin_of(const Text& text, const program::Part& part);

}  // namespace writ::build
