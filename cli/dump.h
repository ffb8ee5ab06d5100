// The forms of a policy between its text and its machine code, as text for people who work on the compiler. Each is one function below.
#pragma once

#include "cli/pipeline.h"

#include <optional>
#include <string>

namespace writ::cli {

struct DumpSelection {
  std::string tenant;            // empty: all
  std::optional<Action> action;  // none: all that have rules
  bool takes(const std::string& id) const { return tenant.empty() || tenant == id; }
  bool takes(std::size_t of) const { return !action || static_cast<std::size_t>(*action) == of; }
};

std::string dump_tree(const Loaded& loaded);  // of whole files: tenants are not known yet
std::string dump_model(const Pipeline& pipeline, const DumpSelection& selection);
std::string dump_declarations(const Pipeline& pipeline, const DumpSelection& selection);  // JSON
std::string dump_program(const Pipeline& pipeline, const DumpSelection& selection);
std::string dump_ir(const Pipeline& pipeline, const DumpSelection& selection);

}  // namespace writ::cli
