// Facts into slots. Each is judged when it is set, by the tables of the tenant the request is bound to, and what is wrong is remembered by
// fact: setting it right later mends it. Nothing is decided here.
#include "runtime/engine/request.h"

#include "runtime/program/pattern.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace writ {

using program::Slot;
using program::Text;

bool sound(std::string_view text) { return text.size() <= max_string && valid_utf8(text); }

// ---------------------------------------------------------------- state

namespace {

// Facts that are given and have nothing in their slot.
constexpr auto entities = [] {
  std::array<std::uint64_t, engine::words_for(builtin_facts.size())> words{};
  for (std::size_t place = 0; place < builtin_facts.size(); ++place)
    if (builtin_facts[place].type > TypeKind::enumeration && builtin_facts[place].type <= TypeKind::organization)
      words[place / 64] |= std::uint64_t{1} << place % 64;
  return words;
}();

}  // namespace

void Request::State::reset(Action asked, const engine::Loaded* found) {
  // What the request was bound to before may be gone: nothing of it is looked at.
  for (std::size_t word = 0; word < engine::words_for(fact_count); ++word) {
    const auto stays = word < entities.size() ? entities[word] : 0;
    for (auto bits = present[word] & ~stays; bits != 0; bits &= bits - 1)
      slots[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))] = Slot();
    present[word] = 0;
  }
  if (any_refused) refused->facts = {};
  if (stray) stray_name.clear();
  stray = broken_stray = broken_name = any_refused = false;
  block = used = 0;
  started = true;
  action = asked;
  loaded = found;
  known = loaded ? loaded->kind().facts.get() : &engine::builtin_table();
  fact_count = known->rules.size();
  if (slots.size() < fact_count) slots.resize(fact_count);
  frame = {};
  frame.facts = room = slots.data();
  frame.present = given = present.data();
  forms = known->forms[static_cast<std::size_t>(action)].data();
  let_quickly();
}

void Request::State::give_up() {
  reset(Action::login, nullptr);
  started = false;
  let_quickly();
  names = {};
}

// Where the names lead, and the program that will be asked.
void Request::State::resolve() {
  const auto mark = [&](FactId id) { present[index(id) / 64] |= std::uint64_t{1} << index(id) % 64; };
  mark(fact("tenant"));
  mark(fact("client"));
  if (has_connection) mark(fact("connection"));
  if (has_organization) mark(fact("organization"));
  const auto& [tenant, client, connection, organization] = names;
  if (loaded) {
    frame.client = loaded->client(client);
    if (has_connection) frame.connection = loaded->connection(connection);
    if (has_organization) frame.organization = loaded->organization(organization);
    if (frame.client >= 0) frame.client_type = static_cast<std::int64_t>(loaded->client(frame.client).type);
    if (frame.connection >= 0) {
      const auto& facts = loaded->connection(frame.connection);
      frame.connection_strategy = facts.strategy;
      frame.connection_family = static_cast<std::int64_t>(facts.family);
    }
    frame.row = loaded->row(action);
    frame.patterns = loaded->patterns(action);
    fired.prepare(shape().rules.size());
    satisfied.prepare(shape().entries.size());
  }
  // A name that led somewhere is one of ours, and ours are sound.
  broken_name = (!loaded && !sound(tenant)) || (frame.client < 0 && !sound(client)) ||
                (frame.connection < 0 && !sound(connection)) || (frame.organization < 0 && !sound(organization));
}

void Request::State::clear(FactId fact) {
  const auto bit = std::uint64_t{1} << index(fact) % 64;
  present[index(fact) / 64] &= ~bit;
  slots[index(fact)] = Slot();
  if (!any_refused) return;
  refused->facts[index(fact) / 64] &= ~bit;
  any_refused = std::ranges::any_of(refused->facts, [](auto word) { return word != 0; });
  let_quickly();
}

