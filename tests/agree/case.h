// One policy taken through every phase and asked by all who can answer: the oracle, the interpreter and machine code; what they say
// differently, and the smallest policy and request of which they still do.
#pragma once

#include "compiler/check/check.h"
#include "runtime/engine/engine.h"
#include "tests/agree/generate.h"
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
  std::string problems;   // why it cannot be asked: rendered diagnostics, or what the engine refused; empty when it can
  bool by_machine = false;
};

// `code`: where machine code comes from; none: the interpreter alone.
std::unique_ptr<Case> prepare(const std::vector<std::string>& files, const std::shared_ptr<CodeSource>& code);

// What they disagree about, in words; empty when they agree. `answer`: the oracle's, for who counts.
std::string difference(const Case& prepared, const NamedRequest& request, bool with_trace, oracle::Answer* answer = nullptr);
std::string difference(const Case& prepared, const OfferQuestion& question);

std::string to_text(const NamedRequest& request);

// The smallest policy and request found by taking things away while `still` holds. `still` is asked with policies that may not check.
struct Failure {
  std::string text;
  NamedRequest request;
};
template <class Still>
Failure shrink(Failure failure, Still&& still);

// Texts made from `text` by taking one thing away: a line or a block, the larger first; then a part of a condition.
std::vector<std::string> smaller(const std::string& text);

template <class Still>
Failure shrink(Failure failure, Still&& still) {
  for (bool again = true; again;) {
    again = false;
    for (const auto& text : smaller(failure.text))
      if (still(text, failure.request)) {
        failure.text = text;
        again = true;
        break;
      }
    const auto facts = failure.request.facts;
    for (const auto& [name, value] : facts) {
      NamedRequest request = failure.request;
      request.facts.erase(name);
      if (!still(failure.text, request)) continue;
      failure.request = request;
      again = true;
    }
  }
  return failure;
}

}  // namespace writ::agree
