// The builtins: one copy, used by the interpreter and called from machine code by name (`writ_` + op name with `_`). C linkage, no
// exceptions, no allocation, total on every input.
#pragma once

#include "runtime/program/frame.h"

#include <cstdint>

extern "C" {
bool writ_eq_string(const writ::program::Text* left, const writ::program::Text* right) noexcept;
bool writ_starts_with(const writ::program::Text* text, const writ::program::Text* prefix) noexcept;
bool writ_ends_with(const writ::program::Text* text, const writ::program::Text* suffix) noexcept;
bool writ_contains(const writ::program::Text* text, const writ::program::Text* part) noexcept;
bool writ_glob(const std::byte* row, std::uint32_t slot, const writ::program::Text* text) noexcept;
bool writ_regex(const re2::RE2* const* patterns, std::uint32_t slot, const writ::program::Text* text) noexcept;
bool writ_has_email_domain(const writ::program::Text* text) noexcept;
void writ_email_domain(const writ::program::Text* text,
                       writ::program::Text* result) noexcept;  // lowered; empty when none
bool writ_set_has(const writ::program::TextSet* set, const writ::program::Text* text) noexcept;
bool writ_in_bits(const std::byte* row, std::uint32_t slot, std::int64_t index) noexcept;
bool writ_in_ints(const std::byte* row, std::uint32_t slot, std::int64_t value) noexcept;
bool writ_in_strings(const std::byte* row, std::uint32_t slot, const writ::program::Text* text) noexcept;
bool writ_in_cidrs(const std::byte* row, std::uint32_t slot, const writ::Ip* ip) noexcept;
bool writ_in_window(const std::byte* row, std::uint32_t slot, std::int64_t time) noexcept;
}

namespace writ::program {
// const_string and const_ip: a view of the row's bytes.
Text row_text(const std::byte* row, std::uint32_t slot) noexcept;
Ip row_ip(const std::byte* row, std::uint32_t slot) noexcept;
std::int64_t saturating_add(std::int64_t left, std::int64_t right) noexcept;
std::int64_t saturating_sub(std::int64_t left, std::int64_t right) noexcept;
}  // namespace writ::program
