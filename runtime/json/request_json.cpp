// Fields to a NamedRequest: every field finds the fact it names, every value the form of that fact's type, or the reading ends with a
// message. Ranges are left to the engine, which judges them for every way a request can be made.
#include "runtime/json/request_json.h"

#include "runtime/json/fields.h"
#include "runtime/program/facts.h"

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <vector>

namespace writ {

namespace {

using json_detail::Array;
using json_detail::Decimal;
using json_detail::Field;
using json_detail::names_of_things;
using json_detail::Null;

bool is_thing(std::string_view path) {
  return std::find(names_of_things.begin(), names_of_things.end(), path) != names_of_things.end();
}

// What reading needs to know of a fact, built-in or declared.
struct Wanted {
  TypeKind type{};
  std::vector<std::string_view> values;
};

std::optional<Wanted> find_wanted(std::string_view name, std::span<const program::Attribute> attributes) {
  static const std::map<std::string_view, std::size_t> by_name = [] {
    std::map<std::string_view, std::size_t> made;
    for (std::size_t i = 0; i < builtin_facts.size(); ++i) made.emplace(builtin_facts[i].name, i);
    return made;
  }();
  if (const auto found = by_name.find(name); found != by_name.end()) {
    const Fact& fact = builtin_facts[found->second];
    return Wanted{fact.type, {fact.values.begin(), fact.values.end()}};
  }
  for (const program::Attribute& one : attributes)
    if (one.name == name) return Wanted{one.type, {one.values.begin(), one.values.end()}};
  return std::nullopt;
}

// Edit distance by one row; names are short, and this runs only to help with a mistake.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

std::string unknown_field(const std::string& path, std::span<const program::Attribute> attributes) {
  constexpr std::size_t longest = 80;
  std::size_t best = path.size() / 3 + 1;
  std::string_view nearest;
  const auto consider = [&](std::string_view name) {
    if (path.size() > longest || name.size() > longest) return;
    // Of names with one beginning the last words count: `user.x` is not near to `user.id`.
    const std::size_t last = path.rfind('.') + 1;
    const bool shared = last > 0 && name.starts_with(path.substr(0, last));
    const std::size_t limit = shared ? std::min(best, (path.size() - last) / 3 + 1) : best;
    if (const std::size_t far = distance(path, name); far < limit) best = far, nearest = name;
  };
  for (const std::string_view name : names_of_things) consider(name);
  for (const Fact& fact : builtin_facts) consider(fact.name);
  for (const program::Attribute& one : attributes) consider(one.name);
  std::string text = path + ": unknown field";
  if (!nearest.empty()) text += ", did you mean " + std::string(nearest) + "?";
  return text;
}

std::string_view kind_of(const json_detail::FieldValue& value) {
  static constexpr std::array<std::string_view, 6> names = {"null",     "a boolean", "an integer",
                                                            "a number", "a string",  "an array"};
  return names[value.index()];
}

class Converter {
 public:
  explicit Converter(const Field& field) : field_(field) {}

  std::optional<Value> to(const Wanted& wanted) {
    if (std::holds_alternative<Null>(field_.value))
      return refuse("null says nothing: to say that it is absent, leave the field out");
    switch (wanted.type) {
    case TypeKind::boolean: return take<bool>("true or false");
    case TypeKind::integer: return integer();
    case TypeKind::string: return take<std::string>("a string");
    case TypeKind::ip: return address();
    case TypeKind::time: return time();
    case TypeKind::duration: return duration();
    case TypeKind::string_set: return strings();
    case TypeKind::enumeration: return enumeration(wanted.values);
    case TypeKind::cidr:
    case TypeKind::tenant:
    case TypeKind::client:
    case TypeKind::connection:
    case TypeKind::organization: return refuse("a request cannot carry a value of this type");
    }
    return refuse("a request cannot carry a value of this type");
  }
  const std::string& problem() const { return problem_; }

