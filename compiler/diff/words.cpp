// What changed, in words. Every thing of a part is a list of lines, as a policy writes them; what one side has and the other has not is the
// change. A rule is compared by its text and by what it means: a zone or a let that changed leaves the text as it is.
#include "compiler/check/wording.h"
#include "compiler/diff/diff.h"
#include "compiler/diff/meaning.h"

#include <algorithm>
#include <map>
#include <set>

namespace writ::diff {

namespace {

using check::name_text;
using Lines = std::vector<std::string>;
using program::Part;

std::string quoted(const std::string& text) { return flip::value_text(text, TypeKind::string, {}); }

void add(Lines& lines, std::string_view lead, const std::string& text) {
  if (!text.empty()) lines.push_back(std::string(lead) + " " + quoted(text));
}
void add_each(Lines& lines, std::string_view lead, const Lines& texts) {
  for (const auto& one : texts) lines.push_back(std::string(lead) + " " + quoted(one));
}
void add_span(Lines& lines, std::string_view lead, std::int64_t micros) {
  if (micros >= 0) lines.push_back(std::string(lead) + " " + duration_to_text(micros));
}

Lines names_of(const Part& part, const std::vector<std::uint32_t>& connections) {
  Lines names;
  for (const auto one : connections) names.push_back(name_text(part.connections[one].name));
  return names;
}
void add_connections(Lines& lines, const Part& part, const std::vector<std::uint32_t>& connections) {
  for (const auto& name : names_of(part, connections)) lines.push_back("connections " + name);
}
void add_discover(Lines& lines, const Part& part, const std::vector<std::pair<std::string, std::uint32_t>>& discover) {
  for (const auto& [domain, connection] : discover)
    lines.push_back("discover " + quoted(domain) + " via " + name_text(part.connections[connection].name));
}
void add_looks(Lines& lines, const std::string& logo, const std::vector<std::pair<std::string, std::string>>& colors,
               const Lines& features) {
  add(lines, "branding logo", logo);
  for (const auto& [name, color] : colors) add(lines, "branding color " + name, color);
  for (const auto& feature : features) lines.push_back("features " + name_text(feature));
}

// ---------------------------------------------------------------- things as lines

Lines lines_of(const Part&, const program::Attribute& one) {
  constexpr std::array words = {"bool", "int", "string", "ip", "cidr", "time", "duration", "set of string", "one of"};
  const auto type = static_cast<std::size_t>(one.type);
  std::string text = ": " + std::string(type < words.size() ? words[type] : "name");
  if (one.type == TypeKind::integer && (one.low != INT64_MIN || one.high != INT64_MAX))
    text += " " + std::to_string(one.low) + ".." + std::to_string(one.high);
  for (std::size_t i = 0; i < one.values.size(); ++i) text += (i == 0 ? " " : ", ") + one.values[i];
  return {text + (one.optional != 0 ? "?" : "")};
}

Lines lines_of(const Part& part, const program::ClientRecord& one) {
  Lines lines = {": " + std::string(client_type_names[static_cast<std::size_t>(one.type)])};
  if (one.id != one.name) add(lines, "id", one.id);
  for (std::size_t i = 0; i < grant_names.size(); ++i)
    if (one.grants >> i & 1) lines.push_back("grants " + std::string(grant_names[i]));
  lines.push_back("organizations " + std::string(organization_usage_names[static_cast<std::size_t>(one.usage)]));
  add_each(lines, "callbacks", one.callbacks);
  add_each(lines, "origins", one.origins);
  add_connections(lines, part, one.connections);
  add_discover(lines, part, one.discover);
  add_span(lines, "session idle", one.session.idle);
  add_span(lines, "session absolute", one.session.absolute);
  add_span(lines, "lifetimes access_token", one.access_token);
  add_span(lines, "lifetimes refresh_token", one.refresh_token);
  add_span(lines, "lifetimes id_token", one.id_token);
  return lines;
}

Lines lines_of(const Part&, const program::ConnectionRecord& one) {
  Lines lines = {": " + std::string(strategies[one.strategy].name)};
  if (one.id != one.name) add(lines, "id", one.id);
  lines.emplace_back(one.signup_open ? "signup open" : "signup closed");
  add_each(lines, "domains", one.domains);
  add(lines, "issuer", one.issuer);
  for (const auto& [name, value] : one.settings) lines.push_back("settings " + name + " = " + value);
  return lines;
}

Lines lines_of(const Part& part, const program::OrganizationRecord& one) {
  Lines lines;
  add(lines, "title", one.title);
  if (one.id != one.name) add(lines, "id", one.id);
  add_connections(lines, part, one.connections);
  if (one.members_required) lines.emplace_back("members required");
  if (!one.members_required && one.joins_via.empty()) lines.emplace_back("joins on login");
  if (!one.members_required)
    for (const auto& name : names_of(part, one.joins_via)) lines.push_back("joins on login via " + name);
  add_each(lines, "domains", one.domains);
  for (const auto& use : one.uses) {
    const std::string client = "use " + name_text(part.clients[use.client].name);
    if (!use.narrows) lines.push_back(client);
    if (use.narrows && use.connections.empty()) lines.push_back(client + " without a connection");
    for (const auto& name : names_of(part, use.connections)) lines.push_back(client + " connections " + name);
    for (const auto& [domain, connection] : use.discover)
      lines.push_back(client + " discover " + quoted(domain) + " via " + name_text(part.connections[connection].name));
  }
  add_discover(lines, part, one.discover);
  add_looks(lines, one.logo, one.colors, one.features);
  return lines;
}

Lines settings_of(const Part& part) {
  Lines lines;
  add(lines, "title", part.title);
  if (part.id != part.name) lines.push_back("name " + name_text(part.name));
  add_each(lines, "hosts", part.hosts);
  add_each(lines, "issuers", part.issuers);
  add_looks(lines, part.logo, part.colors, part.features);
  for (const auto& one : part.lockouts) {
    constexpr std::array counters = {"identifier", "identifier and ip", "ip"};
    std::string text =
        "lockout " + std::to_string(one.attempts) + " attempts per " + counters[static_cast<std::size_t>(one.counter)];
    if (one.within >= 0) text += " within " + duration_to_text(one.within);
    if (one.block >= 0) text += "; block " + duration_to_text(one.block);
    for (const auto& block : one.exempt) text += "; exempt " + to_text(block);
    if (one.connection >= 0)
      text += " on " + name_text(part.connections[static_cast<std::size_t>(one.connection)].name);
    lines.push_back(std::move(text));
  }
  return lines;
}

// ---------------------------------------------------------------- comparing

// What is in `these` and not in `those`; lines may be there twice.
Lines without(const Lines& these, const Lines& those) {
  std::multiset<std::string> known(those.begin(), those.end());
  Lines rest;
  for (const auto& line : these)
    if (const auto at = known.find(line); at != known.end())
      known.erase(at);
    else
      rest.push_back(line);
  return rest;
}

using Kind = Change::Kind;

class Words {
 public:
  Words(const Part* before, const Part* after) : before_(before), after_(after) {}

