// A request made ready once and decided as often as one likes, each time by what serves then. Its names are found, its facts judged, and whatever
// rests on its names, texts and yes-or-nos alone is computed beforehand; numbers and addresses are what a decision still looks at
// (runtime/program/remainder.h). What it reads lies together: two lines of a cache, where a request has that few numbers.
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
struct SharedRemainder;
}  // namespace engine

// Filled by Engine::prepare, decided by Engine::decide and decide_batch; one that was not filled is decided as `not_ready`. Any number of threads may
// decide it at once, each in a room of its own; only the engine that prepared it may be asked with it. When its tenant has changed since, the
// decision is right and takes longer: prepare it again. It stays where it is (`std::vector<Prepared> all(count)`), so that no two lie in one line.
class alignas(64) Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  // What it was made of: `engine.bind(*prepared.named(), request)` is the same request, to be explained. Null when it was not filled.
  const NamedRequest* named() const { return named_.get(); }

 private:
  friend class Engine;
  void pack(Request::State& from, const engine::SharedRemainder& rest);
  Decision decide(const Engine::State& engine, const engine::Loaded& loaded, engine::SharedRemainder& rest,
                  Request::State& room, engine::By by) const;
  bool is_of(const std::array<std::uint64_t, 2>& identity) const {
    return ((identity[0] ^ identity_[0]) | (identity[1] ^ identity_[1])) == 0;
  }
  const std::uint64_t* values() const { return more_ ? more_.get() : room_.data(); }

  std::uint64_t hash_ = 0;                     // of the tenant's name
  std::array<std::uint64_t, 2> identity_{};    // of the tenant that it was prepared for
  const void* tenant_ = nullptr;               // where that was: to fetch it from memory, never to be read
  std::unique_ptr<const NamedRequest> named_;  // for when the tenant has changed, and for who explains
  std::unique_ptr<std::uint64_t[]> more_;      // in place of `room_`, when that is too small
  Action action_{};
  bool settled_ = false;  // no other tenant has a say in it, and what follows is filled
  Fault fault_{};         // that it has, whatever its numbers are
  std::uint16_t words_ = 0;
  std::array<std::uint64_t, 9> room_;  // so many words of bits, and the slots behind them
};
static_assert(sizeof(Prepared) == 128);

}  // namespace writ
