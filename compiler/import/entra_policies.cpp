// A policy is a condition and what it asks for then. Facts that Writ does not know are declared as attributes the host must give, so
// that a request without them is refused and not let through. A policy with a condition that cannot be said is left out whole and
// told: with less of a condition it would block others, with none of it nobody.
#include "compiler/import/entra.h"
#include "compiler/import/fields.h"
#include "runtime/program/spelling.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing {

namespace {

constexpr std::string_view actions = "login, refresh", other_app = "other";

struct Fact {
  std::string_view name, type;
};
constexpr std::array facts = {
    Fact{"user.guest", "bool"},
    Fact{"user.risk", "one of none, low, medium, high"},
    Fact{"request.sign_in_risk", "one of none, low, medium, high"},
    Fact{"request.client_app", "one of browser, mobile_desktop, exchange_active_sync, eas_supported, other"},
    Fact{"request.transfer", "one of none, device_code, authentication_transfer"},
    Fact{"device.platform", "one of android, ios, windows, macos, linux, windows_phone, unknown"},
    Fact{"device.compliant", "bool"},
    Fact{"device.hybrid_joined", "bool"},
    Fact{"device.approved_app", "bool"},
    Fact{"device.protected_app", "bool"},
};

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array app_types = {Pair{"browser", "browser"}, Pair{"mobileappsanddesktopclients", "mobile_desktop"},
                                  Pair{"exchangeactivesync", "exchange_active_sync"},
                                  Pair{"eassupported", "eas_supported"}, Pair{"other", "other"}};
constexpr std::array platforms = {Pair{"android", "android"}, Pair{"ios", "ios"},
                                  Pair{"windows", "windows"}, Pair{"macos", "macos"},
                                  Pair{"linux", "linux"},     Pair{"windowsphone", "windows_phone"}};
constexpr std::array risks = {Pair{"none", "none"}, Pair{"low", "low"}, Pair{"medium", "medium"}, Pair{"high", "high"}};
constexpr std::array transfers = {Pair{"devicecodeflow", "device_code"},
                                  Pair{"authenticationtransfer", "authentication_transfer"}};

struct Location {
  std::string condition;  // empty: Writ cannot say where it is
  bool trusted = false;
};

class Making {
 public:
  Making(const EntraExport& source, Report& report) : source_(source), report_(report) {}

  Tenant tenant(const std::string& name) {
    tenant_.wire = name;
    tenant_.name = Names("tenant").make(name);
    tenant_.origin = "Microsoft Entra, conditional access in " + source_.origin;
    Connection connection;
    connection.name = connection.wire = "entra";
    names_.take(connection.name);
    connection.origin = "The directory.";
    connection.strategy = strategy_named("waad").value();
    tenant_.connections.push_back(std::move(connection));
    tenant_.rules.push_back(fmt::format("allow {} on entra", actions));
    for (const auto& thing : source_.locations) location(thing);
    for (const auto& thing : source_.policies) policy(thing);
    app(std::string(other_app));
    declare();
    return std::move(tenant_);
  }

 private:
  struct CannotSay {
    std::string field, why;
  };

  // ---------------------------------------------------------------- locations

  void location(const EntraThing& thing) {
    const Fields fields(thing.value, thing.origin, report_);
    const auto id = fields.text("id");
    if (!id) return fields.note(Outcome::wrong, "id", "a location without an id is passed over");
    std::vector<std::string> places;
    for (const auto& range : fields.objects("ipRanges"))
      if (const auto block = range.text("cidrAddress"); block && parse_cidr(*block)) {
        range.take("cidrAddress");
        places.push_back(*block);
      } else {
        range.note(Outcome::wrong, "cidrAddress", "it is no block of addresses and is passed over");
      }
    for (const auto& country : fields.texts("countriesAndRegions"))
      if (is_country(country)) {
        fields.take("countriesAndRegions");
        places.push_back("country " + literal(country));
      } else {
        fields.note(Outcome::wrong, "countriesAndRegions", fmt::format("`{}` is passed over", country));
      }
    Location made{{}, fields.flag("isTrusted").value_or(false)};
    if (!places.empty()) {
      const auto zone = names_.make(fields.text("displayName").value_or("location"));
      tenant_.zones.push_back(fmt::format("zone {} = {}", zone, fmt::join(places, ", ")));
      made.condition = fmt::format("(request in {} else {})", zone,
                                   fields.flag("includeUnknownCountriesAndRegions").value_or(false));
    }
    locations_.emplace(*id, std::move(made));
  }

