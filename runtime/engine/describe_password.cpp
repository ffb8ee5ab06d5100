// Requirements and faults of passwords in words that the person who types one can act on. Nothing of the password or of the
// user is in them.
#include "runtime/engine/password.h"
#include "runtime/program/value.h"

namespace writ {

namespace {

constexpr std::array<std::string_view, 3> units = {"character", "UTF-16 code unit", "byte"};
constexpr std::array<std::string_view, 4> ascii = {"lower case letters (a-z)", "upper case letters (A-Z)",
                                                   "digits (0-9)", "special characters (such as !@#$%^&*)"};
constexpr std::array<std::string_view, 4> unicode = {"lower case letters", "upper case letters", "digits",
                                                     "characters that are neither letters nor digits"};

std::string counted(std::int64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string_view unit(const program::RequirementInfo& one) {
  const auto which = one.numbers.size() > 1 ? one.numbers[1] : 0;
  return units[static_cast<std::size_t>(which) % units.size()];
}

std::string classes(const program::RequirementInfo& one) {
  const auto& names = one.numbers.size() > 1 && one.numbers[1] != 0 ? unicode : ascii;
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    if ((one.classes >> i & 1) != 0) text += (text.empty() ? "" : ", ") + std::string(names[i]);
  return text;
}

int kinds(const program::RequirementInfo& one) {
  int count = 0;
  for (unsigned i = 0; i < 4; ++i) count += one.classes >> i & 1;
  return count;
}

}  // namespace

std::string describe(const program::RequirementInfo& one) {
  const auto number = one.numbers.empty() ? 0 : one.numbers[0];
  switch (one.check) {
  case PasswordCheck::length_min: return "at least " + counted(number, unit(one));
  case PasswordCheck::length_max: return "at most " + counted(number, unit(one));
  case PasswordCheck::classes:
    return number == kinds(one) ? "each of: " + classes(one)
                                : "at least " + std::to_string(number) + " of these " + std::to_string(kinds(one)) +
                                      " kinds: " + classes(one);
  case PasswordCheck::at_least: return "at least " + std::to_string(number) + " of: " + classes(one);
  case PasswordCheck::repeats:
    return number == 1 ? "no " + std::string(unit(one)) + " twice in a row"
                       : "at most " + std::to_string(number) + " identical " + std::string(unit(one)) + "s in a row";
  case PasswordCheck::sequences:
    return "no run of " + std::to_string(number) + " letters or digits in order, such as " +
           (number <= 2   ? "ab or 21"
            : number == 3 ? "abc or 321"
                          : "abcd or 4321");
  case PasswordCheck::common:
    return one.numbers.empty() ? "not one of the common passwords"
                               : "not one of the " + std::to_string(number) + " most common passwords";
  case PasswordCheck::breached: return "not a password known from a breach";
  case PasswordCheck::personal: return "nothing of your name, e-mail address or profile in it";
  case PasswordCheck::words: return "none of the words that are not allowed here in it";
  case PasswordCheck::username: return "your user name not in it";
  case PasswordCheck::email: return "your e-mail address not in it";
  case PasswordCheck::pattern: return "not of a form that is not allowed here";
  case PasswordCheck::strength: return "not easy to guess: a strength of at least " + std::to_string(number) + " of 4";
  case PasswordCheck::history:
    return number == 1 ? std::string("not your current password")
                       : "not one of your last " + std::to_string(number) + " passwords";
  case PasswordCheck::age_min: return "not changed again within " + duration_to_text(number);
  case PasswordCheck::age_max: return "to be changed after " + duration_to_text(number);
  case PasswordCheck::expires: return "expires after " + duration_to_text(number);
  case PasswordCheck::normalize: return "judged as typed and in Unicode's form NFKC";
  }
  return one.text;
}

std::string missing_text(const PasswordReport& report, const program::RequirementInfo& one) {
  const auto when = [&](PasswordMissing what, const char* text) { return report.lacks(what) ? text : std::string(); };
  switch (one.check) {
  case PasswordCheck::common:
    if (report.lacks(PasswordMissing::common)) return "the list of common passwords is not loaded";
    return when(PasswordMissing::common_too_short, "the list of common passwords is shorter than what is asked for");
  case PasswordCheck::breached: return when(PasswordMissing::breached, "no list of breached passwords is loaded");
  case PasswordCheck::strength:
    return when(PasswordMissing::strength, "the strength of passwords cannot be judged here");
  case PasswordCheck::personal:
  case PasswordCheck::username:
  case PasswordCheck::email: return when(PasswordMissing::user, "nothing was said of the user");
  case PasswordCheck::history: return when(PasswordMissing::history, "the passwords before this one are not known");
  case PasswordCheck::age_min: return when(PasswordMissing::last_change, "the time of the last change is not known");
  case PasswordCheck::length_min:
  case PasswordCheck::length_max:
  case PasswordCheck::classes:
  case PasswordCheck::at_least:
  case PasswordCheck::repeats:
  case PasswordCheck::sequences:
  case PasswordCheck::words:
  case PasswordCheck::pattern:
  case PasswordCheck::age_max:
  case PasswordCheck::expires:
  case PasswordCheck::normalize: return "";
  }
  return "";
}

std::string describe(PasswordFault fault) {
  switch (fault) {
  case PasswordFault::none: return "";
  case PasswordFault::not_ready: return "no policy is loaded";
  case PasswordFault::stale: return "the policy is past its time";
  case PasswordFault::unknown_tenant: return "there is no such tenant";
  case PasswordFault::unknown_client: return "the tenant has no such client";
  case PasswordFault::unknown_connection: return "the tenant has no such connection";
  case PasswordFault::connection_not_enabled: return "the connection is not enabled for the client";
  case PasswordFault::no_passwords: return "the connection is no database: its passwords are kept elsewhere";
  case PasswordFault::signup_closed: return "sign-up on this connection is closed";
  case PasswordFault::empty: return "the password is empty";
  case PasswordFault::too_long: return "the password has more than " + std::to_string(max_password_bytes) + " bytes";
  case PasswordFault::not_utf8: return "the password is not UTF-8";
  case PasswordFault::invalid_user: return "a value of the user is not UTF-8 or too long, or there are too many";
  case PasswordFault::failed: return "no memory was left to judge the password";
  }
  return "";
}

}  // namespace writ
