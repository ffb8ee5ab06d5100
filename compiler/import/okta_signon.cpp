// What signing in asks for: the global session policies, the policies of applications, and which factors must be enrolled.
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

constexpr std::int64_t year = 31'536'000;
constexpr std::int64_t never_again = 43'800 * 3'600;  // what Okta writes for `never`: five years

// Seconds of `PT2H`, `P1DT12H`, `PT0S`; nothing when it is no such text, or more than a hundred years.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  std::int64_t total = 0;
  bool time = false, any = false;
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == 'T' && !time) {
      time = true;
      ++at;
      continue;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    const auto unit = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || unit >= text.size() || number < 0 || number > 100 * year) return std::nullopt;
    const char c = text[unit];
    const std::int64_t each = c == 'D' && !time   ? 86'400
                              : c == 'W' && !time ? 604'800
                              : c == 'H' && time  ? 3'600
                              : c == 'M' && time  ? 60
                              : c == 'S' && time  ? 1
                                                  : 0;
    if (each == 0) return std::nullopt;
    total += number * each;
    if (total > 100 * year) return std::nullopt;
    any = true;
    at = unit + 1;
  }
  return any ? std::optional(total) : std::nullopt;
}

// How often something must be proved again. Empty: once is enough.
std::string within(const Fields& fields, const char* field) {
  const auto text = fields.text(field);
  if (!text || text->empty()) return "";
  const auto seconds = seconds_of(*text);
  if (!seconds) {
    fields.note(Outcome::wrong, field, fmt::format("`{}` is no duration; taken as every time", *text));
    return "1m";
  }
  if (*seconds >= never_again) return "";
  if (*seconds < 60) {
    fields.note(Outcome::approximated, field, "every time is written as within a minute");
    return "1m";
  }
  fields.take(field);
  return duration_to_text(*seconds * 1'000'000);
}

// ---------------------------------------------------------------- constraints of factors

// What one part of a constraint asks of a factor, as words: `possession phishing_resistant`.
std::string asked_of(const Fields& part, std::string_view kind) {
  std::vector<std::string> words = {std::string(kind)};
  for (const auto* field : {"types", "methods"})
    for (const auto& one : part.texts(field)) words.push_back(lower_case(one));
  for (const auto& one : part.objects("authenticationMethods"))
    words.push_back(lower_case(one.text("method").value_or(one.text("key").value_or("method"))));
  for (const auto& one : part.objects("excludedAuthenticationMethods"))
    words.push_back("no " + lower_case(one.text("method").value_or(one.text("key").value_or("method"))));
  constexpr std::array flags = {
      std::pair{"deviceBound", "device_bound"}, std::pair{"hardwareProtection", "hardware_protected"},
      std::pair{"phishingResistant", "phishing_resistant"}, std::pair{"userPresence", "user_present"},
      std::pair{"userVerification", "user_verified"}};
  for (const auto& [field, word] : flags)
    if (part.text(field) == "REQUIRED") words.emplace_back(word);
  for (const auto& one : part.texts("userVerificationMethods")) words.push_back(lower_case(one));
  return fmt::format("{}", fmt::join(words, " "));
}

// A part of a constraint is a fact: how long ago a factor of that kind was proved in this session; absent: it was not.
std::string proved(Making& making, const Fields& part, std::string_view kind, std::string& name) {
  const auto asked = asked_of(part, kind);
  name += (name.empty() ? "" : " and ") + asked;
  const auto [known, fresh] = making.proofs.emplace(asked, "");
  if (fresh) known->second = making.fact("session." + making.proof_names.make(asked), "duration?");
  const auto& fact = known->second;
  const auto again = within(part, "reauthenticateIn");
  part.note(Outcome::approximated, "types",
            fmt::format("the host says how long ago such a factor was proved: {}", fact));
  return again.empty() ? "has " + fact : fmt::format("has {0} and {0} <= {1}", fact, again);
}

// `knowledge and possession`, as an obligation of its own; nothing when it asks for nothing.
std::string obligation_of(Making& making, const Fields& constraint) {
  std::string name, condition;
  for (const auto* kind : {"knowledge", "possession"})
    if (constraint.has(kind) && constraint.object(kind).flag("required").value_or(true))
      condition = both(condition, proved(making, constraint.object(kind), kind, name));
  if (condition.empty()) return "";
  for (const auto& [known, satisfied] : making.obligations)
    if (satisfied == condition) return known;
  const auto made = making.host_facts.make(name);
  making.obligations.emplace(made, condition);
  return made;
}

std::vector<Fields> constraints_of(const Fields& method) {
  const auto* const value = method.find("constraints");
  if (value == nullptr) return {};
  if (value->is_object()) return {method.object("constraints")};  // as some answers have it
  return method.objects("constraints");
}

