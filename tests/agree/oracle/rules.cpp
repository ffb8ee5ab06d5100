// Which rules fire (4), what follows from them (25), and the trace (30).
#include "compiler/syntax/syntax.h"
#include "tests/agree/oracle/policy.h"

#include <re2/re2.h>

namespace writ::oracle {
namespace {
// A name as it stands in expressions: in quotes where it is no bare word.
std::string name_text(const std::string& name) {
  static const re2::RE2 bare("[A-Za-z_][A-Za-z0-9_]*");
  static const re2::RE2 hard("and|or|not|in|has|else|when|unless|on|any|all|true|false|matches|starts|ends|contains|with");
  if (re2::RE2::FullMatch(name, bare) && !re2::RE2::FullMatch(name, hard)) return name;
  tree::Tree quoted;
  quoted.expressions.push_back({tree::Literal{tree::Literal::Kind::string, name}, {}, false});
  return canonical(quoted, tree::ExprId{0});
}

// Place and `on` and when and not unless.
bool fires(Evaluation& evaluation, const Rule& rule) {
  for (std::size_t i = rule.place.size(); i > 0; i -= 2) {
    const std::string &fact = rule.place[i - 2], &name = rule.place[i - 1];
    if (fact == "organization" && !evaluation.leaf(!evaluation.asked.organization.empty(), "has organization")) return false;
    if (!evaluation.leaf(evaluation.fact(fact) == Worth(name), fact + " == " + name_text(name))) return false;
  }
  const auto& [on, when, unless] = std::tie(rule.written->on, rule.written->when, rule.written->unless);
  std::string names;
  for (const auto& name : on) names += (names.empty() ? "" : ", ") + name_text(name.text);
  const auto is_here = [&](const tree::Name& name) { return name.text == evaluation.asked.connection; };
  if (!on.empty() && !evaluation.leaf(std::ranges::any_of(on, is_here), "connection in [" + names + "]")) return false;
  if (when != tree::ExprId::none && !evaluation.condition(rule.where, when)) return false;
  if (unless != tree::ExprId::none) return !evaluation.condition(rule.where, unless);
  return !evaluation.leaves->empty() || evaluation.leaf(true, "always");
}
struct Judged : TraceEntry {
  const Rule* rule;
};
// Every rule in force, in source order.
std::vector<Judged> judge(const Asked& asked, const NamedRequest& request) {
  std::vector<Judged> all;
  for (const Rule& rule : asked.tenant->rules) {
    if (!(rule.actions & mask_of(request.action))) continue;
    Judged& one = all.emplace_back(Judged{{rule.id, false, {}, {}}, &rule});
    Evaluation evaluation{asked, request, &one.leaves};
    if (one.fired = fires(evaluation, rule); !one.fired) continue;
    evaluation.leaves = nullptr;
    const auto holds = [&](const Named& way) { return evaluation.condition(way.where, way.value); };
    for (const auto& [text, ways] : rule.duties) one.alternatives.emplace_back(text, std::ranges::any_of(ways, holds));
  }
  return all;
}
// What follows from the rules that fired. `report` rules count for would_be only.
Answer combine(const std::vector<Judged>& judged, bool with_reports) {
  std::set<std::string> fired, reports, denies, allows, redirects, targets, challenges, entries;
  for (const Judged& one : judged) {
    const tree::Rule& written = *one.rule->written;
    if (!one.fired) continue;
    fired.insert(one.id);
    if (written.report) reports.insert(one.id);
    if (written.report && !with_reports) continue;
    if (written.effect == RuleEffect::deny) denies.insert(one.id);
    if (written.effect == RuleEffect::allow) allows.insert(one.id);
    std::string entry;  // `A or B`
    bool satisfied = one.alternatives.empty();
    for (const auto& [text, holds] : one.alternatives) entry += (entry.empty() ? "" : " or ") + text, satisfied = satisfied || holds;
    if (!satisfied) challenges.insert(one.id), entries.insert(entry);
    if (written.obligations.size() != 1 || written.obligations[0].name.text != "use_connection") continue;
    redirects.insert(one.id);
    targets.insert(strings_of(one.rule->where, written.obligations[0].arguments).front());
  }
  const auto list = [](const std::set<std::string>& texts) { return Strings(texts.begin(), texts.end()); };
  const auto answer = [&](Effect effect, Because because, const std::set<std::string>& reasons) {
    return Answer{effect, effect, Fault::none, because, list(reasons), list(reports), {}, list(fired)};
  };
  if (!denies.empty()) return answer(Effect::deny, Because::rules, denies);
  if (allows.empty()) return answer(Effect::deny, Because::no_allow, {});
  if (targets.size() > 1) return answer(Effect::deny, Because::conflicting_obligations, redirects);
  if (challenges.empty()) return answer(Effect::allow, Because::rules, allows);
  Answer challenge = answer(Effect::challenge, Because::rules, challenges);
  challenge.obligations = list(entries);
  return challenge;
}
}  // namespace

Oracle::Oracle(std::vector<const tree::Tree*> trees) : policy_(collect(trees)) {}
Oracle::~Oracle() = default;

Answer Oracle::decide(const NamedRequest& request) const {
  Asked asked;
  if (const Fault fault = find_fault(*policy_, request, false, asked); fault != Fault::none) return {.fault = fault};
  const auto judged = judge(asked, request);
  Answer answer = combine(judged, false);
  answer.would_be = combine(judged, true).effect;
  return answer;
}
Fault Oracle::attempt(const NamedRequest& request) const {
  Asked asked;
  return request.action == Action::login ? find_fault(*policy_, request, true, asked) : Fault::invalid_request;
}
std::vector<TraceEntry> Oracle::trace(const NamedRequest& request) const {
  Asked asked;
  if (find_fault(*policy_, request, false, asked) != Fault::none) return {};
  const auto judged = judge(asked, request);
  return {judged.begin(), judged.end()};
}
}  // namespace writ::oracle
