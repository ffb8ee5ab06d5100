// A part to a Loaded: verified, then everything that can be found out before the first request is found out.
#include "runtime/engine/loaded.h"

#include "runtime/program/builtins.h"
#include "runtime/program/pattern.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace writ::engine {

using program::Part;
using program::SlotKind;

namespace {

void set_bit(Words& words, std::size_t bit) { words[bit / 64] |= std::uint64_t{1} << bit % 64; }

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
      want(fact_of(lockout.counter), true);
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

// The compiled patterns of a tenant, and what they may take together.
class Patterns {
 public:
  explicit Patterns(Pool& pool) : pool_(pool) {}

  // Those of a row, by slot; none where no slot is a pattern. `wrong` says why they cannot be had.
  std::vector<const re2::RE2*> compile(const program::Shape& shape, std::span<const std::byte> row,
                                       std::string& wrong) {
    std::vector<const re2::RE2*> by_slot;
    for (std::size_t i = 0; i < shape.slots.size(); ++i) {
      if (shape.slots[i] != SlotKind::regex) continue;
      by_slot.resize(shape.slots.size(), nullptr);
      by_slot[i] = compile(text(row, i), wrong);
      if (!wrong.empty()) return {};
    }
    if (steps(shape, row, by_slot) > 4 * program::max_pattern_steps)
      wrong = "the patterns of one program take over 65,536 steps for a byte";
    return by_slot;
  }
  std::map<const re2::RE2*, std::shared_ptr<const re2::RE2>> take() { return std::move(owned_); }

 private:
  const re2::RE2* compile(std::string_view text, std::string& wrong) {
    std::string error;
    auto pattern = pool_.pattern(text, error);
    const auto* const raw = pattern.get();
    if (!pattern) {
      wrong = "the pattern /" + std::string(text.substr(0, 80)) + "/ does not compile: " + error;
    } else if (owned_.emplace(raw, std::move(pattern)).second) {
      memory_ += program::memory_of(*raw);
      if (memory_ > program::max_pattern_memory) wrong = "its patterns may take over 64 MiB";
    }
    return raw;
  }

  // What regular expressions and globs do for a byte, all of them, of each string of a set as often as counts there (decision 0008).
  static std::size_t steps(const program::Shape& shape, std::span<const std::byte> row,
                           const std::vector<const re2::RE2*>& by_slot) {
    std::size_t sum = 0, loop_end = 0;
    for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
      const auto& node = shape.nodes[i];
      if (node.op == program::Op::each) loop_end = std::max<std::size_t>(loop_end, node.c);
      const std::size_t times = i < loop_end ? program::pattern_times_in_a_set : 1;
      if (node.op == program::Op::regex) sum += program::steps_of(*by_slot[node.b]) * times;
      if (node.op == program::Op::glob) sum += program::steps_of_glob(text(row, node.b)) * times;
    }
    return sum;
  }
  static std::string_view text(std::span<const std::byte> row, std::size_t slot) {
    const auto found = program::row_text(row.data(), static_cast<std::uint32_t>(slot));
    return {found.data, found.size};
  }

  Pool& pool_;
  std::map<const re2::RE2*, std::shared_ptr<const re2::RE2>> owned_;
  std::size_t memory_ = 0;
};

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

std::int64_t common_wanted(const program::PasswordProgram& password) {
  std::int64_t wanted = 0;
  for (const auto& one : password.requirements)
    if (one.check == PasswordCheck::common) wanted = std::max(wanted, one.numbers.empty() ? 1 : one.numbers[0]);
  return wanted;
}

// The structure of a part, and its rows, in a block.
class Builder {
 public:
  Builder(const Part& part, const Kind& kind) : part_(part) {
    layout.kind = &kind;
    layout.id = NameEnds(part.id);
    for (std::size_t i = 0; i < 16; ++i) layout.identity[i / 8] = layout.identity[i / 8] << 8 | part.hash[i];
    layout.version = part.version;
    // A prepared request reads the rows alone, any other one all of it.
    for (std::size_t i = 0; i < action_count; ++i) layout.rows[i] = block.list(part.programs[i].row.bytes()).at;
    layout.clients.build(kind.key, ids(part.clients), block);
    clients();
    layout.connections.build(kind.key, ids(part.connections), block);
    connections();
    layout.hosts = texts(part.hosts);
    layout.issuers = texts(part.issuers);
    lockouts();
    layout.organizations.build(kind.key, ids(part.organizations), block, true);
    organizations();
  }

