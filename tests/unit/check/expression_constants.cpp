// Settings that must be known when a policy is checked.
#include "compiler/check/scope.h"
#include "compiler/syntax/syntax.h"

#include <catch2/catch.hpp>

using namespace writ;

namespace {

// The lets of a text; the value of the one named `it` is asked for.
struct Setting {
  explicit Setting(std::string_view lets) {
    const auto file = sources.add("set.writ", "writ 1\n" + std::string(lets) + "\n");
    tree = parse(sources, file, {}, diagnostics);
    scope.tree = &tree;
    for (const auto& declaration : tree.declarations)
      if (const auto* let = std::get_if<tree::Let>(&declaration)) {
        scope.lets[let->name.text] = {&tree, let, &scope, false};
        if (let->name.text == "it") value = let->value;
      }
  }
  std::optional<program::Constant> as(TypeKind kind, std::optional<std::int64_t> low = {},
                                      std::optional<std::int64_t> high = {}) {
    tree::Type type;
    type.kind = kind;
    type.low = low;
    type.high = high;
    if (kind == TypeKind::enumeration)
      for (const auto* word : {"free", "gold"}) type.values.push_back({word, {}, false});
    return check::constant_of(scope, tree, value, type, sources, diagnostics);
  }
  Code code() const {
    REQUIRE(diagnostics.sorted().size() == 1);
    return diagnostics.sorted()[0].code;
  }

  SourceSet sources;
  Diagnostics diagnostics;
  tree::Tree tree;
  check::Scope scope;
  tree::ExprId value{};
};

}  // namespace

TEST_CASE("literals of the wanted type, and lets that are") {
  CHECK(Setting("let it = 3").as(TypeKind::integer) == program::Constant{std::int64_t{3}});
  CHECK(Setting("let it = 15m").as(TypeKind::duration) == program::Constant{std::int64_t{900'000'000}});
  CHECK(Setting("let it = true").as(TypeKind::boolean) == program::Constant{true});
  CHECK(Setting("let other = \"x\"\nlet it = other").as(TypeKind::string) == program::Constant{std::string("x")});
  CHECK(Setting("let it = gold").as(TypeKind::enumeration) == program::Constant{std::int64_t{1}});
  CHECK(Setting("let it = [\"a\", \"b\"]").as(TypeKind::string_set) ==
        program::Constant{std::vector<std::string>{"a", "b"}});
}

TEST_CASE("what is not one is refused") {
  const auto code = [](std::string_view text, TypeKind kind) {
    Setting setting(text);
    CHECK_FALSE(setting.as(kind, 0, 10));
    return setting.code();
  };
  CHECK(code("let it = 3", TypeKind::string) == Code::wrong_type);
  CHECK(code("let it = 11", TypeKind::integer) == Code::out_of_range);
  CHECK(code("let it = 15", TypeKind::duration) == Code::wrong_type);
  CHECK(code("let it = platinum", TypeKind::enumeration) == Code::unknown_value);
  CHECK(code("let it = user.id", TypeKind::string) == Code::not_a_constant);
  CHECK(code("let it = [\"a\", 3]", TypeKind::string_set) == Code::wrong_type);
  CHECK(code("let other = it\nlet it = other", TypeKind::string) == Code::not_a_constant);
}

TEST_CASE("strings, from lists too, with their places") {
  Setting setting("let more = [\"b\", \"c\"]\nlet it = [\"a\", more]");
  const auto& list = std::get<tree::List>(setting.tree[setting.value].node);
  const auto texts = check::strings_of(setting.scope, setting.tree, list.items, setting.sources, setting.diagnostics);
  REQUIRE(texts.size() == 3);
  CHECK(texts[0].text + texts[1].text + texts[2].text == "abc");
  CHECK(setting.sources.text(texts[1].span) == "\"b\"");
  CHECK(setting.diagnostics.empty());
}
