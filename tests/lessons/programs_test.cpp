// What runs is what was meant: every way in is judged by the same checks, and nothing is made from text that was printed for people.
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "tests/agree/properties.h"
#include "tests/lessons/world.h"
#include "tests/support/part_builder.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <cstring>
#include <functional>
#include <set>

using namespace writ;
using namespace writ::lessons;

namespace {

const std::string varied = tenant(
    "zone office = 10.0.0.0/8, country \"DE\"\nlet list = [\"b\", \"a\", \"c\"]\nallow login when user.id in list\n"
    "deny login \"g\" when user.id matches \"x*\" or user.id matches /y+/ or user.id contains \"q\"\n"
    "deny login \"w\" when request.time in 22:00..06:00 \"Europe/Paris\"\n"
    "deny login \"d\" when (email_domain(user.email) else \"\") in [\"evil.com\"]\n"
    "require mfa within 15m \"m\" when any g in user.groups : lower(g) starts with \"admin\" or "
    "not (request in office else false)");

program::Part compiled(const std::string& policy) {
  const auto made = agree::prepare({"writ 1\n" + policy}, nullptr);
  REQUIRE(made->problems.empty());
  return *made->engine->part("acme");
}

}  // namespace

TEST_CASE("formatting changes neither a list nor its order nor a decision") {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("p.writ", "writ 1\n" + varied), {}, diagnostics);
  REQUIRE(diagnostics.empty());
  const auto formatted = format(tree);
  CHECK(formatted.find("[\"b\", \"a\", \"c\"]") != std::string::npos);
  const auto before = compiled(varied), after = compiled(formatted.substr(7));
  for (std::size_t i = 0; i < action_count; ++i) {
    CHECK(*before.programs[i].shape == *after.programs[i].shape);
    CHECK(before.programs[i].row == after.programs[i].row);
  }
  CHECK(before.hash == after.hash);
  std::vector<NamedRequest> requests;
  for (const char* id : {"a", "b", "c", "d", "x", "y", "q", ""})
    requests.push_back(login({{"user.id", std::string(id)}}));
  CHECK(agree::broken_property({"writ 1\n" + varied}, {}, requests, 1) == "");
}

TEST_CASE("a request is judged the same by text, by names and by facts set one at a time") {
  const World world("attributes { user.level : int 0..9? }\n" + tenant("allow login when (user.level else 0) < 5"));
  const std::string head =
      R"({"action":"login","tenant":"acme","client":"shop","connection":"users","user":{"blocked":false)";
  const auto same = [&](const std::string& field, const Facts& facts, Fault fault) {
    INFO(field);
    NamedRequest named;
    named.tenant = "acme", named.client = "shop", named.connection = "users";
    named.facts["user.blocked"] = false;
    for (const auto& [name, value] : facts) named.facts[name] = value;
    Request one, other;
    world.engine().bind(named, one);
    world.engine().start(other, Action::login, "acme", "shop", "users");
    other.set(fact("user.blocked"), false);
    for (const auto& [name, value] : facts) {
      const auto id = world.engine().fact("acme", name);
      REQUIRE(id);
      if (const auto* number = std::get_if<std::int64_t>(&value)) other.set(*id, *number);
      if (const auto* text = std::get_if<std::string>(&value)) other.set(*id, std::string_view(*text));
      if (const auto* flag = std::get_if<bool>(&value)) other.set(*id, *flag);
    }
    const auto a = world.engine().decide(one), b = world.engine().decide(other);
    CHECK(a.fault == fault);
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    const auto read = world.read(head + field + "}}");
    if (fault == Fault::none) REQUIRE(read.ok());
    if (!read.ok()) return;  // refused before it could be asked, which is invalid_request as well
    Request third;
    world.engine().bind(read.request, third);
    const auto c = world.engine().decide(third);
    CHECK(std::memcmp(&a, &c, sizeof a) == 0);
  };
  same("", {}, Fault::none);
  same(R"(,"level":4)", {{"user.level", std::int64_t{4}}}, Fault::none);
  same(R"(,"level":9)", {{"user.level", std::int64_t{9}}}, Fault::none);
  same(R"(,"level":10)", {{"user.level", std::int64_t{10}}}, Fault::invalid_request);
  same(R"(,"level":-1)", {{"user.level", std::int64_t{-1}}}, Fault::invalid_request);
  same(R"(,"level":"4")", {{"user.level", std::string("4")}}, Fault::invalid_request);
  same(R"(,"level":true)", {{"user.level", true}}, Fault::invalid_request);
  same(R"(,"email_verified":true)", {{"user.email_verified", true}}, Fault::invalid_request);
}

