// The oracle: a second, independent implementation of what a Writ policy means (numbers in brackets point into decision 0001). It walks the
// trees as they were written and answers as plainly as it can be said: no programs, no folding, no sharing. Where an expression that the
// checker let through meets an absent operand, `Impossible` is thrown: the checker, or this, is wrong.
#pragma once

#include "compiler/syntax/tree.h"
#include "runtime/program/value.h"
#include "runtime/program/vocabulary.h"

#include <memory>
#include <stdexcept>

namespace writ::oracle {
using Strings = std::vector<std::string>;
using Outcomes = std::vector<std::pair<std::string, bool>>;

struct Impossible : std::logic_error {
  using std::logic_error::logic_error;
};
struct Answer {
  Effect effect = Effect::deny, would_be = Effect::deny;
  Fault fault = Fault::none;
  Because because = Because::fault;
  Strings reasons = {}, reports = {}, obligations = {}, fired = {};  // sorted; fired: all rules, report rules too
};
struct TraceEntry {
  std::string id;
  bool fired = false;
  Outcomes leaves, alternatives;  // text and outcome of those evaluated; text and whether satisfied, of a require that fired
};
struct Offer {
  Fault fault = Fault::none;
  Strings connections;                    // wire ids, in the client's order
  std::optional<std::string> home_realm;  // wire id
};
struct Policy;

// Asked of checked trees, in source order; they must outlive it. All questions may be asked by several threads at once.
class Oracle {
 public:
  explicit Oracle(std::vector<const tree::Tree*> trees);
  ~Oracle();
  Answer decide(const NamedRequest& request) const;
  Fault attempt(const NamedRequest& request) const;
  std::vector<TraceEntry> trace(const NamedRequest& request) const;
  Offer connections(const std::string& tenant, const std::string& client, const std::optional<std::string>& organization,
                    const std::optional<std::string>& email) const;

 private:
  std::unique_ptr<const Policy> policy_;
};
}  // namespace writ::oracle
