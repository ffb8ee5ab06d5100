// When time alone changes a decision. Every integer of a program is a sum of facts, and as time passes some of them grow at one pace: so each
// is `pace * passed + start`, and every comparison turns at an instant that is computed, not searched for. Clocks strike where their windows
// say. Between two such instants nothing changes; at each the engine is asked, and a microsecond before.
#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"
#include "runtime/flip/forms.h"
#include "runtime/program/builtins.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace writ::flip {

namespace {

using program::Node;
using program::Op;

constexpr std::array growing = {fact("request.time"), fact("session.mfa_age"), fact("session.age"),
                                fact("session.auth_age")};
constexpr std::int64_t day = 86'400'000'000;

// The instants to look at, as microseconds passed, each with the clocks that strike then.
using Instants = std::map<std::int64_t, std::set<std::int32_t>>;

// A number while time passes.
struct Line {
  Wide start = 0;
  std::int64_t pace = 0;
};

class Finder {
 public:
  Finder(const program::Part& part, const NamedRequest& request, std::int64_t span)
      : part_(part),
        program_(part.programs[static_cast<std::size_t>(request.action)]),
        shape_(*program_.shape),
        row_(program_.row.bytes().data()),
        request_(request),
        span_(span),
        forms_(forms_of_nodes(shape_, row_)) {}

  // All instants in (0, span]. `span` is shortened when there are more than `most_instants`.
  Instants all(std::int64_t& span, bool& complete) {
    complete = !forms_.cut;
    shorten();
    complete = complete && span_ == span;
    for (const Node& node : shape_.nodes) look(node);
    lockouts();
    for (; instants_.size() > most_instants; instants_.erase(std::prev(instants_.end()))) {
      span_ = std::prev(instants_.end())->first - 1;
      complete = false;
    }
    span = span_;
    return std::move(instants_);
  }

 private:
  // Windows strike every day: so many days that what they strike fits.
  void shorten() {
    std::set<std::uint64_t> windows;
    for (const Node& node : shape_.nodes)
      if (node.op == Op::in_window) windows.insert(static_cast<std::uint64_t>(integer_at(row_, node.b)));
    const auto strikes_a_day = 3 * std::max<std::size_t>(windows.size(), 1);
    const auto days = static_cast<std::int64_t>(most_instants / strikes_a_day);
    span_ = std::min(span_, std::max<std::int64_t>(days, 1) * day);
  }

  Line line_of(const Form& form) const {
    Line line{form.constant, 0};
    for (const auto& [fact, times] : form.terms) {
      const auto number = integer_in(request_, fact_name(part_, fact));
      if (!number) continue;  // an absent fact reads as zero, and does not grow
      line.start += Wide{times} * *number;
      if (std::ranges::find(growing, fact) != growing.end()) line.pace += times;
    }
    return line;
  }

  void add(Wide passed, std::optional<std::int32_t> clock = {}) {
    if (passed <= 0 || passed > span_) return;
    auto& clocks = instants_[static_cast<std::int64_t>(passed)];
    if (clock) clocks.insert(*clock);
  }

  // Around the instant at which the line is `at`: where it gets there, and where it leaves.
  void reaches(const Line& line, Wide at, std::optional<std::int32_t> clock = {}) {
    if (line.pace == 0) return;
    const Wide way = at - line.start;
    Wide passed = way / line.pace;
    if (passed * line.pace != way && (way < 0) != (line.pace < 0)) --passed;  // down
    add(passed, clock);
    add(passed + 1, clock);
  }

  void look(const Node& node) {
    switch (node.op) {
    case Op::add:
    case Op::sub: ends_of_integers(node); break;
    case Op::eq_int:
    case Op::ne_int:
    case Op::lt_int:
    case Op::le_int:
    case Op::gt_int:
    case Op::ge_int:
      for (const auto& left : forms_.of[node.a])
        for (const auto& right : forms_.of[node.b]) reaches(line_of(difference(left, right)), 0);
      break;
    case Op::in_ints:
      for (const auto& form : forms_.of[node.a])
        if (const auto line = line_of(form); line.pace != 0)
          for (const auto member : integers_at(row_, node.b)) reaches(line, member);
      break;
    case Op::in_window:
      for (const auto& form : forms_.of[node.a]) window(line_of(form), node.b);
      break;
    default: break;
    }
  }

  // A sum stops growing where 64 bits end, and what it is compared with may not have. A sum of such a sum is not followed further.
  void ends_of_integers(const Node& node) {
    for (const auto& left : forms_.of[node.a])
      for (const auto& right : forms_.of[node.b]) {
        Form negated;
        for (const auto& [fact, times] : right.terms) negated.terms.emplace_back(fact, -times);
        negated.constant = -right.constant;
        const auto line = line_of(difference(left, node.op == Op::sub ? right : negated));
        for (const Wide end : {Wide{INT64_MAX}, Wide{INT64_MIN}}) reaches(line, end);
      }
  }

