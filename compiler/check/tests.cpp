// Tests and proofs are checked after all tenants: what a line names must be there, what it sets must be a fact of the action with a literal
// of its type, and what it expects must be able to come about. A test that could never fail or never hold is a mistake, not a test.
#include "compiler/check/tests.h"

#include "compiler/check/expression.h"
#include "compiler/check/passwords.h"
#include "compiler/check/tenant.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <map>
#include <set>

namespace writ::check {

namespace {

constexpr ActionMask with_connection = builtin_facts[index(fact("connection"))].required;
constexpr std::array<std::string_view, 2> denies_without_rule = {"no_allow", "conflicting_obligations"};

template <class Record>
std::vector<std::string_view> record_names(const std::vector<Record>& records) {
  std::vector<std::string_view> names;
  for (const auto& record : records) names.push_back(record.name);
  return names;
}

template <class Record>
bool has_record(Run& run, const std::vector<Record>& records, std::string_view tenant, std::string_view kind,
                const std::optional<tree::Name>& name) {
  if (!name || std::ranges::find(records, name->text, &Record::name) != records.end()) return true;
  undeclared(run, Code::undeclared, "tenant " + in_ticks(tenant) + " has no " + std::string(kind), *name,
             record_names(records));
  return false;
}

std::optional<Action> action_of(Run& run, const tree::Name& name) {
  if (const auto action = index_of(action_names, name.text)) return static_cast<Action>(*action);
  undeclared(run, Code::unknown_word, "there is no action", name, action_names);
  return std::nullopt;
}

// The names a line says beside its tenant.
bool names_are_there(Run& run, const program::Part& part, const tree::RequestLine& line) {
  const bool client = has_record(run, part.clients, part.name, "client", line.client);
  const bool connection = has_record(run, part.connections, part.name, "connection", line.connection);
  const bool organization = has_record(run, part.organizations, part.name, "organization", line.organization);
  return client && connection && organization;
}

std::optional<Value> one_value(const tree::Literal& literal, const FactInfo& fact) {
  using Kind = tree::Literal::Kind;
  switch (literal.kind) {
  case Kind::boolean:
    return fact.type == TypeKind::boolean ? std::optional<Value>(std::get<bool>(literal.value)) : std::nullopt;
  case Kind::integer:
    return fact.type == TypeKind::integer ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::duration:
    return fact.type == TypeKind::duration ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::time:
    return fact.type == TypeKind::time ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::ip: return fact.type == TypeKind::ip ? std::optional<Value>(std::get<Ip>(literal.value)) : std::nullopt;
  case Kind::string: {
    const auto& text = std::get<std::string>(literal.value);
    if (fact.type == TypeKind::string) return text;
    if (fact.type != TypeKind::enumeration) return std::nullopt;
    const auto found = std::ranges::find(fact.values, text);
    return found == fact.values.end() ? std::nullopt
                                      : std::optional<Value>(static_cast<std::int64_t>(found - fact.values.begin()));
  }
  case Kind::cidr:
  case Kind::clock: return std::nullopt;
  }
  return std::nullopt;
}

class Tests {
 public:
  Tests(Run& run, const Declarations& set, const model::Policy& policy) : run_(run), set_(set) {
    for (const auto& tenant : policy.tenants) tenants_.try_emplace(tenant.structure.name, &tenant);
  }

  void check(const In<tree::TestDecl>& test) {
    tree_ = test.tree;
    tenant_ = nullptr;
    asked_password_ = false;
    for (const auto& step : test->steps) {
      if (const auto* line = std::get_if<tree::RequestLine>(&step))
        request(*line);
      else if (const auto* password = std::get_if<tree::PasswordLine>(&step))
        ask(*password);
      else if (const auto& expect = std::get<tree::Expect>(step); of_password(expect))  // the parser has seen that
        password_expectation(expect);                                                   // a question stands before it
      else
        expectation(expect);
    }
  }

