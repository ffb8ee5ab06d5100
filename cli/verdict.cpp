// Layout of decisions. Everything that comes from a policy or a request goes through `safe` before it reaches a terminal.
#include "cli/verdict.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::cli {

namespace {

constexpr std::size_t place_column = 56;  // where the places of rules stand
constexpr std::size_t revision_digits = 8;

std::string_view word(Effect effect) { return effect_names[static_cast<std::size_t>(effect)]; }

Paint paint_of(Effect effect) {
  switch (effect) {
  case Effect::deny: return Paint::bad;
  case Effect::challenge: return Paint::warn;
  case Effect::allow: return Paint::good;
  }
  return Paint::bad;
}

struct Mark {
  std::string_view sign;
  Paint paint;
};
Mark mark_of(RuleEffect effect, bool fired) {
  if (!fired) return {"·", Paint::faint};
  switch (effect) {
  case RuleEffect::allow: return {"✓", Paint::good};
  case RuleEffect::deny: return {"✗", Paint::bad};
  case RuleEffect::require: return {"!", Paint::warn};
  }
  return {"✗", Paint::bad};
}

std::string seen_text(const Leaf& leaf) {
  std::string text;
  for (const auto& [fact, value] : leaf.seen) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", fact, value);
  return text;
}

const TraceEntry* entry_of(std::span<const TraceEntry> trace, const std::string& id) {
  const auto found = std::find_if(trace.begin(), trace.end(), [&](const TraceEntry& one) { return one.id == id; });
  return found == trace.end() ? nullptr : &*found;
}

std::string head(const std::string& asked, const Explanation& decision, const Console& console) {
  return fmt::format("{}  {}\n", console.painted(paint_of(decision.effect), word(decision.effect)), safe(asked));
}

// What a deny without fired rules rests on.
std::string ground(const Explanation& decision) {
  switch (decision.because) {
  case Because::fault:
    return fmt::format("  fault {}{}{}\n", fault_names[static_cast<std::size_t>(decision.fault)],
                       decision.detail.empty() ? "" : ": ", safe(decision.detail));
  case Because::no_allow: return "  no rule allows it\n";
  case Because::conflicting_obligations: return "  rules ask for different connections\n";
  case Because::rules: return {};
  }
  return {};
}

std::string outcome_line(const Leaf& leaf) {
  // A condition that is a fact says its own value.
  const bool itself = leaf.seen.size() == 1 && leaf.seen.front().first == leaf.text;
  const std::string seen = itself ? std::string() : seen_text(leaf);
  return fmt::format("{} is {}{}", safe(leaf.text), leaf.outcome ? "true" : "false",
                     seen.empty() ? "" : " (" + safe(seen) + ")");
}

// A name with its place in a column of its own; alone where the place is not known.
std::string placed(const std::string& name, const std::string& place, const Console& console, std::size_t less = 0) {
  if (place.empty()) return name + "\n";
  return fmt::format("{} {}\n", padded(name, place_column - less), console.painted(Paint::faint, safe(place)));
}

// What a rule says to people: the message is for the user, the note for the administrator. Each has a line of its own, so that the one can be
// shown without the other.
std::string words(const std::string& message, const std::string& note, std::string_view indent) {
  std::string text;
  if (!message.empty()) text += fmt::format("{}message: {}\n", indent, safe(message));
  if (!note.empty()) text += fmt::format("{}note: {}\n", indent, safe(note));
  return text;
}

std::string reason_lines(const Reason& reason, const TraceEntry* entry, const Console& console) {
  const Mark mark = mark_of(reason.effect, true);
  const std::string what = safe(reason.name.empty() ? reason.text : reason.name);
  std::string text =
      fmt::format("  {} {}", console.painted(mark.paint, mark.sign), placed(what, reason.place, console)) +
      words(reason.message, reason.note, "    ");
  if (entry == nullptr) return text;
  for (const Leaf& leaf : entry->leaves)
    if (!leaf.seen.empty()) text += fmt::format("    {}\n", outcome_line(leaf));
  return text;
}

std::string tail(const Explanation& decision, bool with_words, std::string_view more, const Console& console) {
  std::string text;
  for (const std::string& obligation : decision.obligations) text += fmt::format("  needs {}\n", safe(obligation));
  for (const Reason& report : decision.reports)
    text += "  report " + placed(safe(report.name.empty() ? report.text : report.name), report.place, console, 5) +
            (with_words ? words(report.message, report.note, "    ") : "");
  if (decision.would_be != decision.effect)
    text += fmt::format("  would be {} were the reports enforced\n", word(decision.would_be));
  if (decision.effect == Effect::allow && (decision.session.idle >= 0 || decision.session.absolute >= 0)) {
    text += "  session";
    if (decision.session.idle >= 0) text += " idle " + duration_to_text(decision.session.idle);
    if (decision.session.absolute >= 0) text += " absolute " + duration_to_text(decision.session.absolute);
    text += "\n";
  }
  text += more;
  if (!decision.revision.empty())
    text += console.painted(Paint::faint, fmt::format("  revision {} ({}…)", decision.version,
                                                      decision.revision.substr(0, revision_digits))) +
            "\n";
  return text;
}

// Of a rule's text: who and what, `deny login "office only"`, and on what condition.
struct Parts {
  std::string_view head, condition;
};
Parts parts_of(std::string_view text) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (!in_string && (text.substr(i).starts_with(" when ") || text.substr(i).starts_with(" unless ")))
      return {text.substr(0, i), text.substr(i + 1)};
  }
  return {text, {}};
}

