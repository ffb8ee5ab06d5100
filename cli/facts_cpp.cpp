#include "cli/facts_cpp.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace writ::cli {

namespace {

// Every word that C++20 keeps for itself.
constexpr std::string_view kept_words[] = {
    "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
    "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
    "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
    "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
    "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
    "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
    "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
    "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
    "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
    "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
    "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
    "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
    "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
    "xor_eq"};

bool is_kept(std::string_view word) { return std::ranges::find(kept_words, word) != std::end(kept_words); }

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Names for C++ of names that may hold anything, each once.
class Names {
 public:
  std::string make(std::string_view name) {
    std::string word;
    for (const char c : name) {
      const bool fits = is_letter(c) || is_digit(c);
      if (fits || (!word.empty() && word.back() != '_'))
        word += fits ? c : '_';  // no two `_`, which C++ keeps for itself
    }
    if (word.empty() || is_digit(word[0])) word.insert(0, "x");
    if (is_kept(word)) word += '_';
    auto free = word;
    for (int n = 2; !used_.insert(free).second; ++n) free = fmt::format("{}_{}", word, n);
    return free;
  }

 private:
  std::set<std::string> used_;
};

// `user.plan_kind` as the name of a type: UserPlanKind.
std::string type_name(std::string_view name) {
  std::string word;
  bool upper = true;
  for (const char c : name) {
    if (!is_letter(c) && !is_digit(c)) {
      upper = true;
      continue;
    }
    word += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return word;
}

std::string quoted(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      all += fmt::format("\\{}", c);
    else if (byte < 0x20 || byte >= 0x7f)
      all += fmt::format("\\{:03o}", byte);  // three digits end an octal escape whatever follows
    else
      all += c;
  }
  return all + "\"";
}

struct One {
  std::string name;   // of the fact
  std::string field;  // of the struct
  TypeKind type{};
  ActionMask in = 0, needed = 0;
  std::vector<std::string> values;
  bool declared = false;
  std::string enumeration;  // the type, where it is one
};

bool is_entity(TypeKind type) { return type > TypeKind::enumeration; }

std::string plain_type(const One& one) {
  switch (one.type) {
  case TypeKind::boolean: return "bool";
  case TypeKind::integer: return "std::int64_t";
  case TypeKind::ip: return "writ::Ip";
  case TypeKind::time: return "writ::Instant";
  case TypeKind::duration: return "writ::Elapsed";
  case TypeKind::string_set: return "std::span<const std::string_view>";
  case TypeKind::enumeration: return one.enumeration;
  default: return "std::string_view";
  }
}

class Writing {
 public:
  explicit Writing(const CppRequests& asked) : asked_(asked) {
    for (const Fact& fact : builtin_facts)
      add(fact.name, fact.type, fact.required, fact.optional, {fact.values.begin(), fact.values.end()}, false);
    for (const auto& one : asked.attributes) add(one.name, one.type, one.required, one.optional, one.values, true);
    for (std::size_t action = 0; action < action_count; ++action)
      for (const program::Part* part : asked.tenants)
        for (const FactId id : part->programs[action].required) need(*part, id, mask_of(static_cast<Action>(action)));
    for (One& one : all_)
      if (one.name == "tenant" || one.name == "client" || one.name == "connection") one.needed = one.in;
  }

  std::string run() {
    text_ = "// " + asked_.heading + R"(
// Write it anew when the policy's attributes change or its rules ask for other facts. A field without `std::optional` must be given: some tenant's
// rules or structure ask for that fact; those of attempts are set by Engine::attempt. Strings and spans are borrowed until the decision is made. `Places` is kept beside the Request, one for each thread.
#pragma once

#include <writ/facts.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

)";
    text_ += fmt::format("namespace {} {{\n\n", asked_.name_space);
    for (std::size_t action = 0; action < action_count; ++action)
      if (!asked_.action || *asked_.action == static_cast<Action>(action))
        shown_ |= mask_of(static_cast<Action>(action));
    for (const One& one : all_)
      if (!one.enumeration.empty() && (one.in & shown_) != 0) enumeration(one);
    for (std::size_t action = 0; action < action_count; ++action)
      if (shown_ & mask_of(static_cast<Action>(action))) request(static_cast<Action>(action));
    return text_ + fmt::format("}}  // namespace {}\n", asked_.name_space);
  }

