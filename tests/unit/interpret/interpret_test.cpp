// The interpreter on shapes written as text: every op, loops, masks; and the trace it leaves.
#include "runtime/interpret/interpret.h"
#include "runtime/interpret/trace.h"

#include <catch2/catch.hpp>
#include <re2/re2.h>

using namespace writ;
using namespace writ::program;

namespace {

// A shape with its row and facts, ready to run.
struct Bench {
  Shape shape;
  Row row;
  std::vector<Slot> facts = std::vector<Slot>(max_facts);
  std::array<std::uint64_t, max_facts / 64> present{};
  re2::RE2 pattern{"^a+$"};
  std::vector<const re2::RE2*> patterns;
  Frame frame;
  Registers registers;
  std::array<std::uint64_t, 4> fired{}, satisfied{};

  Bench(std::string_view text, std::vector<Constant> constants) : row(Row::build(constants)) {
    std::string error;
    auto read = read_shape(text, error);
    INFO(error);
    REQUIRE(read);
    shape = *read;
    REQUIRE(verify(shape) == "");
    REQUIRE(verify(shape, row.bytes()) == "");
    patterns.assign(shape.slots.size(), &pattern);
  }

  Slot& fact(std::string_view name) {
    const auto id = index(*find_builtin(name));
    present[id / 64] |= std::uint64_t{1} << id % 64;
    return facts[id];
  }
  void string(std::string_view name, std::string_view value) {
    fact(name).text = {value.data(), static_cast<std::uint32_t>(value.size()), 0};
  }
  void run() {
    frame.facts = facts.data();
    frame.present = present.data();
    frame.row = row.bytes().data();
    frame.patterns = patterns.data();
    registers.prepare(shape);
    fired = satisfied = {};
    interpret(shape, frame, {fired.data(), satisfied.data()}, registers);
  }
  std::int64_t value(std::uint32_t node) { return registers[std::size_t{node}].integer; }
};

}  // namespace

TEST_CASE("every op that compares, looks up or computes") {
  Bench b(R"(shape login
$0 integer
$1 string
$2 ip
$3 bits
$4 ints
$5 strings
$6 cidrs
$7 window
$8 glob
$9 regex
$10 boolean
%0 = const.int $0
%1 = fact.int user.logins
%2 = eq.int %0 %1
%3 = ne.int %0 %1
%4 = lt.int %0 %1
%5 = le.int %0 %1
%6 = gt.int %0 %1
%7 = ge.int %0 %1
%8 = add %0 %1
%9 = sub %0 %1
%10 = in.ints %1 $4
%11 = const.string $1
%12 = fact.string user.email
%13 = lower %12
%14 = eq.string %13 %11
%15 = eq.string %12 %11
%16 = email.domain %12
%17 = in.strings %16 $5
%18 = has.email.domain %12
%19 = starts.with %13 %11
%20 = ends.with %13 %16
%21 = contains %12 %16
%22 = glob %13 $8
%23 = regex %13 $9
%24 = const.ip $2
%25 = fact.ip request.ip
%26 = eq.ip %24 %25
%27 = in.cidrs %25 $6
%28 = client
%29 = in.bits %28 $3
%30 = fact.int request.time
%31 = in.window %30 $7
%32 = const.bool $10
%33 = fact.bool session.mfa
%34 = eq.bool %32 %33
%35 = has session.acr
%36 = select.int %35 %0 %1
%37 = select.string %32 %11 %12
%38 = eq.string %37 %11
%39 = select.ip %32 %24 %25
%40 = eq.ip %39 %24
%41 = select.bool %35 %32 %33
%42 = not %41
%43 = connection
%44 = organization
%45 = client.type
%46 = connection.family
%47 = connection.strategy
%48 = and %32 %14
%49 = or %33 %35
%50 = and
%51 = or
)",
          {std::int64_t{5}, std::string("ann@example.com"), *parse_ip("10.0.0.1"), Bits{{2}},
           std::vector<std::int64_t>{7, 8}, std::vector<std::string>{"example.com"},
           std::vector{*parse_cidr("10.0.0.0/8")}, Window{0, 720, 0x7f, "UTC", {{INT64_MIN, 0}}}, Glob{"ann@*"},
           Regex{"^a+$"}, true});
  b.fact("user.logins").integer = 7;
  b.string("user.email", "Ann@Example.com");
  b.fact("request.ip").ip = *parse_ip("10.0.0.1");
  b.fact("request.time").integer = *parse_time("2026-01-01T11:59Z");
  b.frame.client = 2, b.frame.connection = 3, b.frame.organization = -1, b.frame.client_type = 1,
  b.frame.connection_family = 2, b.frame.connection_strategy = 4;
  b.run();
  const std::vector<std::pair<std::uint32_t, std::int64_t>> expected = {
      {2, 0},   {3, 1},  {4, 1},  {5, 1},  {6, 0},  {7, 0},  {8, 12}, {9, -2}, {10, 1}, {14, 1}, {15, 0},
      {17, 1},  {18, 1}, {19, 1}, {20, 1}, {21, 0}, {22, 1}, {23, 0}, {26, 1}, {27, 1}, {28, 2}, {29, 1},
      {31, 1},  {32, 1}, {33, 0}, {34, 0}, {35, 0}, {36, 7}, {38, 1}, {40, 1}, {41, 0}, {42, 1}, {43, 3},
      {44, -1}, {45, 1}, {46, 2}, {47, 4}, {48, 1}, {49, 0}, {50, 1}, {51, 0}};
  for (const auto& [node, value] : expected) {
    INFO("%" << node);
    CHECK(b.value(node) == value);
  }
}

