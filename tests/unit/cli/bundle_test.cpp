// Bundles as a shell sees them: built, signed, judged by every verb, changed by deltas, taken back.
#include "tests/unit/cli/place.h"

#include <algorithm>
#include <iterator>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

namespace {

const std::string other = R"(writ 1
tenant bolt {
  connection users : database
  client shop : spa { connections users }
  allow login when user.email_verified
}
)";

// A folder with a policy, keys and a bundle of it.
struct World {
  Place place;
  explicit World(const std::string& flags = "") {
    fs::create_directory(place.path() / "p");
    place.write("p/acme.writ", policy);
    place.write("p/bolt.writ", other);
    place.write("r.json", request(R"(["staff"])"));
    done("writ keygen release && writ keygen ops --algorithm ecdsa-p256");
    done("writ build p -o all.writb --key release.key " + flags);
  }
  Ran run(const std::string& line) const { return place.run(line); }
  Ran done(const std::string& line) const {
    auto ran = place.run(line);
    INFO(line << "\n" << ran.out << ran.err);
    REQUIRE(ran.code == 0);
    return ran;
  }
  void refused(const std::string& line, const std::string& reason) const {
    const auto ran = place.run(line);
    INFO(line << "\n" << ran.out << ran.err);
    CHECK(ran.code == 8);
    CHECK(ran.err.find(reason) != std::string::npos);
  }
  void flip(const std::string& from, const std::string& to, double where) const {
    auto text = place.read(from);
    text[static_cast<std::size_t>(where * static_cast<double>(text.size()))] ^= 1;
    place.write(to, text);
  }
};

}  // namespace

TEST_CASE("a bundle is built, verified, looked into and decided by") {
  const World world;
  CHECK(world.done("writ verify all.writb --key release.pub").out.starts_with("ok: version 1 of channel default ("));
  const auto json =
      nlohmann::json::parse(world.done("writ inspect all.writb --key release.pub --parts --format json").out);
  CHECK(json["tenants"] == 2);
  CHECK(json["refused"].is_null());
  CHECK(json["parts"][0]["sources"][0]["file"] == "p/acme.writ");
  const std::string key = " --key release.pub";
  const auto from_source = world.done("writ eval p r.json").out,
             from_bundle = world.done("writ eval all.writb r.json" + key).out;
  CHECK(from_bundle.substr(0, from_bundle.find("revision")) == from_source.substr(0, from_source.find("revision")));
  CHECK(from_bundle.find("revision 1 (") != std::string::npos);
  CHECK(world.done("writ explain p r.json").out.substr(0, 200) ==
        world.done("writ explain all.writb r.json" + key).out.substr(0, 200));
  for (const std::string verb : {"facts --tenant acme", "facts --schema --tenant acme", "dump --program", "matrix",
                                 "graph", "connections --tenant acme --client shop"}) {
    const auto space = verb.find(' ');
    const auto name = verb.substr(0, space), flags = space == verb.npos ? "" : verb.substr(space);
    INFO(verb);
    CHECK(world.done("writ " + name + " p" + flags).out == world.done("writ " + name + " all.writb" + flags + key).out);
  }
  CHECK(world.run("writ diff p all.writb" + key).code == 0);
  const auto both = world.run("writ eval --engine both all.writb r.json" + key);
#if WRIT_WITH_JIT
  CHECK(both.code == 0);
#else
  CHECK(both.err == "writ: this build has no machine code\n");
#endif
}

TEST_CASE("every verb that reads a bundle judges it first, and refuses by name") {
  const World world;
  for (const std::string verb :
       {"eval all.writb r.json", "explain all.writb r.json", "connections all.writb --tenant acme --client shop",
        "facts all.writb", "dump all.writb", "matrix all.writb", "graph all.writb", "diff all.writb p",
        "diff p all.writb", "verify all.writb", "password explain all.writb --tenant acme --connection users",
        "apply all.writb all.writb -o x", "build p --since all.writb -o x"}) {
    INFO(verb);
    world.refused("writ " + verb, "untrusted_key");
    world.refused("writ " + verb + " --trust nothing", "nothing");
    if (!verb.starts_with("build")) world.refused("writ " + verb + " --key ops.pub", "untrusted_key");
  }
  world.done("writ build p -o plain.writb");
  world.refused("writ eval plain.writb r.json --key release.pub", "is_unsigned");
  world.done("writ eval plain.writb r.json --insecure-unsigned");
  world.done("WRIT_TRUST=t && export WRIT_TRUST && echo key release.pub > t && writ eval all.writb r.json");
  for (const double where : {0.001, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99}) {
    world.flip("all.writb", "bad.writb", where);
    if (where > 0.01) world.refused("writ eval bad.writb r.json --key release.pub", "refused");
    if (where > 0.01) world.refused("writ verify bad.writb --key release.pub", "refused");
  }
  world.done("head -c 900 all.writb > cut.writb");
  world.refused("writ verify cut.writb --key release.pub", "truncated");
  CHECK(world.run("writ verify nowhere.writb --key release.pub").code == 1);
}

