// Inside the checking of expressions: what the files expression*.cpp share. One Checker works on one rule (or one
// expression that stands alone) and walks it once, from left to right:
//
//   condition  `and`, `or`, `not` and boolean lets: the structure the trace shows; carries what `has` has proven so far
//   leaf       everything else that is boolean, taken whole
//   value      inside a leaf: a typed node, perhaps absent
//
// A value that may be absent carries a node that says whether it is present and the reason it may not be; `else` and
// `has` use the first, the error E0301 the second. Every function that finds a mistake reports it and returns
// nothing, and nothing is silent: whoever gets nothing stops, and the rule's condition becomes a constant false
// beside an error that refuses the policy.
#pragma once

#include "compiler/check/scope.h"
#include "compiler/check/wording.h"
#include "runtime/program/frame.h"

#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::check {

// What flow typing knows: one bit a fact, then one a tenant attribute in the order this checker met them.
inline constexpr std::size_t attribute_bits = 1'024;
using Facts = std::bitset<program::max_facts + attribute_bits>;
inline constexpr std::size_t no_key = SIZE_MAX;

// A place to read: an expression's tree and what its words mean.
struct Where {
  const tree::Tree* tree = nullptr;
  const Scope* scope = nullptr;
};

// Why a value may be absent.
struct Absence {
  std::size_t key = no_key;  // what `has` would prove; no_key where `has` cannot
  Where where;
  tree::ExprId expression{};  // what may be absent
  std::string label;          // "declared `string?` at acme/facts.writ:3:3"
  Span defined{};             // of the let it comes from
};

// What a text can be at all: a literal of another form never equals it, and a deny that compares with one is silent.
enum class Form : std::uint8_t { any, country, domain, lower };

struct Typed {
  model::ExprId node = model::ExprId::none;  // none: a set that the policy holds (`features` or `attribute`)
  TypeKind kind = TypeKind::boolean;
  std::vector<std::string_view> values;            // enumeration: its words
  bool ordered = true;                             // enumeration: `<` means something
  std::int64_t low = INT64_MIN, high = INT64_MAX;  // integer: what it can be
  model::ExprId present = model::ExprId::none;     // none: always present
  std::optional<Absence> absence;                  // set with `present`
  Form form = Form::any;                           // string
  bool optional_somewhere = false;                 // present here, but `else` on it is no mistake
  bool features = false;                           // tenant.features
  const TenantAttribute* attribute = nullptr;      // a `set of string` of the tenant
  Span declared;                                   // its type, where the policy declares it

  bool ranged() const { return low != INT64_MIN || high != INT64_MAX; }
  bool is_name() const { return kind >= TypeKind::tenant; }
};

// A condition, and what is known to be present after it came out true or false.
struct Flow {
  model::ExprId node{};
  Facts when_true, when_false;
};

class Checker {
  using Op = program::Op;

 public:
  Checker(const Place& place, const tree::Tree& tree, const SourceSet& sources, const Limits& limits,
          std::vector<model::Expr>& nodes, Diagnostics& diagnostics);

  void rule(const tree::Rule& source, model::Rule& rule);
  void alone(tree::ExprId id, bool boolean);

 private:
  // expression.cpp: structure, leaves, the way into a value
  Flow condition(tree::ExprId id);
  Flow all_of(const std::vector<tree::ExprId>& operands);
  Flow any_of(const std::vector<tree::ExprId>& operands);
  Flow leaf(tree::ExprId id);
  bool small_enough(Span span, std::size_t expressions = 1);
  model::ExprId let_in_place(const LetEntry& entry, Span use);
  std::optional<Typed> value(tree::ExprId id, const Typed* other = nullptr);  // present, or reported
  // May be absent. `other`: what it is compared with, so that a bare name is known for what it is.
  std::optional<Typed> maybe(tree::ExprId id, const Typed* other = nullptr);
  std::optional<Typed> of_node(tree::ExprId id, const Typed* other);
  std::optional<Typed> logic(tree::ExprId id);
  Typed literal(const tree::Literal& literal);
  Flow satisfied_when(const LetEntry& entry, Span use);
  template <class Action>
  auto within_let(const LetEntry& entry, Span use, Action action);

  // expression_names.cpp: words and paths
  const tree::Path* word(tree::ExprId id) const;  // a path of one part
  const Argument* find_argument(std::string_view name) const;
  const LetEntry* find_let(std::string_view name) const;
  const Zone* find_zone(std::string_view name) const;
  const program::Part* part() const;
  bool is_variable(std::string_view name) const;
  bool is_known(std::string_view name) const;  // as a variable, parameter, let or entity
  bool is_open(tree::ExprId id) const;         // a name whose meaning depends on what it is compared with
  std::pair<Where, tree::ExprId> behind(tree::ExprId id) const;  // through lets and parameters to what was written
  std::optional<Typed> path(const tree::Path& path, tree::ExprId id, const Typed* other);
  std::optional<Typed> single_word(const tree::Name& name, tree::ExprId id, const Typed* other);
  std::optional<Typed> let_value(const LetEntry& entry, tree::ExprId use, const Typed* other);
  std::optional<Typed> argument_value(const Argument& argument, Span use);
  std::optional<Typed> named(std::string_view name, Span span, const Typed& other);
  std::optional<std::uint32_t> index_of_name(TypeKind kind, std::string_view name, Span span);
  const TenantAttribute* find_attribute(std::string_view name) const;
  void report_let_cycle(const tree::Let* let);
  void unknown_path(const std::string& name, Span span);
  void unknown_word(const std::string& name, Span span);
  std::vector<std::string_view> facts_ending_in(const std::string& word) const;

