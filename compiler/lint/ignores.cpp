// `// writ-ignore RULE: reason` takes findings of a rule back, `// writ-ignore RULE, RULE: reason` of several. Behind a statement it speaks of
// its own line; alone on a line of the next line that is no comment. `// writ-ignore-file RULE: reason` speaks of the whole file. A reason is
// wanted, because whoever reads the line next year will want it; and what ignores nothing any more is told.
#include "compiler/lint/rule.h"

#include <algorithm>
#include <map>
#include <optional>

namespace writ::lint {

namespace {

struct Ignore {
  const RuleRow* rule = nullptr;
  Span span;               // of the rule's name in the comment
  Span comment;            // all of it
  std::uint32_t line = 0;  // 0: the whole file
  bool alone = false;      // the comment names no other rule
  bool used = false;
};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

class Comments {
 public:
  Comments(const tree::Tree& tree, const SourceSet& sources, std::vector<Finding>& problems)
      : tree_(tree), sources_(sources), problems_(problems) {}

  std::vector<Ignore> read() {
    for (std::size_t i = 0; i < tree_.comments.size(); ++i) one(i);
    return std::move(ignores_);
  }

 private:
  static constexpr std::string_view word = "writ-ignore", of_file = "-file";

  void one(std::size_t place) {
    const tree::Comment& comment = tree_.comments[place];
    std::string_view text = comment.text;
    const auto offset = [&](std::string_view part) {
      return static_cast<std::uint32_t>(part.data() - comment.text.data()) + comment.span.begin;
    };
    text.remove_prefix(std::min<std::size_t>(2, text.size()));
    text = trimmed(text);
    if (!text.starts_with(word)) return;
    std::string_view rest = text.substr(word.size());
    const bool whole_file = rest.starts_with(of_file);
    if (whole_file) rest.remove_prefix(of_file.size());
    if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t' && rest.front() != ':') return;  // another word
    const auto colon = rest.find(':');
    const std::string_view reason = colon == std::string_view::npos ? "" : trimmed(rest.substr(colon + 1));
    std::string_view names = rest.substr(0, colon);
    if (trimmed(names).empty())
      return say(ignore_without_reason, comment.span, "a writ-ignore names the rules it is about");
    if (reason.empty()) say(ignore_without_reason, comment.span, "this writ-ignore gives no reason");
    const std::uint32_t line = whole_file ? 0 : line_of(place);
    const bool alone = names.find(',') == std::string_view::npos;
    while (!names.empty()) {
      const auto comma = names.find(',');
      const std::string_view name = trimmed(names.substr(0, comma));
      names = comma == std::string_view::npos ? "" : names.substr(comma + 1);
      if (name.empty()) continue;
      const Span span{tree_.file, offset(name), offset(name) + static_cast<std::uint32_t>(name.size())};
      if (const RuleRow* rule = find_rule(name); rule != nullptr)
        ignores_.push_back({rule, span, comment.span, line, alone});
      else
        unknown(span, name);
    }
  }

  // The line that the comment speaks of.
  std::uint32_t line_of(std::size_t place) const {
    const tree::Comment& comment = tree_.comments[place];
    std::uint32_t line = sources_.position(tree_.file, comment.span.begin).line;
    if (!comment.own_line) return line;
    ++line;
    for (std::size_t i = place + 1; i < tree_.comments.size() && tree_.comments[i].own_line; ++i) {
      if (sources_.position(tree_.file, tree_.comments[i].span.begin).line != line) break;
      ++line;
    }
    return line;
  }

  void unknown(Span span, std::string_view name) {
    std::vector<std::string_view> known;
    for (const RuleRow& row : rules()) known.push_back(row.id);
    const std::string_view near = nearest_name(name, known);
    Diagnostic& what = say_at(unknown_ignore, span, "there is no rule " + in_ticks(name));
    if (near.empty())
      what.hint("`writ lint --rules` lists them");
    else
      what.safe_fix("did you mean " + in_ticks(near) + "?", span, std::string(near));
  }

  void say(const RuleRow& row, Span span, std::string message) {
    say_at(row, span, std::move(message)).hint("it is written `// writ-ignore RULE: reason`");
  }
  Diagnostic& say_at(const RuleRow& row, Span span, std::string message) {
    problems_.push_back({find_rule(row.id), Level::off, {{}, span, std::move(message), {}, {}, {}}});
    return problems_.back().what;
  }

  const tree::Tree& tree_;
  const SourceSet& sources_;
  std::vector<Finding>& problems_;
  std::vector<Ignore> ignores_;
};

}  // namespace

// Problems are added with level off: the caller sets it.
void apply_ignores(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Ran& ran,
                   std::vector<Finding>& findings) {
  std::vector<Finding> problems;
  std::map<FileId, std::vector<Ignore>> ignores;
  for (const auto* tree : trees) {
    auto read = Comments(*tree, sources, problems).read();
    if (!read.empty()) ignores.emplace(tree->file, std::move(read));
  }
  if (!ignores.empty())
    std::erase_if(findings, [&](const Finding& finding) {
      const auto of_file = ignores.find(finding.what.span.file);
      if (of_file == ignores.end()) return false;
      bool ignored = false;
      const auto line = sources.position(finding.what.span.file, finding.what.span.begin).line;
      for (Ignore& one : of_file->second)
        if (one.rule == finding.rule && (one.line == 0 || one.line == line)) ignored = one.used = true;
      return ignored;
    });
  for (const auto& [file, list] : ignores)
    for (const Ignore& one : list) {
      if (one.used || !ran(*one.rule, sources.name(file))) continue;
      Diagnostic what{{}, one.span, "nothing here trips " + in_ticks(one.rule->id), {}, {}, {}};
      if (one.alone)
        what.safe_fix("delete the comment", one.comment, "");
      else
        what.hint("take the name out of the comment");
      problems.push_back({find_rule(unused_ignore.id), Level::off, std::move(what)});
    }
  std::ranges::move(problems, std::back_inserter(findings));
}

}  // namespace writ::lint