 private:
  // Whether the expectation is one of passwords; it must be when a password was asked for, and must not when not.
  bool of_password(const tree::Expect& expect) {
    const bool is = expect.of_password();
    if (is != asked_password_)
      run_.diagnostics
          .add(Code::impossible_expectation, expect.effect.span,
               is ? "a request is not " + in_ticks(expect.effect.text)
                  : "a password is not " + in_ticks(expect.effect.text))
          .hint(is ? "a request is an allow, a challenge or a deny" : "write `expect accepted` or `expect refused`");
    return is;
  }

  void ask(const tree::PasswordLine& line) {
    asked_password_ = true;
    policy_ = nullptr;
    tenant_ = nullptr;
    const auto found = tenants_.find(line.tenant.text);
    if (found == tenants_.end()) {
      undeclared(run_, Code::undeclared, "there is no tenant", line.tenant, set_.tenant_places);
      return;
    }
    if (!line.connection) {
      run_.diagnostics.add(Code::incomplete_request, line.span, "a password is set for a connection")
          .hint("write `password \"…\" for " + name_text(line.tenant.text) + ".CONNECTION`");
      return;
    }
    const auto& part = found->second->structure;
    if (!has_record(run_, part.connections, part.name, "connection", line.connection)) return;
    for (const auto& policy : found->second->passwords)
      if (part.connections[policy.connection].name == line.connection->text) policy_ = &policy;
    if (policy_ == nullptr) {
      run_.diagnostics
          .add(Code::password_without_database, line.connection->span,
               "connection " + in_ticks(line.connection->text) + " has no passwords of its own")
          .hint("ask for a connection of strategy `database`");
      return;
    }
    if (line.event && !index_of(password_event_names, line.event->text))
      undeclared(run_, Code::unknown_word, "no password is set at", *line.event, password_event_names);
    for (const auto& fact : line.facts) password_fact(fact);
  }

  void password_fact(const tree::FactAssign& line) {
    static constexpr std::array<std::string_view, 3> names = {"user.username", "user.email", "user.profile"};
    const std::string name = joined(line.path);
    if (std::ranges::find(names, name) == names.end()) {
      undeclared(run_, Code::bad_fact_in_test, "a password is not judged by", {name, line.span, false}, names);
      return;
    }
    if (line.value == tree::ExprId::none || password_fact_value(*tree_, line)) return;
    run_.diagnostics
        .add(Code::bad_fact_in_test, (*tree_)[line.value].span,
             in_ticks(name) + (name == names[2] ? " is a list of strings" : " is a string"))
        .hint(name == names[2] ? "write it out: user.profile = [\"Ann\", \"Smith\"]"
                               : "write it out: " + name + " = \"ann\"");
  }

  void password_expectation(const tree::Expect& expect) {
    if (expect.fault && (!index_of(password_fault_names, expect.fault->text) || expect.fault->text == "none"))
      undeclared(run_, Code::unknown_word, "there is no fault of passwords", *expect.fault,
                 std::span(password_fault_names).subspan(1));
    for (const auto& by : expect.by) {
      std::vector<std::string_view> known;
      for (const auto name : password_check_names) known.push_back(name);
      if (std::ranges::none_of(known, [&](auto name) { return is_check(name, by.text); })) {
        undeclared(run_, Code::impossible_expectation, "no requirement is named", {by.text, by.span, false}, known);
        continue;
      }
      if (policy_ == nullptr) continue;  // its question is wrong already
      const bool asked = std::ranges::any_of(policy_->requirements, [&](const auto& one) {
        return std::ranges::any_of(checks_of(one.requirement), [&](PasswordCheck check) {
          return is_check(password_check_names[static_cast<std::size_t>(check)], by.text);
        });
      });
      if (!asked)
        run_.diagnostics
            .add(Code::impossible_expectation, by.span,
                 "nothing of this connection's passwords asks for " + in_ticks(by.text))
            .hint("`writ password explain` lists what does");
    }
  }