  std::vector<Change> all() {
    settings();
    things(
        "attribute", [](const Part& part) -> const auto& { return part.attributes; },
        [](const program::Attribute& one) { return one.name; });
    things(
        "connection", [](const Part& part) -> const auto& { return part.connections; },
        [](const program::ConnectionRecord& one) { return one.id; });
    things(
        "client", [](const Part& part) -> const auto& { return part.clients; },
        [](const program::ClientRecord& one) { return one.id; });
    things(
        "organization", [](const Part& part) -> const auto& { return part.organizations; },
        [](const program::OrganizationRecord& one) { return one.id; });
    rules();
    needs();
    passwords();
    return std::move(changes_);
  }

 private:
  void settings() {
    if (before_ == nullptr || after_ == nullptr) return;  // the tenant itself came or went
    const auto was = settings_of(*before_), is = settings_of(*after_);
    changed({}, "settings", {}, without(was, is), without(is, was));
  }

  void changed(std::string owner, std::string what, std::string place, Lines before, Lines after) {
    if (before.empty() && after.empty()) return;
    changes_.push_back(
        {Kind::changed, std::move(owner), std::move(what), std::move(place), std::move(before), std::move(after)});
  }

  // Records with a name of their own, by wire id.
  template <class List, class Key>
  void things(std::string_view word, const List& list, const Key& key) {
    std::map<std::string, Lines> were, are;
    std::map<std::string, std::string> names;
    const auto read = [&](const Part* part, auto& into) {
      if (part == nullptr) return;
      for (const auto& one : list(*part)) {
        into[key(one)] = lines_of(*part, one);
        names[key(one)] = std::string(word) + " " + name_text(one.name);
      }
    };
    read(before_, were);
    read(after_, are);
    for (const auto& [id, name] : names) {
      const auto was = were.find(id), is = are.find(id);
      // A thing's kind is on its first line: that much is said of one that came or went.
      const auto head = [&](const Lines& lines) {
        return name + (!lines.empty() && lines[0].starts_with(": ") ? " " + lines[0] : std::string());
      };
      if (was == were.end())
        changes_.push_back({Kind::added, {}, head(is->second), {}, {}, {}});
      else if (is == are.end())
        changes_.push_back({Kind::removed, {}, head(was->second), {}, {}, {}});
      else
        changed({}, name, {}, without(was->second, is->second), without(is->second, was->second));
    }
  }

