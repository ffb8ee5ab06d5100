// Leaves by type. A constant is written down with its neighbours as a turn of the fact beside it, so that requests land on both sides of it.
#include "tests/agree/expressions.h"

#include <algorithm>
#include <array>

#include <date/tz.h>

namespace writ::agree {

namespace {

constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

const std::vector<std::string> shared_texts = {"a",      "b",       "admin",  "sales",       "IT",     "ann@a.example", "a.example", "b.example",
                                               "DE",     "US",      "KP",     "Zo\xc3\xab",  "x y",    "urn:acr:2",     "otp",       "webauthn",
                                               "RS256",  "Mozilla", "terms-1", "\xe6\x97\xa5\xe6\x9c\xac", "", "ABC", "abc"};
struct Pattern {
  const char* text;
  std::vector<std::string> examples;
};
const std::vector<Pattern> globs = {{"\"a*\"", {"a", "", "ab", "ba", "A"}},
                                    {"\"*@?.example\"", {"ann@a.example", "@b.example", "x@ab.example", "x@\xc3\xab.example"}},
                                    {"\"?\"", {"", "a", "\xc3\xab", "ab", "\xe6\x97\xa5"}},
                                    {"\"*\"", {"", "x"}},
                                    {"\"a*b*c\"", {"abc", "abcbc", "acb", "aXbXc", "ab"}},
                                    {"\"*a?*\"", {"a", "ba", "ab", "xaay"}},
                                    {"\"a.example\"", {"a.example", "aXexample"}},
                                    {"\"?\xc3\xab*\"", {"a\xc3\xab", "\xc3\xab\xc3\xab", "\xc3\xab"}}};
const std::vector<Pattern> regexes = {{"/^a/", {"abc", "ba", "A"}},
                                      {"/[0-9]+$/", {"a1", "1a", "7", ""}},
                                      {"/(?i)ADMIN/", {"admin", "xAdMiNx", "admi"}},
                                      {"/a.c/", {"abc", "a\nc", "a\xc3\xab" "c", "ac"}},
                                      {"/\\A\\z/", {"", "a"}},
                                      {"/x|y{2}/", {"x", "y", "yy"}},
                                      {"/^[^@]+@a\\.example$/", {"ann@a.example", "@a.example", "ann@aXexample"}}};
const std::vector<std::string> window_zones = {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC",
                                               "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca"};
// Days on which clocks change somewhere, and plain ones.
const std::vector<std::array<unsigned, 3>> dates = {{2026, 3, 29}, {2026, 10, 25}, {2026, 3, 8},   {2026, 11, 1}, {2026, 4, 5}, {2026, 10, 4},
                                                    {2026, 1, 15}, {2026, 7, 4},   {2024, 2, 29}, {2026, 12, 31}, {2027, 1, 1}, {2011, 12, 30}};
const std::vector<std::string> blocks = {"10.0.0.0/8",      "203.0.113.0/24", "198.51.100.7",  "198.51.100.7/32", "0.0.0.0/1",  "192.168.1.128/25",
                                         "2001:db8::/32",   "fe80::/10",      "2001:db8::1/128", "10.128.0.0/9",  "10.0.0.1/32"};

Ip next_to(Ip ip, int step) {
  for (std::size_t i = 16; i-- > 0;) {
    ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] + step);
    if (step > 0 ? ip.bytes[i] != 0 : ip.bytes[i] != 255) break;
  }
  return ip;
}

void turn_at_block(World& world, const std::string& fact, const std::string& text) {
  const auto made = parse_cidr(text);
  Ip last = made->base;
  for (std::size_t bit = made->bits; bit < 128; ++bit) last.bytes[bit / 8] = static_cast<std::uint8_t>(last.bytes[bit / 8] | 0x80u >> bit % 8);
  for (const Ip& ip : {made->base, last, next_to(made->base, -1), next_to(last, 1)}) world.turn(fact, ip);
}

