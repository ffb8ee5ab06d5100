// Conditions of policies and rules as expressions. What Writ has no fact for is one that the host must give: a rule left out would
// let a later one decide, which may be a weaker one.
#include "compiler/import/okta_plan.h"
#include "runtime/program/spelling.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::okta {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array systems = {Pair{"ANDROID", "android"}, Pair{"IOS", "ios"},           Pair{"MACOS", "macos"},
                                Pair{"WINDOWS", "windows"}, Pair{"CHROMEOS", "chromeos"}, Pair{"LINUX", "linux"},
                                Pair{"OTHER", "other"}};
constexpr std::array kinds = {Pair{"MOBILE", "mobile"}, Pair{"DESKTOP", "desktop"}, Pair{"OTHER", "other"}};
constexpr std::array risks = {Pair{"LOW", "low"}, Pair{"MEDIUM", "medium"}, Pair{"HIGH", "high"}};
constexpr std::size_t short_list = 3, most_blocks = 4'096;

template <std::size_t N>
std::optional<std::string> word(const std::array<Pair, N>& table, std::string_view given) {
  const auto* const row = std::ranges::find(table, given, &Pair::first);
  return row == table.end() ? std::nullopt : std::optional(std::string(row->second));
}

std::vector<std::string> literals(const std::vector<std::string>& texts) {
  std::vector<std::string> list;
  for (const auto& text : texts) list.push_back(literal(text));
  return list;
}

std::string one_of(const std::string& fact, const std::vector<std::string>& values) {
  if (values.size() == 1) return fmt::format("{} == {}", fact, values.front());
  return fmt::format("{} in [{}]", fact, fmt::join(values, ", "));
}

// ---------------------------------------------------------------- people

// Who is in one of these groups; `true` when that is everybody.
std::vector<std::string> in_groups(Making& making, const std::vector<std::string>& ids) {
  std::vector<std::string> ways, unknown;
  for (const auto& id : ids)
    if (const auto found = making.groups.find(id); found != making.groups.end())
      ways.push_back(found->second);
    else
      unknown.push_back(literal(id));
  if (unknown.size() > short_list)
    ways.push_back(fmt::format("(any one in user.groups : one in [{}])", fmt::join(unknown, ", ")));
  else
    for (const auto& one : unknown) ways.push_back(one + " in user.groups");
  return ways;
}

// ---------------------------------------------------------------- networks

std::string in_zone(Making& making, const Fields& network, std::string_view field, const std::string& id) {
  if (const auto found = making.zones.find(id); found != making.zones.end()) return found->second;
  if (id == "ALL_ZONES") {
    std::vector<std::string> ways;
    for (const auto& [zone, condition] : making.zones) ways.push_back(condition);
    return ways.empty() ? "false" : any_of(ways);
  }
  return making.host_fact(network, field, "zone_" + id, fmt::format("network zone `{}` is not in the export", id));
}

std::string network_of(Making& making, const Fields& network) {
  const auto connection = network.text("connection").value_or("ANYWHERE");
  if (connection == "ANYWHERE") return "";
  if (connection != "ZONE")
    return making.host_fact(network, "connection", connection, fmt::format("`{}` is the host's to know", connection));
  const auto zones = [&](const char* field) {
    std::vector<std::string> ways;
    for (const auto& id : network.texts(field)) ways.push_back(in_zone(making, network, field, id));
    if (!ways.empty()) network.take(field);
    return ways.empty() ? std::string() : any_of(ways);
  };
  const auto include = zones("include"), exclude = zones("exclude");
  return both(include, exclude.empty() ? "" : "not " + exclude);
}

// A range as the blocks that make it up; nothing when it is none.
std::optional<std::vector<std::string>> blocks_of(std::string_view range) {
  const auto dash = range.find('-');
  if (dash == range.npos) return std::nullopt;
  auto first = parse_ip(range.substr(0, dash));
  const auto last = parse_ip(range.substr(dash + 1));
  if (!first || !last || *first > *last || first->is_v4() != last->is_v4()) return std::nullopt;
  std::vector<std::string> blocks;
  while (true) {
    // The largest block that begins at `first` and does not reach beyond `last`.
    int free = 0;
    Ip end = *first;
    while (free < 128) {
      const auto bit = 127 - free;
      auto& byte = end.bytes[static_cast<std::size_t>(bit / 8)];
      const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
      if ((byte & mask) != 0) break;
      byte |= mask;
      if (end > *last) {
        byte &= static_cast<std::uint8_t>(~mask);
        break;
      }
      ++free;
    }
    blocks.push_back(to_text(Cidr{*first, static_cast<std::uint8_t>(128 - free)}));
    if (end >= *last || blocks.size() > most_blocks) return blocks;
    *first = end;
    for (std::size_t i = 16; i-- > 0;)
      if (++first->bytes[i] != 0) break;
  }
}

