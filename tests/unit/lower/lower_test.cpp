// Lowering by itself: models made by hand, shapes read as text.
#include "compiler/lower/lower.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using program::Op;

// A tenant of one client and one rule at a time, its expressions appended as they are asked for.
struct Made {
  model::Tenant tenant;
  SourceSet sources;

  Made(std::string name = "acme") {
    tenant.structure.id = tenant.structure.name = std::move(name);
    tenant.structure.clients.push_back({.id = "shop", .name = "shop"});
  }
  model::ExprId add(model::Expr expression) {
    tenant.expressions.push_back(std::move(expression));
    return static_cast<model::ExprId>(tenant.expressions.size() - 1);
  }
  model::ExprId text(std::string value) {
    return add({.op = Op::const_string, .constant = program::Constant(std::move(value))});
  }
  model::ExprId email_is(std::string value) {
    const auto email = add({.op = Op::fact_string, .fact = fact("user.email")});
    const auto constant = text(std::move(value));
    return add({.op = Op::eq_string, .operands = {email, constant}, .leaf = true, .text = "user.email == x"});
  }
  model::Rule& rule(RuleEffect effect, std::string id, model::ExprId condition) {
    model::Rule made;
    made.id = made.text = std::move(id);
    made.effect = effect;
    made.actions = mask_of(Action::login);
    made.condition = condition;
    tenant.rules.push_back(std::move(made));
    return tenant.rules.back();
  }
  program::ActionProgram login() const { return lower_tenant(tenant, sources).programs[0]; }
};

TEST_CASE("rules are ordered by platform, shared clients, tenant, whatever the tenant's name") {
  for (const auto* name : {"acme", "zeta"}) {
    Made made(name);
    made.rule(RuleEffect::allow, std::string(name) + "/allow~1", made.email_is("a"));
    made.rule(RuleEffect::deny, "platform/deny x", made.email_is("b"));
    made.rule(RuleEffect::deny, "client.shop/deny y", made.email_is("c"));
    const auto login = made.login();
    REQUIRE(login.rules.size() == 3);
    CHECK(login.rules[0].id == "platform/deny x");
    CHECK(login.rules[1].id == "client.shop/deny y");
    CHECK(login.rules[2].id == std::string(name) + "/allow~1");
  }
}

TEST_CASE("tenants that differ in constants only share a shape, even where constants happen to be equal") {
  Made one("one"), two("two");
  one.rule(RuleEffect::allow, "one/allow~1", one.email_is("a@one.example"));
  one.rule(RuleEffect::deny, "one/deny x", one.email_is("b@one.example"));
  two.rule(RuleEffect::allow, "two/allow~1", two.email_is("same"));
  two.rule(RuleEffect::deny, "two/deny x", two.email_is("same"));
  CHECK(*one.login().shape == *two.login().shape);
  CHECK_FALSE(one.login().row == two.login().row);
}

TEST_CASE("a fact is read once however many rules ask for it") {
  Made made;
  made.rule(RuleEffect::allow, "acme/allow~1", made.email_is("a"));
  made.rule(RuleEffect::deny, "acme/deny x", made.email_is("b"));
  const auto login = made.login();
  const auto reads =
      std::ranges::count_if(login.shape->nodes, [](const auto& node) { return node.op == Op::fact_string; });
  CHECK(reads == 1);
  CHECK(program::verify(*login.shape) == "");
}

TEST_CASE("a quantifier becomes a loop whose body stands inside it") {
  Made made;
  const auto groups = made.add({.op = Op::fact_set, .fact = fact("user.groups")});
  const auto element = made.add({.op = Op::element, .depth = 0});
  const auto constant = made.text("x");
  const auto body = made.add({.op = Op::starts_with, .operands = {element, constant}});
  const auto any =
      made.add({.op = Op::any_, .operands = {groups, body}, .leaf = true, .text = "any g in user.groups : …"});
  made.rule(RuleEffect::allow, "acme/allow~1", any);
  const auto login = made.login();
  const auto& shape = *login.shape;
  CHECK(program::verify(shape) == "");
  REQUIRE(shape.nodes.size() == 6);
  CHECK(shape.nodes[1].op == Op::each);
  CHECK(shape.nodes[1].c == 5);
  CHECK(shape.nodes[5].op == Op::any_);
}

