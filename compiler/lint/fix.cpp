// Round after round: what is found, the first help of each finding that may be followed, all edits that do not touch one another, from the end of
// each file to its beginning. Then the whole is read and checked again; a round that broke something is done over edit by edit.
#include "compiler/lint/fix.h"

#include "compiler/check/check.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <deque>

namespace writ::lint {

namespace {

constexpr std::size_t most_rounds = 50;

// A set read from memory.
struct Read {
  SourceSet sources;
  std::deque<tree::Tree> trees;
  std::vector<const tree::Tree*> order;
  Diagnostics diagnostics;
  model::Policy policy;
  bool parsed = false;  // errors are of the checker, when there are any

  Read(const std::vector<FileText>& files, const Limits& limits) {
    for (const FileText& file : files) {
      const FileId id = sources.add(file.name, file.text);
      order.push_back(&trees.emplace_back(parse(sources, id, limits, diagnostics)));
    }
    parsed = !diagnostics.has_errors();
    if (parsed) policy = check_policy(order, sources, limits, diagnostics);
  }
};

struct Offer {
  std::string by;  // rule or code
  Help help;
};

bool touch(const Edit& a, const Edit& b) {
  if (a.span.file != b.span.file) return false;
  if (a.span.begin == b.span.begin) return true;
  return a.span.begin < b.span.end && b.span.begin < a.span.end;
}

// What is on offer in one state of the files, in order of the text; counts what may not be followed.
std::vector<Offer> offers_of(const Read& read, const FixOptions& options, std::map<std::string, std::size_t>& unsafe) {
  std::vector<Offer> offers;
  unsafe.clear();
  const auto look = [&](const std::string& by, const Diagnostic& what, bool error) {
    const auto edits = [](const Help& help) { return !help.edits.empty(); };
    const auto first = std::ranges::find_if(what.help, edits);
    if (first == what.help.end()) return;
    const bool safe = first->keeps_decisions && !error;
    if (safe || options.unsafe)
      offers.push_back({by, *first});
    else
      ++unsafe[by];
  };
  if (read.diagnostics.has_errors()) {
    for (const Diagnostic& one : read.diagnostics.sorted()) look(code_text(one.code), one, true);
    return offers;
  }
  for (const Finding& one : lint(read.policy, read.order, read.sources, options.level_of))
    look(std::string(one.rule->id), one.what, false);
  return offers;
}

void apply(std::vector<Edit> edits, std::vector<FileText>& files) {
  std::ranges::stable_sort(edits, std::ranges::greater{}, [](const Edit& edit) { return edit.span.begin; });
  for (const Edit& edit : edits) {
    std::string& text = files[static_cast<std::size_t>(edit.span.file)].text;
    text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
  }
}

// How far a policy is from being right. A text that parses is nearer than one that does not, whatever the checker then finds in it.
struct Standing {
  bool unparsed = false;
  std::size_t errors = 0;
  auto operator<=>(const Standing&) const = default;
};
Standing standing(const Read& read) { return {!read.parsed, read.diagnostics.errors()}; }
Standing standing(const std::vector<FileText>& files, const Limits& limits) { return standing(Read(files, limits)); }

// Follows as many offers as can be followed together; false when none.
bool round(const Read& read, const std::vector<Offer>& offers, const Limits& limits, Fixed& fixed) {
  std::vector<Edit> edits;
  std::vector<const Offer*> taken;
  for (const Offer& offer : offers) {
    const bool free = std::ranges::none_of(offer.help.edits, [&](const Edit& edit) {
      return std::ranges::any_of(edits, [&](const Edit& other) { return touch(edit, other); });
    });
    if (!free) continue;
    edits.insert(edits.end(), offer.help.edits.begin(), offer.help.edits.end());
    taken.push_back(&offer);
  }
  const auto before = standing(read);
  std::vector<FileText> files = fixed.files;
  apply(edits, files);
  if (!taken.empty() && standing(files, limits) <= before && !read.diagnostics.has_errors()) {
    fixed.files = std::move(files);
    for (const Offer* one : taken) ++fixed.made[one->by];
    return true;
  }
  for (const Offer* one : taken) {  // one that breaks nothing, or mends
    files = fixed.files;
    apply(one->help.edits, files);
    const auto after = standing(files, limits);
    if (read.diagnostics.has_errors() ? after >= before : after > before) continue;
    fixed.files = std::move(files);
    ++fixed.made[one->by];
    return true;
  }
  return false;
}

}  // namespace

Fixed fix(std::vector<FileText> files, const Limits& limits, const FixOptions& options) {
  Fixed fixed;
  fixed.files = std::move(files);
  for (std::size_t i = 0; i < most_rounds; ++i) {
    const Read read(fixed.files, limits);
    const std::vector<Offer> offers = offers_of(read, options, fixed.unsafe);
    if (!offers.empty() && round(read, offers, limits, fixed)) continue;
    if (read.diagnostics.has_errors()) fixed.problem = render_pretty(read.diagnostics.sorted(), read.sources, {});
    break;
  }
  return fixed;
}

}  // namespace writ::lint
