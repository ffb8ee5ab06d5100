// `writ test`: the `test` blocks of a policy, each request decided and held against what is expected. Proofs are listed as not proved: nothing
// here can prove, and saying nothing would read as if it had.
#include "cli/lists.h"
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "cli/verdict.h"
#include "compiler/syntax/syntax.h"
#include "runtime/engine/password_lists.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fnmatch.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

struct Options {
  std::vector<std::string> paths;
  std::string filter, breached;
  bool strict = false, verbose = false;
  Format format = Format::pretty;
};

struct Failure {
  std::string place, asked, expected, got, trace;
};
struct Result {
  std::string name, place;
  std::vector<Failure> failures;
};
struct Report {
  std::vector<Result> tests;
  std::vector<std::pair<std::string, std::string>> proves;  // name, place
};

std::string_view word(Effect effect) { return effect_names[static_cast<std::size_t>(effect)]; }

// `A or B` as the challenge's list writes it.
std::string entry_text(const tree::Tree& tree, const std::vector<tree::Obligation>& alternatives) {
  std::string text;
  for (const tree::Obligation& one : alternatives) text += (text.empty() ? "" : " or ") + canonical(tree, one);
  return text;
}

std::string expected_text(const tree::Tree& tree, const tree::Expect& expect) {
  std::string text = expect.would_be ? "would_be " + expect.effect.text : expect.effect.text;
  for (std::size_t i = 0; i < expect.obligations.size(); ++i)
    text += (i == 0 ? " " : ", ") + entry_text(tree, expect.obligations[i]);
  const bool of_password = expect.of_password();
  for (std::size_t i = 0; i < expect.by.size(); ++i)
    text +=
        fmt::format("{}{}", i == 0 ? " by " : ", ", of_password ? expect.by[i].text : "\"" + expect.by[i].text + "\"");
  if (expect.fault) text += " fault " + expect.fault->text;
  return text;
}

std::string asked_text(const PasswordQuestion& question, const tree::PasswordLine& line) {
  return fmt::format("password \"{}\" for {}.{} at {}", line.password.text, question.tenant, question.connection,
                     password_event_names[static_cast<std::size_t>(question.event)]);
}

std::string got_text(const PasswordReport& report) {
  if (report.fault != PasswordFault::none)
    return fmt::format("refused fault {} ({})", password_fault_names[static_cast<std::size_t>(report.fault)],
                       describe(report.fault));
  std::string text = report.accepted ? "accepted" : "refused by";
  for (std::size_t i = 0; i < report.requirements.size(); ++i)
    if (!report.meets(i))
      text += fmt::format("{}{}", text.ends_with(" by") ? " " : ", ",
                          password_check_names[static_cast<std::size_t>(report.requirements[i].check)]);
  return text;
}

// What of the report would have to be otherwise, a line each.
std::string unmet_text(const PasswordReport& report) {
  std::string text;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    if (report.meets(i)) continue;
    const auto missing = missing_text(report, one);
    text += fmt::format("✗ {}{}  {}, {}\n", describe(one), missing.empty() ? "" : " (" + missing + ")",
                        safe(one.origin), safe(one.place));
  }
  return text;
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

std::string got_text(const Explanation& decision) {
  std::string text(word(decision.effect));
  for (std::size_t i = 0; i < decision.obligations.size(); ++i) text += (i == 0 ? " " : ", ") + decision.obligations[i];
  for (std::size_t i = 0; i < decision.reasons.size(); ++i)
    text +=
        fmt::format("{}{}", i == 0 ? " by " : ", ",
                    decision.reasons[i].name.empty() ? decision.reasons[i].id : "\"" + decision.reasons[i].name + "\"");
  if (decision.because == Because::fault)
    text += fmt::format(" fault {}", fault_names[static_cast<std::size_t>(decision.fault)]);
  else if (decision.because != Because::rules)
    text += fmt::format(" by {}", because_names[static_cast<std::size_t>(decision.because)]);
  if (!decision.detail.empty()) text += " (" + decision.detail + ")";
  if (decision.would_be != decision.effect) text += fmt::format(", would be {}", word(decision.would_be));
  return text;
}

