// A part to a Loaded: verified, then everything that can be found out before the first request is found out.
#include "runtime/engine/loaded.h"

#include "runtime/program/pattern.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

namespace writ::engine {

using program::Part;
using program::SlotKind;

namespace {

void set_bit(Words& words, std::size_t bit) { words[bit / 64] |= std::uint64_t{1} << bit % 64; }

template <class F>
FactRule rule_of(const F& fact) {
  const auto actions = static_cast<ActionMask>(fact.required | fact.optional);
  if (fact.type == TypeKind::enumeration)
    return {fact.type, actions, 0, static_cast<std::int64_t>(fact.values.size()) - 1};
  const auto bounds = bounds_of(fact.type);
  return {fact.type, actions, std::max(fact.low, bounds.low), std::min(fact.high, bounds.high)};
}

std::vector<FactRule> fact_rules(const Part& part) {
  std::vector<FactRule> rules;
  for (std::size_t i = 0; i < builtin_facts.size(); ++i) rules.push_back(builtin_rule(i));
  for (const auto& attribute : part.attributes) rules.push_back(rule_of(attribute));
  return rules;
}

std::vector<std::pair<std::string_view, FactId>> fact_names(const Part& part) {
  std::vector<std::pair<std::string_view, FactId>> names;
  for (std::size_t i = 0; i < builtin_facts.size(); ++i)
    names.emplace_back(builtin_facts[i].name, static_cast<FactId>(i));
  for (std::size_t i = 0; i < part.attributes.size(); ++i)
    names.emplace_back(part.attributes[i].name, static_cast<FactId>(builtin_facts.size() + i));
  std::ranges::sort(names);
  return names;
}

template <class T>
std::vector<std::string_view> ids(const std::vector<T>& records) {
  std::vector<std::string_view> result;
  for (const auto& record : records) result.push_back(record.id);
  return result;
}

// Decision 0001, 17. What the part lists, and what its structure needs whatever it lists: a part made elsewhere must not be able to
// forget a counter. An attempt asks for what lockouts count and for facts of the request (27). The entity facts are asked for by name,
// not as facts.
class Required {
 public:
  Required(const Part& part, Action action, LoadedProgram& program) : part_(part), action_(action), program_(program) {
    const auto words = words_for(builtin_facts.size() + part.attributes.size());
    program_.required.resize(words);
    program_.required_to_attempt.resize(words);
  }

  void all() {
    for (const auto id : part_.programs[static_cast<std::size_t>(action_)].required) want(id, false);
    want(fact("user.blocked"), false);
    if (!part_.issuers.empty()) want(fact("token.issuer"), false);
    if (action_ != Action::login) return;
    for (const auto& lockout : part_.lockouts) {
      using enum program::Lockout::Counter;
      want(lockout.counter == by_identifier      ? fact("attempts.by_identifier")
           : lockout.counter == by_identifier_ip ? fact("attempts.by_identifier_ip")
                                                 : fact("attempts.by_ip"),
           true);
      if (!lockout.exempt.empty()) want(fact("request.ip"), true);
      if (lockout.block >= 0 || lockout.within >= 0) want(fact("request.time"), true);
    }
  }

 private:
  void want(FactId id, bool of_lockout) {
    const auto place = index(id);
    const auto* attribute = place < builtin_facts.size() ? nullptr : &part_.attributes[place - builtin_facts.size()];
    const auto required = attribute ? attribute->required : builtin_facts[place].required;
    const auto type = attribute ? attribute->type : builtin_facts[place].type;
    const auto name = attribute ? std::string_view(attribute->name) : builtin_facts[place].name;
    if ((required & mask_of(action_)) == 0 || type > TypeKind::enumeration) return;
    set_bit(program_.required, place);
    if (of_lockout || name.starts_with("request.")) set_bit(program_.required_to_attempt, place);
  }

