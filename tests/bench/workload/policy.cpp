// The workload's tenants as Writ.
#include "tests/bench/workload/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::bench {

namespace {

constexpr std::string_view head = R"(writ 1
attributes {
  request.hour : int
  request.password_length : int
  request.password_age_days : int
}
)";

// What the rules have of a tenant's own: names of parameters, or the constants themselves.
struct Constants {
  std::string domains, open, close;
  std::array<std::string, 2> shortest, oldest;
};

std::string hours(const Constants& own) {
  return fmt::format("  deny login \"hours\" unless request.hour >= {} and request.hour < {}\n", own.open, own.close);
}

// A window's clock times and its zone are written, never a parameter.
std::string window(const Tenant& tenant) {
  return fmt::format("  deny login \"hours\" unless request.time in {:02}:00..{:02}:00 \"{}\" on weekdays\n",
                     tenant.open, tenant.close, zone_of(tenant));
}

constexpr std::string_view age_in_days = "request.password_age_days";
constexpr std::string_view age_in_time = "not has user.password_changed or request.time - user.password_changed";

std::string rules(const Constants& own, std::string_view hours, std::string_view age) {
  return fmt::format(R"(  allow login
  deny login "outside the networks" unless session.mfa or request.ip in networks
  deny login "another company" on staff, partners unless (email_domain(user.email) else "") in {}
  deny login "administrators" when "admin" in user.groups and not session.mfa
{hours}  deny login "customers' passwords" on customers when request.password_length < {} or {age} > {}
  deny login "users' passwords" on users when request.password_length < {} or {age} > {}
)",
                     own.domains, own.shortest[0], own.oldest[0], own.shortest[1], own.oldest[1],
                     fmt::arg("hours", hours), fmt::arg("age", age));
}

// Five more, over the same facts, each with something of the tenant's own.
constexpr std::string_view further_rules =
    R"(  deny login "hostile networks" when request.ip in hostile and not session.mfa
  deny login "refused domains" when (email_domain(user.email) else "") in refused
  deny login "suspended" when suspended in user.groups
  deny login "night" when request.hour < dawn or request.hour >= dusk
  deny login "long passwords" when request.password_length > longest
)";

constexpr std::array<std::string_view, 5> names = {"customers", "users", "social", "staff", "partners"};
constexpr std::array<std::string_view, 5> strategies = {"database", "database", "google_oauth2", "oidc", "oidc"};

std::string zone(std::string_view name, const std::array<Network, 4>& networks) {
  std::vector<std::string> blocks;
  for (const auto& one : networks) blocks.push_back(fmt::format("{}/{}", dotted(one.base), one.bits));
  return fmt::format("  zone {} = {}\n", name, fmt::join(blocks, ", "));
}

std::string list(const std::array<std::string, 3>& texts) {
  return fmt::format("[\"{}\"]", fmt::join(texts, "\", \""));
}

std::string things(const Tenant& tenant) {
  std::string text = zone("networks", tenant.networks);
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("  connection {} : {} {{ id \"{}\" }}\n", names[i], strategies[i], tenant.connections[i].id);
  for (const auto& client : tenant.clients) {
    std::vector<std::string_view> allowed;
    for (const auto place : client.connections) allowed.push_back(names[place]);
    text += fmt::format("  client {} : spa {{ connections {} }}\n", client.id, fmt::join(allowed, ", "));
  }
  return text;
}

// A condition whose form says its number, and which never holds: `request.hour` is no more than 23.
std::string rule_of_its_own(std::size_t number) {
  std::string condition = "request.hour > 100";
  for (; number != 0; number /= 2)
    condition += number % 2 == 0 ? " and request.password_length > 1000" : " and request.password_age_days < 0";
  return fmt::format("  deny login \"own\" when {}\n", condition);
}

}  // namespace

std::string shared_text(Form form) {
  std::string text(head);
  if (form == Form::written_out || form == Form::own_shape) return text;
  const bool by_the_clock = form == Form::by_the_clock;
  text += fmt::format(
      "template customer(domains_of_it: list of string{0}, length1: int, age1: {1}, length2: int, age2: {1}",
      by_the_clock ? "" : ", opens: int, closes: int", by_the_clock ? "duration" : "int");
  if (form == Form::ten_rules)
    text += ", refused: list of string, suspended: string, dawn: int, dusk: int, longest: int";
  text += ") {\n";
  const Constants parameters = {"domains_of_it", "opens", "closes", {"length1", "length2"}, {"age1", "age2"}};
  text += by_the_clock ? rules(parameters, "", age_in_time) : rules(parameters, hours(parameters), age_in_days);
  if (form == Form::ten_rules) text += further_rules;
  return text + "}\n";
}

std::string tenant_text(const Tenant& tenant, Form form, std::size_t number) {
  const auto& [first, second] = tenant.passwords;
  const auto domains = list(tenant.domains);
  if (form == Form::from_template || form == Form::ten_rules) {
    auto arguments = fmt::format("{}, {}, {}, {}, {}, {}, {}", domains, tenant.open, tenant.close, first.shortest,
                                 first.oldest, second.shortest, second.oldest);
    auto body = things(tenant);
    if (form == Form::ten_rules) {
      const auto further = further_of(tenant);
      arguments += fmt::format(", {}, \"{}\", {}, {}, {}", list(further.refused), further.suspended, further.dawn,
                               further.dusk, further.longest);
      body += zone("hostile", further.hostile);
    }
    return fmt::format("tenant {} from customer({}) {{\n{}}}\n", tenant.id, arguments, body);
  }
  if (form == Form::by_the_clock)
    return fmt::format("tenant {} from customer({}, {}, {}d, {}, {}d) {{\n{}{}}}\n", tenant.id, domains, first.shortest,
                       first.oldest, second.shortest, second.oldest, things(tenant), window(tenant));
  const auto text = [](int value) { return std::to_string(value); };
  const Constants own = {domains,
                         text(tenant.open),
                         text(tenant.close),
                         {text(first.shortest), text(second.shortest)},
                         {text(first.oldest), text(second.oldest)}};
  return fmt::format("tenant {} {{\n{}{}{}}}\n", tenant.id, things(tenant), rules(own, hours(own), age_in_days),
                     form == Form::own_shape ? rule_of_its_own(number) : "");
}

}  // namespace writ::bench
