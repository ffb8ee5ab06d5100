// One walk over the text, from one place to the next where simdjson's first stage says that something begins. Fields are put aside as they come,
// because the tenant that says what they are may come last. Whatever is not plain ends the walk: then read_request reads the text from its beginning,
// and its answer counts. So this file may refuse what it likes, but must take nothing that the other one refuses, or as something else.
//
// The first stage is what simdjson's own parsers begin with: it has seen that the text is UTF-8, that strings end and have no control characters in
// them, and says where outside of strings anything begins: an operator, a string, or whatever else is no space. Its documentation does not offer it
// to others; the tests and the fuzzer of this reader hold what is built on it.
#include "runtime/json/request_reader.h"

#include "runtime/json/fields.h"
#include "runtime/program/frame.h"
#include "runtime/program/text_words.h"

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

constexpr std::size_t ordinary_bytes = 1 << 16, ordinary_depth = 4, ordinary_fields = 64, ordinary_path = 128,
                      ordinary_objects = 16;
constexpr std::size_t room_behind = 8;  // zeros behind the text, so that eight bytes of a name can always be loaded

// ---------------------------------------------------------------- names

// Size, first and last eight bytes.
struct Ends {
  std::uint64_t head = 0, tail = 0;
  std::size_t size = 0;
  bool operator==(const Ends&) const = default;
  constexpr std::size_t hash() const { return ((head ^ tail * 31) + size) * 0x9e37'79b9'7f4a'7c15 >> 56; }
};

constexpr std::uint64_t eight_bytes(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(from[i])} << 8 * i;
  return word;
}

constexpr Ends ends_of(std::string_view name) {
  if (name.size() < 8) return {eight_bytes(name.data(), name.size()), 0, name.size()};
  return {eight_bytes(name.data(), 8), eight_bytes(name.data() + name.size() - 8, 8), name.size()};
}

// The same of what has `room_behind`: in the text that is walked through.
std::uint64_t eight_bytes_at(const char* from, std::size_t size) {
  const auto word = word_at<std::uint64_t>(from);
  return size < 8 ? word & ((std::uint64_t{1} << 8 * size) - 1) : word;
}

Ends ends_at(std::string_view name) {
  const auto head = eight_bytes_at(name.data(), name.size());
  return {head, name.size() < 8 ? 0 : eight_bytes_at(name.data() + name.size() - 8, 8), name.size()};
}

// The names that are the same for all tenants: the five that are no facts, the built-in facts, and the objects that these are in.
struct Name {
  enum class What : std::uint8_t { nothing, thing, fact, object } what{};
  std::uint8_t above = 0;    // the object it is in; 0: the first
  TypeKind type{};           // of a fact
  std::uint16_t number = 0;  // of the thing, fact or object
  Ends ends{};
  std::string_view text{}, path{};
};
constexpr std::uint8_t root = 0, other_object = UINT8_MAX;  // `other_object`: one that is not in the table

class Names {
 public:
  constexpr Names() {
    for (std::uint16_t i = 0; i < json_detail::names_of_things.size(); ++i)
      add(Name::What::thing, root, i, json_detail::names_of_things[i], json_detail::names_of_things[i]);
    for (std::uint16_t i = 0; i < builtin_facts.size(); ++i) {
      const auto path = builtin_facts[i].name;
      const auto dot = path.find('.');
      const bool nested = dot != std::string_view::npos;
      const auto name = nested ? path.substr(dot + 1) : path;
      const auto above = nested ? object(path.substr(0, dot)) : root;
      if (at(above, name, ends_of(name)).what == Name::What::nothing)
        add(Name::What::fact, above, i, name, path);  // else: a thing
    }
  }
  const Name* find(std::uint8_t above, std::string_view name, const Ends& ends) const {
    const auto& found = at(above, name, ends);
    return found.what == Name::What::nothing ? nullptr : &found;
  }

 private:
  static constexpr std::size_t size = 256;
  // Its place, or the empty one where it would be. By reference: GCC's sanitizer of undefined behaviour takes no address for a constant.
  constexpr const Name& at(std::uint8_t above, std::string_view name, const Ends& ends) const {
    for (auto place = ends.hash() + above;; ++place) {
      const auto& one = table_[place % size];
      if (one.what == Name::What::nothing) return one;
      if (one.above == above && one.ends == ends && (ends.size <= 16 || one.text == name)) return one;
    }
  }
  constexpr std::uint8_t object(std::string_view name) {
    const auto& known = at(root, name, ends_of(name));
    if (known.what != Name::What::nothing) return static_cast<std::uint8_t>(known.number);
    add(Name::What::object, root, ++objects_, name, name);
    return objects_;
  }
  constexpr void add(Name::What what, std::uint8_t above, std::uint16_t number, std::string_view name,
                     std::string_view path) {
    auto at = ends_of(name).hash() + above;
    while (table_[at % size].what != Name::What::nothing) ++at;
    const auto type = what == Name::What::fact ? builtin_facts[number].type : TypeKind{};
    table_[at % size] = {what, above, type, number, ends_of(name), name, path};
  }
  std::array<Name, size> table_{};
  std::uint8_t objects_ = 0;
};
constexpr Names names_of_all;

