// From paths to an engine that decides: the one place where the phases stand in a row.
#pragma once

#include "cli/believing.h"
#include "cli/console.h"
#include "cli/verb.h"
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "runtime/engine/engine.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

// Each phase includes those before it.
enum class Phase : std::uint8_t { load, check, lower, engine };

struct Pipeline {
  Loaded loaded;
  model::Policy policy;
  std::vector<program::Part> parts;  // until the engine takes them
  std::unique_ptr<Engine> engine;
  bool from_bundle = false;                  // then there are no trees, and of the model only attributes and ids
  std::shared_ptr<CodeSource> machine_code;  // when it was asked for and this build has it

  std::optional<std::span<const program::Attribute>> attributes_of(std::string_view tenant) const;
  std::size_t files() const { return loaded.order.size(); }
};

struct PipelineOptions {
  Phase until = Phase::engine;
  Format format = Format::pretty;  // of the diagnostics, on standard error
  bool machine_code = false;
  Limits limits{};
  const Believing* believing = nullptr;  // verbs that take a bundle as well; others say that they want the source
};

// `paths`: of a policy's source, or one bundle. Fills `pipeline` and tells on standard error what is wrong. exit_ok, exit_policy_errors, or exit_failure when what the compiler made was
// refused by the engine.
int build(std::span<const std::string> paths, const PipelineOptions& options, Console& console, Pipeline& pipeline);

// That there is no tenant of that wire id, and which may have been meant.
std::string no_such_tenant(const Pipeline& pipeline, std::string_view id);

// That `seen`, given to --action, is none, and which may have been meant.
std::string no_such_action(std::string_view seen);

// The diagnostics so far, in the format asked for, and a last line that counts them.
std::string render(const Pipeline& pipeline, Format format, bool color);

}  // namespace writ::cli
