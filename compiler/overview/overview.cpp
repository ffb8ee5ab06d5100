// See overview.h. One pass over the nodes of the action's program for every pair, with a value where it is known.
#include "compiler/overview/overview.h"

#include "runtime/flip/constants.h"
#include "runtime/program/builtins.h"

#include <algorithm>
#include <optional>

namespace writ::overview {

namespace {

using program::Op;
using program::Part;

struct Place {
  std::int64_t client = -1, connection = -1;
};

using Known = std::optional<std::int64_t>;  // of a boolean 0 or 1

class Partial {
 public:
  Partial(const Part& part, const program::ActionProgram& program)
      : part_(part), shape_(*program.shape), row_(program.row.bytes().data()), values_(shape_.nodes.size()) {}

  const std::vector<Known>& at(const Place& place) {
    place_ = place;
    for (std::size_t i = 0; i < shape_.nodes.size(); ++i) values_[i] = value(shape_.nodes[i]);
    return values_;
  }

 private:
  Known value(const program::Node& node) const {
    const auto of = [&](std::uint32_t operand) { return values_[operand]; };
    const auto compared = [&](auto compare) -> Known {
      const auto left = of(node.a), right = of(node.b);
      return left && right ? Known(compare(*left, *right)) : std::nullopt;
    };
    switch (node.op) {
    case Op::const_bool:
    case Op::const_int: return flip::integer_at(row_, node.a);
    case Op::has_fact: return has(static_cast<FactId>(node.a));
    case Op::client_index: return place_.client;
    case Op::connection_index: return place_.connection < 0 ? Known() : place_.connection;
    case Op::client_type: return static_cast<std::int64_t>(part_.clients[static_cast<std::size_t>(place_.client)].type);
    case Op::connection_family:
      if (place_.connection < 0) return std::nullopt;
      return static_cast<std::int64_t>(strategies[strategy()].family);
    case Op::connection_strategy: return place_.connection < 0 ? Known() : std::int64_t{strategy()};
    case Op::not_: return of(node.a) ? Known(*of(node.a) == 0) : std::nullopt;
    case Op::and_: return many(node, 0);
    case Op::or_: return many(node, 1);
    case Op::eq_int: return compared(std::equal_to());
    case Op::ne_int: return compared(std::not_equal_to());
    case Op::lt_int: return compared(std::less());
    case Op::le_int: return compared(std::less_equal());
    case Op::gt_int: return compared(std::greater());
    case Op::ge_int: return compared(std::greater_equal());
    case Op::eq_bool: return compared([](auto a, auto b) { return (a != 0) == (b != 0); });
    case Op::in_bits: return of(node.a) ? Known(writ_in_bits(row_, node.b, *of(node.a)) != 0) : std::nullopt;
    case Op::in_ints: {
      if (!of(node.a)) return std::nullopt;
      const auto members = flip::integers_at(row_, node.b);
      return std::ranges::binary_search(members, *of(node.a)) ? 1 : 0;
    }
    case Op::select_bool:
    case Op::select_int: {
      if (of(node.a)) return *of(node.a) != 0 ? of(node.b) : of(node.c);
      return of(node.b) && of(node.b) == of(node.c) ? of(node.b) : std::nullopt;
    }
    default: return std::nullopt;
    }
  }

  std::uint8_t strategy() const { return part_.connections[static_cast<std::size_t>(place_.connection)].strategy; }

  Known has(FactId id) const {
    if (id == fact("tenant") || id == fact("client")) return 1;
    if (id == fact("connection")) return place_.connection >= 0 ? Known(1) : Known();
    if (id != fact("organization")) return std::nullopt;
    const auto usage = part_.clients[static_cast<std::size_t>(place_.client)].usage;
    if (usage == OrganizationUsage::allow) return std::nullopt;
    return usage == OrganizationUsage::require ? 1 : 0;
  }

  // `deciding`: what one argument needs to be for the whole to be that.
  Known many(const program::Node& node, std::int64_t deciding) const {
    bool all = true;
    for (std::uint32_t i = 0; i < node.b; ++i) {
      const auto one = values_[shape_.arguments[node.a + i]];
      if (one && (*one != 0) == (deciding != 0)) return deciding;
      all = all && one;
    }
    return all ? Known(1 - deciding) : std::nullopt;
  }

