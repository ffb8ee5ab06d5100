// Opening bundles: one function whose lines are the steps. Everything that takes long is done beside what serves, under a lock that only others who
// open a bundle wait for; the swap itself is a few tables that change.
//
// Nothing of a bundle is loaded that nobody asks for. But what has served is not given up for what cannot: parts that are other than in the bundle
// before are read through before the swap, and tenants that were asked already are loaded from the new bundle, so that no login waits for them.
#include "runtime/bundle/delta.h"
#include "runtime/engine/put.h"

#include <algorithm>
#include <exception>
#include <map>
#include <set>

namespace writ {

using bundle::Bundle;
using bundle::ClaimKind;
using bundle::Problem;
using engine::Base;
using engine::Held;
using engine::Loaded;
using engine::Override;
using engine::Ready;
using engine::SharedShape;

namespace {

using Opened = std::shared_ptr<const Bundle>;

bool same_part(const bundle::PartRow& a, const bundle::PartRow& b) { return a.hot == b.hot && a.cold == b.cold; }

class Activating {
 public:
  Activating(Engine::State& state, Opened opened, const Opening& how)
      : state_(state), new_(std::move(opened)), how_(how) {
    if (const auto base = state.bases.get({})) old_ = base->held;
    done_.version = new_->manifest().version;
  }

  Activation run() {
    bundle::State file;
    std::optional<bundle::Seen> seen;
    const auto now = how_.clock();
    auto unjudged = bundle::judge(*new_, how_.trust, now);
    const bool in_grace = unjudged.reason == bundle::Reason::expired && now < stale_at();
    if (unjudged && !in_grace) return refused(std::move(unjudged));
    if (!how_.state.empty() && (done_.problem = file.open(how_.state))) return refused();
    seen = how_.state.empty() ? seen_here() : file.seen(new_->manifest().channel);
    if (in_grace) {
      // Who is started again in its grace goes on; nobody begins with what has expired.
      if (!seen || (seen->back_to ? seen->back_root : seen->root) != new_->root()) return refused(std::move(unjudged));
      if ((done_.problem = bundle::judge(*new_, how_.trust, new_->manifest().expires - 1))) return refused();
    }
    if ((done_.problem = bundle::judge_version(*new_, how_.trust, how_.rollback, seen))) return refused();
    step("judged");
    if ((done_.problem = self_test(new_, how_, done_.tested))) return refused();
    step("tested");
    held_ = std::make_shared<const Held>(new_, state_.counters);
    make_ready();
    step("ready");
    if (!how_.state.empty() && (done_.problem = file.record(*seen))) return refused();
    step("recorded");
    swap();
    remember(*seen);
    step("swapped");
    state_.want(fresh_);
    return std::move(done_);
  }

 private:
  Activation refused(Problem problem) {
    done_.problem = std::move(problem);
    return refused();
  }
  Activation refused() {
    state_.counters->refused.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(state_.mutex);
    state_.last_refusal = text_of(done_.problem);
    return std::move(done_);
  }
  std::int64_t stale_at() const {
    const auto expires = new_->manifest().expires;
    const auto grace = how_.grace.count();
    return expires > INT64_MAX - grace ? INT64_MAX : expires + grace;
  }
  void step(std::string_view name) const {
    if (how_.step) how_.step(name);
  }

  std::optional<bundle::Seen> seen_here() const {
    const auto found = std::ranges::find(state_.seen, new_->manifest().channel, &bundle::Seen::channel);
    return found == state_.seen.end() ? std::nullopt : std::optional(*found);
  }
  void remember(const bundle::Seen& seen) {
    std::erase_if(state_.seen, [&](const auto& one) { return one.channel == seen.channel; });
    state_.seen.push_back(seen);
  }

  // The part of the older bundle with that id. Asked in ascending order, so that all of both are one walk.
  const bundle::PartRow* old_row(std::string_view id) {
    if (!old_) return nullptr;
    const auto& old = **old_;
    while (at_ < old.size() && old.id(at_) < id) ++at_;
    return at_ < old.size() && old.id(at_) == id ? &old.row(at_) : nullptr;
  }

