// The search of reason.h: a worklist of formulas that must come out so or so. What has one way is followed at once; an `or` is a fork, whose
// branches are tried one after the other, each from where the fork began. Every atom that is settled is held against the others of its term.
#include "compiler/lint/reason.h"

#include <algorithm>

namespace writ::lint {

namespace {

using program::Op;

constexpr std::size_t patience = 20'000;  // formulas looked at, and carried into branches, before the answer is `maybe`
constexpr std::size_t deepest = 300;      // forks inside one another, for the stack's sake

bool holds_word(Op op, const std::string& text, const std::vector<std::string>& words) {
  switch (op) {
  case Op::starts_with: return text.starts_with(words[0]);
  case Op::ends_with: return text.ends_with(words[0]);
  case Op::contains: return text.find(words[0]) != std::string::npos;
  default: return std::ranges::binary_search(words, text);
  }
}

}  // namespace

class Search {
 public:
  Search(const Reasoner& reasoner, const Cell& cell, const Reasoner::Known& known)
      : reasoner_(reasoner), cell_(cell), known_(known), values_(reasoner.atoms_.size(), unknown) {}

  bool maybe(std::span<const FormulaId> all) {
    std::vector<Goal> goals;
    for (const FormulaId one : all) goals.push_back({one, true});
    for (const FormulaId one : known_.hold) goals.push_back({one, true});
    return follow(std::move(goals));
  }

 private:
  using Kind = Reasoner::Atom::Kind;
  static constexpr std::uint8_t unknown = 2;
  struct Goal {
    FormulaId formula;
    bool wanted;
  };

  const Reasoner::Formula& at(FormulaId id) const { return reasoner_.formulas_[static_cast<std::size_t>(id)]; }

  // Whether all goals can be reached; the values are put back when not.
  bool follow(std::vector<Goal> goals, std::size_t depth = 0) {
    if (depth > deepest) return true;
    const std::size_t mark = settled_.size();
    std::vector<Goal> forks;
    while (!goals.empty()) {
      if (++steps_ > patience) return true;
      const Goal goal = goals.back();
      goals.pop_back();
      if (goal.formula == FormulaId::true_ || goal.formula == FormulaId::false_) {
        if ((goal.formula == FormulaId::true_) != goal.wanted) return back(mark);
        continue;
      }
      const Reasoner::Formula& formula = at(goal.formula);
      switch (formula.kind) {
      case Reasoner::Formula::Kind::constant: break;
      case Reasoner::Formula::Kind::atom:
        if (!settle(formula.atom, goal.wanted)) return back(mark);
        break;
      case Reasoner::Formula::Kind::not_: goals.push_back({formula.parts[0], !goal.wanted}); break;
      case Reasoner::Formula::Kind::and_:
      case Reasoner::Formula::Kind::or_:
        if ((formula.kind == Reasoner::Formula::Kind::and_) == goal.wanted)
          for (const FormulaId part : formula.parts) goals.push_back({part, goal.wanted});
        else
          forks.push_back(goal);
      }
    }
    // One fork after the other; those left go with each branch.
    while (!forks.empty()) {
      const Goal fork = forks.back();
      forks.pop_back();
      if (value(fork.formula) == static_cast<std::uint8_t>(fork.wanted)) continue;
      for (const FormulaId part : at(fork.formula).parts) {
        std::vector<Goal> next = forks;
        next.push_back({part, fork.wanted});
        steps_ += next.size();
        if (follow(std::move(next), depth + 1)) return true;
      }
      return back(mark);
    }
    return true;
  }

  bool back(std::size_t mark) {
    for (; settled_.size() > mark; settled_.pop_back()) values_[settled_.back()] = unknown;
    return false;
  }

  // What a formula is by the atoms settled so far.
  std::uint8_t value(FormulaId id) const {
    if (id == FormulaId::true_ || id == FormulaId::false_) return id == FormulaId::true_;
    const Reasoner::Formula& formula = at(id);
    switch (formula.kind) {
    case Reasoner::Formula::Kind::constant: return unknown;
    case Reasoner::Formula::Kind::atom: return values_[formula.atom];
    case Reasoner::Formula::Kind::not_: {
      const auto inner = value(formula.parts[0]);
      return inner == unknown ? unknown : static_cast<std::uint8_t>(1 - inner);
    }
    case Reasoner::Formula::Kind::and_:
    case Reasoner::Formula::Kind::or_: break;
    }
    const std::uint8_t decides = formula.kind == Reasoner::Formula::Kind::or_;
    bool open = false;
    for (const FormulaId part : formula.parts) {
      const auto one = value(part);
      if (one == decides) return decides;
      open = open || one == unknown;
    }
    return open ? unknown : static_cast<std::uint8_t>(1 - decides);
  }

  bool settle(std::uint32_t place, bool wanted) {
    if (values_[place] != unknown) return values_[place] == static_cast<std::uint8_t>(wanted);
    values_[place] = wanted;
    settled_.push_back(place);
    return consistent(place, wanted);
  }

