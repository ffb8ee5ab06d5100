// Imports: whatever the text, it is read as YAML and as JSON within time and memory, and what each source
// makes of it is a policy that Writ itself takes.
#include "compiler/import/auth0.h"
#include "compiler/import/entra.h"
#include "compiler/import/keycloak.h"
#include "compiler/import/okta.h"
#include "compiler/import/script.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/import/support.h"

namespace {

using namespace writ::importing;

void written(const Tenant& tenant) {
  const auto made = write(tenant);
  writ::fuzz::promise(made.problem.empty(), "what is imported does not check", made.problem + made.text);
}

void import(const Value& value) {
  Report report;
  written(plan_auth0(import_support::sections_of(value), "acme", report));
  written(plan_keycloak({value, "realm", {}}, "", report));
  EntraExport directory;
  if (value.is_array())
    for (const auto& one : value) directory.policies.push_back({one, "policy"});
  directory.policies.push_back({value, "policy"});
  directory.locations = directory.policies;
  written(plan_entra(directory, "corp", report));
  OktaExport policies;
  sort_okta(value, "export", policies, report);
  written(plan_okta(policies, "corp", report));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = writ::fuzz::view(data, size);
  const DocumentLimits limits{.bytes = 1 << 16, .depth = 32, .nodes = 5'000};
  std::set<std::string> unresolved;
  const auto filled = replace_keywords(text, Syntax::yaml, {{"KEY", "value"}}, unresolved);
  const auto json = read_json(text, limits), yaml = read_yaml(filled, limits);
  (void)script::read(text);
  (void)script::without_strings(text);
  writ::fuzz::promise(json.problem.empty() || json.value.is_null(), "a value beside a problem");
  writ::fuzz::promise(yaml.problem.empty() || yaml.value.is_null(), "a value beside a problem");
  if (json.problem.empty()) import(json.value);
  if (yaml.problem.empty() && !(json.problem.empty() && json.value == yaml.value)) import(yaml.value);
  return 0;
}
