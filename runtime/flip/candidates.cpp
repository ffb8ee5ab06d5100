// See candidates.h. First what the nodes of the program ask for (wishes.h), then what the checks before the rules ask for, then one list a
// fact, in order.
#include "runtime/flip/candidates.h"

#include "runtime/flip/wishes.h"
#include "runtime/program/builtins.h"

#include <algorithm>
#include <array>
#include <set>

namespace writ::flip {

namespace {

constexpr FactId connection = fact("connection"), organization = fact("organization"), grant_fact = fact("grant");

struct Declared {
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string> words;
};

Declared declared(const program::Part& part, FactId id) {
  Declared made;
  if (index(id) < builtin_facts.size()) {
    const auto& one = builtin_facts[index(id)];
    made = {one.type, one.required, one.optional, one.low, one.high, {one.values.begin(), one.values.end()}};
  } else {
    const auto& one = part.attributes[index(id) - builtin_facts.size()];
    made = {one.type, one.required, one.optional, one.low, one.high, one.values};
  }
  const auto bounds = bounds_of(made.type);
  made.low = std::max(made.low, bounds.low);
  made.high = std::min(made.high, bounds.high);
  if (made.type == TypeKind::enumeration) made.low = 0, made.high = static_cast<std::int64_t>(made.words.size()) - 1;
  return made;
}

// Session, connection, organization, grant, request, user, token, attempts, others.
std::size_t rank(std::string_view name) {
  constexpr std::array<std::string_view, 8> order = {"session", "connection", "organization", "grant",
                                                     "request", "user",       "token",        "attempts"};
  const auto word = name.substr(0, name.find('.'));
  return static_cast<std::size_t>(std::ranges::find(order, word) - order.begin());
}

std::optional<Ip> beside(Ip ip, int by) {
  const bool v4 = ip.is_v4();
  for (std::size_t i = 16; i-- > 0;) {
    ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] + by);
    if (ip.bytes[i] != (by > 0 ? 0x00 : 0xff)) return ip.is_v4() == v4 ? std::optional(ip) : std::nullopt;
  }
  return std::nullopt;  // past the first or the last address there is
}

// Turns wishes into lists.
class Lister {
 public:
  Lister(const program::Part& part, const NamedRequest& request) : part_(part), request_(request) {}

  Dial dial(FactId id, const Wish& wish) {
    const auto about = declared(part_, id);
    Dial made{id, fact_name(part_, id), about.type, about.words, may_be_absent(id, about), {}, {}};
    made.now = value_in(request_, made.name);
    list(made, about, wish);
    if (made.may_be_absent) made.values.emplace_back();
    std::set<std::optional<Value>> seen = {made.now};
    std::erase_if(made.values, [&](const auto& value) { return !seen.insert(value).second; });
    return made;
  }

 private:
  bool may_be_absent(FactId id, const Declared& about) const {
    if (id == organization) {
      const auto place = place_of(part_.clients, request_.client);
      return place >= 0 && (request_.action == Action::m2m ||
                            part_.clients[static_cast<std::size_t>(place)].usage != OrganizationUsage::require);
    }
    return (about.optional & mask_of(request_.action)) != 0;
  }

  void list(Dial& dial, const Declared& about, const Wish& wish) {
    switch (dial.type) {
    case TypeKind::boolean: return booleans(dial);
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration:
    case TypeKind::enumeration: return integers(dial, about, wish);
    case TypeKind::string: return strings(dial, wish);
    case TypeKind::ip: return addresses(dial, wish);
    case TypeKind::string_set: return sets(dial, wish);
    case TypeKind::connection:
    case TypeKind::organization:
      for (const auto& id : wish.strings) dial.values.emplace_back(id);
      return;
    default: return;
    }
  }

  static void booleans(Dial& dial) {
    if (dial.fact != fact("user.blocked")) dial.values.emplace_back(true);
    dial.values.emplace_back(false);
  }

  // The nearest first; of a time, what is still to come before what is past.
  void integers(Dial& dial, const Declared& about, const Wish& wish) {
    auto values = wish.integers;
    const auto* const now = dial.now ? std::get_if<std::int64_t>(&*dial.now) : nullptr;
    if (dial.type == TypeKind::enumeration && dial.fact != grant_fact)
      for (std::size_t i = 0; i < about.words.size(); ++i) values.insert(static_cast<std::int64_t>(i));
    if (dial.type == TypeKind::duration || (values.empty() && now == nullptr))
      values.insert(dial.type == TypeKind::time ? integer_in(request_, "request.time").value_or(0)
                                                : std::max<std::int64_t>(about.low, 0));
    std::vector<std::int64_t> order;
    for (const auto value : values)
      if (value >= about.low && value <= about.high) order.push_back(value);
    const auto far = [&](std::int64_t value) {
      const Wide apart = Wide{value} - (now != nullptr ? *now : std::max<std::int64_t>(about.low, 0));
      const bool past = dial.type == TypeKind::time && apart < 0;
      return std::pair(past, apart < 0 ? -apart : apart);
    };
    if (dial.type != TypeKind::enumeration) std::ranges::stable_sort(order, {}, far);
    for (const auto value : order) dial.values.emplace_back(value);
  }

