// See translate.h. Tenants of one template have equal shapes, and a constant has the same slot in both rows.
#include "compiler/diff/translate.h"

#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"

#include <algorithm>
#include <map>

namespace writ::diff {

namespace {

using program::Part;
using program::SlotKind;

constexpr std::size_t most_items = 64;  // of one list

struct Constants {
  std::map<std::string, std::string> strings;
  std::map<std::int64_t, std::int64_t> integers;
  std::map<Ip, Ip> addresses;
};

template <class List, class Map>
void pair_up(const List& from, const List& to, Map& into) {
  if (from.size() != to.size() || from.size() > most_items) return;
  for (std::size_t i = 0; i < from.size(); ++i) into.emplace(from[i], to[i]);
}

Constants constants(const program::ActionProgram& from, const program::ActionProgram& to) {
  Constants made;
  const auto* const a = from.row.bytes().data();
  const auto* const b = to.row.bytes().data();
  for (std::uint32_t i = 0; i < from.shape->slots.size(); ++i) switch (from.shape->slots[i]) {
    case SlotKind::string: made.strings.emplace(flip::string_at(a, i), flip::string_at(b, i)); break;
    case SlotKind::strings: pair_up(flip::strings_at(a, i), flip::strings_at(b, i), made.strings); break;
    case SlotKind::integer: made.integers.emplace(flip::integer_at(a, i), flip::integer_at(b, i)); break;
    case SlotKind::ints: pair_up(flip::integers_at(a, i), flip::integers_at(b, i), made.integers); break;
    case SlotKind::cidrs: {
      const auto these = flip::ranges_at(a, i), those = flip::ranges_at(b, i);
      for (std::size_t k = 0; k < std::min({these.size(), those.size(), most_items}); ++k) {
        made.addresses.emplace(these[k].first, those[k].first);
        made.addresses.emplace(these[k].last, those[k].last);
      }
      break;
    }
    default: break;
    }
  return made;
}

// A constant, or an address whose domain is one.
void replace(std::string& text, const Constants& constants) {
  if (const auto at = constants.strings.find(text); at != constants.strings.end()) {
    text = at->second;
    return;
  }
  const auto domain = text.rfind('@') + 1;  // none: the whole, again
  if (const auto at = constants.strings.find(text.substr(domain)); at != constants.strings.end())
    text.replace(domain, std::string::npos, at->second);
}

// A constant, or what lies one unit beside it.
void replace(std::int64_t& number, const Constants& constants) {
  constexpr std::int64_t second = 1'000'000, millisecond = 1'000;
  for (const auto beside : {std::int64_t{0}, std::int64_t{1}, second, millisecond})
    for (const auto by : {-beside, beside})
      if (const auto at = constants.integers.find(number - by); at != constants.integers.end()) {
        number = at->second + by;
        return;
      }
}

void replace(Value& value, const Constants& constants) {
  if (auto* text = std::get_if<std::string>(&value)) replace(*text, constants);
  if (auto* number = std::get_if<std::int64_t>(&value)) replace(*number, constants);
  if (auto* set = std::get_if<StringSet>(&value))
    for (auto& text : *set) replace(text, constants);
  if (auto* ip = std::get_if<Ip>(&value))
    if (const auto at = constants.addresses.find(*ip); at != constants.addresses.end()) *ip = at->second;
}

void adapt_names(NamedRequest& request, const Part& to) {
  request.tenant = to.id;
  if (flip::place_of(to.clients, request.client) < 0) {
    const bool machine = request.action == Action::m2m;
    const auto fits = std::ranges::find_if(to.clients, [&](const auto& one) {
      return (one.type == ClientType::m2m) == machine && (machine || !one.connections.empty());
    });
    if (fits != to.clients.end()) request.client = fits->id;
  }
  const auto client = flip::place_of(to.clients, request.client);
  if (!request.connection || client < 0) return;
  const auto& own = to.clients[static_cast<std::size_t>(client)].connections;
  const auto place = flip::place_of(to.connections, *request.connection);
  if (!own.empty() && std::ranges::find(own, static_cast<std::uint32_t>(place)) == own.end())
    request.connection = to.connections[own.front()].id;
}

}  // namespace

NamedRequest translated(NamedRequest request, const Part& from, const Part& to) {
  adapt_names(request, to);
  const auto action = static_cast<std::size_t>(request.action);
  if (&from == &to || *from.programs[action].shape != *to.programs[action].shape) return request;
  const auto known = constants(from.programs[action], to.programs[action]);
  for (auto& [name, value] : request.facts) replace(value, known);
  return request;
}

}  // namespace writ::diff
