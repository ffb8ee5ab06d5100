// Diagnostics are a product: every one has a permanent code with a catalogue row (catalogue.h) and a page in
// docs/diagnostics/, says what was seen in lower case without a full stop, underlines the narrowest thing, labels the
// second place, and puts help on its own lines. Phases add in any order; `sorted` gives source order.
#pragma once

#include "compiler/diagnostics/catalogue.h"
#include "compiler/diagnostics/source.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  Code code{};
  Span span;
  std::string message;           // the author's own text in backticks
  std::string label;             // what stands under the carets; may be empty
  std::vector<Label> more;       // second places
  std::vector<std::string> help; // one line each, likeliest fix first

  Diagnostic& at(Span where, std::string text) { more.push_back({where, std::move(text)}); return *this; }
  Diagnostic& hint(std::string text) { help.push_back(std::move(text)); return *this; }
  Diagnostic& under(std::string text) { label = std::move(text); return *this; }
};

class Diagnostics {
 public:
  // The reference is good until the next add: chain `.at().hint()` on it at once.
  Diagnostic& add(Code code, Span span, std::string message);
  bool has_errors() const;
  std::size_t errors() const;
  std::size_t warnings() const;
  bool empty() const { return list_.empty(); }
  // By file, place, code; exact duplicates dropped.
  std::vector<Diagnostic> sorted() const;
  void append(Diagnostics other);

 private:
  std::vector<Diagnostic> list_;
};

struct RenderOptions {
  bool color = false;
  std::size_t max_errors = 100;  // the rest is counted in the last line
};

std::string render_pretty(std::span<const Diagnostic> list, const SourceSet& sources, const RenderOptions& options);
std::string render_json(std::span<const Diagnostic> list, const SourceSet& sources);

// "did you mean": the nearest of `candidates` by edit distance when near enough to be a slip, else empty.
std::string_view nearest_name(std::string_view seen, std::span<const std::string_view> candidates);

}  // namespace writ
