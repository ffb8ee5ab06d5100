// From declarations to tenants. A tenant is read body by body: its template's, its own, then those that extend it; before them the rules of the
// platform and of the shared clients it uses. Nothing is substituted: a template's parameters and all lets stay words, found by scope.
#include "compiler/syntax/syntax.h"
#include "tests/agree/oracle/policy.h"

namespace writ::oracle {

const Facts& builtin_rows() {
  static const Facts rows = [] {
    Facts made;
    for (const Fact& f : builtin_facts)
      made[std::string(f.name)] = {f.type, f.required, f.optional, f.low, f.high, Strings(f.values.begin(), f.values.end())};
    return made;
  }();
  return rows;
}

namespace {
std::string joined(const std::vector<tree::Name>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}
// `*`: any characters, `?`: exactly one.
std::string regex_of_glob(const std::string& glob) {
  std::string regex = "(?s)\\A";
  for (const char& c : glob) regex += c == '*' ? ".*" : c == '?' ? "." : (c & 0x80) ? std::string(1, c) : re2::RE2::QuoteMeta({&c, 1});
  return regex + "\\z";
}
}  // namespace

File::File(const tree::Tree& written)
    : tree(written), paths(tree.expressions.size()), patterns(tree.expressions.size()), zones(tree.expressions.size()) {
  for (std::size_t i = 0; i < tree.expressions.size(); ++i) {
    const auto& node = tree.expressions[i].node;
    if (const auto* path = std::get_if<tree::Path>(&node)) paths[i] = joined(path->parts);
    if (const auto* window = std::get_if<tree::ClockWindow>(&node)) zones[i] = date::locate_zone(window->zone.text);
    if (const auto* text = std::get_if<tree::Matches>(&node))
      patterns[i] = std::make_unique<re2::RE2>(text->regex ? text->pattern : regex_of_glob(text->pattern));
  }
}

Bound behind(Where where, tree::ExprId id) {
  const Bound* bound = look_up(where.scope, &Scope::words, where.path(id));
  return bound ? behind(bound->where, bound->value) : Bound{where, id};
}

Strings strings_of(Where where, const std::vector<tree::ExprId>& items) {
  Strings list;
  for (const auto item : items) {
    const auto [there, id, is_let] = behind(where, item);
    if (const auto* literal = std::get_if<tree::Literal>(&there[id])) list.push_back(std::get<std::string>(literal->value));
    else std::ranges::move(strings_of(there, std::get<tree::List>(there[id]).items), std::back_inserter(list));
  }
  return list;
}

const Thing* find(const std::deque<Thing>& things, std::string_view id) {
  const auto found = std::ranges::find(things, id, &Thing::id);
  return found == things.end() ? nullptr : &*found;
}
bool good_text(const std::string& text) { return text.size() <= 65'536 && valid_utf8(text); }
std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}
std::int64_t saturated(std::int64_t left, std::int64_t right, bool minus) {
  std::int64_t result = 0;
  const bool over = minus ? __builtin_sub_overflow(left, right, &result) : __builtin_add_overflow(left, right, &result);
  return !over ? result : left < 0 ? INT64_MIN : INT64_MAX;
}

namespace {

void read_attributes(const tree::AttributesBlock& block, Tenant& tenant) {
  for (const auto& [path, type, span] : block.list) {
    const std::string& first = path[0].text;
    const int actions = first == "user" || first == "session" ? all_actions & ~mask_of(Action::m2m)
                        : first == "token"                    ? mask_of(Action::access)
                                                              : all_actions;
    FactRow row{type.kind, static_cast<ActionMask>(type.optional ? 0 : actions), static_cast<ActionMask>(type.optional ? actions : 0),
                type.low.value_or(INT64_MIN), type.high.value_or(INT64_MAX)};
    for (const auto& word : type.values) row.words.push_back(word.text);
    (first == "tenant" ? tenant.attributes : tenant.facts)[joined(path)] = row;
  }
}

// The facts that expressions speak of, whether or not they come to be looked at (17). Quantifiers' variables are none.
struct Mentions {
  const Tenant& tenant;
  std::set<std::string>& facts;
  Strings variables = {};