// What the rule of an application's policy demands.
std::vector<Demand> demands_of(Making& making, const Fields& sign_on, const std::string& name) {
  if (sign_on.text("access").value_or("DENY") != "ALLOW")
    return sign_on.take("access"), std::vector{Demand{"deny login"}};
  sign_on.take("access");
  const auto method = sign_on.object("verificationMethod");
  const auto type = method.text("type").value_or("ASSURANCE");
  std::vector<Demand> demands;
  if (type != "ASSURANCE") {
    const auto fact = making.host_fact(method, "type", fmt::format("{} {}", name, lower_case(type)),
                                       fmt::format("whether the session meets the {} of `{}`", type, name));
    const auto obligation = making.host_facts.make(fmt::format("{} {}", name, lower_case(type)));
    making.obligations.emplace(obligation, fact);
    return {Demand{"require " + obligation}};
  }
  const auto again = within(method, "reauthenticateIn");
  std::vector<std::string> ways;
  bool free = false, own = false;
  for (const auto& constraint : constraints_of(method)) {
    for (const auto* kind : {"knowledge", "possession"}) own = own || constraint.object(kind).has("reauthenticateIn");
    auto way = obligation_of(making, constraint);
    free = free || way.empty();
    if (!way.empty() && std::ranges::find(ways, way) == ways.end()) ways.push_back(std::move(way));
  }
  if (method.text("factorMode").value_or("1FA") == "2FA") {
    method.take("factorMode");
    demands.push_back({again.empty() || own ? "require mfa" : "require mfa within " + again});
  }
  // One constraint that asks for nothing is met by everybody, and one is enough.
  if (!ways.empty() && !free) {
    method.take("constraints");
    demands.push_back({fmt::format("require {}", fmt::join(ways, " or "))});
  }
  if (!again.empty() && !own) demands.push_back({"require reauthenticate within " + again});
  if (method.has("inactivityPeriod"))
    method.note(Outcome::not_expressible, "inactivityPeriod", "how long a session was idle is the host's to know");
  return demands;
}

// ---------------------------------------------------------------- the global session

struct Session {
  std::optional<std::int64_t> idle, absolute;
  bool differ = false;
  void add(std::optional<std::int64_t>& kept, std::int64_t minutes) {
    if (kept && *kept != minutes) differ = true;
    if (!kept || minutes < *kept) kept = minutes;
  }
};

void take_session(const Fields& session, Session& kept) {
  constexpr std::int64_t longest = year / 60;
  const auto minutes = [&](const char* field, std::optional<std::int64_t>& to) {
    const auto value = session.number(field);
    if (!value || *value == 0) return;
    if (*value < 1 || *value > longest)
      return session.note(Outcome::wrong, field, fmt::format("{} minutes are not from 1 to {}", *value, longest));
    session.take(field);
    kept.add(to, *value);
  };
  minutes("maxSessionIdleMinutes", kept.idle);
  minutes("maxSessionLifetimeMinutes", kept.absolute);
}

std::vector<Demand> demands_of_session(const Fields& sign_on) {
  if (sign_on.text("access").value_or("DENY") != "ALLOW")
    return sign_on.take("access"), std::vector{Demand{"deny login"}};
  sign_on.take("access");
  if (!sign_on.flag("requireFactor").value_or(false)) return {};
  sign_on.take("requireFactor");
  const auto mode = sign_on.text("factorPromptMode").value_or("ALWAYS");
  if (mode == "DEVICE") {
    sign_on.note(Outcome::approximated, "factorPromptMode",
                 "a device that is remembered is asked no more: the fact request.device_known");
    return {{"require mfa", "not (request.device_known else false)"}};
  }
  const auto lifetime = sign_on.number("factorLifetime").value_or(15);
  if (mode != "SESSION") return {{"require mfa"}};
  if (lifetime < 1 || lifetime > year / 60) {
    sign_on.note(Outcome::wrong, "factorLifetime", fmt::format("{} minutes; taken as every time", lifetime));
    return {{"require mfa within 1m"}};
  }
  sign_on.take("factorLifetime");
  return {{"require mfa within " + duration_to_text(lifetime * 60'000'000)}};
}

// The rules of policies in one list, as they are asked; a policy without a rule that holds is passed over.
template <class F>
std::vector<Step> flattened(Making& making, const std::vector<Policy>& policies, F&& demands) {
  std::vector<Step> steps;
  for (const auto& policy : policies) {
    auto of_policy =
        policy.is_default ? std::string() : condition_of(making, policy.fields.object("conditions"), policy.name);
    if (of_policy == "false") continue;
    if (policy.rules.size() > 1)
      of_policy = making.named(of_policy, policy.name, fmt::format("Policy {}", policy.name));
    for (const auto& rule : policy.rules) {
      const auto name = fmt::format("{}: {}", policy.name, rule.name);
      const auto of_rule = condition_of(making, rule.fields.object("conditions"), name);
      auto asked = demands(policy, rule, name);
      if (of_rule == "false")
        rule.fields.note(Outcome::approximated, "conditions", fmt::format("`{}` applies to nobody", name));
      else
        steps.push_back({name, both(of_policy, of_rule), std::move(asked)});
    }
  }
  return steps;
}

}  // namespace