 private:
  std::optional<Value> refuse(std::string what) {
    problem_ = field_.path + ": " + std::move(what);
    return std::nullopt;
  }
  std::optional<Value> expected(std::string_view wanted) {
    return refuse("expected " + std::string(wanted) + ", seen " + std::string(kind_of(field_.value)));
  }
  template <class Type>
  std::optional<Value> take(std::string_view wanted) {
    if (const auto* given = std::get_if<Type>(&field_.value)) return Value(*given);
    return expected(wanted);
  }
  std::optional<Value> integer() {
    if (const auto* number = std::get_if<Decimal>(&field_.value))
      return refuse(number->text.substr(0, 40) + " is not an integer of 64 bits");
    return take<std::int64_t>("an integer");
  }
  std::optional<Value> address() {
    const auto* text = std::get_if<std::string>(&field_.value);
    if (!text) return expected("an IP address");
    if (const auto ip = parse_ip(*text)) return Value(*ip);
    return refuse(quoted(*text) + " is not an IP address");
  }
  std::optional<Value> time() {
    const auto* text = std::get_if<std::string>(&field_.value);
    if (!text) return expected("a time such as \"2026-03-02T09:00:00Z\"");
    if (const auto micros = parse_time(*text)) return Value(*micros);
    return refuse(quoted(*text) + " is not an RFC 3339 time such as \"2026-03-02T09:00:00Z\"");
  }
  std::optional<Value> duration() {
    if (const auto* seconds = std::get_if<std::int64_t>(&field_.value)) {
      if (*seconds < 0) return refuse("a duration is not negative");
      if (const auto micros = json_detail::micros_of(*seconds)) return Value(*micros);
      return refuse("a duration of too many seconds");
    }
    const auto* text = std::get_if<std::string>(&field_.value);
    if (!text) return expected("a duration such as \"15m\", or whole seconds");
    if (const auto micros = parse_duration(*text)) return Value(*micros);
    return refuse(quoted(*text) + " is not a duration such as \"15m\" or \"1h30m\"");
  }
  std::optional<Value> strings() {
    const auto* array = std::get_if<Array>(&field_.value);
    if (!array) return expected("an array of strings");
    if (!array->only_strings) return refuse("expected an array of strings, and one item is not a string");
    return Value(array->strings);
  }
  std::optional<Value> enumeration(const std::vector<std::string_view>& values) {
    const auto* text = std::get_if<std::string>(&field_.value);
    if (!text) return expected("a string");
    const auto found = std::find(values.begin(), values.end(), *text);
    if (found != values.end()) return Value(static_cast<std::int64_t>(found - values.begin()));
    std::string list;
    for (const std::string_view value : values) list += (list.empty() ? "" : ", ") + std::string(value);
    return refuse(quoted(*text) + " is none of " + list);
  }
  static std::string quoted(const std::string& text) {
    return "`" + text.substr(0, 80) + (text.size() > 80 ? "…`" : "`");
  }

  const Field& field_;
  std::string problem_;
};

// The five names that are no facts. Empty when all is well.
std::string read_things(const json_detail::Fields& fields, NamedRequest& request) {
  std::array<const Field*, names_of_things.size()> found{};
  for (const Field& field : fields.list) {
    const auto at = std::find(names_of_things.begin(), names_of_things.end(), field.path);
    if (at == names_of_things.end()) continue;
    if (std::holds_alternative<Null>(field.value))
      return field.path + ": null says nothing: to say that it is absent, leave the field out";
    if (!std::holds_alternative<std::string>(field.value))
      return field.path + ": expected a string, seen " + std::string(kind_of(field.value));
    found[static_cast<std::size_t>(at - names_of_things.begin())] = &field;
  }
  for (std::size_t i = 0; i < 3; ++i)
    if (!found[i]) return std::string(names_of_things[i]) + ": missing";
  const auto text = [&](std::size_t i) -> const std::string& { return std::get<std::string>(found[i]->value); };
  const auto action = index_of(action_names, text(0));
  if (!action)
    return "action: `" + text(0).substr(0, 80) +
           "` is none of login, signup, password_change, password_reset, refresh, m2m, access";
  request.action = static_cast<Action>(*action);
  request.tenant = text(1);
  request.client = text(2);
  if (found[3]) request.connection = text(3);
  if (found[4]) request.organization = text(4);
  return {};
}

bool holds_facts(const std::string& object, std::span<const program::Attribute> attributes) {
  const auto below = [&](std::string_view name) {
    return name.size() > object.size() && name[object.size()] == '.' && name.starts_with(object);
  };
  return std::any_of(builtin_facts.begin(), builtin_facts.end(), [&](const Fact& fact) { return below(fact.name); }) ||
         std::any_of(attributes.begin(), attributes.end(),
                     [&](const program::Attribute& one) { return below(one.name); });
}

std::string read_facts(const json_detail::Fields& fields, const AttributesOf& attributes_of, NamedRequest& request) {
  const auto known = attributes_of(request.tenant);
  const std::span<const program::Attribute> attributes = known.value_or(std::span<const program::Attribute>());
  for (const Field& field : fields.list) {
    if (is_thing(field.path)) continue;
    const std::optional<Wanted> wanted = find_wanted(field.path, attributes);
    if (!wanted && !known) continue;
    if (!wanted) return unknown_field(field.path, attributes);
    Converter converter(field);
    std::optional<Value> value = converter.to(*wanted);
    if (!value) return converter.problem();
    request.facts.insert_or_assign(field.path, std::move(*value));
  }
  for (const std::string& object : fields.objects)
    if (known && !holds_facts(object, attributes)) return unknown_field(object, attributes);
  return {};
}

}  // namespace

ReadRequest read_request(std::string_view text, const AttributesOf& attributes_of, const JsonLimits& limits) {
  ReadRequest result;
  try {
    const json_detail::Fields fields = json_detail::read_fields(text, limits);
    result.problem = fields.problem;
    if (result.ok()) result.problem = read_things(fields, result.request);
    if (result.ok()) result.problem = read_facts(fields, attributes_of, result.request);
  } catch (const std::exception& failure) {
    result.problem = std::string("not readable: ") + failure.what();
  }
  return result;
}

}  // namespace writ