// ---------------------------------------------------------------- the walk

struct Field {
  enum class Kind : std::uint8_t { boolean, integer, string, strings } kind{};
  const Name* name = nullptr;          // of a fact that all tenants have; null: `path` may be one of this tenant's
  std::string_view path{};             // without a name
  std::string_view text{};             // string
  std::int64_t number = 0;             // boolean: 0 or 1
  std::uint32_t first = 0, count = 0;  // strings: in Walk::items
};

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// An object that was entered: its number in the table of names, and its path.
struct Object {
  std::uint8_t number = root;
  std::string_view path{};
};

class Walk {
 public:
  std::array<Field, ordinary_fields> fields;
  std::size_t count = 0;
  std::vector<std::string_view> items;
  std::array<std::string_view, json_detail::names_of_things.size()> things;  // null data: not given

  // `places` of the text where something begins, and one more behind the last. A zero is behind the text.
  bool document(const char* text, std::span<const std::uint32_t> places, std::size_t most_items) {
    text_ = text;
    at_ = places.data();
    most_items_ = most_items;
    count = paths_used_ = other_count_ = entered_ = 0;
    items.clear();
    things = {};
    return here() == '{' && object({}, 1) && at_ == places.data() + places.size() - 1;
  }

 private:
  char here() const { return text_[*at_]; }
  bool take(char c) { return here() == c && (++at_, true); }

  // A string without escapes: the text has no backslash. It ends where the next thing begins, but for spaces.
  bool string(std::string_view& into) {
    const char* const open = text_ + *at_;
    if (*open != '"') return false;
    const char* close = text_ + *++at_ - 1;
    while (is_space(*close)) --close;
    if (*close != '"' || close == open) return false;
    into = {open + 1, static_cast<std::size_t>(close - open - 1)};
    return true;
  }

  bool object(const Object& self, std::size_t depth) {
    if (depth > ordinary_depth) return false;
    ++at_;
    do {
      std::string_view name;
      if (!string(name) || name.empty() || !take(':') || !member(self, name, depth)) return false;
    } while (take(','));
    return take('}');
  }

  bool member(const Object& above, std::string_view text, std::size_t depth) {
    const auto* const name =
        above.number == other_object ? nullptr : names_of_all.find(above.number, text, ends_at(text));
    if (here() == '{') {
      if (name && name->what == Name::What::object) {
        const auto bit = std::uint32_t{1} << name->number;
        return !(std::exchange(entered_, entered_ | bit) & bit) &&
               object({static_cast<std::uint8_t>(name->number), name->path}, depth + 1);
      }
      const auto path = join(above.path, text);
      const auto seen = std::span(others_).first(other_count_);
      if (path.empty() || other_count_ == others_.size() || std::ranges::find(seen, path) != seen.end()) return false;
      others_[other_count_++] = path;
      return object({other_object, path}, depth + 1);
    }
    if (name && name->what == Name::What::thing) {
      auto& thing = things[name->number];
      return thing.data() == nullptr && string(thing);
    }
    if (count == fields.size()) return false;
    auto& field = fields[count++];
    field.name = name;
    if (!name || name->what == Name::What::object) {
      field.name = nullptr;
      field.path = join(above.path, text);
      if (field.path.empty()) return false;
    }
    return value(field);
  }

  std::string_view join(std::string_view above, std::string_view name) {
    if (name.find('.') != std::string_view::npos) return {};
    if (above.empty()) return name.size() <= ordinary_path ? name : std::string_view();
    const auto size = above.size() + 1 + name.size();
    if (size > ordinary_path || paths_used_ + size > paths_.size()) return {};
    auto* const to = paths_.data() + paths_used_;
    std::memcpy(to, above.data(), above.size());
    to[above.size()] = '.';
    std::memcpy(to + above.size() + 1, name.data(), name.size());
    paths_used_ += size;
    return {to, size};
  }

  bool value(Field& field) {
    switch (here()) {
    case '"': field.kind = Field::Kind::string; return string(field.text);
    case 't':
    case 'f': field.kind = Field::Kind::boolean; return boolean(field);
    case '[': field.kind = Field::Kind::strings; return strings(field);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': field.kind = Field::Kind::integer; return integer(field);
    default: return false;
    }
  }

