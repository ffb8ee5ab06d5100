// The floor, read once. It may deny, require and limit; it names kinds, never one tenant's things; and it is checked by itself as well as
// for every tenant, so that a mistake in it is found where there is no tenant yet.
#include "compiler/check/platform.h"

#include "compiler/check/tenant.h"

#include <algorithm>

namespace writ::check {

namespace {

constexpr std::int64_t most_database_connections = 65'535;

void read_limit(Run& run, const Block& block, Platform& platform) {
  const auto* limit = only<tree::LimitDecl>(run, block, "limit database connections per client");
  if (limit == nullptr) return;
  platform.limit = limit->span;
  const Span span = limit->value_span.known() ? limit->value_span : limit->span;
  if (in_range(run, span, "the limit of database connections", limit->value, 0, most_database_connections))
    platform.database_connections = static_cast<std::size_t>(limit->value);
}

void read_passwords(Run& run, const Block& block, Platform& platform) {
  each<tree::PasswordDecl>(block, [&](const tree::PasswordDecl& password) {
    const std::string name = password.name.text.empty() ? "" : " " + password.name.text;
    PasswordSource source{block.tree, &password, block.scope,
                          (password.floor ? "platform floor" : "platform password") + name};
    const std::string key =
        password.name.text.empty() ? "#" + std::to_string(platform.passwords.size()) : password.name.text;
    const auto [found, fresh] = platform.passwords.try_emplace(key, std::move(source));
    if (!fresh) declared_twice(run, "password policy", password.name, found->second.password->name.span);
  });
}

// A shared client's connections would be one tenant's.
void refuse_tenant_settings(Run& run, const Block& block, const tree::Name& client) {
  const auto refuse = [&](Span span, std::string_view what, const std::string& who) {
    run.diagnostics
        .add(Code::not_for_all_tenants, span,
             "shared client " + in_ticks(client.text) + " has no " + std::string(what) + " of its own")
        .hint(who + ": " +
              in_ticks("use " + name_text(client.text) + " { " + std::string(run.sources.text(span)) + " }"));
  };
  each<tree::Connections>(block, [&](const tree::Connections& node) {
    refuse(node.span, "connections", "each tenant says which lead in");
  });
  each<tree::Discover>(block, [&](const tree::Discover& node) {
    refuse(node.span, "discovery", "each tenant says where a domain leads");
  });
}

// Rules and lets of a shared client, in a scope where it is the only client there is.
void check_shared_client(Run& run, const In<tree::ClientDecl>& client, const Scope& nobody) {
  program::Part part = *nobody.part;
  program::ClientRecord& record = part.clients.emplace_back();
  record.id = record.name = client->name.text;
  Scope level = nobody;
  level.part = &part;
  Scope inside;
  inside.outer = &level;
  inside.tree = client.tree;
  inside.floor = true;
  Block block{client.tree, &client->items, &inside};
  declare_lets(run, block, inside);
  read_client_body(run, block, *client.node, record);
  refuse_tenant_settings(run, block, client->name);
  for (const auto& [name, entry] : inside.lets)
    check_alone(Place{&inside}, *entry.tree, entry.let->value, false, run.sources, run.limits, run.diagnostics);
  Place place;
  place.client = 0;
  check_floor_rules(run, block, place, "a shared client");
}

}  // namespace

void read_platform(Run& run, const Declarations& set, Platform& platform) {
  platform.spent.patterns = &run.known.patterns;
  platform.global.spent = &platform.spent;
  platform.global.attributes = &set.attributes;
  platform.global.attribute_spans = &set.attribute_spans;
  platform.floor.outer = &platform.global;
  platform.floor.floor = true;
  if (!set.platforms.empty()) platform.floor.tree = set.platforms.front().tree;
  for (const auto& source : set.platforms) platform.blocks.push_back({source.tree, &source->items, &platform.floor});
  if (platform.blocks.size() > 1) platform.blocks.resize(1);  // the others are an error
  declare_platform_words(run, set, platform);
  for (const auto& block : platform.blocks) {
    read_limit(run, block, platform);
    read_lockouts(run, block, -1, platform.lockouts);
    tighten(run, block, platform.session);
    read_passwords(run, block, platform);
  }
  for (const auto& [name, declaration] : set.tenant_attributes) {
    auto& attribute = platform.any_attributes[name];
    attribute = {&declaration->type, std::nullopt, declaration->span};
    if (!declaration->type.optional) attribute.value = any_value(declaration->type);
  }
  for (std::uint32_t i = 0; i < set.clients.size(); ++i) {
    const auto& client = set.clients[i];
    std::string id = wire_id(run, {client.tree, &client->items, &platform.floor}, client->name);
    if (const auto [taken, fresh] = platform.client_by_id.try_emplace(id, i); !fresh)
      run.diagnostics
          .add(Code::duplicate_wire_id, client->name.span,
               "client " + in_ticks(client->name.text) + " has the wire name of " +
                   in_ticks(set.clients[taken->second]->name.text) + ": " + in_ticks(id))
          .at(set.clients[taken->second]->name.span, "the other one")
          .hint("give one of them an `id \"…\"` of its own");
    platform.client_ids.push_back(std::move(id));
  }
}

void check_platform(Run& run, const Declarations& set, const Platform& platform) {
  program::Part part;
  part.attributes = set.attributes;
  Scope nobody;  // what a tenant's scope has, of no tenant in particular
  nobody.outer = &platform.floor;
  nobody.tree = platform.floor.tree;
  nobody.floor = true;
  nobody.part = &part;
  nobody.tenant_attributes = &platform.any_attributes;
  check_platform_words(run, platform, nobody);
  for (const auto& block : platform.blocks)
    check_floor_rules(run, {block.tree, block.items, &nobody}, Place{}, "the floor");
  for (const auto& client : set.clients) check_shared_client(run, client, nobody);
}

}  // namespace writ::check
