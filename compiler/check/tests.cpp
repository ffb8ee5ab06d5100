// Tests are checked after all tenants: what a line names must be there, what it sets must be a fact of the action with a literal
// of its type, and what it expects must be able to come about. A test that could never fail or never hold is a mistake, not a test.
#include "compiler/check/tests.h"

#include "compiler/check/expression.h"
#include "compiler/check/passwords.h"
#include "compiler/check/tenant.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <map>
#include <utility>

namespace writ::check {

namespace {

class Tests {
 public:
  Tests(Run& run, const Declarations& set, const model::Policy& policy)
      : run_(run), set_(set), whole_(policy), questions_(policy) {
    for (const auto& tenant : policy.tenants) tenants_.try_emplace(tenant.structure.name, &tenant);
  }

  void check(const In<tree::TestDecl>& test) {
    tree_ = test.tree;
    now_ = test_time;
    asked_ = Asked::nothing;
    for (const auto& step : test->steps) {
      if (const auto* question = std::get_if<tree::Question>(&step))
        ask(*question);
      else if (const auto* password = std::get_if<tree::PasswordLine>(&step))
        ask(*password);
      else if (const auto* clock = std::get_if<tree::Clock>(&step))
        turn(*clock);
      else
        expect(std::get<tree::Expect>(step));
    }
    settle();
    if (test->steps.empty() && !run_.diagnostics.has_errors())
      run_.diagnostics
          .add(Code::combination_without_expectation, test->name.span,
               "test " + in_ticks(test->name.text) + " asks nothing")
          .hint("write what is asked and what is expected, or leave it out");
  }

  // A fixture by itself: what only some tenants have is judged where it is used.
  void check(const In<tree::FixtureDecl>& fixture) {
    std::map<std::string, Span> seen;
    for (const auto& line : fixture->facts) {
      const std::string name = joined(line.path);
      const Span span =
          line.path.empty() ? line.span : Span{line.span.file, line.path.front().span.begin, line.path.back().span.end};
      if (again(seen, name, line.span)) continue;
      Scope scope;
      scope.attributes = &set_.attributes;
      if (const auto fact = find_fact(scope, name))
        may_be(*fixture.tree, line, name, span, *fact);
      else if (std::ranges::none_of(whole_.tenants, [&](const model::Tenant& tenant) {
                 return std::ranges::find(tenant.structure.attributes, name, &program::Attribute::name) !=
                        tenant.structure.attributes.end();
               }))
        unknown(name, span, set_.attributes);
    }
  }

 private:
  enum class Asked : std::uint8_t { nothing, request, password };

  void expect(const tree::Expect& expect) {
    unexpected_.reset();
    expected_.push_back(&expect);
    if (!fits(expect)) return;
    if (asked_ == Asked::password) {
      if (!expect.of_snapshot()) password_expectation(expect);
      return;
    }
    if (question_ != nullptr && !cells_are_asked(expect))
      doubtful_ = true;
    else if (!expect.of_snapshot())
      expectation(expect);
  }

  // Whether the expectation is one of passwords when a password was asked for, and not when not.
  bool fits(const tree::Expect& expect) {
    const bool password = asked_ == Asked::password;
    if (expect.of_snapshot() ? !password || (!expect.rest && !expect.cells.any()) : expect.of_password() == password)
      return true;
    run_.diagnostics
        .add(Code::impossible_expectation, expect.effect.span,
             password ? "a password is not " + in_ticks(expect.effect.text)
                      : "a request is not " + in_ticks(expect.effect.text))
        .hint(password ? "write `expect accepted` or `expect refused`"
                       : "a request is an allow, a challenge or a deny");
    return false;
  }

