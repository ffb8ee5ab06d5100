// Password policies. Okta chooses one by the groups a user is in; Writ asks passwords of a connection. So each policy is a store of
// users, a connection, and a rule denies whom the order of the policies puts into another one.
#include "compiler/import/okta_plan.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::okta {

namespace {

constexpr std::int64_t longest_minimum = 1'024, most_minutes = 5'256'000;

// A number within bounds; what Okta takes when it is absent or null, and what is taken when it is out of them.
std::int64_t number(const Fields& fields, const char* name, std::int64_t otherwise, std::int64_t low,
                    std::int64_t high) {
  const auto value = fields.number(name);
  if (!value) return otherwise;
  if (*value >= low && *value <= high) return fields.take(name), *value;
  fields.note(Outcome::wrong, name, fmt::format("{} is not from {} to {}; {} is taken", *value, low, high, otherwise));
  return otherwise;
}

// `password.value.contains('a') OR password.value.contains('b')`: the words; nothing when it says anything else.
std::optional<std::vector<std::string>> words_of(std::string_view expression) {
  constexpr std::string_view call = "password.value.contains('";
  std::vector<std::string> words;
  while (true) {
    const auto begin = expression.find_first_not_of(' ');
    if (begin == expression.npos || !expression.substr(begin).starts_with(call)) return std::nullopt;
    expression.remove_prefix(begin + call.size());
    const auto end = expression.find('\'');
    if (end == expression.npos || end == 0 || !expression.substr(end).starts_with("')")) return std::nullopt;
    words.push_back(literal(expression.substr(0, end)));
    expression.remove_prefix(end + 2);
    const auto more = expression.find_first_not_of(' ');
    if (more == expression.npos) return words;
    expression.remove_prefix(more);
    if (!expression.starts_with("OR ")) return std::nullopt;
    expression.remove_prefix(3);
  }
}

std::string password_of(const Fields& settings) {
  std::vector<std::string> list;
  const auto complexity = settings.object("complexity"), age = settings.object("age");
  list.push_back(fmt::format("length {}..", number(complexity, "minLength", 8, 1, longest_minimum)));
  for (const auto& [field, kind] : {std::pair{"minLowerCase", "lower"}, std::pair{"minUpperCase", "upper"},
                                    std::pair{"minNumber", "digits"}, std::pair{"minSymbol", "symbols"}})
    if (const auto least = number(complexity, field, 1, 0, longest_minimum); least > 0)
      list.push_back(fmt::format("at least {} {}", least, kind));
  if (complexity.flag("excludeUsername").value_or(true)) {
    complexity.take("excludeUsername");
    list.emplace_back("reject contains username");
  }
  if (!complexity.texts("excludeAttributes").empty()) {
    complexity.note(Outcome::approximated, "excludeAttributes",
                    "Writ looks at every value of the profile that the host gives, and at the words in them");
    list.emplace_back("reject personal");
  }
  if (const auto common = complexity.object("dictionary").object("common"); common.flag("exclude").value_or(false)) {
    common.take("exclude");
    list.emplace_back("reject common");
  }
  if (complexity.has("maxConsecutiveCharacters"))
    list.push_back(fmt::format("max repeats {}", number(complexity, "maxConsecutiveCharacters", 72, 1, 72)));
  if (const auto expression = complexity.text("oelStatement"); expression && !expression->empty()) {
    if (const auto words = words_of(*expression)) {
      complexity.note(Outcome::approximated, "oelStatement", "words are refused in either case; Okta's are as written");
      list.push_back(fmt::format("reject words [{}]", fmt::join(*words, ", ")));
    } else {
      complexity.note(Outcome::not_expressible, "oelStatement", "an expression of Okta's about passwords");
    }
  }
  if (const auto count = number(age, "historyCount", 0, 0, 100); count > 0)
    list.push_back(fmt::format("history {}", count));
  if (const auto least = number(age, "minAgeMinutes", 0, 0, most_minutes); least > 0)
    list.push_back(fmt::format("min age {}m", least));
  if (const auto most = number(age, "maxAgeDays", 0, 0, 36'500); most > 0)
    list.push_back(fmt::format("expires after {}d", most));
  if (const auto breached = settings.object("breachedProtection"); breached.has("expireAfterDays"))
    breached.note(Outcome::not_expressible, "expireAfterDays",
                  "Okta looks for breached passwords at a login, where Writ sees none");
  return fmt::format("password {{\n{}\n}}", fmt::join(list, "\n"));
}

std::string lockout_of(const Fields& lockout) {
  const auto attempts = number(lockout, "maxAttempts", 10, 0, 1'000'000);
  if (attempts == 0) return "";
  const auto minutes = number(lockout, "autoUnlockMinutes", 0, 0, most_minutes);
  return fmt::format("lockout {{\n{} attempts per identifier{}\n}}", attempts,
                     minutes > 0 ? fmt::format("\nblock {}m", minutes) : "");
}

struct Store {
  std::size_t place;
  std::string name, condition;
};

// Whether users may change and reset their passwords: the rules of the policy, the first that holds.
void take_changes(Making& making, const Policy& policy, const std::string& connection) {
  std::vector<std::string> conditions;
  for (const auto& rule : policy.rules)
    conditions.push_back(condition_of(making, rule.fields.object("conditions"), rule.name));
  for (const auto& [field, action] :
       {std::pair{"passwordChange", "password_change"}, std::pair{"selfServicePasswordReset", "password_reset"}}) {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
      const auto& rule = policy.rules[i];
      const auto& condition = conditions[i];
      const auto access = rule.fields.object("actions").object(field);
      access.take("access");
      if (condition == "false") continue;
      steps.push_back({fmt::format("{}: {}: {}", policy.name, rule.name, field), condition, {}});
      if (access.text("access").value_or("DENY") != "ALLOW") steps.back().demands = {{fmt::format("deny {}", action)}};
    }
    if (steps.empty()) continue;  // no rule is in the export
    if (!steps.back().condition.empty())
      policy.fields.note(Outcome::approximated, "rules",
                         "where none of its rules holds Okta asks the next policy; here it is denied");
    write_chain(making, {fmt::format("{}: {}", policy.name, field), "", " on " + connection, std::move(steps),
                         fmt::format("deny {}", action)});
  }
}

Store store_of(Making& making, const Policy& policy, bool directory, bool alone) {
  const auto settings = policy.fields.object("settings").object("password");
  Connection connection;
  const auto provider = policy.fields.object("conditions").object("authProvider").text("provider").value_or("OKTA");
  connection.wire = making.connection_wire(alone ? (directory ? "active_directory" : "okta") : policy.name);
  connection.name = making.words.make(connection.wire);
  connection.origin = fmt::format("{}: the users of password policy {}", policy.fields.where(), policy.name);
  connection.strategy = strategy_named(directory ? "ad" : "database").value();
  connection.signup_open = false;
  if (directory)
    settings.note(Outcome::approximated, "complexity",
                  fmt::format("users of {} set their passwords there; only the lockout is written", provider));
  else
    connection.statements.push_back(password_of(settings));
  if (auto lockout = lockout_of(settings.object("lockout")); !lockout.empty())
    connection.statements.push_back(std::move(lockout));
  Store store{making.tenant.connections.size(), connection.name, {}};
  if (!policy.is_default)
    store.condition = condition_of(making, policy.fields.object("conditions"), policy.name, {"authProvider"});
  making.stores.push_back(store.place);
  making.tenant.connections.push_back(std::move(connection));
  if (!directory) take_changes(making, policy, store.name);
  return store;
}

// A user belongs to the first policy whose condition holds, and signs in to its store only.
void keep_apart(Making& making, std::vector<Store>& stores, std::string_view actions) {
  if (stores.size() < 2) return;
  for (std::size_t i = 0; i + 1 < stores.size(); ++i)
    if (!stores[i].condition.empty())
      stores[i].condition = making.named(stores[i].condition, "users of " + stores[i].name,
                                         fmt::format("Whom the password policy of {} is for.", stores[i].name));
  std::vector<std::string> before;
  for (const auto& store : stores) {
    const auto earlier = before.empty()       ? std::string()
                         : before.size() == 1 ? "not " + before.front()
                                              : fmt::format("not ({})", fmt::join(before, " or "));
    const auto own = both(store.condition, earlier);
    if (!own.empty())
      making.tenant.rules.push_back(fmt::format(
          "deny {} {} on {} unless {}", actions,
          literal(making.rule_name(fmt::format("{}: another password policy applies", store.name))), store.name, own));
    before.push_back(store.condition.empty() ? "true" : store.condition);
  }
}

// Whether somebody who is not known may register.
void take_registration(Making& making) {
  bool open = false;
  for (const auto& policy : policies_of(making, "PROFILE_ENROLLMENT"))
    for (const auto& rule : policy.rules) {
      const auto action = rule.fields.object("actions").object("profileEnrollment");
      if (action.text("access").value_or("DENY") != "ALLOW" || action.text("unknownUserAction") != "REGISTER") continue;
      if (!open)
        action.note(Outcome::approximated, "unknownUserAction",
                    "sign-up is open for every application of a store, and the host asks for the profile");
      open = true;
    }
  if (!open) return;
  auto& store = making.tenant.connections[making.stores.back()];
  if (strategies[store.strategy].family == Family::database) store.signup_open = true;
}

}  // namespace

void take_passwords(Making& making) {
  std::vector<Policy> own, directory;
  for (const auto& policy : policies_of(making, "PASSWORD")) {
    const auto provider = policy.fields.object("conditions").object("authProvider").text("provider").value_or("OKTA");
    (provider == "ACTIVE_DIRECTORY" || provider == "LDAP" ? directory : own).push_back(policy);
  }
  if (own.size() > 1)
    own.front().fields.note(
        Outcome::approximated, "conditions.people",
        "Okta chooses a password policy by groups; each is a connection here, and the host sends its "
        "users there. Who belongs to another is denied");
  std::vector<Store> stores;
  for (const auto& policy : directory) stores.push_back(store_of(making, policy, true, directory.size() == 1));
  keep_apart(making, stores, "login");
  stores.clear();
  for (const auto& policy : own) stores.push_back(store_of(making, policy, false, own.size() == 1));
  keep_apart(making, stores, "login, password_change, password_reset");
  if (own.empty()) {
    Connection connection;
    connection.wire = making.connection_wire("okta");
    connection.name = making.words.make(connection.wire);
    connection.origin = "Okta's own users; the export has no password policy.";
    connection.signup_open = false;
    making.stores.push_back(making.tenant.connections.size());
    making.tenant.connections.push_back(std::move(connection));
  }
  take_registration(making);
}

}  // namespace writ::importing::okta
