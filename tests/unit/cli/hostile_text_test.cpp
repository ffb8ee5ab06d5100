// Policies made to break whoever reads them, given to the real command: each is refused with a message and exit code 3, by `writ check` and by
// `writ fmt`, within a bound of memory that the kernel holds and long before the time limit. What is merely large is taken.
#include "tests/unit/cli/place.h"

#include <functional>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace writ::cli_tests;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string megabyte_of(const std::string& text) { return repeated(text, (1u << 20) / text.size()); }

std::string in_tenant(const std::string& items) { return "writ 1\ntenant acme {\n" + items + "\n}\n"; }
std::string condition(const std::string& text) { return in_tenant("allow login when " + text); }

// A sanitizer reserves terabytes of addresses, so that there a bound would forbid it to start.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr const char* bound = "";
#else
constexpr const char* bound = "ulimit -v 3000000; ";  // kilobytes
#endif

// Two minutes: `timeout` ends the command with 124. These take seconds; a machine may be busy.
Ran bounded(const Place& place, const std::string& command) {
  return place.run(bound + std::string("timeout 120 ") + command);
}

void refused(const Place& place, const std::string& command, const std::string& code) {
  const Ran ran = bounded(place, command);
  INFO(command << "\n" << ran.err.substr(0, 2'000));
  CHECK(ran.code == 3);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("error[" + code + "]: ") != std::string::npos);
  CHECK(ran.err.size() < 100'000);  // what a message repeats of the text is bounded
}

struct Hostile {
  std::string name;
  std::function<std::string()> text;
  std::string code;
  bool checker = false;  // only the checker refuses it: the text can be laid out
};

const std::vector<Hostile> policies = {
    {"1 MB of (", [] { return condition(megabyte_of("(")); }, "E0901"},
    {"1 MB of not", [] { return condition(megabyte_of("not ") + "true"); }, "E0901"},
    {"1 MB of not without an end", [] { return condition(megabyte_of("not ")); }, "E0101"},
    {"1 MB of [", [] { return condition("user.id in " + megabyte_of("[")); }, "E0901"},
    {"1 MB of {", [] { return "writ 1\n" + megabyte_of("{"); }, "E0101"},
    {"1 MB of { in a tenant", [] { return in_tenant(megabyte_of("{")); }, "E0101"},
    {"1 MB of tenants in tenants", [] { return "writ 1\n" + megabyte_of("tenant a { "); }, "E0114"},
    {"1 MB of }", [] { return "writ 1\n" + megabyte_of("}"); }, "E0101"},
    {"1 MB of quantifiers", [] { return condition(megabyte_of("any g in user.groups : ") + "true"); }, "E0901"},
    {"1 MB of else", [] { return condition(megabyte_of("user.email else ") + "\"\" == \"\""); }, "E0901"},
    {"100,000 chained and", [] { return condition(repeated("user.nobody and ", 100'000) + "true"); }, "E0221", true},
    {"100,000 chained comparisons", [] { return condition(repeated("1 < ", 100'000) + "1"); }, "E0109"},
    {"a 5 MB string", [] { return condition("user.id == \"" + std::string(5'000'000, 'x') + "\""); }, "E0904"},
    {"a 5 MB string without its end", [] { return condition("user.id == \"" + std::string(5'000'000, 'x')); }, "E0103"},
    {"a 5 MB name", [] { return in_tenant("connection " + std::string(5'000'000, 'x') + " : database"); }, "E0903"},
    {"a 5 MB word of no statement", [] { return in_tenant(std::string(5'000'000, 'x')); }, "E0112"},
    {"a 5 MB fact", [] { return condition("user." + std::string(5'000'000, 'x') + " == 1"); }, "E0221", true},
    {"a 2 MB word of other letters", [] { return condition(repeated("\xC3\xA9", 1'000'000)); }, "E0106"},
    {"a 5 MB number", [] { return condition("user.logins == " + std::string(5'000'000, '9')); }, "E0102"},
    {"NUL", [] { return std::string("writ 1\ntenant acme { \0 }\n", 23); }, "E0113"},
    {"NUL in a string", [] { return std::string("writ 1\ntenant acme \"a\0b\" { }\n", 29); }, "E0113"},
    {"bytes that are no UTF-8", [] { return in_tenant("// \xFF"); }, "E0107"},
    {"an overlong slash", [] { return in_tenant("// \xC0\xAF"); }, "E0107"},
    {"half of a surrogate pair", [] { return in_tenant("// \xED\xA0\x80"); }, "E0107"},
    {"UTF-16", [] { return std::string("\xFF\xFEw\0r\0i\0t\0 \0001\0", 14); }, "E0107"},
    {"a byte order mark in the middle", [] { return in_tenant("\xEF\xBB\xBF"); }, "E0106"},
    {"a lone carriage return", [] { return in_tenant("// allow\r  allow login"); }, "E0113"},
    {"text that turns around", [] { return in_tenant("// \xE2\x80\xAE allow login"); }, "E0105"},
    {"text that turns around in a string", [] { return in_tenant("deny login \"\xE2\x81\xA6x\""); }, "E0105"},
    {"a letter that looks like another", [] { return in_tenant("connection \xD1\x83sers : database"); }, "E0106"},
    {"a blank that is none", [] { return in_tenant("allow\xC2\xA0login"); }, "E0106"},
    {"a blank without a width", [] { return in_tenant("allow lo\xE2\x80\x8Bgin"); }, "E0106"},
    {"a million errors, each on its line", [] { return in_tenant(repeated("alow login\n", 1'000'000)); }, "E0112"},
    {"a million errors on one line", [] { return in_tenant("zone z = 1.1.1.999" + repeated(",1.1.1.999", 1'000'000)); },
     "E0108"},
    {"150,000 unknown names on one line",
     [] {
       std::string text = "true";
       for (int i = 0; i < 150'000; ++i) text += " and q" + std::to_string(i);
       return condition(text);
     },
     "E0220", true},
    {"100,000 blocks that are never closed", [] { return "writ 1\n" + repeated("test \"t\" { login to a\n", 100'000); },
     "E0114"},
    {"17 MB", [] { return "writ 1\n//" + std::string(17u << 20, 'x') + "\n"; }, "E0617"},
};

}  // namespace

TEST_CASE("hostile text is refused with a message, in bounded time and memory") {
  const Place place;
  for (const Hostile& one : policies) {
    INFO(one.name);
    place.write("p.writ", one.text());
    refused(place, "writ check p.writ", one.code);
    if (!one.checker) refused(place, "writ fmt p.writ", one.code);
    const Ran json = bounded(place, "writ check --format json p.writ");
    CHECK(json.code == 3);
    CHECK(json.err.empty());
    CHECK(json.out.find("\"" + one.code + "\"") != std::string::npos);
  }
}

TEST_CASE("what is only large or written elsewhere is taken") {
  const Place place;
  const auto taken = [&](const std::string& text) {
    place.write("p.writ", text);
    const Ran ran = bounded(place, "writ check p.writ");
    INFO(ran.err.substr(0, 2'000));
    CHECK(ran.code == 0);
    CHECK(bounded(place, "writ fmt p.writ").code == 0);
  };
  taken(condition(repeated("user.email_verified and ", 100'000) + "true"));
  taken(condition(repeated("not ", 200) + "user.email_verified"));
  taken("\xEF\xBB\xBF" + in_tenant("allow login"));
  taken("writ 1\r\ntenant acme {\r\n  allow login\r\n}\r\n");
  taken(in_tenant("// \xC3\xA9\xE4\xBD\xA0\n  deny login \"\xC3\xA9\" when user.id == \"\xE4\xBD\xA0\""));
}

TEST_CASE("a file that outgrows the limit when it is laid out says so, and is left alone") {
  const Place place;
  const std::string tight = "\ntenant a{allow login;allow refresh;deny login}\n";
  const std::string text = "writ 1\n//" + std::string((16u << 20) - tight.size() - 9, 'x') + tight;
  place.write("p.writ", text);
  const Ran ran = bounded(place, "writ fmt -w p.writ");
  CHECK(ran.code == 3);
  CHECK(ran.err.find("when it is laid out, and a file has at most 16777216") != std::string::npos);
  CHECK(place.read("p.writ") == text);
}

TEST_CASE("imports and folders that lead astray end with a message") {
  const Place place;
  place.write("a.writ", "writ 1\nimport \"b.writ\"\n");
  place.write("b.writ", "writ 1\nimport \"a.writ\"\n");
  refused(place, "writ check a.writ", "E0614");
  place.write("self.writ", "writ 1\nimport \"self.writ\"\n");
  refused(place, "writ check self.writ", "E0614");
  for (int i = 0; i < 100; ++i)
    place.write("deep" + std::to_string(i) + ".writ", "writ 1\nimport \"deep" + std::to_string(i + 1) + ".writ\"\n");
  refused(place, "writ check deep0.writ", "E0615");
  REQUIRE(place
              .run("ln -s loop.writ loop.writ && mkdir round && ln -s . round/again && mkdir pipes && mkfifo "
                   "pipes/x.writ && "
                   "mkdir empty && ln -s /dev/zero zero.writ")
              .code == 0);
  refused(place, "writ check loop.writ", "E0611");
  refused(place, "writ check round", "E0613");  // a circle of folders ends, and there is no policy in it
  refused(place, "writ check pipes", "E0612");
  refused(place, "writ check pipes/x.writ", "E0612");
  refused(place, "writ check zero.writ", "E0612");
  refused(place, "writ check empty", "E0613");
  refused(place, "writ check nowhere", "E0610");
}

// Root reads every file, so root tries it as nobody, in a folder that nobody may enter; where that cannot be done it is said and left out.
TEST_CASE("a file that may not be read is a message") {
  const Place place;
  REQUIRE(place
              .run("mkdir open && cp \"$(command -v writ)\" open/command && printf 'writ 1\\n' >open/closed.writ && "
                   "chmod 755 . open "
                   "open/command && chmod 000 open/closed.writ")
              .code == 0);
  if (::geteuid() != 0) return refused(place, "writ check open/closed.writ", "E0611");
  const std::string nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
  if (place.run(nobody + "open/command --version").code != 0) {
    WARN("not tried: root reads every file, and the command cannot be run as another user here");
    return;
  }
  refused(place, nobody + "open/command check open/closed.writ", "E0611");
}
