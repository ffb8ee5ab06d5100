// `writ facts`: everything a request can say, with its type and in which actions it is required or optional; of a tenant also what its rules
// make required there, the JSON Schema of its requests, the same as C++, and the request that tests start from.
#include "runtime/program/facts.h"

#include "cli/facts_cpp.h"
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "runtime/json/request_json.h"
#include "runtime/json/schema_json.h"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

struct Options {
  Believing believing;
  std::string policy, tenant, action;
  bool schema = false, baseline = false, cpp = false;
  std::string name_space = "facts";
  Format format = Format::pretty;
};

struct Row {
  std::string name, type, note;
  ActionMask required = 0, optional = 0, needed = 0;  // needed: by this tenant's rules and structure
};

std::string type_text(TypeKind kind, std::int64_t low, std::int64_t high, const std::vector<std::string_view>& values) {
  static constexpr std::string_view names[] = {"bool",   "int",        "string",        "ip",     "cidr",
                                               "time",   "duration",   "set of string", "one of", "tenant",
                                               "client", "connection", "organization"};
  std::string text(names[static_cast<std::size_t>(kind)]);
  if (kind == TypeKind::integer && (low != INT64_MIN || high != INT64_MAX)) text += fmt::format(" {}..{}", low, high);
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? " " : ", ") + std::string(values[i]);
  return text;
}

std::vector<Row> rows(std::span<const program::Attribute> attributes, const program::Part* part) {
  std::vector<Row> all;
  for (const Fact& one : builtin_facts)
    all.push_back({std::string(one.name),
                   type_text(one.type, one.low, one.high, {one.values.begin(), one.values.end()}),
                   std::string(one.note), one.required, one.optional});
  for (const program::Attribute& one : attributes)
    all.push_back({one.name, type_text(one.type, one.low, one.high, {one.values.begin(), one.values.end()}),
                   "declared by the policy", one.required, one.optional});
  if (part == nullptr) return all;
  for (Row& row : all)  // a request names what it asks about, whatever the rules say
    if (row.name == "tenant" || row.name == "client" || row.name == "connection") row.needed = row.required;
  for (std::size_t action = 0; action < action_count; ++action)
    for (const FactId id : part->programs[action].required)
      if (index(id) < all.size()) all[index(id)].needed |= mask_of(static_cast<Action>(action));
  return all;
}

std::string table(const std::vector<Row>& all, ActionMask asked, bool tenant) {
  std::string text = fmt::format("{:28}{:34}", "fact", "type");
  for (std::size_t i = 0; i < action_count; ++i)
    if (asked & mask_of(static_cast<Action>(i))) text += fmt::format("{:<17}", action_names[i]);
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  for (const Row& row : all) {
    if (((row.required | row.optional) & asked) == 0) continue;
    std::string line =
        fmt::format("{:28}{:34}", safe(row.name), row.type.size() > 32 ? row.type.substr(0, 30) + "…" : row.type);
    for (std::size_t i = 0; i < action_count; ++i) {
      const ActionMask bit = mask_of(static_cast<Action>(i));
      if (!(asked & bit)) continue;
      const std::string_view word = (row.needed & bit)               ? "REQUIRED"
                                    : (row.required & bit) && tenant ? "not asked"
                                    : (row.required & bit)           ? "required"
                                    : (row.optional & bit)           ? "optional"
                                                                     : "-";
      line += fmt::format("{:<17}", word);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text + (tenant ? "\nREQUIRED: a rule in force or the structure asks for it; `not asked`: required only where "
                          "a rule mentions it.\n"
                        : "\nrequired: must be given where a rule in force mentions it. See `--tenant` for what that "
                          "comes to.\n");
}

std::string json(const std::vector<Row>& all, ActionMask asked) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  const auto names = [&](ActionMask mask) {
    nlohmann::ordered_json actions = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < action_count; ++i)
      if (mask & asked & mask_of(static_cast<Action>(i))) actions.push_back(action_names[i]);
    return actions;
  };
  for (const Row& row : all) {
    if (((row.required | row.optional) & asked) == 0) continue;
    nlohmann::ordered_json one;
    one["fact"] = row.name;
    one["type"] = row.type;
    one["required"] = names(row.required);
    one["optional"] = names(row.optional);
    one["needed"] = names(row.needed);
    one["note"] = row.note.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(row.note);
    list.push_back(std::move(one));
  }
  return list.dump(1) + "\n";
}

