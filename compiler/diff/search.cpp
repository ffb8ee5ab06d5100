// See search.h. Four stages: plain requests; plain requests with one fact otherwise; plain requests with many facts otherwise, by chance; and
// walks from the ones of these that are nearest to coming apart, one fact after the other to its nearest value, with a few steps aside where
// none is nearer. All of it is counted, and the same for the same policies.
#include "compiler/diff/search.h"

#include "compiler/diff/distance.h"
#include "compiler/diff/meaning.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

namespace writ::diff {

namespace {

constexpr std::size_t most_rounds = 12, most_aside = 4, most_level = 64;  // of one walk
constexpr std::size_t most_listed = 4'096;  // values of one fact by one side, before both are put together
constexpr std::size_t most_turned = 256;    // plain requests that have their facts turned by chance
constexpr std::uint32_t fault_costs = 3;    // what stands before the rules and is in the way

// Numbers that look random and are the same everywhere (Vigna, splitmix64).
class Numbers {
 public:
  std::size_t below(std::size_t limit) {
    auto z = state_ += 0x9e37'79b9'7f4a'7c15;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
  }

 private:
  std::uint64_t state_ = 1;
};

// What a walk looks for: a direction; and as its cause a rule of one side that changed and ought to fire there, or a lockout of one side.
struct Target {
  Direction direction;
  enum class Cause : std::uint8_t { any, rule_before, rule_after, lockout_before, lockout_after } cause{};
  std::size_t rule = 0;
};
constexpr std::size_t most_rules = 24;  // of each side, that are looked for one by one

// One fact otherwise, and with it what it is unsound without.
void give(NamedRequest& request, const std::string& fact, const std::optional<Value>& value) {
  flip::put(request, fact, value);
  const auto given = [&](const char* name) { return request.facts.contains(std::string_view(name)); };
  if (fact == "session.mfa_age" && given("session.mfa")) flip::put(request, "session.mfa", Value(value.has_value()));
  if (fact == "session.mfa" && value) {
    const bool mfa = std::get<bool>(*value);
    if (mfa && !given("session.mfa_age")) flip::put(request, "session.mfa_age", Value(std::int64_t{0}));
    if (!mfa) flip::put(request, "session.mfa_age", std::nullopt);
  }
  if (fact == "user.email" && !value && given("user.email_verified"))
    flip::put(request, "user.email_verified", Value(false));
}

// Everything of a part's lockouts, to be compared.
auto lockouts_of(const program::Part& part) {
  std::vector<std::tuple<int, std::int64_t, std::int64_t, std::int64_t, std::vector<Cidr>, std::string>> all;
  for (const auto& one : part.lockouts)
    all.emplace_back(static_cast<int>(one.counter), one.attempts, one.block, one.within, one.exempt,
                     one.connection < 0 ? "" : part.connections[static_cast<std::size_t>(one.connection)].id);
  return all;
}

class Search {
 public:
  Search(Asker& asker, std::size_t most) : asker_(asker), most_(asker.tries() + most) {}

  Finds run(const std::vector<NamedRequest>& known) {
    for (const auto& request : known)
      if (more()) look(request);
    const auto actions = changed_actions(asker_.before().get(), asker_.after().get());
    const auto plain = plain_requests(asker_.before().get(), asker_.after().get(), actions);
    // A share of the tries each: where there are many clients, walks find more than one fact of each would.
    const auto first = asker_.tries(), share = (most_ - std::min(most_, first)) / 4;
    for (const auto& request : plain)
      if (asker_.tries() < first + share) look(request);
    for (const auto& request : plain) each_fact(request, first + 2 * share);
    if (more()) {
      auto starts = plain;
      add_chance(starts, plain, (most_ - asker_.tries()) / 4);
      walks(starts, actions);
    }
    return std::move(finds_);
  }

 private:
  bool more() const { return asker_.tries() < most_; }

  Answers look(const NamedRequest& request) {
    const auto answers = asker_.ask(request);
    if (const auto direction = asker_.direction(request, answers)) {
      auto causes = asker_.causes(request, answers);
      const bool known = std::ranges::any_of(
          finds_, [&](const Find& one) { return one.direction == *direction && one.causes == causes; });
      if (!known && finds_.size() < most_finds) finds_.push_back({*direction, std::move(causes), request});
    }
    return answers;
  }

  void each_fact(const NamedRequest& plain, std::size_t most) {
    for (const auto& dial : dials_of_both(asker_, plain))
      for (const auto& value : dial.values) {
        if (asker_.tries() >= most) return;
        auto request = plain;
        give(request, dial.name, value);
        look(request);
      }
  }

