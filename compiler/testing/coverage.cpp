// See coverage.h. The engine's trace says which leaves of a rule were evaluated, and how they came out; walking the rule's own tree again
// with these outcomes tells which of them decided.
//
//     connection == staff and (user.email_verified or request.ip in office)
//     staff, verified          the first two decided as true
//     staff, neither           the last two as false; the first did not: were it false, the rule would be what it is
#include "compiler/testing/coverage.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace writ::testing {

using program::Op;

namespace {

// A condition's `and`, `or`, `not` over its leaves, which are numbered from left to right.
struct Node {
  Op op = Op::const_bool;  // and_, or_, not_, or anything else for a leaf
  std::size_t leaf = 0;
  std::vector<std::size_t> children;
};

struct RuleShape {
  std::vector<Node> nodes;  // [0] is the whole
  std::vector<model::ExprId> leaves;
};

class ShapeReader {
 public:
  explicit ShapeReader(const model::Tenant& tenant) : tenant_(tenant) {}
  RuleShape read(const model::Rule& rule) {
    node(rule.condition);
    return std::move(shape_);
  }

 private:
  std::size_t node(model::ExprId id) {
    const auto& expression = tenant_.expressions[static_cast<std::size_t>(id)];
    const std::size_t place = shape_.nodes.size();
    shape_.nodes.push_back({expression.op, shape_.leaves.size(), {}});
    if (expression.leaf) {
      shape_.nodes[place].op = Op::const_bool;
      shape_.leaves.push_back(id);
      return place;
    }
    for (const auto operand : expression.operands) {
      const auto child = node(operand);
      shape_.nodes[place].children.push_back(child);
    }
    return place;
  }

  const model::Tenant& tenant_;
  RuleShape shape_;
};

// The same for two tenants of one template, different for a rule that means something else in another place.
std::string signature(const RuleShape& shape) {
  std::string text;
  for (const Node& node : shape.nodes)
    text += node.children.empty() ? 'l'
            : node.op == Op::and_ ? '&'
            : node.op == Op::or_  ? '|'
                                  : '!',
        text += static_cast<char>('0' + node.children.size() % 64);
  return text;
}

// Which leaves decided, from the outcomes of those that were evaluated.
class Replay {
 public:
  Replay(const RuleShape& shape, const std::vector<Leaf>& evaluated, std::vector<ConditionCover>& conditions)
      : shape_(shape), evaluated_(evaluated), conditions_(conditions), values_(shape.nodes.size()) {
    if (shape.nodes.empty() || evaluated.empty()) return;
    walk(0);
    mark(0);
  }

 private:
  bool walk(std::size_t place) {
    const Node& node = shape_.nodes[place];
    bool value = node.op == Op::and_;
    if (node.children.empty()) {
      value = next_ < evaluated_.size() && evaluated_[next_].outcome;
      ++next_;
    } else if (node.op == Op::not_) {
      value = !walk(node.children.front());
    } else {
      for (const auto child : node.children)
        if (walk(child) != value) {
          value = !value;
          break;
        }
    }
    values_[place] = value;
    return value;
  }

  void mark(std::size_t place) {
    const Node& node = shape_.nodes[place];
    const bool value = *values_[place];
    if (node.children.empty()) {
      ++(value ? conditions_[node.leaf].as_true : conditions_[node.leaf].as_false);
    } else if (node.op == Op::not_) {
      mark(node.children.front());
    } else if (value == (node.op == Op::and_)) {
      for (const auto child : node.children) mark(child);  // each alone would have turned it
    } else {
      for (const auto child : node.children)
        if (values_[child] == value) return mark(child);  // the one that settled it
    }
  }

  const RuleShape& shape_;
  const std::vector<Leaf>& evaluated_;
  std::vector<ConditionCover>& conditions_;
  std::vector<std::optional<bool>> values_;  // of what was evaluated
  std::size_t next_ = 0;
};

// ---------------------------------------------------------------- leaves that cannot be both

// A leaf over clients, connections or organizations alone has as many outcomes as the tenant has of these.
class Structure {
 public:
  explicit Structure(const model::Tenant& tenant) : tenant_(tenant), part_(tenant.structure) {}

  bool can_vary(model::ExprId leaf) {
    asks_ = 0;
    look(leaf);
    if (asks_ == nothing) return false;
    std::set<std::int64_t> outcomes;
    if (asks_ == client)
      for (client_ = 0; client_ < part_.clients.size(); ++client_) note(leaf, outcomes);
    else if (asks_ == connection)
      for (connection_ = 0; connection_ < part_.connections.size(); ++connection_) note(leaf, outcomes);
    else
      return true;
    return outcomes.size() > 1 || unknown_;
  }

