// Every example is a test: its policy checks, its `test` blocks pass, and each line of requests.jsonl is decided as expected.jsonl says, by
// the oracle, the interpreter and machine code alike. An expectation lists what matters of a decision; what it does not name is not compared.
#include "runtime/json/request_json.h"
#include "tests/examples/example.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace writ;
using nlohmann::json;

// A folder is one policy set, but for platform_floor, whose files are alternatives.
std::string policy_of(const std::string& name) { return name == "platform_floor" ? name + "/tighten.writ" : name; }

const std::vector<std::string>& names() {
  static const std::vector<std::string> list = {"seed_multitenant", "tenant_by_token", "azure_ad_multitenant",
                                                "auth0_rules",      "organizations",   "mfa_step_up",
                                                "business_hours",   "entra_style",     "b2b_template",
                                                "platform_floor",   "demo_platform",   "password_policies"};
  return list;
}

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

void compare(const json& expected, const Explanation& seen) {
  CHECK(effect_names[static_cast<std::size_t>(seen.effect)] == expected.at("effect").get<std::string>());
  if (expected.contains("fault"))
    CHECK(fault_names[static_cast<std::size_t>(seen.fault)] == expected["fault"].get<std::string>());
  if (expected.contains("because"))
    CHECK(because_names[static_cast<std::size_t>(seen.because)] == expected["because"].get<std::string>());
  if (expected.contains("would_be"))
    CHECK(effect_names[static_cast<std::size_t>(seen.would_be)] == expected["would_be"].get<std::string>());
  if (expected.contains("reasons")) CHECK(ids(seen.reasons) == expected["reasons"].get<std::vector<std::string>>());
  if (expected.contains("reports")) CHECK(ids(seen.reports) == expected["reports"].get<std::vector<std::string>>());
  if (expected.contains("obligations"))
    CHECK(seen.obligations == expected["obligations"].get<std::vector<std::string>>());
}

void compare(const oracle::Answer& answer, const Explanation& seen) {
  CHECK(answer.effect == seen.effect);
  CHECK(answer.fault == seen.fault);
  CHECK(answer.because == seen.because);
  CHECK(answer.would_be == seen.would_be);
  CHECK(answer.reasons == ids(seen.reasons));
  CHECK(answer.reports == ids(seen.reports));
  CHECK(answer.obligations == seen.obligations);
}

void decide_all(const std::string& name) {
  const auto prepared = examples::prepare(examples::folder() / policy_of(name));
  REQUIRE(prepared->problems == "");
  const auto requests = examples::lines_of(examples::folder() / name / "requests.jsonl");
  const auto expected = examples::lines_of(examples::folder() / name / "expected.jsonl");
  REQUIRE(!requests.empty());
  REQUIRE(requests.size() == expected.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    INFO(name << "/requests.jsonl:" << i + 1);
    const auto read =
        read_request(requests[i], [&](std::string_view tenant) { return prepared->attributes_of(tenant); });
    Request request;
    prepared->engine->bind(read.request, request);
    const auto by_interpreter = prepared->engine->interpret(request);
    const auto wanted = json::parse(expected[i]);
    if (!read.ok()) {  // a request that cannot be read is the fault invalid_request of whoever reads it
      INFO(read.problem);
      CHECK(wanted.at("fault") == "invalid_request");
      continue;
    }
    const auto seen = prepared->engine->explain(request, by_interpreter);
    compare(wanted, seen);
    compare(prepared->oracle->decide(read.request), seen);
#if WRIT_WITH_JIT
    const auto by_machine = prepared->engine->native(request);
    REQUIRE(by_machine.has_value() == (by_interpreter.fault != Fault::unknown_tenant));  // no tenant, no code
    if (by_machine) CHECK(std::memcmp(&*by_machine, &by_interpreter, sizeof(Decision)) == 0);
#endif
  }
}

}  // namespace

TEST_CASE("every example's requests are decided as expected") {
  for (const auto& name : names()) DYNAMIC_SECTION(name) {
      decide_all(name);
    }
}

TEST_CASE("every example's test blocks pass") {
  for (const auto& name : names()) DYNAMIC_SECTION(name) {
      const auto run = examples::run_writ("test policies/examples/" + policy_of(name));
      INFO(run.output << run.errors);
      CHECK(run.exit_code == 0);
    }
}

TEST_CASE("lint has nothing to say of any example that is not taken back with a reason") {
  for (const auto& name : names()) DYNAMIC_SECTION(name) {
      const auto run = examples::run_writ("lint --fail-level info policies/examples/" + policy_of(name));
      INFO(run.output << run.errors);
      CHECK(run.exit_code == 0);
    }
}

TEST_CASE("every example is formatted") {
  for (const auto& name : names()) DYNAMIC_SECTION(name) {
      const auto run = examples::run_writ("fmt --check policies/examples/" + name);
      INFO(run.output << run.errors);
      CHECK(run.exit_code == 0);
    }
}

TEST_CASE("every example has a folder, a README of about ten lines, requests and expectations") {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(examples::folder()))
    found.push_back(entry.path().filename());
  std::ranges::sort(found);
  auto known = names();
  std::ranges::sort(known);
  CHECK(found == known);
  for (const auto& name : known) CHECK(examples::lines_of(examples::folder() / name / "README.md").size() <= 16);
}

TEST_CASE("a tenant that tries to loosen the floor is told every attempt") {
  const auto wanted = examples::lines_of(examples::folder() / "platform_floor/expected.txt");
  std::vector<std::string> seen;
  for (const auto* file : {"loosen", "allowing_floor"}) {
    const auto run = examples::run_writ(std::string("check policies/examples/platform_floor/") + file + ".writ");
    CHECK(run.exit_code == 3);
    std::istringstream lines(run.errors);
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) seen.push_back(line);
  }
  CHECK(seen == wanted);
}

TEST_CASE("a thousand tenants of one template share one shape an action") {
  const auto prepared = examples::prepare(examples::folder() / "b2b_template");
  REQUIRE(prepared->problems == "");
  const auto tenants = prepared->engine->tenants();
  REQUIRE(tenants.size() == 1000);
  const auto first = prepared->engine->part(tenants.front());
  for (const auto& tenant : tenants)
    for (std::size_t action = 0; action < action_count; ++action)
      REQUIRE(prepared->engine->part(tenant)->programs[action].shape == first->programs[action].shape);
}

TEST_CASE("the demo runs, and shows an allow, a deny with both reasons, a challenge, an explanation and a home realm") {
  const auto run = examples::run_shell("WRIT='" WRIT_COMMAND "' policies/examples/demo_platform/demo.sh");
  INFO(run.output << run.errors);
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  for (const char* line :
       {"ok: 2 files, 1 tenant", "allow  login to acme.crm via people", "✗ crm is for sales", "✗ crm is office only",
        "needs mfa within 15m", "not fired: client == portal is false", "home realm of ann@acme.example"})
    CHECK(run.output.find(line) != std::string::npos);
}
