// Rules and words: where they may stand, for which actions, under which conditions.
#include "tests/agree/maker.h"

#include <algorithm>

namespace writ::agree {

std::string actions_text(ActionMask mask) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < action_count; ++i)
    if (mask >> i & 1) names.emplace_back(action_names[i]);
  return joined(names);
}

// ---------------------------------------------------------------- places

Place Maker::floor() const {
  Place place;
  place.facts = world_.facts;
  place.words = world_.words;
  place.zones = world_.zones;
  return place;
}

Place Maker::inside(const TenantWorld& made) const {
  Place place = floor();
  place.tenant = &made;
  for (const auto& fact : made.facts)
    if (!fact.of_tenant) place.facts.push_back(fact);
  for (const auto& word : made.words) {
    std::erase_if(place.words, [&](const WordWorld& above) { return above.name == word.name; });  // it hides them
    place.words.push_back(word);
  }
  place.zones.insert(place.zones.end(), made.zones.begin(), made.zones.end());
  return place;
}

Place Maker::alone(const Place& around) {
  Place place = around;
  place.alone = true;
  place.actions = 0;
  place.present.clear();
  expressions_.used = all_actions;
  expressions_.quantified = false;
  return place;
}

// ---------------------------------------------------------------- words

// Now and then of a name that a block further out has given to something else.
void Maker::let(Place& place, Kind kind, std::vector<WordWorld>& words) {
  std::string value, name = fresh("let");
  auto made = expressions_.let(alone(place), kind, value);
  if (place.tenant && chance(15))
    for (const auto& above : world_.words)
      if (above.kind != Kind::obligation &&
          std::ranges::none_of(words, [&](const auto& own) { return own.name == above.name; }) && chance(30))
        name = above.name;
  made.name = name;
  line("let " + name + " = " + value);
  for (auto* list : {&place.words, &words}) {
    std::erase_if(*list, [&](const WordWorld& other) { return other.name == name; });
    list->push_back(made);
    if (&place.words == &words) break;
  }
}

void Maker::lets(Place& place, std::vector<WordWorld>& words, int percent) {
  for (const auto kind :
       {Kind::integer, Kind::string, Kind::ip, Kind::time, Kind::duration, Kind::strings, Kind::integers, Kind::blocks})
    if (chance(percent)) let(place, kind, words);
}

// A let or an obligation of a condition, with the actions in which it can be used.
void Maker::condition_word(Kind kind, const Place& around, std::vector<WordWorld>& words) {
  const auto name = fresh(kind == Kind::obligation ? "duty" : "let");
  const auto condition = expressions_.condition(alone(around), 1).text;
  line(kind == Kind::obligation ? "obligation " + name + " satisfied when " + condition
                                : "let " + name + " = " + condition);
  words.push_back({kind, name, expressions_.used});
  words.back().quantifies = expressions_.quantified;
}

// ---------------------------------------------------------------- rules

// A place that says itself which actions it is for is for no others.
ActionMask Maker::some_actions(ActionMask among) {
  if ((among & mask_of(Action::login)) != 0 && chance(60)) return mask_of(Action::login);
  ActionMask mask = 0;
  while (mask == 0) mask = static_cast<ActionMask>(random_.below(128) & random_.below(128)) & among;
  return mask;
}

std::string Maker::conditions(Place& place, int percent) {
  std::string text;
  if (chance(percent)) {
    const auto flow = expressions_.condition(place, 2);
    text += " when " + flow.text;
    place.present.insert(flow.when_true.begin(), flow.when_true.end());
  }
  if (chance(35)) text += " unless " + expressions_.condition(place, 2).text;
  return text;
}

std::string Maker::rule_name(const std::string& head) {
  if (!chance(50)) return head;
  return head + " " + (chance(10) ? in_quotes("r. 50%/" + std::to_string(++count_)) : in_quotes(fresh("r")));
}

std::string Maker::on(const Place& place) {
  if (!place.tenant || place.tenant->connections.empty() || (place.actions & ~with_connection) != 0 || !chance(25))
    return "";
  Names names;
  for (const auto& connection : place.tenant->connections)
    if (chance(50)) names.push_back(name_text(connection.name));
  return names.empty() ? "" : " on " + joined(names);
}

std::string Maker::words_for_people() {
  return (chance(15) ? " message " + in_quotes("no \"entry\"") : "") +
         (chance(10) ? " note " + in_quotes(fresh("n")) : "");
}

void Maker::allow(Place place, bool of_everything) {
  place.actions = of_everything ? all_actions : some_actions(all_actions);
  const auto head = rule_name("allow " + actions_text(place.actions));
  line(head + on(place) + (of_everything ? "" : conditions(place, 60)));
}

void Maker::deny(Place place, bool report) {
  place.actions = some_actions(place.actions != 0 ? place.actions : all_actions);
  const auto head = rule_name((report ? "report deny " : "deny ") + actions_text(place.actions));
  const auto where = on(place);
  line(head + where + conditions(place, 85) + words_for_people());
}

void Maker::require(Place place, bool report) {
  place.actions = some_actions(with_connection);
  const auto duties = expressions_.duties(place);
  const auto head = (report ? "report require " : "require ") + duties +
                    (place.actions == mask_of(Action::login) ? "" : " for " + actions_text(place.actions));
  const auto named = rule_name(head), where = on(place);
  line(named + where + conditions(place, 70) + words_for_people());
}

void Maker::rule(const Place& place, Where where) {
  const bool report = chance(15);
  if (where == Where::tenant && chance(15)) {
    Place of_allow = place;
    of_allow.actions = some_actions(all_actions);
    const auto head = rule_name((report ? "report allow " : "allow ") + actions_text(of_allow.actions));
    const auto at = on(of_allow);
    return line(head + at + conditions(of_allow, 80));
  }
  const auto before = text_.size();
  if (chance(45))
    require(place, report);
  else
    deny(place, report);
  if (chance(3)) text_ += text_.substr(before);  // the same twice in one place is one rule
}

}  // namespace writ::agree