TEST_CASE("what wants source says that a bundle holds none") {
  const World world;
  for (const std::string verb : {"test all.writb", "dump --tree all.writb", "dump --model all.writb"}) {
    const auto ran = world.run("writ " + verb + (verb[0] == 'd' ? " --key release.pub" : ""));
    INFO(verb << ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.err.find("holds no source") != std::string::npos);
  }
  CHECK(world.run("writ eval --engine oracle all.writb r.json --key release.pub").code == 1);
}

TEST_CASE("times, channels, thresholds and scopes are held") {
  const World world("--channel production --not-before 2026-01-01T00:00Z --expires 2027-01-01T00:00Z");
  const std::string verify = "writ verify all.writb --key release.pub ";
  world.refused(verify + "--at 2025-12-31T23:59:59Z", "not_yet_valid");
  world.done(verify + "--at 2026-01-01T00:00Z");
  world.refused(verify + "--at 2027-01-01T00:00Z", "expired");
  world.place.write("two", "threshold 2\nkey release.pub\nkey ops.pub\n");
  world.refused("writ verify all.writb --trust two --at 2026-06-01T00:00Z", "too_few_signatures");
  world.done("writ sign all.writb --key ops.key");
  world.done("writ verify all.writb --trust two --at 2026-06-01T00:00Z");
  world.place.write("staging", "channel staging\nkey release.pub\n");
  world.refused("writ verify all.writb --trust staging --at 2026-06-01T00:00Z", "wrong_channel");
  world.place.write("acme", "key ops.pub for acme\n");
  world.refused("writ verify all.writb --trust acme --at 2026-06-01T00:00Z", "wrong_scope");
  world.refused("writ build p -o newer.writb --key release.key --minimum-engine 99.0.0 && writ verify newer.writb "
                "--key release.pub",
                "engine_too_old");
  CHECK(world.run("writ build p -o x.writb --expires soon").code == 2);
  CHECK(world.run("writ build p -o x.writb --channel a/b").code == 2);
  CHECK(world.run("writ build p -o x.writb --expires 0s").code == 2);
}

TEST_CASE("an empty word is a variable that was not set, and never as if nothing had been asked for") {
  const World world;
  for (const std::string command :
       {"verify all.writb --key release.pub --state ''",
        "verify all.writb --key release.pub --state=", "verify all.writb --key release.pub --at ''",
        "build p -o x.writb --expires ''", "build p -o x.writb --since ''", "build p -o x.writb --channel ''",
        "lint p --fail-level ''", "check ''", "eval all.writb '' --key release.pub"}) {
    const auto ran = world.run("writ " + command);
    INFO(command << ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.find("is a variable of the script not set?") != std::string::npos);
  }
  CHECK(world.run("test -e x.writb").code == 1);
  CHECK(world.run("writ verify all.writb --key release.pub --state ''").err.find("behind `--state` stands nothing") !=
        std::string::npos);
}

TEST_CASE("what is no bundle is not written over") {
  const World world;
  world.place.write("notes.txt", "do not lose me\n");
  world.place.write("empty", "");
  for (const std::string there : {"notes.txt", "release.key", "p/bolt.writ"}) {
    const auto before = world.place.read(there);
    for (const std::string since : {"", " --since all.writb --key release.key"}) {
      const auto ran = world.run("writ build p -o " + there + since);
      INFO(there << ran.err);
      CHECK(ran.code == 2);
      CHECK(ran.err.find("is there and is no bundle") != std::string::npos);
      CHECK(world.place.read(there) == before);
    }
  }
  world.done("writ build p -o empty --key release.key");
  world.done("writ build p -o delta.writd --since all.writb --key release.key");
  world.done("writ build p -o delta.writd --since all.writb --key release.key");
}

TEST_CASE("versions end where numbers of JSON do") {
  const World world;
  for (const std::string wrong : {"0", "-1", "9007199254740992", "99999999999999999999", "abc"})
    CHECK(world.run("writ build p -o x.writb --version " + wrong).code == 2);
  CHECK(world.run("writ build p -o x.writb --version 0").err.find("a number from 1 to 9007199254740991") !=
        std::string::npos);
  world.done("writ build p -o x.writb --key release.key --version 9007199254740991");
  const auto next = world.run("writ build p -o x.writb --key release.key");
  CHECK(next.code == 2);
  CHECK(next.err.find("there is no version after 9007199254740991") != std::string::npos);
}

