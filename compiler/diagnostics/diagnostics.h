// Diagnostics are a product: every one has a permanent code with a catalogue row (catalogue.h) and a page in
// docs/diagnostics/, says what was seen in lower case without a full stop, underlines the narrowest thing, labels the
// second place, and puts help on its own lines. Phases add in any order; `sorted` gives source order.
#pragma once

#include "compiler/diagnostics/catalogue.h"
#include "compiler/diagnostics/source.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

// Words of a message hold the author's own, and these may be megabytes: what is longer than anybody reads is cut.
std::string bounded(std::string text);

struct Label {
  Span span;
  std::string text;
};

// `text` in the place of what stands at `span`; an empty span is where to insert it.
struct Edit {
  Span span;
  std::string text;
};

// A line of help. With edits it can be followed without a person: make all of them, and the message is gone.
struct Help {
  std::string text;
  std::vector<Edit> edits;
  bool keeps_decisions = false;  // whoever follows it changes no decision
};

struct Diagnostic {
  Code code{};
  Span span;
  std::string message;      // the author's own text in backticks
  std::string label;        // what stands under the carets; may be empty
  std::vector<Label> more;  // second places
  std::vector<Help> help;   // one line each, likeliest fix first

  Diagnostic& at(Span where, std::string text) {
    more.push_back({where, bounded(std::move(text))});
    return *this;
  }
  Diagnostic& hint(std::string text) {
    help.push_back({bounded(std::move(text)), {}, false});
    return *this;
  }
  Diagnostic& fix(std::string text, Span where, std::string with) {
    help.push_back({bounded(std::move(text)), {{where, std::move(with)}}, false});
    return *this;
  }
  // The same, of an edit that changes no decision.
  Diagnostic& safe_fix(std::string text, Span where, std::string with) {
    help.push_back({bounded(std::move(text)), {{where, std::move(with)}}, true});
    return *this;
  }
  Diagnostic& under(std::string text) {
    label = bounded(std::move(text));
    return *this;
  }
};

class Diagnostics {
 public:
  // The reference is good until the next add: chain `.at().hint()` on it at once.
  Diagnostic& add(Code code, Span span, std::string message);
  bool has_errors() const;
  std::size_t errors() const;
  std::size_t warnings() const;
  bool empty() const { return list_.empty(); }
  // By file, place, code: `files` first, in their order, then the others as they were found. One cause is one message: equal ones at one place are said once, and what is said of a name (codes 02) once
  // with all its places, so that a name misspelt in five rules is one error with five of them.
  std::vector<Diagnostic> sorted(std::span<const FileId> files = {}) const;
  void append(Diagnostics other);
  std::size_t size() const { return list_.size(); }
  // In the order they were added, from the `first` on.
  std::span<const Diagnostic> since(std::size_t first) const { return std::span(list_).subspan(first); }
  // Of those keeps what is wanted.
  template <class Wanted>
  void keep_since(std::size_t first, const Wanted& wanted) {
    const auto unwanted = [&wanted](const Diagnostic& one) { return !wanted(one); };
    list_.erase(std::remove_if(list_.begin() + static_cast<std::ptrdiff_t>(first), list_.end(), unwanted), list_.end());
  }
  // Looking for the nearest name costs, and nobody reads hundreds of suggestions: `nearest` looks 200 times and then says nothing.
  bool may_suggest() const { return suggestions_ > 0; }
  std::string_view nearest(std::string_view seen, std::span<const std::string_view> candidates);

 private:
  std::vector<Diagnostic> list_;
  std::size_t suggestions_ = 200;
};

struct RenderOptions {
  bool color = false;
  std::size_t max_errors = 30;                           // nobody reads more at once; the rest is counted
  std::string_view all_by = "writ check --format json";  // what lists the rest
};

// A message with who says it: a phase of the compiler by a code, or lint by the name of a rule. Views are of what stays.
struct Notice {
  Severity severity = Severity::error;
  std::string name;        // "E0301", "http-callback": `writ explain NAME` shows its page
  std::string_view title;  // a few words
  const Diagnostic* what = nullptr;
};
Notice notice_of(const Diagnostic& one);

std::string render_pretty(std::span<const Diagnostic> list, const SourceSet& sources, const RenderOptions& options);
std::string render_pretty(std::span<const Notice> list, const SourceSet& sources, const RenderOptions& options);
std::string render_json(std::span<const Diagnostic> list, const SourceSet& sources);
std::string render_json(std::span<const Notice> list, const SourceSet& sources);

// "did you mean": the nearest of `candidates` by edit distance when near enough to be a slip, else empty.
std::string_view nearest_name(std::string_view seen, std::span<const std::string_view> candidates);

}  // namespace writ
