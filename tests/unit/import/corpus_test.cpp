// Every real export with one thing wrong: a field dropped, said twice or of another type, an entry doubled. What comes of it is a policy
// that checks, and nothing of it is a secret. The exports lie beside the project; where they do not, this says so and is passed.
// WRIT_EVERY_MISTAKE=1 makes each mistake; else some sixty places of each file are looked at.
#include "compiler/import/auth0.h"
#include "compiler/import/entra.h"
#include "compiler/import/keycloak.h"
#include "compiler/import/okta.h"
#include "compiler/import/source_file.h"
#include "tests/unit/import/support.h"

#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

using namespace writ::importing;
using import_support::each_mistake;

namespace {

namespace fs = std::filesystem;
const fs::path corpus = "../shared/corpus";

std::size_t places_a_file() { return std::getenv("WRIT_EVERY_MISTAKE") == nullptr ? 60 : SIZE_MAX; }

void written(const Tenant& tenant, const fs::path& path) {
  const auto made = write(tenant);
  if (!made.problem.empty()) FAIL(path << ":\n" << made.problem << made.text);
}

// The files below a folder that are read and hold something.
std::vector<std::pair<fs::path, Value>> files_below(const char* folder, const char* extension) {
  std::vector<std::pair<fs::path, Value>> list;
  if (!fs::is_directory(corpus / folder)) {
    WARN("skipped: there are no real exports in " << (corpus / folder));
    return list;
  }
  for (const auto& entry : fs::recursive_directory_iterator(corpus / folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != extension) continue;
    std::set<std::string> unresolved;
    const Keywords none;
    const Filling filling{none, unresolved};
    auto file = read_source(entry.path().string(), &filling);
    if (file.problem.empty() && (file.value.is_object() || file.value.is_array()))
      list.emplace_back(entry.path(), std::move(file.value));
  }
  return list;
}

template <class F>
void each_file(const char* folder, const char* extension, F&& f) {
  std::size_t mistakes = 0, files = 0;
  for (const auto& [path, value] : files_below(folder, extension)) {
    ++files;
    mistakes += each_mistake(value, [&](const Value& wrong) { f(wrong, path); }, places_a_file());
    mistakes += import_support::each_field_twice(value, [&](const Value& wrong) { f(wrong, path); }, places_a_file());
  }
  if (fs::is_directory(corpus / folder)) CHECK((files > 0 && mistakes > 0));
  UNSCOPED_INFO(files << " files, " << mistakes << " mistakes");
}

}  // namespace

TEST_CASE("real exports of Auth0 with a mistake", "[corpus]") {
  const auto import = [](const Value& value, const fs::path& path) {
    Report report;
    written(plan_auth0(import_support::sections_of(value), "acme", report), path);
  };
  each_file("auth0", ".yaml", import);
}

TEST_CASE("real exports of Auth0 in folders with a mistake in a file", "[corpus]") {
  if (!fs::is_directory(corpus / "auth0")) {
    WARN("skipped: there are no real exports in " << (corpus / "auth0"));
    return;
  }
  std::size_t mistakes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus / "auth0")) {
    if (entry.path().filename() != "tenant.json") continue;
    Report reading;
    const auto whole = read_auth0(entry.path().parent_path().string(), {}, reading);
    REQUIRE(whole.problem.empty());
    const auto most = places_a_file() == SIZE_MAX ? SIZE_MAX : 6;  // there are many small files
    for (const auto& [section, things] : whole.sections)
      for (std::size_t i = 0; i < things.size(); ++i)
        mistakes += each_mistake(
            things[i].value,
            [&](const Value& wrong) {
              auto changed = whole;
              changed.sections[section][i].value = wrong;
              Report report;
              written(plan_auth0(std::move(changed), "acme", report), entry.path());
            },
            most);
  }
  CHECK(mistakes > 0);
}

TEST_CASE("real exports of Keycloak with a mistake", "[corpus]") {
  each_file("keycloak", ".json", [](const Value& value, const fs::path& path) {
    Report report;
    written(plan_keycloak({value, "realm", {}}, "", report), path);
  });
}

TEST_CASE("real exports of Entra with a mistake", "[corpus]") {
  each_file("entra", ".json", [](const Value& value, const fs::path& path) {
    Report report;
    EntraExport directory;
    directory.policies.push_back({value, "policy"});
    directory.locations.push_back({value, "location"});
    written(plan_entra(directory, "corp", report), path);
  });
}

TEST_CASE("answers of Okta's API with a mistake", "[corpus]") {
  each_file("okta", ".json", [](const Value& value, const fs::path& path) {
    Report report;
    OktaExport source;
    sort_okta(value, "answer", source, report);
    written(plan_okta(source, "corp", report), path);
  });
}
