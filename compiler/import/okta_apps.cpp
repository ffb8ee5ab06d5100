// Applications, and which policy each has. An export of policies alone names none: then each access policy stands for its own.
#include "compiler/import/okta_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing::okta {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array grants = {Pair{"authorization_code", "authorization_code"},
                               Pair{"refresh_token", "refresh_token"},
                               Pair{"client_credentials", "client_credentials"},
                               Pair{"urn:ietf:params:oauth:grant-type:device_code", "device_code"},
                               Pair{"urn:openid:params:grant-type:ciba", "ciba"},
                               Pair{"urn:ietf:params:oauth:grant-type:token-exchange", "token_exchange"}};

void take_oauth(const Fields& fields, Client& client) {
  const auto settings = fields.object("settings").object("oauthClient");
  const auto type = settings.text("application_type").value_or("web");
  client.type = type == "browser"   ? ClientType::spa
                : type == "native"  ? ClientType::native
                : type == "service" ? ClientType::m2m
                                    : ClientType::web;
  if (settings.has("application_type")) settings.take("application_type");
  for (const auto& grant : settings.texts("grant_types")) {
    const auto* const found = std::ranges::find(grants, grant, &Pair::first);
    if (found == grants.end()) {
      settings.note(Outcome::not_expressible, "grant_types",
                    fmt::format("`{}` is left out, so requests by it are denied", grant));
      client.comments.push_back(grant_left_out(grant));
      continue;
    }
    settings.take("grant_types");
    const std::string name(found->second);
    if (std::ranges::find(client.grants, name) == client.grants.end()) client.grants.push_back(name);
  }
  for (const auto& uri : settings.texts("redirect_uris")) {
    if (uri.empty() || std::ranges::find(client.callbacks, uri) != client.callbacks.end()) continue;
    settings.take("redirect_uris");
    client.callbacks.push_back(uri);
    if (uri.find('*') != uri.npos)
      settings.note(Outcome::approximated, "redirect_uris", fmt::format("`{}` is compared to the byte", uri));
  }
}

std::size_t add(Making& making, Client client) {
  client.name = making.words.make(client.name);
  client.wire = making.client_wire(client.wire);
  making.tenant.clients.push_back(std::move(client));
  return making.tenant.clients.size() - 1;
}

void take_app(Making& making, const OktaThing& thing) {
  const auto fields = making.fields(thing);
  const auto id = fields.text("id").value_or("");
  if (id.empty() || making.apps.contains(id))
    return fields.note(Outcome::wrong, "id", "an application without an id of its own is passed over");
  if (fields.text("status").value_or("ACTIVE") != "ACTIVE")
    return fields.note(Outcome::approximated, "status",
                       "it is not active, so it is left out and requests by it are denied");
  const auto label = fields.text("label").value_or(id);
  Client client;
  client.wire = fields.object("credentials").object("oauthClient").text("client_id").value_or(id);
  if (client.wire.empty()) client.wire = id;
  if (making.client_wires.contains(client.wire))
    return fields.note(Outcome::wrong, "id", "another application has its client_id; it is passed over");
  client.name = label;
  client.origin = fmt::format("{}: {}", thing.origin, label);
  client.type = ClientType::web;
  if (fields.text("signOnMode") == "OPENID_CONNECT") take_oauth(fields, client);
  fields.take("id");
  const auto link = fields.object("_links").object("accessPolicy").text("href").value_or("");
  if (const auto slash = link.rfind('/'); slash != link.npos) making.policy_of[id] = link.substr(slash + 1);
  // All its grants were left out: it must not get the usual one by that.
  if (client.grants.empty() && !fields.object("settings").object("oauthClient").texts("grant_types").empty())
    client.comments.emplace_back("None of its grants can be said.");
  const bool denied = !client.comments.empty();
  const auto place = add(making, std::move(client));
  making.apps.emplace(id, place);
  if (denied)
    making.tenant.rules.push_back(
        fmt::format("deny login, refresh, m2m {} when client == {}",
                    literal(making.rule_name(fmt::format("{}: none of its grants can be said", label))),
                    making.tenant.clients[place].name));
}

void take_mappings(Making& making) {
  for (const auto& thing : making.source.mappings) {
    const auto links = making.fields(thing).object("_links");
    const auto last = [&](const char* name) {
      const auto href = links.object(name).text("href").value_or("");
      return href.substr(href.rfind('/') + 1);
    };
    const auto app = last("application"), policy = last("policy");
    if (app.empty() || policy.empty()) continue;
    if (!making.apps.contains(app)) {
      if (!making.source.apps.empty()) continue;  // one that is left out
      Client client;
      client.wire = client.name = app;
      client.origin = fmt::format("{}: an application of the mapping", thing.origin);
      client.type = ClientType::web;
      making.apps.emplace(app, add(making, std::move(client)));
    }
    links.take("application");
    // Password and sign-on policies are mapped too; only what is an access policy decides for an application.
    if (std::ranges::any_of(making.source.policies, [&](const OktaThing& one) {
          return one.value.value("type", Value()) == "ACCESS_POLICY" && one.value.value("id", Value()) == policy;
        }))
      making.policy_of[app] = policy;
  }
}

}  // namespace

void take_apps(Making& making) {
  for (const auto& thing : making.source.apps) take_app(making, thing);
  take_mappings(making);
  const auto policies = policies_of(making, "ACCESS_POLICY");
  std::string fallback;
  for (const auto& policy : policies)
    if (policy.is_default) fallback = policy.id;
  for (const auto& [app, place] : making.apps) {
    auto& policy = making.policy_of[app];
    const bool known = std::ranges::any_of(policies, [&](const Policy& one) { return one.id == policy; });
    if (known) continue;
    if (!policy.empty())
      making.report.add(Outcome::wrong, making.tenant.clients[place].origin, "_links.accessPolicy",
                        fmt::format("there is no access policy `{}` in the export; the default one is taken", policy));
    policy = fallback;
  }
  for (const auto& policy : policies) {
    if (std::ranges::any_of(making.policy_of, [&](const auto& one) { return one.second == policy.id; })) continue;
    Client client;
    client.wire = policy.id;
    client.name = policy.name;
    client.origin = fmt::format("{}: the applications of policy {}", policy.fields.where(), policy.name);
    client.type = ClientType::web;
    policy.fields.note(
        Outcome::approximated, "_links.mappings",
        fmt::format("the export does not say which applications have `{}`; one client stands for them", policy.name));
    const auto place = add(making, std::move(client));
    making.apps.emplace("policy " + policy.id, place);
    making.policy_of["policy " + policy.id] = policy.id;
  }
  if (!making.tenant.clients.empty()) return;
  Client client;
  client.wire = client.name = "application";
  client.origin = "Every application: the export names none and has no policy of one.";
  client.type = ClientType::web;
  making.apps.emplace("", add(making, std::move(client)));
}

}  // namespace writ::importing::okta
