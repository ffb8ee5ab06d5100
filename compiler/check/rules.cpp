// Which rules are in force for a tenant, and what they are called (decision 0001, 1 to 5). The platform's come first, then those of the
// shared clients it uses, then those of its bodies, each in the order of the text. A rule's id is its owner and its key; what is written
// twice at one owner, and means the same, is one rule. Each is checked for this tenant, because fact ids and indexes are the tenant's.
#include "compiler/check/tenant.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <array>

namespace writ::check {

namespace {

// A name as a part of an owner: what would end the part is written as in a URL, so that no two owners read alike.
std::string owner_part(std::string_view name) {
  std::string part;
  for (const char c : name) part += c == '.' ? "%2E" : c == '/' ? "%2F" : c == '%' ? "%25" : std::string(1, c);
  return part;
}

class Collector {
 public:
  explicit Collector(TenantCheck& tenant) : tenant_(tenant), run_(tenant.run), owner_(owner_part(tenant.name())) {}

  void collect() {
    for (const auto& block : tenant_.platform.blocks) {
      const Block here{block.tree, block.items, tenant_.floor};
      rules_of(here, "platform", Place{});
    }
    for (std::uint32_t shared = 0; shared < tenant_.set.clients.size(); ++shared) {
      const auto found = tenant_.client_places.find(tenant_.set.clients[shared]->name.text);
      if (found == tenant_.client_places.end() || !tenant_.clients[found->second].shared) continue;
      Place place;
      place.client = found->second;
      rules_of(tenant_.clients[found->second].body, "client." + owner_part(found->first), place);
    }
    const std::size_t of_templates =
        tenant_.bodies.size() - 1 - tenant_.source.extends.size();  // none or one, the first
    for (std::size_t i = 0; i < tenant_.bodies.size(); ++i) {
      own_ = i >= of_templates;
      tenant_body(tenant_.bodies[i]);
    }
  }

 private:
  void rules_of(const Block& block, const std::string& owner, const Place& place) {
    each<tree::Rule>(block, [&](const tree::Rule& rule) { add(block, rule, owner, place); });
  }

  void tenant_body(const Block& body) {
    for (const auto& item : *body.items) {
      if (const auto* rule = std::get_if<tree::Rule>(&item))
        add(body, *rule, owner_, Place{});
      else if (const auto* client = std::get_if<tree::ClientDecl>(&item))
        inside_client(body, client->name, client->items, owner_ + ".client.");
      else if (const auto* use = std::get_if<tree::UseDecl>(&item))
        inside_client(body, use->client, use->items, owner_ + ".use.");
      else if (const auto* connection = std::get_if<tree::ConnectionDecl>(&item))
        inside_connection(body, *connection);
      else if (const auto* organization = std::get_if<tree::OrganizationDecl>(&item))
        inside_organization(body, *organization);
    }
  }

  void inside_client(const Block& body, const tree::Name& name, const std::vector<tree::Item>& items, std::string owner,
                     Place place = {}) {
    const auto found = tenant_.client_places.find(name.text);
    if (found == tenant_.client_places.end()) return;
    place.client = found->second;
    rules_of(open_block(tenant_, body, items), owner + owner_part(name.text), place);
  }

  void inside_connection(const Block& body, const tree::ConnectionDecl& connection) {
    const auto found = tenant_.connection_places.find(connection.name.text);
    if (found == tenant_.connection_places.end()) return;
    Place place;
    place.connection = found->second;
    rules_of(open_block(tenant_, body, connection.items), owner_ + ".connection." + owner_part(connection.name.text),
             place);
  }

  void inside_organization(const Block& body, const tree::OrganizationDecl& organization) {
    const auto found = tenant_.organization_places.find(organization.name.text);
    if (found == tenant_.organization_places.end()) return;
    Place place;
    place.organization = found->second;
    const Block inside = open_block(tenant_, body, organization.items);
    const std::string owner = owner_ + ".organization." + owner_part(organization.name.text);
    for (const auto& item : organization.items) {
      if (const auto* rule = std::get_if<tree::Rule>(&item))
        add(inside, *rule, owner, place);
      else if (const auto* use = std::get_if<tree::UseDecl>(&item))
        inside_client(inside, use->client, use->items, owner + ".use.", place);
    }
  }

  void add(const Block& block, const tree::Rule& source, const std::string& owner, Place place) {
    if (block.scope->floor && source.effect == RuleEffect::allow) return;  // refused by check_platform
    const ActionMask actions = actions_of(run_, source);
    if (actions == 0) return;
    const RuleText& text = text_of(own_ ? texts_ : run_.known.rule_texts, *block.tree, source);
    std::string id = owner + "/" + text.key;
    place.scope = block.scope;
    place.actions = actions;
    const auto [first, fresh] =
        seen_.try_emplace(id, SeenRule{text.canonical, source.span, block.scope, tenant_.result.rules.size()});
    if (!fresh) return again(first->second, block, source, text, place);
    if (!count(actions, source.span)) return;
    model::Rule& rule = tenant_.result.rules.emplace_back();
    rule.id = std::move(id);
    rule.text = text.statement;
    if (source.name) rule.name = source.name->text;
    if (source.message) rule.message = source.message->text;
    if (source.note) rule.note = source.note->text;
    rule.span = source.span;
    rule.effect = source.effect;
    rule.report = source.report;
    rule.actions = actions;
    rule.source_order = static_cast<std::uint32_t>(tenant_.result.rules.size() - 1);
    check_rule(place, *block.tree, source, run_.sources, run_.limits, tenant_.result.expressions, rule,
               run_.diagnostics);
  }

