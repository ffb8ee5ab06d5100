// How tenants and their claims change places, for who puts them by hand and for who opens bundles. All of it under the engine's lock for writers.
#pragma once

#include "runtime/engine/state.h"

#include <vector>

namespace writ::engine {

using Ready = std::vector<std::shared_ptr<const Loaded>>;
inline std::vector<std::string_view> hosts_of(const Loaded& loaded) { return loaded.hosts(); }
inline std::vector<std::string_view> issuers_of(const Loaded& loaded) { return loaded.issuers(); }

struct ClaimChanges {
  std::vector<Claims::Change> come, go;
};
// `before` are tenants whose claims go, but for those that one of `after` has.
struct AllClaimChanges {
  ClaimChanges hosts, issuers;
  AllClaimChanges(const Ready& before, const Ready& after);
};
void come(Engine::State& state, const AllClaimChanges& changes);
void go(Engine::State& state, const AllClaimChanges& changes);

// Puts them in place of what serves, unless they claim what others have: then it says so, and nothing changes.
std::string publish(Engine::State& state, const Ready& ready);

std::shared_ptr<const Override> override_of(std::string id, Override::Kind kind, bundle::Problem why = {});

}  // namespace writ::engine
