// Shrinking is by text, so that it needs no more of a policy than that a statement is a line and a block ends in a line
// of its own: the generator writes it so, and the formatter does.
#include "tests/agree/shrink.h"

#include "compiler/syntax/syntax.h"
#include "runtime/json/request_json.h"

#include <algorithm>
#include <chrono>
#include <sstream>

#include <nlohmann/json.hpp>

namespace writ::agree {

namespace {

std::vector<std::string> without_lines(const std::string& text) {
  std::vector<std::string> lines, results;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const auto joined = [&](std::size_t from, std::size_t to) {
    std::string result;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (i < from || i >= to) result += lines[i] + "\n";
    return result;
  };
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto indent = lines[i].find_first_not_of(' ');
    if (indent == std::string::npos || lines[i][indent] == '}') continue;
    std::size_t end = i + 1;
    if (lines[i].ends_with("{"))
      while (end < lines.size() && lines[end++] != std::string(indent, ' ') + "}") {}
    ranges.emplace_back(i, end);
  }
  std::ranges::stable_sort(ranges, std::greater<>{}, [](const auto& range) { return range.second - range.first; });
  for (const auto& [from, to] : ranges) results.push_back(joined(from, to));
  return results;
}

// An attribute goes with every line that speaks of it.
std::vector<std::string> without_attributes(const std::string& text) {
  std::vector<std::string> results;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto end = line.find(" : ");
    const auto begin = line.find_first_not_of(' ');
    if (end == std::string::npos || line.find('.') > end) continue;
    const auto name = line.substr(begin, end - begin);
    std::istringstream again(text);
    std::string rest;
    for (std::string other; std::getline(again, other);)
      if (other.find(name) == std::string::npos) rest += other + "\n";
    results.push_back(rest);
  }
  return results;
}

// One name less in `connections a, b` and the like.
std::vector<std::string> without_names(const std::string& text) {
  std::vector<std::string> results;
  for (auto at = text.find(", "); at != std::string::npos; at = text.find(", ", at + 1)) {
    const auto next = std::min(text.find_first_of(",\n", at + 1), text.size());
    results.push_back(text.substr(0, at) + text.substr(next));
    const auto before = text.find_last_of(" \n", at - 1);
    if (before != std::string::npos) results.push_back(text.substr(0, before + 1) + text.substr(at + 2));
  }
  return results;
}

std::vector<std::string> without_conditions(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("case.writ", text), Limits{}, diagnostics);
  std::vector<std::string> results;
  const auto replace = [&](Span span, const std::string& by) {
    results.push_back(text.substr(0, span.begin) + by + text.substr(span.end));
  };
  for (const auto& expression : tree.expressions) {
    std::vector<tree::ExprId> operands;
    if (const auto* all = std::get_if<tree::And>(&expression.node)) operands = all->operands;
    if (const auto* any = std::get_if<tree::Or>(&expression.node)) operands = any->operands;
    if (const auto* negated = std::get_if<tree::Not>(&expression.node)) operands = {negated->operand};
    for (const auto operand : operands)
      replace(expression.span, "(" + std::string(sources.text(tree[operand].span)) + ")");
  }
  for (const auto* word : {" when ", " unless ", " message ", " note "})
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      auto end = text.find('\n', at);
      if (std::string_view(word) == " when ") end = std::min(end, text.find(" unless ", at));
      results.push_back(text.substr(0, at) + text.substr(end));
    }
  return results;
}

// The same value with less in it; what cannot be made less stays.
Value simpler(const Value& value) {
  struct Visit {
    Value operator()(bool) const { return false; }
    Value operator()(std::int64_t) const { return std::int64_t{0}; }
    Value operator()(const std::string&) const { return std::string(); }
    Value operator()(const Ip&) const { return *parse_ip("192.0.2.1"); }
    Value operator()(const StringSet& set) const { return set.empty() ? set : StringSet(set.begin() + 1, set.end()); }
  };
  return std::visit(Visit{}, value);
}

