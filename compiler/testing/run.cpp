// One test, step by step. A question is multiplied out into cases and each is decided; an expectation is held against the cases it speaks
// of; the clock asks the cases again, later. `else expect` waits until the question is done with, because only then is it known which
// combinations are left to it.
#include "compiler/testing/run.h"

#include "compiler/testing/text.h"

#include <algorithm>

namespace writ::testing {

namespace {

// A rule that is among the reasons; of `would_be`, also among the reports.
bool is_by(const std::string& name, const Explanation& decision, bool would_be) {
  const auto named = [&](const Reason& reason) { return reason.name == name || reason.id == name; };
  if (std::ranges::any_of(decision.reasons, named)) return true;
  if (would_be && std::ranges::any_of(decision.reports, named)) return true;
  const bool bare = decision.because == Because::no_allow || decision.because == Because::conflicting_obligations;
  return bare && name == because_names[static_cast<std::size_t>(decision.because)];
}

bool holds(const tree::Tree& tree, const tree::Expect& expect, const Explanation& decision) {
  const auto effect = static_cast<std::size_t>(expect.would_be ? decision.would_be : decision.effect);
  if (effect_names[effect] != expect.effect.text) return false;
  if (expect.fault && expect.fault->text != fault_names[static_cast<std::size_t>(decision.fault)]) return false;
  for (const tree::Text& name : expect.by)
    if (!is_by(name.text, decision, expect.would_be)) return false;
  return std::ranges::all_of(expect.obligations, [&](const auto& alternatives) {
    return std::ranges::find(decision.obligations, entry_text(tree, alternatives)) != decision.obligations.end();
  });
}

bool holds(const tree::Expect& expect, const PasswordReport& report) {
  if (report.accepted != (expect.effect.text == "accepted")) return false;
  if (expect.fault) return expect.fault->text == password_fault_names[static_cast<std::size_t>(report.fault)];
  return std::ranges::all_of(expect.by, [&](const tree::Text& name) {
    for (std::size_t i = 0; i < report.requirements.size(); ++i)
      if (!report.meets(i) && report.fault == PasswordFault::none &&
          names_check(name.text, report.requirements[i].check))
        return true;
    return false;
  });
}

}  // namespace

class Runner::Steps {
 public:
  Steps(Runner& runner, const tree::TestDecl& test, const tree::Tree& tree, Witness* witness, bool verdict_only)
      : runner_(runner),
        subject_(runner.subject_),
        test_(test),
        tree_(tree),
        witness_(witness),
        verdict_only_(verdict_only) {}

  Result run() {
    result_.name = test_.name.text;
    result_.place = place(test_.name.span);
    for (const auto& step : test_.steps) {
      if (verdict_only_ && !result_.failures.empty()) break;
      std::visit([this](const auto& one) { take(one); }, step);
    }
    settle();
    return std::move(result_);
  }

 private:
  struct Asked {
    TestCase of;
    Explanation decision;
    bool spoken_of = false;  // by an expectation that is no `else`
  };

  void take(const tree::Question& question) {
    settle();
    question_ = &question;
    password_.reset();
    asked_.clear();
    for (auto& one : runner_.questions_.cases(tree_, question, now_)) asked_.push_back({std::move(one), {}, false});
    decide();
  }

  void take(const tree::PasswordLine& line) {
    settle();
    question_ = nullptr;
    asked_.clear();
    line_ = &line;
    const auto about = runner_.questions_.password(tree_, line);
    password_ = judge(about, line.password.text);
    password_text_ = asked_text(about, line);
    ++result_.cases;
    if (witness_ != nullptr) witness_->judged(about, *password_);
  }

  void take(const tree::Clock& clock) {
    settle();
    const auto before = now_;
    now_ = clock.after ? before + clock.micros : clock.micros;
    moved_ = true;
    if (asked_.empty()) return;
    for (Asked& one : asked_) travel(one.of.request, clock, before);
    decide();
  }

  void take(const tree::Expect& expect) {
    if (password_) return expect.of_snapshot() ? record(expect, password_text_, *password_) : hold(expect, *password_);
    if (expect.rest) {
      rest_.push_back(&expect);
      return;
    }
    for (Asked& one : asked_) {
      if (!speaks_of(expect.cells, *question_, one.of.place)) continue;
      one.spoken_of = true;
      hold(expect, one);
    }
  }

  // The question, or the time at which it was asked, is done with: what `else expect` says of the rest.
  void settle() {
    for (const auto* expect : rest_)
      for (Asked& one : asked_)
        if (!one.spoken_of && speaks_of(expect->cells, *question_, one.of.place)) hold(*expect, one);
    rest_.clear();
    for (Asked& one : asked_) one.spoken_of = false;
  }