  void strings(Dial& dial, const Wish& wish) {
    const auto* const now = dial.now ? std::get_if<std::string>(&*dial.now) : nullptr;
    const std::string local =
        now != nullptr && now->find('@') != std::string::npos ? now->substr(0, now->rfind('@')) : "someone";
    if (dial.fact == fact("request.country")) {
      for (const auto& text : wish.strings)
        if (text.size() == 2) dial.values.emplace_back(text);
      std::string other = "ZZ";  // nobody's; the next letters are for users of ISO 3166, too
      while (wish.strings.contains(other)) --other[1];
      dial.values.emplace_back(other);
      return;
    }
    for (const auto& text : wish.strings) dial.values.emplace_back(text);
    for (const auto& domain : wish.domains) dial.values.emplace_back(local + "@" + domain);
    if (dial.fact == fact("user.email")) dial.values.emplace_back(local + "@other.example");
    if (dial.fact == fact("request.host") || dial.fact == fact("request.redirect_uri") ||
        dial.fact == fact("token.issuer"))
      return;  // any other is a fault
    for (const char* const other : {"", "other"}) dial.values.emplace_back(std::string(other));
  }

  static void addresses(Dial& dial, const Wish& wish) {
    for (const auto& range : wish.ranges) dial.values.emplace_back(range.first);
    for (const auto& range : wish.ranges) dial.values.emplace_back(range.last);
    for (const auto& range : wish.ranges) {
      if (const auto before = beside(range.first, -1)) dial.values.emplace_back(*before);
      if (const auto after = beside(range.last, 1)) dial.values.emplace_back(*after);
    }
    if (dial.values.empty() && !dial.now) dial.values.emplace_back(*parse_ip("192.0.2.1"));
  }

  void sets(Dial& dial, const Wish& wish) {
    std::set<std::string> asked = wish.strings;
    for (const auto& domain : wish.domains) asked.insert("someone@" + domain);
    StringSet now;
    if (dial.now) now = std::get<StringSet>(*dial.now);
    const auto has = [&](const std::string& text) { return std::ranges::find(now, text) != now.end(); };
    const auto without = [&](const auto& unwanted) {
      StringSet rest;
      for (const auto& text : now)
        if (!unwanted(text)) rest.push_back(text);
      return rest;
    };
    for (const auto& text : asked)
      if (!has(text)) dial.values.emplace_back(joined(now, {text}));
    for (const auto& gone : now) dial.values.emplace_back(without([&](const auto& text) { return text == gone; }));
    dial.values.emplace_back(joined(now, {asked.begin(), asked.end()}));
    dial.values.emplace_back(without([&](const auto& text) { return asked.contains(text); }));
    for (const auto& text : asked) dial.values.emplace_back(StringSet{text});
    dial.values.emplace_back(StringSet{asked.begin(), asked.end()});
    dial.values.emplace_back(StringSet{});
  }

  static StringSet joined(StringSet set, const std::vector<std::string>& more) {
    for (const auto& text : more)
      if (std::ranges::find(set, text) == set.end()) set.push_back(text);
    if (set.size() > max_set_items) set.resize(max_set_items);
    return set;
  }

  const program::Part& part_;
  const NamedRequest& request_;
};

// ---------------------------------------------------------------- what is checked before rules

void wish_connections(const program::Part& part, const NamedRequest& request, Wishes& wishes) {
  const auto place = place_of(part.clients, request.client);
  if (place < 0) return;
  const auto& client = part.clients[static_cast<std::size_t>(place)];
  if (builtin_facts[index(connection)].required & mask_of(request.action))
    for (const auto id : client.connections) wishes.of[connection].strings.insert(part.connections[id].id);
  if (client.usage == OrganizationUsage::deny && !request.organization) return;
  auto& organizations = wishes.of[organization].strings;
  for (const auto& one : part.organizations) {
    if (client.usage == OrganizationUsage::deny) break;
    organizations.insert(one.id);
    if (one.id == request.organization || part.organizations.size() <= most_values)
      wishes.of[fact("user.organizations")].strings.insert(one.id);
  }
}

