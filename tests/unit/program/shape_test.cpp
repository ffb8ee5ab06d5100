// Shapes as text and back, what `verify` refuses, rows laid out and refused, keys and hashes.
#include "runtime/program/program.h"

#include <algorithm>
#include <cstring>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::program;

namespace {

Shape read(std::string_view text) {
  std::string error;
  auto shape = read_shape(text, error);
  INFO(error);
  REQUIRE(shape);
  return *shape;
}

constexpr std::string_view sample = R"(shape login
$0 string
$1 bits
$2 cidrs
%0 = fact.string user.email
%1 = email.domain %0
%2 = const.string $0
%3 = eq.string %1 %2
%4 = client
%5 = in.bits %4 $1
%6 = fact.ip request.ip
%7 = in.cidrs %6 $2
%8 = fact.set user.groups
%9 = each %8 0 %12
%10 = element 0
%11 = starts.with %10 %2
%12 = any %9 %11
%13 = and %3 %5 %7 %12
%14 = and
%15 = fact.int #47
%16 = has #47
%17 = select.int %16 %15 %4
%18 = eq.int %17 %4
entry %14 %16
entry %18 connection 3
allow %13
report deny %16
require %14 entry 1
)";

std::string refused(std::string_view text) { return verify(read(text)); }

}  // namespace

TEST_CASE("a shape is printed and read back exactly") {
  const auto shape = read(sample);
  CHECK(verify(shape).empty());
  CHECK(print(shape) == sample);
  CHECK(shape.entries[1].use_connection == 3);
  CHECK(shape.rules[2].entry == 1);
  CHECK(read("\n// a comment\nshape m2m   // and another\n\n").action == Action::m2m);
}

TEST_CASE("what is no shape is not read") {
  std::string error;
  for (const auto* text :
       {"", "// nothing\n", "shape\n", "shape logout\n", "shape login\n$1 string\n", "shape login\n$0 text\n",
        "shape login\n%0 = nothing\n", "shape login\n%0 = fact.bool user.nothing\n", "shape login\n%1 = client\n",
        "shape login\n%0 = client %0\n", "shape login\nallow\n", "shape login\nrequire %0\n",
        "shape login\n%0 = not 0\n", "shape login\n%0 = not %-1\n", "shape login\nshape login\n",
        "shape login\nentry %0 connection\n"})
    CHECK_FALSE(read_shape(text, error));
}

TEST_CASE("equal shapes have equal keys, and constants are not in them") {
  CHECK(key_of(read(sample)) == key_of(read(sample)));
  auto other = read(sample);
  other.rules[1].report = false;
  CHECK(key_of(other) != key_of(read(sample)));
}

TEST_CASE("verify refuses") {
  const std::string head = "shape login\n$0 string\n$1 integer\n%0 = fact.bool session.mfa\n";
  CHECK(refused(head + "allow %0\n").empty());
  for (const std::string rest :
       {"%1 = not %1\n",
        "%1 = not %2\n",
        "%1 = fact.int session.mfa\n",
        "%1 = fact.bool tenant\n",
        "%1 = eq.int %0 %0\n",
        "%1 = const.int $0\n",
        "%1 = const.int $2\n",
        "%1 = const.string $1\n",
        "%1 = and %0 %1\n",
        "%1 = element 0\n",
        "%1 = has #5000\n",
        "%1 = fact.set user.groups\n%2 = each %1 0 %3\n",
        "%1 = fact.set user.groups\n%2 = each %1 1 %3\n%3 = any %2 %0\n",
        "%1 = fact.set user.groups\n%2 = each %1 0 %4\n%3 = any %2 %0\n%4 = not %0\n",
        "%1 = fact.set user.groups\n%2 = each %1 0 %4\n%3 = not %0\n%4 = any %2 %3\n%5 = not %3\n",
        "%1 = fact.set user.groups\n%2 = each %1 0 %4\n%3 = not %2\n%4 = any %2 %3\n",
        "%1 = any %0 %0\n",
        "allow %1\n",
        "require %0 entry 0\n",
        "entry\n",
        "entry %0 %0 connection 1\n",
        "entry %1\n"})
    CHECK_FALSE(refused(head + rest).empty());
}

