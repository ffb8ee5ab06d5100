// A tenant made by hand, in which one rule's text is checked: its things, zones and attributes are few and known, so
// that a test is one line of policy and what comes of it.
#pragma once

#include "compiler/check/scope.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/syntax.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace writ::check_tests {

struct Checked {
  std::vector<model::Expr> nodes;
  model::Rule rule;
  std::vector<Diagnostic> errors;

  // The condition: and(…), or(…), not(…) over its leaves' texts.
  std::string structure() const { return structure_of(rule.condition); }
  // One node with everything below it, by ops: `in.bits(client)`.
  std::string code(model::ExprId id) const;
  std::string code() const { return code(rule.condition); }
  std::string codes() const;  // of all errors: "E0301 E0302"
  const model::Expr& at(model::ExprId id) const { return nodes[static_cast<std::size_t>(id)]; }

 private:
  std::string structure_of(model::ExprId id) const;
};

class Bench {
 public:
  Bench();
  // `text` is what stands in `tenant acme { … }`: lets and rules; the last rule is checked.
  Checked check(std::string_view text, ActionMask actions = mask_of(Action::login));
  Checked check_in_organization(std::string_view text);
  Checked check_in_floor(std::string_view text);
  Checked check_at(std::string_view text, check::Place place) { return run(text, place); }

  Limits limits;

 private:
  Checked run(std::string_view text, check::Place place, bool floor = false);
  void give_arguments(check::Scope& scope);

  SourceSet sources_;
  std::deque<tree::Tree> trees_;
  program::Part part_;
  std::vector<program::Attribute> attributes_;
  std::map<std::string, Span, std::less<>> spans_;
  std::map<std::string, check::TenantAttribute, std::less<>> tenant_attributes_;
  std::deque<tree::Type> types_;
  std::deque<check::Scope> scopes_;
};

}  // namespace writ::check_tests