  bool is_unheard(FactId fact) const { return std::ranges::find(known_.unheard, fact) != known_.unheard.end(); }

  bool consistent(std::uint32_t place, bool wanted) {
    const Reasoner::Atom& atom = reasoner_.atoms_[place];
    switch (atom.kind) {
    case Kind::client: return in_place(atom.members, cell_.client) == wanted;
    case Kind::connection: return in_place(atom.members, cell_.connection) == wanted;
    case Kind::presence: return presence(atom, wanted);
    case Kind::plain: return plain(atom, wanted);
    case Kind::number: return numbers_meet(atom.term);
    case Kind::text:
      if (wanted && reasoner_.terms_[atom.term].of_fact && is_unheard(reasoner_.terms_[atom.term].fact)) return false;
      return texts_meet(atom.term);
    }
    return true;
  }

  static bool in_place(const std::vector<std::uint32_t>& members, std::uint32_t place) {
    return std::ranges::find(members, place) != members.end();
  }

  bool presence(const Reasoner::Atom& atom, bool wanted) {
    if (!wanted && (reasoner_.required_of(atom.fact) & mask_of(cell_.action)) != 0) return false;
    if (atom.fact == fact("session.mfa_age")) return together(fact("session.mfa"), wanted);
    if (atom.fact == fact("user.email") && !wanted) return together(fact("user.email_verified"), false);
    return true;
  }

  // Blocked users are a fault before any rule; the two constraints of the fact table.
  bool plain(const Reasoner::Atom& atom, bool wanted) {
    if (!atom.of_fact) return true;
    if (atom.fact == fact("user.blocked") && wanted) return false;
    if (atom.fact == fact("session.mfa")) return there(fact("session.mfa_age"), wanted);
    if (atom.fact == fact("user.email_verified") && wanted) return there(fact("user.email"), true);
    return !(wanted && !atom.words.empty() && is_unheard(atom.fact));
  }

  // The atom of a boolean fact, of a fact's presence, if there is one, comes out so.
  bool together(FactId of, bool wanted) {
    const auto found = reasoner_.by_key_.find("is " + std::to_string(index(of)));
    return found == reasoner_.by_key_.end() || settle(at(found->second).atom, wanted);
  }
  bool there(FactId of, bool wanted) {
    const auto found = reasoner_.by_key_.find("has " + std::to_string(index(of)));
    return found == reasoner_.by_key_.end() || settle(at(found->second).atom, wanted);
  }

  template <class Action>
  void each_settled(std::uint32_t term, Kind kind, Action&& action) const {
    for (const std::uint32_t place : settled_) {
      const Reasoner::Atom& atom = reasoner_.atoms_[place];
      if (atom.kind == kind && atom.term == term) action(atom, values_[place] == 1);
    }
  }

  // Some number is inside all that must hold it and outside all that must not.
  bool numbers_meet(std::uint32_t term) const {
    using Intervals = std::vector<std::pair<std::int64_t, std::int64_t>>;
    Intervals left = {{reasoner_.terms_[term].low, reasoner_.terms_[term].high}};
    const auto outside = [](const Intervals& of) {
      Intervals result;
      std::int64_t from = INT64_MIN;
      for (const auto& [low, high] : of) {
        if (low > from) result.emplace_back(from, low - 1);
        if (high == INT64_MAX) return result;
        from = high + 1;
      }
      result.emplace_back(from, INT64_MAX);
      return result;
    };
    each_settled(term, Kind::number, [&](const Reasoner::Atom& atom, bool wanted) {
      Intervals met;
      const Intervals inside = wanted ? atom.intervals : outside(atom.intervals);
      for (const auto& a : left)
        for (const auto& b : inside)
          if (const auto low = std::max(a.first, b.first), high = std::min(a.second, b.second); low <= high)
            met.emplace_back(low, high);
      left = std::move(met);
    });
    return !left.empty();
  }

  // Where words are asked for, one of them passes everything else that is asked of the text.
  bool texts_meet(std::uint32_t term) const {
    const std::vector<std::string>* words = nullptr;
    each_settled(term, Kind::text, [&](const Reasoner::Atom& atom, bool wanted) {
      if (wanted && atom.op == Op::eq_string) words = &atom.words;
    });
    if (words == nullptr) return true;
    return std::ranges::any_of(*words, [&](const std::string& word) {
      bool passes = true;
      each_settled(term, Kind::text, [&](const Reasoner::Atom& atom, bool wanted) {
        passes = passes && holds_word(atom.op, word, atom.words) == wanted;
      });
      return passes;
    });
  }

  const Reasoner& reasoner_;
  const Cell& cell_;
  const Reasoner::Known& known_;
  std::vector<std::uint8_t> values_;
  std::vector<std::uint32_t> settled_;
  std::size_t steps_ = 0;
};

bool Reasoner::maybe(const Cell& cell, std::span<const FormulaId> all, const Known& known) {
  return Search(*this, cell, known).maybe(all);
}

}  // namespace writ::lint
