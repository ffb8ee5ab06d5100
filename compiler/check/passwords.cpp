// Effective password policies: for each database connection the conjunction of the floor, what the tenant attaches to all its connections,
// what is attached to this one, and what every client attaches that it leads into. Each requirement keeps who asked for it.
//
// A tenant's own literal that asks for less than the floor would say nothing, while its author believes it does: an error. What comes from a
// preset or a parent is joined without a word. Requirements that no password can satisfy together are an error too.
#include "compiler/check/passwords.h"

#include "compiler/check/tenant.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>

namespace writ::check {

namespace {

using Requirements = std::vector<model::PasswordRequirement>;
using Named = std::map<std::string, PasswordSource, std::less<>>;

constexpr std::size_t deepest = 64;  // parents of parents
constexpr std::size_t most_compared =
    2'000;  // requirements of one connection: beyond, comparing all pairs costs more than it tells

const PasswordSource* find_password(const Named& own, const Named& platform, std::string_view name) {
  if (const auto found = own.find(name); found != own.end()) return &found->second;
  if (const auto found = platform.find(name); found != platform.end()) return &found->second;
  return nullptr;
}

// What a policy asks for itself, with the numbers that its words stand for.
std::vector<tree::Requirement> own_requirements(Run& run, const PasswordSource& source) {
  std::vector<tree::Requirement> list;
  for (const auto& one : source.password->requirements)
    list.push_back(one.given.empty() ? one : with_numbers(run, *source.scope, *source.tree, one));
  std::erase_if(list, [](const tree::Requirement& one) { return !one.given.empty(); });
  return list;
}

// The same without saying again what is wrong with them.
std::vector<tree::Requirement> told_requirements(Run& run, const PasswordSource& source) {
  Diagnostics said;
  Run quiet{run.sources, run.limits, said, run.known};
  return own_requirements(quiet, source);
}

// A policy written out: its parents', its preset's, its own.
void write_out(Run& run, const PasswordSource& source, const Named& own, const Named& platform, Requirements& into,
               std::size_t depth = 0) {
  const auto& password = *source.password;
  if (depth > deepest) return;  // a circle, reported where it is declared
  if (password.parent)
    if (const auto* parent = find_password(own, platform, password.parent->text))
      write_out(run, *parent, own, platform, into, depth + 1);
  if (password.preset)
    for (auto& requirement : expand_preset(run, *source.scope, *source.tree, *password.preset))
      into.push_back(
          {requirement, source.origin + " (" + joined(password.preset->path) + ")", requirement.span, false});
  for (const auto& requirement : told_requirements(run, source))
    into.push_back({requirement, source.origin, requirement.span, false});
}

// As its author wrote it; a preset's has no text of its own.
std::string written(const Run& run, const tree::Requirement& requirement) {
  const auto text = run.sources.text(requirement.span);
  return text.empty() ? requirement_text(requirement) : std::string(text);
}

// The policies of a circle, said once: at the first of them in the text.
void report_circle(Run& run, std::vector<const tree::PasswordDecl*> circle) {
  const auto first = std::ranges::min_element(
      circle, {}, [](const auto* one) { return std::pair(one->name.span.file, one->name.span.begin); });
  std::ranges::rotate(circle, first);
  std::string chain;
  for (const auto* one : circle) chain += in_ticks(one->name.text) + " → ";
  auto& diagnostic =
      run.diagnostics.add(Code::password_cycle, circle.front()->name.span,
                          "a password policy inherits from itself: " + chain + in_ticks(circle.front()->name.text));
  for (const auto* one : circle)
    diagnostic.at(one->parent->span, one == circle.back() ? "back again by this" : "by way of this");
  diagnostic.hint("let one of them stand without a parent");
}

// By itself: what each literal says, that the parent exists, that parents do not run in a circle.
void check_declaration(Run& run, const PasswordSource& source, const Named& own, const Named& platform) {
  const auto& password = *source.password;
  for (const auto& requirement : own_requirements(run, source))
    if (const auto why = malformed(requirement); !why.empty())
      run.diagnostics
          .add(Code::bad_requirement, requirement.span, in_ticks(written(run, requirement)) + " cannot be asked for")
          .under(why);
  if (!password.parent) return;
  const auto* parent = find_password(own, platform, password.parent->text);
  if (parent == nullptr) {
    std::vector<std::string_view> names;
    for (const auto* list : {&own, &platform})
      for (const auto& [name, one] : *list) names.push_back(name);
    or_declare(undeclared(run, Code::undeclared, "there is no password policy", *password.parent, names),
               "password " + name_text(password.parent->text) + " { length 12.. }");
    return;
  }
  const PasswordSource* at = &source;
  std::vector<const tree::PasswordDecl*> way{&password};
  for (std::size_t i = 0; i <= deepest && at != nullptr && at->password->parent; ++i) {
    at = find_password(own, platform, at->password->parent->text);
    if (at != nullptr && at->password == &password) return report_circle(run, std::move(way));
    if (at != nullptr) way.push_back(at->password);
  }
  if (at != nullptr && at->password->parent)
    run.diagnostics
        .add(Code::too_many_things, password.name.span,
             "password policy " + in_ticks(password.name.text) + " has more than " + std::to_string(deepest) +
                 " ancestors")
        .hint("write its requirements out");
}

class Passwords {
 public:
  explicit Passwords(TenantCheck& tenant) : tenant_(tenant), run_(tenant.run), platform_(tenant.platform.passwords) {}

