// The model: what a policy means once it is known to be right. Names are resolved to indexes, templates expanded, lets written
// out, absence gone (`else` is a choice on presence), every expression total and typed by the Program's own ops; constants are still
// where they were written. One Tenant holds everything that binds it, the platform's rules included, so that lowering a tenant needs
// nothing else.
#pragma once

#include "compiler/diagnostics/source.h"
#include "compiler/syntax/tree.h"
#include "runtime/program/program.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace writ::model {

enum class ExprId : std::uint32_t { none = 0xffff'ffff };

// A constant that many expressions may have: a zone of ten thousand blocks that a thousand rules ask about is held once.
class Shared {
 public:
  Shared() = default;
  Shared(program::Constant value) : value_(std::make_shared<const program::Constant>(std::move(value))) {}
  explicit operator bool() const { return value_ != nullptr; }
  const program::Constant& operator*() const { return *value_; }
  const program::Constant* operator->() const { return value_.get(); }
  const std::shared_ptr<const program::Constant>& pointer() const { return value_; }
  bool operator==(const Shared& other) const {
    return value_ == other.value_ || (value_ && other.value_ && *value_ == *other.value_);
  }

 private:
  std::shared_ptr<const program::Constant> value_;
};

// One node. `op` as in the Program, with these differences: a constant op carries its `constant` here; and_/or_ have all operands in `operands`;
// any_/all_ have operands {set, body} and there is no `each` (lowering opens it); element is the variable of the quantifier `depth` levels out.
// `leaf` marks a leaf of the trace (decision 0001, 30) and `text` is its canonical text; a tree of and_/or_/not_ stands above the leaves.
struct Expr {
  program::Op op{};
  std::vector<ExprId> operands{};
  FactId fact{};            // has_fact, fact_*
  std::uint32_t depth = 0;  // element: 0 = the innermost quantifier
  Shared constant{};        // const_*, in_*, glob, regex
  bool leaf = false;
  std::string text{};
  std::vector<std::pair<std::string, ExprId>>
      seen{};  // leaf: name and value of what explains it: ("request.ip", fact_ip node)
};

struct Alternative {
  std::string text;  // canonical: `mfa within 15m`
  ExprId satisfied{};
  std::int32_t use_connection = -1;
};

struct Rule {
  std::string id, name, text, message, note;  // text: without message and note
  Span span;
  RuleEffect effect{};
  bool report = false;
  ActionMask actions = 0;
  ExprId condition{};                     // place and on and when and not unless
  std::vector<Alternative> alternatives;  // require
  std::string entry;                      // canonical text of `A or B`
  std::vector<FactId> mentions;           // before folding, sorted: condition and alternatives
  std::uint32_t source_order = 0;
};

// A password requirement in force, and who asked for it.
struct PasswordRequirement {
  tree::Requirement requirement;
  std::string origin;  // "platform floor baseline", "acme password strong"
  Span span;
  bool implied = false;  // another one in force asks for as much: hidden in display
};
struct EffectivePassword {
  std::uint32_t connection = 0;
  std::vector<PasswordRequirement> requirements;  // sorted by kind, then origin
};

struct Tenant {
  program::Part structure;                   // all but programs, version and hash
  std::vector<Expr> expressions;             // shared by its rules
  std::vector<Rule> rules;                   // in source order, all in force for some action; duplicates removed
  std::vector<EffectivePassword> passwords;  // database connections
  std::vector<std::pair<std::string, std::string>> attributes;  // what it sets, as text: ("tenant.tier", "gold")
  Span span;
  std::string place;
};

// Whether two expressions, two rules mean the same: equal trees over equal facts and constants, whatever they are called.
bool same(const std::vector<Expr>& expressions, ExprId left, ExprId right);
bool same(const std::vector<Expr>& expressions, const Alternative& left, const Alternative& right);
bool same(const std::vector<Expr>& expressions, const Rule& left, const Rule& right);
// Whether it is another value for each element of the set that a quantifier around it goes through.
bool asks_element(const std::vector<Expr>& expressions, ExprId id);

struct Fixture {
  const tree::FixtureDecl* node = nullptr;
  const tree::Tree* tree = nullptr;
};

struct Policy {
  std::vector<program::Attribute> attributes;    // the platform's
  std::vector<Tenant> tenants;                   // by wire id
  std::map<std::string_view, Fixture> fixtures;  // into the trees
  std::vector<const tree::TestDecl*> tests;      // in source order; into the trees
  std::vector<const tree::Tree*> test_trees;     // parallel to tests
  std::vector<const tree::ProveDecl*> proves;
  std::vector<const tree::Tree*> prove_trees;
  std::int64_t database_connections_per_client = 50;
};

}  // namespace writ::model
