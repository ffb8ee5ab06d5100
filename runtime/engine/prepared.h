// A request made ready once and decided as often as one likes, each time by what serves then. Its names are found and its facts judged beforehand, and
// what a decision reads of it lies together in a few lines of memory.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/program/value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace writ {

namespace engine {
class Loaded;
}

// Filled by Engine::prepare, decided by Engine::decide and decide_batch; one that was not filled is decided as `not_ready`. Any number of threads may
// decide it at once, each in a room of its own; only the engine that prepared it may be asked with it. When its tenant has changed since, the
// decision is right and takes longer: prepare it again. It stays where it is (`std::vector<Prepared> all(count)`), as what it holds points into it.
class alignas(64) Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

 private:
  friend class Engine;
  std::byte* begin(std::size_t size);
  void unpack(const engine::Loaded& loaded, Request::State& room) const;

  std::uint64_t hash_ = 0;                     // of the tenant's name
  std::array<std::uint64_t, 2> identity_{};    // of the tenant that the places below are in
  std::unique_ptr<const NamedRequest> named_;  // for who asks in words, and for when the tenant has changed
  std::int32_t client_ = -1, connection_ = -1, organization_ = -1;
  Action action_{};
  bool usual_ = false;  // nothing of it is wrong: it may be unpacked
  bool has_connection_ = false, has_organization_ = false;
  std::uint16_t words_ = 0, plain_ = 0, wide_ = 0;
  // Which facts are given · facts of eight bytes · facts of sixteen, which point at what follows · their ids in that order · the texts of sets ·
  // bytes. In `room_`, or in `more_` when that is too small.
  std::unique_ptr<std::byte[]> more_;
  std::array<std::byte, 256> room_;
};
static_assert(sizeof(Prepared) == 320);

}  // namespace writ