void wish_structure(const program::Part& part, const NamedRequest& request, Wishes& wishes) {
  wish_connections(part, request, wishes);
  const auto place = place_of(part.clients, request.client);
  if (place < 0) return;
  const auto& client = part.clients[static_cast<std::size_t>(place)];
  const auto given = [&](std::string_view name) { return request.facts.contains(name); };
  if (given("request.host")) wishes.of[fact("request.host")].strings.insert(part.hosts.begin(), part.hosts.end());
  if (given("request.redirect_uri"))
    wishes.of[fact("request.redirect_uri")].strings.insert(client.callbacks.begin(), client.callbacks.end());
  if (given("token.issuer")) wishes.of[fact("token.issuer")].strings.insert(part.issuers.begin(), part.issuers.end());
  if (given("grant") || wishes.of.contains(grant_fact))
    for (std::size_t i = 0; i < grant_names.size(); ++i)
      if (client.grants >> i & 1) wishes.of[grant_fact].integers.insert(static_cast<std::int64_t>(i));
  if (given("user.blocked")) wishes.of[fact("user.blocked")];
  // One of these is unsound without the other.
  const auto together = [&](FactId one, FactId other) {
    if (wishes.of.contains(one) || wishes.of.contains(other)) wishes.of[one], wishes.of[other];
  };
  together(fact("session.mfa"), fact("session.mfa_age"));
  together(fact("user.email"), fact("user.email_verified"));
}

void wish_lockouts(const program::Part& part, const NamedRequest& request, Wishes& wishes) {
  if (request.action != Action::login) return;
  const auto time = integer_in(request, "request.time"), failed = integer_in(request, "attempts.last_failed");
  for (const auto& lockout : part.lockouts) {
    using enum program::Lockout::Counter;
    const auto counter = lockout.counter == by_identifier      ? fact("attempts.by_identifier")
                         : lockout.counter == by_identifier_ip ? fact("attempts.by_identifier_ip")
                                                               : fact("attempts.by_ip");
    add_around(wishes.of[counter].integers, TypeKind::integer, lockout.attempts);
    wishes.of[counter].integers.insert(0);
    for (const auto& block : lockout.exempt) wishes.of[fact("request.ip")].ranges.push_back({block.base, block.base});
    for (const auto span : {lockout.block, lockout.within}) {
      if (span < 0) continue;
      if (time)
        add_around(wishes.of[fact("attempts.last_failed")].integers, TypeKind::time,
                   program::saturating_sub(*time, span));
      if (failed)
        add_around(wishes.of[fact("request.time")].integers, TypeKind::time, program::saturating_add(*failed, span));
    }
  }
}

}  // namespace

std::string fact_name(const program::Part& part, FactId fact) {
  const auto place = index(fact);
  return place < builtin_facts.size() ? std::string(builtin_facts[place].name)
                                      : part.attributes[place - builtin_facts.size()].name;
}

std::optional<Value> value_in(const NamedRequest& request, const std::string& fact) {
  if (fact == "connection") return request.connection ? std::optional<Value>(*request.connection) : std::nullopt;
  if (fact == "organization") return request.organization ? std::optional<Value>(*request.organization) : std::nullopt;
  const auto found = request.facts.find(fact);
  return found == request.facts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> integer_in(const NamedRequest& request, const std::string& fact) {
  const auto found = request.facts.find(fact);
  const auto* const number = found == request.facts.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

void put(NamedRequest& request, const std::string& fact, const std::optional<Value>& value) {
  const auto name = [&] { return value ? std::optional(std::get<std::string>(*value)) : std::nullopt; };
  if (fact == "connection")
    request.connection = name();
  else if (fact == "organization")
    request.organization = name();
  else if (value)
    request.facts.insert_or_assign(fact, *value);
  else
    request.facts.erase(fact);
}

void shorten(Dial& dial, std::size_t most, Dials& dials) {
  if (dial.values.size() <= most) return;
  const bool absent = !dial.values.back();
  dial.values.resize(most);
  if (absent) dial.values.back().reset();
  dials.cut = true;
}

Dials dials_of(const program::Part& part, const NamedRequest& request, bool merged, std::size_t most) {
  const auto& program = part.programs[static_cast<std::size_t>(request.action)];
  Wishes wishes = wishes_of(part, program, request);
  wish_structure(part, request, wishes);
  wish_lockouts(part, request, wishes);
  Dials dials;
  dials.cut = wishes.cut;
  Lister lister(part, request);
  for (const auto& [id, wish] : wishes.of) {
    auto dial = lister.dial(id, wish);
    if (!dial.values.empty()) dials.list.push_back(std::move(dial));
  }
  std::ranges::stable_sort(dials.list, {}, [](const Dial& one) { return std::pair(rank(one.name), index(one.fact)); });
  if (merged) merge(part, request, dials);
  for (auto& dial : dials.list) shorten(dial, most, dials);
  std::erase_if(dials.list, [](const Dial& dial) { return dial.values.empty(); });
  return dials;
}

}  // namespace writ::flip