  void decide() {
    for (Asked& one : asked_) {
      bind(one);
      one.decision = subject_.engine.explain(runner_.request_, subject_.engine.interpret(runner_.request_));
      ++result_.cases;
      if (witness_ != nullptr) witness_->decided(one.of.request, runner_.request_, one.decision);
    }
  }

  void bind(const Asked& one) { subject_.engine.bind(one.of.request, runner_.request_); }

  PasswordReport judge(const PasswordQuestion& question, std::string_view password) const {
    std::vector<std::string_view> profile(question.profile.begin(), question.profile.end());
    const PasswordUser user{question.username, question.email, profile};
    PasswordRequest request;
    request.tenant = question.tenant;
    request.connection = question.connection;
    request.event = question.event;
    request.user = &user;
    request.data = &subject_.lists;
    return subject_.engine.interpret_password(Secret(password), request);
  }

  void hold(const tree::Expect& expect, Asked& one) {
    auto asked = question_->action.text + " to " + cell_text(*question_, one.of.place);
    if (moved_) asked += " at " + time_to_text(time_of(one.of.request, now_));
    if (expect.of_snapshot()) {
      const auto recorded = keep(asked + facts_text(tree_, question_->facts), outcome_of(one.decision));
      if (recorded) add({place(expect.span), std::move(asked), *recorded, got_text(one.decision), {}, {}, {}}, &one);
    } else if (!holds(tree_, expect, one.decision)) {
      add({place(expect.span), std::move(asked), expected_text(tree_, expect), got_text(one.decision), {}, {}, {}},
          &one);
    }
  }

  void hold(const tree::Expect& expect, const PasswordReport& report) {
    if (holds(expect, report)) return;
    add({place(expect.span), password_text_, expected_text(tree_, expect), got_text(report), {}, {}, report}, nullptr);
  }

  void record(const tree::Expect& expect, const std::string& asked, const PasswordReport& report) {
    if (const auto recorded = keep(asked + facts_text(tree_, line_->facts), outcome_of(report)))
      add({place(expect.span), asked, *recorded, got_text(report), {}, {}, report}, nullptr);
  }

  // What the snapshot file says instead; nothing when it says the same.
  std::optional<std::string> keep(std::string asked, Outcome outcome) {
    for (std::size_t again = 2;
         std::ranges::find(result_.snapshots, asked, &Recorded::asked) != result_.snapshots.end(); ++again)
      asked = asked.substr(0, asked.find(" (again ")) + " (again " + std::to_string(again) + ")";
    const Outcome* known = subject_.snapshots.find(test_.name.span.file, test_.name.text, asked);
    const bool same = known != nullptr && *known == outcome;
    auto was = known == nullptr
                   ? std::string("the snapshot that is recorded, but none is recorded: see `writ test --update`")
                   : text_of(*known);
    result_.snapshots.push_back({std::move(asked), std::move(outcome)});
    return same ? std::nullopt : std::optional(std::move(was));
  }

  void add(Failure failure, Asked* one) {
    if (one != nullptr && !verdict_only_) {
      bind(*one);
      failure.decision = one->decision;
      failure.trace = subject_.engine.trace(runner_.request_);
    }
    result_.failures.push_back(std::move(failure));
  }

  std::string place(Span span) const { return verdict_only_ ? std::string() : subject_.sources.place(span); }

  Runner& runner_;
  const Subject& subject_;
  const tree::TestDecl& test_;
  const tree::Tree& tree_;
  Witness* witness_;
  bool verdict_only_;
  Result result_;
  std::int64_t now_ = test_time;
  bool moved_ = false;                        // the clock
  const tree::Question* question_ = nullptr;  // the last one, when it was no password
  std::vector<Asked> asked_;                  // its combinations
  std::vector<const tree::Expect*> rest_;     // `else expect`, until it is known of what
  std::optional<PasswordReport> password_;    // when the last question was one
  const tree::PasswordLine* line_ = nullptr;
  std::string password_text_;
};

Result Runner::run(std::size_t test, Witness* witness) {
  return Steps(*this, *subject_.policy.tests[test], *subject_.policy.test_trees[test], witness, false).run();
}

bool Runner::passes(std::size_t test) {
  return Steps(*this, *subject_.policy.tests[test], *subject_.policy.test_trees[test], nullptr, true)
      .run()
      .failures.empty();
}

}  // namespace writ::testing