std::string clock(int minutes) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(minutes / 60) + ":" + two(minutes % 60);
}

constexpr ActionMask with_connection = facts_detail::person | facts_detail::signup;

}  // namespace

// ---------------------------------------------------------------- sides

// `f`, or `f else constant` where it may be absent.
std::optional<Expressions::Side> Expressions::side(const Place& place, TypeKind type) {
  const auto fact = find(place, type, true);
  if (!fact) return std::nullopt;
  mention(*fact);
  Side side{fact->name, fact->name};
  if (may_be_absent(place, *fact)) {
    side.text = "(" + fact->name + " else " + (type == TypeKind::enumeration ? name_text(random_.pick(fact->words)) : constant(type, side)) + ")";
  } else if (type == TypeKind::integer && fact->low != INT64_MIN && fact->high != INT64_MAX && random_.chance(25)) {
    side.text += (random_.chance(50) ? " + " : " - ") + std::to_string(random_.between(0, 9));
  } else if ((type == TypeKind::time || type == TypeKind::duration) && random_.chance(20)) {
    side.text += (random_.chance(50) ? " + " : " - ") + duration();
  }
  return side;
}

std::optional<Expressions::Side> Expressions::named_side(const Place& place, WordWorld::Kind kind) {
  std::vector<WordWorld> found;
  for (const auto& word : place.words)
    if (word.kind == kind && (place.alone ? (word.actions & used) != 0 : (place.actions & ~word.actions) == 0)) found.push_back(word);
  if (found.empty()) return std::nullopt;
  const auto& word = random_.pick(found);
  used &= word.actions;
  return Side{word.name, ""};
}

std::optional<Expressions::Side> Expressions::string_side(const Place& place) {
  if (!place.variables.empty() && random_.chance(70)) {
    const auto& variable = random_.pick(place.variables);
    return random_.chance(25) ? Side{"lower(" + variable + ")", ""} : Side{variable, ""};
  }
  auto made = side(place, TypeKind::string);
  if (!made) return std::nullopt;
  if (random_.chance(15)) made->text = "lower(" + made->text + ")";
  else if (random_.chance(20) || (made->fact == "user.email" && random_.chance(30)))
    made->text = "(email_domain(" + made->text + ") else " + text() + ")";
  return made;
}