  void make_ready() {
    std::set<std::string, std::less<>> asked;
    if (old_)
      for (const auto& loaded : state_.tenants.all()) asked.emplace(loaded->name());
    for (std::size_t i = 0; i < new_->size(); ++i) {
      const auto id = new_->id(i);
      const auto* before = old_row(id);
      const bool changed = old_ && (!before || !same_part(*before, new_->row(i)));
      const auto over = state_.overrides.size() == 0 ? nullptr : state_.overrides.get(id);
      const bool was_asked = asked.contains(id) && (!over || changed);
      const bool was_broken = over && over->kind == Override::Kind::kept;
      if (!changed && !was_asked && !was_broken) continue;
      Problem problem;
      if (was_asked || was_broken) {
        if (auto loaded = state_.load_part(held_, i, fresh_, problem)) ready_.emplace(id, std::move(loaded));
      } else {
        program::Part part;
        problem = new_->part(i, part, &state_.shapes);
      }
      new_->let_go(i);
      if (problem) broken_.emplace(std::string(id), std::pair(i, std::move(problem)));
    }
  }

  // ---------------------------------------------------------------- the swap, under the lock for writers

  // Whether the new bundle gives a host or issuer of that tenant to another one, whose part will serve.
  bool displaced(const Loaded& loaded) const {
    const auto taken = [&](ClaimKind kind, const std::vector<std::string_view>& names) {
      return std::ranges::any_of(names, [&](std::string_view name) {
        const auto place = new_->find(kind, name);
        return place && new_->id(*place) != loaded.name() && !stays_.contains(new_->id(*place));
      });
    };
    return taken(ClaimKind::host, loaded.hosts()) || taken(ClaimKind::issuer, loaded.issuers());
  }

  bool is_same_in_both(std::string_view id) const {
    const auto before = old_ ? (**old_).find(id) : std::nullopt;
    const auto after = new_->find(id);
    if (!before || !after) return !before && !after;
    return same_part((**old_).row(*before), new_->row(*after));
  }

  // What was put or removed by hand and stays. What was put before there was any bundle counts as put by hand.
  void find_what_stays() {
    std::vector<std::shared_ptr<const Override>> all = state_.overrides.all();
    if (!old_)
      for (const auto& loaded : state_.tenants.all())
        all.push_back(engine::override_of(std::string(loaded->name()), Override::Kind::put));
    for (const auto& over : all)
      if (over->kind != Override::Kind::kept && is_same_in_both(over->id)) stays_.emplace(over->id, over);
    // Whose hosts the bundle gives to others goes; then its part of the bundle serves, and may displace another.
    for (bool again = true; again;) {
      again = false;
      for (auto one = stays_.begin(); one != stays_.end();) {
        const auto loaded = state_.tenants.get(one->first);
        const bool goes = one->second->kind == Override::Kind::put && loaded && displaced(*loaded);
        again = again || goes;
        one = goes ? stays_.erase(one) : std::next(one);
      }
    }
  }

  // Of tenants whose part is broken, what served before; loaded from the older bundle if nobody had asked for it.
  std::shared_ptr<const Loaded> served_before(const std::string& id) {
    if (auto loaded = state_.tenants.get(id)) return loaded;
    const auto place = old_ && !state_.overrides.get(id) ? (**old_).find(id) : std::nullopt;
    if (!place) return nullptr;
    Problem problem;
    return state_.load_part(old_, *place, fresh_, problem, Engine::State::Locked::yes);
  }

  void keep_what_is_broken(Base& base) {
    for (auto& [id, what] : broken_) {
      auto& [place, why] = what;
      if (stays_.contains(id)) continue;
      state_.counters->broken.fetch_add(1, std::memory_order_relaxed);
      auto loaded = served_before(id);
      if (loaded && displaced(*loaded)) loaded = nullptr;
      done_.broken.push_back({id, why, loaded != nullptr});
      if (loaded) {
        ready_[id] = loaded;
        kept_.push_back(std::move(loaded));
        stays_.emplace(id, engine::override_of(id, Override::Kind::kept, why));
      } else {
        (*base.broken)[place].store(true, std::memory_order_relaxed);
      }
    }
  }

