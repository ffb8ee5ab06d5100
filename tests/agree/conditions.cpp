// Conditions from the outside in: `and`, `or`, `not` with the guards that flow through them, then leaves by type. What
// is known is kept here a second time, from the language page, so that the checker's flow of guards is tested by every
// policy it lets through.
#include "tests/agree/expressions.h"

#include <algorithm>
#include <iterator>

namespace writ::agree {

using Level = Flow::Level;

std::string Expressions::in_parentheses(const Flow& flow, Level level) {
  return flow.level >= level && !random_.chance(6) ? flow.text : "(" + flow.text + ")";
}

Flow Expressions::condition(const Place& place, int depth) {
  if (depth <= 0 || random_.chance(40)) return leaf(place, depth);
  if (random_.chance(22)) return negated(place, depth);
  return sequence(place, depth, random_.chance(60));
}

Flow Expressions::negated(const Place& place, int depth) {
  Flow inner = condition(place, depth - 1);
  return {"not " + in_parentheses(inner, Level::prefix), Level::prefix, std::move(inner.when_false),
          std::move(inner.when_true)};
}

// `a and b and c`, or with `or`. From left to right: what the earlier ones made known, having come out true (for `or`:
// false), is known in the later ones. Half of them begin with a guard of an optional fact and a condition about it.
Flow Expressions::sequence(const Place& place, int depth, bool all) {
  Place inner = place;
  Flow result{"", all ? Level::all_of : Level::any_of, {}, {}};
  auto& goes_on = all ? result.when_true : result.when_false;  // every operand did
  auto& stops = all ? result.when_false : result.when_true;    // one of them did not
  bool first = true;
  const auto add = [&](const Flow& one) {
    const auto& on = all ? one.when_true : one.when_false;
    std::set<std::string> here = goes_on, both;
    here.merge(std::set<std::string>(all ? one.when_false : one.when_true));
    std::ranges::set_intersection(stops, here, std::inserter(both, both.end()));
    stops = first ? here : both;
    goes_on.insert(on.begin(), on.end());
    inner.present.insert(on.begin(), on.end());
    result.text += (first ? "" : all ? " and " : " or ") + in_parentheses(one, all ? Level::prefix : Level::all_of);
    first = false;
  };
  std::vector<FactWorld> optional;
  for (const auto& fact : usable(place))
    if (may_be_absent(place, fact)) optional.push_back(fact);
  if (!optional.empty() && random_.chance(all ? 55 : 40)) {
    const FactWorld fact = mention(random_.pick(optional));
    add(all ? Flow{"has " + fact.name, Level::comparison, {fact.name}, {}}
            : Flow{"not has " + fact.name, Level::prefix, {}, {fact.name}});
    if (auto leaf = about(inner, of_fact(inner, fact), depth)) add(*leaf);
  } else {
    add(condition(inner, depth - 1));
  }
  for (int i = random_.chance(30) ? 2 : 1; i > 0; --i) add(condition(inner, depth - 1));
  return result;
}

Flow Expressions::leaf(const Place& place, int depth) {
  const ActionMask before = used;
  for (int tries = 0; tries < 30; ++tries) {
    if (auto made = try_leaf(place, depth)) return *made;
    used = before;
  }
  return {random_.pick({"true", "false"})};
}

Expressions::Leaf Expressions::try_leaf(const Place& place, int depth) {
  static const std::vector<TypeKind> types = {
      TypeKind::boolean, TypeKind::boolean,     TypeKind::integer,   TypeKind::integer, TypeKind::string,
      TypeKind::string,  TypeKind::string,      TypeKind::time,      TypeKind::time,    TypeKind::duration,
      TypeKind::ip,      TypeKind::enumeration, TypeKind::string_set};
  const auto kind = random_.below(22);
  const auto plain = [](Text text) { return text ? Leaf(Flow{*text}) : std::nullopt; };
  if (kind < types.size()) {
    const auto made = side(place, types[kind]);
    return made ? about(place, *made, depth) : std::nullopt;
  }
  switch (kind - types.size()) {
  case 0: return has_leaf(place);
  case 1: return nested(place, depth);
  case 2: return quantifier(place, depth);
  case 3: return plain(of_features(place));
  case 4: return plain(of_zone(place));
  case 5: {
    const auto let = word(place, Kind::boolean);
    return let ? Leaf(Flow{let->optional ? "(" + let->name + " else " + random_.pick({"true", "false"}) + ")"
                                         : let->name})
               : std::nullopt;
  }
  default: return plain(of_thing(place));
  }
}

Expressions::Leaf Expressions::has_leaf(const Place& place) {
  std::vector<FactWorld> optional;
  for (const auto& fact : usable(place))
    if (fact.optional != 0) optional.push_back(fact);
  if (optional.empty()) return std::nullopt;
  const FactWorld fact = mention(random_.pick(optional));
  return Flow{"has " + fact.name, Level::comparison, {fact.name}, {}};
}

// Logic as a value: `(a and b) == c`. Nothing is known after it.
Expressions::Leaf Expressions::nested(const Place& place, int depth) {
  if (depth <= 0) return std::nullopt;
  const auto right = side(place, TypeKind::boolean);
  const auto left = "(" + condition(place, depth - 1).text + ")";
  return Flow{left + equality() + (right && random_.chance(60) ? right->text : random_.pick({"true", "false"}))};
}

// ---------------------------------------------------------------- what is in sight

// A let or an obligation has no actions of its own: it takes what is required wherever it exists, or optional wherever
// it exists.
std::vector<FactWorld> Expressions::usable(const Place& place) const {
  std::vector<FactWorld> found;
  for (const auto& fact : place.facts) {
    if (fact.type >= TypeKind::tenant) continue;
    if (place.alone ? fact.required != 0 && fact.optional != 0 : (place.actions & ~fact.actions()) != 0) continue;
    if (place.alone && (fact.actions() & used & mask_of(Action::login)) == 0) continue;  // or no rule could use the let
    found.push_back(fact);
  }
  return found;
}

bool Expressions::may_be_absent(const Place& place, const FactWorld& fact) const {
  if (place.present.contains(fact.name)) return false;
  return place.alone ? fact.required == 0 : (fact.optional & place.actions) != 0;
}

const FactWorld& Expressions::mention(const FactWorld& fact) {
  used &= fact.actions();
  return fact;
}

std::optional<FactWorld> Expressions::find(const Place& place, TypeKind type, bool optional_too) {
  std::vector<FactWorld> found;
  for (const auto& fact : usable(place))
    if (fact.type == type && (optional_too || !may_be_absent(place, fact))) found.push_back(fact);
  if (found.empty()) return std::nullopt;
  return random_.pick(found);
}

std::vector<WordWorld> Expressions::words(const Place& place, Kind kind) const {
  std::vector<WordWorld> found;
  for (std::size_t i = 0; i < place.words.size(); ++i) {
    const auto& word = place.words[i];
    if (word.kind != kind || (word.quantifies && !place.variables.empty())) continue;
    if (place.alone ? (word.actions & used & mask_of(Action::login)) == 0 : (place.actions & ~word.actions) != 0)
      continue;
    found.push_back(word);
  }
  return found;
}

std::optional<WordWorld> Expressions::word(const Place& place, Kind kind) {
  const auto found = words(place, kind);
  if (found.empty()) return std::nullopt;
  const auto& chosen = random_.pick(found);
  used &= chosen.actions;
  quantified = quantified || chosen.quantifies;
  return chosen;
}

}  // namespace writ::agree