  void check() {
    for (const auto& [name, source] : platform_)
      if (source.password->floor && !source.password->name.text.empty()) write_out(run_, source, {}, platform_, floor_);
    for (const auto& block : tenant_.platform.blocks)
      attached(block, "platform floor", floor_);  // whatever the platform attaches binds all
    declare();
    Requirements everywhere = floor_;
    for (const auto& body : tenant_.bodies) attached(body, tenant_.name() + " password", everywhere);
    auto& part = tenant_.result.structure;
    std::vector<Requirements> by_connection(part.connections.size());
    for (std::size_t i = 0; i < part.clients.size(); ++i) of_client(i, by_connection);
    for (std::uint32_t i = 0; i < part.connections.size(); ++i) of_connection(i, everywhere, by_connection[i]);
  }

 private:
  void declare() {
    for (const auto& body : tenant_.bodies)
      each<tree::PasswordDecl>(body, [&](const tree::PasswordDecl& password) {
        if (password.name.text.empty()) return;
        PasswordSource source{body.tree, &password, body.scope, tenant_.name() + " password " + password.name.text};
        const auto above = platform_.find(password.name.text);
        const auto [found, fresh] = tenant_.passwords.try_emplace(password.name.text, std::move(source));
        if (above != platform_.end())
          declared_twice(run_, "password policy", password.name, above->second.password->name.span);
        else if (!fresh)
          declared_twice(run_, "password policy", password.name, found->second.password->name.span);
      });
    for (const auto& [name, source] : tenant_.passwords) literals(source);
  }

  void literals(const PasswordSource& source) {
    check_declaration(run_, source, tenant_.passwords, platform_);
    if (source.password->preset)
      expand_preset(run_, *source.scope, *source.tree, *source.password->preset);  // for its errors
    for (const auto& literal : told_requirements(run_, source))
      for (const auto& floor : floor_)
        if (weaker(literal, floor.requirement)) {
          run_.diagnostics
              .add(Code::weaker_than_floor, literal.span,
                   in_ticks(requirement_text(literal)) + " is weaker than the floor's " +
                       in_ticks(requirement_text(floor.requirement)))
              .at(floor.span, "the " + floor.origin)
              .hint("leave it out, the floor holds anyway, or ask for more");
          break;
        }
  }

