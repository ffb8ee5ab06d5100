// Conditions are written fully parenthesised: what is tested is their meaning, precedence has tests of its own.
#include "tests/agree/conditions.h"

#include <algorithm>
#include <array>
#include <functional>

namespace writ::agree {

namespace {

class Maker {
 public:
  Maker(Random& random, const Surroundings& surroundings) : random_(random), around_(surroundings) {
    for (const auto& fact : known_facts())
      if (((fact.required | fact.optional) & around_.actions) == around_.actions && fact.type < TypeKind::tenant && fact.name != "grant")
        facts_.push_back(fact);
  }

  std::string condition(int depth) {
    const auto kind = random_.below(depth > 0 ? 10 : 6);
    if (kind < 6) return leaf();
    if (kind == 6) return "not (" + condition(depth - 1) + ")";
    const std::string_view word = kind < 9 ? " and " : " or ";
    std::string text = "(" + condition(depth - 1) + ")";
    for (auto more = random_.between(1, 3); more > 0; --more) text += std::string(word) + "(" + condition(depth - 1) + ")";
    return text;
  }

 private:
  std::string leaf() {
    if (random_.chance(25)) return thing();
    if (random_.chance(8) && !around_.conditions.empty()) return random_.pick(around_.conditions);
    if (random_.chance(10)) return zone_question();
    const auto& fact = random_.pick(facts_);
    if (!(fact.optional & around_.actions)) return about(fact, std::string(fact.name));
    const std::string name(fact.name);
    switch (random_.below(5)) {
      case 0: return "has " + name;
      case 1: return "not has " + name + " or " + about(fact, name);
      case 2:
        if (fact.type != TypeKind::string_set) return about(fact, "(" + name + " else " + literal(fact) + ")");
        [[fallthrough]];
      default: return "has " + name + " and " + about(fact, name);
    }
  }

  // A leaf that is true or false of a present value written `value`.
  std::string about(const Fact& fact, const std::string& value) {
    switch (fact.type) {
      case TypeKind::boolean: return random_.chance(50) ? value : value + " == " + (random_.chance(50) ? "true" : "false");
      case TypeKind::integer: return about_int(fact, value);
      case TypeKind::string: return about_string(value);
      case TypeKind::ip: return about_ip(value);
      case TypeKind::time: return about_time(value);
      case TypeKind::duration: return about_duration(value);
      case TypeKind::string_set: return about_set(value);
      case TypeKind::enumeration: return about_word(fact, value);
      case TypeKind::cidr:
      case TypeKind::tenant:
      case TypeKind::client:
      case TypeKind::connection:
      case TypeKind::organization: break;
    }
    return "true";
  }

  std::string order() {
    static const std::array<std::string, 6> words = {" == ", " != ", " < ", " <= ", " > ", " >= "};
    return random_.pick(words);
  }
  std::string membership() { return random_.chance(70) ? " in " : " not in "; }
  std::string listed(std::size_t most, const std::function<std::string()>& item) {
    std::string text = "[";
    for (auto n = random_.below(most + 1); n > 0; --n) text += (text.size() > 1 ? ", " : "") + item();
    return text + "]";
  }
  std::string count(const Fact& fact) { return std::to_string(random_count(random_, fact.low, fact.high)); }

  std::string about_int(const Fact& fact, const std::string& value) {
    switch (random_.below(4)) {
      case 0: {
        const auto low = random_count(random_, fact.low, fact.high);
        return value + membership() + std::to_string(low) + ".." + std::to_string(std::max(low, random_count(random_, fact.low, fact.high)));
      }
      case 1: return value + membership() + listed(3, [&] { return count(fact); });
      case 2: return value + (random_.chance(50) ? " + " : " - ") + std::to_string(random_.below(20)) + order() + count(fact);
      default: return value + order() + count(fact);
    }
  }

  std::string text_literal() { return as_literal(random_string(random_)); }

  std::string about_string(const std::string& value) {
    static const std::array<std::string, 4> globs = {"*@acme.example", "a*", "?", "*e*i*"};
    static const std::array<std::string, 4> patterns = {"^a", "[A-Z]+", "@.*@", "^$"};
    const auto equal = [&] { return random_.chance(70) ? " == " : " != "; };
    switch (random_.below(10)) {
      case 0: return "lower(" + value + ")" + equal() + text_literal();
      case 1: return "(email_domain(" + value + ") else \"\")" + equal() + as_literal("acme.example");
      case 2: return value + membership() + listed(4, [&] { return text_literal(); });
      case 3: return value + " starts with " + text_literal();
      case 4: return value + " ends with " + text_literal();
      case 5: return "lower(" + value + ") contains " + text_literal();
      case 6: return value + " matches " + as_literal(random_.pick(globs));
      case 7: return value + " matches /" + random_.pick(patterns) + "/";
      case 8:
        if (!around_.lists.empty()) return "lower(" + value + ")" + membership() + random_.pick(around_.lists);
        [[fallthrough]];
      default:
        if (!around_.parameters.empty() && random_.chance(60)) return value + equal() + random_.pick(around_.parameters);
        return value + equal() + text_literal();
    }
  }

