// Leaves: a value held against a constant, a list, a range, a window, a pattern, a zone, a set; and questions about the
// tenant's things.
#include "tests/agree/expressions.h"

#include <algorithm>

namespace writ::agree {

namespace {
std::string clock(int minutes) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(minutes / 60) + ":" + two(minutes % 60);
}
}  // namespace

Expressions::Leaf Expressions::about(const Place& place, const Side& side, int depth) {
  const auto text = [&]() -> Text {
    switch (side.type) {
    case TypeKind::boolean: return of_boolean(place, side);
    case TypeKind::integer:
    case TypeKind::duration: return of_number(place, side);
    case TypeKind::string: return of_string(place, side);
    case TypeKind::time: return of_time(place, side);
    case TypeKind::enumeration: return of_enumeration(side);
    case TypeKind::ip: return of_address(place, side);
    case TypeKind::string_set: return of_set(place, side);
    case TypeKind::cidr:
    case TypeKind::tenant:
    case TypeKind::client:
    case TypeKind::connection:
    case TypeKind::organization: break;
    }
    return std::nullopt;
  }();
  if (side.type == TypeKind::string_set && depth > 0 && random_.chance(30))
    if (auto made = quantifier(place, depth)) return made;
  return text ? Leaf(Flow{*text}) : std::nullopt;
}

Expressions::Text Expressions::of_boolean(const Place& place, const Side& left) {
  if (random_.chance(60)) return left.text;
  const auto other = random_.chance(40) ? side(place, TypeKind::boolean) : std::nullopt;
  if (random_.chance(10))
    return left.text + membership() + random_.pick({"[true]", "[false, false]", "[true, false]", "[]"});
  return left.text + equality() + (other ? other->text : constant(left));
}

// A range whose ends are both constants must not be empty; one that is a fact may be.
std::string Expressions::range(const Place& place, const Side& left) {
  if (random_.chance(25))
    if (const auto other = find(place, left.type, false); other && !other->of_tenant) {
      mention(*other);
      return random_.chance(50) ? constant(left) + ".." + other->name : other->name + ".." + constant(left);
    }
  std::string low = constant(left), high = constant(left);
  const auto value = [&](const std::string& text) {
    return left.type == TypeKind::integer ? std::stoll(text)
           : left.type == TypeKind::time  ? *parse_time(text)
                                          : *parse_duration(text);
  };
  if (value(low) > value(high)) std::swap(low, high);
  if (left.type == TypeKind::time && low == high) high = time_to_text(value(high) + hour);  // its end is not in it
  return low + ".." + high;
}

Expressions::Text Expressions::of_number(const Place& place, const Side& left) {
  if (random_.chance(18)) return left.text + membership() + range(place, left);
  if (left.type == TypeKind::integer && random_.chance(20)) {
    const auto let = word(place, Kind::integers);
    return left.text + membership() + (let && random_.chance(50) ? let->name : list(Kind::integers));
  }
  if (left.type == TypeKind::duration && random_.chance(10))
    return left.text + membership() + "[15m, " + constant(left) + "]";
  const auto other = random_.chance(20) ? side(place, left.type) : std::nullopt;
  return left.text + order() + (other && other->type == left.type ? other->text : constant_or_word(place, left));
}

Expressions::Text Expressions::of_string(const Place& place, const Side& left) {
  const auto right = [&] { return constant_or_word(place, left); };
  const bool any = left.form == Form::any;
  if (!any && random_.chance(40)) return left.text + membership() + "[" + right() + ", " + right() + "]";
  switch (left.form == Form::country ? 7 + random_.below(3) : random_.below(10)) {
  case 0: return left.text + " starts with " + right();
  case 1: return left.text + " ends with " + right();
  case 2: return left.text + " contains " + right();
  case 3:  // of a domain or what is in lower case, what can stand in it
    return left.text + " matches " +
           (any ? random_.pick(globs()).written
                : random_.pick({"\"a*\"", "\"*?.example\"", "\"a*b*c\"", "\"*a?*\"", "\"?\""}));
  case 4: return left.text + " matches " + random_.pick(regexes()).written;
  case 5:
  case 6:
    if (any) {
      const auto let = word(place, Kind::strings);
      return left.text + membership() + (let && random_.chance(60) ? let->name : list(Kind::strings));
    }
    [[fallthrough]];
  case 7:
    if (const auto set = find(place, TypeKind::string_set, false)) return left.text + membership() + mention(*set).name;
    [[fallthrough]];
  default: {
    auto other = random_.chance(25) ? side(place, TypeKind::string) : std::nullopt;
    if (other && other->form != Form::any) other.reset();  // the left side may be a literal, or a let of one
    if (!any) {
      const auto fact = random_.chance(25) ? find(place, TypeKind::string, false) : std::nullopt;
      return left.text + equality() + (fact && !fact->of_tenant ? mention(*fact).name : constant(left));
    }
    return left.text + equality() + (other ? other->text : right());
  }
  }
}

