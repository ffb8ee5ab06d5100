// See wording.h. The canonical text decides what needs quotes, so that a suggestion is always what the formatter would write.
#include "compiler/check/wording.h"

#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace writ::check {

namespace {

constexpr std::size_t longest_shown = 80;                    // bytes of the author's text in a message
constexpr std::size_t longest_offer = 240;                   // bytes of text that replaces the author's
constexpr std::size_t most_listed = 12, longest_list = 160;  // of names to choose from

bool is_bare(std::string_view name) {
  constexpr std::string_view hard[] = {"and", "or",  "not",  "in",    "has",     "else",   "when", "unless",   "on",
                                       "any", "all", "true", "false", "matches", "starts", "ends", "contains", "with"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }) &&
         std::ranges::find(hard, name) == std::end(hard);
}

std::string in_quotes(std::string_view text) {
  tree::Tree tree;
  tree.expressions.push_back({tree::Literal{tree::Literal::Kind::string, std::string(text)}, {}, false});
  return canonical(tree, tree::ExprId{0});
}

// The nearest of dotted names. Among those of the same beginning the last words are compared, so that `user.x` is not near to `user.id`
// because they share five letters.
std::string_view nearest_path(Diagnostics& all, std::string_view seen, std::span<const std::string_view> candidates) {
  const std::string_view beginning = seen.substr(0, seen.rfind('.') + 1);
  std::vector<std::string_view> whole, last;
  for (const std::string_view candidate : candidates) {
    if (!candidate.starts_with(beginning))
      whole.push_back(candidate);
    else
      last.push_back(candidate.substr(beginning.size()));
  }
  if (const auto near = all.nearest(seen.substr(beginning.size()), last); !near.empty())
    return {near.data() - beginning.size(), near.size() + beginning.size()};
  return all.nearest(seen, whole);
}

}  // namespace

std::string in_ticks(std::string_view text) {
  if (text.size() <= longest_shown) return "`" + std::string(text) + "`";
  auto end = longest_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a code point
  return "`" + std::string(text.substr(0, end)) + "…`";
}

std::string name_text(std::string_view name) { return is_bare(name) ? std::string(name) : in_quotes(name); }

std::string a(std::string_view type) {
  if (type.starts_with("one of")) return std::string(type);
  return (!type.empty() && std::string_view("aeiou").find(type.front()) != std::string_view::npos ? "an " : "a ") +
         std::string(type);
}

std::string example_of(TypeKind kind, std::span<const std::string_view> values, std::int64_t low, std::int64_t high) {
  switch (kind) {
  case TypeKind::boolean: return "true";
  case TypeKind::integer: return std::to_string(std::clamp<std::int64_t>(1, low, std::max(low, high)));
  case TypeKind::ip: return "203.0.113.7";
  case TypeKind::cidr: return "203.0.113.0/24";
  case TypeKind::time: return "2026-12-31T00:00Z";
  case TypeKind::duration: return "15m";
  case TypeKind::string_set: return "[\"a\", \"b\"]";
  case TypeKind::enumeration: return values.empty() ? "…" : name_text(values.front());
  case TypeKind::string:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return "\"text\"";
  }
  return "…";
}

std::string example_of(const tree::Type& type) {
  std::vector<std::string_view> values;
  for (const auto& value : type.values) values.push_back(value.text);
  const TypeKind kind = type.list ? TypeKind::string_set : type.kind;
  return example_of(kind, values, type.low.value_or(INT64_MIN), type.high.value_or(INT64_MAX));
}

std::string and_list(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + in_ticks(names[i]);
  return text;
}

void list_choices(Diagnostic& one, std::span<const std::string_view> candidates) {
  std::vector<std::string_view> names;
  std::ranges::copy_if(candidates, std::back_inserter(names), [](std::string_view name) { return !name.empty(); });
  if (names.empty() || names.size() > most_listed) return;
  std::string text = and_list(names);
  if (text.size() > longest_list) return;
  one.hint((names.size() == 1 ? "there is only " : "there are ") + std::move(text));
}

void or_declare(Diagnostic& one, std::string_view declaration) {
  if (one.help.empty()) one.hint("declare it: `" + std::string(declaration) + "`");
}

void offer(Diagnostic& one, std::string_view why, Span where, std::string with) {
  if (with.size() > longest_offer) {
    one.hint(std::string(why) + " " + in_ticks(with));
    return;
  }
  std::string text = std::string(why) + " `" + with + "`";
  one.fix(std::move(text), where, std::move(with));
}

bool suggest(Diagnostics& all, Diagnostic& one, const SourceSet& sources, std::string_view seen,
             std::span<const std::string_view> candidates) {
  const bool quoted = sources.text(one.span).starts_with('"');
  const bool path = !quoted && seen.find('.') != std::string_view::npos;
  const auto near = path ? nearest_path(all, seen, candidates) : all.nearest(seen, candidates);
  if (near.empty()) return false;
  const std::string written = quoted ? in_quotes(near) : path ? std::string(near) : name_text(near);
  one.fix("did you mean `" + written + "`?", one.span, written);
  return true;
}

bool suggest_text(Diagnostics& all, Diagnostic& one, std::string_view seen,
                  std::span<const std::string_view> candidates) {
  const auto near = all.nearest(seen, candidates);
  if (near.empty()) return false;
  one.fix("did you mean `" + std::string(near) + "`?", one.span, std::string(near));
  return true;
}

std::string host_of(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  if (text.starts_with("*.") || text.starts_with("@")) text.remove_prefix(text.find_first_of(".@") + 1);
  text = text.substr(0, text.find_first_of("/?#:"));
  if (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace writ::check
