// A regular file of bounded size, without the mark that some editors put before UTF-8.
#include "compiler/import/source_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace writ::importing {

namespace fs = std::filesystem;

SourceFile read_source(const std::string& path, const Filling* filling) {
  SourceFile file{{}, fs::path(path).filename().string(), {}};
  const auto fail = [&](std::string problem) {
    file.problem = std::move(problem);
    return std::move(file);
  };
  std::error_code failed;
  if (!fs::exists(path, failed)) return fail(fmt::format("there is no `{}`", path));
  if (!fs::is_regular_file(path, failed)) return fail(fmt::format("`{}` is no regular file", path));
  const auto size = fs::file_size(path, failed);
  if (size > DocumentLimits{}.bytes)
    return fail(fmt::format("`{}` has more than {} bytes", path, DocumentLimits{}.bytes));
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  if (!in || (!(bytes << in.rdbuf()) && size > 0)) return fail(fmt::format("cannot read `{}`", path));
  auto text = std::move(bytes).str();
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  const bool json = fs::path(path).extension() == ".json";
  if (filling != nullptr)
    text = replace_keywords(text, json ? Syntax::json : Syntax::yaml, filling->keywords, filling->unresolved);
  auto document = json ? read_json(text) : read_yaml(text);
  if (!document.problem.empty()) return fail(fmt::format("`{}`: {}", path, document.problem));
  file.value = std::move(document.value);
  return file;
}

}  // namespace writ::importing
