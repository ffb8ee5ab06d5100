// A shape as text and back, line by line, exactly:
//
//     shape login
//     $0 string
//     %0 = fact.string user.email          a built-in fact by name, a declared one as #47
//     %1 = email.domain %0
//     %2 = const.string $0
//     %3 = eq.string %1 %2
//     %4 = fact.bool session.mfa
//     entry %4                             the alternatives of a require; `connection 3` when it is use_connection
//     allow %3
//     report deny %4
//     require %3 entry 0
//
// The shape of a password policy begins with `shape password` and reads password_facts.h; `shape login prepared` reads facts without names.
//
// The text determines the shape only when operands of `and` and `or` lie in Shape::arguments in the order of their nodes; `verify` asks
// for that. Reading accepts blank lines and `//` comments, and checks form, not sense: run `verify` on what it returns.
#include "runtime/program/program.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace writ::program {

namespace {

std::string fact_text(const Shape& shape, std::uint32_t fact) {
  if (shape.password && fact < password_facts.size()) return std::string(password_facts[fact].name);
  const bool named = !shape.password && !shape.prepared && fact < builtin_facts.size();
  return named ? std::string(builtin_facts[fact].name) : "#" + std::to_string(fact);
}

std::string node_text(const Shape& shape, const Node& node) {
  const auto& row = row_of(node.op);
  std::string text(row.name);
  const std::array<std::uint32_t, 3> fields = {node.a, node.b, node.c};
  for (std::size_t i = 0; i < 3; ++i) switch (row.operands[i]) {
    case Operand::none: break;
    case Operand::node:
    case Operand::end: text += " %" + std::to_string(fields[i]); break;
    case Operand::slot: text += " $" + std::to_string(fields[i]); break;
    case Operand::fact: text += " " + fact_text(shape, fields[i]); break;
    case Operand::depth: text += " " + std::to_string(fields[i]); break;
    case Operand::arguments:
      for (std::size_t k = node.a; k < std::size_t{node.a} + node.b && k < shape.arguments.size(); ++k)
        text += " %" + std::to_string(shape.arguments[k]);
      break;
    }
  return text;
}

std::string number(NodeId id) { return " %" + std::to_string(static_cast<std::uint32_t>(id)); }

}  // namespace

std::string print(const Shape& shape) {
  std::string text = "shape ";
  text += shape.password ? "password" : action_names[static_cast<std::size_t>(shape.action)];
  text += shape.prepared ? " prepared\n" : "\n";
  for (std::size_t i = 0; i < shape.slots.size(); ++i)
    text +=
        "$" + std::to_string(i) + " " + std::string(slot_kind_names[static_cast<std::size_t>(shape.slots[i])]) + "\n";
  for (std::size_t i = 0; i < shape.nodes.size(); ++i)
    text += "%" + std::to_string(i) + " = " + node_text(shape, shape.nodes[i]) + "\n";
  for (const auto& entry : shape.entries) {
    text += "entry";
    for (const auto id : entry.satisfied) text += number(id);
    if (entry.use_connection != -1) text += " connection " + std::to_string(entry.use_connection);
    text += "\n";
  }
  for (const auto& rule : shape.rules) {
    text += (rule.report ? "report " : "") + std::string(rule_effect_names[static_cast<std::size_t>(rule.effect)]) +
            number(rule.fired);
    if (rule.effect == RuleEffect::require) text += " entry " + std::to_string(rule.entry);
    text += "\n";
  }
  return text;
}

namespace {

// Reads one line, word by word. After the first word that is not as it should be, `ok` is false.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skip(); }
  bool ok = true;

  bool done() const { return rest_.empty(); }
  std::string_view peek() const { return rest_.substr(0, rest_.find(' ')); }
  std::string_view take() {
    const auto word = peek();
    if (word.empty()) ok = false;
    rest_.remove_prefix(word.size());
    skip();
    return word;
  }
  bool take_if(std::string_view word) {
    if (peek() != word) return false;
    take();
    return true;
  }
  template <class T = std::uint32_t>
  T number(std::string_view sign) {
    auto word = take();
    T value{};
    if (!word.starts_with(sign)) ok = false;
    word.remove_prefix(ok ? sign.size() : 0);
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || stop != word.data() + word.size()) ok = false;
    return value;
  }

 private:
  void skip() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

