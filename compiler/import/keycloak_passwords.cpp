// The policy string as Keycloak's PasswordPolicy.parse takes it apart: at each ` and `, even inside a pattern; the name before the first
// parenthesis, the argument up to the last character; of a name that stands twice the last counts.
#include "compiler/import/keycloak_plan.h"

#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace writ::importing::keycloak {

namespace {

constexpr std::string_view field = "passwordPolicy", between = " and ";
constexpr std::int64_t most = 1'024;

std::map<std::string, std::string> parts_of(std::string_view policy) {
  std::map<std::string, std::string> parts;
  for (std::size_t at = 0; at <= policy.size();) {
    const auto end = std::min(policy.find(between, at), policy.size());
    auto part = policy.substr(at, end - at);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto open = part.find('(');
    const auto argument = open == part.npos || part.size() < open + 2 ? std::string_view()
                                                                      : part.substr(open + 1, part.size() - open - 2);
    if (!part.empty()) parts[std::string(part.substr(0, open))] = argument;
    at = end + between.size();
  }
  return parts;
}

class Taker {
 public:
  explicit Taker(Making& making) : making_(making) {}

  // False: there is no such policy.
  bool take(const std::string& name, const std::string& argument) {
    name_ = name;
    argument_ = argument;
    if (counted("length", 8, "length {}.. utf16") || counted("maxLength", 64, "length ..{} utf16") ||
        counted("digits", 1, "at least {} digits unicode utf16") ||
        counted("lowerCase", 1, "at least {} lower unicode utf16") ||
        counted("upperCase", 1, "at least {} upper unicode utf16") ||
        counted("specialChars", 1, "at least {} symbols unicode utf16") ||
        counted("passwordHistory", 3, "history {}") || counted("forceExpiredPasswordChange", 365, "expires after {}d"))
      return true;
    if (name == "notContainsUsername") return taken("reject contains username");
    if (name == "notUsername")
      return near("reject contains username",
                  "Keycloak refuses the user name itself; Writ refuses it anywhere in the password");
    if (name == "notEmail")
      return near("reject contains email",
                  "Keycloak refuses the address itself; Writ refuses it anywhere in the password");
    if (name == "passwordBlacklist")
      return near("reject common", fmt::format("make a list of `{}` with `writ common build`; until then the common "
                                               "passwords that come with Writ are refused",
                                               argument));
    if (name == "maxAuthAge") return fresh_login();
    if (name == "regexPattern") return lost("a password must match it whole; Writ can only refuse what matches");
    if (name == "passwordAge") return lost("Writ counts how many passwords ago one was used, not how many days");
    if (name == "hashAlgorithm" || name == "hashIterations" || name == "recoveryCodesWarningThreshold") {
      making_.report.unread.insert("passwordPolicy." + name);
      return true;
    }
    return false;
  }

  std::vector<std::string> requirements{};

 private:
  bool taken(std::string requirement) {
    making_.realm.take(field);
    requirements.push_back(std::move(requirement));
    return true;
  }
  bool near(std::string requirement, std::string why) {
    making_.realm.note(Outcome::approximated, field, fmt::format("{}: {}", name_, why));
    requirements.push_back(std::move(requirement));
    return true;
  }
  bool lost(std::string_view why) {
    making_.realm.note(Outcome::not_expressible, field, fmt::format("{}: {}", name_, why));
    return true;
  }

  std::optional<std::int64_t> number(std::int64_t otherwise) {
    if (argument_.empty() || argument_ == "undefined") return otherwise;
    std::int64_t value = 0;
    const auto* const end = argument_.data() + argument_.size();
    const auto [stopped, error] = std::from_chars(argument_.data(), end, value);
    if (error == std::errc() && stopped == end && value >= 1 && value <= most) return value;
    making_.realm.note(Outcome::wrong, field,
                       fmt::format("{}: `{}` is not a number from 1 to {}; it is passed over", name_, argument_, most));
    return std::nullopt;
  }
  bool counted(std::string_view wanted, std::int64_t otherwise, std::string_view form) {
    if (name_ != wanted) return false;
    if (const auto value = number(otherwise)) taken(fmt::format(fmt::runtime(form), *value));
    return true;
  }
  bool fresh_login() {
    if (const auto seconds = number(300)) {
      making_.realm.take(field);
      making_.tenant.rules.push_back(fmt::format(
          "require reauthenticate within {}s for password_change \"a fresh login before a new password\"", *seconds));
    }
    return true;
  }

  Making& making_;
  std::string name_, argument_;
};

}  // namespace

std::vector<std::string> password_requirements(const std::string& policy, Making& making) {
  Taker taker(making);
  for (const auto& [name, argument] : parts_of(policy))
    if (!taker.take(name, argument))
      making.realm.note(Outcome::wrong, field, fmt::format("Keycloak has no policy `{}`; it is passed over", name));
  return std::move(taker.requirements);
}

}  // namespace writ::importing::keycloak