 private:
  static constexpr unsigned nothing = 0, client = 1, connection = 2, other = 4;
  const model::Expr& at(model::ExprId id) const { return tenant_.expressions[static_cast<std::size_t>(id)]; }

  void look(model::ExprId id) {
    const auto& node = at(id);
    switch (node.op) {
    case Op::client_index:
    case Op::client_type: asks_ |= client; break;
    case Op::connection_index:
    case Op::connection_family:
    case Op::connection_strategy: asks_ |= connection; break;
    case Op::organization_index:
    case Op::has_fact:
    case Op::fact_bool:
    case Op::fact_int:
    case Op::fact_string:
    case Op::fact_ip:
    case Op::fact_set:
    case Op::element: asks_ |= other; break;
    default: break;
    }
    for (const auto operand : node.operands) look(operand);
  }

  void note(model::ExprId leaf, std::set<std::int64_t>& outcomes) {
    unknown_ = false;
    outcomes.insert(value(leaf));
  }

  std::int64_t value(model::ExprId id) {
    const auto& node = at(id);
    const auto operand = [&](std::size_t i) { return value(node.operands[i]); };
    switch (node.op) {
    case Op::client_index: return static_cast<std::int64_t>(client_);
    case Op::client_type: return static_cast<std::int64_t>(part_.clients[client_].type);
    case Op::connection_index: return static_cast<std::int64_t>(connection_);
    case Op::connection_strategy: return part_.connections[connection_].strategy;
    case Op::connection_family:
      return static_cast<std::int64_t>(strategies[part_.connections[connection_].strategy].family);
    case Op::const_bool: return std::get<bool>(*node.constant) ? 1 : 0;
    case Op::const_int: return std::get<std::int64_t>(*node.constant);
    case Op::in_bits: {
      const auto& members = std::get<program::Bits>(*node.constant).members;
      return std::ranges::find(members, static_cast<std::uint32_t>(operand(0))) != members.end();
    }
    case Op::in_ints: {
      const auto& list = std::get<std::vector<std::int64_t>>(*node.constant);
      return std::ranges::find(list, operand(0)) != list.end();
    }
    case Op::eq_int: return operand(0) == operand(1);
    case Op::ne_int: return operand(0) != operand(1);
    case Op::not_: return operand(0) == 0;
    default: unknown_ = true; return 0;
    }
  }

  const model::Tenant& tenant_;
  const program::Part& part_;
  std::size_t client_ = 0, connection_ = 0;
  unsigned asks_ = 0;
  bool unknown_ = false;  // an op that is not followed here
};

template <class Record>
std::string name_of(const std::vector<Record>& records, std::string_view id) {
  const auto found = std::ranges::find(records, id, &Record::id);
  return found == records.end() ? std::string() : found->name;
}

}  // namespace

// ---------------------------------------------------------------- what there is

struct Coverable::State {
  const model::Policy& policy;
  std::vector<RuleCover> rules;
  std::vector<RuleShape> shapes;                       // parallel
  std::vector<std::vector<std::uint32_t>> tenants_of;  // parallel: tenants in which the rule is in force
  std::vector<DeclarationCover> declarations;
  std::unordered_map<std::string_view, std::uint32_t> tenants;  // by wire id
  std::map<std::tuple<FileId, std::uint32_t, std::string>, std::uint32_t> by_place;
  // Declarations by what reaches them: "tenant\x1f…".
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_key;
  std::vector<std::string> template_of;  // by tenant
  std::vector<std::pair<Span, std::uint32_t>> passwords;

  std::uint32_t rule(const model::Tenant& tenant, const model::Rule& rule) const {
    const auto found = by_place.find({rule.span.file, rule.span.begin, signature(ShapeReader(tenant).read(rule))});
    return found->second;
  }
};

namespace {

// The declarations of all files, each under the keys that reach it.
template <class State>
class Declarations {
 public:
  Declarations(State& state, const SourceSet& sources) : state_(state), sources_(sources) {}

  void read(const tree::Tree& tree) {
    for (const auto& one : tree.declarations) {
      if (const auto* tenant = std::get_if<tree::TenantDecl>(&one)) {
        add(tenant->name.span, "tenant " + tenant->name.text, key("tenant", tenant->name.text));
        items(tenant->items, tenant->name.text, "tenant " + tenant->name.text);
      } else if (const auto* extend = std::get_if<tree::ExtendTenantDecl>(&one)) {
        items(extend->items, extend->name.text, "tenant " + extend->name.text);
      } else if (const auto* shape = std::get_if<tree::TemplateDecl>(&one)) {
        add(shape->name.span, "template " + shape->name.text, key("template", shape->name.text));
        items(shape->items, "template " + shape->name.text, "template " + shape->name.text);
      } else if (const auto* client = std::get_if<tree::ClientDecl>(&one)) {
        add(client->name.span, "client " + client->name.text, key("client", "", client->name.text));
        passwords(client->items, "client " + client->name.text);
      } else if (const auto* platform = std::get_if<tree::PlatformDecl>(&one)) {
        passwords(platform->items, "platform");
      }
    }
  }