std::string cpp(const Options& options, const Pipeline& pipeline, const program::Part* part,
                std::optional<Action> action) {
  std::vector<const program::Part*> tenants;
  for (const program::Part& one : pipeline.parts)
    if (part == nullptr || part == &one) tenants.push_back(&one);
  std::string heading = "Made by `writ facts " + safe(options.policy.empty() ? "" : options.policy);
  if (part != nullptr) heading += " --tenant " + safe(options.tenant);
  if (action) heading += " --action " + options.action;
  return cpp_requests({part ? part->attributes : pipeline.policy.attributes, tenants, options.name_space,
                       heading + " --cpp`.", action});
}

int facts(const Options& options, Console& console) {
  const auto usage = [&](std::string_view what) {
    console.err(fmt::format("writ: {}\n", what));
    return exit_usage;
  };
  const std::optional<std::uint8_t> action = index_of(action_names, options.action);
  if (!options.action.empty() && !action) return usage(no_such_action(options.action));
  const std::optional<Action> asked_action = action ? std::optional(static_cast<Action>(*action)) : std::nullopt;
  if (options.cpp && options.policy.empty()) return usage("--cpp is of a policy: give one");
  if (!is_namespace(options.name_space))
    return usage("`" + safe(options.name_space) +
                 "` is no namespace: --namespace wants names like `acme` or `acme::login`");
  if (options.baseline && options.policy.empty()) {
    console.out(to_json(baseline(asked_action.value_or(Action::login)), {}) + "\n");
    return exit_ok;
  }
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  if (!options.policy.empty())
    if (const int built =
            build(paths, {.until = Phase::lower, .format = options.format, .believing = &options.believing}, console,
                  pipeline);
        built != exit_ok)
      return built;
  const program::Part* part = nullptr;
  for (const program::Part& one : pipeline.parts)
    if (one.id == options.tenant ||
        (options.tenant.empty() && (options.schema || options.baseline) && pipeline.parts.size() == 1))
      part = &one;
  if (!options.tenant.empty() && part == nullptr) return usage(no_such_tenant(pipeline, options.tenant));
  if (options.schema && part == nullptr) return usage("--schema is of one tenant: give a policy and --tenant");
  if (options.baseline && part == nullptr) return usage("--baseline is of one tenant: give --tenant, or no policy");
  if (options.baseline) {
    console.out(to_json(baseline(*part, asked_action.value_or(Action::login)), part->attributes) + "\n");
    return exit_ok;
  }
  if (options.schema) {
    console.out(request_schema(*part, asked_action));
    return exit_ok;
  }
  if (options.cpp) {
    console.out(cpp(options, pipeline, part, asked_action));
    return exit_ok;
  }
  const std::vector<Row> all = rows(part ? part->attributes : pipeline.policy.attributes, part);
  const ActionMask asked = asked_action ? mask_of(*asked_action) : all_actions;
  console.out(options.format == Format::json ? json(all, asked) : table(all, asked, part != nullptr));
  return exit_ok;
}

}  // namespace

void declare_facts(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("facts", "what a request can and must say");
  verb->add_option("POLICY", options->policy, "a file, a folder, or -; without it, the built-in facts");
  verb->add_option("--tenant", options->tenant, "of this tenant: its attributes and what its rules require")
      ->type_name("ID");
  verb->add_option("--action", options->action, "of this action alone")->type_name("ACTION");
  verb->add_flag("--schema", options->schema, "as JSON Schema of the tenant's requests");
  verb->add_flag("--baseline", options->baseline,
                 "the request that tests of the action (login) start from, as JSON; with a policy, one to a tenant's "
                 "first client");
  verb->add_flag("--cpp", options->cpp,
                 "as a C++ header: a struct for each action, of the platform's facts or of one tenant's");
  verb->add_option("--namespace", options->name_space, "of the C++ header, `facts` unless given")->type_name("NAME");
  add_format(*verb, options->format);
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ facts", "writ facts my-policy --tenant acme --action login",
                       "writ facts my-policy --tenant acme --schema > request.schema.json",
                       "writ facts my-policy --baseline | writ eval my-policy -",
                       "writ facts my-policy --cpp --namespace acme > acme_facts.h"});
  runs(*verb, invocation, [options, &invocation] { return facts(*options, invocation.console); });
}

}  // namespace writ::cli