  // ---------------------------------------------------------------- policies

  void policy(const EntraThing& thing) {
    const Fields fields(thing.value, thing.origin, report_);
    const auto name = unique(fields.text("displayName").value_or(thing.origin));
    const auto state = fields.text("state").value_or("");
    fields.take("state");
    if (state == "disabled")
      return fields.note(Outcome::approximated, "state", fmt::format("`{}` does not apply, so it is left out", name));
    if (state != "enabled" && state != "enabledForReportingButNotEnforced")
      fields.note(Outcome::wrong, "state",
                  fmt::format("`{}` is no state of `{}`; it is taken as enabled", state, name));
    conditions_.clear();
    try {
      const auto conditions = fields.object("conditions");
      for (const auto* field : {"clientApplications", "agents", "agentContext", "agentIdRiskLevels",
                                "servicePrincipalRiskLevels", "insiderRiskLevels", "deviceStates", "times"})
        if (says_something(conditions, field))
          throw CannotSay{std::string("conditions.") + field, "Writ has no such condition"};
      applications(conditions.object("applications"));
      users(conditions.object("users"));
      one_of(conditions, "clientAppTypes", "request.client_app", app_types);
      one_of(conditions, "signInRiskLevels", "request.sign_in_risk", risks);
      one_of(conditions, "userRiskLevels", "user.risk", risks);
      device_platforms(conditions.object("platforms"));
      places(conditions.object("locations"));
      if (const auto filter = conditions.object("devices").object("deviceFilter"); filter.has("rule"))
        throw CannotSay{"conditions.devices.deviceFilter", "a filter of devices is an expression of Entra's"};
      transfer(conditions.object("authenticationFlows"));
      effects(fields, name, state == "enabled" ? "" : "report ");
    } catch (const CannotSay& cannot) {
      if (cannot.why.empty())
        return fields.note(Outcome::approximated, cannot.field,
                           fmt::format("`{}` applies to nobody, so it is left out", name));
      fields.note(Outcome::not_expressible, cannot.field, fmt::format("`{}` is left out: {}", name, cannot.why));
      tenant_.comments.push_back(fmt::format("Left out: {} ({}).", name, cannot.why));
    }
  }

  // Whether a condition that Writ does not have holds anything: null and empty ones are in every export.
  static bool says_something(const Fields& conditions, const char* field) {
    const auto* const value = conditions.find(field);
    if (value == nullptr) return false;
    if (!value->is_object()) return !value->empty() && *value != "";
    return std::ranges::any_of(value->items(), [](const auto& item) {
      return item.key().find('@') == std::string::npos && !item.value().is_null() && !item.value().empty();
    });
  }

  void require(std::string condition) { conditions_.push_back(std::move(condition)); }
  std::string use(std::string_view fact) {
    used_.insert(std::string(fact));
    return std::string(fact);
  }

  std::string app(const std::string& id) {
    const auto [found, fresh] = apps_.emplace(id, "");
    if (!fresh) return found->second;
    Client client;
    client.wire = id;
    client.name = found->second = names_.make(id);
    client.origin = id == other_app ? "Every application that no policy names." : "An application that a policy names.";
    client.type = ClientType::web;
    client.grants = {"authorization_code", "refresh_token"};
    client.connections = {0};
    tenant_.clients.push_back(std::move(client));
    return found->second;
  }
  std::string apps(const std::vector<std::string>& ids) {
    std::vector<std::string> names;
    for (const auto& id : ids) names.push_back(app(id));
    return fmt::format("client in [{}]", fmt::join(names, ", "));
  }

