// Help that can be followed without a person is right: in every golden that checks a policy, each edit that a message offers is made, and the
// policy is checked again. The message is gone, and there is none that was not there before; but where a mistake of the text hid what
// the checker says, that may come to light.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "tests/golden/golden.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

namespace fs = std::filesystem;

// Nothing for a command that does more than to check paths.
std::vector<std::string> checked_paths(const std::string& command, const fs::path& folder) {
  std::istringstream words(command);
  std::string writ, check;
  words >> writ >> check;
  std::vector<std::string> paths;
  if (writ != "writ" || check != "check") return paths;
  for (std::string word; words >> word;) {
    if (word.starts_with("-")) return {};
    paths.push_back((folder / word).string());
  }
  return paths;
}

bool of_the_text(const std::string& message) { return message.starts_with("E01"); }

struct Checked {
  Loaded loaded;
  std::vector<Diagnostic> list;
  std::multiset<std::string> messages() const {
    std::multiset<std::string> all;
    for (const Diagnostic& one : list) all.insert(code_text(one.code) + " " + one.message);
    return all;
  }
};

Checked check(const std::vector<std::string>& paths) {
  Checked result{load(paths), {}};
  Diagnostics& diagnostics = result.loaded.diagnostics;
  if (!diagnostics.has_errors()) check_policy(result.loaded.order, result.loaded.sources, Limits{}, diagnostics);
  result.list = diagnostics.sorted();
  return result;
}

// The text of each file that the edits change.
std::map<std::string, std::string> edited(const SourceSet& sources, std::vector<Edit> edits) {
  std::ranges::sort(edits, std::ranges::greater{}, [](const Edit& edit) { return edit.span.begin; });  // from the end
  std::map<std::string, std::string> texts;
  for (const Edit& edit : edits) {
    auto& text = texts.try_emplace(sources.name(edit.span.file), sources.text(edit.span.file)).first->second;
    text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
  }
  return texts;
}

std::size_t follow(const Checked& before, const std::vector<std::string>& paths, const Diagnostic& one,
                   const Help& help) {
  INFO(code_text(one.code) << " " << one.message << "\nhelp: " << help.text);
  const auto texts = edited(before.loaded.sources, help.edits);
  for (const auto& [name, text] : texts) golden::write(name, text);
  const Checked after = check(paths);
  for (const auto& [name, text] : texts) UNSCOPED_INFO(text);
  const SourceSet& sources = before.loaded.sources;
  for (const Edit& edit : help.edits) golden::write(sources.name(edit.span.file), sources.text(edit.span.file));
  auto allowed = before.messages();
  allowed.erase(allowed.find(code_text(one.code) + " " + one.message));
  auto seen = after.messages();
  if (of_the_text(code_text(one.code)))
    std::erase_if(seen, [](const std::string& message) { return !of_the_text(message); });
  for (const std::string& message : seen) UNSCOPED_INFO("then: " + message);
  CHECK(std::ranges::includes(allowed, seen));
  return 1;
}

}  // namespace

TEST_CASE("every edit that a message offers mends it and breaks nothing") {
  std::size_t followed = 0;
  for (const fs::path& path : golden::all()) {
    const golden::Golden golden = golden::read(path);
    const golden::Folder folder(golden);
    const auto paths = checked_paths(golden.command, folder.path());
    if (paths.empty()) continue;
    INFO(path.string());
    const Checked before = check(paths);
    for (const Diagnostic& one : before.list)
      for (const Help& help : one.help)
        if (!help.edits.empty()) followed += follow(before, paths, one, help);
  }
  CHECK(followed > 90);
}
