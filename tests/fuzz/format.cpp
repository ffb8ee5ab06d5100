// The formatter: what parses is laid out as text that parses to the same tree, keeps every comment in its order, and
// stays as it is when laid out again.
#include "compiler/syntax/compare.h"
#include "compiler/syntax/syntax.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  using fuzz::promise;
  SourceSet sources;
  Diagnostics diagnostics;
  const auto before =
      parse(sources, sources.add("input.writ", std::string(fuzz::view(data, size))), Limits{}, diagnostics);
  if (diagnostics.has_errors()) return 0;
  const auto text = format(before);
  const auto after = parse(sources, sources.add("formatted.writ", text), Limits{}, diagnostics);
  promise(!diagnostics.has_errors(), "formatted, it does not parse", text);
  promise(same_meaning(before, after), "formatted, it means something else", text);
  promise(before.comments.size() == after.comments.size(), "a comment is lost or doubled", text);
  for (std::size_t i = 0; i < before.comments.size(); ++i)
    promise(before.comments[i].text == after.comments[i].text, "a comment is changed or moved past another", text);
  promise(format(after) == text, "laid out again, it changes", text);
  return 0;
}