  Loaded::Layout layout;
  BlockBuilder block;

 private:
  List<Letters> texts(const std::vector<std::string>& from) {
    std::vector<Letters> result;
    for (const auto& text : from) result.push_back(block.text(text));
    return block.list(result);
  }
  List<std::uint32_t> sorted(std::vector<std::uint32_t> places) {
    std::ranges::sort(places);
    return block.list(places);
  }

  void clients() {
    std::vector<ClientFacts> all;
    for (const auto& client : part_.clients) {
      auto& facts = all.emplace_back();
      facts.type = client.type;
      facts.usage = client.usage;
      facts.grants = client.grants;
      for (const auto place : client.connections)
        place < 64 ? void(facts.connections |= std::uint64_t{1} << place) : void(facts.wide = true);
      if (facts.wide) facts.more = sorted(client.connections);
      facts.callbacks = texts(client.callbacks);
    }
    layout.client_facts = block.list(all);
  }
  void connections() {
    std::vector<ConnectionFacts> all;
    for (const auto& one : part_.connections)
      all.push_back({one.strategy, strategies[one.strategy].family, one.signup_open});
    layout.connection_facts = block.list(all);
  }
  void lockouts() {
    std::vector<LockoutFacts> all;
    for (const auto& one : part_.lockouts)
      all.push_back({one.counter, one.connection, one.attempts, one.block, one.within, block.list(one.exempt)});
    std::ranges::stable_sort(all, {}, &LockoutFacts::connection);
    layout.lockouts = block.list(all);
  }
  void organizations() {
    std::vector<OrganizationFacts> all;
    for (const auto& one : part_.organizations) {
      std::vector<OrganizationFacts::Narrowing> narrowings;
      for (const auto& use : one.uses)
        if (use.narrows) narrowings.push_back({use.client, sorted(use.connections)});
      all.push_back({one.members_required, sorted(one.joins_via), sorted(one.connections), block.list(narrowings)});
    }
    layout.organization_facts = block.list(all);
  }

  const Part& part_;
};

// With the block behind it, in one allocation.
template <class T>
struct WithRoom {
  using value_type = T;
  std::size_t room;
  explicit WithRoom(std::size_t bytes) : room(bytes) {}
  template <class U>
  WithRoom(const WithRoom<U>& other) : room(other.room) {}  // NOLINT(google-explicit-constructor): as allocators are
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T) + room, std::align_val_t{line}));
  }
  void deallocate(T* at, std::size_t count) noexcept {
    ::operator delete(at, count * sizeof(T) + room, std::align_val_t{line});
  }
  bool operator==(const WithRoom&) const = default;
  static constexpr std::size_t line = 64;
};

}  // namespace

std::shared_ptr<const Loaded> Loaded::make(const Layout& layout, std::unique_ptr<Cold> cold,
                                           std::span<const std::byte> block, std::size_t read,
                                           std::span<const std::uint32_t> password_rows) {
  auto& passwords = cold->passwords;
  auto made = std::allocate_shared<Loaded>(WithRoom<Loaded>(block.size()), layout, std::move(cold), read);
  if (!block.empty()) std::memcpy(reinterpret_cast<std::byte*>(made.get() + 1), block.data(), block.size());
  for (std::size_t i = 0; i < passwords.size(); ++i) passwords[i].row = made->start() + password_rows[i];
  return made;
}

bool Loaded::has(List<Letters> texts, std::string_view name) const {
  return std::ranges::any_of(list(texts), [&](Letters text) { return block()[text] == name; });
}

std::vector<std::string_view> Loaded::texts(List<Letters> texts) const {
  std::vector<std::string_view> all;
  for (const auto text : list(texts)) all.push_back(block()[text]);
  return all;
}

