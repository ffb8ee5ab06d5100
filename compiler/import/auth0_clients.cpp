// Applications: their types, grants, addresses and lifetimes.
#include "compiler/import/auth0_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing::auth0 {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// What a grant is called in Writ; empty: it has none there, for the reason that follows.
constexpr std::array grants = {
    Pair{"authorization_code", "authorization_code"},
    Pair{"refresh_token", "refresh_token"},
    Pair{"client_credentials", "client_credentials"},
    Pair{"urn:ietf:params:oauth:grant-type:device_code", "device_code"},
    Pair{"urn:openid:params:grant-type:ciba", "ciba"},
    Pair{"urn:ietf:params:oauth:grant-type:token-exchange", "token_exchange"},
    Pair{"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token", "token_exchange"},
    Pair{"http://auth0.com/oauth/grant-type/passwordless/otp", "passwordless_otp"},
    Pair{"http://auth0.com/oauth/grant-type/mfa-otp", "mfa_otp"},
    Pair{"http://auth0.com/oauth/grant-type/mfa-oob", "mfa_oob"},
};

std::string_view why_not(std::string_view grant) {
  if (grant == "implicit") return "tokens in the address bar; use authorization_code with PKCE";
  if (grant.find("password") != grant.npos) return "the application sees the password; use authorization_code";
  return "Writ has no such grant";
}

ClientType type_of(const Fields& client, const std::vector<std::string>& granted) {
  const auto type = client.text("app_type");
  if (type == "spa" || type == "native" || type == "regular_web" || type == "non_interactive") {
    client.take("app_type");
    return type == "spa"           ? ClientType::spa
           : type == "native"      ? ClientType::native
           : type == "regular_web" ? ClientType::web
                                   : ClientType::m2m;
  }
  const bool machine =
      !granted.empty() && std::ranges::all_of(granted, [](const auto& grant) { return grant == "client_credentials"; });
  const bool is_public = client.text("token_endpoint_auth_method") == "none";
  const auto taken = machine || type == "resource_server" ? ClientType::m2m
                     : is_public                          ? ClientType::spa
                                                          : ClientType::web;
  client.note(Outcome::approximated, "app_type",
              fmt::format("{} is taken for `{}`", type ? "`" + *type + "`" : std::string("none"),
                          client_type_names[static_cast<std::size_t>(taken)]));
  return taken;
}

void take_grants(const Fields& fields, Client& client) {
  const auto listed = fields.texts("grant_types");
  for (const auto& grant : listed) {
    const auto* const found = std::ranges::find(grants, grant, &Pair::first);
    if (found == grants.end()) {
      fields.note(Outcome::not_expressible, "grant_types",
                  fmt::format("`{}` is left out, so requests by it are denied: {}", grant, why_not(grant)));
      client.comments.push_back(grant_left_out(grant));
      continue;
    }
    fields.take("grant_types");
    const std::string name(found->second);
    if (std::ranges::find(client.grants, name) == client.grants.end()) client.grants.push_back(name);
  }
}

void take_lifetimes(const Fields& fields, Client& client) {
  constexpr std::int64_t longest = 157'788'000;  // five years, Auth0's own limit
  const auto add = [&](const Fields& from, std::string_view field, std::string_view name) {
    const auto seconds = from.number(field);
    if (!seconds) return;
    if (*seconds < 1 || *seconds > longest) {
      from.note(Outcome::wrong, field, fmt::format("{} seconds are not from 1 to {}", *seconds, longest));
      return;
    }
    from.take(field);
    client.lifetimes.emplace_back(name, *seconds);
  };
  add(fields.object("jwt_configuration"), "lifetime_in_seconds", "id_token");
  const auto refresh = fields.object("refresh_token");
  if (!refresh.flag("infinite_token_lifetime").value_or(false)) add(refresh, "token_lifetime", "refresh_token");
}

void take_unique(const Fields& fields, std::string_view field, std::vector<std::string>& list) {
  for (auto& value : fields.texts(field)) {
    if (value.empty() || std::ranges::find(list, value) != list.end()) continue;
    fields.take(field);
    list.push_back(std::move(value));
  }
}

void take_callbacks(const Fields& fields, Client& client) {
  take_unique(fields, "callbacks", client.callbacks);
  for (const auto& callback : client.callbacks)
    if (callback.find('*') != callback.npos)
      fields.note(Outcome::approximated, "callbacks",
                  fmt::format("`{}` is a pattern in Auth0; Writ compares to the byte, so list what is used", callback));
  take_unique(fields, "allowed_origins", client.origins);
  take_unique(fields, "web_origins", client.origins);
}

}  // namespace

void take_clients(Making& making) {
  Names names("client");
  for (const auto& thing : making.source.section("clients")) {
    const auto fields = making.fields(thing);
    const auto name = fields.text("name");
    if (fields.flag("global").value_or(false) || name == "All Applications") continue;  // Auth0's own
    if (!name || name->empty()) {
      fields.note(Outcome::wrong, "name", "an application without a name is passed over");
      continue;
    }
    const auto id = fields.text("client_id");
    if (making.clients.contains(*name)) {
      fields.note(Outcome::wrong, "name", fmt::format("`{}` stands there twice; the first counts", *name));
      continue;
    }
    Client client;
    client.wire = id.value_or(*name);
    client.name = names.make(*name);
    client.origin = fmt::format("{}: {}", thing.origin, *name);
    take_grants(fields, client);
    // A client without grants has the usual one in Writ; this one must not have got it by losing all of its own.
    if (client.grants.empty() && fields.has("grant_types"))
      making.tenant.rules.push_back(fmt::format("deny login, signup, password_change, password_reset, refresh, m2m "
                                                "\"{} has no grant that Writ knows\" when client == {}",
                                                client.name, client.name));
    client.type = type_of(fields, client.grants);
    take_callbacks(fields, client);
    take_lifetimes(fields, client);
    if (const auto usage = fields.text("organization_usage"); usage == "allow" || usage == "require") {
      fields.take("organization_usage");
      client.organizations = usage == "allow" ? OrganizationUsage::allow : OrganizationUsage::require;
    } else if (usage && usage != "deny") {
      fields.note(Outcome::wrong, "organization_usage",
                  fmt::format("`{}` is none of deny, allow and require; passed over", *usage));
    }
    if (fields.text("organization_require_behavior") == "post_login_prompt")
      fields.note(Outcome::approximated, "organization_require_behavior",
                  "Writ is asked once the organization is chosen; until then a login without one is denied");
    making.clients.emplace(*name, making.tenant.clients.size());
    if (id) making.clients.emplace(*id, making.tenant.clients.size());
    making.first_party.push_back(fields.flag("is_first_party").value_or(true));
    making.tenant.clients.push_back(std::move(client));
  }
}

}  // namespace writ::importing::auth0
