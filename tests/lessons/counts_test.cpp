// Counting: items that were dropped where a number of 8 or 16 bits ended, and lists of which only the first item was looked at.
#include "tests/lessons/world.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::lessons;

namespace {

template <class Item>
std::string listed(std::size_t count, const Item& item, const std::string& between = ", ") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : between) + item(i);
  return text;
}

// Around every width a count could have been cut to.
const std::vector<std::size_t> edges = {1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 65'534, 65'535, 65'536, 65'537};

}  // namespace

TEST_CASE("of several values every one is looked at, wherever it stands") {
  const World world(tenant("allow login\ndeny login \"in\" when \"bad\" in user.groups\n"
                           "deny login \"any\" when any g in user.groups : g matches /^b.d$/\n"
                           "require mfa \"all\" unless all g in user.groups : g starts with \"g\""));
  for (const std::size_t size : {1, 2, 3, 15, 16, 17, 18, 64, 255, 256, 257, 4'095, 4'096})
    for (const std::size_t place : {std::size_t{0}, size / 2, size - 1}) {
      INFO(place << " of " << size);
      StringSet groups(size, "good");
      for (std::size_t i = 0; i < size; i += 3) groups[i] = "g" + std::to_string(i);
      CHECK(world.effect(login({{"user.groups", groups}})) == Effect::allow);
      groups[place] = "odd";
      CHECK(world.effect(login({{"user.groups", groups}})) == Effect::challenge);
      groups[place] = "bad";
      CHECK(world.ask(login({{"user.groups", groups}})).reasons.size() == 2);
    }
  CHECK(world.fault(login({{"user.groups", StringSet(4'097, "good")}})) == Fault::invalid_request);
}

TEST_CASE("lists of constants hold their first and last item, at every width of a count") {
  for (const std::size_t count : edges) {
    INFO(count);
    const auto address = [](std::size_t i) {
      return fmt::format("10.{}.{}.{}", i * 2 / 65'536, i * 2 / 256 % 256, i * 2 % 256);
    };
    const World world(tenant("zone z = " + listed(count, address) + "\nallow login\n" +
                             "deny login \"s\" when user.id in [" +
                             listed(count, [](std::size_t i) { return fmt::format("\"s{}\"", i); }) + "]\n" +
                             "deny login \"i\" when user.logins in [" +
                             listed(count, [](std::size_t i) { return fmt::format("{}", i * 2 + 1); }) + "]\n" +
                             "deny login \"z\" when request.ip in z"));
    CHECK(world.effect(login()) == Effect::allow);
    for (const std::size_t at : {std::size_t{0}, count / 2, count - 1}) {
      const auto only = [&](const Facts& facts) {
        const auto seen = world.ask(login(facts));
        CHECK(seen.effect == Effect::deny);
        CHECK(seen.reasons.size() == 1);
      };
      only({{"user.id", fmt::format("s{}", at)}});
      only({{"user.logins", static_cast<std::int64_t>(at * 2 + 1)}});
      only({{"request.ip", *parse_ip(address(at))}});
    }
    CHECK(world.effect(login({{"user.id", fmt::format("s{}", count)},
                              {"user.logins", static_cast<std::int64_t>(count * 2 + 1)},
                              {"request.ip", *parse_ip(address(count))}})) == Effect::allow);
  }
}

TEST_CASE("rules and obligations past every width of a mask count like the first ones") {
  for (const std::size_t count : {1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1'000}) {
    INFO(count);
    const World world(tenant(
        "allow login\n" +
        listed(
            count, [](std::size_t i) { return fmt::format("deny login \"d{}\" when user.logins == {}", i, i + 1); },
            "\n") +
        "\n" +
        listed(
            count,
            [](std::size_t i) { return fmt::format("require accept(\"t{}\") when user.logins == {}", i, 10'000 + i); },
            "\n")));
    CHECK(world.effect(login()) == Effect::allow);
    for (const std::size_t at : {std::size_t{0}, count / 2, count - 1}) {
      const auto denied = world.ask(login({{"user.logins", static_cast<std::int64_t>(at + 1)}}));
      CHECK(denied.effect == Effect::deny);
      CHECK(denied.reasons.at(0).name == fmt::format("d{}", at));
      auto request = login({{"user.logins", static_cast<std::int64_t>(10'000 + at)}});
      CHECK(world.ask(request).obligations == std::vector<std::string>{fmt::format("accept(\"t{}\")", at)});
      request.facts["user.accepted"] = StringSet{fmt::format("t{}", at)};
      CHECK(world.effect(request) == Effect::allow);
    }
  }
}

TEST_CASE("clients, connections and organizations keep their names at every width of an index") {
  for (const std::size_t count : {1, 64, 65, 255, 256, 257, 4'097}) {
    INFO(count);
    const auto name = [](const char* head) { return [head](std::size_t i) { return fmt::format("{}{}", head, i); }; };
    const World world(
        "tenant acme {\n" +
        listed(
            count, [](std::size_t i) { return fmt::format("connection n{} : database", i); }, "\n") +
        "\n" +
        listed(
            count,
            [](std::size_t i) {
              return fmt::format("client c{} : spa {{ connections n{}; organizations allow }}", i, i);
            },
            "\n") +
        "\n" +
        listed(
            count, [](std::size_t i) { return fmt::format("organization o{} {{ connections n{} }}", i, i); }, "\n") +
        "\nallow login\ndeny login \"last\" when client in [" + listed(count, name("c")) +
        "] and client != c0 and client == c" + std::to_string(count - 1) + "\n}\n");
    for (const std::size_t at : {std::size_t{0}, count / 2, count - 1}) {
      auto request = login({{"user.organizations", StringSet{fmt::format("o{}", at)}}});
      request.client = fmt::format("c{}", at);
      request.connection = fmt::format("n{}", at);
      request.organization = fmt::format("o{}", at);
      CHECK(world.effect(request) == (at > 0 && at == count - 1 ? Effect::deny : Effect::allow));
      CHECK(world.fault(request) == Fault::none);
      request.connection = fmt::format("n{}", at + 1);
      const auto refused = at + 1 < count ? Fault::connection_not_enabled : Fault::unknown_connection;
      CHECK(world.fault(request) == refused);
      request.organization.reset();  // then it is the client alone that does not use it
      CHECK(world.fault(request) == refused);
    }
  }
}

TEST_CASE("texts are whole up to their limit and refused past it") {
  const World world(tenant("allow login\ndeny login \"e\" when user.id ends with \"END\"\n"
                           "deny login \"r\" when user.id matches /END$/"));
  for (const std::size_t size : {63, 64, 65, 255, 256, 257, 4'095, 4'096}) {
    std::string id(size, 'x');
    CHECK(world.effect(login({{"user.id", id}})) == Effect::allow);
    id.replace(size - 3, 3, "END");
    CHECK(world.ask(login({{"user.id", id}})).reasons.size() == 2);
  }
  CHECK(world.fault(login({{"user.id", std::string(4'097, 'x')}})) == Fault::invalid_request);
}
