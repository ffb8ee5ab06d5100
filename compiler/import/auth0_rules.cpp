// Network access lists as rules. An access list is asked in the order of its priorities and the first
// that matches decides; rules have no order, so each block says which earlier entries would have let the request through.
#include "compiler/import/auth0_plan.h"
#include "runtime/program/spelling.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::auth0 {

namespace {

constexpr std::string_view actions = "login, signup, password_change, password_reset, refresh, m2m";

constexpr std::size_t most_entries = 100;

struct Entry {
  std::int64_t priority = 0;
  std::string name, condition;
  bool allows = false;
};

// The networks of a `match`; a condition that holds in them, as Auth0 has it where a country is not known: not.
class Match {
 public:
  Match(const Fields& match, Making& making, Names& zones) : match_(match) {
    std::vector<std::string> places, conditions;
    for (const auto* field : {"ipv4_cidrs", "ipv6_cidrs"})
      for (const auto& block : match.texts(field)) put(field, block, parse_cidr(block).has_value(), block, places);
    for (const auto& country : match.texts("geo_country_codes"))
      put("geo_country_codes", country, is_country(country), "country " + literal(country), places);
    for (const auto& number : numbers("asns")) places.push_back("asn " + number);
    if (!places.empty()) {
      const auto zone = zones.make("acl");
      making.tenant.zones.push_back(fmt::format("zone {} = {}", zone, fmt::join(places, ", ")));
      conditions.push_back(fmt::format("(request in {} else false)", zone));
    }
    add(conditions, "user_agents", "request.user_agent in [{}]");
    add(conditions, "hostnames", "(request.host else \"\") in [{}]");
    for (const auto& key : match.keys())
      if (std::ranges::find(known, key) == known.end()) unknown_.push_back(key);
    if (conditions.size() > 1)
      match.note(Outcome::approximated, "match", "several kinds are given; Writ blocks where any of them matches");
    condition_ = fmt::format("{}", fmt::join(conditions, " or "));
  }

  const std::string& condition() const { return condition_; }
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  static constexpr std::array<std::string_view, 6> known = {"ipv4_cidrs", "ipv6_cidrs",  "geo_country_codes",
                                                            "asns",       "user_agents", "hostnames"};

  void put(std::string_view field, const std::string& seen, bool good, std::string place,
           std::vector<std::string>& places) {
    if (!good) return match_.note(Outcome::wrong, field, fmt::format("`{}` is passed over", seen));
    match_.take(field);
    places.push_back(std::move(place));
  }
  std::vector<std::string> numbers(std::string_view field) {
    std::vector<std::string> list;
    for (const auto number : match_.numbers(field)) {
      if (number < 0 || number > UINT32_MAX) {
        match_.note(Outcome::wrong, field, fmt::format("{} is no AS number", number));
        continue;
      }
      match_.take(field);
      list.push_back(std::to_string(number));
    }
    return list;
  }
  void add(std::vector<std::string>& conditions, std::string_view field, std::string_view form) {
    std::vector<std::string> literals;
    for (const auto& text : match_.texts(field)) literals.push_back(literal(text));
    if (literals.empty()) return;
    match_.take(field);
    conditions.push_back(fmt::format(fmt::runtime(form), fmt::join(literals, ", ")));
  }

  const Fields& match_;
  std::string condition_;
  std::vector<std::string> unknown_;
};

std::optional<Entry> entry_of(const Fields& fields, Making& making, Names& zones) {
  const auto description = fields.text("description").value_or("network access list");
  const auto rule = fields.object("rule");
  const auto scope = rule.text("scope").value_or("tenant");
  const auto action = rule.object("action");
  Entry entry{fields.number("priority").value_or(0), description, {}, action.flag("allow").value_or(false)};
  const auto cannot = [&](std::string why) -> std::optional<Entry> {
    fields.note(Outcome::not_expressible, "rule", fmt::format("\u201c{}\u201d is left out: {}", description, why));
    return std::nullopt;
  };
  if (!fields.flag("active").value_or(false)) return std::nullopt;
  if (scope != "tenant" && scope != "authentication") return cannot(fmt::format("its scope is {}", scope));
  if (!entry.allows && !action.flag("block").value_or(false)) return cannot("it neither allows nor blocks");
  for (const auto* field : {"match", "not_match"}) {
    if (!rule.has(field)) continue;
    const auto fields_of_match = rule.object(field);
    const Match match(fields_of_match, making, zones);
    // What cannot be said must not widen an exception; of a block it only leaves a part out.
    if (!match.unknown().empty() &&
        (entry.allows || match.condition().empty() || std::string_view(field) == "not_match"))
      return cannot(fmt::format("Writ has no fact for {}", fmt::join(match.unknown(), ", ")));
    if (!match.unknown().empty())
      rule.note(Outcome::approximated, field, fmt::format("Writ has no fact for {}", fmt::join(match.unknown(), ", ")));
    if (match.condition().empty()) return cannot(fmt::format("its {} names nothing", field));
    const auto one =
        std::string_view(field) == "match" ? match.condition() : fmt::format("not ({})", match.condition());
    entry.condition += entry.condition.empty() ? one : " and " + one;
  }
  if (entry.condition.empty()) return cannot("it matches nothing");
  return entry;
}

void take_access_lists(Making& making) {
  Names zones("zone");
  for (const auto& connection : making.tenant.connections) zones.take(connection.name);
  for (const auto& client : making.tenant.clients) zones.take(client.name);
  std::vector<Entry> entries;
  for (const auto& thing : making.source.section("networkACLs"))
    if (auto entry = entry_of(making.fields(thing), making, zones)) entries.push_back(std::move(*entry));
  std::ranges::stable_sort(entries, {}, &Entry::priority);
  if (entries.size() > most_entries) {  // each may name all before it
    making.report.add(
        Outcome::wrong, "networkACLs", "priority",
        fmt::format("there are {} lists, and Auth0 has priorities from 1 to {}; those behind are left out",
                    entries.size(), most_entries));
    entries.resize(most_entries);
  }
  std::string excepted;
  std::set<std::string> taken;  // two lists may have one description, two rules not one name
  for (auto& entry : entries) {
    const auto name = entry.name;
    for (int number = 2; !taken.insert(entry.name).second; ++number) entry.name = fmt::format("{} ({})", name, number);
    if (entry.allows)
      excepted += (excepted.empty() ? "(" : " or (") + entry.condition + ")";
    else
      making.tenant.rules.push_back(fmt::format("deny {} {} when {}{}", actions, literal(entry.name), entry.condition,
                                                excepted.empty() ? "" : " unless " + excepted));
  }
}

}  // namespace

void take_rules(Making& making) { take_access_lists(making); }

}  // namespace writ::importing::auth0