std::string Expressions::window() {
  static const std::vector<std::string> days = {
      "",           "",           " on weekdays",       " on weekends",
      " on sunday", " on monday", " on monday, sunday", " on thursday, friday, saturday"};
  const int half_hours = 48;
  int begin = static_cast<int>(random_.below(half_hours)) * 30, end = static_cast<int>(random_.below(half_hours)) * 30;
  if (random_.chance(12))
    begin = 0, end = 1'440;
  else if (random_.chance(10))
    end = begin;
  else if (random_.chance(35))
    begin = 60 + static_cast<int>(random_.below(4)) * 30,
    end = begin + 15 + static_cast<int>(random_.below(90));  // where clocks change
  else if (random_.chance(10))
    end = 1'440;
  return clock(begin) + ".." + clock(end) + " " + in_quotes(random_.pick(window_zones())) + random_.pick(days);
}

Expressions::Text Expressions::of_time(const Place& place, const Side& left) {
  if (random_.chance(45)) return left.text + membership() + window();
  if (random_.chance(20)) return left.text + membership() + range(place, left);
  if (random_.chance(6)) return left.text + membership() + "[" + instant() + ", " + instant() + "]";
  const auto other = random_.chance(25) ? find(place, TypeKind::time, false) : std::nullopt;
  return left.text + order() + (other ? mention(*other).name : constant_or_word(place, left));
}

Expressions::Text Expressions::of_enumeration(const Side& left) {
  if (random_.chance(30))
    return left.text + membership() + "[" + constant(left) + (random_.chance(50) ? ", " + constant(left) : "") + "]";
  const auto sign = left.ordered ? order() : equality();
  if (random_.chance(15)) return name_text(random_.pick(left.words)) + sign + left.text;
  return left.text + sign + constant(left);
}

Expressions::Text Expressions::of_address(const Place& place, const Side& left) {
  std::vector<ZoneWorld> plain;
  for (const auto& zone : place.zones)
    if (!zone.more_than_blocks) plain.push_back(zone);
  const auto let = word(place, Kind::blocks);
  switch (random_.below(6)) {
  case 0: return left.text + equality() + constant_or_word(place, left);
  case 1: {
    const auto made = block();
    return left.text + membership() + (made.find('/') == std::string::npos ? "[" + made + "]" : made);
  }
  case 2:
    if (let) return left.text + membership() + let->name;
    [[fallthrough]];
  case 3: return left.text + membership() + list(Kind::blocks);
  default:
    if (plain.empty()) return std::nullopt;
    return left.text + membership() + random_.pick(plain).name;
  }
}

Expressions::Text Expressions::of_zone(const Place& place) {
  if (place.zones.empty() || !place.variables.empty()) return std::nullopt;
  const auto& zone = random_.pick(place.zones);
  const auto asked = "request" + membership() + zone.name;
  if (!zone.more_than_blocks && random_.chance(70)) return asked;
  return "(" + asked + " else " + random_.pick({"false", "true"}) + ")";
}

Expressions::Text Expressions::of_set(const Place& place, const Side& left) {
  const auto element = random_.chance(20) ? side(place, TypeKind::string) : std::nullopt;
  const auto text = element ? element->text : constant_or_word(place, {"", TypeKind::string});
  if (random_.chance(30)) return left.text + " contains " + text;
  return text + membership() + left.text;
}

Expressions::Text Expressions::of_features(const Place& place) {
  const auto element = random_.chance(20) ? side(place, TypeKind::string) : std::nullopt;
  const auto text = element ? element->text : random_.pick({"\"beta\"", "\"a\"", "\"dark\"", "\"\""});
  return random_.chance(25) ? "tenant.features contains " + text : text + membership() + "tenant.features";
}

