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

namespace {

// Conditions under conditions. Most are looked at by one other, some by several, by rules and by entries; of the innermost half call a builtin.
class Conditions {
 public:
  Conditions(Maker& maker, Random& random) : maker_(maker), random_(random) {}

  std::uint32_t make(int depth) {
    if (!made_.empty() && random_() % 6 == 0) return made_[random_() % made_.size()];
    const auto node = depth == 0 ? innermost() : above(depth);
    if (random_() % 3 == 0) made_.push_back(node);
    return node;
  }

 private:
  std::uint32_t fact(NodeType type) {
    return maker_.fact(fact_op(type), fact_of(type, static_cast<std::uint32_t>(random_() % facts_of_a_type)));
  }
  std::uint32_t text() {
    auto from = fact(NodeType::string);
    if (random_() % 3 == 0) from = maker_.add(random_() % 2 ? Op::lower : Op::email_domain, from);
    return from;
  }
  std::uint32_t innermost() {
    const auto which = random_() % 6;
    if (which == 0) return fact(NodeType::boolean);
    if (which == 1) return maker_.fact(Op::has_fact, fact_of(NodeType::set, 0));
    const auto left = which == 2 ? fact(NodeType::integer) : text();
    if (which == 2) return maker_.add(Op::ge_int, left, maker_.integer(1));
    if (which == 3) return maker_.add(Op::contains, left, maker_.string("a"));
    if (which == 4) return maker_.add(Op::set_has, fact(NodeType::set), left);
    return maker_.add(Op::in_strings, left, maker_.slot(random_constant(program::SlotKind::strings, random_)));
  }
  std::uint32_t above(int depth) {
    const auto which = random_() % 6;
    const auto first = make(depth - 1);
    if (which == 0) return maker_.add(Op::not_, first);
    const auto second = make(depth - 1);
    if (which == 1) return maker_.add(Op::eq_bool, first, second);
    if (which == 2) {
      const auto chosen = fact(NodeType::string), other = text();
      return maker_.add(Op::contains, maker_.add(Op::select_string, first, chosen, other), maker_.string("a"));
    }
    std::vector<std::uint32_t> arguments = {first, second};
    for (auto more = random_() % 4; more > 0; --more) arguments.push_back(make(depth - 1));
    arguments.resize(random_() % (arguments.size() + 1));
    return maker_.both(random_() % 2 ? Op::and_ : Op::or_, arguments);
  }

  Maker& maker_;
  Random& random_;
  std::vector<std::uint32_t> made_;
};

bool is_asked_before_a_branch(const Maker& maker, std::string_view builtin) {
  const auto code = emit_text(*maker.shape());
  const auto asked = code.find(builtin), branch = code.find("br i1");
  REQUIRE(asked != std::string::npos);
  return asked < branch;  // npos: there is none
}

}  // namespace

TEST_CASE("conditions agree with the model, however they lie in one another and whoever looks at them") {
  const auto in = session(true), quick = session(false);
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Maker maker;
    Conditions conditions(maker, random);
    const bool cut = seed % 10 == 0;  // so many do not fit into one function
    const auto rules = cut ? 60 : 1 + random() % 8;
    for (std::uint64_t i = 0; i < rules; ++i) {
      const auto node = conditions.make(1 + static_cast<int>(random() % (cut ? 3 : 5)));
      i % 5 == 4 ? maker.entry({node, conditions.make(1)}) : maker.rule(node);
    }
    if (cut) CHECK(emit_text(*maker.shape()).find("@part.1") != std::string::npos);
    agree(seed % 4 == 0 && !cut ? quick : in, maker, random, 60);
  }
}