  void fact(const std::string& name) {
    if (const auto row = tenant.facts.find(name); row != tenant.facts.end() && row->second.type < TypeKind::tenant) facts.insert(name);
  }
  void all(Where where, const std::vector<tree::ExprId>& ids) {
    for (const auto id : ids) of(where, id);
  }
  void of(Where where, tree::ExprId id) {
    if (id == tree::ExprId::none) return;
    const auto& node = where[id];
    if (const auto& name = where.path(id); !name.empty() && !among(variables, name)) {
      if (const Bound* bound = look_up(where.scope, &Scope::words, name)) Mentions{tenant, facts}.of(bound->where, bound->value);
      else fact(name);
    }
    if (const auto* has = std::get_if<tree::Has>(&node)) of(where, has->path);
    if (const auto* choice = std::get_if<tree::Else>(&node)) all(where, {choice->optional, choice->fallback});
    if (const auto* call = std::get_if<tree::Call>(&node)) all(where, call->arguments);
    if (const auto* negated = std::get_if<tree::Not>(&node)) of(where, negated->operand);
    if (const auto* both = std::get_if<tree::And>(&node)) all(where, both->operands);
    if (const auto* either = std::get_if<tree::Or>(&node)) all(where, either->operands);
    if (const auto* matches = std::get_if<tree::Matches>(&node)) of(where, matches->left);
    if (const auto* sum = std::get_if<tree::Arithmetic>(&node)) all(where, {sum->left, sum->right});
    if (const auto* range = std::get_if<tree::Range>(&node)) all(where, {range->low, range->high});
    if (const auto* compare = std::get_if<tree::Compare>(&node)) {
      all(where, {compare->left, compare->right});
      const auto* zone = where.path(compare->left) == "request" ? look_up(where.scope, &Scope::zones, where.path(compare->right)) : nullptr;
      if (zone && !(*zone)->cidrs.empty()) fact("request.ip");  // its country and asn are optional
    }
    if (const auto* quantifier = std::get_if<tree::Quantifier>(&node)) {
      of(where, quantifier->set);
      variables.push_back(quantifier->variable.text);
      of(where, quantifier->body);
      variables.pop_back();
    }
  }
  void of(Where where, const tree::Obligation& duty) {
    const std::string& name = duty.name.text;
    if (name == "mfa" && !duty.arguments.empty()) fact("session.factors");
    if (name == "mfa" && (duty.within != tree::ExprId::none || duty.arguments.empty())) fact("session.mfa");
    if (name == "verify_email") fact("user.email_verified");
    if (name == "enroll_mfa") fact("user.mfa_enrolled");
    if (name == "accept") fact("user.accepted");
    if (const Bound* declared = look_up(where.scope, &Scope::obligations, name)) of(declared->where, declared->value);
  }
};

// The lets, obligations and zones of a block.
template <class List>
void declare(Scope& scope, Where where, const List& items) {
  each<tree::Let>(items, [&](const auto& let) { scope.words[let.name.text] = {where, let.value, true}; });
  each<tree::ObligationDecl>(items, [&](const auto& duty) { scope.obligations[duty.name.text] = {where, duty.satisfied}; });
  if constexpr (std::is_same_v<List, Items>) each<tree::ZoneDecl>(items, [&](const auto& zone) { scope.zones[zone.name.text] = &zone; });
}

// No part of an owner holds what separates parts (1).
std::string owner_part(std::string name) {
  for (const auto& [sign, written] : {std::pair{"%", "%25"}, {".", "%2E"}, {"/", "%2F"}}) re2::RE2::GlobalReplace(&name, re2::RE2::QuoteMeta(sign), written);
  return name;
}

// Reads the items of one block into the tenant, and the blocks inside it.
struct Reader {
  Policy& policy;
  Tenant& tenant;
  std::set<std::string>& seen;  // owner and canonical text of the rules so far
  Where where;
  Place place;

