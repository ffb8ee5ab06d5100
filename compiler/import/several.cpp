// Several tenants as one policy set. What is said alike by all of them is said once: as the floor, where it names nothing of a tenant;
// as a template, where tenants differ in constants only (alike.h). Both are tried and checked, and left alone where they do not check: the
// tenants written out mean the same.
#include "compiler/check/check.h"
#include "compiler/import/alike.h"
#include "compiler/import/plan.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace writ::importing {

namespace {

constexpr std::size_t usual_databases = 50;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// ---------------------------------------------------------------- the floor

// Whether `word` stands in the text as a word of its own.
bool mentions(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// The statement without its comments and texts: names inside those are none.
std::string bare(std::string_view statement) {
  std::string made;
  for (std::size_t at = 0; at < statement.size(); ++at) {
    if (statement.substr(at).starts_with("//")) {
      at = std::min(statement.find('\n', at), statement.size());
    } else if (statement[at] == '"') {
      for (++at; at < statement.size() && statement[at] != '"'; ++at)
        if (statement[at] == '\\') ++at;
    } else {
      made += statement[at];
    }
  }
  return made;
}

bool may_be_floor(const Tenant& tenant, const std::string& statement) {
  const auto text = bare(statement);
  const bool kind =
      std::ranges::any_of(std::array{"require ", "deny ", "report require ", "report deny ", "lockout ", "session "},
                          [&](std::string_view word) { return text.starts_with(word); });
  if (!kind || mentions(text, "on")) return false;
  const auto named = [&](const auto& things) {
    return std::ranges::any_of(things, [&](const Named& one) { return mentions(text, one.name); });
  };
  // What a tenant declares for itself: zones, lists, attributes, obligations.
  const auto declared = [&](const std::vector<std::string>& list) {
    return std::ranges::any_of(list, [&](const std::string& one) {
      const auto words = bare(one);
      std::string word;
      for (const char c : words + " ") {
        if (is_word(c) || c == '.') {
          word += c;
          continue;
        }
        if (word.size() > 3 && word.find('.') != word.npos && mentions(text, word)) return true;
        word.clear();
      }
      for (const auto* kind_of : {"zone ", "let ", "obligation "})
        if (const auto at = words.find(kind_of); at != words.npos) {
          const auto begin = at + std::string_view(kind_of).size();
          auto end = begin;
          while (end < words.size() && is_word(words[end])) ++end;
          if (end > begin && mentions(text, words.substr(begin, end - begin))) return true;
        }
      return false;
    });
  };
  return !named(tenant.connections) && !named(tenant.clients) && !named(tenant.organizations) &&
         !declared(tenant.zones) && !declared(tenant.preamble);
}

// The statements that every tenant has and that name nothing of a tenant; they are taken out of all of them.
std::vector<std::string> take_floor(std::vector<Tenant>& tenants) {
  std::vector<std::string> floor;
  for (const auto& statement : tenants.front().rules) {
    const bool everywhere = std::ranges::all_of(tenants, [&](const Tenant& tenant) {
      return std::ranges::find(tenant.rules, statement) != tenant.rules.end() && may_be_floor(tenant, statement);
    });
    if (everywhere && std::ranges::find(floor, statement) == floor.end()) floor.push_back(statement);
  }
  for (auto& tenant : tenants)
    std::erase_if(tenant.rules, [&](const std::string& one) { return std::ranges::find(floor, one) != floor.end(); });
  return floor;
}

// ---------------------------------------------------------------- files

struct Source {
  std::string name, text;
};

// Laid out and checked together.
WrittenSet finish(const std::vector<Source>& texts) {
  SourceSet sources;
  Diagnostics diagnostics;
  WrittenSet made;
  std::vector<tree::Tree> trees;
  trees.reserve(texts.size());
  const auto told = [&] { return render_pretty(diagnostics.sorted(), sources, {.color = false, .max_errors = 5}); };
  for (const auto& one : texts) {
    const auto plain = parse(sources, sources.add(one.name, one.text), Limits{}, diagnostics);
    if (diagnostics.has_errors()) return made.problem = told(), made;
    made.files.push_back({one.name, format(plain)});
    trees.push_back(parse(sources, sources.add(one.name, made.files.back().text), Limits{}, diagnostics));
  }
  std::vector<const tree::Tree*> all;
  for (const auto& tree : trees) all.push_back(&tree);
  if (!diagnostics.has_errors()) check_policy(all, sources, Limits{}, diagnostics);
  if (diagnostics.has_errors()) made.problem = told();
  return made;
}

std::string platform_of(const std::vector<Tenant>& tenants, const std::vector<std::string>& floor) {
  std::size_t databases = 0;
  for (const auto& tenant : tenants) databases = std::max(databases, tenant.most_databases);
  std::string inside;
  if (databases > usual_databases) inside += fmt::format("limit database connections per client = {}\n", databases);
  for (const auto& statement : floor) inside += statement + "\n";
  if (inside.empty()) return inside;
  return "writ 1\n// What every imported tenant asks for.\n\nplatform {\n" + inside + "}\n";
}

WrittenSet assemble(const std::vector<Tenant>& tenants, const std::vector<std::string>& floor, bool with_templates) {
  std::vector<Source> texts;
  if (auto platform = platform_of(tenants, floor); !platform.empty())
    texts.push_back({"platform.writ", std::move(platform)});
  Templates templates;
  if (with_templates)
    templates = templates_of(tenants, [&](const std::string& declaration, const std::vector<std::string>& instances) {
      auto tried = texts;
      tried.push_back({"templates.writ", "writ 1\n" + declaration});
      for (std::size_t i = 0; i < instances.size(); ++i) tried.push_back({fmt::format("{}.writ", i), instances[i]});
      return finish(tried).problem.empty();
    });
  if (!templates.declarations.empty())
    texts.push_back({"templates.writ", "writ 1\n// Tenants that differ in constants only.\n" + templates.declarations});
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    const auto found = templates.instances.find(i);
    texts.push_back(
        {tenants[i].name + ".writ", found == templates.instances.end() ? plain_text(tenants[i]) : found->second});
    for (auto& file : organization_files(tenants[i])) texts.push_back({std::move(file.name), std::move(file.text)});
  }
  auto made = finish(texts);
  made.floor = floor.size();
  made.templates = std::move(templates.counts);
  return made;
}

}  // namespace

WrittenSet write_set(std::vector<Tenant> tenants) {
  Names names("tenant");
  std::set<std::string> wires;
  names.make("platform");  // files of these names are others
  names.make("templates");
  for (auto& tenant : tenants) {
    const auto wire = tenant.wire;
    for (int number = 2; !wires.insert(tenant.wire).second; ++number)
      tenant.wire = fmt::format("{} ({})", wire, number);
    tenant.name = names.make(tenant.wire);
  }
  auto without = tenants;
  const auto floor = tenants.size() > 1 ? take_floor(without) : std::vector<std::string>();
  auto made = assemble(without, floor, true);
  if (!made.problem.empty()) made = assemble(without, floor, false);
  if (!made.problem.empty()) made = assemble(tenants, {}, true);
  if (!made.problem.empty()) made = assemble(tenants, {}, false);
  for (const auto& tenant : tenants) made.wires.push_back(tenant.wire);
  return made;
}

}  // namespace writ::importing
