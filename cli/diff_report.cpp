// What is the same in many tenants is said once. Everything from policies passes through `safe` on its way to a terminal.
#include "cli/diff_report.h"

#include "cli/verdict.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::cli {

namespace {

using diff::Change;
using diff::TenantDiff;

std::string_view word(Effect effect) { return effect_names[static_cast<std::size_t>(effect)]; }

constexpr std::size_t most_named = 3;  // reasons, tenants

// The tenant's name out of its own line, so that lines of tenants can be equal.
std::string without_name(std::string line, const TenantDiff& tenant) {
  for (const auto& name : {tenant.name, tenant.id}) {
    const auto at = line.find(name);
    if (!name.empty() && at != std::string::npos) return line.replace(at, name.size(), "…");
  }
  return line;
}

std::string signature(const TenantDiff& tenant, const std::vector<std::string>& lines) {
  std::string text = std::to_string(static_cast<int>(tenant.state)) + (tenant.same_decisions ? "=" : "#");
  for (const auto& change : tenant.changes) {
    if (!change.owner.empty()) continue;
    text += fmt::format("\n{}{}", static_cast<int>(change.kind), without_name(change.what, tenant));
    for (const auto& line : change.before) text += "\n-" + line;
    for (const auto& line : change.after) text += "\n+" + line;
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += fmt::format("\n{} {}", arrow_text(tenant.witnesses[i].direction), without_name(lines[i], tenant));
  for (const auto& one : tenant.passwords) text += fmt::format("\n{}{}{}", one.connection, one.accepted, one.password);
  return text;
}

std::string mark_of(Change::Kind kind) {
  switch (kind) {
  case Change::Kind::removed: return "-";
  case Change::Kind::added: return "+";
  case Change::Kind::changed: return "~";
  }
  return "~";
}

Paint paint_of(Change::Kind kind) {
  switch (kind) {
  case Change::Kind::removed: return Paint::bad;
  case Change::Kind::added: return Paint::good;
  case Change::Kind::changed: return Paint::warn;
  }
  return Paint::plain;
}

std::string change_lines(const Change& change, const Console& console) {
  std::string text =
      fmt::format("  {} {}", console.painted(paint_of(change.kind), mark_of(change.kind)), safe(change.what));
  if (!change.place.empty()) text += "  " + console.painted(Paint::faint, safe(change.place));
  text += "\n";
  for (const auto& line : change.before)
    text += fmt::format("      {} {}\n", console.painted(Paint::bad, "-"), safe(line));
  for (const auto& line : change.after)
    text += fmt::format("      {} {}\n", console.painted(Paint::good, "+"), safe(line));
  return text;
}

std::string head_of(const DiffGroup& group, const Console& console) {
  const auto& first = *group.tenants.front();
  std::string text = console.painted(Paint::strong, "tenant " + safe(first.name)) +
                     (first.title.empty() ? "" : fmt::format(" \"{}\"", safe(first.title)));
  if (first.state == TenantDiff::State::added) text += "  " + console.painted(Paint::good, "added");
  if (first.state == TenantDiff::State::removed) text += "  " + console.painted(Paint::bad, "removed");
  if (group.tenants.size() == 1) return text + "\n";
  text += fmt::format(", and the same in {}:", counted(group.tenants.size() - 1, "other tenant"));
  for (std::size_t i = 1; i < std::min(group.tenants.size(), most_named + 1); ++i)
    text += fmt::format("{} {}", i == 1 ? "" : ",", safe(group.tenants[i]->name));
  return text + (group.tenants.size() > most_named + 1 ? ", …\n" : "\n");
}

Paint paint_of(const diff::Direction& direction) { return direction.from < direction.to ? Paint::bad : Paint::warn; }

std::string group_text(const DiffGroup& group, const Console& console) {
  const auto& tenant = *group.tenants.front();
  std::string text = head_of(group, console);
  for (const auto& change : tenant.changes)
    if (change.owner.empty()) text += change_lines(change, console);
  for (std::size_t i = 0; i < tenant.witnesses.size(); ++i) {
    const auto& one = tenant.witnesses[i];
    text += fmt::format("  {}\n      {}\n      was {}\n      is  {}\n",
                        console.painted(paint_of(one.direction), arrow_text(one.direction)), safe(group.lines[i]),
                        safe(short_text(one.before)), safe(short_text(one.after)));
  }
  for (const auto& one : tenant.passwords)
    text += fmt::format(
        "  {} as a password of {}\n      \"{}\" at {}{}\n      {} by {}\n",
        console.painted(one.accepted ? Paint::bad : Paint::warn,
                        one.accepted ? "refused → accepted" : "accepted → refused"),
        safe(one.connection), safe(one.password), password_event_names[static_cast<std::size_t>(one.event)],
        one.context.empty() ? "" : fmt::format(", {}", fmt::join(one.context, ", ")),
        one.accepted ? "was refused" : "is refused", safe(fmt::format("{}", fmt::join(one.refused_by, " · "))));
  if (tenant.same_decisions)
    text += console.painted(Paint::faint, "  decides as before: what decides is the same") + "\n";
  else
    text +=
        console.painted(Paint::faint, fmt::format("  no {}change found {}",
                                                  tenant.witnesses.empty() && tenant.passwords.empty() ? "" : "other ",
                                                  tries_text(tenant))) +
        "\n";
  return text;
}

}  // namespace

bool DiffReport::decisions_changed() const {
  return std::ranges::any_of(tenants, [](const auto& one) { return !one.witnesses.empty() || !one.passwords.empty(); });
}

std::size_t DiffReport::all_tenants() const {
  return tenants_before +
         static_cast<std::size_t>(std::ranges::count(tenants, TenantDiff::State::added, &TenantDiff::state));
}

std::string_view arrow_text(const diff::Direction& direction) {
  constexpr std::array<std::string_view, 7> texts = {"deny → allow",
                                                     "challenge → allow",
                                                     "deny → challenge",
                                                     "allow → deny",
                                                     "allow → challenge",
                                                     "challenge → deny",
                                                     "challenge → another challenge"};
  return texts[static_cast<std::size_t>(std::ranges::find(diff::directions, direction) - diff::directions.begin())];
}

std::string tries_text(const TenantDiff& tenant) {
  std::string text = "in " + counted(tenant.tries, "request");
  if (tenant.password_tries > 0) text += " and " + counted(tenant.password_tries, "password");
  return text + " that were tried";
}

std::string short_text(const Explanation& decision) {
  std::string text(word(decision.effect));
  if (decision.because == Because::fault)
    return text + fmt::format(": fault {}{}", fault_names[static_cast<std::size_t>(decision.fault)],
                              decision.detail.empty() ? "" : " (" + decision.detail + ")");
  if (decision.because == Because::no_allow) return text + ": no rule allows it";
  if (decision.because == Because::conflicting_obligations) return text + ": rules ask for different connections";
  for (std::size_t i = 0; i < std::min(decision.obligations.size(), most_named); ++i)
    text += (i == 0 ? " " : ", ") + decision.obligations[i];
  for (std::size_t i = 0; i < std::min(decision.reasons.size(), most_named); ++i) {
    const auto& reason = decision.reasons[i];
    text += fmt::format("{}{}{}", i == 0 ? ": " : " · ", reason.name.empty() ? reason.text : reason.name,
                        reason.place.empty() ? "" : "  " + reason.place);
  }
  return text + (decision.reasons.size() > most_named ? " · …" : "");
}

DiffGroups groups_of(const DiffReport& report) {
  DiffGroups groups;
  std::map<Change, std::size_t> shared;
  std::map<std::string, std::size_t> by_signature;
  std::size_t line = 0;
  for (const auto& tenant : report.tenants) {
    const auto begin = report.lines.begin() + static_cast<std::ptrdiff_t>(line);
    const std::vector<std::string> lines(begin, begin + static_cast<std::ptrdiff_t>(tenant.witnesses.size()));
    line += lines.size();
    std::set<Change> once;
    for (const auto& change : tenant.changes)
      if (!change.owner.empty() && once.insert(change).second) ++shared[change];
    const auto [known, fresh] = by_signature.try_emplace(signature(tenant, lines), groups.own.size());
    if (fresh) groups.own.push_back({{}, lines});
    groups.own[known->second].tenants.push_back(&tenant);
  }
  for (auto& [change, count] : shared) groups.shared[change.owner].emplace_back(change, count);
  return groups;
}

std::string pretty(const DiffReport& report, const Console& console, std::size_t most) {
  if (report.tenants.empty()) return fmt::format("nothing changed in {}\n", counted(report.tenants_after, "tenant"));
  const auto groups = groups_of(report);
  std::string text = fmt::format("{} of {} changed\n", report.tenants.size(), counted(report.all_tenants(), "tenant"));
  for (const auto& [owner, changes] : groups.shared) {
    text += "\n" + console.painted(Paint::strong, safe(owner)) + "\n";
    for (const auto& [change, count] : changes) {
      text += change_lines(change, console);
      text += console.painted(Paint::faint, fmt::format("      in {}", counted(count, "tenant"))) + "\n";
    }
  }
  for (std::size_t i = 0; i < std::min(groups.own.size(), most); ++i) text += "\n" + group_text(groups.own[i], console);
  if (groups.own.size() > most) {
    std::size_t left = 0;
    for (std::size_t i = most; i < groups.own.size(); ++i) left += groups.own[i].tenants.size();
    text += fmt::format("\n{} not shown; `--show {}` or `--format json` shows all\n", counted(left, "more tenant"),
                        groups.own.size());
  }
  std::string sums;
  for (const auto& direction : diff::directions) {
    const auto count = std::ranges::count_if(report.tenants, [&](const TenantDiff& one) {
      return std::ranges::find(one.witnesses, direction, &diff::Witness::direction) != one.witnesses.end();
    });
    if (count > 0)
      sums += fmt::format("{}{} in {}", sums.empty() ? "" : ", ", arrow_text(direction),
                          counted(static_cast<std::size_t>(count), "tenant"));
  }
  if (!sums.empty()) text += "\n" + sums + "\n";
  return text;
}

}  // namespace writ::cli