  void window(const Line& line, std::uint32_t slot) {
    if (line.pace == 0) return;
    const auto clamped = [](Wide value) {
      return static_cast<std::int64_t>(std::clamp(value, Wide{INT64_MIN} / 2, Wide{INT64_MAX} / 2));
    };
    const auto begin = clamped(line.start), end = clamped(line.start + line.pace * Wide{span_});
    for (const auto& strike : strikes_of(window_at(row_, slot), std::min(begin, end), std::max(begin, end)))
      reaches(line, strike.at, strike.offset);
  }

  void lockouts() {
    if (request_.action != Action::login) return;
    const auto time = integer_in(request_, "request.time"), failed = integer_in(request_, "attempts.last_failed");
    if (!time || !failed) return;
    const Line since{Wide{*time} - *failed, 1};
    for (const auto& lockout : part_.lockouts)
      for (const auto end : {lockout.block, lockout.within})
        if (end >= 0) reaches(since, end);
  }

  const program::Part& part_;
  const program::ActionProgram& program_;
  const program::Shape& shape_;
  const std::byte* row_;
  const NamedRequest& request_;
  std::int64_t span_;
  Forms forms_;
  Instants instants_;
};

// The request as it would be asked later.
class Later {
 public:
  Later(const Engine& engine, const NamedRequest& request) : engine_(engine), named_(request) {
    for (const auto id : growing)
      if (const auto start = integer_in(request, std::string(builtin_facts[index(id)].name)))
        starts_.emplace_back(id, *start);
    engine_.bind(named_, bound_);
  }
  Decision ask(std::int64_t passed) {
    for (const auto& [id, start] : starts_) bound_.set(id, program::saturating_add(start, passed));
    return engine_.decide(bound_);
  }
  std::vector<TraceEntry> trace(std::int64_t passed) {
    ask(passed);
    return engine_.trace(bound_);
  }

 private:
  const Engine& engine_;
  const NamedRequest& named_;
  std::vector<std::pair<FactId, std::int64_t>> starts_;
  Request bound_;
};

bool is_satisfied(const TraceEntry& entry) {
  return std::ranges::any_of(entry.alternatives, [](const auto& one) { return one.second; });
}

// The rules that come out otherwise, of two traces of one program.
std::vector<Turn::Rule> turned(const std::vector<TraceEntry>& before, const std::vector<TraceEntry>& after) {
  std::vector<Turn::Rule> rules;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
    if (!after[i].report && (before[i].fired != after[i].fired || is_satisfied(before[i]) != is_satisfied(after[i])))
      rules.push_back({after[i].id, {}, after[i].text, after[i].place, after[i].fired, is_satisfied(after[i])});
  return rules;
}

std::string name_of(const program::Part& part, Action action, const std::string& id) {
  const auto& rules = part.programs[static_cast<std::size_t>(action)].rules;
  const auto found = std::ranges::find(rules, id, &program::RuleInfo::id);
  return found == rules.end() ? std::string() : found->name;
}

}  // namespace

Boundaries find_boundaries(const Engine& engine, const NamedRequest& request, std::int64_t days) {
  Boundaries result;
  const auto now = integer_in(request, "request.time");
  const auto part = engine.part(request.tenant);
  if (!now) result.problem = "the request has no `request.time` to start from";
  if (part == nullptr) result.problem = "there is no such tenant";
  if (days < 1 || days > most_days)
    result.problem = "from 1 to " + std::to_string(most_days) + " days can be looked at";
  if (!result.problem.empty()) return result;
  Later later(engine, request);
  auto before = later.ask(0);
  if (before.fault == Fault::invalid_request) {
    Request bound;
    engine.bind(request, bound);
    result.problem = engine.explain(bound, before).detail;
    return result;
  }
  auto span = days * day;
  for (const auto id : growing)  // past its end a fact cannot grow, and there is no such request
    if (const auto start = integer_in(request, std::string(builtin_facts[index(id)].name)))
      span = std::min(span, program::saturating_sub(bounds_of(builtin_facts[index(id)].type).high, *start));
  const auto instants = Finder(*part, request, span).all(span, result.complete);
  result.from = *now;
  result.until = *now + span;
  for (const auto& [passed, clocks] : instants) {
    const auto after = later.ask(passed);
    if (after.effect != before.effect) {
      // Both sides are asked: were the instant not exact, the engine would say the same just before it.
      if (later.ask(passed - 1).effect != before.effect) {
        result.problem = "a boundary was computed wrongly before " + time_to_text(*now + passed);
        return result;
      }
      Turn turn{*now + passed,
                before.effect,
                after.effect,
                turned(later.trace(passed - 1), later.trace(passed)),
                before.fault,
                after.fault,
                {clocks.begin(), clocks.end()}};
      for (auto& rule : turn.rules) rule.name = name_of(*part, request.action, rule.id);
      result.turns.push_back(std::move(turn));
    }
    before = after;
  }
  return result;
}

}  // namespace writ::flip
