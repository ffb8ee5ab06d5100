// Comparing is by the names that people see: effect, reasons, obligations, fault, fired rules, trace; machine code is
// held against the interpreter byte for byte.
#include "tests/agree/case.h"

#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "runtime/engine/prepared.h"
#include "tests/agree/words.h"

#include <algorithm>
#include <cstring>

namespace writ::agree {

namespace {

using Strings = std::vector<std::string>;

std::string name(Effect effect) { return std::string(effect_names[static_cast<std::size_t>(effect)]); }
std::string name(Fault fault) { return std::string(fault_names[static_cast<std::size_t>(fault)]); }
std::string name(Because because) { return std::string(because_names[static_cast<std::size_t>(because)]); }
std::string name(bool outcome) { return outcome ? "true" : "false"; }
std::string name(const std::string& text) { return text; }
std::string name(const Strings& list) {
  std::string text;
  for (const auto& one : list) text += (text.empty() ? "" : " | ") + one;
  return "[" + text + "]";
}
std::string name(const oracle::Outcomes& list) {
  std::string text;
  for (const auto& [leaf, outcome] : list) text += (text.empty() ? "" : " | ") + leaf + " = " + name(outcome);
  return "[" + text + "]";
}

// Collects what differs.
struct Differences {
  std::string text{};
  template <class T>
  void compare(const std::string& what, const T& by_oracle, const T& by_engine) {
    if (by_oracle == by_engine) return;
    text += what + ": oracle " + name(by_oracle) + ", engine " + name(by_engine) + "\n";
  }
};

Strings ids(const std::vector<Reason>& reasons) {
  Strings list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

Strings common(const Strings& list, const Strings& in_mask) {
  Strings result;
  for (const auto& one : list)
    if (std::ranges::find(in_mask, one) != in_mask.end()) result.push_back(one);
  return result;
}

// What the masks of a decision say, in names.
void read_masks(const program::ActionProgram& program, Seen& seen) {
  const auto bit = [](const auto& words, std::size_t i) { return words[i / 64] >> i % 64 & 1; };
  for (std::size_t i = 0; i < std::min<std::size_t>(program.rules.size(), 128); ++i) {
    seen.in_mask.push_back(program.rules[i].id);
    if (bit(seen.decision.fired, i)) seen.fired.push_back(program.rules[i].id);
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(program.entries.size(), 64); ++i) {
    seen.in_mask.push_back(program.entries[i]);
    if (seen.decision.unsatisfied >> i & 1) seen.obligations.push_back(program.entries[i]);
  }
  for (auto* list : {&seen.fired, &seen.obligations}) {
    std::ranges::sort(*list);
    const auto repeated = std::ranges::unique(*list);
    list->erase(repeated.begin(), repeated.end());
  }
}

void compare_traces(Differences& differences, const std::vector<oracle::TraceEntry>& mine,
                    const std::vector<TraceEntry>& theirs) {
  Strings my_ids, their_ids;
  for (const auto& entry : mine) my_ids.push_back(entry.id);
  for (const auto& entry : theirs) their_ids.push_back(entry.id);
  differences.compare("trace ids", my_ids, their_ids);
  if (my_ids != their_ids) return;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    oracle::Outcomes leaves;
    for (const auto& leaf : theirs[i].leaves) leaves.emplace_back(leaf.text, leaf.outcome);
    differences.compare("fired " + mine[i].id, mine[i].fired, theirs[i].fired);
    differences.compare("leaves of " + mine[i].id, mine[i].leaves, leaves);
    differences.compare("alternatives of " + mine[i].id, mine[i].alternatives, theirs[i].alternatives);
  }
}

void compare_bytes(Differences& differences, const std::string& who, const Decision& decision,
                   const Decision& by_interpreter) {
  if (std::memcmp(&decision, &by_interpreter, sizeof decision) == 0) return;
  differences.text += who + ": effect " + name(decision.effect) + ", interpreter " + name(by_interpreter.effect) +
                      ", or other bytes differ\n";
}

}  // namespace

std::unique_ptr<Case> prepare(const std::vector<std::string>& files, const std::shared_ptr<CodeSource>& code) {
  auto made = std::make_unique<Case>();
  Diagnostics diagnostics;
  std::vector<const tree::Tree*> order;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto file = made->sources.add("case" + std::to_string(i) + ".writ", files[i]);
    order.push_back(&made->trees.emplace_back(parse(made->sources, file, Limits{}, diagnostics)));
  }
  if (!diagnostics.has_errors()) made->policy = check_policy(order, made->sources, Limits{}, diagnostics);
  if (diagnostics.has_errors()) {
    made->problems = render_pretty(diagnostics.sorted(), made->sources, {.color = false, .max_errors = 3});
    return made;
  }
  if (made->policy.tenants.empty()) {
    made->problems = "it has no tenant, so there is nobody to ask for\n";  // an engine without tenants is not ready
    return made;
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : made->policy.tenants) parts.push_back(lower_tenant(tenant, made->sources));
  made->by_machine = code != nullptr;
  made->engine = std::make_unique<Engine>(code, code ? Tier::native : Tier::interpret);
  made->problems = made->engine->put(std::move(parts));
  if (code) made->engine->wait_for_code();
  made->oracle = std::make_unique<oracle::Oracle>(order);
  return made;
}

