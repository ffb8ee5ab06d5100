// The whole way: a policy, a NUL, bytes that choose requests. What checks is lowered, taken by the engine and asked; oracle and interpreter
// must say the same.
#include "tests/fuzz/fuzz.h"

#include "compiler/check/check.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "runtime/engine/engine.h"
#include "tests/agree/oracle/oracle.h"

namespace {

using namespace writ;

NamedRequest request_of(const model::Tenant& tenant, std::string_view& choices) {
  const auto byte = [&] {
    if (choices.empty()) return 0u;
    const auto value = static_cast<unsigned char>(choices[0]);
    choices.remove_prefix(1);
    return static_cast<unsigned>(value);
  };
  const auto& part = tenant.structure;
  auto request = baseline(static_cast<Action>(byte() % action_count));
  request.tenant = part.id;
  if (!part.clients.empty()) request.client = part.clients[byte() % part.clients.size()].id;
  if (request.action == Action::m2m || request.action == Action::access) request.connection.reset();
  else if (!part.connections.empty()) request.connection = part.connections[byte() % part.connections.size()].id;
  if (!part.organizations.empty() && byte() % 2) request.organization = part.organizations[byte() % part.organizations.size()].id;
  for (unsigned n = byte() % 8; n > 0; --n) {
    const auto& fact = builtin_facts[byte() % builtin_facts.size()];
    if (fact.type >= TypeKind::tenant) continue;
    const Value values[] = {byte() % 2 == 0, std::int64_t{byte()} * 60'000'000, std::string("a@b.example"), Ip{}, StringSet{"admin", "a"}};
    const std::size_t kind = fact.type == TypeKind::boolean ? 0 : fact.type == TypeKind::string ? 2 : fact.type == TypeKind::ip ? 3 : fact.type == TypeKind::string_set ? 4 : 1;
    if (byte() % 4 == 0) request.facts.erase(std::string(fact.name));
    else request.facts[std::string(fact.name)] = values[kind];
  }
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::view(data, size);
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("input.writ", std::string(input.substr(0, input.find('\0')))), Limits{}, diagnostics);
  if (diagnostics.has_errors()) return 0;
  const tree::Tree* trees[] = {&tree};
  const auto policy = check_policy(trees, sources, Limits{}, diagnostics);
  if (diagnostics.has_errors() || policy.tenants.empty() || policy.tenants.size() > 20) return 0;
  std::vector<program::Part> parts;
  for (const auto& tenant : policy.tenants) parts.push_back(lower_tenant(tenant, sources));
  Engine engine;
  fuzz::promise(engine.put(std::move(parts)).empty(), "the engine refuses what the compiler made");
  const oracle::Oracle meaning({&tree});
  auto choices = input.find('\0') == input.npos ? std::string_view("\3\1\4\1\5\2\6\5\3\5") : input.substr(input.find('\0') + 1);
  for (const auto& tenant : policy.tenants) {
    const auto named = request_of(tenant, choices);
    Request request;
    engine.bind(named, request);
    const auto seen = engine.explain(request, engine.interpret(request));
    const auto wanted = meaning.decide(named);
    fuzz::promise(seen.effect == wanted.effect && seen.fault == wanted.fault && seen.would_be == wanted.would_be && seen.obligations == wanted.obligations,
                  "oracle and interpreter differ", input);
  }
  return 0;
}