std::int64_t Expressions::number_for(const Side& beside) {
  std::int64_t low = 0, high = 100;
  for (const auto* list : {&world_.facts})
    for (const auto& fact : *list)
      if (fact.name == beside.fact && fact.low != INT64_MIN) low = fact.low, high = std::min<std::int64_t>(fact.high, fact.low + 1'000);
  const auto number = random_.chance(10) ? low : random_.chance(10) ? high : random_.between(low, high);
  if (!beside.fact.empty())
    for (const auto turn : {number - 1, number, number + 1}) world_.turn(beside.fact, turn);
  return number;
}

std::int64_t Expressions::time_constant() {
  const auto& [year, month, of_month] = random_.pick(dates);
  const date::sys_days at = date::year{static_cast<int>(year)} / date::month{month} / date::day{of_month};
  return std::chrono::microseconds(at.time_since_epoch()).count() + random_.between(0, 1'439) * minute;
}

std::string Expressions::duration() {
  static const std::vector<std::string> list = {"0s", "1ms", "30s", "15m", "1h", "1h30m", "12h", "1d", "90d", "365d"};
  return random_.pick(list);
}

std::string Expressions::text() { return in_quotes(random_.pick(shared_texts)); }

std::string Expressions::constant(TypeKind type, const Side& beside) {
  const auto turns = [&](std::int64_t value, std::int64_t step) {
    if (!beside.fact.empty())
      for (const auto turn : {value - step, value - 1, value, value + 1, value + step}) world_.turn(beside.fact, turn);
  };
  switch (type) {
    case TypeKind::boolean: return random_.chance(50) ? "true" : "false";
    case TypeKind::integer: return std::to_string(number_for(beside));
    case TypeKind::string: {
      if (beside.fact == "request.country") {  // no other text is one
        const auto country = random_.pick({"DE", "US", "KP"});
        world_.turn(beside.fact, std::string(country));
        return in_quotes(country);
      }
      const auto made = random_.pick(shared_texts);
      if (!beside.fact.empty()) world_.turn(beside.fact, made), world_.turn(beside.fact, made + "x");
      return in_quotes(made);
    }
    case TypeKind::ip: {
      const auto made = block();
      const auto ip = parse_cidr(made)->base;
      if (!beside.fact.empty()) world_.turn(beside.fact, ip), world_.turn(beside.fact, next_to(ip, 1));
      return to_text(ip);
    }
    case TypeKind::time: {
      const auto made = time_constant();
      turns(made, hour);
      return time_to_text(made);
    }
    case TypeKind::duration: {
      const auto made = duration();
      turns(*parse_duration(made), minute);
      return made;
    }
    case TypeKind::cidr: case TypeKind::string_set: case TypeKind::enumeration:
    case TypeKind::tenant: case TypeKind::client: case TypeKind::connection: case TypeKind::organization: break;
  }
  return "true";
}

std::string Expressions::block() { return random_.pick(blocks); }

std::string Expressions::strings_list() {
  std::string list;
  for (std::size_t i = random_.below(4); i > 0; --i) list += (list.empty() ? "" : ", ") + text();
  return "[" + list + "]";
}
std::string Expressions::integers_list() {
  std::string list;
  for (std::size_t i = random_.below(4); i > 0; --i) list += (list.empty() ? "" : ", ") + std::to_string(random_.between(-2, 60));
  return "[" + list + "]";
}
std::string Expressions::blocks_list() {
  std::string list;
  for (std::size_t i = random_.below(4); i > 0; --i) {
    const auto made = block();
    turn_at_block(world_, "request.ip", made);
    list += (list.empty() ? "" : ", ") + made;
  }
  return "[" + list + "]";
}

// ---------------------------------------------------------------- leaves

std::optional<std::string> Expressions::of_booleans(const Place& place) {
  const auto left = side(place, TypeKind::boolean);
  if (!left) {
    const auto flag = named_side(place, WordWorld::Kind::flag);
    return flag ? std::optional(flag->text) : std::nullopt;
  }
  if (random_.chance(60)) return left->text;
  return left->text + random_.pick({" == ", " != "}) + (random_.chance(80) ? constant(TypeKind::boolean, *left) : side(place, TypeKind::boolean)->text);
}

std::optional<std::string> Expressions::of_integers(const Place& place) {
  const auto left = side(place, TypeKind::integer);
  if (!left) return std::nullopt;
  const auto word = named_side(place, WordWorld::Kind::integers);
  if (word && random_.chance(30)) return left->text + random_.pick({" in ", " not in "}) + word->text;
  if (random_.chance(15)) {
    auto low = number_for(*left), high = number_for(*left);
    return left->text + random_.pick({" in ", " not in "}) + std::to_string(std::min(low, high)) + ".." + std::to_string(std::max(low, high));
  }
  if (random_.chance(15)) return left->text + random_.pick({" in ", " not in "}) + integers_list();
  const auto right = random_.chance(15) ? side(place, TypeKind::integer)->text : constant(TypeKind::integer, *left);
  return left->text + random_.pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) + right;
}

std::optional<std::string> Expressions::of_strings(const Place& place) {
  const auto left = string_side(place);
  if (!left) return std::nullopt;
  const auto constant_side = [&] {
    const auto word = named_side(place, WordWorld::Kind::text);
    return word && random_.chance(40) ? word->text : constant(TypeKind::string, *left);
  };
  if (left->fact == "request.country") {
    const auto one = constant(TypeKind::string, *left), other = constant(TypeKind::string, *left);
    return left->text + (random_.chance(50) ? random_.pick({" == ", " != "}) + one : random_.pick({" in [", " not in ["}) + one + ", " + other + "]");
  }
  const auto pattern = [&](const Pattern& made) {
    for (const auto& example : made.examples)
      if (!left->fact.empty()) world_.turn(left->fact, example);
    return left->text + " matches " + made.text;
  };
  switch (random_.below(9)) {
    case 0: return left->text + " starts with " + constant_side();
    case 1: return left->text + " ends with " + constant_side();
    case 2: return left->text + " contains " + constant_side();
    case 3: return pattern(random_.pick(globs));
    case 4: return pattern(random_.pick(regexes));
    case 5: {
      const auto word = named_side(place, WordWorld::Kind::strings);
      const auto list = word && random_.chance(70) ? word->text : "[" + constant_side() + ", " + constant_side() + "]";
      return left->text + random_.pick({" in ", " not in "}) + list;
    }
    case 6: {
      const auto set = find(place, TypeKind::string_set, false);
      if (!set) return std::nullopt;
      mention(*set);
      return left->text + random_.pick({" in ", " not in "}) + set->name;
    }
    default: {
      const auto right = random_.chance(20) ? string_side(place) : std::nullopt;
      return left->text + random_.pick({" == ", " != "}) + (right ? right->text : constant_side());
    }
  }
}

std::string Expressions::window(const Side& beside) {
  const auto zone = random_.pick(window_zones);
  int begin = static_cast<int>(random_.below(48)) * 30, end = static_cast<int>(random_.below(48)) * 30;
  if (random_.chance(15)) begin = 0, end = 1'440;
  else if (random_.chance(10)) end = begin;
  else if (random_.chance(30)) begin = 120, end = 150 + static_cast<int>(random_.below(60));  // where clocks change
  for (int i = 0; i < 3; ++i) {
    const auto& [year, month, of_month] = random_.pick(dates);
    const date::local_days at{date::year{static_cast<int>(year)} / date::month{month} / date::day{of_month}};
    for (const int turn : {begin, end}) {
      const auto choose = random_.chance(50) ? date::choose::earliest : date::choose::latest;
      const auto system = date::locate_zone(zone)->to_sys(at + std::chrono::minutes(turn), choose);
      const auto micros = std::chrono::microseconds(system.time_since_epoch()).count();
      if (!beside.fact.empty())
        for (const auto time : {micros - minute, micros - 1, micros, micros + minute, micros + hour}) world_.turn(beside.fact, time);
    }
  }
  static const std::vector<std::string> days = {"", "", " on weekdays", " on weekends", " on sunday", " on monday, sunday", " on thursday, friday, saturday"};
  return clock(begin) + ".." + clock(end) + " " + in_quotes(zone) + random_.pick(days);
}

std::optional<std::string> Expressions::of_times(const Place& place) {
  const auto left = side(place, TypeKind::time);
  if (!left) return std::nullopt;
  if (random_.chance(45)) return left->text + random_.pick({" in ", " not in "}) + window(*left);
  if (random_.chance(20)) {
    const auto a = time_constant(), b = a + random_.between(1, 48) * hour;  // an empty range is an error
    for (const auto turn : {a - 1, a, b - 1, b, b + 1}) world_.turn(left->fact, turn);
    return left->text + random_.pick({" in ", " not in "}) + time_to_text(a) + ".." + time_to_text(b);
  }
  const auto right = random_.chance(20) ? side(place, TypeKind::time)->text : constant(TypeKind::time, *left);
  return left->text + random_.pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) + right;
}

