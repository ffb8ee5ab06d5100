// Proofs: that what their statements name is there, and that what follows from them is a condition. A statement that names a tenant is checked
// with that tenant, one that names none by itself.
#include "compiler/check/expression.h"
#include "compiler/check/tenant.h"
#include "compiler/check/tests.h"

#include <algorithm>

namespace writ::check {

namespace {

// The names a statement says beside its tenant.
bool names_are_there(Run& run, const program::Part& part, const tree::RequestLine& line) {
  const bool client = has_record(run, part.clients, part.name, "client", line.client);
  const bool connection = has_record(run, part.connections, part.name, "connection", line.connection);
  const bool organization = has_record(run, part.organizations, part.name, "organization", line.organization);
  return client && connection && organization;
}

// One statement in a scope: its action, its conclusion.
void conclude(Run& run, const tree::Tree& tree, const tree::ProveStatement& statement, const Scope& outer) {
  const auto action = action_of(run, statement.request.action);
  if (!action) return;
  if (statement.request.connection && (with_connection & mask_of(*action)) == 0)
    run.diagnostics.add(Code::incomplete_request, statement.request.connection->span,
                        "a request for " + in_ticks(statement.request.action.text) + " has no connection");
  Scope scope;
  scope.outer = &outer;
  scope.tree = &tree;
  check_alone(Place{&scope, mask_of(*action)}, tree, statement.implies, true, run.sources, run.limits, run.diagnostics);
}

}  // namespace

void check_proofs(TenantCheck& tenant, std::span<const In<tree::ProveDecl>> proves) {
  Run& run = tenant.run;
  for (const auto& proof : proves)
    for (const auto& statement : proof->statements) {
      if (!statement.request.tenant || statement.request.tenant->text != tenant.name()) continue;
      if (!names_are_there(run, tenant.result.structure, statement.request)) continue;
      conclude(run, *proof.tree, statement, *tenant.scope);
      if (!statement.by) continue;
      const bool known = std::ranges::any_of(tenant.result.rules, [&](const model::Rule& rule) {
        return rule.name == statement.by->text || rule.id == statement.by->text;
      });
      std::vector<std::string_view> candidates;
      for (const auto& rule : tenant.result.rules)
        candidates.push_back(rule.name.empty() ? std::string_view(rule.id) : std::string_view(rule.name));
      if (!known && std::ranges::find(denies_without_rule, statement.by->text) == denies_without_rule.end())
        undeclared(run, Code::impossible_expectation, "tenant " + in_ticks(tenant.name()) + " has no rule named",
                   {statement.by->text, statement.by->span, true}, candidates);
    }
}

void check_free_proofs(Run& run, const Declarations& set, const Platform& platform) {
  program::Part part;  // every tenant: the facts and clients they share
  part.attributes = set.attributes;
  for (std::size_t i = 0; i < set.clients.size(); ++i) {
    auto& record = part.clients.emplace_back();
    record.id = platform.client_ids[i];
    record.name = set.clients[i]->name.text;
  }
  std::ranges::sort(part.clients, {}, &program::ClientRecord::id);
  Scope scope;
  scope.outer = &platform.global;
  scope.part = &part;
  scope.tenant_attributes = &platform.any_attributes;
  for (const auto& proof : set.proves)
    for (const auto& statement : proof->statements) {
      const auto& request = statement.request;
      if (request.tenant) {
        if (!set.tenant_places.contains(request.tenant->text))
          undeclared(run, Code::undeclared, "there is no tenant", *request.tenant, set.tenant_places);
        continue;
      }
      if (request.connection || request.organization)
        run.diagnostics
            .add(Code::incomplete_request, request.connection ? request.connection->span : request.organization->span,
                 "a statement about every tenant names one tenant's thing")
            .hint("say of which tenant: `" + request.action.text + " to acme " +
                  (request.connection ? "via " + name_text(request.connection->text)
                                      : "in " + name_text(request.organization->text)) +
                  " …`");
      else
        conclude(run, *proof.tree, statement, scope);
    }
}

}  // namespace writ::check