 private:
  void add(std::string_view name, TypeKind type, ActionMask required, ActionMask optional,
           std::vector<std::string> values, bool declared) {
    One one{std::string(name), fields_.make(name), type, static_cast<ActionMask>(required | optional), 0,
            std::move(values), declared,           {}};
    if (type == TypeKind::enumeration) one.enumeration = types_.make(type_name(name));
    all_.push_back(std::move(one));
  }
  std::vector<One>::iterator find(std::string_view name) {
    return std::ranges::find(all_, name, [](const One& one) { return std::string_view(one.name); });
  }
  void need(const program::Part& part, FactId id, ActionMask action) {
    const auto declared = index(id) - std::ptrdiff_t{builtin_facts.size()};
    const auto one = find(declared < 0 ? builtin_facts[index(id)].name
                                       : std::string_view(part.attributes[static_cast<std::size_t>(declared)].name));
    if (one != all_.end()) one->needed |= action;  // else it is a tenant's own
  }

  void enumeration(const One& one) {
    Names names;
    std::string words;
    for (const auto& value : one.values) words += (words.empty() ? "" : ", ") + names.make(value);
    text_ += fmt::format("// {}\nenum class {} : std::uint16_t {{ {} }};\n\n", one.name, one.enumeration, words);
  }

  void request(Action action) {
    const ActionMask mask = mask_of(action);
    const auto name = types_.make(type_name(action_names[static_cast<std::size_t>(action)]));
    std::string needed, optional, filling, wants, values;
    std::size_t count = 0;
    for (const One& one : all_) {
      if (!(one.in & mask)) continue;
      const bool must = (one.needed & mask) != 0 && !one.name.starts_with("attempts.");
      (must ? needed : optional) += fmt::format("  {}<{}> {}{};\n", must ? "writ::Given" : "std::optional",
                                                plain_type(one), one.field, must ? "" : "{}");
      if (is_entity(one.type)) continue;
      if (one.declared) {
        std::string words;
        for (const auto& value : one.values) words += (words.empty() ? "" : ", ") + quoted(value);
        if (one.enumeration.empty()) {
          wants += fmt::format("      {{{}}},\n", quoted(one.name));
        } else {
          values += fmt::format("  static constexpr std::array<std::string_view, {}> {}_words = {{{}}};\n",
                                one.values.size(), one.field, words);
          wants += fmt::format("      {{{}, {}_words}},\n", quoted(one.name), one.field);
        }
      }
      filling += set(one, must, count);
      count += one.declared ? 1 : 0;
    }
    text_ += fmt::format("struct {} {{\n{}{}{}\n", name, needed, needed.empty() ? "" : "\n", optional);
    if (count > 0)
      text_ += fmt::format("{}  static constexpr std::array<writ::Places::Wanted, {}> wanted = {{{{\n{}  }}}};\n",
                           values, count, wants);
    else
      text_ += "  static constexpr std::array<writ::Places::Wanted, 0> wanted = {};\n";
    text_ +=
        fmt::format(R"(  struct Places : writ::Places {{
    Places() : writ::Places(wanted) {{}}
  }};
  void start(const writ::Engine& engine, writ::Request& request, Places& places) const {{
    engine.start(request, writ::Action::{}, {}, {}, {}, {});
    places.follow(request);
{}  }}
}};

)",
                    action_names[static_cast<std::size_t>(action)], argument("tenant", mask), argument("client", mask),
                    argument("connection", mask), argument("organization", mask), filling);
  }

  std::string argument(std::string_view name, ActionMask mask) {
    const One& one = *find(name);
    if (!(one.in & mask)) return "{}";
    return one.needed & mask ? one.field + ".value" : one.field + ".value_or(std::string_view())";
  }

  static std::string set(const One& one, bool must, std::size_t place) {
    std::string value = must ? one.field + ".value" : "*" + one.field;
    if (one.type == TypeKind::time || one.type == TypeKind::duration)
      value = must ? value + ".micros" : one.field + "->micros";
    if (one.type == TypeKind::enumeration)
      value = one.declared ? fmt::format("places.number({}, static_cast<std::size_t>({}))", place, value)
                           : fmt::format("static_cast<std::int64_t>({})", value);
    return fmt::format(
        "    {}request.set({}, {});\n", must ? "" : fmt::format("if ({}) ", one.field),
        one.declared ? fmt::format("places[{}]", place) : fmt::format("writ::fact({})", quoted(one.name)), value);
  }

  const CppRequests& asked_;
  Names fields_, types_;
  std::vector<One> all_;
  ActionMask shown_ = 0;
  std::string text_;
};

}  // namespace

std::string cpp_requests(const CppRequests& requests) { return Writing(requests).run(); }

bool is_namespace(std::string_view text) {
  while (true) {
    const auto end = text.find("::");
    const auto word = text.substr(0, end);
    if (word.empty() || is_digit(word[0]) || is_kept(word) || word == "writ" || word == "std") return false;
    if (!std::ranges::all_of(word, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; })) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 2);
  }
}

}  // namespace writ::cli
