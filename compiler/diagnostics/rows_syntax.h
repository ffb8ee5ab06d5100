// Codes of text: what cannot be read at all, and what is too large to be read safely.
#pragma once

#include "compiler/diagnostics/catalogue.h"

#include <array>

namespace writ {

inline constexpr auto syntax_rows = std::to_array<CodeRow>({
    {Code::unexpected_text, Severity::error, "unexpected text"},
    {Code::bad_number, Severity::error, "not a number or duration"},
    {Code::unterminated_string, Severity::error, "string without its closing quote"},
    {Code::bad_escape, Severity::error, "unknown escape in a string"},
    {Code::bidi_control, Severity::error, "character that changes the direction of text"},
    {Code::confusable_name, Severity::error, "character that a bare name cannot have"},
    {Code::invalid_utf8, Severity::error, "file is not UTF-8"},
    {Code::bad_literal, Severity::error, "not an address, time or pattern"},
    {Code::chained_comparison, Severity::error, "comparison of a comparison"},
    {Code::missing_version, Severity::error, "file does not say its version"},
    {Code::unsupported_version, Severity::error, "version of the language is unknown"},
    {Code::not_legal_here, Severity::error, "statement in a place it cannot stand"},
    {Code::control_character, Severity::error, "control character"},
    {Code::unclosed_block, Severity::error, "block without its closing brace"},
    {Code::said_twice, Severity::error, "setting written twice in one block"},
    {Code::nesting_too_deep, Severity::error, "nested too deep"},
    {Code::too_many_tokens, Severity::error, "too many words in one file"},
    {Code::name_too_long, Severity::error, "name too long"},
    {Code::string_too_long, Severity::error, "string too long"},
    {Code::list_too_long, Severity::error, "list too long"},
    {Code::too_many_conditions, Severity::error, "too many conditions in one rule"},
});

}  // namespace writ