void Request::State::refuse(FactId fact, Wrong why) {
  clear(fact);
  if (!refused) refused = or_give_up([] { return std::make_unique<Refused>(); });
  any_refused = true;
  let_quickly();
  refused->facts[index(fact) / 64] |= std::uint64_t{1} << index(fact) % 64;
  refused->why[index(fact)] = why;
}

namespace {

template <class... Types>
constexpr std::uint32_t any_of(Types... types) {
  return (... | (std::uint32_t{1} << static_cast<unsigned>(types)));
}

}  // namespace

Slot* Request::State::accept(FactId fact, std::uint32_t types) {
  const auto place = index(fact);
  if (place >= known->rules.size()) {
    stray = true;
    return nullptr;
  }
  const auto& rule = known->rules[place];
  if (rule.type > TypeKind::enumeration && rule.type <= TypeKind::organization) {  // a name, given to `start`
    stray = true;
    return nullptr;
  }
  clear(fact);
  if ((types >> static_cast<unsigned>(rule.type) & 1) == 0) return refuse(fact, Wrong::type), nullptr;
  if ((rule.actions & mask_of(action)) == 0) return refuse(fact, Wrong::action), nullptr;
  present[place / 64] |= std::uint64_t{1} << place % 64;
  return &slots[place];
}

// Room for a set. Blocks grow, and are never moved while something points at them.
Text* Request::State::take_texts(std::size_t count) {
  while (block < blocks.size() && blocks[block].second - used < count) ++block, used = 0;
  if (block == blocks.size()) {
    const auto size = std::max<std::size_t>(count, blocks.empty() ? 8 : blocks.back().second * 2);
    blocks.emplace_back(std::make_unique<Text[]>(size), size);
    used = 0;
  }
  auto* const texts = blocks[block].first.get() + used;
  used += count;
  return texts;
}

template <class Strings>
void Request::State::set_strings(FactId fact, const Strings& values) {
  const auto place = index(fact);
  // Of a set that was set already; none where nothing was. What a fact of another type holds is not looked at: it is not accepted.
  const auto before = place < slots.size() ? slots[place].set : program::TextSet{};
  auto* slot = take(fact, engine::Form::texts);
  if (!slot) slot = accept(fact, any_of(TypeKind::string_set));
  if (!slot) return;
  const auto count = std::size(values);
  if (count > max_set_items) return refuse(fact, Wrong::size);
  // As many as before, or fewer, use the room that they had.
  auto* const texts = count == 0             ? nullptr
                      : count <= before.size ? const_cast<Text*>(before.items)
                                             : or_give_up([&] { return take_texts(count); });
  std::size_t at = 0, bytes = 0;
  for (const std::string_view value : values) {
    if (!sound(value)) return refuse(fact, Wrong::text);
    bytes += value.size();
    texts[at++] = {value.data(), static_cast<std::uint32_t>(value.size()), 0};
  }
  if (bytes > program::max_set_bytes) return refuse(fact, Wrong::size);
  if (count > program::TextSet::sorted_from)
    std::sort(texts, texts + count, [](const Text& a, const Text& b) {
      return a.size != b.size ? a.size < b.size : std::string_view(a.data, a.size) < std::string_view(b.data, b.size);
    });
  slot->set = {texts, count};
}

// ---------------------------------------------------------------- setting

Request::Request() : state_(std::make_unique<State>()), quick_(state_.get()) {
  state_->slots.resize(builtin_facts.size());
}
Request::~Request() = default;
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;

Request& Request::set_boolean_with_care(FactId fact, bool value) {
  if (auto* const slot = state_->accept(fact, any_of(TypeKind::boolean))) slot->integer = value;
  return *this;
}

Request& Request::set_with_care(FactId fact, std::int64_t value) {
  auto* const slot =
      state_->accept(fact, any_of(TypeKind::integer, TypeKind::time, TypeKind::duration, TypeKind::enumeration));
  if (!slot) return *this;
  slot->integer = value;
  const auto place = index(fact);
  const auto& rule = state_->known->rules[place];
  if (value < rule.low || value > rule.high) state_->refuse(fact, Wrong::range), state_->refused->values[place] = value;
  return *this;
}

