// The forms and their limits, which are the readers': GitHub shows ten annotations of a kind for a step and takes 25,000 results of a SARIF run and
// a job summary of 1 MiB. What does not fit is said.
#include "cli/reports.h"

#include "cli/pages.h"
#include "cli/xml.h"
#include "compiler/diagnostics/display.h"
#include "compiler/lint/lint.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/sha.h>

namespace writ::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t sarif_results = 25'000, annotations_of_a_kind = 10, summary_bytes = 1'000'000;

struct Where {
  std::string file;
  Position begin, end;
  bool known = false;
};
Where where(Span span, const SourceSet& sources) {
  if (!span.known()) return {};
  return {safe(sources.name(span.file)), sources.position(span.file, span.begin),
          sources.position(span.file, std::max(span.begin, span.end)), true};
}

// GitHub and GitLab take nothing without a place: what is said of no place stands at the beginning of the first file.
Span place_of(const Notice& one, const ReportInput& input) {
  if (one.what->span.known() || input.files.empty()) return one.what->span;
  return {input.files.front(), 0, 0};
}

std::string sentence(const Notice& notice) {
  std::string text = safe(notice.what->message);
  if (!notice.what->label.empty()) text += ": " + safe(notice.what->label);
  return text;
}

// ---------------------------------------------------------------- compact, GitLab

std::string compact(const ReportInput& input) {
  std::string text;
  for (const Notice& one : input.notices) {
    const std::string place = one.what->span.known() ? safe(input.sources.place(one.what->span)) : "-";
    text += fmt::format("{}: {}[{}]: {}\n", place, name_of(one.severity), one.name, safe(one.what->message));
  }
  return text;
}

std::string gitlab(const ReportInput& input) {
  constexpr std::array severities = {"major", "minor", "info"};
  json list = json::array();
  for (std::size_t i = 0; i < input.notices.size(); ++i) {
    const Notice& one = input.notices[i];
    const Where at = where(place_of(one, input), input.sources);
    list.push_back({{"description", sentence(one)},
                    {"check_name", one.name},
                    {"fingerprint", input.fingerprints[i]},
                    {"severity", severities[static_cast<std::size_t>(one.severity)]},
                    {"location", {{"path", at.file}, {"lines", {{"begin", std::max(1u, at.begin.line)}}}}}});
  }
  return list.dump(2) + "\n";
}

// ---------------------------------------------------------------- SARIF

// A path as a relative reference of a URI.
std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      uri += c;
    else
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path.starts_with('/') ? "file://" + uri : uri;
}

json region_of(const Where& at) {
  return {{"startLine", at.begin.line},
          {"startColumn", at.begin.column},
          {"endLine", at.end.line},
          {"endColumn", at.end.column}};
}
json location_of(Span span, const SourceSet& sources) {
  const Where at = where(span, sources);
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri_of(sources.name(span.file))}}}, {"region", region_of(at)}}}};
}

json fix_of(const Help& help, const SourceSet& sources) {
  std::map<std::string, json> by_file;
  for (const Edit& edit : help.edits)
    by_file[uri_of(sources.name(edit.span.file))].push_back(
        {{"deletedRegion", region_of(where(edit.span, sources))}, {"insertedContent", {{"text", safe(edit.text)}}}});
  json changes = json::array();
  for (auto& [uri, replacements] : by_file)
    changes.push_back({{"artifactLocation", {{"uri", uri}}}, {"replacements", std::move(replacements)}});
  return {{"description", {{"text", safe(help.text)}}}, {"artifactChanges", std::move(changes)}};
}

std::string_view sarif_level(Severity severity) { return severity == Severity::info ? "note" : name_of(severity); }

// Why there is this rule: what its page says before the first example.
std::string reason_of(std::string_view page, std::string_view title) {
  constexpr std::size_t longest = 1'024;  // that code scanning takes
  std::string_view reason;
  page = page.substr(0, page.find("\n```"));
  while (!page.empty()) {
    const auto end = std::min(page.find("\n\n"), page.size());
    const auto paragraph = page.substr(0, end);
    page.remove_prefix(std::min(end + 2, page.size()));
    if (paragraph.starts_with("# ") || paragraph.ends_with(std::string(title) + ".")) continue;
    reason = paragraph;
    break;
  }
  while (reason.ends_with('\n')) reason.remove_suffix(1);
  const bool fits = !reason.empty() && reason.size() <= longest;
  return std::string(fits ? reason : title);
}

