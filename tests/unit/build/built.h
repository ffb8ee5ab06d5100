// Bundles of a folder, built and opened, for the tests of building.
#pragma once

#include "compiler/build/build.h"
#include "tests/support/folder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace writ::building {

using Bytes = std::vector<std::byte>;
using Opened = std::shared_ptr<const bundle::Bundle>;

inline Built build(const support::Folder& folder, const Opened& known = nullptr) {
  BuildOptions options;
  options.known = known;
  return build_policy(folder.path().string(), options);
}
inline std::string problems(const Built& built) {
  return render_pretty(built.loaded.diagnostics.sorted(), built.loaded.sources, {});
}
inline Opened open(const Built& built) {
  INFO(problems(built));
  REQUIRE(built.ok());
  bundle::Manifest manifest;
  manifest.interface = built.interface;
  const auto bytes = std::make_shared<Bytes>();
  REQUIRE(!bundle::write(built.builder->pieces(manifest), *bytes));
  bundle::Problem problem;
  auto opened = bundle::Bundle::open(*bytes, bytes, problem);
  INFO(text_of(problem));
  REQUIRE(opened);
  CHECK(text_of(opened->check_all()) == "none: ");
  return opened;
}
inline bool same(const Opened& one, const Opened& other) { return std::ranges::equal(one->bytes(), other->bytes()); }

}  // namespace writ::building
