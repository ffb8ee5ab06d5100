// Inside the reading of Auth0's programs: conditions and values, and what a program may read of a request.
#pragma once

#include "compiler/import/plan.h"
#include "compiler/import/script.h"
#include "runtime/program/value.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::auth0 {

// ---------------------------------------------------------------- conditions

// Something of a program that is not known, or too much of it.
struct Unknown {};
constexpr std::size_t longest_condition = 8'192;

// Text with how loosely it binds: 0 is `or`, 1 is `and`, 2 anything tighter. `true` and `false` never stay inside another.
struct Condition {
  std::string text = "true";
  int level = 2;
  bool always() const { return text == "true"; }
  bool never() const { return text == "false"; }
};
inline bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}
inline Condition constant(bool value) { return {value ? "true" : "false"}; }
inline std::string inside(const Condition& one, int level) {
  return one.level < level ? "(" + one.text + ")" : one.text;
}
// A name that stands for a condition may be used twice, and what uses it, too: a few lines could ask for billions.
inline Condition bounded(Condition made) {
  if (made.text.size() > longest_condition) throw Unknown{};
  return made;
}
inline Condition both(const Condition& a, const Condition& b) {
  if (a.never() || b.always()) return a;
  if (b.never() || a.always()) return b;
  return bounded({inside(a, 1) + " and " + inside(b, 1), 1});
}
inline Condition either(const Condition& a, const Condition& b) {
  if (a.always() || b.never()) return a;
  if (b.always() || a.never()) return b;
  return bounded({inside(a, 0) + " or " + inside(b, 0), 0});
}
inline Condition no(const Condition& one) {
  if (one.always() || one.never()) return constant(one.never());
  if (one.text.starts_with("not ") && one.level == 2) return {one.text.substr(4)};
  return {"not " + inside(one, 2)};
}

inline Condition joined(const Condition& condition, const Condition& then, const Condition& otherwise) {
  if (then.always() && otherwise.always()) return then;
  if (then.never() && otherwise.always()) return no(condition);
  if (then.always() && otherwise.never()) return condition;
  return either(both(condition, then), both(no(condition), otherwise));
}

// ---------------------------------------------------------------- values

enum class Is : unsigned char {
  condition,     // of yes and no
  text,          // a literal
  number,        // likewise
  list,          // of literals
  object,        // keys, each with a value that counts as true
  optional,      // a fact that may be absent: a text
  present,       // a text that is always there
  set,           // of texts
  address,       // request.ip
  block,         // a literal block of addresses
  count,         // a whole number
  client,        // by name
  client_id,     // by id
  connection,    // by name
  strategy,      // by Auth0's name
  organization,  // absent or there
  methods,       // what was used to sign in
  parts,         // an address cut at `@`
  last,          // the place of the last of those
  domain,        // of an address
  now,
  time,      // the fact that holds it
  age,       // from a time until now, in units of `number` milliseconds
  weekday,   // of now
  enrolled,  // the factors a user has enrolled: there or none
  place,     // of a text in a list, -1 when it is not there
  element,   // any one of a list of literals
  member,    // any one of a set
  path,      // a name that is not one of a fact yet: `context.request`
  function,  // of the program
  module,    // something required
  nothing,
};

struct Environment;
struct Value {
  Is is = Is::nothing;
  std::string text{};  // of a literal, a fact or a path
  double number = 0;
  std::vector<std::string> list{};
  Condition condition{};
  const script::Expression* function = nullptr;
  Environment* environment = nullptr;
};
struct Environment {
  std::map<std::string, Value> names{};
  Environment* outer = nullptr;
};