  static std::string key(std::string_view kind, std::string_view owner, std::string_view name = {}) {
    return std::string(kind) + '\x1f' + std::string(owner) + '\x1f' + std::string(name);
  }

 private:
  std::uint32_t add(Span span, std::string text, const std::string& reached_by) {
    const auto place = static_cast<std::uint32_t>(state_.declarations.size());
    state_.declarations.push_back({span, sources_.place(span), std::move(text), 0});
    if (!reached_by.empty()) state_.by_key[reached_by].push_back(place);
    return place;
  }

  void items(const std::vector<tree::Item>& list, const std::string& owner, const std::string& of) {
    for (const auto& one : list) {
      if (const auto* client = std::get_if<tree::ClientDecl>(&one)) {
        add(client->name.span, "client " + client->name.text + " of " + of, key("client", owner, client->name.text));
        passwords(client->items, of + " client " + client->name.text);
      } else if (const auto* use = std::get_if<tree::UseDecl>(&one)) {
        add(use->client.span, "use " + use->client.text + " of " + of, key("client", owner, use->client.text));
      } else if (const auto* connection = std::get_if<tree::ConnectionDecl>(&one)) {
        add(connection->name.span, "connection " + connection->name.text + " of " + of,
            key("connection", owner, connection->name.text));
        passwords(connection->items, of + " connection " + connection->name.text);
      } else if (const auto* organization = std::get_if<tree::OrganizationDecl>(&one)) {
        add(organization->name.span, "organization " + organization->name.text + " of " + of,
            key("organization", owner, organization->name.text));
      }
    }
    passwords(list, of);
  }

  void passwords(const std::vector<tree::Item>& list, const std::string& of) {
    for (const auto& one : list)
      if (const auto* password = std::get_if<tree::PasswordDecl>(&one);
          password != nullptr && !password->requirements.empty())
        state_.passwords.emplace_back(
            password->span,
            add(password->span,
                (password->name.text.empty() ? "password" : "password " + password->name.text) + " of " + of, {}));
  }

  State& state_;
  const SourceSet& sources_;
};

}  // namespace

Coverable::Coverable(const model::Policy& policy, const SourceSet& sources, std::span<const tree::Tree* const> trees)
    : state_(new State{policy, {}, {}, {}, {}, {}, {}, {}, {}, {}}) {
  for (std::uint32_t i = 0; i < policy.tenants.size(); ++i) {
    const model::Tenant& tenant = policy.tenants[i];
    state_->tenants.try_emplace(tenant.structure.id, i);
    for (const model::Rule& rule : tenant.rules) {
      auto shape = ShapeReader(tenant).read(rule);
      const auto next = static_cast<std::uint32_t>(state_->rules.size());
      const auto [found, fresh] =
          state_->by_place.try_emplace({rule.span.file, rule.span.begin, signature(shape)}, next);
      if (fresh) {
        RuleCover cover{rule.span, sources.place(rule.span), rule.text, 0, 0, {}};
        for (const auto leaf : shape.leaves)
          cover.conditions.push_back({tenant.expressions[static_cast<std::size_t>(leaf)].text, true, 0, 0});
        state_->rules.push_back(std::move(cover));
        state_->shapes.push_back(std::move(shape));
        state_->tenants_of.emplace_back();
      }
      state_->tenants_of[found->second].push_back(i);
    }
  }
  state_->template_of.resize(policy.tenants.size());
  std::unordered_map<std::string_view, std::uint32_t> by_name;
  for (std::uint32_t i = 0; i < policy.tenants.size(); ++i) by_name.try_emplace(policy.tenants[i].structure.name, i);
  Declarations declarations(*state_, sources);
  for (const auto* tree : trees) {
    declarations.read(*tree);
    for (const auto& one : tree->declarations)
      if (const auto* tenant = std::get_if<tree::TenantDecl>(&one); tenant != nullptr && tenant->from)
        if (const auto found = by_name.find(tenant->name.text); found != by_name.end())
          state_->template_of[found->second] = "template " + tenant->from->text;
  }
}

Coverable::~Coverable() = default;