  void swap() {
    const std::lock_guard lock(state_.mutex);
    Base made(held_);
    made.before = old_;
    made.broken = std::make_shared<std::vector<std::atomic<bool>>>(new_->size());
    find_what_stays();
    keep_what_is_broken(made);

    Ready go, stay = kept_;
    std::vector<engine::Table<Loaded>::Change> tenants;
    std::vector<engine::Overrides::Change> overrides_go, overrides_come;
    const auto before = state_.tenants.all();
    for (const auto& loaded : before) {
      const auto id = loaded->name();
      const auto over = stays_.find(id);
      if (over != stays_.end() && over->second->kind == Override::Kind::put) {
        stay.push_back(loaded);
        continue;
      }
      if (!ready_.contains(id)) tenants.push_back({id, nullptr});
      if (!old_ || state_.overrides.get(id)) go.push_back(loaded);
    }
    for (const auto& [id, loaded] : ready_)
      if (const auto over = stays_.find(id); over == stays_.end() || over->second->kind == Override::Kind::kept)
        tenants.push_back({id, loaded});
    const auto overridden = state_.overrides.all();
    for (const auto& over : overridden)
      if (!stays_.contains(over->id)) overrides_go.push_back({over->id, nullptr});
    for (const auto& [id, over] : stays_) overrides_come.push_back({over->id, over});

    const engine::AllClaimChanges claims(go, stay);
    engine::come(state_, claims);
    state_.bases.change({{"", std::make_shared<const Base>(made)}});
    state_.overrides.change(overrides_go);
    state_.tenants.change(tenants);
    state_.overrides.change(overrides_come);
    engine::go(state_, claims);
    made.before = nullptr;
    state_.bases.change({{"", std::make_shared<const Base>(made)}});

    state_.clock.store(how_.clock, std::memory_order_relaxed);
    state_.stale_at.store(stale_at(), std::memory_order_relaxed);
    state_.counters->opened.fetch_add(1, std::memory_order_relaxed);
  }

  Engine::State& state_;
  Opened new_;
  const Opening& how_;
  Activation done_;
  std::shared_ptr<const Held> held_, old_;
  std::size_t at_ = 0;  // in the older bundle
  std::map<std::string, std::shared_ptr<const Loaded>, std::less<>> ready_;
  std::map<std::string, std::pair<std::size_t, Problem>> broken_;  // place, and why
  std::map<std::string, std::shared_ptr<const Override>, std::less<>> stays_;
  Ready kept_;
  std::vector<std::shared_ptr<SharedShape>> fresh_;
};

Activation not_opened(Engine::State& state, Problem problem) {
  state.counters->refused.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(state.mutex);
  state.last_refusal = text_of(problem);
  Activation done;
  done.problem = std::move(problem);
  return done;
}

Problem failed(const std::exception& failure) {
  return {bundle::Reason::unreadable, std::string("it could not be opened: ") + failure.what()};
}

}  // namespace

Activation Engine::open(std::shared_ptr<const Bundle> bundle, const Opening& how) try {
  const std::lock_guard lock(state_->opening);
  return Activating(*state_, std::move(bundle), how).run();
} catch (const std::exception& failure) {
  return not_opened(*state_, failed(failure));
}

Activation Engine::open(const std::string& path, const Opening& how) try {
  Problem problem;
  auto opened = Bundle::open(path, problem);
  return opened ? open(std::move(opened), how) : not_opened(*state_, std::move(problem));
} catch (const std::exception& failure) {
  return not_opened(*state_, failed(failure));
}

Activation Engine::apply(std::span<const std::byte> delta, const Opening& how) try {
  const auto base = state_->bases.get({});
  if (!base) return not_opened(*state_, {bundle::Reason::wrong_base, "no bundle serves that it could be laid over"});
  Problem problem;
  auto out = bundle::apply(base->bundle(), delta, problem);
  return out ? open(std::move(out), how) : not_opened(*state_, std::move(problem));
} catch (const std::exception& failure) {
  return not_opened(*state_, failed(failure));
}

}  // namespace writ
