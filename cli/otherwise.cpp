// Lines like `flips to allow with: request.ip = 10.0.0.0`. What was not looked through to the end is never told as "none".
#include "cli/otherwise.h"

#include <fmt/format.h>

namespace writ::cli {

namespace {

std::string_view word(Effect effect) { return effect_names[static_cast<std::size_t>(effect)]; }

std::string_view fault_word(Fault fault) { return fault_names[static_cast<std::size_t>(fault)]; }

std::string wanted_text(flip::Wanted wanted) {
  switch (wanted) {
  case flip::Wanted::allow: return "allow";
  case flip::Wanted::challenge: return "challenge";
  case flip::Wanted::deny: return "deny";
  case flip::Wanted::no_allow: return "anything but allow";
  }
  return {};
}

std::string proposal_text(const flip::Proposal& proposal) {
  std::string changes;
  for (const flip::Change& one : proposal.changes) changes += (changes.empty() ? "" : ", ") + safe(one.text());
  return fmt::format("  flips to {} with: {}\n", word(proposal.effect), changes);
}

// "Mon 2026-03-02 08:00 at +01:00", what a clock there shows.
std::string clock_text(std::int64_t at, std::int32_t offset) {
  constexpr std::int64_t second = 1'000'000, day = 86'400 * second;
  constexpr std::string_view days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const std::int64_t local = at + offset * second;
  const std::int64_t since = local / day - (local % day < 0 ? 1 : 0);
  const std::string text = time_to_text(local);
  const auto minutes = (offset < 0 ? -offset : offset) / 60;
  return fmt::format("{} {} {} at {}{:02}:{:02}", days[((since + 3) % 7 + 7) % 7], text.substr(0, 10),
                     text.substr(11, 5), offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string turn_text(const flip::Turn& turn, const Console& console) {
  std::string clocks;
  for (const auto offset : turn.offsets) clocks += "  " + clock_text(turn.at, offset);
  std::string text = fmt::format("    {}  {} → {}{}\n", time_to_text(turn.at), word(turn.before), word(turn.after),
                                 console.painted(Paint::faint, clocks));
  if (turn.fault_before != Fault::none)
    text += fmt::format("      no longer fault {}\n", fault_word(turn.fault_before));
  if (turn.fault != Fault::none) text += fmt::format("      fault {}\n", fault_word(turn.fault));
  for (const flip::Turn::Rule& rule : turn.rules)
    text +=
        fmt::format("      {}: {}  {}\n",
                    !rule.fires      ? "no longer fires"
                    : rule.satisfied ? "fires, satisfied"
                                     : "fires",
                    safe(rule.name.empty() ? rule.text : rule.name), console.painted(Paint::faint, safe(rule.place)));
  return text;
}

}  // namespace

std::string changes_text(const flip::Changes& changes, const Console& console) {
  if (!changes.unasked.empty())
    return fmt::format("  no change to {} is looked for: {}\n", wanted_text(changes.wanted), changes.unasked);
  std::string text;
  for (const flip::Proposal& one : changes.proposals) text += proposal_text(one);
  if (changes.proposals.empty() && changes.complete)
    text += fmt::format("  no change of up to {} facts flips it to {}, of the values at which its rules turn\n",
                        flip::most_changes, wanted_text(changes.wanted));
  if (changes.proposals.empty() && !changes.complete)
    text +=
        fmt::format("  no change found that flips it to {}; the search ended after {} decisions, so there may be one\n",
                    wanted_text(changes.wanted), changes.asked);
  if (!changes.proposals.empty() && !changes.complete)
    text += console.painted(Paint::faint, "  the search did not end: there may be a smaller change") + "\n";
  return text;
}

std::string boundaries_text(const flip::Boundaries& boundaries, const Console& console) {
  std::string text = boundaries.turns.empty() ? "  time alone does not change it" : "  as time passes";
  text += fmt::format(", from {} until {}{}\n", time_to_text(boundaries.from), time_to_text(boundaries.until),
                      boundaries.turns.empty() ? "" : ":");
  for (const flip::Turn& one : boundaries.turns) text += turn_text(one, console);
  if (!boundaries.complete) text += "  there are more instants than can be looked at: what comes later is not known\n";
  return text;
}

}  // namespace writ::cli
