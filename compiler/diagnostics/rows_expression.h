// Codes of expressions: names inside them (0220 to 0239), types and absence (03).
#pragma once

#include "compiler/diagnostics/catalogue.h"

namespace writ {

inline constexpr CodeRow expression_rows[] = {
    {Code::unknown_name, Severity::error, "unknown name"},
    {Code::unknown_fact, Severity::error, "unknown fact"},
    {Code::unknown_thing, Severity::error, "unknown client, connection or organization"},
    {Code::unknown_value, Severity::error, "not a value of the enumeration"},
    {Code::tenant_thing_in_floor, Severity::error, "one tenant's thing in a rule for all"},
    {Code::other_tenant, Severity::error, "another tenant"},
    {Code::unknown_function, Severity::error, "unknown function"},
    {Code::unknown_zone, Severity::error, "unknown zone"},
    {Code::unknown_time_zone, Severity::error, "unknown time zone"},
    {Code::let_cycle, Severity::error, "let that needs itself"},
    {Code::unknown_obligation, Severity::error, "unknown obligation"},
    {Code::unguarded_optional, Severity::error, "unguarded optional"},
    {Code::wrong_type, Severity::error, "wrong type"},
    {Code::not_a_condition, Severity::error, "not a condition"},
    {Code::wrong_operator, Severity::error, "operator that the type does not have"},
    {Code::fact_not_in_action, Severity::error, "fact that the action does not have"},
    {Code::never_absent, Severity::error, "never absent"},
    {Code::bad_else, Severity::error, "no such value after else"},
    {Code::int_without_range, Severity::error, "arithmetic on an int without a range"},
    {Code::arithmetic_overflow, Severity::error, "arithmetic that may not fit"},
    {Code::empty_range, Severity::error, "empty range"},
    {Code::bad_pattern, Severity::error, "bad pattern"},
    {Code::not_a_constant, Severity::error, "not a constant"},
    {Code::zone_of_more_than_addresses, Severity::error, "zone of more than addresses"},
    {Code::not_a_set, Severity::error, "not a set"},
    {Code::quantifiers_too_deep, Severity::error, "a quantifier inside another"},
    {Code::require_without_login, Severity::error, "require where nobody can be asked"},
    {Code::bad_obligation, Severity::error, "malformed obligation"},
    {Code::condition_too_large, Severity::error, "condition too large"},
    {Code::out_of_range, Severity::error, "outside the range"},
    {Code::window_without_zone, Severity::error, "clock window without a time zone"},
    {Code::out_of_place, Severity::error, "expression out of place"},
    {Code::never_equal, Severity::error, "text it can never equal"},
};

}  // namespace writ
