// What a password program reads. A password policy lowers to a shape like any other, over facts of its own: what one pass
// over the password counts, and what lists and hashes know of it. Its rules are denials, one for each bound of each
// requirement; it accepts when none fires.
//
// What is not counted but known by others is made so that its zero, which is what an absent fact reads as, refuses: a list
// that is not loaded, a history that was not given and a strength that nobody computed fail the requirement that asks for
// them. What is counted is always there.
#pragma once

#include "runtime/program/vocabulary.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace writ {

// A longer password is refused before any work, whatever the policy says.
inline constexpr std::int64_t max_password_bytes = 1'024;

enum class PasswordFact : std::uint16_t {
  text,
  folded,
  code_points,
  utf16,
  bytes,
  ascii_lower,
  ascii_upper,
  ascii_digits,
  ascii_symbols,
  unicode_lower,
  unicode_upper,
  unicode_digits,
  unicode_symbols,
  utf16_lower,
  utf16_upper,
  utf16_digits,
  utf16_symbols,
  repeats,
  repeats_utf16,
  sequence,
  common_rank,
  common_listed,
  not_breached,
  not_personal,
  without_username,
  without_email,
  strength,
  history_place,
  unused_for,
};
constexpr std::uint16_t index(PasswordFact fact) { return static_cast<std::uint16_t>(fact); }

// When a password is set. Never at a login: passwords in use are not judged again.
enum class PasswordEvent : std::uint8_t { signup, change, reset };
inline constexpr std::array<std::string_view, 3> password_event_names = {"signup", "change", "reset"};

// Why no requirement was asked. In this order: the first that applies. All refuse.
enum class PasswordFault : std::uint8_t {
  none,
  not_ready,               // no policy is loaded
  stale,                   // the policy is past its time
  unknown_tenant,          //
  unknown_client,          //
  unknown_connection,      //
  connection_not_enabled,  // the client may not use it
  no_passwords,            // the connection is not of family database
  signup_closed,           //
  empty,                   // the password has no byte
  too_long,                // more than max_password_bytes, as received or normalized
  not_utf8,                // what is no text cannot be counted
  invalid_user,            // a value of the user is not UTF-8, over 4,096 bytes, or there are over 1,024 of them
  failed,                  // no memory was left
};
inline constexpr std::array<std::string_view, 14> password_fault_names = {"none",
                                                                          "not_ready",
                                                                          "stale",
                                                                          "unknown_tenant",
                                                                          "unknown_client",
                                                                          "unknown_connection",
                                                                          "connection_not_enabled",
                                                                          "no_passwords",
                                                                          "signup_closed",
                                                                          "empty",
                                                                          "too_long",
                                                                          "not_utf8",
                                                                          "invalid_user",
                                                                          "failed"};

// In which unit a requirement counts. Of classes of characters: ASCII's, Unicode's, and Unicode's as programs count them
// that look at one UTF-16 unit at a time.
enum class PasswordUnit : std::uint8_t { code_points, utf16, bytes };
enum class PasswordCharset : std::uint8_t { ascii, unicode, unicode_utf16 };

// What a requirement asks about. The name is the id of its message, which does not change.
enum class PasswordCheck : std::uint8_t {
  length_min,
  length_max,
  classes,
  at_least,
  repeats,
  sequences,
  common,
  breached,
  personal,
  words,
  username,
  email,
  pattern,
  strength,
  history,
  age_min,
  // Of a password in use, and of how one is judged: in force, but nothing of a new password by itself fails them.
  age_max,
  expires,
  normalize,
};
inline constexpr std::array<std::string_view, 19> password_check_names = {
    "length.min", "length.max", "classes", "at_least", "repeats",  "sequences", "common",
    "breached",   "personal",   "words",   "username", "email",    "matches",   "strength",
    "history",    "age.min",    "age.max", "expires",  "normalize"};

struct PasswordFactRow {
  PasswordFact fact;
  std::string_view name;  // as a printed shape has it
  TypeKind type;
  std::string_view note;
};
inline constexpr std::array password_facts = [] {
  using enum PasswordFact;
  using enum TypeKind;
  return std::to_array<PasswordFactRow>({
      {text, "password", string, "the password itself"},
      {folded, "password.folded", string, "the password without case: Unicode's simple case folding"},
      {code_points, "password.length", integer, "Unicode code points"},
      {utf16, "password.utf16", integer, "UTF-16 code units, what JavaScript and Java call length"},
      {bytes, "password.bytes", integer, "bytes of UTF-8"},
      {ascii_lower, "password.ascii.lower", integer, "a to z"},
      {ascii_upper, "password.ascii.upper", integer, "A to Z"},
      {ascii_digits, "password.ascii.digits", integer, "0 to 9"},
      {ascii_symbols, "password.ascii.symbols", integer, "the 33 of OWASP: printable ASCII that is no letter or digit"},
      {unicode_lower, "password.unicode.lower", integer, "code points of property Lowercase"},
      {unicode_upper, "password.unicode.upper", integer, "code points of property Uppercase"},
      {unicode_digits, "password.unicode.digits", integer, "code points of category Nd"},
      {unicode_symbols, "password.unicode.symbols", integer, "code points that are neither letter nor decimal digit"},
      {utf16_lower, "password.utf16.lower", integer,
       "UTF-16 code units that alone are a code point of property Lowercase"},
      {utf16_upper, "password.utf16.upper", integer, "the same of property Uppercase"},
      {utf16_digits, "password.utf16.digits", integer, "the same of category Nd"},
      {utf16_symbols, "password.utf16.symbols", integer,
       "UTF-16 code units that alone are no letter and no decimal digit; both of a pair are such"},
      {repeats, "password.repeats", integer, "most identical code points in a row"},
      {repeats_utf16, "password.repeats.utf16", integer, "most identical UTF-16 code units in a row"},
      {sequence, "password.sequence", integer,
       "most ASCII letters or digits in a row that each follow the one before, up or down"},
      {common_rank, "password.common", integer,
       "its place in the list of common passwords, from 1; the largest number when it is in none"},
      {common_listed, "password.common.listed", integer, "how many passwords that list has; 0 when none is loaded"},
      {not_breached, "password.not_breached", boolean,
       "no list of breached passwords that is loaded has it, and one is loaded"},
      {not_personal, "password.not_personal", boolean, "it contains no part of what is known of the person"},
      {without_username, "password.without_username", boolean, "it does not contain the user name"},
      {without_email, "password.without_email", boolean, "it does not contain the e-mail address"},
      {strength, "password.strength", integer, "zxcvbn's score"},
      {history_place, "password.history", integer,
       "how many changes ago it was last in use, from 1; the largest number when never"},
      {unused_for, "password.age", duration, "how long ago the password was last changed"},
  });
}();
static_assert([] {
  for (std::size_t i = 0; i < password_facts.size(); ++i)
    if (index(password_facts[i].fact) != i) return false;
  return true;
}());

}  // namespace writ
