// What an engine holds. Readers touch the tables and the flags; `mutex` is for those who put and remove.
#pragma once

#include "runtime/engine/combine.h"
#include "runtime/engine/faults.h"
#include "runtime/engine/table.h"

namespace writ {

struct Engine::State {
  engine::HashKey key = engine::random_key();
  engine::Table<engine::Loaded> tenants{key};
  engine::Claims hosts{key}, issuers{key};
  std::atomic<bool> stale{false};
  std::shared_ptr<CodeSource> code;  // null where there is no machine code to be had
  Tier tier = Tier::automatic;

  std::mutex mutex;
  engine::Pool pool;  // guarded by mutex

  engine::Set set() const { return {hosts, issuers, stale.load(std::memory_order_relaxed), tenants.size() != 0}; }
};

}  // namespace writ
