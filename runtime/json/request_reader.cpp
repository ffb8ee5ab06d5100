// One walk over the text, by simdjson's on-demand reader. Fields are put aside as they come, because the tenant that says what they are may come
// last. Whatever is not plain ends the walk: then read_request reads the text from its beginning, and its answer counts. So this file may refuse what
// it likes, but must take nothing that the other one refuses, or as something else.
#include "runtime/json/request_reader.h"

#include "runtime/json/fields.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <simdjson.h>

namespace writ {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t ordinary_bytes = 1 << 16, ordinary_depth = 4, ordinary_fields = 64, ordinary_path = 128,
                      ordinary_objects = 16;

// The text of a string without escapes, from behind its opening quote on; nothing when there are any.
std::optional<std::string_view> plain(const char* begin) {
  const auto* at = begin;
  while (*at != '"' && *at != '\\') ++at;  // there is a closing quote: the reader has found it
  if (*at != '"') return std::nullopt;
  return std::string_view(begin, static_cast<std::size_t>(at - begin));
}

struct Field {
  enum class Kind : std::uint8_t { boolean, integer, string, strings } kind{};
  std::string_view path;
  std::string_view text{};
  std::int64_t number = 0;           // boolean: 0 or 1
  std::size_t first = 0, count = 0;  // strings: in Walk::items
};

struct Walk {
  std::array<Field, ordinary_fields> fields;
  std::size_t count = 0;
  std::vector<std::string_view> items;
  std::array<char, ordinary_fields * ordinary_path> paths;
  std::size_t paths_used = 0;
  std::array<std::string_view, ordinary_objects> objects;  // paths of those inside the first
  std::size_t object_count = 0;
  std::size_t most_items = 0;

  void clear() {
    count = paths_used = object_count = 0;
    items.clear();
  }

  bool object(ondemand::object fields_of_it, std::string_view above, std::size_t depth) {
    if (depth > ordinary_depth) return false;
    bool any = false;
    for (auto next : fields_of_it) {
      ondemand::field field;
      if (std::move(next).get(field) != simdjson::SUCCESS) return false;
      const auto name = plain(field.key().raw());
      if (!name || name->empty() || name->find('.') != std::string_view::npos) return false;
      const auto path = join(above, *name);
      if (path.empty() || !value(field.value(), path, depth)) return false;
      any = true;
    }
    return any;
  }

 private:
  std::string_view join(std::string_view above, std::string_view name) {
    if (above.empty()) return name.size() <= ordinary_path ? name : std::string_view();
    const auto size = above.size() + 1 + name.size();
    if (size > ordinary_path || paths_used + size > paths.size()) return {};
    auto* const to = paths.data() + paths_used;
    std::memcpy(to, above.data(), above.size());
    to[above.size()] = '.';
    std::memcpy(to + above.size() + 1, name.data(), name.size());
    paths_used += size;
    return {to, size};
  }

  bool value(ondemand::value given, std::string_view path, std::size_t depth) {
    ondemand::json_type type{};
    if (given.type().get(type) != simdjson::SUCCESS) return false;
    if (type == ondemand::json_type::object) {
      const auto seen = std::span(objects).first(object_count);
      if (object_count == objects.size() || std::ranges::find(seen, path) != seen.end()) return false;
      objects[object_count++] = path;
      ondemand::object inside;
      return given.get_object().get(inside) == simdjson::SUCCESS && object(inside, path, depth + 1);
    }
    if (count == fields.size()) return false;
    auto& field = fields[count++];
    field.path = path;
    switch (type) {
    case ondemand::json_type::string: {
      field.kind = Field::Kind::string;
      const auto text = plain(given.raw_json_token().data() + 1);
      if (text) field.text = *text;
      return text.has_value();
    }
    case ondemand::json_type::boolean: {
      bool yes = false;
      field.kind = Field::Kind::boolean;
      const bool good = given.get_bool().get(yes) == simdjson::SUCCESS;
      field.number = yes;
      return good;
    }
    case ondemand::json_type::number:
      field.kind = Field::Kind::integer;
      return given.get_int64().get(field.number) == simdjson::SUCCESS;
    case ondemand::json_type::array: {
      field.kind = Field::Kind::strings;
      field.first = items.size();
      ondemand::array inside;
      if (given.get_array().get(inside) != simdjson::SUCCESS) return false;
      for (auto next : inside) {
        ondemand::value item;
        ondemand::json_type item_type{};
        if (next.get(item) != simdjson::SUCCESS || item.type().get(item_type) != simdjson::SUCCESS) return false;
        if (item_type != ondemand::json_type::string) return false;
        const auto text = plain(item.raw_json_token().data() + 1);
        if (!text || items.size() - field.first == most_items) return false;
        items.push_back(*text);
      }
      field.count = items.size() - field.first;
      return true;
    }
    default: return false;
    }
  }
};

// The five names that are no facts.
struct Things {
  static constexpr auto& names = json_detail::names_of_things;
  std::array<std::string_view, names.size()> given{};
  std::optional<Action> action;

