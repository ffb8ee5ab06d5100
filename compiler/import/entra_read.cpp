// Which file holds what is seen from what it says, not from its name.
#include "compiler/import/entra.h"
#include "compiler/import/source_file.h"

#include <fmt/format.h>

namespace writ::importing {

namespace {

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
  auto source = read_json_sources(
      path, report, [&](Value&& value, const std::string& origin) { sort_in(std::move(value), origin, made); });
  made.origin = std::move(source.name);
  made.problem = std::move(source.problem);
  if (made.problem.empty() && made.policies.empty())
    made.problem = fmt::format("`{}` holds no conditional-access policy: an object with `conditions`", path);
  return made;
}

}  // namespace writ::importing
