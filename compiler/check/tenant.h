// One tenant while it is checked: where it is written (its own body, its template's, those that extend it), what its words mean, and the
// structure and rules made of it so far. The passes over it stand in check_tenant, one line each; each is a function of one file.
#pragma once

#include "compiler/check/declarations.h"
#include "compiler/check/platform.h"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ::check {

// What is unique over the whole set, with who has it.
struct Claim {
  std::string tenant;
  Span span;
};
struct Claims {
  std::unordered_map<std::string, Claim> tenant_ids, hosts, issuers;
};
// A host or issuer that a tenant says is its own; whether it is shows when all tenants before it are known.
struct Claimed {
  std::string_view what;  // "host", "issuer"
  std::unordered_map<std::string, Claim> Claims::* table;
  std::string text;
  Span span;
};

struct ClientSource {
  const tree::ClientDecl* client = nullptr;
  Block body;  // of the declaration
  bool shared = false;
  const tree::UseDecl* use = nullptr;
  Block use_body;
  Span named;  // in the tenant
  // Where its connections and discoveries stand.
  const Block& enabling() const { return shared ? use_body : body; }
};
struct ConnectionSource {
  const tree::ConnectionDecl* connection = nullptr;
  Block body;
};
struct OrganizationSource {
  const tree::OrganizationDecl* organization = nullptr;
  Block body;
};

struct TenantCheck {
  Run& run;
  const Declarations& set;
  const Platform& platform;
  const TenantSource& source;
  bool placeholder = false;  // tried out: what is missing may come from the tenants
  model::Tenant result = {};
  std::vector<Claimed> claimed = {};

  std::deque<Scope> scopes = {};   // addresses stay
  tree::Tree stand_ins = {};       // literals in place of template arguments that are missing or wrong
  Scope* scope = nullptr;          // the tenant's level
  Scope* floor = nullptr;          // where the platform's and the shared clients' rules are read for this tenant
  std::vector<Block> bodies = {};  // template's, own, extends', in that order
  std::vector<std::pair<const Scope*, const tree::Let*>> lets = {};  // all of them, with where they stand
  std::unordered_map<const std::vector<tree::Item>*, const Scope*> block_scopes =
      {};  // of blocks with lets of their own

  std::vector<ClientSource> clients = {};  // parallel to result.structure's lists
  std::vector<ConnectionSource> connections = {};
  std::vector<OrganizationSource> organizations = {};
  Places client_places = {}, connection_places = {}, organization_places = {};

  Spent spent = {};
  std::map<std::string, Span, std::less<>> attribute_spans = {};
  std::map<std::string, TenantAttribute, std::less<>> attributes = {};
  std::map<std::string, const tree::ObligationDecl*, std::less<>> obligations = {};
  std::map<std::string, const Scope*, std::less<>> obligation_scopes = {};
  std::map<std::string, PasswordSource, std::less<>> passwords = {};

  const std::string& name() const { return source.tenant->name.text; }
};

// The passes, in their order.
void open_bodies(TenantCheck& tenant);                                                // templates.cpp
void declare_things(TenantCheck& tenant);                                             // things.cpp
void declare_attributes(TenantCheck& tenant);                                         // attributes.cpp
void declare_words(TenantCheck& tenant);                                              // words.cpp
void set_tenant_attributes(TenantCheck& tenant);                                      // attributes.cpp
void read_connections(TenantCheck& tenant);                                           // things.cpp
void read_clients(TenantCheck& tenant);                                               // clients.cpp
void read_organizations(TenantCheck& tenant);                                         // organizations.cpp
void read_settings(TenantCheck& tenant);                                              // settings.cpp
void check_discovery(TenantCheck& tenant);                                            // discovery.cpp
void check_words(TenantCheck& tenant);                                                // words.cpp
void check_passwords(TenantCheck& tenant);                                            // passwords.cpp
void collect_rules(TenantCheck& tenant);                                              // rules.cpp
void check_proofs(TenantCheck& tenant, std::span<const In<tree::ProveDecl>> proves);  // proofs.cpp

// ---------------------------------------------------------------- templates (templates.cpp)

struct TemplateTrial {
  explicit TemplateTrial(const In<tree::TemplateDecl>& source);
  tree::Tree arguments;
  tree::TenantDecl tenant;
};
void check_parameters(Run& run, const In<tree::TemplateDecl>& source);

// ---------------------------------------------------------------- what several of them use

// The block that a thing of `outer` opens: its lets, if any, are its own level. The same items give the same scope again.
Block open_block(TenantCheck& tenant, const Block& outer, const tree::Tree& tree, const std::vector<tree::Item>& items);
Block open_block(TenantCheck& tenant, const Block& outer, const std::vector<tree::Item>& items);

// `id "…"`, or the name.
std::string wire_id(Run& run, const Block& block, const tree::Name& name);
// Places of the tenant's connections; unknown ones and those named twice are reported and left out.
std::vector<std::uint32_t> connections_named(TenantCheck& tenant, std::span<const tree::Name> names);
std::vector<std::string> domains_of(Run& run, const Block& block);
std::vector<std::string> strings_of_items(Run& run, const Block& block, std::span<const tree::ExprId> items);
void read_branding(Run& run, const Block& block, std::string& logo,
                   std::vector<std::pair<std::string, std::string>>& colors);
void read_features(const Block& block, std::vector<std::string>& features);
// A setting's value as text, whatever its type; a bare word is itself.
std::string setting_text(const Scope& scope, const tree::Tree& tree, tree::ExprId value, Run& run);
// A value of that type, whichever.
program::Constant any_value(const tree::Type& type);

}  // namespace writ::check
