// `writ explain`: of a request, how every rule that was asked came out and what it saw; what would change
// that; of a code, its page.
#include "cli/decider.h"
#include "cli/meant.h"
#include "cli/otherwise.h"
#include "cli/page.h"
#include "cli/pages.h"
#include "cli/requests.h"
#include "cli/verb.h"
#include "cli/verdict.h"
#include "compiler/lint/lint.h"
#include "runtime/flip/flip.h"
#include "runtime/json/decision_json.h"
#include "runtime/json/flip_json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  Believing believing;
  std::string subject, request;
  Format format = Format::pretty;
  std::optional<flip::Wanted> to;
  std::string days;  // to look for boundaries in; empty: not asked for
};

// "E0301", as people write and copy it: e301, 301, error[E0301]:. Empty when it is no code.
std::string code_in(std::string_view text) {
  if (const auto open = text.find('['); open != std::string_view::npos)
    text = text.substr(open + 1, text.find(']', open) - open - 1);
  if (text.starts_with('E') || text.starts_with('e')) text.remove_prefix(1);
  constexpr std::size_t digits = 4;
  const bool number = !text.empty() && text.size() <= digits &&
                      std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return number ? "E" + std::string(digits - text.size(), '0') + std::string(text) : std::string();
}

std::string title_of(std::string_view code) {
  for (const CodeRow& row : catalogue())
    if (code_text(row.code) == code) return std::string(row.title);
  return {};
}

bool has_page(std::string_view name) {
  return std::ranges::any_of(pages(), [&](const Page& one) { return one.code == name; });
}

// "http-callback", or as it is copied: warning[http-callback]:. Empty when it is no rule of lint.
std::string rule_in(std::string_view text) {
  if (const auto open = text.find('['); open != std::string_view::npos)
    text = text.substr(open + 1, text.find(']', open) - open - 1);
  return !text.starts_with('E') && has_page(text) ? std::string(text) : std::string();
}

int no_such_code(const std::string& code, Console& console) {
  std::vector<std::string> codes;
  for (const CodeRow& row : catalogue()) codes.push_back(code_text(row.code));
  const std::vector<std::string_view> known(codes.begin(), codes.end());
  const std::string_view near = nearest_name(code, known);
  console.err(
      near.empty()
          ? fmt::format("writ: there is no code {}; codes go from {} to {}\n", code, known.front(), known.back())
          : fmt::format("writ: there is no code {}, did you mean {} ({})?\n", code, near, title_of(near)));
  return exit_usage;
}

int page(const std::string& code, Console& console) {
  for (const Page& one : pages()) {
    if (one.code != code) continue;
    console.out(page_text(one.text, console.width(), console));
    return exit_ok;
  }
  return no_such_code(code, console);
}

// Neither a code nor a policy with a request: what may have been meant.
int what_was_meant(const std::string& subject, Console& console) {
  std::error_code ignored;
  if (subject == "-" || std::filesystem::exists(subject, ignored)) {
    console.err(fmt::format("writ: to explain a decision of `{}`, name a request too: `writ explain {} request.json`\n",
                            safe(subject), safe(subject)));
    return exit_usage;
  }
  std::string found;
  for (const CodeRow& row : catalogue())
    if (!subject.empty() && row.title.find(subject) != std::string_view::npos)
      found += fmt::format("  {}  {}\n", code_text(row.code), row.title);
  std::vector<std::string_view> rules;
  for (const lint::RuleRow& row : lint::rules()) {
    rules.push_back(row.id);
    if (!subject.empty() &&
        (row.title.find(subject) != std::string_view::npos || row.id.find(subject) != std::string_view::npos))
      found += fmt::format("  {}  {}\n", row.id, row.title);
  }
  const std::string_view near = nearest_name(subject, rules);
  console.err(fmt::format("writ: `{}` is no code such as E0301, no rule of lint{} and no policy\n", safe(subject),
                          near.empty() ? "," : fmt::format(" (did you mean `{}`?)", near)));
  if (!found.empty()) console.err("what speaks of it:\n" + found);
  return exit_usage;
}

// From 1 to `most_days`; 0 when it is no such number.
std::int64_t days_in(std::string_view text) {
  std::int64_t days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  const bool number = error == std::errc{} && end == text.data() + text.size();
  return number && days >= 1 && days <= flip::most_days ? days : 0;
}

