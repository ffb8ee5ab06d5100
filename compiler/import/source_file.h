// The files of a source, JSON or YAML by their names, as values.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/keywords.h"
#include "compiler/import/report.h"

#include <functional>
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

// What a source is called, and why it could not be read; empty when it could.
struct SourceName {
  std::string name{}, problem{};
};
// One file, or all `.json` files below a folder in the order of their paths: `take` is given each value and its path below the folder. Of a
// folder, a file that cannot be read is reported and the others are taken; a folder that cannot be read to its end is a problem.
SourceName read_json_sources(const std::string& path, Report& report,
                             const std::function<void(Value&&, const std::string&)>& take);

}  // namespace writ::importing
