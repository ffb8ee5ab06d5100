// A decision: the faults, then the program by machine code or by the interpreter, then what follows from the rules that fired. Nothing here
// allocates, throws, or takes a lock on the way (but for the first look at a claim that another thread just changed).
#include "runtime/engine/answer.h"
#include "runtime/engine/state.h"

#include <new>

namespace writ {

using engine::By;
using engine::Question;
using engine::SharedShape;

namespace {

void run(Request::State& request, const SharedShape& shared, program::NativeCode code) {
  request.fired.clear();
  request.satisfied.clear();
  const program::Outcome outcome{request.fired.data(), request.satisfied.data()};
  if (code)
    code(&request.frame, &outcome);
  else
    interpret(*shared.shape, request.frame, outcome, request.registers);
}

Decision answer(const Engine::State& engine, Request::State& request, By by) {
  const auto finding = engine::find_fault(request, engine.set(), Question::decide);
  if (finding.fault != Fault::none) return engine::refused(request.loaded, finding.fault);
  const auto& shared = *request.program().shared;
  const auto code = by == By::any ? shared.code.load(std::memory_order_acquire) : nullptr;
  if (!code && !request.registers.hold(*shared.shape)) {
    try {
      request.prepare_to_interpret();
    } catch (const std::bad_alloc&) {
      return engine::refused(request.loaded, Fault::not_ready);
    }
  }
  run(request, shared, code);
  return engine::follow(*request.loaded, shared, {request.fired.words(), request.satisfied.words()});
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
  auto decision = engine::refused(request.state_->loaded, finding.fault);
  if (finding.fault != Fault::none) return decision;
  decision.effect = decision.would_be = Effect::allow;
  decision.because = Because::rules;
  return decision;
}

}  // namespace writ
