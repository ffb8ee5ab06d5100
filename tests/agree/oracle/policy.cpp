// From declarations to tenants. A tenant is read body by body: its template's, its own, then those that extend it; before them the rules of
// the platform and of the shared clients it uses. Nothing is substituted: a template's parameters and all lets stay words, found by scope.
#include "tests/agree/oracle/policy.h"

#include "compiler/syntax/syntax.h"

namespace writ::oracle {
namespace {
using Items = std::vector<tree::Item>;

// The built-in obligations (26). A word before the name says what a rule gives to it; of several arguments any will do.
constexpr const char* prelude = R"(writ 1
obligation mfa satisfied when session.mfa
obligation within_mfa satisfied when session.mfa and has session.mfa_age and session.mfa_age <= limit
obligation of_mfa satisfied when argument in session.factors
obligation within_of_mfa satisfied when argument in session.factors and session.mfa and has session.mfa_age and session.mfa_age <= limit
obligation of_step_up satisfied when has session.acr and session.acr == argument
obligation within_reauthenticate satisfied when has session.auth_age and session.auth_age <= limit
obligation verify_email satisfied when user.email_verified
obligation enroll_mfa satisfied when user.mfa_enrolled
obligation of_use_connection satisfied when connection == argument
obligation of_accept satisfied when argument in user.accepted
obligation change_password satisfied when false
)";

std::string joined(const std::vector<tree::Name>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}
void add_attributes(const tree::AttributesBlock& block, Facts& facts) {
  for (const auto& [path, type, span] : block.list) {
    const std::string& first = path[0].text;
    const int of_person = first == "user" || first == "session" ? all_actions & ~mask_of(Action::m2m) : all_actions;
    const int actions = first == "tenant" ? 0 : first == "token" ? mask_of(Action::access) : of_person;
    FactRow& row = facts[joined(path)] = {type.kind, 0, 0, type.low.value_or(INT64_MIN), type.high.value_or(INT64_MAX)};
    (type.optional ? row.optional : row.required) = static_cast<ActionMask>(actions);
    for (const auto& word : type.values) row.words.push_back(word.text);
  }
}

// The lets, obligations and zones of a block.
template <class List> void declare(Scope& scope, Where where, const List& items) {
  for (const auto& item : items) {
    if (const auto* let = std::get_if<tree::Let>(&item)) scope.words[let->name.text] = {where, let->value, true};
    if (const auto* duty = std::get_if<tree::ObligationDecl>(&item)) scope.obligations[duty->name.text] = {where, duty->satisfied};
    if constexpr (std::is_same_v<List, Items>)
      if (const auto* zone = std::get_if<tree::ZoneDecl>(&item)) scope.zones[zone->name.text].zone = zone;
  }
}

const tree::Literal& literal_at(const Named& written) { return std::get<tree::Literal>(written.where[written.value]); }
// A name in an owner: what separates the parts of owners is written as in a URL (1).
std::string owner_part(const std::string& name) {
  std::string part;
  for (const char c : name) part += c == '%' ? "%25" : c == '.' ? "%2E" : c == '/' ? "%2F" : std::string(1, c);
  return part;
}

// Reads a block into the tenant, and the blocks inside it.
struct Reader {
  Policy& policy;
  Tenant& tenant;
  Where where;
  std::string owner = {};
  Strings path = {};