// ---------------------------------------------------------------- what was seen

struct Meter::State {
  const Coverable::State& coverable;
  const Subject subject;
  std::vector<RuleCover> rules;  // counts only
  std::vector<std::size_t> declarations;
  std::unordered_map<std::string, std::unordered_map<std::string, std::uint32_t>> known;  // tenant, rule id → rule

  std::uint32_t rule(std::uint32_t tenant, const std::string& id) {
    const model::Tenant& model = coverable.policy.tenants[tenant];
    auto& rules_of = known[model.structure.id];
    if (rules_of.empty())
      for (const auto& one : model.rules) rules_of.emplace(one.id, coverable.rule(model, one));
    const auto found = rules_of.find(id);
    return found == rules_of.end() ? UINT32_MAX : found->second;
  }

  void reach(std::string_view kind, std::uint32_t tenant, const std::string& name) {
    const model::Tenant& model = coverable.policy.tenants[tenant];
    const auto count = [&](std::string_view owner) {
      const auto found = coverable.by_key.find(Declarations<Coverable::State>::key(kind, owner, name));
      if (found == coverable.by_key.end()) return;
      for (const auto place : found->second) ++declarations[place];
    };
    count(model.structure.name);
    if (const auto& made_of = coverable.template_of[tenant]; !made_of.empty()) count(made_of);
    if (kind == "client") count("");
  }
};

Meter::Meter(const Coverable& coverable, const Subject& subject)
    : state_(new State{*coverable.state_, subject, coverable.state_->rules, {}, {}}) {
  state_->declarations.resize(coverable.state_->declarations.size());
}
Meter::~Meter() = default;

void Meter::decided(const NamedRequest& asked, const Request& request, const Explanation& decision) {
  if (decision.because == Because::fault) return;  // no rule was asked
  const auto found = state_->coverable.tenants.find(asked.tenant);
  if (found == state_->coverable.tenants.end()) return;
  const auto tenant = found->second;
  for (const TraceEntry& entry : state_->subject.engine.trace(request)) {
    const auto place = state_->rule(tenant, entry.id);
    if (place == UINT32_MAX) continue;
    RuleCover& rule = state_->rules[place];
    ++rule.asked;
    rule.fired += entry.fired ? 1 : 0;
    Replay(state_->coverable.shapes[place], entry.leaves, rule.conditions);
  }
  const program::Part& part = state_->coverable.policy.tenants[tenant].structure;
  const auto reach_tenant = [&](std::string_view kind, const std::string& owner) {
    const auto known = state_->coverable.by_key.find(Declarations<Coverable::State>::key(kind, owner));
    if (known == state_->coverable.by_key.end()) return;
    for (const auto place : known->second) ++state_->declarations[place];
  };
  reach_tenant("tenant", part.name);
  if (const auto& made_of = state_->coverable.template_of[tenant]; !made_of.empty())
    reach_tenant("template", made_of.substr(std::string_view("template ").size()));
  state_->reach("client", tenant, name_of(part.clients, asked.client));
  if (asked.connection) state_->reach("connection", tenant, name_of(part.connections, *asked.connection));
  if (asked.organization) state_->reach("organization", tenant, name_of(part.organizations, *asked.organization));
}

void Meter::judged(const PasswordQuestion& asked, const PasswordReport& report) {
  if (report.fault != PasswordFault::none) return;
  const auto found = state_->coverable.tenants.find(asked.tenant);
  if (found == state_->coverable.tenants.end()) return;
  const model::Tenant& tenant = state_->coverable.policy.tenants[found->second];
  for (const auto& policy : tenant.passwords) {
    if (tenant.structure.connections[policy.connection].id != asked.connection) continue;
    state_->reach("connection", found->second, tenant.structure.connections[policy.connection].name);
    for (const auto& [span, place] : state_->coverable.passwords)
      if (std::ranges::any_of(policy.requirements, [within = span](const model::PasswordRequirement& one) {
            return one.span.file == within.file && within.begin <= one.span.begin && one.span.end <= within.end;
          }))
        ++state_->declarations[place];
  }
}