TEST_CASE("quantifiers, nested and over nothing") {
  Bench b(R"(shape login
%0 = fact.set user.groups
%1 = fact.set user.roles
%2 = each %0 0 %8
%3 = element 0
%4 = each %1 1 %7
%5 = element 1
%6 = eq.string %3 %5
%7 = any %4 %6
%8 = all %2 %7
allow %8
)",
          {});
  const auto set = [](std::vector<Text>& items, std::initializer_list<std::string_view> texts) {
    items.clear();
    for (const auto text : texts) items.push_back({text.data(), static_cast<std::uint32_t>(text.size()), 0});
    return TextSet{items.data(), items.size()};
  };
  std::vector<Text> groups, roles;
  const auto every_group_is_a_role = [&](std::initializer_list<std::string_view> g,
                                         std::initializer_list<std::string_view> r) {
    b.fact("user.groups").set = set(groups, g);
    b.fact("user.roles").set = set(roles, r);
    b.run();
    return b.fired[0] == 1;
  };
  CHECK(every_group_is_a_role({"a", "b"}, {"c", "b", "a"}));
  CHECK_FALSE(every_group_is_a_role({"a", "d", "b"}, {"c", "b", "a"}));
  CHECK_FALSE(every_group_is_a_role({"a", "d"}, {}));
  CHECK(every_group_is_a_role({}, {"a"}));
  CHECK(every_group_is_a_role({}, {}));
  CHECK(every_group_is_a_role({"a", "a"}, {"a"}));
}

TEST_CASE("masks past the first word") {
  std::string text = "shape login\n%0 = fact.bool session.mfa\n%1 = not %0\n";
  for (int i = 0; i < 130; ++i) text += i % 2 == 0 ? "entry %0\n" : "entry %0 %1\n";
  for (int i = 0; i < 130; ++i) text += i % 3 == 0 ? "allow %0\n" : "deny %1\n";
  Bench b(text, {});
  b.run();
  for (std::size_t i = 0; i < 130; ++i) {
    CHECK((b.fired[i / 64] >> i % 64 & 1) == (i % 3 != 0));
    CHECK((b.satisfied[i / 64] >> i % 64 & 1) == (i % 2 != 0));
  }
}

