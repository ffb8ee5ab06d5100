// A list of 250 countries is 250 values and, where the country is asked for once, two: in the list and not. Trying both takes a moment,
// trying all pairs with other facts does not.
//
// Two values of a fact are one when the engine cannot tell them apart whatever the other facts are. That is so when every path from the fact
// to a rule passes a boolean node that rests on this fact alone, and all these nodes have the same outcome for both. What the checks before
// the rules see of it counts as well: lockouts here, while facts that are compared with names keep all their values.
#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"
#include "runtime/flip/forms.h"
#include "runtime/interpret/interpret.h"
#include "runtime/program/builtins.h"
#include "runtime/program/pattern.h"

#include <algorithm>
#include <set>

namespace writ::flip {

namespace {

using program::Op;

// Each value that is looked at costs a run of the whole program: so many of its nodes are computed, and what is left then is left out.
constexpr std::size_t most_probed = 50'000'000;

// Facts that can be told apart by their boolean nodes alone.
class Separable {
 public:
  explicit Separable(const program::Shape& shape)
      : shape_(shape), facts_(facts_of_nodes(shape)), open_(shape.nodes.size()) {
    std::vector<std::size_t> loops;  // where each open loop ends
    for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
      const auto& node = shape.nodes[i];
      while (!loops.empty() && loops.back() <= i) loops.pop_back();
      // A node inside a loop is computed once an element: its last outcome says nothing.
      open_[i] = program::row_of(node.op).result != program::NodeType::boolean || node.op == Op::each || !loops.empty();
      if (node.op == Op::each) loops.push_back(node.c);
      program::each_operand(shape, node, [&](std::uint32_t operand) {
        if (open_[operand] && facts_[i].count() > 1) mixed_ |= facts_[operand];
      });
    }
  }

  bool is(FactId fact) const { return !mixed_[index(fact)]; }
  // The nodes whose outcomes are all that rules see of the fact.
  std::vector<std::uint32_t> nodes_of(FactId fact) const {
    std::vector<std::uint32_t> nodes;
    for (std::uint32_t i = 0; i < shape_.nodes.size(); ++i)
      if (!open_[i] && facts_[i].count() == 1 && facts_[i][index(fact)]) nodes.push_back(i);
    return nodes;
  }

 private:
  const program::Shape& shape_;
  std::vector<Facts> facts_;
  std::vector<bool> open_;
  Facts mixed_;
};

// Facts that the checks before rules compare with names.
bool is_named(FactId id) {
  constexpr std::array names = {fact("connection"),           fact("organization"), fact("grant"),
                                fact("user.organizations"),   fact("user.blocked"), fact("request.host"),
                                fact("request.redirect_uri"), fact("token.issuer")};
  return std::ranges::find(names, id) != names.end();
}

// What lockouts see of a value: whether it is exempt, enough attempts, recent enough. How recent a failure is depends on two facts, so each
// is held against all values that the other could have.
class LockoutView {
 public:
  LockoutView(const program::Part& part, Action action, const Dials& dials)
      : part_(part), asked_(action == Action::login) {
    for (const auto& dial : dials.list)
      for (auto* list : {dial.fact == time ? &times_ : nullptr, dial.fact == failed ? &failures_ : nullptr})
        if (list != nullptr) {
          *list = dial.values;
          list->push_back(dial.now);
        }
  }

  void add(FactId id, const std::optional<Value>& value, std::vector<bool>& seen) const {
    if (!asked_) return;
    for (const auto& lockout : part_.lockouts) {
      if (id == fact("request.ip"))
        seen.push_back(value && std::ranges::any_of(lockout.exempt, [&](const Cidr& block) {
                         return block.contains(std::get<Ip>(*value));
                       }));
      if (id == fact("attempts.by_identifier") || id == fact("attempts.by_identifier_ip") ||
          id == fact("attempts.by_ip"))
        seen.push_back(value && std::get<std::int64_t>(*value) >= lockout.attempts);
      if (id == time)
        for (const auto& failure : failures_) seen.push_back(is_recent(lockout, value, failure));
      if (id == failed)
        for (const auto& now : times_) seen.push_back(is_recent(lockout, now, value));
    }
  }

 private:
  static constexpr FactId time = fact("request.time"), failed = fact("attempts.last_failed");

  static bool is_recent(const program::Lockout& lockout, const std::optional<Value>& now,
                        const std::optional<Value>& failure) {
    if (!now || !failure) return true;
    const auto since = program::saturating_sub(std::get<std::int64_t>(*now), std::get<std::int64_t>(*failure));
    return (lockout.block < 0 || since < lockout.block) && (lockout.within < 0 || since <= lockout.within);
  }