  // Nothing: not one of them. False: given twice, or no string.
  std::optional<bool> take(const Field& field) {
    const auto at = std::find(names.begin(), names.end(), field.path);
    if (at == names.end()) return std::nullopt;
    auto& place = given[static_cast<std::size_t>(at - names.begin())];
    if (place.data() != nullptr || field.kind != Field::Kind::string) return false;
    place = field.text;
    return true;
  }
  bool complete() {
    if (given[0].data() == nullptr || given[1].data() == nullptr || given[2].data() == nullptr) return false;
    if (const auto found = index_of(action_names, given[0])) action = static_cast<Action>(*found);
    return action.has_value();
  }
};

bool set(const Field& field, const Walk& walk, FactId fact, Request& request) {
  const bool is_text = field.kind == Field::Kind::string, is_number = field.kind == Field::Kind::integer;
  const auto take = [&](const auto& value) {
    return value ? void(request.set(fact, *value)) : void(), value.has_value();
  };
  switch (request.type_of(fact)) {
  case TypeKind::boolean:
    if (field.kind == Field::Kind::boolean) return request.set(fact, field.number != 0), true;
    return false;
  case TypeKind::integer:
    if (is_number) return request.set(fact, field.number), true;
    return false;
  case TypeKind::string:
    if (is_text) return request.set(fact, field.text), true;
    return false;
  case TypeKind::ip: return is_text && take(parse_ip(field.text));
  case TypeKind::time: return is_text && take(parse_time(field.text));
  case TypeKind::duration:
    if (is_text) return take(parse_duration(field.text));
    return is_number && take(json_detail::micros_of(field.number));
  case TypeKind::enumeration: return is_text && take(request.word(fact, field.text));
  case TypeKind::string_set:
    if (field.kind != Field::Kind::strings) return false;
    request.set(fact, std::span(walk.items).subspan(field.first, field.count));
    return true;
  default: return false;
  }
}

}  // namespace

struct RequestReader::State {
  const Engine& engine;
  JsonLimits limits;
  ondemand::parser parser;
  std::vector<char> text;  // and room behind it, which the parser may read
  Walk walk;
  std::vector<std::uint64_t> seen;  // bit by FactId
  RequestNames names;
  ReadRequest careful;
  std::size_t careful_reads = 0;

  State(const Engine& of, const JsonLimits& within) : engine(of), limits(within) {}

  // False: not plain.
  bool quickly(std::string_view given, Request& request) {
    if (given.empty() || given.size() > std::min(ordinary_bytes, limits.bytes)) return false;
    if (std::memchr(given.data(), '\0', given.size()) != nullptr) return false;
    if (text.size() < given.size() + simdjson::SIMDJSON_PADDING) text.resize(given.size() + simdjson::SIMDJSON_PADDING);
    std::memcpy(text.data(), given.data(), given.size());
    ondemand::document document;
    if (parser.iterate(text.data(), given.size(), text.size()).get(document) != simdjson::SUCCESS) return false;
    ondemand::object root;
    if (document.get_object().get(root) != simdjson::SUCCESS) return false;
    walk.clear();
    walk.most_items = limits.set_items;
    if (!walk.object(root, {}, 1) || document.current_location().error() != simdjson::OUT_OF_BOUNDS) return false;
    return start(request);
  }

 private:
  bool start(Request& request) {
    Things things;
    std::array<const Field*, ordinary_fields> facts;
    std::size_t count = 0;
    for (const auto& field : std::span(walk.fields).first(walk.count)) {
      const auto taken = things.take(field);
      if (taken && !*taken) return false;
      if (!taken) facts[count++] = &field;
    }
    if (!things.complete()) return false;
    names = {*things.action, things.given[1], things.given[2], things.given[3], things.given[4]};
    engine.start(request, names.action, names.tenant, names.client, names.connection, names.organization);
    if (!request.bound()) return false;  // what an unknown tenant's fields are is not judged
    for (const auto* field : std::span(facts).first(count)) {
      const auto fact = request.find(field->path);
      if (!fact || twice(*fact) || !set(*field, walk, *fact, request)) return forget(), false;
    }
    return forget(), true;
  }
  bool twice(FactId fact) {
    const auto place = index(fact);
    if (seen.size() <= place / 64) seen.resize(place / 64 + 1);
    const auto bit = std::uint64_t{1} << place % 64;
    return std::exchange(seen[place / 64], seen[place / 64] | bit) & bit;
  }
  void forget() { std::ranges::fill(seen, 0); }
};

RequestReader::RequestReader(const Engine& engine, const JsonLimits& limits)
    : state_(std::make_unique<State>(engine, limits)) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

std::string RequestReader::read(std::string_view text, Request& request) noexcept try {
  auto& state = *state_;
  if (state.quickly(text, request)) return {};
  ++state.careful_reads;
  std::shared_ptr<const program::Part> part;
  const auto attributes_of = [&](std::string_view tenant) -> std::optional<std::span<const program::Attribute>> {
    part = state.engine.part(tenant);
    return part ? std::optional(std::span<const program::Attribute>(part->attributes)) : std::nullopt;
  };
  state.careful = read_request(text, attributes_of, state.limits);
  const auto& named = state.careful.request;
  if (state.careful.ok()) {
    const auto view = [](const auto& name) { return name ? std::string_view(*name) : std::string_view(); };
    state.names = {named.action, named.tenant, named.client, view(named.connection), view(named.organization)};
    state.engine.bind(named, request);
  }
  return state.careful.problem;
} catch (const std::exception&) {  // for want of memory
  return "not readable";
}

const RequestNames& RequestReader::names() const { return state_->names; }
std::size_t RequestReader::careful_reads() const { return state_->careful_reads; }

}  // namespace writ
