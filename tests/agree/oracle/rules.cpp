// Which rules fire (4), when obligations are satisfied (26), what follows from both (25), and the trace (30).
#include "compiler/syntax/syntax.h"
#include "tests/agree/oracle/policy.h"

namespace writ::oracle {

namespace {
// A name as canonical text has it: in quotes where it is no bare word.
std::string name_text(const std::string& name) {
  static const re2::RE2 bare("[A-Za-z_][A-Za-z0-9_]*");
  static const re2::RE2 hard("and|or|not|in|has|else|when|unless|on|any|all|true|false|matches|starts|ends|contains|with");
  return re2::RE2::FullMatch(name, bare) && !re2::RE2::FullMatch(name, hard) ? name : "\"" + name + "\"";
}
}  // namespace

bool Evaluation::leaf(bool outcome, const std::string& text) {
  if (leaves_) leaves_->emplace_back(text, outcome);
  return outcome;
}

bool Evaluation::fires(const Rule& rule, Outcomes* leaves) {
  leaves_ = leaves;
  const auto is = [&](const char* text, const Thing* thing, const std::string& name) {
    return leaf(thing->name == name, leaves ? text + name_text(name) : "");
  };
  const auto& [owner, client, connection, organization] = rule.place;
  if (!client.empty() && !is("client == ", asked_.client, client)) return false;
  if (!connection.empty() && !is("connection == ", asked_.connection, connection)) return false;
  if (!organization.empty() && !(leaf(asked_.organization, "has organization") && is("organization == ", asked_.organization, organization))) return false;
  const auto& [on, when, unless] = std::tie(rule.written->on, rule.written->when, rule.written->unless);
  std::string names;
  for (const auto& name : on) names += (names.empty() ? "connection in [" : ", ") + name_text(name.text);
  if (!on.empty() && !leaf(among(on, asked_.connection->name), names + "]")) return false;
  if (when != tree::ExprId::none && !condition(rule.where, when)) return false;
  if (unless != tree::ExprId::none) return !condition(rule.where, unless);
  return !leaves || !leaves->empty() || leaf(true, "always");
}

bool Evaluation::satisfied(const Rule& rule, const tree::Obligation& obligation) {
  leaves_ = nullptr;  // what satisfies is no leaf of the condition (30)
  const auto& [written_name, arguments, within, span] = obligation;
  const std::string& name = written_name.text;
  const auto text = [&](tree::ExprId id) { return std::get<std::string_view>(needed(rule.where, id)); };
  const auto holds = [&](const char* flag) { return std::get<bool>(fact(flag)); };
  const auto fresh = [&](const char* age) { return fact(age) != Worth(Absent{}) && fact(age) <= needed(rule.where, obligation.within); };
  const auto has = [&](const char* set, tree::ExprId word) { return among(*std::get<const StringSet*>(fact(set)), text(word)); };
  if (name == "mfa") {
    const bool factor = arguments.empty() || std::ranges::any_of(arguments, [&](auto one) { return has("session.factors", one); });
    const bool done = (!arguments.empty() && within == tree::ExprId::none) || holds("session.mfa");
    return factor && done && (within == tree::ExprId::none || fresh("session.mfa_age"));
  }
  if (name == "step_up") return fact("session.acr") == Worth(text(arguments[0]));
  if (name == "reauthenticate") return fresh("session.auth_age");
  if (name == "verify_email") return holds("user.email_verified");
  if (name == "enroll_mfa") return holds("user.mfa_enrolled");
  if (name == "use_connection") return asked_.connection->name == text(arguments[0]);
  if (name == "accept") return has("user.accepted", arguments[0]);
  if (name == "change_password") return false;
  const Bound* declared = look_up(rule.where.scope, &Scope::obligations, name);
  return condition(declared->where, declared->value);
}

std::string Evaluation::target(const Rule& rule) {
  const auto& duties = rule.written->obligations;
  if (duties.size() != 1 || duties[0].name.text != "use_connection") return {};
  return std::string(std::get<std::string_view>(needed(rule.where, duties[0].arguments[0])));
}

namespace {

struct Fired { const Rule* rule = nullptr; bool satisfied = true; std::string target; };

Answer combine(const std::vector<Fired>& fired, bool with_reports) {
  const auto list = [&](std::string Rule::*what, auto&& wanted) {
    std::set<std::string> texts;
    for (const Fired& one : fired)
      if ((with_reports || !one.rule->written->report) && wanted(one)) texts.insert(one.rule->*what);
    return Strings(texts.begin(), texts.end());
  };
  const auto answer = [](Effect effect, Because because, Strings reasons, Strings obligations = {}) {
    return Answer{effect, effect, Fault::none, because, std::move(reasons), {}, std::move(obligations), {}};
  };
  const auto denies = list(&Rule::id, [](const Fired& one) { return one.rule->written->effect == RuleEffect::deny; });
  const auto allows = list(&Rule::id, [](const Fired& one) { return one.rule->written->effect == RuleEffect::allow; });
  if (!denies.empty()) return answer(Effect::deny, Because::rules, denies);
  if (allows.empty()) return answer(Effect::deny, Because::no_allow, {});
  std::set<std::string> targets;
  const auto redirects = list(&Rule::id, [&](const Fired& one) { return !one.target.empty() && (targets.insert(one.target), true); });
  if (targets.size() > 1) return answer(Effect::deny, Because::conflicting_obligations, redirects);
  const auto unsatisfied = [](const Fired& one) { return !one.satisfied; };
  const auto challenges = list(&Rule::id, unsatisfied);
  if (challenges.empty()) return answer(Effect::allow, Because::rules, allows);
  return answer(Effect::challenge, Because::rules, challenges, list(&Rule::entry, unsatisfied));
}

}  // namespace

Oracle::Oracle(std::vector<const tree::Tree*> trees) : policy_(collect(trees)) {}
Oracle::~Oracle() = default;

Answer Oracle::decide(const NamedRequest& request) const {
  Asked asked{};
  if (const Fault fault = find_fault(*policy_, request, false, asked); fault != Fault::none) return {.fault = fault};
  Evaluation evaluation(asked, request);
  std::vector<Fired> fired;
  for (const Rule* rule : asked.tenant->in_force.at(request.action)) {
    if (!evaluation.fires(*rule)) continue;
    const auto& duties = rule->written->obligations;
    const bool satisfied = duties.empty() || std::ranges::any_of(duties, [&](const auto& duty) { return evaluation.satisfied(*rule, duty); });
    fired.push_back({rule, satisfied, evaluation.target(*rule)});
  }
  Answer answer = combine(fired, false);
  answer.would_be = combine(fired, true).effect;
  for (const Fired& one : fired) {
    answer.fired.push_back(one.rule->id);
    if (one.rule->written->report) answer.reports.push_back(one.rule->id);
  }
  std::ranges::sort(answer.fired);
  std::ranges::sort(answer.reports);
  return answer;
}

Fault Oracle::attempt(const NamedRequest& request) const {
  Asked asked{};
  return request.action == Action::login ? find_fault(*policy_, request, true, asked) : Fault::invalid_request;
}

std::vector<TraceEntry> Oracle::trace(const NamedRequest& request) const {
  Asked asked{};
  if (find_fault(*policy_, request, false, asked) != Fault::none) return {};
  Evaluation evaluation(asked, request);
  std::vector<TraceEntry> entries;
  for (const Rule* rule : asked.tenant->in_force.at(request.action)) {
    TraceEntry& entry = entries.emplace_back(TraceEntry{rule->id, false, {}, {}});
    entry.fired = evaluation.fires(*rule, &entry.leaves);
    if (!entry.fired) continue;
    for (const auto& duty : rule->written->obligations)
      entry.alternatives.emplace_back(canonical(rule->where.file->tree, duty), evaluation.satisfied(*rule, duty));
  }
  return entries;
}

}  // namespace writ::oracle
