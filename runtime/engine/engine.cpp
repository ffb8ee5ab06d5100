// Starting requests, and the small questions. Tenants are put in put.cpp, bundles opened in open.cpp.
#include "runtime/engine/state.h"

#include <stdexcept>

namespace writ {

Engine::Engine(std::shared_ptr<CodeSource> code, Tier tier) : state_(std::make_unique<State>()) {
  state_->tier = tier;
  if (code && tier != Tier::interpret && code->refusal().empty()) state_->code = std::move(code);
}
Engine::~Engine() = default;

std::shared_ptr<const program::Part> Engine::part(std::string_view tenant) const try {
  const auto found = state_->find(tenant);
  return found.loaded ? found.loaded->part() : nullptr;
} catch (const std::runtime_error&) {  // it cannot be read any more
  return nullptr;
}

void Engine::start(Request& request, Action action, std::string_view tenant, std::string_view client,
                   std::string_view connection, std::string_view organization) const {
  auto& asked = *request.state_;
  asked.or_give_up([&] {
    const auto* found = state_->tenants.find(tenant, asked.hold);
    bool broken = false;
    if (!found && state_->bases.size() != 0) {
      const auto late = state_->find(tenant);
      broken = late.broken;
      found = state_->tenants.find(tenant, asked.hold);
    }
    asked.reset(action, found);
    if (!found && broken) asked.started = false;  // there is such a tenant, and it is not ready
    asked.names = {tenant, client, connection, organization};
    asked.has_connection = connection.data() != nullptr;
    asked.has_organization = organization.data() != nullptr;
    asked.resolve();
    if (asked.loaded) state_->see_to_code(asked);
  });
}

void Engine::State::see_to_code(Request::State& asked) const {
  auto& shared = *asked.program().shared;
  if (shared.code.load(std::memory_order_acquire)) return;
  asked.prepare_to_interpret();
  if (code) shared.ask(*code);
}

std::optional<FactId> Engine::fact(std::string_view tenant, std::string_view name) const {
  const auto loaded = state_->find(tenant).loaded;
  return loaded ? loaded->fact(name) : find_builtin(name);
}

std::vector<std::string> Engine::required_facts(std::string_view tenant, Action action) const {
  std::vector<std::string> names;
  const auto loaded = state_->find(tenant).loaded;
  if (!loaded) return names;
  const auto& required = loaded->kind()[action].required;
  for (const auto& [name, id] : loaded->kind().facts->names)
    if (required[index(id) / 64] >> index(id) % 64 & 1) names.emplace_back(name);
  return names;
}

void Engine::wait_for_code() const { state_->wait_for_code(); }

void Engine::set_stale(bool stale) { state_->stale.store(stale, std::memory_order_release); }

std::size_t Engine::reclaim() {
  const std::lock_guard lock(state_->mutex);
  state_->hosts.collect();
  state_->issuers.collect();
  state_->bases.collect();
  state_->overrides.collect();
  state_->tenants.collect();
  return state_->tenants.retired();
}

}  // namespace writ