Request& Request::set(FactId fact, std::string_view value) {
  const bool good = sound(value);
  const program::Text text{value.data(), static_cast<std::uint32_t>(value.size()), 0};
  if (good) {
    if (auto* const slot = quick_->take(fact, engine::Form::text)) return slot->text = text, *this;
    if (is_mail(value))
      if (auto* const slot = quick_->take(fact, engine::Form::mail)) return slot->text = text, *this;
  }
  auto* const slot = state_->accept(fact, any_of(TypeKind::string));
  if (!slot) return *this;
  if (!good)
    state_->refuse(fact, Wrong::text);
  else if (fact == writ::fact("request.country") && !is_country(value))
    state_->refuse(fact, Wrong::country);
  else if (fact == writ::fact("request.host") && !is_domain(value))
    state_->refuse(fact, Wrong::host);
  else if (fact == writ::fact("user.email") && !is_mail(value))
    state_->refuse(fact, Wrong::email);
  else
    slot->text = text;
  return *this;
}

Request& Request::set_with_care(FactId fact, const Ip& value) {
  if (auto* const slot = state_->accept(fact, any_of(TypeKind::ip))) slot->ip = value;
  return *this;
}

Request& Request::set(FactId fact, std::span<const std::string_view> values) {
  state_->set_strings(fact, values);
  return *this;
}

Request& Request::unset(FactId fact) {
  const auto place = index(fact);
  const bool entity = place < builtin_facts.size() && builtin_facts[place].type > TypeKind::enumeration;
  if (place < state_->slots.size() && !entity) state_->clear(fact);
  return *this;
}

// ---------------------------------------------------------------- what there is to set

bool Request::bound() const { return state_->loaded != nullptr; }

std::optional<FactId> Request::find(std::string_view name) const { return state_->known->find(name); }

TypeKind Request::type_of(FactId fact) const { return state_->known->rules[index(fact)].type; }

std::optional<std::int64_t> Request::word(FactId fact, std::string_view word) const {
  const auto in = [&](const auto& words) -> std::optional<std::int64_t> {
    const auto at = std::ranges::find(words, word);
    return at == words.end() ? std::nullopt : std::optional(at - words.begin());
  };
  const auto place = index(fact);
  return place < builtin_facts.size() ? in(builtin_facts[place].values)
                                      : in(state_->known->words[place - builtin_facts.size()]);
}

// ---------------------------------------------------------------- from names

namespace {

std::string_view view(const std::optional<std::string>& name) {
  return name ? std::string_view(*name) : std::string_view();
}

bool sound_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return sound(*text);
  const auto* set = std::get_if<StringSet>(&value);
  return !set || std::ranges::all_of(*set, [](const std::string& text) { return sound(text); });
}

struct Setter {
  Request& request;
  FactId fact;
  void operator()(bool value) const { request.set(fact, value); }
  void operator()(std::int64_t value) const { request.set(fact, value); }
  void operator()(const std::string& value) const { request.set(fact, std::string_view(value)); }
  void operator()(const Ip& value) const { request.set(fact, value); }
  void operator()(const StringSet&) const {}  // bound without a list of views in between
};

}  // namespace

void Engine::bind(const NamedRequest& named, Request& request) const {
  start(request, named.action, named.tenant, named.client, view(named.connection), view(named.organization));
  auto& state = *request.state_;
  for (const auto& [name, value] : named.facts) {
    const auto fact = state.known->find(name);
    if (!fact) {
      if (!state.stray) state.stray_name = name;
      state.stray = true;
      state.broken_stray = state.broken_stray || !sound_value(value);
    } else if (const auto* set = std::get_if<StringSet>(&value)) {
      state.set_strings(*fact, *set);
    } else {
      std::visit(Setter{request, *fact}, value);
    }
  }
}

}  // namespace writ
