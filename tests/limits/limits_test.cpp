// Every limit of the compiler through the real command: a policy that is let through when the limit is as low as it needs, and refused with
// its code when it is one lower. A limit without its pair fails the first test here.
#include "compiler/syntax/limits.h"
#include "tests/unit/cli/place.h"

#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::cli_tests;

namespace {

using Files = std::map<std::string, std::string>;

struct Pair {
  std::string name;
  Files files;
  std::size_t enough = 0;  // the lowest limit that lets the files through; 0: to be searched for, below `search`
  std::string said;        // when it is one lower: the code, or what is said
  int otherwise = 0;       // the exit code with `enough`
  std::size_t search = 0;
};

std::string tenant(const std::string& body) {
  return "writ 1\ntenant acme {\n  connection users : database\n  client shop : spa { connections users }\n" + body +
         "\n}\n";
}
Files one(const std::string& text) { return {{"p.writ", text}}; }

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> list = {
      {"file-bytes", one("writ 1\nlet x = 1\n"), 17, "E0617"},
      {"total-bytes", {{"a.writ", "writ 1\nlet x = 1\n"}, {"b.writ", "writ 1\nlet y = 1\n"}}, 34, "E0618"},
      {"files", {{"a.writ", "writ 1\n"}, {"b.writ", "writ 1\n"}, {"c/d.writ", "writ 1\n"}}, 3, "E0616"},
      {"tokens", one("writ 1\nlet x = 1\n"), 6, "E0902"},
      {"declarations", one("writ 1\nlet x = 1\nlet y = 2\ntenant a {}\n"), 3, "E0920"},
      {"nesting", one(tenant("allow login when not not not user.email_verified")), 3, "E0901"},
      {"import-depth",
       {{"p.writ", "writ 1\nimport \"sub/a.txt\"\n"},
        {"sub/a.txt", "writ 1\nimport \"b.txt\"\n"},
        {"sub/b.txt", "writ 1\n"}},
       2,
       "E0615"},
      {"identifier-bytes", one("writ 1\nlet abcdefgh = 1\n"), 8, "E0903"},
      {"string-bytes", one("writ 1\nlet a = \"äbcdefg\"\n"), 8, "E0904"},
      {"list-items", one("writ 1\nlet a = [1, 2, 3]\n"), 3, "E0905"},
      {"zone-places", one(tenant("zone z = 10.0.0.0/8, country \"DE\", asn 7")), 3, "E0905"},
      {"conditions-per-rule",
       one(tenant("allow login when user.email_verified and session.mfa unless user.mfa_enrolled")), 3, "E0906"},
      {"expressions-per-tenant", one(tenant("let a = user.email_verified and session.mfa\nallow login when a or a")), 0,
       "E0318", 0, 1'000},
      {"quantifier-depth", one(tenant("allow login when any g in user.groups : g == \"a\"")), 1, "E0315"},
      {"pattern-memory-per-tenant", one(tenant("allow login when user.id matches /a+/ or user.id matches /b+/")),
       2 * 65'536, "E0318"},
      {"pattern-steps-per-tenant", one(tenant("allow login when user.id matches /a+b/ or user.id matches /b+c/")), 0,
       "E0318", 0, 1'000},
      {"tenants", one("writ 1\ntenant a {}\ntenant b {}\n"), 2, "E0920"},
      {"clients-per-tenant", one("writ 1\ntenant a { client x : spa client y : spa }\n"), 2, "E0920"},
      {"connections-per-tenant", one("writ 1\ntenant a { connection x : saml connection y : saml }\n"), 2, "E0920"},
      {"organizations-per-tenant", one("writ 1\ntenant a { organization x {} organization y {} }\n"), 2, "E0920"},
      {"zones-per-tenant", one("writ 1\ntenant a { zone x = 10.0.0.0/8 zone y = 10.0.0.0/8 }\n"), 2, "E0920"},
      {"rules-per-tenant", one("writ 1\ntenant a { deny login \"1\" deny login \"2\" deny signup \"3\" }\n"), 2,
       "E0920"},
      {"attributes", one("writ 1\nattributes { user.a : bool }\ntenant a { attributes { user.b : bool } }\n"), 2,
       "E0920"},
      {"cases-per-question",
       one(tenant("client admin : spa { connections users }\nallow login") +
           "fixture a { user.logins = 1 }\nfixture b { user.logins = 2 }\ntest \"t\" {\n"
           "  login to acme.shop, acme.admin via users with a, b\n  expect allow\n}\n"),
       4, "E0920"},
      {"reported-errors", one("writ 1\nlet = 1\nlet = 2\nlet = 3\n"), 3, "more mistakes than anybody reads", 3},
  };
  return list;
}

class Tried {
 public:
  explicit Tried(const Pair& pair) : pair_(pair) {
    for (const auto& [name, text] : pair.files) {
      place_.run("mkdir -p policy/" + fs::path(name).parent_path().string());
      place_.write("policy/" + name, text);
    }
  }
  Ran check(std::size_t limit) const {
    return place_.run("writ check --limit " + pair_.name + "=" + std::to_string(limit) + " policy");
  }
  bool lets_through(std::size_t limit) const {
    const Ran ran = check(limit);
    return ran.code == pair_.otherwise && ran.err.find(pair_.said) == std::string::npos;
  }

 private:
  const Pair& pair_;
  Place place_;
};

}  // namespace

TEST_CASE("every limit of the compiler has its pair of policies") {
  CHECK(pairs().size() == limit_rows.size());
  for (const auto& row : limit_rows) {
    INFO(row.name);
    CHECK(std::ranges::count(pairs(), row.name, &Pair::name) == 1);
  }
}

TEST_CASE("a policy just under each limit is let through, and just over it refused by its code") {
  for (const auto& pair : pairs()) {
    INFO(pair.name);
    const Tried tried(pair);
    std::size_t enough = pair.enough;
    if (enough == 0) {
      for (std::size_t step = std::size_t{1} << 20; step > 0; step /= 2)
        if (enough + step < pair.search && !tried.lets_through(enough + step)) enough += step;
      ++enough;
      CHECK(enough > 3);
      CHECK(enough < pair.search);
    }
    const Ran under = tried.check(enough), over = tried.check(enough - 1);
    INFO(under.out << under.err << over.out << over.err);
    CHECK(under.code == pair.otherwise);
    CHECK(under.err.find(pair.said) == std::string::npos);
    CHECK(over.code == 3);
    CHECK(over.err.find(pair.said) != std::string::npos);
    CHECK(over.err.find("= help: ") != std::string::npos);
  }
}

TEST_CASE("a limit is lowered by its name, and never raised") {
  const Place place;
  place.write("p.writ", "writ 1\n");
  for (const auto& row : limit_rows) {
    const std::string name(row.name);
    const std::size_t most = Limits{}.*row.member;
    CHECK(place.run("writ check --limit " + name + "=" + std::to_string(most) + " p.writ").code == 0);
    const Ran over = place.run("writ check --limit " + name + "=" + std::to_string(most + 1) + " p.writ");
    CHECK(over.code == 2);
    CHECK(over.err == "writ: a limit can only be lowered: `" + name + "` is " + std::to_string(most) + "\n");
  }
}
