// A decision: the faults, then the program by machine code or by the interpreter, then what follows from the rules that fired. Nothing here
// allocates, throws, or takes a lock on the way (but for the first look at a claim that another thread just changed).
#include "runtime/engine/state.h"

#include <bit>
#include <new>

namespace writ {

using engine::Fired;
using engine::Question;
using engine::SharedShape;

namespace {

Decision refused(const Request::State& request, Fault fault) {
  Decision decision;
  decision.fault = fault;
  if (request.loaded) {
    decision.revision = request.loaded->revision();
    decision.version = request.loaded->version();
  }
  return decision;
}

// The entries of the challenge: of enforced requires that fired, those not satisfied, as far as they fit the mask.
std::uint64_t unsatisfied(const program::Shape& shape, const engine::RuleMasks::Kinds& kinds, const Fired& fired) {
  std::uint64_t mask = 0;
  for (std::size_t word = 0; word < kinds.require.size(); ++word)
    for (auto bits = fired.rules[word] & kinds.require[word]; bits != 0; bits &= bits - 1) {
      const auto entry = shape.rules[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))].entry;
      if (entry < 64 && !fired.entry(entry)) mask |= std::uint64_t{1} << entry;
    }
  return mask;
}

void run(Request::State& request, const SharedShape& shared, program::NativeCode code) {
  request.fired.clear();
  request.satisfied.clear();
  const program::Outcome outcome{request.fired.data(), request.satisfied.data()};
  if (code)
    code(&request.frame, &outcome);
  else
    interpret(*shared.shape, request.frame, outcome, request.registers);
}

Decision follow(const Request::State& request, const SharedShape& shared) {
  const auto& shape = *shared.shape;
  const auto& masks = shared.masks;
  const Fired fired{request.fired.words(), request.satisfied.words()};
  const auto verdict = engine::combine(engine::tally(shape, masks.enforced, fired));
  Decision decision = refused(request, Fault::none);
  decision.effect = verdict.effect;
  decision.because = verdict.because;
  decision.would_be = masks.reports ? engine::combine(engine::tally(shape, masks.all, fired)).effect : verdict.effect;
  decision.wide = shape.rules.size() > 128 || shape.entries.size() > 64;
  decision.fired = {request.fired[0], request.fired[1]};
  if (verdict.effect == Effect::challenge) decision.unsatisfied = unsatisfied(shape, masks.enforced, fired);
  return decision;
}

enum class By : std::uint8_t { any, interpreter };

Decision answer(const Engine::State& engine, Request::State& request, By by) {
  const auto finding = engine::find_fault(request, engine.set(), Question::decide);
  if (finding.fault != Fault::none) return refused(request, finding.fault);
  const auto& shared = *request.program().shared;
  const auto code = by == By::any ? shared.code.load(std::memory_order_acquire) : nullptr;
  if (!code && !request.registers.hold(*shared.shape)) {
    try {
      request.prepare_to_interpret();
    } catch (const std::bad_alloc&) {
      return refused(request, Fault::not_ready);
    }
  }
  run(request, shared, code);
  return follow(request, shared);
}

}  // namespace

Decision Engine::decide(const Request& request) const noexcept { return answer(*state_, *request.state_, By::any); }

Decision Engine::interpret(const Request& request) const noexcept {
  return answer(*state_, *request.state_, By::interpreter);
}

std::optional<Decision> Engine::native(const Request& request) const noexcept {
  if (!request.state_->loaded || !state_->code) return std::nullopt;
  auto& shared = *request.state_->program().shared;
  if (!shared.code.load(std::memory_order_acquire) && !shared.adopt(*state_->code)) return std::nullopt;
  return answer(*state_, *request.state_, By::any);
}

Decision Engine::attempt(const Request& request) const noexcept {
  const auto finding = engine::find_fault(*request.state_, state_->set(), Question::attempt);
  auto decision = refused(*request.state_, finding.fault);
  if (finding.fault != Fault::none) return decision;
  decision.effect = decision.would_be = Effect::allow;
  decision.because = Because::rules;
  return decision;
}

}  // namespace writ