  void request(const tree::RequestLine& line) {
    asked_password_ = false;
    tenant_ = nullptr;
    const auto action = action_of(run_, line.action);
    if (!action || !complete(line, *action)) return;
    action_ = *action;
    const auto found = tenants_.find(line.tenant->text);
    if (found == tenants_.end()) {
      undeclared(run_, Code::undeclared, "there is no tenant", *line.tenant, set_.tenant_places);
      return;
    }
    if (!names_are_there(run_, found->second->structure, line)) return;
    tenant_ = found->second;
    std::map<std::string, Span> seen;
    for (const auto& fact : line.facts) {
      const auto [first, fresh] = seen.try_emplace(joined(fact.path), fact.span);
      if (fresh)
        assign(fact);
      else
        given_twice(run_, first->first, fact.span, first->second).hint("keep one of them");
    }
  }

  bool complete(const tree::RequestLine& line, Action action) {
    const bool wants_connection = (with_connection & mask_of(action)) != 0;
    const std::string name(action_names[static_cast<std::size_t>(action)]);
    const auto refuse = [&](Span span, const std::string& what) {
      run_.diagnostics.add(Code::incomplete_request, span, what)
          .hint("write `" + name + " to tenant.client" + (wants_connection ? " via connection`" : "`"));
      return false;
    };
    if (!line.tenant || !line.client) return refuse(line.span, "a request names a tenant and a client");
    if (wants_connection && !line.connection)
      return refuse(line.action.span, "a request for " + in_ticks(name) + " names a connection");
    if (!wants_connection && line.connection)
      return refuse(line.connection->span, "a request for " + in_ticks(name) + " has no connection");
    return true;
  }

  void assign(const tree::FactAssign& line) {
    const std::string name = joined(line.path);
    const Span span =
        line.path.empty() ? line.span : Span{line.span.file, line.path.front().span.begin, line.path.back().span.end};
    Scope scope;
    scope.attributes = &tenant_->structure.attributes;
    const auto fact = find_fact(scope, name);
    if (!fact) {
      unknown(name, span);
    } else if (fact->type >= TypeKind::tenant) {
      run_.diagnostics.add(Code::bad_fact_in_test, span, in_ticks(name) + " is said in the request's line")
          .hint("the line is `login to tenant.client in organization via connection`");
    } else if (((fact->required | fact->optional) & mask_of(action_)) == 0) {
      run_.diagnostics
          .add(Code::fact_not_in_action, span,
               in_ticks(name) + " does not exist in " + std::string(action_names[static_cast<std::size_t>(action_)]))
          .under("exists in " + actions_text(fact->required | fact->optional) + " only")
          .hint("leave it out: a request for " + std::string(action_names[static_cast<std::size_t>(action_)]) +
                " cannot carry it");
    } else if (line.value != tree::ExprId::none && !test_value(*tree_, line.value, *fact)) {
      const Span where = (*tree_)[line.value].span;
      run_.diagnostics
          .add(Code::bad_fact_in_test, where,
               in_ticks(name) + " is " + a(type_text(fact->type, fact->values, INT64_MIN, INT64_MAX)) + ", " +
                   in_ticks(run_.sources.text(where)) + " is not")
          .hint("a test gives a literal: " +
                in_ticks(name + " = " + example_of(fact->type, fact->values, fact->low, fact->high)));
    }
  }

  void unknown(const std::string& name, Span span) {
    if (set_.tenant_attributes.contains(name)) {
      run_.diagnostics.add(Code::bad_fact_in_test, span, in_ticks(name) + " is set by the tenant, not by a request")
          .at(set_.tenant_attributes.find(name)->second->span, "declared here")
          .hint("to test another value, ask another tenant");
      return;
    }
    std::vector<std::string_view> candidates;
    for (const Fact& known : builtin_facts) candidates.push_back(known.name);
    for (const auto& attribute : tenant_->structure.attributes) candidates.push_back(attribute.name);
    undeclared(run_, Code::unknown_fact, "there is no fact", {name, span, false}, candidates);
  }

