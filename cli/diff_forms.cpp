// The forms for others: Markdown for a comment on a pull request, and JSON.
#include "cli/diff_report.h"
#include "runtime/json/decision_json.h"
#include "runtime/json/request_json.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using Json = nlohmann::ordered_json;
using diff::TenantDiff;

std::string_view word(Effect effect) { return effect_names[static_cast<std::size_t>(effect)]; }

// ---------------------------------------------------------------- Markdown

// Text that Markdown would take for its own, or a host for a name to notify.
std::string prose(std::string_view text) {
  std::string made;
  for (const char c : safe(text)) {
    if (std::string_view("\\`*_{}[]<>#|~!").find(c) != std::string_view::npos) made += '\\';
    made += c;
    if (c == '@') made += "\u200b";  // nobody is notified by a policy
  }
  return made;
}

// A fence that is longer than any in the text.
std::string fenced(const std::string& text, std::string_view language) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  return fmt::format("{}{}\n{}{}\n", fence, language, text, fence);
}

std::string changes_text(const std::vector<diff::Change>& changes, bool own) {
  std::string text;
  for (const auto& change : changes) {
    if (own && !change.owner.empty()) continue;
    const char mark = change.kind == diff::Change::Kind::removed ? '-'
                      : change.kind == diff::Change::Kind::added ? '+'
                                                                 : ' ';
    text += fmt::format("{} {}\n", mark, safe(change.what));
    for (const auto& line : change.before) text += fmt::format("-   {}\n", safe(line));
    for (const auto& line : change.after) text += fmt::format("+   {}\n", safe(line));
  }
  return text;
}

std::string decisions_text(const DiffGroup& group) {
  const auto& tenant = *group.tenants.front();
  std::string text;
  for (std::size_t i = 0; i < tenant.witnesses.size(); ++i) {
    const auto& one = tenant.witnesses[i];
    text += fmt::format("**{}**{}\n", arrow_text(one.direction), one.direction.from < one.direction.to ? " ⚠️" : "");
    text += fenced(safe(group.lines[i]) + "\n", "");
    text += fmt::format("was {}  \nis {}\n\n", prose(short_text(one.before)), prose(short_text(one.after)));
  }
  for (const auto& one : tenant.passwords)
    text += fmt::format("**password of {}: {}**\n{}{} by {}\n\n", prose(one.connection),
                        one.accepted ? "refused → accepted" : "accepted → refused",
                        fenced(safe(one.password) + "\n", ""), one.accepted ? "was refused" : "is refused",
                        prose(fmt::format("{}", fmt::join(one.refused_by, " · "))));
  if (tenant.same_decisions) return text + "Decides as before: what decides is the same.\n\n";
  return text + fmt::format("No {}change found {}.\n\n",
                            tenant.witnesses.empty() && tenant.passwords.empty() ? "" : "other ", tries_text(tenant));
}

std::string group_text(const DiffGroup& group) {
  const auto& tenant = *group.tenants.front();
  std::string head = "tenant " + prose(tenant.name);
  if (tenant.state == TenantDiff::State::added) head += " (added)";
  if (tenant.state == TenantDiff::State::removed) head += " (removed)";
  if (group.tenants.size() > 1)
    head += fmt::format(", and the same in {}", counted(group.tenants.size() - 1, "other tenant"));
  const auto changes = changes_text(tenant.changes, true);
  return fmt::format("### {}\n\n{}{}", head, changes.empty() ? "" : fenced(changes, "diff") + "\n",
                     decisions_text(group));
}

// ---------------------------------------------------------------- JSON

Json change_json(const diff::Change& change) {
  constexpr std::array kinds = {"removed", "added", "changed"};
  return Json::object({{"kind", kinds[static_cast<std::size_t>(change.kind)]},
                       {"owner", change.owner.empty() ? Json(nullptr) : Json(change.owner)},
                       {"what", change.what},
                       {"place", change.place.empty() ? Json(nullptr) : Json(change.place)},
                       {"before", change.before},
                       {"after", change.after}});
}

Json value_of(const std::optional<Value>& value, const flip::Change& change) {
  return value ? Json::parse(value_json(*value, change.type, change.words), nullptr, false) : Json(nullptr);
}

