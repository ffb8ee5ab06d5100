// Rules, and the examples and statements about them: tests and proofs.
#include "compiler/syntax/build.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

// Reasons that are no rule's name stand bare behind `by`.
constexpr std::array<std::string_view, 2> bare_reasons = {"no_allow", "conflicting_obligations"};

}  // namespace

// ---------------------------------------------------------------- rules

tree::Rule Builder::rule(P::AllowDenyContext* context) {
  tree::Rule made;
  made.report = context->REPORT() != nullptr;
  made.effect = context->ALLOW() != nullptr ? RuleEffect::allow : RuleEffect::deny;
  made.actions = names(context->name());
  if (auto* leaf = context->STRING()) made.name = string(leaf);
  rule_tail(context->ruleTail(), made);
  made.span = span(context);
  return made;
}

// `for` may stand before or behind the name, as it reads better.
tree::Rule Builder::rule(P::RequireContext* context) {
  tree::Rule made;
  made.report = context->REPORT() != nullptr;
  made.effect = RuleEffect::require;
  made.obligations = choice(context->choice());
  const auto lists = context->forActions();
  if (lists.size() > 1)
    diagnostics_.add(Code::said_twice, span(lists[1]), "`for` is written twice").at(span(lists[0]), "first here");
  if (!lists.empty()) made.actions = names(lists.front()->name());
  if (auto* leaf = context->STRING()) made.name = string(leaf);
  rule_tail(context->ruleTail(), made);
  made.span = span(context);
  return made;
}

void Builder::rule_tail(P::RuleTailContext* context, tree::Rule& made) {
  conditions_ = 0;
  if (auto* on = context->onConnections()) made.on = names(on->wireNames());
  if (auto* when = context->whenClause()) made.when = expression(when->expression());
  if (auto* unless = context->unlessClause()) made.unless = expression(unless->expression());
  if (auto* message = context->messageClause()) made.message = string(message->STRING());
  if (auto* note = context->noteClause()) made.note = string(note->STRING());
  if (conditions_ > limits_.conditions_per_rule)
    diagnostics_
        .add(Code::too_many_conditions, span(context->start), fmt::format("a rule of {} conditions", conditions_))
        .hint(fmt::format("rules have at most {} conditions; compare with a list: x in [a, b]",
                          limits_.conditions_per_rule));
}

std::vector<tree::Obligation> Builder::choice(P::ChoiceContext* context) {
  std::vector<tree::Obligation> list;
  for (auto* one : context->obligation()) list.push_back(obligation(one));
  return list;
}

tree::Obligation Builder::obligation(P::ObligationContext* context) {
  tree::Obligation made;
  made.name = name(context->name());
  if (auto* list = context->arguments()) made.arguments = arguments(list);
  if (auto* within = context->within()) made.within = primary(within->primary());
  made.span = span(context);
  return made;
}

// ---------------------------------------------------------------- tests

tree::Name Builder::action(P::ActionContext* context) {
  const auto where = span(context);
  return {std::string(map_.text(where)), where, false};
}

tree::Question Builder::question(P::RequestLineContext* context) {
  tree::Question made;
  made.action = action(context->action());
  made.cells = cells(context->targets(), context->cells());
  made.facts = facts(context->facts());
  made.span = span(context);
  return made;
}

tree::Cells Builder::cells(P::TargetsContext* targets, P::CellsContext* context) {
  tree::Cells made;
  if (targets != nullptr) {
    for (auto* one : targets->target()) made.to.push_back(target(one));
    made.span = span(targets);
  }
  if (auto* list = context->inNames()) made.in = names(list->wireNames());
  if (auto* list = context->viaNames()) made.via = names(list->wireNames());
  for (auto* list : context->withNames()) made.with.push_back(names(list->name()));
  if (!made.in.empty() || !made.via.empty() || !made.with.empty())
    made.span = made.span.known() ? join(made.span, span(context)) : span(context);
  return made;
}

std::vector<tree::FactAssign> Builder::facts(P::FactsContext* context) {
  std::vector<tree::FactAssign> list;
  if (context == nullptr) return list;
  for (auto* line : context->factLine())
    if (!line->exception) list.push_back(fact(line));
  return list;
}

// The target of a password is a connection, which stands where a request names a client.
tree::PasswordLine Builder::password_line(P::PasswordLineContext* context) {
  tree::PasswordLine made;
  made.password = string(context->STRING());
  auto where = target(context->target());
  made.tenant = std::move(where.tenant);
  made.connection = std::move(where.client);
  if (context->AT() != nullptr) made.event = name(context->name());
  made.facts = facts(context->facts());
  made.span = span(context);
  return made;
}

