// What words mean (decision 0001, 5 to 8 and 11). A bare word is, in this order: a quantifier's variable, a
// template's parameter, a let, one of the entity facts; else a name of the kind that stands on the other side. A path
// of two words or more is a fact, a property of an entity, or an attribute of the tenant.
#include "compiler/check/expression.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::check {

namespace {

template <class Names>
std::vector<std::string_view> all(const Names& names) {
  return {names.begin(), names.end()};
}

std::string joined(const tree::Path& path) {
  std::string text;
  for (const auto& part : path.parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

// The first level outwards that has it.
template <class Value>
const Value* outwards(const Scope* scope, std::map<std::string, Value, std::less<>> Scope::* member,
                      std::string_view name) {
  for (; scope != nullptr; scope = scope->outer)
    if (const auto found = (scope->*member).find(name); found != (scope->*member).end()) return &found->second;
  return nullptr;
}

template <class Value>
Value outwards(const Scope* scope, Value Scope::* member) {
  for (; scope != nullptr; scope = scope->outer)
    if (scope->*member != nullptr) return scope->*member;
  return nullptr;
}

// By name in a list sorted by wire id: most often the two are one.
template <class Record>
std::optional<std::uint32_t> find_in(const std::vector<Record>& records, std::string_view name) {
  const auto at =
      std::ranges::lower_bound(records, name, {}, [](const Record& record) { return std::string_view(record.id); });
  if (at != records.end() && at->id == name && at->name == name)
    return static_cast<std::uint32_t>(at - records.begin());
  const auto found = std::ranges::find(records, name, &Record::name);
  if (found == records.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - records.begin());
}

template <class Record>
std::vector<std::string_view> names_of(const std::vector<Record>& records) {
  std::vector<std::string_view> names;
  for (const auto& record : records) names.push_back(record.name);
  return names;
}

}  // namespace

std::optional<std::uint32_t> find_client(const program::Part& part, std::string_view name) {
  return find_in(part.clients, name);
}
std::optional<std::uint32_t> find_connection(const program::Part& part, std::string_view name) {
  return find_in(part.connections, name);
}
std::optional<std::uint32_t> find_organization(const program::Part& part, std::string_view name) {
  return find_in(part.organizations, name);
}

std::optional<FactInfo> find_fact(const Scope& scope, std::string_view name) {
  if (const auto builtin = find_builtin(name)) {
    const Fact& fact = builtin_facts[index(*builtin)];
    return FactInfo{*builtin,  fact.name,        fact.type, fact.required, fact.optional, fact.low,
                    fact.high, all(fact.values), {}};
  }
  const auto* attributes = outwards(&scope, &Scope::attributes);
  if (attributes == nullptr) return std::nullopt;
  const auto found = std::ranges::find(*attributes, name, &program::Attribute::name);
  if (found == attributes->end()) return std::nullopt;
  FactInfo info{static_cast<FactId>(builtin_facts.size() + static_cast<std::size_t>(found - attributes->begin())),
                found->name,
                found->type,
                found->required,
                found->optional,
                found->low,
                found->high,
                all(found->values),
                {}};
  if (const auto* spans = outwards(&scope, &Scope::attribute_spans))
    if (const auto span = spans->find(name); span != spans->end()) info.declared = span->second;
  return info;
}

// ---------------------------------------------------------------- looking words up

const tree::Path* Checker::word(tree::ExprId id) const {
  const auto* path = std::get_if<tree::Path>(&expression(id).node);
  return path != nullptr && path->parts.size() == 1 ? path : nullptr;
}

bool Checker::is_variable(std::string_view name) const {
  return std::find(variables_.begin() + static_cast<std::ptrdiff_t>(first_variable_), variables_.end(), name) !=
         variables_.end();
}
bool Checker::is_known(std::string_view name) const {
  return is_variable(name) || find_argument(name) != nullptr || find_let(name) != nullptr || find_builtin(name);
}
const Argument* Checker::find_argument(std::string_view name) const {
  return outwards(here_.scope, &Scope::arguments, name);
}
const LetEntry* Checker::find_let(std::string_view name) const { return outwards(here_.scope, &Scope::lets, name); }
const Zone* Checker::find_zone(std::string_view name) const { return outwards(here_.scope, &Scope::zones, name); }

// The tenant: that of the words' scope, else that of the rule (a platform's rule is checked for each tenant).
const program::Part* Checker::part() const {
  const auto* own = outwards(here_.scope, &Scope::part);
  return own != nullptr ? own : outwards(place_.scope, &Scope::part);
}

const TenantAttribute* Checker::find_attribute(std::string_view name) const {
  const auto* attributes = outwards(here_.scope, &Scope::tenant_attributes);
  if (attributes == nullptr) attributes = outwards(place_.scope, &Scope::tenant_attributes);
  if (attributes == nullptr) return nullptr;
  const auto found = attributes->find(name);
  return found == attributes->end() ? nullptr : &found->second;
}

// Through lets and parameters to what stands there. A circle ends at the last word looked at: reading its value
// reports it.
std::pair<Where, tree::ExprId> Checker::behind(tree::ExprId id) const {
  Where where = here_;
  for (std::size_t steps = 0; steps < 64; ++steps) {
    const auto* path = std::get_if<tree::Path>(&(*where.tree)[id].node);
    if (path == nullptr || path->parts.size() != 1) break;
    const std::string& name = path->parts[0].text;
    if (steps == 0 && is_variable(name)) break;
    if (const auto* argument = outwards(where.scope, &Scope::arguments, name)) {
      where.tree = argument->tree;
      id = argument->value;
      break;
    }
    const auto* let = outwards(where.scope, &Scope::lets, name);
    if (let == nullptr) break;
    where = {let->tree, let->scope};
    id = let->let->value;
  }
  return {where, id};
}

bool Checker::is_open(tree::ExprId id) const {
  const auto [where, written] = behind(id);
  const tree::ExprNode& node = (*where.tree)[written].node;
  if (const auto* literal = std::get_if<tree::Literal>(&node)) return literal->kind == tree::Literal::Kind::string;
  const auto* path = std::get_if<tree::Path>(&node);
  if (path == nullptr || path->parts.size() != 1) return false;
  const std::string& name = path->parts[0].text;
  return !is_variable(name) && find_builtin(name) == std::nullopt;
}

// ---------------------------------------------------------------- paths

std::optional<Typed> Checker::path(const tree::Path& path, tree::ExprId id, const Typed* other) {
  if (path.parts.size() == 1) return single_word(path.parts[0], id, other);
  const std::string name = joined(path);
  if (const auto info = fact_info(name)) return fact_value(*info, id);
  for (const Property& property : properties)
    if (property.name == name) return this->property(property, id);
  if (const auto* attribute = find_attribute(name)) return attribute_value(name, *attribute, id);
  unknown_path(name, span_of(id));
  return std::nullopt;
}

std::optional<Typed> Checker::single_word(const tree::Name& name, tree::ExprId id, const Typed* other) {
  if (is_variable(name.text)) {
    const auto found = std::find(variables_.rbegin(), variables_.rend(), name.text);
    Typed element;
    element.kind = TypeKind::string;
    element.node = node(Op::element);
    nodes_.back().depth = static_cast<std::uint32_t>(found - variables_.rbegin());
    return element;
  }
  if (const auto* argument = find_argument(name.text)) return argument_value(*argument, name.span);
  if (const auto* let = find_let(name.text)) return let_value(*let, id, other);
  if (find_builtin(name.text))
    return fact_value(*fact_info(name.text), id);  // a built-in fact of one word is an entity
  if (other != nullptr && (other->is_name() || other->kind == TypeKind::enumeration))
    return named(name.text, name.span, *other);
  unknown_word(name.text, name.span);
  return std::nullopt;
}

std::optional<Typed> Checker::argument_value(const Argument& argument, Span use) {
  if (argument.type->list) {
    report(Code::out_of_place, use, in_ticks(sources_.text(use)) + " is a list; a list stands right of `in` only")
        .at(argument.declared, "declared here")
        .hint("ask for membership: `… in " + std::string(sources_.text(use)) + "`");
    return std::nullopt;
  }
  const auto given = constant_of(*here_.scope, *argument.tree, argument.value, *argument.type, sources_, diagnostics_);
  if (!given) {
    ++errors_;
    return std::nullopt;
  }
  Typed typed;
  typed.kind = argument.type->kind;
  for (const auto& word : argument.type->values) typed.values.push_back(word.text);
  if (typed.kind == TypeKind::integer) typed.low = typed.high = std::get<std::int64_t>(*given);
  typed.node = constant_node(typed.kind, *given);
  return typed;
}

// ---------------------------------------------------------------- names of declared things and of values

std::optional<Typed> Checker::named(std::string_view name, Span span, const Typed& other) {
  Typed typed;
  typed.kind = other.kind;
  typed.values = other.values;
  typed.ordered = other.ordered;
  std::int64_t place = 0;
  if (other.kind == TypeKind::enumeration) {
    const auto found = std::ranges::find(other.values, name);
    if (found == other.values.end()) {
      auto& diagnostic =
          report(Code::unknown_value, span,
                 in_ticks(name) + " is none of" + check::type_text(other.kind, other.values, 0, 0).substr(6));
      if (other.declared.known()) diagnostic.at(other.declared, "declared here");
      if (!suggest(diagnostic, name, other.values)) list_choices(diagnostic, other.values);
      return std::nullopt;
    }
    place = found - other.values.begin();
  } else {
    const auto found = index_of_name(other.kind, name, span);
    if (!found) return std::nullopt;
    place = *found;
  }
  typed.node = node(Op::const_int, {}, program::Constant{place});
  return typed;
}

std::optional<std::uint32_t> Checker::index_of_name(TypeKind kind, std::string_view name, Span span) {
  const std::string what(kind_text(kind));
  bool floor = false;  // between here and the tenant: further out the platform stands around every tenant
  for (const Scope* scope = here_.scope; scope != nullptr; scope = scope->outer) {
    floor = floor || scope->floor;
    if (scope->part != nullptr) break;
  }
  const program::Part* part = this->part();
  if (floor || part == nullptr || (kind != TypeKind::client && part->name.empty())) {
    report(Code::tenant_thing_in_floor, span,
           "what holds for all tenants cannot name one " + (kind == TypeKind::tenant ? "of them" : "tenant's " + what) +
               ", " + in_ticks(name))
        .hint(kind == TypeKind::connection
                  ? "speak of kinds: `connection.family == database`, `connection.strategy == saml`"
              : kind == TypeKind::client
                  ? "speak of kinds: `client.type == spa`"
                  : "declare an attribute for it: `attributes { tenant.tier : one of free, gold }`");
    return std::nullopt;
  }
  if (kind == TypeKind::tenant) {
    if (name == part->name) return 0;
    auto& diagnostic =
        report(Code::other_tenant, span, in_ticks(name) + " is not this tenant, which is " + in_ticks(part->name));
    const std::string_view own[] = {part->name};
    if (!suggest(diagnostic, name, own))
      diagnostic.hint(
          "a tenant's rules are asked about its own requests only: write this one in the tenant it is about");
    return std::nullopt;
  }
  const auto found = kind == TypeKind::client       ? find_client(*part, name)
                     : kind == TypeKind::connection ? find_connection(*part, name)
                                                    : find_organization(*part, name);
  if (found) return found;
  const std::string who = part->name.empty() ? "there is no shared " : "tenant `" + part->name + "` has no ";
  auto& diagnostic = report(Code::unknown_thing, span, who + what + " " + in_ticks(name));
  if (!diagnostics_.may_suggest()) return std::nullopt;
  const auto candidates = kind == TypeKind::client       ? names_of(part->clients)
                          : kind == TypeKind::connection ? names_of(part->connections)
                                                         : names_of(part->organizations);
  if (!suggest(diagnostic, name, candidates)) list_choices(diagnostic, candidates);
  return std::nullopt;
}

namespace {

// What facts are called elsewhere: in Auth0's rules and actions, in OPA's inputs.
struct Elsewhere {
  std::string_view there, here;
};
constexpr auto elsewhere = std::to_array<Elsewhere>({
    {"context.clientName", "client"},
    {"context.clientID", "client"},
    {"context.connection", "connection"},
    {"context.connectionStrategy", "connection.strategy"},
    {"context.organization", "organization"},
    {"context.request.ip", "request.ip"},
    {"context.request.userAgent", "request.user_agent"},
    {"context.request.geoip.country_code", "request.country"},
    {"context.stats.loginsCount", "user.logins"},
    {"event.client.client_id", "client"},
    {"event.client.name", "client"},
    {"event.connection.name", "connection"},
    {"event.connection.strategy", "connection.strategy"},
    {"event.organization.id", "organization"},
    {"event.organization.name", "organization"},
    {"event.request.ip", "request.ip"},
    {"event.request.geoip.countryCode", "request.country"},
    {"event.stats.logins_count", "user.logins"},
    {"event.authorization.roles", "user.roles"},
    {"event.authentication.methods", "session.amr"},
    {"user.user_id", "user.id"},
    {"user.sub", "user.id"},
    {"user.logins_count", "user.logins"},
    {"user.app_metadata.roles", "user.roles"},
    {"user.mfa", "session.mfa"},
    {"context.mfa", "session.mfa"},
    {"context.ip", "request.ip"},
    {"input.ip", "request.ip"},
    {"input.client", "client"},
    {"principal.id", "user.id"},
    {"principal.roles", "user.roles"},
});

}  // namespace

void Checker::unknown_path(const std::string& name, Span span) {
  if (const auto known = std::ranges::find(elsewhere, name, &Elsewhere::there); known != elsewhere.end()) {
    offer(report(Code::unknown_fact, span, "there is no fact " + in_ticks(name)), "it is called", span,
          std::string(known->here));
    return;
  }
  std::vector<std::string_view> candidates;
  for (const Fact& fact : builtin_facts) candidates.push_back(fact.name);
  for (const Property& property : properties) candidates.push_back(property.name);
  if (const auto* attributes = outwards(here_.scope, &Scope::attributes))
    for (const auto& attribute : *attributes) candidates.push_back(attribute.name);
  if (const auto* attributes = outwards(place_.scope, &Scope::tenant_attributes))
    for (const auto& [known, attribute] : *attributes) candidates.push_back(known);
  auto& diagnostic = report(Code::unknown_fact, span, "there is no fact " + in_ticks(name));
  if (!suggest(diagnostic, name, candidates))
    diagnostic.hint("if your host knows it, declare it: " + in_ticks("attributes { " + name + " : string? }"));
}

// A fact of which the last word was written: `email_verified` for `user.email_verified`.
std::vector<std::string_view> Checker::facts_ending_in(const std::string& word) const {
  std::vector<std::string_view> found;
  const auto consider = [&](std::string_view name) {
    if (name.size() > word.size() + 1 && name.ends_with(word) && name[name.size() - word.size() - 1] == '.')
      found.push_back(name);
  };
  for (const Fact& fact : builtin_facts) consider(fact.name);
  for (const Property& property : properties) consider(property.name);
  if (const auto* attributes = outwards(here_.scope, &Scope::attributes))
    for (const auto& attribute : *attributes) consider(attribute.name);
  if (const auto* attributes = outwards(place_.scope, &Scope::tenant_attributes))
    for (const auto& [known, attribute] : *attributes) consider(known);
  return found;
}

void Checker::unknown_word(const std::string& name, Span span) {
  auto& diagnostic = report(Code::unknown_name, span, "nothing here is named " + in_ticks(name));
  for (const auto& [said, meant] : {std::pair("yes", "true"), {"no", "false"}, {"True", "true"}, {"False", "false"}})
    if (name == said) {
      offer(diagnostic, "what holds or not is written", span, meant);
      return;
    }
  constexpr std::size_t shown = 3;
  if (const auto facts = facts_ending_in(name); !facts.empty()) {
    for (std::size_t i = 0; i < facts.size() && i < shown; ++i)
      diagnostic.fix("did you mean `" + std::string(facts[i]) + "`?", span, std::string(facts[i]));
    return;
  }
  if (const Zone* zone = find_zone(name)) {
    const bool addresses = zone->countries.empty() && zone->asns.empty();
    const std::string asked = addresses ? "request.ip in " + name : "(request in " + name + " else false)";
    offer(diagnostic, "whether a request is in the zone is asked with", span, asked);
    return;
  }
  std::vector<std::string_view> candidates(variables_.begin() + static_cast<std::ptrdiff_t>(first_variable_),
                                           variables_.end());
  for (const Scope* scope = here_.scope; scope != nullptr; scope = scope->outer) {
    for (const auto& [known, argument] : scope->arguments) candidates.push_back(known);
    for (const auto& [known, let] : scope->lets) candidates.push_back(known);
  }
  for (const Fact& fact : builtin_facts)
    if (fact.name.find('.') == std::string_view::npos) candidates.push_back(fact.name);
  if (!suggest(diagnostic, name, candidates))
    diagnostic.hint("facts have two words, `user.id`; a text stands in quotes, `\"" + name + "\"`");
}

}  // namespace writ::check
