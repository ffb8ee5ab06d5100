// The smallest change. Sizes are tried one after the other, and of each size only sets that could work: where a decision is not what is
// wanted, something stands in the way (a deny that fired, a requirement not satisfied, no allow), and no larger change removes it without
// changing a fact it rests on. So a change of two facts is looked for only by adding to one fact another that the obstacle left by the first
// rests on. Nothing is missed by that; the property tests hold it against trying everything.
#include "runtime/flip/candidates.h"
#include "runtime/flip/forms.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace writ::flip {

namespace {

struct Step {
  std::uint32_t dial = 0, value = 0;
  auto operator<=>(const Step&) const = default;
};
using Steps = std::vector<Step>;  // by dial

bool is_wanted(Wanted wanted, const Decision& decision) {
  if (decision.fault != Fault::none) return false;
  switch (wanted) {
  case Wanted::allow: return decision.effect == Effect::allow;
  case Wanted::challenge: return decision.effect == Effect::challenge;
  case Wanted::deny: return decision.effect == Effect::deny;
  case Wanted::no_allow: return decision.effect != Effect::allow;
  }
  return false;
}

// Decides the request with some facts otherwise.
class Asker {
 public:
  Asker(const Engine& engine, const NamedRequest& request, const Dials& dials)
      : engine_(engine), named_(request), dials_(dials) {
    for (const auto& dial : dials.list) {
      auto& views = views_.emplace_back();
      for (const auto& value : dial.values)
        if (const auto* set = value ? std::get_if<StringSet>(&*value) : nullptr)
          views.emplace_back(set->begin(), set->end());
        else
          views.emplace_back();
      now_.emplace_back();
      if (const auto* set = dial.now ? std::get_if<StringSet>(&*dial.now) : nullptr)
        now_.back().assign(set->begin(), set->end());
    }
    engine_.bind(named_, bound_);
  }

  Decision ask(const Steps& steps) {
    if (++asked_ % refresh == 0) engine_.bind(named_, bound_);  // lets go of the room that sets took
    if (std::ranges::any_of(steps, [&](const Step& step) { return is_structural(dials_.list[step.dial]); }))
      return ask_anew(steps);
    for (const auto& step : steps)
      set(dials_.list[step.dial].fact, dials_.list[step.dial].values[step.value], views_[step.dial][step.value]);
    const auto decision = engine_.decide(bound_);
    for (const auto& step : steps) set(dials_.list[step.dial].fact, dials_.list[step.dial].now, now_[step.dial]);
    return decision;
  }

  // With names, for decisions whose masks do not hold all that fired.
  Explanation explain(const Steps& steps) const {
    const auto changed = with(steps);
    Request bound;
    engine_.bind(changed, bound);
    return engine_.explain(bound, engine_.decide(bound));
  }
  std::size_t asked() const { return asked_; }

 private:
  static constexpr std::size_t refresh = 256;

  // Where a request is bound to other things, or a set comes and goes, it is bound again.
  static bool is_structural(const Dial& dial) {
    return dial.type > TypeKind::enumeration || (dial.type == TypeKind::string_set && !dial.now);
  }

  NamedRequest with(const Steps& steps) const {
    NamedRequest changed = named_;
    for (const auto& step : steps) put(changed, dials_.list[step.dial].name, dials_.list[step.dial].values[step.value]);
    return changed;
  }

  Decision ask_anew(const Steps& steps) {
    const auto changed = with(steps);
    engine_.bind(changed, bound_);
    const auto decision = engine_.decide(bound_);
    engine_.bind(named_, bound_);
    return decision;
  }

  void set(FactId fact, const std::optional<Value>& value, const std::vector<std::string_view>& views) {
    if (!value) {
      bound_.unset(fact);
      return;
    }
    if (const auto* flag = std::get_if<bool>(&*value)) bound_.set(fact, *flag);
    if (const auto* number = std::get_if<std::int64_t>(&*value)) bound_.set(fact, *number);
    if (const auto* text = std::get_if<std::string>(&*value)) bound_.set(fact, std::string_view(*text));
    if (const auto* ip = std::get_if<Ip>(&*value)) bound_.set(fact, *ip);
    if (std::holds_alternative<StringSet>(*value)) bound_.set(fact, std::span(views));
  }

  const Engine& engine_;
  const NamedRequest& named_;
  const Dials& dials_;
  std::vector<std::vector<std::vector<std::string_view>>> views_;
  std::vector<std::vector<std::string_view>> now_;
  Request bound_;
  std::size_t asked_ = 0;
};

// What stands in the way of a decision that is not wanted, as the dials it rests on.
class Obstacles {
 public:
  Obstacles(const program::Part& part, Action action, const Dials& dials, Wanted wanted)
      : cold_(part.programs[static_cast<std::size_t>(action)]),
        shape_(*cold_.shape),
        facts_(facts_of_nodes(shape_)),
        dials_(dials),
        wanted_(wanted) {
    for (std::size_t i = 0; i < cold_.rules.size(); ++i) by_id_.emplace(cold_.rules[i].id, i);
  }

