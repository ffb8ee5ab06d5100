// What making machine code may take, of time and of memory: just under and just over each bound, and ten thousand different shapes. Time is a
// clock of these tests, which goes on by a millisecond whenever it is looked at, so a shape takes as long here as everywhere.
#include "runtime/jit/jit.h"
#include "runtime/jit/memory.h"
#include "tests/support/part_builder.h"
#include "tests/unit/jit/model.h"

#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;
using std::chrono::milliseconds;

namespace {

std::atomic<std::int64_t> ticks{0};
std::chrono::steady_clock::time_point counting_clock() {
  return std::chrono::steady_clock::time_point(milliseconds(++ticks));
}

// Fourteen nodes by the bits of the number: as many shapes as one likes, all of one size.
std::string different(std::uint32_t number) {
  std::string text = "shape login\n%0 = fact.bool user.blocked\n%1 = fact.bool user.email_verified\n";
  for (std::uint32_t bit = 0; bit < 14; ++bit)
    text += "%" + std::to_string(bit + 2) + " = " + (number >> bit & 1 ? "and" : "or") + " %" +
            std::to_string(bit + 1) + " %" + std::to_string(bit % 2) + "\n";
  return text + "deny %0\nallow %15\n";
}

std::shared_ptr<const Shape> shape_of(std::uint32_t number) {
  std::string error;
  auto shape = program::read_shape(different(number), error);
  INFO(error);
  REQUIRE(shape);
  return std::make_shared<const Shape>(std::move(*shape));
}

struct Told {
  std::mutex mutex;
  std::vector<std::string> texts;
  std::function<void(const std::string&)> taking() {
    return [this](const std::string& text) {
      const std::lock_guard lock(mutex);
      texts.push_back(text);
    };
  }
};

bool has_code(Jit& source, const std::shared_ptr<const Shape>& shape) {
  source.want(shape);
  source.wait_idle();
  return source.find(program::key_of(*shape)).has_value();
}

}  // namespace

TEST_CASE("every bound on machine code has a test") {
  // A bound that is added does not fit here, and wants its pair of tests: below, and in source_test.cpp and agree_test.cpp.
  const auto [optimize, optimize_limit, node_limit, queue_limit, code_bytes_limit, shape_time, total_time, report,
              now] = JitOptions{};
  CHECK(optimize);
  CHECK(optimize_limit < node_limit);
  CHECK(queue_limit > 0);
  CHECK(code_bytes_limit > 0);
  CHECK(shape_time < total_time);
  CHECK_FALSE(report);
  CHECK(now() > std::chrono::steady_clock::time_point{});
}