  const Part& part_;
  Action action_;
  LoadedProgram& program_;
};

// The compiled patterns of a row, by slot.
std::string compile_patterns(Loaded& loaded, LoadedProgram& program, std::span<const std::byte> row, Pool& pool) {
  const auto& slots = program.shared->shape->slots;
  program.patterns.assign(slots.size(), nullptr);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] != SlotKind::regex) continue;
    std::uint64_t word = 0;
    std::memcpy(&word, row.data() + i * 8, 8);
    const std::string_view text{reinterpret_cast<const char*>(row.data()) + static_cast<std::uint32_t>(word),
                                word >> 32};
    std::string error;
    auto pattern = pool.pattern(text, error);
    if (!pattern) return "the pattern /" + std::string(text.substr(0, 80)) + "/ does not compile: " + error;
    program.patterns[i] = pattern.get();
    if (const auto* const raw = pattern.get(); loaded.patterns.emplace(raw, std::move(pattern)).second) {
      loaded.pattern_memory += program::memory_of(*raw);
      loaded.pattern_steps += program::steps_of(*raw);
    }
    if (loaded.pattern_memory > program::max_pattern_memory) return "its patterns may take over 64 MiB";
    if (loaded.pattern_steps > program::max_pattern_steps) return "its patterns take over 16,384 steps for a byte";
  }
  return "";
}

// How far back a program looks, read from what it compares with and not from what its reports say. One that reads the
// history in another way looks as far as can be.
std::int64_t depth_of(const program::PasswordProgram& password) {
  constexpr std::int64_t deepest = 100;  // of a policy (compiler/check/password_compare.cpp)
  const auto& nodes = password.shape->nodes;
  const auto row = password.row.bytes();
  std::int64_t depth = 0;
  for (const auto& node : nodes) {
    const auto reads = [&](std::uint32_t id) {
      return nodes[id].op == program::Op::fact_int && nodes[id].a == index(PasswordFact::history_place);
    };
    const auto operands = program::row_of(node.op).operands;
    const bool first = operands[0] == program::Operand::node && reads(node.a);
    const bool second = operands[1] == program::Operand::node && reads(node.b);
    const bool third = operands[2] == program::Operand::node && reads(node.c);
    if (!first && !second && !third) continue;
    if (node.op != program::Op::le_int || second || nodes[node.b].op != program::Op::const_int) return deepest;
    std::int64_t number = 0;
    std::memcpy(&number, row.data() + std::size_t{nodes[node.b].a} * 8, 8);
    depth = std::max(depth, std::min(number, deepest));
  }
  return depth;
}

// The program of a connection's passwords, and what it will ask of whom.
std::string load_password(Loaded& loaded, program::PasswordProgram& password, Pool& pool,
                          std::vector<std::shared_ptr<SharedShape>>& fresh) {
  auto& made = loaded.passwords.emplace_back();
  bool is_new = false;
  made.program.shared = pool.shape(password.shape, is_new);
  password.shape = made.program.shared->shape;
  if (is_new) fresh.push_back(made.program.shared);
  for (const auto& node : password.shape->nodes)
    if (program::row_of(node.op).operands[0] == program::Operand::fact) made.asks |= std::uint64_t{1} << node.a;
  made.depth = depth_of(password);
  for (const auto& one : password.requirements) {
    const auto number = one.numbers.empty() ? 1 : one.numbers[0];
    if (one.check == PasswordCheck::common) made.common_wanted = std::max(made.common_wanted, number);
  }
  return compile_patterns(loaded, made.program, password.row.bytes(), pool);
}

}  // namespace

FactRule builtin_rule(std::size_t place) noexcept { return rule_of(builtin_facts[place]); }

RuleMasks masks_of(const program::Shape& shape) {
  RuleMasks masks;
  const auto words = words_for(shape.rules.size());
  for (auto* kinds : {&masks.enforced, &masks.all}) kinds->allow = kinds->deny = kinds->require = Words(words);
  masks.report = Words(words);
  for (std::size_t i = 0; i < shape.rules.size(); ++i) {
    const auto& rule = shape.rules[i];
    const auto mark = [&](RuleMasks::Kinds& kinds) {
      set_bit(rule.effect == RuleEffect::allow  ? kinds.allow
              : rule.effect == RuleEffect::deny ? kinds.deny
                                                : kinds.require,
              i);
    };
    mark(masks.all);
    if (rule.report)
      set_bit(masks.report, i);
    else
      mark(masks.enforced);
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

std::vector<std::shared_ptr<SharedShape>> Pool::shapes() const {
  std::vector<std::shared_ptr<SharedShape>> result;
  for (const auto& [key, weak] : shapes_)
    if (auto alive = weak.lock()) result.push_back(std::move(alive));
  return result;
}

// Forgets what no tenant has any more, whenever as much was added as is in use.
void Pool::sweep() {
  if (shapes_.size() + patterns_.size() < sweep_at_) return;
  const auto dead = [](const auto& one) { return one.second.expired(); };
  std::erase_if(shapes_, dead);
  std::erase_if(by_address_, dead);
  std::erase_if(patterns_, dead);
  sweep_at_ = 64 + 2 * (shapes_.size() + patterns_.size());
}

void NameIndex::build(const HashKey& key, const std::vector<std::string_view>& names) {
  std::size_t size = 2;
  while (size < names.size() * 2) size *= 2;
  places_.assign(size, {});
  mask_ = size - 1;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto hash = keyed_hash(key, names[i]);
    auto at = hash & mask_;
    while (places_[at].index != none) at = (at + 1) & mask_;
    places_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(i)};
  }
}