  // `explain` names what fired where the masks cannot.
  template <class Explain>
  std::vector<std::uint32_t> of(const Decision& decision, const Explain& explain) const {
    if (decision.fault != Fault::none) return dials_in(facts_of(decision.fault));
    if (decision.effect == Effect::deny && wanted_ != Wanted::deny) return of_deny(decision, explain);
    if (decision.effect == Effect::challenge && wanted_ == Wanted::allow)
      return least(fired(decision, explain), [&](std::size_t rule) {
        const auto& code = shape_.rules[rule];
        return code.effect == RuleEffect::require && is_unsatisfied(decision, code.entry);
      });
    // Something has to fire that does not, or not to be satisfied, or an allow has to fall silent.
    Facts facts;
    for (const auto& code : shape_.rules)
      if (!code.report && (wanted_ != Wanted::challenge || code.effect == RuleEffect::require)) facts |= facts_of(code);
    return dials_in(facts);
  }

 private:
  template <class Explain>
  std::vector<std::uint32_t> of_deny(const Decision& decision, const Explain& explain) const {
    if (decision.because == Because::rules)
      return least(fired(decision, explain),
                   [&](std::size_t rule) { return shape_.rules[rule].effect == RuleEffect::deny; });
    if (decision.because == Because::conflicting_obligations)
      return least(
          fired(decision, explain),
          [&](std::size_t rule) {
            const auto& code = shape_.rules[rule];
            return code.effect == RuleEffect::require && shape_.entries[code.entry].use_connection >= 0;
          },
          true);
    Facts facts;
    for (const auto& code : shape_.rules)
      if (!code.report && code.effect == RuleEffect::allow) facts |= facts_of(code);
    return dials_in(facts);
  }

  // Of a decision with few rules from its masks, of one with many from its names.
  template <class Explain>
  std::vector<std::size_t> fired(const Decision& decision, const Explain& explain) const {
    std::vector<std::size_t> rules;
    if (!decision.wide) {
      for (std::size_t i = 0; i < shape_.rules.size(); ++i)
        if (decision.fired[i / 64] >> i % 64 & 1) rules.push_back(i);
    } else {
      for (const auto& reason : explain().reasons)
        if (const auto found = by_id_.find(reason.id); found != by_id_.end()) rules.push_back(found->second);
    }
    return rules;
  }

  bool is_unsatisfied(const Decision& decision, std::uint32_t entry) const {
    return decision.wide ||
           (decision.unsatisfied >> entry & 1) != 0;  // the reasons of a wide one are those unsatisfied
  }

  // Each of the rules stands in the way by itself: the one that rests on the fewest values. `all`: any of them may give way.
  template <class Stands>
  std::vector<std::uint32_t> least(const std::vector<std::size_t>& rules, const Stands& stands,
                                   bool all = false) const {
    std::optional<std::vector<std::uint32_t>> best;
    Facts together;
    for (const auto rule : rules) {
      if (shape_.rules[rule].report || !stands(rule)) continue;
      together |= facts_of(shape_.rules[rule]);
      auto dials = dials_in(facts_of(shape_.rules[rule]));
      if (!best || values_in(dials) < values_in(*best)) best = std::move(dials);
    }
    return all ? dials_in(together) : best.value_or(std::vector<std::uint32_t>());
  }

  Facts facts_of(const program::RuleCode& code) const {
    Facts facts = facts_[static_cast<std::size_t>(code.fired)];
    if (code.effect == RuleEffect::require)
      for (const auto node : shape_.entries[code.entry].satisfied) facts |= facts_[static_cast<std::size_t>(node)];
    return facts;
  }

  static Facts facts_of(Fault fault) {
    constexpr auto at = [](std::string_view name) { return index(*find_builtin(name)); };
    const auto these = [&](std::initializer_list<std::string_view> names) {
      Facts facts;
      for (const auto name : names) facts.set(at(name));
      return facts;
    };
    switch (fault) {
    case Fault::invalid_request:  // of a sound request that was changed: what is unsound without the other
      return these({"session.mfa", "session.mfa_age", "user.email", "user.email_verified", "user.organizations",
                    "organization", "connection"});
    case Fault::tenant_mismatch: return these({"request.host", "token.issuer"});
    case Fault::organization_unknown:
    case Fault::organization_required:
    case Fault::organization_not_allowed: return these({"organization"});
    case Fault::not_a_member: return these({"organization", "connection", "user.organizations"});
    case Fault::unknown_connection:
    case Fault::connection_not_enabled: return these({"connection", "organization"});
    case Fault::action_not_supported: return these({"connection"});
    case Fault::grant_not_allowed: return these({"grant"});
    case Fault::callback_not_allowed: return these({"request.redirect_uri"});
    case Fault::user_blocked: return these({"user.blocked"});
    case Fault::locked_out:
      return these({"connection", "request.ip", "request.time", "attempts.by_identifier", "attempts.by_identifier_ip",
                    "attempts.by_ip", "attempts.last_failed"});
    default: return {};
    }
  }

