// Packing what a bound request holds, and unpacking it into a room: as if it had been started and filled there. What it was bound to is compared by
// the hash of the part, so that places found beforehand are only ever used in the part that they are places of.
#include "runtime/engine/prepared.h"

#include "runtime/engine/state.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <exception>

namespace writ {

using engine::Loaded;
using program::Slot;
using program::Text;

namespace {

enum class Width : std::uint8_t { plain, address, text, texts };

Width width_of(TypeKind type) {
  switch (type) {
  case TypeKind::ip: return Width::address;
  case TypeKind::string: return Width::text;
  case TypeKind::string_set: return Width::texts;
  default: return Width::plain;
  }
}

// Calls `f(id, width, slot)` for each fact that is given; entities are given, and have no slot.
template <class F>
void each_fact(const Request::State& from, F&& f) {
  for (std::size_t word = 0; word < engine::words_for(from.fact_count); ++word)
    for (auto bits = from.present[word]; bits != 0; bits &= bits - 1) {
      const auto place = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      const auto type = from.known->rules[place].type;
      if (type > TypeKind::enumeration && type <= TypeKind::organization) continue;
      f(static_cast<std::uint16_t>(place), width_of(type), from.slots[place]);
    }
}

// What is to be packed. Counted first, then filled.
struct Sizes {
  std::size_t words = 0, plain = 0, wide = 0, items = 0, bytes = 0;
};

Sizes sizes_of(const Request::State& from) {
  Sizes sizes;
  sizes.words = engine::words_for(from.fact_count);
  while (sizes.words > 1 && from.present[sizes.words - 1] == 0) --sizes.words;
  each_fact(from, [&](std::uint16_t, Width width, const Slot& slot) {
    ++(width == Width::plain ? sizes.plain : sizes.wide);
    if (width == Width::text) sizes.bytes += slot.text.size;
    if (width != Width::texts) return;
    sizes.items += slot.set.size;
    for (std::size_t i = 0; i < slot.set.size; ++i) sizes.bytes += slot.set.items[i].size;
  });
  return sizes;
}

}  // namespace

std::byte* Prepared::begin(std::size_t size) {
  more_ = size > room_.size() ? std::make_unique<std::byte[]>(size) : nullptr;
  return more_ ? more_.get() : room_.data();
}

void Engine::prepare(NamedRequest named, Prepared& prepared) const {
  prepared.usual_ = false;
  prepared.named_ = std::make_unique<const NamedRequest>(std::move(named));
  Request request;
  bind(*prepared.named_, request);
  const auto& from = *request.state_;
  prepared.action_ = prepared.named_->action;
  prepared.has_connection_ = from.has_connection;
  prepared.has_organization_ = from.has_organization;
  if (!from.loaded || !from.started || from.broken_name || from.stray || from.any_refused) return;

  const auto sizes = sizes_of(from);
  const auto ids_at = (sizes.words + sizes.plain) * 8 + sizes.wide * sizeof(Slot);
  const auto ids_size = ((sizes.plain + sizes.wide) * sizeof(std::uint16_t) + 7) / 8 * 8;
  auto* const room = prepared.begin(ids_at + ids_size + sizes.items * sizeof(Text) + sizes.bytes);
  auto* const present = reinterpret_cast<std::uint64_t*>(room);
  auto* plain = reinterpret_cast<std::int64_t*>(present + sizes.words);
  auto* wide = reinterpret_cast<Slot*>(plain + sizes.plain);
  auto* plain_id = reinterpret_cast<std::uint16_t*>(room + ids_at);
  auto* wide_id = plain_id + sizes.plain;
  auto* item = reinterpret_cast<Text*>(room + ids_at + ids_size);
  auto* byte = reinterpret_cast<char*>(item + sizes.items);

  std::copy_n(from.present.data(), sizes.words, present);
  const auto copy = [&](const Text& text) {
    const Text copied{byte, text.size, text.lowered};
    if (text.size != 0) std::memcpy(byte, text.data, text.size);
    byte += text.size;
    return copied;
  };
  each_fact(from, [&](std::uint16_t id, Width width, const Slot& slot) {
    if (width == Width::plain) {
      *plain_id++ = id;
      *plain++ = slot.integer;
      return;
    }
    *wide_id++ = id;
    auto& to = *wide++ = slot;
    if (width == Width::text) to.text = copy(slot.text);
    if (width != Width::texts) return;
    to.set = {item, slot.set.size};
    for (std::size_t i = 0; i < slot.set.size; ++i) *item++ = copy(slot.set.items[i]);
  });

  prepared.hash_ = state_->tenants.hash_of(prepared.named_->tenant);
  prepared.identity_ = from.loaded->identity();
  prepared.client_ = static_cast<std::int32_t>(from.frame.client);
  prepared.connection_ = static_cast<std::int32_t>(from.frame.connection);
  prepared.organization_ = static_cast<std::int32_t>(from.frame.organization);
  prepared.words_ = static_cast<std::uint16_t>(sizes.words);
  prepared.plain_ = static_cast<std::uint16_t>(sizes.plain);
  prepared.wide_ = static_cast<std::uint16_t>(sizes.wide);
  prepared.usual_ = true;
}

void Prepared::unpack(const Loaded& loaded, Request::State& room) const {
  const auto* const present = reinterpret_cast<const std::uint64_t*>(more_ ? more_.get() : room_.data());
  const auto* const plain = reinterpret_cast<const std::int64_t*>(present + words_);
  const auto* const wide = reinterpret_cast<const Slot*>(plain + plain_);
  const auto* id = reinterpret_cast<const std::uint16_t*>(wide + wide_);
  room.reset(action_, &loaded, {present, words_});
  room.named = named_.get();
  room.has_connection = has_connection_;
  room.has_organization = has_organization_;
  std::copy_n(present, words_, room.present.data());
  for (std::size_t i = 0; i < plain_; ++i) {
    Slot slot;  // whole: another tenant's fact of that number may have been a wide one
    slot.integer = plain[i];
    room.slots[*id++] = slot;
  }
  for (std::size_t i = 0; i < wide_; ++i) room.slots[*id++] = wide[i];
  room.frame.client = client_;
  room.frame.connection = connection_;
  room.frame.organization = organization_;
  room.follow_names();
}

namespace {

void refuse(Request::State& room) {
  room.reset(Action::login, nullptr);
  room.started = false;
}

}  // namespace

Decision Engine::decide(const Prepared& prepared, Request& room) const noexcept {
  auto& asked = *room.state_;
  try {
    const auto is = [&](const Loaded& loaded) { return loaded.identity() == prepared.identity_; };
    const auto* const loaded = prepared.usual_ ? state_->tenants.find_by(prepared.hash_, asked.hold, is) : nullptr;
    if (loaded) {
      prepared.unpack(*loaded, asked);
      state_->see_to_code(asked);
    } else if (prepared.named_) {
      bind(*prepared.named_, room);
    } else {
      refuse(asked);
    }
  } catch (const std::exception&) {  // for want of memory
    refuse(asked);
  }
  return decide(room);
}

void Engine::decide_batch(std::span<const Prepared> prepared, Request& room,
                          std::span<Decision> decisions) const noexcept {
  // So many before their turn: what was prepared; the place of its tenant, which is found by that; and the tenant, which is found by its place.
  constexpr std::size_t prepared_ahead = 12, place_ahead = 8, tenant_ahead = 4, tenant_bytes = 1'024, line = 64;
  const auto count = std::min(prepared.size(), decisions.size());
  auto& hold = room.state_->hold;
  const auto fetch_prepared = [&](std::size_t i) {
    if (i >= count) return;
    const auto* const from = reinterpret_cast<const char*>(&prepared[i]);
    for (std::size_t at = 0; at < sizeof(Prepared); at += line) __builtin_prefetch(from + at);
  };
  const auto fetch_place = [&](std::size_t i) {
    if (i < count) state_->tenants.fetch_place(prepared[i].hash_, hold);
  };
  const auto fetch_tenant = [&](std::size_t i) {
    if (i < count) state_->tenants.fetch_value(prepared[i].hash_, tenant_bytes, hold);
  };
  for (std::size_t i = 0; i < prepared_ahead; ++i) fetch_prepared(i);
  for (std::size_t i = 0; i < place_ahead; ++i) fetch_place(i);
  for (std::size_t i = 0; i < tenant_ahead; ++i) fetch_tenant(i);
  for (std::size_t i = 0; i < count; ++i) {
    fetch_prepared(i + prepared_ahead);
    fetch_place(i + place_ahead);
    fetch_tenant(i + tenant_ahead);
    decisions[i] = decide(prepared[i], room);
  }
}

}  // namespace writ
