// The trace is read off the registers after the fact: every node was computed, so short-circuit order is a matter of which leaves to list.
// A condition's children are listed up to the first that settles it.
//
//     connection == staff and (user.email_verified or request.ip in office)
//     staff, not verified, 10.0.0.1   →  connection == staff: true · user.email_verified: false · request.ip in office: true
#include "runtime/interpret/trace.h"

#include <algorithm>
#include <optional>

namespace writ {

using program::NodeId;
using program::Op;
using program::TraceNode;

namespace {

const program::Node& at(const program::Shape& shape, std::uint32_t id) { return shape.nodes[id]; }

// ---------------------------------------------------------------- values

std::string quoted(const program::Text& text) {
  std::string result = "\"";
  for (std::uint32_t i = 0; i < text.size; ++i) {
    char c = text.data[i];
    if (text.lowered && c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    constexpr std::string_view hex = "0123456789abcdef";
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)  // a log line stays one line
      result += {'\\', 'x', hex[static_cast<unsigned char>(c) >> 4], hex[c & 15]};
    else
      result += c;
  }
  return result + '"';
}

struct Declared {
  TypeKind type;
  std::vector<std::string_view> values;
};
Declared declared(const program::Part& part, std::uint32_t fact) {
  if (fact < builtin_facts.size()) {
    const auto& builtin = builtin_facts[fact];
    return {builtin.type, {builtin.values.begin(), builtin.values.end()}};
  }
  const auto& attribute = part.attributes[fact - builtin_facts.size()];
  return {attribute.type, {attribute.values.begin(), attribute.values.end()}};
}

// What an integer node counts. Operands are looked through to a fixed depth; deeper ones are shown as plain numbers.
TypeKind kind_of(const program::Part& part, const program::Shape& shape, std::uint32_t id, int depth = 0) {
  const auto& node = at(shape, id);
  if (node.op == Op::fact_int) return declared(part, node.a).type;
  if (depth == 8 || (node.op != Op::select_int && node.op != Op::add && node.op != Op::sub)) return TypeKind::integer;
  if (node.op == Op::select_int) return kind_of(part, shape, node.b, depth + 1);
  const auto left = kind_of(part, shape, node.a, depth + 1), right = kind_of(part, shape, node.b, depth + 1);
  if (left == TypeKind::time)
    return node.op == Op::sub && right == TypeKind::time ? TypeKind::duration : TypeKind::time;
  if (right == TypeKind::time) return TypeKind::time;
  return left == TypeKind::duration ? left : right;
}

template <class Names>
std::string name_at(const Names& names, std::int64_t place) {
  if (place < 0) return "absent";
  return static_cast<std::size_t>(place) < names.size() ? std::string(names[static_cast<std::size_t>(place)])
                                                        : std::to_string(place);
}
template <class T>
std::string record_name(const std::vector<T>& records, std::int64_t place) {
  return place < 0 || static_cast<std::size_t>(place) >= records.size() ? "absent"
                                                                        : records[static_cast<std::size_t>(place)].name;
}

std::string integer_text(const program::Part& part, const program::Shape& shape, std::uint32_t id, std::int64_t value) {
  const auto& node = at(shape, id);
  switch (node.op) {
  case Op::client_index: return record_name(part.clients, value);
  case Op::connection_index: return record_name(part.connections, value);
  case Op::organization_index: return record_name(part.organizations, value);
  case Op::client_type: return name_at(client_type_names, value);
  case Op::connection_family: return name_at(family_names, value);
  case Op::connection_strategy:
    if (value < 0 || static_cast<std::size_t>(value) >= strategies.size()) return "absent";
    return std::string(strategies[static_cast<std::size_t>(value)].name);
  default: break;
  }
  switch (kind_of(part, shape, id)) {
  case TypeKind::time: return time_to_text(value);
  case TypeKind::duration: return duration_to_text(value);
  case TypeKind::enumeration:
    if (node.op == Op::fact_int) return name_at(declared(part, node.a).values, value);
    return std::to_string(value);
  default: return std::to_string(value);
  }
}

bool reads_fact(Op op) {
  return op == Op::fact_bool || op == Op::fact_int || op == Op::fact_string || op == Op::fact_ip || op == Op::fact_set;
}

// Whether the value rests on a fact that was not given: directly, or through lower and email_domain.
bool absent(const program::Shape& shape, const program::Frame& frame, const Registers& registers, NodeId id) {
  auto place = static_cast<std::uint32_t>(id);
  while (at(shape, place).op == Op::lower || at(shape, place).op == Op::email_domain) {
    const auto operand = at(shape, place).a;
    const auto& text = registers[static_cast<NodeId>(operand)].text;
    if (at(shape, place).op == Op::email_domain &&
        std::string_view(text.data, text.size).find('@') == std::string_view::npos)
      return true;
    place = operand;
  }
  const auto& node = at(shape, place);
  return reads_fact(node.op) && (frame.present[node.a / 64] >> (node.a % 64) & 1) == 0;
}

}  // namespace

std::string value_text(const program::Part& part, const program::Shape& shape, const program::Frame& frame,
                       const Registers& registers, NodeId node) {
  if (absent(shape, frame, registers, node)) return "absent";
  const auto place = static_cast<std::uint32_t>(node);
  const auto& value = registers[node];
  switch (program::row_of(at(shape, place).op).result) {
  case program::NodeType::boolean: return value.integer != 0 ? "true" : "false";
  case program::NodeType::integer: return integer_text(part, shape, place, value.integer);
  case program::NodeType::string: return quoted(value.text);
  case program::NodeType::ip: return to_text(value.ip);
  case program::NodeType::set: {
    std::string list;
    for (std::size_t i = 0; i < value.set.size; ++i) list += (i > 0 ? ", " : "") + quoted(value.set.items[i]);
    return "[" + list + "]";
  }
  }
  return {};
}

namespace {
// What explains a leaf: a value of the request; or, where the checker has folded it away, its text as a constant.
std::string explained(const program::Part& part, const program::Shape& shape, const program::Frame& frame,
                      const Registers& registers, NodeId node) {
  if (at(shape, static_cast<std::uint32_t>(node)).op != Op::const_string)
    return value_text(part, shape, frame, registers, node);
  const auto& text = registers[node].text;
  return std::string(text.data, text.size);
}
}  // namespace

std::vector<Leaf> trace_rule(const program::Part& part, const program::Shape& shape, const program::Frame& frame,
                             const Registers& registers, const program::RuleInfo& rule) {
  std::vector<Leaf> leaves;
  if (rule.trace.empty()) return leaves;
  const auto holds = [&](const TraceNode& node) { return registers[node.node].integer != 0; };
  std::vector<std::uint32_t> open = {0};  // still to be listed, the next one last
  while (!open.empty()) {
    const auto& node = rule.trace[open.back()];
    open.pop_back();
    if (node.kind == TraceNode::Kind::leaf) {
      Leaf leaf{rule.texts[node.text], holds(node), {}};
      for (std::size_t i = 0; i < node.seen.size(); ++i)
        leaf.seen.emplace_back(node.seen_names[i], explained(part, shape, frame, registers, node.seen[i]));
      leaves.push_back(std::move(leaf));
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(open.size());
    for (const auto child : node.children) {
      open.push_back(child);
      if (node.kind == TraceNode::Kind::and_ && !holds(rule.trace[child])) break;
      if (node.kind == TraceNode::Kind::or_ && holds(rule.trace[child])) break;
    }
    std::reverse(open.begin() + first, open.end());
  }
  return leaves;
}

}  // namespace writ