  // What `password strong`, `password auth0.good` and `password { … }` of a block attach.
  void attached(const Block& block, const std::string& origin, Requirements& into) {
    static const Named none;
    const Named& own = block.scope->floor ? none : tenant_.passwords;  // a shared client knows no tenant's
    each<tree::PasswordUse>(block, [&](const tree::PasswordUse& use) {
      if (use.preset) {
        for (auto& requirement : expand_preset(run_, *block.scope, *block.tree, *use.preset))
          into.push_back({requirement, origin + " (" + joined(use.preset->path) + ")", requirement.span, false});
        return;
      }
      if (const auto* source = find_password(own, platform_, use.name.text)) {
        write_out(run_, *source, own, platform_, into);
        return;
      }
      std::vector<std::string_view> names;
      for (const auto* list : {&own, &platform_})
        for (const auto& [name, one] : *list) names.push_back(name);
      or_declare(undeclared(run_, Code::undeclared, "there is no password policy", use.name, names),
                 "password " + name_text(use.name.text) + " { length 12.. }");
    });
    each<tree::PasswordDecl>(block, [&](const tree::PasswordDecl& password) {
      if (!password.name.text.empty()) return;
      const PasswordSource source{block.tree, &password, block.scope, origin};
      if (!block.scope->floor) literals(source);
      write_out(run_, source, own, platform_, into);
    });
  }

  void of_client(std::size_t place, std::vector<Requirements>& by_connection) {
    const auto& record = tenant_.result.structure.clients[place];
    Requirements wanted;
    const std::string whose = tenant_.clients[place].shared ? "" : tenant_.name() + " ";
    attached(tenant_.clients[place].body, whose + "client " + record.name, wanted);
    for (const auto connection : record.connections)
      by_connection[connection].insert(by_connection[connection].end(), wanted.begin(), wanted.end());
  }

  void of_connection(std::uint32_t place, const Requirements& everywhere, const Requirements& of_clients) {
    const auto& record = tenant_.result.structure.connections[place];
    const Block& body = tenant_.connections[place].body;
    if (strategies[record.strategy].family != Family::database) {
      const auto refuse = [&](Span span) {
        run_.diagnostics
            .add(Code::password_without_database, span,
                 "connection " + in_ticks(record.name) + " has no passwords of its own")
            .under("the passwords of `" + std::string(strategies[record.strategy].name) + "` are kept elsewhere")
            .hint("attach it to a connection of strategy `database`");
      };
      each<tree::PasswordUse>(body, [&](const tree::PasswordUse& use) { refuse(use.span); });
      each<tree::PasswordDecl>(body, [&](const tree::PasswordDecl& password) { refuse(password.span); });
      return;
    }
    model::EffectivePassword effective;
    effective.connection = place;
    effective.requirements = everywhere;
    attached(body, tenant_.name() + " connection " + record.name, effective.requirements);
    effective.requirements.insert(effective.requirements.end(), of_clients.begin(), of_clients.end());
    settle(effective.requirements);
    contradictions(effective.requirements, record.name);
    for (const auto& one : effective.requirements)
      if (one.requirement.kind == tree::Requirement::Kind::reject_matches) count_pattern(one);
    tenant_.result.passwords.push_back(std::move(effective));
  }

  // A broken one was said where it is written.
  void count_pattern(const model::PasswordRequirement& one) {
    auto& spent = tenant_.spent;
    if (use_pattern(one.requirement.pattern, 1, *spent.patterns, spent, run_.limits).use == PatternUse::too_much)
      run_.diagnostics
          .add(Code::condition_too_large, one.span,
               "the regular expressions of tenant " + in_ticks(tenant_.name()) + " take too much together")
          .hint("refuse words instead of patterns where they do: `reject words [\"acme\"]`");
  }