json rule_of(const Notice& one) {
  const auto all = pages();
  const auto page = std::ranges::find(all, one.name, &Page::code);
  const std::string_view text = page == all.end() ? std::string_view() : page->text;
  json help = {{"text", "writ explain " + one.name}};
  if (!text.empty()) help["markdown"] = std::string(text);
  json rule = {{"id", one.name},
               {"shortDescription", {{"text", std::string(one.title)}}},
               {"fullDescription", {{"text", reason_of(text, one.title)}}},
               {"help", std::move(help)},
               {"defaultConfiguration", {{"level", sarif_level(one.severity)}}}};
  if (const auto* row = lint::find_rule(one.name))
    rule["properties"] = {{"tags", json::array({std::string(lint::name_of(row->group))})}};
  return rule;
}

json result_of(const Notice& one, Span place, std::size_t rule, const std::string& fingerprint,
               const SourceSet& sources) {
  json result = {{"ruleId", one.name},
                 {"ruleIndex", rule},
                 {"level", sarif_level(one.severity)},
                 {"message", {{"text", sentence(one)}}}};
  if (place.known()) result["locations"] = json::array({location_of(place, sources)});
  json related = json::array(), fixes = json::array();
  for (const Label& label : one.what->more) {
    if (!label.span.known()) continue;
    related.push_back(location_of(label.span, sources));
    related.back()["message"] = {{"text", safe(label.text)}};
  }
  for (const Help& help : one.what->help)
    if (!help.edits.empty()) fixes.push_back(fix_of(help, sources));
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  result["partialFingerprints"] = {{"primaryLocationLineHash", fingerprint}};
  if (!fixes.empty()) result["fixes"] = std::move(fixes);
  return result;
}

ReportText sarif(const ReportInput& input) {
  json rules = json::array(), results = json::array();
  std::map<std::string, std::size_t> places;
  const std::size_t shown = std::min(input.notices.size(), sarif_results);
  for (std::size_t i = 0; i < shown; ++i) {
    const Notice& one = input.notices[i];
    const auto [rule, fresh] = places.emplace(one.name, places.size());
    if (fresh) rules.push_back(rule_of(one));
    results.push_back(result_of(one, place_of(one, input), rule->second, input.fingerprints[i], input.sources));
  }
  const json driver = {{"name", std::string(input.tool)}, {"version", WRIT_VERSION}, {"rules", std::move(rules)}};
  const json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", json::array({{{"tool", {{"driver", driver}}},
                                           {"columnKind", "unicodeCodePoints"},
                                           {"results", std::move(results)}}})}};
  ReportText text{log.dump(2) + "\n", {}, {}};
  if (shown < input.notices.size())
    text.remark = fmt::format("writ: the first {} of {} are in the report; GitHub takes no more of one run\n", shown,
                              input.notices.size());
  return text;
}

// ---------------------------------------------------------------- JUnit

// A test case for each file: it fails when something in it is an error or a warning. What is of no file is a case of its own.
std::string junit(const ReportInput& input) {
  std::map<FileId, std::vector<const Notice*>> by_file;
  for (const FileId file : input.files) by_file[file];
  for (const Notice& one : input.notices) by_file[one.what->span.file].push_back(&one);
  std::string cases;
  std::size_t failed = 0;
  for (const auto& [file, notices] : by_file) {
    const std::string name = Span{file}.known() ? input.sources.name(file) : "policy";
    std::string failures, remarks;
    for (const Notice* one : notices) {
      const std::string place = one->what->span.known() ? input.sources.place(one->what->span) : "-";
      const std::string line = escaped(fmt::format("{}: {}", place, sentence(*one)));
      if (one->severity == Severity::info)
        remarks += fmt::format("info[{}] {}\n", one->name, line);
      else
        failures += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", one->name,
                                escaped(one->what->message), line);
    }
    failed += failures.empty() ? 0 : 1;
    if (!remarks.empty()) failures += "      <system-out>" + remarks + "</system-out>\n";
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", input.tool, escaped(name));
    cases += failures.empty() ? "/>\n" : ">\n" + failures + "    </testcase>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}  </testsuite>\n</testsuites>\n",
      input.tool, by_file.size(), failed, cases);
}