TEST_CASE("whoever made a program, it is verified before it serves") {
  // Each change alone makes a sound part one that would read past something, forget something, or ask for what is not there.
  const auto refused = [](const std::string& what, const std::function<void(program::Part&)>& change) {
    INFO(what);
    auto part = compiled(varied);
    change(part);
    part.hash = program::hash_of(part);
    Engine engine;
    CHECK(engine.put({part}) != "");
    CHECK(engine.tenants().empty());
  };
  const auto shape_of = [](program::Part& part, const std::function<void(program::Shape&)>& change) {
    auto shape = *part.programs[0].shape;
    change(shape);
    part.programs[0].shape = std::make_shared<const program::Shape>(std::move(shape));
  };
  Engine sound;
  REQUIRE(sound.put({compiled(varied)}) == "");
  const auto nodes = compiled(varied).programs[0].shape->nodes.size();
  for (std::size_t i = 0; i < nodes; ++i)
    refused("operands of node " + std::to_string(i), [&](auto& part) {
      shape_of(part, [&](auto& shape) {
        auto& node = shape.nodes[i];
        const auto& row = program::row_of(node.op);
        if (row.operands[0] == program::Operand::none) node.op = program::Op::not_;
        node.a = 1'000'000;
      });
    });
  refused("rule", [&](auto& part) {
    shape_of(part, [](auto& shape) { shape.rules[0].fired = static_cast<program::NodeId>(shape.nodes.size()); });
  });
  refused("entry", [&](auto& part) {
    shape_of(part, [](auto& shape) { shape.rules.back().entry = 9, shape.rules.back().effect = RuleEffect::require; });
  });
  refused("a rule less", [&](auto& part) { shape_of(part, [](auto& shape) { shape.rules.pop_back(); }); });
  refused("slot", [&](auto& part) { shape_of(part, [](auto& shape) { shape.slots.emplace_back(); }); });
  refused("short row", [](auto& part) {
    const auto bytes = part.programs[0].row.bytes();
    part.programs[0].row = program::Row::from_bytes(bytes.first(bytes.size() / 2));
  });
  refused("pattern", [](auto& part) {
    auto bytes = std::vector(part.programs[0].row.bytes().begin(), part.programs[0].row.bytes().end());
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
      if (bytes[i] == std::byte{'y'} && bytes[i + 1] == std::byte{'+'}) bytes[i] = std::byte{'('};
    part.programs[0].row = program::Row::from_bytes(bytes);
  });
}

TEST_CASE("each byte of a row that is changed is refused by the hash") {
  const auto part = compiled(varied);
  const auto bytes = part.programs[0].row.bytes();
  Engine engine;
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    auto copy = std::vector(bytes.begin(), bytes.end());
    copy[i] ^= std::byte{0x40};
    auto changed = part;
    changed.programs[0].row = program::Row::from_bytes(copy);
    REQUIRE(engine.put({changed}) != "");
  }
  CHECK(engine.put({part}) == "");
}

TEST_CASE("different programs never share a key, however little they differ") {
  const auto shape = *compiled(varied).programs[0].shape;
  std::set<program::ShapeKey> keys = {program::key_of(shape)};
  std::size_t made = 1;
  const auto another = [&](const std::function<void(program::Shape&)>& change) {
    auto copy = shape;
    change(copy);
    if (copy == shape) return;
    ++made;
    keys.insert(program::key_of(copy));
  };
  for (std::size_t i = 0; i < shape.nodes.size(); ++i)
    another(
        [&](auto& s) { s.nodes[i].op = s.nodes[i].op == program::Op::and_ ? program::Op::or_ : program::Op::and_; });
  for (std::size_t i = 0; i < shape.rules.size(); ++i) {
    another([&](auto& s) { s.rules[i].report = !s.rules[i].report; });
    another([&](auto& s) {
      s.rules[i].effect = s.rules[i].effect == RuleEffect::deny ? RuleEffect::allow : RuleEffect::deny;
    });
    another([&](auto& s) { s.rules[i].fired = static_cast<program::NodeId>(0); });
  }
  for (std::size_t i = 0; i < shape.slots.size(); ++i)
    another([&](auto& s) {
      s.slots[i] = s.slots[i] == program::SlotKind::glob ? program::SlotKind::regex : program::SlotKind::glob;
    });
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    another([&](auto& s) { s.entries[i].use_connection = 3; });
    another([&](auto& s) { s.entries[i].satisfied.clear(); });
  }
  another([](auto& s) { s.action = Action::signup; });
  CHECK(made > 50);
  CHECK(keys.size() == made);
}

#if WRIT_WITH_JIT
TEST_CASE("machine code calls the builtins and nothing else") {
  const std::set<std::string> builtins = {"writ_same_bytes", "writ_eq_string",    "writ_starts_with",
                                          "writ_ends_with",  "writ_contains",     "writ_glob",
                                          "writ_regex",      "writ_email_domain", "writ_set_has",
                                          "writ_in_ints",    "writ_in_strings",   "writ_has_email_domain",
                                          "writ_in_cidrs",   "writ_in_window"};
  std::size_t seen = 0;
  for (const auto& program : compiled(varied).programs) {
    const auto text = emit_text(*program.shape);
    for (auto at = text.find("declare "); at != std::string::npos; at = text.find("declare ", at + 1)) {
      const auto name = text.find('@', at) + 1;
      const auto called = text.substr(name, text.find('(', name) - name);
      INFO(called);
      CHECK((builtins.contains(called) || called.starts_with("llvm.")));
      ++seen;
    }
    CHECK(text.find("inttoptr") == std::string::npos);  // no address of this process
  }
  CHECK(seen >= 6);
}
#endif