  // The second of two rules with one id. Words can differ where bodies meet: a template's parameter hides the tenant's `let` of its name.
  // Dropping the one of them would lose a deny.
  void again(const SeenRule& first, const Block& block, const tree::Rule& source, const RuleText& text,
             const Place& place) {
    if (first.text != text.canonical) {
      two_of_one_id(run_, first, text, source, "two different rules of one block are ");
      return;
    }
    if (first.scope == block.scope || first.index >= tenant_.result.rules.size()) return;
    auto& expressions = tenant_.result.expressions;
    const auto before = expressions.size();
    model::Rule second;
    check_rule(place, *block.tree, source, run_.sources, run_.limits, expressions, second, run_.diagnostics);
    if (!model::same(expressions, tenant_.result.rules[first.index], second))
      two_of_one_id(run_, first, text, source, "two rules read alike and mean different things, ");
    expressions.resize(before);
  }

  bool count(ActionMask actions, Span span) {
    for (std::size_t i = 0; i < action_count; ++i) {
      if ((actions & mask_of(static_cast<Action>(i))) == 0) continue;
      if (++counts_[i] <= run_.limits.rules_per_tenant) continue;
      if (counts_[i] == run_.limits.rules_per_tenant + 1)
        run_.diagnostics
            .add(Code::too_many_things, span,
                 "tenant " + in_ticks(tenant_.name()) + " has more than " +
                     std::to_string(run_.limits.rules_per_tenant) + " rules for " + std::string(action_names[i]))
            .hint("what many rules say of names, one can say of a property: `connection.family`, `user.groups`");
      return false;
    }
    return true;
  }

  TenantCheck& tenant_;
  Run& run_;
  std::string owner_;                                      // the tenant's part of its rules' ids
  bool own_ = false;                                       // no other tenant has the rules that are read now
  std::unordered_map<const tree::Rule*, RuleText> texts_;  // of these
  SeenRules seen_;
  std::array<std::size_t, action_count> counts_{};
};

}  // namespace

ActionMask actions_of(Run& run, const tree::Rule& rule) {
  if (rule.actions.empty()) return mask_of(Action::login);  // a require without `for`
  ActionMask mask = 0;
  for (const auto& name : rule.actions) {
    if (const auto action = index_of(action_names, name.text))
      mask = static_cast<ActionMask>(mask | mask_of(static_cast<Action>(*action)));
    else
      undeclared(run, Code::unknown_word, "there is no action", name, action_names);
  }
  return mask;
}

const RuleText& text_of(std::unordered_map<const tree::Rule*, RuleText>& texts, const tree::Tree& tree,
                        const tree::Rule& rule) {
  const auto [found, fresh] = texts.try_emplace(&rule);
  if (fresh) found->second = {rule_key(tree, rule), canonical(tree, rule), statement(tree, rule)};
  return found->second;
}

Diagnostic& two_of_one_id(Run& run, const SeenRule& first, const RuleText& text, const tree::Rule& rule,
                          std::string_view how) {
  const Span span = rule.name ? rule.name->span : rule.span;
  return run.diagnostics.add(Code::duplicate_rule, span, std::string(how) + in_ticks(text.key))
      .at(first.span, "the other one")
      .hint(rule.name ? "give one of them another name" : "give one of them a name");
}

void check_floor_rules(Run& run, const Block& block, const Place& place, std::string_view floor) {
  SeenRules seen;
  each<tree::Rule>(block, [&](const tree::Rule& source) {
    if (source.effect == RuleEffect::allow) {
      Span word = source.span;  // the word alone
      if (const auto at = run.sources.text(word).find("allow"); at != std::string_view::npos) {
        word.begin += static_cast<std::uint32_t>(at);
        word.end = word.begin + 5;
      }
      run.diagnostics.add(Code::allow_in_floor, word, std::string(floor) + " cannot allow")
          .under("an `allow` here would loosen every tenant")
          .hint("write it in each tenant, or in a template that they share");
      return;
    }
    Place here = place;
    here.scope = block.scope;
    here.actions = actions_of(run, source);
    if (here.actions == 0) return;
    const RuleText& text = text_of(run.known.rule_texts, *block.tree, source);
    const auto [first, fresh] = seen.try_emplace(text.key, SeenRule{text.canonical, source.span});
    if (!fresh) {
      if (first->second.text != text.canonical)
        two_of_one_id(run, first->second, text, source, "two different rules of one block are ");
      return;
    }
    std::vector<model::Expr> nodes;
    model::Rule rule;
    check_rule(here, *block.tree, source, run.sources, run.limits, nodes, rule, run.diagnostics);
  });
}

void collect_rules(TenantCheck& tenant) { Collector(tenant).collect(); }

}  // namespace writ::check