Json witness_json(const diff::Witness& one, const std::string& line, std::span<const program::Attribute> attributes) {
  Json facts = Json::array();
  for (const auto& change : one.facts)
    facts.push_back(Json::object(
        {{"fact", change.fact}, {"plain", value_of(change.from, change)}, {"value", value_of(change.to, change)}}));
  return Json::object({{"from", word(one.direction.from)},
                       {"to", word(one.direction.to)},
                       {"line", line},
                       {"facts", std::move(facts)},
                       {"request", Json::parse(to_json(one.request, attributes), nullptr, false)},
                       {"before", Json::parse(to_json(one.before), nullptr, false)},
                       {"after", Json::parse(to_json(one.after), nullptr, false)}});
}

}  // namespace

std::string markdown(const DiffReport& report, std::size_t bytes) {
  if (report.tenants.empty())
    return fmt::format("## Policy: nothing changed\n\n{}.\n", counted(report.tenants_after, "tenant"));
  const auto groups = groups_of(report);
  std::string text = fmt::format("## Policy: {}\n\n{} of {} changed.\n\n",
                                 report.decisions_changed() ? "decisions change" : "no change of decisions found",
                                 report.tenants.size(), counted(report.all_tenants(), "tenant"));
  // What lets more people in is on top: a table of directions, then tenants by what happened to them.
  std::string table;
  for (const auto& direction : diff::directions) {
    std::size_t count = 0;
    for (const auto& one : report.tenants)
      count += std::ranges::find(one.witnesses, direction, &diff::Witness::direction) != one.witnesses.end() ? 1 : 0;
    if (count > 0) table += fmt::format("| {} | {} |\n", arrow_text(direction), count);
  }
  if (!table.empty()) text += "| decision | tenants |\n|---|---|\n" + table + "\n";
  constexpr std::size_t room_for_end = 200;
  std::size_t shown = 0, all = groups.own.size() + groups.shared.size();
  const auto add = [&](const std::string& more) {
    if (text.size() + more.size() + room_for_end > bytes) return;
    text += more;
    ++shown;
  };
  for (const auto& [owner, changes] : groups.shared) {
    std::vector<diff::Change> list;
    std::size_t most = 0;
    for (const auto& [change, count] : changes) list.push_back(change), most = std::max(most, count);
    add(fmt::format("### {}\n\n{}\nin {}\n\n", prose(owner), fenced(changes_text(list, false), "diff"),
                    counted(most, "tenant")));
  }
  for (const auto& group : groups.own) add(group_text(group));
  if (shown < all)
    text += fmt::format("{} not shown: a comment holds no more. `writ diff` shows all.\n",
                        counted(all - shown, "more section"));
  return text;
}

std::string json(const DiffReport& report, const Engine& before, const Engine& after) {
  Json whole;
  whole["before"] = report.before;
  whole["after"] = report.after;
  whole["tenants_before"] = report.tenants_before;
  whole["tenants_after"] = report.tenants_after;
  whole["decisions_changed"] = report.decisions_changed();
  whole["tenants"] = Json::array();
  std::size_t line = 0;
  for (const auto& tenant : report.tenants) {
    constexpr std::array states = {"changed", "added", "removed"};
    auto part = after.part(tenant.id);
    if (part == nullptr) part = before.part(tenant.id);
    Json one;
    one["id"] = tenant.id;
    one["name"] = tenant.name;
    one["state"] = states[static_cast<std::size_t>(tenant.state)];
    one["same_decisions"] = tenant.same_decisions;
    one["changes"] = Json::array();
    for (const auto& change : tenant.changes) one["changes"].push_back(change_json(change));
    one["tries"] = tenant.tries;
    one["password_tries"] = tenant.password_tries;
    one["witnesses"] = Json::array();
    for (const auto& witness : tenant.witnesses)
      one["witnesses"].push_back(witness_json(witness, report.lines[line++], part->attributes));
    one["passwords"] = Json::array();
    for (const auto& password : tenant.passwords)
      one["passwords"].push_back(
          Json::object({{"connection", password.connection},
                        {"accepted_before", !password.accepted},
                        {"accepted_after", password.accepted},
                        {"password", password.password},
                        {"event", password_event_names[static_cast<std::size_t>(password.event)]},
                        {"context", password.context},
                        {"refused_by", password.refused_by}}));
    whole["tenants"].push_back(std::move(one));
  }
  return whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace writ::cli