TEST_CASE("what a quantifier's body asks of no element stands before the loop, once") {
  Made made;
  const auto groups = made.add({.op = Op::fact_set, .fact = fact("user.groups")});
  const auto element = made.add({.op = Op::element, .depth = 0});
  const auto of_each = made.add({.op = Op::starts_with, .operands = {element, made.text("x")}});
  const auto email = made.add({.op = Op::fact_string, .fact = fact("user.email")});
  const auto of_none =
      made.add({.op = Op::regex, .operands = {email}, .constant = program::Constant(program::Regex{"a+b"})});
  const auto body =
      made.add({.op = Op::and_, .operands = {of_each, made.add({.op = Op::not_, .operands = {of_none}})}});
  made.rule(RuleEffect::allow, "acme/allow~1",
            made.add({.op = Op::any_, .operands = {groups, body}, .leaf = true, .text = "any g in user.groups : …"}));
  const auto login = made.login();
  const auto& nodes = login.shape->nodes;
  CHECK(program::verify(*login.shape) == "");
  const auto place = [&](Op op) { return std::ranges::find(nodes, op, &program::Node::op) - nodes.begin(); };
  CHECK(place(Op::regex) < place(Op::each));
  CHECK(place(Op::not_) < place(Op::each));
  CHECK(place(Op::each) < place(Op::starts_with));
  CHECK(place(Op::starts_with) < place(Op::and_));
  CHECK(std::ranges::count(nodes, Op::regex, &program::Node::op) == 1);
}

TEST_CASE("requires that read alike and mean different things keep an entry each") {
  Made made;
  const auto require = [&](std::string id, std::int64_t limit) {
    const auto age = made.add({.op = Op::fact_int, .fact = fact("session.mfa_age")});
    const auto constant = made.add({.op = Op::const_int, .constant = program::Constant(limit)});
    const auto satisfied = made.add({.op = Op::le_int, .operands = {age, constant}});
    auto& rule = made.rule(RuleEffect::require, std::move(id), made.email_is("a"));
    rule.entry = "mfa within limit";
    rule.alternatives.push_back({"mfa within limit", satisfied, -1});
  };
  require("acme.client.a/require x", 60);
  require("acme.client.b/require x", 900);
  require("acme.client.c/require x", 60);
  const auto login = made.login();
  CHECK(login.entries.size() == 2);
  CHECK(login.shape->rules[0].entry == login.shape->rules[2].entry);
  CHECK(login.shape->rules[0].entry != login.shape->rules[1].entry);
}

TEST_CASE(
    "required facts: what rules mention, user.blocked, what lockouts count; not what the action has as optional") {
  Made made;
  auto& rule = made.rule(RuleEffect::allow, "acme/allow~1", made.email_is("a"));
  rule.mentions = {fact("user.email"), fact("user.groups")};
  made.tenant.structure.lockouts.push_back({.counter = program::Lockout::Counter::by_ip, .attempts = 5, .block = 1});
  const auto part = lower_tenant(made.tenant, made.sources);
  const std::vector<FactId> wanted = {fact("user.groups"), fact("user.blocked"), fact("request.time"),
                                      fact("attempts.by_ip")};
  CHECK(part.programs[0].required == wanted);
  CHECK(part.programs[static_cast<std::size_t>(Action::m2m)].required.empty());
}

TEST_CASE("the hash follows what decides") {
  Made one, two;
  one.rule(RuleEffect::allow, "acme/allow~1", one.email_is("a"));
  two.rule(RuleEffect::allow, "acme/allow~1", two.email_is("b"));
  CHECK(lower_tenant(one.tenant, one.sources).hash == lower_tenant(one.tenant, one.sources).hash);
  CHECK(lower_tenant(one.tenant, one.sources).hash != lower_tenant(two.tenant, two.sources).hash);
}

}  // namespace
