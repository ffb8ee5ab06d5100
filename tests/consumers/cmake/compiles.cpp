// compiles POLICY FILE: compiles the policy, keeps attempts in the file, and asks an engine that runs it as machine code where there is some.
#include <writ/compiler.h>
#include <writ/engine.h>
#include <writ/shared_stores.h>
#ifdef WITH_JIT
#include <writ/jit.h>
#endif

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <acme_facts.h>

int main(int, char** arguments) {
  auto compiled = writ::compile_policy(arguments[1]);
  if (!compiled.ok) {
    std::printf("%s", compiled.messages.c_str());
    return 1;
  }
  std::shared_ptr<writ::CodeSource> code;
#ifdef WITH_JIT
  code = writ::make_jit();
#endif
  writ::Engine engine(code, code ? writ::Tier::native : writ::Tier::interpret);
  if (const auto refused = engine.put(std::move(compiled.parts)); !refused.empty()) {
    std::printf("%s\n", refused.c_str());
    return 1;
  }
  engine.wait_for_code();
  writ::Request request;
  acme::Login::Places places;
  acme::Login{.tenant = "acme",
              .client = "shop",
              .connection = "staff",
              .user_blocked = false,
              .request_time = std::chrono::sys_days(std::chrono::June / 1 / 2026),
              .session_mfa = false,
              .user_plan = acme::UserPlan::class_,
              .user_risk = 50}
      .start(engine, request, places);
  std::string error;
  const auto store = writ::open_sqlite_store({.path = arguments[2]}, error);
  const auto attempt =
      engine.attempt(request, *store, {.identifier = "ann", .ip = writ::Ip{}, .time = writ::Instant{}});
  if (attempt.decision().effect != writ::Effect::allow) return 1;
  const auto decision = code ? engine.native(request) : engine.interpret(request);
  if (!decision) {
    std::printf("no machine code: %s\n", code->refusal().c_str());
    return 1;
  }
  for (const auto& obligation : engine.explain(request, *decision).obligations)
    std::printf("%s: %s\n", writ::effect_names[static_cast<std::size_t>(decision->effect)].data(), obligation.c_str());
  return 0;
}