// Kinds of things everywhere; names of the tenant's own where there is a tenant.
Expressions::Text Expressions::of_thing(const Place& place) {
  const bool has_connection = place.alone ? (used & with_connection) != 0 : (place.actions & ~with_connection) == 0;
  const auto thing = [&](const auto& list) {
    return random_.chance(75) ? name_text(random_.pick(list).name) : in_quotes(random_.pick(list).name);
  };
  const auto among = [&](const std::string& fact, const auto& list) {
    if (random_.chance(50)) return fact + equality() + thing(list);
    return fact + membership() + "[" + thing(list) + (random_.chance(60) ? ", " + thing(list) : "") + "]";
  };
  const auto kind = random_.below(place.tenant ? 8 : 3);
  if (kind == 1 || kind == 2 || kind == 4) {
    if (!has_connection) return std::nullopt;
    used &= with_connection;
  }
  switch (kind) {
  case 0:
    return random_.chance(70) ? "client.type" + equality() + random_.pick({"spa", "web", "m2m", "native"})
                              : "client.type" + membership() + "[spa, \"web\"]";
  case 1:
    if (random_.chance(50))
      return "connection.family" + equality() + random_.pick({"database", "social", "enterprise", "passwordless"});
    return "connection.family" + membership() + "[" + random_.pick({"database", "social", "enterprise"}) +
           ", passwordless]";
  case 2:
    return "connection.strategy" + equality() +
           random_.pick({"saml", "oidc", "database", "google_oauth2", "email", "sms"});
  case 3: return place.tenant->clients.empty() ? std::nullopt : Text(among("client", place.tenant->clients));
  case 4:
    return place.tenant->connections.empty() ? std::nullopt : Text(among("connection", place.tenant->connections));
  case 5:
  case 6:
    if (place.tenant->organizations.empty()) return std::nullopt;
    if (place.present.contains("organization")) return among("organization", place.tenant->organizations);
    return random_.chance(30) ? "has organization"
                              : "(has organization and " + among("organization", place.tenant->organizations) + ")";
  default:
    return place.tenant->name.empty() ? std::nullopt : Text("tenant" + equality() + name_text(place.tenant->name));
  }
}

// `any g in user.groups : …`, the body reaching to the end; not one inside another.
Expressions::Leaf Expressions::quantifier(const Place& place, int depth) {
  if (!place.variables.empty()) return std::nullopt;
  const auto set = find(place, TypeKind::string_set, false);
  if (!set || set->of_tenant) return std::nullopt;
  Place inner = place;
  const auto* hidden = !place.words.empty() && random_.chance(10) ? &random_.pick(place.words).name : nullptr;
  inner.variables.push_back(hidden != nullptr && hidden->starts_with("let") ? *hidden : "g");
  std::erase_if(inner.words, [&](const WordWorld& word) { return word.name == inner.variables[0]; });
  quantified = true;
  const auto head = random_.pick({"any ", "all "}) + inner.variables.back() + " in " + mention(*set).name + " : ";
  const auto left = side(inner, TypeKind::string);
  auto body = left ? of_string(inner, *left).value_or("true") : std::string("true");
  if (depth > 0 && random_.chance(35))
    body += random_.pick({" and ", " or "}) + ("(" + condition(inner, depth - 1).text + ")");
  return Flow{head + body, Flow::Level::open, {}, {}};
}

// ---------------------------------------------------------------- obligations

std::string Expressions::duties(const Place& place) {
  const bool of_person = (place.actions & ~facts_detail::person) == 0;
  std::string result;
  for (int i = random_.chance(25) ? 2 : 1; i > 0; --i) {
    const auto limits = words(place, Kind::duration), names = words(place, Kind::string);
    const auto named = [&](const std::vector<WordWorld>& list, const std::string& otherwise) {
      if (list.empty() || !random_.chance(30)) return otherwise;
      const auto& one = random_.pick(list);
      return one.literal ? one.name : otherwise;
    };
    const auto length = named(limits, random_.pick({"0s", "15m", "1h", "12h", "90d"}));
    std::vector<std::string> list = {"verify_email", "accept(" + named(names, text()) + ")", "accept(\"terms-1\")"};
    if (random_.chance(30)) list.push_back("change_password");
    if (of_person)
      for (const auto& one : {std::string("mfa"), "mfa within " + length, std::string("mfa(otp, webauthn)"),
                              "mfa(\"otp\") within " + length, "step_up(" + named(names, "\"urn:acr:2\"") + ")",
                              "reauthenticate within " + length, std::string("enroll_mfa")})
        list.push_back(one);
    if (place.tenant && random_.chance(50))
      for (const auto& connection : place.tenant->connections)
        list.push_back("use_connection(" + name_text(connection.name) + ")");
    if (const auto declared = word(place, Kind::obligation)) list.insert(list.end(), 2, declared->name);
    result += (result.empty() ? "" : " or ") + random_.pick(list);
  }
  return result;
}

}  // namespace writ::agree