TEST_CASE("what was first looked at in a branch is there behind it") {
  for (const bool optimize : {true, false}) {
    Maker maker;
    const auto flag = maker.fact(Op::fact_bool, fact_of(NodeType::boolean, 0));
    const auto text = maker.fact(Op::fact_string, fact_of(NodeType::string, 0));
    const auto set = maker.fact(Op::fact_set, fact_of(NodeType::set, 0));
    const auto first = maker.add(Op::contains, text, maker.string("a"));
    maker.rule(maker.both(Op::and_, {flag, first}));
    const auto second = maker.add(Op::contains, text, maker.string("b"));
    maker.rule(second);
    const auto has = maker.fact(Op::has_fact, fact_of(NodeType::set, 0));
    const auto either = maker.both(Op::or_, {has, maker.add(Op::set_has, set, text)});
    maker.entry({either, maker.add(Op::set_has, set, text)});
    Random random(1);
    agree(session(optimize), maker, random, 200);
  }
}

TEST_CASE("what calls a builtin is asked when what is cheap leaves the answer open") {
  for (const auto op : {Op::and_, Op::or_}) {
    Maker alone, within, shared;
    const auto glob = [](Maker& maker) {
      return maker.add(Op::glob, maker.fact(Op::fact_string, fact_of(NodeType::string, 0)),
                       maker.slot(program::Glob{"a*"}));
    };
    const auto cheap = [](Maker& maker) { return maker.fact(Op::fact_bool, fact_of(NodeType::boolean, 0)); };
    alone.rule(alone.both(op, {glob(alone), cheap(alone)}));
    CHECK_FALSE(is_asked_before_a_branch(alone, "@writ_glob"));
    within.rule(within.both(op, {within.add(Op::not_, glob(within)), cheap(within)}));
    CHECK_FALSE(is_asked_before_a_branch(within, "@writ_glob"));
    // Two rules rest on it, and one of them may have to know when the other does not.
    const auto both = glob(shared);
    shared.rule(shared.both(op, {both, cheap(shared)}));
    shared.rule(shared.add(Op::not_, both));
    CHECK(is_asked_before_a_branch(shared, "@writ_glob"));
    // Under `not`, up to 64 nodes.
    for (const std::size_t nodes : {64u, 65u}) {
      Maker deep;
      auto node = glob(deep);
      for (std::size_t i = 1; i < nodes; ++i) node = deep.add(Op::not_, node);
      deep.rule(deep.both(op, {node, cheap(deep)}));
      CHECK(is_asked_before_a_branch(deep, "@writ_glob") == (nodes > 64));
    }
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

TEST_CASE("conditions that call a builtin compile in bounded time, many under one and, one each in many rules, and in "
          "one another") {
  for (const std::size_t count : {800u, 3'000u}) {  // optimised, and past that
    Maker together, each;
    std::vector<std::uint32_t> terms;
    const auto add = [&](Maker& maker, std::size_t i) {
      const auto text = maker.fact(Op::fact_string, fact_of(NodeType::string, static_cast<std::uint32_t>(i % 4)));
      return maker.add(Op::contains, text, maker.string(std::to_string(i)));
    };
    for (std::size_t i = 0; i < count; ++i) {
      terms.push_back(add(together, i));
      const auto cheap = each.fact(Op::fact_bool, fact_of(NodeType::boolean, static_cast<std::uint32_t>(i % 4)));
      const auto dear = add(each, i);
      each.rule(each.both(i % 2 ? Op::and_ : Op::or_, {cheap, dear}));
    }
    together.rule(together.both(Op::and_, terms));
    // Each in the one before it, as far as they are put off together, and on.
    Maker nested;
    auto innermost = add(nested, 0);
    for (std::size_t i = 1; i < count / 4; ++i) {
      const auto cheap = nested.fact(Op::fact_bool, fact_of(NodeType::boolean, static_cast<std::uint32_t>(i % 4)));
      innermost = nested.both(i % 2 ? Op::and_ : Op::or_, {cheap, innermost, add(nested, i)});
    }
    nested.rule(innermost);
    for (const auto* maker : {&together, &each, &nested}) {
      jit::Compiled compiled;
      const auto seconds = seconds_to_compile(*maker, true, compiled);
      INFO(count << " conditions: " << compiled.error);
      CHECK(compiled.code.entry);
      CHECK(seconds < 4.0);
    }
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
