// Attack protection as lockouts and requirements of passwords, second factors as a rule.
#include "compiler/import/auth0_plan.h"
#include "runtime/program/value.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::auth0 {

namespace {

bool blocks(const Fields& fields) {
  const auto shields = fields.texts("shields");
  return std::ranges::find(shields, "block") != shields.end();
}

// Addresses and blocks that are exempt.
std::string exempt(const Fields& fields) {
  std::vector<std::string> good;
  for (const auto& one : fields.texts("allowlist")) {
    if (parse_cidr(one))
      good.push_back(one);
    else
      fields.note(Outcome::wrong, "allowlist", fmt::format("`{}` is neither an address nor a block", one));
  }
  if (good.empty()) return "";
  fields.take("allowlist");
  return fmt::format("\nexempt {}", fmt::join(good, ", "));
}

void take_brute_force(Making& making, const Fields& fields) {
  if (!fields.flag("enabled").value_or(false)) return;
  if (!blocks(fields)) {
    fields.note(Outcome::approximated, "shields", "nothing is blocked, so nothing is written: it only notifies");
    return;
  }
  const auto attempts = fields.number("max_attempts").value_or(10);
  if (attempts < 1 || attempts > 100) {
    fields.note(Outcome::wrong, "max_attempts", fmt::format("{} is not from 1 to 100; nothing is written", attempts));
    return;
  }
  fields.take("max_attempts");
  fields.take("mode");
  const auto per = fields.text("mode") == "count_per_identifier" ? "identifier" : "identifier and ip";
  making.protection.lockout =
      fmt::format("lockout {{\n{} attempts per {}\nblock 30d{}\n}}", attempts, per, exempt(fields));
  fields.note(
      Outcome::approximated, "enabled",
      "Auth0 unblocks after 30 days without a failure, or when somebody does; the host resets its counter then");
}

void take_throttling(Making& making, const Fields& fields) {
  if (!fields.flag("enabled").value_or(false) || !blocks(fields)) return;
  const auto login = fields.object("stage").object("pre-login");
  const auto attempts = login.number("max_attempts").value_or(100);
  if (attempts < 1 || attempts > 2'500) {
    login.note(Outcome::wrong, "max_attempts", fmt::format("{} is not from 1 to 2500; nothing is written", attempts));
    return;
  }
  login.note(
      Outcome::approximated, "rate",
      fmt::format(
          "Auth0 gives back one of the {0} attempts at a time; written as {0} failures of an address within a day",
          attempts));
  making.tenant.rules.push_back(
      fmt::format("lockout {{\n{} attempts per ip within 1d{}\n}}", attempts, exempt(fields)));
}

void take_breached(Making& making, const Fields& fields) {
  if (!fields.flag("enabled").value_or(false)) return;
  const auto stage = fields.object("stage");
  const bool signup = blocks(stage.object("pre-user-registration")),
             change = blocks(stage.object("pre-change-password"));
  if (signup || change) {
    fields.take("stage");
    making.protection.breached = true;
  }
  if (signup != change)
    stage.note(Outcome::approximated, signup ? "pre-change-password" : "pre-user-registration",
               "Auth0 blocks breached passwords at one of sign-up and change; Writ asks at both");
  if (blocks(fields))
    fields.note(Outcome::not_expressible, "shields",
                "a login with a breached password is not blocked: Writ sees no password at a login; the host may set "
                "user.blocked");
}

void take_factors(Making& making) {
  for (const auto& thing : making.source.section("guardianPolicies")) {
    const auto fields = making.fields(thing);
    const auto policies = fields.texts("policies");
    const auto has = [&](std::string_view name) { return std::ranges::find(policies, name) != policies.end(); };
    if (has("all-applications")) {
      fields.take("policies");
      making.tenant.rules.emplace_back("require mfa \"a second factor for all applications\"");
    } else if (has("confidence-score")) {
      fields.note(
          Outcome::approximated, "policies",
          "Auth0 weighs a login by means of its own; written as: a device, a place or an address that is not trusted");
      making.tenant.rules.emplace_back(
          "require mfa \"a second factor when in doubt\" when not (request.device_known else false)\n"
          "or (request.impossible_travel else false) or (request.ip_reputation else low) == low");
    }
    bool any = making.source.section("guardianFactors").empty();
    for (const auto& factor : making.source.section("guardianFactors"))
      any = any || making.fields(factor).flag("enabled").value_or(false);
    if (!policies.empty() && !any)
      fields.note(Outcome::wrong, "policies", "a second factor is asked for, and no factor is enabled");
  }
}

}  // namespace

void take_protection(Making& making) {
  for (const auto& thing : making.source.section("attackProtection")) {
    const auto fields = making.fields(thing);
    take_brute_force(making, fields.object("bruteForceProtection"));
    take_throttling(making, fields.object("suspiciousIpThrottling"));
    take_breached(making, fields.object("breachedPasswordDetection"));
    for (const auto* name : {"botDetection", "captcha"})
      if (fields.has(name)) making.report.unread.insert("attackProtection." + std::string(name));
  }
  take_factors(making);
}

}  // namespace writ::importing::auth0
