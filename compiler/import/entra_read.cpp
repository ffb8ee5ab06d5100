// Which file holds what is seen from what it says, not from its name.
#include "compiler/import/entra.h"
#include "compiler/import/source_file.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace writ::importing {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_files = 100'000;

void sort_in(Value value, const std::string& origin, EntraExport& made) {
  if (value.is_object() && value.contains("value") && value["value"].is_array()) value = Value(value["value"]);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) sort_in(std::move(value[i]), fmt::format("{}[{}]", origin, i), made);
    return;
  }
  if (!value.is_object()) return;
  if (value.contains("conditions"))
    made.policies.push_back({std::move(value), origin});
  else if (value.contains("ipRanges") || value.contains("countriesAndRegions") ||
           value.contains("compliantNetworkType"))
    made.locations.push_back({std::move(value), origin});
}

}  // namespace

EntraExport read_entra(const std::string& path, Report& report) {
  EntraExport made;
  std::error_code failed;
  if (!fs::is_directory(path, failed)) {
    auto file = read_source(path, nullptr);
    made.origin = file.name;
    made.problem = std::move(file.problem);
    if (made.problem.empty()) sort_in(std::move(file.value), file.name, made);
  } else {
    const fs::path root(path);
    made.origin = root.filename().empty() ? root.parent_path().filename().string() : root.filename().string();
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator at(root, failed), end; !failed && at != end && files.size() < most_files;
         at.increment(failed))
      if (at->path().extension() == ".json" && at->is_regular_file(failed)) files.push_back(at->path());
    std::ranges::sort(files);
    for (const auto& one : files) {
      auto file = read_source(one.string(), nullptr);
      const auto origin = one.lexically_relative(root).generic_string();
      if (!file.problem.empty())
        report.add(Outcome::wrong, origin, "", file.problem);
      else
        sort_in(std::move(file.value), origin, made);
    }
  }
  if (made.problem.empty() && made.policies.empty())
    made.problem = fmt::format("`{}` holds no conditional-access policy: an object with `conditions`", path);
  return made;
}

}  // namespace writ::importing
