// The source: what is wanted becomes ready, code lives as long as somebody can run it and no longer, limits hold, and all of it from many
// threads at once.
#include "runtime/jit/jit.h"
#include "tests/unit/jit/world.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

// Shapes that differ in length; true when the first boolean fact is.
std::shared_ptr<const Shape> numbered(std::size_t number) {
  Maker maker;
  auto node = maker.fact(Op::fact_bool, fact_of(NodeType::boolean, 0));
  for (std::size_t i = 0; i < number; ++i) node = maker.add(Op::not_, maker.add(Op::not_, node));
  maker.rule(node);
  return maker.shape();
}

bool answer(const CodeSource::Code& code, const Shape& shape, bool fact) {
  Facts facts;
  facts.values.resize(std::size_t{5} * facts_of_a_type);
  facts.values[fact_of(NodeType::boolean, 0)] = fact;
  return Bound({}, facts).run(code.entry, shape).fired.front();
}

}  // namespace

TEST_CASE("a wanted shape has code once the source is idle, and an unwanted one has none") {
  const auto source = make_jit();
  REQUIRE(source->refusal().empty());
  const auto shape = numbered(1), other = numbered(2);
  source->want(shape);
  source->wait_idle();
  const auto code = source->find(program::key_of(*shape));
  REQUIRE(code);
  CHECK(answer(*code, *shape, true));
  CHECK_FALSE(answer(*code, *shape, false));
  CHECK_FALSE(source->find(program::key_of(*other)));
  CHECK(source->status().ready == 1);
  CHECK(source->status().code_bytes > 0);
}

TEST_CASE("code is freed when its shape and its last owner are gone") {
  const auto source = make_jit();
  auto shape = numbered(3);
  const auto key = program::key_of(*shape);
  source->want(shape);
  source->wait_idle();
  auto code = source->find(key);
  REQUIRE(code);

  SECTION("the shape first") {
    const auto copy = *shape;
    shape.reset();
    CHECK(source->status().ready == 0);
    CHECK_FALSE(source->find(key));
    CHECK(source->status().code_bytes > 0);
    CHECK(answer(*code, copy, true));
    std::thread([&] { code.reset(); }).join();
    CHECK(source->status().code_bytes == 0);
  }
  SECTION("the owner first: the source keeps code for the shape") {
    code.reset();
    CHECK(source->find(key));
    shape.reset();
    CHECK(source->status().code_bytes == 0);
  }
  SECTION("an equal shape keeps it") {
    auto equal = numbered(3);
    source->want(equal);
    shape.reset();
    CHECK(source->find(key));
    equal.reset();
    code.reset();
    CHECK(source->status().code_bytes == 0);
  }
}

TEST_CASE("code outlives the source, and is freed on another thread after it") {
  auto source = make_jit();
  const auto shape = numbered(4);
  source->want(shape);
  source->wait_idle();
  auto code = source->find(program::key_of(*shape));
  REQUIRE(code);
  source.reset();
  CHECK(answer(*code, *shape, true));
  std::thread([moved = std::move(code)]() mutable { moved.reset(); }).join();
}

TEST_CASE("a source goes while shapes are waiting") {
  std::vector<std::shared_ptr<const Shape>> shapes;
  auto source = make_jit();
  for (std::size_t i = 0; i < 50; ++i) source->want(shapes.emplace_back(numbered(i)));
  source.reset();
}

TEST_CASE("what dies while it waits is not compiled") {
  const auto source = make_jit();
  for (std::size_t i = 0; i < 200; ++i) source->want(numbered(i));
  source->wait_idle();
  const auto status = source->status();
  CHECK(status.ready == 0);
  CHECK(status.waiting == 0);
  CHECK(status.code_bytes == 0);
}

TEST_CASE("the queue is bounded and what did not fit may be wanted again") {
  JitOptions options;
  options.queue_limit = 3;
  const auto source = make_jit(options);
  std::vector<std::shared_ptr<const Shape>> shapes;
  for (std::size_t i = 0; i < 60; ++i) source->want(shapes.emplace_back(numbered(i)));
  CHECK(source->status().waiting <= 4);
  for (int round = 0; round < 60 && source->status().ready < 60; ++round) {
    source->wait_idle();
    for (const auto& shape : shapes) source->want(shape);
  }
  source->wait_idle();
  CHECK(source->status().ready == 60);
}

TEST_CASE("the memory for code is bounded, and is used again when code goes") {
  JitOptions options;
  options.code_bytes_limit = 64u << 10;
  const auto source = make_jit(options);
  std::vector<std::shared_ptr<const Shape>> shapes;
  for (std::size_t i = 0; i < 100; ++i) source->want(shapes.emplace_back(numbered(i)));
  source->wait_idle();
  auto status = source->status();
  CHECK(status.ready > 0);
  CHECK(status.ready < 100);
  CHECK(status.code_bytes <= options.code_bytes_limit);
  const auto last = shapes.back();
  shapes.clear();
  for (int round = 0; round < 4; ++round) source->want(last);
  source->wait_idle();
  CHECK(source->find(program::key_of(*last)));
}

TEST_CASE("a shape that cannot be compiled is refused once and says why") {
  JitOptions options;
  options.node_limit = 10;
  const auto source = make_jit(options);
  const auto shape = numbered(20);
  for (int i = 0; i < 3; ++i) source->want(shape);
  source->wait_idle();
  const auto status = source->status();
  CHECK(status.refused == 1);
  CHECK(status.last_error.find("more than 10") != std::string::npos);
  CHECK(source->refusal().empty());
  CHECK_FALSE(source->find(program::key_of(*shape)));
}

TEST_CASE("many threads want, find, run and drop shapes at once") {
  const auto source = make_jit();
  std::atomic<int> wrong = 0, ran = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 120; ++i) {
        const auto shape = numbered((t * 7 + i) % 10);
        source->want(shape);
        if (i % 8 == 0) source->wait_idle();
        if (const auto code = source->find(program::key_of(*shape))) {
          ++ran;
          wrong += !answer(*code, *shape, true) || answer(*code, *shape, false);
        }
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(ran > 0);
  CHECK(source->status().code_bytes == 0);
}
