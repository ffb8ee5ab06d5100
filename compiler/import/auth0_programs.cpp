// Rules, actions and hooks: those that are understood become rules, the others are quoted, so that whoever reads the policy sees
// what it lacks. Strings are never quoted: they may be secrets.
#include "compiler/import/auth0_plan.h"
#include "compiler/import/auth0_program.h"
#include "compiler/import/script.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing::auth0 {

namespace {

constexpr std::size_t most_quoted_lines = 40;

struct Program {
  Fields fields;
  std::string_view kind;  // `rule`, `action`, `hook`
  std::string name, text;
  bool at_signup = false;
};

void quote(Making& making, const Program& program) {
  auto& comments = making.tenant.comments;
  comments.push_back(fmt::format("Not translated: {} \u201c{}\u201d ({}). See what it denies or asks for.",
                                 program.kind, program.name, program.fields.where()));
  // What stands there is the path of a file that the export lacks.
  const bool missing = program.text.find('\n') == std::string::npos && program.text.ends_with(".js");
  program.fields.note(Outcome::not_expressible, program.kind == "action" ? "code" : "script",
                      fmt::format("\u201c{}\u201d is a program {}", program.name,
                                  missing ? "whose file is not in the export; it is mentioned in a comment"
                                          : "that is not understood; it is quoted in a comment"));
  if (missing) return;
  const auto shown = script::without_strings(program.text);
  std::size_t lines = 0;
  for (std::size_t at = 0; at < shown.size();) {
    const auto end = std::min(shown.find('\n', at), shown.size());
    const auto line = std::string_view(shown).substr(at, end - at);
    at = end + 1;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    if (++lines > most_quoted_lines) {
      comments.emplace_back("  | \u2026");
      return;
    }
    comments.push_back(fmt::format("  | {}", line.substr(0, line.find_last_not_of(" \t\r") + 1)));
  }
}

// A registration has no user yet: some facts are not there to be asked about.
bool fits_signup(const Effect& effect) {
  constexpr std::array<std::string_view, 7> later = {"session.", "user.logins", "user.created", "user.password_changed",
                                                     "user.id",  "acr_values",  "mfa_enrolled"};
  return effect.denies && std::ranges::none_of(later, [&](std::string_view fact) {
           return effect.condition.find(fact) != std::string::npos;
         });
}

void write(Making& making, std::set<std::string>& taken, const Program& program, const Understood& understood) {
  for (const auto& note : understood.notes)
    program.fields.note(Outcome::approximated, program.kind == "action" ? "code" : "script", note);
  program.fields.take(program.kind == "action" ? "code" : "script");
  if (understood.effects.empty())
    making.tenant.comments.push_back(fmt::format("{} \u201c{}\u201d ({}) denies nothing and asks for nothing.",
                                                 program.kind, program.name, program.fields.where()));
  for (const auto& effect : understood.effects) {
    auto name = program.name;
    for (int number = 2; !taken.insert(name).second; ++number) name = fmt::format("{} ({})", program.name, number);
    making.tenant.rules.push_back(fmt::format(
        "// {}\n{} {}{}{}", comment_text(fmt::format("{}: {} {}", program.fields.where(), program.kind, program.name)),
        !effect.denies      ? "require mfa"
        : program.at_signup ? "deny signup"
                            : "deny login, refresh",
        literal(name), effect.condition.empty() ? "" : " when " + effect.condition,
        effect.message.empty() ? "" : " message " + literal(effect.message)));
  }
}

// Whether an action runs: it is deployed, and where the export says what runs when, it is among that.
bool runs(const Making& making, const Fields& fields, const std::string& name, const std::string& trigger) {
  if (!fields.flag("deployed").value_or(true)) return false;
  const auto& sections = making.source.section("triggers");
  if (sections.empty()) return true;
  for (const auto& thing : sections)
    for (const auto& bound : making.fields(thing).objects(trigger))
      if (bound.text("action_name").value_or("") == name) return true;
  return false;
}

// What a trigger runs and the export does not have.
void note_missing(const Making& making, const std::set<std::string>& names) {
  for (const auto& thing : making.source.section("triggers")) {
    const auto fields = making.fields(thing);
    for (const auto& [trigger, bound] : thing.value.items())
      for (const auto& one : fields.objects(trigger))
        if (const auto name = one.text("action_name"); name && !names.contains(*name))
          one.note(Outcome::wrong, "action_name",
                   fmt::format("no action of the export is \u201c{}\u201d, which runs at {}; what it does is not here",
                               *name, trigger));
  }
}

void take(Making& making, std::set<std::string>& taken, const Program& program, bool known_place) {
  if (known_place)
    if (const auto understood = understand(program.text, program.kind == "action", making))
      if (!program.at_signup || std::ranges::all_of(understood->effects, fits_signup))
        return write(making, taken, program, *understood);
  quote(making, program);
}

}  // namespace

void take_programs(Making& making) {
  std::set<std::string> taken;
  const auto program_of = [&](const Auth0Thing& thing, std::string_view kind, const char* field) {
    const auto fields = making.fields(thing);
    const auto* const text = fields.find(field);
    return Program{fields, kind, fields.text("name").value_or("without a name"),
                   text != nullptr && text->is_string() ? text->get<std::string>() : std::string()};
  };
  for (const auto& thing : making.source.section("rules")) {
    const auto program = program_of(thing, "rule", "script");
    if (!program.fields.flag("enabled").value_or(true)) continue;
    take(making, taken, program, program.fields.text("stage").value_or("login_success") == "login_success");
  }
  for (const auto& thing : making.source.section("hooks")) {
    const auto program = program_of(thing, "hook", "script");
    if (program.fields.flag("enabled").value_or(true)) quote(making, program);
  }
  std::set<std::string> actions;
  for (const auto& thing : making.source.section("actions")) {
    auto program = program_of(thing, "action", "code");
    actions.insert(program.name);
    std::vector<std::string> triggers;
    for (const auto& one : program.fields.objects("supported_triggers"))
      if (auto id = one.text("id")) triggers.push_back(std::move(*id));
    const auto trigger = triggers.size() == 1 ? triggers.front() : std::string();
    if (!trigger.empty() && !runs(making, program.fields, program.name, trigger)) {
      program.fields.note(
          Outcome::approximated, "deployed",
          fmt::format("\u201c{}\u201d is not deployed or bound to nothing, so it never runs; left out", program.name));
      continue;
    }
    program.at_signup = trigger == "pre-user-registration";
    take(making, taken, program, trigger == "post-login" || program.at_signup);
  }
  note_missing(making, actions);
}

}  // namespace writ::importing::auth0
