// What formatting promises, held against every policy of the tree, against these with comments and line ends thrown in
// between any two words, and against thousands of random sentences: it parses to the same tree, it is its own layout,
// it keeps every comment once and in order, and no rule changes its key. A failure prints the text, or the number of it.
#include "tests/unit/syntax/sentences.h"
#include "tests/unit/syntax/support.h"

#include <cctype>
#include <regex>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

Strings comments_of(const tree::Tree& tree) {
  Strings list;
  for (const auto& one : tree.comments) list.push_back(one.text);
  return list;
}

struct Keys {
  const tree::Tree& tree;
  Strings list = {};

  void items(const std::vector<tree::Item>& items) {
    for (const auto& one : items) {
      if (const auto* rule = std::get_if<tree::Rule>(&one))
        list.push_back(rule_key(tree, *rule) + " " + canonical(tree, *rule));
      std::visit(
          [&](const auto& is) {
            if constexpr (requires { is.items.front().index(); }) this->items(is.items);
          },
          one);
    }
  }
};

// The rules of a tree by their keys and canonical texts, in source order.
Strings keys_of(const tree::Tree& tree) {
  Keys keys{tree};
  for (const auto& one : tree.declarations)
    std::visit(
        [&](const auto& is) {
          if constexpr (requires { is.items.front().index(); }) keys.items(is.items);
        },
        one);
  return keys.list;
}

// What is wrong with the layout of a sound text; empty when nothing is.
std::string fault_of(const Parsed& before) {
  const auto once = format(before.tree);
  const Parsed after(once);
  if (!after.diagnostics.empty()) return "it does not parse:\n" + once + after.rendered();
  if (!same_meaning(before.tree, after.tree)) return "it means something else:\n" + once;
  if (comments_of(before.tree) != comments_of(after.tree))
    return "a comment is lost, doubled or moved past another:\n" + once;
  if (keys_of(before.tree) != keys_of(after.tree)) return "a rule has another key:\n" + once;
  if (const auto twice = format(after.tree); twice != once)
    return "laid out again it changes:\n" + once + "--- again\n" + twice;
  return {};
}

std::string with_carriage_returns(const std::string& text) {
  return std::regex_replace(text, std::regex("\r?\n"), "\r\n");
}

// The words of a text, each with the blanks before it, comments as words of their own. Knows as much of the language as it has to.
Words words_of(const std::string& text) {
  Words words;
  const auto wordlike = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == ':' || c == '/' ||
           (c & 0x80) != 0;
  };
  bool pattern = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
    if (at == text.size()) break;
    const char first = text[at];
    if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (first == '"' || (first == '/' && pattern)) {
      for (++at; text[at] != first; ++at) at += text[at] == '\\' ? 1 : 0;
      ++at;
    } else if (wordlike(first)) {
      const auto dash = [&] {
        return text[at] == '-' && std::isdigit(static_cast<unsigned char>(first)) != 0;
      };  // of a date
      while (at < text.size() && (wordlike(text[at]) || dash()) && text.compare(at, 2, "//") != 0) ++at;
    } else {
      while (++at < text.size() && text[at] == '=') {}
    }
    words.push_back(text.substr(start, at - start));
    pattern = words.back().ends_with("matches");
  }
  return words;
}

std::string with_comments(const std::string& text, Sentences& random, std::size_t of_a_hundred) {
  std::string made;
  std::size_t number = 0;
  for (const auto& word : words_of(text)) {
    if (!made.empty() && random.chance(of_a_hundred))
      made += (random.chance(60) ? " // m" : "\n// m") + std::to_string(number++) + "\n";
    made += word;
  }
  return made + "\n";
}

// Every text of the tree that is a policy and parses: examples, goldens, blocks of the documents.
std::vector<std::pair<std::string, std::string>> policies() {
  std::vector<std::pair<std::string, std::string>> list;
  const auto add = [&](const std::string& name, const std::string& text) {
    if (Parsed(text).diagnostics.empty()) list.emplace_back(name, text);
  };
  const std::filesystem::path root = WRIT_SOURCE_DIR;
  for (const char* folder : {"policies", "tests/golden", "docs"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto name = entry.path().string();
      if (!entry.is_regular_file() || (!name.ends_with(".writ") && !name.ends_with(".md"))) continue;
      const auto text = read_text(entry.path());
      const std::regex between(name.ends_with(".md") ? "```[a-z ]*\n" : "//// (?:file|expect).*\n");
      for (std::sregex_token_iterator at(text.begin(), text.end(), between, -1), end; at != end; ++at)
        add(name, at->str());
    }
  return list;
}

}  // namespace

TEST_CASE("the layout of every policy of the tree keeps what it promises, with any line ends") {
  const auto all = policies();
  CHECK(all.size() > 150);
  for (const auto& [name, text] : all) {
    INFO(name << "\n" << text);
    const Parsed parsed(text);
    CHECK(fault_of(parsed) == "");
    CHECK(formatted(with_carriage_returns(text)) == format(parsed.tree));
    CHECK(formatted("\xEF\xBB\xBF" + text) == format(parsed.tree));
    CHECK(formatted("\xEF\xBB\xBF" + with_carriage_returns(text)) == format(parsed.tree));
  }
}

TEST_CASE("comments between any two words are kept") {
  std::size_t tried = 0;
  for (const auto& [name, text] : policies())
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      Sentences random(seed);
      const auto made = with_comments(text, random, seed < 3 ? 4 : 30);
      const Parsed parsed(made);
      INFO(name << " " << seed << "\n" << made << parsed.rendered());
      REQUIRE(parsed.diagnostics.empty());
      CHECK(fault_of(parsed) == "");
      CHECK(same_meaning(parsed.tree, Parsed(text).tree));
      ++tried;
    }
  CHECK(tried > 900);
}

TEST_CASE("a comment in each single place of the design's sample is kept") {
  const auto all = policies();
  const auto found = std::find_if(all.begin(), all.end(), [](const auto& one) { return one.second.size() > 2500; });
  REQUIRE(found != all.end());
  const auto words = words_of(found->second);
  for (std::size_t place = 1; place <= words.size(); ++place) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) text += (i == place ? " // here\n" : "") + words[i];
    text += place == words.size() ? " // here" : "\n";
    INFO(place << "\n" << text);
    CHECK(fault_of(Parsed(text)) == "");
  }
}

TEST_CASE("random sentences of the grammar parse and keep what layout promises") {
  std::size_t rules = 0, comments = 0;
  for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
    Sentences random(seed);
    const auto words = random.file();
    const auto text = random.written(words, seed % 3 != 0);
    const Parsed parsed(text);
    INFO("sentence " << seed << "\n" << text << parsed.rendered());
    // Sentences know nothing of what the tree builder refuses behind the grammar.
    for (const auto& code : parsed.places())
      REQUIRE((code.starts_with("E0101") || code.starts_with("E0108") || code.starts_with("E0115")));
    if (!parsed.diagnostics.empty()) continue;
    CHECK(fault_of(parsed) == "");
    rules += keys_of(parsed.tree).size();
    comments += parsed.tree.comments.size();
  }
  CHECK(rules > 3'000);
  CHECK(comments > 20'000);
}

// What random sentences found.
TEST_CASE("an else for a membership in a difference keeps its parentheses; two rejects of one line stay two") {
  CHECK(canonical_of("(x in a - b) else c") == "(x in a - b) else c");
  CHECK(canonical_of("x in a - b else c") == "x in a - (b else c)");
  CHECK(formatted(in_tenant("password p { reject common; reject breached,personal }")) ==
        in_tenant("  password p { reject common; reject breached, personal }"));
}