  // expression_facts.cpp: facts, properties, attributes of the tenant
  std::optional<FactInfo> fact_info(const std::string& name);
  std::optional<Typed> fact_value(const FactInfo& info, tree::ExprId id);
  std::optional<Typed> property(const Property& property, tree::ExprId id);
  std::optional<Typed> attribute_value(std::string_view name, const TenantAttribute& attribute, tree::ExprId id);
  bool in_every_action(const FactInfo& info, Span span, std::string_view needed_by = {});
  bool may_be_absent(const FactInfo& info) const;
  model::ExprId presence(const FactInfo& info);
  model::ExprId fact_node(const FactInfo& info);
  std::size_t attribute_key(std::string_view name);

  // expression_compare.cpp: == != < <= > >=, starts with, ends with
  std::optional<Typed> compare(const tree::Compare& compare, tree::ExprId id);
  bool both(tree::ExprId left, tree::ExprId right, std::optional<Typed>& a, std::optional<Typed>& b);
  bool same_type(const Typed& a, const Typed& b, tree::ExprId left, tree::ExprId right);
  bool compares_lists(const tree::Compare& compare);
  bool compares_nothing(const tree::Compare& compare);
  std::optional<Typed> equality(const tree::Compare& compare, const Typed& a, const Typed& b);
  std::optional<Typed> order(const tree::Compare& compare, tree::ExprId id, const Typed& a, const Typed& b);
  std::optional<Typed> affix(const tree::Compare& compare);
  bool can_equal(const Typed& left, const program::Constant& value, Span span);
  bool can_hold(const Typed& left, std::string_view part, std::string_view whole, Span span);
  bool can_hold(const Typed& left, const program::Constant& value, Span span);
  bool can_match(const Typed& left, const tree::Matches& matches);
  bool in_reach(const Typed& a, tree::ExprId left, const Typed& b, tree::ExprId right);

  // expression_member.cpp: in, contains
  std::optional<Typed> contains(const tree::Compare& compare);
  std::optional<Typed> membership(const tree::Compare& compare, tree::ExprId id);
  std::optional<Typed> right_of_in(const tree::Compare& compare);
  std::optional<Typed> in_range(const tree::Compare& compare, const tree::Range& range, const Typed& left);
  std::optional<Typed> in_clock_window(const tree::Compare& compare, const tree::ClockWindow& window,
                                       const Typed& left);
  std::optional<Typed> in_list(const tree::Compare& compare, Where where, const tree::List& list, const Typed& left);
  std::optional<program::Constant> read_list(Where where, const tree::List& list, const Typed& left);
  template <class Make>
  const model::Shared& once(const void* what, const Scope* scope, const Typed& left, Make make);
  std::optional<Typed> in_constant(const Typed& left, const model::Shared& all);
  std::optional<Typed> in_words(const Typed& element, const std::vector<std::string>& words);
  std::optional<program::Constant> list_item(Where where, tree::ExprId item, const Typed& left);
  std::optional<Typed> in_named_zone(const tree::Compare& compare, const Typed& left);
  void report_unknown_zone(const tree::Compare& compare);
  void report_no_members(const tree::Compare& compare, const Typed& left, const Typed& right);
  Span whole(const tree::Compare& compare) const;
  std::optional<Typed> request_in_zone(const tree::Compare& compare, tree::ExprId id);
  std::optional<Typed> request_inside(const Zone& zone, tree::ExprId request);
  std::optional<Typed> in_set(const Typed& set, const Typed& element);
  model::ExprId in_features(const Typed& element);
  void unknown_zone_of_time(const tree::Text& zone, Span otherwise);

  // expression_operators.cpp: has, else, calls, arithmetic, patterns, quantifiers
  Flow has(const tree::Has& has, tree::ExprId id);
  std::optional<Typed> otherwise(const tree::Else& expression, const Typed* other);
  std::optional<Typed> call(const tree::Call& call, tree::ExprId id);
  bool is_hyphenated_name(tree::ExprId id) const;
  std::optional<Typed> arithmetic(const tree::Arithmetic& arithmetic, tree::ExprId id);
  std::optional<Typed> integers(const tree::Arithmetic& arithmetic, tree::ExprId id, const Typed& a, const Typed& b);
  std::optional<Typed> matches(const tree::Matches& matches);
  bool good_glob(const tree::Matches& matches, std::size_t times);
  bool good_regex(const tree::Matches& matches, std::size_t times);
  bool too_much(const tree::Matches& matches, std::size_t times, bool memory);
  std::optional<Typed> quantifier(const tree::Quantifier& quantifier);

