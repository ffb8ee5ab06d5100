// What words mean at one place of the policy: the bridge between declarations (declare*.cpp, which fill it) and expressions (expression*.cpp,
// which read it). A Scope is a value of views: everything it points at outlives the check of one tenant.
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace writ::check {

struct Zone {
  std::string name;
  std::vector<Cidr> cidrs;
  std::vector<std::string> countries;
  std::vector<std::int64_t> asns;
  Span span;
};

struct Scope;

// A regular expression, compiled once for the whole policy set.
struct Pattern {
  std::size_t memory = 0, steps = 0;
  std::string error;  // empty when it compiles
};
using Patterns = std::map<std::string, Pattern, std::less<>>;

// What the checks of one tenant have in common: how much they read, lets written out, and what need be read once only. Lets and templates
// make much out of little text, so what one tenant takes is bounded here and not by its bytes.
struct Spent {
  std::size_t expressions = 0;  // read; texts of leaves count, too, by their size
  std::size_t pattern_memory = 0, pattern_steps = 0;
  bool said = false;  // that it is too much
  Patterns* patterns = nullptr;
  std::set<std::string_view> counted = {};  // patterns, whose memory
  // A list or a zone as the constant of an op; without one when a mistake was found in it, which was said then.
  using Key = std::tuple<const void*, const Scope*, TypeKind, std::vector<std::string_view>>;
  std::map<Key, model::Shared> constants = {};
};

// A pattern is compiled once for the whole set. What its automaton takes counts once for its tenant, what it does `times` for each rule or password
// that asks for it (0008).
enum class PatternUse : std::uint8_t { fine, broken, too_much, too_much_before };
struct UsedPattern {
  PatternUse use;
  const Pattern* pattern;  // null where it was too much before
};
UsedPattern use_pattern(const std::string& text, std::size_t times, Patterns& known, Spent& spent,
                        const Limits& limits);

// `let NAME = E`, checked where it stands and again, written out, where it is used.
struct LetEntry {
  const tree::Tree* tree = nullptr;
  const tree::Let* let = nullptr;
  const Scope* scope = nullptr;  // of its declaration
  bool being_checked = false;    // a cycle is an error
};

// A template's argument: the literal given for a parameter.
struct Argument {
  const tree::Tree* tree = nullptr;  // of the literal
  tree::ExprId value{};
  const tree::Type* type = nullptr;
  Span declared;
};

// A tenant attribute's value, or nothing when it is optional and unset.
struct TenantAttribute {
  const tree::Type* type = nullptr;
  std::optional<program::Constant> value;  // boolean, integer (duration, time, enumeration too), string, ip, strings
  Span declared;
};

std::string attribute_text(const TenantAttribute& attribute);  // attributes.cpp: gold, "Europe", 15m, absent

// The names of one level: platform, shared client, tenant, organization, client…; lookups go outwards through `outer`.
struct Scope {
  const Scope* outer = nullptr;
  const tree::Tree* tree = nullptr;
  bool floor = false;  // platform and shared clients: no tenant's things
  std::map<std::string, LetEntry, std::less<>> lets;
  std::map<std::string, Zone, std::less<>> zones;
  std::map<std::string, Argument, std::less<>> arguments;
  // Tenant level (and outwards none): indexes into the tenant's structure, by *name*.
  const program::Part* part = nullptr;
  std::string_view tenant_name;
  const std::vector<program::Attribute>* attributes = nullptr;  // ids follow builtin_facts, in this order
  const std::map<std::string, Span, std::less<>>* attribute_spans = nullptr;
  const std::map<std::string, TenantAttribute, std::less<>>* tenant_attributes = nullptr;        // "tenant.tier"
  const std::map<std::string, const tree::ObligationDecl*, std::less<>>* obligations = nullptr;  // declared ones
  const std::map<std::string, const Scope*, std::less<>>* obligation_scopes = nullptr;  // where each was declared
  Spent* spent = nullptr;  // the tenant's; outermost the platform's
};

// What a rule's condition is checked with.
struct Place {
  const Scope* scope = nullptr;
  ActionMask actions = 0;  // facts must exist in all of them
  std::uint32_t client = UINT32_MAX, connection = UINT32_MAX,
                organization = UINT32_MAX;  // the block that holds the rule
};

// Checks one rule whole: place, on, when, unless, obligations. Fills condition, alternatives, entry and mentions of `rule` (id, texts
// and places are the caller's) and appends nodes to `nodes`. On errors it reports and leaves `condition` a constant false.
void check_rule(const Place& place, const tree::Tree& tree, const tree::Rule& source, const SourceSet& sources,
                const Limits& limits, std::vector<model::Expr>& nodes, model::Rule& rule, Diagnostics& diagnostics);

// Checks an expression that must be boolean and stands alone: a let's body at its declaration (any type is fine there:
// `boolean` false), a proof's right side, a declared obligation. Reports errors only.
void check_alone(const Place& place, const tree::Tree& tree, tree::ExprId expression, bool boolean,
                 const SourceSet& sources, const Limits& limits, Diagnostics& diagnostics);

// A setting's literal of the wanted type: a literal, a let, a template argument, a tenant attribute's enumeration word.
// Reports and returns nothing when it is not one.
std::optional<program::Constant> constant_of(const Scope& scope, const tree::Tree& tree, tree::ExprId expression,
                                             const tree::Type& wanted, const SourceSet& sources,
                                             Diagnostics& diagnostics);
// A list of strings: each item a string, or a let or argument that is a string or a list of strings; with the place of each.
std::vector<tree::Text> strings_of(const Scope& scope, const tree::Tree& tree, std::span<const tree::ExprId> items,
                                   const SourceSet& sources, Diagnostics& diagnostics);

// The built-in or declared fact of that name visible in `scope`.
struct FactInfo {
  FactId id{};
  std::string_view name;
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string_view> values;
  Span declared;  // unknown for built-in ones
};
std::optional<FactInfo> find_fact(const Scope& scope, std::string_view name);

}  // namespace writ::check
