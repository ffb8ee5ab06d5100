// The levels are presets of Writ's; the extras beside them and the flexible policy are requirements.
#include "compiler/import/auth0_passwords.h"

#include "compiler/import/plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing {

namespace {

constexpr std::array levels = {"none", "low", "fair", "good", "excellent"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> classes = {
    {{"lowercase", "lower"}, {"uppercase", "upper"}, {"number", "digit"}, {"special", "symbol"}}};
constexpr std::size_t most_words = 200;
constexpr std::int64_t most_history = 24, longest_minimum = 1'024;

// Auth0 compares with the whole password, without case; Writ's `reject words` looks for a part.
std::string whole_words(const std::vector<std::string>& words) {
  std::vector<std::string> parts;
  for (const auto& word : words) {
    std::string part;
    for (const char c : word) {
      if (std::string_view("\\^$.|?*+()[]{}/").find(c) != std::string_view::npos) part += '\\';
      part += c;
    }
    parts.push_back(std::move(part));
  }
  return fmt::format("reject matches /(?i)^(?:{})$/", fmt::join(parts, "|"));
}

class Reader {
 public:
  Reader(const Fields& options, bool breached) : options_(options) {
    if (options.has("password_options"))
      flexible(options.object("password_options"));
    else
      level();
    if (breached) requirements_.emplace_back("reject breached");
  }

  std::vector<std::string> statements() {
    if (!requirements_.empty())
      statements_.push_back(fmt::format("password {{\n{}\n}}", fmt::join(requirements_, "\n")));
    return std::move(statements_);
  }

 private:
  void level() {
    const auto level = options_.text("passwordPolicy");
    if (level) options_.take("passwordPolicy");
    const bool known = !level || std::ranges::find(levels, *level) != levels.end();
    if (!known)
      options_.note(Outcome::approximated, "passwordPolicy",
                    fmt::format("`{}` is no level; Auth0 takes `none`", *level));
    const auto length = options_.object("password_complexity_options");
    const auto least = bounded(length, "min_length", longest_minimum);
    statements_.push_back(
        fmt::format("password auth0.{}{}", level && known ? *level : "none", least ? fmt::format("({})", *least) : ""));
    const auto enabled = [&](const Fields& extra) { return extra.flag("enable").value_or(false); };
    for (const auto* name : {"password_history", "password_no_personal_info", "password_dictionary"})
      if (options_.has(name) && !enabled(options_.object(name))) not_enabled(name);
    if (const auto history = options_.object("password_history"); enabled(history))
      if (const auto size = bounded(history, "size", most_history)) remember(*size);
    if (const auto personal = options_.object("password_no_personal_info"); enabled(personal)) {
      personal.take("enable");
      reject_personal();
    }
    if (const auto dictionary = options_.object("password_dictionary"); enabled(dictionary)) {
      dictionary.take("enable");
      requirements_.emplace_back("reject common top 10000");
      custom(dictionary, "dictionary");
    }
    options_.note(Outcome::approximated, "passwordPolicy",
                  "Auth0 hashes the first 72 bytes of a longer password; Writ cuts none and the host hashes it all");
  }

  void flexible(const Fields& policy) {
    if (options_.has("passwordPolicy"))
      options_.note(Outcome::approximated, "passwordPolicy", "password_options says something else, and counts");
    const auto complexity = policy.object("complexity");
    requirements_.push_back(fmt::format("length {}.. utf16", bounded(complexity, "min_length", 72).value_or(15)));
    requirements_.emplace_back("length ..72 bytes");
    if (complexity.text("max_length_exceeded").value_or("error") == "truncate")
      complexity.note(Outcome::approximated, "max_length_exceeded",
                      "Auth0 cuts a password of more than 72 bytes; Writ refuses it");
    character_types(complexity);
    if (complexity.text("identical_characters").value_or("allow") == "block") {
      complexity.take("identical_characters");
      requirements_.emplace_back("max repeats 2 utf16");
    }
    if (complexity.text("sequential_characters").value_or("allow") == "block") {
      complexity.take("sequential_characters");
      requirements_.emplace_back("no sequences 3");
    }
    const auto active = [&](const Fields& part) { return part.flag("active").value_or(false); };
    for (const auto* name : {"dictionary", "history", "profile_data"})
      if (policy.has(name) && !active(policy.object(name))) not_enabled(fmt::format("password_options.{}", name));
    if (const auto dictionary = policy.object("dictionary"); active(dictionary)) {
      dictionary.take("active");
      requirements_.push_back(dictionary.text("default").value_or("en_100k") == "en_10k" ? "reject common top 10000"
                                                                                         : "reject common top 100000");
      custom(dictionary, "custom");
    }
    if (const auto history = policy.object("history"); active(history))
      remember(bounded(history, "size", most_history).value_or(3));
    if (const auto profile = policy.object("profile_data"); active(profile)) {
      profile.take("active");
      if (profile.has("blocked_fields"))
        profile.note(Outcome::approximated, "blocked_fields",
                     "Writ looks at the user name, the address and every value of the profile that the host gives");
      reject_personal();
    }
  }

  void character_types(const Fields& complexity) {
    std::vector<std::string_view> words;
    for (const auto& type : complexity.texts("character_types")) {
      const auto* const found = std::ranges::find(classes, type, [](const auto& row) { return row.first; });
      if (found == classes.end())
        complexity.note(Outcome::wrong, "character_types", fmt::format("`{}` is no type of characters", type));
      else if (std::ranges::find(words, found->second) == words.end())
        words.push_back(found->second);
    }
    if (words.empty()) return;
    complexity.take("character_types");
    const bool three = complexity.text("character_type_rule").value_or("all") == "three_of_four" && words.size() == 4;
    requirements_.push_back(fmt::format("classes {} of {}", three ? 3 : words.size(), fmt::join(words, ", ")));
  }

  // Found by the lint `password-disabled`.
  void not_enabled(std::string_view name) {
    statements_.push_back(fmt::format("// Declared and not enabled: {}.", name));
  }

  void remember(std::int64_t size) { requirements_.push_back(fmt::format("history {}", size)); }

  void reject_personal() { requirements_.emplace_back("reject personal"); }

  void custom(const Fields& dictionary, std::string_view field) {
    std::vector<std::string> words;
    for (const auto& word : dictionary.texts(field)) {
      const bool plain = !word.empty() && std::ranges::none_of(word, [](unsigned char c) { return c < 0x20; });
      if (!plain || words.size() == most_words)
        dictionary.note(Outcome::wrong, field, "an entry that Auth0 would not take is passed over");
      else
        words.push_back(word);
    }
    if (words.empty()) return;
    dictionary.take(field);
    requirements_.push_back(whole_words(words));
  }

  // A number from 1 to `most`; another is noted.
  static std::optional<std::int64_t> bounded(const Fields& fields, std::string_view name, std::int64_t most) {
    const auto number = fields.number(name);
    if (!number) return std::nullopt;
    if (*number >= 1 && *number <= most) return fields.take(name), number;
    fields.note(Outcome::wrong, name, fmt::format("{} is not from 1 to {}; it is passed over", *number, most));
    return std::nullopt;
  }

  const Fields& options_;
  std::vector<std::string> statements_, requirements_;
};

}  // namespace

std::vector<std::string> auth0_password(const Fields& options, bool breached) {
  return Reader(options, breached).statements();
}

}  // namespace writ::importing
