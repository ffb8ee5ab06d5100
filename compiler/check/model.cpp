// Questions to a finished model that more than one phase asks.
#include "compiler/check/model.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace writ::model {

namespace {

// A node can be an operand of several (`x else y` asks whether x is there, and for x), so a walk that forgot what it has compared
// would double its way with every `else` inside another.
class Comparison {
 public:
  explicit Comparison(const std::vector<Expr>& expressions) : expressions_(expressions) {}

  bool same(ExprId left, ExprId right) {
    if (left == right || equal_.contains({left, right})) return true;
    const auto& a = expressions_[static_cast<std::size_t>(left)];
    const auto& b = expressions_[static_cast<std::size_t>(right)];
    const bool equal = a.op == b.op && a.fact == b.fact && a.depth == b.depth && a.constant == b.constant &&
                       std::ranges::equal(a.operands, b.operands, [&](auto x, auto y) { return same(x, y); });
    if (equal) equal_.emplace(left, right);
    return equal;
  }

 private:
  const std::vector<Expr>& expressions_;
  std::set<std::pair<ExprId, ExprId>> equal_;
};

}  // namespace

bool same(const std::vector<Expr>& expressions, ExprId left, ExprId right) {
  return Comparison(expressions).same(left, right);
}

bool same(const std::vector<Expr>& expressions, const Alternative& left, const Alternative& right) {
  return left.use_connection == right.use_connection && same(expressions, left.satisfied, right.satisfied);
}

bool same(const std::vector<Expr>& expressions, const Rule& left, const Rule& right) {
  return same(expressions, left.condition, right.condition) &&
         std::ranges::equal(left.alternatives, right.alternatives,
                            [&](const auto& a, const auto& b) { return same(expressions, a, b); });
}

bool asks_element(const std::vector<Expr>& expressions, ExprId id) {
  std::unordered_set<ExprId> seen = {id};
  std::vector<ExprId> open = {id};
  while (!open.empty()) {
    const Expr& expression = expressions[static_cast<std::size_t>(open.back())];
    open.pop_back();
    if (expression.op == program::Op::element) return true;
    for (const auto operand : expression.operands)
      if (seen.insert(operand).second) open.push_back(operand);
  }
  return false;
}

}  // namespace writ::model