  void applications(const Fields& fields) {
    auto include = fields.texts("includeApplications"), exclude = fields.texts("excludeApplications");
    std::erase(include, "");
    std::erase(exclude, "");
    if (!fields.texts("includeUserActions").empty())
      throw CannotSay{"conditions.applications.includeUserActions",
                      "it is about registering devices or factors, not about signing in"};
    if (!fields.texts("includeAuthenticationContextClassReferences").empty())
      throw CannotSay{"conditions.applications.includeAuthenticationContextClassReferences",
                      "Writ has no authentication contexts"};
    if (!fields.object("applicationFilter").keys().empty())
      throw CannotSay{"conditions.applications.applicationFilter",
                      "a filter of applications is an expression of Entra's"};
    if (include.empty() || std::ranges::find(include, "None") != include.end())
      throw CannotSay{"conditions.applications", ""};
    fields.take("includeApplications");
    if (std::ranges::find(include, "All") == include.end()) require(apps(include));
    if (!exclude.empty()) require("not " + apps(exclude));
  }

  // Lists that are long stand once, under a name: several policies are about the same people.
  std::string list_of(std::vector<std::string> ids, const char* kind) {
    constexpr std::size_t short_list = 3;
    std::ranges::sort(ids);
    for (auto& id : ids) id = literal(id);
    const auto text = fmt::format("[{}]", fmt::join(ids, ", "));
    if (ids.size() <= short_list) return text;
    const auto [found, fresh] = lists_.emplace(text, "");
    if (fresh) {
      found->second = names_.make(kind);
      tenant_.zones.push_back(fmt::format("let {} = {}", found->second, text));
    }
    return found->second;
  }
  std::string any_in(std::string_view set, const std::vector<std::string>& ids, const char* kind) {
    return fmt::format("(any one in {} : one in {})", set, list_of(ids, kind));
  }

  // Who is among the users, groups, roles and guests of `include…` or `exclude…`; empty: nobody is named.
  std::string people(const Fields& fields, const std::string& which, bool& all) {
    std::vector<std::string> ways, ids;
    for (const auto& user : fields.texts(which + "Users")) {
      if (user == "All") all = true;
      if (user == "GuestsOrExternalUsers") ways.push_back(use("user.guest"));
      if (user != "All" && user != "None" && user != "GuestsOrExternalUsers") ids.push_back(literal(user));
    }
    if (!ids.empty()) ways.push_back(fmt::format("user.id in [{}]", fmt::join(ids, ", ")));
    if (const auto groups = fields.texts(which + "Groups"); !groups.empty())
      ways.push_back(any_in("user.groups", groups, "groups"));
    if (const auto roles = fields.texts(which + "Roles"); !roles.empty())
      ways.push_back(any_in("user.roles", roles, "roles"));
    if (const auto guests = fields.object(which + "GuestsOrExternalUsers"); !guests.keys().empty()) {
      guests.note(Outcome::approximated, "guestOrExternalUserTypes",
                  "every kind of guest is one to Writ: the attribute user.guest");
      ways.push_back(use("user.guest"));
    }
    if (!ways.empty()) fields.take(which + "Users");
    return ways.empty() ? "" : fmt::format("({})", fmt::join(ways, " or "));
  }
  void users(const Fields& fields) {
    bool all = false, none = false;
    const auto include = people(fields, "include", all), exclude = people(fields, "exclude", none);
    if (!all && include.empty()) throw CannotSay{"conditions.users", ""};
    if (none) throw CannotSay{"conditions.users.excludeUsers", ""};
    if (!all) require(include);
    if (!exclude.empty()) require("not " + exclude);
  }

  template <std::size_t N>
  std::vector<std::string_view> words(const Fields& fields, std::string_view field,
                                      const std::vector<std::string>& given, const std::array<Pair, N>& table) {
    std::vector<std::string_view> found;
    for (const auto& one : given) {
      const auto* const row = std::ranges::find(table, lower_case(one), &Pair::first);
      if (row == table.end()) throw CannotSay{fields.path(field), fmt::format("`{}` is not known", one)};
      if (std::ranges::find(found, row->second) == found.end()) found.push_back(row->second);
    }
    if (!found.empty()) fields.take(field);
    return found;
  }