std::uint32_t read_fact(Words& words, const Shape& shape) {
  if (words.peek().starts_with('#')) return words.number("#");
  if (shape.password) {
    const auto row = std::ranges::find(password_facts, words.take(), &PasswordFactRow::name);
    if (row == password_facts.end()) words.ok = false;
    return row == password_facts.end() ? 0 : index(row->fact);
  }
  const auto found = find_builtin(words.take());
  if (!found) words.ok = false;
  return found ? index(*found) : 0;
}

void read_node(Words& words, Shape& shape) {
  if (words.number("%") != shape.nodes.size() || !words.take_if("=")) words.ok = false;
  const auto name = words.take();
  Node node;
  std::size_t op = 0;
  while (op < op_rows.size() && op_rows[op].name != name) ++op;
  if (op == op_rows.size()) {
    words.ok = false;
    return;
  }
  node.op = op_rows[op].op;
  const std::array<std::uint32_t*, 3> fields = {&node.a, &node.b, &node.c};
  for (std::size_t i = 0; i < 3 && words.ok; ++i) switch (op_rows[op].operands[i]) {
    case Operand::none: break;
    case Operand::node:
    case Operand::end: *fields[i] = words.number("%"); break;
    case Operand::slot: *fields[i] = words.number("$"); break;
    case Operand::fact: *fields[i] = read_fact(words, shape); break;
    case Operand::depth: *fields[i] = words.number(""); break;
    case Operand::arguments:
      node.a = static_cast<std::uint32_t>(shape.arguments.size());
      while (words.ok && !words.done()) shape.arguments.push_back(words.number("%"));
      node.b = static_cast<std::uint32_t>(shape.arguments.size()) - node.a;
      break;
    }
  shape.nodes.push_back(node);
}

void read_slot(Words& words, Shape& shape) {
  if (words.number("$") != shape.slots.size()) words.ok = false;
  const auto kind = index_of(slot_kind_names, words.take());
  if (!kind) words.ok = false;
  shape.slots.push_back(static_cast<SlotKind>(kind.value_or(0)));
}

void read_entry(Words& words, Shape& shape) {
  Entry entry;
  while (words.ok && words.peek().starts_with('%')) entry.satisfied.push_back(static_cast<NodeId>(words.number("%")));
  if (words.take_if("connection")) entry.use_connection = words.number<std::int32_t>("");
  shape.entries.push_back(std::move(entry));
}

void read_rule(Words& words, Shape& shape) {
  RuleCode rule;
  rule.report = words.take_if("report");
  const auto effect = index_of(rule_effect_names, words.take());
  if (!effect) words.ok = false;
  rule.effect = static_cast<RuleEffect>(effect.value_or(0));
  rule.fired = static_cast<NodeId>(words.number("%"));
  if (rule.effect == RuleEffect::require) {
    if (!words.take_if("entry")) words.ok = false;
    rule.entry = words.number("");
  }
  shape.rules.push_back(rule);
}

void read_line(Words& words, Shape& shape, bool first) {
  const auto word = words.peek();
  if (first) {
    if (!words.take_if("shape")) words.ok = false;
    shape.password = words.take_if("password");
    const auto action = shape.password ? std::optional<std::uint8_t>(0) : index_of(action_names, words.take());
    if (!action) words.ok = false;
    shape.action = static_cast<Action>(action.value_or(0));
    shape.prepared = words.take_if("prepared");
  } else if (word.starts_with('$')) {
    read_slot(words, shape);
  } else if (word.starts_with('%')) {
    read_node(words, shape);
  } else if (words.take_if("entry")) {
    read_entry(words, shape);
  } else {
    read_rule(words, shape);
  }
  if (!words.done()) words.ok = false;
}

}  // namespace

std::optional<Shape> read_shape(std::string_view text, std::string& error) {
  Shape shape;
  std::size_t line_number = 0;
  bool first = true;
  while (!text.empty()) {
    ++line_number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    Words words(line.substr(0, line.find("//")));
    if (words.done()) continue;
    read_line(words, shape, first);
    first = false;
    if (words.ok) continue;
    error = "line " + std::to_string(line_number) + " is not of a shape: `" + std::string(line) + "`";
    return std::nullopt;
  }
  if (first) {
    error = "there is no shape here";
    return std::nullopt;
  }
  return shape;
}

}  // namespace writ::program