  void expectation(const tree::Expect& expect) {
    const auto effect = index_of(effect_names, expect.effect.text);
    if (!effect) {
      undeclared(run_, Code::unknown_word, "there is no effect", expect.effect, effect_names);
      return;
    }
    const auto impossible = [&](Span span, std::string text) -> Diagnostic& {
      return run_.diagnostics.add(Code::impossible_expectation, span, std::move(text));
    };
    if (expect.fault) {
      if (const auto fault = index_of(fault_names, expect.fault->text); !fault || *fault == 0)
        undeclared(run_, Code::unknown_word, "there is no fault", *expect.fault, std::span(fault_names).subspan(1));
      if (static_cast<Effect>(*effect) != Effect::deny)
        impossible(expect.fault->span, "a fault is a deny, never " + in_ticks(expect.effect.text))
            .fix("write `expect deny fault …`", expect.effect.span, "deny");
    }
    if (tenant_ == nullptr) return;  // its request is wrong already
    for (const auto& name : expect.by) by(static_cast<Effect>(*effect), name);
    if (static_cast<Effect>(*effect) == Effect::challenge)
      for (const auto& choice : expect.obligations) entry(choice);
  }

  void by(Effect effect, const tree::Text& name) {
    if (effect == Effect::deny && std::ranges::find(denies_without_rule, name.text) != denies_without_rule.end())
      return;
    const RuleEffect wanted = effect == Effect::allow  ? RuleEffect::allow
                              : effect == Effect::deny ? RuleEffect::deny
                                                       : RuleEffect::require;
    std::vector<std::string_view> candidates;
    for (const auto& rule : tenant_->rules) {
      if (rule.effect != wanted || (rule.actions & mask_of(action_)) == 0) continue;
      if (rule.name == name.text || rule.id == name.text) return;
      candidates.push_back(rule.name.empty() ? std::string_view(rule.id) : std::string_view(rule.name));
    }
    const std::string effects(rule_effect_names[static_cast<std::size_t>(wanted)]);
    auto& unknown = undeclared(run_, Code::impossible_expectation,
                               "tenant " + in_ticks(tenant_->structure.name) + " has no " + effects + " for " +
                                   std::string(action_names[static_cast<std::size_t>(action_)]) + " named",
                               {name.text, name.span, true}, candidates);
    if (candidates.empty()) unknown.hint("it has no " + effects + " for this action at all");
  }

  void entry(const std::vector<tree::Obligation>& choice) {
    std::string text;
    for (const auto& obligation : choice) text += (text.empty() ? "" : " or ") + canonical(*tree_, obligation);
    std::vector<std::string_view> candidates;
    for (const auto& rule : tenant_->rules) {
      if (rule.effect != RuleEffect::require || (rule.actions & mask_of(action_)) == 0) continue;
      if (rule.entry == text) return;
      candidates.push_back(rule.entry);
    }
    Span span = choice.front().span;
    span.end = choice.back().span.end;
    auto& diagnostic =
        run_.diagnostics.add(Code::impossible_expectation, span,
                             "no rule of tenant " + in_ticks(tenant_->structure.name) + " requires " + in_ticks(text));
    if (!suggest_text(run_.diagnostics, diagnostic, text, candidates)) list_choices(diagnostic, candidates);
  }

