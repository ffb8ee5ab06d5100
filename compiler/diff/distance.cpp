// See distance.h. The program is run by the interpreter on slots of our own; then one pass over the nodes, operands before users.
#include "compiler/diff/distance.h"

#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"
#include "runtime/flip/forms.h"
#include "runtime/program/builtins.h"
#include "runtime/program/pattern.h"

#include <algorithm>

namespace writ::diff {

namespace {

using program::Node;
using program::Op;

std::uint32_t sum(std::uint32_t a, std::uint32_t b) { return std::min(far_away, a + b); }

std::optional<std::int64_t> number_in(const NamedRequest& request, std::string_view name) {
  return flip::integer_in(request, std::string(name));
}

}  // namespace

std::uint32_t to_lockout(const program::Part& part, const NamedRequest& request) {
  using enum program::Lockout::Counter;
  const auto time = number_in(request, "request.time"), failed = number_in(request, "attempts.last_failed");
  const auto ip = flip::value_in(request, "request.ip");
  const auto place = request.connection ? flip::place_of(part.connections, *request.connection) : -1;
  if (place < 0) return far_away;
  const auto family = strategies[part.connections[static_cast<std::size_t>(place)].strategy].family;
  const bool counts = family == Family::database || family == Family::passwordless;  // decision 0003
  std::uint32_t nearest = far_away;
  for (const auto& one : part.lockouts) {
    if (one.connection >= 0 && one.connection != place) continue;
    const auto counted = number_in(request, one.counter == by_identifier      ? "attempts.by_identifier"
                                            : one.counter == by_identifier_ip ? "attempts.by_identifier_ip"
                                                                              : "attempts.by_ip");
    std::uint32_t far = (counts ? 0 : 1) + (counted && *counted >= one.attempts ? 0 : 1);
    if (ip && std::ranges::any_of(one.exempt, [&](const Cidr& block) { return block.contains(std::get<Ip>(*ip)); }))
      ++far;
    if (time && failed) {
      const auto since = program::saturating_sub(*time, *failed);
      if ((one.block >= 0 && since >= one.block) || (one.within >= 0 && since > one.within)) ++far;
    }
    nearest = std::min(nearest, far);
  }
  return nearest;
}

Distance::Distance(std::shared_ptr<const program::Part> part, Action action) : part_(std::move(part)) {
  if (part_ == nullptr) return;
  program_ = &part_->programs[static_cast<std::size_t>(action)];
  const auto& shape = *program_->shape;
  for (std::size_t i = 0; i < builtin_facts.size() + part_->attributes.size(); ++i)
    names_.emplace(flip::fact_name(*part_, static_cast<FactId>(i)), static_cast<FactId>(i));
  slots_.resize(names_.size());
  sets_.resize(names_.size());
  patterns_.resize(shape.slots.size());
  frame_.row = program_->row.bytes().data();
  for (std::uint32_t i = 0; i < shape.slots.size(); ++i) {
    if (shape.slots[i] != program::SlotKind::regex) continue;
    std::string error;  // the engine has compiled it before
    owned_.push_back(program::compile_pattern(flip::string_at(frame_.row, i), error));
    patterns_[i] = owned_.back().get();
  }
  frame_.facts = slots_.data();
  frame_.present = present_.data();
  frame_.patterns = patterns_.data();
  fired_.resize(shape.rules.size() / 64 + 1);
  satisfied_.resize(shape.entries.size() / 64 + 1);
  to_true_.resize(shape.nodes.size());
  to_false_.resize(shape.nodes.size());
  registers_.prepare(shape);
  // A node inside a loop is computed once an element: its last outcome says nothing.
  std::size_t until = 0;
  const auto all_facts = flip::facts_of_nodes(shape);
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    in_loop_.push_back(i < until);
    auto facts = all_facts[i];
    facts.reset(index(fact("connection")));
    facts.reset(index(fact("organization")));
    fixed_.push_back(facts.none());
    if (shape.nodes[i].op == Op::each) until = std::max<std::size_t>(until, shape.nodes[i].c);
  }
}