  // Sorted, each once, those that another implies marked. Of two alike the first stands.
  static void settle(Requirements& list) {
    const auto order = [](const auto& one) {
      return std::tuple(static_cast<int>(one.requirement.kind), std::string_view(one.origin));
    };
    std::ranges::stable_sort(list, [&](const auto& a, const auto& b) { return order(a) < order(b); });
    const auto same = [](const auto& a, const auto& b) {
      return a.span == b.span && a.origin == b.origin &&
             requirement_text(a.requirement) == requirement_text(b.requirement);
    };
    list.erase(std::unique(list.begin(), list.end(), same), list.end());
    if (list.size() > most_compared) return;
    for (std::size_t i = 0; i < list.size(); ++i)
      for (std::size_t k = 0; k < list.size() && !list[i].implied; ++k)
        list[i].implied = k != i && implies(list[k].requirement, list[i].requirement) &&
                          (k < i || !implies(list[i].requirement, list[k].requirement));
  }

  void contradictions(const Requirements& list, std::string_view connection) {
    if (list.size() > most_compared) return;
    for (std::size_t i = 0; i < list.size(); ++i)
      for (std::size_t k = i + 1; k < list.size(); ++k) {
        const auto why = contradiction(list[i].requirement, list[k].requirement);
        if (why.empty() || list[i].requirement.span == list[k].requirement.span) continue;
        const bool floor_first = list[i].origin.starts_with("platform ");
        const auto& blamed = list[floor_first ? k : i];
        const auto& other = list[floor_first ? i : k];
        run_.diagnostics
            .add(Code::password_contradiction, blamed.span,
                 in_ticks(requirement_text(blamed.requirement)) + " and " +
                     in_ticks(requirement_text(other.requirement)) + " leave no password for connection " +
                     in_ticks(connection))
            .under(why)
            .at(other.span, other.origin)
            .hint("change one of the two: whoever sets a password for this connection must satisfy both");
        return;
      }
    too_many_classes(list, connection);
  }

  // Digits, letters and symbols are different characters: what is asked of each adds up, and may be more than fits.
  void too_many_classes(const Requirements& list, std::string_view connection) {
    std::array<const model::PasswordRequirement*, 4> most{};  // by class: who asks for the most
    const model::PasswordRequirement* shortest = nullptr;
    for (const auto& one : list) {
      const auto& requirement = one.requirement;
      if (requirement.kind == tree::Requirement::Kind::length && requirement.high &&
          (!shortest || *requirement.high < *shortest->requirement.high))
        shortest = &one;
      if (requirement.kind != tree::Requirement::Kind::at_least || std::popcount(requirement.class_mask) != 1) continue;
      auto& asks = most[static_cast<std::size_t>(std::countr_zero(requirement.class_mask))];
      if (!asks || requirement.low.value_or(0) > asks->requirement.low.value_or(0)) asks = &one;
    }
    std::int64_t wanted = 0;
    for (const auto* one : most) wanted += one ? one->requirement.low.value_or(0) : 0;
    if (!shortest || wanted <= *shortest->requirement.high) return;
    auto& diagnostic =
        run_.diagnostics.add(Code::password_contradiction, shortest->span,
                             in_ticks(requirement_text(shortest->requirement)) + " leaves no password for connection " +
                                 in_ticks(connection) + ": " + std::to_string(wanted) + " characters are asked for");
    for (const auto* one : most)
      if (one) diagnostic.at(one->span, in_ticks(requirement_text(one->requirement)) + " of " + one->origin);
  }

  TenantCheck& tenant_;
  Run& run_;
  const Named& platform_;
  Requirements floor_;
};

}  // namespace

void check_password_declarations(Run& run, const Platform& platform) {
  for (const auto& [name, source] : platform.passwords) {
    check_declaration(run, source, {}, platform.passwords);
    if (source.password->preset) expand_preset(run, *source.scope, *source.tree, *source.password->preset);
  }
}

void check_passwords(TenantCheck& tenant) { Passwords(tenant).check(); }

}  // namespace writ::check
