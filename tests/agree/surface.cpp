// See surface.h. Finding a turn is a guess: that a constant in the same comparison as a fact matters to it. A wrong
// guess costs nothing.
#include "tests/agree/surface.h"

#include "tests/agree/words.h"

#include <algorithm>
#include <type_traits>

#include <date/tz.h>

namespace writ::agree {

namespace {

class TurnFinder {
 public:
  TurnFinder(const tree::Tree& tree, Surface& surface) : tree_(tree), surface_(surface) {}

  void all() {
    for (const auto& expression : tree_.expressions) {
      if (const auto* literal = std::get_if<tree::Literal>(&expression.node)) keep(*literal);
      if (const auto* compare = std::get_if<tree::Compare>(&expression.node)) beside({compare->left, compare->right});
      if (const auto* matches = std::get_if<tree::Matches>(&expression.node)) pattern(*matches);
      if (const auto* quantifier = std::get_if<tree::Quantifier>(&expression.node))
        beside({quantifier->set, quantifier->body});
    }
    for (const auto& declaration : tree_.declarations) std::visit([&](const auto& node) { visit(node); }, declaration);
  }

 private:
  struct Found {
    std::vector<std::string> facts;
    std::vector<const tree::Literal*> literals;
    std::vector<const tree::ClockWindow*> windows;
    std::int64_t shift = 0;  // what a sum adds to the fact
  };

  void look(tree::ExprId id, Found& found) const {
    struct Visit {
      const TurnFinder& finder;
      Found& found;
      void in(tree::ExprId id) const { finder.look(id, found); }
      void operator()(const tree::Literal& literal) const { found.literals.push_back(&literal); }
      void operator()(const tree::Path& path) const {
        std::string name;
        for (const auto& part : path.parts) name += (name.empty() ? "" : ".") + part.text;
        if (path.parts.size() > 1) found.facts.push_back(name);
      }
      void operator()(const tree::Has& has) const { in(has.path); }
      void operator()(const tree::Else& choice) const { in(choice.optional), in(choice.fallback); }
      void operator()(const tree::Call& call) const {
        for (const auto id : call.arguments) in(id);
      }
      void operator()(const tree::Not& negated) const { in(negated.operand); }
      void operator()(const tree::And& all) const {
        for (const auto id : all.operands) in(id);
      }
      void operator()(const tree::Or& any) const {
        for (const auto id : any.operands) in(id);
      }
      void operator()(const tree::Compare& compare) const { in(compare.left), in(compare.right); }
      void operator()(const tree::Matches& matches) const { in(matches.left); }
      void operator()(const tree::Arithmetic& sum) const {
        if (const auto* by = std::get_if<tree::Literal>(&finder.tree_[sum.right].node))
          if (const auto* number = std::get_if<std::int64_t>(&by->value)) found.shift = sum.minus ? -*number : *number;
        in(sum.left), in(sum.right);
      }
      void operator()(const tree::List& list) const {
        for (const auto id : list.items) in(id);
      }
      void operator()(const tree::Range& range) const { in(range.low), in(range.high); }
      void operator()(const tree::ClockWindow& window) const { found.windows.push_back(&window); }
      void operator()(const tree::Quantifier& quantifier) const { in(quantifier.set), in(quantifier.body); }
    };
    std::visit(Visit{*this, found}, tree_[id].node);
  }

  void beside(std::initializer_list<tree::ExprId> sides) {
    Found found;
    for (const auto id : sides) look(id, found);
    for (const auto& fact : found.facts) {
      for (const auto* literal : found.literals)
        for (auto& value : neighbours(*literal, found.shift)) turn(fact, std::move(value));
      for (const auto* window : found.windows) edges(fact, *window);
    }
  }

  void pattern(const tree::Matches& matches) {
    Found found;
    look(matches.left, found);
    for (const auto* list : {&globs(), &regexes()})
      for (const auto& known : *list)
        for (const auto& example : known.examples)
          if (known.written.find(matches.pattern) != std::string::npos)
            for (const auto& fact : found.facts) turn(fact, example);
    surface_.literals[2].emplace_back(matches.pattern);
  }

  void keep(const tree::Literal& literal) {
    for (auto& value : neighbours(literal, 0)) surface_.literals[value.index()].push_back(value);
  }

  void turn(const std::string& fact, Value value) { surface_.turns[fact].push_back(std::move(value)); }

  void turn_block(const std::string& fact, const Cidr& block) {
    for (const Ip& ip : {block.base, last_of(block), next_to(block.base, -1), next_to(last_of(block), 1)})
      turn(fact, ip);
  }

