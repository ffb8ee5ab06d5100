// Starting requests, and the small questions. Tenants are put in put.cpp, bundles opened in open.cpp.
#include "runtime/engine/state.h"

namespace writ {

using engine::Loaded;

Engine::Engine(std::shared_ptr<CodeSource> code, Tier tier) : state_(std::make_unique<State>()) {
  state_->tier = tier;
  if (code && tier != Tier::interpret && code->refusal().empty()) state_->code = std::move(code);
}
Engine::~Engine() = default;

std::shared_ptr<const program::Part> Engine::part(std::string_view tenant) const {
  const auto found = state_->find(tenant);
  return found.loaded ? found.loaded->part : nullptr;
}

void Engine::start(Request& request, Action action, std::string_view tenant, std::string_view client,
                   std::string_view connection, std::string_view organization) const {
  static const std::shared_ptr<const Loaded> nobody;
  state_->tenants.prepare();
  if (state_->hosts.size() != 0) state_->hosts.prepare();
  if (state_->issuers.size() != 0) state_->issuers.prepare();
  if (state_->bases.size() != 0) state_->bases.prepare();
  if (state_->overrides.size() != 0) state_->overrides.prepare();
  auto& asked = *request.state_;
  const bool known = state_->tenants.look(tenant, [&](const auto* found) {
    asked.reset(action, found ? *found : nobody);
    return found != nullptr;
  });
  if (!known && state_->bases.size() != 0) {
    const auto found = state_->find(tenant);
    if (found.loaded) asked.reset(action, found.loaded);
    if (found.broken) asked.started = false;  // there is such a tenant, and it is not ready
  }
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
  const auto loaded = state_->find(tenant).loaded;
  return loaded ? loaded->fact(name) : find_builtin(name);
}

std::vector<std::string> Engine::required_facts(std::string_view tenant, Action action) const {
  std::vector<std::string> names;
  const auto loaded = state_->find(tenant).loaded;
  if (!loaded) return names;
  const auto& required = loaded->programs[static_cast<std::size_t>(action)].required;
  for (const auto& [name, id] : loaded->facts->names)
    if (required[index(id) / 64] >> index(id) % 64 & 1) names.emplace_back(name);
  return names;
}

void Engine::wait_for_code() const { state_->wait_for_code(); }

void Engine::set_stale(bool stale) { state_->stale.store(stale, std::memory_order_release); }

void Engine::quiesce() const {
  state_->tenants.forget();
  state_->hosts.forget();
  state_->issuers.forget();
  state_->bases.forget();
  state_->overrides.forget();
}

}  // namespace writ
