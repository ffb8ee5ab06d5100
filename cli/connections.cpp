// `writ connections`: what the login page of a client may offer, and where an e-mail address leads.
#include "cli/meant.h"
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
  Believing believing;
  std::string policy, tenant, client, organization, email;
  Format format = Format::pretty;
};

std::optional<std::string_view> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

// Why there is no answer, and what to ask instead.
std::string why_none(const Options& asked, const Pipeline& pipeline, Fault fault) {
  const auto part = pipeline.engine->part(asked.tenant);
  const std::string name(fault_names[static_cast<std::size_t>(fault)]);
  if (!part) return name + ": " + no_such_tenant(pipeline, asked.tenant);
  const std::string client = safe(asked.client), organization = safe(asked.organization);
  switch (fault) {
  case Fault::unknown_client:
    return fmt::format("{}: tenant `{}` has no client `{}`{}", name, safe(asked.tenant), client,
                       did_you_mean(asked.client, part->clients));
  case Fault::organization_unknown:
    return fmt::format("{}: tenant `{}` has no organization `{}`{}", name, safe(asked.tenant), organization,
                       did_you_mean(asked.organization, part->organizations));
  case Fault::organization_required:
    return fmt::format("{}: client `{}` is entered through an organization; say which by --organization", name, client);
  case Fault::organization_not_allowed:
    return fmt::format("{}: client `{}` takes no organization; leave --organization out", name, client);
  default: return name;
  }
}

int connections(const Options& options, Console& console) {
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  if (const int built = build(paths, {.format = options.format, .believing = &options.believing}, console, pipeline);
      built != exit_ok)
    return built;
  const Offer offer =
      pipeline.engine->connections(options.tenant, options.client, given(options.organization), given(options.email));
  if (options.format == Format::json) {
    console.out(to_json(offer) + "\n");
    return offer.fault == Fault::none ? exit_ok : exit_usage;
  }
  if (offer.fault != Fault::none) {
    console.err("writ: " + why_none(options, pipeline, offer.fault) + "\n");
    return exit_usage;  // the question names what is not there
  }
  std::size_t width = 0;
  for (const Offer::Connection& one : offer.connections) width = std::max(width, columns(safe(one.id)));
  for (const Offer::Connection& one : offer.connections) {
    const bool home = offer.home_realm == one.id;
    const Strategy strategy =
        one.strategy < strategies.size() ? strategies[one.strategy] : Strategy{"unknown", Family::database};
    const std::string_view family = family_names[static_cast<std::size_t>(strategy.family)];
    const std::string leads =
        home ? console.painted(Paint::good, "home realm of " + safe(options.email)) : std::string();
    console.out(fmt::format("{}  {}  {}\n", padded(safe(one.id), width), padded(strategy.name, 14),
                            home ? padded(family, 12) + "  " + leads : std::string(family)));
  }
  if (!options.email.empty() && !offer.home_realm) {
    const bool domain = options.email.find('@') != std::string::npos && !options.email.ends_with('@');
    console.err(domain ? fmt::format("no home realm: none of them claims the domain of {}\n", safe(options.email))
                       : fmt::format("no home realm: `{}` has no domain; an address is written ada@acme.com\n",
                                     safe(options.email)));
  }
  if (offer.connections.empty()) console.err("no connection is enabled\n");
  return exit_ok;
}

}  // namespace

void declare_connections(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("connections", "what a login page may offer");
  verb->add_option("POLICY", options->policy, "a file, a folder, - for standard input, or a bundle")->required();
  verb->add_option("--tenant", options->tenant, "wire id of the tenant")->type_name("ID")->required();
  verb->add_option("--client", options->client, "wire id of the client")->type_name("ID")->required();
  verb->add_option("--organization", options->organization, "wire id of the organization")->type_name("ID");
  verb->add_option("--email", options->email, "address typed by the user")->type_name("ADDRESS");
  add_format(*verb, options->format);
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ connections my-policy --tenant acme --client admin --email ada@acme.com"});
  runs(*verb, invocation, [options, &invocation] { return connections(*options, invocation.console); });
}

}  // namespace writ::cli