void take_sign_on(Making& making) {
  const auto policies = policies_of(making, "OKTA_SIGN_ON");
  if (policies.empty()) return;
  Session session;
  auto steps = flattened(making, policies, [&](const Policy&, const Rule& rule, const std::string&) {
    const auto sign_on = rule.fields.object("actions").object("signon");
    if (sign_on.text("access") == "ALLOW") take_session(sign_on.object("session"), session);
    return demands_of_session(sign_on);
  });
  write_chain(making, {"Global session policy", "", "", std::move(steps), "deny login"});
  if (!session.idle && !session.absolute) return;
  if (session.differ)
    making.report.add(Outcome::approximated, "Global session policy", "actions.signon.session",
                      "rules have sessions of several lengths; Writ has one for the tenant, the shortest");
  std::string entries;
  if (session.idle) entries += fmt::format("idle {}m\n", *session.idle);
  if (session.absolute) entries += fmt::format("absolute {}m\n", *session.absolute);
  making.tenant.rules.insert(making.tenant.rules.begin(), "session {\n" + entries + "}");
}

void take_access(Making& making) {
  for (const auto& policy : policies_of(making, "ACCESS_POLICY")) {
    std::vector<std::string> clients;
    for (const auto& [app, of] : making.policy_of)
      if (of == policy.id)
        if (const auto found = making.apps.find(app);
            found != making.apps.end() && making.tenant.clients[found->second].type != ClientType::m2m)
          clients.push_back(making.tenant.clients[found->second].name);
    if (clients.empty()) continue;
    std::ranges::sort(clients);
    const auto people = std::ranges::count_if(making.tenant.clients,
                                              [](const Client& client) { return client.type != ClientType::m2m; });
    const auto scope = clients.size() == static_cast<std::size_t>(people) ? std::string()
                       : clients.size() == 1                              ? "client == " + clients.front()
                                             : fmt::format("client in [{}]", fmt::join(clients, ", "));
    std::vector<Step> steps;
    for (const auto& rule : policy.rules) {
      const auto name = fmt::format("{}: {}", policy.name, rule.name);
      const auto condition = condition_of(making, rule.fields.object("conditions"), name);
      auto demands = demands_of(making, rule.fields.object("actions").object("appSignOn"), name);
      if (condition != "false") steps.push_back({name, condition, std::move(demands)});
    }
    write_chain(making, {policy.name, scope, "", std::move(steps), "deny login"});
  }
}

void take_enrolment(Making& making) {
  const auto policies = policies_of(making, "MFA_ENROLL");
  auto steps = flattened(making, policies, [&](const Policy& policy, const Rule& rule, const std::string&) {
    std::vector<Demand> demands;
    const auto enrol = rule.fields.object("actions").object("enroll");
    const auto when = enrol.text("self").value_or("LOGIN");
    if (when == "NEVER") return demands;
    if (when == "CHALLENGE")
      enrol.note(Outcome::approximated, "self",
                 "Okta asks when a factor is asked for first; written as at every login");
    const auto settings = policy.fields.object("settings");
    for (const auto& one : settings.objects("authenticators")) {
      const auto key = one.text("key").value_or("");
      const auto self = one.object("enroll");
      if (self.text("self") != "REQUIRED" || key.empty() || key == "okta_password") continue;
      self.take("self");
      const auto enrolled = fmt::format("{} in {}", literal(key), making.fact("user.authenticators", "set of string"));
      auto known =
          std::ranges::find(making.obligations, enrolled, [](const auto& known_one) { return known_one.second; });
      if (known == making.obligations.end())
        known = making.obligations.emplace(making.host_facts.make("enroll " + key), enrolled).first;
      const auto name = known->first;
      const auto grace = self.object("gracePeriod");
      std::string from;
      if (grace.has("expiry")) {
        if (const auto time = parse_time(grace.text("expiry").value_or("")))
          from = fmt::format("request.time >= {}", time_to_text(*time));
        else
          grace.note(Outcome::wrong, "expiry", "it is no time; the factor is asked for at once");
      } else if (!grace.keys().empty()) {
        grace.note(Outcome::approximated, "type", "the host knows how often somebody put it off; asked for at once");
      }
      demands.push_back({"require " + name, from});
    }
    return demands;
  });
  if (std::ranges::any_of(steps, [](const Step& step) { return !step.demands.empty(); }))
    write_chain(making, {"Enrolment of factors", "", "", std::move(steps), ""});
}

}  // namespace writ::importing::okta
