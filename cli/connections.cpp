// `writ connections`: what the login page of a client may offer, and where an e-mail address leads.
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "runtime/json/decision_json.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::string policy, tenant, client, organization, email;
  Format format = Format::pretty;
};

std::optional<std::string_view> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

// The fault in words; which client was meant where it was misspelt.
std::string why_none(const Options& options, const Pipeline& pipeline, Fault fault) {
  if (fault == Fault::unknown_tenant) return no_such_tenant(pipeline, options.tenant);
  const std::string name(fault_names[static_cast<std::size_t>(fault)]);
  const std::string where =
      fmt::format("tenant `{}`, client `{}`", safe(options.tenant), safe(options.client)) +
      (options.organization.empty() ? "" : fmt::format(", organization `{}`", safe(options.organization)));
  std::vector<std::string_view> clients;
  for (const model::Tenant& tenant : pipeline.policy.tenants)
    if (tenant.structure.id == options.tenant)
      for (const program::ClientRecord& client : tenant.structure.clients) clients.push_back(client.id);
  const std::string_view near =
      fault == Fault::unknown_client ? nearest_name(options.client, clients) : std::string_view();
  return name + ": " + where + (near.empty() ? "" : fmt::format(", did you mean `{}`?", safe(near)));
}

int connections(const Options& options, Console& console) {
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  if (const int built = build(paths, {.format = options.format}, console, pipeline); built != exit_ok) return built;
  const Offer offer =
      pipeline.engine->connections(options.tenant, options.client, given(options.organization), given(options.email));
  if (options.format == Format::json) {
    console.out(to_json(offer) + "\n");
    return offer.fault == Fault::none ? exit_ok : exit_failure;
  }
  if (offer.fault != Fault::none) {
    console.err("writ: " + why_none(options, pipeline, offer.fault) + "\n");
    return exit_failure;
  }
  std::size_t width = 0;
  for (const Offer::Connection& one : offer.connections) width = std::max(width, columns(safe(one.id)));
  for (const Offer::Connection& one : offer.connections) {
    const bool home = offer.home_realm == one.id;
    const Strategy strategy =
        one.strategy < strategies.size() ? strategies[one.strategy] : Strategy{"unknown", Family::database};
    console.out(fmt::format("{}  {}  {}{}\n", padded(safe(one.id), width), padded(strategy.name, 14),
                            padded(family_names[static_cast<std::size_t>(strategy.family)], 12),
                            home ? console.painted(Paint::good, "  home realm of " + safe(options.email)) : ""));
  }
  if (offer.connections.empty()) console.err("no connection is enabled\n");
  return exit_ok;
}

}  // namespace

void declare_connections(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("connections", "what a login page may offer");
  verb->add_option("POLICY", options->policy, "a file, a folder, or - for standard input")->required();
  verb->add_option("--tenant", options->tenant, "wire id of the tenant")->type_name("ID")->required();
  verb->add_option("--client", options->client, "wire id of the client")->type_name("ID")->required();
  verb->add_option("--organization", options->organization, "wire id of the organization")->type_name("ID");
  verb->add_option("--email", options->email, "address typed by the user")->type_name("ADDRESS");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ connections my-policy --tenant acme --client admin --email ada@acme.com"});
  verb->callback([options, &invocation] {
    invocation.job = [options, &invocation] { return connections(*options, invocation.console); };
  });
}

}  // namespace writ::cli
