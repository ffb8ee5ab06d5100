// Lint on whatever checks: it ends, every place it names lies in the text, what it fixes checks afterwards, and a second fix finds nothing to do.
#include "compiler/lint/lint.h"

#include "compiler/check/check.h"
#include "compiler/lint/fix.h"
#include "compiler/syntax/syntax.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  const std::string text(fuzz::view(data, size));
  SourceSet sources;
  Diagnostics diagnostics;
  const tree::Tree tree = parse(sources, sources.add("policy.writ", text), Limits{}, diagnostics);
  if (diagnostics.has_errors()) return 0;
  const tree::Tree* trees[] = {&tree};
  const model::Policy policy = check_policy(trees, sources, Limits{}, diagnostics);
  if (diagnostics.has_errors()) return 0;
  const auto lies_inside = [&](Span span) { return span.begin <= span.end && span.end <= text.size(); };
  for (const auto& finding : lint::lint(policy, trees, sources)) {
    const Diagnostic& what = finding.what;
    fuzz::promise(what.span.known() && lies_inside(what.span), std::string(finding.rule->id) + " has no place");
    for (const Label& label : what.more) fuzz::promise(lies_inside(label.span), std::string(finding.rule->id));
    for (const Help& help : what.help)
      for (const Edit& edit : help.edits) fuzz::promise(lies_inside(edit.span), std::string(finding.rule->id));
  }
  const lint::Fixed fixed = lint::fix({{"policy.writ", text}}, Limits{}, {});
  fuzz::promise(fixed.problem.empty(), fixed.problem, fixed.files[0].text);
  const lint::Fixed again = lint::fix(fixed.files, Limits{}, {});
  fuzz::promise(again.made.empty() && again.files[0].text == fixed.files[0].text, "fixed twice", fixed.files[0].text);
  return 0;
}
