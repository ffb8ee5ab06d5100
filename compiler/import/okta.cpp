// The export's parts in the order in which they need one another.
#include "compiler/import/okta.h"

#include "compiler/import/okta_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing {

namespace okta {

std::string Making::unique(std::set<std::string>& taken, const std::string& wanted) {
  const auto first = wanted.empty() ? std::string("unnamed") : wanted;
  auto made = first;
  for (int number = 2; !taken.insert(made).second; ++number) made = fmt::format("{} ({})", first, number);
  return made;
}

std::string Making::host_fact(const Fields& fields, std::string_view field, const std::string& name,
                              const std::string& what) {
  const auto made = fact("okta." + host_facts.make(name), "bool");
  fields.note(Outcome::approximated, field, fmt::format("{}; the host says whether it holds: {}", what, made));
  tenant.comments.push_back(fmt::format("{}: {}.", made, what));
  return made;
}

std::string Making::named(const std::string& condition, const std::string& name, const std::string& comment) {
  const bool one_word = condition.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (condition.empty() || one_word) return condition;
  const auto made = words.make(name);
  tenant.zones.push_back(fmt::format("// {}\nlet {} = {}", comment_text(comment), made, condition));
  return made;
}

namespace {

std::vector<Policy> read_policies(const Making& making, std::string_view type) {
  struct Ordered {
    std::int64_t priority;
    std::size_t place;
  };
  const auto in_order = [](std::vector<Ordered>& list) { std::ranges::stable_sort(list, {}, &Ordered::priority); };
  constexpr std::int64_t last = INT64_MAX;
  const auto priority_of = [&](const Fields& fields) {
    return fields.flag("system").value_or(false) ? last : fields.number("priority").value_or(last - 1);
  };
  const auto active = [](const Fields& fields) { return fields.text("status").value_or("ACTIVE") == "ACTIVE"; };

  const auto& source = making.source;
  std::vector<Ordered> order;
  for (std::size_t i = 0; i < source.policies.size(); ++i) {
    const auto fields = making.fields(source.policies[i]);
    if (fields.text("type") == type && active(fields)) order.push_back({priority_of(fields), i});
  }
  in_order(order);
  std::vector<Policy> policies;
  for (const auto& one : order) {
    const auto fields = making.fields(source.policies[one.place]);
    Policy policy{fields, fields.text("id").value_or(""), fields.text("name").value_or("policy")};
    policy.is_default = fields.flag("system").value_or(false);
    std::vector<Ordered> rules;
    for (std::size_t i = 0; i < source.rules.size(); ++i) {
      const auto& rule = source.rules[i];
      const auto of_rule = making.fields(rule);
      auto rule_type = of_rule.text("type").value_or(std::string(type));
      if (rule_type == "SIGN_ON") rule_type = "OKTA_SIGN_ON";
      // A rule that does not say whose it is belongs to the only policy of its kind.
      const bool mine = rule_type == type && (rule.policy == policy.id || (rule.policy.empty() && order.size() == 1));
      if (mine && active(of_rule)) rules.push_back({priority_of(of_rule), i});
    }
    in_order(rules);
    for (const auto& rule : rules) {
      const auto of_rule = making.fields(source.rules[rule.place]);
      policy.rules.push_back({of_rule, of_rule.text("name").value_or("rule")});
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace

const std::vector<Policy>& policies_of(Making& making, std::string_view type) {
  const auto found = making.policies.find(type);
  if (found != making.policies.end()) return found->second;
  return making.policies.emplace(std::string(type), read_policies(making, type)).first->second;
}

}  // namespace okta

namespace {

constexpr std::array<std::string_view, 6> read_types = {"OKTA_SIGN_ON", "ACCESS_POLICY", "PASSWORD",
                                                        "MFA_ENROLL",   "IDP_DISCOVERY", "PROFILE_ENROLLMENT"};

// What is not active, what has no rules, whose policy is not there, and kinds that bear on no decision.
void tell_what_is_left(const okta::Making& making) {
  std::set<std::string> known, used;
  for (const auto& thing : making.source.policies) known.insert(making.fields(thing).text("id").value_or(""));
  for (const auto& rule : making.source.rules) {
    used.insert(rule.policy);
    const auto fields = making.fields(rule);
    if (fields.text("status").value_or("ACTIVE") != "ACTIVE")
      fields.note(Outcome::approximated, "status", "the rule is not active, so it is left out");
    else if (!rule.policy.empty() && !known.contains(rule.policy))
      fields.note(Outcome::wrong, "_links.self",
                  fmt::format("there is no policy `{}` in the export; left out", rule.policy));
    else if (rule.policy.empty())
      fields.note(
          Outcome::approximated, "_links.self",
          "it does not say whose rule it is: that of the only policy of its kind, and of none if there are several");
  }
  for (const auto& thing : making.source.policies) {
    const auto fields = making.fields(thing);
    const auto type = fields.text("type").value_or("");
    if (std::ranges::find(read_types, type) == read_types.end()) {
      making.report.unread.insert(type);
    } else if (fields.text("status").value_or("ACTIVE") != "ACTIVE") {
      fields.note(Outcome::approximated, "status", "the policy is not active, so it is left out");
    } else if (!used.contains(fields.text("id").value_or("")) && !used.contains("") && type != "PROFILE_ENROLLMENT") {
      fields.note(Outcome::wrong, "rules", "its rules are not in the export (`/rules`, or `?expand=rules`)");
    }
  }
}

void declare(okta::Making& making) {
  auto& preamble = making.tenant.preamble;
  if (!making.attributes.empty()) {
    std::string text = "attributes {\n";
    for (const auto& [name, type] : making.attributes) text += fmt::format("{} : {}\n", name, type);
    preamble.push_back(text + "}");
  }
  for (const auto& [name, condition] : making.obligations)
    preamble.push_back(fmt::format("obligation {} satisfied when {}", name, condition));
}

void allow(Tenant& tenant) {
  auto& rules = tenant.rules;
  const auto machine = [](const Client& client) {
    return client.type == ClientType::m2m ||
           std::ranges::find(client.grants, "client_credentials") != client.grants.end();
  };
  if (std::ranges::any_of(tenant.clients, machine)) rules.insert(rules.begin(), "allow m2m");
  if (std::ranges::any_of(tenant.clients, [](const Client& client) { return !client.connections.empty(); }))
    rules.insert(rules.begin(), "allow login, signup, password_change, password_reset, refresh");
}

}  // namespace

Tenant plan_okta(const OktaExport& source, const std::string& name, Report& report) {
  okta::Making making{source, report};
  making.tenant.wire = name;
  making.tenant.name = Names("tenant").make(name);
  making.tenant.origin = "Okta, " + source.origin;
  okta::take_zones(making);
  okta::take_providers(making);
  okta::take_passwords(making);
  okta::take_apps(making);
  okta::take_discovery(making);
  okta::take_sign_on(making);
  okta::take_access(making);
  okta::take_enrolment(making);
  allow(making.tenant);
  declare(making);
  tell_what_is_left(making);
  return std::move(making.tenant);
}

}  // namespace writ::importing