  void read(const Items& items) {
    for (const auto& item : items) std::visit([&](const auto& node) { take(node); }, item);
  }
  void put(const std::string& what, const auto& words, auto word_of) {
    std::ranges::transform(words, std::back_inserter(tenant.settings[path + Strings{what}]), word_of);
  }
  void put(const std::string& what, const std::vector<tree::Name>& names) { put(what, names, &tree::Name::text); }
  void put(const std::string& what, const Strings& words) { put(what, words, std::identity{}); }
  void take(const auto&) {}  // decides nothing
  void take(const tree::AttributesBlock& node) { add_attributes(node, tenant.facts); }
  void take(const tree::SettingAssign& node) { tenant.attributes[joined(node.path)] = {where, node.value}; }
  void take(const tree::WireId& node) { put("id", strings_of(where, {node.value})); }
  void take(const tree::Connections& node) { put("connections", node.names); }
  void take(const tree::Grants& node) { put("grants", node.names); }
  void take(const tree::Features& node) { put("features", node.names); }
  void take(const tree::Callbacks& node) { put("callbacks", strings_of(where, node.items)); }
  void take(const tree::Domains& node) { put("domains", strings_of(where, node.items)); }
  void take(const tree::Hosts& node) { put("hosts", strings_of(where, node.items), lowered); }
  void take(const tree::Issuers& node) { put("issuers", strings_of(where, node.items)); }
  void take(const tree::SignUp& node) { put("signup", Strings{node.open ? "open" : "closed"}); }
  void take(const tree::OrganizationsSetting& node) { put("organizations", {node.usage}); }
  void take(const tree::Members& node) { put(node.required ? "members required" : "joins on login", node.via); }
  void take(const tree::Discover& node) { put("discover " + node.domain.text, {node.via}); }
  void take(const tree::LockoutDecl& node) {
    tree::LockoutDecl& made = tenant.lockouts.emplace_back(path.empty() ? "" : path[1], node).second;
    for (const auto& [place, by] : node.given) put_number(made, place, std::get<std::int64_t>(literal_at(behind(where, by)).value));
  }
  void take(const tree::ClientDecl& node) { declared("client", node.name, node.type, node.items); }
  void take(const tree::ConnectionDecl& node) { declared("connection", node.name, node.strategy, node.items); }
  void take(const tree::OrganizationDecl& node) { declared("organization", node.name, {}, node.items); }
  void take(const tree::UseDecl& node) { inside("use", "client", node.client.text, node.items).read(node.items); }
  void take(const tree::Rule& written) {
    Rule rule{owner + "/" + rule_key(*where.tree, written), &written, where, path};
    for (const auto& action : written.actions) rule.actions |= mask_of(static_cast<Action>(index_of(action_names, action.text).value()));
    if (written.actions.empty()) rule.actions = mask_of(Action::login);
    for (const auto& obligation : written.obligations) rule.duties.push_back(duty(obligation));
    if (!std::ranges::count(tenant.rules, rule.id, &Rule::id)) tenant.rules.push_back(rule);
  }
  void declared(const std::string& what, const tree::Name& name, const tree::Name& kind, const Items& items) {
    put(what, {name});
    Reader inner = inside(what, what, name.text, items);
    inner.put("kind", {kind});
    for (const Strategy& one : strategies)
      if (one.name == kind.text) inner.put("family", Strings{std::string(family_names[static_cast<std::size_t>(one.family)])});
    inner.read(items);
  }
  Reader inside(const std::string& step, const std::string& fact, const std::string& name, const Items& items) {
    Scope& scope = policy.scopes.emplace_back(Scope{where.scope});
    const std::string part = (owner.empty() ? "" : ".") + step + "." + owner_part(name);
    Reader inner{policy, tenant, {where.tree, &scope}, owner + part, path + Strings{fact, name}};
    declare(scope, inner.where, items);
    return inner;
  }
  Duty duty(const tree::Obligation& written) {
    const bool limited = written.within != tree::ExprId::none, plain = written.arguments.empty();
    const std::string name = std::string(limited ? "within_" : "") + (plain ? "" : "of_") + written.name.text;
    const Named* declared = look_up(limited || !plain ? &policy.scopes.front() : where.scope, &Scope::obligations, name);
    Duty duty{canonical(*where.tree, written), {}};
    for (const auto& argument : plain ? Strings{""} : strings_of(where, written.arguments)) {
      const Names words = {{"limit", {where, written.within}}, {"argument", {.text = argument}}};
      Named& way = duty.second.emplace_back(*declared);
      if (limited || !plain) way.where.scope = &policy.scopes.emplace_back(Scope{nullptr, words});
    }
    return duty;
  }
};

// Every declaration of a kind, with where it stands in `scope`.
template <class Node, class Action> void all_of(const Trees& trees, const Scope* scope, Action&& action) {
  for (const auto* tree : trees)
    for (const auto& declaration : tree->declarations)
      if (const auto* node = std::get_if<Node>(&declaration)) action(Where{tree, scope}, *node);
}

// Reads a tenant: what it is made of, and with it what binds every tenant.
void read_tenant(Policy& policy, const Trees& trees, const Scope* platform, const tree::Tree& tree, const tree::TenantDecl& declared) {
  Tenant& tenant = policy.tenants.emplace_back(Tenant{declared.name.text});
  Scope* own = &policy.scopes.emplace_back(Scope{platform});
  Scope* in_template = &policy.scopes.emplace_back(Scope{own});  // parameters are words of its body alone; arguments are literals
  std::vector<std::pair<Where, const Items*>> bodies;
  all_of<tree::TemplateDecl>(trees, in_template, [&](Where where, const auto& node) {
    if (!declared.from || node.name.text != declared.from->text) return;
    for (std::size_t i = 0; i < node.parameters.size(); ++i)
      in_template->words[node.parameters[i].name.text] = {{&tree, nullptr}, declared.arguments[i]};
    bodies.emplace_back(where, &node.items);
  });
  bodies.emplace_back(Where{&tree, own}, &declared.items);
  all_of<tree::ExtendTenantDecl>(trees, own, [&](Where where, const auto& node) {
    if (node.name.text == tenant.name) bodies.emplace_back(where, &node.items);
  });
  std::set<std::string> used;
  for (const auto& [where, items] : bodies) {
    declare(*own, where, *items);
    for (const auto& item : *items)
      if (const auto* use = std::get_if<tree::UseDecl>(&item)) used.insert(use->client.text);
  }
  all_of<tree::AttributesBlock>(trees, platform, [&](Where, const auto& node) { add_attributes(node, tenant.facts); });
  all_of<tree::PlatformDecl>(trees, platform, [&](Where at, const auto& node) { Reader{policy, tenant, at, "platform"}.read(node.items); });
  all_of<tree::ClientDecl>(trees, platform, [&](Where where, const auto& node) {
    if (used.contains(node.name.text)) Reader{policy, tenant, where}.take(node);
  });
  for (const auto& [where, items] : bodies) Reader{policy, tenant, where, owner_part(tenant.name)}.read(*items);
  for (std::size_t i = 0; i < action_count; ++i)
    for (const bool attempt : {false, true})
      tenant.required[{static_cast<Action>(i), attempt}] = required_facts(tenant, static_cast<Action>(i), attempt);
}
}  // namespace