// Why a rule fired: all it rests on. Why it did not: the condition that decided, which is the last one that was looked at.
std::string because(const TraceEntry& entry) {
  std::string text;
  const auto add = [&](const std::string& line) {
    const std::string_view lead = entry.fired ? "fired: " : "not fired: ";
    text += fmt::format("      {:{}}{}\n", text.empty() ? lead : "", lead.size(), line);
  };
  if (!entry.fired && !entry.leaves.empty()) add(outcome_line(entry.leaves.back()));
  if (entry.fired)
    for (const Leaf& leaf : entry.leaves)
      if (leaf.text != "always") add(outcome_line(leaf));  // the whole condition of a rule that has none
  if (text.empty()) add(entry.fired ? "it has no condition" : "its condition is false");
  for (const auto& [alternative, satisfied] : entry.alternatives)
    text += fmt::format("      {} is {}\n", safe(alternative), satisfied ? "satisfied" : "not satisfied");
  return text;
}

std::string rule_lines(const TraceEntry& entry, std::size_t width, const Console& console) {
  const Mark mark = mark_of(entry.effect, entry.fired);
  const Parts parts = parts_of(entry.text);
  std::string text = fmt::format("  {} {}  {}\n", console.painted(mark.paint, mark.sign),
                                 padded(safe(parts.head), width), console.painted(Paint::faint, safe(entry.place)));
  if (!parts.condition.empty()) text += fmt::format("      {}\n", safe(parts.condition));
  if (entry.fired) text += words(entry.message, entry.note, "      ");
  return text + because(entry);
}

}  // namespace

std::string question(const NamedRequest& request) {
  std::string text = fmt::format("{} to {}.{}", action_names[static_cast<std::size_t>(request.action)], request.tenant,
                                 request.client);
  if (request.organization) text += " in " + *request.organization;
  if (request.connection) text += " via " + *request.connection;
  return text;
}

std::string verdict(const std::string& asked, const Explanation& decision, std::span<const TraceEntry> trace,
                    const Console& console) {
  std::string text = head(asked, decision, console) + ground(decision);
  for (const Reason& reason : decision.reasons) text += reason_lines(reason, entry_of(trace, reason.id), console);
  return text + tail(decision, true, {}, console);
}

std::string reading(const std::string& asked, const Explanation& decision, std::span<const TraceEntry> trace,
                    const Console& console, std::string_view more) {
  std::string text = head(asked, decision, console) + ground(decision);
  std::size_t width = 0;
  for (const TraceEntry& entry : trace)
    width = std::max(width, std::min(place_column, columns(safe(parts_of(entry.text).head))));
  for (const TraceEntry& entry : trace) text += rule_lines(entry, width, console);
  return text + tail(decision, false, more, console);
}

}  // namespace writ::cli