TEST_CASE("a shape that takes its time is compiled, and one that takes a millisecond more is interpreted") {
  const auto shape = shape_of(1);
  const auto within = [&](std::int64_t time) {
    JitOptions options;
    options.now = counting_clock;
    options.shape_time = milliseconds(time);
    const auto source = make_jit(options);
    if (has_code(*source, shape)) return true;
    CHECK(source->status().refused == 1);
    CHECK(source->status().last_error == "compiling it took more than " + std::to_string(time) + " ms");
    CHECK(source->refusal().empty());
    return false;
  };
  std::int64_t enough = 0;  // the least time under which it is refused, plus one
  for (std::int64_t step = 1 << 12; step > 0; step /= 2)
    if (!within(enough + step)) enough += step;
  CHECK_FALSE(within(enough));
  CHECK(within(enough + 1));
  CHECK(enough > 10);     // LLVM is asked between its passes
  CHECK(enough < 4'000);  // and this is a small shape
  JitOptions plain;       // without optimisation there is less to do
  plain.now = counting_clock;
  plain.optimize = false;
  plain.shape_time = milliseconds(enough / 2);
  CHECK(has_code(*make_jit(plain), shape));
}

TEST_CASE("when the time for machine code is used up the rest is interpreted, and that is said once") {
  Told told;
  JitOptions options;
  options.now = counting_clock;
  options.report = told.taking();
  std::vector<std::shared_ptr<const Shape>> shapes;
  const auto first = make_jit(options);
  for (std::uint32_t i = 0; i < 3; ++i) REQUIRE(has_code(*first, shapes.emplace_back(shape_of(i))));
  const auto spent = first->status().spent;
  CHECK(spent > milliseconds(3));
  CHECK(told.texts.empty());

  options.total_time = spent;  // used up with the third shape; a millisecond more lets a fourth one begin
  const auto under = make_jit(options);
  for (const auto& shape : shapes) CHECK(has_code(*under, shape));
  CHECK_FALSE(has_code(*under, shapes.emplace_back(shape_of(3))));
  for (std::uint32_t i = 4; i < 9; ++i) CHECK_FALSE(has_code(*under, shapes.emplace_back(shape_of(i))));
  CHECK(told.texts ==
        std::vector<std::string>{"the time for making machine code is used up (" + std::to_string(spent.count()) +
                                 " ms), so further policies are interpreted"});
  CHECK(under->find(program::key_of(*shapes[0])));  // what there is goes on

  options.total_time = spent + milliseconds(1);
  const auto over = make_jit(options);
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(has_code(*over, shapes[i]));
  CHECK_FALSE(has_code(*over, shapes[4]));

  shapes.erase(shapes.begin(), shapes.begin() + 3);  // what goes gives its time back
  bool again = false;
  for (int asked = 0; asked < 8; ++asked) again = has_code(*under, shapes.back()) || again;
  CHECK(again);
}

TEST_CASE("ten thousand different shapes: bounded memory for code, and every decision is made") {
  constexpr std::uint32_t count = 10'000, first = 6'000;
  Told told;
  JitOptions options;
  options.optimize = false;
  options.code_bytes_limit = 1u << 20;
  options.queue_limit = 2'000;
  options.report = told.taking();
  const auto source = make_jit(options);
  std::vector<program::Part> parts;
  for (std::uint32_t i = 0; i < count; ++i) {
    PartBuilder builder("t" + std::to_string(i));
    builder.connection("users", "database");
    builder.client("web", ClientType::web, {0});
    builder.program(Action::login, different(first + i));
    parts.push_back(builder.build());
  }
  Engine engine(source, Tier::automatic);
  const auto refused = engine.put(std::move(parts));
  REQUIRE(refused == "");
  engine.wait_for_code();
  std::size_t native = 0, allowed = 0;
  Request request;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string tenant = "t" + std::to_string(i);
    engine.start(request, Action::login, tenant, "web", "users");
    request.set(fact("user.blocked"), false).set(fact("user.email_verified"), true);
    request.set(fact("user.email"), std::string_view("a@b.example"));
    const auto decision = engine.decide(request), interpreted = engine.interpret(request);
    REQUIRE(decision.fault == Fault::none);
    REQUIRE(std::memcmp(&decision, &interpreted, sizeof decision) == 0);
    // Bits of even places combine with `blocked`, which is false, the others with `email_verified`, which is true.
    bool expected = true;
    for (std::uint32_t bit = 0; bit < 14; ++bit)
      expected = (first + i) >> bit & 1 ? expected && bit % 2 : expected || bit % 2;
    REQUIRE((decision.effect == Effect::allow) == expected);
    allowed += expected;
    native += engine.native(request).has_value();
  }
  const auto status = source->status();
  CHECK(status.code_bytes <= options.code_bytes_limit);
  CHECK(status.code_bytes > options.code_bytes_limit / 2);
  CHECK(native > 50);
  CHECK(native < count / 2);
  CHECK(allowed > count / 4);
  CHECK(allowed < count);
  CHECK(told.texts == std::vector<std::string>{
                          "the memory for machine code is used up (1024 KiB), so further policies are interpreted"});
}
