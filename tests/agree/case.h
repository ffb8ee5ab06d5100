// One policy taken through every phase and asked by all who can answer: the oracle, the interpreter and machine code;
// and what they say differently.
#pragma once

#include "compiler/check/check.h"
#include "runtime/engine/engine.h"
#include "tests/agree/oracle/oracle.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace writ::agree {

struct Case {
  SourceSet sources;
  std::deque<tree::Tree> trees;
  model::Policy policy;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<oracle::Oracle> oracle;
  std::string problems;  // why it cannot be asked: rendered diagnostics, or what the engine refused; empty when it can
  bool by_machine = false;
};

// `code`: where machine code comes from; none: the interpreter alone.
std::unique_ptr<Case> prepare(const std::vector<std::string>& files, const std::shared_ptr<CodeSource>& code);

// What may be offered to whom (decision 0001, 28).
struct OfferQuestion {
  std::string tenant, client;
  std::optional<std::string> organization, email;
};

// What the engine says of one request, by the names that people see.
struct Seen {
  Decision decision;
  Explanation explanation;
  std::vector<std::string> fired, obligations;  // of the decision's masks, so only what fits them
  std::vector<std::string> in_mask;             // the rules and entries that would be seen in them
  std::optional<Decision> by_machine, by_default, prepared,
      prepared_interpreted;  // prepared: once more, made ready beforehand
  std::vector<TraceEntry> trace;
};
Seen ask(const Case& prepared, const NamedRequest& request, bool with_trace);

// What `seen` has otherwise than the oracle, in words, one line each; empty when nothing. `given`: takes the oracle's
// answer, for who counts.
std::string difference(const Case& prepared, const NamedRequest& request, const Seen& seen, bool with_trace,
                       oracle::Answer* given = nullptr);
std::string difference(const Case& prepared, const NamedRequest& request, bool with_trace,
                       oracle::Answer* given = nullptr);
// The same of the question before the credential is checked (decision 0001, 27).
std::string attempt_difference(const Case& prepared, const NamedRequest& request);
std::string difference(const Case& prepared, const OfferQuestion& question);

std::string to_text(const NamedRequest& request);

}  // namespace writ::agree