  std::string about_ip(const std::string& value) {
    if (!around_.zones.empty() && random_.chance(40)) return value + membership() + random_.pick(around_.zones);
    if (random_.chance(60)) return value + membership() + listed(3, [&] { return random_block(random_); });
    return value + (random_.chance(50) ? " == " : " != ") + to_text(random_ip(random_));
  }

  std::string about_time(const std::string& value) {
    static const std::array<std::string, 8> clocks = {"00:00", "06:00", "08:00", "12:30", "18:00", "22:00", "23:59", "01:30"};
    static const std::array<std::string, 5> days = {"", " on weekdays", " on weekends", " on sunday", " on monday, saturday"};
    switch (random_.below(4)) {
      case 0: return value + order() + time_to_text(random_time(random_));
      case 1: return value + membership() + time_to_text(random_time(random_)) + ".." + time_to_text(random_time(random_) + 500 * std::int64_t{86'400'000'000});
      case 2: return value + " - " + time_to_text(random_time(random_)) + order() + duration_to_text(random_duration(random_));
      default: {
        const auto end = random_.chance(10) ? std::string("24:00") : random_.pick(clocks);
        return value + membership() + random_.pick(clocks) + ".." + end + " " + as_literal(random_.pick(zones)) + random_.pick(days);
      }
    }
  }

  std::string about_duration(const std::string& value) {
    if (random_.chance(30)) {
      const auto low = random_duration(random_);
      return value + membership() + duration_to_text(low) + ".." + duration_to_text(std::max(low, random_duration(random_)));
    }
    if (random_.chance(30)) return value + " + " + duration_to_text(random_duration(random_)) + order() + duration_to_text(random_duration(random_));
    return value + order() + duration_to_text(random_duration(random_));
  }

  std::string about_set(const std::string& value) {
    switch (random_.below(4)) {
      case 0: return text_literal() + membership() + value;
      case 1: return value + " contains " + text_literal();
      case 2: return "(any g in " + value + " : " + about_string("g") + ")";
      default: return "(all g in " + value + " : " + about_string("g") + ")";
    }
  }

  std::string about_word(const Fact& fact, const std::string& value) {
    if (random_.chance(30)) return value + membership() + listed(2, [&] { return std::string(random_.pick(fact.values)); });
    return value + order() + std::string(random_.pick(fact.values));
  }

  std::string literal(const Fact& fact) {
    switch (fact.type) {
      case TypeKind::boolean: return random_.chance(50) ? "true" : "false";
      case TypeKind::integer: return count(fact);
      case TypeKind::ip: return to_text(random_ip(random_));
      case TypeKind::time: return time_to_text(random_time(random_));
      case TypeKind::duration: return duration_to_text(random_duration(random_));
      case TypeKind::enumeration: return std::string(random_.pick(fact.values));
      case TypeKind::string:
      case TypeKind::cidr:
      case TypeKind::string_set:
      case TypeKind::tenant:
      case TypeKind::client:
      case TypeKind::connection:
      case TypeKind::organization: break;
    }
    return text_literal();
  }

  std::string zone_question() {
    if (!around_.wide_zones.empty() && random_.chance(60))
      return "(request in " + random_.pick(around_.wide_zones) + " else " + (random_.chance(50) ? "true)" : "false)");
    if (!around_.zones.empty()) return "request" + membership() + random_.pick(around_.zones);
    return "request.ip" + membership() + random_block(random_);
  }

  // Clients, connections, organizations and what kinds they are.
  std::string thing() {
    const bool has_connection = (around_.actions & (mask_of(Action::m2m) | mask_of(Action::access))) == 0;
    static const std::array<std::string, 4> equal = {" == ", " == ", " == ", " != "};
    switch (random_.below(7)) {
      case 0: return "client.type" + random_.pick(equal) + std::string(random_.pick(client_type_names));
      case 1:
        if (has_connection) return "connection.family" + random_.pick(equal) + std::string(random_.pick(family_names));
        break;
      case 2:
        if (has_connection) return random_.chance(50) ? "connection.strategy in [database, saml]" : "connection.strategy == sms";
        break;
      case 3:
        if (around_.floor) return "tenant.tier == gold";
        if (has_connection && !around_.connections.empty())
          return "connection" + membership() + listed(2, [&] { return random_.pick(around_.connections); });
        break;
      case 4:
        if (!around_.floor && !around_.clients.empty()) return "client" + random_.pick(equal) + random_.pick(around_.clients);
        break;
      case 5:
        if (!around_.floor && !around_.organizations.empty())
          return "has organization and organization" + random_.pick(equal) + random_.pick(around_.organizations);
        break;
      default: break;
    }
    return random_.chance(50) ? "(tenant.size else 3) > 4" : "\"beta\" in tenant.features";
  }

  Random& random_;
  const Surroundings& around_;
  std::vector<Fact> facts_;
};

}  // namespace

std::string random_condition(Random& random, const Surroundings& surroundings, int depth) {
  return Maker(random, surroundings).condition(depth);
}

}  // namespace writ::agree
