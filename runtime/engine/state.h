// What an engine holds. Readers touch the tables and the flags; `mutex` is for those who put and remove, and for who loads a tenant when it is
// first asked for.
#pragma once

#include "runtime/engine/combine.h"
#include "runtime/engine/faults.h"
#include "runtime/engine/serve.h"
#include "runtime/engine/table.h"

namespace writ {

struct Engine::State {
  bundle::Shapes shapes;
  engine::Recent recent;  // before what reads through it
  engine::HashKey key = engine::random_key();
  engine::Table<engine::Loaded> tenants{key};  // ready to be asked
  engine::Claims hosts{key}, issuers{key};     // of tenants that no bundle serves
  engine::Bases bases{key};                    // the bundle that serves, where there is one
  engine::Overrides overrides{key};            // of its tenants; empty where there is no bundle
  std::atomic<bool> stale{false};
  std::atomic<std::int64_t> stale_at{INT64_MAX};
  std::atomic<std::int64_t (*)()> clock{&bundle::system_clock_now};
  std::shared_ptr<CodeSource> code;  // null where there is no machine code to be had
  Tier tier = Tier::automatic;
  engine::SharedCounters counters = std::make_shared<engine::Counters>();

  std::mutex opening;              // before `mutex`: one bundle is made ready at a time
  std::vector<bundle::Seen> seen;  // guarded by opening; where no file keeps it

  std::mutex mutex;
  engine::Pool pool{key};                      // guarded by mutex
  std::string last_refusal;                    // guarded by mutex
  std::weak_ptr<const engine::Held> put_from;  // guarded by mutex: the bundle that a tenant was put from last

  bool is_stale() const {
    if (stale.load(std::memory_order_acquire)) return true;
    const auto until = stale_at.load(std::memory_order_relaxed);
    return until != INT64_MAX && clock.load(std::memory_order_relaxed)() >= until;
  }
  bool is_ready() const { return tenants.size() != 0 || bases.size() != 0; }
  engine::Set set() const { return {hosts, issuers, bases, overrides, is_stale(), is_ready()}; }

  // A tenant, from the bundle if need be, by the lock. Not on the way of requests but when they are the first to ask for it.
  struct Found {
    std::shared_ptr<const engine::Loaded> loaded;
    bool broken = false;  // it is in the bundle, and cannot be loaded
  };
  Found find(std::string_view tenant);
  // For a request whose program has no machine code yet: room to interpret it, and the code is asked for.
  void see_to_code(Request::State& asked) const;
  // One for a bundle, however many tenants are put from it one after the other.
  std::shared_ptr<const engine::Held> hold(const std::shared_ptr<const bundle::Bundle>& judged);
  // Part `place` of `held`, loaded and not published. `locked`: the caller has `mutex`.
  enum class Locked : bool { no, yes };
  std::shared_ptr<const engine::Loaded> load_part(const std::shared_ptr<const engine::Held>& held, std::size_t place,
                                                  std::vector<std::shared_ptr<engine::SharedShape>>& fresh,
                                                  bundle::Problem& problem, Locked locked = Locked::no);
  void want(const std::vector<std::shared_ptr<engine::SharedShape>>& fresh);
  void want(engine::SharedRemainder& rest) const;
  void wait_for_code();
};

}  // namespace writ
