// The browser flow, as far as it asks for a second factor: an authenticator of one, in a flow that is entered always or under
// conditions that Writ has facts for. A conditional flow without a condition that is known asks for nothing here and is told.
#include "compiler/import/keycloak_plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::keycloak {

namespace {

constexpr std::array<std::string_view, 3> second_factors = {"auth-otp-form", "webauthn-authenticator",
                                                            "auth-recovery-authn-code-form"};
constexpr std::string_view if_enrolled = "user.mfa_enrolled";

bool is_condition(std::string_view authenticator) { return authenticator.starts_with("conditional-"); }
bool is_factor(std::string_view authenticator) {
  return std::ranges::find(second_factors, authenticator) != second_factors.end();
}

class Walk {
 public:
  explicit Walk(Making& making) : making_(making) {
    for (auto& flow : making.realm.objects("authenticationFlows"))
      if (auto alias = flow.text("alias")) flows_.emplace(*alias, std::move(flow));
    for (auto& config : making.realm.objects("authenticatorConfig"))
      if (auto alias = config.text("alias")) configs_.emplace(*alias, std::move(config));
  }

  void enter(const std::string& alias, const std::vector<std::string>& conditions) {
    const auto found = flows_.find(alias);
    if (found == flows_.end() || !entered_.insert(alias).second) return;
    const auto executions = found->second.objects("authenticationExecutions");
    const bool only_factors = std::ranges::all_of(executions, [](const Fields& one) {
      const auto authenticator = one.text("authenticator").value_or("");
      return one.text("requirement") == "DISABLED" || is_condition(authenticator) || is_factor(authenticator);
    });
    bool required = false;
    for (const auto& one : executions) {
      const auto requirement = one.text("requirement").value_or("DISABLED");
      const auto authenticator = one.text("authenticator").value_or("");
      if (requirement == "DISABLED") continue;
      if (const auto below = one.text("flowAlias")) {
        if (requirement != "CONDITIONAL")
          enter(*below, conditions);
        else if (auto more = conditions_of(*below)) {
          more->insert(more->begin(), conditions.begin(), conditions.end());
          enter(*below, *more);
        }
      } else if (is_factor(authenticator)) {
        if (requirement == "REQUIRED" || only_factors)
          required = true;
        else
          one.note(Outcome::not_expressible, "requirement",
                   fmt::format("`{}` is one way of several in `{}`", authenticator, alias));
      }
    }
    if (!required) return;
    found->second.take("authenticationExecutions");
    making_.tenant.rules.push_back(fmt::format("require mfa {} on users{}{}", literal("second factor by " + alias),
                                               conditions.empty() ? "" : " when ", fmt::join(conditions, " and ")));
  }

 private:
  // What a conditional flow is entered under; nothing when Writ cannot say it.
  std::optional<std::vector<std::string>> conditions_of(const std::string& alias) {
    const auto found = flows_.find(alias);
    if (found == flows_.end()) return std::nullopt;
    std::vector<std::string> conditions;
    for (const auto& one : found->second.objects("authenticationExecutions")) {
      const auto authenticator = one.text("authenticator").value_or("");
      if (!is_condition(authenticator) || one.text("requirement") == "DISABLED") continue;
      auto condition = condition_of(one, authenticator);
      if (!condition) {
        one.note(Outcome::not_expressible, "authenticator",
                 fmt::format("`{}` decides whether `{}` is entered", authenticator, alias));
        return std::nullopt;
      }
      conditions.push_back(std::move(*condition));
    }
    if (conditions.empty()) return std::nullopt;  // as in Keycloak: never entered
    return conditions;
  }
  std::optional<std::string> condition_of(const Fields& execution, std::string_view authenticator) {
    if (authenticator == "conditional-user-configured") return std::string(if_enrolled);
    if (authenticator != "conditional-user-role") return std::nullopt;
    const auto found = configs_.find(execution.text("authenticatorConfig").value_or(""));
    if (found == configs_.end()) return std::nullopt;
    const auto config = found->second.object("config");
    const auto role = config.text("condUserRole");
    if (!role) return std::nullopt;
    return fmt::format("{} {} user.roles", literal(*role), config.text("negate") == "true" ? "not in" : "in");
  }

  Making& making_;
  std::map<std::string, Fields> flows_, configs_;
  std::set<std::string> entered_;
};

}  // namespace

void take_flow(Making& making) {
  const auto& realm = making.realm;
  if (realm.objects("authenticationFlows").empty())
    making.tenant.rules.push_back(
        fmt::format("require mfa \"second factor by the browser flow\" on users when {}", if_enrolled));
  else
    Walk(making).enter(realm.text("browserFlow").value_or("browser"), {});
  for (const auto& client : realm.objects("clients"))
    if (const auto overrides = client.object("authenticationFlowBindingOverrides"); !overrides.keys().empty())
      client.note(Outcome::not_expressible, "authenticationFlowBindingOverrides", "a flow of its own is not looked at");
}

}  // namespace writ::importing::keycloak
