// The realm's own users: who may register, which passwords they set, and when they are locked out.
#include "compiler/import/keycloak_plan.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::keycloak {

namespace {

// A number of the realm within bounds, or what Keycloak takes when it is absent.
std::int64_t number(const Fields& realm, std::string_view name, std::int64_t otherwise, std::int64_t low,
                    std::int64_t high) {
  const auto value = realm.number(name);
  if (!value) return otherwise;
  if (*value >= low && *value <= high) return realm.take(name), *value;
  realm.note(Outcome::wrong, name, fmt::format("{} is not from {} to {}; {} is taken", *value, low, high, otherwise));
  return otherwise;
}

constexpr std::int64_t year = 31'536'000;

std::string lockout(const Fields& realm) {
  if (!realm.flag("bruteForceProtected").value_or(false)) return "";
  realm.take("bruteForceProtected");
  const auto attempts = number(realm, "failureFactor", 30, 1, 1'000'000);
  const auto within = number(realm, "maxDeltaTimeSeconds", 43'200, 1, year);
  if (realm.flag("permanentLockout").value_or(false)) {
    if (realm.number("maxTemporaryLockouts").value_or(0) > 0)
      realm.note(Outcome::approximated, "maxTemporaryLockouts",
                 "Keycloak locks out for a time first; Writ until somebody resets the counter");
    return fmt::format("lockout {{\n{} attempts per identifier\n}}", attempts);
  }
  const auto wait = number(realm, "waitIncrementSeconds", 60, 1, year);
  realm.note(Outcome::approximated, "waitIncrementSeconds",
             fmt::format("Keycloak waits longer with every {} failures, up to maxFailureWaitSeconds; Writ {} s after "
                         "each failure from the {}th on",
                         attempts, wait, attempts));
  if (wait > within)
    realm.note(Outcome::approximated, "maxDeltaTimeSeconds",
               fmt::format("Keycloak waits {} s and counts failures for {} s; Writ counts them for as long as it waits",
                           wait, within));
  if (realm.has("quickLoginCheckMilliSeconds"))
    realm.note(Outcome::not_expressible, "quickLoginCheckMilliSeconds",
               "Writ does not look at how quickly failures follow one another");
  return fmt::format("lockout {{\n{} attempts per identifier within {}s\nblock {}s\n}}", attempts,
                     std::max(within, wait), wait);
}

}  // namespace

void take_users(Making& making) {
  const auto& realm = making.realm;
  Connection connection;
  connection.name = connection.wire = "users";
  connection.origin = "The realm's own users.";
  connection.signup_open = realm.flag("registrationAllowed").value_or(false);
  realm.take("registrationAllowed");
  if (const auto requirements = password_requirements(realm.text("passwordPolicy").value_or(""), making);
      !requirements.empty())
    connection.statements.push_back(fmt::format("password {{\n{}\n}}", fmt::join(requirements, "\n")));
  if (auto statement = lockout(realm); !statement.empty()) connection.statements.push_back(std::move(statement));
  making.tenant.connections.push_back(std::move(connection));
  if (!realm.flag("resetPasswordAllowed").value_or(false)) {
    realm.take("resetPasswordAllowed");
    making.tenant.rules.emplace_back("deny password_reset \"forgotten passwords are not reset\"");
  }
  if (realm.flag("verifyEmail").value_or(false)) {
    realm.take("verifyEmail");
    making.tenant.rules.emplace_back("require verify_email \"a verified address\" on users");
  }
}

}  // namespace writ::importing::keycloak