// Everything about one request; false: the boundaries cannot be told.
bool one(const Options& options, const NamedRequest& asked, std::size_t line, const Pipeline& pipeline,
         Decider& decider, Console& console) {
  std::string difference;
  std::optional<Explanation> decision = decider.decide(asked, difference);
  const std::vector<TraceEntry> trace = decider.trace();
  const flip::Changes changes =
      flip::find_changes(*pipeline.engine, asked, options.to.value_or(flip::usual(decision->effect)));
  std::optional<flip::Boundaries> boundaries;
  if (!options.days.empty()) boundaries = flip::find_boundaries(*pipeline.engine, asked, days_in(options.days));
  if (boundaries && !boundaries->problem.empty()) {
    console.err(fmt::format("writ: boundaries of the request at line {}: {}\n", line, safe(boundaries->problem)));
    return false;
  }
  if (options.format == Format::json) {
    console.out(fmt::format("{{\"decision\":{},\"trace\":{},\"changes\":{},\"boundaries\":{}}}\n", to_json(*decision),
                            to_json(trace), to_json(changes), boundaries ? to_json(*boundaries) : "null"));
    return true;
  }
  decision->detail += meant(pipeline, asked, decision->fault);
  std::string more = changes_text(changes, console);
  if (boundaries) more += boundaries_text(*boundaries, console);
  console.out(reading(question(asked), *decision, trace, console, more));
  return true;
}

int requests(const Options& options, const Pipeline& pipeline, Console& console) {
  std::string error;
  Decider decider(pipeline, Way::interpret, error);
  std::optional<RequestSource> source = RequestSource::open(options.request, error);
  const auto fail = [&](const std::string& what) {
    console.err("writ: " + safe(what) + "\n");
    return exit_failure;
  };
  if (!source) return fail(error);
  std::size_t count = 0;
  for (; const std::optional<RequestText> text = source->next(); ++count) {
    const ReadRequest read =
        text->too_long
            ? ReadRequest{{}, "longer than a request may be"}
            : read_request(text->text, [&](std::string_view tenant) { return pipeline.attributes_of(tenant); });
    if (!read.ok()) return fail(fmt::format("request at line {}: {}", text->line, read.problem));
    if (!one(options, read.request, text->line, pipeline, decider, console)) return exit_failure;
  }
  if (!source->error().empty()) return fail(source->error());
  return count > 0 ? exit_ok : fail("`" + options.request + "` holds no request");
}

int request(const Options& options, Console& console) {
  std::error_code ignored;
  if (!code_in(options.subject).empty() && !std::filesystem::exists(options.subject, ignored)) {
    console.err(fmt::format("writ: a code is explained alone: `writ explain {}`\n", code_in(options.subject)));
    return exit_usage;
  }
  if (const std::string wrong = wrong_pair("explain", options.subject, options.request); !wrong.empty()) {
    console.err("writ: " + safe(wrong) + "\n");
    return exit_usage;
  }
  Pipeline pipeline;
  const std::string paths[] = {options.subject};
  if (const int built = build(paths, {.format = options.format, .believing = &options.believing}, console, pipeline);
      built != exit_ok)
    return built;
  return requests(options, pipeline, console);
}

int explain(const Options& options, Console& console) {
  if (!options.days.empty() && days_in(options.days) == 0) {
    console.err(fmt::format(
        "writ explain: `--boundaries` is a number of days from 1 to {}, not `{}`; see `writ explain --help`\n",
        flip::most_days, safe(options.days)));
    return exit_usage;
  }
  if (!options.request.empty()) return request(options, console);
  if (options.to || !options.days.empty()) {
    console.err("writ: --to and --boundaries are about a request: `writ explain my-policy request.json`\n");
    return exit_usage;
  }
  if (const std::string code = code_in(options.subject); !code.empty()) return page(code, console);
  if (const std::string rule = rule_in(options.subject); !rule.empty()) return page(rule, console);
  return what_was_meant(options.subject, console);
}

}  // namespace

void declare_explain(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, flip::Wanted> effects = {
      {"allow", flip::Wanted::allow}, {"challenge", flip::Wanted::challenge}, {"deny", flip::Wanted::deny}};
  CLI::App* verb =
      app.add_subcommand("explain", "why a request is decided as it is, and what would change it; what a code means");
  verb->add_option("SUBJECT", options->subject,
                   "a policy (file, folder or -) or a bundle, a code such as E0301, or a rule of lint")
      ->required();
  verb->add_option("REQUEST", options->request, "a JSON object, JSON lines, or - for standard input");
  verb->add_option("--to", options->to, "the decision to look for by changing facts: allow, challenge or deny")
      ->type_name("EFFECT")
      ->transform(CLI::Transformer(effects).description(""));
  verb->add_option("--boundaries", options->days,
                   "the instants in the next 7, or so many, days at which time alone changes the decision")
      ->type_name("[=DAYS]");  // main.cpp puts in the 7
  add_format(*verb, options->format);
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ explain my-policy my-policy/request.json",
                       "writ explain --to challenge my-policy my-policy/request.json",
                       "writ explain --boundaries=30 my-policy my-policy/request.json", "writ explain E0301"});
  runs(*verb, invocation, [options, &invocation] { return explain(*options, invocation.console); });
}

}  // namespace writ::cli