  // Where several facts have to be otherwise together, a request in which most are is nearer than any plain one.
  void add_chance(std::vector<NamedRequest>& starts, const std::vector<NamedRequest>& plain, std::size_t count) {
    if (plain.empty()) return;
    std::map<std::size_t, std::vector<flip::Dial>> dials;
    for (; count > 0; --count) {
      const auto place = numbers_.below(std::min(plain.size(), most_turned));
      auto [known, fresh] = dials.try_emplace(place);
      if (fresh) known->second = dials_of_both(asker_, plain[place]);
      auto request = plain[place];
      const auto eighths = 1 + numbers_.below(8);
      for (const auto& dial : known->second)
        if (!dial.values.empty() && dial.type <= TypeKind::enumeration && numbers_.below(8) < eighths)
          give(request, dial.name, dial.values[numbers_.below(dial.values.size())]);
      starts.push_back(std::move(request));
    }
  }

  // ---- walking

  struct Distances {
    Distances(const Asker& asker, Action action) : before(asker.before(), action), after(asker.after(), action) {}
    Distance before, after;
  };
  Distances& distances(Action action) {
    auto& made = distances_[static_cast<std::size_t>(action)];
    if (!made) made = std::make_unique<Distances>(asker_, action);
    return *made;
  }

  static std::uint32_t to(const Decision& decision, const std::array<std::uint32_t, 3>& far, Effect wanted) {
    if (decision.effect == wanted) return 0;
    const auto rules = far[static_cast<std::size_t>(wanted)];
    const auto fault = decision.fault == Fault::none ? 0 : decision.fault == Fault::locked_out ? 1 : fault_costs;
    return std::min(far_away, std::max<std::uint32_t>(rules, 1) + fault);
  }

  // One request, asked of both sides and measured: how far it is from anything that is looked for.
  struct Measured {
    Answers answers;
    std::array<std::uint32_t, 3> before, after;
    const Distances& distances;
    std::uint32_t lockout_before = far_away, lockout_after = far_away;

    std::uint32_t to(const Target& target) const {
      const auto distance = Search::to(answers.before, before, target.direction.from) +
                            Search::to(answers.after, after, target.direction.to);
      return std::min(far_away, distance + 2 * to_cause(target));
    }

   private:
    // Counted twice: what makes the sides come apart is worth a step away from what they decide.
    std::uint32_t to_cause(const Target& target) const {
      switch (target.cause) {
      case Target::Cause::any: return 0;
      case Target::Cause::rule_before: return distances.before.to_rule(target.rule);
      case Target::Cause::rule_after: return distances.after.to_rule(target.rule);
      case Target::Cause::lockout_before: return lockout_before;
      case Target::Cause::lockout_after: return lockout_after;
      }
      return 0;
    }
  };
  Measured measure(const NamedRequest& request) {
    const auto answers = look(request);
    auto& both = distances(request.action);
    const auto lockout = [&](const auto& part) { return part ? to_lockout(*part, request) : far_away; };
    return {answers,
            both.before.of(asker_.for_before(request)),
            both.after.of(asker_.for_after(request)),
            both,
            lockout(asker_.before()),
            lockout(asker_.after())};
  }
  std::uint32_t far(const NamedRequest& request, const Target& target) { return measure(request).to(target); }

  std::vector<Target> targets_of(Action action) const {
    std::vector<Target> targets;
    for (const auto& direction : directions) targets.push_back({direction, Target::Cause::any, 0});
    if (!asker_.before() || !asker_.after()) return targets;
    if (action == Action::login && lockouts_of(*asker_.before()) != lockouts_of(*asker_.after()))
      for (const auto& direction : directions)
        for (const auto cause : {Target::Cause::lockout_before, Target::Cause::lockout_after})
          targets.push_back({direction, cause, 0});
    const auto changed = changed_rules(*asker_.before(), *asker_.after(), action);
    const auto add = [&](const std::vector<std::size_t>& rules, Target::Cause cause) {
      for (std::size_t i = 0; i < std::min(rules.size(), most_rules); ++i)
        for (const auto& direction : directions) targets.push_back({direction, cause, rules[i]});
    };
    add(changed.before, Target::Cause::rule_before);
    add(changed.after, Target::Cause::rule_after);
    return targets;
  }

