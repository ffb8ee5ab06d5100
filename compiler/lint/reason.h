// Can it be? What rules of reachability rest on: whether some request could make conditions of a tenant come out as asked.
//
// The conditions of a tenant become formulas over atoms: a fact is there, a boolean fact, a number in intervals, a text among words, a string in a
// set. A search looks for an outcome of every atom that makes the formulas true and that no atom speaks against: intervals of one number
// that do not meet, two words for one text, a required fact that is absent. What it does not understand (patterns, clock windows, quantifiers,
// addresses) it takes for free, equal ones being one atom. So `no` is proven, and `maybe` says nothing: rules claim on `no` alone. Where the
// search would take too long it answers `maybe`.
#pragma once

#include "compiler/lint/view.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::lint {

// A question's structure: who asks through what. Rules can ask no more of it than these.
struct Cell {
  static constexpr std::uint32_t none = UINT32_MAX;
  Action action{};
  std::uint32_t client = none, connection = none;
};

enum class FormulaId : std::uint32_t { false_, true_ };

class Reasoner {
 public:
  explicit Reasoner(const TenantView& tenant);

  // Of every client and each connection that leads into it, where the action can be asked; one of those that no condition tells apart.
  const std::vector<Cell>& cells(Action action) const { return cells_[static_cast<std::size_t>(action)]; }

  FormulaId of(model::ExprId condition);  // of a condition of the tenant's rules
  FormulaId has(FactId fact);
  FormulaId is(FactId fact);  // a boolean one is true
  FormulaId holds(FactId set, std::string_view text);
  FormulaId not_(FormulaId formula);
  FormulaId and_(std::vector<FormulaId> parts);
  FormulaId or_(std::vector<FormulaId> parts);

  // What else is known of the request. `unheard`: facts whose value is none that the policy names.
  struct Known {
    std::vector<FormulaId> hold;
    std::vector<FactId> unheard;
  };
  bool maybe(const Cell& cell, std::span<const FormulaId> all, const Known& known = {});
  bool maybe(const Cell& cell, std::initializer_list<FormulaId> all) {
    return maybe(cell, std::span(all.begin(), all.size()));
  }

  // Rules of an effect in force for an action, report-only ones aside, by place in the tenant's list.
  std::vector<std::size_t> rules(RuleEffect effect, Action action) const;
  FormulaId condition(std::size_t rule);
  // No deny fires.
  FormulaId undenied(Action action);
  FormulaId some_allow(Action action);
  // Every require is silent or satisfied.
  FormulaId unchallenged(Action action);
  // Allowed, if need be after a challenge.
  bool allowed(const Cell& cell, const Known& known = {});

  // The same of a client and one of its connections (none for m2m and access), remembered for those that no condition tells apart.
  bool allowed(Action action, std::uint32_t client, std::uint32_t connection = Cell::none);
  // Of anybody at all.
  bool anybody(Action action);

  // Strings that conditions look for in a set.
  std::vector<std::string> asked_of(FactId set) const;

 private:
  friend class Search;
  using Interval = std::pair<std::int64_t, std::int64_t>;
  struct Term {
    FactId fact{};
    bool of_fact = false;  // the fact itself, or a function of it
    std::int64_t low = INT64_MIN, high = INT64_MAX;
  };
  struct Atom {
    enum class Kind : std::uint8_t { plain, presence, number, text, client, connection } kind{};
    FactId fact{};  // presence; plain: of a boolean fact or a set
    bool of_fact = false;
    std::uint32_t term = 0;             // number, text
    std::vector<Interval> intervals{};  // number: true inside, sorted and apart
    program::Op op{};                   // text: eq_string and in_strings by `words`, else by its one word
    std::vector<std::string> words{};
    std::vector<std::uint32_t> members{};  // client, connection: places
  };
  struct Formula {
    enum class Kind : std::uint8_t { constant, atom, not_, and_, or_ } kind{};
    std::uint32_t atom = 0;
    std::vector<FormulaId> parts{};
  };
  // A value that may be one of several, each under a condition.
  struct Case {
    FormulaId when;
    std::optional<program::Constant> constant;
    std::uint32_t key = 0;  // of the expression, when it is no constant
    model::ExprId expression{};
  };

  FormulaId make(model::ExprId id);
  FormulaId plain(model::ExprId id);
  FormulaId atom(Atom atom, std::string key);
  FormulaId compare(const model::Expr& node);
  FormulaId compare_numbers(program::Op op, const Case& left, const Case& right);
  FormulaId compare_texts(program::Op op, const Case& left, const std::vector<std::string>& words);
  FormulaId among(const model::Expr& node);
  std::vector<Case> cases(model::ExprId id);
  std::optional<std::int64_t> structural(program::Op op, const Cell& cell) const;
  std::uint32_t key_of(model::ExprId id);
  std::uint32_t term_of(const Case& one);
  FormulaId intervals(const Case& one, std::vector<Interval> inside);
  FormulaId by_structure(program::Op op, const std::vector<std::int64_t>& wanted);
  void find_cells();
  ActionMask required_of(FactId fact) const;

  const TenantView& tenant_;
  std::array<std::vector<Cell>, action_count> cells_{};
  std::vector<Formula> formulas_;
  std::vector<Atom> atoms_;
  std::vector<Term> terms_;
  std::map<std::string, FormulaId> by_key_;
  std::map<std::uint32_t, std::uint32_t> term_by_key_;
  std::map<std::string, std::uint32_t> keys_;
  std::map<model::ExprId, std::uint32_t> key_by_expression_;
  std::map<model::ExprId, FormulaId> made_;
  std::map<FormulaId, FormulaId> negated_;
  std::map<const program::Constant*, std::uint32_t> constant_keys_;
  std::vector<std::string> clients_seen_, connections_seen_;  // what conditions see of each
  std::map<std::string, bool> allowed_;
  std::array<std::optional<bool>, action_count> anybody_{};
  std::array<std::optional<FormulaId>, action_count> undenied_{}, some_allow_{}, unchallenged_{};
};

// The tenant's own, made when it is first asked for.
Reasoner& reason(const TenantView& tenant);

}  // namespace writ::lint
