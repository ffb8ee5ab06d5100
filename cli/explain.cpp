// `writ explain`: of a request, how every rule that was asked came out and what it saw; of a code, its page.
#include "cli/decider.h"
#include "cli/page.h"
#include "cli/pages.h"
#include "cli/requests.h"
#include "cli/verb.h"
#include "cli/verdict.h"
#include "runtime/json/decision_json.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::string subject, request;
  Format format = Format::pretty;
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

int no_such_code(const std::string& code, Console& console) {
  std::vector<std::string_view> known;
  for (const Page& one : pages()) known.push_back(one.code);
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
  console.err(fmt::format("writ: `{}` is no code such as E0301, and no policy\n", safe(subject)));
  if (!found.empty()) console.err("codes that speak of it:\n" + found);
  return exit_usage;
}

int request(const Options& options, Console& console) {
  if (options.subject == "-" && options.request == "-") {
    console.err("writ: policy and request cannot both be `-`: there is one standard input\n");
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
  if (const std::string code = code_in(options.subject); !code.empty()) return page(code, console);
  return what_was_meant(options.subject, console);
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