  // ---- rules

  struct Rule {
    std::string text, place, words;                           // words: message and note
    std::map<std::size_t, std::vector<std::uint32_t>> means;  // by action
    Lines constants;                                          // of its condition, in the first action that has it
  };

  std::map<std::string, Rule> rules_of(const Part* part) {
    std::map<std::string, Rule> rules;
    if (part == nullptr) return rules;
    for (std::size_t action = 0; action < action_count; ++action) {
      const auto& program = part->programs[action];
      const auto& shape = *program.shape;
      if (shape.rules.empty()) continue;
      const auto numbers = meanings_.of(*part, program);
      const auto texts = constants_of(*part, program);
      for (std::size_t i = 0; i < shape.rules.size(); ++i) {
        const auto& info = program.rules[i];
        const auto& code = shape.rules[i];
        auto& rule = rules[info.id];
        auto& means = rule.means[action];
        means = {numbers[static_cast<std::size_t>(code.fired)]};
        if (code.effect == RuleEffect::require)
          for (const auto node : shape.entries[code.entry].satisfied)
            means.push_back(numbers[static_cast<std::size_t>(node)]);
        if (rule.means.size() > 1) continue;
        rule.text = info.text;
        rule.place = info.place;
        if (!info.message.empty()) rule.words += " message " + quoted(info.message);
        if (!info.note.empty()) rule.words += " note " + quoted(info.note);
        const auto slots = slots_below(shape, code.fired);
        for (std::size_t slot = 0; slot < slots.size(); ++slot)
          if (slots[slot]) items_of(texts[slot], rule.constants);
      }
    }
    return rules;
  }

  // `cidrs [10.0.0.0-10.255.255.255, …]` as one line each.
  static void items_of(const std::string& constant, Lines& lines) {
    const auto open = constant.find('[');
    if (open == std::string::npos || !constant.ends_with(']') || constant.starts_with("string ") ||
        constant.find('"') < open) {
      lines.push_back(constant.substr(constant.find(' ') + 1));
      return;
    }
    const auto inside = constant.substr(open + 1, constant.size() - open - 2);
    for (std::size_t at = 0; at < inside.size();) {
      const auto end = std::min(inside.find(", ", at), inside.size());
      lines.push_back(inside.substr(at, end - at));
      at = end + 2;
    }
  }

  // Rules of the platform and of shared clients are every tenant's.
  static std::string owner_of(const std::string& id) {
    const auto owner = id.substr(0, id.find('/'));
    if (owner == "platform") return owner;
    if (owner.starts_with("client.") && std::ranges::count(owner, '.') == 1) return "client " + owner.substr(7);
    return {};
  }