  std::vector<std::uint32_t> dials_in(const Facts& facts) const {
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < dials_.list.size(); ++i)
      if (facts[index(dials_.list[i].fact)]) result.push_back(i);
    return result;
  }

  std::size_t values_in(const std::vector<std::uint32_t>& dials) const {
    std::size_t count = 0;
    for (const auto dial : dials) count += dials_.list[dial].values.size();
    return count;
  }

  const program::ActionProgram& cold_;
  const program::Shape& shape_;
  std::vector<Facts> facts_;
  const Dials& dials_;
  Wanted wanted_;
  std::map<std::string_view, std::size_t> by_id_;
};

class Search {
 public:
  Search(Asker& asker, const Obstacles& obstacles, const Dials& dials, Wanted wanted, std::size_t limit)
      : asker_(asker), obstacles_(obstacles), dials_(dials), wanted_(wanted), limit_(limit) {}

  // By the facts they change: of each the first.
  std::map<std::vector<std::uint32_t>, Steps> run(const Decision& decision) {
    std::vector<Open> open;
    if (!is_wanted(wanted_, decision))
      open.push_back({{}, obstacles_.of(decision, [&] { return asker_.explain({}); })});
    for (std::size_t size = 1; size <= most_changes && found_.empty() && !cut_; ++size) {
      std::vector<Open> next;
      for (const auto& one : open)
        if (!extend(one, size < most_changes, next)) break;
      open = std::move(next);
    }
    return std::move(found_);
  }
  bool cut() const { return cut_; }

 private:
  struct Open {
    Steps steps;
    std::vector<std::uint32_t> dials;  // one of these has to change, too
  };

  bool extend(const Open& open, bool go_on, std::vector<Open>& next) {
    for (const auto dial : open.dials) {
      if (std::ranges::find(open.steps, dial, &Step::dial) != open.steps.end()) continue;
      for (std::uint32_t value = 0; value < dials_.list[dial].values.size(); ++value) {
        Steps steps = open.steps;
        steps.insert(std::ranges::lower_bound(steps, Step{dial, value}), {dial, value});
        if (!seen_.insert(steps).second) continue;
        if (asker_.asked() >= limit_) return cut_ = true, false;
        const auto decision = asker_.ask(steps);
        if (is_wanted(wanted_, decision))
          keep(std::move(steps));
        else if (go_on && found_.empty())
          next.push_back({steps, obstacles_.of(decision, [&] { return asker_.explain(steps); })});
      }
    }
    return true;
  }

  void keep(Steps steps) {
    std::vector<std::uint32_t> facts;
    for (const auto& step : steps) facts.push_back(step.dial);
    const auto [known, fresh] = found_.try_emplace(std::move(facts), steps);
    if (!fresh && steps < known->second) known->second = std::move(steps);
  }

  Asker& asker_;
  const Obstacles& obstacles_;
  const Dials& dials_;
  Wanted wanted_;
  std::size_t limit_;
  std::map<std::vector<std::uint32_t>, Steps> found_;
  std::set<Steps> seen_;
  bool cut_ = false;
};

// Why no change of a fact is looked for.
std::string why_not(const program::Part* part, Wanted wanted, const Decision& decision) {
  if (is_wanted(wanted, decision)) return "it is decided so already";
  switch (decision.fault) {
  case Fault::not_ready:
  case Fault::stale:
  case Fault::invalid_request:
  case Fault::unknown_tenant:
  case Fault::unknown_client:
    return "no other value of a fact mends the fault " +
           std::string(fault_names[static_cast<std::size_t>(decision.fault)]);
  default: return part == nullptr ? "there is no such tenant" : "";
  }
}

}  // namespace

Changes find_changes(const Engine& engine, const NamedRequest& request, Wanted wanted, std::size_t limit) {
  Changes result;
  result.wanted = wanted;
  const auto part = engine.part(request.tenant);
  Request bound;
  engine.bind(request, bound);
  const auto decision = engine.decide(bound);
  result.unasked = why_not(part.get(), wanted, decision);
  if (!result.unasked.empty()) return result;
  const auto dials = dials_of(*part, request);
  Asker asker(engine, request, dials);
  const Obstacles obstacles(*part, request.action, dials, wanted);
  Search search(asker, obstacles, dials, wanted, limit);
  const auto found = search.run(decision);
  for (const auto& [facts, steps] : found) {
    if (result.proposals.size() == most_proposals) break;
    Proposal proposal{asker.ask(steps).effect, {}};
    for (const auto& step : steps) {
      const auto& dial = dials.list[step.dial];
      proposal.changes.push_back({dial.name, dial.type, dial.words, dial.now, dial.values[step.value]});
    }
    result.proposals.push_back(std::move(proposal));
  }
  // Sizes are looked through one after the other: what was found has no smaller, unless a value was left out.
  const auto smallest = result.proposals.empty() ? 0 : result.proposals.front().changes.size();
  result.complete = smallest == 1 || (!dials.cut && (smallest > 0 || !search.cut()));
  result.asked = asker.asked();
  return result;
}

}  // namespace writ::flip