Seen ask(const Case& prepared, const NamedRequest& named, bool with_trace) {
  thread_local Request request, prepared_room;
  const Engine& engine = *prepared.engine;
  engine.bind(named, request);
  Seen seen{engine.interpret(request), {}, {}, {}, {}, engine.native(request), engine.decide(request), {}, {}, {}};
  Prepared beforehand;
  engine.prepare(named, beforehand);
  seen.prepared = engine.decide(beforehand, prepared_room);
  seen.prepared_interpreted = engine.interpret(beforehand, prepared_room);
  seen.explanation = engine.explain(request, seen.decision);
  if (const auto part = engine.part(named.tenant))
    read_masks(part->programs[static_cast<std::size_t>(named.action)], seen);
  if (with_trace) seen.trace = engine.trace(request);
  return seen;
}

std::string difference(const Case& prepared, const NamedRequest& request, const Seen& seen, bool with_trace,
                       oracle::Answer* given) {
  Differences differences;
  if (seen.by_machine)
    compare_bytes(differences, "machine code", *seen.by_machine, seen.decision);
  else if (prepared.by_machine && prepared.engine->part(request.tenant))
    differences.text += "there is no machine code\n";  // no tenant, no code
  if (seen.by_default) compare_bytes(differences, "decide", *seen.by_default, seen.decision);
  if (seen.prepared) compare_bytes(differences, "prepared", *seen.prepared, seen.decision);
  if (seen.prepared_interpreted)
    compare_bytes(differences, "prepared and interpreted", *seen.prepared_interpreted, seen.decision);
  const auto& explanation = seen.explanation;
  try {
    const auto answer = prepared.oracle->decide(request);
    if (given != nullptr) *given = answer;
    differences.compare("effect", answer.effect, explanation.effect);
    differences.compare("would_be", answer.would_be, explanation.would_be);
    differences.compare("fault", answer.fault, explanation.fault);
    differences.compare("because", answer.because, explanation.because);
    differences.compare("reasons", answer.reasons, ids(explanation.reasons));
    differences.compare("reports", answer.reports, ids(explanation.reports));
    differences.compare("obligations", answer.obligations, explanation.obligations);
    differences.compare("decision's effect", answer.effect, seen.decision.effect);
    differences.compare("decision's fault", answer.fault, seen.decision.fault);
    differences.compare("decision's rules", common(answer.fired, seen.in_mask), seen.fired);
    differences.compare("decision's obligations", common(answer.obligations, seen.in_mask), seen.obligations);
    if (with_trace) compare_traces(differences, prepared.oracle->trace(request), seen.trace);
  } catch (const std::exception& error) {
    differences.text += std::string("oracle: ") + error.what() + "\n";
  }
  return differences.text;
}

std::string difference(const Case& prepared, const NamedRequest& request, bool with_trace, oracle::Answer* given) {
  return difference(prepared, request, ask(prepared, request, with_trace), with_trace, given);
}

std::string attempt_difference(const Case& prepared, const NamedRequest& named) {
  thread_local Request request;
  prepared.engine->bind(named, request);
  const auto seen = prepared.engine->attempt(request);
  const auto fault = prepared.oracle->attempt(named);
  Differences differences;
  differences.compare("attempt's fault", fault, seen.fault);
  differences.compare("attempt's effect", fault == Fault::none ? Effect::allow : Effect::deny, seen.effect);
  return differences.text;
}

std::string difference(const Case& prepared, const OfferQuestion& question) {
  Differences differences;
  const auto mine =
      prepared.oracle->connections(question.tenant, question.client, question.organization, question.email);
  const auto theirs =
      prepared.engine->connections(question.tenant, question.client, question.organization, question.email);
  Strings list;
  for (const auto& connection : theirs.connections) list.push_back(connection.id);
  differences.compare("fault", mine.fault, theirs.fault);
  differences.compare("connections", mine.connections, list);
  differences.compare("home realm", mine.home_realm.value_or("none"), theirs.home_realm.value_or("none"));
  if (!differences.text.empty())
    differences.text += "connections of " + question.tenant + ", " + question.client + ", " +
                        question.organization.value_or("no organization") + ", " +
                        question.email.value_or("no e-mail") + "\n";
  return differences.text;
}

std::string to_text(const NamedRequest& request) {
  struct Visit {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const {
      return in_quotes(value.size() > 200 ? value.substr(0, 20) + "… of " + std::to_string(value.size()) : value);
    }
    std::string operator()(const Ip& value) const { return writ::to_text(value); }
    std::string operator()(const StringSet& value) const { return name(value); }
  };
  std::string text(action_names[static_cast<std::size_t>(request.action)]);
  text += " to " + in_quotes(request.tenant) + "." + in_quotes(request.client);
  if (request.organization) text += " in " + in_quotes(*request.organization);
  if (request.connection) text += " via " + in_quotes(*request.connection);
  for (const auto& [fact, value] : request.facts) text += "\n  " + fact + " = " + std::visit(Visit{}, value);
  return text + "\n";
}

}  // namespace writ::agree
