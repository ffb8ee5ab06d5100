// What a bundle carries is asked of an engine of its own, before anybody else may ask.
#include "runtime/bundle/bundle.h"
#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"

#include <algorithm>
#include <utility>

namespace writ {

namespace {

using bundle::Problem;
using bundle::Sample;

std::string told(Effect effect, Fault fault) {
  std::string text(effect_names[static_cast<std::size_t>(effect)]);
  if (fault != Fault::none) text += " (" + std::string(fault_names[static_cast<std::size_t>(fault)]) + ")";
  return text;
}

std::string question_of(const Sample& sample) {
  const auto& asked = sample.request;
  auto text =
      std::string(action_names[static_cast<std::size_t>(asked.action)]) + " to " + asked.tenant + "." + asked.client;
  if (asked.organization) text += " in " + *asked.organization;
  if (asked.connection) text += " via " + *asked.connection;
  return text;
}

Problem ask(const Engine& engine, const std::vector<Sample>& samples, std::chrono::milliseconds time,
            std::size_t& tested) {
  const auto until = std::chrono::steady_clock::now() + time;
  Request request;
  for (const auto& sample : samples) {
    if (tested != 0 && std::chrono::steady_clock::now() >= until) break;
    engine.bind(sample.request, request);
    const auto decision = engine.interpret(request);
    if (decision.fault == Fault::not_ready) continue;  // a broken part, which is told by itself
    ++tested;
    if (decision.effect != sample.effect || decision.fault != sample.fault)
      return {bundle::Reason::test_failed, question_of(sample) + " is to be " + told(sample.effect, sample.fault) +
                                               " and is " + told(decision.effect, decision.fault)};
  }
  return {};
}

}  // namespace

Problem self_test(const std::shared_ptr<const bundle::Bundle>& judged, const Opening& how, std::size_t& tested) {
  tested = 0;
  if (how.self_test.count() == 0) return {};
  std::vector<Sample> samples;
  if (auto problem = judged->samples(samples)) return problem;
  if (samples.empty()) return {};
  Engine engine(nullptr, Tier::interpret);
  Opening alone;
  alone.trust.accept_unsigned = true;
  alone.self_test = std::chrono::milliseconds(0);
  // It was judged by who asks; here its time stands still, within its bounds.
  static thread_local std::int64_t time = 0;
  const auto& manifest = judged->manifest();
  time = std::max(manifest.not_before, std::min(how.clock(), manifest.expires - 1));
  alone.clock = [] { return time; };
  if (auto opened = engine.open(judged, alone); !opened.ok()) return std::move(opened.problem);
  return ask(engine, samples, how.self_test, tested);
}

}  // namespace writ
