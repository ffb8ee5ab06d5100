// `writ matrix` and `writ graph`: what they print, and that nothing a policy holds can do anything to a page.
#include "tests/unit/cli/place.h"

#include <regex>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

namespace {

const std::string two = R"(writ 1
platform { require mfa "administrators" when "admin" in user.roles }
tenant acme "Acme" {
  connection customers : database
  connection staff : saml { domains "acme.com" }
  client shop : spa { connections customers, staff }
  client admin : web { connections staff }
  client robot : m2m
  allow login on customers when user.email_verified
  allow login on staff
  deny login "never" when client == shop and connection == staff
  report deny login "maybe" when user.logins > 3
  allow m2m
}
tenant globex { connection people : oidc; client app : web { connections people }; allow login }
tenant initech { connection people : oidc; client app : web { connections people }; allow login when user.logins > 2 }
tenant hooli { connection people : oidc; client app : web { connections people }; allow login }
)";

// Numbers of boxes and texts, to see whether any two lie on one another.
struct Area {
  double x, y, width, height;
};
std::vector<Area> areas(const std::string& svg, const std::regex& shape) {
  std::vector<Area> found;
  for (std::sregex_iterator at(svg.begin(), svg.end(), shape), end; at != end; ++at)
    found.push_back({std::stod((*at)[1]), std::stod((*at)[2]), std::stod((*at)[3]), std::stod((*at)[4])});
  return found;
}
bool overlap(const Area& a, const Area& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

TEST_CASE("tables as data, of other actions, of machines") {
  const Place place;
  place.write("p.writ", two);
  const auto tables = nlohmann::json::parse(place.run("writ matrix p.writ --format json").out);
  REQUIRE(tables.size() == 4);
  const auto& shop = tables[0]["clients"][1];
  CHECK(shop["client"] == "shop");
  CHECK(shop["connections"][0]["who"] == "some");
  CHECK(shop["connections"][1]["who"] == "nobody");
  CHECK(shop["connections"][1]["rules"][0]["always"] == true);
  CHECK(tables[1]["clients"][0]["connections"][0]["who"] == "everybody");
  const auto machines =
      nlohmann::json::parse(place.run("writ matrix p.writ --tenant acme --action m2m --format json").out);
  CHECK(machines[0]["clients"][0]["client"] == "robot");
  CHECK(machines[0]["clients"][0]["connections"][0]["connection"].is_null());
  CHECK(machines[0]["clients"][0]["connections"][0]["who"] == "everybody");
  CHECK(place.run("writ matrix p.writ --tenant acm").err == "writ: there is no tenant `acm`, did you mean `acme`?\n");
  CHECK(place.run("writ matrix p.writ --action logn").code == 2);
  CHECK(place.run("writ graph p.writ --tenant acm").code == 2);
  CHECK(place.run("writ graph p.writ --format png").err ==
        "writ graph: `--format` is `svg`, `html` or `dot`, not `png`; see `writ graph --help`\n");
}

TEST_CASE("tenants that look the same share a band, and no box lies on another") {
  const Place place;
  place.write("p.writ", two);
  const auto svg = place.run("writ graph p.writ").out;
  CHECK(svg.find("and 1 other tenant") != std::string::npos);
  CHECK(svg.find(">hooli</text>") == std::string::npos);  // in globex's band
  CHECK(svg.find(">initech</text>") != std::string::npos);
  const auto boxes = areas(
      svg, std::regex("<rect class=\"box\" x=\"([0-9.]+)\" y=\"([0-9.]+)\" width=\"([0-9.]+)\" height=\"([0-9.]+)\""));
  REQUIRE(boxes.size() == 5 + 3 + 3);
  for (std::size_t i = 0; i < boxes.size(); ++i)
    for (std::size_t k = i + 1; k < boxes.size(); ++k) CHECK_FALSE(overlap(boxes[i], boxes[k]));
  const auto cells = areas(place.run("writ matrix p.writ --format svg").out,
                           std::regex("<rect class=\"(?:yes|some|no|off)\" x=\"([0-9.]+)\" y=\"([0-9.]+)\" "
                                      "width=\"([0-9.]+)\" height=\"([0-9.]+)\""));
  REQUIRE(cells.size() == 4 + 3);
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (std::size_t k = i + 1; k < cells.size(); ++k) CHECK_FALSE(overlap(cells[i], cells[k]));
}

TEST_CASE("names of a policy are text in every picture") {
  const Place place;
  place.write("p.writ", R"(writ 1
tenant "<b>&\"" "</title><script>alert(1)</script>" {
  connection "]]>" : database
  client "--><img src=x>" : web { connections "]]>" }
  allow login "\"onload=\"" when user.id == "<i>"
}
tenant other { connection c : database; client d : web { connections c } }
)");
  for (const std::string command :
       {"matrix p.writ --format html", "matrix p.writ --format svg", "graph p.writ --format html", "graph p.writ"}) {
    const Ran ran = place.run("writ " + command);
    INFO(command);
    CHECK(ran.code == 0);
    CHECK(ran.out.find("<script>alert") == std::string::npos);
    CHECK(ran.out.find("<img") == std::string::npos);
    CHECK(ran.out.find("<b>") == std::string::npos);
    CHECK(ran.out.find("\"onload") == std::string::npos);
    CHECK(ran.out.find("&lt;") != std::string::npos);
  }
  CHECK(place.run("writ graph p.writ --format dot").out.find("\"<b>&\\\"\"") != std::string::npos);
}
