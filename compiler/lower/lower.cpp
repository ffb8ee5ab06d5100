// Model to Program. For each action: the rules in force, in an order that does not depend on the tenant's name, so that tenants of one
// template share one shape; their conditions as nodes; their names, places and traces aside, cold.
//
// Nothing is folded away here: a condition that is constant in this tenant is a constant in its row, which keeps shapes equal and
// leaves every leaf of the trace a node that holds its outcome.
#include "compiler/lower/lower.h"

#include "compiler/lower/emit.h"
#include "compiler/lower/passwords.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace writ {

namespace {

using lower::Emitter;
using program::ActionProgram;
using program::NodeId;
using program::Op;
using program::RuleInfo;
using program::TraceNode;

// The order of rules in masks: platform, shared clients, the tenant's own, each by the rest of its id. Ids order the lists people see.
// An owner tells whose the rule is by its parts: `platform` · `client.C` · `T` and `T.kind.X…`.
std::pair<int, std::string_view> mask_order(const model::Rule& rule) {
  const std::string_view id = rule.id, owner = id.substr(0, id.find('/'));
  if (owner == "platform") return {0, id};
  if (std::ranges::count(owner, '.') == 1) return {1, id};
  return {2, id.substr(id.find_first_of("./"))};
}

std::vector<const model::Rule*> rules_in_force(const model::Tenant& tenant, Action action) {
  std::vector<const model::Rule*> rules;
  for (const auto& rule : tenant.rules)
    if (rule.actions & mask_of(action)) rules.push_back(&rule);
  std::ranges::stable_sort(rules, {}, [&](const model::Rule* rule) { return mask_order(*rule); });
  return rules;
}

// The trace of a condition: `and`, `or`, `not` down to the leaves. Appends to `info` and returns the place of the root.
std::uint32_t trace(const model::Tenant& tenant, Emitter& emitter, model::ExprId id, RuleInfo& info) {
  const auto& expression = tenant.expressions[static_cast<std::size_t>(id)];
  const auto place = static_cast<std::uint32_t>(info.trace.size());
  info.trace.emplace_back();
  TraceNode node;
  node.node = emitter.emit(id);
  if (expression.leaf) {
    node.text = static_cast<std::uint32_t>(info.texts.size());
    info.texts.push_back(expression.text);
    for (const auto& [name, value] : expression.seen) {
      node.seen_names.push_back(name);
      node.seen.push_back(emitter.emit(value));
    }
  } else {
    node.kind = expression.op == Op::and_  ? TraceNode::Kind::and_
                : expression.op == Op::or_ ? TraceNode::Kind::or_
                                           : TraceNode::Kind::not_;
    for (const auto operand : expression.operands) node.children.push_back(trace(tenant, emitter, operand, info));
  }
  info.trace[place] = std::move(node);
  return place;
}

RuleInfo describe(const model::Rule& rule, const SourceSet& sources) {
  RuleInfo info;
  info.id = rule.id;
  info.name = rule.name;
  info.text = rule.text;
  info.message = rule.message;
  info.note = rule.note;
  info.source_order = rule.source_order;
  if (rule.span.known())
    info.place =
        sources.name(rule.span.file) + ":" + std::to_string(sources.position(rule.span.file, rule.span.begin).line);
  return info;
}

ActionMask required_in(const model::Tenant& tenant, FactId id) {
  const auto place = index(id);
  return place < builtin_facts.size() ? builtin_facts[place].required
                                      : tenant.structure.attributes[place - builtin_facts.size()].required;
}

// Decision 0001, 17: what rules mention, user.blocked, what lockouts count, the issuer a tenant insists on.
std::vector<FactId> required_facts(const model::Tenant& tenant, Action action,
                                   const std::vector<const model::Rule*>& rules) {
  std::set<FactId> facts;
  const auto want = [&](FactId id) {
    if (required_in(tenant, id) & mask_of(action)) facts.insert(id);
  };
  for (const auto* rule : rules) std::ranges::for_each(rule->mentions, want);
  want(fact("user.blocked"));
  if (!tenant.structure.issuers.empty()) want(fact("token.issuer"));
  if (action == Action::login)
    for (const auto& lockout : tenant.structure.lockouts) {
      using enum program::Lockout::Counter;
      want(lockout.counter == by_identifier      ? fact("attempts.by_identifier")
           : lockout.counter == by_identifier_ip ? fact("attempts.by_identifier_ip")
                                                 : fact("attempts.by_ip"));
      if (!lockout.exempt.empty()) want(fact("request.ip"));
      if (lockout.block >= 0 || lockout.within >= 0) want(fact("request.time"));
    }
  return {facts.begin(), facts.end()};
}

// One text can mean two things: `mfa within limit`, where two blocks have a `let limit` of their own. Only rules that ask for the
// same share an entry, so that satisfying the weaker never satisfies the stricter.
bool same_entry(const model::Tenant& tenant, const model::Rule& left, const model::Rule& right) {
  return left.entry == right.entry &&
         std::ranges::equal(left.alternatives, right.alternatives,
                            [&](const auto& a, const auto& b) { return model::same(tenant.expressions, a, b); });
}

// The rules that stand for the entries, found by what their obligations are made of: ten thousand different ones are not compared with
// one another.
class Entries {
 public:
  explicit Entries(const model::Tenant& tenant) : tenant_(tenant) {}

