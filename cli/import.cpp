// `writ import`: another product's configuration as a policy, and a report of what became of it. Nothing is written when the
// source cannot be read, and no file is replaced unless that was asked for.
#include "cli/files.h"
#include "cli/verb.h"
#include "compiler/import/auth0.h"
#include "compiler/import/entra.h"
#include "compiler/import/keycloak.h"
#include "compiler/import/okta.h"
#include "compiler/import/source_file.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

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
  bool force = false, each = false;
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

struct Counts {
  std::string tenant;
  std::size_t clients, connections, organizations;
};
Counts counts_of(const Tenant& tenant) {
  return {tenant.wire, tenant.clients.size(), tenant.connections.size(), tenant.organizations.size()};
}

nlohmann::ordered_json as_json(const Counts& counts, const std::vector<std::string>& files, const Report& report) {
  nlohmann::ordered_json json;
  json["tenant"] = counts.tenant;
  if (files.size() == 1) json["file"] = files.front();
  if (files.size() > 1) json["files"] = files;
  json["clients"] = counts.clients;
  json["connections"] = counts.connections;
  json["organizations"] = counts.organizations;
  json["taken"] = report.taken;
  json["notes"] = nlohmann::ordered_json::array();
  for (const auto& note : report.notes)
    json["notes"].push_back({{"outcome", outcome_names[static_cast<std::size_t>(note.outcome)]},
                             {"where", note.where},
                             {"field", note.field},
                             {"text", note.text}});
  json["unread"] = report.unread;
  json["unresolved"] = report.unresolved;
  return json;
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

void tell(const Counts& counts, const Report& report, Console& console) {
  constexpr std::size_t most_shown = 40;
  std::size_t fields = 0;
  for (const auto& [field, times] : report.taken) fields += times;
  console.err(fmt::format("{} of {}: {}, {}, {}; {} taken as they are\n",
                          console.painted(Paint::good, "imported", true), safe(counts.tenant),
                          counted(counts.clients, "client"), counted(counts.connections, "connection"),
                          counted(counts.organizations, "organization"), counted(fields, "field")));
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

std::string in_the_way(const std::string& path) {
  return fmt::format("`{}` is there already; nothing is written (--force replaces it)", path);
}

// Says what is wrong, or nothing.
std::string put(const fs::path& path, const std::string& text, bool force) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return fmt::format("cannot make `{}`: {}", path.parent_path().string(), failed.message());
  if (!force && fs::exists(fs::symlink_status(path, failed))) return in_the_way(path.string());
  return force ? write_file(path.string(), text) : create_file(path.string(), text);
}

// All or none: what is in the way is looked for first. `paths` are those that were written.
std::string put_all(const Options& options, const std::vector<File>& files, std::vector<std::string>& paths) {
  std::error_code failed;
  for (const auto& file : files) {
    paths.push_back((fs::path(options.folder) / file.name).string());
    if (!options.force && fs::exists(fs::symlink_status(paths.back(), failed))) return in_the_way(paths.back());
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    if (auto problem = put(paths[i], files[i].text, options.force); !problem.empty()) return problem;
  return {};
}

// One source of a kind, by its path: the tenant, or the problem.
using Reader =
    std::function<std::string(const std::string& path, const std::string& tenant, Report& report, Tenant& made)>;

std::string not_checked(const std::string& problem) {
  return "what was made of the source does not check, which is a mistake of Writ's; nothing is written:\n" + problem;
}

int import_one(const Options& options, const Reader& reader, Console& console) {
  Report report;
  Tenant tenant;
  if (const auto problem = reader(options.path, options.tenant, report, tenant); !problem.empty())
    return fail(console, problem, exit_policy_errors);
  if (options.folder.empty() && in_files_of_their_own(tenant))
    return fail(console,
                fmt::format("{} become several files: give a folder with -o",
                            counted(tenant.organizations.size(), "organization")),
                exit_usage);
  const auto counts = counts_of(tenant);
  Progress progress(console, "writing");
  const auto written = write_files(
      std::move(tenant), [&](std::size_t done, std::size_t all) { progress.reach(done, all, 1, "organizations"); });
  if (!written.problem.empty()) return fail(console, not_checked(written.problem));
  std::vector<std::string> files;
  if (options.folder.empty()) {
    if (options.format == Format::pretty) console.out(written.files.front().text);
  } else if (const auto problem = put_all(options, written.files, files); !problem.empty()) {
    return fail(console, problem);
  }
  if (options.format == Format::json) {
    console.out(as_json(counts, files, report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return exit_ok;
  }
  tell(counts, report, console);
  if (files.size() == 1) console.out(fmt::format("wrote {}\n", safe(files.front())));
  if (files.size() > 1)
    console.out(fmt::format("wrote {} to {}\n", counted(files.size(), "file"), safe(options.folder)));
  return exit_ok;
}

// Every folder and every JSON or YAML file that lies in the path.
std::vector<std::string> sources_in(const std::string& path) {
  std::vector<std::string> list;
  std::error_code failed;
  for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
    const auto extension = at->path().extension();
    const bool file = extension == ".json" || extension == ".yaml" || extension == ".yml";
    if (at->path().filename().string().starts_with(".")) continue;
    if (at->is_directory(failed) || (file && at->is_regular_file(failed))) list.push_back(at->path().string());
  }
  std::ranges::sort(list);
  return list;
}

int import_each(const Options& options, const Reader& reader, Console& console) {
  if (options.folder.empty() || !options.tenant.empty())
    return fail(console, "--each needs a folder to write to (-o), and names every tenant itself", exit_usage);
  const auto paths = sources_in(options.path);
  if (paths.empty())
    return fail(console, fmt::format("`{}` holds no folder and no file to import", options.path), exit_policy_errors);
  std::vector<Tenant> tenants;
  std::vector<Report> reports(paths.size());
  std::optional<Progress> progress;
  progress.emplace(console, "reading");
  for (std::size_t i = 0; i < paths.size(); ++i) {
    progress->reach(i, paths.size(), 1, "tenants");
    Tenant tenant;
    if (const auto problem = reader(paths[i], "", reports[i], tenant); !problem.empty())
      return fail(console, problem, exit_policy_errors);
    // Which of them it was, where its file is called like everybody's.
    const auto name = fs::path(paths[i]).filename().string();
    if (tenant.origin.find(name) == std::string::npos) tenant.origin += " of " + name;
    tenants.push_back(std::move(tenant));
  }
  progress.reset();
  const auto set = write_set(tenants);
  if (!set.problem.empty()) return fail(console, not_checked(set.problem));
  for (std::size_t i = 0; i < tenants.size(); ++i) tenants[i].wire = set.wires[i];
  std::vector<std::string> files;
  if (const auto problem = put_all(options, set.files, files); !problem.empty()) return fail(console, problem);
  if (options.format == Format::json) {
    nlohmann::ordered_json json;
    json["files"] = files;
    json["floor"] = set.floor;
    json["templates"] = nlohmann::ordered_json::object();
    for (const auto& [name, count] : set.templates) json["templates"][name] = count;
    json["tenants"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < tenants.size(); ++i)
      json["tenants"].push_back(as_json(counts_of(tenants[i]), {}, reports[i]));
    console.out(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return exit_ok;
  }
  for (std::size_t i = 0; i < tenants.size(); ++i) tell(counts_of(tenants[i]), reports[i], console);
  if (set.floor > 0)
    console.err(fmt::format("the platform's floor: {} of all tenants\n", counted(set.floor, "statement")));
  for (const auto& [name, count] : set.templates)
    console.err(fmt::format("template {}: {} that differ in constants only\n", name, counted(count, "tenant")));
  console.out(fmt::format("wrote {} to {}\n", counted(files.size(), "file"), safe(options.folder)));
  return exit_ok;
}

int import_with(const Options& options, const Reader& reader, Console& console) {
  return options.each ? import_each(options, reader, console) : import_one(options, reader, console);
}

int import_auth0(const Options& options, Console& console) {
  Keywords keywords;
  if (const auto problem = read_keywords(options, keywords); !problem.empty())
    return fail(console, problem, exit_usage);
  const auto read = [&](const std::string& path, const std::string& tenant, Report& report, Tenant& made) {
    auto source = read_auth0(path, keywords, report);
    auto problem = source.problem;
    if (problem.empty()) made = plan_auth0(std::move(source), tenant.empty() ? tenant_name(path) : tenant, report);
    return problem;
  };
  return import_with(options, read, console);
}

int import_keycloak(const Options& options, Console& console) {
  const auto read = [](const std::string& path, const std::string& tenant, Report& report, Tenant& made) {
    const auto source = read_keycloak(path);
    if (source.problem.empty()) made = plan_keycloak(source, tenant, report);
    return source.problem;
  };
  return import_with(options, read, console);
}

int import_entra(const Options& options, Console& console) {
  const auto read = [](const std::string& path, const std::string& tenant, Report& report, Tenant& made) {
    const auto source = read_entra(path, report);
    if (source.problem.empty()) made = plan_entra(source, tenant.empty() ? tenant_name(path) : tenant, report);
    return source.problem;
  };
  return import_with(options, read, console);
}

int import_okta(const Options& options, Console& console) {
  const auto read = [](const std::string& path, const std::string& tenant, Report& report, Tenant& made) {
    const auto source = read_okta(path, report);
    if (source.problem.empty()) made = plan_okta(source, tenant.empty() ? tenant_name(path) : tenant, report);
    return source.problem;
  };
  return import_with(options, read, console);
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
  verb->add_flag("--each", options->each,
                 "every folder and file in PATH is a tenant: a policy set, with what they share said once");
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
  add_examples(*verb,
               {"writ import auth0 export/ -o policies/ --tenant acme", "writ import auth0 tenant.yaml --set ENV=prod",
                "writ import auth0 exports/ --each -o policies/"});
  runs(*verb, invocation, [options, &invocation] { return import_auth0(*options, invocation.console); });

  verb = add_source(*import, options, "keycloak", "a realm of Keycloak, as it exports it", "the realm, JSON or YAML");
  add_examples(*verb, {"writ import keycloak realm.json -o policies/"});
  runs(*verb, invocation, [options, &invocation] { return import_keycloak(*options, invocation.console); });

  verb = add_source(*import, options, "entra", "conditional access of Microsoft Entra, as Graph exports it",
                    "a folder of policies and named locations, or a file of them");
  add_examples(*verb, {"writ import entra ConditionalAccess/ -o policies/ --tenant corp"});
  runs(*verb, invocation, [options, &invocation] { return import_entra(*options, invocation.console); });

  verb = add_source(*import, options, "okta", "policies of Okta, as its API returns them",
                    "a folder of policies, rules, zones and applications, or a file of them");
  add_examples(*verb, {"writ import okta policies-of-okta/ -o policies/ --tenant corp"});
  runs(*verb, invocation, [options, &invocation] { return import_okta(*options, invocation.console); });
}

}  // namespace writ::cli