std::optional<FactId> Loaded::fact(std::string_view name) const {
  const auto found = std::ranges::lower_bound(names, name, {}, &std::pair<std::string_view, FactId>::first);
  return found != names.end() && found->first == name ? std::optional(found->second) : std::nullopt;
}

bool Loaded::enabled(std::int64_t client, std::int64_t organization, std::int64_t connection) const {
  const auto place = static_cast<std::uint32_t>(connection);
  if (!std::ranges::binary_search(client_connections[static_cast<std::size_t>(client)], place)) return false;
  if (organization < 0) return true;
  const auto& record = part->organizations[static_cast<std::size_t>(organization)];
  if (std::ranges::find(record.connections, place) == record.connections.end()) return false;
  return std::ranges::all_of(record.uses, [&](const auto& use) {
    const bool narrows = use.narrows && use.client == static_cast<std::uint32_t>(client);
    return !narrows || std::ranges::find(use.connections, place) != use.connections.end();
  });
}

std::shared_ptr<const Loaded> load(Part given, const HashKey& key, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error) {
  const auto refuse = [&](const std::string& why) {
    error = "tenant `" + given.id + "`: " + why;
    return nullptr;
  };
  if (const auto wrong = program::verify(given); !wrong.empty()) return refuse(wrong);
  if (given.hash != program::hash_of(given)) return refuse("the hash is not the part's");
  auto loaded = std::make_shared<Loaded>();
  loaded->key_ = key;
  for (std::size_t i = 0; i < action_count; ++i) {
    bool is_new = false;
    auto& program = loaded->programs[i];
    program.shared = pool.shape(given.programs[i].shape, is_new);
    given.programs[i].shape = program.shared->shape;
    if (is_new) fresh.push_back(program.shared);
    if (const auto wrong = compile_patterns(*loaded, program, given.programs[i].row.bytes(), pool); !wrong.empty())
      return refuse(wrong);
    Required(given, static_cast<Action>(i), program).all();
  }
  for (auto& password : given.passwords)
    if (const auto wrong = load_password(*loaded, password, pool, fresh); !wrong.empty()) return refuse(wrong);
  loaded->part = std::make_shared<const Part>(std::move(given));
  const auto& part = *loaded->part;
  for (std::size_t i = 0; i < action_count; ++i) loaded->programs[i].row = part.programs[i].row.bytes().data();
  loaded->password_places.assign(part.connections.size(), -1);
  for (std::size_t i = 0; i < part.passwords.size(); ++i) {
    auto& password = loaded->passwords[i];
    password.source = &part.passwords[i];
    password.program.row = part.passwords[i].row.bytes().data();
    loaded->password_places[part.passwords[i].connection] = static_cast<std::int32_t>(i);
  }
  loaded->facts = fact_rules(part);
  loaded->names = fact_names(part);
  loaded->clients.build(key, ids(part.clients));
  loaded->connections.build(key, ids(part.connections));
  loaded->organizations.build(key, ids(part.organizations));
  for (const auto& client : part.clients) {
    loaded->client_connections.push_back(client.connections);
    std::ranges::sort(loaded->client_connections.back());
  }
  for (std::uint32_t i = 0; i < part.lockouts.size(); ++i) loaded->lockouts.push_back(i);
  std::ranges::stable_sort(loaded->lockouts, {}, [&](auto i) { return part.lockouts[i].connection; });
  for (std::size_t i = 0; i < 8; ++i) loaded->revision = loaded->revision << 8 | part.hash[i];
  return loaded;
}

}  // namespace writ::engine
