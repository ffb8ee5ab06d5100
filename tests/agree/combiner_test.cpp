// The combiner, from facts to effect, by oracle, interpreter and machine code: for each condition in it a pair of requests that differ in that
// condition alone and get different answers (MC/DC by construction), and then every combination of the conditions against a plain expectation.
#include "tests/agree/run.h"

#include <set>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using Groups = std::set<std::string>;

// Each group makes one rule fire; the request comes by the connection `users`, without a second factor.
const std::string policy = R"(writ 1
tenant acme {
  connection users : database
  connection staff : saml
  client shop : spa { connections users, staff }
  allow login "allow" when "allow" in user.groups
  deny login "deny" when "deny" in user.groups
  require mfa "mfa" when "mfa" in user.groups
  require verify_email "verified" when "verified" in user.groups
  require use_connection(users) "users" when "users" in user.groups
  require use_connection(users) "users again" when "users again" in user.groups
  require use_connection(staff) "staff" when "staff" in user.groups
  require use_connection(staff) or mfa "staff or mfa" when "staff or mfa" in user.groups
  report allow login "report allow" when "report allow" in user.groups
  report deny login "report deny" when "report deny" in user.groups
  report require mfa "report mfa" when "report mfa" in user.groups
  report require use_connection(staff) "report staff" when "report staff" in user.groups
}
)";

struct Outcome {
  Effect effect{};
  Because because{};
  Effect would_be{};
  bool operator==(const Outcome&) const = default;
};
constexpr Outcome allowed{Effect::allow, Because::rules, Effect::allow};
constexpr Outcome challenged{Effect::challenge, Because::rules, Effect::challenge};
constexpr Outcome denied{Effect::deny, Because::rules, Effect::deny};
constexpr Outcome not_allowed{Effect::deny, Because::no_allow, Effect::deny};
constexpr Outcome conflicting{Effect::deny, Because::conflicting_obligations, Effect::deny};

class Asked {
 public:
  Asked() : prepared_(agree::prepare({policy}, agree::machine_code(true))) {
    INFO(prepared_->problems);
    REQUIRE(prepared_->problems.empty());
  }
  // What all three say; the test fails where one says otherwise.
  Outcome operator()(const Groups& groups) const {
    NamedRequest request = baseline(Action::login);
    request.tenant = "acme", request.client = "shop", request.connection = "users";
    request.facts["user.groups"] = StringSet(groups.begin(), groups.end());
    const auto seen = agree::ask(*prepared_, request, true);
    const auto difference = agree::difference(*prepared_, request, seen, true);
    if (!difference.empty()) FAIL(agree::to_text(request) << difference);
    return {seen.explanation.effect, seen.explanation.because, seen.explanation.would_be};
  }

 private:
  std::unique_ptr<agree::Case> prepared_;
};

struct Pair {
  std::string condition;
  Groups others;        // that hold in both requests
  std::string changes;  // the rule that fires in the second one only
  Outcome without, with;
  std::string instead = {};  // fires in the first one only
};

const std::vector<Pair> pairs = {
    {"a deny fired, among allows", {"allow"}, "deny", allowed, denied},
    {"a deny fired, among open requires", {"allow", "mfa"}, "deny", challenged, denied},
    {"a deny fired, in a conflict", {"allow", "users", "staff"}, "deny", conflicting, denied},
    {"an allow fired", {}, "allow", not_allowed, allowed},
    {"an allow fired, with open requires", {"mfa"}, "allow", not_allowed, challenged},
    {"an allow fired, in a conflict", {"users", "staff"}, "allow", not_allowed, conflicting},
    {"requires conflict, one being open before", {"allow", "staff"}, "users", challenged, conflicting},
    {"a require that fired is not satisfied", {"allow"}, "mfa", allowed, challenged, "verified"},
    {"a first connection conflicts with none", {"allow"}, "staff", allowed, challenged},
    {"the second connection is another one", {"allow", "users"}, "staff", allowed, conflicting, "users again"},
    {"the obligation is one connection and no choice",
     {"allow", "users"},
     "staff",
     challenged,
     conflicting,
     "staff or mfa"},
    {"an allow is enforced", {}, "allow", {Effect::deny, Because::no_allow, Effect::allow}, allowed, "report allow"},
    {"a deny is enforced", {"allow"}, "deny", {Effect::allow, Because::rules, Effect::deny}, denied, "report deny"},
    {"a require is enforced",
     {"allow"},
     "mfa",
     {Effect::allow, Because::rules, Effect::challenge},
     challenged,
     "report mfa"},
    {"a conflict is enforced",
     {"allow", "users"},
     "staff",
     {Effect::allow, Because::rules, Effect::deny},
     conflicting,
     "report staff"},
};

}  // namespace

TEST_CASE("each condition of the combiner decides alone, for oracle, interpreter and machine code") {
  const Asked ask;
  for (const auto& pair : pairs) {
    INFO(pair.condition);
    Groups without = pair.others, with = pair.others;
    if (!pair.instead.empty()) without.insert(pair.instead);
    with.insert(pair.changes);
    CHECK(ask(without) == pair.without);
    CHECK(ask(with) == pair.with);
    CHECK_FALSE(pair.without == pair.with);
  }
}

TEST_CASE("every combination of what can fire has the effect that the language page says") {
  const Asked ask;
  const std::vector<std::string> all = {"allow",       "deny",       "mfa",          "verified",
                                        "users",       "staff",      "staff or mfa", "report allow",
                                        "report deny", "report mfa", "report staff"};
  const auto expected = [](const Groups& fired, bool with_reports) -> std::pair<Effect, Because> {
    const auto counts = [&](const std::string& name) {
      return fired.contains(name) || (with_reports && fired.contains("report " + name));
    };
    if (counts("deny")) return {Effect::deny, Because::rules};
    if (!counts("allow")) return {Effect::deny, Because::no_allow};
    if (counts("users") && counts("staff")) return {Effect::deny, Because::conflicting_obligations};
    if (counts("mfa") || counts("staff") || counts("staff or mfa")) return {Effect::challenge, Because::rules};
    return {Effect::allow, Because::rules};
  };
  for (std::size_t mask = 0; mask < std::size_t{1} << all.size(); ++mask) {
    Groups fired;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (mask >> i & 1) fired.insert(all[i]);
    const auto [effect, because] = expected(fired, false);
    REQUIRE(ask(fired) == Outcome{effect, because, expected(fired, true).first});
  }
}
