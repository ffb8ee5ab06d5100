// One file of a source, JSON or YAML by its name, as a value.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/keywords.h"

#include <set>
#include <string>

namespace writ::importing {

struct SourceFile {
  Value value{};
  std::string name{};     // without its folder
  std::string problem{};  // with the path; then there is no value
};
struct Filling {
  const Keywords& keywords;
  std::set<std::string>& unresolved;
};
// `filling`: keywords to be replaced before the text is read; null: there are none. `streaming`: lists that are not kept.
SourceFile read_source(const std::string& path, const Filling* filling, const Streaming* streaming = nullptr);

}  // namespace writ::importing
