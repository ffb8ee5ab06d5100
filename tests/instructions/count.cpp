// Decides one prepared request over and over, for valgrind to count: `count machine|interpreter RULES TIMES`. What is counted is `counted` and all it
// calls (check.py), so that neither compiling the policy nor making machine code is in it.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/prepared.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace writ;

// One rule that allows, and so many that might deny and do not: an address, a domain, a group and an hour in turn, each with constants of its own.
std::string policy(std::size_t rules) {
  std::string text =
      "writ 1\nattributes {\n  request.hour : int\n}\ntenant acme \"Acme\" {\n"
      "  connection staff : saml\n  client web : web { connections staff callbacks \"https://acme.example/cb\" }\n"
      "  allow login on staff\n";
  for (std::size_t i = 0; i < rules; ++i) {
    const auto number = std::to_string(i);
    switch (i % 4) {
    case 0: text += "  deny login when request.ip in 10." + number + ".0.0/16\n"; break;
    case 1:
      text += "  deny login when (email_domain(user.email) else \"\") == \"other" + number + ".example\"\n";
      break;
    case 2: text += "  deny login when \"suspended" + number + "\" in user.groups\n"; break;
    default: text += "  deny login when request.hour == " + std::to_string(i % 8) + "\n"; break;
    }
  }
  return text + "}\n";
}

std::string put(Engine& engine, const std::string& text) {
  Loaded loaded;
  const auto file = loaded.sources.add("acme.writ", text);
  loaded.order.push_back(&loaded.trees.emplace_back(parse(loaded.sources, file, {}, loaded.diagnostics)));
  const auto policy = check_policy(loaded.order, loaded.sources, {}, loaded.diagnostics);
  if (loaded.diagnostics.has_errors()) return render_pretty(loaded.diagnostics.sorted(), loaded.sources, {});
  return engine.put_tenant(lower_tenant(policy.tenants.at(0), loaded.sources));
}

NamedRequest asked() {
  NamedRequest request{Action::login, "acme", "web", "staff", std::nullopt, {}};
  request.facts = {{"request.ip", *parse_ip("192.0.2.7")},
                   {"request.hour", std::int64_t{12}},
                   {"user.email", std::string("ada@acme.example")},
                   {"user.groups", StringSet{"staff", "berlin"}},
                   {"user.blocked", false}};
  return request;
}

}  // namespace

extern "C" __attribute__((noinline)) std::size_t counted(const Engine& engine, const Prepared& prepared, Request& room,
                                                         std::size_t times) {
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < times; ++i) allowed += engine.decide(prepared, room).effect == Effect::allow;
  return allowed;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const bool machine = std::string_view(argv[1]) == "machine";
  const auto rules = std::strtoul(argv[2], nullptr, 10), times = std::strtoul(argv[3], nullptr, 10);
  std::shared_ptr<CodeSource> code;
#if WRIT_WITH_JIT
  JitOptions options;
  options.shape_time = options.total_time = std::chrono::hours(24);  // valgrind is slow, and the clock has no say here
  if (machine) code = make_jit(options);
#endif
  Engine engine(code, code ? Tier::native : Tier::interpret);
  if (const auto wrong = put(engine, policy(rules)); !wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    return 1;
  }
  Prepared prepared;
  engine.prepare(asked(), prepared);
  Request room;
  static_cast<void>(engine.decide(prepared, room));
  Request asked_by_names;
  engine.bind(*prepared.named(), asked_by_names);
  if (machine != engine.native(asked_by_names).has_value()) {
    std::fprintf(stderr, "there is no machine code\n");
    return 77;
  }
  return counted(engine, prepared, room, times) == times ? 0 : 1;
}
