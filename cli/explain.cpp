// `writ explain`: of a request, how every rule that was asked came out and what it saw; of a code, its page.
#include "cli/decider.h"
#include "cli/pages.h"
#include "cli/requests.h"
#include "cli/verb.h"
#include "cli/verdict.h"
#include "runtime/json/decision_json.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::string subject, request;
  Format format = Format::pretty;
};

bool looks_like_code(std::string_view text) {
  return text.size() == 5 && (text[0] == 'E' || text[0] == 'e') &&
         std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

int page(const std::string& subject, Console& console) {
  const std::string code = "E" + subject.substr(1);
  for (const Page& one : pages()) {
    if (one.code != code) continue;
    console.out(one.text);
    if (!one.text.ends_with('\n')) console.out("\n");
    return exit_ok;
  }
  console.err(fmt::format("writ: there is no code {}; codes go from {} to {}\n", code,
                          code_text(catalogue().front().code), code_text(catalogue().back().code)));
  return exit_usage;
}

int request(const Options& options, Console& console) {
  if (options.subject == "-" && options.request == "-") {
    console.err("writ: only one of policy and request can be standard input\n");
    return exit_usage;
  }
  Pipeline pipeline;
  const std::string paths[] = {options.subject};
  if (const int built = build(paths, {.format = options.format}, console, pipeline); built != exit_ok) return built;
  std::string error, difference;
  Decider decider(pipeline, Way::interpret, error);
  std::optional<RequestSource> source = RequestSource::open(options.request, error);
  if (!source) {
    console.err("writ: " + safe(error) + "\n");
    return exit_failure;
  }
  while (const std::optional<RequestText> text = source->next()) {
    const ReadRequest read =
        text->too_long
            ? ReadRequest{{}, "longer than a request may be"}
            : read_request(text->text, [&](std::string_view tenant) { return pipeline.attributes_of(tenant); });
    if (!read.ok()) {
      console.err(fmt::format("writ: request at line {}: {}\n", text->line, safe(read.problem)));
      return exit_failure;
    }
    const std::optional<Explanation> decision = decider.decide(read.request, difference);
    const std::vector<TraceEntry> trace = decider.trace();
    if (options.format == Format::json)
      console.out(fmt::format("{{\"decision\":{},\"trace\":{}}}\n", to_json(*decision), to_json(trace)));
    else
      console.out(reading(question(read.request), *decision, trace, console));
  }
  if (source->error().empty()) return exit_ok;
  console.err("writ: " + safe(source->error()) + "\n");
  return exit_failure;
}

int explain(const Options& options, Console& console) {
  if (!options.request.empty()) return request(options, console);
  if (looks_like_code(options.subject)) return page(options.subject, console);
  console.err(fmt::format("writ: `{}` is no code such as E0301; to explain a decision, name a policy and a request\n",
                          safe(options.subject)));
  return exit_usage;
}

}  // namespace

void declare_explain(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("explain", "why a request is decided as it is; what a code means");
  verb->add_option("SUBJECT", options->subject, "a policy (file, folder or -), or a code such as E0301")->required();
  verb->add_option("REQUEST", options->request, "a JSON object, JSON lines, or - for standard input");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ explain my-policy request.json", "writ explain E0301"});
  verb->callback([options, &invocation] {
    invocation.job = [options, &invocation] { return explain(*options, invocation.console); };
  });
}

}  // namespace writ::cli
