// Checking a policy set, pass by pass: what is declared at the top; the floor, by itself; every tenant, alone; what must hold between
// tenants; templates that no tenant uses; tests. A mistake in what many tenants share is found once for each of them and said once.
#include "compiler/check/check.h"

#include "compiler/check/bodies.h"
#include "compiler/check/passwords.h"
#include "compiler/check/tenant.h"
#include "compiler/check/tests.h"
#include "compiler/syntax/in_parallel.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace writ {

namespace {

using namespace check;

using Proofs =
    std::unordered_map<std::string_view, std::vector<In<tree::ProveDecl>>>;  // by the tenant a statement names

struct Checked {
  model::Tenant tenant;
  std::vector<Claimed> claimed;
};

Checked check_tenant(TenantCheck tenant, const Proofs& proofs) {
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
  // What a tenant needs while it grows it does not need for as long as it is kept.
  tenant.result.expressions.shrink_to_fit();
  tenant.result.rules.shrink_to_fit();
  for (auto& password : tenant.result.passwords) password.requirements.shrink_to_fit();
  return {std::move(tenant.result), std::move(tenant.claimed)};
}

void settle_claim(Run& run, const std::string& tenant, const Claimed& claimed, Claims& claims) {
  const auto [found, fresh] = (claims.*claimed.table).try_emplace(claimed.text, Claim{tenant, claimed.span});
  if (fresh) return;
  const bool same = found->second.tenant == tenant;
  run.diagnostics
      .add(Code::claimed_twice, claimed.span,
           std::string(claimed.what) + " " + in_ticks(claimed.text) +
               (same ? " is given twice" : " belongs to another tenant"))
      .at(found->second.span, same ? "first given here" : "of tenant " + in_ticks(found->second.tenant))
      .hint(same ? "keep one of them"
                 : "a " + std::string(claimed.what) + " says which tenant is meant: let one of them have it");
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
  constexpr std::array of_arguments = {Code::bad_domain,  Code::setting_out_of_range, Code::ambiguous_discovery,
                                       Code::empty_range, Code::out_of_range,         Code::bad_pattern,
                                       Code::name_in_use, Code::unknown_value,        Code::unknown_thing,
                                       Code::given_twice, Code::duplicate_wire_id};
  for (const auto& source : set.templates) {
    check_parameters(run, source);
    if (used.contains(source->name.text)) continue;
    TemplateTrial trial(source);
    TenantSource tenant{{&trial.arguments, &trial.tenant}, {}};
    Diagnostics found;
    Run quiet{run.sources, run.limits, found, run.known};
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

// Which bodies are checked; and of files that declare nothing but tenants, how many are not yet.
class Bodies {
 public:
  Bodies(std::span<const tree::Tree* const> trees, const Declarations& set, const Passing& passing)
      : passing_(passing) {
    if (!passing.bodies) return;
    const auto of_tenants = [](const tree::Declaration& one) {
      return std::holds_alternative<tree::TenantDecl>(one) || std::holds_alternative<tree::ExtendTenantDecl>(one) ||
             std::holds_alternative<tree::ImportDecl>(one);
    };
    for (const auto* tree : trees)
      if (std::ranges::all_of(tree->declarations, of_tenants)) left_.try_emplace(tree->file, 0);
    for (const auto& source : set.tenants) count(source, 1);
  }
  void checked(const TenantSource& source) {
    if (passing_.body) {
      passing_.body(source.tenant->span);
      for (const auto& extend : source.extends) passing_.body(extend->span);
    }
    count(source, -1);
  }

 private:
  void count(const TenantSource& source, int by) {
    count(source.tenant.tree->file, by);
    for (const auto& extend : source.extends) count(extend.tree->file, by);
  }
  void count(FileId file, int by) {
    const auto found = left_.find(file);
    if (found != left_.end() && (found->second += by) == 0) passing_.bodies(file);
  }

  const Passing& passing_;
  std::unordered_map<FileId, int> left_;
};

// Where a part of the tenants tells its mistakes. Which near names are looked for depends on how many were before, in the order of the text,
// so here none are.
Diagnostics without_suggestions() {
  Diagnostics part;
  while (part.may_suggest()) part.nearest({}, {});
  return part;
}

// All tenants, on all cores, into `policy`. A tenant is checked without knowing of others; then, in their order, comes what they may have only
// one of, and who has mistakes is checked once more, to tell them in their place. So many at a time, because what is told is kept.
void check_tenants(Run& run, const Declarations& set, const Platform& platform, const Proofs& proofs, Bodies bodies,
                   const std::function<void(model::Tenant&, bool)>& passing, model::Policy& policy) {
  const std::size_t at_a_time = 32 * threads_for(set.tenants.size());
  const std::size_t count = set.tenants.size();
  bool sound = !run.diagnostics.has_errors();
  std::vector<Known> known(threads_for(count));
  Claims claims;
  SharedMistakes shared;
  policy.tenants.reserve(count);
  std::vector<Checked> checked(std::min(count, at_a_time));
  std::vector<Diagnostics> told(checked.size());
  for (std::size_t first = 0; first < count; first += at_a_time) {
    const std::size_t some = std::min(at_a_time, count - first);
    in_parallel(some, [&](std::size_t i, std::size_t thread) {
      told[i] = without_suggestions();
      Run part{run.sources, run.limits, told[i], known[thread]};
      checked[i] =
          check_tenant({.run = part, .set = set, .platform = platform, .source = set.tenants[first + i]}, proofs);
    });
    for (std::size_t i = 0; i < some; ++i) {
      const TenantSource& source = set.tenants[first + i];
      const std::size_t before = run.diagnostics.size();
      if (!told[i].empty())
        checked[i] = check_tenant({.run = run, .set = set, .platform = platform, .source = source}, proofs);
      for (const Claimed& one : checked[i].claimed) settle_claim(run, source.tenant->name.text, one, claims);
      shared.tell_once(source, run.diagnostics, before);
      policy.tenants.push_back(std::move(checked[i].tenant));
      claim_wire_id(run, source, policy.tenants.back(), claims);
      sound = sound && std::ranges::none_of(run.diagnostics.since(before), [](const Diagnostic& one) {
                return row_of(one.code).severity == Severity::error;
              });
      if (passing) passing(policy.tenants.back(), sound);
      bodies.checked(source);
    }
  }
}

// By wire id, where they stand: a copy of all of them beside the first would be a tenth more memory.
void sort_tenants(std::vector<model::Tenant>& tenants) {
  std::vector<std::size_t> from(tenants.size());  // the place that its tenant comes from
  std::iota(from.begin(), from.end(), 0);
  std::ranges::stable_sort(from, {}, [&](std::size_t i) { return std::string_view(tenants[i].structure.id); });
  for (std::size_t start = 0; start < from.size(); ++start)
    for (std::size_t to = start; from[to] != to;) {
      const std::size_t next = std::exchange(from[to], to);
      if (next == start) break;
      std::swap(tenants[to], tenants[next]);
      to = next;
    }
}

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
  for (const auto& fixture : set.fixtures)
    policy.fixtures.try_emplace(fixture->name.text, model::Fixture{fixture.node, fixture.tree});
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

void forget_meaning(model::Tenant& tenant, bool) {
  const auto give_back = [](auto& list) {
    list.clear();
    list.shrink_to_fit();
  };
  give_back(tenant.expressions);
  give_back(tenant.rules);
  give_back(tenant.passwords);
}

model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics) {
  return check_policy(trees, sources, limits, diagnostics, Passing{});
}

model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics, const Passing& passing) {
  Diagnostics found;
  Known known;
  Run run{sources, limits, found, known};
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
  const bool asked = !set.tests.empty() || !set.proves.empty();
  check_tenants(run, set, platform, proofs_by_tenant(set), Bodies(trees, set, passing),
                asked ? nullptr : passing.tenant, policy);
  try_unused_templates(run, set, platform);
  sort_tenants(policy.tenants);

  policy.attributes = set.attributes;
  policy.database_connections_per_client = static_cast<std::int64_t>(platform.database_connections);
  keep_tests(set, policy);
  check_tests(run, set, policy);
  check_free_proofs(run, set, platform);
  if (asked && passing.tenant)
    for (auto& tenant : policy.tenants) passing.tenant(tenant, !found.has_errors());
  for (const auto& one : found.sorted()) diagnostics.add(one.code, one.span, one.message) = one;
  return policy;
}

}  // namespace writ