std::optional<std::string> Expressions::of_durations(const Place& place) {
  auto left = side(place, TypeKind::duration);
  if (!left || random_.chance(40)) {
    const auto later = side(place, TypeKind::time), earlier = side(place, TypeKind::time);
    if (!later || !earlier) return std::nullopt;
    left = Side{"(" + later->text + ") - (" + earlier->text + ")", ""};
  }
  if (random_.chance(15)) return left->text + " in " + duration() + "..400d";
  const auto word = named_side(place, WordWorld::Kind::duration);
  const auto right = word && random_.chance(30) ? word->text : constant(TypeKind::duration, *left);
  return left->text + random_.pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) + right;
}

std::optional<std::string> Expressions::of_words(const Place& place) {
  const auto fact = find(place, TypeKind::enumeration, true);
  if (!fact) return std::nullopt;
  mention(*fact);
  const auto word = [&] { return random_.chance(85) ? name_text(random_.pick(fact->words)) : in_quotes(random_.pick(fact->words)); };
  const auto left = may_be_absent(place, *fact) ? "(" + fact->name + " else " + word() + ")" : fact->name;
  if (random_.chance(30)) return left + random_.pick({" in ", " not in "}) + "[" + word() + ", " + word() + "]";
  const bool ordered = fact->name != "grant";
  if (ordered && random_.chance(15)) return name_text(random_.pick(fact->words)) + random_.pick({" == ", " < ", " >= "}) + left;
  return left + (ordered ? random_.pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) : random_.pick({" == ", " != "})) + word();
}