Coverage coverage(const Coverable& coverable, std::vector<std::unique_ptr<Meter>>& meters) {
  const auto& all = *coverable.state_;
  Coverage sum{all.rules, all.declarations};
  for (const auto& meter : meters) {
    for (std::size_t i = 0; i < sum.rules.size(); ++i) {
      const RuleCover& more = meter->state_->rules[i];
      sum.rules[i].asked += more.asked, sum.rules[i].fired += more.fired;
      for (std::size_t k = 0; k < more.conditions.size(); ++k) {
        sum.rules[i].conditions[k].as_true += more.conditions[k].as_true;
        sum.rules[i].conditions[k].as_false += more.conditions[k].as_false;
      }
    }
    for (std::size_t i = 0; i < sum.declarations.size(); ++i)
      sum.declarations[i].asked += meter->state_->declarations[i];
  }
  for (std::size_t i = 0; i < sum.rules.size(); ++i)
    for (std::size_t k = 0; k < sum.rules[i].conditions.size(); ++k) {
      ConditionCover& condition = sum.rules[i].conditions[k];
      if (condition.shown()) continue;
      // The leaf of each tenant has the same place among the leaves of its own rule.
      condition.counts = std::ranges::any_of(all.tenants_of[i], [&](std::uint32_t place) {
        const model::Tenant& tenant = all.policy.tenants[place];
        return std::ranges::any_of(tenant.rules, [&](const model::Rule& rule) {
          if (rule.span.file != sum.rules[i].span.file || rule.span.begin != sum.rules[i].span.begin) return false;
          const auto shape = ShapeReader(tenant).read(rule);
          return k < shape.leaves.size() && Structure(tenant).can_vary(shape.leaves[k]);
        });
      });
    }
  const auto by_place = [](const auto& one) { return std::pair(one.span.file, one.span.begin); };
  std::ranges::stable_sort(sum.rules, {}, by_place);
  std::ranges::stable_sort(sum.declarations, {}, by_place);
  return sum;
}

Cover Coverage::of(Measure measure) const {
  Cover cover;
  const auto add = [&](bool covered) {
    ++cover.total;
    cover.covered += covered ? 1 : 0;
  };
  switch (measure) {
  case Measure::rules:
    for (const RuleCover& rule : rules) add(rule.fired > 0);
    break;
  case Measure::conditions:
    for (const RuleCover& rule : rules)
      for (const ConditionCover& one : rule.conditions)
        if (one.counts) add(one.shown());
    break;
  case Measure::declarations:
    for (const DeclarationCover& one : declarations) add(one.asked > 0);
    break;
  }
  return cover;
}

// ---------------------------------------------------------------- LCOV

std::string lcov(const Coverage& coverage, const SourceSet& sources) {
  struct File {
    std::map<std::uint32_t, std::size_t> lines;
    std::vector<std::pair<std::uint32_t, const DeclarationCover*>> functions;
    std::vector<std::pair<std::uint32_t, const RuleCover*>> rules;
  };
  std::map<std::string, File> files;
  const auto line_of = [&](Span span) {
    return static_cast<std::uint32_t>(sources.position(span.file, span.begin).line);
  };
  for (const RuleCover& rule : coverage.rules) {
    File& file = files[sources.name(rule.span.file)];
    file.lines[line_of(rule.span)] += rule.fired;
    file.rules.emplace_back(line_of(rule.span), &rule);
  }
  for (const DeclarationCover& one : coverage.declarations) {
    File& file = files[sources.name(one.span.file)];
    file.lines[line_of(one.span)] += one.asked;
    file.functions.emplace_back(line_of(one.span), &one);
  }
  std::string text;
  for (const auto& [name, file] : files) {
    text += "TN:\nSF:" + name + "\n";
    std::size_t hit = 0;
    for (const auto& [line, one] : file.functions) text += fmt::format("FN:{},{}\n", line, one->text);
    for (const auto& [line, one] : file.functions) {
      text += fmt::format("FNDA:{},{}\n", one->asked, one->text);
      hit += one->asked > 0 ? 1 : 0;
    }
    text += fmt::format("FNF:{}\nFNH:{}\n", file.functions.size(), hit);
    std::size_t branches = 0, taken = 0, block = 0;
    for (const auto& [line, rule] : file.rules) {
      std::size_t branch = 0;
      for (const ConditionCover& one : rule->conditions) {
        if (!one.counts) continue;
        for (const std::size_t times : {one.as_true, one.as_false}) {
          text +=
              fmt::format("BRDA:{},{},{},{}\n", line, block, branch++, rule->asked == 0 ? "-" : std::to_string(times));
          ++branches;
          taken += times > 0 ? 1 : 0;
        }
      }
      ++block;
    }
    text += fmt::format("BRF:{}\nBRH:{}\n", branches, taken);
    std::size_t reached = 0;
    for (const auto& [line, times] : file.lines) {
      text += fmt::format("DA:{},{}\n", line, times);
      reached += times > 0 ? 1 : 0;
    }
    text += fmt::format("LF:{}\nLH:{}\nend_of_record\n", file.lines.size(), reached);
  }
  return text;
}

}  // namespace writ::testing
