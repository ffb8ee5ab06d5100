// Conditions from the outside in: `and`, `or`, `not` with the guards that flow through them, down to leaves; and what a require asks for.
#include "tests/agree/expressions.h"

#include <algorithm>

namespace writ::agree {

namespace {

constexpr int leaf_tries = 30;

}  // namespace

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? "\\n" : std::string(1, c);
  return result + "\"";
}

std::string name_text(const std::string& name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }) &&
                    !std::isdigit(static_cast<unsigned char>(name[0]));
  return bare ? name : in_quotes(name);
}

// ---------------------------------------------------------------- structure

std::string Expressions::with_level(const Flow& flow, Level level) const { return flow.level >= level ? flow.text : "(" + flow.text + ")"; }

Expressions::Flow Expressions::condition(const Place& place, int depth) {
  if (depth <= 0 || random_.chance(45)) return leaf(place, depth);
  if (random_.chance(25)) {
    Flow inner = condition(place, depth - 1);
    inner.text = "not " + with_level(inner, Level::prefix);
    inner.level = Level::prefix;
    std::swap(inner.when_true, inner.when_false);
    return inner;
  }
  return random_.chance(60) ? all_of(place, depth) : any_of(place, depth);
}

std::optional<FactWorld> Expressions::find(const Place& place, TypeKind type, bool optional_too) {
  std::vector<FactWorld> found;
  for (const auto& fact : usable(place))
    if (fact.type == type && (optional_too || !may_be_absent(place, fact))) found.push_back(fact);
  if (found.empty()) return std::nullopt;
  return random_.pick(found);
}

std::vector<FactWorld> Expressions::usable(const Place& place) const {
  std::vector<FactWorld> found;
  for (const auto& fact : place.facts) {
    if (fact.type >= TypeKind::tenant) continue;
    if (place.alone ? (fact.actions() & used & mask_of(Action::login)) == 0 : (place.actions & ~fact.actions()) != 0) continue;
    found.push_back(fact);
  }
  return found;
}

bool Expressions::may_be_absent(const Place& place, const FactWorld& fact) const {
  if (place.present.contains(fact.name)) return false;
  return place.alone ? fact.optional != 0 : (fact.optional & place.actions) != 0;
}

const FactWorld& Expressions::mention(const FactWorld& fact) {
  used &= fact.actions();
  return fact;
}

// has f and … f …, or plain operands; what is known grows from left to right.
Expressions::Flow Expressions::all_of(const Place& place, int depth) {
  Place inner = place;
  Flow result;
  result.level = Level::all_of;
  bool first = true;
  const auto add = [&](const Flow& one) {
    std::set<std::string> false_here = result.when_true;
    false_here.insert(one.when_false.begin(), one.when_false.end());
    std::set<std::string> both;
    if (first) both = false_here;
    else std::ranges::set_intersection(result.when_false, false_here, std::inserter(both, both.end()));
    result.when_false = both;
    result.when_true.insert(one.when_true.begin(), one.when_true.end());
    inner.present.insert(one.when_true.begin(), one.when_true.end());
    result.text += (first ? "" : " and ") + with_level(one, Level::prefix);
    first = false;
  };
  std::vector<FactWorld> optional;
  for (const auto& fact : usable(place))
    if (may_be_absent(place, fact)) optional.push_back(fact);
  if (!optional.empty() && random_.chance(60)) {
    const FactWorld fact = mention(random_.pick(optional));
    Flow guard;
    guard.text = "has " + fact.name;
    guard.when_true = {fact.name};
    add(guard);
    Place about = inner;
    about.facts = {fact};
    about.words.clear();
    add(leaf(about, 0));
  } else {
    add(condition(inner, depth - 1));
  }
  for (int i = random_.chance(40) ? 2 : 1; i > 0; --i) add(condition(inner, depth - 1));
  return result;
}