  void ask(const tree::PasswordLine& line) {
    settle();
    const auto before = run_.diagnostics.size();
    asked_ = Asked::password;
    policy_ = nullptr;
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
    if (run_.diagnostics.size() == before) unexpected_ = line.span;
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

  void ask(const tree::Question& line) {
    settle();
    const auto before = run_.diagnostics.size();
    asked_ = Asked::request;
    const auto action = action_of(run_, line.action);
    if (!action || !complete(line, *action)) return;
    action_ = *action;
    if (!names_are_there(line)) return;
    facts(line);
    question_ = &line;
    std::size_t count = 1;
    for (const std::size_t size : {line.cells.to.size(), line.cells.in.size(), line.cells.via.size()})
      count *= std::max<std::size_t>(size, 1);
    for (const auto& list : line.cells.with) count = std::min(count, run_.limits.cases_per_question + 1) * list.size();
    if (count <= run_.limits.cases_per_question) {
      if (run_.diagnostics.size() == before) unexpected_ = line.span;
      return;
    }
    run_.diagnostics
        .add(Code::too_many_things, line.cells.span,
             "a question that asks more than " + std::to_string(run_.limits.cases_per_question) + " times")
        .hint(
            "its targets, organizations, connections and fixtures are multiplied: divide the lists over several tests");
    question_ = nullptr;
  }

  bool complete(const tree::Question& line, Action action) {
    const bool wants_connection = (with_connection & mask_of(action)) != 0;
    const std::string name(action_names[static_cast<std::size_t>(action)]);
    const auto refuse = [&](Span span, const std::string& what) {
      run_.diagnostics.add(Code::incomplete_request, span, what)
          .hint("write `" + name + " to tenant.client" + (wants_connection ? " via connection`" : "`"));
      return false;
    };
    for (const auto& target : line.cells.to)
      if (!target.client)
        return refuse(line.cells.to.size() == 1 ? line.span : target.span, "a request names a tenant and a client");
    if (wants_connection && line.cells.via.empty())
      return refuse(line.action.span, "a request for " + in_ticks(name) + " names a connection");
    if (!wants_connection && !line.cells.via.empty())
      return refuse(line.cells.via.front().span, "a request for " + in_ticks(name) + " has no connection");
    return true;
  }

  // Every tenant has what the line lists, and nothing is listed twice.
  bool names_are_there(const tree::Question& line) {
    bool all = true;
    std::map<std::string, Span> targets;
    for (const auto& target : line.cells.to) {
      all = !again(targets, target.tenant.text + "." + target.client->text, target.span) && all;
      const auto found = tenants_.find(target.tenant.text);
      if (found == tenants_.end()) {
        undeclared(run_, Code::undeclared, "there is no tenant", target.tenant, set_.tenant_places);
        all = false;
        continue;
      }
      const auto* tenant = found->second;
      const program::Part& part = tenant->structure;
      all = has_record(run_, part.clients, part.name, "client", target.client) && all;
      if (std::ranges::find(asked_tenants_, tenant) != asked_tenants_.end()) continue;
      asked_tenants_.push_back(tenant);
      for (const auto& name : line.cells.via)
        all = has_record<program::ConnectionRecord>(run_, part.connections, part.name, "connection", name) && all;
      for (const auto& name : line.cells.in)
        all = has_record<program::OrganizationRecord>(run_, part.organizations, part.name, "organization", name) && all;
    }
    const auto once = [&](const std::vector<tree::Name>& names) {
      std::map<std::string, Span> seen;
      for (const auto& name : names) all = !again(seen, name.text, name.span) && all;
    };
    once(line.cells.in), once(line.cells.via);
    for (const auto& list : line.cells.with) once(list);
    for (const auto& list : line.cells.with)
      for (const auto& name : list)
        if (!set_.fixture_places.contains(name.text)) {
          or_declare(undeclared(run_, Code::undeclared, "there is no fixture", name, set_.fixture_places),
                     "fixture " + name_text(name.text) + " { request.ip = 10.0.0.1 }");
          all = false;
        }
    return all;
  }

  bool again(std::map<std::string, Span>& seen, const std::string& name, Span span) {
    const auto [first, fresh] = seen.try_emplace(name, span);
    if (!fresh) given_twice(run_, name, span, first->second).hint("keep one of them");
    return !fresh;
  }

  // What the line sets, and what its fixtures do: facts of the action in every tenant; no two fixtures of one request set the same.
  void facts(const tree::Question& line) {
    std::map<std::string, Span> seen;
    for (const auto& fact : line.facts)
      if (!again(seen, joined(fact.path), fact.span)) assign(*tree_, fact, nullptr);
    std::map<std::string, std::pair<std::size_t, const tree::Name*>> set;  // by which `with`, and which of its names
    for (std::size_t i = 0; i < line.cells.with.size(); ++i)
      for (const auto& name : line.cells.with[i]) {
        const auto& fixture = set_.fixtures[set_.fixture_places.at(name.text)];
        for (const auto& fact : fixture->facts) {
          assign(*fixture.tree, fact, &name);
          const auto [first, fresh] = set.try_emplace(joined(fact.path), i, &name);
          if (!fresh && first->second.first != i)
            run_.diagnostics
                .add(Code::given_twice, name.span,
                     "fixtures " + in_ticks(first->second.second->text) + " and " + in_ticks(name.text) +
                         " of one request both set " + in_ticks(first->first))
                .at(first->second.second->span, "set by this one, too")
                .hint("put them into one list, to ask with each; or let only one of them set it");
        }
      }
  }

  // The clock of the test. Behind a question it asks that question again, later.
  void turn(const tree::Clock& clock) {
    if (asked_ == Asked::password) {
      run_.diagnostics.add(Code::bad_clock, clock.span, "a password is asked about at no time")
          .hint("let the clock stand before a request: it holds for all requests behind it");
      return;
    }
    settle_cells();
    const auto now = now_;
    if (!clock.after)
      now_ = clock.micros;
    else if (const auto range = bounds_of(TypeKind::time);
             __builtin_add_overflow(now_, clock.micros, &now_) || now_ > range.high) {
      run_.diagnostics.add(Code::bad_clock, clock.span, "the clock is behind the year 9999 then");
      now_ = now;
    }
    if (question_ == nullptr) return;
    if (cases_.empty()) cases_ = questions_.cases(*tree_, *question_, now);
    for (auto& one : cases_) {
      const auto before = time_of(one.request, now);
      if (travel(one.request, clock, now)) continue;
      const bool forward = clock.after || clock.micros > before;
      run_.diagnostics
          .add(Code::bad_clock, clock.span,
               forward ? "a time of the request is past the year 9999 then"
                       : "the session of the request is younger than nothing then")
          .at(question_->span, "asked here, at " + time_to_text(before))
          .hint(forward ? "move the clock by less, or begin earlier"
                        : "the clock goes back by more than the age of the session; ask again with another age");
      question_ = nullptr;
      return;
    }
  }

  // ---------------------------------------------------------------- combinations

  // Whether the question asks what the expectation says it does.
  bool cells_are_asked(const tree::Expect& expect) {
    const tree::Cells &part = expect.cells, &whole = question_->cells;
    bool all = true;
    for (const auto& target : part.to) {
      const auto asked = [&](const tree::Target& one) {
        return one.tenant.text == target.tenant.text && (!target.client || one.client->text == target.client->text);
      };
      if (std::ranges::any_of(whole.to, asked)) continue;
      std::vector<std::string> names;
      for (const auto& one : whole.to) names.push_back(one.tenant.text + "." + one.client->text);
      const tree::Name seen{target.tenant.text + (target.client ? "." + target.client->text : ""), target.span, false};
      undeclared(run_, Code::impossible_expectation, "the question does not go to", seen, views(names));
      all = false;
    }
    const auto among = [&](const std::vector<tree::Name>& wanted, const std::vector<tree::Name>& from,
                           std::string_view word) {
      for (const auto& name : wanted) {
        if (std::ranges::find(from, name.text, &tree::Name::text) != from.end()) continue;
        std::vector<std::string_view> names;
        for (const auto& one : from) names.push_back(one.text);
        undeclared(run_, Code::impossible_expectation, "the question is not asked " + std::string(word), name, names);
        all = false;
      }
    };
    std::vector<tree::Name> fixtures;
    for (const auto& list : whole.with) fixtures.insert(fixtures.end(), list.begin(), list.end());
    among(part.in, whole.in, "in");
    among(part.via, whole.via, "via");
    for (const auto& list : part.with) among(list, fixtures, "with");
    return all;
  }

  // Behind the last expectation of a question: each of several combinations has one. What nobody expects anything of would
  // look tested.
  void settle_cells() {
    const bool doubtful = std::exchange(doubtful_, false);
    const auto expected = std::exchange(expected_, {});
    if (question_ == nullptr || expected.empty() || doubtful) return;
    const tree::Expect* rest = nullptr;
    bool whole = false;
    for (const auto* one : expected) {
      if (one->rest) rest = one;
      whole = whole || (!one->rest && !one->cells.any());
    }
    if (rest == nullptr && whole) return;
    std::size_t open = 0, told_of_rest = 0;
    std::string first;
    for (const auto& one : questions_.cases(*tree_, *question_, now_)) {
      const auto speaks = [&](const tree::Expect* expect) {
        return !expect->rest && speaks_of(expect->cells, *question_, one.place);
      };
      if (std::ranges::any_of(expected, speaks)) continue;
      const bool of_rest = std::ranges::any_of(expected, [&](const auto* expect) {
        return expect->rest && speaks_of(expect->cells, *question_, one.place);
      });
      (of_rest ? told_of_rest : open) += 1;
      if (!of_rest && open == 1) first = cell_text(*question_, one.place);
    }
    if (rest != nullptr && told_of_rest == 0)
      run_.diagnostics
          .add(Code::impossible_expectation, rest->span,
               "nothing is left: the expectations before it speak of every combination")
          .hint("leave it out");
    if (open > 0)
      run_.diagnostics
          .add(Code::combination_without_expectation, question_->span,
               "nothing is expected of " + in_ticks(first) +
                   (open > 2    ? " and of " + std::to_string(open - 1) + " more combinations"
                    : open == 2 ? " and of one more combination"
                                : ""))
          .hint("say what is expected of the others: else expect deny");
  }

  // What was asked is done with.
  void settle() {
    settle_cells();
    if (const auto span = std::exchange(unexpected_, std::nullopt))
      run_.diagnostics.add(Code::combination_without_expectation, *span, "nothing is expected of this question")
          .hint(std::string("say behind it what is expected: ") +
                (asked_ == Asked::password ? "`expect refused`" : "`expect deny`"));
    question_ = nullptr;
    asked_tenants_.clear();
    cases_.clear();
  }

  // ---------------------------------------------------------------- facts

  // A fact of the line, or of a fixture that it names at `used`; in each tenant, until one has something against it.
  void assign(const tree::Tree& tree, const tree::FactAssign& line, const tree::Name* used) {
    for (const auto* tenant : asked_tenants_) {
      const std::size_t before = run_.diagnostics.size();
      assign(tree, line, used, *tenant);
      if (run_.diagnostics.size() != before) return;
    }
  }

  void assign(const tree::Tree& tree, const tree::FactAssign& line, const tree::Name* used,
              const model::Tenant& tenant) {
    const std::string name = joined(line.path);
    const Span span =
        line.path.empty() ? line.span : Span{line.span.file, line.path.front().span.begin, line.path.back().span.end};
    const std::string action(action_names[static_cast<std::size_t>(action_)]);
    Scope scope;
    scope.attributes = &tenant.structure.attributes;
    const auto fact = find_fact(scope, name);
    if (!fact) {
      unknown(name, span, tenant.structure.attributes);
    } else if (!may_be(tree, line, name, span, *fact)) {
      return;
    } else if (((fact->required | fact->optional) & mask_of(action_)) == 0) {
      auto& diagnostic =
          run_.diagnostics.add(Code::fact_not_in_action, span, in_ticks(name) + " does not exist in " + action)
              .under("exists in " + actions_text(fact->required | fact->optional) + " only");
      if (used != nullptr)
        diagnostic.at(used->span, "the fixture is used in a request for " + action)
            .hint("a fixture sets what every request has that it is used in");
      else
        diagnostic.hint("leave it out: a request for " + action + " cannot carry it");
    }
  }

  // Whether a test may say that of the fact.
  bool may_be(const tree::Tree& tree, const tree::FactAssign& line, const std::string& name, Span span,
              const FactInfo& fact) {
    if (fact.type >= TypeKind::tenant) {
      run_.diagnostics.add(Code::bad_fact_in_test, span, in_ticks(name) + " is said in the request's line")
          .hint("the line is `login to tenant.client in organization via connection`");
      return false;
    }
    if (line.value == tree::ExprId::none || test_value(tree, line.value, fact)) return true;
    const Span where = tree[line.value].span;
    run_.diagnostics
        .add(Code::bad_fact_in_test, where,
             in_ticks(name) + " is " + a(type_text(fact.type, fact.values, INT64_MIN, INT64_MAX)) + ", " +
                 in_ticks(run_.sources.text(where)) + " is not")
        .hint("a test gives a literal: " +
              in_ticks(name + " = " + example_of(fact.type, fact.values, fact.low, fact.high)));
    return false;
  }

  void unknown(const std::string& name, Span span, std::span<const program::Attribute> attributes) {
    if (set_.tenant_attributes.contains(name)) {
      run_.diagnostics.add(Code::bad_fact_in_test, span, in_ticks(name) + " is set by the tenant, not by a request")
          .at(set_.tenant_attributes.find(name)->second->span, "declared here")
          .hint("to test another value, ask another tenant");
      return;
    }
    std::vector<std::string_view> candidates;
    for (const Fact& known : builtin_facts) candidates.push_back(known.name);
    for (const auto& attribute : attributes) candidates.push_back(attribute.name);
    undeclared(run_, Code::unknown_fact, "there is no fact", {name, span, false}, candidates);
  }

  // ---------------------------------------------------------------- expectations

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
    if (question_ == nullptr) return;  // its request is wrong already
    for (const auto* tenant : asked_tenants_) {
      tenant_ = tenant;
      const auto spoken_of = [&](const tree::Target& one) { return one.tenant.text == tenant->structure.name; };
      if (!expect.cells.to.empty() && std::ranges::none_of(expect.cells.to, spoken_of)) continue;
      for (const auto& name : expect.by) by(static_cast<Effect>(*effect), name);
      if (static_cast<Effect>(*effect) == Effect::challenge)
        for (const auto& choice : expect.obligations) entry(choice);
    }
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
  const model::Policy& whole_;
  const TestQuestions questions_;
  std::unordered_map<std::string_view, const model::Tenant*> tenants_;
  const tree::Tree* tree_ = nullptr;
  Action action_{};
  Asked asked_ = Asked::nothing;
  const model::EffectivePassword* policy_ = nullptr;  // of the password that was asked for
  const tree::Question* question_ = nullptr;          // null while there is none, or none that is understood
  std::vector<const model::Tenant*> asked_tenants_;   // each once
  const model::Tenant* tenant_ = nullptr;             // the one that an expectation is held against
  std::vector<const tree::Expect*> expected_;         // since the question or the clock
  bool doubtful_ = false;                             // one of them names what was not asked
  std::optional<Span> unexpected_;                    // the question, until something is expected of it
  std::int64_t now_ = 0;
  std::vector<TestCase> cases_;  // as the clock has moved them; empty while it has not
};

}  // namespace

std::optional<Action> action_of(Run& run, const tree::Name& name) {
  if (const auto action = index_of(action_names, name.text)) return static_cast<Action>(*action);
  undeclared(run, Code::unknown_word, "there is no action", name, action_names);
  return std::nullopt;
}

void check_tests(Run& run, const Declarations& set, const model::Policy& policy) {
  Tests tests(run, set, policy);
  for (const auto& fixture : set.fixtures) tests.check(fixture);
  for (const auto& test : set.tests) tests.check(test);
}

}  // namespace writ::check