std::shared_ptr<const Part> Loaded::part() const {
  if (cold_->part) return cold_->part;
  auto part = cold_->source->read();
  if (!part) throw std::runtime_error("tenant `" + std::string(name()) + "` cannot be read from its bundle any more");
  return part;
}

bool Loaded::enabled_past_64(const ClientFacts& facts, std::int64_t connection) const {
  return std::ranges::binary_search(list(facts.more), static_cast<std::uint32_t>(connection));
}

bool Loaded::enabled_in(std::int64_t organization_place, std::int64_t client, std::int64_t connection) const {
  const auto place = static_cast<std::uint32_t>(connection);
  const auto& facts = organization(organization_place);
  if (!std::ranges::binary_search(list(facts.connections), place)) return false;
  return std::ranges::all_of(list(facts.narrowings), [&](const OrganizationFacts::Narrowing& use) {
    return use.client != static_cast<std::uint32_t>(client) || std::ranges::binary_search(list(use.connections), place);
  });
}

std::shared_ptr<const Loaded> load(Part given, Verified verified, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error,
                                   SourceOf source) {
  const auto refuse = [&](const std::string& why) {
    error = "tenant `" + given.id + "`: " + why;
    return nullptr;
  };
  if (verified == Verified::no) {
    if (const auto wrong = program::verify(given); !wrong.empty()) return refuse(wrong);
    if (given.hash != program::hash_of(given)) return refuse("the hash is not the part's");
  }
  const auto share = [&](std::shared_ptr<const program::Shape>& shape) {
    bool is_new = false;
    auto shared = pool.shape(shape, is_new);
    shape = shared->shape;
    if (is_new) fresh.push_back(shared);
    return shared;
  };
  auto cold = std::make_unique<Loaded::Cold>();
  Patterns patterns(pool);
  std::array<std::vector<const re2::RE2*>, action_count> by_action;
  std::array<SharedProgram, action_count> programs;
  std::string wrong;
  for (std::size_t i = 0; i < action_count; ++i) {
    auto& program = given.programs[i];
    const Required required(given, static_cast<Action>(i));
    programs[i] = {share(program.shape), required.all, required.to_attempt};
    by_action[i] = patterns.compile(*program.shape, program.row.bytes(), wrong);
    if (!wrong.empty()) return refuse(wrong);
  }
  cold->kind = pool.kind(pool.facts(given.attributes), std::move(programs));
  for (auto& password : given.passwords) {
    auto& made = cold->passwords.emplace_back();
    made.shared = share(password.shape);
    made.patterns = patterns.compile(*password.shape, password.row.bytes(), wrong);
    if (!wrong.empty()) return refuse(wrong);
    for (const auto& node : password.shape->nodes)
      if (program::row_of(node.op).operands[0] == program::Operand::fact) made.asks |= std::uint64_t{1} << node.a;
    made.normalize = password.normalize;
    made.depth = depth_of(password);
    made.common_wanted = common_wanted(password);
  }
  cold->patterns = patterns.take();
  cold->hash = given.hash;
  cold->password_places.assign(given.connections.size(), -1);
  for (std::size_t i = 0; i < given.passwords.size(); ++i)
    cold->password_places[given.passwords[i].connection] = static_cast<std::int32_t>(i);
  Builder built(given, *cold->kind);
  if (!cold->patterns.empty()) {
    std::vector<List<const re2::RE2*>> lists;
    for (const auto& by_slot : by_action) lists.push_back(built.block.list(by_slot));
    built.layout.patterns = built.block.list(lists);
  }
  const auto read = built.block.bytes().size();
  built.layout.name = built.block.text(given.id);
  std::vector<std::uint32_t> password_rows;
  for (const auto& password : given.passwords) password_rows.push_back(built.block.list(password.row.bytes()).at);
  if (source)
    cold->source = std::move(source);
  else
    cold->part = std::make_shared<const Part>(std::move(given));
  return Loaded::make(built.layout, std::move(cold), built.block.bytes(), read, password_rows);
}

}  // namespace writ::engine
