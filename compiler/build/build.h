// A policy set to the pieces of a bundle: load, check, lower, encode, on all cores; and of tenants that an older bundle has, compiled from the same
// text, nothing of it.
//
// A tenant depends on its own text and on what stands outside of tenants (the interface: platform, shared clients, templates). While the interface
// is the same, to the letter and the line, a tenant of the same text on the same lines is taken from the older bundle as it is. What comes out is
// the same bytes either way. Of a tenant with many organizations of which only such changed as no program knows of (docs/decisions/0021), those
// are compiled and the others taken. Of the tests some are run and carried along (samples.h), so that who serves the bundle can ask them first; `writ
// check` and `writ test` are for the others, and for proofs.
#pragma once

#include "compiler/load/load.h"
#include "runtime/bundle/builder.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace writ {

struct BuildOptions {
  Limits limits{};
  std::shared_ptr<const bundle::Bundle> known;  // judged by who gives it; null: everything is compiled
  std::function<void(std::size_t done, std::size_t of)> progress;  // tenants
};

struct Built {
  Loaded loaded;  // its diagnostics say what is wrong; then there is nothing else
  std::unique_ptr<bundle::Builder> builder;
  bundle::Digest interface{};
  std::size_t compiled = 0, kept = 0;  // tenants, whole
  std::size_t pieced = 0,
              organizations = 0;  // tenants of which some organizations were compiled and the rest kept; how many
  bundle::Problem not_kept;       // why nothing was taken from the older bundle, where it is not whole
  std::size_t questions = 0;      // of its tests, carried along
  std::string not_asked;          // why none are, though there are tests
  bool ok() const { return !loaded.diagnostics.has_errors(); }
};

// `path`: a file, a folder, or `-`.
Built build_policy(const std::string& path, const BuildOptions& options);

}  // namespace writ
