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

std::vector<Auth0Organization::Member> members_of(const Fields& fields) {
  std::vector<Auth0Organization::Member> members;
  for (const auto& one : fields.objects("connections")) {
    if (!one.flag("is_enabled").value_or(true)) continue;
    members.push_back({one.text("name").value_or(one.text("connection_id").value_or("")),
                       one.flag("assign_membership_on_login").value_or(false),
                       one.has("is_signup_enabled") && one.flag("is_signup_enabled") == false});
  }
  return members;
}

void take_members(const Making& making, const Auth0Organization& source, Organization& organization) {
  const auto note = [&](Outcome outcome, const char* field, std::string text) {
    making.report.add(outcome, source.origin, fmt::format("connections.{}", field), std::move(text));
  };
  for (const auto& one : source.members) {
    const auto found = making.connections.find(one.connection);
    if (found == making.connections.end()) {
      note(Outcome::wrong, "name", fmt::format("there is no connection `{}` in the export", one.connection));
      continue;
    }
    if (std::ranges::find(organization.connections, found->second) != organization.connections.end()) continue;
    making.report.take("connections");
    organization.connections.push_back(found->second);
    if (one.joins) {
      making.report.take("connections.assign_membership_on_login");
      organization.joins.push_back(found->second);
    }
    if (one.closed_signup && making.tenant.connections[found->second].signup_open)
      note(Outcome::approximated, "is_signup_enabled",
           "Writ opens and closes sign-up by connection, not by organization");
  }
}

}  // namespace

void take_organizations(Making& making) {
  for (const auto& thing : making.source.section("organizations"))
    add_organization(thing, making.source, making.report);
  Names names("organization");
  std::set<std::string> seen, wires;
  making.tenant.organizations.reserve(making.source.organizations.size());
  for (auto& source : making.source.organizations) {
    auto wire = source.id.empty() ? source.name : source.id;
    if (!seen.insert(source.name).second || !wires.insert(wire).second) {
      making.report.add(Outcome::wrong, source.origin, "name", "an organization of this name or id is there already");
      continue;
    }
    Organization organization;
    organization.wire = std::move(wire);
    organization.name = names.make(source.name);
    organization.origin = fmt::format("{}: {}", source.origin, source.name);
    organization.title = std::move(source.title);
    organization.logo = std::move(source.logo);
    organization.colors = std::move(source.colors);
    organization.domains = std::move(source.domains);
    take_members(making, source, organization);
    making.tenant.organizations.push_back(std::move(organization));
    source = {};
  }
  for (const auto& thing : making.source.section("branding"))
    take_branding(making.fields(thing), making.tenant.logo, making.tenant.colors);
}

}  // namespace writ::importing::auth0

namespace writ::importing {

void add_organization(const Auth0Thing& thing, Auth0Export& made, Report& report) {
  const Fields fields(thing.value, thing.origin, report);
  Auth0Organization organization;
  organization.name = fields.text("name").value_or("");
  if (organization.name.empty()) return fields.note(Outcome::wrong, "name", "an organization without a name");
  organization.id = fields.text("id").value_or("");
  organization.origin = thing.origin;
  organization.title = fields.text("display_name").value_or("");
  auth0::take_branding(fields.object("branding"), organization.logo, organization.colors);
  organization.members = auth0::members_of(fields);
  for (const auto& one : fields.objects("discovery_domains")) {
    const auto domain = auth0::domain_of(one.text("domain").value_or(""));
    const bool counts = one.text("status").value_or("verified") == "verified" &&
                        one.flag("use_for_organization_discovery").value_or(true);
    if (!domain || !counts || std::ranges::find(organization.domains, *domain) != organization.domains.end()) continue;
    one.take("domain");
    organization.domains.push_back(*domain);
  }
  made.organizations.push_back(std::move(organization));
}

}  // namespace writ::importing
