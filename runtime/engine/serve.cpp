// Tenants of the bundle that serves. A hundred thousand of them are not loaded when it is opened: who asks for one that is not in the table loads
// it and puts it there. Several may do so at once; the first to publish wins, and what was loaded from a bundle that no longer serves is thrown away.
#include "runtime/engine/state.h"

#include <algorithm>
#include <exception>

namespace writ {

using engine::Base;
using engine::Loaded;
using engine::Override;
using engine::SharedShape;

namespace engine {

void keep(program::Part& part, std::shared_ptr<const void> what, const SharedCounters& counters) {
  part.keeper = std::make_shared<const KeptBy>(std::move(what), counters);
}

std::shared_ptr<const void> kept_by(const program::Part& serving) {
  return static_cast<const KeptBy*>(serving.keeper.get())->kept;
}

Recent::Part Recent::find(const void* source) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(parts_, source, [](const auto& one) { return one.first; });
  return found == parts_.end() ? nullptr : found->second;
}

void Recent::add(const void* source, Part part) {
  std::pair<const void*, Part> gone(source, std::move(part));  // freed when the lock is
  const std::lock_guard lock(mutex_);
  std::swap(parts_[next_], gone);
  next_ = (next_ + 1) % most;
}

void Recent::forget(const void* source) {
  Part gone;
  const std::lock_guard lock(mutex_);
  for (auto& [of, part] : parts_)
    if (of == source) of = nullptr, std::swap(part, gone);
}

ClaimedByBundle claimed_by_bundle(const Bases& bases, const Overrides& overrides, bundle::ClaimKind kind,
                                  std::string_view name, std::string_view own) {
  ClaimedByBundle claimed;
  const auto look_in = [&](const bundle::Bundle& bundle) {
    const auto place = bundle.find(kind, name);
    if (!place || bundle.id(*place) == own) return;
    const bool overridden =
        overrides.size() != 0 && overrides.look(bundle.id(*place), [](const auto* one) { return one != nullptr; });
    (overridden ? claimed.overridden : claimed.elsewhere) = true;
  };
  bases.look({}, [&](const auto* base) {
    if (!base) return;
    look_in(**base->held);
    if (base->before) look_in(**base->before);
  });
  return claimed;
}

}  // namespace engine

std::shared_ptr<const engine::Held> Engine::State::hold(const std::shared_ptr<const bundle::Bundle>& judged) {
  const std::lock_guard lock(mutex);
  auto held = put_from.lock();
  if (held && held->get() == judged) return held;
  held = std::make_shared<const engine::Held>(judged, counters);
  put_from = held;
  return held;
}

namespace {

// A part of a bundle, which the bundle keeps. What was read lately is held for who asks for it again.
class InBundle final : public engine::PartSource {
 public:
  InBundle(std::shared_ptr<const engine::Held> held, std::size_t place, std::shared_ptr<const void> kept,
           bundle::Shapes& shapes, engine::Recent& recent)
      : held_(std::move(held)), place_(place), kept_(std::move(kept)), shapes_(shapes), recent_(recent) {}

  ~InBundle() override { recent_.forget(this); }
  InBundle(const InBundle&) = delete;
  InBundle& operator=(const InBundle&) = delete;

  std::shared_ptr<const program::Part> read() const override {
    return recent_.get(this, [&]() -> std::shared_ptr<const program::Part> {
      auto part = std::make_shared<program::Part>();
      const auto problem = (**held_).part(place_, *part, &shapes_);
      (**held_).let_go(place_);
      if (problem) return nullptr;
      part->keeper = kept_;
      return part;
    });
  }

 private:
  std::shared_ptr<const engine::Held> held_;
  std::size_t place_;
  std::shared_ptr<const void> kept_;
  bundle::Shapes& shapes_;
  engine::Recent& recent_;
};

}  // namespace

std::shared_ptr<const Loaded> Engine::State::load_part(const std::shared_ptr<const engine::Held>& held,
                                                       std::size_t place,
                                                       std::vector<std::shared_ptr<SharedShape>>& fresh,
                                                       bundle::Problem& problem, Locked locked) {
  program::Part part;
  problem = (**held).part(place, part, &shapes);
  if (problem) return nullptr;
  engine::keep(part, held, counters);
  auto source = std::make_unique<const InBundle>(held, place, part.keeper, shapes, recent);
  std::string error;
  std::unique_lock lock(mutex, std::defer_lock);
  if (locked == Locked::no) lock.lock();
  auto loaded = engine::load(std::move(part), engine::Verified::yes, pool, fresh, error, std::move(source));
  if (!loaded) problem = {bundle::Reason::malformed, error};
  return loaded;
}

