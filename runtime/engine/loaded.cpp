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

FactTable table_of(const std::vector<program::Attribute>& attributes) {
  FactTable table;
  const auto add = [&](const auto& fact) {
    table.names.emplace_back(fact.name, static_cast<FactId>(table.rules.size()));
    table.rules.push_back(rule_of(fact));
  };
  std::ranges::for_each(builtin_facts, add);
  std::ranges::for_each(attributes, add);
  std::ranges::sort(table.names);
  return table;
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
struct Required {
  Required(const Part& part, Action action)
      : all(words_for(builtin_facts.size() + part.attributes.size())), to_attempt(all), part_(part), action_(action) {
    find();
  }
  Words all, to_attempt;

 private:
  void find() {
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

  void want(FactId id, bool of_lockout) {
    const auto place = index(id);
    const auto* attribute = place < builtin_facts.size() ? nullptr : &part_.attributes[place - builtin_facts.size()];
    const auto required = attribute ? attribute->required : builtin_facts[place].required;
    const auto type = attribute ? attribute->type : builtin_facts[place].type;
    const auto name = attribute ? std::string_view(attribute->name) : builtin_facts[place].name;
    if ((required & mask_of(action_)) == 0 || type > TypeKind::enumeration) return;
    set_bit(all, place);
    if (of_lockout || name.starts_with("request.")) set_bit(to_attempt, place);
  }

  const Part& part_;
  Action action_;
};

// The compiled patterns of a row, by slot.
std::string compile_patterns(Loaded& loaded, LoadedProgram& program, std::span<const std::byte> row, Pool& pool) {
  const auto& slots = program.shared->shape->slots;
  if (std::ranges::count(slots, SlotKind::regex) != 0) program.patterns.assign(slots.size(), nullptr);
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

const FactTable& builtin_table() {
  static const FactTable table = table_of({});
  return table;
}

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
    masks.reports = masks.reports || rule.report;
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

std::shared_ptr<const Words> Pool::words(const Words& words) {
  auto& known = words_[words];
  if (auto alive = known.lock()) return alive;
  auto made = std::make_shared<const Words>(words);
  known = made;
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
  const auto size = [&] { return shapes_.size() + patterns_.size() + facts_.size() + words_.size(); };
  if (size() < sweep_at_) return;
  const auto dead = [](const auto& one) { return one.second.expired(); };
  std::erase_if(shapes_, dead);
  std::erase_if(by_address_, dead);
  std::erase_if(patterns_, dead);
  std::erase_if(facts_, dead);
  std::erase_if(words_, dead);
  sweep_at_ = 64 + 2 * size();
}

std::optional<FactId> Loaded::fact(std::string_view name) const {
  const auto& names = facts->names;
  const auto found = std::ranges::lower_bound(names, name, {}, &std::pair<std::string, FactId>::first);
  return found != names.end() && found->first == name ? std::optional(found->second) : std::nullopt;
}

bool Loaded::enabled_past_64(std::int64_t client, std::int64_t connection) const {
  return std::ranges::binary_search(client_connections[static_cast<std::size_t>(client)],
                                    static_cast<std::uint32_t>(connection));
}

bool Loaded::enabled_in(std::int64_t organization, std::int64_t client, std::int64_t connection) const {
  const auto place = static_cast<std::uint32_t>(connection);
  const auto& record = part->organizations[static_cast<std::size_t>(organization)];
  if (std::ranges::find(record.connections, place) == record.connections.end()) return false;
  return std::ranges::all_of(record.uses, [&](const auto& use) {
    const bool narrows = use.narrows && use.client == static_cast<std::uint32_t>(client);
    return !narrows || std::ranges::find(use.connections, place) != use.connections.end();
  });
}

namespace {

// What every decision reads, out of the records of a part that is in its place.
void read_structure(Loaded& loaded) {
  const auto& part = *loaded.part;
  loaded.id_ends = NameEnds(part.id);
  for (std::size_t i = 0; i < 8; ++i) loaded.revision = loaded.revision << 8 | part.hash[i];
  loaded.version = part.version;
  loaded.has_hosts = !part.hosts.empty();
  loaded.has_issuers = !part.issuers.empty();
  loaded.has_lockouts = !part.lockouts.empty();
  loaded.clients.build(loaded.key, ids(part.clients));
  loaded.connections.build(loaded.key, ids(part.connections));
  loaded.organizations.build(loaded.key, ids(part.organizations));

  bool wide = false;
  for (const auto& client : part.clients) {
    auto& facts = loaded.client_facts.emplace_back();
    facts.type = client.type;
    facts.usage = client.usage;
    facts.grants = client.grants;
    for (const auto place : client.connections)
      place < 64 ? void(facts.connections |= std::uint64_t{1} << place) : void(facts.wide = wide = true);
  }
  for (const auto& client : part.clients) {
    if (!wide) break;
    loaded.client_connections.push_back(client.connections);
    std::ranges::sort(loaded.client_connections.back());
  }
  for (const auto& connection : part.connections)
    loaded.connection_facts.push_back(
        {connection.strategy, strategies[connection.strategy].family, connection.signup_open});
  for (std::uint32_t i = 0; i < part.lockouts.size(); ++i) loaded.lockouts.push_back(i);
  std::ranges::stable_sort(loaded.lockouts, {}, [&](auto i) { return part.lockouts[i].connection; });
}

}  // namespace

std::shared_ptr<const Loaded> load(Part given, Verified verified, const HashKey& key, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error) {
  const auto refuse = [&](const std::string& why) {
    error = "tenant `" + given.id + "`: " + why;
    return nullptr;
  };
  if (verified == Verified::no) {
    if (const auto wrong = program::verify(given); !wrong.empty()) return refuse(wrong);
    if (given.hash != program::hash_of(given)) return refuse("the hash is not the part's");
  }
  auto loaded = std::make_shared<Loaded>();
  loaded->key = key;
  loaded->facts = pool.facts(given.attributes);
  loaded->fact_words = static_cast<std::uint32_t>(words_for(loaded->facts->rules.size()));
  for (std::size_t i = 0; i < action_count; ++i) {
    bool is_new = false;
    auto& program = loaded->programs[i];
    program.shared = pool.shape(given.programs[i].shape, is_new);
    given.programs[i].shape = program.shared->shape;
    if (is_new) fresh.push_back(program.shared);
    if (const auto wrong = compile_patterns(*loaded, program, given.programs[i].row.bytes(), pool); !wrong.empty())
      return refuse(wrong);
    const Required required(given, static_cast<Action>(i));
    loaded->words.push_back(pool.words(required.all));
    program.required = loaded->words.back()->data();
    loaded->words.push_back(pool.words(required.to_attempt));
    program.required_to_attempt = loaded->words.back()->data();
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
  read_structure(*loaded);
  return loaded;
}

}  // namespace writ::engine
