// Text to model. Whatever the bytes are: no crash, no exception, every diagnostic has a message and places inside the file, and the
// rendered text holds nothing that a terminal would obey.
#include "tests/fuzz/fuzz.h"

#include "compiler/check/check.h"
#include "compiler/syntax/syntax.h"

namespace {

using namespace writ;
using fuzz::promise;

void inside(const SourceSet& sources, Span span) {
  if (!span.known()) return;
  const auto size = sources.text(span.file).size();
  promise(span.begin <= span.end && span.end <= size, "a place outside the file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto file = sources.add("input.writ", std::string(fuzz::view(data, size)));
  const auto tree = parse(sources, file, Limits{}, diagnostics);
  if (!diagnostics.has_errors()) {
    const tree::Tree* trees[] = {&tree};
    check_policy(trees, sources, Limits{}, diagnostics);
  }
  const auto list = diagnostics.sorted();
  for (const auto& one : list) {
    promise(!one.message.empty(), "a diagnostic that says nothing");
    inside(sources, one.span);
    for (const auto& label : one.more) inside(sources, label.span);
  }
  for (const char c : render_pretty(list, sources, {.color = false, .max_errors = 30}))
    promise(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f), "a control character in what is shown");
  render_json(list, sources);
  return 0;
}