tree::Target Builder::target(P::TargetContext* context) {
  tree::Target made;
  made.tenant = name(context->wireName());
  if (context->MEMBER() != nullptr) made.client = member(context->MEMBER());
  if (context->STRING() != nullptr) {
    auto read = string(context->STRING());
    made.client = tree::Name{std::move(read.text), read.span, true};
  }
  made.span = span(context);
  return made;
}

tree::Clock Builder::clock(P::ClockLineContext* context) {
  tree::Clock made;
  made.after = context->AFTER() != nullptr;
  made.micros = made.after ? duration(context->DURATION()) : time(context->TIME());
  made.span = span(context);
  return made;
}

tree::FixtureDecl Builder::fixture(P::FixtureDeclContext* context) {
  tree::FixtureDecl made;
  made.name = name(context->name());
  made.facts = facts(context->facts());
  made.span = span(context);
  return made;
}

tree::FactAssign Builder::fact(P::FactLineContext* context) {
  tree::FactAssign made;
  made.path = path(context->name(), context->MEMBER());
  if (context->sum() != nullptr) made.value = sum(context->sum());
  made.span = span(context);
  return made;
}

// What an expectation of this kind has none of.
void Builder::refuse_detail(P::ExpectLineContext* context, std::string_view why) {
  const auto refuse = [&](Span where) {
    diagnostics_.add(Code::unexpected_text, where, std::string(why))
        .hint("to expect a part of a decision, write that part: expect deny by \"office only\"");
  };
  if (context->WOULD_BE() != nullptr) refuse(span(context->WOULD_BE()));
  if (!context->choice().empty()) refuse(span(context->choice(0)));
  if (context->byNames() != nullptr) refuse(span(context->byNames()));
  if (context->FAULT() != nullptr) refuse(span(context->FAULT()));
}

// What stands behind `by` of a password are its checks: `length`, `length.min`.
tree::Expect Builder::expect_password(P::ExpectLineContext* context) {
  tree::Expect made;
  made.cells = cells(context->targets(), context->cells());
  if (context->ELSE() != nullptr || made.cells.any())
    diagnostics_
        .add(Code::unexpected_text, context->ELSE() != nullptr ? span(context->ELSE()) : made.cells.span,
             "a password is one question, and all that is expected is expected of it")
        .hint("write a `password` line for each connection");
  auto* word = context->ACCEPTED() != nullptr ? context->ACCEPTED() : context->REFUSED();
  made.effect = {std::string(text(word)), span(word), false};
  if (context->WOULD_BE() != nullptr)
    diagnostics_.add(Code::unexpected_text, span(context->WOULD_BE()), "a password has no `would_be`")
        .hint("no requirement of a password only reports: expect refused by length");
  if (!context->choice().empty())
    diagnostics_
        .add(Code::unexpected_text, span(context->choice(0)),
             fmt::format("`expect {}` names no obligations", made.effect.text))
        .hint("what refuses a password stands behind `by`: expect refused by length");
  if (auto* by = context->byNames()) {
    if (context->ACCEPTED() != nullptr)
      diagnostics_.add(Code::unexpected_text, span(by), "nothing refuses a password that is accepted");
    for (auto* one : by->byName()) {
      if (one->STRING() != nullptr) {
        made.by.push_back(string(one->STRING()));
        continue;
      }
      std::string id;
      for (const auto& part : path(one->name(), one->MEMBER())) id += (id.empty() ? "" : ".") + part.text;
      made.by.push_back({std::move(id), span(one)});
    }
  }
  if (context->FAULT() != nullptr) made.fault = name(context->name());
  made.span = span(context);
  return made;
}

