// Expressions: the flat rows of the grammar become trees.
//
// A row is conditions with prefixes between `and` and `or`:   a and not b or any g in s : c and d
// It is read by recursive descent over the row, not over the text: `or` of `and` of unaries. A quantifier takes the rest
// of the row as its body, which is what "as far right as possible" means. Only prefixes recurse, and they are counted.
// A parenthesised `and` directly inside an `and` is the same `and`; so also for `or`: the canonical text has no need of
// those parentheses.
//
// `else` binds tighter than comparisons, with one exception: behind a membership it is for the membership as a whole, as
// nothing that may stand right of `in` can be absent.
#include "compiler/syntax/build.h"
#include "compiler/syntax/habits.h"
#include "compiler/syntax/wording.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::syntax {

using tree::ExprId;

namespace {

constexpr std::array<std::string_view, 9> day_words = {"monday",   "tuesday", "wednesday", "thursday", "friday",
                                                       "saturday", "sunday",  "weekdays",  "weekends"};
constexpr std::uint8_t weekdays = 0x1f, weekends = 0x60;

// Operands of `id` when it is the n-ary node itself, else itself.
template <class Nary>
void gather(const tree::Tree& tree, ExprId id, std::vector<ExprId>& operands) {
  if (const auto* same = std::get_if<Nary>(&tree[id].node))
    operands.insert(operands.end(), same->operands.begin(), same->operands.end());
  else
    operands.push_back(id);
}

}  // namespace

// How far a row is read.
struct Builder::Row {
  const Node::Child* at;
  bool next_is(std::size_t type) const { return at != nullptr && at->leaf && at->kind == type; }
};

ExprId Builder::add(tree::ExprNode node, Span where) {
  tree_.expressions.push_back({std::move(node), where, false});
  return static_cast<ExprId>(tree_.expressions.size() - 1);
}

ExprId Builder::too_deep(Span where) {
  if (!depth_reported_)
    diagnostics_.add(Code::nesting_too_deep, where, "this is nested too deep")
        .hint(fmt::format("at most {} within one another; name a part with `let`", limits_.nesting));
  depth_reported_ = true;
  return add(tree::Literal{tree::Literal::Kind::boolean, true}, where);
}

ExprId Builder::expression(P::ExpressionContext* context) {
  Row row{context->first_child()};
  return row_or(row);
}

ExprId Builder::row_or(Row& row) {
  std::vector<ExprId> operands;
  Span where;
  for (;;) {
    const auto operand = row_and(row);
    where = operands.empty() ? tree_[operand].span : join(where, tree_[operand].span);
    gather<tree::Or>(tree_, operand, operands);
    if (!row.next_is(P::OR)) break;
    row.at = row.at->next;
  }
  return operands.size() == 1 ? operands.front() : add(tree::Or{std::move(operands)}, where);
}

ExprId Builder::row_and(Row& row) {
  std::vector<ExprId> operands;
  Span where;
  for (;;) {
    const auto operand = row_unary(row);
    where = operands.empty() ? tree_[operand].span : join(where, tree_[operand].span);
    gather<tree::And>(tree_, operand, operands);
    if (!row.next_is(P::AND)) break;
    row.at = row.at->next;
  }
  return operands.size() == 1 ? operands.front() : add(tree::And{std::move(operands)}, where);
}

ExprId Builder::row_unary(Row& row) {
  auto* rule = row.at->node;
  if (row.at->kind == P::RuleComparison) {
    row.at = row.at->next;
    ++conditions_;
    return comparison(static_cast<P::ComparisonContext*>(rule));
  }
  auto* prefix = static_cast<P::PrefixContext*>(rule);
  const auto begin = span(prefix);
  if (prefix_depth_ >= limits_.nesting) {
    row.at = nullptr;
    return too_deep(begin);
  }
  ++prefix_depth_;
  row.at = row.at->next;
  ExprId made{};
  if (prefix->NOT() != nullptr) {
    const auto operand = row_unary(row);
    made = add(tree::Not{operand}, join(begin, tree_[operand].span));
  } else {
    auto variable = name(prefix->name());
    const auto set = sum(prefix->sum());
    const auto body = row_or(row);
    made =
        add(tree::Quantifier{prefix->ALL() != nullptr, std::move(variable), set, body}, join(begin, tree_[body].span));
  }
  --prefix_depth_;
  return made;
}

// ---------------------------------------------------------------- comparisons

