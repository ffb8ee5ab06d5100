// Asking whether a password may be set: what is reported, what is a fault, and what refuses because it is not known.
#include "tests/unit/check_password/world.h"

using namespace writ;
using namespace writ::test;

namespace {

std::string said(const Passwords& world, std::string_view password, const PasswordRequest& request = {}) {
  return refused(world.ask(password, request));
}

}  // namespace

TEST_CASE("every requirement in force is reported with its parameters and who asked for it") {
  const Passwords world(
      "platform { floor password baseline { length 8..64 } }\n"
      "client console : spa { password { max repeats 3 } }\n"
      "tenant acme { password strong { classes 3 of lower, upper, digit, symbol }\n"
      "password { reject words [\"acme\"] }\n"
      "connection people : database { password strong password { at least 2 digits unicode  expires after 90d } }\n"
      "client shop : spa { connections people password { no sequences 4 } } use console { connections people } allow "
      "signup "
      "}");
  REQUIRE(world.problems == "");
  const auto report = world.ask("acmé", {});
  std::string lines;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    lines += std::string(report.meets(i) ? "+ " : "- ") +
             std::string(password_check_names[static_cast<std::size_t>(one.check)]) + " | " + one.text + " | " +
             one.origin + " | " + one.place + " | " + describe(one) + "\n";
  }
  CHECK(
      lines ==
      "- length.min | length 8..64 | platform floor baseline | policy.writ:2 | at least 8 characters\n"
      "+ length.max | length 8..64 | platform floor baseline | policy.writ:2 | at most 64 characters\n"
      "- classes | classes 3 of lower, upper, digit, symbol | acme password strong | policy.writ:4 | at least 3 of "
      "these 4 "
      "kinds: lower case letters (a-z), upper case letters (A-Z), digits (0-9), special characters (such as !@#$%^&*)\n"
      "- at_least | at least 2 digits unicode | acme connection people | policy.writ:6 | at least 2 of: digits\n"
      "+ repeats | max repeats 3 | client console | policy.writ:3 | at most 3 identical characters in a row\n"
      "+ sequences | no sequences 4 | acme client shop | policy.writ:7 | no run of 4 letters or digits in order, such "
      "as "
      "abcd or 4321\n"
      "+ words | reject words [\"acme\"] | acme password | policy.writ:5 | none of the words that are not allowed here "
      "in "
      "it\n");
  REQUIRE(report.others.size() == 1);
  CHECK(describe(report.others[0]) == "expires after 90d");
  CHECK_FALSE(report.accepted);
  CHECK(refused(world.ask("My ACME 12", {})) == "words ");
  CHECK(refused(world.ask("My Acm3 12", {})) == "");
}

