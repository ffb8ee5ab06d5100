// Decisions with names. A decision holds masks only; the names are read from the snapshot that the request still has, and the rules are
// run again, by the interpreter, because masks end at 128 rules.
#include "runtime/engine/state.h"

#include <algorithm>
#include <stdexcept>

namespace writ {

using engine::Fired;
using engine::Question;

namespace {

struct Run {
  std::shared_ptr<const program::Part> part;
  const program::ActionProgram& cold;
  const program::Shape& shape;
  Fired fired;
};

Run run_again(Request::State& request) {
  const auto place = static_cast<std::size_t>(request.action);
  const auto& shape = request.shape();
  request.prepare_to_interpret();
  request.fired.clear();
  request.satisfied.clear();
  interpret(shape, request.frame, {request.fired.data(), request.satisfied.data()}, request.registers);
  auto part = request.loaded->part();
  const auto& cold = part->programs[place];
  return {std::move(part), cold, shape, {request.fired.words(), request.satisfied.words()}};
}

// Whether a rule that fired is a reason for the decision.
bool is_reason(const Decision& decision, const Run& run, std::size_t place) {
  const auto& rule = run.shape.rules[place];
  if (rule.report) return false;
  switch (decision.because) {
  case Because::fault:
  case Because::no_allow: return false;
  case Because::conflicting_obligations:
    return rule.effect == RuleEffect::require && run.shape.entries[rule.entry].use_connection >= 0;
  case Because::rules: break;
  }
  switch (decision.effect) {
  case Effect::deny: return rule.effect == RuleEffect::deny;
  case Effect::challenge: return rule.effect == RuleEffect::require && !run.fired.entry(rule.entry);
  case Effect::allow: return rule.effect == RuleEffect::allow;
  }
  return false;
}

Reason reason_of(const program::RuleInfo& info, RuleEffect effect) {
  return {info.id, info.name, info.text, info.place, info.message, info.note, effect};
}

void add_rules(Request::State& request, const Decision& decision, Explanation& explanation) {
  const auto run = run_again(request);
  for (std::size_t i = 0; i < run.shape.rules.size(); ++i) {
    if (!run.fired.rule(i)) continue;
    const auto& rule = run.shape.rules[i];
    const auto reason = is_reason(decision, run, i);
    if (reason) explanation.reasons.push_back(reason_of(run.cold.rules[i], rule.effect));
    if (rule.report) explanation.reports.push_back(reason_of(run.cold.rules[i], rule.effect));
    if (reason && decision.effect == Effect::challenge) explanation.obligations.push_back(run.cold.entries[rule.entry]);
  }
  std::ranges::sort(explanation.reasons, {}, &Reason::id);
  std::ranges::sort(explanation.reports, {}, &Reason::id);
  std::ranges::sort(explanation.obligations);
  const auto repeated = std::ranges::unique(explanation.obligations);
  explanation.obligations.erase(repeated.begin(), repeated.end());
  if (decision.effect == Effect::allow)
    explanation.session = run.part->clients[static_cast<std::size_t>(request.frame.client)].session;
}

// An attempt has no rules: it is an allow of which no rule fired.
bool of_attempt(const Decision& decision) {
  return decision.effect == Effect::allow && !decision.wide && decision.fired[0] == 0 && decision.fired[1] == 0;
}

}  // namespace

Explanation Engine::explain(const Request& request, const Decision& decision) const {
  auto& asked = *request.state_;
  Explanation explanation;
  explanation.effect = decision.effect;
  explanation.would_be = decision.would_be;
  explanation.fault = decision.fault;
  explanation.because = decision.because;
  explanation.version = decision.version;
  if (asked.loaded) explanation.revision = to_hex(asked.loaded->hash());
  if (decision.fault != Fault::none) {
    auto finding = engine::find_fault(asked, state_->set(), Question::decide);
    if (finding.fault != decision.fault) finding = engine::find_fault(asked, state_->set(), Question::attempt);
    if (finding.fault != decision.fault) finding = {decision.fault};  // the request or the set changed since
    explanation.detail = engine::describe(asked, finding);
    return explanation;
  }
  if (!asked.loaded || of_attempt(decision)) return explanation;
  try {
    add_rules(asked, decision, explanation);
  } catch (const std::runtime_error& failure) {
    explanation.detail = failure.what();
  }
  return explanation;
}

std::vector<TraceEntry> Engine::trace(const Request& request) const try {
  auto& asked = *request.state_;
  std::vector<TraceEntry> entries;
  if (engine::find_fault(asked, state_->set(), Question::decide).fault != Fault::none) return entries;
  const auto run = run_again(asked);
  std::vector<std::size_t> order(run.cold.rules.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](auto i) { return run.cold.rules[i].source_order; });
  for (const auto i : order) {
    const auto& info = run.cold.rules[i];
    const auto& rule = run.shape.rules[i];
    TraceEntry entry{info.id,           info.place, info.text, rule.effect,  rule.report,
                     run.fired.rule(i), {},         {},        info.message, info.note};
    entry.leaves = trace_rule(*run.part, run.shape, asked.frame, asked.registers, info);
    if (entry.fired)
      for (const auto& [text, node] : info.alternatives)
        entry.alternatives.emplace_back(text, asked.registers[node].integer != 0);
    entries.push_back(std::move(entry));
  }
  return entries;
} catch (const std::runtime_error&) {  // its part cannot be read any more
  return {};
}

}  // namespace writ
