// Conditional access as rules: what each condition and control becomes, what is left out and said, and that nothing in an export,
// however broken, does more than leave a note.
#include "compiler/import/entra.h"
#include "compiler/import/source_file.h"
#include "tests/support/folder.h"
#include "tests/unit/import/support.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace writ::importing;
using import_support::each_mistake;
using import_support::has_note;
using writ::support::Folder;

namespace {

const Value policy = Value::parse(R"json({
  "displayName": "CA1", "state": "enabled",
  "conditions": {
    "clientAppTypes": ["browser", "other"], "signInRiskLevels": ["high"], "userRiskLevels": [],
    "applications": {"includeApplications": ["All"], "excludeApplications": ["app-1"]},
    "users": {"includeUsers": ["GuestsOrExternalUsers", "u1"], "includeGroups": ["g1", "g2", "g3", "g4"], "includeRoles": ["r1"],
              "excludeUsers": ["u2"], "excludeGroups": ["g9"]},
    "platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]},
    "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
    "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
    "devices": null, "clientApplications": {"includeServicePrincipals": [], "@odata.type": "x"}},
  "grantControls": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"], "termsOfUse": ["tou"]},
  "sessionControls": {"signInFrequency": {"isEnabled": true, "value": 4, "type": "hours", "frequencyInterval": "timeBased"}}
})json");
const Value location = Value::parse(R"json({"id": "l1", "displayName": "Head office", "isTrusted": true,
  "ipRanges": [{"cidrAddress": "203.0.113.0/24"}], "countriesAndRegions": ["NL"], "includeUnknownCountriesAndRegions": true})json");

struct Imported {
  Tenant tenant;
  Report report;
  Written written;
};
Imported import(std::vector<Value> policies, std::vector<Value> locations = {location}) {
  EntraExport source;
  source.origin = "sample";
  for (auto& one : policies) source.policies.push_back({std::move(one), "policy.json"});
  for (auto& one : locations) source.locations.push_back({std::move(one), "location.json"});
  Imported made;
  made.tenant = plan_entra(source, "corp", made.report);
  made.written = write(made.tenant);
  INFO(made.written.problem << made.written.text);
  REQUIRE(made.written.problem.empty());
  return made;
}
Value with(const char* pointer, Value value) {
  auto changed = policy;
  changed[Value::json_pointer(pointer)] = std::move(value);
  return changed;
}
bool has(const Imported& made, std::string_view text) { return made.written.text.find(text) != std::string::npos; }
}  // namespace

TEST_CASE("a policy becomes rules with its conditions") {
  const auto made = import({policy});
  for (const auto* wanted :
       {"user.guest : bool", "request.client_app : one of browser",
        "obligation compliant_device satisfied when device.compliant",
        "zone head_office = 203.0.113.0/24, country \"NL\"", "let groups = [\"g1\", \"g2\", \"g3\", \"g4\"]",
        "require mfa or compliant_device or accept(\"tou\") for login, refresh \"CA1\"", "not client in [app_1]",
        "user.guest or user.id in [\"u1\"]", "any one in user.groups : one in groups",
        "any one in user.roles : one in [\"r1\"]", "not (user.id in [\"u2\"]", "request.client_app in [browser, other]",
        "request.sign_in_risk in [high]", "not device.platform in [ios]", "request in head_office else true",
        "request.transfer in [device_code]",
        "require reauthenticate within 4h for login, refresh \"CA1: sign-in frequency\"", "client other : web"}) {
    INFO(wanted << "\nin\n" << made.written.text);
    CHECK(has(made, wanted));
  }
}

TEST_CASE("controls are joined as their operator says, and report-only policies report") {
  CHECK(has(import({with("/grantControls/operator", "AND")}),
            "require compliant_device for login, refresh \"CA1: compliant_device\""));
  CHECK(has(import({with("/grantControls/builtInControls", {"block"})}), "deny login, refresh \"CA1\""));
  CHECK(has(import({with("/state", "enabledForReportingButNotEnforced")}), "report require mfa or compliant_device"));
  CHECK_FALSE(has(import({with("/state", "disabled")}), "\"CA1\""));
  const auto unknown = import({with("/state", "Enabled")});
  CHECK(has(unknown, "\"CA1\""));
  CHECK(has_note(unknown.report, Outcome::wrong, "state", "taken as enabled"));
  CHECK(has(import({policy, policy}), "\"CA1 (2)\""));
}

TEST_CASE("a policy that cannot be said whole is left out and told") {
  const auto left_out = [](const char* pointer, Value value, const char* field) {
    const auto made = import({with(pointer, std::move(value))});
    INFO(pointer << '\n' << made.written.text);
    CHECK_FALSE(has(made, "require"));
    CHECK(has(made, "// Left out: CA1"));
    CHECK(has_note(made.report, Outcome::not_expressible, field, "`CA1`"));
  };
  left_out("/conditions/devices", Value::parse(R"({"deviceFilter": {"mode": "exclude", "rule": "x"}})"),
           "conditions.devices.deviceFilter");
  left_out("/conditions/clientApplications", Value::parse(R"({"includeServicePrincipals": ["All"]})"),
           "conditions.clientApplications");
  left_out("/conditions/insiderRiskLevels", "moderate", "conditions.insiderRiskLevels");
  left_out("/conditions/applications/includeUserActions", {"urn:user:registerdevice"},
           "conditions.applications.includeUserActions");
  left_out("/conditions/locations/excludeLocations", {"nowhere"}, "conditions.locations.excludeLocations");
  left_out("/conditions/platforms/includePlatforms", {"toaster"}, "conditions.platforms.includePlatforms");
  left_out("/grantControls/builtInControls", {"retinaScan"}, "grantControls.builtInControls");
  CHECK_FALSE(has(import({with("/conditions/applications/includeApplications", {"None"})}), "require"));
}

TEST_CASE("files are UTF-8 or, behind a mark, UTF-16; one that is broken is told and the others are read") {
  const Folder folder;
  const std::string text = R"({"displayName": "é😀", "conditions": {}})";
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char16_t unit : std::u16string(u"{\"displayName\": \"é😀\", \"conditions\": {}}")) {
    little += {static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
    big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xff)};
  }
  folder.write("plain.json", text);
  folder.write("little.json", little);
  folder.write("big.json", big);
  folder.write("broken.json", "{");
  folder.write("half.json", little.substr(0, little.size() - 1));
  folder.write("pair.json", std::string("\xff\xfe\x3d\xd8", 4));
  Report report;
  std::filesystem::create_symlink("nowhere.json", folder("a link that leads nowhere.json"));  // and ends nothing
  const auto source = read_entra(folder.path().string(), report);
  CHECK(source.problem.empty());
  REQUIRE(source.policies.size() == 3);
  for (const auto& one : source.policies) CHECK(one.value == Value::parse(text));
  CHECK(report.notes.size() == 3);
  CHECK_FALSE(read_entra(folder("broken.json"), report).problem.empty());
}

TEST_CASE("a policy with one thing wrong still becomes a policy set that checks") {
  CHECK(each_mistake(policy, [](const Value& value) { import({value}); }) > 60);
  CHECK(each_mistake(location, [](const Value& value) { import({policy}, {value}); }) > 10);
}