void take_addresses(const Fields& zone, std::vector<std::string>& places) {
  for (const auto& one : zone.objects("gateways")) {
    const auto value = one.text("value").value_or("");
    if (parse_cidr(value)) {
      one.take("value");
      places.push_back(value);
    } else if (const auto blocks = blocks_of(value)) {
      one.take("value");
      places.insert(places.end(), blocks->begin(), blocks->end());
    } else {
      one.note(Outcome::wrong, "value", fmt::format("`{}` is neither a block nor a range of addresses", value));
    }
  }
  if (!zone.objects("proxies").empty())
    zone.note(Outcome::approximated, "proxies",
              "which proxies are trusted is the host's to know: it gives the address");
}

// A list, or the `include` of an object with `include` and `exclude`.
std::vector<std::string> listed(const Fields& zone, const char* field) {
  const auto* const value = zone.find(field);
  if (value == nullptr) return {};
  return value->is_object() ? zone.object(field).texts("include") : zone.texts(field);
}
std::vector<Fields> located(const Fields& zone) {
  const auto* const value = zone.find("locations");
  if (value == nullptr) return {};
  return value->is_object() ? zone.object("locations").objects("include") : zone.objects("locations");
}

// What Writ's zones cannot say of a dynamic one.
std::string beyond_zones(const Fields& zone) {
  const auto proxy = zone.text("proxyType").value_or("ANY");
  if (proxy != "ANY" && lower_case(proxy) != "any" && proxy != "null") return fmt::format("proxies (`{}`)", proxy);
  for (const auto* field : {"locations", "asns"})
    if (const auto* const value = zone.find(field); value != nullptr && value->is_object())
      if (says_something(zone.object(field).find("exclude"))) return fmt::format("`{}.exclude`", field);
  if (says_something(zone.object("ipServiceCategories").find("include"))) return "categories of services";
  for (const auto& place : located(zone))
    if (place.has("region")) return fmt::format("the region `{}`", place.text("region").value_or(""));
  return "";
}

std::string dynamic_zone(Making& making, const Fields& zone, const std::string& name) {
  if (const auto beyond = beyond_zones(zone); !beyond.empty())
    return making.host_fact(zone, "type", "zone_" + name, fmt::format("Writ's zones do not know {}", beyond));
  std::string condition;
  const auto add = [&](const std::vector<std::string>& places, const char* kind) {
    if (places.empty()) return;
    const auto made = making.words.make(name + kind);
    making.tenant.zones.push_back(fmt::format("zone {} = {}", made, fmt::join(places, ", ")));
    condition = both(condition, fmt::format("(request in {} else false)", made));
  };
  std::vector<std::string> countries, numbers;
  for (const auto& place : located(zone)) {
    const auto country = place.text("country").value_or("");
    if (is_country(country)) {
      place.take("country");
      countries.push_back("country " + literal(country));
    } else {
      place.note(Outcome::wrong, "country", fmt::format("`{}` is no country", country));
    }
  }
  for (const auto& number : listed(zone, "asns")) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size()) {
      zone.note(Outcome::wrong, "asns", fmt::format("`{}` is no AS number", number));
      continue;
    }
    zone.take("asns");
    numbers.push_back(fmt::format("asn {}", value));
  }
  add(countries, numbers.empty() ? "" : " countries");
  add(numbers, countries.empty() ? "" : " networks");
  if (condition.empty()) return "false";
  return countries.empty() || numbers.empty() ? condition : "(" + condition + ")";
}

// ---------------------------------------------------------------- devices

std::string platform_of(Making& making, const Fields& one, std::string_view name) {
  const auto kind = one.text("type").value_or("ANY");
  const auto os = one.object("os");
  const auto system = os.text("type").value_or("ANY");
  if (says_something(os.find("version")) || says_something(os.find("expression")))
    return making.host_fact(os, "version", fmt::format("{} {}", name, system),
                            fmt::format("versions of `{}` are the host's to compare", system));
  const auto known_kind = word(kinds, kind), known_system = word(systems, system);
  if ((kind != "ANY" && !known_kind) || (system != "ANY" && !known_system))
    return making.host_fact(one, "type", fmt::format("{} {}", kind, system), "a platform that Writ has no word for");
  std::string condition;
  if (known_kind) condition = making.fact("device.form", "one of mobile, desktop, other") + " == " + *known_kind;
  if (known_system)
    condition =
        both(condition, making.fact("device.os", "one of android, ios, macos, windows, chromeos, linux, other") +
                            " == " + *known_system);
  if (condition.empty()) return "true";
  return known_kind && known_system ? "(" + condition + ")" : condition;
}

