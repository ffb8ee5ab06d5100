// See compare.h.
#include "tests/agree/compare.h"

#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <algorithm>
#include <cstring>
#include <sstream>
#include <vector>

namespace writ::agree {

namespace {

std::shared_ptr<CodeSource> machine_code([[maybe_unused]] bool optimize) {
#if WRIT_WITH_JIT
  return make_jit({.optimize = optimize});
#else
  return nullptr;
#endif
}

std::string text_of(Effect effect) { return std::string(effect_names[static_cast<std::size_t>(effect)]); }
std::string text_of(Fault fault) { return std::string(fault_names[static_cast<std::size_t>(fault)]); }
std::string text_of(Because because) { return std::string(because_names[static_cast<std::size_t>(because)]); }
std::string text_of(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const auto& item : list) text += (text.size() > 1 ? ", " : "") + item;
  return text + "]";
}
std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

template <class Value>
void compare(std::string& differences, const char* what, const Value& oracle, const Value& engine) {
  if (oracle != engine)
    differences += std::string(what) + ": oracle " + text_of(oracle) + ", interpreter " + text_of(engine) + "\n";
}

std::string trace_text(const std::string& id, bool fired, const std::vector<std::pair<std::string, bool>>& leaves,
                       const std::vector<std::pair<std::string, bool>>& alternatives) {
  std::string text = id + (fired ? " fired" : " -");
  for (const auto& [leaf, outcome] : leaves) text += "\n    " + leaf + (outcome ? " = true" : " = false");
  for (const auto& [alternative, satisfied] : alternatives) text += "\n    satisfied " + alternative + (satisfied ? " = true" : " = false");
  return text;
}

void compare_traces(std::string& differences, const Subject& subject, const NamedRequest& named, const Request& request) {
  std::vector<std::string> wanted, seen;
  for (const auto& entry : subject.oracle->trace(named)) wanted.push_back(trace_text(entry.id, entry.fired, entry.leaves, entry.alternatives));
  for (const auto& entry : subject.engine->trace(request)) {
    std::vector<std::pair<std::string, bool>> leaves;
    for (const auto& leaf : entry.leaves) leaves.emplace_back(leaf.text, leaf.outcome);
    seen.push_back(trace_text(entry.id, entry.fired, leaves, entry.alternatives));
  }
  for (std::size_t i = 0; i < std::max(wanted.size(), seen.size()); ++i) {
    static const std::string nothing = "nothing";
    const auto& left = i < wanted.size() ? wanted[i] : nothing;
    const auto& right = i < seen.size() ? seen[i] : nothing;
    if (left != right) differences += "trace " + std::to_string(i) + ": oracle " + left + "\n  interpreter " + right + "\n";
  }
}

std::string first_error(const Subject& subject) {
  return render_pretty(subject.diagnostics.sorted(), subject.sources, {.color = false, .max_errors = 3});
}

}  // namespace

std::unique_ptr<Subject> prepare(const std::string& policy, bool optimize) {
  auto subject = std::make_unique<Subject>();
  const auto file = subject->sources.add("generated.writ", policy);
  subject->tree = parse(subject->sources, file, Limits{}, subject->diagnostics);
  const std::vector<const tree::Tree*> trees = {&subject->tree};
  if (!subject->diagnostics.has_errors())
    subject->policy = check_policy(trees, subject->sources, Limits{}, subject->diagnostics);
  if (subject->diagnostics.has_errors()) {
    subject->problems = first_error(*subject);
    return subject;
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : subject->policy.tenants) parts.push_back(lower_tenant(tenant, subject->sources));
  subject->engine = std::make_unique<Engine>(machine_code(optimize), Tier::native);
  subject->problems = subject->engine->put(std::move(parts));
  subject->engine->wait_for_code();
  subject->oracle = std::make_unique<oracle::Oracle>(trees);
  return subject;
}

std::string difference(const Subject& subject, const NamedRequest& named, bool with_trace) {
  Request request;
  subject.engine->bind(named, request);
  const auto decision = subject.engine->interpret(request);
  const auto seen = subject.engine->explain(request, decision);
  std::string differences;
  try {
    const auto wanted = subject.oracle->decide(named);
    compare(differences, "effect", wanted.effect, seen.effect);
    compare(differences, "fault", wanted.fault, seen.fault);
    compare(differences, "because", wanted.because, seen.because);
    compare(differences, "would_be", wanted.would_be, seen.would_be);
    compare(differences, "reasons", wanted.reasons, ids(seen.reasons));
    compare(differences, "reports", wanted.reports, ids(seen.reports));
    compare(differences, "obligations", wanted.obligations, seen.obligations);
    if (with_trace) compare_traces(differences, subject, named, request);
  } catch (const oracle::Impossible& impossible) {
    differences += std::string("the oracle met what a checked policy cannot hold: ") + impossible.what() + "\n";
  }
#if WRIT_WITH_JIT
  const auto native = subject.engine->native(request);
  if (!native) {
    if (decision.fault != Fault::unknown_tenant) differences += "no machine code answered\n";  // no tenant, no code
  } else if (std::memcmp(&*native, &decision, sizeof decision) != 0) {
    differences += "machine code: " + text_of(native->effect) + ", " + text_of(native->because) + "; interpreter: " +
                   text_of(decision.effect) + ", " + text_of(decision.because) + ", or a mask differs\n";
  }
#endif
  return differences;
}

std::string shrink(std::string policy, const NamedRequest& request, bool optimize) {
  const auto still_differs = [&](const std::string& text) {
    const auto subject = prepare(text, optimize);
    return subject->problems.empty() && !difference(*subject, request, true).empty();
  };
  for (std::size_t size = 16; size > 0; size = size / 2)
    for (bool smaller = true; smaller;) {
      smaller = false;
      std::vector<std::string> lines;
      std::istringstream in(policy);
      for (std::string line; std::getline(in, line);) lines.push_back(line);
      for (std::size_t from = lines.size(); from-- > 1;) {
        auto rest = lines;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(from),
                   rest.begin() + static_cast<std::ptrdiff_t>(std::min(from + size, lines.size())));
        std::string text;
        for (const auto& line : rest) text += line + "\n";
        if (!still_differs(text)) continue;
        lines = std::move(rest);
        policy = std::move(text);
        smaller = true;
        from = std::min(from, lines.size());
      }
    }
  return policy;
}

std::string describe(const NamedRequest& request) {
  std::string text = std::string(action_names[static_cast<std::size_t>(request.action)]) + " to " + request.tenant + "." + request.client +
                     (request.connection ? " via " + *request.connection : "") +
                     (request.organization ? " in " + *request.organization : "") + "\n";
  struct Print {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return "\"" + value + "\""; }
    std::string operator()(const Ip& value) const { return to_text(value); }
    std::string operator()(const StringSet& value) const { return text_of(value); }
  };
  for (const auto& [name, value] : request.facts) text += "  " + name + " = " + std::visit(Print{}, value) + "\n";
  return text;
}

}  // namespace writ::agree
