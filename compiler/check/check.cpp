// Checking a policy set, pass by pass: what is declared at the top; the floor, by itself; every tenant, alone; what must hold between
// tenants; templates that no tenant uses; tests. A mistake in what many tenants share is found once for each of them and said once.
#include "compiler/check/check.h"

#include "compiler/check/passwords.h"
#include "compiler/check/tenant.h"
#include "compiler/check/tests.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace writ {

namespace {

using namespace check;

using Proofs =
    std::unordered_map<std::string_view, std::vector<In<tree::ProveDecl>>>;  // by the tenant a statement names

model::Tenant check_tenant(TenantCheck tenant, const Proofs& proofs) {
  open_bodies(tenant);
  declare_things(tenant);
  declare_attributes(tenant);
  declare_words(tenant);
  set_tenant_attributes(tenant);
  read_connections(tenant);
  read_clients(tenant);
  read_organizations(tenant);
  read_settings(tenant);
  check_discovery(tenant);
  check_words(tenant);
  check_passwords(tenant);
  collect_rules(tenant);
  if (const auto found = proofs.find(tenant.name()); found != proofs.end() && !tenant.placeholder)
    check_proofs(tenant, found->second);
  tenant.result.span = tenant.source.tenant->span;
  if (tenant.result.span.known()) tenant.result.place = tenant.run.sources.place(tenant.source.tenant->name.span);
  return std::move(tenant.result);
}

void claim_wire_id(Run& run, const TenantSource& source, const model::Tenant& tenant, Claims& claims) {
  const Span span = source.tenant->name.span;
  const auto [found, fresh] = claims.tenant_ids.try_emplace(tenant.structure.id, Claim{tenant.structure.name, span});
  if (fresh) return;
  run.diagnostics
      .add(Code::duplicate_wire_id, span,
           "tenant " + in_ticks(tenant.structure.name) + " has the wire name of " + in_ticks(found->second.tenant) +
               ": " + in_ticks(tenant.structure.id))
      .at(found->second.span, "the other one")
      .hint("give one of them an `id \"…\"` of its own");
}

// A template is checked where it is used; where nobody uses it, with whichever arguments. What only the arguments make wrong is dropped.
void try_unused_templates(Run& run, const Declarations& set, const Platform& platform) {
  std::unordered_map<std::string_view, bool> used;
  for (const auto& tenant : set.tenants)
    if (tenant.tenant->from) used[tenant.tenant->from->text] = true;
  constexpr std::array of_arguments = {
      Code::bad_domain,  Code::setting_out_of_range, Code::ambiguous_discovery, Code::empty_range,   Code::out_of_range,
      Code::bad_pattern, Code::name_in_use,          Code::unknown_value,       Code::unknown_thing, Code::given_twice};
  for (const auto& source : set.templates) {
    check_parameters(run, source);
    if (used.contains(source->name.text)) continue;
    TemplateTrial trial(source);
    TenantSource tenant{{&trial.arguments, &trial.tenant}, {}};
    Diagnostics found;
    Run quiet{run.sources, run.limits, found};
    check_tenant({.run = quiet, .set = set, .platform = platform, .source = tenant, .placeholder = true}, {});
    const bool literal = source->parameters.empty();
    for (const auto& one : found.sorted())
      if (literal || std::ranges::find(of_arguments, one.code) == of_arguments.end())
        run.diagnostics.add(one.code, one.span, one.message) = one;
  }
}

// What is wrong in a template, in a shared client or in the floor is found again for every tenant that it is part of, with that tenant's name
// in the message. It is one mistake, and the first tenant tells it.
class SharedMistakes {
 public:
  // `since`: how many diagnostics there were before this tenant.
  void tell_once(const TenantSource& source, Diagnostics& diagnostics, std::size_t since) {
    if (diagnostics.size() == since) return;
    diagnostics.keep_since(
        since, [&](const Diagnostic& one) { return is_own(source, one.span) || !told_.contains(key_of(one)); });
    for (const Diagnostic& one : diagnostics.since(since)) told_.insert(key_of(one));
  }

 private:
  using Key = std::tuple<Code, FileId, std::uint32_t, std::uint32_t>;
  static Key key_of(const Diagnostic& one) { return {one.code, one.span.file, one.span.begin, one.span.end}; }
  static bool is_own(const TenantSource& source, Span span) {
    const auto holds = [span](Span whole) {
      return whole.file == span.file && whole.begin <= span.begin && span.end <= whole.end;
    };
    return !span.known() || holds(source.tenant->span) ||
           std::ranges::any_of(source.extends, [&](const auto& extend) { return holds(extend->span); });
  }

  std::set<Key> told_;
};

Proofs proofs_by_tenant(const Declarations& set) {
  Proofs proofs;
  for (const auto& proof : set.proves)
    for (const auto& statement : proof->statements) {
      if (!statement.request.tenant) continue;
      auto& list = proofs[statement.request.tenant->text];
      if (list.empty() || list.back().node != proof.node) list.push_back(proof);
    }
  return proofs;
}

void keep_tests(const Declarations& set, model::Policy& policy) {
  for (const auto& test : set.tests) {
    policy.tests.push_back(test.node);
    policy.test_trees.push_back(test.tree);
  }
  for (const auto& proof : set.proves) {
    policy.proves.push_back(proof.node);
    policy.prove_trees.push_back(proof.tree);
  }
}

}  // namespace

model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics) {
  Diagnostics found;
  Run run{sources, limits, found};
  model::Policy policy;
  const Declarations set = collect_declarations(run, trees);
  Platform platform;
  read_platform(run, set, platform);
  check_platform(run, set, platform);
  check_password_declarations(run, platform);

  if (set.tenants.size() > limits.tenants) {
    diagnostics
        .add(Code::too_many_things, set.tenants[limits.tenants].tenant->name.span,
             "more than " + std::to_string(limits.tenants) + " tenants")
        .hint("divide the set: several engines may serve, each with tenants of its own");
    return policy;
  }
  Claims claims;
  SharedMistakes shared;
  const Proofs proofs = proofs_by_tenant(set);
  policy.tenants.reserve(set.tenants.size());
  for (const auto& source : set.tenants) {
    const std::size_t before = found.size();
    policy.tenants.push_back(
        check_tenant({.run = run, .set = set, .platform = platform, .source = source, .claims = &claims}, proofs));
    shared.tell_once(source, found, before);
    claim_wire_id(run, source, policy.tenants.back(), claims);
  }
  try_unused_templates(run, set, platform);
  std::ranges::stable_sort(policy.tenants, {},
                           [](const model::Tenant& tenant) { return std::string_view(tenant.structure.id); });

  policy.attributes = set.attributes;
  policy.database_connections_per_client = static_cast<std::int64_t>(platform.database_connections);
  keep_tests(set, policy);
  check_tests(run, set, policy);
  check_free_proofs(run, set, platform);
  for (const auto& one : found.sorted()) diagnostics.add(one.code, one.span, one.message) = one;
  return policy;
}

}  // namespace writ