  void read(const Items& items) {
    each<tree::AttributesBlock>(items, [&](const auto& node) { read_attributes(node, tenant); });
    for (const auto& item : items) {
      if (const auto* node = std::get_if<tree::Rule>(&item)) rule(*node);
      if (const auto* node = std::get_if<tree::ClientDecl>(&item)) client(*node);
      if (const auto* node = std::get_if<tree::ConnectionDecl>(&item))
        block(node->items, ".connection.", &Place::connection, node->name.text, node->strategy.text, &tenant.connections);
      if (const auto* node = std::get_if<tree::OrganizationDecl>(&item))
        block(node->items, ".organization.", &Place::organization, node->name.text, "", &tenant.organizations);
      if (const auto* node = std::get_if<tree::UseDecl>(&item)) {  // of a tenant: the shared client has a body more
        const Where inner = block(node->items, ".use.", &Place::client, node->client.text, "", nullptr);
        for (Thing& used : tenant.clients)
          if (used.name == node->client.text && place.organization.empty()) used.bodies.emplace_back(inner, &node->items);
      }
      if (const auto* node = std::get_if<tree::SettingAssign>(&item)) tenant.settings[joined(node->path)] = {where, node->value};
      if (const auto* node = std::get_if<tree::Hosts>(&item)) tenant.hosts = strings_of(where, node->items);
      if (const auto* node = std::get_if<tree::Issuers>(&item)) tenant.issuers = strings_of(where, node->items);
      constexpr const char* counters[] = {"attempts.by_identifier", "attempts.by_identifier_ip", "attempts.by_ip"};
      if (const auto* node = std::get_if<tree::LockoutDecl>(&item))
        tenant.lockouts.push_back({node, place.connection, counters[static_cast<std::size_t>(node->per)]});
    }
  }
  void client(const tree::ClientDecl& node) { block(node.items, ".client.", &Place::client, node.name.text, node.type.text, &tenant.clients); }
  Where block(const Items& items, const char* step, std::string Place::*what, const std::string& name, const std::string& kind, std::deque<Thing>* things) {
    Reader inner = *this;
    Scope& scope = policy.scopes.emplace_back(Scope{where.scope});
    inner.where.scope = &scope;
    declare(scope, inner.where, items);
    inner.place.owner += (place.owner.empty() ? step + 1 : step) + owner_part(name);  // a shared client has no owner: `client.portal`
    inner.place.*what = name;
    Thing thing{name, name, kind, {{inner.where, &items}}};
    if (const auto* id = only<tree::WireId>(thing)) thing.id = id->text.text;
    if (things) things->push_back(std::move(thing));
    inner.read(items);
    return inner.where;
  }
  void rule(const tree::Rule& written) {
    if (!seen.insert(place.owner + "/" + canonical(where.file->tree, written)).second) return;
    Rule rule{place.owner + "/" + rule_key(where.file->tree, written), &written, where, place};
    for (const auto& action : written.actions) rule.actions |= mask_of(static_cast<Action>(index_of(action_names, action.text).value()));
    if (written.actions.empty()) rule.actions = mask_of(Action::login);
    for (const auto& duty : written.obligations) rule.entry += (rule.entry.empty() ? "" : " or ") + canonical(where.file->tree, duty);
    tenant.rules.push_back(std::move(rule));
  }
};

// The facts that every request of an action must give (17).
void add_required(Tenant& tenant, Action action) {
  std::set<std::string> wanted{"user.blocked"};
  for (const Rule* rule : tenant.in_force[action]) {
    Mentions mentions{tenant, wanted};
    mentions.all(rule->where, {rule->written->when, rule->written->unless});
    for (const auto& duty : rule->written->obligations) mentions.of(rule->where, duty);
  }
  if (action == Action::access && !tenant.issuers.empty()) wanted.insert("token.issuer");
  if (action == Action::login)
    for (const auto& [written, connection, counter] : tenant.lockouts) {
      wanted.insert(counter);
      if (!written->exempt.empty()) wanted.insert("request.ip");
      if (written->block || written->within) wanted.insert("request.time");
    }
  for (const auto& fact : wanted)
    if (tenant.facts.at(fact).required & mask_of(action)) tenant.required[action].insert(fact);
}

struct Collector {
  Policy& policy;
  Scope *top = nullptr, *platform = nullptr;
  std::vector<std::pair<const File*, const tree::Declaration*>> common = {};  // what every tenant reads
  std::map<std::string, std::pair<const File*, const tree::TemplateDecl*>> templates = {};
  std::map<std::string, std::vector<std::pair<const File*, const Items*>>> extends = {};