ExprId Builder::comparison(P::ComparisonContext* context) {
  const auto left = sum(context->sum());
  const auto tails = context->comparisonTail();
  if (tails.empty()) return left;
  auto* tail = tails.front();
  if (tails.size() > 1)
    diagnostics_.add(Code::chained_comparison, span(tails[1]->start), "a comparison of a comparison")
        .at(span(tail->start), "the first one")
        .hint("join two comparisons with `and`: a < b and b < c");
  if (auto* pattern = tail->pattern()) return matches(left, pattern, span(context));
  if (tail->IN() != nullptr) return membership(left, tail);
  const auto right = sum(tail->sum(0));
  using enum tree::CompareOp;
  const auto op = tail->EQ() != nullptr       ? eq
                  : tail->NE() != nullptr     ? ne
                  : tail->LT() != nullptr     ? lt
                  : tail->LE() != nullptr     ? le
                  : tail->GT() != nullptr     ? gt
                  : tail->GE() != nullptr     ? ge
                  : tail->STARTS() != nullptr ? starts_with
                  : tail->ENDS() != nullptr   ? ends_with
                                              : contains;
  return add(tree::Compare{op, left, right}, join(tree_[left].span, tree_[right].span));
}

ExprId Builder::membership(ExprId left, P::ComparisonTailContext* tail) {
  const auto op = tail->NOT() != nullptr ? tree::CompareOp::not_in : tree::CompareOp::in;
  auto right = sum(tail->sum(0));
  if (tail->RANGE() != nullptr) {
    const auto high = sum(tail->sum(1));
    const auto is_clock = [&](ExprId id) {
      const auto* literal = std::get_if<tree::Literal>(&tree_[id].node);
      return literal != nullptr && literal->kind == tree::Literal::Kind::clock;
    };
    const auto low = right;
    if (is_clock(low) && is_clock(high)) {
      right = clock_window(tail, low, high);
    } else {
      right = add(tree::Range{low, high}, join(tree_[low].span, tree_[high].span));
      if (is_clock(low) || is_clock(high))
        diagnostics_.add(Code::bad_literal, tree_[right].span, "both ends of a clock window are times of day")
            .hint("08:00..18:00 \"Europe/Berlin\" on weekdays");
      else if (tail->STRING() != nullptr || tail->ON() != nullptr)
        diagnostics_
            .add(Code::unexpected_text, span(tail->STRING() != nullptr ? tail->STRING() : tail->ON()),
                 "only a clock window has a time zone and days")
            .hint("08:00..18:00 \"Europe/Berlin\" on weekdays");
    }
  }
  // `request in home else false` asks the membership, not the zone, for another value.
  const auto make = [&](ExprId of) { return add(tree::Compare{op, left, of}, join(tree_[left].span, tree_[of].span)); };
  if (tree_[right].parenthesised) return make(right);
  const auto* choice = std::get_if<tree::Else>(&tree_[right].node);
  if (choice == nullptr) return make(right);
  const auto fallback_value = choice->fallback;
  const auto asked = make(choice->optional);
  return add(tree::Else{asked, fallback_value}, join(tree_[asked].span, tree_[fallback_value].span));
}

ExprId Builder::clock_window(P::ComparisonTailContext* tail, ExprId low, ExprId high) {
  tree::ClockWindow window;
  const auto minutes = [&](ExprId id) {
    return static_cast<std::uint16_t>(std::get<std::int64_t>(std::get<tree::Literal>(tree_[id].node).value));
  };
  window.begin = minutes(low);
  window.end = minutes(high);
  if (tail->STRING() != nullptr) window.zone = string(tail->STRING());
  if (tail->ON() != nullptr) {
    window.days = 0;
    window.days_written = true;
    for (auto& day : names(tail->name())) {
      const auto found =
          static_cast<std::size_t>(std::find(day_words.begin(), day_words.end(), day.text) - day_words.begin());
      if (found == day_words.size()) {
        auto& diagnostic =
            diagnostics_.add(Code::unexpected_text, day.span, fmt::format("`{}` is not a day", day.text));
        if (const auto near = nearest_name(day.text, day_words); !near.empty())
          diagnostic.hint(fmt::format("did you mean `{}`?", near));
        diagnostic.hint("days are monday to sunday, weekdays, weekends");
        continue;
      }
      window.days |= found < 7 ? static_cast<std::uint8_t>(1u << found) : found == 7 ? weekdays : weekends;
      window.day_names.push_back(std::move(day));
    }
  }
  const auto where = join(tree_[low].span, span(tail));
  return add(std::move(window), where);
}