  Run& run_;
  const Declarations& set_;
  std::unordered_map<std::string_view, const model::Tenant*> tenants_;
  const tree::Tree* tree_ = nullptr;
  const model::Tenant* tenant_ = nullptr;
  Action action_{};
  bool asked_password_ = false;
  const model::EffectivePassword* policy_ = nullptr;
};

// One statement in a scope: its action, its conclusion.
void conclude(Run& run, const tree::Tree& tree, const tree::ProveStatement& statement, const Scope& outer) {
  const auto action = action_of(run, statement.request.action);
  if (!action) return;
  if (statement.request.connection && (with_connection & mask_of(*action)) == 0)
    run.diagnostics.add(Code::incomplete_request, statement.request.connection->span,
                        "a request for " + in_ticks(statement.request.action.text) + " has no connection");
  Scope scope;
  scope.outer = &outer;
  scope.tree = &tree;
  check_alone(Place{&scope, mask_of(*action)}, tree, statement.implies, true, run.sources, run.limits, run.diagnostics);
}

}  // namespace

bool is_check(std::string_view id, std::string_view name) {
  return id == name || (id.starts_with(name) && id[name.size()] == '.');
}

std::optional<StringSet> password_fact_value(const tree::Tree& tree, const tree::FactAssign& line) {
  FactInfo info;
  info.type = joined(line.path) == "user.profile" ? TypeKind::string_set : TypeKind::string;
  auto value = test_value(tree, line.value, info);
  if (!value) return std::nullopt;
  if (auto* list = std::get_if<StringSet>(&*value)) return std::move(*list);
  return StringSet{std::get<std::string>(*value)};
}

std::optional<Value> test_value(const tree::Tree& tree, tree::ExprId id, const FactInfo& fact) {
  const auto& node = tree[id].node;
  if (const auto* literal = std::get_if<tree::Literal>(&node)) return one_value(*literal, fact);
  if (const auto* path = std::get_if<tree::Path>(&node);
      path != nullptr && fact.type == TypeKind::enumeration && path->parts.size() == 1) {
    const auto found = std::ranges::find(fact.values, path->parts[0].text);
    if (found != fact.values.end()) return static_cast<std::int64_t>(found - fact.values.begin());
  }
  const auto* list = std::get_if<tree::List>(&node);
  if (list == nullptr || fact.type != TypeKind::string_set) return std::nullopt;
  StringSet strings;
  for (const auto item : list->items) {
    const auto* literal = std::get_if<tree::Literal>(&tree[item].node);
    if (literal == nullptr || literal->kind != tree::Literal::Kind::string) return std::nullopt;
    strings.push_back(std::get<std::string>(literal->value));
  }
  return strings;
}

void check_tests(Run& run, const Declarations& set, const model::Policy& policy) {
  Tests tests(run, set, policy);
  for (const auto& test : set.tests) tests.check(test);
}

void check_proofs(TenantCheck& tenant, std::span<const In<tree::ProveDecl>> proves) {
  Run& run = tenant.run;
  for (const auto& proof : proves)
    for (const auto& statement : proof->statements) {
      if (!statement.request.tenant || statement.request.tenant->text != tenant.name()) continue;
      if (!names_are_there(run, tenant.result.structure, statement.request)) continue;
      conclude(run, *proof.tree, statement, *tenant.scope);
      if (!statement.by) continue;
      const bool known = std::ranges::any_of(tenant.result.rules, [&](const model::Rule& rule) {
        return rule.name == statement.by->text || rule.id == statement.by->text;
      });
      std::vector<std::string_view> candidates;
      for (const auto& rule : tenant.result.rules)
        candidates.push_back(rule.name.empty() ? std::string_view(rule.id) : std::string_view(rule.name));
      if (!known && std::ranges::find(denies_without_rule, statement.by->text) == denies_without_rule.end())
        undeclared(run, Code::impossible_expectation, "tenant " + in_ticks(tenant.name()) + " has no rule named",
                   {statement.by->text, statement.by->span, true}, candidates);
    }
}

void check_free_proofs(Run& run, const Declarations& set, const Platform& platform) {
  program::Part part;  // every tenant: the facts and clients they share
  part.attributes = set.attributes;
  for (std::size_t i = 0; i < set.clients.size(); ++i) {
    auto& record = part.clients.emplace_back();
    record.id = platform.client_ids[i];
    record.name = set.clients[i]->name.text;
  }
  std::ranges::sort(part.clients, {}, &program::ClientRecord::id);
  Scope scope;
  scope.outer = &platform.global;
  scope.part = &part;
  scope.tenant_attributes = &platform.any_attributes;
  for (const auto& proof : set.proves)
    for (const auto& statement : proof->statements) {
      const auto& request = statement.request;
      if (request.tenant) {
        if (!set.tenant_places.contains(request.tenant->text))
          undeclared(run, Code::undeclared, "there is no tenant", *request.tenant, set.tenant_places);
        continue;
      }
      if (request.connection || request.organization)
        run.diagnostics
            .add(Code::incomplete_request, request.connection ? request.connection->span : request.organization->span,
                 "a statement about every tenant names one tenant's thing")
            .hint("say of which tenant: `" + request.action.text + " to acme " +
                  (request.connection ? "via " + name_text(request.connection->text)
                                      : "in " + name_text(request.organization->text)) +
                  " …`");
      else
        conclude(run, *proof.tree, statement, scope);
    }
}

}  // namespace writ::check
