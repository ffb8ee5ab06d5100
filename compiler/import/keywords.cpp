// One pass over the text, mark by mark.
#include "compiler/import/keywords.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace writ::importing {

namespace {

bool is_key_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

// The key between two marks such as `##`, where one begins at `at`.
std::optional<std::string_view> key_at(std::string_view text, std::size_t at, std::string_view mark) {
  if (text.substr(at, 2) != mark) return std::nullopt;
  auto end = at + 2;
  while (end < text.size() && is_key_character(text[end])) ++end;
  if (end == at + 2 || text.substr(end, 2) != mark) return std::nullopt;
  return text.substr(at + 2, end - at - 2);
}

// Whether what stands at `at` would begin a value, and not stand inside a text. In YAML `#` begins a comment there, and `@` nothing.
bool begins_value(std::string_view text, std::size_t at) {
  const auto line = text.rfind('\n', at == 0 ? 0 : at - 1);
  auto before = text.substr(line == text.npos ? 0 : line + 1, at - (line == text.npos ? 0 : line + 1));
  while (before.ends_with(' ')) before.remove_suffix(1);
  const auto quotes = std::ranges::count(before, '"');
  if (quotes % 2 != 0 || before.ends_with('\'')) return false;
  return before.empty() || before.ends_with(':') || before.ends_with('-') || before.ends_with(',') ||
         before.ends_with('[');
}

// A line's rest from `at` on, in quotes; `at` moves behind it.
std::string rest_in_quotes(std::string_view text, std::size_t& at) {
  const auto end = std::min(text.find('\n', at), text.size());
  auto rest = text.substr(at, end - at);
  while (rest.ends_with(' ') || rest.ends_with('\r')) rest.remove_suffix(1);
  at += rest.size();
  return nlohmann::json(rest).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string replace_keywords(std::string_view text, Syntax syntax, const Keywords& keywords,
                             std::set<std::string>& unresolved) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (const auto key = key_at(text, at, "@@")) {
      const bool in_quotes =
          made.ends_with('"') && at + key->size() + 4 < text.size() && text[at + key->size() + 4] == '"';
      if (const auto found = keywords.find(*key); found != keywords.end()) {
        if (in_quotes) made.pop_back();
        made += found->second.dump();
        at += key->size() + 4 + (in_quotes ? 1 : 0);
        continue;
      }
      unresolved.emplace(*key);
      const bool quote = !in_quotes && begins_value(text, at);
      const auto mark = text.substr(at, key->size() + 4);
      made += quote ? '"' + std::string(mark) + '"' : std::string(mark);
      at += mark.size();
      continue;
    }
    if (const auto key = key_at(text, at, "##")) {
      if (const auto found = keywords.find(*key); found != keywords.end()) {
        made += found->second.is_string() ? found->second.get<std::string>() : found->second.dump();
        at += key->size() + 4;
        continue;
      }
      unresolved.emplace(*key);
      if (syntax == Syntax::yaml && begins_value(text, at)) {
        made += rest_in_quotes(text, at);
      } else {
        made += text.substr(at, key->size() + 4);
        at += key->size() + 4;
      }
      continue;
    }
    made += text[at++];
  }
  return made;
}

}  // namespace writ::importing