// ---------------------------------------------------------------- GitHub

std::string in_command(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result;
}

std::string markdown(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
  return result;
}

// Ten annotations of each kind, the first ones; the rest as lines of the log. All of them in the summary.
ReportText github(const ReportInput& input) {
  constexpr std::array commands = {"error", "warning", "notice"};
  std::array<std::size_t, 3> left = {annotations_of_a_kind, annotations_of_a_kind, annotations_of_a_kind};
  ReportText text;
  std::string rest;
  text.summary = fmt::format("### {}\n\n| | rule | place | |\n|---|---|---|---|\n", input.tool);
  for (const Notice& one : input.notices) {
    const auto kind = static_cast<std::size_t>(one.severity);
    const Where at = where(one.what->span, input.sources);
    const std::string place = at.known ? safe(input.sources.place(one.what->span)) : "-";
    if (left[kind] > 0) {
      --left[kind];
      text.data += fmt::format("::{} ", commands[kind]);
      if (at.known)
        text.data += fmt::format("file={},line={},col={},endLine={},endColumn={},", in_command(at.file, true),
                                 at.begin.line, at.begin.column, at.end.line, at.end.column);
      text.data += fmt::format("title={}::{}\n", in_command(one.name, true), in_command(sentence(one), false));
    } else {
      rest += fmt::format("{}: {}[{}]: {}\n", place, name_of(one.severity), one.name, safe(one.what->message));
    }
    const std::string row = fmt::format("| {} | {} | {} | {} |\n", name_of(one.severity), one.name, markdown(place),
                                        markdown(sentence(one)));
    if (text.summary.size() + row.size() <= summary_bytes) text.summary += row;
  }
  if (!rest.empty()) text.data += "more than GitHub shows at once:\n" + rest;
  if (input.notices.empty()) text.summary += "| | | | nothing found |\n";
  return text;
}

}  // namespace

const std::map<std::string, ReportForm>& report_forms() {
  using enum ReportForm;
  static const std::map<std::string, ReportForm> forms = {{"pretty", pretty}, {"compact", compact}, {"json", json},
                                                          {"sarif", sarif},   {"junit", junit},     {"github", github},
                                                          {"gitlab", gitlab}};
  return forms;
}

std::vector<std::string> fingerprints_of(std::span<const Notice> notices, const SourceSet& sources) {
  constexpr std::size_t bytes_kept = 16;
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> fingerprints;
  fingerprints.reserve(notices.size());
  for (const Notice& one : notices) {
    std::string key = one.name;
    key += '\0';
    if (const Span span = one.what->span; span.known()) {
      key += sources.name(span.file);
      key += '\0';
      for (const char c : sources.line(span.file, sources.position(span.file, span.begin).line))
        if (c != ' ' && c != '\t') key += c;
    } else {
      key += one.what->message;
    }
    key += '\0';
    key += std::to_string(seen[key]++);
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
    fingerprints.push_back(to_hex(std::span(digest).first(bytes_kept)));
  }
  return fingerprints;
}

ReportText report(ReportForm form, const ReportInput& input) {
  switch (form) {
  case ReportForm::pretty:
    return {render_pretty(input.notices, input.sources, {.color = input.color, .all_by = "--format compact"}), {}, {}};
  case ReportForm::compact: return {compact(input), {}, {}};
  case ReportForm::json: return {render_json(input.notices, input.sources), {}, {}};
  case ReportForm::sarif: return sarif(input);
  case ReportForm::junit: return {junit(input), {}, {}};
  case ReportForm::github: return github(input);
  case ReportForm::gitlab: return {gitlab(input), {}, {}};
  }
  return {};
}

}  // namespace writ::cli
