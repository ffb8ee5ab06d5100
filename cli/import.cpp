// `writ import`: another product's configuration as a policy, and a report of what became of it. Nothing is written when the
// source cannot be read, and no file is replaced unless that was asked for.
#include "cli/files.h"
#include "cli/verb.h"
#include "compiler/import/auth0.h"
#include "compiler/import/entra.h"
#include "compiler/import/keycloak.h"
#include "compiler/import/source_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

namespace fs = std::filesystem;
using namespace importing;

struct Options {
  std::string path, folder, tenant, values;
  std::vector<std::string> set;
  bool force = false;
  Format format = Format::pretty;
};

// `KEY=VALUE` of the command line over those of a file; a value that is JSON is that, any other is a text.
std::string read_keywords(const Options& options, Keywords& keywords) {
  if (!options.values.empty()) {
    const auto document = read_source(options.values, nullptr);
    if (!document.problem.empty()) return document.problem;
    if (!document.value.is_object())
      return fmt::format("`{}` should be an object like {{\"KEY\": \"value\"}}", options.values);
    for (const auto& [key, value] : document.value.items()) keywords[key] = value;
  }
  for (const auto& one : options.set) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0) return fmt::format("--set wants KEY=VALUE, not `{}`", one);
    const auto text = one.substr(equals + 1);
    auto value = nlohmann::json::parse(text, nullptr, false);
    keywords[one.substr(0, equals)] =
        value.is_discarded() || value.is_number() ? nlohmann::json(text) : std::move(value);
  }
  return {};
}

// What the tenant is called when nobody says: the folder's name, or that of the folder that holds tenant.yaml.
std::string tenant_name(const std::string& path) {
  std::error_code failed;
  auto whole = fs::weakly_canonical(fs::path(path), failed);
  if (failed) whole = fs::path(path);
  const auto name = fs::is_directory(whole, failed) ? whole.filename() : whole.stem();
  const auto folder = whole.parent_path().filename();
  const auto chosen = name == "tenant" && !folder.empty() ? folder : name;
  return chosen.empty() ? "tenant" : chosen.string();
}

std::string as_json(const Tenant& tenant, const std::string& file, const Report& report) {
  nlohmann::ordered_json json;
  json["tenant"] = tenant.wire;
  if (!file.empty()) json["file"] = file;
  json["clients"] = tenant.clients.size();
  json["connections"] = tenant.connections.size();
  json["organizations"] = tenant.organizations.size();
  json["taken"] = report.taken;
  json["notes"] = nlohmann::ordered_json::array();
  for (const auto& note : report.notes)
    json["notes"].push_back({{"outcome", outcome_names[static_cast<std::size_t>(note.outcome)]},
                             {"where", note.where},
                             {"field", note.field},
                             {"text", note.text}});
  json["unread"] = report.unread;
  json["unresolved"] = report.unresolved;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

using Said = std::pair<std::string, std::string>;  // field and text
// The notes of one outcome, what is said of several things once, in the order in which it was said first.
std::vector<std::pair<Said, std::vector<std::string>>> together(const Report& report, Outcome outcome) {
  std::vector<std::pair<Said, std::vector<std::string>>> list;
  std::map<Said, std::size_t> places;
  for (const auto& note : report.notes) {
    if (note.outcome != outcome) continue;
    const auto [at, fresh] = places.emplace(Said{note.field, note.text}, list.size());
    if (fresh) list.emplace_back(at->first, std::vector<std::string>{});
    list[at->second].second.push_back(note.where);
  }
  return list;
}

void tell(const Tenant& tenant, const Report& report, Console& console) {
  constexpr std::size_t most_shown = 40;
  std::size_t fields = 0;
  for (const auto& [field, times] : report.taken) fields += times;
  console.err(fmt::format("{} of {}: {}, {}, {}; {} taken as they are\n",
                          console.painted(Paint::good, "imported", true), safe(tenant.wire),
                          counted(tenant.clients.size(), "client"), counted(tenant.connections.size(), "connection"),
                          counted(tenant.organizations.size(), "organization"), counted(fields, "field")));
  std::size_t shown = 0;
  for (const auto outcome : {Outcome::not_expressible, Outcome::wrong, Outcome::approximated})
    for (const auto& [said, places] : together(report, outcome)) {
      if (++shown > most_shown) continue;
      const auto more = places.size() > 1 ? fmt::format(" (and {} more)", places.size() - 1) : std::string();
      console.err(fmt::format("{}  {}{}, {}: {}\n",
                              console.painted(outcome == Outcome::approximated ? Paint::warn : Paint::bad,
                                              outcome_names[static_cast<std::size_t>(outcome)], true),
                              safe(places.front()), more, safe(said.first), safe(said.second)));
    }
  if (shown > most_shown) console.err(fmt::format("and {} more; --format json has all of them\n", shown - most_shown));
  if (!report.unresolved.empty()) {
    std::string keys;
    for (const auto& key : report.unresolved) keys += (keys.empty() ? "" : ", ") + key;
    console.err(fmt::format("without a value: {}; give them with --set KEY=VALUE\n", safe(keys)));
  }
}

// Says what is wrong, or nothing.
std::string put(const fs::path& path, const std::string& text, bool force) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return fmt::format("cannot make `{}`: {}", path.parent_path().string(), failed.message());
  if (!force && fs::exists(fs::symlink_status(path, failed)))
    return fmt::format("`{}` is there already; nothing is written (--force replaces it)", path.string());
  return force ? write_file(path.string(), text) : create_file(path.string(), text);
}

