// Codes of declarations and structure: names (0201 to 0219), structure and limits (04), passwords (05), templates (0601 to 0609), tests
// and proofs (07), limits of the compiler (0920 on).
#pragma once

#include "compiler/diagnostics/catalogue.h"

namespace writ {

inline constexpr CodeRow check_rows[] = {
    {Code::undeclared, Severity::error, "nothing of that name is declared"},
    {Code::duplicate_name, Severity::error, "declared twice"},
    {Code::duplicate_wire_id, Severity::error, "two things with one wire name"},
    {Code::name_in_use, Severity::error, "let named like a thing"},
    {Code::builtin_name, Severity::error, "name of a built-in one"},
    {Code::unknown_word, Severity::error, "unknown word"},
    {Code::claimed_twice, Severity::error, "host or issuer claimed twice"},
    {Code::duplicate_rule, Severity::error, "two rules with one name"},
    {Code::second_platform, Severity::error, "second platform block"},
    {Code::allow_in_floor, Severity::error, "allow in a floor"},
    {Code::too_many_database_connections, Severity::error, "too many database connections on a client"},
    {Code::ambiguous_discovery, Severity::error, "ambiguous home-realm discovery"},
    {Code::bad_domain, Severity::error, "not a lower-case domain"},
    {Code::refused_grant, Severity::error, "refused grant"},
    {Code::given_twice, Severity::error, "setting given twice"},
    {Code::bad_attribute, Severity::error, "malformed attribute"},
    {Code::attribute_not_set, Severity::error, "tenant attribute not set"},
    {Code::not_enabled_here, Severity::error, "connection not enabled here"},
    {Code::bad_discover, Severity::error, "discover that cannot be followed"},
    {Code::bad_zone, Severity::error, "not a country or network number"},
    {Code::setting_out_of_range, Severity::error, "setting outside its range"},
    {Code::not_for_all_tenants, Severity::error, "one tenant's setting in a shared client"},
    {Code::weaker_than_floor, Severity::error, "weaker than the floor"},
    {Code::password_contradiction, Severity::error, "no password can satisfy it"},
    {Code::bad_requirement, Severity::error, "malformed password requirement"},
    {Code::password_cycle, Severity::error, "password policy that inherits from itself"},
    {Code::bad_preset, Severity::error, "unknown preset or argument"},
    {Code::password_without_database, Severity::error, "password policy where there are no passwords"},
    {Code::template_argument_count, Severity::error, "wrong number of template arguments"},
    {Code::template_argument_type, Severity::error, "template argument of another type"},
    {Code::incomplete_request, Severity::error, "incomplete request"},
    {Code::bad_fact_in_test, Severity::error, "not a fact a test can set"},
    {Code::impossible_expectation, Severity::error, "expectation that cannot hold"},
    {Code::combination_without_expectation, Severity::error, "combination that nothing is expected of"},
    {Code::bad_clock, Severity::error, "clock that cannot be turned"},
    {Code::too_many_things, Severity::error, "too many of a kind"},
};

}  // namespace writ