  template <std::size_t N>
  void one_of(const Fields& fields, std::string_view field, std::string_view fact, const std::array<Pair, N>& table) {
    const auto given = fields.texts(field);
    if (given.empty() || std::ranges::any_of(given, [](const auto& one) { return lower_case(one) == "all"; })) return;
    require(fmt::format("{} in [{}]", use(fact), fmt::join(words(fields, field, given, table), ", ")));
  }

  void device_platforms(const Fields& fields) {
    const auto include = fields.texts("includePlatforms"), exclude = fields.texts("excludePlatforms");
    const bool all = std::ranges::any_of(include, [](const auto& one) { return lower_case(one) == "all"; });
    if (!include.empty() && !all)
      require(fmt::format("{} in [{}]", use("device.platform"),
                          fmt::join(words(fields, "includePlatforms", include, platforms), ", ")));
    if (!exclude.empty())
      require(fmt::format("not {} in [{}]", use("device.platform"),
                          fmt::join(words(fields, "excludePlatforms", exclude, platforms), ", ")));
  }

  std::string anywhere_of(const Fields& fields, std::string_view field, bool& all) {
    std::vector<std::string> ways;
    for (const auto& id : fields.texts(field)) {
      if (id == "All") all = true;
      if (id == "All") continue;
      const auto add = [&](const std::string& of, const Location& location) {
        if (location.condition.empty())
          throw CannotSay{fields.path(field), fmt::format("where `{}` is cannot be said", of)};
        ways.push_back(location.condition);
      };
      if (id == "AllTrusted") {
        for (const auto& [of, location] : locations_)
          if (location.trusted) add(of, location);
        continue;
      }
      const auto found = locations_.find(id);
      if (found == locations_.end())
        throw CannotSay{fields.path(field), fmt::format("location `{}` is not in the export", id)};
      add(id, found->second);
    }
    if (!ways.empty()) fields.take(field);
    return ways.empty() ? "" : fmt::format("({})", fmt::join(ways, " or "));
  }
  void places(const Fields& fields) {
    bool all = false, none = false;
    const auto include = anywhere_of(fields, "includeLocations", all),
               exclude = anywhere_of(fields, "excludeLocations", none);
    if (none) throw CannotSay{"conditions.locations.excludeLocations", ""};
    if (!all && !include.empty()) require(include);
    if (!exclude.empty()) require("not " + exclude);
  }

  void transfer(const Fields& fields) {
    const auto text = fields.text("transferMethods").value_or("");
    std::vector<std::string> given;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find(',', at), text.size());
      given.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    if (given.empty() || text == "none") return;
    require(fmt::format("{} in [{}]", use("request.transfer"),
                        fmt::join(words(fields, "transferMethods", given, transfers), ", ")));
  }

  // ---------------------------------------------------------------- what it asks for

  std::string when() const {
    return conditions_.empty() ? "" : fmt::format("\nwhen {}", fmt::join(conditions_, " and "));
  }

  void effects(const Fields& fields, const std::string& name, std::string_view report) {
    const auto grant = fields.object("grantControls");
    const auto built_in = grant.texts("builtInControls");
    if (std::ranges::find(built_in, "block") != built_in.end()) {
      grant.take("builtInControls");
      tenant_.rules.push_back(fmt::format("{}deny {} {}{}", report, actions, literal(name), when()));
      return;
    }
    std::vector<std::string> controls;
    for (const auto& one : built_in) controls.push_back(control(grant, one));
    if (const auto strength = grant.object("authenticationStrength"); strength.has("displayName")) {
      const auto wanted = strength.text("displayName").value_or("");
      strength.note(Outcome::approximated, "displayName",
                    fmt::format("the host says which strength was reached: session.acr == \"{}\"", wanted));
      controls.push_back(fmt::format("step_up({})", literal(wanted)));
    }
    for (const auto& terms : grant.texts("termsOfUse")) controls.push_back(fmt::format("accept({})", literal(terms)));
    for (const auto& factor : grant.texts("customAuthenticationFactors"))
      throw CannotSay{"grantControls.customAuthenticationFactors",
                      fmt::format("`{}` is a factor of somebody else's", factor)};
    if (!controls.empty()) grant.take("builtInControls");
    if (grant.text("operator").value_or("OR") == "AND")
      for (const auto& one : controls)
        demand(report, one, controls.size() == 1 ? name : unique(fmt::format("{}: {}", name, one)));
    else if (!controls.empty())
      demand(report, fmt::format("{}", fmt::join(controls, " or ")), name);
    session(fields.object("sessionControls"), name, report);
  }

