// What is known of a request beforehand is computed by the interpreter, once, and kept as the inputs of what is left. It is good in the part that it
// was computed by, and in no other: that is compared by the hash of the part, with every decision.
#include "runtime/engine/prepared.h"

#include "runtime/engine/answer.h"
#include "runtime/engine/state.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>

namespace writ {

using engine::By;
using engine::Loaded;
using engine::SharedRemainder;
using program::Slot;

void Engine::prepare(NamedRequest named, Prepared& prepared) const {
  prepared.settled_ = false;
  prepared.named_ = std::make_unique<const NamedRequest>(std::move(named));
  Request request;
  bind(*prepared.named_, request);
  auto& from = *request.state_;
  if (!from.loaded || !from.started || !engine::is_settled(from)) return;
  auto* const rest = from.program().shared->make_remainder();
  if (!rest) return;
  auto now = state_->set();
  now.ready = true;
  now.stale = false;  // which is asked with every decision
  prepared.fault_ = engine::find_fault(from, now, engine::Question::decide).fault;
  if (prepared.fault_ == Fault::none) {
    from.prepare_to_interpret();
    prepared.pack(from, *rest);
    state_->want(*rest);
  }
  prepared.hash_ = state_->tenants.hash_of(prepared.named_->tenant);
  prepared.identity_ = from.loaded->identity();
  prepared.tenant_ = from.loaded;
  prepared.action_ = prepared.named_->action;
  prepared.settled_ = true;
}

void Prepared::pack(Request::State& from, const SharedRemainder& rest) {
  from.fired.clear();
  from.satisfied.clear();
  interpret(from.shape(), from.frame, {from.fired.data(), from.satisfied.data()}, from.registers);
  words_ = static_cast<std::uint16_t>(engine::words_for(rest.bits.size()));
  const auto size = words_ + rest.slots.size() * (sizeof(Slot) / 8);
  more_ = size > room_.size() ? std::make_unique<std::uint64_t[]>(size) : nullptr;
  auto* const to = more_ ? more_.get() : room_.data();
  std::fill_n(to, words_, 0);
  for (std::size_t i = 0; i < rest.bits.size(); ++i)
    if (rest.bits[i] != program::Remainder::nothing && from.registers[rest.bits[i]].integer != 0)
      to[i / 64] |= std::uint64_t{1} << i % 64;
  for (std::size_t i = 0; i < rest.slots.size(); ++i)
    std::memcpy(to + words_ + i * (sizeof(Slot) / 8), &from.registers[rest.slots[i]], sizeof(Slot));
}

[[gnu::always_inline]] inline Decision Prepared::decide(const Engine::State& engine, const Loaded& loaded,
                                                        SharedRemainder& rest, Request::State& room, By by) const {
  if (engine.is_stale()) return engine::refused(&loaded, Fault::stale);
  if (fault_ != Fault::none) return engine::refused(&loaded, fault_);
  program::Frame frame;
  frame.present = values();
  frame.facts = reinterpret_cast<const Slot*>(frame.present + words_);
  frame.row = loaded.row(action_);
  static_assert(program::mask_entries == 64);
  std::array<std::uint64_t, program::mask_rules / 64> fired{};  // a remainder has no more rules
  std::uint64_t satisfied = 0;                                  // or entries
  const program::Outcome outcome{fired.data(), &satisfied};
  if (const auto code = by == By::any ? rest.shared.code.load(std::memory_order_acquire) : nullptr) {
    code(&frame, &outcome);
  } else {
    if (engine.code && by == By::any) rest.shared.ask(*engine.code);
    room.registers.prepare(*rest.shared.shape);
    writ::interpret(*rest.shared.shape, frame, outcome, room.registers);
  }
  return engine::follow(loaded, rest.shared, {fired, {&satisfied, 1}});
}

// A copy for each of the three that call it: what it does is less than what a call costs to save and restore.
[[gnu::always_inline]] inline Decision Engine::decide(const Prepared& prepared, Request& room, By by) const noexcept {
  auto& lent = *room.state_;
  try {
    lent.lend();
    if (prepared.settled_) {
      const auto is = [&](const Loaded& loaded) { return prepared.is_of(loaded.identity()); };
      if (const auto* const loaded = state_->tenants.find_by(prepared.hash_, lent.hold, is))
        if (auto* const rest = loaded->kind()[prepared.action_].shared->remainder())
          return prepared.decide(*state_, *loaded, *rest, lent, by);
    }
    if (prepared.named_) {
      bind(*prepared.named_, room);
      return by == By::any ? decide(room) : interpret(room);
    }
  } catch (const std::exception&) {  // for want of memory
    lent.lend();
  }
  return decide(room);
}

Decision Engine::decide(const Prepared& prepared, Request& room) const noexcept {
  Loaded::fetch(prepared.tenant_);
  return decide(prepared, room, By::any);
}

Decision Engine::interpret(const Prepared& prepared, Request& room) const noexcept {
  Loaded::fetch(prepared.tenant_);
  return decide(prepared, room, By::interpreter);
}

void Engine::decide_batch(std::span<const Prepared> prepared, Request& room,
                          std::span<Decision> decisions) const noexcept {
  // So many before their turn: what was prepared, and by that the place of its tenant, and the tenant.
  constexpr std::size_t prepared_ahead = 12, tenant_ahead = 6, line = 64;
  const auto count = std::min(prepared.size(), decisions.size());
  auto& hold = room.state_->hold;
  const auto fetch_prepared = [&](std::size_t i) {
    if (i >= count) return;
    const auto* const from = reinterpret_cast<const char*>(&prepared[i]);
    for (std::size_t at = 0; at < sizeof(Prepared); at += line) __builtin_prefetch(from + at);
  };
  const auto fetch_tenant = [&](std::size_t i) {
    if (i >= count) return;
    state_->tenants.fetch_place(prepared[i].hash_, hold);
    Loaded::fetch(prepared[i].tenant_);
  };
  for (std::size_t i = 0; i < prepared_ahead; ++i) fetch_prepared(i);
  for (std::size_t i = 0; i < tenant_ahead; ++i) fetch_tenant(i);
  for (std::size_t i = 0; i < count; ++i) {
    fetch_prepared(i + prepared_ahead);
    fetch_tenant(i + tenant_ahead);
    decisions[i] = decide(prepared[i], room, By::any);
  }
}

}  // namespace writ
