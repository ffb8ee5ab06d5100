// Who may enter through what: the clients of a tenant by its connections, and of every pair which rules can speak there.
//
// Client, connection, their types and families are known in a cell, everything else is not; so each condition comes out always, never, or
// sometimes (Kleene's three values). A rule that never fires in a cell is not shown there. Conditions are looked at one by one: that two of
// them exclude each other is not seen, and what is shown as possible may not be.
#pragma once

#include "runtime/program/program.h"

#include <string>
#include <vector>

namespace writ::overview {

struct Rule {
  std::string label;  // `a1`, `d1`, `r1`: short enough for a cell
  std::string id, name, text, place;
  RuleEffect effect{};
};

struct Cell {
  enum class State : std::uint8_t {
    not_enabled,  // the client may not use the connection
    impossible,   // the connection has no such action, or is closed to it
    nobody,       // no allow can fire, or a deny always does
    some,         // on conditions
    everybody,    // an allow always fires and no deny can
  } state{};
  struct Part {
    std::size_t rule = 0;  // in Table::rules
    bool always = false;
  };
  std::vector<Part> parts;  // rules that can fire here, in their order
};

struct Row {
  std::string id, name;
  ClientType type{};
  OrganizationUsage organizations{};
  std::vector<Cell> cells;  // by column
};
struct Column {
  std::string id, name;
  std::uint8_t strategy = 0;
};

struct Table {
  std::string id, name, title;
  Action action{};
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::vector<Rule> rules;  // those that can fire somewhere: allows, denies, requires
};

// Machines are asked about with `m2m` alone, which has no connection: then there is one column, without a name. Report rules are left out.
Table table_of(const program::Part& part, Action action);

inline constexpr std::array<std::string_view, 5> state_names = {"not_enabled", "impossible", "nobody", "some",
                                                                "everybody"};

}  // namespace writ::overview
