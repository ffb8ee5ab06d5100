// A policy's parts into a bundle and out of it: the same programs, names, places and messages, to the byte and to the hash.
#pragma once

#include "compiler/check/model.h"
#include "compiler/lower/lower.h"
#include "runtime/bundle/builder.h"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace writ::support {

inline std::string written(const program::Part& part) {
  const auto made = bundle::encode(part, {}, [](const auto& shape) { return program::key_of(*shape); });
  std::string text(reinterpret_cast<const char*>(made.hot.data()), made.hot.size());
  return text.append(reinterpret_cast<const char*>(made.cold.data()), made.cold.size());
}

// How many parts went there and came back.
inline std::size_t round_trip(const std::vector<program::Part>& parts) {
  bundle::Builder builder;
  for (const auto& part : parts) builder.add(part);
  const auto bytes = std::make_shared<std::vector<std::byte>>();
  const auto wrong = bundle::write(builder.pieces({}), *bytes);
  INFO(text_of(wrong));
  REQUIRE(!wrong);
  bundle::Problem problem;
  const auto opened = bundle::Bundle::open(*bytes, bytes, problem);
  INFO(text_of(problem));
  REQUIRE(opened);
  CHECK(text_of(opened->check_all()) == "none: ");
  for (const auto& part : parts) {
    const auto place = opened->find(part.id);
    REQUIRE(place);
    program::Part out;
    REQUIRE(text_of(opened->part(*place, out)) == "none: ");
    CHECK(out.hash == part.hash);
    CHECK(program::hash_of(out) == part.hash);
    CHECK(written(out) == written(part));
    for (std::size_t i = 0; i < action_count; ++i) {
      CHECK(*out.programs[i].shape == *part.programs[i].shape);
      CHECK(out.programs[i].row == part.programs[i].row);
      CHECK(out.programs[i].entries == part.programs[i].entries);
      REQUIRE(out.programs[i].rules.size() == part.programs[i].rules.size());
      for (std::size_t k = 0; k < out.programs[i].rules.size(); ++k) {
        CHECK(out.programs[i].rules[k].place == part.programs[i].rules[k].place);
        CHECK(out.programs[i].rules[k].message == part.programs[i].rules[k].message);
      }
    }
  }
  return parts.size();
}

inline std::vector<program::Part> lowered(const model::Policy& policy, const SourceSet& sources) {
  std::vector<program::Part> parts;
  for (const auto& tenant : policy.tenants) parts.push_back(lower_tenant(tenant, sources));
  return parts;
}

}  // namespace writ::support