TEST_CASE("faults of the question, in their order") {
  Passwords world("tenant acme { connection people : database { signup closed password { length 3.. } }\n"
                  "connection staff : saml client shop : spa { connections people }\n"
                  "client other : spa { connections staff } allow password_change }");
  REQUIRE(world.problems == "");
  PasswordRequest request;
  request.event = PasswordEvent::change;
  CHECK(said(world, "secret", request) == "");
  request.tenant = "nobody";
  CHECK(said(world, "secret", request) == "fault unknown_tenant");
  request.tenant = "acme";
  request.client = "nobody";
  request.connection = "nothing";
  CHECK(said(world, "secret", request) == "fault unknown_client");
  request.client = "other";
  CHECK(said(world, "secret", request) == "fault unknown_connection");
  request.connection = "people";
  CHECK(said(world, "secret", request) == "fault connection_not_enabled");
  request.client = "shop";
  CHECK(said(world, "secret", request) == "");
  request.client.reset();
  request.connection = "staff";
  CHECK(said(world, "secret", request) == "fault no_passwords");
  request.connection = "people";
  request.event = PasswordEvent::signup;
  CHECK(said(world, "secret", request) == "fault signup_closed");
  request.event = PasswordEvent::reset;
  CHECK(said(world, "", request) == "fault empty");
  CHECK(said(world, std::string(1'025, 'x'), request) == "fault too_long");
  CHECK(said(world, std::string(1'024, 'x'), request) == "");
  for (const auto* bytes : {"\xff", "abc\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
    CHECK(said(world, bytes, request) == "fault not_utf8");
  CHECK(said(world, std::string_view("a\0b", 3), request) == "");  // three characters
  PasswordUser user;
  user.email = "\xff";
  request.user = &user;
  CHECK(said(world, "secret", request) == "fault invalid_user");
  world.engine.set_stale(true);
  CHECK(said(world, "secret", request) == "fault stale");
  const Engine nothing;
  PasswordRequest plain;
  plain.tenant = "acme";
  CHECK(refused(nothing.check_password(Secret("x"), plain)) == "fault not_ready");
}

TEST_CASE("what is not known refuses") {
  const Passwords world(
      with("reject common, breached, personal  reject contains username, email  strength >= 1  history 2  min "
           "age 1d"));
  REQUIRE(world.problems == "");
  PasswordRequest request;
  request.event = PasswordEvent::change;
  const std::string everything = "history age.min common breached personal username email strength ";
  const auto report = world.ask("whatever", request);
  std::string missing;
  for (const auto& one : report.requirements) missing += missing_text(report, one) + "\n";
  CHECK(refused(report) == everything);
  CHECK(missing == "the passwords before this one are not known\n"
                   "the time of the last change is not known\n"
                   "the list of common passwords is not loaded\n"
                   "no list of breached passwords is loaded\n"
                   "nothing was said of the user\n"
                   "nothing was said of the user\n"
                   "nothing was said of the user\n"
                   "the strength of passwords cannot be judged here\n");
  Lists lists;
  const PasswordUser user;
  const Used used({"first", "second", "third"});
  request.data = &lists;
  request.user = &user;
  request.history = &used;
  request.since_last_change = 86'400'000'000;
  lists.scores["whatever"] = 1;
  CHECK(said(world, "whatever", request) == "common ");  // a list without a password in it is none
  lists.common = {"password"};
  CHECK(said(world, "whatever", request) == "");
  request.since_last_change = 86'399'999'999;
  CHECK(said(world, "whatever", request) == "age.min ");
  lists.scores["second"] = lists.scores["third"] = 4;
  CHECK(said(world, "second", request) == "history age.min ");
  CHECK(said(world, "third", request) == "age.min ");
  request.event = PasswordEvent::signup;  // nothing was before
  request.history = nullptr;
  CHECK(said(world, "second", request) == "");
}

TEST_CASE("a list of common passwords that is shorter than what is asked for refuses, and says so") {
  const Passwords world(with("reject common top 3"));
  Lists lists;
  lists.common = {"a", "b"};
  PasswordRequest request;
  request.data = &lists;
  const auto report = world.ask("fine", request);
  CHECK(refused(report) == "common ");
  CHECK(missing_text(report, report.requirements[0]) ==
        "the list of common passwords is shorter than what is asked for");
  lists.common = {"a", "b", "c", "d"};
  CHECK(said(world, "fine", request) == "");
  CHECK(said(world, "c", request) == "common ");
  CHECK(said(world, "d", request) == "");
}

TEST_CASE("what is known of the person") {
  const Passwords world(with("reject personal  reject contains username, email"));
  const std::vector<std::string_view> profile{"Zoë O'Neil", "Al", "+49 151 2345"};
  const PasswordUser user{"ZoeO", "zoe.oneil@mail.example.com", profile};
  PasswordRequest request;
  request.user = &user;
  CHECK(said(world, "something else", request) == "");
  CHECK(said(world, "xNEILx", request) == "personal ");
  CHECK(said(world, "ZOË!", request) == "personal ");
  CHECK(said(world, "all", request) == "");  // words of two characters say nothing
  CHECK(said(world, "a2345b", request) == "personal ");
  CHECK(said(world, "ZOE.ONEIL", request) == "personal ");
  CHECK(said(world, "zoeo1", request) == "personal username ");
  CHECK(said(world, "my zoe.ONEIL@mail.example.com", request) == "personal email ");
  CHECK(said(world, "mail", request) == "personal ");
}

TEST_CASE("normalizing lets nothing through that was refused without it") {
  const Passwords plain(with("length ..6  classes 2 of lower, upper, digit")),
      both(with("length ..6  classes 2 of lower, upper, digit  normalize nfkc"));
  REQUIRE(both.problems == "");
  CHECK(said(plain, "ＡＢａｂ") == "classes ");
  CHECK(said(both, "ＡＢａｂ") == "classes ");  // as typed it has no ASCII letter
  CHECK(said(plain, "aA\ufdfa") == "");
  CHECK(said(both, "aA\ufdfa") == "length.max ");  // one character becomes eighteen
  CHECK(both.ask("aA\ufdfa", {}).normalized);
  CHECK_FALSE(both.ask("aA1", {}).normalized);
  CHECK_FALSE(both.ask("aAä", {}).normalized);
  std::string long_one;
  for (int i = 0; i < 300; ++i) long_one += "\ufdfa";
  CHECK(said(both, long_one) == "fault too_long");
}

TEST_CASE("a client is no way around what another asks for") {
  const Passwords world("tenant acme { connection people : database { password { length 4.. } }\n"
                        "client lax : spa { connections people }\n"
                        "client strict : web { connections people password { length 12.. } } allow signup }");
  REQUIRE(world.problems == "");
  PasswordRequest request;
  for (const auto client : {std::optional<std::string_view>(), std::optional<std::string_view>("lax"),
                            std::optional<std::string_view>("strict")}) {
    request.client = client;
    CHECK(said(world, "short one", request) == "length.min ");
    CHECK(said(world, "a longer one", request) == "");
  }
}

TEST_CASE("a connection without requirements accepts all but what is no password") {
  const Passwords world(with(""));
  CHECK(said(world, "x") == "");
  CHECK(said(world, "") == "fault empty");
}

TEST_CASE("floors that nobody can satisfy do not compile") {
  CHECK(Passwords(with("", "length 20..  length ..10")).problems.find("E0502") != std::string::npos);
  CHECK(Passwords(with("at least 5 digits", "length ..4")).problems.find("E0502") != std::string::npos);
  CHECK(Passwords(with("length 1025..")).problems.find("E0503") != std::string::npos);
  CHECK(Passwords(with("length 1024..")).problems == "");
}

TEST_CASE("tenants that ask for the same share one shape, whatever their numbers and words") {
  const auto shape_of = [](const std::string& requirements) {
    const Passwords world(with(requirements));
    REQUIRE(world.problems == "");
    return world.engine.part("acme")->passwords.at(0).shape;
  };
  CHECK(*shape_of("length 8..64  reject words [\"a\"]") == *shape_of("length 9..10  reject words [\"bb\"]"));
  CHECK_FALSE(*shape_of("length 8..64") == *shape_of("length 8.."));
}

TEST_CASE("how far back a history is looked at is what the program compares with, whatever its reports say") {
  const Passwords world(with("history 3"));
  auto part = *world.engine.part("acme");
  part.passwords.at(0).requirements.at(0).numbers = {1};
  part.passwords.at(0).requirements.at(0).check = PasswordCheck::words;
  part.hash = program::hash_of(part);
  Engine other;
  REQUIRE(other.put({part}) == "");
  const Used used({"first", "second", "third", "fourth"});
  PasswordRequest request;
  request.tenant = "acme";
  request.connection = "people";
  request.event = PasswordEvent::change;
  request.history = &used;
  CHECK_FALSE(other.check_password(Secret("third"), request).accepted);
  CHECK(other.check_password(Secret("fourth"), request).accepted);
}
