// What must hold of a part around its shapes and rows: the structure the engine indexes by, and the cold tables that explain and trace
// walk. A part comes from a file; after this nothing in it is checked again.
#include "runtime/program/program.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace writ::program {

namespace {

// The first thing that is wrong stays.
class Report {
 public:
  void expect(bool holds, std::string_view what) {
    if (!holds && wrong_.empty()) wrong_ = where_ + std::string(what);
  }
  void at(std::string where) { where_ = std::move(where) + ": "; }
  bool fine() const { return wrong_.empty(); }
  std::string take() { return std::move(wrong_); }

 private:
  std::string where_, wrong_;
};

template <class T>
bool unique_ids(const std::vector<T>& records) {
  std::set<std::string_view> seen;
  return std::ranges::all_of(records, [&](const T& record) { return seen.insert(record.id).second; });
}

bool below(const std::vector<std::uint32_t>& indexes, std::size_t limit) {
  return std::ranges::all_of(indexes, [&](auto index) { return index < limit; });
}
bool below(const std::vector<std::pair<std::string, std::uint32_t>>& pairs, std::size_t limit) {
  return std::ranges::all_of(pairs, [&](const auto& pair) { return pair.second < limit; });
}

void check_attributes(const Part& part, Report& report) {
  report.at("attributes");
  report.expect(part.attributes.size() <= max_attributes, "there are too many");
  std::set<std::string_view> seen;
  for (const auto& attribute : part.attributes) {
    report.expect(!find_builtin(attribute.name), "one has the name of a built-in fact");
    report.expect(seen.insert(attribute.name).second, "two have one name");
    report.expect(attribute.type <= TypeKind::enumeration, "one is of no type");
    report.expect((attribute.required & attribute.optional) == 0, "one is both required and optional");
  }
}

void check_structure(const Part& part, Report& report) {
  report.at("structure");
  report.expect(!part.id.empty(), "the tenant has no id");
  report.expect(unique_ids(part.clients) && unique_ids(part.connections) && unique_ids(part.organizations),
                "two things have one id");
  report.expect(std::ranges::all_of(part.hosts, is_domain), "a host is no domain name in lower case");
  const auto connections = part.connections.size();
  for (const auto& client : part.clients) {
    report.expect(static_cast<std::size_t>(client.type) < client_type_names.size(), "a client is of no type");
    report.expect(static_cast<std::size_t>(client.usage) < organization_usage_names.size(),
                  "a client has no usage of organizations");
    report.expect(client.grants < (1u << grant_names.size()), "a client has a grant that does not exist");
    report.expect(below(client.connections, connections) && below(client.discover, connections),
                  "a client names a connection that does not exist");
  }
  for (const auto& connection : part.connections)
    report.expect(connection.strategy < strategies.size(), "a connection has a strategy that does not exist");
  for (const auto& organization : part.organizations) {
    report.expect(below(organization.connections, connections) && below(organization.joins_via, connections) &&
                      below(organization.discover, connections),
                  "an organization names a connection that does not exist");
    for (const auto& use : organization.uses)
      report.expect(use.client < part.clients.size() && below(use.connections, connections) &&
                        below(use.discover, connections),
                    "an organization uses what does not exist");
  }
  for (const auto& lockout : part.lockouts) {
    report.expect(lockout.connection >= -1 && lockout.connection < static_cast<std::int64_t>(connections),
                  "a lockout is of a connection that does not exist");
    report.expect(static_cast<std::size_t>(lockout.counter) <= 2, "a lockout counts nothing");
    report.expect(std::ranges::all_of(lockout.exempt, [](const Cidr& cidr) { return cidr.bits <= 128; }),
                  "a lockout exempts a block of over 128 bits");
  }
}

std::optional<TypeKind> type_of(const Part& part, std::size_t fact) {
  if (fact < builtin_facts.size()) return builtin_facts[fact].type;
  fact -= builtin_facts.size();
  return fact < part.attributes.size() ? std::optional(part.attributes[fact].type) : std::nullopt;
}

// The trace of a rule: children follow their parent, so walking it ends; every value it reads is computed always (outside loops).
void check_trace(const RuleInfo& info, const Shape& shape, const std::vector<bool>& inside, Report& report) {
  const auto readable = [&](NodeId id) {
    const auto place = static_cast<std::size_t>(id);
    return place < shape.nodes.size() && !inside[place];
  };
  for (std::size_t i = 0; i < info.trace.size(); ++i) {
    const auto& node = info.trace[i];
    const bool leaf = node.kind == TraceNode::Kind::leaf;
    report.expect(static_cast<std::size_t>(node.kind) <= 3, "a trace has a node of no kind");
    report.expect(readable(node.node) &&
                      row_of(shape.nodes[static_cast<std::size_t>(node.node)].op).result == NodeType::boolean,
                  "a trace reads what is not an outcome");
    report.expect(!leaf || node.text < info.texts.size(), "a trace shows a text that does not exist");
    report.expect(node.seen.size() == node.seen_names.size(), "a trace has a value without a name");
    report.expect(std::ranges::all_of(node.seen, readable), "a trace reads a value that may not be computed");
    report.expect(
        std::ranges::all_of(node.children, [&](auto child) { return child > i && child < info.trace.size(); }),
        "a trace does not end");
    report.expect(node.kind != TraceNode::Kind::not_ || node.children.size() == 1,
                  "a trace negates other than one condition");
  }
  for (const auto& [text, id] : info.alternatives) report.expect(readable(id), "an alternative is not computed");
}

// Which nodes belong to a loop, `each` included: their registers hold nothing once it ended, or never held anything.
std::vector<bool> inside_loops(const Shape& shape) {
  std::vector<bool> inside(shape.nodes.size());
  for (std::size_t i = 0; i < shape.nodes.size(); ++i)
    if (const auto& node = shape.nodes[i]; node.op == Op::each)
      std::fill(inside.begin() + static_cast<std::ptrdiff_t>(i), inside.begin() + node.c, true);
  return inside;
}

void check_program(const Part& part, std::size_t action, Report& report) {
  const auto& program = part.programs[action];
  report.at(std::string(action_names[action]));
  report.expect(program.shape != nullptr, "there is no shape");
  if (!report.fine()) return;
  const auto& shape = *program.shape;
  report.expect(static_cast<std::size_t>(shape.action) == action && !shape.password && !shape.prepared,
                "the shape is of another action");
  report.expect(program.rules.size() == shape.rules.size() && program.entries.size() == shape.entries.size(),
                "names and code do not fit");
  if (const auto wrong = verify(shape); !wrong.empty()) report.expect(false, wrong);
  if (!report.fine()) return;
  const auto facts = builtin_facts.size() + part.attributes.size();
  const bool exist = std::ranges::all_of(program.required, [&](FactId id) { return index(id) < facts; });
  report.expect(exist && std::ranges::is_sorted(program.required), "a required fact does not exist");
  for (const auto& node : shape.nodes)
    if (row_of(node.op).operands[0] == Operand::fact) {
      const auto type = type_of(part, node.a);
      report.expect(type && (node.op == Op::has_fact || fact_fits(node.op, *type)),
                    "a fact is read that does not exist or is of another type");
    }
  for (const auto& entry : shape.entries)
    report.expect(entry.use_connection < static_cast<std::int64_t>(part.connections.size()),
                  "an obligation uses a connection that does not exist");
  const auto inside = inside_loops(shape);
  for (const auto& info : program.rules) check_trace(info, shape, inside, report);
}

// Password programs: of database connections, one each, in order, their shapes and rows sound.
void check_passwords(const Part& part, Report& report) {
  report.at("passwords");
  const auto databases = std::ranges::count_if(part.connections, [](const ConnectionRecord& connection) {
    return connection.strategy < strategies.size() && strategies[connection.strategy].family == Family::database;
  });
  report.expect(static_cast<std::size_t>(databases) == part.passwords.size(),
                "a database connection does not say which it accepts");
  std::int64_t last = -1;
  for (const auto& password : part.passwords) {
    report.at("password of connection " + std::to_string(password.connection));
    report.expect(password.connection > last && password.connection < part.connections.size() &&
                      strategies[part.connections[password.connection].strategy].family == Family::database,
                  "it is of no database connection, or its connection has two");
    last = password.connection;
    report.expect(password.shape && password.shape->password, "there is no shape");
    if (!report.fine()) return;
    report.expect(password.requirements.size() == password.shape->rules.size(), "names and code do not fit");
    report.expect(std::ranges::all_of(password.requirements,
                                      [](const auto& one) {
                                        return static_cast<std::size_t>(one.check) < password_check_names.size();
                                      }),
                  "a requirement asks for nothing that is known");
    if (const auto wrong = verify(*password.shape); !wrong.empty()) report.expect(false, wrong);
    if (!report.fine()) return;
    if (const auto wrong = verify(*password.shape, password.row.bytes()); !wrong.empty()) report.expect(false, wrong);
  }
}

}  // namespace

std::string verify(const Part& part) {
  Report report;
  check_attributes(part, report);
  check_structure(part, report);
  for (std::size_t i = 0; i < action_count && report.fine(); ++i) check_program(part, i, report);
  for (std::size_t i = 0; i < action_count && report.fine(); ++i) {
    report.at(std::string(action_names[i]));
    const auto wrong = verify(*part.programs[i].shape, part.programs[i].row.bytes());
    report.expect(wrong.empty(), wrong);
  }
  if (report.fine()) check_passwords(part, report);
  return report.take();
}

}  // namespace writ::program
