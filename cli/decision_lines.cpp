// See decision_lines.h. A hash leads to the few places where a line can be. The hash is of what policies and requests cannot choose freely, and a
// bad one costs no more than lines made anew.
#include "cli/decision_lines.h"

#include "runtime/json/decision_json.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace writ::cli {

namespace {

constexpr std::size_t groups = 4'096, ways = 4;
constexpr std::size_t longest_kept =
    4'096;  // so that all together stay below 80 MB, whatever policies say of their rules

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e37'79b9'7f4a'7c15;  // 2^64 by the golden ratio
  return hash ^ hash >> 32;
}

std::uint64_t hash_of(const RequestNames& names, const Decision& decision) {
  std::uint64_t words[sizeof decision / sizeof(std::uint64_t)];
  std::memcpy(words, &decision, sizeof decision);
  std::uint64_t hash = static_cast<std::uint64_t>(names.action);
  for (const auto word : words) hash = mixed(hash, word);
  for (auto text = names.client; !text.empty(); text.remove_prefix(std::min(text.size(), sizeof hash))) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), std::min(text.size(), sizeof word));
    hash = mixed(hash, word);
  }
  return hash;
}

}  // namespace

DecisionLines::DecisionLines(const Engine& engine) : engine_(engine) {}

bool DecisionLines::Kept::is_of(const RequestNames& names, const Decision& of) const {
  return std::memcmp(&decision, &of, sizeof of) == 0 && action == names.action && client == names.client &&
         tenant == names.tenant;
}

void DecisionLines::append(const Request& request, const RequestNames& names, const Decision& decision,
                           std::string& to) {
  const auto make = [&] { return to_json(engine_.explain(request, decision)) + '\n'; };
  // What a fault says is of the request; masks that are too small for the rules do not tell all that fired.
  if (decision.fault != Fault::none || decision.wide) {
    to += make();
    return;
  }
  if (kept_.empty()) kept_.resize(groups * ways);
  const auto group = std::span(kept_).subspan(hash_of(names, decision) % groups * ways, ways);
  for (const auto& one : group)
    if (!one.line.empty() && one.is_of(names, decision)) {
      to += one.line;
      return;
    }
  auto line = make();
  to += line;
  if (line.size() > longest_kept) return;
  auto& given_up = group[turn_++ % ways];
  given_up = {decision, names.action, std::string(names.tenant), std::string(names.client), std::move(line)};
}

}  // namespace writ::cli
