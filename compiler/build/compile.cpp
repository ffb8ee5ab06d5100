#include "compiler/build/compile.h"

#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"

namespace writ {

CompiledPolicy compile_policy(const std::string& path, const Limits& limits) {
  CompiledPolicy compiled;
  Loaded loaded = load({&path, 1}, limits);
  model::Policy policy;
  if (!loaded.diagnostics.has_errors()) policy = check_policy(loaded.order, loaded.sources, limits, loaded.diagnostics);
  std::vector<FileId> files;
  for (const tree::Tree* tree : loaded.order) files.push_back(tree->file);
  compiled.messages = render_pretty(loaded.diagnostics.sorted(files), loaded.sources, {});
  compiled.ok = !loaded.diagnostics.has_errors();
  if (!compiled.ok) return compiled;
  compiled.parts.reserve(policy.tenants.size());
  for (const model::Tenant& tenant : policy.tenants) compiled.parts.push_back(lower_tenant(tenant, loaded.sources));
  return compiled;
}

}  // namespace writ
