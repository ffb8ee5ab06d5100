// Organizations and their connections; and how a tenant looks.
#include "compiler/import/auth0_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::importing::auth0 {

namespace {

void take_branding(const Fields& branding, std::string& logo,
                   std::vector<std::pair<std::string, std::string>>& colors) {
  if (auto url = branding.text("logo_url"); url && !url->empty()) {
    branding.take("logo_url");
    logo = std::move(*url);
  }
  const auto colored = branding.object("colors");
  for (const auto* part : {"primary", "page_background"})
    if (auto color = colored.text(part)) {
      colored.take(part);
      colors.emplace_back(part, std::move(*color));
    }
}

void take_members(const Making& making, const Fields& fields, Organization& organization) {
  for (const auto& one : fields.objects("connections")) {
    const auto name = one.text("name").value_or(one.text("connection_id").value_or(""));
    const auto found = making.connections.find(name);
    if (found == making.connections.end()) {
      one.note(Outcome::wrong, "name", fmt::format("there is no connection `{}` in the export", name));
      continue;
    }
    if (!one.flag("is_enabled").value_or(true)) continue;
    if (std::ranges::find(organization.connections, found->second) != organization.connections.end()) continue;
    fields.take("connections");
    organization.connections.push_back(found->second);
    if (one.flag("assign_membership_on_login").value_or(false)) {
      one.take("assign_membership_on_login");
      organization.joins.push_back(found->second);
    }
    if (one.has("is_signup_enabled") && one.flag("is_signup_enabled") == false &&
        making.tenant.connections[found->second].signup_open)
      one.note(Outcome::approximated, "is_signup_enabled",
               "Writ opens and closes sign-up by connection, not by organization");
  }
}

}  // namespace

void take_organizations(Making& making) {
  Names names("organization");
  std::set<std::string> seen;
  for (const auto& thing : making.source.section("organizations")) {
    const auto fields = making.fields(thing);
    const auto name = fields.text("name");
    if (!name || name->empty() || !seen.insert(*name).second) {
      fields.note(Outcome::wrong, "name",
                  name ? "an organization of this name is there already" : "an organization without a name");
      continue;
    }
    Organization organization;
    organization.wire = fields.text("id").value_or(*name);
    organization.name = names.make(*name);
    organization.origin = fmt::format("{}: {}", thing.origin, *name);
    organization.title = fields.text("display_name").value_or("");
    take_branding(fields.object("branding"), organization.logo, organization.colors);
    take_members(making, fields, organization);
    for (const auto& one : fields.objects("discovery_domains")) {
      const auto domain = domain_of(one.text("domain").value_or(""));
      const bool counts = one.text("status").value_or("verified") == "verified" &&
                          one.flag("use_for_organization_discovery").value_or(true);
      if (!domain || !counts || std::ranges::find(organization.domains, *domain) != organization.domains.end())
        continue;
      one.take("domain");
      organization.domains.push_back(*domain);
    }
    making.tenant.organizations.push_back(std::move(organization));
  }
  for (const auto& thing : making.source.section("branding"))
    take_branding(making.fields(thing), making.tenant.logo, making.tenant.colors);
}

}  // namespace writ::importing::auth0
