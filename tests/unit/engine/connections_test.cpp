// What a login page may offer, and where an e-mail leads.
#include "tests/unit/engine/world.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

using Ids = std::vector<std::string>;

Ids ids(const Offer& offer) {
  Ids result;
  for (const auto& connection : offer.connections) result.push_back(connection.id);
  return result;
}

struct Shop {
  Engine engine;
  Shop() {
    auto b = acme();
    b.connection("sales", "oidc").domains = {"acme.com", "sales.acme.com"};
    b.part.clients[0].connections = {code, 4, users, staff};
    b.part.clients[0].discover = {{"acme.com", staff}};
    auto& narrow = b.organization("narrow", {users, staff, 4});
    narrow.discover = {{"acme.com", 4}};
    b.organization("tight", {users, staff, 4}).uses.push_back({0, true, {staff}, {}});
    auto& own = b.organization("own", {users, staff, 4});
    own.discover = {{"acme.com", 4}};
    own.uses.push_back({0, false, {}, {{"acme.com", staff}}});
    REQUIRE(engine.put({b.build()}) == "");
  }
  Offer ask(std::optional<std::string_view> email = {}, std::optional<std::string_view> organization = {},
            std::string_view client = "web", std::string_view tenant = "acme") {
    return engine.connections(tenant, client, organization, email);
  }
};

}  // namespace

TEST_CASE("the enabled connections, in the client's order") {
  Shop shop;
  const auto offer = shop.ask();
  CHECK(offer.fault == Fault::none);
  CHECK(ids(offer) == Ids{"code", "sales", "users", "staff"});
  CHECK_FALSE(offer.home_realm);
  CHECK(strategies[offer.connections[1].strategy].name == "oidc");
  CHECK(ids(shop.ask({}, "coke")) == Ids{"code", "users", "staff"});
  CHECK(ids(shop.ask({}, "tight")) == Ids{"staff"});
  CHECK(ids(shop.ask({}, {}, "machine")) == Ids{"users", "staff", "code"});
}

TEST_CASE("an e-mail leads to the connection whose domain it is") {
  Shop shop;
  CHECK(shop.ask("ann@sales.acme.com").home_realm == "sales");
  CHECK(shop.ask("ann@Sales.ACME.com").home_realm == "sales");
  CHECK(shop.ask("ann@x@sales.acme.com").home_realm == "sales");
  CHECK_FALSE(shop.ask("ann@other.com").home_realm);
  CHECK_FALSE(shop.ask("ann@xsales.acme.com").home_realm);
  CHECK_FALSE(shop.ask("sales.acme.com").home_realm);
  CHECK(ids(shop.ask("ann@other.com")) == Ids{"code", "users"});
}

TEST_CASE("a tie is settled by the nearest `discover`, or not at all") {
  Shop shop;
  CHECK(shop.ask("ann@acme.com").home_realm == "staff");
  CHECK(shop.ask("ann@acme.com", "narrow").home_realm == "sales");
  CHECK(shop.ask("ann@acme.com", "own").home_realm == "staff");
  CHECK(shop.ask("ann@acme.com", "tight").home_realm == "staff");  // no tie there
  CHECK(shop.ask("ann@acme.com", "coke").home_realm == "staff");
}

TEST_CASE("faults of an offer") {
  Shop shop;
  CHECK(shop.ask({}, {}, "web", "nobody").fault == Fault::unknown_tenant);
  CHECK(shop.ask({}, {}, "nobody").fault == Fault::unknown_client);
  CHECK(shop.ask({}, "nobody").fault == Fault::organization_unknown);
  CHECK(shop.ask({}, {}, "strict").fault == Fault::organization_required);
  CHECK(shop.ask({}, "coke", "plain").fault == Fault::organization_not_allowed);
  CHECK(shop.ask("\xff").fault == Fault::invalid_request);
  shop.engine.set_stale(true);
  CHECK(shop.ask().fault == Fault::stale);
  CHECK(Engine().connections("a", "b", {}, {}).fault == Fault::not_ready);
}