  void walks(const std::vector<NamedRequest>& requests, std::bitset<action_count> actions) {
    struct Walk {
      Target target;
      std::vector<std::pair<std::uint32_t, std::size_t>> starts;  // distance, request
    };
    std::vector<Walk> walks;
    for (std::size_t action = 0; action < action_count; ++action) {
      if (!actions[action]) continue;
      const auto first = walks.size();
      for (const auto& target : targets_of(static_cast<Action>(action))) walks.push_back({target, {}});
      for (std::size_t i = 0; i < requests.size() && more(); ++i) {
        if (requests[i].action != static_cast<Action>(action)) continue;
        const auto measured = measure(requests[i]);
        for (auto walk = first; walk < walks.size(); ++walk)
          if (const auto distance = measured.to(walks[walk].target); distance < far_away)
            walks[walk].starts.emplace_back(distance, i);
      }
    }
    std::erase_if(walks, [](const Walk& one) { return one.starts.empty(); });
    for (auto& walk : walks) std::ranges::sort(walk.starts);
    // Round by round, so that what does not exist leaves work for what does. Later rounds begin further away.
    for (std::size_t round = 0; more() && !walks.empty(); ++round)
      for (const auto& [target, starts] : walks) {
        if (!more()) return;
        auto request = requests[starts[round % starts.size()].second];
        if (round >= starts.size()) shake(request, 1 + numbers_.below(4));
        walk(std::move(request), target, std::min(round, most_aside));
      }
  }

  // Some facts otherwise, by chance: a walk from there may end elsewhere.
  void shake(NamedRequest& request, std::size_t facts) {
    const auto dials = dials_of_both(asker_, request);
    for (; facts > 0 && !dials.empty(); --facts) {
      const auto& dial = dials[numbers_.below(dials.size())];
      if (!dial.values.empty()) give(request, dial.name, dial.values[numbers_.below(dial.values.size())]);
    }
  }

  // Of each fact in turn the value that brings it nearest: conditions mostly rest on different facts, so one round over the facts does much.
  void walk(NamedRequest request, const Target& target, std::size_t steps_aside) {
    auto here = far(request, target);
    for (std::size_t round = 0, aside = 0; round < most_rounds && here > 0; ++round) {
      std::vector<NamedRequest> level;
      const auto before = here;
      for (const auto& dial : dials_of_both(asker_, request)) {
        if (dial.type > TypeKind::enumeration) continue;  // connection, organization: plain requests have them all
        std::optional<NamedRequest> best;
        for (const auto& value : dial.values) {
          if (!more()) return;
          auto tried = request;
          give(tried, dial.name, value);
          const auto distance = far(tried, target);
          if (distance == 0) return;  // `look` has kept it
          if (distance < here)
            here = distance, best = std::move(tried);
          else if (distance == here && !best && level.size() < most_level)
            level.push_back(std::move(tried));
        }
        if (best) request = std::move(*best), level.clear();
      }
      if (here < before) continue;
      if (level.empty() || ++aside > steps_aside) return;
      request = level[numbers_.below(level.size())];
    }
  }

  Asker& asker_;
  std::size_t most_;
  Finds finds_;
  Numbers numbers_;
  std::array<std::unique_ptr<Distances>, action_count> distances_;
};

}  // namespace

std::vector<flip::Dial> dials_of_both(Asker& asker, const NamedRequest& request) {
  flip::Dials were, are;
  if (asker.before()) were = flip::dials_of(*asker.before(), asker.for_before(request), false, most_listed);
  if (asker.after()) are = flip::dials_of(*asker.after(), asker.for_after(request), false, most_listed);
  std::vector<flip::Dial> both;
  const auto find = [](const std::vector<flip::Dial>& list, const std::string& name) {
    return std::ranges::find(list, name, &flip::Dial::name);
  };
  using Values = std::vector<std::optional<Value>>;
  const auto add = [&](const flip::Dial& dial, const Values& others) {
    const std::set<std::optional<Value>> own(dial.values.begin(), dial.values.end()),
        theirs(others.begin(), others.end());
    flip::Dial made = dial;
    made.values.clear();
    for (const auto& value : dial.values)
      if (!theirs.contains(value)) made.values.push_back(value);
    for (const auto& value : others)
      if (!own.contains(value)) made.values.push_back(value);
    for (const auto& value : dial.values)
      if (theirs.contains(value)) made.values.push_back(value);
    if (made.values.size() > flip::most_values) made.values.resize(flip::most_values);
    both.push_back(std::move(made));
  };
  for (const auto& dial : are.list) {
    const auto other = find(were.list, dial.name);
    add(dial, other == were.list.end() ? Values() : other->values);
  }
  for (const auto& dial : were.list)
    if (find(are.list, dial.name) == are.list.end()) add(dial, {});
  return both;
}

Finds search(Asker& asker, const std::vector<NamedRequest>& known, std::size_t most) {
  return Search(asker, most).run(known);
}

}  // namespace writ::diff