  void read_top(const File& file) {
    declare(*top, {&file, top}, file.tree.declarations);
    for (const auto& declaration : file.tree.declarations) {
      if (const auto* node = std::get_if<tree::TemplateDecl>(&declaration)) templates[node->name.text] = {&file, node};
      else if (const auto* extend = std::get_if<tree::ExtendTenantDecl>(&declaration)) extends[extend->name.text].emplace_back(&file, &extend->items);
      else if (!std::holds_alternative<tree::TenantDecl>(declaration)) common.emplace_back(&file, &declaration);
      if (const auto* node = std::get_if<tree::PlatformDecl>(&declaration)) declare(*platform, {&file, platform}, node->items);
    }
  }
  void read_tenant(const File& file, const tree::TenantDecl& declared);
};

void Collector::read_tenant(const File& file, const tree::TenantDecl& declared) {
  Tenant& tenant = policy.tenants.emplace_back(Tenant{declared.name.text, declared.name.text});
  Scope* own = &policy.scopes.emplace_back(Scope{platform});
  std::vector<std::pair<Where, const Items*>> bodies;
  if (declared.from) {
    const auto& [its_file, node] = templates.at(declared.from->text);
    Scope* inside = &policy.scopes.emplace_back(Scope{own});  // parameters are words of the template's body alone
    for (std::size_t i = 0; i < node->parameters.size(); ++i)
      inside->words[node->parameters[i].name.text] = {{&file, top}, declared.arguments[i]};
    bodies.push_back({{its_file, inside}, &node->items});
  }
  bodies.push_back({{&file, own}, &declared.items});
  for (const auto& [its_file, items] : extends[tenant.name]) bodies.push_back({{its_file, own}, items});
  std::set<std::string> used, seen;
  for (const auto& [where, items] : bodies) {
    declare(*own, where, *items);
    each<tree::WireId>(*items, [&](const auto& id) { tenant.id = id.text.text; });
    each<tree::UseDecl>(*items, [&](const auto& use) { used.insert(use.client.text); });
    each<tree::Features>(*items, [&](const auto& words) { for (const auto& word : words.names) tenant.features.push_back(word.text); });
  }

  for (const auto& [its_file, declaration] : common) {
    Reader reader{policy, tenant, seen, {its_file, platform}, {"platform"}};
    if (const auto* block = std::get_if<tree::AttributesBlock>(declaration)) read_attributes(*block, tenant);
    if (const auto* node = std::get_if<tree::PlatformDecl>(declaration)) reader.read(node->items);
  }
  for (const auto& [its_file, declaration] : common)
    if (const auto* node = std::get_if<tree::ClientDecl>(declaration); node && used.contains(node->name.text))
      Reader{policy, tenant, seen, {its_file, platform}, {}}.client(*node);
  for (const auto& [where, items] : bodies) Reader{policy, tenant, seen, where, {owner_part(tenant.name)}}.read(*items);

  for (Thing& organization : tenant.organizations) {
    organization.features = tenant.features;
    if (const auto* words = only<tree::Features>(organization))
      for (const auto& word : words->names) organization.features.push_back(word.text);
  }
  for (std::size_t i = 0; i < action_count; ++i) {
    const auto action = static_cast<Action>(i);
    tenant.in_force[action], tenant.required[action];
    for (const Rule& rule : tenant.rules)
      if (rule.actions & mask_of(action)) tenant.in_force[action].push_back(&rule);
    add_required(tenant, action);
  }
}

}  // namespace

std::unique_ptr<const Policy> collect(const std::vector<const tree::Tree*>& trees) {
  auto policy = std::make_unique<Policy>();
  Collector collector{*policy};
  collector.top = &policy->scopes.emplace_back();
  collector.platform = &policy->scopes.emplace_back(Scope{collector.top});
  for (const auto* tree : trees) collector.read_top(policy->files.emplace_back(*tree));
  for (const File& file : policy->files) each<tree::TenantDecl>(file.tree.declarations, [&](const auto& node) { collector.read_tenant(file, node); });
  for (const Tenant& tenant : policy->tenants) {
    policy->by_id[tenant.id] = &tenant;
    for (const auto& host : tenant.hosts) policy->by_host[lowered(host)] = &tenant;
    for (const auto& issuer : tenant.issuers) policy->by_issuer[issuer] = &tenant;
  }
  return policy;
}

}  // namespace writ::oracle