// A rule that is among the reasons; of `would_be`, also among the reports.
bool is_by(const std::string& name, const Explanation& decision, bool would_be) {
  const auto named = [&](const Reason& reason) { return reason.name == name; };
  if (std::any_of(decision.reasons.begin(), decision.reasons.end(), named)) return true;
  if (would_be && std::any_of(decision.reports.begin(), decision.reports.end(), named)) return true;
  const bool bare = decision.because == Because::no_allow || decision.because == Because::conflicting_obligations;
  return bare && name == because_names[static_cast<std::size_t>(decision.because)];
}

bool holds(const tree::Tree& tree, const tree::Expect& expect, const Explanation& decision) {
  if (word(expect.would_be ? decision.would_be : decision.effect) != expect.effect.text) return false;
  if (expect.fault && expect.fault->text != fault_names[static_cast<std::size_t>(decision.fault)]) return false;
  for (const tree::Text& name : expect.by)
    if (!is_by(name.text, decision, expect.would_be)) return false;
  return std::all_of(expect.obligations.begin(), expect.obligations.end(), [&](const auto& alternatives) {
    return std::find(decision.obligations.begin(), decision.obligations.end(), entry_text(tree, alternatives)) !=
           decision.obligations.end();
  });
}

class Tests {
 public:
  Tests(const Pipeline& pipeline, const PasswordLists& lists, Console& console)
      : pipeline_(pipeline), lists_(lists), console_(console) {}

  Result run(const tree::TestDecl& test, const tree::Tree& tree) {
    Result result{test.name.text, place(test.name.span), {}};
    Explanation decision;
    std::optional<PasswordReport> password;  // when the last question was one
    std::string asked;
    for (const auto& step : test.steps) {
      if (const auto* line = std::get_if<tree::RequestLine>(&step)) {
        named_ = test_request(pipeline_.policy, tree, *line);
        pipeline_.engine->bind(named_, request_);
        decision = pipeline_.engine->explain(request_, pipeline_.engine->interpret(request_));
        asked = question(named_);
        password.reset();
      } else if (const auto* given = std::get_if<tree::PasswordLine>(&step)) {
        const auto about = test_password(pipeline_.policy, tree, *given);
        password = ask(about, given->password.text);
        asked = asked_text(about, *given);
      } else if (const auto& expect = std::get<tree::Expect>(step); password) {
        if (!holds(expect, *password))
          result.failures.push_back(
              {place(expect.span), asked, expected_text(tree, expect), got_text(*password), unmet_text(*password)});
      } else if (!holds(tree, expect, decision)) {
        result.failures.push_back({place(expect.span), asked, expected_text(tree, expect), got_text(decision),
                                   reading(asked, decision, pipeline_.engine->trace(request_), console_)});
      }
    }
    return result;
  }

 private:
  PasswordReport ask(const PasswordQuestion& question, std::string_view password) const {
    std::vector<std::string_view> profile(question.profile.begin(), question.profile.end());
    const PasswordUser user{question.username, question.email, profile};
    PasswordRequest request;
    request.tenant = question.tenant;
    request.connection = question.connection;
    request.event = question.event;
    request.user = &user;
    request.data = &lists_;
    return pipeline_.engine->interpret_password(Secret(password), request);
  }

  std::string place(Span span) const { return pipeline_.loaded.sources.place(span); }

  const Pipeline& pipeline_;
  const PasswordLists& lists_;
  Console& console_;
  NamedRequest named_;  // the request borrows its strings
  Request request_;
};

std::string indented(std::string_view text, std::string_view by) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    result += std::string(by) + std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  return result;
}

