#include "tests/examples/example.h"

#include "compiler/lower/lower.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/wait.h>
#include <unistd.h>

namespace writ::examples {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<CodeSource> machine_code() {
#if WRIT_WITH_JIT
  return make_jit();
#else
  return nullptr;
#endif
}

}  // namespace

std::filesystem::path folder() { return std::filesystem::path(WRIT_SOURCE_DIR) / "policies/examples"; }

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

std::unique_ptr<Prepared> prepare(const std::filesystem::path& path) {
  auto prepared = std::make_unique<Prepared>();
  const std::string paths[] = {path.string()};
  prepared->loaded = load(paths);
  auto& loaded = prepared->loaded;
  if (!loaded.diagnostics.has_errors())
    prepared->policy = check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
  if (loaded.diagnostics.has_errors()) {
    prepared->problems = render_pretty(loaded.diagnostics.sorted(), loaded.sources, {});
    return prepared;
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : prepared->policy.tenants) parts.push_back(lower_tenant(tenant, loaded.sources));
  prepared->engine = std::make_unique<Engine>(machine_code(), Tier::native);
  prepared->problems = prepared->engine->put(std::move(parts));
  prepared->engine->wait_for_code();
  prepared->oracle = std::make_unique<oracle::Oracle>(loaded.order);
  return prepared;
}

std::optional<std::span<const program::Attribute>> Prepared::attributes_of(std::string_view tenant) const {
  for (const auto& known : policy.tenants)
    if (known.structure.id == tenant) return std::span<const program::Attribute>(known.structure.attributes);
  return std::nullopt;
}

Run run_writ(const std::string& arguments) { return run_shell("'" WRIT_COMMAND "' " + arguments); }

Run run_shell(const std::string& line) {
  const auto base = std::filesystem::temp_directory_path() / ("writ_examples_" + std::to_string(::getpid()));
  const auto out = base.string() + ".out", err = base.string() + ".err";
  const std::string command =
      "cd '" WRIT_SOURCE_DIR "' && export NO_COLOR=1 && { " + line + " ; } >'" + out + "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  Run run{WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return run;
}

}  // namespace writ::examples
