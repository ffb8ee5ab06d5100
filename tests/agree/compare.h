// One policy and all who can answer for it; what they say differently, and the smallest policy in which they still do.
#pragma once

#include "compiler/check/check.h"
#include "runtime/engine/engine.h"
#include "tests/agree/oracle/oracle.h"

#include <memory>
#include <string>

namespace writ::agree {

struct Subject {
  SourceSet sources;
  tree::Tree tree;
  Diagnostics diagnostics;
  model::Policy policy;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<oracle::Oracle> oracle;
  std::string problems;  // why it cannot be asked; empty when it can
};
// `optimize`: machine code with LLVM's optimiser, or without.
std::unique_ptr<Subject> prepare(const std::string& policy, bool optimize);

// Oracle against interpreter (effect, fault, because, would_be, reasons, reports, obligations, and the trace when asked), interpreter against machine code
// (every byte of the decision). Empty when all agree.
std::string difference(const Subject& subject, const NamedRequest& request, bool with_trace);

// Leaves lines out of the policy for as long as the answers to this request still differ.
std::string shrink(std::string policy, const NamedRequest& request, bool optimize);

std::string describe(const NamedRequest& request);

}  // namespace writ::agree
