// `writ matrix`: who may enter which client through which connection, and under which rules.
#include "cli/matrix.h"

#include "cli/pipeline.h"
#include "cli/verb.h"
#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

enum class Form : std::uint8_t { pretty, json, html, svg };

struct Options {
  Believing believing;
  std::string policy, action = "login";
  std::vector<std::string> tenants;
  Form form = Form::pretty;
};

int matrix(const Options& options, Console& console) {
  const auto action = index_of(action_names, options.action);
  if (!action) return fail(console, no_such_action(options.action), exit_usage);
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  if (const int built = build(paths,
                              {.until = Phase::lower,
                               .format = options.form == Form::json ? Format::json : Format::pretty,
                               .believing = &options.believing},
                              console, pipeline);
      built != exit_ok)
    return built;
  std::vector<overview::Table> tables;
  for (const auto& name : options.tenants)
    if (std::ranges::find(pipeline.parts, name, &program::Part::id) == pipeline.parts.end())
      return fail(console, no_such_tenant(pipeline, name), exit_usage);
  for (const auto& part : pipeline.parts)
    if (options.tenants.empty() || std::ranges::find(options.tenants, part.id) != options.tenants.end())
      tables.push_back(overview::table_of(part, static_cast<Action>(*action)));
  switch (options.form) {
  case Form::pretty: console.out(matrix_pretty(tables, console)); break;
  case Form::json: console.out(matrix_json(tables)); break;
  case Form::html: console.out(matrix_html(tables)); break;
  case Form::svg: console.out(matrix_svg(tables)); break;
  }
  return exit_ok;
}

}  // namespace

void declare_matrix(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, Form> forms = {
      {"pretty", Form::pretty}, {"json", Form::json}, {"html", Form::html}, {"svg", Form::svg}};
  CLI::App* verb = app.add_subcommand("matrix", "who may enter which client through which connection");
  verb->add_option("POLICY", options->policy, "a file, a folder, - for standard input, or a bundle")->required();
  verb->add_option("--tenant", options->tenants, "of this tenant alone; may be given several times")->type_name("ID");
  verb->add_option("--action", options->action, "another action than login")->type_name("ACTION");
  verb->add_option("--format", options->form, "pretty, json, html or svg")
      ->type_name("FORM")
      ->transform(CLI::Transformer(forms).description(""))
      ->default_str("pretty");
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ matrix my-policy --tenant acme", "writ matrix my-policy --format html > matrix.html",
                       "writ matrix my-policy --action signup"});
  runs(*verb, invocation, [options, &invocation] { return matrix(*options, invocation.console); });
}

}  // namespace writ::cli