std::optional<std::string> Expressions::of_addresses(const Place& place) {
  if (!place.zones.empty() && place.facts.size() > 1 && random_.chance(40)) {
    const auto& zone = random_.pick(place.zones);
    if (!zone.more_than_blocks && random_.chance(60)) return std::string("request") + random_.pick({" in ", " not in "}) + zone.name;
    return std::string("(request") + random_.pick({" in ", " not in "}) + zone.name + " else " + random_.pick({"false", "true"}) + ")";
  }
  const auto left = side(place, TypeKind::ip);
  if (!left) return std::nullopt;
  std::vector<ZoneWorld> plain;
  for (const auto& zone : place.zones)
    if (!zone.more_than_blocks) plain.push_back(zone);
  const auto word = named_side(place, WordWorld::Kind::blocks);
  const auto in = random_.pick({" in ", " not in "});
  if (!plain.empty() && random_.chance(40)) return left->text + in + random_.pick(plain).name;
  if (word && random_.chance(40)) return left->text + in + word->text;
  if (random_.chance(30)) return left->text + in + blocks_list();
  if (random_.chance(40)) {
    auto made = block();
    while (made.find('/') == made.npos) made = block();
    turn_at_block(world_, left->fact, made);
    return left->text + in + made;
  }
  return left->text + random_.pick({" == ", " != "}) + constant(TypeKind::ip, *left);
}

std::optional<std::string> Expressions::of_things(const Place& place) {
  if (place.facts.size() <= 1) return std::nullopt;
  const bool has_connection = place.alone ? (used & with_connection) != 0 : (place.actions & ~with_connection) == 0;
  const auto equals = [&] { return random_.pick({" == ", " != "}); };
  const auto thing = [&](const auto& list) { return random_.chance(80) ? name_text(random_.pick(list).name) : in_quotes(random_.pick(list).name); };
  switch (random_.below(place.tenant ? 7 : 3)) {
    case 0: return "client.type" + equals() + random_.pick({"spa", "web", "m2m", "native"});
    case 1:
      if (!has_connection) return std::nullopt;
      used &= with_connection;
      return "connection.family" + (random_.chance(50) ? equals() + random_.pick({"database", "social", "enterprise"})
                                                       : " in [" + random_.pick({"database", "social"}) + ", passwordless]");
    case 2:
      if (!has_connection) return std::nullopt;
      used &= with_connection;
      return "connection.strategy" + equals() + random_.pick({"saml", "oidc", "database", "google_oauth2", "email"});
    case 3: return "client" + equals() + thing(place.tenant->clients);
    case 4:
      if (!has_connection) return std::nullopt;
      used &= with_connection;
      if (random_.chance(50)) return "connection" + equals() + thing(place.tenant->connections);
      return "connection" + random_.pick({" in ", " not in "}) + "[" + thing(place.tenant->connections) + ", " + thing(place.tenant->connections) + "]";
    case 5:
      if (place.tenant->organizations.empty()) return std::nullopt;
      if (place.present.contains("organization")) return "organization" + equals() + thing(place.tenant->organizations);
      return "(has organization and organization" + equals() + thing(place.tenant->organizations) + ")";
    default:
      if (place.tenant->name.empty()) return std::nullopt;  // a template's body
      return "tenant" + equals() + name_text(place.tenant->name);
  }
}