  void rules() {
    const auto were = rules_of(before_), are = rules_of(after_);
    for (const auto& [id, rule] : were)
      if (!are.contains(id)) changes_.push_back({Kind::removed, owner_of(id), rule.text, rule.place, {}, {}});
    for (const auto& [id, rule] : are) {
      const auto was = were.find(id);
      if (was == were.end())
        changes_.push_back({Kind::added, owner_of(id), rule.text, rule.place, {}, {}});
      else if (was->second.text != rule.text || was->second.words != rule.words)
        changed(owner_of(id), "rule " + id, rule.place, {was->second.text + was->second.words},
                {rule.text + rule.words});
      else if (was->second.means != rule.means)
        means_otherwise(id, was->second, rule);
    }
  }

  void means_otherwise(const std::string& id, const Rule& was, const Rule& is) {
    auto gone = without(was.constants, is.constants), come = without(is.constants, was.constants);
    if (gone.empty() && come.empty()) come = {"what it speaks of was declared otherwise"};
    changed(owner_of(id), is.text, is.place, std::move(gone), std::move(come));
  }

  // What a host has to say that it did not: without it every such request is a fault.
  void needs() {
    if (before_ == nullptr || after_ == nullptr) return;
    const auto facts_of = [](const Part& part) {
      Lines lines;
      for (std::size_t action = 0; action < action_count; ++action)
        for (const auto id : part.programs[action].required) {
          const auto own = index(id) - std::min<std::size_t>(index(id), builtin_facts.size());
          const bool builtin = index(id) < builtin_facts.size();
          if (!builtin && own >= part.attributes.size()) continue;
          lines.push_back(std::string(action_names[action]) + ": " +
                          (builtin ? std::string(builtin_facts[index(id)].name) : part.attributes[own].name));
        }
      return lines;
    };
    const auto were = facts_of(*before_), are = facts_of(*after_);
    changed({}, "facts that a request must have", {}, without(were, are), without(are, were));
  }

  // ---- passwords

  // Requirements as `length 12..64  (acme password strong)`, by connection.
  static std::map<std::string, Lines> requirements_of(const Part* part, std::map<std::string, std::string>& names) {
    std::map<std::string, Lines> found;
    if (part == nullptr) return found;
    for (const auto& program : part->passwords) {
      const auto& connection = part->connections[program.connection];
      names[connection.id] = connection.name;
      std::set<std::string> lines;  // one requirement may be two checks
      for (const auto* list : {&program.requirements, &program.others})
        for (const auto& one : *list) lines.insert(one.text + "  (" + one.origin + ")");
      found[connection.id] = {lines.begin(), lines.end()};
    }
    return found;
  }

  void passwords() {
    std::map<std::string, std::string> names;
    const auto were = requirements_of(before_, names), are = requirements_of(after_, names);
    std::map<std::string, std::pair<Lines, Lines>> of_platform;  // by what changed, once however many connections
    for (const auto& [id, lines] : are) {
      const auto was = were.find(id);
      if (was == were.end()) continue;
      Lines gone = without(was->second, lines), come = without(lines, was->second), own_gone, own_come;
      Lines shared_gone, shared_come;
      const auto part = [](const Lines& all, Lines& own, Lines& shared) {
        for (const auto& line : all) (line.find("  (platform ") == std::string::npos ? own : shared).push_back(line);
      };
      part(gone, own_gone, shared_gone);
      part(come, own_come, shared_come);
      changed({}, "password of " + name_text(names[id]), {}, own_gone, own_come);
      std::string key;
      for (const auto& line : shared_gone) key += "-" + line + "\n";
      for (const auto& line : shared_come) key += "+" + line + "\n";
      if (!key.empty()) of_platform[key] = {shared_gone, shared_come};
    }
    for (const auto& [key, lines] : of_platform) changed("platform", "passwords", {}, lines.first, lines.second);
  }

  const Part* before_;
  const Part* after_;
  Meanings meanings_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> changes_in_words(const program::Part* before, const program::Part* after) {
  return Words(before, after).all();
}

}  // namespace writ::diff
