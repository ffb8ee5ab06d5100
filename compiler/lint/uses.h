// Which words each top-level declaration uses: what says that a let, a zone or an attribute is used by nobody.
#pragma once

#include "compiler/lint/view.h"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace writ::lint {

struct Uses {
  std::set<std::string_view> words;          // single words of expressions; names of obligations and password policies
  std::set<std::string, std::less<>> paths;  // `user.department`
  bool any(std::string_view word) const { return words.contains(word); }
};

class UsesOfSet {
 public:
  explicit UsesOfSet(const SetView& set);
  // Of the declaration of that node; empty when there is none.
  const Uses& of(const void* declaration) const;
  const Uses& all() const { return all_; }

 private:
  std::unordered_map<const void*, Uses> by_declaration_;
  Uses all_, none_;
};

// The set's own, made when it is first asked for.
const UsesOfSet& uses_of(const SetView& set);

// What is cut to delete a statement: its lines where it has them for itself, else the statement with a `;` beside it.
Span whole_lines(const SourceSet& sources, Span statement);

}  // namespace writ::lint
