// What a table of `writ matrix` says of a cell holds for every request to it: nobody enters where it says nobody, everybody where it says so, a
// rule that fires is named there, and one that is said to fire always does. Requests and policies are generated.
#include "compiler/overview/overview.h"
#include "tests/agree/generate.h"
#include "tests/agree/requests.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using namespace writ::agree;
using overview::Cell;

struct Count {
  std::size_t requests = 0;
  std::map<Cell::State, std::size_t> states;
};

const Cell* cell_of(const overview::Table& table, const NamedRequest& request) {
  for (const auto& row : table.rows) {
    if (row.id != request.client) continue;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i].id == request.connection.value_or("")) return &row.cells[i];
  }
  return nullptr;
}

void check(const Case& prepared, const overview::Table& table, const NamedRequest& request, Count& count) {
  const auto seen = ask(prepared, request, false);
  const auto* cell = cell_of(table, request);
  if (cell == nullptr) return;
  const auto& answer = seen.explanation;
  if (answer.fault == Fault::connection_not_enabled && !request.organization)
    CHECK(cell->state == Cell::State::not_enabled);
  if (answer.fault == Fault::action_not_supported) CHECK(cell->state == Cell::State::impossible);
  if (answer.fault != Fault::none) return;
  ++count.requests;
  ++count.states[cell->state];
  CHECK(cell->state != Cell::State::not_enabled);
  CHECK(cell->state != Cell::State::impossible);
  if (cell->state == Cell::State::nobody) CHECK(answer.effect == Effect::deny);
  if (cell->state == Cell::State::everybody && answer.effect == Effect::deny)
    CHECK(answer.because == Because::conflicting_obligations);
  if (seen.decision.wide) return;
  const std::set<std::string> fired(seen.fired.begin(), seen.fired.end());
  std::set<std::string> named, reports;
  for (const auto& report : answer.reports) reports.insert(report.id);
  for (const auto& part : cell->parts) {
    const auto& rule = table.rules[part.rule];
    named.insert(rule.id);
    INFO(rule.text);
    if (part.always) CHECK(fired.contains(rule.id));
  }
  for (const auto& reason : answer.reasons) {
    INFO(reason.text);
    CHECK(named.contains(reason.id));
  }
}

}  // namespace

TEST_CASE("what a table says of a cell holds for every request to it") {
  Count count;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const auto made = generate_policy(random);
    const auto prepared = prepare({made.text}, nullptr);
    REQUIRE(prepared->problems.empty());
    const auto surface = surface_of(*prepared);
    if (surface.tenants.empty()) continue;
    std::map<std::pair<std::string, Action>, overview::Table> tables;
    for (int i = 0; i < 1'500; ++i) {
      const auto request = generate_request(surface, random);
      const auto part = prepared->engine->part(request.tenant);
      if (part == nullptr) continue;
      auto [at, fresh] = tables.try_emplace({request.tenant, request.action});
      if (fresh) at->second = overview::table_of(*part, request.action);
      INFO("seed " << seed << "\n" << to_text(request) << "\n" << made.text);
      check(*prepared, at->second, request, count);
    }
  }
  std::cout << count.requests << " requests; to cells of nobody " << count.states[Cell::State::nobody] << ", some "
            << count.states[Cell::State::some] << ", everybody " << count.states[Cell::State::everybody] << "\n";
  CHECK(count.states[Cell::State::nobody] > 500);
  CHECK(count.states[Cell::State::some] > 500);
  CHECK(count.states[Cell::State::everybody] > 20);
}