Engine::State::Found Engine::State::find(std::string_view tenant) {
  for (;;) {
    if (auto loaded = tenants.get(tenant)) return {std::move(loaded), false};
    if (bases.size() == 0) return {};
    const auto base = bases.get({});
    const auto place = base ? base->bundle().find(tenant) : std::nullopt;
    if (!place) return {};
    if (overrides.get(tenant)) return {tenants.get(tenant), false};  // removed; or put, since we looked first
    auto& broken = (*base->broken)[*place];
    if (broken.load(std::memory_order_relaxed)) return {nullptr, true};
    std::vector<std::shared_ptr<SharedShape>> fresh;
    bundle::Problem problem;
    const auto loaded = load_part(base->held, *place, fresh, problem);
    base->bundle().let_go(*place);  // what deciding reads was copied
    if (!loaded) {
      if (!broken.exchange(true)) counters->broken.fetch_add(1, std::memory_order_relaxed);
      return {nullptr, true};
    }
    {
      const std::lock_guard lock(mutex);
      const auto now = bases.get({});
      if (!now || now->held != base->held || overrides.get(tenant) || tenants.get(tenant)) continue;
      tenants.change({{loaded->name(), loaded}});
    }
    counters->loaded_late.fetch_add(1, std::memory_order_relaxed);
    want(fresh);
    return {loaded, false};
  }
}

void Engine::State::want(const std::vector<std::shared_ptr<SharedShape>>& fresh) {
  if (!code) return;
  for (const auto& shared : fresh) code->want(shared->shape);
  if (tier == Tier::native) wait_for_code();
}

void Engine::State::want(engine::SharedRemainder& rest) const {
  if (!code || rest.shared.adopt(*code)) return;
  code->want(rest.shared.shape);
  if (tier != Tier::native) return;
  code->wait_idle();
  rest.shared.adopt(*code);
}

void Engine::State::wait_for_code() {
  if (!code) return;
  // Twice: what a full queue turned away is asked for again, and waited for.
  for (int round = 0; round < 2; ++round) {
    code->wait_idle();
    std::vector<std::shared_ptr<SharedShape>> all;
    {
      const std::lock_guard lock(mutex);
      all = pool.shapes();
    }
    for (const auto& shared : all)
      if (!shared->adopt(*code) && round == 0) code->want(shared->shape);
  }
}

// ---------------------------------------------------------------- what can be asked of it

std::vector<std::string> Engine::tenants() const {
  std::vector<std::string> ids;
  for (const auto& loaded : state_->tenants.all()) ids.emplace_back(loaded->name());
  if (const auto base = state_->bases.get({}))
    for (std::size_t i = 0; i < base->bundle().size(); ++i)
      if (!state_->overrides.get(base->bundle().id(i))) ids.emplace_back(base->bundle().id(i));
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

bool Engine::tenant_of(bundle::ClaimKind kind, std::string_view name, std::string& tenant) const {
  const auto& by_hand = kind == bundle::ClaimKind::host ? state_->hosts : state_->issuers;
  const auto take = [&](const auto* claim) { return claim && (tenant = claim->tenant, true); };
  // Twice: a tenant of the bundle may be put by hand between the two looks at what was put.
  for (int round = 0; round < 2; ++round) {
    if (by_hand.size() != 0 && by_hand.look(name, take)) return true;
    const bool found = state_->bases.look({}, [&](const auto* base) {
      if (!base) return false;
      const auto& bundle = base->bundle();
      const auto place = bundle.find(kind, name);
      if (!place) return false;
      const auto id = bundle.id(*place);
      if (state_->overrides.look(id, [](const auto* one) { return one != nullptr; })) return false;
      tenant = id;
      return true;
    });
    if (found) return true;
    if (state_->overrides.size() == 0) break;
  }
  return false;
}

std::optional<Revision> Engine::revision(std::string_view tenant) const {
  const auto found = state_->find(tenant);
  if (!found.loaded) return std::nullopt;
  Revision revision{to_hex(found.loaded->hash()), found.loaded->version(), Revision::From::put, found.loaded->bytes()};
  const auto over = state_->overrides.get(tenant);
  if (over && over->kind == Override::Kind::kept)
    revision.from = Revision::From::kept;
  else if (!over && state_->bases.size() != 0)
    revision.from = Revision::From::bundle;
  return revision;
}

Metrics Engine::metrics() const {
  Metrics metrics;
  metrics.ready = state_->is_ready();
  metrics.stale = state_->is_stale();
  metrics.loaded = metrics.tenants = state_->tenants.size();
  metrics.overridden = state_->overrides.size();
  if (const auto base = state_->bases.get({})) {
    const auto& manifest = base->bundle().manifest();
    metrics.channel = manifest.channel;
    metrics.version = manifest.version;
    metrics.root = to_hex(base->bundle().root());
    metrics.expires = manifest.expires;
    metrics.tenants = base->bundle().size();
    for (const auto& one : state_->overrides.all()) {
      const bool in_bundle = base->bundle().find(one->id).has_value();
      if (one->kind == Override::Kind::removed && in_bundle) --metrics.tenants;
      if (one->kind == Override::Kind::put && !in_bundle) ++metrics.tenants;
    }
  }
  const auto& counters = *state_->counters;
  const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  metrics.bundles_alive = read(counters.bundles);
  metrics.parts_alive = read(counters.parts);
  metrics.opened = read(counters.opened);
  metrics.refused = read(counters.refused);
  metrics.put = read(counters.put);
  metrics.removed = read(counters.removed);
  metrics.loaded_late = read(counters.loaded_late);
  metrics.broken = read(counters.broken);
  const std::lock_guard lock(state_->mutex);
  metrics.last_refusal = state_->last_refusal;
  return metrics;
}

}  // namespace writ
