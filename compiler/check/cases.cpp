// What a test's lines ask, as requests: lists multiplied out, fixtures and facts put in, time gone by.
//
//     login to acme.shop, acme.admin via staff with office, away { user.logins = 3 }
//     asks four times: shop at the office, shop away, admin at the office, admin away; each from the baseline of `login`
#include "compiler/check/check.h"
#include "compiler/check/tests.h"

#include <algorithm>
#include <array>

namespace writ {

namespace {

template <class Record>
std::string id_of(const std::vector<Record>& records, const tree::Name& name) {
  const auto found = std::ranges::find(records, name.text, &Record::name);
  return found == records.end() ? name.text : found->id;
}

void assign(const program::Part& part, const tree::Tree& tree, const tree::FactAssign& line, NamedRequest& request) {
  const std::string name = check::joined(line.path);
  if (line.value == tree::ExprId::none) {
    request.facts.erase(name);
    return;
  }
  check::Scope scope;
  scope.attributes = &part.attributes;
  const auto fact = check::find_fact(scope, name);
  if (!fact) return;
  if (auto value = check::test_value(tree, line.value, *fact)) request.facts.insert_or_assign(name, std::move(*value));
}

// How many combinations each list makes, in the order of TestCase::place.
std::vector<std::uint32_t> sizes(const tree::Cells& cells) {
  std::vector<std::uint32_t> list;
  const auto add = [&](std::size_t size) {
    list.push_back(static_cast<std::uint32_t>(std::max<std::size_t>(size, 1)));
  };
  add(cells.to.size()), add(cells.in.size()), add(cells.via.size());
  for (const auto& fixtures : cells.with) add(fixtures.size());
  return list;
}

// The next combination; false behind the last one.
bool next_place(std::vector<std::uint32_t>& place, std::span<const std::uint32_t> sizes) {
  for (std::size_t i = place.size(); i-- > 0;) {
    if (++place[i] < sizes[i]) return true;
    place[i] = 0;
  }
  return false;
}

bool lists(const std::vector<tree::Name>& wanted, const std::vector<tree::Name>& from, std::uint32_t place) {
  return wanted.empty() ||
         (place < from.size() && std::ranges::find(wanted, from[place].text, &tree::Name::text) != wanted.end());
}

}  // namespace

TestQuestions::TestQuestions(const model::Policy& policy) : policy_(policy) {
  for (const auto& tenant : policy.tenants) tenants_.try_emplace(tenant.structure.name, &tenant);
}

const model::Tenant* TestQuestions::tenant(std::string_view name) const {
  const auto found = tenants_.find(name);
  return found == tenants_.end() ? nullptr : found->second;
}

std::vector<TestCase> TestQuestions::cases(const tree::Tree& tree, const tree::Question& question,
                                           std::int64_t now) const {
  const auto action = index_of(action_names, question.action.text);
  if (!action || question.cells.to.empty()) return {};  // not a checked test
  auto plain = baseline(static_cast<Action>(*action));
  plain.facts.insert_or_assign("request.time", now);
  const tree::Cells& cells = question.cells;
  const auto counts = sizes(cells);
  std::vector<TestCase> list;
  std::vector<std::uint32_t> place(counts.size());
  do {
    const tree::Target& target = cells.to[place[0]];
    const auto* asked = tenant(target.tenant.text);
    if (asked == nullptr || !target.client) return {};
    const program::Part& part = asked->structure;
    TestCase& one = list.emplace_back(TestCase{plain, place});
    one.request.tenant = part.id;
    one.request.client = id_of(part.clients, *target.client);
    if (!cells.in.empty()) one.request.organization = id_of(part.organizations, cells.in[place[1]]);
    if (!cells.via.empty()) one.request.connection = id_of(part.connections, cells.via[place[2]]);
    check::give_attributes(part, one.request);
    for (std::size_t i = 0; i < cells.with.size(); ++i)
      if (const auto fixture = policy_.fixtures.find(cells.with[i][place[3 + i]].text);
          fixture != policy_.fixtures.end())
        for (const auto& fact : fixture->second.node->facts) assign(part, *fixture->second.tree, fact, one.request);
    for (const auto& fact : question.facts) assign(part, tree, fact, one.request);
  } while (next_place(place, counts));
  return list;
}

PasswordQuestion TestQuestions::password(const tree::Tree& tree, const tree::PasswordLine& line) const {
  PasswordQuestion question;
  const auto* asked = tenant(line.tenant.text);
  if (asked == nullptr || !line.connection) return question;  // not a checked test
  question.tenant = asked->structure.id;
  question.connection = id_of(asked->structure.connections, *line.connection);
  if (line.event)
    if (const auto event = index_of(password_event_names, line.event->text))
      question.event = static_cast<PasswordEvent>(*event);
  for (const auto& fact : line.facts) {
    if (fact.value == tree::ExprId::none) continue;
    auto value = check::password_fact_value(tree, fact).value_or(StringSet{});
    const auto name = check::joined(fact.path);
    if (name == "user.profile")
      question.profile = std::move(value);
    else if (!value.empty())
      (name == "user.email" ? question.email : question.username) = value.front();
  }
  return question;
}

bool names_check(std::string_view name, PasswordCheck check) {
  return check::is_check(password_check_names[static_cast<std::size_t>(check)], name);
}

bool speaks_of(const tree::Cells& part, const tree::Question& question, std::span<const std::uint32_t> place) {
  const tree::Cells& whole = question.cells;
  const tree::Target& asked = whole.to[place[0]];
  const auto is_asked = [&](const tree::Target& target) {
    return target.tenant.text == asked.tenant.text && (!target.client || target.client->text == asked.client->text);
  };
  if (!part.to.empty() && std::ranges::none_of(part.to, is_asked)) return false;
  if (!lists(part.in, whole.in, place[1]) || !lists(part.via, whole.via, place[2])) return false;
  return std::ranges::all_of(part.with, [&](const std::vector<tree::Name>& wanted) {
    for (std::size_t i = 0; i < whole.with.size(); ++i)
      if (lists(wanted, whole.with[i], place[3 + i])) return true;
    return false;
  });
}

std::string cell_text(const tree::Question& question, std::span<const std::uint32_t> place) {
  const tree::Cells& cells = question.cells;
  const tree::Target& target = cells.to[place[0]];
  std::string text = target.tenant.text + (target.client ? "." + target.client->text : "");
  if (!cells.in.empty()) text += " in " + cells.in[place[1]].text;
  if (!cells.via.empty()) text += " via " + cells.via[place[2]].text;
  for (std::size_t i = 0; i < cells.with.size(); ++i) text += " with " + cells.with[i][place[3 + i]].text;
  return text;
}

bool travel(NamedRequest& request, std::int64_t micros) {
  constexpr std::array<std::string_view, 4> moving = {"request.time", "session.age", "session.mfa_age",
                                                      "session.auth_age"};
  std::array<std::int64_t, moving.size()> moved{};
  for (std::size_t i = 0; i < moving.size(); ++i) {
    const auto found = request.facts.find(moving[i]);
    if (found == request.facts.end()) continue;
    const auto range = bounds_of(i == 0 ? TypeKind::time : TypeKind::duration);
    if (__builtin_add_overflow(std::get<std::int64_t>(found->second), micros, &moved[i]) || moved[i] < range.low ||
        moved[i] > range.high)
      return false;
  }
  for (std::size_t i = 0; i < moving.size(); ++i)
    if (const auto found = request.facts.find(moving[i]); found != request.facts.end()) found->second = moved[i];
  return true;
}

std::int64_t time_of(const NamedRequest& request, std::int64_t otherwise) {
  const auto found = request.facts.find("request.time");
  return found == request.facts.end() ? otherwise : std::get<std::int64_t>(found->second);
}

bool travel(NamedRequest& request, const tree::Clock& clock, std::int64_t now) {
  return travel(request, clock.after ? clock.micros : clock.micros - time_of(request, now));
}

}  // namespace writ