  void demand(std::string_view report, const std::string& obligation, const std::string& name) {
    tenant_.rules.push_back(
        fmt::format("{}require {} for {} {}{}", report, obligation, actions, literal(name), when()));
  }

  std::string control(const Fields& grant, const std::string& name) {
    const auto own = [&](const char* obligation, const char* fact) {
      use(fact);
      obligations_.emplace(obligation, fact);
      return std::string(obligation);
    };
    if (name == "mfa") return "mfa";
    if (name == "passwordChange") return "change_password";
    if (name == "compliantDevice") return own("compliant_device", "device.compliant");
    if (name == "domainJoinedDevice") return own("hybrid_joined_device", "device.hybrid_joined");
    if (name == "approvedApplication") return own("approved_app", "device.approved_app");
    if (name == "compliantApplication") return own("protected_app", "device.protected_app");
    throw CannotSay{grant.path("builtInControls"), fmt::format("`{}` is no control that Writ knows", name)};
  }

  void session(const Fields& fields, const std::string& name, std::string_view report) {
    if (const auto frequency = fields.object("signInFrequency"); frequency.flag("isEnabled").value_or(false)) {
      const auto value = frequency.number("value");
      if (frequency.text("frequencyInterval") == "everyTime") {
        frequency.note(Outcome::approximated, "frequencyInterval",
                       "every time is written as within five minutes, Entra's own tolerance");
        demand(report, "reauthenticate within 5m", unique(name + ": sign-in frequency"));
      } else if (value && *value >= 1 && *value <= 1'000) {
        frequency.take("value");
        demand(report, fmt::format("reauthenticate within {}{}", *value, frequency.text("type") == "days" ? "d" : "h"),
               unique(name + ": sign-in frequency"));
      } else {
        frequency.note(Outcome::wrong, "value", "it is no number from 1 to 1000");
      }
    }
    for (const auto* one : {"persistentBrowser", "applicationEnforcedRestrictions", "cloudAppSecurity",
                            "continuousAccessEvaluation", "secureSignInSession"})
      if (fields.has(one))
        fields.note(Outcome::not_expressible, one, fmt::format("`{}`: what a session may do is the host's", name));
  }

  std::string unique(const std::string& name) {
    auto made = name;
    for (int number = 2; !rule_names_.insert(made).second; ++number) made = fmt::format("{} ({})", name, number);
    return made;
  }

  void declare() {
    if (used_.empty()) return;
    std::string attributes = "attributes {\n";
    for (const auto& fact : facts)
      if (used_.contains(std::string(fact.name))) attributes += fmt::format("{} : {}\n", fact.name, fact.type);
    tenant_.preamble.push_back(attributes + "}");
    for (const auto& [obligation, fact] : obligations_)
      tenant_.preamble.push_back(fmt::format("obligation {} satisfied when {}", obligation, fact));
  }

  const EntraExport& source_;
  Report& report_;
  Tenant tenant_;
  Names names_{"thing"};  // of zones, lists and applications: in a condition each of them is a word
  std::map<std::string, Location> locations_;
  std::map<std::string, std::string> apps_, lists_;
  std::map<std::string, std::string> obligations_;
  std::set<std::string> used_, rule_names_;
  std::vector<std::string> conditions_;
};

}  // namespace

Tenant plan_entra(const EntraExport& source, const std::string& name, Report& report) {
  return Making(source, report).tenant(name);
}

}  // namespace writ::importing
