// The catalogue of diagnostic codes: one row each, permanent (a retired code is never used again). The number's
// hundreds say the phase: 01 text, 02 names, 03 types and absence, 04 structure and limits, 05 passwords,
// 06 templates, imports and extensions, 07 tests and proofs, 09 limits of the compiler. docs/diagnostics/E0301.md is
// the page of a code: why, a wrong example, a right one; the tests run both.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ {

enum class Severity : std::uint8_t { error, warning, info };
inline constexpr std::string_view severity_names[] = {"error", "warning", "info"};
constexpr std::string_view name_of(Severity severity) { return severity_names[static_cast<unsigned>(severity)]; }

enum class Code : std::uint16_t {
  // 01 text
  unexpected_text = 101,
  bad_number = 102,
  unterminated_string = 103,
  bad_escape = 104,
  bidi_control = 105,
  confusable_name = 106,
  invalid_utf8 = 107,
  bad_literal = 108,
  chained_comparison = 109,
  missing_version = 110,
  unsupported_version = 111,
  not_legal_here = 112,
  control_character = 113,
  unclosed_block = 114,
  said_twice = 115,

  // 02 names of declarations: 0201 to 0219
  undeclared = 201,
  duplicate_name = 202,
  duplicate_wire_id = 203,
  name_in_use = 204,
  builtin_name = 205,
  unknown_word = 206,
  claimed_twice = 207,
  duplicate_rule = 208,

  // 02 names inside expressions: 0220 to 0239
  unknown_name = 220,
  unknown_fact = 221,
  unknown_thing = 222,
  unknown_value = 223,
  tenant_thing_in_floor = 224,
  other_tenant = 225,
  unknown_function = 226,
  unknown_zone = 227,
  unknown_time_zone = 228,
  let_cycle = 229,
  unknown_obligation = 230,

  // 03 types and absence
  unguarded_optional = 301,
  wrong_type = 302,
  not_a_condition = 303,
  wrong_operator = 304,
  fact_not_in_action = 305,
  never_absent = 306,
  bad_else = 307,
  int_without_range = 308,
  arithmetic_overflow = 309,
  empty_range = 310,
  bad_pattern = 311,
  not_a_constant = 312,
  zone_of_more_than_addresses = 313,
  not_a_set = 314,
  quantifiers_too_deep = 315,
  require_without_login = 316,
  bad_obligation = 317,
  condition_too_large = 318,
  out_of_range = 319,
  window_without_zone = 320,
  out_of_place = 321,
  never_equal = 322,

  // 04 structure and limits
  second_platform = 401,
  allow_in_floor = 402,
  too_many_database_connections = 403,
  ambiguous_discovery = 404,
  bad_domain = 405,
  refused_grant = 406,
  given_twice = 407,
  bad_attribute = 408,
  attribute_not_set = 409,
  not_enabled_here = 410,
  bad_discover = 411,
  bad_zone = 412,
  setting_out_of_range = 413,
  not_for_all_tenants = 414,

  // 05 passwords
  weaker_than_floor = 501,
  password_contradiction = 502,
  bad_requirement = 503,
  password_cycle = 504,
  bad_preset = 505,
  password_without_database = 506,

  // 06 templates: 0601 to 0609
  template_argument_count = 601,
  template_argument_type = 602,

  // 06 loading files and following imports: 0610 to 0639
  file_not_found = 610,
  file_unreadable = 611,
  not_a_regular_file = 612,
  folder_without_policies = 613,
  import_cycle = 614,
  import_too_deep = 615,
  too_many_files = 616,
  file_too_large = 617,
  policy_too_large = 618,
  bad_import_path = 619,

  // 07 tests and proofs
  incomplete_request = 701,
  bad_fact_in_test = 702,
  impossible_expectation = 703,
  combination_without_expectation = 704,
  bad_clock = 705,

  // 09 limits of the compiler: text
  nesting_too_deep = 901,
  too_many_tokens = 902,
  name_too_long = 903,
  string_too_long = 904,
  list_too_long = 905,
  too_many_conditions = 906,

  // 09 limits of the compiler: structure
  too_many_things = 920,
};

struct CodeRow {
  Code code;
  Severity severity;
  std::string_view title;  // a few words, for lists and SARIF rules
};

std::span<const CodeRow> catalogue();
const CodeRow& row_of(Code code);
std::string code_text(Code code);  // "E0301"

}  // namespace writ