ExprId Builder::matches(ExprId left, P::PatternContext* context, Span where) {
  tree::Matches made{left, {}, context->REGEX() != nullptr, span(context)};
  if (made.regex) {
    const auto written = text(context->REGEX());
    made.pattern = std::string(written.substr(1, written.size() - 2));
  } else {
    made.pattern = string(context->STRING()).text;
  }
  return add(std::move(made), where);
}

// ---------------------------------------------------------------- what comparisons compare

// Left to right; the tree of a row leans to the left, so its length is a depth.
ExprId Builder::sum(P::SumContext* context) {
  const auto terms = context->fallback();
  if (terms.size() > limits_.nesting) return too_deep(span(context));
  auto made = fallback(terms.front());
  const auto* mark = context->first_child()->next;
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const auto right = fallback(terms[i]);
    made = add(tree::Arithmetic{mark->kind == P::MINUS, made, right}, join(tree_[made].span, tree_[right].span));
    mark = mark->next->next;
  }
  return made;
}

// `a else b else c` is `a else (b else c)`.
ExprId Builder::fallback(P::FallbackContext* context) {
  const auto parts = context->primary();
  if (parts.size() > limits_.nesting) return too_deep(span(context));
  std::vector<ExprId> built;
  for (auto* part : parts) built.push_back(primary(part));
  auto made = built.back();
  for (auto i = built.size() - 1; i-- > 0;)
    made = add(tree::Else{built[i], made}, join(tree_[built[i]].span, tree_[made].span));
  return made;
}

ExprId Builder::primary(P::PrimaryContext* context) {
  const auto where = span(context);
  if (auto* inner = context->expression()) {
    const auto outer_prefixes = prefix_depth_;
    const auto id = expression(inner);
    prefix_depth_ = outer_prefixes;
    auto& made = tree_.expressions[static_cast<std::size_t>(id)];
    made.parenthesised = true;
    made.span = where;
    return id;
  }
  if (context->LBRACKET() != nullptr) {
    const auto contexts = context->sum();
    if (contexts.size() > limits_.list_items)
      diagnostics_.add(Code::list_too_long, where, fmt::format("a list of {} items", contexts.size()))
          .hint(fmt::format("lists have at most {} items", limits_.list_items));
    return add(tree::List{sums(contexts)}, where);
  }
  if (context->name() == nullptr) return literal(context);
  auto parts = path(context->name(), context->MEMBER());
  if (context->HAS() != nullptr) {
    const auto from = parts.front().span;
    const auto id = add(tree::Path{std::move(parts)}, join(from, where));
    return add(tree::Has{id}, where);
  }
  auto* list = context->arguments();
  if (list == nullptr) return add(tree::Path{std::move(parts)}, where);
  if (parts.size() > 1) {
    auto& diagnostic = diagnostics_.add(Code::unexpected_text, span(list), "only a function takes arguments");
    if (const auto* habit = word_habit(parts.back().text))
      diagnostic.hint(std::string(habit->help));
    else
      diagnostic.hint("functions are lower(s) and email_domain(s)");
  }
  return add(tree::Call{parts.front(), arguments(list)}, where);
}

ExprId Builder::literal(P::PrimaryContext* context) {
  using Kind = tree::Literal::Kind;
  const auto where = span(context);
  const auto make = [&](Kind kind, auto value) { return add(tree::Literal{kind, std::move(value)}, where); };
  if (context->INTEGER() != nullptr)
    return make(Kind::integer, integer(context->INTEGER(), context->MINUS() != nullptr));
  if (context->STRING() != nullptr) return make(Kind::string, string(context->STRING()).text);
  if (context->DURATION() != nullptr) return make(Kind::duration, duration(context->DURATION()));
  if (context->TIME() != nullptr) return make(Kind::time, time(context->TIME()));
  if (context->CLOCK() != nullptr) return make(Kind::clock, clock(context->CLOCK()));
  if (context->ADDRESS() != nullptr) return make(Kind::ip, address(context->ADDRESS()));
  if (context->CIDR() != nullptr) return make(Kind::cidr, block(context->CIDR()));
  return make(Kind::boolean, context->TRUE() != nullptr);
}

std::vector<ExprId> Builder::sums(const std::vector<P::SumContext*>& contexts) {
  std::vector<ExprId> list;
  list.reserve(contexts.size());
  for (auto* one : contexts) list.push_back(sum(one));
  return list;
}

std::vector<ExprId> Builder::arguments(P::ArgumentsContext* context) { return sums(context->sum()); }

}  // namespace writ::syntax