  const model::Rule* first_like(const model::Rule& rule) {
    std::size_t hash = std::hash<std::string_view>{}(rule.entry);
    for (const auto& alternative : rule.alternatives) mix(hash, of(alternative.satisfied));
    const auto [begin, end] = firsts_.equal_range(hash);
    for (auto at = begin; at != end; ++at)
      if (same_entry(tenant_, *at->second, rule)) return at->second;
    firsts_.emplace(hash, &rule);
    return &rule;
  }

 private:
  static void mix(std::size_t& hash, std::size_t more) { hash = (hash ^ more) * 0x9e37'79b9'7f4a'7c15; }

  std::size_t of(model::ExprId id) {
    if (const auto known = hashes_.find(id); known != hashes_.end()) return known->second;
    const auto& expression = tenant_.expressions[static_cast<std::size_t>(id)];
    auto hash = static_cast<std::size_t>(expression.op);
    mix(hash, index(expression.fact));
    if (expression.constant) {
      const auto* const number = std::get_if<std::int64_t>(&*expression.constant);
      const auto* const text = std::get_if<std::string>(&*expression.constant);
      mix(hash, number ? static_cast<std::size_t>(*number) : text ? std::hash<std::string>{}(*text) : 0);
    }
    for (const auto operand : expression.operands) mix(hash, of(operand));
    return hashes_[id] = hash;
  }

  const model::Tenant& tenant_;
  std::unordered_multimap<std::size_t, const model::Rule*> firsts_;
  std::unordered_map<model::ExprId, std::size_t> hashes_;
};

// The distinct `A or B` of the requires, by text. The result has, for each rule, the place of its entry.
std::vector<std::uint32_t> lower_entries(const model::Tenant& tenant, Emitter& emitter,
                                         const std::vector<const model::Rule*>& rules, ActionProgram& result) {
  Entries entries(tenant);
  std::vector<const model::Rule*> firsts,
      first_of(rules.size());  // the rules that stand for an entry; by rule, the one for its own
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i]->effect != RuleEffect::require) continue;
    first_of[i] = entries.first_like(*rules[i]);
    if (first_of[i] == rules[i]) firsts.push_back(rules[i]);
  }
  std::ranges::stable_sort(firsts, {}, &model::Rule::entry);
  std::unordered_map<const model::Rule*, std::uint32_t> place_of;
  for (const auto* rule : firsts) place_of.emplace(rule, static_cast<std::uint32_t>(place_of.size()));
  for (const auto* rule : firsts) {
    program::Entry entry;
    for (const auto& alternative : rule->alternatives) entry.satisfied.push_back(emitter.emit(alternative.satisfied));
    if (rule->alternatives.size() == 1) entry.use_connection = rule->alternatives.front().use_connection;
    emitter.shape.entries.push_back(std::move(entry));
    result.entries.push_back(rule->entry);
  }
  std::vector<std::uint32_t> places(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (first_of[i] != nullptr) places[i] = place_of.at(first_of[i]);
  return places;
}

ActionProgram lower_action(const model::Tenant& tenant, Action action, const SourceSet& sources) {
  ActionProgram result;
  Emitter emitter(tenant, action);
  const auto rules = rules_in_force(tenant, action);
  const auto entries = lower_entries(tenant, emitter, rules, result);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& rule = *rules[i];
    const program::RuleCode code{rule.effect, rule.report, emitter.emit(rule.condition), entries[i]};
    auto info = describe(rule, sources);
    trace(tenant, emitter, rule.condition, info);
    if (rule.effect == RuleEffect::require)
      for (std::size_t k = 0; k < rule.alternatives.size(); ++k)
        info.alternatives.emplace_back(rule.alternatives[k].text, emitter.shape.entries[entries[i]].satisfied[k]);
    emitter.shape.rules.push_back(code);
    result.rules.push_back(std::move(info));
  }
  result.required = required_facts(tenant, action, rules);
  result.row = program::Row::build(emitter.constants);
  result.shape = std::make_shared<const program::Shape>(std::move(emitter.shape));
  return result;
}

}  // namespace

program::Part lower_tenant(const model::Tenant& tenant, const SourceSet& sources) {
  program::Part part = tenant.structure;
  for (std::size_t i = 0; i < action_count; ++i)
    part.programs[i] = lower_action(tenant, static_cast<Action>(i), sources);
  part.passwords = lower::passwords(tenant, sources);
  part.version = 0;
  part.hash = program::hash_of(part);
  return part;
}

}  // namespace writ
