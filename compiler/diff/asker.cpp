// See asker.h.
#include "compiler/diff/asker.h"

#include <algorithm>

namespace writ::diff {

Asker::Asker(const Sides& sides, std::shared_ptr<const program::Part> before,
             std::shared_ptr<const program::Part> after)
    : sides_(sides), before_(std::move(before)), after_(std::move(after)) {
  if (before_ == nullptr || after_ == nullptr) return;
  const auto names = [](const program::Part& part) {
    Names all;
    for (const auto& one : part.attributes) all.insert(one.name);
    return all;
  };
  const auto were = names(*before_), are = names(*after_);
  std::ranges::set_difference(are, were, std::inserter(unknown_before_, unknown_before_.end()));
  std::ranges::set_difference(were, are, std::inserter(unknown_after_, unknown_after_.end()));
}

const NamedRequest& Asker::given(const NamedRequest& request, const Names& unknown, NamedRequest& room) {
  if (unknown.empty()) return request;
  room = request;
  for (const auto& name : unknown) room.facts.erase(name);
  return room;
}

Answers Asker::ask(const NamedRequest& request) {
  ++tries_;
  Answers answers;
  sides_.before.bind(for_before(request), bound_);
  answers.before = sides_.before.interpret(bound_);
  sides_.after.bind(for_after(request), bound_);
  answers.after = sides_.after.interpret(bound_);
  return answers;
}

std::vector<std::string> Asker::duties(const Engine& engine, const program::Part* part, const NamedRequest& request,
                                       const Decision& decision) {
  std::vector<std::string> texts;
  if (decision.wide) {
    engine.bind(request, bound_);
    return engine.explain(bound_, decision).obligations;
  }
  const auto& entries = part->programs[static_cast<std::size_t>(request.action)].entries;
  for (std::size_t i = 0; i < std::min<std::size_t>(entries.size(), 64); ++i)
    if (decision.unsatisfied >> i & 1) texts.push_back(entries[i]);
  return texts;
}

std::optional<Direction> Asker::direction(const NamedRequest& request, const Answers& answers) {
  const Direction direction{answers.before.effect, answers.after.effect};
  if (direction.from != direction.to) return direction;
  if (direction.from != Effect::challenge) return std::nullopt;
  const auto were = duties(sides_.before, before_.get(), for_before(request), answers.before);
  const auto are = duties(sides_.after, after_.get(), for_after(request), answers.after);
  return were == are ? std::nullopt : std::optional(direction);
}

Asker::Causes Asker::causes(const NamedRequest& request, const Answers& answers) const {
  const auto fired = [&](const program::Part* part, const Decision& decision) {
    Causes ids;
    if (decision.fault != Fault::none || part == nullptr) {
      ids.insert(std::string(fault_names[static_cast<std::size_t>(decision.fault)]));
      return ids;
    }
    const auto& program = part->programs[static_cast<std::size_t>(request.action)];
    for (std::size_t i = 0; i < std::min<std::size_t>(program.rules.size(), 128); ++i)
      if ((decision.fired[i / 64] >> i % 64 & 1) != 0 && !program.shape->rules[i].report)
        ids.insert(program.rules[i].id);
    return ids;
  };
  const auto were = fired(before_.get(), answers.before), are = fired(after_.get(), answers.after);
  // Beside a fault every rule is silent, and not the cause.
  if (answers.before.fault != Fault::none) return were;
  if (answers.after.fault != Fault::none) return are;
  Causes causes;
  std::ranges::set_symmetric_difference(were, are, std::inserter(causes, causes.end()));
  return causes;
}

std::pair<Explanation, Explanation> Asker::explain(const NamedRequest& request) {
  const auto one = [this](const Engine& engine, const NamedRequest& asked) {
    engine.bind(asked, bound_);
    return engine.explain(bound_, engine.interpret(bound_));
  };
  return {one(sides_.before, for_before(request)), one(sides_.after, for_after(request))};
}

}  // namespace writ::diff