  const Part& part_;
  const program::Shape& shape_;
  const std::byte* row_;
  Place place_;
  std::vector<Known> values_;
};

bool is_possible(const Part& part, Action action, std::int64_t connection) {
  if (connection < 0) return true;
  const auto& one = part.connections[static_cast<std::size_t>(connection)];
  if (action == Action::signup) return one.signup_open;
  if (action == Action::password_change || action == Action::password_reset)
    return strategies[one.strategy].family == Family::database;
  return true;
}

class Maker {
 public:
  Maker(const Part& part, Action action)
      : part_(part), program_(part.programs[static_cast<std::size_t>(action)]), partial_(part, program_) {
    table_.id = part.id;
    table_.name = part.name;
    table_.title = part.title;
    table_.action = action;
  }

  Table make() {
    const bool connected = (builtin_facts[index(fact("connection"))].required & mask_of(table_.action)) != 0;
    if (connected)
      for (const auto& one : part_.connections) table_.columns.push_back({one.id, one.name, one.strategy});
    else
      table_.columns.emplace_back();
    used_.resize(program_.shape->rules.size());
    for (std::size_t i = 0; i < part_.clients.size(); ++i) {
      const auto& client = part_.clients[i];
      if ((client.type == ClientType::m2m) != (table_.action == Action::m2m)) continue;
      Row row{client.id, client.name, client.type, client.usage, {}};
      for (std::size_t k = 0; k < table_.columns.size(); ++k)
        row.cells.push_back(cell({static_cast<std::int64_t>(i), connected ? static_cast<std::int64_t>(k) : -1}));
      table_.rows.push_back(std::move(row));
    }
    number_rules();
    return std::move(table_);
  }

 private:
  Cell cell(const Place& place) {
    using State = Cell::State;
    const auto& client = part_.clients[static_cast<std::size_t>(place.client)];
    if (place.connection >= 0 &&
        std::ranges::find(client.connections, static_cast<std::uint32_t>(place.connection)) == client.connections.end())
      return {State::not_enabled, {}};
    if (!is_possible(part_, table_.action, place.connection)) return {State::impossible, {}};
    const auto& values = partial_.at(place);
    const auto& shape = *program_.shape;
    Cell made;
    bool allowed = false, always = false, denied = false, deniable = false;
    for (std::size_t i = 0; i < shape.rules.size(); ++i) {
      const auto& rule = shape.rules[i];
      const auto fires = values[static_cast<std::size_t>(rule.fired)];
      if (rule.report || fires == 0) continue;
      const bool certain = fires.has_value();
      // A require that is met by what the cell says already asks for nothing; one of a connection can still conflict with another.
      if (rule.effect == RuleEffect::require && shape.entries[rule.entry].use_connection < 0 &&
          is_met(shape.entries[rule.entry], values))
        continue;
      made.parts.push_back({i, certain});
      used_[i] = true;
      if (rule.effect == RuleEffect::allow) allowed = true, always = always || certain;
      if (rule.effect == RuleEffect::deny) deniable = true, denied = denied || certain;
    }
    made.state = !allowed || denied ? State::nobody : always && !deniable ? State::everybody : State::some;
    return made;
  }

  static bool is_met(const program::Entry& entry, const std::vector<Known>& values) {
    return std::ranges::any_of(entry.satisfied, [&](program::NodeId node) {
      const auto value = values[static_cast<std::size_t>(node)];
      return value && *value != 0;
    });
  }

  // Cells name rules by place in the program; now by place in the list of those that are shown.
  void number_rules() {
    const auto& shape = *program_.shape;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (used_[i]) order.push_back(i);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      const auto key = [&](std::size_t i) { return std::pair(shape.rules[i].effect, program_.rules[i].source_order); };
      return key(a) < key(b);
    });
    std::vector<std::size_t> places(used_.size());
    std::array<std::size_t, 3> counts{};
    for (const auto i : order) {
      const auto& info = program_.rules[i];
      const auto effect = shape.rules[i].effect;
      places[i] = table_.rules.size();
      table_.rules.push_back({std::string(1, "adr"[static_cast<std::size_t>(effect)]) +
                                  std::to_string(++counts[static_cast<std::size_t>(effect)]),
                              info.id, info.name, info.text, info.place, effect});
    }
    for (auto& row : table_.rows)
      for (auto& cell : row.cells) {
        for (auto& part : cell.parts) part.rule = places[part.rule];
        std::ranges::sort(cell.parts, {}, &Cell::Part::rule);
      }
  }

  const Part& part_;
  const program::ActionProgram& program_;
  Partial partial_;
  Table table_;
  std::vector<bool> used_;
};

}  // namespace

Table table_of(const Part& part, Action action) { return Maker(part, action).make(); }

}  // namespace writ::overview