TEST_CASE("verify refuses what text cannot say") {
  const auto base = read(sample);
  const auto broken = [&](auto&& change) {
    auto shape = base;
    change(shape);
    return !verify(shape).empty();
  };
  CHECK(broken([](Shape& s) { s.arguments.push_back(0); }));
  CHECK(broken([](Shape& s) { s.nodes[13].a = 1; }));
  CHECK(broken([](Shape& s) { s.nodes[13].b = 4'000'000'000; }));
  CHECK(broken([](Shape& s) { s.nodes[0].b = 1; }));
  CHECK(broken([](Shape& s) { s.nodes[4].a = 1; }));
  CHECK(broken([](Shape& s) { s.nodes[3].c = 1; }));
  CHECK(broken([](Shape& s) { s.nodes[0].op = static_cast<Op>(200); }));
  CHECK(broken([](Shape& s) { s.action = static_cast<Action>(7); }));
  CHECK(broken([](Shape& s) { s.slots[0] = static_cast<SlotKind>(99); }));
  CHECK(broken([](Shape& s) { s.rules[0].entry = 1; }));
  CHECK(broken([](Shape& s) { s.rules[0].effect = static_cast<RuleEffect>(9); }));
  CHECK(broken([](Shape& s) { s.entries[0].use_connection = -2; }));
}

namespace {
const std::vector<Constant> every_kind = {true,
                                          std::int64_t{-7},
                                          std::string("caf\xc3\xa9"),
                                          *parse_ip("10.0.0.1"),
                                          Bits{{0, 70}},
                                          std::vector<std::int64_t>{3, 1},
                                          std::vector<std::string>{"bb", "a"},
                                          std::vector<Cidr>{*parse_cidr("10.0.0.0/8")},
                                          Window{480, 1080, 0x1f, "UTC", {{INT64_MIN, 0}, {5, 3'600}}},
                                          Glob{"*.x"},
                                          Regex{"^a"}};
Shape slots_of(const std::vector<Constant>& constants) {
  Shape shape;
  for (const auto& constant : constants) shape.slots.push_back(kind_of(constant));
  return shape;
}
}  // namespace

TEST_CASE("a row holds every kind of constant and prints them") {
  const auto shape = slots_of(every_kind);
  const auto row = Row::build(every_kind);
  CHECK(verify(shape, row.bytes()).empty());
  CHECK(Row::build(every_kind) == row);
  CHECK(Row::from_bytes(row.bytes()) == row);
  CHECK(print(shape, row.bytes()) == R"($0 = boolean true
$1 = integer -7
$2 = string "café"
$3 = ip 10.0.0.1
$4 = bits {0, 70}
$5 = ints [1, 3]
$6 = strings ["a", "bb"]
$7 = cidrs [10.0.0.0-10.255.255.255]
$8 = window 08:00..18:00 on mon tue wed thu fri offset 0s and 1 changes
$9 = glob "*.x"
$10 = regex "^a"
)");
}

TEST_CASE("a row does not depend on the order its lists were written in") {
  const auto build = [](Constant constant) { return Row::build(std::span(&constant, 1)); };
  CHECK(build(std::vector<std::string>{"b", "a", "b"}) == build(std::vector<std::string>{"a", "b"}));
  CHECK(build(std::vector<std::int64_t>{2, 1, 2}) == build(std::vector<std::int64_t>{1, 2}));
  CHECK(build(std::vector{*parse_cidr("10.128.0.0/9"), *parse_cidr("10.0.0.0/9"), *parse_cidr("10.3.0.0/16")}) ==
        build(std::vector{*parse_cidr("10.0.0.0/8")}));
  CHECK(build(Bits{{3, 1}}) == build(Bits{{1, 3, 3}}));
}

TEST_CASE("no damaged row is read outside its bytes") {
  const auto shape = slots_of(every_kind);
  const auto row = Row::build(every_kind);
  CHECK_FALSE(verify(shape, row.bytes().first(8)).empty());
  CHECK_FALSE(verify(shape, {}).empty());
  // every word replaced by hostile ones: refused, or still printable
  for (std::size_t at = 0; at + 8 <= row.bytes().size(); at += 4)
    for (const std::uint32_t hostile :
         {0u, 1u, 7u, 0x7fffffffu, 0x80000000u, 0xffffffffu, static_cast<std::uint32_t>(row.bytes().size())}) {
      std::vector<std::uint64_t> words((row.bytes().size() + 7) / 8);
      std::memcpy(words.data(), row.bytes().data(), row.bytes().size());
      std::memcpy(reinterpret_cast<char*>(words.data()) + at, &hostile, 4);
      const auto bytes = std::as_bytes(std::span(words));
      CHECK_FALSE(print(shape, bytes).empty());
    }
}

namespace {

// What `verify` says of a row of one list when the `size` bytes `from` places into it have been exchanged for those `to` places in.
std::string of_exchanged(Constant list, std::size_t size, std::size_t from, std::size_t to) {
  const auto shape = slots_of({list});
  const auto row = Row::build(std::span(&list, 1));
  std::vector<std::uint64_t> words((row.bytes().size() + 7) / 8);
  const auto bytes = std::as_writable_bytes(std::span(words)).first(row.bytes().size());
  std::ranges::copy(row.bytes(), bytes.begin());
  const auto items = bytes.subspan(static_cast<std::uint32_t>(words[0]));
  std::ranges::swap_ranges(items.subspan(from * size, size), items.subspan(to * size, size));
  return verify(shape, bytes);
}

}  // namespace

TEST_CASE("a list in another order than it is looked up in is refused") {
  const std::vector<std::int64_t> numbers = {1, 2, 3};
  const std::vector<std::string> texts = {"a", "b", "cc"};
  const std::vector<Cidr> blocks = {*parse_cidr("10.0.0.0/8"), *parse_cidr("12.0.0.0/8"), *parse_cidr("2001:db8::/32")};
  CHECK(of_exchanged(numbers, 8, 0, 0).empty());
  CHECK(of_exchanged(texts, 8, 0, 0).empty());
  CHECK(of_exchanged(blocks, 32, 0, 0).empty());
  CHECK_THAT(of_exchanged(numbers, 8, 0, 1), Catch::EndsWith("is not sorted"));
  CHECK_THAT(of_exchanged(texts, 8, 0, 1), Catch::EndsWith("is not sorted"));
  CHECK_THAT(of_exchanged(texts, 8, 1, 2), Catch::EndsWith("is not sorted"));
  CHECK_THAT(of_exchanged(blocks, 32, 0, 1), Catch::EndsWith("is not sorted"));
  CHECK_THAT(of_exchanged(blocks, 32, 1, 2), Catch::EndsWith("is not sorted"));
  CHECK_THAT(of_exchanged(blocks, 16, 1, 2), Catch::EndsWith("is not sorted"));  // they overlap
  CHECK_THAT(of_exchanged(blocks, 16, 2, 3), Catch::EndsWith("ends before it begins"));
}

TEST_CASE("a part's hash is of what decides") {
  Part part;
  part.id = part.name = "acme";
  for (std::size_t i = 0; i < action_count; ++i) {
    Shape shape;
    shape.action = static_cast<Action>(i);
    part.programs[i].shape = std::make_shared<const Shape>(shape);
  }
  CHECK(verify(part).empty());
  const auto hash = hash_of(part);
  auto other = part;
  other.version = 7;
  other.hash = hash;
  other.title = "Acme";
  other.logo = "https://acme.com/logo.png";
  CHECK(hash_of(other) == hash);
  other = part;
  other.hosts = {"acme.com"};
  CHECK(hash_of(other) != hash);
  other = part;
  other.issuers = {"acme.com"};
  CHECK(hash_of(other) != hash);
  CHECK(hash_of(other) != [&] {
    auto both = part;
    both.hosts = {"acme.com"};
    return hash_of(both);
  }());
  other = part;
  other.clients.emplace_back();
  other.clients[0].connections = {0};
  CHECK_FALSE(verify(other).empty());
  other = part;
  other.connections.emplace_back();  // a database, which says nothing of its passwords
  CHECK_FALSE(verify(other).empty());
  PasswordProgram password;
  password.shape = std::make_shared<const Shape>(read("shape password\n"));
  other.passwords = {password};
  CHECK(verify(other).empty());
  const auto with_passwords = hash_of(other);
  other.passwords[0].normalize = true;
  CHECK(hash_of(other) != with_passwords);
  other.passwords.push_back(password);
  CHECK_FALSE(verify(other).empty());
  other.passwords = {password};
  other.passwords[0].shape = std::make_shared<const Shape>(read("shape login\n"));
  CHECK_FALSE(verify(other).empty());
  other.passwords = {password};
  other.passwords[0].connection = 1;
  CHECK_FALSE(verify(other).empty());
  other.passwords = {password};
  other.passwords[0].requirements.emplace_back();
  CHECK_FALSE(verify(other).empty());
  other = part;
  other.programs[2].shape = nullptr;
  CHECK_FALSE(verify(other).empty());
}

TEST_CASE("a shape of passwords reads their facts, is printed with their names, and can only refuse") {
  constexpr std::string_view passwords = R"(shape password
$0 integer
$1 string
%0 = fact.int password.length
%1 = const.int $0
%2 = lt.int %0 %1
%3 = fact.string password.folded
%4 = const.string $1
%5 = contains %3 %4
%6 = fact.bool password.not_breached
%7 = not %6
deny %2
deny %5
deny %7
)";
  const auto shape = read(passwords);
  CHECK(shape.password);
  CHECK(verify(shape).empty());
  CHECK(print(shape) == passwords);
  CHECK(read("shape login\n").password == false);
  CHECK_FALSE(key_of(read("shape login\n")) == key_of(read("shape password\n")));
  std::string error;
  CHECK_FALSE(read_shape("shape password\n%0 = fact.bool user.blocked\n", error));
  CHECK_FALSE(read_shape("shape login\n%0 = fact.int password.length\n", error));
  CHECK(refused("shape password\n%0 = and\nallow %0\n") == "a password program does other than refuse");
  CHECK(refused("shape password\n%0 = and\nreport deny %0\n") == "a password program does other than refuse");
  CHECK(refused("shape password\n%0 = and\nentry %0\n") == "a password program does other than refuse");
  CHECK(refused("shape password\n%0 = client\n").find("asks a password where it is used") != std::string::npos);
  CHECK(refused("shape password\n%0 = fact.bool password.length\n").find("another type") != std::string::npos);
  CHECK(refused("shape password\n%0 = fact.int #200\n").find("does not exist") != std::string::npos);
}
