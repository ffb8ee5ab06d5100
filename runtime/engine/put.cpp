// Putting tenants by hand, and removing them. A tenant is made ready aside and swapped in whole; requests already started keep the snapshot they
// have. When anything of a `put` is refused, nothing of it is published.
//
// Claims of hosts and issuers live in tables of their own. While several tenants change at once, new claims are seen before the tenants and old
// ones go after them, so that at any moment a name that two tenants could answer to is refused rather than taken. Over a bundle, whose claims are
// looked up in it, what was put or removed is an override: it comes after the tenant, and goes before it, for the same reason.
#include "runtime/engine/put.h"

#include <exception>
#include <map>

namespace writ {

using engine::Claim;
using engine::Claims;
using engine::Loaded;
using engine::Override;
using engine::Ready;
using engine::SharedShape;

namespace engine {

namespace {

template <class F>
ClaimChanges claim_changes(const Ready& before, const Ready& after, F&& names) {
  ClaimChanges changes;
  std::map<std::string_view, bool> stays;
  for (const auto& loaded : after)
    for (const auto name : names(*loaded))
      if (stays.emplace(name, true).second)
        changes.come.push_back({name, std::make_shared<const Claim>(std::string(name), loaded->name())});
  for (const auto& loaded : before)
    for (const auto name : names(*loaded))
      if (!stays.contains(name)) changes.go.push_back({name, nullptr});
  return changes;
}

}  // namespace

AllClaimChanges::AllClaimChanges(const Ready& before, const Ready& after)
    : hosts(claim_changes(before, after, hosts_of)), issuers(claim_changes(before, after, issuers_of)) {}

void come(Engine::State& state, const AllClaimChanges& changes) {
  state.hosts.change(changes.hosts.come);
  state.issuers.change(changes.issuers.come);
}

void go(Engine::State& state, const AllClaimChanges& changes) {
  state.hosts.change(changes.hosts.go);
  state.issuers.change(changes.issuers.go);
}

std::shared_ptr<const Override> override_of(std::string id, Override::Kind kind, bundle::Problem why) {
  return std::make_shared<const Override>(std::move(id), kind, std::move(why));
}

}  // namespace engine

namespace {

// The tenants of one `put` by id; the later of two with one id is an error.
std::string index_by_id(const Ready& ready, std::map<std::string_view, const Loaded*>& by_id) {
  for (const auto& loaded : ready)
    if (!by_id.emplace(loaded->name(), loaded.get()).second)
      return "tenant `" + std::string(loaded->name()) + "` is there twice";
  return "";
}

// New claims against one another and against those of tenants that stay. `names` picks hosts or issuers.
template <class F>
std::string check_claims(const Engine::State& state, const Ready& ready,
                         const std::map<std::string_view, const Loaded*>& by_id, bundle::ClaimKind kind, F&& names) {
  const bool hosts = kind == bundle::ClaimKind::host;
  const Claims& held = hosts ? state.hosts : state.issuers;
  const auto base = state.bases.get({});
  std::map<std::string_view, std::string_view> claimed;
  for (const auto& loaded : ready)
    for (const auto name : names(*loaded)) {
      const auto refuse = [&](std::string_view other) {
        return "tenant `" + std::string(loaded->name()) + "`: " + (hosts ? "host" : "issuer") + " `" +
               std::string(name) + "` belongs to tenant `" + std::string(other) + "`";
      };
      const auto [place, fresh] = claimed.emplace(name, loaded->name());
      if (!fresh && place->second != loaded->name()) return refuse(place->second);
      const auto holder = held.get(name);
      if (holder && holder->tenant != loaded->name() && !by_id.contains(holder->tenant)) return refuse(holder->tenant);
      const auto part = base ? base->bundle().find(kind, name) : std::nullopt;
      if (!part) continue;
      const auto id = base->bundle().id(*part);
      if (id != loaded->name() && !by_id.contains(id) && !state.overrides.get(id)) return refuse(id);
    }
  return "";
}

}  // namespace

// `ready` under the lock for writers: claims that nobody else has, then published.
std::string engine::publish(Engine::State& state, const Ready& ready) {
  std::map<std::string_view, const Loaded*> by_id;
  if (auto wrong = index_by_id(ready, by_id); !wrong.empty()) return wrong;
  if (auto wrong = check_claims(state, ready, by_id, bundle::ClaimKind::host, engine::hosts_of); !wrong.empty())
    return wrong;
  if (auto wrong = check_claims(state, ready, by_id, bundle::ClaimKind::issuer, engine::issuers_of); !wrong.empty())
    return wrong;
  Ready before;
  std::vector<engine::Table<Loaded>::Change> tenants;
  std::vector<engine::Overrides::Change> overrides;
  for (const auto& loaded : ready) {
    if (auto old = state.tenants.get(loaded->name())) before.push_back(std::move(old));
    tenants.push_back({loaded->name(), loaded});
    if (state.bases.size() != 0)
      overrides.push_back({loaded->name(), engine::override_of(std::string(loaded->name()), Override::Kind::put)});
  }
  const engine::AllClaimChanges claims(before, ready);
  engine::come(state, claims);
  state.tenants.change(tenants);
  state.overrides.change(overrides);
  engine::go(state, claims);
  state.counters->put.fetch_add(ready.size(), std::memory_order_relaxed);
  return "";
}

std::string Engine::put(std::vector<program::Part> parts) try {
  std::vector<std::shared_ptr<SharedShape>> fresh;
  {
    const std::lock_guard lock(state_->mutex);
    Ready ready;
    std::string error;
    for (auto& part : parts) {
      engine::keep(part, part.keeper, state_->counters);
      auto loaded = engine::load(std::move(part), engine::Verified::no, state_->pool, fresh, error);
      if (!loaded) return error;
      ready.push_back(std::move(loaded));
    }
    if (auto wrong = engine::publish(*state_, ready); !wrong.empty()) return wrong;
  }
  state_->want(fresh);
  return "";
} catch (const std::exception& failure) {
  return std::string("the tenants could not be put: ") + failure.what();
}

bundle::Problem Engine::put_tenant(const std::shared_ptr<const bundle::Bundle>& judged, std::string_view tenant) try {
  const auto place = judged->find(tenant);
  if (!place) return {bundle::Reason::missing_part, "tenant `" + std::string(tenant) + "` is not in it"};
  std::vector<std::shared_ptr<SharedShape>> fresh;
  bundle::Problem problem;
  const auto loaded = state_->load_part(state_->hold(judged), *place, fresh, problem);
  if (!loaded) return problem;
  {
    const std::lock_guard lock(state_->mutex);
    if (auto wrong = engine::publish(*state_, {loaded}); !wrong.empty())
      return {bundle::Reason::malformed, std::move(wrong)};
  }
  state_->want(fresh);
  return {};
} catch (const std::exception& failure) {
  return {bundle::Reason::unreadable, std::string("the tenant could not be put: ") + failure.what()};
}

std::string Engine::put_tenant(program::Part part) {
  std::vector<program::Part> parts;
  parts.push_back(std::move(part));
  return put(std::move(parts));
}

bool Engine::remove_tenant(std::string_view tenant) {
  const std::lock_guard lock(state_->mutex);
  const auto loaded = state_->tenants.get(tenant);
  const auto over = state_->overrides.get(tenant);
  const auto base = state_->bases.get({});
  const bool in_bundle = base && base->bundle().find(tenant);
  if (!loaded && (!in_bundle || over)) return false;
  const std::string id(tenant);
  const engine::AllClaimChanges claims(loaded ? Ready{loaded} : Ready{}, {});
  if (loaded) state_->tenants.change({{id, nullptr}});
  if (in_bundle)
    state_->overrides.change({{id, engine::override_of(id, Override::Kind::removed)}});
  else if (over)
    state_->overrides.change({{id, nullptr}});
  engine::go(*state_, claims);
  state_->counters->removed.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::string Engine::restore_tenant(std::string_view tenant) {
  const std::lock_guard lock(state_->mutex);
  const std::string id(tenant);
  if (!state_->overrides.get(tenant)) return "tenant `" + id + "` was neither put nor removed by hand";
  const auto base = state_->bases.get({});
  if (const auto place = base ? base->bundle().find(tenant) : std::nullopt) {
    std::vector<std::string> hosts, issuers;
    if (const auto problem = bundle::decode_claims(base->bundle().hot(*place), hosts, issuers)) return problem.detail;
    for (const auto& [names, claims] : {std::pair(&hosts, &state_->hosts), std::pair(&issuers, &state_->issuers)})
      for (const auto& name : *names)
        if (const auto holder = claims->get(name); holder && holder->tenant != id)
          return "`" + name + "` of tenant `" + id + "` belongs to tenant `" + holder->tenant + "` now";
  }
  const auto loaded = state_->tenants.get(tenant);
  state_->overrides.change({{id, nullptr}});
  if (loaded) state_->tenants.change({{id, nullptr}});
  engine::go(*state_, engine::AllClaimChanges(loaded ? Ready{loaded} : Ready{}, {}));
  return "";
}

}  // namespace writ