Facts builtin_rows() {
  Facts rows;
  for (const Fact& f : builtin_facts)
    rows[std::string(f.name)] = {f.type, f.required, f.optional, f.low, f.high, Strings(f.values.begin(), f.values.end())};
  for (const char* name : {"tenant", "client", "connection", "organization"}) rows[name] = {TypeKind::string};  // of no request
  for (const Property& property : properties) rows[std::string(property.name)].type = property.type;
  return rows;
}
const Named* look_up(const Scope* scope, Names Scope::* names, std::string_view name) {
  for (; scope; scope = scope->outer)
    if (const auto found = (scope->*names).find(name); found != (scope->*names).end()) return &found->second;
  return nullptr;
}
Named behind(Where where, tree::ExprId id) {
  const Named* named = look_up(where.scope, &Scope::words, path_of(where[id]));
  return named && !named->text ? behind(named->where, named->value) : Named{where, id};
}
std::string path_of(const tree::ExprNode& node) {
  const auto* path = std::get_if<tree::Path>(&node);
  return path ? joined(path->parts) : "";
}
Strings strings_of(Where where, const std::vector<tree::ExprId>& items) {
  Strings all;
  for (const auto item : items) {
    const Named written = behind(where, item);
    const auto& node = written.where[written.value];
    if (const auto* list = std::get_if<tree::List>(&node)) all = all + strings_of(written.where, list->items);
    else if (const auto* text = std::get_if<tree::Literal>(&node)) all.push_back(std::get<std::string>(text->value));
    else all.push_back(path_of(node));
  }
  return all;
}

std::unique_ptr<const Policy> collect(const Trees& trees) {
  auto policy = std::make_unique<Policy>();
  SourceSet sources;
  Diagnostics none;
  policy->prelude = parse(sources, sources.add("prelude", prelude), Limits{}, none);
  Scope& builtin = policy->scopes.emplace_back();
  declare(builtin, {&policy->prelude, nullptr}, policy->prelude.declarations);
  Scope& top = policy->scopes.emplace_back(Scope{&builtin});
  Scope& platform = policy->scopes.emplace_back(Scope{&top});
  for (const auto* tree : trees) declare(top, {tree, &top}, tree->declarations);
  all_of<tree::PlatformDecl>(trees, &platform, [&](Where where, const auto& node) { declare(platform, where, node.items); });
  all_of<tree::TenantDecl>(trees, &top, [&](Where at, const auto& node) { read_tenant(*policy, trees, &platform, *at.tree, node); });
  return policy;
}
}  // namespace writ::oracle