void print(const Report& report, const Options& options, Console& console) {
  std::size_t failed = 0;
  for (const Result& test : report.tests) {
    if (!test.failures.empty()) ++failed;
    if (test.failures.empty() && !options.verbose) continue;
    console.out(fmt::format(
        "{} {}  {}\n", test.failures.empty() ? console.painted(Paint::good, "✓") : console.painted(Paint::bad, "✗"),
        safe(test.name), console.painted(Paint::faint, safe(test.place))));
    for (const Failure& failure : test.failures)
      console.out(fmt::format("  {}\n    expected {}\n    got      {}\n{}", safe(failure.place),
                              console.painted(Paint::good, safe(failure.expected)),
                              console.painted(Paint::bad, safe(failure.got)), indented(failure.trace, "    ")));
  }
  for (const auto& [name, place] : report.proves)
    console.out(fmt::format("{} {}  {}\n", console.painted(Paint::warn, "? not proved"), safe(name),
                            console.painted(Paint::faint, safe(place))));
  console.out(fmt::format("{} passed, {} failed", counted(report.tests.size() - failed, "test"), failed));
  if (!report.proves.empty()) console.out(fmt::format(", {} not proved", counted(report.proves.size(), "proof")));
  console.out("\n");
}

std::string json(const Report& report) {
  using Json = nlohmann::ordered_json;
  Json whole;
  whole["tests"] = Json::array();
  std::size_t failed = 0;
  for (const Result& test : report.tests) {
    failed += test.failures.empty() ? 0 : 1;
    Json failures = Json::array();
    for (const Failure& one : test.failures)
      failures.push_back(
          Json::object({{"place", one.place}, {"asked", one.asked}, {"expected", one.expected}, {"got", one.got}}));
    whole["tests"].push_back(Json::object({{"name", test.name},
                                           {"place", test.place},
                                           {"passed", test.failures.empty()},
                                           {"failures", std::move(failures)}}));
  }
  whole["proves"] = Json::array();
  for (const auto& [name, place] : report.proves)
    whole["proves"].push_back(Json::object({{"name", name}, {"place", place}, {"status", "not_proved"}}));
  whole["passed"] = report.tests.size() - failed;
  whole["failed"] = failed;
  return whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int test(const Options& options, Console& console) {
  Pipeline pipeline;
  if (const int built = build(options.paths, {.format = options.format}, console, pipeline); built != exit_ok)
    return built;
  const auto wanted = [&](const std::string& name) {
    return options.filter.empty() || ::fnmatch(options.filter.c_str(), name.c_str(), 0) == 0;
  };
  PasswordLists lists;
  if (const auto wrong = lists.open(common_list_to_open({}), options.breached); !wrong.empty())
    return fail(console, wrong);
  Report report;
  {
    Tests tests(pipeline, lists, console);
    Progress progress(console, "testing:", pipeline.policy.tests.size());
    for (std::size_t i = 0; i < pipeline.policy.tests.size(); ++i) {
      if (wanted(pipeline.policy.tests[i]->name.text))
        report.tests.push_back(tests.run(*pipeline.policy.tests[i], *pipeline.policy.test_trees[i]));
      progress.step();
    }
  }
  for (const tree::ProveDecl* prove : pipeline.policy.proves)
    if (wanted(prove->name.text))
      report.proves.emplace_back(prove->name.text, pipeline.loaded.sources.place(prove->name.span));
  if (!options.filter.empty() && report.tests.empty() && report.proves.empty()) {
    console.err(fmt::format("writ: no test matches `{}`\n", safe(options.filter)));
    return exit_usage;
  }
  if (options.format == Format::json)
    console.out(json(report));
  else
    print(report, options, console);
  const bool failed =
      std::any_of(report.tests.begin(), report.tests.end(), [](const Result& one) { return !one.failures.empty(); });
  return failed ? exit_check_failed : options.strict && !report.proves.empty() ? exit_not_proved : exit_ok;
}

}  // namespace

void declare_test(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("test", "run the test blocks of a policy");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input")->required();
  verb->add_option("--filter", options->filter, "only tests and proofs whose name matches")->type_name("GLOB");
  verb->add_option("--breached", options->breached, "list of breached passwords, made by `writ breached build`")
      ->type_name("FILE");
  verb->add_flag("--strict", options->strict, "exit with 7 when a proof is not proved");
  verb->add_flag("-v,--verbose", options->verbose, "list the tests that pass, too");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ test my-policy", "writ test --filter '*admin*' -v my-policy"});
  runs(*verb, invocation, [options, &invocation] { return test(*options, invocation.console); });
}

}  // namespace writ::cli