// not has f or … f …, or plain operands; what is known is what the earlier ones were false for.
Expressions::Flow Expressions::any_of(const Place& place, int depth) {
  Place inner = place;
  Flow result;
  result.level = Level::any_of;
  bool first = true;
  const auto add = [&](const Flow& one) {
    std::set<std::string> true_here = result.when_false;
    true_here.insert(one.when_true.begin(), one.when_true.end());
    std::set<std::string> both;
    if (first) both = true_here;
    else std::ranges::set_intersection(result.when_true, true_here, std::inserter(both, both.end()));
    result.when_true = both;
    result.when_false.insert(one.when_false.begin(), one.when_false.end());
    inner.present.insert(one.when_false.begin(), one.when_false.end());
    result.text += (first ? "" : " or ") + with_level(one, Level::all_of);
    first = false;
  };
  std::vector<FactWorld> optional;
  for (const auto& fact : usable(place))
    if (may_be_absent(place, fact)) optional.push_back(fact);
  if (!optional.empty() && random_.chance(40)) {
    const FactWorld fact = mention(random_.pick(optional));
    Flow guard;
    guard.text = "not has " + fact.name;
    guard.level = Level::prefix;
    guard.when_false = {fact.name};
    add(guard);
    Place about = inner;
    about.facts = {fact};
    about.words.clear();
    add(leaf(about, 0));
  } else {
    add(condition(inner, depth - 1));
  }
  for (int i = random_.chance(40) ? 2 : 1; i > 0; --i) add(condition(inner, depth - 1));
  return result;
}

Expressions::Flow Expressions::leaf(const Place& place, int depth) {
  for (int tries = 0; tries < leaf_tries; ++tries)
    if (auto made = try_leaf(place, depth)) return *made;
  Flow literal;
  literal.text = random_.chance(50) ? "true" : "false";
  return literal;
}

std::optional<Expressions::Flow> Expressions::try_leaf(const Place& place, int depth) {
  Flow flow;
  const ActionMask before = used;
  const auto made = [&]() -> std::optional<std::string> {
    switch (random_.below(20)) {
      case 0: case 1: return of_booleans(place);
      case 2: case 3: return of_integers(place);
      case 4: case 5: case 6: return of_strings(place);
      case 7: case 8: return of_times(place);
      case 9: return of_durations(place);
      case 10: return of_words(place);
      case 11: case 12: return of_addresses(place);
      case 13: case 14: return of_things(place);
      case 15: case 16: return of_sets(place);
      case 17: return of_tenants(place);
      case 18: return quantifier(place, depth);
      default: {
        const auto word = named_side(place, WordWorld::Kind::condition);
        if (word) return word->text;
        std::vector<FactWorld> optional;
        for (const auto& fact : usable(place))
          if (fact.optional != 0) optional.push_back(fact);
        if (optional.empty()) return std::nullopt;
        const FactWorld fact = mention(random_.pick(optional));
        flow.when_true = {fact.name};
        return "has " + fact.name;
      }
    }
  }();
  if (!made) {
    used = before;
    return std::nullopt;
  }
  flow.text = *made;
  return flow;
}

// ---------------------------------------------------------------- obligations

std::string Expressions::alternatives(const Place& place) {
  const bool person = (place.actions & ~facts_detail::person) == 0;
  std::string result;
  for (int i = random_.chance(25) ? 2 : 1; i > 0; --i) {
    std::vector<std::string> list = {"verify_email", "accept(" + text() + ")", "change_password"};
    if (person) {
      const auto length = duration();
      world_.turn("session.mfa_age", *parse_duration(length)), world_.turn("session.mfa_age", *parse_duration(length) + 1);
      world_.turn("session.auth_age", *parse_duration(length)), world_.turn("session.auth_age", *parse_duration(length) + 1);
      for (const auto& one : {std::string("mfa"), "mfa within " + length, std::string("mfa(otp, webauthn)"), "mfa(\"otp\") within " + length,
                              std::string("step_up(\"urn:acr:2\")"), "reauthenticate within " + length, std::string("enroll_mfa")})
        list.push_back(one);
    }
    if (place.tenant)
      for (const auto& connection : place.tenant->connections) list.push_back("use_connection(" + name_text(connection.name) + ")");
    if (const auto declared = named_side(place, WordWorld::Kind::obligation)) list.push_back(declared->text), list.push_back(declared->text);
    result += (result.empty() ? "" : " or ") + random_.pick(list);
  }
  return result;
}

}  // namespace writ::agree
