// What is left of a program: its form here; that it decides what the whole program does is seen by tests/agree.
#include "runtime/program/remainder.h"

#include <string>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::program;

namespace {

Shape shape_of(const std::string& text) {
  std::string error;
  const auto shape = read_shape(text, error);
  INFO(error);
  REQUIRE(shape);
  INFO(verify(*shape));
  REQUIRE(verify(*shape).empty());
  return *shape;
}

Remainder remainder(const std::string& text) {
  auto found = remainder_of(shape_of(text));
  REQUIRE(found);
  INFO(print(found->shape));
  REQUIRE(verify(found->shape).empty());
  return *std::move(found);
}

std::vector<NodeId> nodes(std::initializer_list<std::uint32_t> ids) {
  std::vector<NodeId> all;
  for (const auto id : ids) all.push_back(NodeId{id});
  return all;
}

}  // namespace

TEST_CASE("what rests on texts is a bit, numbers and addresses are left") {
  const auto rest = remainder(R"(shape login
$0 string
$1 cidrs
$2 integer
%0 = fact.string user.email
%1 = const.string $0
%2 = eq.string %0 %1
%3 = fact.ip request.ip
%4 = in.cidrs %3 $1
%5 = and %2 %4
%6 = fact.int session.mfa_age
%7 = const.int $2
%8 = gt.int %6 %7
%9 = or %5 %8
allow %9
)");
  CHECK(print(rest.shape) == R"(shape login prepared
$0 string
$1 cidrs
$2 integer
%0 = const.int $2
%1 = has #0
%2 = fact.ip #0
%3 = in.cidrs %2 $1
%4 = and %1 %3
%5 = fact.int #1
%6 = gt.int %5 %0
%7 = or %4 %6
allow %7
)");
  CHECK(rest.bits == nodes({2}));
  CHECK(rest.slots == nodes({3, 6}));
}

TEST_CASE("the outcome of a rule that is known has the bit that the decision has") {
  const auto rest = remainder(R"(shape login
$0 integer
%0 = fact.int session.mfa_age
%1 = const.int $0
%2 = gt.int %0 %1
%3 = fact.bool user.blocked
%4 = not %3
%5 = and %2 %3
deny %2
deny %3
allow %4
deny %5
)");
  CHECK(rest.bits == std::vector{Remainder::nothing, NodeId{3}, NodeId{4}, Remainder::nothing});
  CHECK(rest.shape.nodes[static_cast<std::size_t>(rest.shape.rules[1].fired)] == Node{Op::has_fact, 1});
  CHECK(rest.shape.nodes[static_cast<std::size_t>(rest.shape.rules[2].fired)] == Node{Op::has_fact, 2});
}

TEST_CASE("a loop is known, with the numbers that it reads") {
  const auto rest = remainder(R"(shape login
$0 string
$1 integer
%0 = fact.set user.groups
%1 = fact.int session.mfa_age
%2 = const.int $1
%3 = gt.int %1 %2
%4 = const.string $0
%5 = each %0 0 %9
%6 = element 0
%7 = eq.string %6 %4
%8 = and %7 %3
%9 = any %5 %8
%10 = and %9 %3
allow %10
)");
  CHECK(rest.slots.empty());
  CHECK(rest.bits == nodes({10}));
}

TEST_CASE("so is a text with the number that it is chosen by, and what is left reads both") {
  const auto rest = remainder(R"(shape login
$0 string
$1 integer
$2 string
%0 = fact.int request.time
%1 = const.int $1
%2 = gt.int %0 %1
%3 = const.string $0
%4 = const.string $2
%5 = select.string %2 %3 %4
%6 = fact.string user.email
%7 = eq.string %5 %6
%8 = fact.int session.mfa_age
%9 = gt.int %8 %1
%10 = and %7 %9
%11 = gt.int %8 %0
allow %10
deny %11
)");
  CHECK(rest.bits == std::vector{NodeId{7}, Remainder::nothing});
  CHECK(rest.slots == nodes({0, 8}));
}

TEST_CASE("entries are the whole program's, and so is their order") {
  const auto rest = remainder(R"(shape login
%0 = and
%1 = fact.bool session.mfa
%2 = connection
%3 = fact.int session.mfa_age
%4 = lt.int %3 %2
entry %1 %4
allow %0
require %0 entry 0
)");
  REQUIRE(rest.shape.entries.size() == 1);
  CHECK(rest.shape.entries[0].satisfied.size() == 2);
  CHECK(rest.shape.rules[1].entry == 0);
  CHECK(rest.bits == std::vector{NodeId{0}, NodeId{1}});
  CHECK(rest.slots == nodes({2, 3}));
}

TEST_CASE("there is none of more rules or entries than a decision has masks for") {
  std::string rules = "shape login\n%0 = and\n";
  for (int i = 0; i < 128; ++i) rules += "allow %0\n";
  CHECK(remainder_of(shape_of(rules)));
  CHECK_FALSE(remainder_of(shape_of(rules + "deny %0\n")));
  std::string entries = "shape login\n%0 = and\n";
  for (int i = 0; i < 64; ++i) entries += "entry %0\n";
  CHECK(remainder_of(shape_of(entries)));
  CHECK_FALSE(remainder_of(shape_of(entries + "entry %0\n")));
}

TEST_CASE("a prepared shape reads bits, numbers and addresses, and no names") {
  std::string error;
  const auto wrong = [&](const std::string& line) {
    const auto shape = read_shape("shape login prepared\n" + line, error);
    REQUIRE(shape);
    return verify(*shape);
  };
  CHECK(wrong("%0 = has #3\nallow %0\n").empty());
  CHECK(wrong("%0 = fact.int #3\n").empty());
  CHECK(wrong("%0 = fact.ip #3\n").empty());
  CHECK(wrong("%0 = fact.string #3\n") == "%0 reads what is known");
  CHECK(wrong("%0 = fact.set #3\n") == "%0 reads what is known");
  CHECK(wrong("%0 = fact.bool #3\n") == "%0 reads what is known");
  CHECK(wrong("%0 = connection\n") == "%0 asks for names that are known");
  const auto password = read_shape("shape password prepared\n", error);
  REQUIRE(password);
  CHECK(verify(*password) == "it is of a password and prepared");
}