std::string platforms_of(Making& making, const Fields& platform, std::string_view name) {
  const auto list = [&](const char* field) {
    std::vector<std::string> ways;
    for (const auto& one : platform.objects(field)) ways.push_back(platform_of(making, one, name));
    if (!ways.empty()) platform.take(field);
    return ways.empty() ? std::string() : any_of(ways);
  };
  const auto include = list("include"), exclude = list("exclude");
  return both(include, exclude.empty() ? "" : "not " + exclude);
}

std::string device_of(Making& making, const Fields& device, std::string_view name) {
  std::string condition;
  for (const auto* field : {"registered", "managed"})
    if (const auto wanted = device.flag(field)) {
      device.take(field);
      const auto fact = making.fact(fmt::format("device.{}", field), "bool");
      condition = both(condition, *wanted ? fact : "not " + fact);
    }
  if (const auto ids = device.object("assurance").texts("include"); !ids.empty()) {
    device.take("assurance");
    condition =
        both(condition, fmt::format("(any one in {} : one in [{}])", making.fact("device.assurances", "set of string"),
                                    fmt::join(literals(ids), ", ")));
  }
  for (const auto& key : device.keys())
    if (key != "registered" && key != "managed" && key != "assurance" && says_something(device.find(key)))
      condition = both(condition, making.host_fact(device, key, fmt::format("{} device {}", name, key),
                                                   fmt::format("`{}` of a device is the host's to know", key)));
  return condition;
}

// ---------------------------------------------------------------- Okta's expressions

// `security.risk.level == 'HIGH'` is the one form that is certain.
std::string expression_of(Making& making, const Fields& el, std::string_view name) {
  const auto text = el.text("condition").value_or("");
  if (text.find_first_not_of(" \t\r\n") == text.npos) return "";
  std::string plain;
  for (const char c : text)
    if (std::string_view(" \t\r\n\"").find(c) == std::string_view::npos)
      plain += c;
    else if (c == '"')
      plain += '\'';
  constexpr std::string_view risk = "security.risk.level==";
  if (plain.starts_with(risk))
    for (const auto& [level, value] : risks)
      if (plain.substr(risk.size()) == fmt::format("'{}'", level)) {
        el.take("condition");
        return making.fact("request.risk", "one of low, medium, high") + " == " + std::string(value);
      }
  return making.host_fact(el, "condition", fmt::format("{} expression", name),
                          fmt::format("an expression of Okta's: {}", text));
}

std::string identity_provider_of(Making& making, const Fields& one) {
  const auto provider = one.text("provider").value_or("ANY");
  if (provider == "ANY") return "";
  std::vector<std::string> names;
  if (provider == "OKTA")
    for (const auto place : making.stores) names.push_back(making.tenant.connections[place].name);
  for (const auto& id : one.texts("idpIds")) {
    const auto found = making.providers.find(id);
    if (found != making.providers.end())
      names.push_back(making.tenant.connections[found->second].name);
    else
      one.note(Outcome::wrong, "idpIds", fmt::format("there is no identity provider `{}` in the export", id));
  }
  one.take("provider");
  if (names.empty()) return "false";
  return one_of("connection", names);
}

}  // namespace

// ---------------------------------------------------------------- what the others see

std::string both(const std::string& a, const std::string& b) {
  if (a.empty() || a == "true") return b == "true" ? "" : b;
  if (b.empty() || b == "true") return a;
  return a + " and " + b;
}

std::string any_of(const std::vector<std::string>& ways) {
  if (std::ranges::find(ways, "true") != ways.end()) return "true";
  if (ways.size() == 1 && ways.front().find(" and ") == std::string::npos) return ways.front();
  return fmt::format("({})", fmt::join(ways, " or "));
}

bool says_something(const Value* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_object())
    return std::ranges::any_of(value->items(), [](const auto& item) { return says_something(&item.value()); });
  return !value->empty() && *value != "" && *value != "ANY";
}

std::string people_of(Making& making, const Fields& people) {
  const auto users = people.object("users"), groups = people.object("groups");
  const auto side = [&](const char* field) {
    auto ways = in_groups(making, groups.texts(field));
    if (const auto ids = users.texts(field); !ids.empty()) {
      users.take(field);
      ways.push_back(one_of("user.id", literals(ids)));
    }
    if (!groups.texts(field).empty()) groups.take(field);
    return ways.empty() ? std::string() : any_of(ways);
  };
  const auto include = side("include"), exclude = side("exclude");
  if (exclude == "true") return "false";
  return both(include, exclude.empty() ? "" : "not " + exclude);
}

