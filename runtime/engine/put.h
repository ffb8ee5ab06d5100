// How tenants and their claims change places, for who puts them by hand and for who opens bundles. All of it under the engine's lock for writers.
#pragma once

#include "runtime/engine/state.h"

#include <vector>

namespace writ::engine {

using Ready = std::vector<std::shared_ptr<const Loaded>>;
inline const std::vector<std::string>& hosts_of(const Loaded& loaded) { return loaded.part().hosts; }
inline const std::vector<std::string>& issuers_of(const Loaded& loaded) { return loaded.part().issuers; }

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

std::shared_ptr<const Override> override_of(std::string id, Override::Kind kind, bundle::Problem why = {});

}  // namespace writ::engine
