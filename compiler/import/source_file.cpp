// A regular file of bounded size, in UTF-8 or, behind a byte-order mark, UTF-16.
#include "compiler/import/source_file.h"

#include "compiler/load/files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace writ::importing {

namespace fs = std::filesystem;

namespace {

void add_utf8(std::string& text, std::uint32_t point) {
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xc0 | point >> 6);
  } else {
    if (point < 0x1'0000) {
      byte(0xe0 | point >> 12);
    } else {
      byte(0xf0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3f));
    }
    byte(0x80 | (point >> 6 & 0x3f));
  }
  byte(0x80 | (point & 0x3f));
}

// What PowerShell writes: UTF-16 behind a byte-order mark. Nothing when half a unit or half a pair is missing.
std::optional<std::string> from_utf16(std::string_view bytes) {
  const bool little = bytes.starts_with("\xff\xfe");
  if (bytes.size() % 2 != 0) return std::nullopt;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
    return little ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  };
  std::string text;
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    auto point = unit(at);
    if (point >= 0xd800 && point < 0xe000) {
      const auto next = at + 2 < bytes.size() ? unit(at + 2) : 0;
      if (point >= 0xdc00 || next < 0xdc00 || next >= 0xe000) return std::nullopt;
      point = 0x1'0000 + ((point - 0xd800) << 10) + (next - 0xdc00);
      at += 2;
    }
    add_utf8(text, point);
  }
  return text;
}

}  // namespace

SourceFile read_source(const std::string& path, const Filling* filling, const Streaming* streaming) {
  SourceFile file{{}, fs::path(path).filename().string(), {}};
  const auto fail = [&](std::string problem) {
    file.problem = std::move(problem);
    return std::move(file);
  };
  std::error_code failed;
  if (!fs::exists(path, failed)) return fail(fmt::format("there is no `{}`", path));
  auto content = load_detail::Disk().read({path, path, {}, false}, DocumentLimits{}.bytes);
  if (content.problem) return fail(std::move(content.problem->message));
  auto& text = content.text;
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    auto converted = from_utf16(text);
    if (!converted) return fail(fmt::format("`{}` begins like UTF-16 and is not", path));
    text = std::move(*converted);
  }
  const bool json = fs::path(path).extension() == ".json";
  if (filling != nullptr)
    text = replace_keywords(text, json ? Syntax::json : Syntax::yaml, filling->keywords, filling->unresolved);
  auto document = json ? read_json(text, {}, streaming) : read_yaml(text, {}, streaming);
  if (!document.problem.empty()) return fail(fmt::format("`{}`: {}", path, document.problem));
  file.value = std::move(document.value);
  return file;
}

SourceName read_json_sources(const std::string& path, Report& report,
                             const std::function<void(Value&&, const std::string&)>& take) {
  constexpr std::size_t most_files = 100'000;
  std::error_code failed, other;
  if (!fs::is_directory(path, failed)) {
    auto file = read_source(path, nullptr);
    if (file.problem.empty()) take(std::move(file.value), file.name);
    return {std::move(file.name), std::move(file.problem)};
  }
  const fs::path root(path);
  SourceName source{root.filename().empty() ? root.parent_path().filename().string() : root.filename().string(), {}};
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(root, failed), end; !failed && at != end && files.size() <= most_files;
       at.increment(failed))
    if (at->path().extension() == ".json" && at->is_regular_file(other)) files.push_back(at->path());
  if (failed) source.problem = fmt::format("cannot read `{}` to its end: {}", path, failed.message());
  if (files.size() > most_files) source.problem = fmt::format("`{}` has more than {} files", path, most_files);
  if (!source.problem.empty()) return source;
  std::ranges::sort(files);
  for (const auto& one : files) {
    auto file = read_source(one.string(), nullptr);
    const auto origin = one.lexically_relative(root).generic_string();
    if (file.problem.empty())
      take(std::move(file.value), origin);
    else
      report.add(Outcome::wrong, origin, "", file.problem);
  }
  return source;
}

}  // namespace writ::importing