std::string condition_of(Making& making, const Fields& conditions, std::string_view name,
                         const std::set<std::string_view>& skip) {
  std::string made;
  for (const auto& key : conditions.keys()) {
    if (skip.contains(key) || !conditions.has(key)) continue;
    const auto one = conditions.object(key);
    std::string part;
    if (key == "people") {
      part = people_of(making, one);
    } else if (key == "network") {
      part = network_of(making, one);
    } else if (key == "platform") {
      part = platforms_of(making, one, name);
    } else if (key == "device") {
      part = device_of(making, one, name);
    } else if (key == "elCondition") {
      part = expression_of(making, one, name);
    } else if (key == "identityProvider") {
      part = identity_provider_of(making, one);
    } else if (key == "riskScore") {
      const auto level = one.text("level").value_or("ANY");
      if (const auto known = word(risks, level)) {
        one.take("level");
        part = making.fact("request.risk", "one of low, medium, high") + " == " + *known;
      } else if (level != "ANY") {
        part = making.host_fact(one, "level", "risk " + level, fmt::format("`{}` is no level of risk", level));
      }
    } else if (key == "risk" && one.keys() == std::vector<std::string>{"behaviors"}) {
      if (const auto ids = one.texts("behaviors"); !ids.empty()) {
        one.take("behaviors");
        part = fmt::format("(any one in {} : one in [{}])", making.fact("request.behaviors", "set of string"),
                           fmt::join(literals(ids), ", "));
      }
    } else if (key == "authContext") {
      const auto type = one.text("authType").value_or("ANY");
      if (type == "RADIUS" || type == "LDAP_INTERFACE") {
        one.take("authType");
        part = making.fact("request.interface", "one of web, radius, ldap") +
               (type == "RADIUS" ? " == radius" : " == ldap");
      }
    } else if (key == "userType") {
      const auto include = one.texts("include"), exclude = one.texts("exclude");
      if (!include.empty() || !exclude.empty()) {
        one.take("include");
        const auto type = making.fact("user.type", "string");
        if (!include.empty()) part = one_of(type, literals(include));
        if (!exclude.empty()) part = both(part, "not " + one_of(type, literals(exclude)));
      }
    } else if (says_something(conditions.find(key))) {
      part = making.host_fact(conditions, key, fmt::format("{} {}", name, key),
                              fmt::format("Writ has no condition `{}`", key));
    }
    made = made == "false" ? made : part == "false" ? part : both(made, part);
  }
  return made;
}

void take_zones(Making& making) {
  for (const auto& thing : making.source.groups) {
    const auto fields = making.fields(thing);
    const auto id = fields.text("id").value_or("");
    const auto name = fields.object("profile").text("name").value_or(id);
    if (id.empty() || making.groups.contains(id)) continue;
    if (name == "Everyone" && fields.text("type").value_or("BUILT_IN") == "BUILT_IN") {
      making.groups.emplace(id, "true");
      continue;
    }
    fields.take("id");
    making.groups.emplace(
        id, making.named(fmt::format("{} in user.groups", literal(id)), "in " + name, fmt::format("Group {}", name)));
  }
  for (const auto& thing : making.source.zones) {
    const auto fields = making.fields(thing);
    const auto id = fields.text("id").value_or("");
    if (id.empty() || making.zones.contains(id)) {
      fields.note(Outcome::wrong, "id", "a network zone without an id of its own is passed over");
      continue;
    }
    const auto name = fields.text("name").value_or(id);
    std::string condition;
    if (fields.text("type") == "IP") {
      std::vector<std::string> places;
      take_addresses(fields, places);
      condition = "false";
      if (!places.empty()) {
        const auto made = making.words.make(name);
        making.tenant.zones.push_back(fmt::format("zone {} = {}", made, fmt::join(places, ", ")));
        condition = "request in " + made;
      }
    } else {
      condition = dynamic_zone(making, fields, name);
    }
    if (fields.text("usage") == "BLOCKLIST" && fields.text("status").value_or("ACTIVE") == "ACTIVE" &&
        condition != "false") {
      fields.take("usage");
      making.tenant.rules.push_back(
          fmt::format("deny login, signup, password_change, password_reset, refresh {} when {}",
                      literal(making.rule_name(fmt::format("blocked: {}", name))), condition));
    }
    making.zones.emplace(id, std::move(condition));
  }
}

}  // namespace writ::importing::okta
