// Values: facts and words, dressed in arithmetic and functions, with what to say where they are absent; and constants
// to hold against them.
#include "runtime/program/spelling.h"
#include "tests/agree/expressions.h"

#include <algorithm>

namespace writ::agree {

namespace {

std::optional<WordWorld::Kind> kind_of(TypeKind type) {
  using Kind = WordWorld::Kind;
  switch (type) {
  case TypeKind::boolean: return Kind::boolean;
  case TypeKind::integer: return Kind::integer;
  case TypeKind::string: return Kind::string;
  case TypeKind::ip: return Kind::ip;
  case TypeKind::time: return Kind::time;
  case TypeKind::duration: return Kind::duration;
  case TypeKind::cidr:
  case TypeKind::string_set:
  case TypeKind::enumeration:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: break;
  }
  return std::nullopt;
}

TypeKind type_of(WordWorld::Kind kind) {
  using Kind = WordWorld::Kind;
  switch (kind) {
  case Kind::boolean: return TypeKind::boolean;
  case Kind::integer: return TypeKind::integer;
  case Kind::ip: return TypeKind::ip;
  case Kind::time: return TypeKind::time;
  case Kind::duration: return TypeKind::duration;
  case Kind::string:
  case Kind::strings:
  case Kind::integers:
  case Kind::blocks:
  case Kind::obligation: break;
  }
  return TypeKind::string;
}

// Far enough from the ends of 64 bits that a few sums stay there.
bool may_be_added(std::int64_t low, std::int64_t high) {
  constexpr std::int64_t far = std::int64_t{1} << 60;
  return -far < low && high < far;
}

}  // namespace

// ---------------------------------------------------------------- constants

std::string Expressions::integer(std::int64_t low, std::int64_t high) {
  if (low == INT64_MIN && high == INT64_MAX) {
    if (random_.chance(10)) return random_.pick({"9223372036854775807", "-9223372036854775807"});
    return std::to_string(random_.between(-5, 60));
  }
  if (random_.chance(12)) return std::to_string(low);
  if (random_.chance(12)) return std::to_string(high);
  return std::to_string(random_.between(low, low < INT64_MAX - 60 ? std::min(high, low + 60) : high));
}

std::string Expressions::instant() {
  return time_to_text(midnight(random_.pick(dates())) + random_.between(0, 1'439) * minute);
}

std::string Expressions::block() { return random_.pick(blocks()); }

std::string Expressions::constant(const Side& like) {
  switch (like.type) {
  case TypeKind::boolean: return random_.pick({"true", "false"});
  case TypeKind::integer: return integer(like.low, like.high);
  case TypeKind::string: return of_form(like.form);
  case TypeKind::ip: return to_text(parse_cidr(block())->base);
  case TypeKind::time: return instant();
  case TypeKind::duration: return random_.pick(durations());
  case TypeKind::enumeration:
    return random_.chance(85) ? name_text(random_.pick(like.words)) : in_quotes(random_.pick(like.words));
  case TypeKind::string_set: return list(Kind::strings);
  case TypeKind::cidr:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: break;
  }
  return "true";
}

std::string Expressions::of_form(Form form) {
  if (form == Form::any) return text();
  if (form == Form::country) return random_.pick({"\"DE\"", "\"US\"", "\"KP\""});
  if (form == Form::domain) return in_quotes(random_.pick(domains()));
  return in_quotes(lower_case(random_.pick(texts())));
}

Expressions::Form Expressions::form_of(const FactWorld& fact) {
  return fact.name == "request.country" ? Form::country : fact.name == "request.host" ? Form::domain : Form::any;
}

std::string Expressions::literal(const FactWorld& fact) {
  return constant({fact.name, fact.type, fact.low, fact.high, fact.words});
}

std::string Expressions::constant_or_word(const Place& place, const Side& like) {
  if (like.form == Form::any && random_.chance(25))
    if (const auto named = word_side(place, like.type)) return named->text;
  return constant(like);
}

// Mostly short; some long enough to be searched in another way.
std::string Expressions::list(Kind kind) {
  const std::size_t size = random_.chance(6) ? 20 + random_.below(30) : random_.below(4);
  std::vector<std::string> items;
  for (std::size_t i = 0; i < size; ++i) switch (kind) {
    case Kind::integers: items.push_back(std::to_string(random_.between(-2, 60))); break;
    case Kind::blocks: items.push_back(block()); break;
    default:
      items.push_back(size > 4 && random_.chance(80) ? in_quotes(random_.pick(texts()) + std::to_string(i)) : text());
      break;
    }
  return "[" + joined(items) + "]";
}

WordWorld Expressions::let(const Place& place, Kind kind, std::string& value) {
  used = all_actions;
  WordWorld made{kind, ""};
  if (kind == Kind::strings || kind == Kind::integers || kind == Kind::blocks) {
    value = list(kind);
    return made;
  }
  const auto type = type_of(kind);
  const auto fact = random_.chance(35) ? find(place, type, true) : std::nullopt;
  if (fact && form_of(*fact) == Form::any) {  // beside another not every literal may stand
    value = mention(*fact).name;
    made.optional = may_be_absent(place, *fact);
    made.low = fact->low;
    made.high = fact->high;
    if (made.optional && random_.chance(40)) {
      value += " else " + constant({"", type, fact->low, fact->high});
      made.optional = false;
    }
  } else {
    value = constant({"", type});
    made.literal = true;
    if (kind == Kind::integer) made.low = made.high = std::stoll(value);
  }
  made.actions = used;
  return made;
}

// ---------------------------------------------------------------- sides

std::optional<Expressions::Side> Expressions::side(const Place& place, TypeKind type) {
  if (type == TypeKind::string && !place.variables.empty() && random_.chance(60)) {
    const auto& variable = random_.pick(place.variables);
    if (!random_.chance(25)) return Side{variable, type};
    Side made{"lower(" + variable + ")", type};
    made.form = Form::lower;
    return made;
  }
  if (random_.chance(15))
    if (auto named = word_side(place, type)) return named;
  const auto fact = find(place, type, type != TypeKind::string_set);  // no default stands for a set
  if (!fact) return word_side(place, type);
  if (type == TypeKind::string && form_of(*fact) == Form::any && random_.chance(35))
    return dressed_string(place, *fact);
  return dressed(place, of_fact(place, *fact));
}

std::optional<Expressions::Side> Expressions::word_side(const Place& place, TypeKind type) {
  const auto kind = kind_of(type);
  const auto found = kind ? word(place, *kind) : std::nullopt;
  if (!found) return std::nullopt;
  Side made{found->name, type, found->low, found->high};
  if (found->optional) made.text = otherwise(place, found->name, made);
  return made;
}

Expressions::Side Expressions::of_fact(const Place& place, const FactWorld& fact) {
  Side made{mention(fact).name, fact.type, fact.low, fact.high, fact.words, fact.name != "grant", form_of(fact)};
  if (fact.type != TypeKind::string_set && may_be_absent(place, fact)) made.text = otherwise(place, fact.name, made);
  return made;
}

// `f else v`: v is a constant, or another fact that is there.
std::string Expressions::otherwise(const Place& place, const std::string& optional, const Side& like) {
  std::string fallback = constant(like);
  if (like.type != TypeKind::enumeration && like.type != TypeKind::integer && random_.chance(20))
    if (const auto other = find(place, like.type, false)) fallback = mention(*other).name;
  const auto text = optional + " else " + fallback;
  return random_.chance(80) ? "(" + text + ")" : text;
}

// Sums: ints with a range, times and durations, times of which one is taken from the other.
Expressions::Side Expressions::dressed(const Place& place, Side made) {
  if (!random_.chance(20)) return made;
  const bool minus = random_.chance(50);
  const std::string sign = minus ? " - " : " + ";
  if (made.type == TypeKind::integer && may_be_added(made.low, made.high)) {
    const auto other = random_.chance(30) ? find(place, TypeKind::integer, false) : std::nullopt;
    if (other && may_be_added(other->low, other->high))
      return {made.text + sign + mention(*other).name, made.type, made.low - (minus ? other->high : -other->low),
              made.high - (minus ? other->low : -other->high)};
    const auto by = random_.between(0, 9);
    return {made.text + sign + std::to_string(by), made.type, made.low + (minus ? -by : by),
            made.high + (minus ? -by : by)};
  }
  if (made.type == TypeKind::time && random_.chance(40)) {
    const auto other = find(place, TypeKind::time, false);
    return {made.text + " - " + (other ? mention(*other).name : instant()), TypeKind::duration};
  }
  if (made.type == TypeKind::time || made.type == TypeKind::duration) made.text += sign + random_.pick(durations());
  return made;
}

// lower and email_domain take what may be absent, and the latter may be absent itself.
Expressions::Side Expressions::dressed_string(const Place& place, const FactWorld& fact) {
  const std::string name = mention(fact).name;
  const bool absent = may_be_absent(place, fact);
  const auto make = [&](std::string text, bool has_default, Form form) {
    Side made{name, TypeKind::string};
    made.text = has_default ? otherwise(place, text, made) : std::move(text);
    made.form = form;
    return made;
  };
  switch (random_.below(5)) {
  case 0: return make("lower(" + name + ")", absent, Form::lower);
  case 1: return make("email_domain(lower(" + name + "))", true, Form::domain);
  case 2: return make("lower(email_domain(" + name + "))", true, Form::lower);
  case 3: return make("lower(" + of_fact(place, fact).text + ")", false, Form::lower);
  default: return make("email_domain(" + name + ")", true, Form::domain);
  }
}

}  // namespace writ::agree