  // What is neither operator nor string: up to the next thing, but for spaces.
  std::string_view scalar() {
    const char* const from = text_ + *at_;
    const char* end = text_ + *++at_;
    while (is_space(end[-1])) --end;
    return {from, static_cast<std::size_t>(end - from)};
  }

  bool boolean(Field& field) {
    const auto word = scalar();
    field.number = word[0] == 't';
    const std::string_view expected = field.number != 0 ? "true" : "false";
    return word.size() == expected.size() &&
           eight_bytes_at(word.data(), word.size()) == eight_bytes(expected.data(), expected.size());
  }

  // Of at most 18 digits, without a zero in front.
  bool integer(Field& field) {
    auto digits = scalar();
    const bool negative = digits[0] == '-';
    digits.remove_prefix(negative);
    const auto size = digits.size();
    if (size == 0 || size > 18 || (digits[0] == '0' && (size > 1 || negative))) return false;
    std::int64_t number = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    field.number = negative ? -number : number;
    return true;
  }

  bool strings(Field& field) {
    const auto first = items.size();
    field.first = static_cast<std::uint32_t>(first);
    ++at_;
    if (here() != ']') do {
        if (items.size() - first == most_items_ || !string(items.emplace_back())) return false;
      } while (take(','));
    field.count = static_cast<std::uint32_t>(items.size() - first);
    return take(']');
  }

  const char* text_ = nullptr;
  const std::uint32_t* at_ = nullptr;
  std::size_t most_items_ = 0;
  std::array<char, ordinary_fields * ordinary_path> paths_;
  std::size_t paths_used_ = 0;
  std::uint32_t entered_ = 0;  // bit by number of an object
  std::array<std::string_view, ordinary_objects> others_;
  std::size_t other_count_ = 0;
};

bool set(const Field& field, const Walk& walk, FactId fact, Request& request) {
  const bool is_text = field.kind == Field::Kind::string, is_number = field.kind == Field::Kind::integer;
  const auto take = [&](const auto& value) {
    return value ? void(request.set(fact, *value)) : void(), value.has_value();
  };
  switch (field.name ? field.name->type : request.type_of(fact)) {
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
  std::unique_ptr<simdjson::internal::dom_parser_implementation> first_stage;  // null: everything is read with care
  std::vector<char> text;                                                      // and zeros behind it
  Walk walk;
  RequestNames names;
  ReadRequest careful;
  std::size_t careful_reads = 0;

  State(const Engine& of, const JsonLimits& within) : engine(of), limits(within) {
    const bool usual = limits.depth >= ordinary_depth && limits.fields >= ordinary_fields + ordinary_objects &&
                       limits.name_bytes >= ordinary_path;
    if (usual)
      (void)simdjson::get_active_implementation()->create_dom_parser_implementation(ordinary_bytes, 1, first_stage);
  }

  // False: not plain.
  bool quickly(std::string_view given, Request& request) {
    if (!first_stage || given.empty() || given.size() > std::min(ordinary_bytes, limits.bytes)) return false;
    if (text.size() < given.size() + room_behind) text.resize(given.size() + room_behind);
    std::memcpy(text.data(), given.data(), given.size());
    std::memset(text.data() + given.size(), 0, room_behind);
    if (std::memchr(text.data(), '\\', given.size()) != nullptr) return false;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (first_stage->stage1(bytes, given.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
    const std::span places(first_stage->structural_indexes.get(), first_stage->n_structural_indexes + 1);
    return walk.document(text.data(), places, limits.set_items) && start(request);
  }

 private:
  bool start(Request& request) {
    const auto& things = walk.things;
    if (!things[0].data() || !things[1].data() || !things[2].data()) return false;
    const auto action = index_of(action_names, things[0]);
    if (!action) return false;
    names = {static_cast<Action>(*action), things[1], things[2], things[3], things[4]};
    engine.start(request, names.action, names.tenant, names.client, names.connection, names.organization);
    if (!request.bound()) return false;  // what an unknown tenant's fields are is not judged
    std::array<std::uint64_t, (program::max_facts + 63) / 64> seen{};  // bit by FactId
    for (const auto& field : std::span(walk.fields).first(walk.count)) {
      const auto fact = field.name ? std::optional(static_cast<FactId>(field.name->number)) : request.find(field.path);
      if (!fact) return false;
      auto& word = seen[index(*fact) / 64];
      const auto bit = std::uint64_t{1} << index(*fact) % 64;
      if ((std::exchange(word, word | bit) & bit) != 0 || !set(field, walk, *fact, request)) return false;
    }
    return true;
  }
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