struct Row {
  std::string_view path;
  Is is;
  std::string_view fact;
};
// What a program may read, by its name in rules (`user`, `context`) and in actions (`event`).
inline constexpr std::array rows = {
    Row{"user.email", Is::optional, "user.email"},
    Row{"user.email_verified", Is::condition, "user.email_verified"},
    Row{"user.username", Is::optional, "user.username"},
    Row{"user.user_id", Is::present, "user.id"},
    Row{"user.groups", Is::set, "user.groups"},
    Row{"user.app_metadata.authorization.groups", Is::set, "user.groups"},
    Row{"user.app_metadata.authorization.roles", Is::set, "user.roles"},
    Row{"user.last_password_reset", Is::time, "user.password_changed"},
    Row{"user.created_at", Is::time, "user.created"},
    Row{"user.multifactor", Is::enrolled, "user.mfa_enrolled"},
    Row{"event.user.multifactor", Is::enrolled, "user.mfa_enrolled"},
    Row{"event.user.enrolledFactors", Is::enrolled, "user.mfa_enrolled"},
    Row{"context.clientName", Is::client, ""},
    Row{"context.clientID", Is::client_id, ""},
    Row{"context.connection", Is::connection, ""},
    Row{"context.connectionStrategy", Is::strategy, ""},
    Row{"context.request.ip", Is::address, "request.ip"},
    Row{"context.request.geoip.country_code", Is::optional, "request.country"},
    Row{"context.request.userAgent", Is::present, "request.user_agent"},
    Row{"context.request.hostname", Is::optional, "request.host"},
    Row{"context.stats.loginsCount", Is::count, "user.logins"},
    Row{"context.authorization.roles", Is::set, "user.roles"},
    Row{"context.authentication.methods", Is::methods, ""},
    Row{"context.organization", Is::organization, ""},
    Row{"event.user.email", Is::optional, "user.email"},
    Row{"event.user.email_verified", Is::condition, "user.email_verified"},
    Row{"event.user.username", Is::optional, "user.username"},
    Row{"event.user.user_id", Is::present, "user.id"},
    Row{"event.user.last_password_reset", Is::time, "user.password_changed"},
    Row{"event.user.created_at", Is::time, "user.created"},
    Row{"event.client.name", Is::client, ""},
    Row{"event.client.client_id", Is::client_id, ""},
    Row{"event.connection.name", Is::connection, ""},
    Row{"event.connection.strategy", Is::strategy, ""},
    Row{"event.request.ip", Is::address, "request.ip"},
    Row{"event.request.geoip.countryCode", Is::optional, "request.country"},
    Row{"event.request.user_agent", Is::present, "request.user_agent"},
    Row{"event.request.hostname", Is::optional, "request.host"},
    Row{"event.stats.logins_count", Is::count, "user.logins"},
    Row{"event.authorization.roles", Is::set, "user.roles"},
    Row{"event.authentication.methods", Is::methods, ""},
    Row{"event.transaction.acr_values", Is::set, "request.acr_values"},
    Row{"event.organization", Is::organization, ""},
};
// Objects that are there whenever anything in them is: asking whether they are is asking nothing.
inline constexpr std::array<std::string_view, 7> always_there = {
    "user.app_metadata",      "user.app_metadata.authorization",
    "context.authentication", "context.authorization",
    "event.authentication",   "event.authorization",
    "event.transaction"};

inline Value arithmetic(char operation, const Value& left, const Value& right) {
  if (left.is == Is::number && right.is == Is::number) {
    const double a = left.number, b = right.number;
    return {Is::number,
            {},
            operation == '+'   ? a + b
            : operation == '-' ? a - b
            : operation == '*' ? a * b
            : b == 0           ? 0
                               : a / b};
  }
  if (operation == '-' && left.is == Is::now && right.is == Is::time) return {Is::age, right.text, 1};
  if (operation == '/' && left.is == Is::age && right.is == Is::number && right.number > 0)
    return {Is::age, left.text, left.number * right.number};
  if (operation == '-' && left.is == Is::last && left.text == "length" && right.is == Is::number && right.number == 1)
    return {Is::last, "last"};
  throw Unknown{};
}

// `method => method.name === 'mfa'`
inline Condition second_factor_used(const script::Expression& test) {
  if (test.body.size() != 1 || test.body[0].kind != script::Statement::Kind::give_back ||
      test.body[0].value.size() != 1)
    throw Unknown{};
  const auto& one = test.body[0].value.front();
  const bool known = one.kind == script::Kind::binary && (one.text == "===" || one.text == "==") &&
                     one.parts[0].kind == script::Kind::member && one.parts[0].text == "name" &&
                     one.parts[0].parts[0].kind == script::Kind::name && one.parts[0].parts[0].text == test.keys[0] &&
                     one.parts[1].kind == script::Kind::text && one.parts[1].text == "mfa";
  if (!known) throw Unknown{};
  return {"session.mfa"};
}

// Whether one of the set is one of the list.
inline Condition some_in(const std::string& set, const std::vector<std::string>& list) {
  std::vector<std::string> words;
  for (const auto& one : list) words.push_back(literal(one));
  if (words.empty()) return constant(false);
  if (words.size() == 1) return {fmt::format("{} in {}", words.front(), set)};
  return {fmt::format("(any one in {} : one in [{}])", set, fmt::join(words, ", "))};
}

inline Condition ordered(const std::string& operation, const Value& left, const Value& right) {
  if (right.is != Is::number || right.number != std::floor(right.number) || std::abs(right.number) > 1e9)
    throw Unknown{};
  if (left.is == Is::place) {
    const bool there = (operation == ">" && right.number == -1) || (operation == ">=" && right.number == 0);
    if (!there && !(operation == "<" && right.number == 0)) throw Unknown{};
    return there ? left.condition : no(left.condition);
  }
  if (left.is == Is::enrolled && operation == ">" && right.number == 0) return {left.text};
  if (left.is == Is::count)
    return {fmt::format("{} {} {}", left.text, operation, static_cast<std::int64_t>(right.number))};
  if (left.is == Is::age && (operation == ">" || operation == ">=") && right.number >= 0) {
    const double milliseconds = left.number * right.number;
    if (milliseconds > 36'500.0 * 86'400'000) throw Unknown{};
    return {fmt::format("request.time {} {} + {}", operation, left.text,
                        duration_to_text(static_cast<std::int64_t>(milliseconds) * 1'000))};
  }
  throw Unknown{};
}

}  // namespace writ::importing::auth0
