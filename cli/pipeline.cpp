// load → check → lower → Engine. A phase with errors ends the way: nothing decides by a policy that was not understood whole.
#include "cli/pipeline.h"

#include "cli/bundles.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/in_parallel.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::cli {

namespace {

std::shared_ptr<CodeSource> machine_code_source(bool wanted, Console& console) {
#if WRIT_WITH_JIT
  JitOptions options;
  options.report = [&console](const std::string& text) { console.err("writ: " + safe(text) + "\n"); };
  if (wanted) return make_jit(options);
#else
  (void)wanted;
  (void)console;
#endif
  return nullptr;
}

std::vector<program::Part> lower_all(const Pipeline& pipeline, Console& console) {
  Progress progress(console, "lowering tenants:", pipeline.policy.tenants.size());
  std::vector<program::Part> parts;
  parts.reserve(pipeline.policy.tenants.size());
  for (const model::Tenant& tenant : pipeline.policy.tenants) {
    parts.push_back(lower_tenant(tenant, pipeline.loaded.sources));
    progress.step();
  }
  return parts;
}

int to_engine(const PipelineOptions& options, Console& console, Pipeline& pipeline) {
  pipeline.machine_code = machine_code_source(options.machine_code, console);
  pipeline.engine =
      std::make_unique<Engine>(pipeline.machine_code, pipeline.machine_code ? Tier::native : Tier::interpret);
  if (const std::string refused = pipeline.engine->put(std::move(pipeline.parts)); !refused.empty()) {
    console.err("writ: the engine refuses what was compiled: " + safe(refused) + "\n");
    return exit_failure;
  }
  if (pipeline.machine_code) pipeline.engine->wait_for_code();
  return exit_ok;
}

// The attributes that every tenant has are the platform's.
std::vector<program::Attribute> shared_attributes(const std::vector<program::Part>& parts) {
  if (parts.empty()) return {};
  auto shared = parts.front().attributes;
  for (const auto& part : parts) {
    std::size_t same = 0;
    while (same < std::min(shared.size(), part.attributes.size()) && shared[same].name == part.attributes[same].name)
      ++same;
    shared.resize(same);
  }
  return shared;
}

int from_bundle(const std::string& path, const PipelineOptions& options, Console& console, Pipeline& pipeline) {
  if (options.believing == nullptr || options.until < Phase::lower)
    return fail(console, "`" + path + "` is a bundle and holds no source: this wants the policy it was built from",
                exit_usage);
  int code = exit_ok;
  const auto opened = open_bundle(path, *options.believing, console, code);
  if (!opened) return code;
  pipeline.from_bundle = true;
  pipeline.parts.resize(opened->size());
  std::vector<bundle::Problem> problems(opened->size());
  in_parallel(opened->size(), [&](std::size_t i, std::size_t) { problems[i] = opened->part(i, pipeline.parts[i]); });
  for (const auto& problem : problems)
    if (problem) return refuse(console, path, problem);
  pipeline.policy.attributes = shared_attributes(pipeline.parts);
  for (const auto& part : pipeline.parts) {
    auto& structure = pipeline.policy.tenants.emplace_back().structure;
    structure.id = part.id;
    structure.attributes = part.attributes;
  }
  return options.until == Phase::lower ? exit_ok : to_engine(options, console, pipeline);
}

}  // namespace

int build(std::span<const std::string> paths, const PipelineOptions& options, Console& console, Pipeline& pipeline) {
  const auto tell = [&] {
    if (!pipeline.loaded.diagnostics.empty()) console.err(render(pipeline, options.format, console.colored_err()));
    return pipeline.loaded.diagnostics.has_errors() ? exit_policy_errors : exit_ok;
  };
  if (paths.size() == 1 && begins_as_bundle(paths[0])) return from_bundle(paths[0], options, console, pipeline);
  pipeline.loaded = load(paths, options.limits);
  if (options.until == Phase::load || pipeline.loaded.diagnostics.has_errors()) return tell();
  pipeline.policy =
      check_policy(pipeline.loaded.order, pipeline.loaded.sources, options.limits, pipeline.loaded.diagnostics);
  if (const int told = tell(); told != exit_ok || options.until == Phase::check) return told;
  pipeline.parts = lower_all(pipeline, console);
  if (options.until == Phase::lower) return exit_ok;
  return to_engine(options, console, pipeline);
}

std::string no_such_tenant(const Pipeline& pipeline, std::string_view id) {
  std::vector<std::string_view> ids;
  for (const model::Tenant& tenant : pipeline.policy.tenants) ids.push_back(tenant.structure.id);
  const std::string_view near = nearest_name(id, ids);
  return fmt::format("there is no tenant `{}`{}", safe(id),
                     near.empty() ? "" : fmt::format(", did you mean `{}`?", safe(near)));
}

std::string no_such_action(std::string_view seen) {
  const std::vector<std::string_view> names(action_names.begin(), action_names.end());
  const std::string_view near = nearest_name(seen, names);
  return fmt::format("there is no action `{}`{}", safe(seen),
                     near.empty() ? fmt::format("; the actions are {}", fmt::join(names, ", "))
                                  : fmt::format(", did you mean `{}`?", near));
}

std::string render(const Pipeline& pipeline, Format format, bool color) {
  const Diagnostics& diagnostics = pipeline.loaded.diagnostics;
  std::vector<FileId> files;  // what is imported is told first: mistakes there are often why others are made
  for (const tree::Tree* tree : pipeline.loaded.order) files.push_back(tree->file);
  const std::vector<Diagnostic> list = diagnostics.sorted(files);
  if (format == Format::json) return render_json(list, pipeline.loaded.sources);
  const auto errors = static_cast<std::size_t>(std::count_if(
      list.begin(), list.end(), [](const Diagnostic& one) { return row_of(one.code).severity == Severity::error; }));
  const std::size_t warnings = list.size() - errors;
  std::string text = render_pretty(list, pipeline.loaded.sources, {.color = color});
  if (list.empty()) return text;
  std::string counts = errors > 0 ? counted(errors, "error") : std::string();
  if (warnings > 0) counts += (counts.empty() ? "" : ", ") + counted(warnings, "warning");
  if (pipeline.files() > 0) counts += " in " + counted(pipeline.files(), "file");
  return text + counts + "\n";
}

std::optional<std::span<const program::Attribute>> Pipeline::attributes_of(std::string_view tenant) const {
  const auto found =
      std::lower_bound(policy.tenants.begin(), policy.tenants.end(), tenant,
                       [](const model::Tenant& one, std::string_view id) { return one.structure.id < id; });
  if (found == policy.tenants.end() || found->structure.id != tenant) return std::nullopt;
  return std::span<const program::Attribute>(found->structure.attributes);
}

}  // namespace writ::cli