  static std::vector<Value> neighbours(const tree::Literal& literal, std::int64_t shift) {
    if (const auto* flag = std::get_if<bool>(&literal.value)) return {*flag};
    if (const auto* ip = std::get_if<Ip>(&literal.value)) return {*ip, next_to(*ip, 1)};
    if (const auto* block = std::get_if<Cidr>(&literal.value))
      return {block->base, last_of(*block), next_to(block->base, -1), next_to(last_of(*block), 1)};
    if (const auto* text = std::get_if<std::string>(&literal.value)) {
      std::string upper = *text;
      std::ranges::transform(upper, upper.begin(),
                             [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      return {*text, *text,          *text + "x",      "x" + *text,
              upper, "ann@" + *text, StringSet{*text}, StringSet{"zzz", *text, "b", *text}};
    }
    std::vector<Value> values;
    const auto number = std::get<std::int64_t>(literal.value);
    for (const std::int64_t by : {std::int64_t{0}, shift}) {
      std::int64_t at = 0;
      if (__builtin_sub_overflow(number, by, &at)) continue;
      for (const std::int64_t step : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}}) {
        std::int64_t turned = 0;
        if (!__builtin_add_overflow(at, step, &turned)) values.emplace_back(turned);
      }
      if (by == shift) break;
    }
    return values;
  }

  // The instants at which a window opens and closes, on days when clocks change somewhere; both, where an hour comes
  // twice.
  void edges(const std::string& fact, const tree::ClockWindow& window) {
    const auto* zone = date::locate_zone(window.zone.text);
    for (const auto& [year, month, of_month] : dates())
      for (const int edge : {window.begin, window.end})
        for (const auto choose : {date::choose::earliest, date::choose::latest}) {
          const date::local_days at{date::year{year} / date::month{month} / date::day{of_month}};
          const auto system = zone->to_sys(at + std::chrono::minutes(edge), choose);
          const auto micros = std::chrono::microseconds(system.time_since_epoch()).count();
          for (const auto time : {micros - 1, micros, micros + minute, micros - hour, micros + hour - 1})
            turn(fact, time);
        }
  }

  // ---------------------------------------------------------------- what blocks hold

  template <class Node>
  void visit(const Node& node) {
    using Type = std::decay_t<Node>;
    if constexpr (std::is_same_v<Type, tree::ZoneDecl>) {
      for (const auto& block : node.cidrs) turn_block("request.ip", block);
      for (const auto& country : node.countries) turn("request.country", country.text);
      for (const auto& [asn, span] : node.asns)
        for (const auto near : {asn - 1, asn, asn + 1}) turn("request.asn", near);
    } else if constexpr (std::is_same_v<Type, tree::LockoutDecl>) {
      for (const auto& block : node.exempt) turn_block("request.ip", block);
    } else if constexpr (std::is_same_v<Type, tree::Rule>) {
      for (const auto& obligation : node.obligations) visit(obligation);
    } else if constexpr (std::is_same_v<Type, tree::Obligation>) {
      obligation_turns(node);
    } else if constexpr (requires { node.items; }) {
      if constexpr (std::is_same_v<std::decay_t<decltype(node.items)>, std::vector<tree::Item>>)
        for (const auto& item : node.items) std::visit([&](const auto& inner) { visit(inner); }, item);
    }
  }

  void obligation_turns(const tree::Obligation& obligation) {
    if (obligation.within != tree::ExprId::none)
      if (const auto* literal = std::get_if<tree::Literal>(&tree_[obligation.within].node))
        for (const auto* fact : {"session.mfa_age", "session.auth_age"})
          for (auto& value : neighbours(*literal, 0)) turn(fact, std::move(value));
    for (const auto argument : obligation.arguments) {
      const auto* literal = std::get_if<tree::Literal>(&tree_[argument].node);
      const auto* path = std::get_if<tree::Path>(&tree_[argument].node);
      const auto* text = literal ? std::get_if<std::string>(&literal->value) : path ? &path->parts[0].text : nullptr;
      if (text == nullptr) continue;
      turn("session.acr", *text);
      for (const auto* set : {"session.factors", "user.accepted"}) turn(set, StringSet{"zzz", *text});
    }
  }

  const tree::Tree& tree_;
  Surface& surface_;
};

AskedFact asked(const Fact& fact) {
  const auto bounds = bounds_of(fact.type);
  return {
      std::string(fact.name),           fact.type,         fact.required, fact.optional, std::max(fact.low, bounds.low),
      std::min(fact.high, bounds.high), fact.values.size()};
}

AskedFact asked(const program::Attribute& fact) {
  const auto bounds = bounds_of(fact.type);
  return {fact.name,
          fact.type,
          fact.required,
          fact.optional,
          std::max(fact.low, bounds.low),
          std::min(fact.high, bounds.high),
          fact.values.size()};
}

}  // namespace

Surface surface_of(const Case& prepared) {
  Surface surface;
  for (const auto& name : prepared.engine->tenants()) {
    AskedTenant tenant{prepared.engine->part(name), {}};
    for (const auto& fact : builtin_facts)
      if (fact.type < TypeKind::tenant) tenant.facts.push_back(asked(fact));
    for (const auto& fact : tenant.part->attributes) tenant.facts.push_back(asked(fact));
    for (const auto& connection : tenant.part->connections)
      for (const auto& domain : connection.domains) surface.turns["user.email"].emplace_back("ann@" + domain);
    surface.tenants.push_back(std::move(tenant));
  }
  for (const auto& tree : prepared.trees) TurnFinder(tree, surface).all();
  return surface;
}

}  // namespace writ::agree
