// Presets of password policies: what other products and standards mean by a name, as requirements. One table; sources beside the rows.
// Auth0 and Keycloak count UTF-16 units, as JavaScript and Java do; NIST and OWASP count code points.
#include "compiler/check/passwords.h"

#include <algorithm>
#include <array>

namespace writ::check {

namespace {

using Kind = tree::Requirement::Kind;
using Unit = tree::Requirement::Unit;

constexpr std::uint8_t lower = 1, upper = 2, digit = 4, symbol = 8;

struct PresetRow {
  std::string_view preset;
  Kind kind;
  std::int64_t low = -1, high = -1;  // -1: open
  Unit unit = Unit::code_points;
  std::uint8_t classes = 0;
};

constexpr auto rows = std::to_array<PresetRow>({
    // password-sheriff, "password strength": the five levels of Auth0
    {"auth0.none", Kind::length, 1, -1, Unit::utf16},
    {"auth0.low", Kind::length, 6, -1, Unit::utf16},
    {"auth0.fair", Kind::length, 8, -1, Unit::utf16},
    {"auth0.fair", Kind::classes, 3, -1, Unit::code_points, lower | upper | digit},
    {"auth0.good", Kind::length, 8, -1, Unit::utf16},
    {"auth0.good", Kind::classes, 3, -1, Unit::code_points, lower | upper | digit | symbol},
    {"auth0.excellent", Kind::length, 10, -1, Unit::utf16},
    {"auth0.excellent", Kind::classes, 3, -1, Unit::code_points, lower | upper | digit | symbol},
    {"auth0.excellent", Kind::max_repeats, 2},
    // password_options of a database connection, as the API returns them by default: 15 units, at most bcrypt's 72 bytes
    {"auth0.flexible", Kind::length, 15, -1, Unit::utf16},
    {"auth0.flexible", Kind::length, -1, 72, Unit::bytes},
    // NIST SP 800-63B-4, 3.1.1.2: as the only factor
    {"nist.sp800_63b_4", Kind::length, 15},
    {"nist.sp800_63b_4", Kind::reject_common},
    {"nist.sp800_63b_4", Kind::reject_breached},
    // OWASP ASVS 5.0: 6.2.1, 6.2.4; then 6.2.11, 6.2.12
    {"owasp.asvs_l1", Kind::length, 8},
    {"owasp.asvs_l1", Kind::reject_common, 3000},
    {"owasp.asvs_l2", Kind::length, 8},
    {"owasp.asvs_l2", Kind::reject_common, 3000},
    {"owasp.asvs_l2", Kind::reject_breached},
    {"owasp.asvs_l2", Kind::reject_personal},
    // PasswordPolicy: `length` without a value
    {"keycloak.default", Kind::length, 8, -1, Unit::utf16},
    // the default password policy's settings.password.complexity
    {"okta.default", Kind::length, 8},
    {"okta.default", Kind::at_least, 1, -1, Unit::code_points, lower},
    {"okta.default", Kind::at_least, 1, -1, Unit::code_points, upper},
    {"okta.default", Kind::at_least, 1, -1, Unit::code_points, digit},
    {"okta.default", Kind::at_least, 1, -1, Unit::code_points, symbol},
    {"okta.default", Kind::reject_contains},
});

constexpr std::int64_t longest_minimum = 128;

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const auto& row : rows)
    if (names.empty() || names.back() != row.preset) names.push_back(row.preset);
  return names;
}

tree::Requirement requirement_of(const PresetRow& row, Span span) {
  tree::Requirement requirement;
  requirement.kind = row.kind;
  if (row.low >= 0) requirement.low = row.low;
  if (row.high >= 0) requirement.high = row.high;
  requirement.unit = row.unit;
  requirement.class_mask = row.classes;
  requirement.span = span;
  if (row.kind == Kind::reject_contains) requirement.words = {{"username", span}};
  return requirement;
}

// auth0.good(10): the level's own minimum is replaced, as `min_length` does there.
std::optional<std::int64_t> minimum_of(Run& run, const tree::Tree& tree, const tree::PasswordPreset& preset,
                                       std::string_view name) {
  if (preset.arguments.empty()) return std::nullopt;
  const auto& expression = tree[preset.arguments.front()];
  const auto* literal = std::get_if<tree::Literal>(&expression.node);
  if (!name.starts_with("auth0.") || preset.arguments.size() > 1) {
    run.diagnostics
        .add(Code::bad_preset, expression.span,
             "preset " + in_ticks(name) + " takes no " + (preset.arguments.size() > 1 ? "more arguments" : "argument"))
        .hint("only Auth0's levels take one, the minimum length: `auth0.good(10)`");
    return std::nullopt;
  }
  const auto* number = literal != nullptr && literal->kind == tree::Literal::Kind::integer
                           ? std::get_if<std::int64_t>(&literal->value)
                           : nullptr;
  if (number != nullptr && *number >= 1 && *number <= longest_minimum) return *number;
  run.diagnostics
      .add(Code::bad_preset, expression.span,
           "the minimum length is a number from 1 to " + std::to_string(longest_minimum) + ", not " +
               in_ticks(run.sources.text(expression.span)))
      .hint("a number that the level itself would not ask for: `auth0.good(10)`");
  return std::nullopt;
}

}  // namespace

std::vector<tree::Requirement> expand_preset(Run& run, const tree::Tree& tree, const tree::PasswordPreset& preset) {
  const std::string name = joined(preset.path);
  std::vector<tree::Requirement> requirements;
  for (const auto& row : rows)
    if (row.preset == name) requirements.push_back(requirement_of(row, preset.span));
  if (requirements.empty()) {
    auto& unknown = undeclared(run, Code::bad_preset, "there is no preset", {name, preset.span, false}, preset_names());
    if (unknown.help.empty())
      unknown.hint("Auth0's levels are auth0.none, auth0.low, auth0.fair, auth0.good, auth0.excellent");
    return requirements;
  }
  if (const auto minimum = minimum_of(run, tree, preset, name)) {
    const auto length =
        std::ranges::find_if(requirements, [](const auto& one) { return one.kind == Kind::length && one.low; });
    if (length != requirements.end()) length->low = *minimum;
  }
  return requirements;
}

}  // namespace writ::check
