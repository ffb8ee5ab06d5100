// Comparing costs a second evaluation and nothing else, so `--engine both` can be left on where being right matters more than being quick.
#include "cli/decider.h"

#include "runtime/program/program.h"
#if WRIT_WITH_ORACLE
#include "tests/agree/oracle/oracle.h"
#endif

#include <cstring>

#include <fmt/format.h>

namespace writ::cli {

#if WRIT_WITH_ORACLE
struct Decider::Oracle {
  explicit Oracle(const Pipeline& pipeline) : meaning(pipeline.loaded.order) {}
  oracle::Oracle meaning;
};

namespace {

std::vector<Reason> by_id(const std::vector<std::string>& ids) {
  std::vector<Reason> list;
  for (const std::string& id : ids) {
    const std::string_view key = std::string_view(id).substr(id.find('/') + 1);
    const RuleEffect effect = key.starts_with("deny")      ? RuleEffect::deny
                              : key.starts_with("require") ? RuleEffect::require
                                                           : RuleEffect::allow;
    list.push_back({id, {}, id, {}, {}, {}, effect});
  }
  return list;
}

// The oracle knows ids only; what is cold stays empty.
Explanation answer_of(const oracle::Answer& answer) {
  Explanation made;
  made.effect = answer.effect;
  made.would_be = answer.would_be;
  made.fault = answer.fault;
  made.because = answer.because;
  made.reasons = by_id(answer.reasons);
  made.reports = by_id(answer.reports);
  made.obligations = answer.obligations;
  return made;
}

}  // namespace
#else
struct Decider::Oracle {};
#endif

Decider::Decider(const Pipeline& pipeline, Way way, std::string& error) : pipeline_(pipeline), way_(way) {
  if (way == Way::jit || way == Way::both) {
    if (!pipeline.machine_code)
      error = "this build has no machine code";
    else if (const std::string refusal = pipeline.machine_code->refusal(); !refusal.empty())
      error = "no machine code here: " + refusal;
  }
  if (way == Way::oracle) {
#if WRIT_WITH_ORACLE
    if (pipeline.from_bundle) error = "the oracle reads source, and a bundle holds none";
    oracle_ = std::make_unique<Oracle>(pipeline);
#else
    error = "this build has no oracle";
#endif
  }
}

Decider::~Decider() = default;

std::optional<Explanation> Decider::decide(const NamedRequest& request, std::string& difference) {
  const Engine& engine = *pipeline_.engine;
  engine.bind(request, bound_);
#if WRIT_WITH_ORACLE
  if (oracle_) return answer_of(oracle_->meaning.decide(request));
#endif
  const std::optional<Decision> decision = decide(bound_, difference);
  return decision ? std::optional(engine.explain(bound_, *decision)) : std::nullopt;
}

std::optional<Decision> Decider::decide(const Request& request, std::string& difference) {
  const Engine& engine = *pipeline_.engine;
  const std::optional<Decision> native = way_ == Way::interpret ? std::nullopt : engine.native(request);
  if (way_ != Way::interpret && !native) ++without_code_;
  if (way_ == Way::jit && native) return native;
  const Decision interpreted = engine.interpret(request);
  if (way_ == Way::both && native && std::memcmp(&interpreted, &*native, sizeof(Decision)) != 0) {
    difference =
        fmt::format("interpreter and machine code differ: {}/{} and {}/{}, fired {:x}:{:x} and {:x}:{:x}, unsatisfied "
                    "{:x} and {:x}",
                    effect_names[static_cast<std::size_t>(interpreted.effect)],
                    fault_names[static_cast<std::size_t>(interpreted.fault)],
                    effect_names[static_cast<std::size_t>(native->effect)],
                    fault_names[static_cast<std::size_t>(native->fault)], interpreted.fired[1], interpreted.fired[0],
                    native->fired[1], native->fired[0], interpreted.unsatisfied, native->unsatisfied);
    return std::nullopt;
  }
  return interpreted;
}

std::vector<TraceEntry> Decider::trace() const {
  return oracle_ ? std::vector<TraceEntry>() : pipeline_.engine->trace(bound_);
}

}  // namespace writ::cli
