// Publishing tenants and starting requests. A tenant is made ready aside and swapped in whole; requests already started keep the snapshot
// they have. When anything of a `put` is refused, nothing of it is published.
//
// Claims of hosts and issuers live in tables of their own. While several tenants change at once, new claims are seen before the tenants
// and old ones go after them, so that at any moment a name that two tenants could answer to is refused rather than taken.
#include "runtime/engine/state.h"

#include <algorithm>
#include <exception>
#include <map>

namespace writ {

using engine::Claim;
using engine::Claims;
using engine::Loaded;
using engine::SharedShape;

Engine::Engine(std::shared_ptr<CodeSource> code, Tier tier) : state_(std::make_unique<State>()) {
  state_->tier = tier;
  if (code && tier != Tier::interpret && code->refusal().empty()) state_->code = std::move(code);
}
Engine::~Engine() = default;

namespace {

using Ready = std::vector<std::shared_ptr<const Loaded>>;
using Names = std::vector<std::string>;

// The tenants of one `put` by id; the later of two with one id is an error.
std::string index_by_id(const Ready& ready, std::map<std::string_view, const Loaded*>& by_id) {
  for (const auto& loaded : ready)
    if (!by_id.emplace(loaded->part->id, loaded.get()).second)
      return "tenant `" + loaded->part->id + "` is there twice";
  return "";
}

// New claims against one another and against those of tenants that stay. `names` picks hosts or issuers.
template <class F>
std::string check_claims(const Ready& ready, const std::map<std::string_view, const Loaded*>& by_id, const Claims& held,
                         std::string_view kind, F&& names) {
  std::map<std::string_view, std::string_view> claimed;
  for (const auto& loaded : ready)
    for (const std::string& name : names(*loaded)) {
      const auto refuse = [&](std::string_view other) {
        return "tenant `" + loaded->part->id + "`: " + std::string(kind) + " `" + name + "` belongs to tenant `" +
               std::string(other) + "`";
      };
      const auto [place, fresh] = claimed.emplace(name, loaded->part->id);
      if (!fresh && place->second != loaded->part->id) return refuse(place->second);
      const auto holder = held.get(name);
      if (holder && holder->tenant != loaded->part->id && !by_id.contains(holder->tenant))
        return refuse(holder->tenant);
    }
  return "";
}

struct ClaimChanges {
  std::vector<Claims::Change> come, go;
};

// `before` are the tenants that are replaced or removed, `after` what comes.
template <class F>
ClaimChanges claim_changes(const Ready& before, const Ready& after, F&& names) {
  ClaimChanges changes;
  std::map<std::string_view, bool> stays;
  for (const auto& loaded : after)
    for (const std::string& name : names(*loaded))
      if (stays.emplace(name, true).second)
        changes.come.push_back({name, std::make_shared<const Claim>(Claim{name, loaded->part->id})});
  for (const auto& loaded : before)
    for (const std::string& name : names(*loaded))
      if (!stays.contains(name)) changes.go.push_back({name, nullptr});
  return changes;
}

const Names& hosts_of(const Loaded& loaded) { return loaded.part->hosts; }
const Names& issuers_of(const Loaded& loaded) { return loaded.part->issuers; }

void publish(Engine::State& state, const Ready& before, const Ready& after,
             const std::vector<engine::Table<Loaded>::Change>& tenants) {
  const auto hosts = claim_changes(before, after, hosts_of), issuers = claim_changes(before, after, issuers_of);
  state.hosts.change(hosts.come);
  state.issuers.change(issuers.come);
  state.tenants.change(tenants);
  state.hosts.change(hosts.go);
  state.issuers.change(issuers.go);
}

std::string put_all(Engine::State& state, std::vector<program::Part>& parts,
                    std::vector<std::shared_ptr<SharedShape>>& fresh) {
  Ready ready, before;
  std::string error;
  for (auto& part : parts) {
    auto loaded = engine::load(std::move(part), state.key, state.pool, fresh, error);
    if (!loaded) return error;
    ready.push_back(std::move(loaded));
  }
  std::map<std::string_view, const Loaded*> by_id;
  if (auto wrong = index_by_id(ready, by_id); !wrong.empty()) return wrong;
  if (auto wrong = check_claims(ready, by_id, state.hosts, "host", hosts_of); !wrong.empty()) return wrong;
  if (auto wrong = check_claims(ready, by_id, state.issuers, "issuer", issuers_of); !wrong.empty()) return wrong;
  std::vector<engine::Table<Loaded>::Change> changes;
  for (const auto& loaded : ready) {
    if (auto old = state.tenants.get(loaded->part->id)) before.push_back(std::move(old));
    changes.push_back({loaded->part->id, loaded});
  }
  publish(state, before, ready, changes);
  return "";
}

}  // namespace

std::string Engine::put(std::vector<program::Part> parts) try {
  std::vector<std::shared_ptr<SharedShape>> fresh;
  {
    const std::lock_guard lock(state_->mutex);
    if (auto wrong = put_all(*state_, parts, fresh); !wrong.empty()) return wrong;
  }
  if (state_->code)
    for (const auto& shared : fresh) state_->code->want(shared->shape);
  if (state_->tier == Tier::native) wait_for_code();
  return "";
} catch (const std::exception& failure) {
  return std::string("the tenants could not be put: ") + failure.what();
}

bool Engine::remove(std::string_view tenant) {
  const std::lock_guard lock(state_->mutex);
  const auto loaded = state_->tenants.get(tenant);
  if (!loaded) return false;
  publish(*state_, {loaded}, {}, {{loaded->part->id, nullptr}});
  return true;
}

std::vector<std::string> Engine::tenants() const {
  std::vector<std::string> ids;
  for (const auto& loaded : state_->tenants.all()) ids.push_back(loaded->part->id);
  std::ranges::sort(ids);
  return ids;
}

std::shared_ptr<const program::Part> Engine::part(std::string_view tenant) const {
  const auto loaded = state_->tenants.get(tenant);
  return loaded ? loaded->part : nullptr;
}

void Engine::start(Request& request, Action action, std::string_view tenant, std::string_view client,
                   std::string_view connection, std::string_view organization) const {
  static const std::shared_ptr<const Loaded> nobody;
  state_->tenants.prepare();
  if (state_->hosts.size() != 0) state_->hosts.prepare();
  if (state_->issuers.size() != 0) state_->issuers.prepare();
  auto& asked = *request.state_;
  state_->tenants.look(tenant, [&](const auto* found) { asked.reset(action, found ? *found : nobody); });
  asked.tenant = tenant;
  asked.client = client;
  asked.connection = connection;
  asked.organization = organization;
  asked.has_connection = connection.data() != nullptr;
  asked.has_organization = organization.data() != nullptr;
  asked.resolve();
  if (!asked.loaded) return;
  auto& shared = *asked.loaded->programs[static_cast<std::size_t>(action)].shared;
  if (shared.code.load(std::memory_order_acquire)) return;
  asked.prepare_to_interpret();
  if (state_->code) shared.ask(*state_->code);
}

std::optional<FactId> Engine::fact(std::string_view tenant, std::string_view name) const {
  const auto loaded = state_->tenants.get(tenant);
  return loaded ? loaded->fact(name) : find_builtin(name);
}

std::vector<std::string> Engine::required_facts(std::string_view tenant, Action action) const {
  std::vector<std::string> names;
  const auto loaded = state_->tenants.get(tenant);
  if (!loaded) return names;
  const auto& required = loaded->programs[static_cast<std::size_t>(action)].required;
  for (const auto& [name, id] : loaded->facts->names)
    if (required[index(id) / 64] >> index(id) % 64 & 1) names.emplace_back(name);
  return names;
}

void Engine::wait_for_code() const {
  if (!state_->code) return;
  // Twice: what a full queue turned away is asked for again, and waited for.
  for (int round = 0; round < 2; ++round) {
    state_->code->wait_idle();
    std::vector<std::shared_ptr<SharedShape>> shapes;
    {
      const std::lock_guard lock(state_->mutex);
      shapes = state_->pool.shapes();
    }
    for (const auto& shared : shapes)
      if (!shared->adopt(*state_->code) && round == 0) state_->code->want(shared->shape);
  }
}

void Engine::set_stale(bool stale) { state_->stale.store(stale, std::memory_order_release); }

void Engine::quiesce() const {
  state_->tenants.forget();
  state_->hosts.forget();
  state_->issuers.forget();
}

}  // namespace writ
