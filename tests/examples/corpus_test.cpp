// The demo platform has the shape of a real tenant's export. Where the corpus of exports is present, this test reads that export, pairs
// its things with the demo's (both sorted by kind and name; the demo's names were chosen to sort alike) and compares, for every client, organization
// and connection, whether the export enables the connection with what Writ decides.
#include "tests/examples/example.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace writ;
using nlohmann::json;
namespace fs = std::filesystem;

struct Thing {
  std::string kind, name;
  json data;
};

std::vector<Thing> read_things(const fs::path& folder, const char* kind_field) {
  std::vector<Thing> things;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    auto data = json::parse(std::ifstream(entry.path()));
    things.push_back({data.value(kind_field, ""), data.at("name"), data});
  }
  return things;
}

void sort_by_kind(std::vector<Thing>& things) {
  std::ranges::sort(things,
                    [](const Thing& a, const Thing& b) { return std::tie(a.kind, a.name) < std::tie(b.kind, b.name); });
}

// The export's words for kinds, in the order they sort; Writ's words for the same.
const std::map<std::string, std::string> strategy_words = {
    {"auth0", "database"}, {"email", "email"}, {"google-oauth2", "google_oauth2"},
    {"oauth2", "oauth2"},  {"oidc", "oidc"},   {"samlp", "saml"},
    {"sms", "sms"},        {"waad", "waad"}};
const std::map<std::string, std::string> client_words = {
    {"native", "native"}, {"non_interactive", "m2m"}, {"regular_web", "web"}, {"spa", "spa"}};

struct Pairs {
  std::map<std::string, std::string> writ_name;  // by the export's name
};

template <typename Records, typename Word>
Pairs pair_up(const std::vector<Thing>& things, const Records& records, Word word_of,
              const std::map<std::string, std::string>& words) {
  std::vector<std::pair<std::string, std::string>> ours;
  for (const auto& record : records) ours.emplace_back(word_of(record), record.name);
  // Ours in the order of the export's words, not of ours.
  std::map<std::string, std::string> back;
  for (const auto& [theirs, mine] : words) back[mine] = theirs;
  for (auto& [word, name] : ours) word = back.at(word);
  std::ranges::sort(ours);
  REQUIRE(ours.size() == things.size());
  Pairs pairs;
  for (std::size_t i = 0; i < things.size(); ++i) {
    CHECK(things[i].kind == ours[i].first);
    pairs.writ_name[things[i].name] = ours[i].second;
  }
  return pairs;
}

bool names(const json& list, const std::string& name) { return std::ranges::find(list, json(name)) != list.end(); }

// The export's own answer: the connection lists the client, and in an organization the client takes organizations and it lists the connection.
bool enabled(const Thing& client, const Thing* organization, const Thing& connection) {
  if (!names(connection.data.value("enabled_clients", json::array()), client.name)) return false;
  const auto usage = client.data.value("organization_usage", "deny");
  if (!organization) return usage != "require";
  if (usage == "deny") return false;
  return std::ranges::any_of(organization->data.at("connections"),
                             [&](const json& listed) { return listed.at("name") == connection.name; });
}

}  // namespace

TEST_CASE("the demo platform enables what the real export enables") {
  const auto root = fs::path(WRIT_SOURCE_DIR) / "../shared/corpus/auth0/marktefftech+tech-tuesday-actions";
  if (!fs::exists(root)) {
    WARN("skipped: the corpus of real exports is not here (" << root.string() << ")");
    return;
  }
  auto clients = read_things(root / "clients", "app_type");
  auto connections = read_things(root / "connections", "strategy");
  std::ranges::move(read_things(root / "database-connections", "strategy"), std::back_inserter(connections));
  auto organizations = read_things(root / "organizations", "none");
  sort_by_kind(clients);
  sort_by_kind(connections);
  sort_by_kind(organizations);

  const auto prepared = examples::prepare(examples::folder() / "demo_platform");
  REQUIRE(prepared->problems == "");
  const auto part = prepared->engine->part("acme");
  const auto client_of = pair_up(
      clients, part->clients,
      [](const auto& c) { return std::string(client_type_names[static_cast<std::size_t>(c.type)]); }, client_words);
  const auto connection_of = pair_up(
      connections, part->connections, [](const auto& c) { return std::string(strategies[c.strategy].name); },
      strategy_words);
  REQUIRE(organizations.size() == part->organizations.size());

  int allowed = 0, compared = 0;
  for (const auto& client : clients)
    for (std::size_t o = 0; o <= organizations.size(); ++o) {
      const auto* organization = o < organizations.size() ? &organizations[o] : nullptr;
      for (const auto& connection : connections) {
        const bool wanted = enabled(client, organization, connection);
        std::optional<std::string_view> name;
        if (organization) name = part->organizations[o].id;
        const auto offer =
            prepared->engine->connections("acme", client_of.writ_name.at(client.name), name, std::nullopt);
        const auto& mine = connection_of.writ_name.at(connection.name);
        const bool seen = offer.fault == Fault::none &&
                          std::ranges::any_of(offer.connections, [&](const auto& c) { return c.name == mine; });
        INFO(client.name << " / " << (organization ? organization->name : "no organization") << " / "
                         << connection.name);
        CHECK(seen == wanted);
        allowed += wanted;
        ++compared;
      }
    }
  CHECK(compared == 6 * 3 * 13);
  CHECK(allowed > 0);
}