void Distance::fill(const NamedRequest& request) {
  std::ranges::fill(slots_, program::Slot());
  present_ = {};
  const auto mark = [&](FactId id) { present_[index(id) / 64] |= std::uint64_t{1} << index(id) % 64; };
  const auto text = [](const std::string& value) {
    return program::Text{value.data(), static_cast<std::uint32_t>(value.size()), 0};
  };
  mark(fact("tenant"));
  mark(fact("client"));
  if (request.connection) mark(fact("connection"));
  if (request.organization) mark(fact("organization"));
  frame_.client = flip::place_of(part_->clients, request.client);
  frame_.connection = request.connection ? flip::place_of(part_->connections, *request.connection) : -1;
  frame_.organization = request.organization ? flip::place_of(part_->organizations, *request.organization) : -1;
  frame_.client_type = frame_.connection_family = frame_.connection_strategy = -1;
  if (frame_.client >= 0)
    frame_.client_type = static_cast<std::int64_t>(part_->clients[static_cast<std::size_t>(frame_.client)].type);
  if (frame_.connection >= 0) {
    const auto strategy = part_->connections[static_cast<std::size_t>(frame_.connection)].strategy;
    frame_.connection_strategy = strategy;
    frame_.connection_family = static_cast<std::int64_t>(strategies[strategy].family);
  }
  for (const auto& [name, value] : request.facts) {
    const auto found = names_.find(name);
    if (found == names_.end()) continue;
    mark(found->second);
    auto& slot = slots_[index(found->second)];
    if (const auto* flag = std::get_if<bool>(&value)) slot.integer = *flag;
    if (const auto* number = std::get_if<std::int64_t>(&value)) slot.integer = *number;
    if (const auto* string = std::get_if<std::string>(&value)) slot.text = text(*string);
    if (const auto* ip = std::get_if<Ip>(&value)) slot.ip = *ip;
    if (const auto* strings = std::get_if<StringSet>(&value)) {
      auto& set = sets_[index(found->second)];
      set.clear();
      for (const auto& one : *strings) set.push_back(text(one));
      std::ranges::sort(set, [](const program::Text& a, const program::Text& b) {
        return a.size != b.size ? a.size < b.size : std::string_view(a.data, a.size) < std::string_view(b.data, b.size);
      });
      slot.set = {set.data(), set.size()};
    }
  }
}

void Distance::measure() {
  const auto& shape = *program_->shape;
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const Node& node = shape.nodes[i];
    auto &yes = to_true_[i], &no = to_false_[i];
    const bool is = registers_[static_cast<program::NodeId>(i)].integer != 0;
    const std::uint32_t step = fixed_[i] ? far_away : 1;
    yes = is ? 0 : step;
    no = is ? step : 0;
    if (in_loop_[i] || program::row_of(node.op).result != program::NodeType::boolean) continue;
    switch (node.op) {
    case Op::not_: yes = to_false_[node.a], no = to_true_[node.a]; break;
    case Op::and_:
    case Op::or_: {
      // All of an `and` are wanted true and any one of them false; of an `or` the other way round.
      const bool all = node.op == Op::and_;
      std::uint32_t together = 0, least = node.b == 0 ? far_away : UINT32_MAX;
      for (std::uint32_t k = 0; k < node.b; ++k) {
        const auto argument = shape.arguments[node.a + k];
        together = sum(together, all ? to_true_[argument] : to_false_[argument]);
        least = std::min(least, all ? to_false_[argument] : to_true_[argument]);
      }
      yes = all ? together : least;
      no = all ? least : together;
      break;
    }
    case Op::select_bool:
      yes = std::min(sum(to_true_[node.a], to_true_[node.b]), sum(to_false_[node.a], to_true_[node.c]));
      no = std::min(sum(to_true_[node.a], to_false_[node.b]), sum(to_false_[node.a], to_false_[node.c]));
      break;
    default: break;
    }
  }
}

std::array<std::uint32_t, 3> Distance::combine() const {
  const auto& shape = *program_->shape;
  std::uint32_t silence = 0, a_deny = far_away, an_allow = far_away, no_allow = 0, met = 0, unmet = far_away;
  for (const auto& rule : shape.rules) {
    if (rule.report) continue;
    const auto yes = to_true_[static_cast<std::size_t>(rule.fired)],
               no = to_false_[static_cast<std::size_t>(rule.fired)];
    if (rule.effect == RuleEffect::deny) {
      silence = sum(silence, no);
      a_deny = std::min(a_deny, yes);
    } else if (rule.effect == RuleEffect::allow) {
      no_allow = sum(no_allow, no);
      an_allow = std::min(an_allow, yes);
    } else {
      std::uint32_t satisfied = far_away, unsatisfied = 0;
      for (const auto node : shape.entries[rule.entry].satisfied) {
        satisfied = std::min(satisfied, to_true_[static_cast<std::size_t>(node)]);
        unsatisfied = sum(unsatisfied, to_false_[static_cast<std::size_t>(node)]);
      }
      met = sum(met, std::min(no, satisfied));
      unmet = std::min(unmet, sum(yes, unsatisfied));
    }
  }
  const auto open = sum(silence, an_allow);
  return {std::min(a_deny, no_allow), sum(open, unmet), sum(open, met)};
}

std::array<std::uint32_t, 3> Distance::of(const NamedRequest& request) {
  if (part_ == nullptr) return {0, far_away, far_away};
  fill(request);
  std::ranges::fill(fired_, 0);
  std::ranges::fill(satisfied_, 0);
  interpret(*program_->shape, frame_, {fired_.data(), satisfied_.data()}, registers_);
  measure();
  return combine();
}

}  // namespace writ::diff
