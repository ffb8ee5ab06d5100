// The pages of lint's rules are true. Each begins with the rule's name, group, level and title, says why, and holds wrong and right examples: a
// wrong one trips this rule and no other, a right one trips none; and where a finding offers edits, the policy that they make checks and trips
// the rule less. The index, docs/lints/README.md, is written here: WRIT_UPDATE_GOLDENS=1.
#include "compiler/check/check.h"
#include "compiler/lint/lint.h"
#include "compiler/load/load.h"
#include "tests/docs/documents.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <catch2/catch.hpp>

using namespace writ;
using namespace documents;

namespace {

namespace fs = std::filesystem;

struct Linted {
  Loaded loaded;
  model::Policy policy;
  std::vector<lint::Finding> findings;
  std::string shown;
};

// With every rule at its own level, and `on` even where that is off.
Linted linted(const std::string& text, std::string_view on) {
  const Folder folder;
  const std::string paths[] = {folder.write("policy.writ", text)};
  Linted result{load(paths), {}, {}, {}};
  Diagnostics& diagnostics = result.loaded.diagnostics;
  if (!diagnostics.has_errors())
    result.policy = check_policy(result.loaded.order, result.loaded.sources, Limits{}, diagnostics);
  result.shown = render_pretty(diagnostics.sorted(), result.loaded.sources, {});
  INFO(text << result.shown);
  REQUIRE(!diagnostics.has_errors());
  const auto level = [&](const lint::RuleRow& row, std::string_view) {
    return row.id == on ? std::max(row.level, lint::Level::info) : row.level;
  };
  result.findings = lint::lint(result.policy, result.loaded.order, result.loaded.sources, level);
  std::vector<Notice> notices;
  for (const auto& one : result.findings) notices.push_back(lint::notice_of(one));
  result.shown = render_pretty(notices, result.loaded.sources, {});
  return result;
}

std::string with_edits(const std::string& text, std::vector<Edit> edits) {
  std::string edited = text;
  std::ranges::sort(edits, std::ranges::greater{}, [](const Edit& edit) { return edit.span.begin; });
  for (const Edit& edit : edits) edited.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
  return edited;
}

std::ptrdiff_t count(const Linted& linted, const lint::RuleRow& row) {
  return std::ranges::count(linted.findings, row.id, [](const auto& one) { return one.rule->id; });
}

std::string page_of(const lint::RuleRow& row) { return text_of(docs() / "lints" / (std::string(row.id) + ".md")); }

// One line a rule, by group.
std::string index() {
  std::string text = "# Rules of lint\n\n`writ lint` asks these of a policy that checks. `writ explain NAME` shows a "
                     "page; `writ lint --rules` "
                     "lists the names. Written by the tests (`tests/docs/lints_test.cpp`).\n";
  std::size_t fixed = 0;
  for (const auto group : lint::group_names) {
    text += "\n## " + std::string(group) + "\n\n| rule | level | |\n|---|---|---|\n";
    for (const auto& row : lint::rules())
      if (lint::name_of(row.group) == group)
        text += "| [" + std::string(row.id) + "](" + std::string(row.id) + ".md) | " + std::string(name_of(row.level)) +
                " | " + std::string(row.title) + " |\n",
            ++fixed;
  }
  return text + "\n" + std::to_string(fixed) + " rules.\n";
}

}  // namespace

TEST_CASE("every rule of lint has its page, with its row and a reason, and there is no page without a rule") {
  std::set<std::string> paged, listed;
  for (const auto& entry : fs::directory_iterator(docs() / "lints")) paged.insert(entry.path().filename());
  paged.erase("README.md");
  for (const auto& row : lint::rules()) {
    listed.insert(std::string(row.id) + ".md");
    INFO(row.id);
    const std::string head = "# " + std::string(row.id) + "\n\n" + std::string(lint::name_of(row.group)) + " · " +
                             std::string(lint::name_of(row.level)) + ": " + std::string(row.title) + ".\n\n";
    const std::string page = page_of(row);
    REQUIRE(page.starts_with(head));
    CHECK(page.substr(head.size()).find("```") > 60);
  }
  CHECK(paged == listed);
}

TEST_CASE("every wrong example trips its rule and no other, and its right ones trip none") {
  for (const auto& row : lint::rules()) {
    std::size_t wrong = 0, right = 0;
    for (const Block& block : blocks_of(page_of(row))) {
      INFO("docs/lints/" << row.id << ".md:" << block.line);
      const Linted seen = linted(block.text, row.id);
      INFO(block.text << seen.shown);
      if (block.info == "writ right") {
        ++right;
        CHECK(seen.findings.empty());
        continue;
      }
      REQUIRE(block.info == "writ wrong");
      ++wrong;
      CHECK(!seen.findings.empty());
      for (const auto& finding : seen.findings) {
        CHECK(finding.rule->id == row.id);
        for (const Help& help : finding.what.help) {
          if (help.edits.empty()) continue;
          const Linted mended = linted(with_edits(block.text, help.edits), row.id);
          INFO("after: " << help.text << "\n" << mended.shown);
          CHECK(count(mended, row) < count(seen, row));
        }
      }
    }
    INFO(row.id);
    CHECK(wrong > 0);
    CHECK(right > 0);
  }
}

TEST_CASE("the index of rules is what the table says") {
  const fs::path file = docs() / "lints" / "README.md";
  if (std::getenv("WRIT_UPDATE_GOLDENS") != nullptr && text_of(file) != index())
    std::ofstream(file, std::ios::binary) << index();
  CHECK(text_of(file) == index());
}