tree::Expect Builder::expect(P::ExpectLineContext* context) {
  if (context->ACCEPTED() != nullptr || context->REFUSED() != nullptr) return expect_password(context);
  tree::Expect made;
  made.would_be = context->WOULD_BE() != nullptr;
  made.rest = context->ELSE() != nullptr;
  made.cells = cells(context->targets(), context->cells());
  made.span = span(context);
  if (auto* word = context->SNAPSHOT()) {
    made.effect = {std::string(text(word)), span(word), false};
    refuse_detail(context, "a snapshot is the whole decision");
    return made;
  }
  auto* effect = context->ALLOW() != nullptr  ? context->ALLOW()
                 : context->DENY() != nullptr ? context->DENY()
                                              : context->CHALLENGE();
  made.effect = {std::string(text(effect)), span(effect), false};
  for (auto* one : context->choice()) made.obligations.push_back(choice(one));
  // `expect deny to acme.shop` was told when it was parsed (recovery.cpp).
  const auto told = [&](Span word) {
    const auto rest = map_.bytes().substr(word.end);
    return map_.text(word) == "to" && rest.find_first_not_of(" \t") < rest.find('\n');
  };
  if (!made.obligations.empty() && context->CHALLENGE() == nullptr && !told(span(context->choice(0))))
    diagnostics_
        .add(Code::unexpected_text, span(context->choice(0)),
             fmt::format("`expect {}` names no obligations", made.effect.text))
        .hint("only a challenge has obligations: expect challenge mfa")
        .hint("a rule's name stands behind `by`: expect deny by \"office only\"");
  if (auto* by = context->byNames()) made.by = by_names(by);
  if (context->FAULT() != nullptr) made.fault = name(context->name());
  return made;
}

std::vector<tree::Text> Builder::by_names(P::ByNamesContext* context) {
  std::vector<tree::Text> list;
  for (auto* one : context->byName()) {
    if (one->STRING() != nullptr) {
      list.push_back(string(one->STRING()));
      continue;
    }
    auto bare = name(one->name());
    for (auto* more : one->MEMBER()) {
      bare.text += "." + member(more).text;
      bare.span = span(one);
    }
    if (std::find(bare_reasons.begin(), bare_reasons.end(), bare.text) == bare_reasons.end())
      diagnostics_.add(Code::unexpected_text, bare.span, fmt::format("`{}` is not the name of a rule", bare.text))
          .hint(fmt::format("names of rules stand in quotes: by \"{}\"", bare.text))
          .hint("no_allow and conflicting_obligations are written bare");
    list.push_back({std::move(bare.text), bare.span});
  }
  return list;
}

tree::TestDecl Builder::test(P::TestDeclContext* context) {
  tree::TestDecl made;
  made.name = string(context->STRING());
  bool asked = false;
  for (auto* step : context->step()) {
    if (step->exception) continue;
    if (auto* line = step->requestLine()) {
      made.steps.emplace_back(question(line));
      asked = true;
      continue;
    }
    if (auto* line = step->passwordLine()) {
      made.steps.emplace_back(password_line(line));
      asked = true;
      continue;
    }
    if (auto* line = step->clockLine()) {
      made.steps.emplace_back(clock(line));
      continue;
    }
    made.steps.emplace_back(expect(step->expectLine()));
    if (!std::exchange(asked, true))
      diagnostics_.add(Code::unexpected_text, span(step), "this expects something before anything is asked")
          .hint("a request comes first: login to acme.admin via staff");
  }
  made.span = span(context);
  return made;
}

// ---------------------------------------------------------------- proofs

tree::ProveDecl Builder::prove(P::ProveDeclContext* context) {
  tree::ProveDecl made;
  made.name = string(context->STRING());
  for (auto* line : context->proveLine())
    if (!line->exception) made.statements.push_back(proof(line));
  made.span = span(context);
  return made;
}

tree::ProveStatement Builder::proof(P::ProveLineContext* context) {
  tree::ProveStatement made;
  made.request.action = action(context->action());
  made.request.span = made.request.action.span;
  if (context->target() != nullptr) {
    auto where = target(context->target());
    made.request.tenant = std::move(where.tenant);
    made.request.client = std::move(where.client);
    made.request.span = join(made.request.span, span(context->target()));
  }
  for (auto* one : context->wireName()) {
    const bool organization = context->IN() != nullptr && !made.request.organization;
    (organization ? made.request.organization : made.request.connection) = name(one);
    made.request.span = join(made.request.span, span(one));
  }
  auto* outcome = context->ALLOWED() != nullptr      ? context->ALLOWED()
                  : context->CHALLENGED() != nullptr ? context->CHALLENGED()
                                                     : context->DENIED();
  made.outcome = {std::string(text(outcome)), span(outcome), false};
  if (auto* by = context->byNames()) {
    auto list = by_names(by);
    if (list.size() > 1)
      diagnostics_.add(Code::unexpected_text, list[1].span, "a proof speaks of one rule")
          .hint("write a statement for each rule");
    made.by = std::move(list.front());
  }
  made.implies = expression(context->expression());
  made.span = span(context);
  return made;
}

}  // namespace writ::syntax