  // expression_absence.cpp: E0301
  bool need_present(const Typed& value);
  void add_fixes(Diagnostic& diagnostic, const Absence& absence);

  // expression_rule.cpp: place, on, obligations
  void place_leaves(const tree::Rule& source, std::vector<model::ExprId>& operands);
  void on_leaf(const tree::Rule& source, std::vector<model::ExprId>& operands);
  model::ExprId name_leaf(Op op, std::string_view fact, std::vector<std::uint32_t> members, std::string text);
  void connection_exists(const tree::Rule& source, Span span, std::string_view what);
  bool require_where_it_means_something(const tree::Rule& source);
  void alternatives(const tree::Rule& source, model::Rule& rule);
  std::optional<model::Alternative> alternative(const tree::Obligation& obligation);
  void report_unknown_obligation(const tree::Name& name, std::span<const std::string_view> names);
  std::optional<model::ExprId> builtin_obligation(const tree::Obligation& obligation, model::Alternative& result);
  std::optional<model::ExprId> declared_obligation(const tree::Obligation& obligation);
  std::optional<model::ExprId> mfa(const tree::Obligation& obligation);
  std::optional<model::ExprId> at_most(const tree::Obligation& obligation, std::string_view fact);
  std::optional<model::ExprId> needed(const tree::Obligation& obligation, std::string_view fact);
  std::optional<std::string> word_argument(const tree::Obligation& obligation, tree::ExprId id);

  // nodes
  model::ExprId node(Op op, std::vector<model::ExprId> operands = {}, model::Shared constant = {});
  model::ExprId boolean_node(bool value) { return node(Op::const_bool, {}, program::Constant{value}); }
  const program::Constant* constant(const Typed& value) const;  // when its value is known
  model::ExprId constant_node(TypeKind kind, const program::Constant& constant);
  Typed boolean(model::ExprId id) const;

  // words for messages
  Diagnostic& report(Code code, Span span, std::string message);
  bool suggest(Diagnostic& diagnostic, std::string_view seen, std::span<const std::string_view> candidates) {
    return check::suggest(diagnostics_, diagnostic, sources_, seen, candidates);
  }
  std::string quoted(tree::ExprId id) const;
  std::string type_text(const Typed& value) const;
  std::string a_type(const Typed& value) const;  // "an int", "a set of string"
  std::string is_a(tree::ExprId id, const Typed& value) const { return quoted(id) + " is " + a_type(value); }
  const tree::Expr& expression(tree::ExprId id) const { return (*here_.tree)[id]; }
  Span span_of(tree::ExprId id) const { return expression(id).span; }

  const Place& place_;
  Spent own_spent_;  // where no tenant's is in reach
  Patterns own_patterns_;
  Spent& spent_;
  const SourceSet& sources_;
  const Limits& limits_;
  std::vector<model::Expr>& nodes_;
  Diagnostics& diagnostics_;

  Where here_;
  const tree::Rule* rule_ = nullptr;         // while its own `when` or `unless` is read
  std::vector<const tree::Let*> lets_;       // being written out, outermost first
  Span use_;                                 // of the outermost let
  std::vector<std::string_view> variables_;  // of quantifiers, outermost first
  std::size_t first_variable_ = 0;           // those before it are out of sight: a let's body does not see them
  Facts known_, reported_, refused_;
  std::map<std::string, std::size_t, std::less<>> attribute_keys_;
  std::map<std::string, std::optional<FactInfo>, std::less<>> infos_;  // of the scope in `infos_scope_`
  const Scope* infos_scope_ = nullptr;
  std::vector<std::pair<std::string, model::ExprId>> seen_;
  std::set<FactId> mentions_;
  bool inside_leaf_ = false;
  tree::ExprId leaf_{};  // being read, of `leaf_tree_`
  const tree::Tree* leaf_tree_ = nullptr;
  std::size_t leaves_ = 0, depth_ = 0, written_out_ = 0, errors_ = 0;
  bool too_large_ = false, alone_ = false;
  std::map<const tree::Let*, model::ExprId> checked_lets_;  // alone
};

// "bool", "int", "string" …, as an author writes it.
std::string_view kind_text(TypeKind kind);
std::string type_text(TypeKind kind, std::span<const std::string_view> values, std::int64_t low, std::int64_t high);
std::string type_text(const tree::Type& type);
// "login, signup"
std::string actions_text(ActionMask actions);
// The place of a name in a part's clients, connections or organizations.
std::optional<std::uint32_t> find_client(const program::Part& part, std::string_view name);
std::optional<std::uint32_t> find_connection(const program::Part& part, std::string_view name);
std::optional<std::uint32_t> find_organization(const program::Part& part, std::string_view name);

}  // namespace writ::check
