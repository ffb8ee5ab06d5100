// Two sets loaded to be compared: what is the same in both is not parsed, everything that could make a difference is.
#include "compiler/load/pair.h"
#include "tests/support/folder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace writ;

namespace {

namespace fs = std::filesystem;

class Place : public support::Folder {
 public:
  bool run(const std::string& command) const {
    return std::system(("cd '" + path().string() + "' && " + command + " >/dev/null 2>&1").c_str()) == 0;
  }
};

// The tenants that were parsed, with the line each begins on.
std::vector<std::string> tenants(const Loaded& loaded) {
  std::vector<std::string> found;
  CHECK_FALSE(loaded.diagnostics.has_errors());
  for (const auto* tree : loaded.order)
    for (const auto& declaration : tree->declarations)
      if (const auto* one = std::get_if<tree::TenantDecl>(&declaration))
        found.push_back(one->name.text + ":" +
                        std::to_string(loaded.sources.position(one->span.file, one->span.begin).line));
  std::ranges::sort(found);
  return found;
}

using List = std::vector<std::string>;

const std::string platform = "writ 1\nplatform { deny login \"d\" when user.logins > 3 }\n";
std::string tenant(const std::string& name, const std::string& rule = "allow login") {
  return "tenant " + name + " {\n  connection c : database\n  " + rule + "\n}\n";
}

}  // namespace

TEST_CASE("tenants written the same on both sides are left out, and lines stay") {
  const Place place;
  for (const char* side : {"a", "b"}) {
    place.write(side + std::string("/platform.writ"), platform);
    place.write(side + std::string("/many.writ"), "writ 1\nimport \"platform.writ\"\n" + tenant("one") +
                                                      (side[0] == 'a' ? "" : "// new\n") + tenant("two") +
                                                      tenant("three", side[0] == 'a' ? "allow login" : "allow signup") +
                                                      "test \"t\" {\n}\n" + tenant("four"));
  }
  const auto pair = load_pair({place("a")}, {place("b")});
  CHECK(pair.left_out == 3);
  CHECK(tenants(pair.before) == List{"three:11"});
  CHECK(tenants(pair.after) == List{"three:12"});
}

TEST_CASE("a file that has nothing else in it is not parsed at all") {
  const Place place;
  for (const char* side : {"a", "b"}) {
    place.write(side + std::string("/platform.writ"), platform);
    for (int i = 0; i < 20; ++i)
      place.write(side + ("/t" + std::to_string(i) + ".writ"),
                  "writ 1\nimport \"platform.writ\"\n" +
                      tenant("t" + std::to_string(i), i == 7 && side[0] == 'b' ? "allow signup" : "allow login"));
  }
  place.write("b/new.writ", "writ 1\nimport \"platform.writ\"\n" + tenant("fresh"));
  const auto pair = load_pair({place("a")}, {place("b")});
  CHECK(pair.left_out == 19);
  CHECK(tenants(pair.before) == List{"t7:3"});
  CHECK(tenants(pair.after) == List{"fresh:3", "t7:3"});
  CHECK(pair.before.order.size() == 2);
}

TEST_CASE("what stands outside of tenants, an extension and an import from outside concern everybody they concern") {
  const Place place;
  const auto both = [&](const std::string& before, const std::string& after) {
    place.write("a/p.writ", before);
    place.write("b/p.writ", after);
    return load_pair({place("a")}, {place("b")});
  };
  const auto two = tenant("one") + tenant("two");
  CHECK(both(platform + two, "writ 1\nplatform { deny login \"d\" when user.logins > 4 }\n" + two).left_out == 0);
  CHECK(both("writ 1\nlet x = 1\n" + two, "writ 1\n" + two + "let x = 2\n").left_out == 0);
  CHECK(both("writ 1\nlet x = 1\n" + two, "writ 1\n" + two + "let x = 1\n").left_out == 2);
  const auto extended = both(platform + two, platform + two + "extend tenant two { deny login }\n");
  CHECK(extended.left_out == 1);
  CHECK(tenants(extended.after) == List{"two:7"});
  place.write("shared.writ", "writ 1\nlet x = 1\n");
  CHECK(both("writ 1\nimport \"../shared.writ\"\n" + two, "writ 1\nimport \"../shared.writ\"\n" + two).left_out == 0);
  CHECK(both("writ 1\n" + two, "writ 1\n" + two + "tenant three {").left_out == 0);
}

TEST_CASE("a revision of a repository is a side") {
  const Place place;
  if (!place.run("git init -q . && git config user.email a@b.c && git config user.name n")) {
    WARN("no git here");  // the machine's
    return;
  }
  place.write("policy/platform.writ", platform + "import \"../shared/s.writ\"\n");
  place.write("policy/acme/acme.writ", "writ 1\n" + tenant("acme"));
  place.write("policy/.hidden/x.writ", "nonsense");
  place.write("shared/s.writ", "writ 1\nlet x = 1\n");
  REQUIRE(place.run("git add -A && git commit -qm one"));
  place.write("policy/acme/acme.writ", "writ 1\n\n" + tenant("acme", "allow signup"));
  place.write("policy/globex.writ", "writ 1\n" + tenant("globex"));
  std::string error;
  const auto before = fs::current_path();
  fs::current_path(place(""));
  for (const auto& path : List{"policy", "./policy/", place("policy")}) {
    INFO(path);
    const auto revision = GitRevision::open("HEAD", path, error);
    CHECK(error.empty());
    REQUIRE(revision);
    const auto pair = load_pair({path, &*revision}, {path});
    CHECK(tenants(pair.before) == List{"acme:2"});
    CHECK(tenants(pair.after) == List{"acme:3", "globex:2"});
  }
  fs::current_path(place("policy"));
  const auto inside = GitRevision::open("HEAD", ".", error);
  REQUIRE(inside);
  const auto pair = load_pair({".", &*inside}, {"."});
  CHECK(tenants(pair.before) == List{"acme:2"});
  CHECK(pair.before.sources.name(pair.before.order.back()->file) == "platform.writ");
  fs::current_path(before);

  CHECK_FALSE(GitRevision::open("nowhere", place("policy"), error));
  CHECK(error == "there is no revision `nowhere` in the repository of `" + place("policy") + "`");
  CHECK_FALSE(GitRevision::open("--help", place("policy"), error));
  REQUIRE(place.run("ln -s ../shared policy/linked && git add -A && git commit -qm two"));
  CHECK_FALSE(GitRevision::open("HEAD", place("policy"), error));
  CHECK(error == "revision `HEAD`: `policy/linked` is a link, and links of a revision are not followed");
  CHECK_FALSE(GitRevision::open("HEAD", fs::temp_directory_path().string(), error));
}
