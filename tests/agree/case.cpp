// Comparing is by the names that people see: effect, reasons, obligations, fault, trace; machine code is held against the interpreter byte
// for byte.
#include "tests/agree/case.h"

#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace writ::agree {

namespace {

std::string name(Effect effect) { return std::string(effect_names[static_cast<std::size_t>(effect)]); }
std::string name(Fault fault) { return std::string(fault_names[static_cast<std::size_t>(fault)]); }
std::string name(Because because) { return std::string(because_names[static_cast<std::size_t>(because)]); }
std::string name(bool outcome) { return outcome ? "true" : "false"; }
std::string name(const std::string& text) { return text; }
std::string name(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& one : list) text += (text.empty() ? "" : " | ") + one;
  return "[" + text + "]";
}
std::string name(const std::vector<std::pair<std::string, bool>>& list) {
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

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

void compare_traces(Differences& differences, const std::vector<oracle::TraceEntry>& mine, const std::vector<TraceEntry>& theirs) {
  std::vector<std::string> my_ids, their_ids;
  for (const auto& entry : mine) my_ids.push_back(entry.id);
  for (const auto& entry : theirs) their_ids.push_back(entry.id);
  differences.compare("trace ids", my_ids, their_ids);
  if (my_ids != their_ids) return;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    std::vector<std::pair<std::string, bool>> leaves;
    for (const auto& leaf : theirs[i].leaves) leaves.emplace_back(leaf.text, leaf.outcome);
    differences.compare("fired " + mine[i].id, mine[i].fired, theirs[i].fired);
    differences.compare("leaves of " + mine[i].id, mine[i].leaves, leaves);
    differences.compare("alternatives of " + mine[i].id, mine[i].alternatives, theirs[i].alternatives);
  }
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
  std::vector<program::Part> parts;
  for (const auto& tenant : made->policy.tenants) parts.push_back(lower_tenant(tenant, made->sources));
  made->by_machine = code != nullptr;
  made->engine = std::make_unique<Engine>(code, code ? Tier::native : Tier::interpret);
  made->problems = made->engine->put(std::move(parts));
  if (code) made->engine->wait_for_code();
  made->oracle = std::make_unique<oracle::Oracle>(order);
  return made;
}

std::string difference(const Case& prepared, const NamedRequest& named, bool with_trace, oracle::Answer* given) {
  thread_local Request request;
  prepared.engine->bind(named, request);
  const Decision decision = prepared.engine->interpret(request);
  Differences differences;
  if (prepared.by_machine) {
    const auto by_machine = prepared.engine->native(request);
    if (!by_machine) differences.text += prepared.engine->part(named.tenant) ? "there is no machine code\n" : "";  // no tenant, no code
    else if (std::memcmp(&*by_machine, &decision, sizeof decision) != 0)
      differences.text += "machine code: effect " + name(by_machine->effect) + ", interpreter " + name(decision.effect) + ", and more bytes differ\n";
  }
  const Explanation seen = prepared.engine->explain(request, decision);
  try {
    const auto answer = prepared.oracle->decide(named);
    if (given) *given = answer;
    differences.compare("effect", answer.effect, seen.effect);
    differences.compare("would_be", answer.would_be, seen.would_be);
    differences.compare("fault", answer.fault, seen.fault);
    differences.compare("because", answer.because, seen.because);
    differences.compare("reasons", answer.reasons, ids(seen.reasons));
    differences.compare("reports", answer.reports, ids(seen.reports));
    differences.compare("obligations", answer.obligations, seen.obligations);
    differences.compare("decision effect", answer.effect, decision.effect);
    differences.compare("decision fault", answer.fault, decision.fault);
    if (with_trace) compare_traces(differences, prepared.oracle->trace(named), prepared.engine->trace(request));
    if (with_trace) differences.compare("attempt", prepared.oracle->attempt(named), prepared.engine->attempt(request).fault);
  } catch (const std::exception& error) {
    differences.text += std::string("oracle: ") + error.what() + "\n";
  }
  return differences.text;
}

std::string difference(const Case& prepared, const OfferQuestion& question) {
  Differences differences;
  const auto mine = prepared.oracle->connections(question.tenant, question.client, question.organization, question.email);
  const auto theirs = prepared.engine->connections(question.tenant, question.client, question.organization, question.email);
  std::vector<std::string> list;
  for (const auto& connection : theirs.connections) list.push_back(connection.id);
  differences.compare("fault", mine.fault, theirs.fault);
  differences.compare("connections", mine.connections, list);
  differences.compare("home realm", mine.home_realm.value_or("none"), theirs.home_realm.value_or("none"));
  if (!differences.text.empty())
    differences.text += "connections of " + question.tenant + ", " + question.client + ", " + question.organization.value_or("no organization") + ", " +
                        question.email.value_or("no e-mail") + "\n";
  return differences.text;
}

// ---------------------------------------------------------------- shrinking

namespace {

std::vector<std::string> without_lines(const std::string& text) {
  std::vector<std::string> lines, results;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const auto joined = [&](std::size_t from, std::size_t to) {
    std::string result;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (i < from || i >= to) result += lines[i] + "\n";
    return result;
  };
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto indent = lines[i].find_first_not_of(' ');
    if (indent == std::string::npos || lines[i][indent] == '}') continue;
    std::size_t end = i + 1;
    if (lines[i].ends_with("{"))
      while (end < lines.size() && lines[end++] != std::string(indent, ' ') + "}") {}
    ranges.emplace_back(i, end);
  }
  std::ranges::stable_sort(ranges, std::greater<>{}, [](const auto& range) { return range.second - range.first; });
  for (const auto& [from, to] : ranges) results.push_back(joined(from, to));
  return results;
}

std::vector<std::string> without_conditions(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("case.writ", text), Limits{}, diagnostics);
  std::vector<std::string> results;
  const auto replace = [&](Span span, const std::string& by) { results.push_back(text.substr(0, span.begin) + by + text.substr(span.end)); };
  for (const auto& expression : tree.expressions) {
    std::vector<tree::ExprId> operands;
    if (const auto* all = std::get_if<tree::And>(&expression.node)) operands = all->operands;
    if (const auto* any = std::get_if<tree::Or>(&expression.node)) operands = any->operands;
    if (const auto* negated = std::get_if<tree::Not>(&expression.node)) operands = {negated->operand};
    for (const auto operand : operands) replace(expression.span, "(" + std::string(sources.text(tree[operand].span)) + ")");
  }
  for (const auto* word : {" when ", " unless ", " message ", " note "})
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      auto end = text.find('\n', at);
      if (std::string_view(word) == " when ") end = std::min(end, text.find(" unless ", at));
      results.push_back(text.substr(0, at) + text.substr(end));
    }
  return results;
}

}  // namespace

std::vector<std::string> smaller(const std::string& text) {
  auto results = without_lines(text);
  std::ranges::move(without_conditions(text), std::back_inserter(results));
  std::erase_if(results, [&](const auto& one) { return one.size() >= text.size(); });
  return results;
}

std::string to_text(const NamedRequest& request) {
  struct Visit {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return in_quotes(value.size() > 200 ? value.substr(0, 20) + "… of " + std::to_string(value.size()) : value); }
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
