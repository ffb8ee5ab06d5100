// A text and what parse() makes of it.
#pragma once

#include "compiler/syntax/compare.h"
#include "compiler/syntax/syntax.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace writ::test {

struct Parsed {
  SourceSet sources;
  Diagnostics diagnostics;
  tree::Tree tree;

  explicit Parsed(std::string text, const Limits& limits = {}) {
    const auto file = sources.add("test.writ", std::move(text));
    tree = parse(sources, file, limits, diagnostics);
  }
  std::string rendered() const { return render_pretty(diagnostics.sorted(), sources, {}); }
  // "E0101 3:5" for each, in order.
  std::vector<std::string> places() const {
    std::vector<std::string> list;
    for (const auto& one : diagnostics.sorted()) {
      const auto at = sources.position(one.span.file, one.span.begin);
      list.push_back(code_text(one.code) + " " + std::to_string(at.line) + ":" + std::to_string(at.column));
    }
    return list;
  }
  std::string codes() const {
    std::string text;
    for (const auto& one : diagnostics.sorted()) text += (text.empty() ? "" : " ") + code_text(one.code);
    return text;
  }
};

using Strings = std::vector<std::string>;

inline std::string in_tenant(const std::string& items) { return "writ 1\ntenant acme {\n" + items + "\n}\n"; }

// The items of the one tenant of a sound text.
inline const std::vector<tree::Item>& items(const Parsed& parsed) {
  return std::get<tree::TenantDecl>(parsed.tree.declarations.at(0)).items;
}

// `let x = …` and its canonical text again.
inline std::string canonical_of(const std::string& expression) {
  const Parsed parsed("writ 1\nlet x = " + expression + "\n");
  if (!parsed.diagnostics.empty()) return parsed.rendered();
  return canonical(parsed.tree, std::get<tree::Let>(parsed.tree.declarations.at(0)).value);
}

// The first statement of a tenant, formatted.
inline std::string formatted(const std::string& text) {
  const Parsed parsed(text);
  return parsed.diagnostics.empty() ? format(parsed.tree) : parsed.rendered();
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Every policy of the examples, and every block of the reference that is one.
inline std::vector<std::pair<std::string, std::string>> samples() {
  std::vector<std::pair<std::string, std::string>> list;
  const std::filesystem::path root = WRIT_SOURCE_DIR;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "policies"))
    if (entry.path().extension() == ".writ") list.emplace_back(entry.path().string(), read_text(entry.path()));
  const auto reference = read_text(root / "docs" / "language.md");
  for (auto at = reference.find("```writ\n"); at != std::string::npos; at = reference.find("```writ\n", at)) {
    at += 8;
    list.emplace_back("docs/language.md", reference.substr(at, reference.find("```", at) - at));
  }
  return list;
}

}  // namespace writ::test
