// Text to model. Whatever the bytes are: no crash, no exception; every diagnostic has a message, and its places and the
// edits it offers lie inside the file; what a person is shown is UTF-8 that holds nothing a terminal would obey, what a
// machine is given is JSON.
#include "compiler/check/check.h"
#include "compiler/syntax/syntax.h"
#include "runtime/program/value.h"
#include "tests/fuzz/fuzz.h"

#include <nlohmann/json.hpp>

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
    for (const auto& help : one.help)
      for (const auto& edit : help.edits) inside(sources, edit.span);
  }
  const auto shown = render_pretty(list, sources, {.color = false, .max_errors = 30});
  promise(valid_utf8(shown), "what is shown is not UTF-8", shown);
  for (const char c : shown)
    promise(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f), "a control character in what is shown");
  promise(nlohmann::json::accept(render_json(list, sources)), "what is given to machines is not JSON");
  return 0;
}