TEST_CASE("the trace lists what short-circuit evaluation reaches, with what it saw") {
  Bench b(R"(shape login
$0 bits
$1 cidrs
%0 = connection
%1 = in.bits %0 $0
%2 = fact.bool user.email_verified
%3 = fact.ip request.ip
%4 = in.cidrs %3 $1
%5 = or %2 %4
%6 = has session.acr
%7 = not %6
%8 = and %1 %5 %7
allow %8
)",
          {Bits{{0}}, std::vector{*parse_cidr("10.0.0.0/8")}});
  Part part;
  part.connections.emplace_back();
  part.connections[0].name = "staff";
  RuleInfo rule;
  rule.texts = {"connection == staff", "user.email_verified", "request.ip in office", "has session.acr"};
  using Kind = TraceNode::Kind;
  const auto id = [](std::uint32_t n) { return static_cast<NodeId>(n); };
  rule.trace = {{Kind::and_, id(8), 0, {1, 2, 5}, {}, {}},
                {Kind::leaf, id(1), 0, {}, {id(0)}, {"connection"}},
                {Kind::or_, id(5), 0, {3, 4}, {}, {}},
                {Kind::leaf, id(2), 1, {}, {id(2)}, {"user.email_verified"}},
                {Kind::leaf, id(4), 2, {}, {id(3)}, {"request.ip"}},
                {Kind::not_, id(7), 0, {6}, {}, {}},
                {Kind::leaf, id(6), 3, {}, {}, {}}};
  const auto trace = [&] {
    b.run();
    std::string text;
    for (const auto& leaf : trace_rule(part, b.shape, b.frame, b.registers, rule)) {
      text += leaf.text + (leaf.outcome ? " yes" : " no");
      for (const auto& [name, value] : leaf.seen) text += " " + name + "=" + value;
      text += "; ";
    }
    return text;
  };
  CHECK(trace() == "connection == staff no connection=absent; ");
  b.frame.connection = 0;
  CHECK(trace() == "connection == staff yes connection=staff; user.email_verified no user.email_verified=absent; "
                   "request.ip in office no request.ip=absent; ");
  b.fact("request.ip").ip = *parse_ip("10.2.3.4");
  CHECK(trace() == "connection == staff yes connection=staff; user.email_verified no user.email_verified=absent; "
                   "request.ip in office yes request.ip=10.2.3.4; has session.acr no; ");
  b.fact("user.email_verified").integer = 1;
  CHECK(trace() == "connection == staff yes connection=staff; user.email_verified yes user.email_verified=true; has "
                   "session.acr no; ");
}

TEST_CASE("values are shown as they are written") {
  Bench b(R"(shape login
$0 integer
%0 = fact.int request.time
%1 = fact.int user.created
%2 = sub %0 %1
%3 = const.int $0
%4 = add %1 %3
%5 = fact.int session.mfa_age
%6 = fact.int grant
%7 = fact.int request.ip_reputation
%8 = fact.string user.email
%9 = email.domain %8
%10 = fact.set user.groups
%11 = client.type
%12 = has session.mfa_age
%13 = select.int %12 %5 %3
%14 = lower %8
)",
          {std::int64_t{60'000'000}});
  b.fact("request.time").integer = 3'600'000'000;
  b.fact("user.created").integer = 0;
  b.fact("session.mfa_age").integer = 90'000'000;
  b.fact("request.ip_reputation").integer = 1;
  b.string("user.email", "A\"b\n@X.Org");
  const Text items[] = {{"x", 1, 0}, {"y", 1, 0}};
  b.fact("user.groups").set = {items, 2};
  b.frame.client_type = 3;
  b.run();
  const Part part;
  const auto shown = [&](std::uint32_t node) {
    return value_text(part, b.shape, b.frame, b.registers, static_cast<NodeId>(node));
  };
  CHECK(shown(0) == "1970-01-01T01:00:00Z");
  CHECK(shown(2) == "1h");
  CHECK(shown(4) == "1970-01-01T00:01:00Z");
  CHECK(shown(5) == "1m30s");
  CHECK(shown(6) == "absent");
  CHECK(shown(7) == "medium");
  CHECK(shown(8) == R"("A\"b\x0a@X.Org")");
  CHECK(shown(9) == R"("x.org")");
  CHECK(shown(10) == R"(["x", "y"])");
  CHECK(shown(11) == "m2m");
  CHECK(shown(13) == "1m30s");
  CHECK(shown(14) == R"("a\"b\x0a@x.org")");
  b.string("user.email", "nobody");
  b.run();
  CHECK(shown(9) == "absent");
}