int finish(const Tenant& tenant, const Report& report, const Options& options, Console& console) {
  const auto written = write(tenant);
  if (!written.problem.empty())
    return fail(console,
                "what was made of the source does not check, which is a mistake of Writ's; nothing is written:\n" +
                    written.problem);
  std::string file;
  if (options.folder.empty()) {
    if (options.format == Format::pretty) console.out(written.text);
  } else {
    file = (fs::path(options.folder) / (tenant.name + ".writ")).string();
    if (const auto problem = put(file, written.text, options.force); !problem.empty()) return fail(console, problem);
  }
  if (options.format == Format::json)
    console.out(as_json(tenant, file, report));
  else
    tell(tenant, report, console);
  if (!file.empty() && options.format == Format::pretty) console.out(fmt::format("wrote {}\n", safe(file)));
  return exit_ok;
}

int import_auth0(const Options& options, Console& console) {
  Keywords keywords;
  if (const auto problem = read_keywords(options, keywords); !problem.empty())
    return fail(console, problem, exit_usage);
  Report report;
  const auto source = read_auth0(options.path, keywords, report);
  if (!source.problem.empty()) return fail(console, source.problem, exit_policy_errors);
  return finish(plan_auth0(source, options.tenant.empty() ? tenant_name(options.path) : options.tenant, report), report,
                options, console);
}

int import_keycloak(const Options& options, Console& console) {
  const auto source = read_keycloak(options.path);
  if (!source.problem.empty()) return fail(console, source.problem, exit_policy_errors);
  Report report;
  return finish(plan_keycloak(source, options.tenant, report), report, options, console);
}

int import_entra(const Options& options, Console& console) {
  Report report;
  const auto source = read_entra(options.path, report);
  if (!source.problem.empty()) return fail(console, source.problem, exit_policy_errors);
  return finish(plan_entra(source, options.tenant.empty() ? tenant_name(options.path) : options.tenant, report), report,
                options, console);
}

CLI::App* add_source(CLI::App& import, const std::shared_ptr<Options>& options, const std::string& name,
                     const std::string& about, const std::string& path) {
  CLI::App* verb = import.add_subcommand(name, about);
  verb->add_option("PATH", options->path, path)->required();
  verb->add_option("-o,--output", options->folder,
                   "the folder for the policy; without it the policy goes to standard output")
      ->type_name("DIR");
  verb->add_option("--tenant", options->tenant,
                   "the tenant's id in requests; else what the source or its folder is called")
      ->type_name("ID");
  verb->add_flag("--force", options->force, "replace a file that is there");
  add_format(*verb, options->format);
  return verb;
}

}  // namespace

void declare_import(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* import = app.add_subcommand("import", "another product's configuration as a policy");
  import->require_subcommand(1);
  add_examples(*import, {"writ import auth0 export/ -o policies/", "writ import keycloak realm.json -o policies/"});

  CLI::App* verb = add_source(*import, options, "auth0", "an export of Auth0's deploy tool: tenant.yaml or a folder",
                              "tenant.yaml, JSON with its keys, or the folder of a folder export");
  verb->add_option("--set", options->set,
                   "the value of a keyword such as ##KEY## or @@KEY@@; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--values", options->values, "a file with values of keywords, JSON or YAML")->type_name("FILE");
  add_examples(
      *verb, {"writ import auth0 export/ -o policies/ --tenant acme", "writ import auth0 tenant.yaml --set ENV=prod"});
  runs(*verb, invocation, [options, &invocation] { return import_auth0(*options, invocation.console); });

  verb = add_source(*import, options, "keycloak", "a realm of Keycloak, as it exports it", "the realm, JSON or YAML");
  add_examples(*verb, {"writ import keycloak realm.json -o policies/"});
  runs(*verb, invocation, [options, &invocation] { return import_keycloak(*options, invocation.console); });

  verb = add_source(*import, options, "entra", "conditional access of Microsoft Entra, as Graph exports it",
                    "a folder of policies and named locations, or a file of them");
  add_examples(*verb, {"writ import entra ConditionalAccess/ -o policies/ --tenant corp"});
  runs(*verb, invocation, [options, &invocation] { return import_entra(*options, invocation.console); });
}

}  // namespace writ::cli