bool simplify(Failure& failure, const Still& still) {
  bool changed = false;
  const auto attempt = [&](NamedRequest request) {
    if (request == failure.request || !still(failure.text, request)) return false;
    failure.request = std::move(request);
    return changed = true;
  };
  const auto facts = failure.request.facts;
  for (const auto& [name, value] : facts) {
    NamedRequest without = failure.request, less = failure.request;
    without.facts.erase(name);
    less.facts[name] = simpler(value);
    if (!attempt(std::move(without))) attempt(std::move(less));
  }
  NamedRequest nowhere = failure.request;
  nowhere.organization.reset();
  attempt(std::move(nowhere));
  return changed;
}

// The parts of a decision in which oracle and engine must be one: what `writ eval --format json` says, but for texts,
// places and revision.
constexpr const char* only_ids =
    R"sed( | sed -E 's/,"(effect|name|text|place|message|note)":(null|"([^"\\]|\\.)*")//g; s/,"detail":(null|"([^"\\]|\\.)*")//; s/,"session":.*/}/')sed";

std::string expected(const oracle::Answer& answer) {
  const auto ids = [](const std::vector<std::string>& list) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& id : list) array.push_back({{"id", id}});
    return array;
  };
  nlohmann::ordered_json json;
  json["effect"] = effect_names[static_cast<std::size_t>(answer.effect)];
  json["because"] = because_names[static_cast<std::size_t>(answer.because)];
  if (answer.fault == Fault::none)
    json["fault"] = nullptr;
  else
    json["fault"] = fault_names[static_cast<std::size_t>(answer.fault)];
  json["reasons"] = ids(answer.reasons);
  json["obligations"] = answer.obligations;
  json["reports"] = ids(answer.reports);
  json["would_be"] = effect_names[static_cast<std::size_t>(answer.would_be)];
  return json.dump();
}

}  // namespace

std::string kind(const std::string& difference) { return difference.substr(0, difference.find(':')); }

std::vector<std::string> smaller(const std::string& text) {
  auto results = without_lines(text);
  for (auto* more : {&without_attributes, &without_conditions, &without_names})
    std::ranges::move((*more)(text), std::back_inserter(results));
  std::erase_if(results, [&](const auto& one) { return one.size() >= text.size(); });
  return results;
}

Failure shrink(Failure failure, const Still& still, double seconds) {
  const auto begin = std::chrono::steady_clock::now();
  const auto late = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > seconds;
  };
  for (bool again = true; again && !late();) {
    again = false;
    auto candidates = smaller(
        failure
            .text);  // made anew after each success, and gone on with from there: what failed before mostly fails again
    for (std::size_t i = 0; i < candidates.size() && !late();) {
      if (!still(candidates[i], failure.request)) {
        ++i;
        continue;
      }
      failure.text = candidates[i];
      candidates = smaller(failure.text);
      again = true;
    }
    again = simplify(failure, still) || again;
  }
  return failure;
}

std::string golden(const Failure& failure) {
  const auto prepared = prepare({failure.text}, nullptr);
  if (!prepared->problems.empty()) return "// does not check:\n" + prepared->problems;
  std::span<const program::Attribute> attributes;
  for (const auto& tenant : prepared->policy.tenants)
    if (tenant.structure.id == failure.request.tenant) attributes = tenant.structure.attributes;
  const auto attributes_of = [&](std::string_view) { return std::optional(attributes); };
  const auto json = to_json(failure.request, attributes);
  const auto read = read_request(json, attributes_of);
  if (!read.ok() || read.request != failure.request)
    return "// JSON cannot say this request:\n" + to_text(failure.request) + failure.text;
  return std::string("//// writ eval --format json policy.writ request.json") + only_ids + "\n" + failure.text +
         "//// file request.json\n" + json + "\n//// expect 0\n" + expected(prepared->oracle->decide(failure.request)) +
         "\n";
}

}  // namespace writ::agree