TEST_CASE("an unchanged policy builds from its older bundle, and the same to the byte as without") {
  const World world;
  CHECK(world.done("writ build p -o all.writb --key release.key")
            .out.find("version 2 of channel default, 2 tenants (0 compiled, 2 kept)") != std::string::npos);
  world.place.write("p/bolt.writ", other + "\n// more\n");
  world.place.write("p/acme.writ", policy + "tenant cove {\n  connection users : database\n}\n");
  CHECK(world.done("writ build p -o all.writb --key release.key --version 7")
            .out.find("3 tenants (1 compiled, 2 kept)") != std::string::npos);
  world.done("cp all.writb kept.writb && writ build p -o all.writb --key release.key --version 7 --anew && "
             "writ inspect all.writb --format json > a; writ inspect kept.writb --format json > b");
  const auto anew = nlohmann::json::parse(world.place.read("a")), kept = nlohmann::json::parse(world.place.read("b"));
  CHECK(anew["state"] == kept["state"]);
  world.flip("all.writb", "all.writb", 0.5);  // a cache that is not whole is none
  const auto rebuilt = world.done("writ build p -o all.writb --key release.key");
  CHECK(rebuilt.out.find("3 tenants (3 compiled, 0 kept)") != std::string::npos);
  CHECK(rebuilt.err.find("damaged") != std::string::npos);
  world.place.write("p/bolt.writ", "writ 1\ntenant bolt {\n");
  const auto before = world.place.read("all.writb");
  CHECK(world.run("writ build p -o all.writb --key release.key").code == 3);
  CHECK(world.place.read("all.writb") == before);
}

TEST_CASE("a delta over its base is the bundle built whole, and nothing over another") {
  const World world;
  world.place.write("p/acme.writ", policy + "tenant cove {\n  connection users : database\n}\n");
  fs::remove(world.place.path() / "p/bolt.writ");
  world.done("writ build p --since all.writb -o d.writb --key release.key --version 2");
  world.done("cp all.writb one.writb && writ build p -o all.writb --key release.key --version 2");
  world.done("writ apply one.writb d.writb -o out.writb --key release.pub");
  CHECK(world.place.read("out.writb") == world.place.read("all.writb"));
  world.done("writ verify d.writb --base one.writb --key release.pub");
  world.refused("writ apply all.writb d.writb -o x --key release.pub", "wrong_base");
  world.refused("head -c 300 d.writb > cut && writ apply one.writb cut -o x --key release.pub", "truncated");
  world.refused("writ apply one.writb d.writb -o x --key ops.pub", "untrusted_key");
  CHECK(world.run("writ verify d.writb --key release.pub").code == 2);
  CHECK(world.run("writ sign d.writb --key ops.key").code == 2);
  world.done("writ sign d.writb --key ops.key --base one.writb");
  world.done("writ verify d.writb --base one.writb --key ops.pub");
  CHECK(!fs::exists(world.place.path() / "x"));
}

TEST_CASE("a version that was seen does not go back but by a signed statement") {
  const World world;
  const std::string seen = " --key release.pub --state seen --record";
  world.done("cp all.writb one.writb && writ verify one.writb" + seen);
  world.done("writ build p -o all.writb --key release.key && writ verify all.writb" + seen);
  world.refused("writ verify one.writb" + seen, "lower_version");
  world.done("writ sign one.writb --rollback-from 2 --key release.key -o back.writr");
  world.done("writ verify one.writb" + seen + " --rollback back.writr");
  world.refused("writ verify all.writb" + seen, "lower_version");
  world.done("writ build p -o all.writb --key release.key --version 3 && writ verify all.writb" + seen);
  world.refused("writ verify one.writb" + seen + " --rollback back.writr", "bad_rollback");
  world.place.write("seen", "");
  world.refused("writ verify all.writb" + seen, "bad_state");
}

TEST_CASE("keys are made for their owner alone and never over others") {
  const World world;
  const auto mode = fs::status(world.place.path() / "release.key").permissions();
  CHECK((mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
  CHECK(world.run("writ keygen release").code == 1);
  CHECK(world.run("writ sign all.writb --key release.pub").err.find("public key") != std::string::npos);
  CHECK(world.run("writ keygen x --algorithm rsa").code == 2);
}
