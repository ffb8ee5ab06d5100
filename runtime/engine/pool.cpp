// Equal things are one thing: found by what they are made of, forgotten when nobody has them.
#include "runtime/engine/pool.h"

#include "runtime/program/pattern.h"

#include <algorithm>
#include <bit>

namespace writ::engine {

namespace {

template <class F>
FactRule rule_of(const F& fact) {
  const auto actions = static_cast<ActionMask>(fact.required | fact.optional);
  if (fact.type == TypeKind::enumeration)
    return {fact.type, actions, 0, static_cast<std::int64_t>(fact.values.size()) - 1};
  const auto bounds = bounds_of(fact.type);
  return {fact.type, actions, std::max(fact.low, bounds.low), std::min(fact.high, bounds.high)};
}

// Facts whose numbers have bounds of their own, and those that are spelled in one way only, are seen to one by one.
Form form_of(const FactRule& rule, std::size_t place, Action action) {
  if ((rule.actions & mask_of(action)) == 0) return Form::other;
  const auto id = static_cast<FactId>(place);
  switch (rule.type) {
  case TypeKind::boolean: return Form::boolean;
  case TypeKind::integer:
  case TypeKind::time: return rule.low == INT64_MIN && rule.high == INT64_MAX ? Form::integer : Form::other;
  case TypeKind::ip: return Form::ip;
  case TypeKind::string_set: return Form::texts;
  case TypeKind::string:
    return id == fact("user.email")                                      ? Form::mail
           : id == fact("request.country") || id == fact("request.host") ? Form::other
                                                                         : Form::text;
  default: return Form::other;
  }
}

// Names are a policy's own: whoever sends a request cannot choose which there are.
std::uint64_t hash_of(std::string_view name) {
  const NameEnds ends(name);
  const auto mixed =
      (ends.head ^ std::rotl(ends.tail, 23) ^ ends.size * 0x9e37'79b9'7f4a'7c15u) * 0xd6e8'feb8'6659'fd93u;
  return mixed ^ mixed >> 32;
}

FactTable table_of(const std::vector<program::Attribute>& attributes) {
  FactTable table;
  const auto add = [&](const auto& fact) {
    table.names.emplace_back(fact.name, static_cast<FactId>(table.rules.size()));
    table.rules.push_back(rule_of(fact));
  };
  std::ranges::for_each(builtin_facts, add);
  std::ranges::for_each(attributes, add);
  for (const auto& attribute : attributes) table.words.push_back(attribute.values);
  std::ranges::sort(table.names);
  for (std::size_t action = 0; action < action_count; ++action)
    for (std::size_t place = 0; place < table.rules.size(); ++place)
      table.forms[action].push_back(form_of(table.rules[place], place, static_cast<Action>(action)));
  table.places.resize(std::bit_ceil(table.names.size() * 2));
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    auto at = hash_of(table.names[i].first);
    while (table.places[at & (table.places.size() - 1)] != 0) ++at;
    table.places[at & (table.places.size() - 1)] = static_cast<std::uint16_t>(i + 1);
  }
  return table;
}

}  // namespace

std::optional<FactId> FactTable::find(std::string_view name) const {
  for (auto at = hash_of(name);; ++at) {
    const auto place = places[at & (places.size() - 1)];
    if (place == 0) return std::nullopt;
    if (const auto& [known, id] = names[place - 1U]; known == name) return id;
  }
}

std::string_view FactTable::name_of(FactId fact) const {
  return std::ranges::find(names, fact, [](const auto& one) { return one.second; })->first;
}

const FactTable& builtin_table() {
  static const FactTable table = table_of({});
  return table;
}

RuleMasks masks_of(const program::Shape& shape) {
  RuleMasks masks;
  masks.wide = shape.rules.size() > program::mask_rules || shape.entries.size() > program::mask_entries;
  const auto words = std::max<std::size_t>(1, words_for(shape.rules.size()));
  masks.enforced.resize(words);
  masks.all.resize(words);
  for (std::size_t i = 0; i < shape.rules.size(); ++i) {
    const auto& rule = shape.rules[i];
    const auto mark = [&](std::vector<RuleMasks::Kinds>& kinds) {
      auto& word = kinds[i / 64];
      (rule.effect == RuleEffect::allow  ? word.allow
       : rule.effect == RuleEffect::deny ? word.deny
                                         : word.require) |= std::uint64_t{1} << i % 64;
    };
    mark(masks.all);
    masks.reports = masks.reports || rule.report;
    if (!rule.report) mark(masks.enforced);
  }
  return masks;
}

bool SharedShape::adopt(CodeSource& source) {
  if (code.load(std::memory_order_acquire)) return true;
  const std::lock_guard lock(mutex_);
  if (code.load(std::memory_order_relaxed)) return true;
  auto found = source.find(key);
  if (!found || !found->entry) return false;
  owner_ = std::move(found->owner);
  code.store(found->entry, std::memory_order_release);
  return true;
}

void SharedShape::ask(CodeSource& source) {
  const auto times = asked.fetch_add(1, std::memory_order_relaxed) + 1;
  if (!std::has_single_bit(times)) return;
  if (!adopt(source) && times >= 1'024) source.want(shape);
}

SharedRemainder* SharedShape::make_remainder() {
  if (auto* const made = remainder()) return made;
  const std::lock_guard lock(mutex_);
  if (owned_remainder_) return owned_remainder_.get();
  auto found = program::remainder_of(*shape);
  if (!found) return nullptr;
  auto made = std::make_shared<SharedRemainder>();
  made->shared.masks = masks;
  made->shared.key = program::key_of(found->shape);
  made->shared.shape = std::make_shared<const program::Shape>(std::move(found->shape));
  made->bits = std::move(found->bits);
  made->slots = std::move(found->slots);
  owned_remainder_ = std::move(made);
  remainder_.store(owned_remainder_.get(), std::memory_order_release);
  return owned_remainder_.get();
}

std::shared_ptr<SharedShape> Pool::shape(const std::shared_ptr<const program::Shape>& shape, bool& fresh) {
  fresh = false;
  if (const auto found = by_address_.find(shape.get()); found != by_address_.end())
    if (auto alive = found->second.lock()) return alive;
  const auto key = program::key_of(*shape);
  if (const auto found = shapes_.find(key); found != shapes_.end())
    if (auto alive = found->second.lock()) return alive;
  sweep();
  auto shared = std::make_shared<SharedShape>();
  shared->shape = shape;
  shared->key = key;
  shared->masks = masks_of(*shape);
  shapes_[key] = shared;
  by_address_[shape.get()] = shared;
  fresh = true;
  return shared;
}

std::shared_ptr<const re2::RE2> Pool::pattern(std::string_view text, std::string& error) {
  if (const auto found = patterns_.find(text); found != patterns_.end())
    if (auto alive = found->second.lock()) return alive;
  sweep();
  auto pattern = program::compile_pattern(text, error);
  if (pattern) patterns_[std::string(text)] = pattern;
  return pattern;
}

std::shared_ptr<const FactTable> Pool::facts(const std::vector<program::Attribute>& attributes) {
  std::string key;  // everything that a table is made of, and what parts it
  for (const auto& one : attributes) {
    for (const std::int64_t number :
         {std::int64_t(one.type), std::int64_t(one.required), std::int64_t(one.optional), one.low, one.high,
          std::int64_t(one.values.size()), std::int64_t(one.name.size())})
      key.append(reinterpret_cast<const char*>(&number), sizeof number);
    key += one.name;
    for (const auto& value : one.values) key += value + '\0';  // whose numbers `Places` keeps
  }
  auto& known = facts_[key];
  if (auto alive = known.lock()) return alive;
  auto made = std::make_shared<const FactTable>(table_of(attributes));
  known = made;
  return made;
}

std::shared_ptr<const Kind> Pool::kind(std::shared_ptr<const FactTable> facts,
                                       std::array<SharedProgram, action_count> programs) {
  Words key = {reinterpret_cast<std::uintptr_t>(facts.get())};
  for (const auto& program : programs) {
    key.push_back(reinterpret_cast<std::uintptr_t>(program.shared.get()));
    key.insert(key.end(), program.required.begin(), program.required.end());
    key.insert(key.end(), program.required_to_attempt.begin(), program.required_to_attempt.end());
  }
  if (const auto found = kinds_.find(key); found != kinds_.end())
    if (auto alive = found->second.lock()) return alive;
  sweep();
  auto made = std::make_shared<const Kind>(Kind{key_, std::move(facts), std::move(programs)});
  kinds_[key] = made;
  return made;
}

std::vector<std::shared_ptr<SharedShape>> Pool::shapes() const {
  std::vector<std::shared_ptr<SharedShape>> result;
  for (const auto& [key, weak] : shapes_)
    if (auto alive = weak.lock()) result.push_back(std::move(alive));
  return result;
}

// Forgets what no tenant has any more, whenever as much was added as is in use.
void Pool::sweep() {
  const auto size = [&] { return shapes_.size() + patterns_.size() + facts_.size() + kinds_.size(); };
  if (size() < sweep_at_) return;
  const auto dead = [](const auto& one) { return one.second.expired(); };
  std::erase_if(shapes_, dead);
  std::erase_if(by_address_, dead);
  std::erase_if(patterns_, dead);
  std::erase_if(facts_, dead);
  std::erase_if(kinds_, dead);
  sweep_at_ = 64 + 2 * size();
}

}  // namespace writ::engine
