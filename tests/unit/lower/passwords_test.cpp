// Password policies lowered by themselves: models made by hand.
#include "compiler/lower/passwords.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using Kind = tree::Requirement::Kind;

struct Made {
  model::Tenant tenant;
  SourceSet sources;

  explicit Made(std::string name = "acme") {
    tenant.structure.id = tenant.structure.name = std::move(name);
    tenant.passwords.emplace_back();
  }
  tree::Requirement& add(Kind kind, std::optional<std::int64_t> low = {}, std::optional<std::int64_t> high = {},
                         std::string origin = "platform floor x") {
    model::PasswordRequirement one;
    one.requirement.kind = kind;
    one.requirement.low = low;
    one.requirement.high = high;
    one.origin = std::move(origin);
    tenant.passwords[0].requirements.push_back(std::move(one));
    return tenant.passwords[0].requirements.back().requirement;
  }
  program::PasswordProgram lowered() const { return lower::passwords(tenant, sources).at(0); }
};

std::string checks(const program::PasswordProgram& program) {
  std::string text;
  for (const auto& one : program.requirements)
    text += std::string(password_check_names[static_cast<std::size_t>(one.check)]) + " ";
  return text;
}

}  // namespace

TEST_CASE("each bound is a rule that refuses, and the shape verifies") {
  Made made;
  made.add(Kind::length, 8, 64);
  made.add(Kind::classes, 3).class_mask = 15;
  made.add(Kind::reject_common);
  made.add(Kind::reject_common, 3000);
  made.add(Kind::reject_words).words = {{"a", {}}, {"b", {}}};
  made.add(Kind::reject_contains).words = {{"username", {}}, {"email", {}}};
  made.add(Kind::max_age, 5);
  made.add(Kind::normalize);
  const auto program = made.lowered();
  CHECK(checks(program) == "length.min length.max classes common common words username email ");
  CHECK(program.shape->rules.size() == program.requirements.size());
  CHECK(program.others.size() == 2);
  CHECK(program.normalize);
  CHECK(program::verify(*program.shape) == "");
  CHECK(program::verify(*program.shape, program.row.bytes()) == "");
}

TEST_CASE("a fact is read once, and words are folded") {
  Made made;
  made.add(Kind::length, 8);
  made.add(Kind::length, 12);
  made.add(Kind::reject_words).words = {{"STRAẞE", {}}};
  const auto program = made.lowered();
  CHECK(program::print(*program.shape) == R"(shape password
$0 integer
$1 integer
$2 string
%0 = fact.int password.length
%1 = const.int $0
%2 = lt.int %0 %1
%3 = const.int $1
%4 = lt.int %0 %3
%5 = fact.string password.folded
%6 = const.string $2
%7 = contains %5 %6
%8 = or %7
deny %2
deny %4
deny %8
)");
  CHECK(program::print(*program.shape, program.row.bytes()).find("straße") != std::string::npos);
}

TEST_CASE("requirements are ordered by kind, then platform, shared clients, tenant, whatever its name") {
  for (const auto* name : {"acme", "zeta", "a"}) {
    Made made(name);
    made.add(Kind::length, 1, {}, std::string(name) + " connection x");
    made.add(Kind::length, 2, {}, "client console");
    made.add(Kind::length, 3, {}, "platform floor y");
    made.add(Kind::max_repeats, 4, {}, "platform floor y");
    std::string order;
    for (const auto& one : made.lowered().requirements) order += std::to_string(one.numbers[0]);
    CHECK(order == "3214");
  }
}
