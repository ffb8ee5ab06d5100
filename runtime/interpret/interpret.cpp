// One pass over the nodes, one switch. Operands lie before their users, so each value is there when it is asked for. The only jumps
// are those of loops:
//
//     %4 = fact.set user.groups
//     %5 = each %4 0 %8            no element: straight to %8, which is then false (any) or true (all)
//     %6 = element 0
//     %7 = …
//     %8 = any %5 %7               settled, or no element left: go on; else back to %6 with the next element
#include "runtime/interpret/interpret.h"

#include "runtime/program/builtins.h"

namespace writ {

using program::Node;
using program::Op;
using program::Slot;
using program::Text;
using program::TextSet;

namespace {

struct Loop {
  const Text* next = nullptr;
  const Text* end = nullptr;
};
constexpr std::size_t max_loop_depth = 4;  // verify.cpp refuses deeper ones

class Run {
 public:
  Run(const program::Shape& shape, const program::Frame& frame, Slot* registers)
      : shape_(shape), frame_(frame), registers_(registers) {}

  void all() {
    const std::size_t count = shape_.nodes.size();
    for (std::size_t at = 0; at < count;) at = step(at);
  }

 private:
  std::int64_t integer(std::uint32_t id) const { return registers_[id].integer; }
  bool boolean(std::uint32_t id) const { return registers_[id].integer != 0; }
  const Text* text(std::uint32_t id) const { return &registers_[id].text; }
  const Slot& fact(std::uint32_t id) const { return frame_.facts[id]; }
  std::int64_t constant(std::uint32_t slot) const { return reinterpret_cast<const std::int64_t*>(frame_.row)[slot]; }

  bool logic(const Node& node, bool until) const {
    const auto* argument = shape_.arguments.data() + node.a;
    for (const auto* const end = argument + node.b; argument != end; ++argument)
      if (boolean(*argument) == until) return until;
    return !until;
  }

  // Computes a node and says which comes next.
  std::size_t step(std::size_t at) {
    const Node& node = shape_.nodes[at];
    Slot& result = registers_[at];
    switch (node.op) {
    case Op::const_bool:
    case Op::const_int: result.integer = constant(node.a); break;
    case Op::const_string: result.text = program::row_text(frame_.row, node.a); break;
    case Op::const_ip: result.ip = program::row_ip(frame_.row, node.a); break;
    case Op::has_fact: result.integer = frame_.present[node.a / 64] >> (node.a % 64) & 1; break;
    case Op::fact_bool:
    case Op::fact_int: result.integer = fact(node.a).integer; break;
    case Op::fact_string: result.text = fact(node.a).text; break;
    case Op::fact_ip: result.ip = fact(node.a).ip; break;
    case Op::fact_set: result.set = fact(node.a).set; break;
    case Op::client_index: result.integer = frame_.client; break;
    case Op::connection_index: result.integer = frame_.connection; break;
    case Op::organization_index: result.integer = frame_.organization; break;
    case Op::client_type: result.integer = frame_.client_type; break;
    case Op::connection_family: result.integer = frame_.connection_family; break;
    case Op::connection_strategy: result.integer = frame_.connection_strategy; break;
    case Op::not_: result.integer = !boolean(node.a); break;
    case Op::and_: result.integer = logic(node, false); break;
    case Op::or_: result.integer = logic(node, true); break;
    case Op::eq_int: result.integer = integer(node.a) == integer(node.b); break;
    case Op::ne_int: result.integer = integer(node.a) != integer(node.b); break;
    case Op::lt_int: result.integer = integer(node.a) < integer(node.b); break;
    case Op::le_int: result.integer = integer(node.a) <= integer(node.b); break;
    case Op::gt_int: result.integer = integer(node.a) > integer(node.b); break;
    case Op::ge_int: result.integer = integer(node.a) >= integer(node.b); break;
    case Op::eq_bool: result.integer = boolean(node.a) == boolean(node.b); break;
    case Op::eq_string: result.integer = writ_eq_string(text(node.a), text(node.b)); break;
    case Op::eq_ip: result.integer = registers_[node.a].ip == registers_[node.b].ip; break;
    case Op::in_bits: result.integer = writ_in_bits(frame_.row, node.b, integer(node.a)); break;
    case Op::in_ints: result.integer = writ_in_ints(frame_.row, node.b, integer(node.a)); break;
    case Op::in_strings: result.integer = writ_in_strings(frame_.row, node.b, text(node.a)); break;
    case Op::in_cidrs: result.integer = writ_in_cidrs(frame_.row, node.b, &registers_[node.a].ip); break;
    case Op::in_window: result.integer = writ_in_window(frame_.row, node.b, integer(node.a)); break;
    case Op::set_has: result.integer = writ_set_has(&registers_[node.a].set, text(node.b)); break;
    case Op::starts_with: result.integer = writ_starts_with(text(node.a), text(node.b)); break;
    case Op::ends_with: result.integer = writ_ends_with(text(node.a), text(node.b)); break;
    case Op::contains: result.integer = writ_contains(text(node.a), text(node.b)); break;
    case Op::glob: result.integer = writ_glob(frame_.row, node.b, text(node.a)); break;
    case Op::regex: result.integer = writ_regex(frame_.patterns, node.b, text(node.a)); break;
    case Op::lower:
      result.text = *text(node.a);
      result.text.lowered = 1;
      break;
    case Op::email_domain: writ_email_domain(text(node.a), &result.text); break;
    case Op::has_email_domain: result.integer = writ_has_email_domain(text(node.a)); break;
    case Op::add: result.integer = program::saturating_add(integer(node.a), integer(node.b)); break;
    case Op::sub: result.integer = program::saturating_sub(integer(node.a), integer(node.b)); break;
    case Op::select_bool:
    case Op::select_int:
    case Op::select_string:
    case Op::select_ip: result = registers_[boolean(node.a) ? node.b : node.c]; break;
    case Op::each: return open(at, node);
    case Op::element: result.text = *loops_[node.a].next; break;
    case Op::any_:
    case Op::all_: return close(at, node);
    }
    return at + 1;
  }

  std::size_t open(std::size_t at, const Node& node) {
    const TextSet& set = registers_[node.a].set;
    if (set.size == 0) {
      registers_[node.c].integer = shape_.nodes[node.c].op == Op::all_;
      return std::size_t{node.c} + 1;
    }
    loops_[node.b] = {set.items, set.items + set.size};
    return at + 1;
  }

  std::size_t close(std::size_t at, const Node& node) {
    const bool settled = boolean(node.b) == (node.op == Op::any_);
    auto& loop = loops_[shape_.nodes[node.a].b];
    if (!settled && ++loop.next != loop.end) return std::size_t{node.a} + 1;
    registers_[at].integer = boolean(node.b);
    return at + 1;
  }

  const program::Shape& shape_;
  const program::Frame& frame_;
  Slot* registers_;
  Loop loops_[max_loop_depth];
};

}  // namespace

void interpret(const program::Shape& shape, const program::Frame& frame, const program::Outcome& outcome,
               Registers& registers) noexcept {
  Run(shape, frame, registers.data()).all();
  const auto holds = [&](program::NodeId id) { return registers[id].integer != 0; };
  for (std::size_t i = 0; i < shape.rules.size(); ++i)
    if (holds(shape.rules[i].fired)) outcome.fired[i / 64] |= std::uint64_t{1} << i % 64;
  for (std::size_t i = 0; i < shape.entries.size(); ++i)
    for (const auto id : shape.entries[i].satisfied)
      if (holds(id)) outcome.satisfied[i / 64] |= std::uint64_t{1} << i % 64;
}

}  // namespace writ
