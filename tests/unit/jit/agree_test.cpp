// Machine code answers what the model and the interpreter answer: every op on the values at which implementations differ, random shapes on
// random requests, and shapes so large that they are cut into many functions.
#include "runtime/interpret/interpret.h"
#include "runtime/jit/compile.h"
#include "runtime/jit/emit.h"
#include "tests/unit/jit/world.h"

#include <ctime>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

std::shared_ptr<jit::Session> session(bool optimize) {
  const auto probe = jit::probe_memory();
  REQUIRE(probe.memory);
  JitOptions options;
  options.optimize = optimize;
  std::string error;
  auto opened = jit::open_session(*probe.memory, options, error);
  INFO(error);
  REQUIRE(opened);
  return opened;
}

void agree(const std::shared_ptr<jit::Session>& in, const Maker& maker, Random& random, int requests) {
  const auto shape = maker.shape();
  const auto compiled = jit::compile(in, *shape);
  INFO(compiled.error);
  REQUIRE(compiled.code.entry);
  Registers registers;
  registers.prepare(*shape);
  for (int i = 0; i < requests; ++i) {
    const auto facts = random_facts(random);
    const Bound bound(maker.constants(), facts);
    const auto want = expected(*shape, maker.constants(), facts), got = bound.run(compiled.code.entry, *shape);
    if (want != bound.run([&](const auto& frame, const auto& outcome) { interpret(*shape, frame, outcome, registers); },
                          *shape))
      FAIL("the interpreter differs from the model:\n" << program::print(*shape));
    if (want == got) continue;
    for (std::size_t k = 0; k < want.fired.size(); ++k)
      if (want.fired[k] != got.fired[k])
        UNSCOPED_INFO("rule " << k << " of node " << static_cast<std::uint32_t>(shape->rules[k].fired));
    FAIL("machine code differs from the model:\n" << program::print(*shape) << emit_text(*shape));
  }
}

}  // namespace

TEST_CASE("every op agrees with the model, optimised and not") {
  for (const bool optimize : {false, true}) {
    const auto in = session(optimize);
    for (const auto& row : program::op_rows) {
      INFO(row.name);
      Random random(static_cast<std::uint64_t>(row.op) + 1);
      agree(in, shape_of(row.op, random), random, 400);
    }
  }
}

TEST_CASE("random shapes agree with the model on random requests") {
  const auto in = session(true), quick = session(false);
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto maker = random_shape(random, 5 + random() % 150);
    agree(seed % 3 == 0 ? quick : in, maker, random, 100);
  }
}

TEST_CASE("shapes cut into many functions agree with the model") {
  const auto in = session(true), quick = session(false);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto maker = random_shape(random, seed % 2 ? 3'000 : 9'000);
    agree(seed == 1 ? in : quick, maker, random, 20);
  }
}

TEST_CASE("equal shapes have equal text, and another shape another") {
  Random one(7), other(7), third(8);
  const auto text = emit_text(*random_shape(one, 80).shape());
  CHECK(text == emit_text(*random_shape(other, 80).shape()));
  CHECK(text != emit_text(*random_shape(third, 80).shape()));
  CHECK(text.find("define dso_local void @writ_shape(") != std::string::npos);
}

TEST_CASE("a shape that does not verify has no code") {
  Shape shape;
  shape.nodes.push_back({Op::not_, 7});
  shape.rules.push_back({RuleEffect::allow, false, NodeId{0}, 0});
  CHECK(emit_text(shape).starts_with("; no code: "));
  CHECK(jit::compile(session(true), shape).code.entry == nullptr);
}

// ---------------------------------------------------------------- compile bombs

namespace {

// Of processor time: the machine may be busy with other things.
double seconds_to_compile(const Maker& maker, bool optimize, jit::Compiled& compiled) {
  const auto in = session(optimize);
  const auto begin = std::clock();
  compiled = jit::compile(in, *maker.shape());
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// `count` comparisons under one `and`; all true unless `wrong` is one of them.
Maker conjunction(std::size_t count) {
  Maker maker;
  std::vector<std::uint32_t> terms;
  const auto number = maker.fact(Op::fact_int, fact_of(NodeType::integer, 0));
  for (std::size_t i = 0; i < count; ++i)
    terms.push_back(maker.add(Op::ge_int, number, maker.integer(static_cast<std::int64_t>(i % 1'000))));
  const auto strings =
      maker.add(Op::eq_string, maker.fact(Op::fact_string, fact_of(NodeType::string, 0)), maker.string("a"));
  terms.push_back(strings);
  maker.rule(maker.both(Op::and_, terms));
  maker.rule(maker.both(Op::or_, terms));
  return maker;
}

}  // namespace

TEST_CASE("ten thousand conditions under one and compile in bounded time") {
  const auto maker = conjunction(10'000);
  jit::Compiled compiled;
  const auto seconds = seconds_to_compile(maker, true, compiled);
  INFO(compiled.error);
  REQUIRE(compiled.code.entry);
  CHECK(seconds < 2.0);
  Facts facts;
  facts.values.resize(std::size_t{5} * facts_of_a_type);
  for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{998}, std::int64_t{999}})
    for (const char* text : {"a", "b"}) {
      facts.values[fact_of(NodeType::integer, 0)] = number;
      facts.values[fact_of(NodeType::string, 0)] = std::string(text);
      const Bound bound(maker.constants(), facts);
      CHECK(bound.run(compiled.code.entry, *maker.shape()) == expected(*maker.shape(), maker.constants(), facts));
    }
}

TEST_CASE("the largest shape that is optimised compiles in bounded time") {
  Random random(3);
  jit::Compiled compiled;
  const auto seconds = seconds_to_compile(random_shape(random, 2'500), true, compiled);
  INFO(compiled.error);
  CHECK(compiled.code.entry);
  CHECK(seconds < 4.0);
}

TEST_CASE("a shape above the limit of nodes is refused, one just under it is not") {
  std::string error;
  JitOptions options;
  const auto maker = conjunction(100);
  options.node_limit = maker.current().nodes.size() + maker.current().arguments.size();
  const auto memory = *jit::probe_memory().memory;
  CHECK(jit::compile(jit::open_session(memory, options, error), *maker.shape()).code.entry);
  --options.node_limit;
  const auto refused = jit::compile(jit::open_session(memory, options, error), *maker.shape());
  CHECK_FALSE(refused.code.entry);
  CHECK(refused.error.find("more than") != std::string::npos);
}
