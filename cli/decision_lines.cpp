// See decision_lines.h. A hash leads to the few places where a line can be. The hash is of what policies and requests cannot choose freely, and a
// bad one costs no more than lines made anew.
#include "cli/decision_lines.h"

#include "runtime/json/decision_json.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

namespace writ::cli {

namespace {

constexpr std::size_t groups = 4'096, ways = 4;
// So that all together stay below 80 MB, whatever policies say of their rules.
constexpr std::size_t longest_kept = 4'096;

// Each word times an odd number of its own, so that none waits for another.
std::uint64_t hash_of(const RequestNames& names, const Decision& decision) {
  const auto client = names.client.substr(names.client.size() - std::min<std::size_t>(names.client.size(), 8));
  std::uint64_t last = 0;
  std::memcpy(&last, client.data(), client.size());
  const auto kind = static_cast<std::uint64_t>(names.action) << 16 | static_cast<std::uint64_t>(decision.effect) << 8 |
                    static_cast<std::uint64_t>(decision.would_be);
  auto hash = decision.revision ^ decision.fired[0] * 0x9e37'79b9'7f4a'7c15 ^
              decision.fired[1] * 0xc2b2'ae3d'27d4'eb4f ^ decision.unsatisfied * 0x1656'67b1'9e37'79f9 ^
              last * 0xd6e8'feb8'6659'fd93 ^ kind * 0xa076'1d64'78bd'642f;
  hash = (hash ^ hash >> 32) * 0x9e37'79b9'7f4a'7c15;
  return hash >> 32;
}

}  // namespace

DecisionLines::DecisionLines(const Engine& engine) : engine_(engine) {}

std::string_view DecisionLines::Kept::line_of(const RequestNames& names, const Decision& decision) const {
  if (action != names.action || tenant != names.tenant.size() || client != names.client.size()) return {};
  const auto* const of = bytes.data();
  const auto* const of_tenant = of + sizeof decision;
  const auto* const of_client = of_tenant + tenant;
  const bool same = std::memcmp(of, &decision, sizeof decision) == 0 &&
                    std::memcmp(of_tenant, names.tenant.data(), tenant) == 0 &&
                    std::memcmp(of_client, names.client.data(), client) == 0;
  return same ? std::string_view(bytes).substr(sizeof decision + tenant + client) : std::string_view();
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
  const auto hash = hash_of(names, decision);
  const auto group = std::span(kept_).subspan(hash % groups * ways, ways);
  for (const auto& one : group)
    if (one.hash == hash && !one.bytes.empty())
      if (const auto line = one.line_of(names, decision); !line.empty()) {
        to += line;
        return;
      }
  const auto line = make();
  to += line;
  if (line.size() > longest_kept) return;
  auto& kept = group[turn_++ % ways];
  kept = {hash, names.action, static_cast<std::uint32_t>(names.tenant.size()),
          static_cast<std::uint32_t>(names.client.size()), std::string(sizeof decision, '\0')};
  std::memcpy(kept.bytes.data(), &decision, sizeof decision);
  ((kept.bytes += names.tenant) += names.client) += line;
}

}  // namespace writ::cli
