// Deltas: laid over their base they are the other bundle to the byte; anything else is refused, and nothing goes missing.
#include "tests/unit/bundle/world.h"

#include <map>
#include <random>

using namespace writ;
using namespace writ::bundle_world;

namespace {

Bytes changed_to(const std::vector<program::Part>& parts, std::uint64_t version) {
  return bytes_of(parts, manifest(version), {&key(0)});
}

Opened applied(const Opened& base, const Bytes& delta, Problem& problem) { return apply(*base, delta, problem); }

}  // namespace

TEST_CASE("applying a delta is the other bundle to the byte, signatures included") {
  auto parts = platform();
  const auto before = open(changed_to(parts, 1));
  parts[0] = plain("acme", "other.example");
  parts.erase(parts.begin() + 1);
  parts.push_back(plain("dune", "dune.example"));
  const auto after = open(changed_to(parts, 2));
  const auto delta = make_delta(*before, *after);
  Problem problem;
  const auto out = applied(before, delta, problem);
  INFO(text_of(problem));
  REQUIRE(out);
  CHECK(std::ranges::equal(out->bytes(), after->bytes()));
  CHECK(judge(*out, trust({0}), now).reason == Reason::none);
  Delta read;
  REQUIRE(!read_delta(delta, read));
  CHECK(read.removed == std::vector<std::string>{"bolt"});
  CHECK(read.parts.size() == 2);
  CHECK(delta.size() < after->bytes().size());
}

TEST_CASE("random edits: a chain of deltas is the same as building whole each time") {
  std::mt19937 random(11);
  const auto any = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  std::map<std::string, program::Part> parts;
  auto standing = open(bytes_of({}, manifest(1)));
  for (std::uint64_t version = 2; version < 60; ++version) {
    for (auto edits = any(4); edits > 0; --edits) {
      const auto id = "t" + std::to_string(any(12));
      switch (any(3)) {
      case 0: parts.erase(id); break;
      case 1: parts[id] = plain(id, "d" + std::to_string(any(5)) + ".example"); break;
      default: parts["rich"] = rich(); break;
      }
    }
    std::vector<program::Part> all;
    for (const auto& [id, part] : parts) all.push_back(part);
    const auto whole = open(bytes_of(all, manifest(version), {&key(version % 4)}));
    Problem problem;
    const auto out = applied(standing, make_delta(*standing, *whole), problem);
    INFO(version << " " << text_of(problem));
    REQUIRE(out);
    REQUIRE(std::ranges::equal(out->bytes(), whole->bytes()));
    REQUIRE(out->manifest().state == whole->manifest().state);
    REQUIRE(!out->check_all());
    standing = out;
  }
}

TEST_CASE("a delta of another base is refused, the newer one included") {
  const auto one = open(changed_to(platform(), 1)), two = open(changed_to({rich()}, 2)),
             three = open(changed_to({}, 3));
  Problem problem;
  const auto delta = make_delta(*one, *two);
  for (const auto& base : {two, three}) {
    CHECK(!applied(base, delta, problem));
    CHECK(problem.reason == Reason::wrong_base);
  }
}

TEST_CASE("a delta that is empty, cut or changed anywhere removes nothing") {
  const auto before = open(changed_to(platform(), 1)), after = open(changed_to({rich()}, 2));
  const auto delta = make_delta(*before, *after);
  const auto who = trust({0});
  for (std::size_t size = 0; size < delta.size(); ++size) {
    Problem problem;
    INFO(size);
    REQUIRE(!applied(before, {delta.begin(), delta.begin() + static_cast<std::ptrdiff_t>(size)}, problem));
    REQUIRE((problem.reason == Reason::truncated || problem.reason == Reason::malformed));
  }
  for (std::size_t at = 0; at < delta.size(); ++at) {
    auto changed = delta;
    changed[at] ^= std::byte{0x41};
    Problem problem;
    const auto out = applied(before, changed, problem);
    if (out) problem = judge(*out, who, now);
    INFO(at);
    REQUIRE(problem);
  }
}

TEST_CASE("a delta that leaves out what was removed, or removes more, does not come out") {
  const auto before = open(changed_to(platform(), 1)), after = open(changed_to({rich()}, 2));
  const auto less = open(changed_to({rich(), plain("acme", "acme.example")}, 2));
  // The manifest and root of one with the changes of another.
  auto delta = make_delta(*before, *less);
  const auto good = make_delta(*before, *after);
  std::copy_n(good.begin() + 56, 32, delta.begin() + 56);
  Problem problem;
  CHECK(!applied(before, delta, problem));
  CHECK(problem.reason == Reason::damaged);
}

TEST_CASE("a bundle is no delta and a delta no bundle") {
  const auto before = open(changed_to(platform(), 1));
  const auto delta = make_delta(*before, *before);
  CHECK(is_delta(delta));
  CHECK(!is_delta(before->bytes()));
  Problem problem;
  CHECK(!open(delta, problem));
  CHECK(problem.reason == Reason::not_a_bundle);
  CHECK(!applied(before, {before->bytes().begin(), before->bytes().end()}, problem));
  CHECK(problem.reason == Reason::not_a_bundle);
}

TEST_CASE("a delta of one organization among hundreds is small; changed anywhere, it is refused or does nothing") {
  auto part = [](std::size_t renamed) {
    PartBuilder made("many");
    made.connection("users", "database");
    made.client("web", ClientType::web, {0});
    for (std::size_t i = 0; i < 300; ++i) {
      const auto number = std::to_string(1'000 + i);
      auto& organization = made.organization("org-" + number, {0});
      organization.title = (i == renamed ? "Another " : "Organization ") + number;
      organization.domains = {"org-" + number + ".example"};
    }
    return made.build(0);
  };
  const auto before = open(changed_to({part(1'000)}, 1)), after = open(changed_to({part(150)}, 2));
  const auto delta = make_delta(*before, *after);
  CHECK(delta.size() < 1'000);
  CHECK(after->bytes().size() > 10'000);
  Problem problem;
  const auto out = applied(before, delta, problem);
  REQUIRE(out);
  CHECK(std::ranges::equal(out->bytes(), after->bytes()));
  const auto who = trust({0});
  for (std::size_t at = 0; at < delta.size(); ++at)
    for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xff}}) {
      auto changed = delta;
      changed[at] ^= flip;
      Problem wrong;
      const auto made = applied(before, changed, wrong);
      if (made) wrong = judge(*made, who, now);
      INFO(at);
      REQUIRE((wrong || std::ranges::equal(made->bytes(), after->bytes())));
    }
  // The base has no such tenant.
  auto missing = applied(open(changed_to({}, 1)), delta, problem);
  CHECK(!missing);
}
