// decides BUNDLE KEY: judges a bundle by the key, gives its tenants to an engine and asks it once.
#include <chrono>
#include <cstdio>
#include <vector>

#include <acme_facts.h>
#include <writ/bundle.h>
#include <writ/engine.h>

int main(int, char** arguments) {
  writ::bundle::Problem problem;
  const auto bundle = writ::bundle::Bundle::open(arguments[1], problem);
  writ::bundle::Trust trust;
  trust.keys.emplace_back();
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  if (bundle) problem = writ::bundle::read_key(arguments[2], trust.keys[0].key);
  if (!problem) problem = writ::bundle::judge(*bundle, trust, now.count());
  std::vector<writ::program::Part> parts(bundle ? bundle->size() : 0);
  for (std::size_t i = 0; i < parts.size() && !problem; ++i) problem = bundle->part(i, parts[i]);
  writ::Engine engine;
  const auto refused = problem ? text_of(problem) : engine.put(std::move(parts));
  if (!refused.empty()) {
    std::printf("%s\n", refused.c_str());
    return 1;
  }
  writ::Request request;
  acme::Login::Places places;
  acme::Login{.tenant = "acme",
              .client = "shop",
              .connection = "staff",
              .user_blocked = false,
              .request_time = std::chrono::sys_days(std::chrono::June / 1 / 2026),
              .session_mfa = false,
              .user_plan = acme::UserPlan::class_,
              .user_risk = 10}
      .start(engine, request, places);
  std::printf("%s\n", writ::effect_names[static_cast<std::size_t>(engine.decide(request).effect)].data());
  return 0;
}
