// Asks both sides the same request and counts.
#pragma once

#include "compiler/diff/diff.h"

#include <optional>
#include <set>
#include <string>

namespace writ::diff {

struct Answers {
  Decision before, after;
};

class Asker {
 public:
  Asker(const Sides& sides, std::shared_ptr<const program::Part> before, std::shared_ptr<const program::Part> after);

  Answers ask(const NamedRequest& request);
  // In which direction the answers differ; nothing when they do not.
  std::optional<Direction> direction(const NamedRequest& request, const Answers& answers);
  std::optional<Direction> direction(const NamedRequest& request) { return direction(request, ask(request)); }
  // The rules that fire on one side and not on the other, and a fault: why the answers differ. Small sets read best.
  using Causes = std::set<std::string>;
  Causes causes(const NamedRequest& request, const Answers& answers) const;
  std::pair<Explanation, Explanation> explain(const NamedRequest& request);

  // What one side does not declare, it is not given.
  const NamedRequest& for_before(const NamedRequest& request) { return given(request, unknown_before_, left_before_); }
  const NamedRequest& for_after(const NamedRequest& request) { return given(request, unknown_after_, left_after_); }

  const std::shared_ptr<const program::Part>& before() const { return before_; }
  const std::shared_ptr<const program::Part>& after() const { return after_; }
  std::size_t tries() const { return tries_; }

 private:
  using Names = std::set<std::string>;
  static const NamedRequest& given(const NamedRequest& request, const Names& unknown, NamedRequest& room);
  std::vector<std::string> duties(const Engine& engine, const program::Part* part, const NamedRequest& request,
                                  const Decision& decision);

  const Sides& sides_;
  std::shared_ptr<const program::Part> before_, after_;
  Names unknown_before_, unknown_after_;
  NamedRequest left_before_, left_after_;
  Request bound_;
  std::size_t tries_ = 0;
};

}  // namespace writ::diff
