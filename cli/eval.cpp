// `writ eval`: decisions with their reasons, for one request or for a stream of them. A line that cannot be read is the fault invalid_request
// of that line, and the others are decided. Streams answered in JSON take a way of their own, from the bytes of a line to the bytes of its answer
// with nothing in between; people and the oracle are answered with care.
#include "cli/decider.h"
#include "cli/decision_lines.h"
#include "cli/meant.h"
#include "cli/requests.h"
#include "cli/verb.h"
#include "cli/verdict.h"
#include "runtime/json/decision_json.h"
#include "runtime/json/request_reader.h"

#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  Believing believing;
  std::string policy, requests;
  Format format = Format::pretty;
  Way way = Way::interpret;
  bool exit_decision = false, stats = false;
};

constexpr std::string_view longer = "longer than a request may be";
constexpr std::size_t written_at_once = 256u << 10;

Explanation unreadable(std::string problem) {
  Explanation made;
  made.effect = made.would_be = Effect::deny;
  made.fault = Fault::invalid_request;
  made.because = Because::fault;
  made.detail = std::move(problem);
  return made;
}

class Evaluation {
 public:
  Evaluation(const Options& options, const Pipeline& pipeline, Decider& decider, Console& console)
      : options_(options),
        pipeline_(pipeline),
        decider_(decider),
        console_(console),
        reader_(*pipeline.engine),
        lines_(*pipeline.engine) {}

  int run(RequestSource& source) {
    const auto begin = std::chrono::steady_clock::now();
    const bool quickly = options_.format == Format::json && options_.way != Way::oracle;
    source.before_waiting([this] {
      write();
      console_.flush();
    });
    bool good = true;
    {
      Progress progress(console_, "deciding:");
      while (const std::optional<RequestText> text = source.next()) {
        ++count_;
        if (!(good = quickly ? one_quickly(*text) : one(*text))) break;
        progress.step();
      }
    }
    write();
    if (!good) return exit_failure;
    if (!source.error().empty()) return fail(source.error());
    if (count_ == 0) return fail("`" + options_.requests + "` holds no request");
    if (options_.stats) stats(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return options_.exit_decision && others_ > 0 ? exit_not_allowed : exit_ok;
  }

 private:
  bool one_quickly(const RequestText& text) {
    std::string problem = text.too_long ? std::string(longer) : reader_.read(text.text, request_);
    Effect effect = Effect::deny;
    if (problem.empty()) {
      std::string difference;
      const std::optional<Decision> decision = decider_.decide(request_, difference);
      if (!decision) return differs(text, difference);
      effect = decision->effect;
      lines_.append(request_, reader_.names(), *decision, written_);
    } else {
      (written_ += to_json(unreadable(std::move(problem)))) += '\n';
    }
    if (effect != Effect::allow) ++others_;
    if (written_.size() >= written_at_once) write();
    return true;
  }

  bool one(const RequestText& text) {
    const ReadRequest read =
        text.too_long
            ? ReadRequest{{}, std::string(longer)}
            : read_request(text.text, [this](std::string_view tenant) { return pipeline_.attributes_of(tenant); });
    std::string difference;
    std::optional<Explanation> decision =
        read.ok() ? decider_.decide(read.request, difference) : unreadable(read.problem);
    if (!decision) return differs(text, difference);
    if (decision->effect != Effect::allow) ++others_;
    if (options_.format == Format::json) {
      console_.out(to_json(*decision) + "\n");
      return true;
    }
    if (read.ok()) decision->detail += meant(pipeline_, read.request, decision->fault);
    const std::string asked = read.ok() ? question(read.request) : fmt::format("request at line {}", text.line);
    const std::vector<TraceEntry> trace = read.ok() ? decider_.trace() : std::vector<TraceEntry>();
    console_.out(verdict(asked, *decision, trace, console_));
    return true;
  }

  bool differs(const RequestText& text, const std::string& difference) {
    write();
    fail(fmt::format("request at line {}: {}", text.line, difference));
    return false;
  }

  void write() {
    console_.out(written_);
    written_.clear();
  }

  int fail(const std::string& what) {
    console_.err("writ: " + safe(what) + "\n");
    return exit_failure;
  }

  void stats(double seconds) {
    console_.err(fmt::format("{} in {:.3f} s, {:.0f} a second, reading and writing included\n",
                             counted(count_, "decision"), seconds,
                             static_cast<double>(count_) / std::max(seconds, 1e-9)));
    if (decider_.without_code() > 0)
      console_.err(fmt::format("{} of them without machine code, by the interpreter\n", decider_.without_code()));
  }

  const Options& options_;
  const Pipeline& pipeline_;
  Decider& decider_;
  Console& console_;
  RequestReader reader_;
  Request request_;
  DecisionLines lines_;
  std::string written_;  // lines that are not yet out
  std::size_t count_ = 0, others_ = 0;
};

int eval(const Options& options, Console& console) {
  if (const std::string wrong = wrong_pair("eval", options.policy, options.requests); !wrong.empty()) {
    console.err("writ: " + safe(wrong) + "\n");
    return exit_usage;
  }
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  const bool code = options.way == Way::jit || options.way == Way::both;
  if (const int built = build(paths, {.format = options.format, .machine_code = code, .believing = &options.believing},
                              console, pipeline);
      built != exit_ok)
    return built;
  std::string error;
  Decider decider(pipeline, options.way, error);
  std::optional<RequestSource> source = error.empty() ? RequestSource::open(options.requests, error) : std::nullopt;
  if (!source) {
    console.err("writ: " + safe(error) + "\n");
    return exit_failure;
  }
  return Evaluation(options, pipeline, decider, console).run(*source);
}

}  // namespace

void declare_eval(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, Way> ways = {
      {"interpret", Way::interpret}, {"jit", Way::jit}, {"both", Way::both}, {"oracle", Way::oracle}};
  CLI::App* verb = app.add_subcommand("eval", "decide requests, with reasons");
  verb->add_option("POLICY", options->policy, "a file, a folder, - for standard input, or a bundle")->required();
  verb->add_option("REQUESTS", options->requests, "one JSON object, JSON lines, or - for standard input")->required();
  verb->add_option("--engine", options->way, "interpret, jit, or both, compared")
      ->type_name("WAY")
      ->transform(CLI::Transformer(ways).description(""))
      ->default_str("interpret");
  verb->add_flag("--exit-decision", options->exit_decision, "exit with 6 unless every decision is an allow");
  verb->add_flag("--stats", options->stats, "say on standard error how many decisions a second");
  add_format(*verb, options->format);
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ eval my-policy my-policy/request.json",
                       "writ eval --format json --stats my-policy requests.jsonl > decisions.jsonl",
                       "writ eval --exit-decision my-policy - < my-policy/request.json"});
  runs(*verb, invocation, [options, &invocation] { return eval(*options, invocation.console); });
}

}  // namespace writ::cli