  const program::Part& part_;
  bool asked_;
  std::vector<std::optional<Value>> times_, failures_;
};

// Runs the program with one fact given and no other.
class Probe {
 public:
  Probe(const program::Part& part, const NamedRequest& request)
      : shape_(*part.programs[static_cast<std::size_t>(request.action)].shape),
        slots_(builtin_facts.size() + part.attributes.size()),
        patterns_(shape_.slots.size()),
        fired_((shape_.rules.size() + 63) / 64),
        satisfied_((shape_.entries.size() + 63) / 64) {
    frame_.row = part.programs[static_cast<std::size_t>(request.action)].row.bytes().data();
    for (std::uint32_t i = 0; i < shape_.slots.size(); ++i) {
      if (shape_.slots[i] != program::SlotKind::regex) continue;
      const auto text = string_at(frame_.row, i);
      std::string error;
      owned_.push_back(program::compile_pattern(text, error));
      sound_ = sound_ && owned_.back() != nullptr;
      patterns_[i] = owned_.back().get();
    }
    frame_.facts = slots_.data();
    frame_.present = present_.data();
    frame_.patterns = patterns_.data();
    frame_.client = place_of(part.clients, request.client);
    if (frame_.client >= 0)
      frame_.client_type = static_cast<std::int64_t>(part.clients[static_cast<std::size_t>(frame_.client)].type);
    registers_.prepare(shape_);
  }

  bool sound() const { return sound_; }

  // What rules see of `value`: whether it is there, what a bool is, and the outcomes of `nodes`.
  std::vector<bool> seen(FactId fact, const std::optional<Value>& value, const std::vector<std::uint32_t>& nodes) {
    set(fact, value);
    std::ranges::fill(fired_, 0);
    std::ranges::fill(satisfied_, 0);
    interpret(shape_, frame_, {fired_.data(), satisfied_.data()}, registers_);
    std::vector<bool> result = {value.has_value(), value && value->index() == 0 && std::get<bool>(*value)};
    for (const auto node : nodes) result.push_back(registers_[static_cast<program::NodeId>(node)].integer != 0);
    return result;
  }

 private:
  static program::Text text(const std::string& value) {
    return {value.data(), static_cast<std::uint32_t>(value.size()), 0};
  }

  void set(FactId fact, const std::optional<Value>& value) {
    std::ranges::fill(slots_, program::Slot());
    present_ = {};
    if (!value) return;
    present_[index(fact) / 64] = std::uint64_t{1} << index(fact) % 64;
    auto& slot = slots_[index(fact)];
    if (const auto* flag = std::get_if<bool>(&*value)) slot.integer = *flag;
    if (const auto* number = std::get_if<std::int64_t>(&*value)) slot.integer = *number;
    if (const auto* string = std::get_if<std::string>(&*value)) slot.text = text(*string);
    if (const auto* ip = std::get_if<Ip>(&*value)) slot.ip = *ip;
    if (const auto* strings = std::get_if<StringSet>(&*value)) {
      set_.clear();
      for (const auto& one : *strings) set_.push_back(text(one));
      std::ranges::sort(set_, [](const program::Text& a, const program::Text& b) {
        return a.size != b.size ? a.size < b.size : std::string_view(a.data, a.size) < std::string_view(b.data, b.size);
      });
      slot.set = {set_.data(), set_.size()};
    }
  }

  const program::Shape& shape_;
  std::vector<program::Slot> slots_;
  std::array<std::uint64_t, program::max_facts / 64> present_{};
  std::vector<std::shared_ptr<const re2::RE2>> owned_;
  std::vector<const re2::RE2*> patterns_;
  std::vector<std::uint64_t> fired_, satisfied_;
  std::vector<program::Text> set_;
  program::Frame frame_;
  Registers registers_;
  bool sound_ = true;
};

}  // namespace

void merge(const program::Part& part, const NamedRequest& request, Dials& dials) {
  const auto& shape = *part.programs[static_cast<std::size_t>(request.action)].shape;
  const Separable separable(shape);
  Probe probe(part, request);
  if (!probe.sound()) return;
  const LockoutView lockouts(part, request.action, dials);
  // The same number for each fact, and never fewer than can be proposed.
  const auto probes =
      std::max(most_values, most_probed / std::max<std::size_t>(shape.nodes.size() * dials.list.size(), 1));
  for (auto& dial : dials.list) {
    if (!separable.is(dial.fact) || is_named(dial.fact)) continue;
    const auto nodes = separable.nodes_of(dial.fact);
    const auto seen = [&](const std::optional<Value>& value) {
      auto outcomes = probe.seen(dial.fact, value, nodes);
      lockouts.add(dial.fact, value, outcomes);
      return outcomes;
    };
    std::set<std::vector<bool>> known = {seen(dial.now)};
    shorten(dial, probes, dials);

    std::erase_if(dial.values, [&](const auto& value) { return !known.insert(seen(value)).second; });
  }
}

}  // namespace writ::flip