std::optional<std::string> Expressions::of_sets(const Place& place) {
  if (random_.chance(20) && place.facts.size() > 1) return random_.pick({"\"beta\"", "\"a\"", "\"dark\""}) + random_.pick({" in ", " not in "}) + "tenant.features";
  const auto set = find(place, TypeKind::string_set, false);
  if (!set) return std::nullopt;
  mention(*set);
  const auto made = random_.pick(shared_texts);
  world_.turn(set->name, StringSet{made});
  world_.turn(set->name, StringSet{"zzz", made, "b"});
  if (random_.chance(30)) return set->name + " contains " + in_quotes(made);
  return in_quotes(made) + random_.pick({" in ", " not in "}) + set->name;
}

// tenant.X: constants of the tenant; unset ones are guarded or have a default.
std::optional<std::string> Expressions::of_tenants(const Place& place) {
  if (world_.attributes.empty() || place.facts.size() <= 1) return std::nullopt;
  const auto& attribute = random_.pick(world_.attributes);
  const Side nothing;
  const auto value = attribute.type == TypeKind::enumeration ? name_text(random_.pick(attribute.words)) : constant(attribute.type, nothing);
  if (attribute.type == TypeKind::string_set) {
    const auto left = random_.chance(50) ? text() : string_side(place).value_or(Side{text(), ""}).text;
    const auto asked = left + random_.pick({" in ", " not in "}) + attribute.name;
    return attribute.optional ? "(has " + attribute.name + " and " + asked + ")" : asked;
  }
  const bool ordered = attribute.type == TypeKind::enumeration || attribute.type == TypeKind::integer || attribute.type == TypeKind::duration;
  const auto compare = (ordered ? random_.pick({" == ", " != ", " < ", " >= "}) : random_.pick({" == ", " != "})) + value;
  if (!attribute.optional) return attribute.name + compare;
  if (random_.chance(50)) return "(has " + attribute.name + " and " + attribute.name + compare + ")";
  const auto fallback = attribute.type == TypeKind::enumeration ? name_text(random_.pick(attribute.words)) : constant(attribute.type, nothing);
  return "(" + attribute.name + " else " + fallback + ")" + compare;
}

std::optional<std::string> Expressions::quantifier(const Place& place, int depth) {
  if (!place.variables.empty()) return std::nullopt;  // they do not nest
  const auto set = find(place, TypeKind::string_set, false);
  if (!set) return std::nullopt;
  mention(*set);
  Place inner = place;
  inner.variables.push_back("g" + std::to_string(place.variables.size()));
  const auto about = of_strings(inner);
  if (!about) return std::nullopt;
  world_.turn(set->name, StringSet{random_.pick(shared_texts), random_.pick(shared_texts)});
  world_.turn(set->name, StringSet{});
  const auto more = depth > 0 && random_.chance(40) ? random_.pick({" and ", " or "}) + "(" + condition(inner, depth - 1).text + ")" : "";
  return std::string("(") + random_.pick({"any ", "all "}) + inner.variables.back() + " in " + set->name + " : " + *about + more + ")";
}

}  // namespace writ::agree
